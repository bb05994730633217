#!/usr/bin/env python3
"""Sets what HolisticTraceAnalysis says of recordings beside what `simulate trace` says of them, as Markdown.

    benchmarks/recordings_peers.py --simulate PROGRAM --data FOLDER [--output benchmarks/validation-recordings.md]

FOLDER holds recordings of torch.profiler (`*.json.gz`, also in `more/real`); they are not part of this repository.
HolisticTraceAnalysis (HTA) runs twice: as it comes, and with the two settings under which it looks at the same events as
`simulate` does: the last step kept (`include_last_profiler_step=True`) and nanoseconds kept (HTA_DISABLE_NS_ROUNDING=1).
A third reading, of a few lines, is this script's own: the union of the device events that stand in the file, and HTA's rule
for idle time applied to the gaps in which nothing ran on any stream.

Requirements: Python 3.10 or later and pip, which installs HolisticTraceAnalysis 0.5.0 and pandas before 3 (with pandas 3 it
cannot read every recording) into a virtual environment in a temporary folder.
"""
import argparse
import collections
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import venv

PACKAGES = ["HolisticTraceAnalysis==0.5.0", "pandas<3"]

HTA = '''
import json, logging, sys, traceback, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
from hta.trace_analysis import TraceAnalysis

with_last = sys.argv[1] == "kept"
for path in sys.argv[2:]:
    answers = {"path": path}

    def ask(name, question):
        try:
            answers[name] = json.loads(question().to_json(orient="records"))
        except Exception as error:
            answers[name + "_fault"] = type(error).__name__

    try:
        analysis = TraceAnalysis(trace_files={0: path}, include_last_profiler_step=with_last)
    except Exception as error:
        answers["fault"] = type(error).__name__
    else:
        everything = {"visualize": False, "include_memory_kernels": True, "num_kernels": 10**9, "duration_ratio": 1.0}
        ask("temporal", lambda: analysis.get_temporal_breakdown(visualize=False))
        ask("idle", lambda: analysis.get_idle_time_breakdown(visualize=False)[0])
        ask("types", lambda: analysis.get_gpu_kernel_breakdown(**everything)[0])
        ask("kernels", lambda: analysis.get_gpu_kernel_breakdown(**everything)[1])
        ask("overlap", lambda: analysis.get_comm_comp_overlap(visualize=False))
    print("ANSWERS " + json.dumps(answers), flush=True)
'''

DEVICE_CATEGORIES = {"kernel", "gpu_memcpy", "gpu_memset", "memcpy", "memset"}
# HTA's own constant; it says nanoseconds and compares with microseconds.
CONSECUTIVE_KERNEL_DELAY_US = 30
HOST_CAUSES = ["dispatch", "outside_operators", "launch_calls", "synchronization", "data_loading", "garbage_collection", "ranks",
               "memory_management"]
LARGEST_KERNELS = 2
NAME_LENGTH = 56


def installed_python(scratch):
    venv.create(scratch / "venv", with_pip=True)
    python = str(scratch / "venv/bin/python")
    installed = subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], capture_output=True, text=True)
    if installed.returncode != 0:
        sys.exit("pip cannot install HolisticTraceAnalysis: " + installed.stderr.strip()[-500:])
    return python


def hta_answers(python, program, setting, paths):
    environment = dict(os.environ, HTA_DISABLE_NS_ROUNDING="1" if setting == "kept" else "0")
    done = subprocess.run([python, str(program), setting, *map(str, paths)], capture_output=True, text=True, env=environment)
    lines = [json.loads(line[len("ANSWERS "):]) for line in done.stdout.splitlines() if line.startswith("ANSWERS ")]
    if done.returncode != 0:
        sys.exit(f"HolisticTraceAnalysis: {done.stderr.strip()[-2000:]}")
    return {answers["path"]: answers for answers in lines}


def union(intervals):
    """The stretches of time in which any of them is, from sorted ones."""
    merged = []
    for start, end in intervals:
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def is_device_event(event):
    return (event.get("ph") == "X" and str(event.get("cat", "")).lower() in DEVICE_CATEGORIES
            and isinstance(event.get("ts"), (int, float)))


class FileReading:
    """What stands in the file: device events as they are, and who launched them, by correlation."""

    def __init__(self, path):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            events = json.load(file, strict=False)["traceEvents"]
        launched = {}
        for event in events:
            if "untime" in str(event.get("cat", "")) or "river" in str(event.get("cat", "")):
                correlation = (event.get("args") or {}).get("correlation")
                if correlation is not None and correlation not in launched:
                    launched[correlation] = event["ts"]
        device = sorted((event["ts"], event["ts"] + event.get("dur", 0), (event.get("args") or {}).get("correlation"))
                        for event in events if is_device_event(event))
        busy = union((start, end) for start, end, _ in device)
        self.busy = sum(end - start for start, end in busy)
        self.window = busy[-1][1] - busy[0][0] if busy else 0
        first = {}
        for start, _, correlation in device:
            first.setdefault(start, correlation)
        # HTA's rule, on the gaps of the whole device.
        self.causes = collections.Counter()
        for (_, before), (after, _) in zip(busy, busy[1:]):
            launch = launched.get(first[after])
            if launch is not None and launch > before:
                self.causes["host_wait"] += after - before
            elif after - before < CONSECUTIVE_KERNEL_DELAY_US:
                self.causes["kernel_wait"] += after - before
            else:
                self.causes["other"] += after - before


class OurReading:
    """What `simulate trace` says; kernels by name are summed from the timeline that it writes of the recording."""

    def __init__(self, simulate, path, scratch):
        def ask(*arguments):
            done = subprocess.run([simulate, "trace", str(path), *arguments, "--format", "json"], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"simulate trace {path}: {done.stderr.strip()}")
            return json.loads(done.stdout)
        self.idle = ask("--idle")
        self.operators = ask("--operators")["operators"]
        timeline = scratch / "timeline.json"
        ask("--timeline", str(timeline))
        events = json.loads(timeline.read_text(encoding="utf-8"))["traceEvents"]
        devices = {event["pid"] for event in events if event["name"] == "process_name"
                   and event["args"]["name"].startswith("recorded device")}
        device = [event for event in events if event["ph"] == "X" and event["pid"] in devices]
        self.kernels = collections.Counter()
        for event in device:
            self.kernels[event["name"]] += event["dur"]
        self.window = (max(event["ts"] + event["dur"] for event in device) - min(event["ts"] for event in device)) if device else 0
        self.span = self.idle["recorded"]["span_us"]
        self.busy = self.idle["recorded"]["device_busy_us"]

    def share_of_idle(self, causes):
        total = sum(self.idle["idle_us"].values())
        return percent(sum(self.idle["idle_us"][cause] for cause in causes), total)


def percent(part, whole, digits=1):
    return f"{100 * part / whole:.{digits}f}" if whole else "-"


def ms(microseconds):
    return f"{microseconds / 1e3:.3f}"


def cells(*texts):
    return "| " + " | ".join(texts) + " |"


def heads(*texts):
    return [cells(*texts), "|---|" + "---:|" * (len(texts) - 1)]


def hta_idle(answers):
    """Milliseconds from the first to the last device event, busy ones, and the idle share."""
    if not answers.get("temporal"):
        return ["-", "-", answers.get("temporal_fault", answers.get("fault", "-"))]
    row = answers["temporal"][0]
    return [ms(row["kernel_time(us)"]), ms(row["kernel_time(us)"] - row["idle_time(us)"]), percent(row["idle_time(us)"], row["kernel_time(us)"])]


def idle_table(recordings):
    lines = heads("recording", "file ms", "busy ms", "HTA ms", "busy ms", "idle %", "HTA, kept, ms", "busy ms", "idle %",
                  "ours ms", "busy ms", "idle %", "ours, first to last, idle %")
    for name, recording in recordings:
        file, ours = recording["file"], recording["ours"]
        lines.append(cells(name, ms(file.window), ms(file.busy), *hta_idle(recording["default"]), *hta_idle(recording["kept"]),
                           ms(ours.span), ms(ours.busy), percent(ours.span - ours.busy, ours.span),
                           percent(ours.window - ours.busy, ours.window)))
    return lines


def cause_table(recordings):
    lines = heads("recording", "HTA: streams", "idle ms of all", "host wait %", "kernel wait %", "other %",
                  "same rule, one device: idle ms", "host wait %", "kernel wait %", "other %",
                  "ours: idle ms", "before and after ms", "host %", "on its way %", "kernel gap %", "stream, unknown %")
    for name, recording in recordings:
        rows = recording["kept"].get("idle")
        if rows:
            total = sum(row["idle_time"] for row in rows)
            theirs = [str(len({row["stream"] for row in rows})), ms(total)]
            theirs += [percent(sum(row["idle_time"] for row in rows if row["idle_category"] == category), total)
                       for category in ("host_wait", "kernel_wait", "other")]
        else:
            theirs = ["-", recording["kept"].get("idle_fault", "-"), "-", "-", "-"]
        causes, ours = recording["file"].causes, recording["ours"]
        total = sum(causes.values())
        whole = [ms(total)] + [percent(causes[category], total) for category in ("host_wait", "kernel_wait", "other")]
        lines.append(cells(name, *theirs, *whole, ms(ours.span - ours.busy), ms(ours.span - ours.window),
                           ours.share_of_idle(HOST_CAUSES), ours.share_of_idle(["launch_latency"]),
                           ours.share_of_idle(["kernel_gap"]), ours.share_of_idle(["stream", "unknown"])))
    return lines


def hta_kinds(rows):
    """HTA's kinds of kernels and of their overlaps, as ours."""
    kinds = collections.Counter()
    for row in rows:
        parts = set(row["kernel_type"].split(" overlapping "))
        if {"COMPUTATION", "COMMUNICATION"} <= parts:
            kinds["communication_hidden"] += row["sum"]
        elif "COMMUNICATION" in parts:
            kinds["communication_exposed"] += row["sum"]
        elif "COMPUTATION" in parts:
            kinds["compute"] += row["sum"]
        else:
            kinds["copies"] += row["sum"]
    return kinds


def busy_table(recordings):
    kinds = ["compute", "communication_hidden", "communication_exposed", "copies"]
    lines = heads("recording", *[f"{who}: {kind} ms" for who in ("HTA", "ours") for kind in ("kernels", "hidden", "exposed", "copies")],
                  "HTA: overlap %", "ours", "HTA: sum of durations ms", "ours")
    for name, recording in recordings:
        ours, kept = recording["ours"], recording["kept"]
        busy = ours.idle["busy_us"]
        if not kept.get("types"):
            continue
        theirs = hta_kinds(kept["types"])
        overlap = (kept.get("overlap") or [{}])[0].get("comp_comm_overlap_pctg")
        communication = busy["communication_hidden"] + busy["communication_exposed"]
        lines.append(cells(name, *[ms(theirs[kind]) for kind in kinds], *[ms(busy[kind]) for kind in kinds],
                           "-" if overlap is None else f"{overlap:.2f}", percent(busy["communication_hidden"], communication, 2),
                           ms(sum(row["sum (us)"] for row in kept["kernels"])),
                           ms(sum(row["work_us"] for row in ours.operators))))
    return lines


def short(name):
    text = name.replace("|", "/").replace("`", "'")
    return "`" + (text if len(text) <= NAME_LENGTH else text[:NAME_LENGTH - 3] + "...") + "`"


def kernel_table(recordings):
    lines = heads("recording", "kernel", "HTA ms", "% of all", "ours ms", "% of all")
    for name, recording in recordings:
        rows = recording["kept"].get("kernels")
        if not rows:
            continue
        ours = recording["ours"].kernels
        total, our_total = sum(row["sum (us)"] for row in rows), sum(ours.values())
        for row in sorted(rows, key=lambda row: -row["sum (us)"])[:LARGEST_KERNELS]:
            lines.append(cells(name, short(row["name"]), ms(row["sum (us)"]), percent(row["sum (us)"], total),
                               ms(ours[row["name"]]), percent(ours[row["name"]], our_total)))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", default="simulate", help="the installed program")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder of recordings")
    parser.add_argument("--python", help="a Python that has HolisticTraceAnalysis, in place of an environment of its own")
    parser.add_argument("--output", type=pathlib.Path, help="a file for the section; standard output has it too")
    options = parser.parse_args()
    data = options.data.resolve()
    paths = sorted(data.glob("*.json.gz")) + sorted(data.glob("more/real/*.json.gz"))
    if not paths:
        sys.exit(f"{options.data}: no recording (*.json.gz)")
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        python = options.python or installed_python(scratch)
        program = scratch / "ask_hta.py"
        program.write_text(HTA, encoding="utf-8")
        settings = {setting: hta_answers(python, program, setting, paths) for setting in ("default", "kept")}
        recordings = [(path.name.removesuffix(".json.gz"),
                       {"file": FileReading(path), "ours": OurReading(options.simulate, path, scratch),
                        **{setting: answers[str(path)] for setting, answers in settings.items()}}) for path in paths]
    lines = section(recordings)
    text = "\n".join(lines).rstrip("\n") + "\n"
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def section(recordings):
    lines = ["## Recordings, beside HolisticTraceAnalysis", ""]
    for table in (idle_table, cause_table, busy_table, kernel_table):
        lines += table(recordings) + [""]
    return lines


if __name__ == "__main__":
    main()
