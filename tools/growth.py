#!/usr/bin/env python3
"""Measures how time and memory of the program grow with each kind of input, at N and 4N; fails where either is superlinear.

    tools/growth.py --simulate .build/release/simulate
    tools/growth.py --simulate .build/debug/simulate --short --only trace

Compared are ratios of one run on one machine, never seconds: four times the input may take FACTOR times as long at most, the
start of the program taken off, and need FACTOR times the memory. Times are those of the processor, so that other processes
matter little; a case that fails is measured once more. Needs Python 3.9 and nothing else.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

FACTOR = 7.0
# What is quicker or smaller than this at 4N is not compared: it would compare accidents.
SHORTEST, SMALLEST = 0.25, 24 << 20


def events(count, *, names=lambda i: "k", values=None, threads=1, streams=1, extra=None, depth=0):
    """A recording of `count` operators, launches and kernels, event by event."""
    for i in range(count):
        t, thread, stream = i * 100, i % threads, i % streams
        args = {"Input Dims": [[6, 2], []], "Input type": ["float", ""]}
        if values:
            args["Concrete Inputs"] = ["", values(i)]
        duration = 60 if not depth else (count - i) * 100
        yield {"ph": "X", "cat": "cpu_op", "name": "aten::as_strided", "pid": 1, "tid": thread, "ts": t, "dur": duration,
               "args": args}
        yield {"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 1, "tid": thread, "ts": t + 10, "dur": 5,
               "args": {"correlation": i + 1}}
        yield {"ph": "X", "cat": "kernel", "name": names(i), "pid": 0, "tid": stream, "ts": t + 25, "dur": 30,
               "args": {"device": 0, "stream": stream, "correlation": i + 1}}
        if extra:
            yield from extra(i, t, thread, stream)


def recording(folder, count, **kinds):
    path = os.path.join(folder, "trace.json")
    with open(path, "w") as file:
        file.write('{"traceEvents": [\n')
        for index, event in enumerate(events(count, **kinds)):
            file.write((",\n" if index else "") + json.dumps(event))
        file.write("]}\n")
    return path


def call(name, i, t, thread, offset, duration, **args):
    return {"ph": "X", "cat": "cuda_runtime", "name": name, "pid": 1, "tid": thread, "ts": t + offset, "dur": duration,
            "args": {"correlation": 1_000_000_000 + 8 * i + offset % 8, **args}}


def synchronizations(i, t, thread, stream):
    yield call("cudaStreamSynchronize", i, t, thread, 61, 10)
    yield call("cudaDeviceSynchronize", i, t, thread, 72, 10)


def records(i, t, thread, stream):
    yield call("cudaEventRecord", i, t, thread, 61, 2)
    yield call("cudaStreamWaitEvent", i, t, thread, 64, 2)
    yield call("cudaEventSynchronize", i, t, thread, 70, 9)


def steps(i, t, thread, stream):
    yield {"ph": "X", "cat": "user_annotation", "name": "ProfilerStep#7", "pid": 1, "tid": thread, "ts": t, "dur": 99}


def trace(*options, **kinds):
    return lambda folder, n: ["trace", recording(folder, n, **kinds), *options]


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


def workload(folder, n, operator):
    program = [operator(i) for i in range(n)]
    return write(folder, "w.json", json.dumps(
        {"schema": "workload/1", "name": "w", "parameters": {"batch": 1}, "program": program}))


def linear(i):
    return {"operator": "aten::linear", "inputs": [["batch", 64 + i % 97], [32, 64 + i % 97]], "outputs": [["batch", 32]]}


def element(i):
    return {"operator": ["aten::add", "aten::gelu", "aten::mul"][i % 3], "inputs": [["batch", 64]],
            "outputs": [["batch", 64]]}


def streamed(i):
    return dict(linear(i), stream=i % 8, waits_for_streams=[(i + 1) % 8])


def run(operator, *options):
    return lambda folder, n: ["run", workload(folder, n, operator), "t4", *options]


def measurements(folder, n, row):
    head = "testbed,accelerator,framework,precision,workload,batch,latency_ms,role\n"
    return write(folder, "m.csv", head + "".join(row(i) for i in range(n)))


def alike(i):
    return f"bed,t4,pytorch-eager,fp32,resnet18,{1 + i % 64},{5 + i % 89}.5,\n"


def apart(i):
    return f"bed {i},t4,pytorch-eager,fp32,resnet18,{1 + i % 64},{5 + i % 89}.5,\n"


def validate(row, *options):
    return lambda folder, n: ["validate", measurements(folder, n, row), *options]


def sweep_rows(folder, n):
    lines = [f"{i},{1000 + i * 7 % 1013}.5,{i % 700}.25,0.3,framework\n" for i in range(n)]
    path = write(folder, "rows.csv", "host.single_thread_speed,latency_us,device_busy_us,framework_tax_fraction,bound\n"
                 + "".join(lines))
    return ["report", "--sweep", path, "-o", os.path.join(folder, "page.html")]


def plan(axis, value=lambda i: i + 1):
    def arguments(folder, n):
        path = write(folder, "plan.json", json.dumps(
            {"schema": "sweep/1", "workload": "resnet18", "accelerator": "t4", "over": {axis: [value(i) for i in range(n)]}}))
        return ["sweep", "--plan", path, "-o", os.path.join(folder, "out.csv")]
    return arguments


def host_profile(**more):
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "hardware-profiles/hosts/reference.json")
    profile = json.load(open(path))
    profile.update(more)
    return profile


def aliases(folder, n):
    path = write(folder, "h.json", json.dumps(host_profile(name="x", aliases=[f"a{i}" for i in range(n)])))
    return ["profiles", "check", path]


def unknown_keys(folder, n):
    path = write(folder, "h.json", json.dumps(host_profile(**{f"key{i}": i for i in range(n)})))
    return ["profiles", "check", path]


def catalog(folder, n):
    for i in range(n):
        write(folder, f"c/hosts/h{i}.json", json.dumps(host_profile(name=f"h{i}", aliases=[])))
    return ["run", "resnet18", "t4", "--host", "h0", "--catalog", os.path.join(folder, "c")]


def columns(folder, n):
    head = "accelerator,framework,precision,workload,batch,latency_ms," + ",".join(f"c{i}" for i in range(n))
    return ["validate", write(folder, "m.csv", head + "\n" + "t4,pytorch-eager,fp32,resnet18,1,5," + "," * (n - 1) + "\n")]


def timeline(folder, n):
    return ["trace", recording(folder, n), "--timeline", os.path.join(folder, "t.json")]


def page(folder, n):
    return ["trace", recording(folder, n), "--report", os.path.join(folder, "t.html")]


# Name, arguments from a folder and a size, the size N (a fourth of it with --short), exit statuses that are right.
CASES = [
    ("trace: equal texts", trace(), 16000, {0}),
    ("trace: different texts", trace(values=lambda i: f"[{i:06}, 1]"), 16000, {0}),
    ("trace: different kernels", trace(names=lambda i: f"kernel{i}"), 16000, {0}),
    ("trace: nested operators", trace(depth=1), 8000, {0}),
    ("trace: threads", trace(threads=64), 16000, {0}),
    ("trace: streams", trace(streams=32), 16000, {0}),
    ("trace: synchronizations of streams", trace(streams=32, extra=synchronizations), 8000, {0}),
    ("trace: events", trace(streams=8, extra=records), 8000, {0}),
    ("trace: one step, often", trace("--step", "7", extra=steps), 16000, {0}),
    ("trace: captured", trace("--framework", "cuda-graph", "--recorded-accelerator", "t4", streams=8), 8000, {0}),
    ("trace: moved", trace("--recorded-accelerator", "t4", "-a", "v100-sxm2-16gb"), 8000, {0}),
    ("trace: timeline", timeline, 16000, {0}),
    ("trace: page", page, 8000, {0}),
    ("calibrate --trace", lambda folder, n: ["calibrate", "--trace", recording(folder, n)], 16000, {0}),
    ("workload: products", run(linear), 4000, {0}),
    ("workload: element-wise, fused", run(element, "-f", "torchscript"), 4000, {0}),
    ("workload: streams", run(streamed, "--method", "events"), 1000, {0}),
    ("workload: events", run(linear, "--method", "events"), 4000, {0}),
    ("validate: alike", validate(alike), 8000, {0}),
    ("validate: alike, as CSV", validate(alike, "--format", "csv"), 8000, {0}),
    ("validate: testbeds, fitted", validate(apart, "--fit", "host"), 4000, {0}),
    ("validate: one testbed, fitted", validate(alike, "--fit", "host"), 8000, {0}),
    ("validate: columns", columns, 20000, {0}),
    ("calibrate", lambda folder, n: ["calibrate", measurements(folder, n, alike), "--fit", "accelerator.efficiency.memory",
                                       "--rounds", "1"], 2000, {0}),
    ("report --sweep", sweep_rows, 20000, {0}),
    ("sweep: a number", plan("host.single_thread_speed", lambda i: 1 + i / 10000), 20000, {0}),
    ("sweep: batches", plan("batch"), 1000, {0}),
    ("profile: aliases", aliases, 40000, {0}),
    ("profile: unknown keys", unknown_keys, 40000, {2}),
    ("catalog: files", catalog, 250, {0}),
]


def measure(program, make, size, right):
    """Processor seconds, and bytes of memory at most."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = make(folder, size)
        process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        message = process.stderr.read().decode("utf-8", "replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in right:
            raise RuntimeError(f"exit status {process.returncode}: {message.strip()[:300]}")
        scale = 1 if sys.platform == "darwin" else 1024
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale


def compare(program, make, size, right, start):
    """Both ratios and what is said of them; 0 where there is too little to compare."""
    (time, memory), (time4, memory4) = (measure(program, make, n, right) for n in (size, 4 * size))
    (first, base) = start
    ratio = 0 if time4 - first < SHORTEST else (time4 - first) / max(time - first, 1e-3, SHORTEST / 8)
    growth = 0 if memory4 - base < SMALLEST else (memory4 - base) / max(memory - base, SMALLEST / 8)
    words = f"time {time:.2f} -> {time4:.2f} s (x{ratio:.1f}), memory {memory >> 20} -> {memory4 >> 20} MiB (x{growth:.1f})"
    return ratio, growth, words


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulate", required=True, help="the program")
    parser.add_argument("--short", action="store_true", help="a fourth of the sizes")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    options = parser.parse_args()
    program = os.path.abspath(options.simulate)
    start = measure(program, lambda folder, n: ["--help"], 1, {0})
    passed, failed = 0, 0
    for name, make, size, right in CASES:
        if options.only not in name:
            continue
        try:
            size = size // 4 if options.short else size
            ratio, growth, words = compare(program, make, size, right, start)
            if max(ratio, growth) > FACTOR:
                ratio, growth, words = compare(program, make, size, right, start)
            is_right = max(ratio, growth) <= FACTOR
        except RuntimeError as error:
            is_right, words = False, str(error)
        passed, failed = passed + is_right, failed + (not is_right)
        print(f"{'ok  ' if is_right else 'FAIL'} {name}: {words}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
