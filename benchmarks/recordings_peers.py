#!/usr/bin/env python3
"""Sets what HolisticTraceAnalysis says of recordings beside what `simulate trace` says of them, as Markdown.

    benchmarks/recordings_peers.py --simulate PROGRAM --data FOLDER [--output benchmarks/validation-recordings.md]

FOLDER holds recordings of torch.profiler (`*.json.gz`, also in `more/real`); they are not part of this repository.
HolisticTraceAnalysis (HTA) runs three times: as it comes; with its two settings that keep more, the last step
(`include_last_profiler_step=True`) and nanoseconds (HTA_DISABLE_NS_ROUNDING=1); and with these and without its filter of
kernels, which is taken out to show that nothing else makes the difference. A fourth reading, of a few lines, is this
script's own: the union of the device events that stand in the file, and HTA's rule for idle time applied to the gaps in
which nothing ran on any stream. benchmarks/validation.py puts the section into docs/validation.md.

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
import textwrap
import venv

PACKAGES = ["HolisticTraceAnalysis==0.5.0", "pandas<3"]

HTA = '''
import importlib.metadata, json, logging, sys, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
from hta.common.trace import Trace
from hta.trace_analysis import TraceAnalysis

with_last = sys.argv[1] != "default"
if sys.argv[1] == "unfiltered":
    Trace._filter_irrelevant_gpu_kernels = lambda *arguments, **options: None
for path in sys.argv[2:]:
    answers = {"path": path, "versions": importlib.metadata.version("HolisticTraceAnalysis")
               + " (pandas " + importlib.metadata.version("pandas") + ")"}

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
HTA_CAUSES = ["host_wait", "kernel_wait", "other"]
BUSY_KINDS = ["compute", "communication_hidden", "communication_exposed", "copies"]
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
    environment = dict(os.environ, HTA_DISABLE_NS_ROUNDING="0" if setting == "default" else "1")
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
                    launched[correlation] = (event["ts"], event["ts"] + event.get("dur", 0))
        kinds = sorted((event["ts"], event["ts"] + event.get("dur", 0), (event.get("args") or {}).get("correlation", -1),
                        event["cat"].lower() == "kernel") for event in events if is_device_event(event))
        device = [event[:3] for event in kinds]
        self.unlaunched = [end - start for start, end, correlation in device if correlation not in launched]
        busy = union((start, end) for start, end, _ in device)
        self.busy = sum(end - start for start, end in busy)
        # Kernels and copies, each stretch cut to whole microseconds.
        self.whole_microseconds = [
            sum(int(end - start) for start, end in union((start, end) for start, end, _, is_kernel in kinds if is_kernel == wanted))
            for wanted in (True, False)]
        self.window = busy[-1][1] - busy[0][0] if busy else 0
        first = {}
        for start, _, correlation in device:
            first.setdefault(start, correlation)
        # HTA's rule, on the gaps of the whole device; of its host wait, what lies behind the call's return; of the rest, what
        # lies before the return of a call that began before the gap, and what before a launch that was not recorded.
        self.after_return = self.begun_before = self.before_unlaunched = 0
        self.causes = collections.Counter()
        for (_, before), (after, _) in zip(busy, busy[1:]):
            if first[after] not in launched:
                self.before_unlaunched += after - before
            begun, returned = launched.get(first[after], (before, before))
            if begun > before:
                self.causes["host_wait"] += after - before
                self.after_return += max(0, after - returned)
            elif after - before < CONSECUTIVE_KERNEL_DELAY_US:
                self.causes["kernel_wait"] += after - before
            else:
                self.causes["other"] += after - before
            if begun <= before < returned:
                self.begun_before += min(after, returned) - before


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


def heads(*texts, names=1):
    """The head of a table, of which the first columns are names and the others numbers."""
    return [cells(*texts), "|" + "---|" * names + "---:|" * (len(texts) - names)]


def hta_idle(answers):
    """Milliseconds from the first to the last device event, busy ones, and the idle share."""
    if not answers.get("temporal"):
        return ["-", "-", answers.get("temporal_fault", answers.get("fault", "-"))]
    row = answers["temporal"][0]
    return [ms(row["kernel_time(us)"]), ms(row["kernel_time(us)"] - row["idle_time(us)"]), percent(row["idle_time(us)"], row["kernel_time(us)"])]


def idle_table(recordings):
    lines = heads("recording", "file: ms", "busy ms", "idle %", "HTA: ms", "busy ms", "idle %", "HTA, more kept: ms", "busy ms", "idle %",
                  "ours: ms", "busy ms", "idle %", "idle % from first to last")
    for name, recording in recordings:
        file, ours = recording["file"], recording["ours"]
        lines.append(cells(name, ms(file.window), ms(file.busy), percent(file.window - file.busy, file.window),
                           *hta_idle(recording["default"]), *hta_idle(recording["kept"]),
                           ms(ours.span), ms(ours.busy), percent(ours.span - ours.busy, ours.span),
                           percent(ours.window - ours.busy, ours.window)))
    return lines


def stream_table(recordings):
    lines = heads("recording", "HTA: streams", "idle ms", "host wait %", "kernel wait %", "other %",
                  "on the whole device: idle ms", "host wait %", "kernel wait %", "other %")
    for name, recording in recordings:
        rows = recording["kept"].get("idle")
        if rows:
            total = sum(row["idle_time"] for row in rows)
            theirs = [str(len({row["stream"] for row in rows})), ms(total)]
            theirs += [percent(sum(row["idle_time"] for row in rows if row["idle_category"] == category), total)
                       for category in HTA_CAUSES]
        else:
            theirs = ["-", recording["kept"].get("idle_fault", "-"), "-", "-", "-"]
        causes = recording["file"].causes
        total = sum(causes.values())
        lines.append(cells(name, *theirs, ms(total), *[percent(causes[category], total) for category in HTA_CAUSES]))
    return lines


def cause_table(recordings):
    lines = heads("recording", "its rule, whole device: host wait ms", "of it behind the call's return", "kernel wait, other ms",
                  "of it before the call's return", "before a launch not recorded", "ours: idle ms", "outside first to last ms", "host %", "on its way %",
                  "kernel gap %", "stream, unknown %")
    for name, recording in recordings:
        file, ours = recording["file"], recording["ours"]
        lines.append(cells(name, ms(file.causes["host_wait"]), ms(file.after_return),
                           ms(file.causes["kernel_wait"] + file.causes["other"]), ms(file.begun_before), ms(file.before_unlaunched),
                           ms(ours.span - ours.busy), ms(ours.span - ours.window),
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


def hta_busy(answers):
    """HTA's busy split, its overlap and the sum of all durations, as cells."""
    kinds = hta_kinds(answers["types"])
    overlap = (answers.get("overlap") or [{}])[0].get("comp_comm_overlap_pctg")
    return [*[ms(kinds[kind]) for kind in BUSY_KINDS], "-" if overlap is None else f"{overlap:.2f}",
            ms(sum(row["sum (us)"] for row in answers["kernels"]))]


def busy_table(recordings):
    lines = heads("recording", "whose", "kernels ms", "hidden ms", "exposed ms", "copies ms", "overlap %", "all durations ms",
                  "without a recorded launch ms", names=2)
    for name, recording in recordings:
        ours, kept, unfiltered = recording["ours"], recording["kept"], recording["unfiltered"]
        if not kept.get("types"):
            continue
        lines.append(cells(name, "HTA", *hta_busy(kept), ms(sum(recording["file"].unlaunched))))
        if hta_busy(unfiltered) != hta_busy(kept):
            lines.append(cells("", "HTA, no filter", *hta_busy(unfiltered), ""))
        busy = ours.idle["busy_us"]
        communication = busy["communication_hidden"] + busy["communication_exposed"]
        lines.append(cells("", "ours", *[ms(busy[kind]) for kind in BUSY_KINDS], percent(busy["communication_hidden"], communication, 2),
                           ms(sum(row["work_us"] for row in ours.operators)), ""))
    return lines


def short(name):
    text = name.replace("|", "/").replace("`", "'")
    return "`" + (text if len(text) <= NAME_LENGTH else text[:NAME_LENGTH - 3] + "...") + "`"


def kernel_table(recordings):
    lines = heads("recording", "kernel", "HTA ms", "% of all", "ours ms", "% of all", names=2)
    for name, recording in recordings:
        rows = recording["unfiltered"].get("kernels")
        if not rows:
            continue
        ours = recording["ours"].kernels
        total, our_total = sum(row["sum (us)"] for row in rows), sum(ours.values())
        for row in sorted(rows, key=lambda row: -row["sum (us)"])[:LARGEST_KERNELS]:
            lines.append(cells(name, short(row["name"]), ms(row["sum (us)"]), percent(row["sum (us)"], total),
                               ms(ours[row["name"]]), percent(ours[row["name"]], our_total)))
    return lines


def names_apart(recordings):
    """How many kernels' names there are, and those whose sums are apart by a nanosecond and more."""
    count, apart = 0, []
    for name, recording in recordings:
        theirs = {row["name"]: row["sum (us)"] for row in recording["unfiltered"].get("kernels") or []}
        ours = recording["ours"].kernels
        for kernel in theirs.keys() | ours.keys():
            count += 1
            difference = theirs.get(kernel, 0) - ours.get(kernel, 0)
            if abs(difference) >= 0.001:
                apart.append((name, kernel, difference))
    return count, sorted(apart)


IDLE_PROSE = """
HTA: `get_temporal_breakdown`. The busy time of the file is ours to the microsecond, and HTA's with more kept where none of the
following is.

- **From when to when.** HTA counts from the first to the last device event; we count from the first to the last event of the host
  or the device, so that the host's way to the first kernel and its end behind the last are idle too. Where a recording is one graph launch
  (`mi300x_vllm_decode_fullgraph`), most of the idle time is there. From first to last device event our share is the file's.
- **Whole microseconds.** As it comes, HTA rounds starts up and ends down, so each event in nanoseconds loses a microsecond on
  average: much where kernels take two (`h100_bert_small`). Shorter ones get negative durations, and the breakdown of
  `h100_qwen1.5_0.5b` ends in an assertion.
- **The last step** of several is left out as it comes; one step alone is not.
- **The filter.** In recordings of more than one step, HTA drops device events whose launch was not recorded, or begins after the last step.
  The device counts as idle then, or as not there at all (`hta_a100_graphs_nccl`, `hta_v100_trace_diff_test`, and
  `tracelens_mi300x_resnet_act_checkpoint`, whose window shrinks). We keep them; who launched them is unknown.
- **Synchronization events.** Kineto's `cuda_sync` events (stream synchronizations, waits for events) name a stream, and HTA
  counts them as work on it (`hta_event_sync`, `hta_event_sync_multi_stream`, `hta_simple_add`). To us they say who waits.
- **No device events** (`hta_cupti_counters`): HTA ends in an error; all of the span is idle to us.
"""

STREAM_PROSE = """
HTA: `get_idle_time_breakdown`, more kept, summed over streams. Beside it HTA's rule, applied by the script to the gaps in which nothing
ran on any stream, without HTA's filter.
"""

STREAM_DIFFERENCES = """
- **Each stream by itself.** To HTA a stream is idle between two of its own events, whatever the others do, and the sum over streams may be
  several times what the recording lasts. A stream of a few copies or collectives waits for the host nearly always: hence the host wait
  of `hta_v100_trace_diff_test`, whose device as a whole hardly waited for the host. The other way around, a gap
  between events of different streams is in none of them (`hta_event_sync_multi_stream`).
- **Launches that were not recorded.** HTA takes the first event of the file for their launch: gaps before that one are host wait, later
  ones are not (the difference between the two host waits of `h100_qwen1.5_0.5b`).
"""

CAUSE_PROSE = """
The same rule on the whole device, and ours. Host is dispatch, outside of operators, launch calls, synchronization, data loading, garbage
collection, ranks and memory management together.
"""

CAUSE_DIFFERENCES = """
- **From when to when.** What lies before the first and behind the last device event is idle to us: the launch on its way of
  `mi300x_vllm_decode_fullgraph`, most of the host's part in `hta_event_sync`.
- **All or nothing.** HTA gives a gap wholly to the host if the launch of what comes next began behind the end of what went before. We
  cut it: until the launch call has returned it is the host, from then on the launch on its way (much in the two of ROCm,
  `mi300x_bert_small` and `tracelens_mi210_gpu_only`) or, where that takes more than four times as long as usual, waiting for a stream
  (`hta_sampled_rank0`). Of a call that began before the gap and returned in it, the part in it is the host's to us.
- **A fixed 30.** What is no host wait is kernel wait below 30 and other from there on. HTA's documentation calls the 30 nanoseconds; its
  code compares with microseconds. We compare with the recording's own usual gap: up to four times that is a gap between kernels; of a longer
  one the usual part is, and the rest is waiting for a stream, or unknown where there is no other stream (`mi300x_vllm_decode_fullgraph`).
- **Launches that were not recorded** leave the cause unknown to us: all that is unknown in `h100_qwen1.5_0.5b`, `hta_a100_graphs_nccl` and
  `tracelens_mi300x_resnet_act_checkpoint`, and in `param_dlrm_v100_rank1` and `rank3` with the way to the first event.
- **Events of no length** (in `v100_resnet50_train_kineto`, whose times are whole microseconds) end a gap to HTA, and not to us.
"""

BUSY_PROSE = """
HTA: `get_gpu_kernel_breakdown(include_memory_kernels=True)` and `get_comm_comp_overlap`, more kept. Its overlaps are put together as ours are:
kernels with copies beside them are kernels, collectives with copies beside them exposed, with kernels beside them hidden. Overlap is hidden over all
communication. All durations: the sum over kernels of HTA's breakdown, and of `work_us` over all rows of `--operators`.
"""

BUSY_DIFFERENCES = """
- **The filter** explains the recordings that have a second row: what HTA lacks is what has no recorded launch, and with the filter
  taken out both agree, but for whole microseconds. Fewer kernels are beside fewer copies, too, so that HTA's copies alone are more
  than ours in `hta_v100_trace_diff_test`, and its overlap is another.
- **Waits for events** (`Stream Wait Event`) are kernels to HTA.
- **Collectives by name.** HTA takes names that match `^nccl.*Kernel`; we also know RCCL's, MSCCL's and engines' own. In these recordings
  that makes no difference.
- **Whole microseconds** once more: this breakdown cuts each stretch to whole microseconds, with rounding disabled too, which loses half a
  microsecond a stretch; the sums of durations are not cut.
"""


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
        settings = {setting: hta_answers(python, program, setting, paths) for setting in ("default", "kept", "unfiltered")}
        recordings = [(path.name.removesuffix(".json.gz"),
                       {"file": FileReading(path), "ours": OurReading(options.simulate, path, scratch),
                        **{setting: answers[str(path)] for setting, answers in settings.items()}}) for path in paths]
    lines = section(recordings)
    text = "\n".join(lines).rstrip("\n") + "\n"
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def lines_of(text):
    return text.strip("\n").split("\n")


def truncation(recordings):
    """The recording in which cutting stretches to whole microseconds loses most, if there is one without communication."""
    candidates = [(name, recording) for name, recording in recordings
                  if recording["kept"].get("types") and not hta_kinds(recording["kept"]["types"])["communication_exposed"]]
    if not candidates:
        return []
    name, recording = max(candidates, key=lambda item: item[1]["file"].busy - sum(item[1]["file"].whole_microseconds))
    kernels, copies = recording["file"].whole_microseconds
    theirs = hta_kinds(recording["kept"]["types"])
    return [f"  Cut like that, the file's own stretches give {ms(kernels)} and {ms(copies)} ms for `{name}`; HTA says "
            f"{ms(theirs['compute'])} and {ms(theirs['copies'])}."]


def section(recordings):
    versions = recordings[0][1]["kept"]["versions"]
    count, apart = names_apart(recordings)
    named = "; ".join(f"{short(kernel)} in `{name}`, HTA {difference / 1e3:+.3f} ms" for name, kernel, difference in apart)
    lines = ["## Recordings, beside HolisticTraceAnalysis", "",
             f"What HolisticTraceAnalysis (HTA) {versions} says of public recordings, and what `simulate trace FILE --idle` and",
             "`--operators` say, written by `benchmarks/recordings_peers.py --simulate PROGRAM --data FOLDER`. A third reading is the script's",
             "own: the union of the device events that stand in the file. \"More kept\" is HTA with `include_last_profiler_step=True` and",
             "`HTA_DISABLE_NS_ROUNDING=1`. A name of an error in place of a number is how HTA ended. TraceLens is not here: it is not on",
             "PyPI, where `tracelens` is another program.", ""]
    lines += ["### Idle share", "", *idle_table(recordings), "", *lines_of(IDLE_PROSE), ""]
    lines += ["### Idle by cause", "", *lines_of(STREAM_PROSE), "", *stream_table(recordings), "", *lines_of(STREAM_DIFFERENCES), "",
              *lines_of(CAUSE_PROSE), "", *cause_table(recordings), "", *lines_of(CAUSE_DIFFERENCES), ""]
    lines += ["### What the device was busy with", "", *lines_of(BUSY_PROSE), "", *busy_table(recordings), "",
              *lines_of(BUSY_DIFFERENCES), *truncation(recordings), ""]
    text = (f"The {LARGEST_KERNELS} largest of each recording: `get_gpu_kernel_breakdown`, nothing grouped as others, without the filter; "
            f"ours summed from the recorded device of `--timeline`. Of all {count:,} names, those whose sums are apart by a nanosecond and more: "
            f"{named or 'none'}.")
    lines += ["### Kernels by name", "", *textwrap.wrap(text, 130, break_long_words=False), ""]
    return lines + kernel_table(recordings)


if __name__ == "__main__":
    main()
