#!/usr/bin/env python3
"""Lets every system call of every command fail, one after the other, and looks at what is left.

    tools/faults.py [--simulate .build/debug/simulate] [--short] [--only WORD]

A library that is loaded before the system's (tools/faults/fail_nth.c) fails the n-th open, read, write, fsync, rename,
close, mkdir, ftruncate or opendir of a command, for each n until the command has no n-th one, with different errors,
with half of the bytes, and with a disk that stays full. Whatever fails, the command must end by itself with status 0,
2 or 74; with 0 the output must be there and be right; otherwise one line must say what was wrong with which file. A file
that was there must be as it was or be the new one, and nothing else may be left, but for the rows of a sweep so far,
which must be those of the sweep.

--short tries a spread of numbers where a command has many calls of a kind; --only tries the commands whose name has a word.
Requirements: Linux, clang (the Swift toolchain has one) or another C compiler, and none beyond Python 3.
"""
import argparse
import concurrent.futures
import dataclasses
import errno
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRACE = ROOT / "docs/examples/trace.json"
OLD = b"what was here before\n"

MEASUREMENTS = "testbed,accelerator,framework,precision,workload,batch,sequence_length,image_size,latency_ms\n" + "".join(
    f"Lab,nvidia-a100-pcie-40gb,pytorch-eager,fp16,resnet50,{batch},,224,{latency}\n"
    for batch, latency in [(1, 9.1), (2, 9.2), (4, 9.15), (8, 9.3), (16, 9.9), (32, 16.5), (64, 30), (128, 60), (256, 119),
                           (512, 240), (768, 350), (1024, 480), (96, 45), (192, 90), (384, 180), (3, 9.12), (5, 9.2), (6, 9.25), (7, 9.3)])

SWEEP = ["sweep", "bert-base-uncased", "nvidia-a100-sxm4-40gb", "--over", "batch=1,2,4,8",
         "--over", "host.single_thread_speed=0.25..4:log40"]

# The errors that each call may give, by number; short is half of the bytes.
ERRORS = {
    "open": ["EACCES", "EIO", "EMFILE", "ENOSPC", "EINTR"],
    "read": ["EIO", "EINTR", "short"],
    "write": ["ENOSPC", "EIO", "EINTR", "short"],
    "fsync": ["EIO", "ENOSPC", "EINTR"],
    "rename": ["EACCES", "EIO"],
    "close": ["EIO", "ENOSPC", "EINTR"],
    "mkdir": ["EACCES", "ENOSPC"],
    "ftruncate": ["EIO", "EINTR"],
    "opendir": ["EACCES", "EMFILE"],
}
# Trying again is right, and the command must do it.
HARMLESS = ["EINTR", "short"]


@dataclasses.dataclass
class Command:
    """A command, run in a folder of its own, which has `before` in it."""
    name: str
    arguments: list
    # The files that it writes, relative to the folder.
    outputs: list = dataclasses.field(default_factory=list)
    # What lies in the folder before; the outputs get an old version too where that is asked for.
    before: dict = dataclasses.field(default_factory=dict)
    replaces: bool = False
    # A file that keeps rows.
    partial: str = None


def commands():
    measurements = {"rows.csv": MEASUREMENTS.encode()}
    found = []
    for replaces in [False, True]:
        word = "over an old file" if replaces else "anew"

        def add(name, arguments, outputs, before=None, partial=None):
            found.append(Command(f"{name} {word}", arguments, outputs, before or {}, replaces, partial))

        add("sweep, CSV", [*SWEEP, "-o", "out.csv"], ["out.csv"], partial="out.csv.partial")
        add("sweep, JSON lines", [*SWEEP, "-o", "out.jsonl"], ["out.jsonl"], partial="out.jsonl.partial")
        add("sweep, table", [*SWEEP, "--format", "table", "-o", "out.txt"], ["out.txt"])
        add("timeline", ["run", "resnet18", "t4", "--timeline", "out.json"], ["out.json"])
        add("chart", ["report", "resnet18", "t4", "--chart", "latency", "-o", "out.svg"], ["out.svg"])
        add("recording", ["trace", TRACE, "--report", "out.html", "--timeline", "out.json"], ["out.html", "out.json"])
        add("calibration", ["calibrate", "rows.csv", "--fit", "accelerator.efficiency.memory", "--rounds", "1",
                            "--output", "fitted"],
            ["fitted/architectures/ampere-ga100.json", "fitted/hosts/lab.json"], measurements)
        add("error band", ["validate", "rows.csv", "--error-band", "out.json"], ["out.json"], measurements)
    # A page of a system is written in the same way, and takes seconds to compute.
    rows = "batch,latency_us,device_busy_us,framework_tax_fraction,bound\n1,2951.4,1257.8,0.57,framework-bound\n"
    found.append(Command("page", ["report", "--sweep", "in.csv", "--output", "out.html"], ["out.html"],
                         {"in.csv": rows.encode()}))
    found.append(Command("calibration from a recording", ["calibrate", "--trace", TRACE, "--output", "read"],
                         ["read/accelerators/trace.json", "read/frameworks/trace.json", "read/hosts/trace.json"]))
    found.append(Command("sweep, resumed", [*SWEEP, "-o", "out.csv", "--resume"], ["out.csv"], {"out.csv.partial": None},
                         partial="out.csv.partial"))
    for line in ["", "run bert-base t4", "run bert-base t4 --format json", "roofline resnet18 t4", "project resnet18 t4",
                 "study frameworks --format csv", "profiles list", "profiles show t4", "profiles check", "run --help",
                 f"trace {TRACE} --format json", "sweep resnet18 t4 --over batch=1,2,3 --format csv",
                 "run bert-base t4 --batch 1000000"]:
        found.append(Command(f"simulate {line}", line.split()))
    return found


class Bench:
    """Runs commands with faults."""

    def __init__(self, simulate, library, folder):
        self.simulate, self.library, self.folder = simulate, library, folder
        self.expected = {}

    def prepare(self, command, folder):
        folder.mkdir(parents=True)
        for name, content in command.before.items():
            if content is None:
                # Rows of an interrupted sweep, the last one torn.
                whole = self.expected[SWEEP_NAME]["files"]["out.csv"]
                content = whole[:whole.index(b"\n", 2000) + 20]
            (folder / name).write_bytes(content)
        if command.replaces:
            for name in command.outputs:
                if "/" not in name:
                    (folder / name).write_bytes(OLD)

    def run(self, command, folder, **fault):
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        for name in ["SIMULATE_CATALOG", "SLURM_ARRAY_TASK_ID"]:
            environment.pop(name, None)
        if fault:
            environment.update({f"FAULT_{key.upper()}": str(value) for key, value in fault.items()})
            environment["LD_PRELOAD"] = str(self.library)
        return subprocess.run([self.simulate, *map(str, command.arguments)], cwd=folder, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)

    def learn(self, command):
        """What the command does where nothing fails."""
        folder = self.folder / "learn"
        self.prepare(command, folder)
        result = self.run(command, folder)
        if result.returncode != 0:
            sys.exit(f"{command.name}: {result.stderr.decode()}")
        files = {name: (folder / name).read_bytes() for name in command.outputs}
        self.expected[command.name] = {"output": result.stdout, "errors": result.stderr, "files": files}
        shutil.rmtree(folder)

    def attempt(self, command, call, number, error, stays):
        """Runs a command with a fault.

        Returns whether the fault happened, and what was wrong.
        """
        folder = self.folder / f"{abs(hash((command.name, call, number, error, stays)))}"
        report = folder.with_suffix(".fault")
        self.prepare(command, folder)
        value = error if error == "short" else getattr(errno, error)
        fault = {"call": call, "number": number, "error": value, "report": report, **({"stays": 1} if stays else {})}
        try:
            result = self.run(command, folder, **fault)
            wrong = self.judge(command, folder, result, error)
        except subprocess.TimeoutExpired:
            wrong = ["hangs"]
        happened = report.exists()
        if happened:
            report.unlink()
        shutil.rmtree(folder)
        words = "all later ones" if stays else ""
        return happened, [f"{command.name}: {call} {number} {words} {error}: {text}" for text in wrong]

    def judge(self, command, folder, result, error):
        expected = self.expected[command.name]
        errors = result.stderr.decode(errors="replace")
        wrong = []
        if result.returncode not in [0, 2, 74]:
            wrong.append(f"status {result.returncode}: {errors[-300:]}")
        if error in HARMLESS and result.returncode != 0:
            wrong.append(f"is not tried again: {errors}")
        files = {name: (folder / name).read_bytes() if (folder / name).is_file() else None for name in command.outputs}
        if result.returncode == 0:
            if result.stdout != expected["output"]:
                wrong.append(f"status 0 and another result of {len(result.stdout)} bytes")
            for name, content in files.items():
                if content != expected["files"][name]:
                    wrong.append(f"status 0 and {name} is not whole")
        else:
            lines = [line for line in errors.splitlines() if "error: " in line]
            if len(lines) != 1 or not re.match(r"(\S.*: )?error: ", lines[0]):
                wrong.append(f"status {result.returncode} and says {errors!r}")
            elif not re.match(r"\S.*: error: |error: cannot write to standard output: ", lines[0]):
                wrong.append(f"names no file: {errors!r}")
            for name, content in files.items():
                old = OLD if command.replaces and "/" not in name else None
                if content not in [old, expected["files"][name]]:
                    wrong.append(f"{name} is neither as it was nor new: {content and len(content)} bytes")
        return wrong + self.litter(command, folder, result, expected)

    def litter(self, command, folder, result, expected):
        wrong = []
        allowed = {*command.outputs, *command.before}
        for path in folder.rglob("*"):
            name = str(path.relative_to(folder))
            if path.is_dir():
                # A folder stays only for what is in it.
                if not any(path.iterdir()):
                    wrong.append(f"leaves an empty folder {name}")
            elif name == command.partial and result.returncode != 0:
                whole = expected["files"][command.outputs[0]]
                if not whole.startswith(path.read_bytes()):
                    wrong.append(f"{name} does not hold the sweep's rows")
            elif name not in allowed or name == command.partial:
                wrong.append(f"leaves {name}")
        return wrong


SWEEP_NAME = "sweep, CSV anew"


def numbers(short):
    """The numbers of calls that are tried, until one does not happen: all, or ever more widely spaced ones."""
    number = 1
    while True:
        yield number
        number += 1 if not short or number < 6 else max(1, number // 3)


def try_all(bench, command, call, error, stays, short):
    passed, wrong = 0, []
    for number in numbers(short):
        happened, found = bench.attempt(command, call, number, error, stays)
        if not happened and not found:
            break
        passed += not found
        wrong += found
        if not happened:
            break
    return passed, wrong


def tasks(short):
    for command in commands():
        for call, errors in ERRORS.items():
            writes = bool(command.outputs)
            for error in errors if not short else chosen(errors, call, command):
                yield command, call, error, False
            if call == "write" and (writes or not short):
                yield command, call, "ENOSPC", True


def chosen(errors, call, command):
    """The errors that the short form tries: the first, and for what writes files those that are to be tried again."""
    if call in ["open", "read", "opendir"] and not command.outputs and command.name != "simulate run bert-base t4":
        return errors[:1] if call == "read" else []
    return [errors[0], *[error for error in errors if error in HARMLESS and call != "open"]]


def compile_library(folder):
    compiler = shutil.which("clang") or shutil.which("cc")
    if not compiler:
        sys.exit("faults.py needs clang or another C compiler")
    library = folder / "fail_nth.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, ROOT / "tools/faults/fail_nth.c", "-ldl"],
                   check=True)
    return library


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", type=pathlib.Path, default=ROOT / ".build/debug/simulate")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if not sys.platform.startswith("linux"):
        sys.exit("faults.py needs Linux, where a library can be loaded before the system's")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bench = Bench(options.simulate.resolve(), compile_library(folder), folder)
        for command in commands():
            if options.only in command.name or command.name == SWEEP_NAME:
                bench.learn(command)
        passed, failures = 0, []
        with concurrent.futures.ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as pool:
            chosen = [task for task in tasks(options.short) if options.only in task[0].name]
            for count, wrong in pool.map(lambda task: try_all(bench, *task, options.short), chosen):
                passed += count
                failures += wrong
                for text in wrong[:3]:
                    print(text, flush=True)
    print(f"{passed} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
