#!/usr/bin/env python3
"""Measures what a PyTorch machine spends on dispatch, launches, graphs, copies and kernels, in under 8 minutes.

Requirements: Python 3.9 and PyTorch 2.1 or later; nothing else. Models come from torchvision, timm and transformers
where they are installed, built from their configurations with random weights: nothing is downloaded. A C compiler (`cc`
or `gcc`), where there is one, adds the driver's own costs without Python; without it they are left out.

    python3 measure.py --output FOLDER

writes CSV files and two recordings into FOLDER. It changes no setting of the machine. Each section has a share of
`--budget-s`, writes its rows as it goes, and a failure in one is noted in notes.csv and ends nothing else: a run that
is cut off keeps what it has. Without an accelerator it measures the host's dispatch on small CPU tensors, and says so.

All times are microseconds unless a column says otherwise.
"""

import argparse
import atexit
import contextlib
import csv
import ctypes
import functools
import gc
import gzip
import itertools
import json
import math
import os
import pathlib
import platform
import queue
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

try:
    import torch
    import torch.nn.functional as functional
except ImportError:  # the parts that need no PyTorch can still be tested
    torch = None

clock_ns = time.perf_counter_ns

# What each file holds. A table is written with exactly these columns.
TABLES = {
    "machine": ["key", "value"],
    "sections": ["section", "started", "seconds", "until_s", "rows", "left_out"],
    "notes": ["section", "item", "note"],
    "host_costs": [
        "cost", "api", "detail", "bytes", "neighbors", "count", "median_us", "p10_us", "p90_us", "p99_us", "mean_us",
        "minimum_us"],
    "queue_depth": ["call", "api", "calls_before_blocking", "blocked_ms"],
    "graphs": [
        "api", "node", "topology", "chains", "nodes", "capture_us", "instantiate_us", "first_launch_us",
        "first_synchronized_us", "launch_us", "launch_p90_us", "synchronized_us", "device_us", "device_us_per_node",
        "memory_bytes"],
    "dispatch": ["operator", "call", "guard", "neighbors", "host_us", "minimum_us", "kernels", "note"],
    "compiled_calls": ["backend", "inputs", "first_call_s", "host_us", "minimum_us", "synchronized_us"],
    "generation": [
        "library", "model", "variant", "layers", "batch", "token_us", "forward_us", "loop_us", "loop_thread_us",
        "forward_without_mask_us"],
    "models": [
        "model", "variant", "library", "accelerator", "framework", "precision", "batch", "length", "guard", "neighbors",
        "latency_us", "synchronized_us", "synchronized_p90_us", "issue_us", "device_busy_us", "passes",
        "first_call_s", "memory_bytes"],
    "profiles": [
        "model", "variant", "framework", "precision", "batch", "length", "operators", "modules", "launch_calls",
        "launch_call_us", "kernels", "copies", "device_busy_us", "device_span_us", "device_idle_in_span_us",
        "launch_to_start_us", "gap_median_us", "pass_us"],
    "operator_kernels": ["operator", "kernels", "device_us", "names"],
    "launch_latency": ["what", "count", "call_us", "call_start_to_kernel_us", "call_end_to_kernel_us", "kernel_us"],
    "kernels": [
        "accelerator", "precision", "operator", "inputs", "attributes", "time_us", "p90_us", "l2", "copies",
        "rotated_bytes", "flops", "bytes", "tflops", "gb_per_s"],
}

# Of `--budget-s`, how much each section may use; what one leaves, the next ones have. Most valuable first.
SHARES = {
    "machine": 4, "host_copies": 4, "host_costs": 22, "graphs": 28, "dispatch": 22, "models": 85, "profiles": 45,
    "generation": 10, "slower_host": 34, "products": 42, "attention": 26, "memory": 20, "convolutions": 30,
    "compiled": 100,
}
PROCESSOR_SECTIONS = ["machine", "host_copies", "dispatch", "generation", "slower_host", "compiled_calls"]

ACCELERATORS = {  # names of the simulator's catalog
    "NVIDIA H100 80GB HBM3": "nvidia-h100-sxm", "NVIDIA H100 PCIe": "nvidia-h100-pcie", "NVIDIA H200": "nvidia-h200",
    "NVIDIA A100-SXM4-80GB": "nvidia-a100-sxm4-80gb", "NVIDIA A100-SXM4-40GB": "nvidia-a100-sxm4-40gb",
    "NVIDIA A100-PCIE-40GB": "nvidia-a100-pcie-40gb", "NVIDIA A100 80GB PCIe": "nvidia-a100-pcie-80gb",
    "Tesla T4": "nvidia-t4", "NVIDIA L4": "nvidia-l4", "NVIDIA L40S": "nvidia-l40s", "NVIDIA A10G": "nvidia-a10g",
    "NVIDIA A10": "nvidia-a10", "NVIDIA GeForce RTX 3090": "nvidia-rtx-3090", "NVIDIA B200": "nvidia-b200",
    "NVIDIA GeForce RTX 4090": "nvidia-rtx-4090", "NVIDIA GeForce RTX 5090": "nvidia-rtx-5090",
}


# Tables and statistics

class Tables:
    """CSV files in a folder, each flushed row by row."""

    def __init__(self, folder, prefix=""):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prefix = prefix
        self.files = {}
        self.rows = 0

    def write(self, table, **row):
        columns = TABLES[table]
        unknown = set(row) - set(columns)
        if unknown:
            raise KeyError(f"{table}.csv has no column {', '.join(sorted(unknown))}")
        if table not in self.files:
            path = self.folder / f"{self.prefix}{table}.csv"
            is_new = not path.exists() or path.stat().st_size == 0
            file = path.open("a", newline="")
            self.files[table] = file, csv.DictWriter(file, columns, lineterminator="\n")
            if is_new:
                self.files[table][1].writeheader()
        file, writer = self.files[table]
        writer.writerow({column: shown(row.get(column)) for column in columns})
        file.flush()
        self.rows += 1

    def close(self):
        for file, _ in self.files.values():
            file.close()
        self.files = {}


def shown(value):
    """A value as a CSV cell: numbers to six significant digits, lists as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else ""
    if isinstance(value, (list, dict)):
        return json.dumps(value, separators=(",", ":"))
    return value


def quantile(ordered, fraction):
    """The value below which a fraction of the ordered values lies, interpolated."""
    place = fraction * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def summary(values):
    """The columns of host_costs.csv that describe many values."""
    ordered = sorted(values)
    return {
        "count": len(ordered), "median_us": quantile(ordered, 0.5), "p10_us": quantile(ordered, 0.1),
        "p90_us": quantile(ordered, 0.9), "p99_us": quantile(ordered, 0.99), "mean_us": statistics.fmean(ordered),
        "minimum_us": ordered[0]}


def each_us(call, count):
    """How long each of some calls takes."""
    times = [0.0] * count
    for index in range(count):
        start = clock_ns()
        call()
        times[index] = (clock_ns() - start) / 1e3
    return times


def mean_us(call, count):
    """How long a call takes in a loop that does nothing else."""
    start = clock_ns()
    for _ in range(count):
        call()
    return (clock_ns() - start) / 1e3 / count


def thinned(items, count):
    """At most some of the items, spread evenly, first and last among them."""
    items = list(items)
    if count is None or len(items) <= count:
        return items
    if count == 1:
        return items[:1]
    return [items[round(index * (len(items) - 1) / (count - 1))] for index in range(count)]


def deadlines(names, shares, budget_s):
    """Seconds from the start at which each section must have ended."""
    total = sum(shares[name] for name in names)
    ends = itertools.accumulate(shares[name] * budget_s / total for name in names)
    return dict(zip(names, ends))


def busy_time(spans):
    """The time that at least one of some (start, end) spans covers."""
    total, last = 0, None
    for start, end in sorted(spans):
        if last is None or start > last:
            total += end - start
            last = end
        elif end > last:
            total += end - last
            last = end
    return total


# The device: an accelerator, or the processor in its place for a rehearsal

class Accelerator:
    """What the sections ask of a CUDA (or HIP) device."""

    kind = "cuda"

    def __init__(self):
        torch.cuda.init()
        properties = torch.cuda.get_device_properties(0)
        self.title = torch.cuda.get_device_name(0)
        self.name = ACCELERATORS.get(self.title, self.title.lower().replace(" ", "-"))
        self.memory = properties.total_memory
        self.l2 = getattr(properties, "L2_cache_size", 0) or 40 << 20
        self.clock_khz = getattr(properties, "clock_rate", 0) or 1_800_000
        self.side = torch.cuda.Stream()
        self.pool = torch.cuda.graph_pool_handle()
        torch.zeros(1, device="cuda").add_(1)
        self.anchor = self.capture(lambda: torch.zeros(8, device="cuda").add_(1))  # keeps the pool

    def synchronize(self):
        torch.cuda.synchronize()

    def event(self):
        return torch.cuda.Event(enable_timing=True)

    def between_us(self, start, end):
        return start.elapsed_time(end) * 1e3

    def spin(self, microseconds):
        """Keeps the device busy, so that what is issued meanwhile waits in its queue."""
        torch.cuda._sleep(int(microseconds * self.clock_khz / 1e3))

    def streams(self, count):
        return [torch.cuda.Stream() for _ in range(count)]

    def on(self, stream):
        return torch.cuda.stream(stream)

    def capture(self, body, warm=1, times=None):
        """A graph of what a function issues. Stores the times of capture and instantiation where asked to."""
        torch.cuda.synchronize()
        with torch.cuda.stream(self.side):
            for _ in range(warm):
                body()
            torch.cuda.synchronize()
            try:
                graph, is_separate = torch.cuda.CUDAGraph(keep_graph=True), True
            except TypeError:
                graph, is_separate = torch.cuda.CUDAGraph(), False
            start = clock_ns()
            graph.capture_begin(pool=self.pool, capture_error_mode="thread_local")
            try:
                body()
            except BaseException:
                with contextlib.suppress(Exception):
                    graph.capture_end()
                raise
            graph.capture_end()
            captured = clock_ns()
            if is_separate:
                graph.instantiate()
            if times is not None:
                times["capture_us"] = (captured - start) / 1e3
                times["instantiate_us"] = (clock_ns() - captured) / 1e3 if is_separate else None
        return graph

    def replay_us(self, graph, count, lead_us=60):
        """What each replay takes on the device, from the graph's start to its end."""
        times = []
        start, end = self.event(), self.event()
        with torch.cuda.stream(self.side):
            for _ in range(count):
                self.spin(lead_us)
                start.record()
                graph.replay()
                end.record()
                torch.cuda.synchronize()
                times.append(self.between_us(start, end))
        return times

    def free_memory(self):
        return torch.cuda.mem_get_info()[0]

    def memory_allocated(self):
        return torch.cuda.memory_allocated()


class Rehearsal:
    """The processor in an accelerator's place: the same code runs, and its times mean nothing."""

    kind = "cpu"
    title, name, memory, l2 = "rehearsal on the processor", "rehearsal", 1 << 28, 1 << 20

    class Event:
        def __init__(self):
            self.time = 0

        def record(self, stream=None):
            self.time = clock_ns()

        def synchronize(self):
            pass

        def query(self):
            return True

    class Stream:
        def synchronize(self):
            pass

        def wait_event(self, event):
            pass

        def wait_stream(self, stream):
            pass

    class Graph:
        def __init__(self, body):
            self.replay = body

    def __init__(self):
        self.side = self.Stream()

    def synchronize(self):
        pass

    def event(self):
        return self.Event()

    def between_us(self, start, end):
        return (end.time - start.time) / 1e3

    def spin(self, microseconds):
        pass

    def streams(self, count):
        return [self.Stream() for _ in range(count)]

    def on(self, stream):
        return contextlib.nullcontext()

    def capture(self, body, warm=1, times=None):
        body()
        if times is not None:
            times.update(capture_us=0.0, instantiate_us=0.0)
        return self.Graph(body)

    def replay_us(self, graph, count, lead_us=60):
        return each_us(graph.replay, min(count, 2))

    def free_memory(self):
        return 0

    def memory_allocated(self):
        return 0


# One run

class Run:
    """What a section needs: the device, the tables, how much time is left, and how densely to sample."""

    def __init__(self, arguments, tables, device):
        self.arguments = arguments
        self.tables = tables
        self.device = device
        self.section = ""
        self.deadline = math.inf
        self.thin = 2 if arguments.smoke else None
        self.left_out = 0
        self.is_rehearsal = isinstance(device, Rehearsal)

    @property
    def has_accelerator(self):
        return self.device is not None

    @property
    def place(self):
        return self.device.kind if self.device else "cpu"

    def left(self):
        return self.deadline - time.monotonic()

    def write(self, table, **row):
        self.tables.write(table, **row)

    def note(self, item, note):
        text = " ".join(str(note).split())[:400]
        print(f"  {self.section}: {item}: {text}", flush=True)
        self.tables.write("notes", section=self.section, item=item, note=text)

    @contextlib.contextmanager
    def attempt(self, item):
        """Notes a failure and goes on."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a failed capture may raise anything
            self.note(item, f"{type(error).__name__}: {error}")

    def items(self, items, keep=None):
        """The items, as far as the section's time goes."""
        chosen = thinned(items, keep if self.thin and keep else self.thin)
        for index, item in enumerate(chosen):
            if self.left() <= 0:
                self.left_out += len(chosen) - index
                return
            yield item

    def counted(self, count):
        return max(3, count // 20) if self.arguments.smoke else count

    def synchronize(self):
        if self.device:
            self.device.synchronize()


@contextlib.contextmanager
def quiet_collector():
    """No garbage collection while something is timed."""
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# Section: the machine

def read_text(path):
    try:
        return pathlib.Path(path).read_text(errors="replace")
    except OSError:
        return ""


def processor_facts():
    text = read_text("/proc/cpuinfo")
    facts = {}
    for line in text.split("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        facts[key.strip()] = value.strip()
    flags = facts.get("flags", facts.get("Features", "")).split()
    frequency = "/sys/devices/system/cpu/cpu0/cpufreq/"
    return {
        "cpu": facts.get("model name") or platform.processor() or platform.machine(),
        "cpu_family_model_stepping": "/".join(facts.get(key, "") for key in ("cpu family", "model", "stepping")),
        "cpu_mhz_now": facts.get("cpu MHz", ""), "cpu_cache": facts.get("cache size", ""),
        "cpu_mhz_max": (read_text(frequency + "cpuinfo_max_freq").strip() or "0")[:-3],
        "governor": read_text(frequency + "scaling_governor").strip(),
        "logical_processors": os.cpu_count(),
        "processors_allowed": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else "",
        "virtualized": "hypervisor" in flags,
        "hypervisor": read_text("/sys/hypervisor/type").strip() or read_text("/sys/class/dmi/id/sys_vendor").strip(),
        "clock_source": read_text("/sys/devices/system/clocksource/clocksource0/current_clocksource").strip(),
        "memory_total": (read_text("/proc/meminfo").splitlines() or [""])[0].partition(":")[2].strip(),
        "amx": "amx_bf16" in flags, "avx512": "avx512f" in flags,
    }


def software_facts():
    facts = {"system": platform.platform(), "machine": platform.machine(), "python": platform.python_version()}
    if torch:
        facts.update({
            "torch": torch.__version__, "cuda": torch.version.cuda, "hip": getattr(torch.version, "hip", None),
            "cudnn": torch.backends.cudnn.version() if torch.backends.cudnn.is_available() else None,
            "torch_threads": torch.get_num_threads()})
    for library in ("torchvision", "timm", "transformers", "triton"):
        with contextlib.suppress(Exception):
            from importlib import metadata
            facts[library] = metadata.version(library)
    return facts


SMI = ["name", "driver_version", "vbios_version", "persistence_mode", "compute_mode", "power.limit", "power.max_limit",
       "clocks.max.sm", "clocks.max.mem", "clocks.applications.graphics", "ecc.mode.current", "mig.mode.current",
       "pcie.link.gen.current", "pcie.link.gen.max", "pcie.link.width.current"]


def accelerator_facts(device):
    properties = torch.cuda.get_device_properties(0)
    facts = {"accelerator": device.title, "catalog_name": device.name, "device_count": torch.cuda.device_count()}
    for key in ("multi_processor_count", "total_memory", "L2_cache_size", "major", "minor", "clock_rate",
                "memory_clock_rate", "memory_bus_width", "shared_memory_per_multiprocessor"):
        facts[f"device_{key}"] = getattr(properties, key, "")
    for key in SMI:  # one by one: a field that the driver does not know fails alone
        with contextlib.suppress(Exception):
            answer = subprocess.run(["nvidia-smi", f"--query-gpu={key}", "--format=csv,noheader", "--id=0"],
                                    capture_output=True, text=True, timeout=10)
            if answer.returncode == 0:
                facts[f"smi_{key}"] = answer.stdout.strip()
    return facts


def machine(run):
    facts = {"date": time.strftime("%Y-%m-%d %H:%M:%S %Z"), "what": "accelerator and host"}
    if run.is_rehearsal:
        facts["what"] = "A REHEARSAL ON THE PROCESSOR: no number means anything"
    elif not run.has_accelerator:
        facts["what"] = "no accelerator: the host's dispatch on small CPU tensors"
    facts.update(processor_facts())
    facts.update(software_facts())
    facts["python_clock_us"] = statistics.median(each_us(lambda: None, 2000))
    facts["python_loop_us"] = statistics.median(mean_us(lambda: None, 2000) for _ in range(15))
    facts["python_million_additions_ms"] = python_speed_ms()
    if run.has_accelerator and not run.is_rehearsal:
        facts.update(accelerator_facts(run.device))
    for key, value in facts.items():
        run.write("machine", key=key, value=shown(value))
    path = run.tables.folder / "machine.json"
    path.write_text(json.dumps({key: shown(value) for key, value in facts.items()}, indent=2) + "\n")


def python_speed_ms():
    """A fixed piece of interpreter work, for one number that compares hosts."""
    def work():
        total = 0
        for number in range(1_000_000):
            total += number
        return total
    return min(each_us(work, 3)) / 1e3


def start_sampler(run):
    """Clocks and power once a second, by nvidia-smi in a process of its own, until this one ends."""
    if not shutil.which("nvidia-smi") or run.is_rehearsal or not run.has_accelerator:
        return
    fields = ["timestamp", "clocks.sm", "clocks.mem", "power.draw", "temperature.gpu", "utilization.gpu"]
    file = (run.tables.folder / "clocks.csv").open("w")
    file.write("timestamp,sm_mhz,memory_mhz,power_w,temperature_c,utilization_percent\n")
    file.flush()
    sampler = subprocess.Popen(
        ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits", "--id=0", "-lms", "1000"],
        stdout=file, stderr=subprocess.DEVNULL)

    def stop():
        sampler.terminate()
        sampler.wait()
        file.close()
    atexit.register(stop)


# Section: host costs

def write_cost(run, cost, api, values, detail="", size=None, neighbors=0):
    run.write("host_costs", cost=cost, api=api, detail=detail, bytes=size, neighbors=neighbors, **summary(values))


def synchronized_each(run, call, count):
    """The time of a call and of waiting for the device, together."""
    def both():
        call()
        run.device.synchronize()
    return each_us(both, count)


def in_bursts(run, call, bursts, length):
    """The mean time of a call in bursts short enough that the queue never fills."""
    times = []
    for _ in range(bursts):
        run.synchronize()
        times.append(mean_us(call, length))
    run.synchronize()
    return times


def launch_costs(run):
    device, count = run.device, run.counted(1000)
    one = torch.zeros(1, device=device.kind)
    other = torch.zeros(1, device=device.kind)
    with torch.inference_mode():
        calls = {"add_ on one element": lambda: one.add_(1), "zero_ of one element": lambda: one.zero_(),
                 "add of two single elements": lambda: torch.add(one, other)}
        for detail, call in calls.items():
            in_bursts(run, call, 2, 100)
            write_cost(run, "operator and launch, asynchronous", "torch", in_bursts(run, call, 20, 200), detail)
            values = synchronized_each(run, call, count)
            write_cost(run, "operator, launch and synchronization", "torch", values, detail)
        call = calls["add_ on one element"]
        device.synchronize()
        write_cost(run, "synchronization, device idle", "torch", each_us(device.synchronize, count))
        stream = torch.cuda.current_stream() if device.kind == "cuda" else device.side
        write_cost(run, "stream synchronization, device idle", "torch", each_us(stream.synchronize, count))
        write_cost(run, "item of one element, device idle", "torch", each_us(one.item, count))
        gaps(run, call)
        synchronization_lag(run)


def gaps(run, call):
    """A kernel after another when both wait in the queue: the kernel's own time and the gap."""
    device = run.device
    start, end = device.event(), device.event()
    for length in (100, 400):
        values = []
        for _ in range(run.counted(40)):
            device.spin(length * 12 + 100)
            start.record()
            for _ in range(length):
                call()
            end.record()
            device.synchronize()
            values.append(device.between_us(start, end) / length)
        write_cost(run, "kernel and gap in a full queue", "torch", values, f"add_ on one element, {length} launches")


def synchronization_lag(run):
    """From the end of a kernel until a synchronization that waits for it returns."""
    device = run.device
    start, end = device.event(), device.event()
    for length in (20, 200, 2000):
        whole, kernel = [], []
        for _ in range(run.counted(40)):
            begin = clock_ns()
            start.record()
            device.spin(length)
            end.record()
            device.synchronize()
            whole.append((clock_ns() - begin) / 1e3)
            kernel.append(device.between_us(start, end))
        detail = f"kernel of {length} us"
        write_cost(run, "two events, launch, kernel and synchronization", "torch", whole, detail)
        write_cost(run, "kernel between two events", "torch", kernel, detail)


def event_costs(run):
    device, count = run.device, run.counted(400)
    if device.kind == "cuda":
        current = torch.cuda.current_stream()
        plain = torch.cuda.Event()
        make, timed = torch.cuda.Event, torch.cuda.Event(enable_timing=True)
    else:
        current, plain, make, timed = device.side, device.event(), device.event, device.event()
    plain.record()
    timed.record()
    device.synchronize()
    first, second = device.streams(2)
    calls = {"event creation": make, "event record": plain.record, "timed event record": timed.record,
             "event query": plain.query, "event synchronization, done": plain.synchronize,
             "stream waits for an event": lambda: first.wait_event(plain)}
    for cost, call in calls.items():
        in_bursts(run, call, 1, 50)
        write_cost(run, cost, "torch", in_bursts(run, call, 20, min(count, 200)))

    def switch():
        with device.on(first):
            pass
    write_cost(run, "entering and leaving a stream", "torch", in_bursts(run, switch, 20, 200))
    hops(run, first, second)


def hops(run, first, second):
    """A chain of kernels that changes its stream at each step, against one that stays."""
    device, steps = run.device, 60
    one = torch.zeros(1, device=device.kind)
    start, end = device.event(), device.event()

    def chain(streams):
        with device.on(streams[0]):
            device.spin(3000)
            start.record()
        for index in range(steps):
            here, there = streams[index % 2], streams[(index + 1) % 2]
            with device.on(here):
                one.add_(1)
            if here is not there:
                there.wait_stream(here)
        with device.on(streams[steps % 2]):
            end.record()
        device.synchronize()
        return device.between_us(start, end) / steps
    for detail, streams in (("one stream", [first, first]), ("two streams in turn", [first, second])):
        values = [chain(streams) for _ in range(run.counted(20))]
        write_cost(run, "kernel of a chain on the device", "torch", values, detail)


def copy_costs(run):
    device = run.device
    sizes = [4, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28]
    if run.is_rehearsal:
        sizes = sizes[:4]
    largest = sizes[-1]
    there = torch.zeros(largest, dtype=torch.uint8, device=device.kind)
    twin = torch.zeros(largest, dtype=torch.uint8, device=device.kind)
    pageable = torch.zeros(largest, dtype=torch.uint8)
    pinned = torch.zeros(largest, dtype=torch.uint8)
    if device.kind == "cuda":
        pinned = pinned.pin_memory()
    for size in run.items(sizes):
        count = run.counted(200 if size <= 1 << 16 else 40 if size <= 1 << 22 else 6)
        copies = {
            "host to device, pinned": lambda: there[:size].copy_(pinned[:size], non_blocking=True),
            "device to host, pinned": lambda: pinned[:size].copy_(there[:size], non_blocking=True),
            "host to device, pageable": lambda: there[:size].copy_(pageable[:size]),
            "device to host, pageable": lambda: pageable[:size].copy_(there[:size]),
            "device to device": lambda: twin[:size].copy_(there[:size]),
        }
        for detail, copy in copies.items():
            synchronized_each(run, copy, 3)
            calls, wholes = [], []
            for _ in range(count):
                begin = clock_ns()
                copy()
                called = clock_ns()
                device.synchronize()
                calls.append((called - begin) / 1e3)
                wholes.append((clock_ns() - begin) / 1e3)
            write_cost(run, "copy, call", "torch", calls, detail, size)
            write_cost(run, "copy and synchronization", "torch", wholes, detail, size)


@contextlib.contextmanager
def one_thread():
    """PyTorch's own threads would wait for one another where cores are busy, and small work gains nothing by them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def host_copies(run):
    """Copies from memory to memory of the host, by one thread: what a pageable copy does first."""
    with one_thread():
        for size in run.items([64, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26]):
            source, target = (torch.zeros(size, dtype=torch.uint8) for _ in range(2))
            count = run.counted(200 if size <= 1 << 20 else 10)
            each_us(lambda: target.copy_(source), 3)
            write_cost(run, "copy within the host", "torch", each_us(lambda: target.copy_(source), count),
                       "one thread", size)


def allocation_costs(run):
    device = run.device
    for size in (512, 1 << 20, 1 << 26, 1 << 30):
        if run.is_rehearsal and size > 1 << 20:
            break
        with run.attempt(f"allocation of {size} bytes"):
            make = functools.partial(torch.empty, size, dtype=torch.uint8, device=device.kind)
            make()
            write_cost(run, "allocation from the cache", "torch", in_bursts(run, make, 10, 100), "", size)
            if device.kind == "cuda":
                values, releases = [], []
                for _ in range(run.counted(10)):
                    torch.cuda.empty_cache()
                    values += each_us(make, 1)
                    releases += each_us(torch.cuda.empty_cache, 1)
                write_cost(run, "allocation by the driver", "torch", values, "", size)
                write_cost(run, "release by the driver", "torch", releases, "", size)
                pin = functools.partial(torch.empty, size, dtype=torch.uint8, pin_memory=True)
                if size <= 1 << 26:
                    write_cost(run, "allocation of pinned memory, first", "torch", each_us(pin, 1), "", size)
                    write_cost(run, "allocation of pinned memory, cached", "torch", each_us(pin, 10), "", size)


def queue_depths(run):
    """How many calls a busy device takes until one of them blocks."""
    device = run.device
    one = torch.zeros(1, device=device.kind)
    event = device.event()
    graph = device.capture(lambda: [one.add_(1) for _ in range(8)])
    calls = {"operator with one kernel": lambda: one.add_(1), "event record": event.record,
             "replay of a graph of 8": graph.replay}
    for call, action in calls.items():
        device.synchronize()
        device.spin(150_000)
        blocked = None
        for index in range(6000):
            took = each_us(action, 1)[0]
            if took > 5000:
                blocked = index, took / 1e3
                break
        device.synchronize()
        run.write("queue_depth", call=call, api="torch", calls_before_blocking=blocked[0] if blocked else None,
                  blocked_ms=blocked[1] if blocked else None)


def host_costs(run):
    parts = [launch_costs, event_costs, queue_depths, driver_costs, copy_costs, allocation_costs]
    for part in parts:
        if run.left() <= 0:
            run.left_out += 1
            continue
        with run.attempt(part.__name__), quiet_collector():
            part(run)
        with run.attempt("synchronize"):
            run.synchronize()


# The driver without Python: a small C library, compiled where there is a compiler

DRIVER_SOURCE = r"""
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

typedef void *handle;
typedef unsigned int word;

static int (*module_load)(handle *, const void *);
static int (*module_function)(handle *, handle, const char *);
static int (*stream_create)(handle *, word);
static int (*stream_synchronize)(handle);
static int (*stream_wait)(handle, handle, word);
static int (*launch_kernel)(handle, word, word, word, word, word, word, word, handle, void **, void **);
static int (*event_create)(handle *, word);
static int (*event_record)(handle, handle);
static int (*event_elapsed)(float *, handle, handle);
static int (*capture_begin)(handle, int);
static int (*capture_end)(handle, handle *);
static int (*graph_instantiate)(handle *, handle, unsigned long long);
static int (*graph_launch)(handle, handle);
static int (*graph_destroy)(handle);
static int (*executable_destroy)(handle);
static int (*memory_info)(size_t *, size_t *);

static handle stream, side[8], fork_event, join_event[8], before, after;
static handle plain, many, spin;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

#define FIND(variable, name) \
  do { *(void **)&variable = dlsym(library, name); if (!variable) return -2; } while (0)
#define TRY(call) do { int status = (call); if (status) return status; } while (0)

int setup(const char *path, const char *text) {
  void *library = dlopen(path, RTLD_NOW);
  if (!library) return -1;
  FIND(module_load, "cuModuleLoadData");
  FIND(module_function, "cuModuleGetFunction");
  FIND(stream_create, "cuStreamCreate");
  FIND(stream_synchronize, "cuStreamSynchronize");
  FIND(stream_wait, "cuStreamWaitEvent");
  FIND(launch_kernel, "cuLaunchKernel");
  FIND(event_create, "cuEventCreate");
  FIND(event_record, "cuEventRecord");
  FIND(event_elapsed, "cuEventElapsedTime");
  FIND(capture_begin, "cuStreamBeginCapture_v2");
  FIND(capture_end, "cuStreamEndCapture");
  FIND(graph_instantiate, "cuGraphInstantiateWithFlags");
  FIND(graph_launch, "cuGraphLaunch");
  FIND(graph_destroy, "cuGraphDestroy");
  FIND(executable_destroy, "cuGraphExecDestroy");
  FIND(memory_info, "cuMemGetInfo_v2");
  handle module;
  TRY(module_load(&module, text));
  TRY(module_function(&plain, module, "plain"));
  TRY(module_function(&many, module, "many"));
  TRY(module_function(&spin, module, "spin"));
  TRY(stream_create(&stream, 1));
  TRY(event_create(&fork_event, 2));
  TRY(event_create(&before, 0));
  TRY(event_create(&after, 0));
  for (int index = 0; index < 8; index++) {
    TRY(stream_create(&side[index], 1));
    TRY(event_create(&join_event[index], 2));
  }
  return 0;
}

static uint64_t values[16];
static void *arguments[16];

static int launch(handle on, int parameters) {
  for (int index = 0; index < 16; index++) arguments[index] = &values[index];
  return launch_kernel(parameters ? many : plain, 1, 1, 1, 32, 1, 1, 0, on, parameters ? arguments : NULL, NULL);
}

static int busy(uint64_t nanoseconds) {
  void *argument[1] = {&nanoseconds};
  return launch_kernel(spin, 1, 1, 1, 1, 1, 1, 0, stream, argument, NULL);
}

int synchronize(void) { return stream_synchronize(stream); }

/* Each of some calls: 0 launch, 1 launch of a kernel with 16 parameters, 2 launch and synchronization,
   3 synchronization of an idle stream, 4 event record, 5 wait for an event. */
int calls(int kind, int count, double *each) {
  TRY(stream_synchronize(stream));
  for (int index = 0; index < count; index++) {
    double start = now();
    switch (kind) {
      case 0: TRY(launch(stream, 0)); break;
      case 1: TRY(launch(stream, 1)); break;
      case 2: TRY(launch(stream, 0)); TRY(stream_synchronize(stream)); break;
      case 3: TRY(stream_synchronize(stream)); break;
      case 4: TRY(event_record(fork_event, stream)); break;
      default: TRY(stream_wait(side[0], fork_event, 0)); break;
    }
    each[index] = now() - start;
    if (kind < 2 && index % 200 == 199) TRY(stream_synchronize(stream));
  }
  return stream_synchronize(stream);
}

/* Some launches behind a kernel that runs long: the time per kernel on the device. */
int gap(int count, int parameters, double *microseconds) {
  float milliseconds;
  TRY(busy(3000000));
  TRY(event_record(before, stream));
  for (int index = 0; index < count; index++) TRY(launch(stream, parameters));
  TRY(event_record(after, stream));
  TRY(stream_synchronize(stream));
  TRY(event_elapsed(&milliseconds, before, after));
  *microseconds = milliseconds * 1e3 / count;
  return 0;
}

/* How many launches a busy device takes before one blocks for over 5 ms. */
int depth(int most, int *taken, double *blocked) {
  *taken = -1;
  TRY(busy(150000000));
  for (int index = 0; index < most; index++) {
    double start = now();
    TRY(launch(stream, 0));
    *blocked = now() - start;
    if (*blocked > 5000) { *taken = index; break; }
  }
  return stream_synchronize(stream);
}

/* A graph of some nodes in some chains. once: capture, instantiation, first launch, first launch until done, memory. */
int graph(int nodes, int chains, int count, double *once, double *launches, double *synchronized, double *device) {
  handle made, executable;
  size_t free_before, free_after, total;
  float milliseconds;
  TRY(stream_synchronize(stream));
  TRY(memory_info(&free_before, &total));
  double start = now();
  TRY(capture_begin(stream, 1));
  if (chains > 1) TRY(event_record(fork_event, stream));
  for (int chain = 0; chain < chains; chain++) {
    handle on = chain == 0 ? stream : side[chain - 1];
    if (chain > 0) TRY(stream_wait(on, fork_event, 0));
    for (int index = 0; index < nodes / chains; index++) TRY(launch(on, 0));
    if (chain > 0) TRY(event_record(join_event[chain - 1], on));
  }
  for (int chain = 1; chain < chains; chain++) TRY(stream_wait(stream, join_event[chain - 1], 0));
  TRY(capture_end(stream, &made));
  double captured = now();
  TRY(graph_instantiate(&executable, made, 0));
  double instantiated = now();
  TRY(graph_launch(executable, stream));
  double launched = now();
  TRY(stream_synchronize(stream));
  double done = now();
  TRY(memory_info(&free_after, &total));
  once[0] = captured - start;
  once[1] = instantiated - captured;
  once[2] = launched - instantiated;
  once[3] = done - instantiated;
  once[4] = (double)free_before - (double)free_after;
  for (int index = 0; index < count; index++) {
    start = now();
    TRY(graph_launch(executable, stream));
    launches[index] = now() - start;
    TRY(stream_synchronize(stream));
    synchronized[index] = now() - start;
  }
  for (int index = 0; index < count; index++) {
    TRY(busy(100000 + 1000ull * nodes));
    TRY(event_record(before, stream));
    TRY(graph_launch(executable, stream));
    TRY(event_record(after, stream));
    TRY(stream_synchronize(stream));
    TRY(event_elapsed(&milliseconds, before, after));
    device[index] = milliseconds * 1e3;
  }
  TRY(executable_destroy(executable));
  return graph_destroy(made);
}
"""

DRIVER_KERNELS = """
.version %s
.target %s
.address_size 64
.visible .entry plain() { ret; }
.visible .entry many(%s) { ret; }
.visible .entry spin(.param .u64 length) {
  .reg .u64 %%rd<5>;
  .reg .pred %%p<2>;
  ld.param.u64 %%rd1, [length];
  mov.u64 %%rd2, %%globaltimer;
again:
  mov.u64 %%rd3, %%globaltimer;
  sub.u64 %%rd4, %%rd3, %%rd2;
  setp.lt.u64 %%p1, %%rd4, %%rd1;
  @%%p1 bra again;
  ret;
}
"""


class Driver:
    """The CUDA driver's calls, timed in C."""

    def __init__(self, library_path="libcuda.so.1"):
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if not compiler:
            raise RuntimeError("no C compiler: the driver's costs without Python are left out")
        self.scratch = tempfile.TemporaryDirectory()
        source = pathlib.Path(self.scratch.name, "driver.c")
        built = pathlib.Path(self.scratch.name, "driver.so")
        source.write_text(DRIVER_SOURCE)
        done = subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", str(built), str(source), "-ldl"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{compiler}: {done.stderr.strip()}")
        self.library = ctypes.CDLL(str(built))
        parameters = ", ".join(f".param .u64 a{index}" for index in range(16))
        for version, target in (("6.3", "sm_75"), ("6.0", "sm_52")):
            kernels = DRIVER_KERNELS % (version, target, parameters)
            status = self.library.setup(library_path.encode(), kernels.encode())
            if status <= 0:
                break
        self.check(status)

    def check(self, status):
        if status != 0:
            raise RuntimeError(f"the driver answered {status}")

    def calls(self, kind, count):
        each = (ctypes.c_double * count)()
        self.check(self.library.calls(kind, count, each))
        return list(each)

    def gap(self, count, parameters):
        value = ctypes.c_double()
        self.check(self.library.gap(count, parameters, ctypes.byref(value)))
        return value.value

    def depth(self):
        taken, blocked = ctypes.c_int(), ctypes.c_double()
        self.check(self.library.depth(6000, ctypes.byref(taken), ctypes.byref(blocked)))
        return taken.value, blocked.value / 1e3

    def graph(self, nodes, chains, count):
        once = (ctypes.c_double * 5)()
        launches, synchronized, device = ((ctypes.c_double * count)() for _ in range(3))
        self.check(self.library.graph(nodes, chains, count, once, launches, synchronized, device))
        return list(once), list(launches), list(synchronized), list(device)


@functools.lru_cache(maxsize=None)
def driver():
    return Driver()


DRIVER_CALLS = ["launch, asynchronous", "launch, asynchronous, 16 parameters", "launch and synchronization",
                "stream synchronization, device idle", "event record", "stream waits for an event"]


def driver_costs(run, neighbors=0):
    if run.is_rehearsal or torch.version.cuda is None:
        return
    library = driver()
    for kind, cost in enumerate(DRIVER_CALLS):
        library.calls(kind, 100)
        write_cost(run, cost, "driver", library.calls(kind, run.counted(2000)), "no Python", neighbors=neighbors)
    if neighbors:
        return
    for parameters in (0, 1):
        values = [library.gap(500, parameters) for _ in range(run.counted(40))]
        write_cost(run, "kernel and gap in a full queue", "driver", values, f"{16 * parameters} parameters")
    taken, blocked = library.depth()
    run.write("queue_depth", call="launch", api="driver", calls_before_blocking=taken if taken >= 0 else None,
              blocked_ms=blocked)


# Section: graphs

NODES = [1, 2, 4, 8, 16, 32, 64, 117, 128, 256, 512, 1024, 2048, 3000]


def graph_row(run, nodes, chains, columns, launches, synchronized, device):
    ordered = sorted(launches)
    run.write(
        "graphs", topology="line" if chains == 1 else "branched", chains=chains, nodes=nodes,
        launch_us=quantile(ordered, 0.5), launch_p90_us=quantile(ordered, 0.9),
        synchronized_us=statistics.median(synchronized), device_us=statistics.median(device),
        device_us_per_node=statistics.median(device) / nodes, **columns)


def framework_graph(run, nodes, chains, kind="add_ on one element"):
    device = run.device
    count = run.counted(60 if nodes <= 256 else 25)
    ones = [torch.zeros(1, device=device.kind) for _ in range(chains)]
    wide = torch.zeros(1 << 18, dtype=torch.float32, device=device.kind)
    square = torch.zeros(256, 256, dtype=torch.float16, device=device.kind)
    streams = device.streams(chains - 1)

    def node(index):
        if kind == "add_ on one element":
            ones[index].add_(1)
        elif kind == "add_ on a megabyte":
            wide.add_(1)
        else:
            torch.mm(square, square)

    def body():
        here = torch.cuda.current_stream() if device.kind == "cuda" else device.side
        for stream in streams:
            stream.wait_stream(here)
        for index in range(chains):
            with device.on(streams[index - 1]) if index else contextlib.nullcontext():
                for _ in range(nodes // chains):
                    node(index)
        for stream in streams:
            here.wait_stream(stream)
    with torch.inference_mode():
        times = {}
        device.synchronize()
        free = device.free_memory()
        graph = device.capture(body, times=times)
        with device.on(device.side):
            start = clock_ns()
            graph.replay()
            launched = clock_ns()
            device.synchronize()
            done = clock_ns()
            memory = free - device.free_memory()
            launches, synchronized = [], []
            for _ in range(count):
                begin = clock_ns()
                graph.replay()
                launches.append((clock_ns() - begin) / 1e3)
                device.synchronize()
                synchronized.append((clock_ns() - begin) / 1e3)
        on_device = device.replay_us(graph, count, lead_us=100 + nodes)
    columns = {"api": "torch", "node": kind, "first_launch_us": (launched - start) / 1e3,
               "first_synchronized_us": (done - start) / 1e3, "memory_bytes": memory, **times}
    graph_row(run, nodes // chains * chains, chains, columns, launches, synchronized, on_device)


def driver_graph(run, nodes, chains):
    count = run.counted(100 if nodes <= 256 else 40)
    once, launches, synchronized, device = driver().graph(nodes, chains, count)
    columns = {"api": "driver", "node": "empty kernel", "capture_us": once[0], "instantiate_us": once[1],
               "first_launch_us": once[2], "first_synchronized_us": once[3], "memory_bytes": int(once[4])}
    graph_row(run, nodes // chains * chains, chains, columns, launches, synchronized, device)


def graphs(run):
    has_driver = not run.is_rehearsal and torch.version.cuda is not None
    plan = [(make, nodes, 1) for nodes in NODES for make in ([framework_graph] + [driver_graph] * has_driver)]
    plan += [(make, nodes, chains) for chains in (4, 2, 8) for nodes in NODES[3:]
             for make in ([framework_graph] + [driver_graph] * has_driver)]
    kinds = ["add_ on a megabyte", "product of 256 by 256"]
    plan += [(functools.partial(framework_graph, kind=kind), nodes, 1) for nodes in (8, 117, 1024) for kind in kinds]
    for make, nodes, chains in run.items(plan, keep=6):
        with run.attempt(f"{getattr(make, '__name__', 'framework_graph')} {nodes} nodes, {chains} chains"):
            with quiet_collector():
                make(run, nodes, chains)


# Section: dispatch

def operators(place, dtype):
    """Calls on small tensors, by kind of operator."""
    def made(*shape):
        return torch.randn(*shape, device=place).to(dtype)
    x, y, row = made(8, 64), made(8, 64), made(64)
    weight, batch = made(64, 64), made(4, 8, 8)
    image, kernel, deep = made(1, 8, 8, 8), made(8, 8, 3, 3), made(8, 1, 3, 3)
    query, table = made(1, 4, 8, 16), made(100, 64)
    ids = torch.zeros(1, 8, dtype=torch.long, device=place)
    flat = torch.zeros(8, dtype=torch.long, device=place)
    mask = torch.zeros(8, 64, dtype=torch.bool, device=place)
    none, nothing = made(0, 64), torch.zeros(0, dtype=torch.long, device=place)
    mean, variance = torch.zeros(8, device=place).to(dtype), torch.ones(8, device=place).to(dtype)
    return {
        "aten::linear": lambda: functional.linear(x, weight),
        "aten::linear with bias": lambda: functional.linear(x, weight, row),
        "aten::matmul": lambda: torch.matmul(x, weight),
        "aten::matmul of 4 dimensions": lambda: torch.matmul(query, query.mT),
        "aten::mm": lambda: torch.mm(x, weight),
        "aten::addmm": lambda: torch.addmm(row, x, weight),
        "aten::bmm": lambda: torch.bmm(batch, batch),
        "aten::add": lambda: torch.add(x, y),
        "aten::add broadcast": lambda: torch.add(x, row),
        "aten::add_": lambda: x.add_(y),
        "aten::mul": lambda: torch.mul(x, y),
        "aten::mul with a number": lambda: x * 2.0,
        "aten::relu": lambda: functional.relu(x),
        "aten::relu_": lambda: torch.relu_(x),
        "aten::gelu": lambda: functional.gelu(x),
        "aten::silu": lambda: functional.silu(x),
        "aten::tanh": lambda: torch.tanh(x),
        "aten::pow": lambda: torch.pow(x, 2),
        "aten::rsqrt": lambda: torch.rsqrt(x),
        "aten::where": lambda: torch.where(mask, x, y),
        "aten::masked_fill": lambda: x.masked_fill(mask, 0.0),
        "aten::layer_norm": lambda: functional.layer_norm(x, (64,), row, row),
        "aten::rms_norm": lambda: functional.rms_norm(x, (64,), row),
        "aten::batch_norm": lambda: functional.batch_norm(image, mean, variance, mean, variance),
        "aten::softmax": lambda: functional.softmax(x, dim=-1),
        "aten::conv2d": lambda: functional.conv2d(image, kernel, padding=1),
        "aten::conv2d with bias": lambda: functional.conv2d(image, kernel, mean, padding=1),
        "aten::conv2d depthwise": lambda: functional.conv2d(image, deep, padding=1, groups=8),
        "aten::max_pool2d": lambda: functional.max_pool2d(image, 2),
        "aten::adaptive_avg_pool2d": lambda: functional.adaptive_avg_pool2d(image, 1),
        "aten::scaled_dot_product_attention": lambda: functional.scaled_dot_product_attention(query, query, query),
        "aten::scaled_dot_product_attention causal":
            lambda: functional.scaled_dot_product_attention(query, query, query, is_causal=True),
        "aten::embedding": lambda: functional.embedding(ids, table),
        "aten::index_select": lambda: torch.index_select(table, 0, flat),
        "aten::index by a tensor": lambda: table[flat],
        "aten::gather": lambda: torch.gather(x, 1, flat[:, None]),
        "aten::index_copy_": lambda: x.index_copy_(0, flat, y),
        "aten::index_add_": lambda: x.index_add_(0, flat, y),
        "aten::one_hot": lambda: functional.one_hot(flat, 64),
        # What a loop over experts asks for each of them, and what one without tokens still costs.
        "aten::nonzero": lambda: mask.nonzero(),
        "aten::linear of no rows": lambda: functional.linear(none, weight),
        "aten::mul of no rows": lambda: torch.mul(none, row),
        "aten::index by no rows": lambda: table[nothing],
        "aten::view": lambda: x.view(4, 128),
        "aten::reshape without copy": lambda: x.reshape(4, 128),
        "aten::reshape with copy": lambda: x.t().reshape(4, 128),
        "aten::transpose": lambda: x.transpose(0, 1),
        "aten::permute": lambda: batch.permute(2, 0, 1),
        "aten::unsqueeze": lambda: x.unsqueeze(0),
        "aten::expand": lambda: row.expand(8, 64),
        "aten::slice": lambda: x[:, 2:],
        "aten::select": lambda: x[1],
        "aten::split": lambda: x.split(32, dim=1),
        "aten::chunk": lambda: x.chunk(2, dim=1),
        "aten::contiguous with copy": lambda: x.t().contiguous(),
        "aten::contiguous without copy": lambda: x.contiguous(),
        "aten::clone": lambda: x.clone(),
        "aten::copy_": lambda: x.copy_(y),
        "aten::to another type": lambda: x.to(torch.float32),
        "aten::to the same type": lambda: x.to(dtype),
        "aten::cat": lambda: torch.cat([x, y], dim=1),
        "aten::stack": lambda: torch.stack([x, y]),
        "aten::sum": lambda: x.sum(dim=-1),
        "aten::mean": lambda: x.mean(dim=-1),
        "aten::max of all": lambda: x.max(),
        "aten::argmax": lambda: x.argmax(dim=-1),
        "aten::cumsum": lambda: flat.cumsum(0),
        "aten::topk": lambda: x.topk(2, dim=-1),
        "aten::multinomial": lambda: torch.multinomial(variance.float(), 1),
        "aten::arange": lambda: torch.arange(8, device=place),
        "aten::zeros": lambda: torch.zeros(8, 64, device=place, dtype=dtype),
        "aten::empty": lambda: torch.empty(8, 64, device=place, dtype=dtype),
        "aten::ones_like": lambda: torch.ones_like(x),
    }


def module_calls(place, dtype):
    """The same work called as functions and through modules."""
    class Around(torch.nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, x):
            return self.inner(x)

    x = torch.randn(8, 64, device=place).to(dtype)
    linear = torch.nn.Linear(64, 64, device=place, dtype=dtype)
    norm = torch.nn.LayerNorm(64, device=place, dtype=dtype)
    identity = torch.nn.Identity()

    def nested(module, depth):
        for _ in range(depth):
            module = Around(module)
        return module
    made = {"functional.linear": lambda: functional.linear(x, linear.weight, linear.bias),
            "functional.linear, weights at hand":
                functools.partial(functional.linear, x, linear.weight.data, linear.bias.data),
            "nn.Linear": lambda: linear(x),
            "nn.LayerNorm": lambda: norm(x),
            "functional.layer_norm":
                functools.partial(functional.layer_norm, x, (64,), norm.weight.data, norm.bias.data),
            "nn.ReLU": functools.partial(torch.nn.ReLU(), x),
            "functional.relu": functools.partial(functional.relu, x),
            "nn.Identity": lambda: identity(x),
            "nn.Sequential of 8 nn.Identity": functools.partial(torch.nn.Sequential(*[identity] * 8), x)}
    for depth in range(1, 9):
        made[f"nn.Linear within {depth} modules"] = functools.partial(nested(linear, depth), x)
    for depth in (1, 4, 8):
        made[f"nn.Identity within {depth} modules"] = functools.partial(nested(identity, depth), x)
    return made


GUARDS = {"inference_mode": "inference_mode", "no_grad": "no_grad", "grad": "enable_grad"}


def guarded(guard):
    return getattr(torch, GUARDS[guard])()


def dispatch_times(run, call, count=150, bursts=7):
    once = mean_us(call, 4)
    times = in_bursts(run, call, run.counted(bursts), max(10, min(count, int(20_000 / max(once, 0.01)))))
    return {"host_us": statistics.median(times), "minimum_us": min(times)}


def dispatch(run):
    dtype = torch.bfloat16 if run.has_accelerator and not run.is_rehearsal else torch.float32
    plans = [("operator", name, call) for name, call in operators(run.place, dtype).items()]
    plans += [("module", name, call) for name, call in module_calls(run.place, dtype).items()]
    for _, _, call in plans:  # the first calls of a process are slower than any later ones
        with contextlib.suppress(Exception):
            mean_us(call, 20)
    run.synchronize()
    with quiet_collector():
        for kind, name, call in run.items(plans, keep=100):
            for guard in GUARDS:  # side by side, so that what drifts meanwhile is in all of them
                with run.attempt(f"{guard}: {name}"), guarded(guard):
                    run.write("dispatch", operator=name, call=kind, guard=guard, neighbors=0,
                              **dispatch_times(run, call))
    with run.attempt("in turn"), quiet_collector():
        dispatch_in_turn(run, {name: call for kind, name, call in plans if kind == "operator"})
    if run.has_accelerator and not run.is_rehearsal:
        with run.attempt("large linear"), quiet_collector():
            large_linear(run)
    if run.device:
        with run.attempt("larger operators"), quiet_collector():
            larger_operators(run)


def dispatch_in_turn(run, calls):
    """Each operator between others, as in a model: in a loop of one, its code and data lie in the nearest caches."""
    order = random.Random(0)
    with torch.inference_mode():
        names = [name for name, call in calls.items() if works(call)]
        times = {name: [] for name in names}
        for _ in range(run.counted(60)):
            order.shuffle(names)
            for name in names:
                times[name] += each_us(calls[name], 1)
            run.synchronize()
    for name, values in times.items():
        run.write("dispatch", operator=name, call="in turn with others", guard="inference_mode", neighbors=0,
                  host_us=statistics.median(values), minimum_us=min(values))


def works(call):
    try:
        call()
    except Exception:
        return False
    return True


def large_linear(run):
    """nn.Linear forward of 8192 by 2048 by 2048, whose host time has been published for several hosts."""
    linear = torch.nn.Linear(2048, 2048, device="cuda", dtype=torch.bfloat16)
    x = torch.randn(8192, 2048, device="cuda", dtype=torch.bfloat16)
    for guard in GUARDS:
        with guarded(guard):
            linear(x)
            run.write("dispatch", operator="nn.Linear 8192x2048x2048", call="module", guard=guard, neighbors=0,
                      **dispatch_times(run, lambda: linear(x), 200), note="few enough that the queue does not fill")


def larger_operators(run):
    """Whether the host's time depends on the size: a few operators at the sizes of a small model."""
    dtype = torch.bfloat16
    x = torch.randn(1, 128, 768, device=run.place).to(dtype)
    weight, row = torch.randn(768, 768, device=run.place).to(dtype), torch.randn(768, device=run.place).to(dtype)
    query = torch.randn(1, 12, 128, 64, device=run.place).to(dtype)
    calls = {"aten::linear with bias of 128 tokens": lambda: functional.linear(x, weight, row),
             "aten::layer_norm of 128 tokens": lambda: functional.layer_norm(x, (768,), row, row),
             "aten::gelu of 128 tokens": lambda: functional.gelu(x),
             "aten::add of 128 tokens": lambda: torch.add(x, x),
             "aten::scaled_dot_product_attention of 128 tokens":
                 lambda: functional.scaled_dot_product_attention(query, query, query),
             "aten::softmax of 12 heads": lambda: functional.softmax(query @ query.mT, dim=-1)}
    with torch.inference_mode():
        for name, call in calls.items():
            run.write("dispatch", operator=name, call="operator", guard="inference_mode", neighbors=0,
                      **dispatch_times(run, call))


# Section: models

class Model:
    """A model from its configuration, and how one pass of it is called."""

    def __init__(self, library, precision, build, passes, lengths=(None,)):
        self.library, self.precision, self.build, self.passes, self.lengths = library, precision, build, passes, lengths


def image_passes(module, place, dtype, batch, length, variant):
    x = torch.randn(batch, 3, 224, 224, device=place).to(dtype)
    if "channels-last" in variant:
        x = x.contiguous(memory_format=torch.channels_last)
    return lambda: module(x)


def encoder_passes(module, place, dtype, batch, length, variant):
    ids = torch.randint(0, 1000, (batch, length), device=place)
    return lambda: module(input_ids=ids)


def decoder_passes(module, place, dtype, batch, length, variant):
    """One next token after `length` cached ones. The cache does not grow, so that every pass is the same."""
    config = module.config
    ids = torch.randint(0, 1000, (batch, 1), device=place)
    cache = (fixed_cache if "static" in variant else still_cache)(config, place, dtype, batch, length)
    more = {}
    if "mask given" in variant:
        keys = length + (64 if "static" in variant else 1)
        more["attention_mask"] = torch.zeros(batch, 1, 1, keys, device=place, dtype=dtype)
    return lambda: module(input_ids=ids, past_key_values=cache, use_cache=True, **more)


def cache_shape(config, batch, length):
    heads = config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    return batch, getattr(config, "num_key_value_heads", heads), length, width


def filled(cache, config, place, dtype, batch, length):
    shape = cache_shape(config, batch, length)
    for layer in range(config.num_hidden_layers):
        cache.update(torch.randn(shape, device=place).to(dtype), torch.randn(shape, device=place).to(dtype), layer)
    return cache


def still_cache(config, place, dtype, batch, length):
    """Transformers' dynamic cache, whose layers return old and new tokens together but keep the old ones only."""
    import transformers
    from transformers.cache_utils import DynamicLayer

    class StillLayer(DynamicLayer):
        def update(self, keys, values, *_, **__):
            return torch.cat([self.keys, keys], dim=-2), torch.cat([self.values, values], dim=-2)
    cache = filled(transformers.DynamicCache(config=config), config, place, dtype, batch, length)
    for layer in cache.layers:
        layer.__class__ = StillLayer
    return cache


def fixed_cache(config, place, dtype, batch, length):
    """Transformers' static cache of the length and 64 more, whose position does not advance."""
    import transformers
    from transformers.cache_utils import StaticLayer

    class FixedLayer(StaticLayer):
        def update(self, keys, values, *_, **__):
            position = torch.arange(keys.shape[-2], device=self.device) + self.cumulative_length
            self.keys.index_copy_(2, position, keys)
            self.values.index_copy_(2, position, values)
            return self.keys, self.values
    cache = transformers.StaticCache(config=config, max_cache_len=length + 64)
    cache = filled(cache, config, place, dtype, batch, length)
    for layer in cache.layers:
        layer.__class__ = FixedLayer
    return cache


def torchvision_model(name):
    def build(variant):
        import torchvision
        return getattr(torchvision.models, name)(weights=None)
    return build


def timm_model(name):
    def build(variant):
        import timm
        timm.layers.set_fused_attn("eager attention" not in variant)
        return timm.create_model(name, pretrained=False)
    return build


def transformers_model(model, config, **sizes):
    def build(variant):
        import transformers
        made = getattr(transformers, config)(**sizes)
        made._attn_implementation = "eager" if "eager attention" in variant else "sdpa"
        return getattr(transformers, model)(made)
    return build


LLAMA = dict(
    vocab_size=128256, hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=32,
    num_key_value_heads=8, head_dim=64, max_position_embeddings=131072, rms_norm_eps=1e-5, tie_word_embeddings=True)

MODELS = {
    "bert-base-uncased": Model(
        "transformers", "fp16", transformers_model("BertModel", "BertConfig"), encoder_passes, (128,)),
    "resnet50": Model("torchvision", "fp16", torchvision_model("resnet50"), image_passes),
    "llama-3.2-1b-decode": Model(
        "transformers", "bf16", transformers_model("LlamaForCausalLM", "LlamaConfig", **LLAMA), decoder_passes,
        (128, 1024)),
    "gpt2-decode": Model(
        "transformers", "bf16", transformers_model("GPT2LMHeadModel", "GPT2Config"), decoder_passes, (128,)),
    "vit-base-patch16-224": Model("timm", "fp16", timm_model("vit_base_patch16_224"), image_passes),
    "mobilenet-v2": Model("torchvision", "fp16", torchvision_model("mobilenet_v2"), image_passes),
    "vit-base-patch32-224": Model("timm", "fp16", timm_model("vit_base_patch32_224"), image_passes),
}
SIX = list(MODELS)[:6]
BATCHES = [1, 16, 4, 64]
TYPES = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32"}

# Beside the models as their libraries run them: with the attention of 2022, which the catalog's workloads have, with
# a cache of fixed length, and with channels last.
VARIANTS = [
    ("bert-base-uncased", "eager attention"), ("gpt2-decode", "eager attention"),
    ("llama-3.2-1b-decode", "eager attention"), ("vit-base-patch32-224", "eager attention"),
    ("llama-3.2-1b-decode", "static cache"), ("gpt2-decode", "static cache"), ("resnet50", "channels-last"),
    ("mobilenet-v2", "channels-last"),
]


def built(run, name, variant=""):
    """The model on the device, in its precision, and the type of its inputs."""
    model = MODELS[name]
    precision = "fp32" if run.is_rehearsal else model.precision
    dtype = getattr(torch, TYPES[precision])
    with torch.device(run.place):
        module = small_build(name) if run.is_rehearsal else model.build(variant)
    module = module.to(dtype).eval()
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    if "channels-last" in variant:
        module = module.to(memory_format=torch.channels_last)
    return module, dtype, precision


def small_build(name):
    """A model of the same kind that a processor runs at once, for a rehearsal."""
    small = {"bert-base-uncased": ("BertModel", "BertConfig"), "gpt2-decode": ("GPT2LMHeadModel", "GPT2Config"),
             "llama-3.2-1b-decode": ("LlamaForCausalLM", "LlamaConfig")}
    if name in small:
        model, config = small[name]
        sizes = dict(num_hidden_layers=1, hidden_size=32, num_attention_heads=2, vocab_size=1000)
        if "Llama" in model:
            sizes.update(intermediate_size=64, num_key_value_heads=1, head_dim=16)
        return transformers_model(model, config, **sizes)("")
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, stride=16), torch.nn.AdaptiveAvgPool2d(1))


def pass_times(run, call, seconds=0.2, most=400, combined=min):
    """Steady state (one synchronization at the end), each pass synchronized, and the host's part of each pass."""
    with quiet_collector():
        run.synchronize()
        once = min(synchronized_pass(run, call)[1] for _ in range(3))
        count = run.counted(int(min(most, max(8, seconds * 1e6 / max(once, 1)))))
        steady = []
        for _ in range(2):
            run.synchronize()
            start = clock_ns()
            for _ in range(count):
                call()
            run.synchronize()
            steady.append((clock_ns() - start) / 1e3 / count)
        pairs = [synchronized_pass(run, call) for _ in range(max(5, count // 2))]
    wholes = sorted(whole for _, whole in pairs)
    return {"latency_us": combined(steady), "synchronized_us": quantile(wholes, 0.5),
            "synchronized_p90_us": quantile(wholes, 0.9), "issue_us": statistics.median(issue for issue, _ in pairs),
            "passes": count}


def synchronized_pass(run, call):
    start = clock_ns()
    call()
    issued = clock_ns()
    run.synchronize()
    return (issued - start) / 1e3, (clock_ns() - start) / 1e3


def model_row(run, name, variant, framework, precision, batch, length, guard="inference_mode", neighbors=0, **columns):
    run.write("models", model=name, variant=variant, library=MODELS[name].library, framework=framework,
              accelerator=run.device.name if run.device else "none", precision=precision, batch=batch, length=length,
              guard=guard, neighbors=neighbors, **columns)


@contextlib.contextmanager
def same_work_when_captured():
    """Transformers makes attention masks in a capture that it skips otherwise: here a graph has the eager kernels."""
    try:
        from transformers.utils import import_utils
        kept = import_utils.is_cuda_stream_capturing
    except (ImportError, AttributeError):
        yield
        return
    import_utils.is_cuda_stream_capturing = lambda: False
    try:
        yield
    finally:
        import_utils.is_cuda_stream_capturing = kept


def captured_model(run, name, variant, module, dtype, batch, length, call):
    """One pass as a graph, and its variant: a mask is made beforehand where making it cannot be captured."""
    with same_work_when_captured():
        try:
            return variant, run.device.capture(call, warm=2)
        except RuntimeError:
            if "decode" not in name:
                raise
        variant = f"{variant}, mask given" if variant else "mask given"
        call = MODELS[name].passes(module, run.place, dtype, batch, length, variant)
        return variant, run.device.capture(call, warm=2)


def graph_row_of_model(run, name, variant, precision, batch, length, graph, free):
    device = run.device
    with device.on(device.side):
        times = pass_times(run, graph.replay)
    on_device = device.replay_us(graph, run.counted(30), lead_us=200)
    model_row(run, name, variant, "cuda-graph", precision, batch, length, device_busy_us=statistics.median(on_device),
              memory_bytes=free - device.free_memory(), **times)


def measure_model(run, name, variant, module, dtype, precision, batch, length, guards=("inference_mode",)):
    device = run.device
    call = MODELS[name].passes(module, run.place, dtype, batch, length, variant)
    for guard in guards:
        with guarded(guard):
            start = clock_ns()
            call()
            run.synchronize()
            first = (clock_ns() - start) / 1e9
            for _ in range(2):
                call()
            model_row(run, name, variant, "pytorch-eager-2", precision, batch, length, guard,
                      **pass_times(run, call), first_call_s=first)
    with torch.inference_mode():
        free = device.free_memory()
        kind, graph = captured_model(run, name, variant, module, dtype, batch, length, call)
        graph_row_of_model(run, name, kind, precision, batch, length, graph, free)
        if MODELS[name].library == "transformers" and batch == 1 and not variant:
            free = device.free_memory()
            graph_row_of_model(run, name, "mask made in the capture", precision, batch, length,
                               device.capture(call, warm=2), free)


def models(run):
    """Batch 1 of all models first, then variants, then larger batches."""
    ready = {}

    def module_of(name, variant):
        kind = name, "eager attention" in variant, "channels-last" in variant
        if kind not in ready:
            ready[kind] = built(run, name, variant)
        return ready[kind]
    plan = [(name, "", 1, length, tuple(GUARDS)[:2]) for name in MODELS for length in MODELS[name].lengths[:1]]
    plan += [(name, variant, 1, MODELS[name].lengths[0], ("inference_mode",)) for name, variant in VARIANTS]
    plan += [(name, "", batch, length, ("inference_mode",)) for batch in BATCHES for name in SIX
             for length in MODELS[name].lengths if batch != 1 or length != MODELS[name].lengths[0]]
    plan += [(name, variant, batch, MODELS[name].lengths[0], ("inference_mode",)) for batch in (16, 64)
             for name, variant in VARIANTS if "static" not in variant or batch == 16]
    plan += [("vit-base-patch32-224", "", batch, None, ("inference_mode",)) for batch in (16, 64)]
    if run.is_rehearsal:
        plan = [(name, variant, 1, length and 8, guards) for name, variant, batch, length, guards in plan[:18]]
    broken = set()
    for name, variant, batch, length, guards in run.items(plan, keep=9):
        if (name, variant) in broken:
            continue
        with run.attempt(f"{name} {variant} batch {batch}"):
            try:
                module, dtype, precision = module_of(name, variant)
            except Exception:
                broken.add((name, variant))
                raise
            measure_model(run, name, variant, module, dtype, precision, batch, length, guards)
    ready.clear()
    gc.collect()
    if run.place == "cuda":
        torch.cuda.empty_cache()


# Section: profiles and recordings, in a process of its own: the profiler slows what follows it

LAUNCHES = ("LaunchKernel", "GraphLaunch", "cuLaunch")


def profiled(run, body, **options):
    """The profiler's events of what a function does: (name, is_device, start_us, end_us, correlation)."""
    activities = [torch.profiler.ProfilerActivity.CPU]
    if run.place == "cuda":
        activities.append(torch.profiler.ProfilerActivity.CUDA)
    with torch.profiler.profile(activities=activities, **options) as profile:
        body()
        run.synchronize()
    events, first = [], None
    for event in profile.profiler.kineto_results.events():
        is_device = event.device_type() != torch.autograd.DeviceType.CPU
        if is_device and getattr(event, "is_user_annotation", lambda: False)():
            continue
        start, length = event_times_ns(event)
        first = start if first is None else first  # a float of microseconds since 1970 has no nanoseconds left
        start = (start - first) / 1e3
        events.append((event.name(), is_device, start, start + length / 1e3, event.correlation_id()))
    return events


def event_times_ns(event):
    """When an event of the profiler's starts and how long it is, in nanoseconds (older releases have microseconds)."""
    if hasattr(event, "start_ns"):
        return event.start_ns(), event.duration_ns()
    return event.start_us() * 1000, event.duration_us() * 1000


def operator_kernels(run):
    """Which kernels each operator of the dispatch section launches."""
    calls = operators(run.place, torch.bfloat16)
    with torch.inference_mode():
        working = {}
        for name, call in calls.items():
            with run.attempt(name):
                call()
                working[name] = call
        run.synchronize()

        def body():
            for name, call in working.items():
                with torch.profiler.record_function("measure: " + name):
                    call()
                    run.synchronize()
        events = profiled(run, body)
    ranges = [(name[9:], start, end) for name, is_device, start, end, _ in events
              if not is_device and name.startswith("measure: ")]
    kernels = [event for event in events if event[1] and not event[0].startswith("measure: ")]
    for operator, start, end in ranges:
        inside = [event for event in kernels if start <= event[2] <= end]
        run.write("operator_kernels", operator=operator, kernels=len(inside),
                  device_us=sum(event[3] - event[2] for event in inside),
                  names=" | ".join(event[0][:70] for event in inside[:4]))


def launch_latency(run):
    """From a launch call to the start of its kernel, as the profiler sees it, on an idle device."""
    device = run.device
    one = torch.zeros(1, device=device.kind)
    graph = device.capture(lambda: [one.add_(1) for _ in range(8)])
    count = run.counted(300)
    for what, call in (("operator with one kernel", lambda: one.add_(1)), ("graph of 8 nodes", graph.replay)):
        events = profiled(run, lambda: [(call(), device.synchronize()) for _ in range(count)])
        launches = {event[4]: event for event in events if not event[1] and any(key in event[0] for key in LAUNCHES)}
        first = {}
        for event in sorted((event for event in events if event[1]), key=lambda event: event[2]):
            first.setdefault(event[4], event)
        pairs = [(launches[key], first[key]) for key in launches if key in first]
        if not pairs and not run.is_rehearsal:
            run.note(what, "the profiler shows no pair of launch and kernel")
        if not pairs:
            continue

        def middle(value):
            return statistics.median(value(launch, kernel) for launch, kernel in pairs)
        run.write("launch_latency", what=what, count=len(pairs), call_us=middle(lambda a, b: a[3] - a[2]),
                  call_start_to_kernel_us=middle(lambda a, b: b[2] - a[2]),
                  call_end_to_kernel_us=middle(lambda a, b: b[2] - a[3]), kernel_us=middle(lambda a, b: b[3] - b[2]))


def profile_row(run, name, variant, framework, precision, batch, length, call, passes, modules):
    """What one pass launches and how busy the device is, from a profile of a few passes."""
    def body():
        for _ in range(passes):
            call()
    events = profiled(run, body)
    kernels = [event for event in events if event[1]]
    launches = [event for event in events if not event[1] and any(key in event[0] for key in LAUNCHES)]
    spans = sorted((start, end) for _, _, start, end, _ in kernels)
    copies = sum("Memcpy" in event[0] or "Memset" in event[0] for event in kernels)
    called = [event[3] - event[2] for event in launches]
    if not spans:
        if not run.is_rehearsal:
            run.note(f"{name} {framework}", "the profiler shows no kernel")
        return
    span, busy = max(end for _, end in spans) - spans[0][0], busy_time(spans)
    first = {}
    for event in sorted(kernels, key=lambda event: event[2]):
        first.setdefault(event[4], event)
    waits = [first[event[4]][2] - event[2] for event in launches if event[4] in first]
    following = [later[0] - earlier[1] for earlier, later in zip(spans, spans[1:])]
    host = [event for event in events if not event[1]]
    run.write(
        "profiles", model=name, variant=variant, framework=framework, precision=precision, batch=batch, length=length,
        operators=sum(event[0].startswith("aten::") for event in host) / passes, modules=modules,
        launch_calls=len(launches) / passes, launch_call_us=statistics.median(called) if called else None,
        kernels=len(kernels) / passes, copies=copies / passes,
        device_busy_us=busy / passes, device_span_us=span / passes, device_idle_in_span_us=(span - busy) / passes,
        launch_to_start_us=statistics.median(waits) if waits else None,
        gap_median_us=statistics.median(following) if following else None,
        pass_us=(max(event[3] for event in host) - min(event[2] for event in host)) / passes)


def recording(run, framework, call):
    """A Chrome trace of three passes, each a step of the profiler's."""
    activities = [torch.profiler.ProfilerActivity.CPU]
    if run.place == "cuda":
        activities.append(torch.profiler.ProfilerActivity.CUDA)
    for _ in range(3):
        call()
    run.synchronize()
    path = run.tables.folder / f"recording-{framework}.json"
    with torch.profiler.profile(activities=activities, record_shapes=True,
                                schedule=torch.profiler.schedule(wait=0, warmup=2, active=3, repeat=1)) as profile:
        for _ in range(5):
            call()
            run.synchronize()
            profile.step()
    profile.export_chrome_trace(str(path))
    with path.open("rb") as plain, gzip.GzipFile(str(path) + ".gz", "wb", 9, mtime=0) as packed:
        shutil.copyfileobj(plain, packed)
    path.unlink()
    run.tables.rows += 1


def profiles(run):
    for part in (launch_latency, operator_kernels):
        with run.attempt(part.__name__):
            part(run)
    plan = [(name, "", batch) for batch in BATCHES[:2] for name in MODELS]
    plan[len(MODELS):len(MODELS)] = [(name, variant, 1) for name, variant in VARIANTS]
    ready = {}
    for name, variant, batch in run.items(plan, keep=4):
        length = MODELS[name].lengths[0] and (8 if run.is_rehearsal else MODELS[name].lengths[0])
        with run.attempt(f"{name} {variant} batch {batch}"), torch.inference_mode():
            kind = name, "eager attention" in variant, "channels-last" in variant
            if kind not in ready:
                ready[kind] = built(run, name, variant)
            module, dtype, precision = ready[kind]
            call = MODELS[name].passes(module, run.place, dtype, batch, length, variant)
            for _ in range(3):
                call()
            modules = module_call_count(module, call)
            profile_row(run, name, variant, "pytorch-eager-2", precision, batch, length, call, 3, modules)
            kind_of_graph, graph = captured_model(run, name, variant, module, dtype, batch, length, call)
            with run.device.on(run.device.side):
                profile_row(run, name, kind_of_graph, "cuda-graph", precision, batch, length, graph.replay, 3, 0)
            if (name, variant, batch) == ("bert-base-uncased", "", 1):
                recording(run, "eager", call)
                with run.device.on(run.device.side):
                    recording(run, "graph", graph.replay)


def module_call_count(module, call):
    """How many modules one pass calls."""
    count = [0]

    def counted(*_):
        count[0] += 1
    hooks = [part.register_forward_pre_hook(counted) for part in module.modules()]
    call()
    for hook in hooks:
        hook.remove()
    return count[0]


# Section: a slower host

class Neighbors:
    """Processes that keep one core busy beside this one, which is bound to it meanwhile."""

    def __init__(self, count, core):
        self.count, self.core, self.processes = count, core, []

    def __enter__(self):
        self.allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {self.core})
        program = (f"import os\nos.sched_setaffinity(0, {{{self.core}}})\n"
                   f"while os.getppid() == {os.getpid()}:\n  sum(range(100000))")
        self.processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(self.count)]
        time.sleep(0.4)
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
        os.sched_setaffinity(0, self.allowed)


CORE_OPERATORS = ["aten::linear", "aten::add", "aten::layer_norm", "aten::view", "aten::gelu", "aten::cat",
                  "aten::softmax"]


def slower_host(run):
    if not hasattr(os, "sched_setaffinity"):
        run.note("neighbors", "this system cannot bind a process to a core")
        return
    core = sorted(os.sched_getaffinity(0))[-1]
    dtype = torch.bfloat16 if run.has_accelerator and not run.is_rehearsal else torch.float32
    calls = {name: call for name, call in operators(run.place, dtype).items() if name in CORE_OPERATORS}
    bound = slower_models(run) if run.device else []
    for count in run.items([0, 1, 2, 4]):
        with Neighbors(count, core), torch.inference_mode(), quiet_collector():
            for name, call in calls.items():
                with run.attempt(f"{count} neighbors: {name}"):
                    call()
                    # Over the neighbors' time slices, so that the mean counts; the median is that of one slice.
                    times = in_bursts(run, call, run.counted(30), 500)
                    run.write("dispatch", operator=name, call="operator", guard="inference_mode", neighbors=count,
                              host_us=statistics.fmean(times), minimum_us=min(times), note="mean, bound to one core")
            if run.device:
                with run.attempt(f"{count} neighbors: driver"):
                    driver_costs(run, neighbors=count)
                one = torch.zeros(1, device=run.place)
                with run.attempt(f"{count} neighbors: launch"):
                    write_cost(run, "operator and launch, asynchronous", "torch",
                               in_bursts(run, lambda: one.add_(1), run.counted(60), 200), "add_ on one element, bound",
                               neighbors=count)
                    write_cost(run, "operator, launch and synchronization", "torch",
                               synchronized_each(run, lambda: one.add_(1), run.counted(3000)),
                               "add_ on one element, bound", neighbors=count)
            for name, precision, length, call, graph in bound:
                with run.attempt(f"{count} neighbors: {name}"):
                    model_row(run, name, "bound to one core", "pytorch-eager-2", precision, 1, length,
                              neighbors=count, **pass_times(run, call, seconds=0.2, combined=statistics.fmean))
                    with run.device.on(run.device.side):
                        model_row(run, name, "bound to one core", "cuda-graph", precision, 1, length, neighbors=count,
                                  **pass_times(run, graph.replay, seconds=0.1, combined=statistics.fmean))


def slower_models(run):
    bound = []
    for name in thinned(["bert-base-uncased", "llama-3.2-1b-decode", "resnet50"], run.thin):
        with run.attempt(name), torch.inference_mode():
            module, dtype, precision = built(run, name)
            length = MODELS[name].lengths[0] and (8 if run.is_rehearsal else MODELS[name].lengths[0])
            call = MODELS[name].passes(module, run.place, dtype, 1, length, "")
            for _ in range(3):
                call()
            _, graph = captured_model(run, name, "", module, dtype, 1, length, call)
            bound.append((name, precision, length, call, graph))
    return bound


# Kernels, each alone: many copies in one graph

class Operands:
    """Random numbers of one type, of which operands are views: each its own stretch, until they start anew."""

    def __init__(self, run, dtype):
        place = run.device.kind
        size = torch.empty(0, dtype=dtype).element_size()
        self.elements = int(min(1 << 30, run.device.memory // 16) // size)
        self.values = torch.empty(self.elements, device=place, dtype=dtype)
        step = 1 << 26
        for start in range(0, self.elements, step):
            part = torch.randn(min(step, self.elements - start), device=place)
            self.values[start:start + step] = part.to(dtype)
        self.next = 0

    def fits(self, shape):
        return math.prod(shape) <= self.elements

    def take(self, shape):
        count = math.prod(shape)
        if count > self.elements:
            raise ValueError(f"{shape} is larger than the operands' memory")
        if self.next + count > self.elements:
            self.next = 0
        view = self.values[self.next:self.next + count].view(shape)
        self.next += -(-count // 128) * 128
        return view

    def copies(self, shape, count):
        self.next = 0
        return [self.take(shape) for _ in range(count)]


class Pools:
    """One store of operands for each type."""

    def __init__(self, run):
        self.run, self.pools = run, {}

    def __getitem__(self, dtype):
        if dtype not in self.pools:
            self.pools[dtype] = Operands(self.run, dtype)
        return self.pools[dtype]


def copies_for(device, expected_us, rotated, is_warm=False):
    """How many copies a graph holds: enough to outweigh its start, and, if cold, to leave the L2 between uses."""
    by_time = math.ceil(500 / max(expected_us, 2.0))
    by_cache = 0 if is_warm or rotated == 0 else math.ceil(3 * device.l2 / rotated)
    return int(max(2, min(256, max(by_time, min(by_cache, 256)))))


def cache_state(device, rotated, count, is_warm):
    if is_warm:
        return "warm" if rotated <= device.l2 / 2 else "beyond"
    total = rotated * count
    return "cold" if total >= 2.5 * device.l2 else "warm" if total <= device.l2 / 2 else "partly"


def time_kernel(run, precision, operator, inputs, calls, rotated, flops, size, attributes=None, is_warm=False):
    """Times a kernel whose copies are `calls`, and writes its row."""
    device = run.device
    if run.is_rehearsal:
        calls = calls[:2]

    def body():
        for call in calls:
            call()
    with device.on(device.side):
        calls[0]()
    graph = device.capture(body, warm=0)
    device.replay_us(graph, 1, lead_us=5)
    times = [value / len(calls) for value in device.replay_us(graph, 5, lead_us=100)]
    time_us = statistics.median(times)
    run.write("kernels", accelerator=device.name, precision=precision, operator=operator, inputs=inputs,
              attributes=attributes or None, time_us=time_us, p90_us=quantile(sorted(times), 0.9),
              l2=cache_state(device, rotated, len(calls), is_warm), copies=len(calls),
              rotated_bytes=rotated * len(calls), flops=flops, bytes=size,
              tflops=flops / time_us / 1e6 if flops else None, gb_per_s=size / time_us / 1e3)


def each_kernel(run, plan, measure):
    """A shuffled plan, so that what the time does not reach is missing at random; the same order every time."""
    plan = list(plan)
    random.Random(0).shuffle(plan)
    with torch.inference_mode():
        for item in run.items(plan, keep=12):
            with run.attempt(str(item)[:120]):
                measure(item)
    gc.collect()


# Section: products

WEIGHTS = [  # n, k of real models' layers, and some squares
    (4096, 4096), (6144, 4096), (28672, 4096), (14336, 4096), (4096, 14336), (1024, 4096), (2048, 2048), (3072, 2048),
    (8192, 2048), (16384, 2048), (2048, 8192), (128256, 2048), (768, 768), (2304, 768), (3072, 768), (768, 3072),
    (1024, 1024), (4096, 1024), (1024, 4096), (8192, 8192), (10240, 8192), (57344, 8192), (8192, 28672), (5120, 5120),
    (27648, 5120), (5120, 13824), (2112, 7168), (7168, 2048), (512, 512), (256, 256), (1536, 1536), (12288, 12288),
    (1280, 1280), (896, 4864), (4864, 896),
]
TOKENS = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192]
ODD_TOKENS = [3, 5, 7, 12, 15, 17, 31, 33, 63, 65, 100, 127, 129, 197, 200, 255, 257, 300, 500, 1000, 1500, 3000, 3940]


def product_plan():
    plan = [("bf16", m, n, k, False) for n, k in WEIGHTS for m in TOKENS]
    plan += [("bf16", m, n, k, True) for n, k in WEIGHTS[::3] for m in TOKENS[::2] if n * k <= 12e6]
    plan += [("fp16", m, n, k, False) for n, k in WEIGHTS[::2] for m in TOKENS[::2]]
    plan += [("fp8", m, n, k, False) for n, k in WEIGHTS for m in TOKENS[4::2]]
    plan += [("tf32", m, n, k, False) for n, k in WEIGHTS[::3] for m in TOKENS[::2] if m * n * k <= 3e11]
    plan += [("fp32", m, n, k, False) for n, k in WEIGHTS[::3] for m in TOKENS[::3] if m * n * k <= 1e11]
    odd = [(4095, 4096), (4094, 4096), (4092, 4096), (4088, 4096), (4096, 4095), (4096, 4094), (4096, 4092),
           (4096, 4088), (4095, 4095), (50257, 768), (1000, 2048), (30522, 768), (1001, 1001), (765, 765),
           (770, 770), (772, 772)]
    plan += [("bf16", m, n, k, False) for n, k in odd for m in (1, 8, 16, 64, 128, 256, 1024, 4096)]
    plan += [("fp16", m, n, k, False) for n, k in odd[:9] for m in (1, 16, 128, 1024, 4096)]
    plan += [("bf16", m, n, k, False) for n, k in ((4096, 4096), (768, 768), (8192, 2048), (3072, 768))
             for m in ODD_TOKENS]
    batched = [(12, 128, 128, 64), (12, 128, 64, 128), (192, 128, 128, 64), (192, 128, 64, 128), (12, 197, 197, 64),
               (12, 197, 64, 197), (192, 197, 197, 64), (768, 128, 128, 64), (32, 1, 1024, 64), (32, 1, 64, 1024),
               (512, 1, 1024, 64), (512, 1, 64, 1024), (32, 1, 1024, 128), (32, 1024, 1024, 128), (32, 1024, 128, 1024),
               (32, 2048, 2048, 128), (8, 64, 4096, 4096), (8, 512, 4096, 4096), (64, 16, 1408, 2048), (12, 1, 129, 64),
               (12, 1, 64, 129), (192, 1, 129, 64), (4, 1024, 1024, 1024), (16, 512, 512, 512), (64, 256, 256, 256)]
    plan += [(precision, *shape) for precision in ("batched bf16", "batched fp16") for shape in batched]
    return plan


def products(run):
    pools = Pools(run)
    kinds = {"bf16": torch.bfloat16, "fp16": torch.float16, "tf32": torch.float32, "fp32": torch.float32}
    if run.is_rehearsal:
        plan = [(kind, 8, 16, 16, False) for kind in ("bf16", "fp32", "fp8")] + [("batched bf16", 2, 4, 4, 4)]
    else:
        plan = product_plan()

    def measure(item):
        if item[0].startswith("batched"):
            batched_product(run, pools, item[0].split()[1], kinds[item[0].split()[1]], *item[1:])
            return
        precision, m, n, k, is_warm = item
        if precision == "fp8":
            quantized_product(run, pools, m, n, k)
            return
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        dtype = kinds[precision]
        width = torch.empty(0, dtype=dtype).element_size()
        rotated, flops = n * k * width, 2 * m * n * k
        size = (m * k + n * k + m * n) * width
        count = copies_for(run.device, expected_product_us(precision, flops, size), rotated, is_warm)
        weights = pools[dtype].copies((n, k), 1 if is_warm else count)
        weights = weights * (count if is_warm else 1)
        x = pools[dtype].take((m, k))
        calls = [functools.partial(functional.linear, x, weight) for weight in weights]
        time_kernel(run, precision, "aten::linear", [[m, k], [n, k]], calls, rotated, flops, size, is_warm=is_warm)
    each_kernel(run, plan, measure)
    torch.backends.cuda.matmul.allow_tf32 = False


def expected_product_us(precision, flops, size):
    rate = {"fp8": 1.0e9, "tf32": 0.25e9, "fp32": 0.04e9}.get(precision, 0.6e9) / 1e3  # FLOP per us
    return max(3.0, flops / rate / 1e3, size / 2.5e6)


def batched_product(run, pools, precision, dtype, batch, m, n, k):
    width = 2
    rotated, flops = batch * (m * k + n * k) * width, 2 * batch * m * n * k
    size = rotated + batch * m * n * width
    count = copies_for(run.device, expected_product_us(precision, flops, size), rotated)
    lefts = pools[dtype].copies((batch, m, k), count)
    rights = [pools[dtype].take((batch, k, n)) for _ in range(count)]
    calls = [functools.partial(torch.bmm, left, right) for left, right in zip(lefts, rights)]
    time_kernel(run, precision, "aten::matmul", [[batch, m, k], [batch, k, n]], calls, rotated, flops, size)


def quantized_product(run, pools, m, n, k):
    """The bare product of 8-bit floating-point operands, scaled by tensor, bf16 out."""
    dtype = torch.float8_e4m3fn
    rotated, flops, size = n * k, 2 * m * n * k, m * k + n * k + 2 * m * n
    count = copies_for(run.device, expected_product_us("fp8", flops, size), rotated)
    weights = pools[dtype].copies((n, k), count)
    x = pools[dtype].take((m, k))
    scale = torch.ones((), device=run.place)
    calls = [functools.partial(torch._scaled_mm, x, weight.t(), scale_a=scale, scale_b=scale, out_dtype=torch.bfloat16,
                               use_fast_accum=True) for weight in weights]
    time_kernel(run, "fp8", "aten::linear", [[m, k], [n, k]], calls, rotated, flops, size, {"output": "bf16"})


# Section: attention

def attention_plan():
    plan = []
    for heads, width in ((12, 64), (16, 64), (16, 128), (8, 256)):
        plan += [("encoder", batch, heads, heads, length, length, width, backend)
                 for batch in (1, 4, 16, 64) for length in (64, 128, 197, 256, 512, 1024, 2048, 4096)
                 for backend in (["default"] if (batch * 3 + length) % 2 else ["default", "flash"])
                 if batch * heads * length * length * width <= 6e10]
    grouped = ((32, 8, 64), (32, 8, 128), (64, 8, 128), (32, 32, 128), (12, 12, 64), (16, 16, 256), (8, 1, 256))
    for heads, shared, width in grouped:
        plan += [("causal", batch, heads, shared, length, length, width, backend)
                 for batch in (1, 4, 16) for length in (16, 128, 512, 1024, 2048, 4096, 8192)
                 for backend in ("default", "flash") if batch * heads * length * length * width <= 1.4e11]
        plan += [("decode", batch, heads, shared, 1, length, width, backend)
                 for batch in (1, 4, 16, 64, 128) for length in (128, 512, 1024, 4096, 16384)
                 for backend in ("default", "flash") if batch * shared * length * width <= 2.6e8]
    return plan


def attention_backend(name):
    if name == "default":
        return contextlib.nullcontext()
    from torch.nn.attention import SDPBackend, sdpa_kernel
    return sdpa_kernel({"flash": SDPBackend.FLASH_ATTENTION, "cudnn": SDPBackend.CUDNN_ATTENTION,
                        "efficient": SDPBackend.EFFICIENT_ATTENTION, "math": SDPBackend.MATH}[name])


def attention(run):
    pools = Pools(run)
    plan = attention_plan()
    if run.is_rehearsal:
        plan = [("encoder", 1, 2, 2, 8, 8, 16, "default"), ("causal", 1, 4, 2, 8, 8, 16, "default"),
                ("decode", 2, 4, 2, 1, 32, 16, "default")]
    else:
        plan += [(kind, *shape, backend) for backend in ("cudnn", "efficient", "math") for kind, *shape in (
            ("encoder", 1, 12, 12, 128, 128, 64), ("encoder", 16, 12, 12, 128, 128, 64),
            ("encoder", 16, 12, 12, 197, 197, 64), ("causal", 1, 32, 32, 2048, 2048, 128),
            ("causal", 4, 32, 32, 4096, 4096, 128), ("causal", 1, 32, 8, 1024, 1024, 64),
            ("decode", 1, 32, 8, 1, 1024, 64), ("decode", 16, 32, 8, 1, 4096, 128))]
    dtype = torch.float32 if run.is_rehearsal else torch.bfloat16

    def measure(item):
        kind, batch, heads, shared, queries, keys, width, backend = item
        pairs = queries * keys * (0.5 if kind == "causal" else 1)
        flops = int(4 * batch * heads * pairs * width)
        cached = 2 * batch * shared * keys * width * 2
        asked = batch * heads * queries * width * 2
        expected = max(4.0, flops / 4e8, (cached + 2 * asked) / 2.5e6)
        # Prefill reads what the products before it have just written; decode reads a cache that has long left the L2.
        is_warm = kind != "decode"
        rotated = cached + (asked if is_warm else 0)
        count = copies_for(run.device, expected, rotated, is_warm)
        pool = pools[dtype]
        pool.next = 0

        def heads_of(number, length):
            if kind == "decode":
                return pool.take((batch, number, length, width))
            return pool.take((batch, length, number, width)).transpose(1, 2)
        sets = [(heads_of(heads, queries), heads_of(shared, keys), heads_of(shared, keys))
                for _ in range(1 if is_warm else count)] * (count if is_warm else 1)
        extra = {"is_causal": kind == "causal"}
        if shared != heads:
            extra["enable_gqa"] = True
        calls = [functools.partial(functional.scaled_dot_product_attention, *operands, **extra) for operands in sets]
        attributes = {"is_causal": int(kind == "causal"), "kind": kind, "backend": backend,
                      "layout": "heads first" if kind == "decode" else "tokens first"}
        inputs = [[batch, heads, queries, width], [batch, shared, keys, width], [batch, shared, keys, width]]
        with attention_backend(backend):
            time_kernel(run, "bf16", "aten::scaled_dot_product_attention", inputs, calls, rotated, flops,
                        cached + 2 * asked, attributes, is_warm)
    each_kernel(run, plan, measure)


# Section: kernels that move memory

def memory_plan():
    sizes = [1 << power for power in range(10, 29, 2)] + [3 << 19, 5 << 21]
    plan = [(operator, [size], precision, is_warm) for size in sizes for precision in ("bf16", "fp32")
            for operator in ("aten::add", "aten::mul", "aten::relu", "aten::gelu", "aten::silu", "aten::copy_")
            for is_warm in ((False, True) if operator in ("aten::add", "aten::copy_") else (False,))
            if precision == "bf16" or size <= 1 << 26]
    plan += [(operator, [size], "bf16", False) for size in sizes[::2]
             for operator in ("aten::tanh", "aten::exp", "aten::pow", "aten::to fp32", "aten::add scalar")]
    plan += [("device copy", [size], "bytes", is_warm) for power in range(12, 30)
             for size in [1 << power] for is_warm in (False, True)]
    rows = [1, 16, 128, 1024, 4096, 16384]
    widths = [64, 128, 256, 512, 768, 1000, 1024, 1280, 2048, 3000, 4096, 5120, 8192, 16384, 32768]
    plan += [(operator, [row, width], "bf16", False) for row in rows for width in widths if row * width <= 1 << 28
             for operator in ("aten::layer_norm", "aten::rms_norm", "aten::softmax")]
    plan += [(operator, [row, width], "fp32", False) for row in rows[::2] for width in widths[::3]
             if row * width <= 1 << 27 for operator in ("aten::layer_norm", "aten::softmax")]
    plan += [(operator, [row, width], "bf16", False) for row in rows[1::2] for width in widths[::2]
             if row * width <= 1 << 28 for operator in ("aten::sum", "aten::mean", "aten::argmax")]
    plan += [("aten::softmax", [heads, length, length], "bf16", False) for heads in (12, 192, 512)
             for length in (128, 197, 512, 1024, 2048) if heads * length * length <= 1 << 28]
    moved = [[1, 128, 12, 64], [16, 128, 12, 64], [64, 197, 12, 64], [1, 2048, 32, 128], [8, 2048, 32, 128],
             [1, 1024, 8, 64], [16, 512, 16, 64]]
    plan += [("permute 0 2 1 3", shape, "bf16", False) for shape in moved]
    plan += [("permute 0 2 3 1", shape, "bf16", False) for shape in moved]
    plan += [("permute 1 0", [row, width], precision, False) for row, width in
             ((128, 128), (1024, 1024), (4096, 4096), (8192, 8192), (4096, 1000), (768, 3072), (50257, 768))
             for precision in ("bf16", "fp32")]
    plan += [("to channels last", shape, "fp16", False) for shape in
             ([1, 64, 56, 56], [16, 64, 56, 56], [64, 256, 56, 56], [1, 2048, 7, 7], [64, 2048, 7, 7],
              [16, 3, 224, 224])]
    plan += [("aten::embedding", [tokens, table, width], "bf16", False) for tokens in (1, 16, 128, 1024, 8192, 65536)
             for table, width in ((30522, 768), (50257, 768), (128256, 2048), (128256, 4096), (1000000, 64))]
    plan += [("aten::gather", [tokens, 4096], "bf16", False) for tokens in (1, 64, 1024, 8192)]
    plan += [("aten::cat", [batch, heads, length, width], "bf16", False) for batch in (1, 16, 64)
             for heads, length, width in ((12, 128, 64), (8, 1024, 64), (8, 1024, 128), (8, 4096, 128))]
    plan += [("aten::batch_norm", shape, "fp16", False) for shape in
             ([1, 64, 112, 112], [16, 64, 112, 112], [64, 256, 56, 56], [1, 512, 7, 7], [64, 2048, 7, 7],
              [16, 128, 28, 28])]
    plan += [("aten::max_pool2d", shape, "fp16", False) for shape in ([1, 64, 112, 112], [16, 64, 112, 112],
                                                                     [64, 64, 112, 112])]
    plan += [("aten::topk", [row, 128256], "fp32", False) for row in (1, 16, 64)]
    plan += [("aten::argmax", [row, 128256], "fp32", False) for row in (1, 16, 64)]
    return plan


def memory(run):
    pools = Pools(run)
    types = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32, "bytes": torch.bfloat16}
    plan = memory_plan()
    if run.is_rehearsal:
        seen = {}
        for operator, shape, precision, is_warm in plan:
            seen.setdefault((operator, len(shape)), (operator, [min(size, 64) for size in shape], precision, is_warm))
        plan = list(seen.values())

    def measure(item):
        operator, shape, precision, is_warm = item
        dtype = types[precision]
        width = torch.empty(0, dtype=dtype).element_size()
        case = memory_case(run, pools[dtype], operator, shape, dtype, width)
        count = copies_for(run.device, max(2.0, case["bytes"] / 2.5e6), case["rotated"], is_warm)
        calls = [case["make"]() for _ in range(1 if is_warm else count)] * (count if is_warm else 1)
        time_kernel(run, precision, case["operator"], case["inputs"], calls, case["rotated"], case.get("flops", 0),
                    case["bytes"], case.get("attributes"), is_warm)
    each_kernel(run, plan, measure)


UNARY = {"aten::relu": "relu", "aten::gelu": "gelu", "aten::silu": "silu", "aten::tanh": "tanh", "aten::exp": "exp"}


def memory_case(run, pool, operator, shape, dtype, width):
    """The operator's inputs, what one copy of it moves, and a function that makes a call on operands of its own."""
    pool.next = 0
    count = math.prod(shape)
    place = run.place

    def one_input(function, operator=operator, written=count, written_width=width, **more):
        def make():
            return functools.partial(function, pool.take(tuple(shape)))
        return {"operator": operator, "inputs": [shape], "bytes": count * width + written * written_width,
                "rotated": count * width, "make": make, **more}
    if operator in ("aten::add", "aten::mul"):
        function = getattr(torch, operator[6:])
        return {"operator": operator, "inputs": [shape, shape], "bytes": 3 * count * width,
                "rotated": 2 * count * width,
                "make": lambda: functools.partial(function, pool.take(tuple(shape)), pool.take(tuple(shape)))}
    if operator in UNARY:
        function = getattr(functional, UNARY[operator], None) or getattr(torch, UNARY[operator])
        return one_input(function)
    if operator == "aten::pow":
        return one_input(lambda x: torch.pow(x, 2))
    if operator == "aten::add scalar":
        return one_input(lambda x: torch.add(x, 1.0), "aten::add")
    if operator == "aten::to fp32":
        return one_input(lambda x: x.to(torch.float32), "aten::to", written_width=4, attributes={"to": "fp32"})
    if operator in ("aten::copy_", "device copy"):
        elements = count // 2 if operator == "device copy" else count
        size = elements * width
        return {"operator": "aten::copy_", "inputs": [[elements], [elements]], "bytes": 2 * size, "rotated": 2 * size,
                "attributes": {"device_copy": 1} if operator == "device copy" else None,
                "make": lambda: functools.partial(pool.take((elements,)).copy_, pool.take((elements,)))}
    if operator in ("aten::layer_norm", "aten::rms_norm"):
        row = torch.ones(shape[-1], device=place).to(dtype)
        if operator == "aten::layer_norm":
            return {**one_input(lambda x: functional.layer_norm(x, (shape[-1],), row, row)),
                    "inputs": [shape, shape[-1:], shape[-1:]]}
        return {**one_input(lambda x: functional.rms_norm(x, (shape[-1],), row)), "inputs": [shape, shape[-1:]]}
    if operator == "aten::softmax":
        return one_input(lambda x: functional.softmax(x, dim=-1), attributes={"dim": -1})
    if operator in ("aten::sum", "aten::mean", "aten::argmax"):
        function = getattr(torch, operator[6:])
        return one_input(lambda x: function(x, dim=-1), written=shape[0], written_width=8, attributes={"dim": -1})
    if operator == "aten::topk":
        return one_input(lambda x: torch.topk(x, 50, dim=-1), written=50 * shape[0], attributes={"k": 50, "dim": -1})
    if operator.startswith("permute"):
        order = [int(part) for part in operator.split()[1:]]
        return one_input(lambda x: x.permute(order).contiguous(), "aten::contiguous", attributes={"permutation": order})
    if operator == "to channels last":
        return one_input(lambda x: x.contiguous(memory_format=torch.channels_last), "aten::contiguous",
                         attributes={"layout": "channels_last"})
    if operator == "aten::embedding":
        return embedding_case(pool, place, *shape, width)
    if operator == "aten::gather":
        index = torch.randint(0, shape[1], tuple(shape), device=place)
        return {**one_input(lambda x: torch.gather(x, 1, index)), "inputs": [shape, shape],
                "bytes": count * (2 * width + 8), "attributes": {"dim": 1}}
    if operator == "aten::cat":
        batch, heads, length, head = shape
        new = pool.take((batch, heads, 1, head))
        return {**one_input(lambda x: torch.cat([x, new], dim=2)), "inputs": [shape, [batch, heads, 1, head]],
                "attributes": {"dim": 2}}
    if operator == "aten::batch_norm":
        numbers = torch.ones(shape[1], device=place).to(dtype)
        return {**one_input(lambda x: functional.batch_norm(x, numbers, numbers, numbers, numbers)),
                "inputs": [shape] + [shape[1:2]] * 4}
    return one_input(lambda x: functional.max_pool2d(x, 3, 2, 1), written=count // 4,
                     attributes={"kernel_size": [3, 3], "stride": [2, 2], "padding": [1, 1]})


def embedding_case(pool, place, tokens, table, width, size):
    while not pool.fits((table, width)):
        table //= 2
    weights = pool.take((table, width))

    def make():
        return functools.partial(functional.embedding, torch.randint(0, table, (1, tokens), device=place), weights)
    return {"operator": "aten::embedding", "inputs": [[table, width], [1, tokens]], "make": make,
            "bytes": tokens * (2 * width * size + 8), "rotated": tokens * width * size}


# Section: convolutions

def residual_layers():
    """ResNet-50's: channels in and out, window, stride, groups, image."""
    layers = [(3, 64, 7, 2, 1, 224)]
    inside, image = 64, 56
    for stage, width in enumerate((64, 128, 256, 512)):
        stride = 1 if stage == 0 else 2
        layers += [(inside, width, 1, 1, 1, image), (width, width, 3, stride, 1, image),
                   (inside, 4 * width, 1, stride, 1, image)]
        image //= stride
        layers += [(width, 4 * width, 1, 1, 1, image), (4 * width, width, 1, 1, 1, image),
                   (width, width, 3, 1, 1, image)]
        inside = 4 * width
    return layers


def mobile_layers():
    """MobileNet v2's."""
    layers, inside, image = [(3, 32, 3, 2, 1, 224), (32, 32, 3, 1, 32, 112), (32, 16, 1, 1, 1, 112)], 16, 112
    for width, stride in ((24, 2), (32, 2), (64, 2), (96, 1), (160, 2), (320, 1)):
        wide = 6 * inside
        layers += [(inside, wide, 1, 1, 1, image), (wide, wide, 3, stride, wide, image)]
        image //= stride
        layers += [(wide, width, 1, 1, 1, image)]
        if width < 320:
            layers += [(width, 6 * width, 1, 1, 1, image), (6 * width, 6 * width, 3, 1, 6 * width, image)]
        inside = width
    return layers + [(320, 1280, 1, 1, 1, 7)]


OTHER_LAYERS = [  # grouped, and depthwise with larger windows
    (128, 128, 3, 1, 32, 56), (256, 256, 3, 2, 32, 56), (512, 512, 3, 1, 32, 14), (96, 96, 7, 1, 96, 56),
    (192, 192, 7, 1, 192, 28), (384, 384, 7, 1, 384, 14), (768, 768, 7, 1, 768, 7), (144, 144, 5, 2, 144, 56),
    (240, 240, 5, 1, 240, 28), (672, 672, 5, 1, 672, 14), (3, 768, 16, 16, 1, 224), (3, 96, 4, 4, 1, 224),
    (320, 320, 3, 1, 1, 64), (640, 640, 3, 1, 1, 32), (1280, 1280, 3, 1, 1, 16)]


def convolutions(run):
    layers = list(dict.fromkeys(residual_layers() + mobile_layers() + OTHER_LAYERS))
    plan = [(layer, batch, layout, "fp16") for layer in layers for batch in (1, 8, 64)
            for layout in ("channels_first", "channels_last")]
    plan += [(layer, batch, "channels_first", precision) for layer in layers[::2] for batch in (1, 16)
             for precision in ("bf16", "tf32")]
    if run.is_rehearsal:
        plan = [((4, 4, 3, 1, 4, 8), 1, layout, "fp16") for layout in ("channels_first", "channels_last")]
    pools = Pools(run)
    types = {"fp16": torch.float16, "bf16": torch.bfloat16, "tf32": torch.float32}

    def measure(item):
        (inside, outside, window, stride, groups, image), batch, layout, precision = item
        torch.backends.cudnn.allow_tf32 = True
        dtype = torch.float32 if run.is_rehearsal else types[precision]
        width = torch.empty(0, dtype=dtype).element_size()
        padding = 0 if window == stride else window // 2
        result = (image + 2 * padding - window) // stride + 1
        weights = outside * inside // groups * window * window
        flops = 2 * batch * result * result * weights
        read = batch * inside * image * image
        size = (read + weights + batch * outside * result * result) * width
        format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        pool = pools[dtype]
        pool.next = 0
        # The image was written by the layer before: it is the same for all copies, as is the output. Weights rotate.
        x = pool.take((batch, inside, image, image)).contiguous(memory_format=format)
        count = min(64, copies_for(run.device, max(4.0, flops / 2e8, size / 2e6), weights * width))
        kernels = [pool.take((outside, inside // groups, window, window)).contiguous(memory_format=format)
                   for _ in range(count)]
        calls = [functools.partial(functional.conv2d, x, kernel, stride=stride, padding=padding, groups=groups)
                 for kernel in kernels]
        attributes = {"stride": [stride, stride], "padding": [padding, padding], "dilation": [1, 1], "groups": groups,
                      "layout": layout}
        inputs = [[batch, inside, image, image], [outside, inside // groups, window, window]]
        time_kernel(run, precision, "aten::convolution", inputs, calls, weights * width, flops, size, attributes)
    each_kernel(run, plan, measure)


# Section: compiled models and compiled calls, each in a process that compiles beside the others and measures alone

COMPILED = {"torch-compile": {}, "torch-compile-graphs": {"mode": "reduce-overhead"}}


def compiled_calls(run):
    """A compiled function that does next to nothing: guards, wrapper, launch."""
    for backend, inputs in run.items(list(itertools.product(("eager", "inductor", "reduce-overhead"), (1, 4, 16)))):
        with run.attempt(f"{backend} with {inputs} inputs"), torch.inference_mode():
            options = {"mode": backend} if backend == "reduce-overhead" else {"backend": backend}
            torch._dynamo.reset()

            def add_up(*parts):
                total = parts[0] + 1
                for part in parts[1:]:
                    total = total + part
                return total
            compiled = torch.compile(add_up, dynamic=False, **options)
            values = [torch.zeros(8, device=run.place) for _ in range(inputs)]
            start = clock_ns()
            compiled(*values)
            run.synchronize()
            first = (clock_ns() - start) / 1e9

            def call():
                compiled(*values)
            for _ in range(20):
                call()
            with quiet_collector():
                times = dispatch_times(run, call, 100, 20)
                synchronized = statistics.median(each_us(lambda: (call(), run.synchronize()), run.counted(500)))
            run.write("compiled_calls", backend=backend, inputs=inputs, first_call_s=first,
                      synchronized_us=synchronized, **times)


def prepare_compiled(run, name, batches):
    """Compiles a model for each batch and mode; gives what can be called."""
    module, dtype, precision = built(run, name)
    ready = []
    for batch, framework in ((batch, framework) for batch in batches for framework in COMPILED):
        if run.left() <= 0:
            run.note(f"{name} {framework} batch {batch}", "no time left to compile it")
            continue
        length = MODELS[name].lengths[0] and (8 if run.is_rehearsal else MODELS[name].lengths[0])
        variant = "static cache" if "decode" in name and framework == "torch-compile-graphs" else ""
        with run.attempt(f"{name} {framework} batch {batch}"), torch.inference_mode():
            call = MODELS[name].passes(module, run.place, dtype, batch, length, variant)
            compiled = torch.compile(module, dynamic=False, **COMPILED[framework])
            same = MODELS[name].passes(compiled, run.place, dtype, batch, length, variant)
            del call
            start = clock_ns()
            same()
            run.synchronize()
            first = (clock_ns() - start) / 1e9
            for _ in range(4):
                same()
            run.synchronize()
            ready.append((variant, framework, precision, batch, length, same, first))
    return ready


def compiled_worker(run, name):
    """In a process of its own: compile, say so, wait for the turn, measure."""
    ready = [] if name == "calls" else prepare_compiled(run, name, thinned(run.arguments.batches, run.thin and 1))
    print("READY", flush=True)
    sys.stdin.readline()
    run.deadline = time.monotonic() + 25
    if name == "calls":
        compiled_calls(run)
        return
    with torch.inference_mode():
        for variant, framework, precision, batch, length, call, first in ready:
            with run.attempt(f"{name} {framework} batch {batch}"):
                model_row(run, name, variant, framework, precision, batch, length, **pass_times(run, call),
                          first_call_s=first)
        for variant, framework, precision, batch, length, call, _ in ready:  # last: the profiler slows what follows
            with run.attempt(f"profile of {name} {framework} batch {batch}"):
                profile_row(run, name, variant, framework, precision, batch, length, call, 3, None)


class Worker:
    """A child process that runs one part, and is spoken to line by line."""

    def __init__(self, run, part, name, seconds, batches=()):
        environment = dict(os.environ, TORCHINDUCTOR_COMPILE_THREADS="4")
        command = [sys.executable, os.path.abspath(__file__), "--output", str(run.tables.folder), "--part", part,
                   "--item", name, "--budget-s", str(seconds)]
        command += ["--batches", ",".join(map(str, batches))] if batches else []
        command += ["--smoke"] * run.arguments.smoke + ["--rehearse"] * run.is_rehearsal
        self.name, self.lines = name, queue.Queue()
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        text=True, env=environment)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def until(self, word, seconds):
        """Waits for a line; false if it does not come in time."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                return False
            if line == word:
                return True
            if line is None:
                return False
            print(line, flush=True)

    def go(self):
        with contextlib.suppress(OSError):
            self.process.stdin.write("go\n")
            self.process.stdin.flush()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.errors.seek(0)
        return self.errors.read()[-600:]


def in_a_process(part):
    """A section that runs in a child, which writes into the same files."""
    def section(run):
        for file, _ in run.tables.files.values():
            file.flush()
        seconds = max(5, run.left())
        worker = Worker(run, part, "", seconds)
        try:
            is_done = worker.until("DONE", seconds + 40)
        finally:
            text = worker.stop()
        if not is_done:
            run.note(part, f"its process did not end: {text}")
    return section


def compiled(run):
    if run.place == "cuda":
        gc.collect()
        torch.cuda.empty_cache()
    seconds = max(10, run.left())
    names = ["calls"] + thinned(SIX, run.thin)
    at_once = max(1, min(len(names), (os.cpu_count() or 2) // 2))
    workers, waiting = [], list(names)
    prepare_s = seconds * 0.55 / math.ceil(len(names) / at_once)
    for _ in range(math.ceil(len(names) / at_once)):
        group = [Worker(run, "compiled", name, prepare_s, [1, 16]) for name in waiting[:at_once]]
        waiting = waiting[at_once:]
        end = time.monotonic() + prepare_s + 30
        is_ready = [worker.until("READY", max(1, end - time.monotonic())) for worker in group]
        for worker, ready in zip(group, is_ready):
            if not ready:
                run.note(worker.name, f"not compiled in time: {worker.stop()}")
            else:
                workers.append(worker)
    for worker in workers:
        if run.left() < -20:
            run.left_out += 1
            worker.stop()
            continue
        worker.go()
        is_done = worker.until("DONE", 40)
        text = worker.stop()
        if not is_done:
            run.note(worker.name, f"its process did not end: {text}")


# Section: the loop around the passes

def generation(run):
    """What the library's loop costs for each token beside the passes, with a model so small that little else counts."""
    import transformers
    for layers, batch, variant in run.items([(2, 1, "greedy"), (8, 1, "greedy"), (2, 8, "greedy"), (2, 1, "sampled")]):
        item = f"{layers} layers, batch {batch}, {variant}"
        with run.attempt(item), one_thread(), torch.no_grad(), quiet_collector():
            config = transformers.LlamaConfig(
                num_hidden_layers=layers, hidden_size=32, intermediate_size=32, num_attention_heads=2,
                num_key_value_heads=1, vocab_size=64)
            model = transformers.LlamaForCausalLM(config).eval().to(run.place)
            generate, passes = token_loops(run, model, batch, variant)
            token, token_thread = per_token(generate)
            forward, forward_thread = per_token(functools.partial(passes, with_mask=True))
            plain, _ = per_token(functools.partial(passes, with_mask=False))
            run.write("generation", library=f"transformers {transformers.__version__}", model="LlamaForCausalLM",
                      variant=variant, layers=layers, batch=batch, token_us=token, forward_us=forward,
                      loop_us=token - forward, loop_thread_us=token_thread - forward_thread,
                      forward_without_mask_us=plain)


def token_loops(run, model, batch, variant):
    """The library's loop over some tokens, and as many passes without it."""
    prompt = torch.ones(batch, 8, dtype=torch.long, device=run.place)
    mask = torch.ones_like(prompt)

    def generate(tokens):
        model.generate(prompt, attention_mask=mask, max_new_tokens=tokens, min_new_tokens=tokens,
                       do_sample=variant == "sampled", pad_token_id=0)
        run.synchronize()

    def passes(tokens, with_mask):
        cache = model(input_ids=prompt, use_cache=True).past_key_values
        for index in range(tokens):
            more = {}
            if with_mask:
                more["attention_mask"] = torch.ones(batch, 9 + index, dtype=torch.long, device=run.place)
            model(input_ids=prompt[:, :1], past_key_values=cache, use_cache=True, **more)
            run.synchronize()
    return generate, passes


def per_token(loop, short=4, long=20, repeats=5):
    """Wall and thread time that one token more takes, each from the quickest of some runs, in microseconds."""
    loop(short)
    found = {}
    for tokens in (short, long):
        times = []
        for _ in range(repeats):
            wall, thread = clock_ns(), time.thread_time_ns()
            loop(tokens)
            times.append((clock_ns() - wall, time.thread_time_ns() - thread))
        found[tokens] = [min(column) / 1e3 for column in zip(*times)]
    return [(of_long - of_short) / (long - short) for of_short, of_long in zip(found[short], found[long])]


# The run

SECTIONS = {
    "machine": machine, "host_copies": host_copies, "host_costs": host_costs, "graphs": graphs, "dispatch": dispatch,
    "models": models, "generation": generation,
    "profiles": in_a_process("profiles"), "slower_host": slower_host, "products": products, "attention": attention,
    "memory": memory, "convolutions": convolutions, "compiled": compiled, "compiled_calls": compiled_calls,
}
PARTS = {"profiles": profiles}
SHARES["compiled_calls"] = 30


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     epilog="It changes no setting of the machine.")
    parser.add_argument("--output", required=True, help="folder for the CSV files and recordings")
    parser.add_argument("--budget-s", type=float, default=450, help="seconds for all sections together (450)")
    parser.add_argument("--sections", help="only these, separated by commas: " + ", ".join(SHARES))
    parser.add_argument("--quick", "--smoke", dest="smoke", action="store_true",
                        help="a few points of everything, to try the script")
    parser.add_argument("--rehearse", action="store_true",
                        help="every section on the processor with tiny sizes, to try it; the numbers mean nothing")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--item", default="", help=argparse.SUPPRESS)
    parser.add_argument("--batches", default="1", type=lambda text: [int(part) for part in text.split(",")],
                        help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def chosen_sections(arguments, has_accelerator):
    if arguments.sections:
        names = arguments.sections.split(",")
        unknown = [name for name in names if name not in SECTIONS]
        if unknown:
            raise SystemExit(f"measure.py: no section {', '.join(unknown)}; there are {', '.join(SHARES)}")
        return names
    return [name for name in SHARES if name != "compiled_calls"] if has_accelerator else PROCESSOR_SECTIONS


def run_part(run, arguments):
    """A child's work."""
    run.section = arguments.part
    run.deadline = time.monotonic() + arguments.budget_s
    if arguments.part == "compiled":
        compiled_worker(run, arguments.item)
    else:
        PARTS[arguments.part](run)
    print("DONE", flush=True)  # the end of output may come later: compilers that were started hold it open


def run_sections(run, names, budget_s, begun):
    ends = deadlines(names, SHARES, budget_s)
    for name in names:
        run.section, run.left_out, rows = name, 0, run.tables.rows
        run.deadline = begun + ends[name]
        started, wall = time.monotonic(), time.time()
        print(f"{started - begun:6.1f} s  {name}", flush=True)
        with run.attempt("the section"):
            SECTIONS[name](run)
        with run.attempt("synchronize"):
            run.synchronize()
        run.write("sections", section=name, started=time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(wall)),
                  seconds=time.monotonic() - started, until_s=ends[name], rows=run.tables.rows - rows,
                  left_out=run.left_out)


def main(arguments=None):
    begun = time.monotonic()
    arguments = parsed(arguments)
    if torch is None:
        raise SystemExit("measure.py: it needs PyTorch (pip install torch)")
    device = None
    if arguments.rehearse:
        device = Rehearsal()
    elif torch.cuda.is_available():
        device = Accelerator()
    folder = pathlib.Path(arguments.output)
    if not arguments.part and folder.exists() and any(folder.iterdir()):
        raise SystemExit(f"measure.py: {folder} is not empty; give --output a new folder, what it holds is kept")
    tables = Tables(folder)
    run = Run(arguments, tables, device)
    torch.manual_seed(0)
    if arguments.part:
        run_part(run, arguments)
        tables.close()
        return
    names = chosen_sections(arguments, run.has_accelerator)
    if not run.has_accelerator:
        print("No accelerator: this measures the host alone: dispatch on small CPU tensors, module calls, a loop of "
              "tokens, copies.", flush=True)
    start_sampler(run)
    run_sections(run, names, arguments.budget_s, begun)
    tables.close()
    print(f"{time.monotonic() - begun:6.1f} s  done: {folder}", flush=True)


if __name__ == "__main__":
    main()
