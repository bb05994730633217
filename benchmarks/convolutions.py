#!/usr/bin/env python3
"""Holds passes and kernels in which convolutions and engines matter against measurements, all groups in one run.

    benchmarks/convolutions.py --simulate PROGRAM --data FOLDER [--catalog DIR] [--only PART] [--rows FILE]

FOLDER holds `facts` and `measurements` as other people published them (see benchmarks/validation.py, whose rows of the
paper, DeepBench, figure 1 and TensorRT this takes too). --only runs the groups whose name has PART in it; --rows writes
every row with its error. Nothing is fitted but the host's speed where validation.py fits it: the paper's rows and the
RTX 3090's of kernl. Needs Python 3 and nothing else.
"""

import argparse
import collections
import csv
import pathlib
import statistics
import tempfile

import kernel_measurements
import validation

TIMM_DEVICES = {"3090": "nvidia-rtx-3090", "4090": "nvidia-rtx-4090", "5090": "nvidia-rtx-5090"}
# Their names in MLPerf's system descriptions; slices of a GPU are left out.
MLPERF_DEVICES = {"NVIDIA A100-SXM-80GB": "nvidia-a100-sxm4-80gb", "NVIDIA A100-SXM4-80GB CTS": "nvidia-a100-sxm4-80gb",
                  "NVIDIA A100-PCIe-80GB": "nvidia-a100-pcie-80gb", "NVIDIA A2": "nvidia-a2", "NVIDIA A30": "nvidia-a30",
                  "NVIDIA H100-SXM-80GB": "nvidia-h100-sxm", "NVIDIA H100-PCIe-80GB": "nvidia-h100-pcie",
                  "NVIDIA L4": "nvidia-l4", "NVIDIA T4": "nvidia-t4"}
# SQuAD's questions are of 178 tokens on average, without padding.
MLPERF_MODELS = {"resnet50": ("resnet50", ""), "bert-99": ("bert-large-uncased", 178)}
LAYOUTS = {"nchw": "", "nhwc": "channels-last"}


def timm(data):
    """Steps of timm's benchmark; autocast multiplies in half precision."""
    folder = data / "measurements/modern"
    workloads = {(row["model"], row["image_size"]): row["workload"] for row in validation.rows_of(folder / "timm_models.csv")
                 if row["workload"]}
    for row in validation.rows_of(folder / "timm_inference.csv"):
        workload = workloads.get((row["model"], row["image_size"]))
        accelerator = TIMM_DEVICES.get(row["device"])
        if not workload or not accelerator:
            continue
        compiled = row["mode"] == "compiled"
        framework = "torch-compile" if compiled else "pytorch-eager" if row["pytorch"].startswith("1.") else "pytorch-eager-2"
        layout = "compiled" if compiled else row["layout"]
        yield {"group": f"timm {layout}", "testbed": f"timm {row['device']} {row['pytorch']} {layout}",
               "accelerator": accelerator, "framework": framework, "precision": "fp16", "workload": workload,
               "batch": row["batch"], "image_size": row["image_size"], "latency_ms": row["step_ms"],
               "layout": LAYOUTS["nchw" if compiled else row["layout"]]}


def mlperf(data, accelerators):
    """The median of the entries of each device; entries over a server (Triton) and with a clock held down are left out."""
    groups = collections.defaultdict(list)
    for row in validation.rows_of(data / "measurements/modern/mlperf_singlestream.csv"):
        accelerator = MLPERF_DEVICES.get(row["accelerator"])
        if accelerator not in accelerators or row["model"] not in MLPERF_MODELS or row["scenario"] != "SingleStream":
            continue
        if "trito" in row["system"].lower() or "maxq" in row["system"].lower():
            continue
        groups[row["model"], accelerator].append(float(row["mean_ms"]))
    for (model, accelerator), entries in groups.items():
        workload, length = MLPERF_MODELS[model]
        yield {"group": f"MLPerf {model}", "testbed": f"MLPerf {model}", "accelerator": accelerator,
               "framework": "tensorrt", "precision": "int8", "workload": workload, "batch": 1,
               "sequence_length": length, "latency_ms": f"{statistics.median(entries):.5f}"}


def tensorrt_bert(data):
    accelerators = {"A100": "nvidia-a100-sxm4-40gb", "V100": "nvidia-v100-sxm2-16gb", "T4": "nvidia-t4"}
    models = {"bert base": "bert-base-uncased", "bert large": "bert-large-uncased"}
    for row in validation.rows_of(data / "measurements/tensorrt-bert/latency.csv"):
        model = models.get(row["model"].lower())
        if model:
            precision = row["precision"].lower()
            yield {"group": f"TensorRT BERT {precision}", "testbed": f"{row['gpu']} {model} {precision}",
                   "accelerator": accelerators[row["gpu"]], "framework": "tensorrt", "precision": precision,
                   "workload": model, "batch": row["batch"], "sequence_length": row["seq_len"],
                   "latency_ms": row["avg_latency_ms"]}


def show(name, rows, each=None):
    print(f"{name:<44}{validation.summary(rows)}")
    if each:
        for key, part in validation.grouped(rows, each):
            print(f"    {key:<40}{validation.summary(part)}")


def deepbench(simulator, options):
    """Kernels alone, as `simulate validate --kernels` has them."""
    if options.only.lower() not in "deepbench":
        return
    predicted = [row for name, reader in (("gemm", kernel_measurements.deepbench_products),
                                          ("convolution_forward", kernel_measurements.deepbench_convolutions))
                 for row in validation.deepbench(simulator, options.data, name, reader, options.catalog)]
    if options.kernels:
        with open(options.kernels, "w", newline="") as file:
            writer = csv.DictWriter(file, predicted[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(predicted)
    for operator, group in validation.grouped(predicted, lambda row: row["operator"]):
        show(f"DeepBench {operator}", group, lambda row: row["testbed"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", default="simulate", help="the installed program")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder of facts and measurements")
    parser.add_argument("--catalog", type=pathlib.Path, default=validation.ROOT, help="where hardware-profiles lies")
    parser.add_argument("--only", default="", help="a part of the groups' names")
    parser.add_argument("--rows", type=pathlib.Path, help="a file for every row with its error")
    parser.add_argument("--kernels", type=pathlib.Path, help="a file for every kernel of DeepBench with its error")
    options = parser.parse_args()
    validation.PROFILES = options.catalog / "hardware-profiles"
    kept = []
    with tempfile.TemporaryDirectory() as scratch:
        simulator = validation.Simulator(options.simulate, scratch)

        def part(name, rows, catalog=None, fit="none", each=None, key=lambda row: row["testbed"]):
            if options.only.lower() not in name.lower():
                return None
            rows = list(rows)
            predicted = simulator.validate(rows, catalog or options.catalog, fit=fit, name=name.replace(" ", "-"))
            for row in predicted:
                kept.append(dict(row, group=name))
            show(name, predicted, key)
            return predicted

        print(f"{'':<44}| points | median % | mean % | 90th % | bias % |")
        for layout, group in validation.grouped(timm(options.data), lambda row: row["group"]):
            part(layout, group)
        accelerators = {path.stem for path in (validation.PROFILES / "accelerators").glob("*.json")}
        for name, group in validation.grouped(mlperf(options.data, accelerators), lambda row: row["group"]):
            part(name, group, key=lambda row: row["accelerator"])
        for name, group in validation.grouped(tensorrt_bert(options.data), lambda row: row["group"]):
            part(name, group)
        deepbench(simulator, options)
        part("RTX 3090 kernl", validation.graphs_and_eager(options.data), fit="host", key=lambda row: row["framework"])
        part("figure 1", validation.figure_one(options.data), fit="host", key=lambda row: row["workload"])
        part("TorchScript FasterTransformer", validation.torchscript_bert(options.data), fit="host")
        part("NeuSight", validation.language_models(options.data))
        part("ONNX Runtime levels", validation.graph_levels(options.data), fit="host", key=lambda row: row["precision"])
        part("torch.compile T4 V100", validation.compiled(options.data), fit="host",
             key=lambda row: f"{row['testbed']}: {row['framework']}")
        part("paper figure", validation.paper_figure(options.data), fit="host", key=lambda row: row["testbed"])
        file = options.data / "measurements/framework-tax/processor_latency.csv"
        if options.only.lower() in "processor":
            text = simulator.call(["validate", str(file), "--format", "csv"], options.catalog)
            predicted = list(csv.DictReader(text.splitlines()))
            show("processor", predicted, lambda row: row["workload"])
        rows = part("paper 1814", validation.framework_tax(options.data), fit="host", key=lambda row: row["workload"])
        if rows:
            rises = list(validation.rise_pairs(rows))
            exact = sum(measured == predicted for _, measured, predicted in rises)
            print(f"    {'rises exact %':<40}  {100 * exact / len(rises):.1f}")
    if options.rows:
        with open(options.rows, "w", newline="") as file:
            writer = csv.DictWriter(file, kept[0].keys(), extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)


if __name__ == "__main__":
    main()
