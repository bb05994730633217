"""What the machine of a benchmark does at most, and what a command executes: for the tables of benchmarks/run.

Imported by benchmarks/run. Requirements: a C++ compiler for what the machine does at most, valgrind for what commands execute;
without one of them its columns stay empty.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVENTS = [r"I\s+refs", r"D\s+refs", r"D1\s+misses", r"LLd misses", r"Mispredicts"]


def compiled(source, scratch, *flags):
    """A program of a C++ source of this folder, or nothing where there is no compiler."""
    compiler = next((found for found in map(shutil.which, ("c++", "g++", "clang++")) if found), None)
    program = scratch / pathlib.Path(source).stem
    if compiler is None:
        return None
    built = subprocess.run([compiler, "-O2", *flags, "-o", program, ROOT / "benchmarks" / source], capture_output=True)
    return program if built.returncode == 0 else None


def counted(arguments, only_instructions=False):
    """What a process executes, by cachegrind: instructions, accesses, misses of the first cache and of the last, mispredictions."""
    simulated = "no" if only_instructions else "yes"
    command = ["valgrind", "--tool=cachegrind", f"--cache-sim={simulated}", f"--branch-sim={simulated}",
               "--cachegrind-out-file=/dev/null"]
    # What it prints is not held: what this process has held counts as memory of those that it starts.
    ended = subprocess.run([*command, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ended.returncode != 0:
        sys.exit(ended.stderr)
    return [int(re.search(name + r":\s+([\d,]+)", ended.stderr).group(1).replace(",", ""))
            for name in (EVENTS[:1] if only_instructions else EVENTS)]


class Machine:
    """What one core does at most, and the columns of tables that set costs beside it."""

    TITLES = ["instructions", "ns at the machine's most"]

    def __init__(self, scratch, counts):
        program = compiled("machine_limits.cpp", scratch, "-march=native")
        limits = json.loads(subprocess.run([program], capture_output=True, check=True).stdout) if program else {}
        self.bytes_per_ns, self.instructions_per_ns = limits.get("bytes_per_ns", 0), limits.get("instructions_per_ns", 0)
        self.counts = counts and shutil.which("valgrind") is not None

    def sentence(self):
        if not self.bytes_per_ns:
            return ""
        return (f" One core reads at most {self.bytes_per_ns:.1f} GB of memory a second and executes at most "
                f"{self.instructions_per_ns:.1f} instructions a ns (`benchmarks/machine_limits.cpp`).")

    def instructions(self, few, many, difference):
        """Instructions of each thing of which one command does some more than another, so that its start is none of them."""
        if not self.counts:
            return None
        return (counted(many, only_instructions=True)[0] - counted(few, only_instructions=True)[0]) / difference

    def columns(self, instructions):
        """The instructions of something, and the time that they would take at the machine's most."""
        if instructions is None:
            return ["", ""]
        instructions = max(0, round(instructions))
        return [f"{instructions:,}", f"{instructions / self.instructions_per_ns:,.1f}" if self.instructions_per_ns else ""]

    def of_memory(self, megabytes_per_second):
        """A rate of bytes as a share of what memory gives."""
        return f"{megabytes_per_second / 10 / self.bytes_per_ns:.1f}" if self.bytes_per_ns else ""
