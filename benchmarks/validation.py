#!/usr/bin/env python3
"""Holds predictions against published measurements and writes docs/validation.md.

    benchmarks/validation.py --simulate PROGRAM --data FOLDER [--leave-out] [--output docs/validation.md]

FOLDER holds `facts` and `measurements` as other people published them; they are not part of this repository, and what
is absent is left out. --leave-out also fits the constants again without each GPU and without each group of models,
which takes some ten minutes. What is wrong and why is benchmarks/validation-notes.md, the page's last part. Needs Python 3
and nothing else.
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile

import kernel_measurements

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROFILES = ROOT / "hardware-profiles"
COLUMNS = ["testbed", "accelerator", "framework", "precision", "workload", "batch", "sequence_length", "image_size",
           "context", "latency_ms", "layout", "role"]
FAMILY_CONSTANTS = ["matrix_flops_per_clock", "vector", "memory", "matrix_memory", "tile_setup_us", "kernel_fixed_us",
                    "convolution", "winograd", "reduction"]
# Whose constants a family takes when nothing of it was measured, and the family that no latency of the paper's was fitted to.
RELATIVES = {"Pascal": "Pascal GP100", "Volta": "Turing"}
UNTOUCHED_FAMILIES = ["pascal-gp100"]
# With these a constant of the device has no effect.
NEUTRAL = {"matrix_flops_per_clock": 1e6, "vector": 1, "vector_half": 1, "memory": 1, "matrix_memory": 1,
           "matrix_unaligned": 1, "operand_cost": 0, "tile_setup_us": 0, "wave_quantization": 0, "kernel_fixed_us": 0,
           "convolution": 1, "winograd": 0.001, "depthwise": 1, "reduction": 1}
FITTED_KINDS = ["convolution", "depthwise_convolution", "batch_norm", "linear", "matmul", "layer_norm", "softmax", "pointwise",
                "view", "concatenate", "pooling", "reduction", "embedding", "fused"]
CHEAP_KINDS = ["pointwise", "view", "depthwise_convolution", "creation", "copy", "synchronization", "other"]
SAME_COST = {"embedding": "gather", "matmul": "attention"}
# Of an operator that does something, of one that is nearly nothing, of a kernel, of a pass: microseconds.
EVEN_DISPATCH = {"pytorch-eager": (35, 8, 8, 0), "torchscript": (25, 6, 1, 200)}
MODEL_GROUPS = [["bert-base-uncased", "resnet18", "squeezenet1-0"], ["albert-base-v2", "resnet50", "vgg16"],
                ["mobilebert-uncased", "mobilenet-v2", "densenet161"], ["distilbert-base-uncased", "alexnet", "googlenet"],
                ["vit-base-patch32-224", "efficientnetv2-m", "resnet152"]]


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Simulator:
    """The program, with a scratch folder for the files it reads."""

    def __init__(self, program, scratch):
        self.program = program
        self.scratch = pathlib.Path(scratch)
        self.findings = []

    def found(self, measure, aim, value):
        self.findings.append(f"| {measure} | {aim:g} | {value:.{2 if aim < 1 else 1}f} |")

    def call(self, arguments, catalog=None):
        command = [self.program, *arguments] + (["--catalog", str(catalog)] if catalog else [])
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout

    def validate(self, rows, catalog=None, fit="host", name="all"):
        path = self.scratch / f"rows-{name}.csv"
        write_rows(path, rows)
        text = self.call(["validate", str(path), "--fit", fit, "--format", "csv"], catalog)
        return list(csv.DictReader(text.splitlines()))

    def calibrate(self, rows, numbers, catalog, name):
        path = self.scratch / f"fit-{name}.csv"
        write_rows(path, rows)
        fits = [argument for number in numbers for argument in ("--fit", number)]
        text = self.call(["calibrate", str(path), *fits, "--rounds", "4", "--format", "csv"], catalog)
        return [(row["number"], row["shared_by"], float(row["fitted"])) for row in csv.DictReader(text.splitlines())]


def summary(rows):
    errors = sorted(abs(float(row["error_fraction"])) for row in rows if row["error_fraction"])
    if not errors:
        return "| 0 | | | |"
    ninetieth = errors[min(len(errors) - 1, int(0.9 * len(errors)))]
    bias = statistics.median(float(row["error_fraction"]) for row in rows if row["error_fraction"])
    return (f"| {len(errors)} | {100 * statistics.median(errors):.1f} | {100 * statistics.fmean(errors):.1f} "
            f"| {100 * ninetieth:.1f} | {100 * bias:+.1f} |")


def table(title, groups):
    lines = [f"| {title} | points | median % | mean % | 90th % | bias % |", "|---|---|---|---|---|---|"]
    return lines + [f"| {name} {summary(rows)}" for name, rows in groups]


def grouped(rows, key):
    groups = collections.OrderedDict()
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return list(groups.items())


# What the files hold, as rows of `simulate validate`.

def paper_figure(data):
    models = {"ResNet-50": "resnet50", "BERT": "bert-base-uncased"}
    frameworks = {"PyTorch": "pytorch-eager", "TorchScript": "torchscript", "ONNX Runtime": "onnxruntime"}
    for row in rows_of(data / "facts/paper/frameworks.csv"):
        framework = frameworks[row["framework"]]
        if framework == "onnxruntime" and row["model"] == "ResNet-50":
            framework = "onnxruntime-numpy"
        by_batch = row["x_kind"] == "batch"
        is_bert = row["model"] == "BERT"
        yield {"testbed": f"{row['panel']}, {row['framework']}", "accelerator": "nvidia-quadro-rtx-8000",
               "framework": framework, "precision": row["dtype"], "workload": models[row["model"]],
               "batch": row["x"] if by_batch else 128,
               "sequence_length": (128 if by_batch else row["x"]) if is_bert else "",
               "image_size": "" if is_bert else 224, "latency_ms": f"{float(row['latency_s']) * 1e3:.4f}"}


def framework_tax(data):
    for row in rows_of(data / "measurements/framework-tax/latency.csv"):
        yield dict(row, role="anchor" if row["batch"] == "2" else "test")


def vidur_products(data):
    """Half-precision linear layers by token count: kernel times of torch.profiler."""
    seen = set()
    for row in rows_of(data / "measurements/vidur/linear_layers.csv"):
        shards = int(row["tp"])
        heads, width = int(row["n_head"]) // shards, int(row["n_embd"])
        key_heads = max(1, int(row["n_kv_head"]) // shards)
        inner = int(row["n_expanded_embd"]) // shards
        head = width // int(row["n_head"])
        shape = {"attn_pre_proj": ((heads + 2 * key_heads) * head, width), "attn_post_proj": (width, heads * head),
                 "mlp_up_proj": (2 * inner, width), "mlp_down_proj": (width, inner)}.get(row["op"])
        tokens = int(row["num_tokens"])
        key = (row["gpu"], tokens, shape)
        if shape is None or key in seen or (tokens & (tokens - 1) and tokens not in (96, 192, 384, 640)):
            continue
        seen.add(key)
        gpu = {"a100": "nvidia-a100-sxm4-80gb", "a40": "nvidia-a40"}[row["gpu"]]
        yield {"testbed": row["gpu"], "accelerator": gpu, "framework": "kernel-only", "precision": "fp16",
               "workload": "product", "batch": tokens, "sequence_length": shape[0], "context": shape[1],
               "latency_ms": f"{float(row['median_us']) / 1e3:.6f}"}


def graphs_and_eager(data):
    """BERT-base on an RTX 3090: the same kernels with and without dispatch."""
    frameworks = {"Baseline": "pytorch-eager", "Cuda graphs": "cuda-graph", "ONNX Runtime": "onnxruntime",
                  "Inductor": "torch-compile-graphs", "TensorRT": "tensorrt"}
    for row in rows_of(data / "measurements/kernl-rtx3090/latency.csv"):
        if row["engine_label_in_source"] in frameworks:
            yield {"testbed": "RTX 3090", "accelerator": "nvidia-rtx-3090",
                   "framework": frameworks[row["engine_label_in_source"]], "precision": "fp16",
                   "workload": "bert-base-uncased", "batch": row["batch"], "sequence_length": row["seq_len"],
                   "latency_ms": row["latency_ms"]}


def figure_one(data):
    """Six models whose multiplications do not predict their latency: RTX 2080 Ti, batch 1, single precision."""
    names = {"BERT-Base": "bert-base-uncased", "DistilBERT": "distilbert-base-uncased", "Albert": "albert-base-v2",
             "Funnel Transformer": "funnel-transformer-small", "MobileBERT": "mobilebert-uncased",
             "SqueezeBERT": "squeezebert-uncased"}
    for row in rows_of(data / "facts/paper/figure1.csv"):
        yield {"testbed": "figure 1", "accelerator": "nvidia-rtx-2080-ti", "framework": "pytorch-eager",
               "precision": "fp32", "workload": names[row["model"]], "batch": 1, "sequence_length": 128,
               "latency_ms": f"{float(row['latency_s_exact_from_authors_csv']) * 1e3:.3f}"}


def graph_levels(data):
    """ONNX Runtime by graph optimization level; half precision of BERT is left out, as its authors doubt it."""
    models = {"ResNet-50": "resnet50", "BERT": "bert-base-uncased", "ViT-B/32": "vit-base-patch32-224"}
    levels = {"none": "onnxruntime-disabled", "basic": "onnxruntime-basic"}
    for row in rows_of(data / "facts/paper/ort_graph_optimization.csv"):
        if "check" in row["setting"] or not row["setting"].startswith("graph_opt"):
            continue
        level = row["setting"].split()[1]
        framework = levels.get(level, "onnxruntime")
        if row["model"] == "ResNet-50":
            framework = "onnxruntime-numpy"  # The exporter folds batch normalization: there is nothing else to fuse.
        yield {"testbed": f"{row['model']} {row['dtype']}, {level}", "accelerator": "nvidia-quadro-rtx-8000",
               "framework": framework, "precision": row["dtype"], "workload": models[row["model"]],
               "batch": row["batch"], "sequence_length": 128 if row["model"] == "BERT" else "",
               "latency_ms": f"{float(row['latency_s']) * 1e3:.4f}"}


def tensorrt(data):
    """BERT-base in half precision, CUDA events: nothing is fitted, the host has no part in it."""
    accelerators = {"A100": "nvidia-a100-sxm4-40gb", "V100": "nvidia-v100-sxm2-16gb", "T4": "nvidia-t4"}
    for row in rows_of(data / "measurements/tensorrt-bert/latency.csv"):
        if row["model"] == "BERT Base" and row["precision"] == "FP16":
            yield {"testbed": row["gpu"], "accelerator": accelerators[row["gpu"]], "framework": "tensorrt",
                   "precision": "fp16", "workload": "bert-base-uncased", "batch": row["batch"],
                   "sequence_length": row["seq_len"], "latency_ms": row["avg_latency_ms"]}


def compiled(data):
    """ResNet-50 under torch.compile beside eager 2.x: one host speed for each machine and release."""
    frameworks = {"eager": "pytorch-eager-2", "torch.compile(default)": "torch-compile",
                  "torch.compile(reduce-overhead)": "torch-compile-graphs"}
    accelerators = {"V100": "nvidia-v100-sxm2-16gb", "T4": "nvidia-t4"}
    for row in rows_of(data / "measurements/hf-torch-compile/latency.csv"):
        if row["model"] == "ResNet" and row["latency_ms"]:
            yield {"testbed": f"{row['gpu']}, {row['torch']}", "accelerator": accelerators[row["gpu"]],
                   "framework": frameworks[row["execution"]], "precision": "fp32", "workload": "resnet50",
                   "batch": row["batch"], "latency_ms": row["latency_ms"]}


def torchscript_bert(data):
    """BERT-base in TorchScript, from FasterTransformer's guide: one host speed for each GPU.

    Its V100 ran at a fixed clock of 1.38 GHz, which is the PCIe part's; the T4's throttled, as its profile says.
    """
    accelerators = {"T4": "nvidia-t4", "V100": "nvidia-v100-pcie-16gb"}
    for row in rows_of(data / "measurements/fastertransformer/latency.csv"):
        if row["model"] == "bert" and row["host_framework"] == "PyTorch" and row["engine"] == "TorchScript":
            yield {"testbed": f"FasterTransformer, {row['gpu']}", "accelerator": accelerators[row["gpu"]],
                   "framework": "torchscript", "precision": row["precision"].lower(), "workload": "bert-base-uncased",
                   "batch": row["batch"], "sequence_length": row["seq_len"], "latency_ms": row["latency_ms"]}


def language_models(data):
    """NeuSight's language models in single precision, device-bound: nothing is fitted."""
    names = {"bert_large": "bert-large-uncased", "gpt2_large": "gpt2-large", "gpt3_27": "gpt3-2.7b",
             "gpt3_xl": "gpt3-xl", "opt_13": "opt-1.3b"}
    accelerators = {"Tesla P100-PCIE-16GB": "nvidia-p100-pcie-16gb", "Tesla P4": "nvidia-p4", "Tesla T4": "nvidia-t4",
                    "Tesla V100-PCIE-32GB": "nvidia-v100-pcie-16gb"}
    for row in rows_of(data / "measurements/neusight/end_to_end.csv"):
        if row["model"] in names:
            yield {"testbed": row["gpu"], "accelerator": accelerators[row["gpu"]], "framework": "pytorch-eager",
                   "precision": "fp32", "workload": names[row["model"]], "batch": row["batch"],
                   "sequence_length": row["seq_len"], "latency_ms": row["e2e_latency_ms"]}


def overhead(data):
    """BERT-base beside the sum of its kernels: Quadro RTX 8000, half precision."""
    for row in rows_of(data / "facts/paper/framework_overhead.csv"):
        yield {"testbed": "overhead", "accelerator": "nvidia-quadro-rtx-8000", "framework": "pytorch-eager",
               "precision": "fp16", "workload": "bert-base-uncased", "batch": row["batch"], "sequence_length": 128,
               "latency_ms": f"{float(row['total_latency_s']) * 1e3:.4f}",
               "kernels_ms": float(row["cuda_kernel_time_s"]) * 1e3}


# Catalogs for questions that the shipped one does not hold.

def write_workload(folder, name, parameters, program):
    document = {"schema": "workload/1", "name": name, "parameters": parameters, "program": program}
    (folder / f"{name}.json").write_text(json.dumps(document))


def kernel_catalog(scratch):
    """Kernels alone: a framework that costs nothing, on devices without gaps."""
    catalog = pathlib.Path(scratch) / "kernels"
    for folder in ("workloads", "frameworks", "accelerators", "architectures"):
        (catalog / folder).mkdir(parents=True)
    framework = json.loads((PROFILES / "frameworks/pytorch-eager.json").read_text())
    framework.update(name="kernel-only", dispatch_us=dict.fromkeys(framework["dispatch_us"], 0), kernel_us=0, tf32=[])
    (catalog / "frameworks/kernel-only.json").write_text(json.dumps(framework))
    for path in (PROFILES / "accelerators").glob("*.json"):
        profile = json.loads(path.read_text())
        profile["launch"].update(call_us=0, kernel_gap_us=0)
        (catalog / "accelerators" / path.name).write_text(json.dumps(profile))
    for path in (PROFILES / "architectures").glob("*.json"):
        shutil.copy(path, catalog / "architectures")
    write_workload(catalog / "workloads", "product", {"batch": 1, "sequence_length": 1, "context": 1},
                   [{"operator": "aten::linear", "inputs": [["batch", "context"], ["sequence_length", "context"]],
                     "outputs": [["batch", "sequence_length"]]}])
    return catalog


def copied_profiles(scratch, name):
    catalog = pathlib.Path(scratch) / name
    shutil.copytree(PROFILES, catalog / "hardware-profiles")
    return catalog / "hardware-profiles"


def edit(path, key, value):
    text = path.read_text()
    path.write_text(re.sub(rf'"{key}": [-+.\de]+', f'"{key}": {value:.4g}', text, count=1))


def architecture_file(profiles, name):
    return profiles / "architectures" / (name.lower().replace(" ", "-") + ".json")


# Leaving out.

def start_even(profiles):
    """Gives every family the same constants, and operators two costs, so that a fit starts from nothing it was fitted to."""
    generic = json.loads(architecture_file(profiles, "generic").read_text())["efficiency"]
    for path in (profiles / "architectures").glob("*.json"):
        if path.stem not in UNTOUCHED_FAMILIES:
            for constant in FAMILY_CONSTANTS:
                edit(path, constant, generic[constant])
    for framework, (dear, cheap, kernel, whole) in EVEN_DISPATCH.items():
        path = profiles / "frameworks" / f"{framework}.json"
        for kind, cost in json.loads(path.read_text())["dispatch_us"].items():
            if cost > 0:
                edit(path, kind, cheap if kind in CHEAP_KINDS else dear)
        edit(path, "kernel_us", kernel)
        edit(path, "pass_us", whole)


def apply(profiles, fitted):
    """Writes fitted constants into the families and frameworks; a family without data takes its nearest relative's."""
    families = collections.defaultdict(dict)
    for number, group, value in fitted:
        constant = number.rsplit(".", 1)[1]
        if number.startswith("framework."):
            edit(profiles / "frameworks" / f"{group}.json", constant, value)
            if constant in SAME_COST:
                edit(profiles / "frameworks" / f"{group}.json", SAME_COST[constant], value)
        elif architecture_file(profiles, group).exists():
            families[group][constant] = value
            edit(architecture_file(profiles, group), constant, value)
    for family, relative in RELATIVES.items():
        if family not in families:
            known = json.loads(architecture_file(profiles, relative).read_text())["efficiency"]
            for constant in FAMILY_CONSTANTS:
                edit(architecture_file(profiles, family), constant, known[constant])


def machine(row):
    """The testbed without what it ran: vision and language models were timed on the same host."""
    return dict(row, testbed=row["testbed"].rsplit("/", 1)[0])


def left_out(simulator, rows, is_held, name):
    """Errors on the held rows after a fit of every constant to the others only."""
    profiles = copied_profiles(simulator.scratch, name)
    start_even(profiles)
    numbers = [f"accelerator.efficiency.{constant}" for constant in FAMILY_CONSTANTS]
    numbers += [f"framework.dispatch_us.{kind}" for kind in FITTED_KINDS] + ["framework.kernel_us", "framework.pass_us"]
    apply(profiles, simulator.calibrate([machine(row) for row in rows if not is_held(row)], numbers, profiles, name))
    # Anchors of a testbed stay: they say how fast its host is, and nothing of the device.
    return [row for row in simulator.validate(rows, profiles, name=name) if is_held(row)]


# The document.

def median(rows):
    return 100 * statistics.median(abs(float(row["error_fraction"])) for row in rows if row["error_fraction"])


def mean(rows):
    return 100 * statistics.fmean(abs(float(row["error_fraction"])) for row in rows if row["error_fraction"])


def figure_section(simulator, data, lines):
    rows = simulator.validate(list(paper_figure(data)))
    simulator.found("the paper's central figure, ONNX Runtime included: median", 8, median(rows))
    lines += ["## The paper's central figure, point by point", "",
              "Quadro RTX 8000; one host speed is fitted to each series (`--fit host`), nothing else. The last panel varies",
              "the sequence length at batch 128.", ""]
    lines += table("series", grouped(rows, lambda row: row["testbed"])) + [""]
    for panel, series in grouped(rows, lambda row: row["testbed"].rsplit(", ", 1)[0]):
        points = grouped(series, lambda row: (row["batch"], row["sequence_length"]))
        frameworks = [name.rsplit(", ", 1)[1] for name, _ in grouped(series, lambda row: row["testbed"])]
        varied = "sequence length" if "seqlen" in panel else "batch"
        lines += [f"### {panel}", "", f"| {varied} | " + " | ".join(f"{name}: measured ms | predicted | error %"
                                                                    for name in frameworks) + " |",
                  "|---" * (1 + 3 * len(frameworks)) + "|"]
        for (batch, length), cells in points:
            text = " | ".join(f"{float(cell['latency_ms']):.2f} | {float(cell['predicted_ms']):.2f} | "
                              f"{100 * float(cell['error_fraction']):+.0f}" for cell in cells)
            lines.append(f"| {length if 'seqlen' in panel else batch} | {text} |")
        lines.append("")


def rank_correlation(one, other):
    def ranks(values):
        return [sorted(values).index(value) for value in values]

    n = len(one)
    return 1 - 6 * sum((a - b) ** 2 for a, b in zip(ranks(one), ranks(other))) / (n * (n * n - 1))


def overhead_section(simulator, data, lines):
    measured = list(overhead(data))
    rows = simulator.validate(measured)
    lines += ["## Device busy beside the sum of kernels", "",
              "BERT-base in half precision on the Quadro RTX 8000. The kernel time is the profiler's, the device busy time ours.",
              "", "| batch | measured latency ms | predicted | measured kernels ms | predicted busy | error % |",
              "|---|---|---|---|---|---|"]
    errors = []
    for given, row in zip(measured, rows):
        error = float(row["device_busy_ms"]) / given["kernels_ms"] - 1
        if int(row["batch"]) >= 4:
            errors.append(100 * abs(error))
        lines.append(f"| {row['batch']} | {float(row['latency_ms']):.2f} | {float(row['predicted_ms']):.2f} "
                     f"| {given['kernels_ms']:.2f} | {float(row['device_busy_ms']):.2f} | {100 * error:+.0f} |")
    lines.append("")
    simulator.found("device busy beside kernel time from batch 4 up: largest error", 15, max(errors))


def figure_one_section(simulator, data, lines):
    rows = simulator.validate(list(figure_one(data)))
    simulator.found("the paper's first figure: largest error", 20,
                    max(100 * abs(float(row["error_fraction"])) for row in rows))
    simulator.found("the paper's first figure: rank correlation, at least", 0.9,
                    rank_correlation([float(row["latency_ms"]) for row in rows],
                                     [float(row["predicted_ms"]) for row in rows]))
    lines += ["## The paper's first figure", "",
              "Six models on an RTX 2080 Ti, one host speed for all. SqueezeBERT (1-d grouped convolutions) and Funnel (pooling)",
              "are in no other measurement on a GPU; the split between view-like and linear operators was chosen with them in",
              "view.", "", "| model | measured ms | predicted ms | error % |", "|---|---|---|---|"]
    lines += [f"| {row['workload']} | {float(row['latency_ms']):.1f} | {float(row['predicted_ms']):.1f} "
              f"| {100 * float(row['error_fraction']):+.0f} |" for row in rows] + [""]


def tax_section(simulator, data, lines):
    rows = simulator.validate(list(framework_tax(data)))
    simulator.found("1,814 latencies: median", 5, median(rows))
    simulator.found("1,814 latencies: mean", 7, mean(rows))
    rises = list(rise_pairs(rows))
    exact = sum(measured == predicted for _, measured, predicted in rises)
    simulator.found("batch of the rise exact, share of the series, at least", 75, 100 * exact / len(rises))
    aspects = [("all", lambda row: "all"), ("accelerator", lambda row: row["accelerator"]),
               ("framework", lambda row: row["framework"]), ("precision", lambda row: row["precision"]),
               ("workload", lambda row: row["workload"])]
    lines += ["## 1,814 latencies: 15 models, 4 GPUs, eager and TorchScript", "",
              "The authors' measurements behind the paper. One host speed per testbed, from its batch-2 rows only; the",
              "device constants of the three families and the dispatch tables were fitted to these rows.", ""]
    lines += table("rows", [group for _, key in aspects for group in grouped(rows, key)]) + [""]
    batches = sorted({rise for _, *both in rises for rise in both if rise}) + [None]
    count = collections.Counter((measured, predicted) for _, measured, predicted in rises)
    lines += ["### Rises", "",
              f"The batch from which on a series lies more than a fifth above its floor, in {len(rises)} series: the measured",
              f"rise by row, the predicted by column; {exact} are the same, a blank is none. The floor is the median of what lies",
              "within a fifth of the smallest latency.", "",
              "| measured | " + " | ".join(str(batch or "none") for batch in batches) + " |",
              "|---" * (1 + len(batches)) + "|"]
    lines += [f"| {one or 'none'} | " + " | ".join(str(count[one, other] or "") for other in batches) + " |"
              for one in batches] + [""]


def rise_pairs(rows):
    """Series with their measured and predicted rise, as `simulate validate` has them."""
    def rise(batches, latencies):
        limit = 1.2 * statistics.median(value for value in latencies if value <= 1.2 * min(latencies))
        found = None
        for batch, latency in reversed(list(zip(batches, latencies))):
            if latency <= limit:
                break
            found = batch
        return found

    key = ("testbed", "workload", "sequence_length", "image_size", "precision", "framework")
    for name, series in grouped(rows, lambda row: tuple(row[column] for column in key)):
        series = sorted(series, key=lambda row: int(row["batch"]))
        if len(series) >= 4:
            batches = [int(row["batch"]) for row in series]
            yield (name, *(rise(batches, [float(row[column]) for row in series])
                           for column in ("latency_ms", "predicted_ms")))


def others_section(simulator, data, lines):
    scripted = simulator.validate(list(torchscript_bert(data)))
    for name, group in grouped(scripted, lambda row: row["testbed"]):
        simulator.found(f"{name}, TorchScript: median", 12, median(group))
    dense = simulator.validate(list(language_models(data)), fit="none")
    simulator.found("NeuSight's language models, fp32: mean", 8, mean(dense))
    simulator.found("NeuSight's language models, fp32: largest error", 20,
                    max(100 * abs(float(row["error_fraction"])) for row in dense))
    lines += ["## By other people: BERT in TorchScript, language models", "",
              "FasterTransformer's TorchScript baseline, one host speed for each GPU; NeuSight's eager language models. To these",
              "the vector rates of the P100 and the V100 and the clocks that the T4 and the P4 sustain were fitted; no host is.", ""]
    lines += table("BERT-base", grouped(scripted, lambda row: row["testbed"] + ", " + row["precision"])) + [""]
    lines += ["| GPU | model | batch | sequence length | measured ms | predicted ms | error % |", "|---|---|---|---|---|---|---|"]
    lines += [f"| {row['testbed']} | {row['workload']} | {row['batch']} | {row['sequence_length']} "
              f"| {float(row['latency_ms']):.0f} | {float(row['predicted_ms']):.0f} "
              f"| {100 * float(row['error_fraction']):+.0f} |" for row in dense] + [""]


def strangers_section(simulator, lines):
    """Models and a GPU that nothing was fitted to: the table lies beside this script."""
    rows = simulator.validate(rows_of(ROOT / "benchmarks/measurements/timm-rtx3090.csv"), fit="none")
    simulator.found("models and a GPU that nothing was fitted to (timm, RTX 3090): median", 8, median(rows))
    simulator.found("models and a GPU that nothing was fitted to (timm, RTX 3090): mean", 11.5, mean(rows))
    lines += ["## Models and a GPU that nothing was fitted to", "",
              "timm's own benchmark on an RTX 3090, mixed precision, PyTorch 1.12 (`benchmarks/measurements`): grouped and depthwise",
              "convolutions among them. Nothing is fitted: the family's constants are those of one A40's linear layers and of its",
              "relatives.", ""]
    lines += table("rows", [("all", rows)])
    lines += ["", "| model | batch | image size | measured ms | predicted ms | error % |", "|---|---|---|---|---|---|"]
    lines += [f"| {row['workload']} | {row['batch']} | {row['image_size']} | {float(row['latency_ms']):.0f} "
              f"| {float(row['predicted_ms']):.0f} | {100 * float(row['error_fraction']):+.0f} |" for row in rows] + [""]


def graph_ratios(rows):
    """Eager over CUDA graph, measured and predicted, by batch and sequence length."""
    by_point = collections.defaultdict(dict)
    for row in rows:
        by_point[int(row["batch"]), int(row["sequence_length"])][row["framework"]] = row
    for point, both in sorted(by_point.items()):
        if {"pytorch-eager", "cuda-graph"} <= both.keys():
            eager, graph = both["pytorch-eager"], both["cuda-graph"]
            yield (point, *(float(eager[key]) / float(graph[key]) for key in ("latency_ms", "predicted_ms")))


def unseen_section(simulator, data, lines):
    graphs = simulator.validate(list(graphs_and_eager(data)))
    both = [row for row in graphs if row["framework"] in ("pytorch-eager", "cuda-graph")]
    simulator.found("RTX 3090, eager and CUDA graph: median", 12, median(both))
    ratios = list(graph_ratios(both))
    simulator.found("RTX 3090, eager over CUDA graph within 25 %, share of the points, at least", 80,
                    100 * sum(abs(predicted / measured - 1) <= 0.25 for _, measured, predicted in ratios) / len(ratios))
    processor = data / "measurements/framework-tax/processor_latency.csv"
    text = simulator.call(["validate", str(processor), "--format", "csv"])
    single = list(csv.DictReader(text.splitlines()))
    simulator.found("Xeon W-2295, one thread: median", 12, median(single))
    lines += ["## Eager beside CUDA graphs, and no accelerator at all", "",
              "BERT-base on an RTX 3090, one host speed for all rows: nothing else was fitted to it. Then one thread of a Xeon",
              "W-2295, to which the host's seven efficiencies and its page-fault time were fitted.", ""]
    lines += table("RTX 3090", grouped(graphs, lambda row: row["framework"])) + [""]
    lines += ["| framework | batch | sequence length | measured ms | predicted ms | error % |", "|---|---|---|---|---|---|"]
    lines += [f"| {row['framework']} | {row['batch']} | {row['sequence_length']} | {float(row['latency_ms']):.2f} "
              f"| {float(row['predicted_ms']):.2f} | {100 * float(row['error_fraction']):+.0f} |" for row in graphs]
    lines += ["", "Eager over CUDA graph: " + "; ".join(
        f"batch {batch}, {length} tokens {measured:.2f} measured, {predicted:.2f} predicted"
        for (batch, length), measured, predicted in ratios) + "."]
    lines += [""] + table("Xeon W-2295, one thread", [("all", single)] + grouped(single, lambda row: row["workload"])) + [""]


def compilers_section(simulator, data, lines):
    lines += ["## Optimizers and compilers", "",
              "ONNX Runtime by graph optimization level on the Quadro RTX 8000, one host speed for each series: all levels have",
              "one table of costs, so what differs is what the graph spells out and what is fused. TensorRT without any fit.",
              "ResNet-50 under `torch.compile`, with eager of the same machine as the host's measure.", ""]
    levels = simulator.validate(list(graph_levels(data)))
    lines += table("ONNX Runtime", [("all", levels)] + grouped(levels, lambda row: row["testbed"])) + [""]
    engines = simulator.validate(list(tensorrt(data)), fit="none")
    lines += table("TensorRT, BERT-base", [("all", engines)] + grouped(engines, lambda row: row["testbed"])) + [""]
    rows = simulator.validate(list(compiled(data)))
    lines += table("ResNet-50, fp32", grouped(rows, lambda row: f"{row['testbed']}: {row['framework']}")) + [""]


def deepbench(simulator, data, name, reader, catalog=None):
    """Rows of a file of DeepBench as `validate --kernels` predicts them, each with its device and precision as testbed."""
    path = simulator.scratch / f"deepbench-{name}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, kernel_measurements.COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kernel for record in rows_of(data / f"measurements/deepbench/{name}.csv") for kernel in reader(record))
    text = simulator.call(["validate", str(path), "--kernels", "--format", "csv"], catalog)
    return [dict(row, testbed=f"{row['accelerator']} {row['precision']}") for row in csv.DictReader(text.splitlines())]


def kernel_section(simulator, data, catalog, lines):
    linear = simulator.validate(list(vidur_products(data)), catalog, fit="none")
    suites = [("linear layers, fp16, A100 and A40 (torch.profiler)", linear),
              ("DeepBench matrix products", deepbench(simulator, data, "gemm", kernel_measurements.deepbench_products)),
              ("DeepBench convolutions",
               deepbench(simulator, data, "convolution_forward", kernel_measurements.deepbench_convolutions))]
    lines += ["## Kernels alone", "",
              "No framework, no gaps: the kernel model against measured kernel times. The single-precision rows and the",
              "matrix products took part in the fit of their families.", ""]
    groups = []
    both = []
    for title, predictions in suites:
        both += predictions if title.startswith("DeepBench") else []
        groups.append((f"**{title}**", predictions))
        groups += [(f"{name}", group) for name, group in grouped(predictions, lambda row: row["testbed"])]
    lines += table("suite", groups + [("**DeepBench, both**", both)]) + [""]
    simulator.found("DeepBench products and convolutions: median", 15, median(both))


def leave_out_section(simulator, data, lines):
    rows = list(framework_tax(data))
    groups = [([name], lambda row, name=name: row["accelerator"] == name) for name, _ in grouped(rows, lambda row: row["accelerator"])]
    groups += [(group, lambda row, group=group: row["workload"] in group) for group in MODEL_GROUPS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda group: left_out(simulator, rows, group[1], "without-" + group[0][0]), groups))
    named = [(", ".join(group), result) for (group, _), result in zip(groups, results)]
    simulator.found("a GPU left out of every fit: median of the worst", 8, max(median(rows) for _, rows in named[:4]))
    simulator.found("three models left out: median of the worst", 8, max(median(rows) for _, rows in named[4:]))
    simulator.found("three models left out: mean of the worst", 11, max(mean(rows) for _, rows in named[4:]))
    lines += ["## What was not shown", "",
              "The nine fitted constants of every family and the dispatch tables start even (one set for all families; one cost",
              "for operators that work and one for those that hardly do) and are fitted again with `simulate calibrate` without",
              "the rows that are then predicted. A family that is left without data takes its relative's constants: Pascal those",
              "of GP100, Volta those of Turing. The held rows' testbeds keep their batch-2 anchors for the host's speed.", ""]
    lines += table("GPU left out", named[:4]) + [""] + table("models left out", named[4:]) + [""]


def worth_section(simulator, data, lines):
    """What removing each constant costs: all else stays, the hosts' speeds are fitted again."""
    rows = list(framework_tax(data))
    before = simulator.validate(rows)
    lines += ["## What each constant is worth", "",
              "The errors on the 1,814 latencies when a constant is removed from every family (its effect switched off, or its",
              f"ratio 1), or from a framework (its cost 0). With all of them: {median(before):.1f} % median,",
              f"{mean(before):.1f} % mean. `matrix_unaligned` and `vector_half` act in few rows, `depthwise` in one model.", "",
              "| removed | median % | mean % |", "|---|---|---|"]
    for constant, neutral in NEUTRAL.items():
        profiles = copied_profiles(simulator.scratch, "without-" + constant)
        for path in (profiles / "architectures").glob("*.json"):
            edit(path, constant, neutral)
        for path in (profiles / "accelerators").glob("*.json"):
            edit(path, constant, neutral)
        after = simulator.validate(rows, profiles)
        lines.append(f"| `efficiency.{constant}` | {median(after):.1f} | {mean(after):.1f} |")
    for framework, (dear, cheap, _, _) in EVEN_DISPATCH.items():
        part = [row for row in rows if row["framework"] == framework]
        before = simulator.validate(part)
        lines += ["", f"{framework} alone: {median(before):.1f} % median, {mean(before):.1f} % mean with all of them.", "",
                  "| removed | median % | mean % |", "|---|---|---|"]
        for kind in [*FITTED_KINDS, "kernel_us", "pass_us"]:
            profiles = copied_profiles(simulator.scratch, f"without-{framework}-{kind}")
            path = profiles / "frameworks" / f"{framework}.json"
            profile = json.loads(path.read_text())
            if {**profile["dispatch_us"], **profile}[kind] == 0:
                continue
            edit(path, kind, 0)
            after = simulator.validate(part, profiles)
            lines.append(f"| `{kind}` | {median(after):.1f} | {mean(after):.1f} |")
        profiles = copied_profiles(simulator.scratch, f"one-cost-{framework}")
        path = profiles / "frameworks" / f"{framework}.json"
        for kind, cost in json.loads(path.read_text())["dispatch_us"].items():
            if cost > 0:
                edit(path, kind, (dear + cheap) / 2)
        after = simulator.validate(part, profiles)
        lines.append(f"| all kinds: one cost for every operator | {median(after):.1f} | {mean(after):.1f} |")
    lines.append("")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", default="simulate", help="the installed program")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder of facts and measurements")
    parser.add_argument("--leave-out", action="store_true", help="also fit without each GPU and group of models")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs/validation.md")
    options = parser.parse_args()
    head = ["# Validation", "",
            "Predictions beside published measurements, written by `benchmarks/validation.py --leave-out`. Errors are",
            "|predicted / measured - 1|; bias is the median of predicted / measured - 1.", ""]
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        simulator = Simulator(options.simulate, scratch)
        figure_section(simulator, options.data, lines)
        figure_one_section(simulator, options.data, lines)
        overhead_section(simulator, options.data, lines)
        tax_section(simulator, options.data, lines)
        unseen_section(simulator, options.data, lines)
        others_section(simulator, options.data, lines)
        strangers_section(simulator, lines)
        compilers_section(simulator, options.data, lines)
        kernel_section(simulator, options.data, kernel_catalog(scratch), lines)
        if options.leave_out:
            leave_out_section(simulator, options.data, lines)
        worth_section(simulator, options.data, lines)
        head += ["## What was aimed at", "", "Percent, unless it is a correlation; at most, unless it says at least.", "",
                 "| measure | aim | reached |", "|---|---|---|", *simulator.findings, ""]
    lines = head + lines
    # What other scripts write, and what people do.
    for name in ("validation-kernels.md", "validation-ranks.md", "validation-recordings.md", "validation-notes.md"):
        part = ROOT / "benchmarks" / name
        if part.exists():
            lines += part.read_text().rstrip("\n").split("\n") + [""]
    partial = options.output.with_suffix(".partial")
    partial.write_text("\n".join(lines).rstrip("\n") + "\n")
    partial.rename(options.output)


if __name__ == "__main__":
    main()
