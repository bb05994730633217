#!/usr/bin/env python3
"""Reads one recording with simulate, with Python's json and with orjson, in one run: what docs/performance.md shows.

    benchmarks/read_trace.py --megabytes 200 --repeat 3
    benchmarks/read_trace.py --megabytes 1000 --repeat 1 --only simulate

Every reader is a process of its own; its time is the processor time of that process (user and system), its memory the
largest resident set. `simulate trace --step 3` reads all of the file and keeps one step. Needs Python 3.9, a release build
of simulate (`swift build -c release`), and, to be compared with, orjson (`pip install orjson`).
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
READERS = {
    "simulate": [os.path.join(ROOT, ".build", "release", "simulate"), "trace", "{}", "--step", "3", "--format", "json"],
    "json": [sys.executable, "-c", "import json, sys; json.load(open(sys.argv[1], 'rb'))", "{}"],
    "orjson": [sys.executable, "-c", "import orjson, sys; orjson.loads(open(sys.argv[1], 'rb').read())", "{}"],
}


def measure(command):
    """Processor seconds and megabytes of the largest resident set of a process."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    scale = 1 if sys.platform == "darwin" else 1024
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=200, help="size of the recording (default: 200)")
    parser.add_argument("--repeat", type=int, default=3, help="rounds, of which the fastest counts (default: 3)")
    parser.add_argument("--only", choices=READERS, help="one reader only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace.json")
        subprocess.run(
            [sys.executable, os.path.join(ROOT, "tools", "generate_trace.py"), "--megabytes", str(options.megabytes),
             "--output", path], check=True)
        size = os.path.getsize(path) / 1e6
        best = {}
        for _ in range(options.repeat):
            for name, command in READERS.items():
                if options.only in (None, name):
                    seconds, memory = measure([part.replace("{}", path) for part in command])
                    best[name] = min(best.get(name, (seconds, memory)), (seconds, memory))
    print(f"recording of {size:.0f} MB, fastest of {options.repeat}\n")
    print("| reader | processor time, s | MB/s | memory, MB |\n|---|---:|---:|---:|")
    for name, (seconds, memory) in best.items():
        print(f"| {name} | {seconds:.2f} | {size / seconds:.0f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
