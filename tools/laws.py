#!/usr/bin/env python3
"""Holds the program to laws that connect its commands, on random systems and programs.

    tools/laws.py --simulate .build/release/simulate --count 400 --seed 1
    tools/laws.py --simulate .build/release/simulate --law shards --only 17

A law compares executions with one another: a row of a sweep with a run, shards with the whole, one method with another.
A case is made from a seed and an index. Requirements: Python 3.9 and nothing else.
"""
import argparse
import collections
import csv
import decimal
import io
import json
import multiprocessing
import os
import pathlib
import random
import shlex
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from proof import checks, execution, material  # noqa: E402

ROOT = material.ROOT


class Broken(Exception):
    """A law that does not hold."""


class Laboratory:
    """What a law is given: the program, chance, and the shipped files."""

    def __init__(self, program, temporary, catalog, chance):
        self.program = program
        self.runner = execution.Runner(program, temporary, limit_seconds=60)
        self.catalog = catalog
        self.chance = chance
        self.files = {}

    def run(self, *arguments, files=None, environment=None):
        """What a command leaves; a command that is refused, or fails, breaks the law."""
        case = execution.Case(list(arguments), self.files | (files or {}), environment or {})
        outcome = self.runner.run(case)
        if outcome.timed_out or outcome.signal or outcome.status not in (0, 2, 64, 74):
            what = "over 60 s" if outcome.timed_out else f"signal {outcome.signal}, status {outcome.status}"
            raise Broken(f"{what}: {self.line(arguments)}")
        return outcome

    def result(self, *arguments, **keywords):
        """The standard output of a command; nothing where the input is refused."""
        outcome = self.run(*arguments, **keywords)
        return outcome.out if outcome.status == 0 else None

    def json(self, *arguments, **keywords):
        out = self.result(*arguments, "--format", "json", **keywords)
        return None if out is None else json.loads(out, parse_float=decimal.Decimal)

    def line(self, arguments):
        text = "simulate " + " ".join(map(shlex.quote, arguments))
        return text + "".join(f"\n    {name}: {data.decode()[:3000]}" for name, data in self.files.items())

    def must_equal(self, left, right, what, arguments):
        if left != right:
            raise Broken(f"{what}: {str(left)[:300]} and {str(right)[:300]}: {self.line(arguments)}")

    # Systems and sweeps by chance.

    def accelerator(self):
        return self.chance.choice(self.catalog.names["accelerators"])

    def shipped_system(self):
        chance = self.chance
        arguments = [chance.choice(self.catalog.names["workloads"]), self.accelerator()]
        if chance.random() < 0.5:
            arguments += ["--framework", chance.choice(self.catalog.names["frameworks"])]
        if chance.random() < 0.3:
            arguments += ["--host", chance.choice(self.catalog.names["hosts"])]
        if chance.random() < 0.4:
            arguments += ["--batch", str(chance.choice([1, 2, 3, 8, 32, 64]))]
        if chance.random() < 0.3:
            arguments += ["--precision", chance.choice(["fp32", "fp16"])]
        return arguments

    def random_system(self):
        """A program with streams, repeats and copies on a shipped accelerator or none."""
        chance = self.chance
        self.files["w.json"] = json.dumps(material.workload(chance)).encode()
        accelerator = "none" if chance.random() < 0.05 else self.accelerator()
        arguments = ["w.json", accelerator, "--framework", chance.choice(self.catalog.names["frameworks"])]
        if accelerator != "none":
            for path, values in chance.sample(sorted(NUMBERS.items()), chance.choice([0, 1, 2, 3])):
                arguments += ["--set", f"{path}={chance.choice(values)}"]
        return arguments

    def sweep(self):
        """Axes with their values, of few points."""
        chance = self.chance
        axes = [("batch", ["1", "2", "5", "16"]), ("accelerator.memory.bandwidth_gb_per_s", ["100", "333.25", "2000"]),
                ("host.single_thread_speed", ["0.5", "1", "3.7"]), ("framework", ["pytorch-eager", "cuda-graph", "torchscript"]),
                ("accelerator", ["nvidia-t4", "nvidia-h100-sxm", "amd-mi210"]), ("precision", ["fp32", "fp16"]),
                ("accelerator.launch.call_us", ["0", "4"])]
        chosen = chance.sample(axes, chance.choice([1, 1, 2, 3]))
        return [(name, values[:chance.randrange(1, len(values) + 1)]) for name, values in chosen]

    @staticmethod
    def overs(axes):
        return [argument for name, values in axes for argument in ("--over", f"{name}={','.join(values)}")]

    def swept(self):
        """A sweep's arguments without those that an axis sets."""
        axes = self.sweep()
        names = [name for name, _ in axes]
        arguments = [self.chance.choice(self.catalog.small_workloads)]
        if "accelerator" not in names:
            arguments += ["--accelerator", self.accelerator()]
        return arguments + self.overs(axes), axes


NUMBERS = {
    "accelerator.launch.queue_depth": [1, 2, 3, 16], "accelerator.launch.call_us": [0, 0.5, 20],
    "accelerator.launch.latency_us": [0, 7], "accelerator.launch.kernel_gap_us": [0, 3.25],
    "accelerator.memory.bandwidth_gb_per_s": [3, 100, 20000], "accelerator.link.bandwidth_gb_per_s": [0.1, 900],
    "host.single_thread_speed": [0.25, 4, 100], "framework.kernel_us": [0, 2.5], "framework.pass_us": [0, 100],
    "accelerator.launch.graph_kernel_gap_us": [0, 2], "accelerator.launch.graph_latency_us": [0, 30],
}

# Numbers of which more is better, and of which less is. What is not here is named in docs/model.md: compute units at
# a constant peak (each has a smaller share of it), and what decides between cases.
MORE_IS_BETTER = [
    "accelerator.memory.bandwidth_gb_per_s", "accelerator.clock_ghz", "accelerator.peak_tflops.fp32", "accelerator.peak_tflops.fp16",
    "accelerator.link.bandwidth_gb_per_s", "accelerator.efficiency.memory", "accelerator.efficiency.vector",
    "accelerator.efficiency.reduction", "accelerator.efficiency.matrix_memory", "accelerator.launch.queue_depth",
    "host.single_thread_speed"]
LESS_IS_BETTER = [
    "accelerator.launch.call_us", "accelerator.launch.latency_us", "accelerator.launch.kernel_gap_us",
    "accelerator.launch.graph_kernel_gap_us", "accelerator.launch.graph_call_us", "accelerator.launch.graph_latency_us",
    "accelerator.launch.synchronization_us", "accelerator.link.latency_us", "accelerator.efficiency.tile_setup_us",
    "accelerator.efficiency.kernel_fixed_us", "accelerator.efficiency.wave_quantization", "framework.kernel_us",
    "framework.pass_us", "framework.dispatch_us.linear", "framework.dispatch_us.pointwise"]


def row_is_run(lab):
    """A row of a sweep says what a run of its point says."""
    arguments, axes = lab.swept()
    out = lab.result("sweep", *arguments, "--format", "csv")
    if out is None:
        return
    row = lab.chance.choice(list(csv.DictReader(io.StringIO(out.decode()))))
    point = arguments[:arguments.index("--over")]
    for name, _ in axes:
        point += {"batch": ["--batch", row[name]], "framework": ["--framework", row[name]],
                  "precision": ["--precision", row[name]], "accelerator": ["--accelerator", row[name]]}.get(
                      name, ["--set", f"{name}={row[name]}"])
    run = lab.json("run", *point)
    for key in ("latency_us", "device_busy_us"):
        lab.must_equal(decimal.Decimal(row[key]), run and decimal.Decimal(run[key]), key, ["sweep", *arguments])
    lab.must_equal(row["bound"], run["bound"], "bound", ["sweep", *arguments])
    lab.must_equal(float(row["framework_tax_fraction"]), float(run["framework_tax_fraction"]), "tax", ["sweep", *arguments])


def shards(lab):
    """The parts of a sweep, one after the other, are the whole, also where there are more parts than points."""
    arguments, axes = lab.swept()
    form = lab.chance.choice(["csv", "jsonl"])
    whole = lab.result("sweep", *arguments, "--format", form)
    if whole is None:
        return
    points = 1
    for _, values in axes:
        points *= len(values)
    count = lab.chance.choice([1, 2, 3, points, points + 1, points + 3])
    parts = [lab.result("sweep", *arguments, "--format", form, "--shard", f"{number}/{count}")
             for number in range(1, count + 1)]
    lab.must_equal(b"".join(part or b"" for part in parts), whole, f"{count} shards of {points} points", ["sweep", *arguments])


def resumed(lab):
    """A sweep that goes on from any byte has the bytes of one that was not interrupted."""
    arguments, _ = lab.swept()
    form = lab.chance.choice(["csv", "jsonl"])
    name = f"r.{form}"
    outcome = lab.run("sweep", *arguments, "--output", name)
    if outcome.status != 0:
        return
    whole = outcome.after[name.encode()]
    cut = lab.chance.randrange(len(whole) + 1)
    again = lab.run("sweep", *arguments, "--output", name, "--resume", "--threads", str(lab.chance.choice([1, 2, 3])),
                    files={name + ".partial": whole[:cut]})
    lab.must_equal(again.after.get(name.encode()), whole, f"resumed at byte {cut}: {again.err[:200]!r}", ["sweep", *arguments])


def threads(lab):
    """Any number of threads gives the same bytes."""
    arguments, _ = lab.swept()
    form = lab.chance.choice(["csv", "jsonl", "table", "summary"])
    outs = [lab.result("sweep", *arguments, "--format", form, "--threads", count) for count in ("1", "2", "5")]
    lab.must_equal(outs[1:], [outs[0]] * 2, "threads", ["sweep", *arguments])


def csv_is_json(lab):
    """A sweep's CSV and its JSON lines hold the same values."""
    arguments, _ = lab.swept()
    left = lab.result("sweep", *arguments, "--format", "csv")
    right = lab.result("sweep", *arguments, "--format", "jsonl")
    if left is None or right is None:
        return lab.must_equal(left, right, "one format is refused", ["sweep", *arguments])
    rows = list(csv.DictReader(io.StringIO(left.decode())))
    objects = [json.loads(line, parse_float=str, parse_int=str) for line in right.decode().splitlines()]
    def text(value):
        # What is missing is blank in the one and null in the other.
        return "" if value is None else str(value).lower() if isinstance(value, bool) else value

    lab.must_equal([dict(row) for row in rows], [{key: text(value) for key, value in item.items()} for item in objects],
                   "CSV and JSON lines", ["sweep", *arguments])


def methods(lab):
    """The four ways to the time agree to the picosecond."""
    arguments = ["run", *lab.random_system()]
    results = {}
    for method in material.MODES_OF_TIME:
        result = lab.json(*arguments, "--method", method)
        results[method] = result and (result["latency_us"], result["device_busy_us"])
    lab.must_equal(len(set(results.values())), 1, f"{results}", arguments)


def accounts(lab):
    """The parts of a latency sum to it, none is negative, and the device is not busy for longer."""
    arguments = ["run", *(lab.random_system() if lab.chance.random() < 0.7 else lab.shipped_system())]
    if lab.chance.random() < 0.2:
        arguments.append("--synchronized")
    result = lab.json(*arguments)
    if result is None:
        return
    wrong = checks.account(result, "latency_us")
    wrong += [("negative", key) for key, part in result["breakdown_us"].items() if part < 0]
    if wrong:
        raise Broken(f"{wrong}: {lab.line(arguments)}")


def places(lab):
    """Locale and time zone change no byte."""
    arguments = ["run", *lab.shipped_system(), "--format", lab.chance.choice(["table", "json", "csv"])]
    plain = lab.result(*arguments)
    for environment in ({"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"},
                        {"LC_NUMERIC": "fr_FR.UTF-8", "LC_ALL": "", "TZ": "Pacific/Kiritimati"}, {"LC_ALL": "C", "LANG": "C"}):
        lab.must_equal(lab.result(*arguments, environment=environment), plain, str(environment), arguments)


def better(lab):
    """A number that becomes better makes no shipped system slower."""
    arguments = lab.shipped_system()
    path = lab.chance.choice(MORE_IS_BETTER + LESS_IS_BETTER)
    factors = [0.25, 0.5, 1, 2, 4, 16]
    low = {"accelerator.efficiency.wave_quantization": "0,0.25,0.5,1", "accelerator.launch.queue_depth": "8,16,64,1024",
           "accelerator.efficiency.memory": "0.1,0.5,1", "accelerator.efficiency.vector": "0.1,0.5,1",
           "accelerator.efficiency.reduction": "0.1,0.5,1", "accelerator.efficiency.matrix_memory": "0.1,0.5,1",
           "host.single_thread_speed": "0.1,0.5,1,2,8,100", "accelerator.clock_ghz": "0.5,0.9,1.2,1.6,2,3,6",
           "accelerator.peak_tflops.fp32": "1,4,10,50,400", "accelerator.peak_tflops.fp16": "10,50,100,500,5000",
           "accelerator.memory.bandwidth_gb_per_s": "50,300,900,2000,8000"}
    values = low.get(path) or ",".join(str(factor) for factor in factors)
    out = lab.result("sweep", *arguments, "--over", f"{path}={values}", "--format", "csv")
    if out is None:
        return
    latencies = [decimal.Decimal(row["latency_us"]) for row in csv.DictReader(io.StringIO(out.decode()))]
    ordered = sorted(latencies, reverse=path in MORE_IS_BETTER)
    lab.must_equal([str(latency) for latency in latencies], [str(latency) for latency in ordered],
                   f"{path}={values}", ["sweep", *arguments])


def doubled(lab):
    """A system on which everything takes twice as long takes twice as long."""
    arguments = ["run", *lab.shipped_system()]
    if "none" in arguments[:3]:
        return
    shown = json.loads(lab.catalog.files["accelerators"][arguments[2]])
    family = json.loads(next(data for data in lab.catalog.files["architectures"].values()
                             if json.loads(data)["name"] == shown["architecture"]))["efficiency"]
    family |= shown.get("efficiency", {})
    # Where no host is named it is the one of the accelerator's time.
    host = arguments[arguments.index("--host") + 1] if "--host" in arguments else shown["host"]
    speed = json.loads(lab.catalog.files["hosts"][host])["single_thread_speed"]
    slower = {"host.single_thread_speed": speed / 2, "accelerator.clock_ghz": shown["clock_ghz"] / 2}
    # The peaks are those of the boost clock; the clock that is sustained is a share of that, and stays one.
    for key, value in shown["peak_tflops"].items():
        slower[f"accelerator.peak_tflops.{key}"] = value / 2
    for key in ("bandwidth_gb_per_s", "l2_bandwidth_gb_per_s"):
        if key in shown["memory"]:
            slower[f"accelerator.memory.{key}"] = shown["memory"][key] / 2
    for key in ("latency_us", "kernel_gap_us", "graph_kernel_gap_us", "graph_latency_us", "synchronization_us"):
        slower[f"accelerator.launch.{key}"] = shown["launch"][key] * 2
    slower["accelerator.link.bandwidth_gb_per_s"] = shown["link"]["bandwidth_gb_per_s"] / 2
    slower["accelerator.link.latency_us"] = shown["link"]["latency_us"] * 2
    for key in ("tile_setup_us", "kernel_fixed_us", "split_us", "matrix_fixed_us", "attention_block_us", "attention_fixed_us"):
        if key in family:
            slower[f"accelerator.efficiency.{key}"] = family[key] * 2
    framework = arguments[arguments.index("--framework") + 1] if "--framework" in arguments else "pytorch-eager-2"
    overlap = json.loads(lab.catalog.files["frameworks"][framework]).get("kernel_overlap_us")
    if overlap:
        slower["framework.kernel_overlap_us"] = overlap * 2
    if "watts" in shown:
        slower["accelerator.watts"] = shown["watts"] / 2
    before = lab.json(*arguments)
    after = lab.json(*arguments, *[part for path, value in slower.items() for part in ("--set", f"{path}={value!r}")])
    if before is None or after is None:
        return
    left, right = 2 * decimal.Decimal(before["latency_us"]), decimal.Decimal(after["latency_us"])
    # Every cost is rounded to a picosecond.
    if abs(left - right) > decimal.Decimal("1e-6") * (10 + before["kernels"] * 20 + before["operators"] * 2):
        raise Broken(f"twice {before['latency_us']} is not {after['latency_us']}: {lab.line(arguments)}")


def repeated(lab):
    """A command prints the same bytes each time."""
    arguments = ["run", *lab.random_system(), "--format", lab.chance.choice(["table", "json", "csv"])]
    lab.must_equal(lab.result(*arguments), lab.result(*arguments), "twice", arguments)


LAWS = [row_is_run, shards, resumed, threads, csv_is_json, methods, methods, accounts, accounts, accounts, places, better,
        better, better, doubled, repeated]


def work(options, indices, results):
    try:
        execution.prepare_limits()
        catalog = material.Catalog()
        for index in indices:
            law = LAWS[index % len(LAWS)] if options.law is None else options.law
            chance = random.Random(f"{options.seed}/{law.__name__}/{index}")
            lab = Laboratory(options.simulate, options.temporary, catalog, chance)
            broken = None
            try:
                law(lab)
            except Broken as fault:
                broken = str(fault)
            results.put((index, law.__name__, broken))
    except BaseException:
        results.put((None, None, traceback.format_exc()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", type=pathlib.Path, default=ROOT / ".build/release/simulate")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--law", type=lambda name: {law.__name__: law for law in LAWS}[name])
    parser.add_argument("--only", type=int, help="the case of this index alone")
    options = parser.parse_args()
    begin = time.monotonic()
    indices = list(range(options.count)) if options.only is None else [options.only]
    passed, failed = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as temporary:
        options.temporary = temporary
        queue = multiprocessing.Queue()
        workers = [multiprocessing.Process(target=work, args=(options, indices[number::options.jobs], queue))
                   for number in range(options.jobs)]
        for worker in workers:
            worker.start()
        for _ in indices:
            index, law, broken = queue.get()
            if index is None:
                for worker in workers:
                    worker.terminate()
                sys.exit(broken)
            if broken is None:
                passed[law] += 1
            else:
                failed[law] += 1
                print(f"FAILED {law} (--law {law} --only {index}): {broken}".encode(errors="backslashreplace").decode())
        for worker in workers:
            worker.join()
    for law in dict.fromkeys(law.__name__ for law in LAWS):
        print(f"{law}: {passed[law]} passed, {failed[law]} failed")
    print(f"seed {options.seed}, {time.monotonic() - begin:.0f} s")
    print(f"{sum(passed.values())} passed, {sum(failed.values())} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
