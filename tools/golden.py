#!/usr/bin/env python3
"""Records what some thousand command lines print and write, and says where another program differs.

    tools/golden.py record before --simulate .build/release/simulate
    tools/golden.py compare before --simulate .build/release/simulate      # the changed one
    tools/golden.py list

For restructuring: every command, every format, every workload, every part of the catalog, every chart, help, and what is wrong. A
record is a folder with a file for each command line: status, standard output, standard error, and what it wrote. Two records of
one program are equal byte by byte. Requirements: Python 3.9 and nothing else.
"""
import argparse
import concurrent.futures
import difflib
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs/examples"


def names(simulate, sort):
    lines = subprocess.run([simulate, "profiles", "list", sort, "--format", "names"], capture_output=True, text=True, check=True)
    return lines.stdout.split()


def command_lines(simulate):
    """Every line, without the program; what it writes is called out.*."""
    workloads, accelerators = names(simulate, "workloads"), names(simulate, "accelerators")
    hosts, frameworks = names(simulate, "hosts"), names(simulate, "frameworks")
    yield from running(workloads, accelerators, hosts, frameworks)
    yield from sweeping(workloads)
    yield from projecting()
    yield from reporting()
    yield from measuring()
    yield from recordings()
    yield from catalog(workloads, accelerators, hosts, frameworks)
    yield from wrong()


def running(workloads, accelerators, hosts, frameworks):
    yield ""
    for workload in workloads:
        for system in ("h100-sxm", "v100 --framework torchscript --batch 4", "none", "t4 --framework torch-compile-graphs --synchronized"):
            for form in ("table", "json", "csv"):
                yield f"run {workload} {system} --format {form}"
        for form in ("table", "json", "csv"):
            yield f"roofline {workload} a100-sxm4-80gb --batch 2 --format {form}"
    for accelerator in accelerators:
        yield f"run bert-base {accelerator} --sensitivity"
        yield f"run resnet50 {accelerator} --precision fp32 --batch 16 --format json --sensitivity"
        yield f"run gpt2-decode {accelerator} --kernel-model roofline --format csv"
        yield f"roofline resnet18 {accelerator}"
    for host in hosts:
        yield f"run bert-base none --host {host}"
        yield f"run mobilenet-v2 h100-sxm --host {host} --format json"
    for framework in frameworks:
        for workload in ("bert-base", "resnet50", "llama-3.2-1b-decode", "vit-base-patch32-224"):
            yield f"run {workload} a100-sxm4-40gb --framework {framework} --format json --sensitivity"
            yield f"run {workload} rtx-2080-ti --framework {framework} --precision fp32 --batch 3 --synchronized"
    for number in ("host.single_thread_speed=2", "accelerator.memory.bandwidth_gb_per_s=9999", "framework.dispatch_us.linear=3",
                   "accelerator.compute_units=7", "accelerator.launch.queue_depth=3", "accelerator.launch.latency_us=9"):
        yield f"run bert-base v100 --set {number}"
        yield f"run bert-base v100 --set {number} --format json --sensitivity"
    for method in ("shortest", "recurrence", "events"):
        yield f"run bert-base v100 --method {method} --format json"
    for name in ("out.json", "-"):
        form = " --format csv" if name != "-" else ""
        yield f"run resnet18 t4 --timeline {name}{form}"
    yield "run resnet50 v100 --batch 1,2"
    yield "run bert-base docs/my-gpu.json --batch 16"


def sweeping(workloads):
    axes = "--over batch=1,8 --over host.single_thread_speed=0.5..2:log3"
    for form in ("table", "csv", "jsonl", "summary"):
        yield f"sweep bert-base v100 {axes} --format {form}"
        yield f"sweep resnet50 --over accelerator=nvidia-*,none {axes} --format {form}"
        yield f"sweep bert-base h100-sxm --over framework=pytorch-eager,cuda-graph --over sequence_length=16,128 --format {form}"
        yield f"sweep h100-sxm --over workload=bert-base,resnet50 --over accelerator.memory.bandwidth_gb_per_s=1000..9000:lin4 --format {form}"
        yield f"sweep --plan docs/plan.json --format {form}"
        yield f"sweep bert-base v100 {axes} --synchronized --kernel-model roofline --precision fp32 --shard 2/3 --format {form}"
    for workload in workloads:
        yield f"sweep {workload} --over accelerator=t4,mi300x,none --over precision=fp32,fp16 --over batch=1,2 --format csv"
    yield f"sweep bert-base v100 {axes} -o out.csv"
    yield f"sweep bert-base v100 {axes} -o out.jsonl"
    yield f"sweep bert-base v100 {axes} --threads 1 --format csv"


def projecting():
    for form in ("table", "json", "csv"):
        yield f"project bert-base --year 2032 --format {form} --samples 200"
        yield f"project resnet50 h100-sxm --year 2029 --batch 8 --seed 3 --samples 100 --host grace-cpu --format {form}"
        yield f"project gpt2 mi300x --year 2030 --history amd-* --samples 100 --format {form}"
        yield f"project bert-base h100-sxm --scale peak=4,bandwidth=2,launch=0.5 --format {form}"
        yield f"project bert-base docs/my-gpu.json --format {form}"
        yield f"project bert-base docs/my-gpu.json --against a100-sxm4-80gb --format {form}"
        for target in ("framework_tax_fraction=0.1", "latency_us=900", "device_busy_us=500", "framework_tax_us=10"):
            yield f"project bert-base h100-sxm --target {target} --format {form}"
        yield f"project resnet50 v100 --target latency_us=2000 --vary batch,dispatch,peak --format {form}"
        for study in ("frameworks", "model-design", "platforms", "tax"):
            yield f"study {study} --format {form}"


def reporting():
    systems = ("bert-base h100-sxm --batch 8", "resnet50 none", "gpt2 a100-sxm4-80gb --framework cuda-graph")
    for system in systems:
        for chart in ("latency", "breakdown", "roofline", "timeline", "projection", "uncertainty", "hindcast", "sensitivity"):
            for ending in ("svg", "vl.json", "csv", "jsonl", "md"):
                yield f"report {system} --chart {chart} -o out.{ending}"
    yield "report resnet18 t4 -o out.html"
    yield "report mobilenet-v2 none -o out.html"
    yield "report resnet18 t4 --chart latency --width 400 -o out.svg"
    yield "report bert-base v100 --chart latency --measurements docs/latency.csv -o out.csv"
    yield "report --sweep rows.csv -o out.html"
    for study in ("frameworks", "model-design", "platforms", "tax"):
        yield f"report --study {study} -o out.html"


def measuring():
    for form in ("table", "csv"):
        for options in ("", " --fit host", " --fit host --error-band out.json"):
            yield f"validate docs/latency.csv{options} --format {form}"
        yield f"calibrate docs/latency.csv --format {form}"
        for options in ("", " --kernel-model roofline", " --set accelerator.launch.graph_kernel_gap_us=0"):
            yield f"validate docs/kernels.csv --kernels{options} --format {form}"
    yield "calibrate docs/latency.csv --output out"
    yield "calibrate docs/latency.csv --fit accelerator.efficiency.vector --host-speed fixed --output out"
    yield "calibrate --trace docs/trace.json --output out"


def recordings():
    for form in ("table", "json"):
        for options in ("", " --accelerator a100-sxm4-80gb", " --framework cuda-graph", " --host-speed 2", " --device-speed 3",
                        " --profiler-overhead-us 1", " --set accelerator.launch.latency_us=1", " --step 0",
                        " --recorded-accelerator v100 --accelerator h100-sxm --framework cuda-graph"):
            yield f"trace docs/trace.json{options} --format {form}"
    yield "trace docs/trace.json --timeline out.json --report out.html"
    # Recordings by others, where a checkout has them beside it.
    for path in sorted((ROOT.parent / "shared/traces").glob("*.json.gz")):
        yield f"trace {path} --format json"
        yield f"trace {path} --accelerator a100-sxm4-80gb --framework cuda-graph"
        yield f"calibrate --trace {path} --format csv"
    yield "calibrate --trace docs/trace.json"


def catalog(workloads, accelerators, hosts, frameworks):
    for sort in ("accelerators", "hosts", "frameworks", "workloads", ""):
        for form in ("table", "csv", "names"):
            yield f"profiles list {sort} --format {form}"
    for name in accelerators + hosts + frameworks:
        yield f"profiles show {name}"
    for name in workloads[:6]:
        yield f"profiles show {name}"
    yield "profiles check"
    yield "profiles check docs/wrong-gpu.json"
    for command in ("", "run", "sweep", "project", "report", "trace", "validate", "calibrate", "study", "roofline", "profiles",
                    "profiles list", "profiles show", "profiles check"):
        yield f"{command} --help"


def wrong():
    yield from ("run", "run bert", "run bert-base", "run bert-base h20", "run bert-base v100 --batch 0", "run bert-base v100 --bath 2",
                "run v100 bert-base", "run bert-base v100 --set host.cores=0", "run bert-base v100 --set host.core=2",
                "run bert-base v100 --set accelerator.memory.bandwidth_gb_per_s=1e300", "run none.json v100", "rum bert-base v100",
                "run bert-base v100 --format xml", "run bert-base v100 --parameter batch=2 --batch 2", "run bert-base v100 --host v100",
                "run bert-base v100 --precision fp64", "run docs/wrong-gpu.json v100", "run bert-base docs/wrong-gpu.json",
                "sweep bert-base v100", "sweep bert-base v100 --over batch=", "sweep bert-base v100 --over batch=1..2:log0",
                "project bert-base v100 --year 1990", "project bert-base none --year 2030", "project bert-base v100 --target tax=1",
                "report bert-base v100", "report bert-base v100 -o x.svg", "validate none.csv", "validate docs/trace.json",
                "calibrate docs/trace.json", "trace docs/latency.csv", "trace none.json", "trace docs/trace.json --accelerator none",
                "study", "study everything", "profiles", "profiles list cars", "profiles show nothing", "roofline bert-base none",
                "run bert-base v100 --sensitivity --format csv", "sweep bert-base v100 --over batch=1,2 --resume")


def scene(folder, rows):
    """The files that command lines read; the rows are those of a sweep by the program that is recorded."""
    (folder / "docs").mkdir()
    for file in EXAMPLES.iterdir():
        if file.is_file():
            (folder / "docs" / file.name).write_bytes(file.read_bytes())
    plan = {"schema": "sweep/1", "workload": "resnet18", "accelerator": "t4",
            "over": {"batch": [1, 4], "framework": ["pytorch-eager", "onnxruntime"]}}
    (folder / "docs/plan.json").write_text(json.dumps(plan))
    (folder / "rows.csv").write_bytes(rows)


def outcome(simulate, line, rows):
    """All that a command line leaves, as text."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scene(folder, rows)
        before = {path for path in folder.rglob("*")}
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("SIMULATE", "SLURM"))}
        result = subprocess.run([simulate] + shlex.split(line), cwd=folder, capture_output=True, stdin=subprocess.DEVNULL,
                                env=environment | {"COLUMNS": "100", "TZ": "UTC"}, timeout=120)
        parts = [f"$ simulate {line}\nstatus {result.returncode}\n".encode(), b"== output\n", result.stdout, b"== errors\n",
                 result.stderr]
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path not in before:
                parts += [f"== {path.relative_to(folder)}\n".encode(), path.read_bytes()]
        return b"".join(parts).replace(name.encode(), b"FOLDER")


def file_name(line):
    return hashlib.sha256(line.encode()).hexdigest()[:16]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["record", "compare", "list"])
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--simulate", default=str(ROOT / ".build/release/simulate"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="lines that contain a text")
    parser.add_argument("--lines", type=int, default=12, help="how many lines of a difference are shown")
    options = parser.parse_args()
    simulate = str(pathlib.Path(options.simulate).resolve())
    lines = [line for line in dict.fromkeys(command_lines(simulate)) if options.only in line]
    if options.action == "list":
        print("\n".join(lines))
        return 0
    if options.folder is None:
        parser.error("a folder is needed")
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = subprocess.run([simulate, "sweep", "bert-base", "--over", "accelerator=v100,t4", "--over", "batch=1,2,4",
                           "--format", "csv"], capture_output=True, check=True).stdout
    different = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for line, text in zip(lines, pool.map(lambda line: outcome(simulate, line, rows), lines)):
            file = options.folder / file_name(line)
            if options.action == "record":
                file.write_bytes(text)
            elif not file.exists() or file.read_bytes() != text:
                different += 1
                old = file.read_bytes().decode(errors="replace") if file.exists() else ""
                delta = list(difflib.unified_diff(old.splitlines(), text.decode(errors="replace").splitlines(), "before", "now",
                                                  lineterm="", n=0))
                print(f"$ simulate {line}")
                print("\n".join("    " + part[:200] for part in delta[2:2 + options.lines]))
    if options.action == "record":
        print(f"{len(lines)} command lines recorded")
    else:
        print(f"{len(lines)} command lines, {different} of them differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
