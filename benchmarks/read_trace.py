#!/usr/bin/env python3
"""Reads recordings with simulate, on one core, on two and gzipped, and with orjson, in one run: for docs/performance.md.

    benchmarks/read_trace.py --megabytes 200 --repeat 3
    benchmarks/read_trace.py --megabytes 1000 --repeat 1 --only one-core
    benchmarks/read_trace.py --megabytes 40 --check 6

Four sizes are read, up to the one that is asked for. Every reader is a process of its own; its processor time is that of the
process (user and system), its memory the largest resident set, and of the rounds the fastest counts. `simulate trace --step 3`
reads all of the file and keeps one step. On one core it is bound to one. --check fails where simulate on one core is not so
many times as fast as orjson. Needs Python 3.9 on Linux, a release build of simulate (`swift build -c release`), and, to be
compared with, orjson (`pip install orjson`).
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ORJSON = "import orjson, sys; orjson.loads(open(sys.argv[1], 'rb').read())"


class Reader:
    """A way to read a recording: a command, the cores it may use, and whether it is given the gzipped file."""

    def __init__(self, command, cores=None, gzipped=False):
        self.command, self.cores, self.gzipped = command, cores, gzipped

    def measure(self, path):
        """Processor seconds, elapsed seconds and megabytes of the largest resident set."""
        command = [part.replace("{}", path + ".gz" if self.gzipped else path) for part in self.command]
        began = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 preexec_fn=self.bind if self.cores else None)
        _, status, usage = os.wait4(child.pid, 0)
        elapsed = time.monotonic() - began
        if status:
            raise SystemExit(f"{command[0]} failed")
        return usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss * 1024 / 1e6

    def bind(self):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:self.cores])


def readers(simulate):
    command = [simulate, "trace", "{}", "--step", "3", "--format", "json"]
    found = {"one-core": Reader(command, cores=1), "two-cores": Reader(command, cores=2),
             "gzip": Reader(command, gzipped=True)}
    if importlib.util.find_spec("orjson"):
        found["orjson"] = Reader([sys.executable, "-c", ORJSON, "{}"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", default=os.path.join(ROOT, ".build", "release", "simulate"))
    parser.add_argument("--megabytes", type=float, default=200, help="size of the largest recording (default: 200)")
    parser.add_argument("--repeat", type=int, default=3, help="rounds, of which the fastest counts (default: 3)")
    parser.add_argument("--only", choices=("one-core", "two-cores", "gzip", "orjson"), help="one reader only")
    parser.add_argument("--check", type=float, help="how many times as fast as orjson it must be on one core")
    options = parser.parse_args()
    chosen = {name: reader for name, reader in readers(options.simulate).items() if options.only in (None, name)}
    print("| recording | reader | processor s | elapsed s | MB/s of processor time | MB | times orjson |")
    print("|---|---|---:|---:|---:|---:|---:|")
    ratio = None
    with tempfile.TemporaryDirectory() as folder:
        for part in (8, 4, 2, 1):
            path = os.path.join(folder, "trace.json")
            subprocess.run([sys.executable, os.path.join(ROOT, "tools", "generate_trace.py"), "--megabytes",
                            str(options.megabytes / part), "--output", path], check=True)
            if "gzip" in chosen:
                with open(path + ".gz", "wb") as packed:
                    subprocess.run([shutil.which("gzip") or "gzip", "-c", path], stdout=packed, check=True)
            size = os.path.getsize(path) / 1e6
            best = {}
            # In turns, so that a neighbor slows all of them.
            for _ in range(options.repeat):
                for name, reader in chosen.items():
                    found = reader.measure(path)
                    best[name] = tuple(map(min, best.get(name, found), found))
            for name, (seconds, elapsed, memory) in best.items():
                ratio = best["orjson"][0] / best["one-core"][0] if {"orjson", "one-core"} <= set(best) else None
                times = f"{best['orjson'][0] / seconds:.1f}" if "orjson" in best else ""
                print(f"| {size:.0f} MB | {name} | {seconds:.2f} | {elapsed:.2f} | {size / seconds:.0f} | {memory:.0f} | {times} |",
                      flush=True)
    if options.check and ratio is not None and ratio < options.check:
        sys.exit(f"simulate on one core is {ratio:.1f} times as fast as orjson, not {options.check}")


if __name__ == "__main__":
    main()
