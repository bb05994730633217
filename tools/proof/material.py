"""Well-formed inputs, by chance: workloads, recordings, measurements, and the shipped files."""
import csv
import gzip
import io
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

OPERATORS = """conv1d conv2d conv3d convolution _convolution cudnn_convolution conv_transpose1d conv_transpose2d
_conv_depthwise2d batch_norm native_batch_norm cudnn_batch_norm linear addmm mm addmv mv matmul bmm baddbmm einsum dot
layer_norm native_layer_norm group_norm rms_norm instance_norm softmax _softmax log_softmax
scaled_dot_product_attention _scaled_dot_product_flash_attention _flash_attention_forward _efficient_attention_forward
abs add addcmul and ceil clamp cos div erf exp fill floor gelu glu gt hardswish leaky_relu lerp log lt masked_fill
maximum mul ne neg pow relu relu6 rsqrt sigmoid silu sin sqrt sub tanh tril where zero fused selu
view reshape transpose permute t expand slice select squeeze unsqueeze flatten chunk split detach unbind as_strided
narrow dropout _unsafe_view unfold clone contiguous copy to _to_copy repeat tile type_as float half channel_shuffle
pixel_shuffle im2col cat concat stack pad constant_pad_nd roll max_pool1d max_pool2d max_pool2d_with_indices avg_pool2d
adaptive_avg_pool2d interpolate upsample_nearest2d upsample_bilinear2d grid_sampler mean sum prod amax max min argmax
cumsum norm var std any topk sort logsumexp embedding embedding_bag gather index index_select take scatter index_add
index_put one_hot zeros ones empty full arange zeros_like empty_like tensor linspace bernoulli item nonzero equal
synchronize unknown_thing""".split()
COPIES = ["memcpy_host_to_device", "memcpy_device_to_host"]
DTYPES = ["float", "int64", "int32", "bool"]
MODES_OF_TIME = ["shortest", "recurrence", "events"]
PRECISIONS = ["fp32", "tf32", "fp16", "bf16", "int8", "fp8"]
CHARTS = ["latency", "breakdown", "roofline", "timeline", "projection", "sensitivity"]
SETTABLE = """accelerator.memory.bandwidth_gb_per_s accelerator.memory.capacity_gb accelerator.memory.l2_mb
accelerator.memory.l2_bandwidth_gb_per_s accelerator.clock_ghz accelerator.sustained_clock_ghz accelerator.compute_units
accelerator.peak_tflops.fp32 accelerator.peak_tflops.fp16 accelerator.peak_tflops.int8 accelerator.launch.call_us
accelerator.launch.latency_us accelerator.launch.kernel_gap_us accelerator.launch.graph_kernel_gap_us
accelerator.launch.graph_call_us accelerator.launch.graph_latency_us accelerator.launch.synchronization_us
accelerator.launch.queue_depth accelerator.link.bandwidth_gb_per_s accelerator.link.latency_us
accelerator.efficiency.matrix_flops_per_clock accelerator.efficiency.vector accelerator.efficiency.memory
accelerator.efficiency.matrix_alignment accelerator.efficiency.tile_setup_us accelerator.efficiency.kernel_fixed_us
accelerator.efficiency.wave_quantization host.single_thread_speed host.cores host.threads host.clock_ghz
host.boost_clock_ghz host.vector.flops_per_cycle host.memory.bandwidth_gb_per_s
host.memory.single_core_bandwidth_gb_per_s host.memory.l2_mb host.memory.l3_mb host.memory.mapped_mb
host.memory.page_fault_us host.efficiency.matrix host.efficiency.elementwise host.efficiency.memory
framework.dispatch_us.linear framework.dispatch_us.pointwise framework.kernel_us framework.pass_us
framework.graph_node_us framework.convolution_workspace_mb""".split()


class Catalog:
    """The shipped files, read once: text by folder and name."""

    def __init__(self):
        profiles = ROOT / "hardware-profiles"
        folders = {folder: profiles / folder for folder in ("accelerators", "architectures", "hosts", "frameworks")}
        folders["workloads"] = ROOT / "workloads"
        self.files = {folder: {path.stem: path.read_bytes() for path in sorted(place.glob("*.json"))}
                      for folder, place in folders.items()}
        self.names = {folder: sorted(files) for folder, files in self.files.items()}
        # A mutation meets a part that matters more often in a small file.
        self.small_workloads = [name for name in self.names["workloads"] if len(self.files["workloads"][name]) < 16000]
        self.recording = (ROOT / "docs/examples/trace.json").read_bytes()
        self.measurements = (ROOT / "docs/examples/latency.csv").read_bytes()
        self.kernels = (ROOT / "docs/examples/kernels.csv").read_bytes()

    def profile(self, folder, chance, with_sources=0.3):
        """The text of a profile by chance, most often without its sources."""
        text = self.files[folder][chance.choice(self.names[folder])]
        if chance.random() < with_sources:
            return text
        profile = json.loads(text)
        profile.pop("sources", None)
        return json.dumps(profile, indent=1).encode()


def dimension(chance, parameters):
    """A number or a formula of the parameters."""
    if parameters and chance.random() < 0.4:
        name = chance.choice(parameters)
        return chance.choice([name, f"4*{name}", f"{name}+1", f"2*({name}+3)//2", f"{name}*{name}"])
    return chance.choice([1, 1, 2, 3, 8, 16, 31, 64, 128, 768, 1000])


def shape(chance, parameters, rank=None):
    return [dimension(chance, parameters) for _ in range(chance.randrange(0, 6) if rank is None else rank)]


def shapes(chance, parameters, operator):
    """Operands as the operator wants them, most often."""
    if chance.random() < 0.25:
        return [shape(chance, parameters) for _ in range(chance.randrange(0, 4))]
    batch, width = dimension(chance, parameters), chance.choice([8, 64, 128, 768])
    if operator in ("linear",):
        return [[batch, width], [4 * width, width], [4 * width]]
    if operator in ("addmm",):
        return [[width], [batch, width], [width, width]]
    if operator in ("mm", "matmul", "mv", "addmv", "dot"):
        return [[batch, width], [width, width]]
    if operator in ("bmm", "baddbmm"):
        return [[batch, 16, width], [batch, width, 16]]
    if "conv" in operator:
        groups_of = chance.choice([8, 64])
        return [[batch, groups_of, 16, 16], [groups_of, groups_of, 3, 3], [groups_of]]
    if "attention" in operator:
        return [[batch, 4, 32, 64]] * 3
    if "norm" in operator:
        return [[batch, width, 8, 8], [width], [width], [width], [width]]
    return [shape(chance, parameters, chance.randrange(1, 5))] * chance.choice([1, 1, 2, 3])


def operator(chance, parameters, streams):
    name = chance.choice(COPIES) if chance.random() < 0.12 else chance.choice(OPERATORS)
    node = {"operator": name if name in COPIES or chance.random() < 0.2 else "aten::" + name,
            "inputs": shapes(chance, parameters, name)}
    if chance.random() < 0.5:
        node["outputs"] = [shape(chance, parameters, chance.randrange(0, 4)) for _ in range(chance.choice([1, 1, 2]))]
    if chance.random() < 0.15:
        node["dtypes"] = [chance.choice(DTYPES) for _ in node["inputs"]]
    if chance.random() < 0.3:
        node["attributes"] = {key: chance.choice([0, 1, 1, 2, 3, [2, 2], [1, 1, 1]]) for key in chance.sample(
            ["stride", "padding", "dilation", "groups", "transposed", "kernel_size", "pinned"], chance.randrange(1, 4))}
    if chance.random() < 0.1:
        node["copies"] = [{"shape": shape(chance, parameters), "unless": {"batch": 1}}]
    if streams > 1:
        if chance.random() < 0.6:
            node["stream"] = chance.randrange(streams)
        if chance.random() < 0.25:
            node["waits_for_streams"] = chance.sample(range(streams), chance.randrange(1, streams + 1))
    return node


def program(chance, parameters, streams, depth=0):
    nodes = []
    for _ in range(chance.randrange(1, 6 if depth == 0 else 4)):
        if depth < 3 and chance.random() < 0.25:
            nodes.append({"repeat": chance.choice([1, 2, 3, 12, "batch", 1000]),
                          "program": program(chance, parameters, streams, depth + 1)})
        else:
            nodes.append(operator(chance, parameters, streams))
    return nodes


def workload(chance, streams=None):
    """A workload of a few operators, on one stream most often."""
    streams = chance.choice([1, 1, 1, 2, 3]) if streams is None else streams
    parameters = {"batch": chance.choice([1, 2, 8])}
    if chance.random() < 0.5:
        parameters["sequence_length"] = chance.choice([1, 16, 128])
    names = list(parameters)
    text = {"schema": "workload/1", "name": "w", "parameters": parameters, "program": program(chance, names, streams)}
    if chance.random() < 0.2:
        text["weight_elements"] = chance.choice([0, 10, "4*batch", 10**9])
    if chance.random() < 0.2:
        text["inputs"], text["outputs"] = [shape(chance, names)], [shape(chance, names)]
    return text


def recording(chance):
    """A recording in Kineto's layout: threads, streams, waits, copies and graph launches."""
    events, clock, device = [], 1000.0, 1000.0
    threads, streams = chance.choice([1, 1, 2]), chance.choice([1, 1, 2, 3])
    platform = chance.choice(["cuda", "cuda", "hip"])
    for number in range(1, chance.randrange(2, 14)):
        thread = 100 + chance.randrange(threads)
        stream = 7 + chance.randrange(streams)
        start, length = clock, chance.uniform(3, 30)
        name = chance.choice(OPERATORS)
        dims = [chance.choice([[], [64], [8, 64], [8, 16, 64], [2, 64, 8, 8]]) for _ in range(chance.randrange(0, 4))]
        if chance.random() < 0.5:
            dims = shapes(chance, [], name)
        events.append({"ph": "X", "cat": "cpu_op", "name": "aten::" + name, "pid": 1, "tid": thread, "ts": start,
                       "dur": length, "args": {"External id": number, "Input Dims": dims,
                                               "Input type": ["float"] * len(dims), "Concrete Inputs": [""] * len(dims)}})
        call = {"ph": "X", "cat": "cuda_runtime", "pid": 1, "tid": thread, "ts": start + 1, "dur": length / 3,
                "args": {"External id": number, "correlation": number}}
        kind = chance.random()
        job = {"ph": "X", "pid": 0, "tid": stream, "ts": max(device, start + 2), "dur": chance.uniform(1, 40),
               "args": {"External id": number, "device": 0, "stream": stream, "correlation": number}}
        if kind < 0.7:
            call["name"] = platform + chance.choice(["LaunchKernel", "LaunchKernel", "GraphLaunch"])
            job |= {"cat": "kernel", "name": chance.choice(["sm80_gemm", "vectorized_elementwise_kernel", "triton_k"])}
            job["args"] |= {"grid": [564, 1, 1], "block": [128, 1, 1]}
            events += [call, job]
        elif kind < 0.85:
            call["name"] = platform + "MemcpyAsync"
            job |= {"cat": "gpu_memcpy", "name": chance.choice(["Memcpy HtoD (Pageable -> Device)", "Memcpy DtoH"])}
            job["args"]["bytes"] = chance.choice([0, 4, 10**6])
            events += [call, job]
        else:
            call["name"] = platform + chance.choice(["DeviceSynchronize", "StreamSynchronize", "EventRecord"])
            events.append(call)
        device = job["ts"] + job["dur"]
        clock = start + length + chance.choice([0, 1, 50])
    if chance.random() < 0.3:
        events.append({"ph": "X", "cat": "user_annotation", "name": "ProfilerStep#7", "pid": 1, "tid": 100,
                       "ts": 999.0, "dur": clock})
    return {"schemaVersion": 1,
            "deviceProperties": [{"id": 0, "name": chance.choice(["NVIDIA H100 80GB HBM3", "NVIDIA H100 80GB HBM3", "Nobody's"]),
                                  "numSms": 132}],
            "traceEvents": events}


def measurements(chance, catalog):
    """Rows as `simulate validate` reads them."""
    lines = ["testbed,accelerator,host,framework,precision,workload,batch,sequence_length,image_size,latency_ms,role"]
    for _ in range(chance.randrange(1, 6)):
        workload_name = chance.choice(["resnet18", "bert-base-uncased", "gpt2"])
        lines.append(",".join([
            chance.choice(["a", "b", "a bed"]), chance.choice(catalog.names["accelerators"] + [""]),
            chance.choice(["reference", chance.choice(catalog.names["hosts"])]),
            chance.choice(catalog.names["frameworks"]), chance.choice(["fp16", "fp32"]), workload_name,
            str(chance.choice([1, 2, 8, 64])), "" if workload_name == "resnet18" else "128",
            "224" if workload_name == "resnet18" else "", chance.choice(["", "5.5", "12", "100.25"]),
            chance.choice(["", "anchor", "test"])]))
    return ("\n".join(lines) + "\n").encode()


def kernels(chance, catalog):
    """Rows as `simulate validate --kernels` reads them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["accelerator", "precision", "operator", "inputs", "attributes", "devices", "time_us"])
    for _ in range(chance.randrange(1, 6)):
        name = chance.choice(OPERATORS)
        attributes = {key: chance.choice([0, 1, 3, [2, 2]]) for key in ("stride", "groups", "is_causal") if chance.random() < 0.2}
        rows.writerow([
            chance.choice(catalog.names["accelerators"]), chance.choice(["fp16", "fp32", "bf16"]), "aten::" + name,
            json.dumps(shapes(chance, [], name)), json.dumps(attributes) if attributes else "", chance.choice(["", "1"]),
            chance.choice(["", "5.5", "12", "100.25"])])
    return text.getvalue().encode()


def packed(data):
    """Gzip without a time stamp, so that the same input has the same bytes."""
    return gzip.compress(data, 6, mtime=0)
