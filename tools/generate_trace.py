#!/usr/bin/env python3
"""Writes a PyTorch-profiler recording of any size: what `docs/performance.md` reads, and nothing that ever ran.

    tools/generate_trace.py --megabytes 200 --output trace.json
    tools/generate_trace.py --megabytes 1000 --python-stacks --output - | gzip > trace.json.gz

The layout is Kineto's (torch.profiler, schema version 1): host operators with shapes, launch calls, kernels, flows and,
if asked for, Python functions, step by step (`ProfilerStep#N`). Times are consistent: operators nest, a kernel starts after
its launch and after the kernel before it. The same arguments give the same bytes. Needs Python 3.9 and nothing else.
"""

import argparse
import json
import random
import sys

HEAD = """{
  "schemaVersion": 1,
  "deviceProperties": [
    {"id": 0, "name": "NVIDIA H100 80GB HBM3", "totalGlobalMem": 85018279936, "computeMajor": 9, "computeMinor": 0,
     "maxThreadsPerBlock": 1024, "warpSize": 32, "numSms": 132}
  ],
  "cuda_runtime_version": 12040, "record_shapes": 1, "displayTimeUnit": "ms", "baseTimeNanoseconds": 1751410836000000000,
  "traceEvents": [
"""
TAIL = '  ],\n  "traceName": "generated.json"\n}\n'

# Operator, the operator below it that launches, the kernel's name, shapes, and its time in microseconds.
LAYER = [
    ("aten::linear", "aten::addmm", "sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x64x64_warpgroupsize1x1x1",
     "[[4096, 1024], [1024, 1024], [1024]]", 14.0),
    ("aten::scaled_dot_product_attention", "aten::_flash_attention_forward",
     "void pytorch_flash::flash_fwd_kernel<pytorch_flash::Flash_fwd_kernel_traits<64, 128, 128, 4, false, false, "
     "cutlass::bfloat16_t> >(pytorch_flash::Flash_fwd_params)",
     "[[8, 16, 512, 64], [8, 16, 512, 64], [8, 16, 512, 64]]", 22.0),
    ("aten::linear", "aten::addmm", "sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x64x64_warpgroupsize1x1x1",
     "[[4096, 1024], [1024, 1024], [1024]]", 14.0),
    ("aten::add", None, "void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<c10::BFloat16>, "
     "at::detail::Array<char*, 3> >(int, at::native::CUDAFunctor_add<c10::BFloat16>, at::detail::Array<char*, 3>)",
     "[[8, 512, 1024], [8, 512, 1024], []]", 5.5),
    ("aten::layer_norm", "aten::native_layer_norm",
     "void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<c10::BFloat16, float>(int, float, "
     "c10::BFloat16 const*, c10::BFloat16 const*, c10::BFloat16 const*, float*, float*, c10::BFloat16*)",
     "[[8, 512, 1024], [], [1024], [1024], []]", 6.0),
    ("aten::view", None, None, "[[8, 512, 1024], []]", 0.0),
]


class Writer:
    """Writes events until enough bytes are written."""

    def __init__(self, stream):
        self.stream = stream
        self.bytes = 0
        self.is_first = True

    def text(self, text):
        self.stream.write(text)
        self.bytes += len(text)

    def event(self, text):
        self.text(text if self.is_first else ",\n" + text)
        self.is_first = False


def complete(category, name, process, thread, start_ns, duration_ns, arguments):
    return (f'  {{"ph": "X", "cat": "{category}", "name": "{name}", "pid": {process}, "tid": {thread}, '
            f'"ts": {start_ns // 1000}.{start_ns % 1000:03d}, "dur": {duration_ns // 1000}.{duration_ns % 1000:03d}, '
            f'"args": {{{arguments}}}}}')


def write_step(writer, number, clock, correlation, random_, python_stacks, layers):
    process = 4242
    start = clock
    device = clock
    kernels = []
    external = correlation * 2
    for layer in range(layers):
        for operator, inner, kernel, shapes, time_us in LAYER:
            operator_start = clock
            clock += random_.randrange(3_000, 9_000)
            external += 1
            if python_stacks:
                for depth in range(3):
                    writer.event(complete(
                        "python_function", f"torch/nn/modules/module.py({1500 + depth}): _call_impl", 0, 0,
                        operator_start - 900 + 100 * depth, 30_000,
                        f'"Python parent id": {external - 1}, "Python id": {external}, "Ev Idx": {external}'))
            inner_start = clock
            if kernel:
                clock += random_.randrange(2_000, 6_000)
                correlation += 1
                call = random_.randrange(3_000, 6_000)
                writer.event(complete(
                    "cuda_runtime", "cudaLaunchKernel", process, process, clock, call,
                    f'"External id": {external}, "cbid": 211, "correlation": {correlation}'))
                writer.event(
                    f'  {{"ph": "s", "id": {correlation}, "pid": {process}, "tid": {process}, '
                    f'"ts": {clock // 1000}.{clock % 1000:03d}, "cat": "ac2g", "name": "ac2g"}}')
                clock += call
                duration = int(time_us * 1000 * random_.uniform(0.97, 1.05))
                begin = max(clock + 1_500, device + 1_000)
                device = begin + duration
                kernels.append((kernel, begin, duration, correlation, external))
                clock += random_.randrange(500, 2_000)
            if inner:
                # addmm has the bias first.
                inner_shapes = json.dumps([json.loads(shapes)[index] for index in (2, 0, 1)]
                                          if inner == "aten::addmm" else json.loads(shapes))
                writer.event(complete(
                    "cpu_op", inner, process, process, inner_start, clock - inner_start,
                    f'"External id": {external}, "Record function id": 0, "Concrete Inputs": ["", "", "", "1", "1"], '
                    f'"Input type": ["c10::BFloat16", "c10::BFloat16", "c10::BFloat16"], "Input Dims": {inner_shapes}, '
                    f'"Ev Idx": {external}'))
            clock += random_.randrange(500, 2_000)
            writer.event(complete(
                "cpu_op", operator, process, process, operator_start, clock - operator_start,
                f'"External id": {external - 1}, "Record function id": 0, "Concrete Inputs": ["", "", ""], '
                f'"Input type": ["c10::BFloat16", "c10::BFloat16", "c10::BFloat16"], "Input Dims": {shapes}, '
                f'"Ev Idx": {external - 1}'))
            clock += random_.randrange(1_000, 5_000)
    for kernel, begin, duration, correlated, external_id in kernels:
        writer.event(complete(
            "kernel", kernel, 0, 7, begin, duration,
            f'"External id": {external_id}, "queued": 0, "device": 0, "context": 1, "stream": 7, '
            f'"correlation": {correlated}, "registers per thread": 32, "shared memory": 0, "blocks per SM": 4.272727, '
            f'"warps per SM": 17.09091, "grid": [564, 1, 1], "block": [128, 1, 1], "est. achieved occupancy %": 27'))
        writer.event(
            f'  {{"ph": "f", "id": {correlated}, "pid": 0, "tid": 7, "ts": {begin // 1000}.{begin % 1000:03d}, '
            f'"cat": "ac2g", "name": "ac2g", "bp": "e"}}')
    correlation += 1
    wait_end = max(clock, device) + 4_000
    writer.event(complete(
        "cuda_runtime", "cudaDeviceSynchronize", process, process, clock, wait_end - clock,
        f'"cbid": 165, "correlation": {correlation}'))
    clock = wait_end + 20_000
    writer.event(complete(
        "user_annotation", f"ProfilerStep#{number}", process, process, start - 5_000, clock - start,
        f'"External id": {external}, "Record function id": 0, "Ev Idx": 0'))
    return clock + 10_000, correlation


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, required=True, help="size of the file, 10^6 bytes")
    parser.add_argument("--output", required=True, help="the file, or - for standard output")
    parser.add_argument("--layers", type=int, default=24, help="layers of a step (default: 24)")
    parser.add_argument("--python-stacks", action="store_true", help="add Python functions, as with_stack=True does")
    parser.add_argument("--seed", type=int, default=1, help="seed of the times (default: 1)")
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    stream = sys.stdout if options.output == "-" else open(options.output, "w", encoding="utf-8")
    writer = Writer(stream)
    writer.text(HEAD)
    clock, correlation, number = 1_419_247_332_972_313, 100, 0
    while writer.bytes < options.megabytes * 1e6:
        clock, correlation = write_step(
            writer, number, clock, correlation, random_, options.python_stacks, options.layers)
        number += 1
    writer.text("\n" + TAIL)
    stream.close()


if __name__ == "__main__":
    main()
