#!/usr/bin/env python3
"""Brings published kernel measurements into the form of `simulate validate --kernels`: one row for each operator.

    benchmarks/kernel_measurements.py FOLDER kernels.csv
    benchmarks/kernel_measurements.py FOLDER products.csv --only aic_gemm_bf16,aic_gemm_fp8

Needs Python 3.9 and nothing else. FOLDER holds any of the files named in READERS, as figures normalised from public
repositories (aiconfigurator, LLMServingSim, DeepBench); those that are missing are skipped, and said so. Prints how many rows
came of each file.

Columns of the output: accelerator, precision, operator, inputs (shapes as JSON), attributes (JSON), devices, interconnect (blank:
the accelerator's own), time_us. What was timed beside the operator is said in its attributes:

- quantizes 1: the kernels that find a scale for the input and convert it from bf16 to fp8 are inside;
- writes_cache 1: the kernel that writes new keys and values into the cache is inside;
- in_step 1: the kernel ran within an engine's step, behind the kernel that made its operands, and its time is a profiler's:
  the gap to the next kernel is not inside.
"""

import argparse
import csv
import json
import os

COLUMNS = ["accelerator", "precision", "operator", "inputs", "attributes", "devices", "interconnect", "time_us"]
ACCELERATORS = {
    "a100_sxm": "nvidia-a100-sxm4-80gb", "h100_sxm": "nvidia-h100-sxm", "h200_sxm": "nvidia-h200", "l40s": "nvidia-l40s",
    "b200_sxm": "nvidia-b200", "b300_sxm": "nvidia-b300", "gb200": "nvidia-gb200", "gb300": "nvidia-gb300",
    "rtx_pro_6000_server": "nvidia-rtx-pro-6000-server", "l4": "nvidia-l4", "t4": "nvidia-t4",
    "A6000": "nvidia-rtx-a6000", "RTX3090": "nvidia-rtx-3090", "RTX4090": "nvidia-rtx-4090",
    "V100": "nvidia-v100-sxm2-16gb", "P100": "nvidia-p100-pcie-16gb",
}
DECODERS = {  # as their config.json says: hidden, intermediate, heads, kv heads, head width, vocabulary, experts
    "meta-llama/Llama-3.1-8B": (4096, 14336, 32, 8, 128, 128256, 0),
    "microsoft/Phi-mini-MoE-instruct": (4096, 960, 32, 8, 128, 32064, 16),
}
LAYERS_FROM_TOKENS = 1024  # the older profiler has a floor of 8 to 18 us, which smaller layers do not rise above
COLLECTIVES = {"all_reduce": "c10d::allreduce_", "all_gather": "c10d::allgather_",
               "reduce_scatter": "c10d::reduce_scatter_", "alltoall": "c10d::alltoall_"}
LIBRARIES = {"trtllm": "tensorrt-llm"}


def row(accelerator, precision, operator, inputs, time_us, attributes=None, devices=1):
    """One operator, timed alone."""
    return {"accelerator": accelerator, "precision": precision, "operator": operator,
            "inputs": json.dumps(inputs, separators=(",", ":")),
            "attributes": json.dumps(attributes, separators=(",", ":")) if attributes else "",
            "devices": devices, "interconnect": "", "time_us": time_us}


def timed(record):
    """The systems of a record that has a column for each, and their times."""
    for column, time_us in record.items():
        if column.endswith("_us") and time_us:
            yield ACCELERATORS[column[:-len("_us")]], time_us


def products(precision, attributes=None):
    """y[m,n] = x[m,k] w[n,k]^T."""
    def read(record):
        m, n, k = (int(record[name]) for name in "mnk")
        for accelerator, time_us in timed(record):
            yield row(accelerator, precision, "aten::linear", [[m, k], [n, k]], time_us, attributes)
    return read


def attention(record, queries, keys, kv_heads, attributes):
    """Fused attention with keys and values of the same shape."""
    batch, heads, width = int(record["batch"]), int(record["heads"]), int(record["head_dim"])
    cache = [batch, kv_heads, keys, width]
    for accelerator, time_us in timed(record):
        yield row(accelerator, "bf16", "aten::scaled_dot_product_attention", [[batch, heads, queries, width], cache, cache],
                  time_us, attributes)


def encoder(record):
    """Bidirectional attention."""
    length = int(record["sequence_length"])
    return attention(record, length, length, int(record["heads"]), {"is_causal": 0})


def causal(record):
    """A prompt of `length` tokens, or one next token against `length` cached ones."""
    length = int(record["length"])
    is_prompt = record["kind"] == "context"
    return attention(record, length if is_prompt else 1, length, int(record["kv_heads"]),
                     {"is_causal": int(is_prompt), "writes_cache": 1})


def collectives(record):
    """The tensor is the one that a rank gives: of an all-gather the files count all that it returns."""
    devices = int(record["gpus"])
    size = int(record["bytes"]) // (devices if record["operation"] == "all_gather" else 1)
    if size < 2:
        return
    attributes = {"library": LIBRARIES.get(record["library"], record["library"]),
                  "mode": "eager" if record["mode"] == "eager" else "graph"}
    yield row(ACCELERATORS[record["system"]], "bf16", COLLECTIVES[record["operation"]], [[size // 2]], record["latency_us"],
              attributes, devices)


def layers(record):
    """The layers of a decoder that are one operator; those that tensor parallelism splits have their share.

    Left out are vLLM's `layernorm`, the mean of a normalization alone and of one with its residual, and `sampler`, which is
    several kernels, and v0's normalizations, which transformers spells out in seven; attention is not in vLLM's rows, and v0's
    have no context.
    """
    hidden, intermediate, heads, kv_heads, width, vocabulary, experts = DECODERS[record["model"]]
    ranks, tokens = int(record["tp"]), int(record["tokens"])
    older = record["profiler"] == "v0"
    if older and tokens < LAYERS_FROM_TOKENS:
        return
    queries, cached, inner = heads * width // ranks, kv_heads * width // ranks, intermediate // ranks
    linear = {
        "q_proj": (queries, hidden), "k_proj": (cached, hidden), "v_proj": (cached, hidden), "o_proj": (hidden, queries),
        "qkv_proj": (queries + 2 * cached, hidden), "gate_proj": (inner, hidden), "up_proj": (inner, hidden),
        "gate_up_proj": (2 * inner, hidden), "down_proj": (hidden, inner), "lm_head": (vocabulary // ranks, hidden),
        "gate": (experts, hidden), "expert.w1": (inner, hidden), "expert.w3": (inner, hidden), "expert.w2": (hidden, inner),
    }
    rows = [tokens, hidden]
    kernels = {
        "embedding": ("aten::embedding", [[vocabulary // ranks, hidden], [tokens]]),
        "final_layernorm": ("fused_add_rms_norm", [rows, rows, [hidden]]),
        "rotary_emb": ("rotary_embedding", [[tokens, queries], [tokens, cached]]),
        "act_fn": ("silu_and_mul", [[tokens, 2 * inner]]),
    }
    accelerator, precision, layer = ACCELERATORS[record["gpu"]], record["precision"], record["layer"]
    attributes = None if older else {"in_step": 1}
    if layer in linear:
        n, k = linear[layer]
        yield row(accelerator, precision, "aten::linear", [[tokens, k], [n, k]], record["time_us"], attributes)
    elif not older and layer in kernels:
        operator, inputs = kernels[layer]
        yield row(accelerator, precision, operator, inputs, record["time_us"], attributes)


def deepbench_precision(record):
    """P100's runs in half precision store fp16 and compute in fp32; V100's use the matrix units."""
    return "fp32" if record["precision"] == "FP32" else "fp16"


def deepbench_products(record):
    """C = A B of M x K and K x N in columns, as BLAS has them: in rows the product of N x K and K x M."""
    m, n, k = (int(record[name]) for name in "MNK")
    yield row(ACCELERATORS[record["gpu"]], deepbench_precision(record), "aten::matmul", [[n, k], [k, m]], record["time_us"])


def deepbench_convolutions(record):
    """Forward convolutions."""
    settings = dict(part.split("=") for part in record["pad_stride"].split(";"))
    attributes = {"stride": [int(settings["VERTICAL STRIDE"]), int(settings["HORIZONTAL STRIDE"])],
                  "padding": [int(settings["PAD_H"]), int(settings["PAD_W"])]}
    images, channels, height, width, outputs, rows, columns = (int(record[name]) for name in "NCHWKRS")
    if not all(int(settings[name]) for name in ("VERTICAL STRIDE", "HORIZONTAL STRIDE")):
        return
    yield row(ACCELERATORS[record["gpu"]], deepbench_precision(record), "aten::convolution",
              [[images, channels, height, width], [outputs, channels, rows, columns]], record["fwd_time_us"], attributes)


READERS = {
    "aic_gemm_bf16": products("bf16"), "aic_gemm_fp8": products("fp8", {"quantizes": 1}),
    "aic_attention_encoder": encoder, "aic_attention_causal": causal, "aic_collectives": collectives,
    "llm_layers_kaist": layers, "gemm": deepbench_products, "convolution_forward": deepbench_convolutions,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="folder with the measurements")
    parser.add_argument("output", help="CSV file to write")
    parser.add_argument("--only", default=",".join(READERS), help="names of files, without .csv, comma-separated")
    options = parser.parse_args()
    wanted = options.only.split(",")
    unknown = [name for name in wanted if name not in READERS]
    if unknown:
        parser.error(f"no reader for {', '.join(unknown)}; there are {', '.join(READERS)}")
    total = 0
    with open(options.output, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for name in wanted:
            path = os.path.join(options.folder, name + ".csv")
            if not os.path.exists(path):
                print(f"{name}.csv: not in {options.folder}")
                continue
            with open(path, newline="", encoding="utf-8") as source:
                rows = [made for record in csv.DictReader(source) for made in READERS[name](record)]
            writer.writerows(rows)
            total += len(rows)
            print(f"{name}.csv: {len(rows)} rows")
    print(f"{total} rows in {options.output}")


if __name__ == "__main__":
    main()
