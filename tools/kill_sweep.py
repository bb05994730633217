#!/usr/bin/env python3
"""Kills a sweep at random moments, resumes it, and kills it again, until it has its whole file a number of times over.

    tools/kill_sweep.py [--simulate .build/release/simulate] [--kills 100] [--seed 1]

Each time the file must have the bytes of a sweep that was not interrupted: no row torn, lost or repeated.
Requirements: none beyond Python 3.
"""
import argparse
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

SWEEP = ["sweep", "bert-base-uncased", "nvidia-a100-sxm4-40gb",
         "--over", "accelerator.peak_tflops.fp16=100..2000:log10", "--over", "batch=1,2,4,8",
         "--over", "accelerator.memory.bandwidth_gb_per_s=500..20000:log50",
         "--over", "host.single_thread_speed=0.25..4:log50"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", type=pathlib.Path, default=ROOT / ".build/release/simulate")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole = pathlib.Path(folder) / "whole.csv"
        begin = time.monotonic()
        subprocess.run([options.simulate, *SWEEP, "--output", whole], check=True)
        duration = time.monotonic() - begin
        expected = whole.read_bytes()
        rows = pathlib.Path(folder) / "rows.csv"
        partial = pathlib.Path(folder) / "rows.csv.partial"
        kills = completions = torn = 0
        while kills < options.kills or rows.exists() or partial.exists():
            arguments = [options.simulate, *SWEEP, "--output", rows, "--threads", str(chance.choice([1, 2, 3]))]
            if partial.exists():
                arguments.append("--resume")
            process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                # After a hundred kills the last sweep may come to its end.
                limit = None if kills >= options.kills else chance.uniform(0, 1.1 * duration)
                process.wait(limit)
            except subprocess.TimeoutExpired:
                process.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
                process.wait()
                kills += 1
                if partial.exists():
                    text = partial.read_bytes()
                    if not expected.startswith(text):
                        sys.exit(f"after kill {kills} (seed {options.seed}) the rows are not the first of the sweep")
                    torn += bool(text) and not text.endswith(b"\n")
                continue
            if process.returncode != 0:
                sys.exit(process.stderr.read().decode())
            if rows.read_bytes() != expected:
                sys.exit(f"after {kills} kills (seed {options.seed}) the file differs from an uninterrupted sweep's")
            completions += 1
            rows.unlink()
    lines = len(expected.splitlines())
    print(f"{kills} kills, {completions} complete files of {lines:,} lines, all as uninterrupted; "
          f"{torn} times a row was torn; seed {options.seed}")


if __name__ == "__main__":
    main()
