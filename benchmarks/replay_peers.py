#!/usr/bin/env python3
"""Times what is asked of a recording, by `simulate trace` and by HolisticTraceAnalysis (HTA), at four sizes, as Markdown.

    benchmarks/replay_peers.py --simulate .build/release/simulate [--megabytes 80] [--short]

The recordings are of tools/generate_trace.py. HTA reads one and says how much of the time the device was busy, idle and waiting
(`get_temporal_breakdown`, `get_idle_time_breakdown`, `get_gpu_kernel_breakdown`); `simulate trace`, bound to one core, says as much,
replays every step, and says what another host and another device would make of it. Processor time is that of whole processes, for
HTA without its imports; memory is the largest resident set. TraceLens of AMD is in no package index (what PyPI has under its name
is another program), and so is not here.

Requirements: Python 3.10 or later and pip, which installs HolisticTraceAnalysis 0.5.0 and pandas before 3 into a virtual environment
in a temporary folder.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ["HolisticTraceAnalysis==0.5.0", "pandas<3"]

HTA = '''
import logging, sys, time, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
from hta.trace_analysis import TraceAnalysis

begun = time.process_time()
analysis = TraceAnalysis(trace_files={0: sys.argv[1]}, include_last_profiler_step=True)
analysis.get_temporal_breakdown(visualize=False)
analysis.get_idle_time_breakdown(visualize=False)
analysis.get_gpu_kernel_breakdown(visualize=False)
print("SECONDS", time.process_time() - begun)
'''


class Measured:
    """Processor seconds and megabytes of a process that has ended."""

    def __init__(self, command, core=None):
        bind = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   preexec_fn=bind)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            raise RuntimeError(f"it ended with status {process.returncode}")
        self.megabytes = usage.ru_maxrss / 1024
        told = [line for line in text.splitlines() if line.startswith("SECONDS ")]
        self.seconds = float(told[0].split()[1]) if told else usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True)
    parser.add_argument("--megabytes", type=float, default=80, help="size of the largest recording (default: 80)")
    parser.add_argument("--short", action="store_true", help="the two smallest of the four sizes")
    options = parser.parse_args()
    simulate = str(pathlib.Path(options.simulate).resolve())
    print("| recording | reader | processor s | MB/s | MB | times simulate's |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(pathlib.Path(folder) / "bin/python")
        installed = subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], capture_output=True, text=True)
        readers = {"`simulate trace`": lambda path: min((Measured([simulate, "trace", path, "--format", "json"], core=0)
                                                         for _ in range(3)), key=lambda found: found.seconds)}
        if installed.returncode == 0:
            readers["HTA 0.5.0"] = lambda path: Measured([python, "-c", HTA, path])
        else:
            print("HolisticTraceAnalysis is left out: pip cannot install it", file=sys.stderr)
        for part in (8, 4) if options.short else (8, 4, 2, 1):
            path = pathlib.Path(folder) / "recording.json"
            subprocess.run([sys.executable, ROOT / "tools/generate_trace.py", "--megabytes", str(options.megabytes / part), "--output",
                            path], check=True)
            size, first = path.stat().st_size / 1e6, None
            for name, measure in readers.items():
                try:
                    found = measure(path)
                except RuntimeError as error:
                    print(f"| {size:.0f} MB | {name} | {error} |  |  |  |", flush=True)
                    continue
                first = first or found.seconds
                print(f"| {size:.0f} MB | {name} | {found.seconds:.2f} | {size / found.seconds:,.1f} | {found.megabytes:.0f} "
                      f"| {found.seconds / first:,.1f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
