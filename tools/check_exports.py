#!/usr/bin/env python3
"""Exports ten kinds of models that nobody here chose, and holds each file to the simulator and to an independent count.

    tools/check_exports.py --simulate .build/release/simulate
    tools/check_exports.py --simulate .build/release/simulate --seed 7 --count 30

Makes a virtual environment in a temporary folder, installs today's torch, transformers, diffusers, timm, torchvision and onnx
from the package index, draws models from their lists by a seed, and exports each from its configuration, without weights.
A file has to be right (`simulate profiles check`), to run (`simulate run`), and to multiply as much as
`torch.utils.flop_counter` counts on the same model; ONNX files and archives of `torch.export` written from three models have
to say the same as the models themselves. Where no package index can be reached it says so, and ends with status 0.

With --python it uses an environment that is there.
"""

import argparse
import collections
import concurrent.futures
import json
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import package_environment
from workload_summary import flops

SEED = 2026

REQUIREMENTS = ["transformers", "diffusers", "timm", "torchvision==0.28.0", "onnx", "onnxscript", "numpy"]

# Of the processor's time. A model that takes longer is passed over: CI has minutes, and some of the candidates, which are
# over 1,700, have thousands of operators.
SECONDS_EACH = 60

# Largest difference of the two counts: operators that only one of them takes for a product.
TOLERANCE = 0.005


class TooLong(BaseException):
    """A model took more than its time."""


def inside(options):
    """What runs in the environment: draws, exports, checks; returns how many of each verdict."""
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")
    os.environ["HF_HUB_OFFLINE"] = "1"
    import export_workload

    export_workload.complete_torchvision()
    import drawn_models

    wanted = dict(drawn_models.KINDS)
    if options.count != sum(wanted.values()):
        rounds = math.ceil(options.count / sum(wanted.values()))
        wanted = {kind: count * rounds for kind, count in wanted.items()}
    share = sorted(wanted)[options.part :: options.parts]
    streams = drawn_models.drawn(options.seed)
    tally = collections.Counter()
    deadline = time.monotonic() + options.seconds
    for kind in share:
        done = 0
        for name in streams[kind]:
            if done == wanted[kind] or time.monotonic() > deadline:
                break
            verdict, text = one_model(kind, name, options)
            tally[verdict] += 1
            done += verdict != "passed over"
            print(f"{verdict:11} {kind}: {name}: {text}", flush=True)
    # The last part has the fewest models.
    if options.part == options.parts - 1:
        for name, verdict, text in written_models():
            tally[verdict] += 1
            print(f"{verdict:11} file: {name}: {text}", flush=True)
    return tally


def written_models():
    """Three models written as an archive and as ONNX, and read: (file, verdict, what to say of it)."""
    import export_workload
    from onnx_program import onnx_workload

    for name, build, sizes, is_traced in models_to_write():
        with tempfile.TemporaryDirectory() as folder:
            direct = export_workload.export(export_workload.Definition(name, name, name, build, full_slices=False))
            expected = flops(direct.workload["program"], sizes)
            for path in written(name, build, pathlib.Path(folder), is_traced):
                try:
                    if path.suffix == ".onnx":
                        result = onnx_workload(path)
                    else:
                        result = export_workload.export(export_workload.file_definition(path))
                except export_workload.ExportError as error:
                    yield path.name, "WRONG", str(error)
                    continue
                found = flops(result.workload["program"], sizes)
                text = f"{result.operators} operators ({direct.operators} of the model itself), {found / 1e9:.2f} GFLOP at {sizes}"
                is_right = abs(found / expected - 1) < TOLERANCE and set(result.workload["parameters"]) == set(sizes)
                parameters = ", ".join(result.workload["parameters"])
                wrong = f"{text}; wanted {expected / 1e9:.2f} and {', '.join(sizes)}, found {parameters}"
                yield path.name, *(("right", text) if is_right else ("WRONG", wrong))


def models_to_write():
    """(name, function, sizes at which to compare, whether ONNX is written by tracing) of three kinds of models."""
    import drawn_models
    import torch
    import transformers

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = transformers.BertModel(transformers.BertConfig(num_hidden_layers=2))

        def forward(self, tokens):
            return self.encoder(tokens).last_hidden_state

    def encoder():
        return Encoder(), lambda batch=1, sequence_length=64: (torch.ones(batch, sequence_length, dtype=torch.long),)

    def recurrent():
        return torch.nn.LSTM(64, 128, 2, batch_first=True), lambda batch=1: (torch.ones(batch, 20, 64),)

    yield "resnet18", drawn_models.builder("torchvision", "resnet18"), {"batch": 4}, False
    yield "encoder", encoder, {"batch": 3, "sequence_length": 96}, False
    yield "lstm", recurrent, {"batch": 4}, True


def written(name, build, folder, is_traced):
    """The files that torch writes of a model, its sizes left open."""
    import inspect

    import torch

    module, inputs = build()
    module = module.eval()
    names = list(inspect.signature(inputs).parameters)
    given = inputs(**{key: 3 if key == "batch" else 48 for key in names})
    open_sides = {place: torch.export.Dim(key, min=2, max=512) for place, key in enumerate(names)}
    if not is_traced:
        archive = folder / f"{name}.pt2"
        torch.export.save(torch.export.export(module, given, dynamic_shapes=(open_sides,)), archive)
        yield archive
    file = folder / f"{name}.onnx"
    keywords = {"dynamic_shapes": (open_sides,)} if not is_traced else {"dynamic_axes": {"given": dict(enumerate(names))}}
    torch.onnx.export(module, given, file, dynamo=not is_traced, input_names=["given"], verbose=False, **keywords)
    yield file


def one_model(kind, name, options):
    """Exports one model; returns (verdict, what to say of it)."""
    import drawn_models
    import export_workload

    build = drawn_models.builder(kind, name)
    try:
        with limited(SECONDS_EACH):
            reason = not_built(build)
            if reason:
                return "passed over", reason
            result, fixed = exported(name, kind, build)
            counted = independent_count(build, result)
    except TooLong:
        return "passed over", f"takes more than {SECONDS_EACH} s"
    except export_workload.ExportError as error:
        reason = not_runnable(build)
        return ("passed over", reason) if reason else ("WRONG", str(error).replace("\n", " | ")[:600])
    except Exception as error:
        return "WRONG", f"{type(error).__name__}: {error}"[:600]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "workload.json"
        path.write_text(export_workload.workload_text(result.workload), encoding="utf-8")
        verdict, text = verdict_on(path, result, counted, options)
        return verdict, text + (f", {fixed} fixed" if fixed else "")


def exported(name, kind, build):
    """A model's export, and the parameter that had to be fixed for it: where the exporter says so, its way out is taken."""
    import inspect

    import export_workload

    definition = export_workload.Definition(name.replace("_", "-").replace(".", "-").lower(), name, kind, build)
    definition.full_slices = False
    try:
        return export_workload.export(definition), None
    except export_workload.ExportError as error:
        advice = re.search(r"'--fix (\w+)=N': it keeps", str(error))
        if advice is None:
            raise
    import torch

    with torch.device("meta"):
        _, inputs = build()
    definition.fixed = {advice[1]: inspect.signature(inputs).parameters[advice[1]].default}
    return export_workload.export(definition), advice[1]


def not_built(build):
    """Why a model is no candidate: no configuration by default, or other inputs than these."""
    import drawn_models
    import torch

    try:
        with torch.device("meta"):
            _, inputs = build()
            inputs()
    except drawn_models.NoCandidate as reason:
        return str(reason)
    except TooLong:
        raise
    except Exception as error:
        return f"is not built from its configuration: {first_line(error)}"
    return None


def not_runnable(build):
    """Why a model that is not exported is no candidate: it does not run on the processor either, with these inputs."""
    import torch

    from meta_values import asks_for_values

    try:
        with torch.device("meta"), torch.no_grad():
            module, inputs = build()
            run(module.eval(), inputs())
    except Exception as error:
        if not asks_for_values(error) and "BF16" not in str(error):
            return f"does not run on these inputs: {first_line(error)}"
    if sum(tensor.numel() for tensor in module.parameters()) > 1e9:
        return None
    try:
        with limited(SECONDS_EACH):
            module, inputs = build()
            with torch.no_grad():
                run(module.eval(), inputs())
    except TooLong:
        return f"takes more than {SECONDS_EACH} s on the processor"
    except Exception as error:
        return f"does not run on these inputs: {first_line(error)}"
    return None


def run(module, given):
    return module(**given) if isinstance(given, dict) else module(*given)


def first_line(error):
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0][:120]}"


def independent_count(build, result):
    """The operations that torch.utils.flop_counter counts on the same model at the workload's defaults."""
    import contextlib

    import torch
    from meta_values import Values

    values = Values() if result.way.follows_values else None
    with torch.device(result.way.device), values.mode() if values else contextlib.nullcontext():
        module, inputs = build()
        given = inputs()
    # The counter's hooks on modules want gradients where a parameter is what a module is called with.
    module = module.to(result.way.device).eval().requires_grad_(False)
    if result.way.is_bfloat16:
        module = module.to(torch.bfloat16)
    arguments, keywords = ((), given) if isinstance(given, dict) else (given, {})
    from export_workload import autocast_on_meta

    with torch.no_grad(), torch.device(result.way.device), autocast_on_meta(), flop_counter() as counter:
        with values.mode() if values else contextlib.nullcontext():
            module(*arguments, **keywords)
    return counter.get_total_flops()


def flop_counter():
    """PyTorch's counter, with what it does not know yet: products of experts, and attention on the processor."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

    def experts(rows, weights, *_arguments, out_shape=None, **_keywords):
        return 2 * rows[0] * rows[1] * weights[-1]

    def attention(queries, keys, values, *_arguments, out_shape=None, **_keywords):
        return sdpa_flop_count(queries, keys, values)

    mapping = {
        torch.ops.aten._grouped_mm: experts,
        torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: attention,
    }
    return FlopCounterMode(display=False, custom_mapping=mapping)


def verdict_on(path, result, counted, options):
    """Whether the simulator takes a file, and the counts agree."""
    check = subprocess.run([options.simulate, "profiles", "check", path], capture_output=True, text=True)
    if check.returncode != 0:
        return "WRONG", "profiles check: " + check.stderr.strip().replace(str(path), "FILE")[:400]
    run = subprocess.run([options.simulate, "run", path, "h100-sxm", "--format", "json"], capture_output=True, text=True)
    if run.returncode != 0:
        return "WRONG", "run: " + run.stderr.strip().replace(str(path), "FILE")[:400]
    answer = json.loads(run.stdout)
    workload = result.workload
    ours = flops(workload["program"], workload["parameters"], is_full=True)
    text = (
        f"{answer['operators']:,} operators, {answer['kernels']:,} kernels, {ours / 1e9:,.1f} GFLOP, "
        f"{answer['latency_us']:,.0f} us, of it busy {answer['device_busy_us']:,.0f}"
    )
    text += f", {result.way.described()}" if result.way.described() else ""
    if answer["operators_without_rule"]:
        text += f"; without a rule {', '.join(answer['operators_without_rule'])} ({answer['without_rule_fraction']:.1%} of bytes)"
    faults = []
    if counted and abs(ours / counted - 1) > TOLERANCE or bool(counted) != bool(ours):
        faults.append(f"torch counts {counted / 1e9:,.2f} GFLOP")
    if answer["operators"] != result.operators:
        faults.append(f"{result.operators} operators were exported")
    theirs = simulated_flops(path, options)
    expected = flops(workload["program"], workload["parameters"])
    if abs(theirs - expected) > TOLERANCE * max(expected, 1):
        faults.append(f"the simulator multiplies {theirs / 1e9:,.2f} GFLOP of {expected / 1e9:,.2f}")
    # An H100 multiplies 989 TFLOP/s at best.
    if answer["device_busy_us"] < expected / 989e6 or answer["latency_us"] < answer["device_busy_us"]:
        faults.append("it is faster than the accelerator")
    return ("WRONG", text + "; " + "; ".join(faults)) if faults else ("right", text)


def simulated_flops(path, options):
    """The operations of products that the simulator gives the accelerator."""
    import csv
    import io

    command = [options.simulate, "roofline", path, "h100-sxm", "--format", "csv"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = csv.DictReader(io.StringIO(text))
    return sum(float(row["flops"]) * int(row["runs"]) for row in rows if row["class"] in ("matrix multiply", "convolution"))


class limited:
    """The processor's time that a block may take: what else runs on the machine changes no verdict."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        def stop(_signal, _frame):
            raise TooLong

        signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, self.seconds)

    def __exit__(self, *_exception):
        signal.setitimer(signal.ITIMER_PROF, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True, help="the program")
    parser.add_argument("--python", help="a Python that has the packages; without it, an environment is made")
    parser.add_argument("--seed", type=int, default=SEED, help="what the models are drawn by (default: %(default)s)")
    parser.add_argument("--count", type=int, default=10, help="how many models (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=240, help="when no further model is begun (default: %(default)s)")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--parts", type=int, default=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.simulate = str(pathlib.Path(options.simulate).resolve())
    if options.part is not None:
        tally = inside(options)
        print("tally " + json.dumps(tally))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        python = options.python
        if python is None:
            began = time.monotonic()
            try:
                python = package_environment.with_torch(pathlib.Path(folder), REQUIREMENTS)
            except package_environment.Unavailable as reason:
                print(f"SKIPPED: no models are exported: {reason}")
                return 0
            print(f"installed in {time.monotonic() - began:.0f} s: {package_environment.versions(python, REQUIREMENTS)}")
        return check(python, options)


def check(python, options):
    """Runs the parts side by side, prints what they say, and returns the exit status."""
    print(f"seed {options.seed}")
    command = [python, __file__, "--simulate", options.simulate, "--seed", str(options.seed), "--count", str(options.count)]
    command += ["--seconds", str(options.seconds), "--parts", str(options.parts)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    tally = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.parts) as pool:
        parts = [pool.submit(followed, [*command, "--part", str(part)], environment) for part in range(options.parts)]
        ends = [part.result() for part in parts]
    for status, counts in ends:
        tally.update(counts)
    failed = any(status for status, _ in ends)
    print(f"{tally['right']} right, {tally['WRONG']} wrong, {tally['passed over']} passed over")
    return 1 if failed or tally["WRONG"] or not tally["right"] else 0


def followed(command, environment):
    """Runs a part, prints its lines as they come; returns its exit status and its tally."""
    counts = {}
    with tempfile.TemporaryFile("w+") as messages:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=messages, text=True, env=environment) as process:
            for line in process.stdout:
                if line.startswith("tally "):
                    counts = json.loads(line.removeprefix("tally "))
                else:
                    print(line, end="", flush=True)
        if process.returncode != 0:
            messages.seek(0)
            print(messages.read()[-2000:], file=sys.stderr)
    return process.returncode, counts


if __name__ == "__main__":
    sys.exit(main())
