#!/usr/bin/env python3
"""Gives the program every number at its extremes, and every operator at every rank, and looks at what it makes of them.

    tools/extremes.py [--simulate .build/release/simulate] [--short] [--seed 1] [--jobs 2]

Numbers of accelerators, architectures, hosts, frameworks and error bands are set to 0, to something tiny, to their limits, just
beyond them, to 1e300, -1, one half and to texts that are no numbers, by --set, by --over and in files, for every command that uses
them. Operators have operands of ranks 0 to 5 and attributes of any size, in workloads and in recordings.

A run passes if it ends with status 0, 1, 2 or 64 (no signal, and no defect, 70), prints no number that is infinite, none at all, or
a negative time, and if a refusal is one line that says where. --short takes a fixed part of all cases. Requirements: none beyond
Python 3.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALLOWED = {0, 1, 2, 64}
NO_NUMBER = re.compile(r"(?<![\w.\-/])[-+]?(nan|inf|infinity)(?![\w.\-/])", re.IGNORECASE)
LIMITS = re.compile(r"must be (a whole number )?between (\S+) and (\S+)")
PLACE = re.compile(r""":\d+:\d+: error: |--[a-z]|[a-z]+\.[a-z_0-9.]+|'[^']+'|"[^"]+"|no part \d""")
# A run that is too long is nobody's single number.
TOO_LONG = re.compile(r"the run (would take|needs more than) ")
SYSTEM = {"accelerator": "nvidia-t4", "host": "intel-xeon-platinum-8480c", "framework": "pytorch-eager"}
ATTRIBUTES = ["stride", "padding", "dilation", "groups", "kernel_size", "transposed", "output_padding"]
VALUES = [-(2 ** 63), -1, 0, 1, 2, 3, 16, 2 ** 31, 2 ** 63 - 1]
SIDES = [0, 1, 2, 3, 7, 16, 64, 224, 2 ** 20, 2 ** 40]


@dataclasses.dataclass
class Case:
    """One run: what it is about, its arguments, and files to write first."""
    about: str
    arguments: list
    files: dict = dataclasses.field(default_factory=dict)
    reads: tuple = ()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", type=pathlib.Path, default=ROOT / ".build/release/simulate")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    program = options.simulate.resolve()
    chance = random.Random(options.seed)
    numbers = [number for noun, name in SYSTEM.items() for number in numbers_of(program, noun, name)]
    cases = [case for number in numbers for case in number_cases(program, number)]
    cases += list(file_cases(program, numbers)) + list(option_cases())
    operators = list(operator_cases(chance))
    if options.short:
        quick = [case for case in cases if case.arguments[0] != "report" or "--chart" in case.arguments]
        cases = chance.sample(quick, 350)
        operators = chance.sample(operators, 250)
    passed, failed = 0, []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for case, problem in pool.map(lambda case: (case, run(program, case)), cases + operators, chunksize=1):
            if problem:
                failed.append(case)
                print(f"FAILED {case.about}: {problem}\n  simulate {' '.join(map(str, case.arguments))}", flush=True)
            else:
                passed += 1
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


# What is looked at

def run(program, case):
    """What is wrong with the way a case ends, or None."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        for name, text in case.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        try:
            process = subprocess.run([program, *case.arguments], capture_output=True, timeout=60, cwd=place,
                                     stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return "does not end in a minute"
        output, errors = (stream.decode("utf-8", "replace") for stream in (process.stdout, process.stderr))
        if process.returncode not in ALLOWED:
            return f"status {process.returncode}: {errors[:300]}"
        if process.returncode in (2, 64):
            return wrong_refusal(output, errors)
        for name in case.reads:
            output += (place / name).read_text()
        return wrong_output(case, output)


def wrong_refusal(output, errors):
    lines = [line for line in errors.splitlines() if "error:" in line]
    if len(lines) != 1:
        return f"{len(lines)} errors: {errors[:300]}"
    if TOO_LONG.search(lines[0]):
        return None
    if output:
        return f"a result beside the error {lines[0]}: {output[:100]}"
    if not PLACE.search(lines[0]):
        return f"an error without a place: {lines[0]}"
    return None


def wrong_output(case, output):
    found = NO_NUMBER.search(output)
    if found:
        return f"prints {output[max(0, found.start() - 60):found.end() + 20]!r}"
    if "json" in case.arguments and "--chart" not in case.arguments:
        return next(negative(json.loads(output), ""), None)
    return None


def negative(value, path):
    """Times, sizes and shares of a result that are below zero."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from negative(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from negative(inner, f"{path}/{index}")
    elif isinstance(value, (int, float)) and value < 0 and re.search(r"_(us|gb|tflops|runs)(/|$)", path):
        if "changes" not in path and "sensitiv" not in path and "framework_tax" not in path:
            yield f"{path} is {value}"


# Numbers

@dataclasses.dataclass
class Number:
    """A number of a profile, its value in the sample system, and its limits."""
    path: str
    value: float
    low: float
    high: float
    is_whole: bool

    def extremes(self):
        step = 1 if self.is_whole else max(1e-9, self.low * 1e-3)
        values = [0, 1e-300, self.low, self.high, self.low - step, self.high * 1.001 + 1, 1e300, -1, 0.5,
                  self.value, "nan", "inf", "0x10", "1e400", ""]
        return list(dict.fromkeys(text(value) for value in values))


def text(value):
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def numbers_of(program, noun, name):
    shown = subprocess.run([program, "profiles", "show", name], capture_output=True, text=True, check=True).stdout
    for line in shown.splitlines():
        found = re.match(r"([a-z][a-z0-9_.]*) +(-?[0-9.e+-]+) ", line)
        # Nothing that is simulated follows a price.
        if not found or found[1].startswith("price."):
            continue
        path = f"{noun}.{found[1]}"
        refused = subprocess.run([program, "run", "resnet18", SYSTEM["accelerator"], "--host", SYSTEM["host"],
                                  "--set", f"{path}=1e300"], capture_output=True, text=True, check=False)
        limits = LIMITS.search(refused.stderr)
        if refused.returncode != 2 or not limits:
            sys.exit(f"{path} has no upper limit: {refused.stderr or refused.stdout}")
        yield Number(path, float(found[2]), float(limits[2]), float(limits[3]), bool(limits[1]))


def commands():
    """Every command that uses numbers of a system, with what it reads and the files that it writes."""
    chosen = ["--host", SYSTEM["host"]]
    base = ["distilbert-base-uncased", SYSTEM["accelerator"], *chosen]
    yield ["run", *base], ()
    yield ["run", *base, "--format", "json"], ()
    yield ["run", "resnet18", "none", *chosen, "--format", "json", "--set", "host.threads=4"], ()
    yield ["run", *base, "--precision", "fp32", "--framework", "cuda-graph", "--format", "json", "--synchronized"], ()
    yield ["run", *base, "--kernel-model", "roofline", "--format", "json", "--sensitivity"], ()
    yield ["run", *base, "--format", "json", "--sensitivity"], ()
    yield ["run", *base, "--timeline", "out.json"], ("out.json",)
    yield ["sweep", *base, "--over", "batch=1,64", "--format", "csv"], ()
    yield ["project", *base, "--scale", "peak=2,bandwidth=2,units=1.5,launch=0.5", "--format", "json"], ()
    yield ["project", *base, "--target", "latency_us=10", "--vary", "dispatch,units,batch", "--format", "json"], ()
    yield ["project", *base, "--year", "2030", "--samples", "20", "--format", "json"], ()
    yield ["roofline", *base, "--format", "json"], ()
    yield ["report", *base, "--output", "page.html"], ("page.html",)
    for chart in ["latency", "breakdown", "roofline", "timeline", "sensitivity"]:
        yield ["report", *base, "--chart", chart, "--output", "chart.svg"], ("chart.svg",)
    for chart in ["latency", "roofline"]:
        yield ["report", *base, "--chart", chart, "--output", "chart.vl.json"], ("chart.vl.json",)
    trace = ["trace", ROOT / "docs/examples/trace.json", "--recorded-accelerator", "nvidia-v100-sxm2-16gb"]
    yield [*trace, "--accelerator", SYSTEM["accelerator"], "--format", "json"], ()
    yield [*trace, "--framework", "cuda-graph", "--host-speed", "1e-6"], ()


def number_cases(program, number):
    for value in number.extremes():
        for arguments, files in commands():
            if arguments[0] == "trace" and number.path.startswith("host.") and "speed" not in number.path:
                continue
            yield Case(f"{number.path}={value}", [*arguments, "--set", f"{number.path}={value}"], reads=files)
        yield Case(f"{number.path} over {value}",
                   ["sweep", "distilbert-base-uncased", SYSTEM["accelerator"], "--host", SYSTEM["host"], "--over",
                    f"{number.path}={text(number.value)},{value}", "--format", "csv"])
    for kind in ["lin", "log"]:
        low = number.low if number.low > 0 or kind == "lin" else number.high * 1e-12
        yield Case(f"{number.path} over all of its range",
                   ["sweep", "distilbert-base-uncased", SYSTEM["accelerator"], "--host", SYSTEM["host"], "--over",
                    f"{number.path}={low!r}..{number.high!r}:{kind}5", "--format", "jsonl"])


def file_cases(program, numbers):
    """The same numbers in files, and error bands, histories and measurements."""
    folders = {"accelerator": "accelerators", "host": "hosts", "framework": "frameworks"}
    for number in numbers:
        noun, path = number.path.split(".", 1)
        for value in number.extremes():
            document = json.loads((ROOT / "hardware-profiles" / folders[noun] / f"{SYSTEM[noun]}.json").read_text())
            profile = with_number(document, path, value)
            chosen = dict(SYSTEM, **{noun: "./mine.json"})
            yield Case(f"{number.path}: {value} in a file",
                       ["run", "distilbert-base-uncased", chosen["accelerator"], "--host", chosen["host"], "--framework",
                        chosen["framework"], "--format", "json"], {"mine.json": profile})
            yield Case(f"{number.path}: {value}, checked", ["profiles", "check", "mine.json"], {"mine.json": profile})
            catalog = {f"catalog/{folders[noun]}/{SYSTEM[noun]}.json": profile,
                       "rows.csv": "testbed,accelerator,host,framework,precision,workload,batch,latency_ms\n"
                       + "\n".join(f"lab,{SYSTEM['accelerator']},{SYSTEM['host']},{SYSTEM['framework']},fp16,distilbert-base-uncased,"
                                   f"{batch},{latency}" for batch, latency in [(1, 3), (8, 3.5), (64, 9)])}
            yield Case(f"{number.path}: {value}, validated",
                       ["validate", "rows.csv", "--fit", "host", "--catalog", "catalog", "--format", "csv"], catalog)
            yield Case(f"{number.path}: {value}, calibrated",
                       ["calibrate", "rows.csv", "--fit", "host", "--rounds", "1", "--catalog", "catalog", "--output",
                        "fit"], catalog)
    family = (ROOT / "hardware-profiles/architectures").glob("*.json")
    document = json.loads(sorted(family)[0].read_text())
    for number in [number for number in numbers if ".efficiency." in number.path and number.path.startswith("acc")]:
        for value in number.extremes():
            yield Case(f"{number.path}: {value} in a family", ["profiles", "check", "mine.json"],
                       {"mine.json": with_number(document, number.path.split(".", 1)[1], value)})
    band = (ROOT / "hardware-profiles/error-bands/calibrated.json").read_text()
    for value in ["0", "-1", "1e-300", "10", "10.1", "1e300", "NaN", "0.5", "1e400"]:
        for old in [r'("host_bound": \[)-?[0-9.]+', r'("rows": \{\s*"host_bound": )[0-9]+',
                    r'("quantile_levels": \[)[0-9.]+']:
            text_of_band = re.sub(old, lambda match: match[1] + value, band, count=1)
            yield Case(f"error band with {value}",
                       ["project", "distilbert-base-uncased", "--year", "2030", "--samples", "20", "--catalog", "catalog", "--format",
                        "json"], {"catalog/error-bands/calibrated.json": text_of_band})
    for latency in ["0", "1e-300", "1e-6", "1e10", "1e11", "1e300", "-1", "nan", "inf", "0x10", "1e400"]:
        rows = ("testbed,accelerator,framework,precision,workload,batch,latency_ms\n"
                + "\n".join(f"lab,nvidia-t4,pytorch-eager,fp16,distilbert-base-uncased,{batch},{latency}" for batch in (1, 8)))
        for arguments in [["validate", "rows.csv", "--fit", "host"], ["validate", "rows.csv", "--format", "csv"],
                          ["calibrate", "rows.csv", "--fit", "host", "--output", "fit"],
                          ["calibrate", "rows.csv", "--fit", "framework.dispatch_us.linear", "--rounds", "1"],
                          ["report", "distilbert-base-uncased", "nvidia-t4", "--measurements", "rows.csv", "--output", "page.html"]]:
            yield Case(f"latency_ms {latency}", arguments, {"rows.csv": rows})
    header = "accelerator,precision,operator,inputs,time_us\n"
    validate = ["validate", "rows.csv", "--kernels", "--format", "json"]
    for time in ["0", "1e-300", "1e-9", "1e13", "1e14", "1e300", "-1", "nan", "inf", "0x10", "1e400"]:
        yield Case(f"time_us {time}", validate, {"rows.csv": header + f"nvidia-t4,fp16,aten::relu,[[8]],{time}"})
    for size in [0, 1, 1 << 12, 1 << 25, 1 << 46, 1 << 50, 1 << 51, 1 << 63]:
        for name, inputs in [("relu", f"[[{size}]]"), ("linear", f"[[{size},8],[8,8]]"), ("matmul", f"[[{size},8],[8,{size}]]"),
                             ("linear", f"[[{size},{size}],[{size},{size}]]"), ("rms_norm", f"[[1,{size}]]"),
                             ("scaled_dot_product_attention", f"[[1,8,{size},8],[1,2,{size},8],[1,2,{size},8]]"),
                             ("convolution", f"[[1,8,{size},1],[8,8,1,1]]"), ("embedding", f"[[{size},8],[{size}]]")]:
            rows = "".join(f'nvidia-t4,{precision},aten::{name},"{inputs}",\n' for precision in ("fp16", "fp32"))
            yield Case(f"{name} of {size}", validate, {"rows.csv": header + rows})


def with_number(document, path, value):
    """The text of a profile with one number changed, literally."""
    document = json.loads(json.dumps(document))
    group = document
    for key in path.split(".")[:-1]:
        group = group.setdefault(key, {})
    group[path.split(".")[-1]] = "@"
    return json.dumps(document, indent=2).replace('"@"', value)


def option_cases():
    """Numbers of the command line."""
    odd = ["0", "-1", "0.5", "1e300", "nan", "0x10", "9223372036854775807", "9223372036854775808", "1e-300", "",
           "1125899906842624", "1000000000"]
    base = ["distilbert-base-uncased", "nvidia-t4"]
    for value in odd:
        for option in ["--batch", "--sequence-length", "--parameter=batch", "--set=host.cores"]:
            joined = [f"{option}={value}"] if "=" in option else [option, value]
            yield Case(f"{option} {value}", ["run", *base, *joined])
        for over in [f"batch={value}", f"batch=1..{value}:lin3", f"batch={value}..4:log3", f"batch=1..4:lin{value}",
                     f"accelerator.compute_units=1..{value}:lin3"]:
            yield Case(f"--over {over}", ["sweep", *base, "--over", over, "--format", "csv"])
        for option in ["--threads", "--shard", "--shard=1/"]:
            joined = [f"{option}{value}"] if "=" in option else [option, value]
            yield Case(f"{option} {value}", ["sweep", *base, "--over", "batch=1,2", *joined, "--format", "csv"])
        for option in ["--year", "--samples", "--seed"]:
            rest = [] if option == "--year" else ["--year", "2028"]
            yield Case(f"{option} {value}", ["project", *base, "--samples", "20", *rest, option, value]
                       if option != "--samples" else ["project", *base, *rest, option, value])
        for dial in ["peak", "units", "bandwidth", "launch", "gap", "dispatch", "host", "capacity", "link",
                     "accelerator", "accelerator.launch.queue_depth", "host.cores"]:
            yield Case(f"--scale {dial}={value}", ["project", *base, "--scale", f"{dial}={value}", "--format", "json"])
        for target in ["latency_us", "framework_tax_fraction", "device_busy_us"]:
            yield Case(f"--target {target}={value}",
                       ["project", *base, "--target", f"{target}={value}", "--vary", "units,batch,host"])
        trace = ["trace", ROOT / "docs/examples/trace.json"]
        for option in ["--step", "--host-speed", "--device-speed", "--profiler-overhead-us"]:
            yield Case(f"{option} {value}", [*trace, option, value, "--format", "json"])
        yield Case(f"--width {value}", ["report", *base, "--chart", "latency", "--width", value, "--output", "c.svg"])
        for key, content in [("parameters", f'{{"batch": {value or 0}}}'), ("set", f'{{"host.cores": {value or 0}}}'),
                             ("over", f'{{"batch": [{value or 0}]}}')]:
            plan = f'{{"schema": "sweep/1", "workload": "distilbert-base-uncased", "accelerator": "nvidia-t4", "{key}": {content}}}'
            rest = [] if key == "over" else ["--over", "framework=pytorch-eager"]
            yield Case(f"a plan's {key}: {value}", ["sweep", "--plan", "plan.json", *rest, "--format", "csv"],
                       {"plan.json": plan})
        for entry in [f'{{"repeat": {value or 0}, "program": [{{"operator": "aten::relu", "inputs": [[4]]}}]}}',
                      f'{{"operator": "aten::relu", "inputs": [[{value or 0}]]}}',
                      f'{{"operator": "aten::relu", "inputs": [["{value or 0}*batch"]]}}',
                      f'{{"operator": "aten::relu", "inputs": [["{"-" * 60}{value or 0}"]]}}',
                      f'{{"operator": "aten::relu", "inputs": [["{"(" * 300}{value or 0}{")" * 300}"]]}}',
                      f'{{"operator": "aten::relu", "inputs": [[4]], "stream": {value or 0}}}']:
            yield Case(f"a workload with {entry[:90]}", ["run", "./w.json", "nvidia-t4", "--format", "json"],
                       {"w.json": workload(entry)})
        for start, length in [(value or 0, 5), (0, value or 0)]:
            event = (f'{{"ph": "X", "cat": "%s", "name": "cudaLaunchKernel", "pid": 1, "tid": 1, "ts": {start}, '
                     f'"dur": {length}, "args": {{"correlation": 1}}}}')
            text_of_trace = f'{{"traceEvents": [{event % "cuda_runtime"}, {event % "kernel"}, {event % "user_annotation"}]}}'
            yield Case(f"a recording from {start} for {length}", ["trace", "t.json", "--format", "json"],
                       {"t.json": text_of_trace})


# Operators

def operator_names():
    """The names that have a rule, as the rules list them."""
    names = set()
    for path in sorted((ROOT / "Sources/Kernels/Operators").glob("*.swift")):
        source = path.read_text()
        if "extension OperatorRule {" not in source:
            continue
        listed = source[source.index("extension OperatorRule {"):].split("extension Lowering")[0]
        for block in re.findall(r'"""(.*?)"""|"([^"\n]+)"', listed, re.DOTALL):
            names.update(re.findall(r"\w+", (block[0] or block[1]).replace("\\", " ")))
    return sorted(names) + ["memcpy_host_to_device", "memcpy_device_to_host", "no_such_operator"]


def workload(entry):
    return (f'{{"schema": "workload/1", "name": "w", "parameters": {{"batch": 2}}, "program": [\n{entry}\n]}}')


def shape(chance, rank):
    for _ in range(20):
        sides = [chance.choice(SIDES) for _ in range(rank)]
        product = 1
        for side in sides:
            product *= side
        if product <= 2 ** 50:
            return sides
    return [1] * rank


def operator_cases(chance):
    frameworks = ["pytorch-eager", "cuda-graph", "onnxruntime", "tensorrt", "torch-compile"]
    for name in operator_names():
        for rank in range(6):
            for count in range(5):
                inputs = [shape(chance, rank if chance.random() < 0.7 else chance.randrange(6)) for _ in range(count)]
                entry = {"operator": name if name.startswith("memcpy") else "aten::" + name, "inputs": inputs}
                if chance.random() < 0.5:
                    entry["outputs"] = [shape(chance, chance.randrange(6)) for _ in range(chance.randrange(3))]
                attributes = {attribute: [chance.choice(VALUES) for _ in range(chance.randrange(4))]
                              for attribute in ATTRIBUTES if chance.random() < 0.4}
                if attributes:
                    entry["attributes"] = attributes
                accelerator = chance.choice(["nvidia-t4", "nvidia-h100-sxm", "nvidia-titan-x-pascal", "none"])
                command = chance.choice([["run"], ["run", "--sensitivity"], ["roofline"]])
                if accelerator == "none":
                    command = ["run"]
                rest = ["--framework", chance.choice(frameworks)] if accelerator != "none" else []
                yield Case(f"{name} of rank {rank}",
                           [*command, "./w.json", accelerator, "--precision", chance.choice(["fp32", "fp16", "int8"]),
                            "--format", "json", *rest], {"w.json": workload(json.dumps(entry))})
                yield Case(f"recorded {name} of rank {rank}",
                           ["trace", "t.json", "--recorded-accelerator", "nvidia-v100-sxm2-16gb", "--accelerator",
                            chance.choice(["nvidia-t4", "nvidia-h100-sxm", "amd-mi300x"]), "--format", "json"],
                           {"t.json": recording(chance, name, inputs)})


def recording(chance, name, inputs):
    """An operator as torch.profiler records it, with arguments that may be anything."""
    values = ["", *[str([chance.choice(VALUES) for _ in range(chance.randrange(4))]) for _ in range(8)],
              chance.choice(["True", "False", "1", "0", "-1", str(2 ** 63)])]
    types = [chance.choice(["float", "c10::Half", "long int", "Scalar", ""]) for _ in inputs]
    operation = {"ph": "X", "cat": "cpu_op", "name": "aten::" + name, "pid": 9, "tid": 1, "ts": 0, "dur": 60,
                 "args": {"Input Dims": inputs, "Input type": types,
                          "Concrete Inputs": chance.sample(values, len(values))}}
    call = {"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 9, "tid": 1, "ts": 10, "dur": 5,
            "args": {"correlation": 1}}
    kernel = {"ph": "X", "cat": "kernel", "name": "k", "pid": 0, "tid": 7, "ts": 20, "dur": 30,
              "args": {"correlation": 1, "device": 0, "stream": 7}}
    return json.dumps({"traceEvents": [operation, call, kernel]})


if __name__ == "__main__":
    main()
