#!/usr/bin/env python3
"""Writes one run in every format of recordings that the simulator reads, for Tests/TracesTests.

    python3 tools/trace_formats.py Tests/Recordings
    python3 tools/trace_formats.py --small Tests/Fuzzing/corpus/formats   # one step, short names: what a fuzzer begins from

The run is a table of what happened (RUN below), in nanoseconds. Each format is written from that table by code that shares
nothing with the simulator: SQLite by Python's own sqlite3, Protocol Buffers by an encoder of a few lines, JSON by json. What
sqlite3 says of values.sqlite stands beside it, in values.jsonl. The layouts follow the tools' published schemas: Nsight
Systems' "SQLite Schema Reference" and "JSON and Text Format Description", rocprofiler-sdk's rocpd_tables.sql and JSON schema,
openxla/xla's xplane.proto, google/perfetto's trace_packet.proto and track_event.proto, Kineto's Chrome trace, mlcommons/chakra's
et_def.proto. Chakra's graphs have no clock: they hold the operators of the run, a kernel below each, and an all-reduce per step.

Requirements: Python 3.9 or later; nothing else.
"""

import json
import os
import sqlite3
import struct
import sys

PROCESS, THREAD = 4242, 4243
SMALL = "--small" in sys.argv
LONG_NAME = "long_kernel" if SMALL else "void kernel<" + ", ".join(f"Parameter{i}" for i in range(120)) + ">(float*)"


class Run:
    """A run of three steps: two streams, an event between them, a set, a copy, and a synchronization."""

    def __init__(self):
        self.operators, self.calls, self.work, self.steps, self.waits = [], [], [], [], []
        self.correlation = 0
        for step in range(1 if SMALL else 3):
            self.step(step, 1_000_000 * step)
        self.end = max(e for *_, e in [(w["end"],) for w in self.work] + [(c["end"],) for c in self.calls])

    def call(self, kind, start, end):
        self.correlation += 1
        self.calls.append(dict(kind=kind, start=start, end=end, correlation=self.correlation))
        return self.correlation

    def launch(self, kind, start, end, work_start, duration, stream, name, what="kernel", size=-1):
        number = self.call(kind, start, end)
        self.work.append(dict(what=what, name=name, start=work_start, end=work_start + duration, stream=stream,
                              correlation=number, bytes=size))

    def step(self, number, t):
        self.steps.append(dict(number=number, start=t, end=t + 400_000))
        self.operators.append(dict(name="aten::mm", start=t, end=t + 60_000, sizes=[[64, 128], [128, 32]]))
        self.launch("LaunchKernel", t + 10_000, t + 15_000, t + 25_000, 30_000, 7, "gemm_kernel")
        self.operators.append(dict(name="aten::add", start=t + 70_000, end=t + 100_000, sizes=[[64, 32], [64, 32]]))
        self.launch("LaunchKernel", t + 80_000, t + 85_000, t + 95_000, 200_000, 7, LONG_NAME)
        record = self.call("EventRecord", t + 110_000, t + 111_000)
        wait = self.call("StreamWaitEvent", t + 112_000, t + 113_000)
        self.waits.append(dict(correlation=wait, stream=20, record=record, recorded=7, event=31))
        self.launch("LaunchKernel", t + 120_000, t + 125_000, t + 298_000, 50_000, 20, "reduce_kernel")
        self.launch("MemsetAsync", t + 130_000, t + 133_000, t + 351_000, 2_000, 20, "Memset (Device)", "memset", 1024)
        self.launch("MemcpyAsync", t + 140_000, t + 145_000, t + 356_000, 20_000, 20, "Memcpy DtoH", "memcpy", 4096)
        wait = self.call("StreamSynchronize", t + 150_000, t + 380_000)
        self.waits.append(dict(correlation=wait, stream=20, record=None, recorded=20, event=None))


RUN = Run()


# Kineto's Chrome trace


def kineto(path, accelerator="cuda"):
    base = 1_700_000_000_000_000_000

    def us(ns):
        return f"{(base + ns) // 1000}.{(base + ns) % 1000:03d}"

    def event(category, name, pid, tid, item, arguments):
        duration = item["end"] - item["start"]
        return ('{"ph": "X", "cat": %s, "name": %s, "pid": %d, "tid": %d, "ts": %s, "dur": %d.%03d, "args": %s}' % (
            json.dumps(category), json.dumps(name), pid, tid, us(item["start"]), duration // 1000, duration % 1000,
            json.dumps(arguments)))

    events = [event("user_annotation", f"ProfilerStep#{s['number']}", PROCESS, THREAD, s, {}) for s in RUN.steps]
    events += [event("cpu_op", o["name"], PROCESS, THREAD, o,
                     {"Input Dims": o["sizes"], "Input type": ["float", "float"]}) for o in RUN.operators]
    events += [event(f"{accelerator}_runtime", accelerator + c["kind"], PROCESS, THREAD, c,
                     {"correlation": c["correlation"]}) for c in RUN.calls]
    category = {"kernel": "kernel", "memcpy": "gpu_memcpy", "memset": "gpu_memset"}
    for w in RUN.work:
        arguments = {"device": 0, "stream": w["stream"], "correlation": w["correlation"]}
        if w["bytes"] >= 0:
            arguments["bytes"] = w["bytes"]
        events.append(event(category[w["what"]], w["name"], 0, w["stream"], w, arguments))
    with open(path, "w") as file:
        file.write('{"schemaVersion": 1, "traceEvents": [\n' + ",\n".join(events) + "\n]}\n")


# Nsight Systems

GLOBAL_PID = 1 << 48 | PROCESS << 24
GLOBAL_TID = GLOBAL_PID | THREAD


class Strings:
    def __init__(self):
        self.texts = []

    def __call__(self, text):
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)


def nsys_rows():
    """Rows of the SQLite export by table: columns and values."""
    strings = Strings()
    strings("[Unknown]")
    tables = {}
    tables["CUPTI_ACTIVITY_KIND_RUNTIME"] = [
        dict(start=c["start"], end=c["end"], eventClass=0, globalTid=GLOBAL_TID, correlationId=c["correlation"],
             nameId=strings(f"cuda{c['kind']}_v7000"), returnValue=0, callchainId=None) for c in RUN.calls]

    def lane(w):
        return dict(start=w["start"], end=w["end"], deviceId=0, contextId=1, streamId=w["stream"],
                    correlationId=w["correlation"], globalPid=GLOBAL_PID)

    tables["CUPTI_ACTIVITY_KIND_KERNEL"] = [
        dict(lane(w), demangledName=strings(w["name"]), shortName=strings(w["name"][:11]), gridX=1, gridY=1, gridZ=1,
             blockX=32, blockY=1, blockZ=1, graphNodeId=None) for w in RUN.work if w["what"] == "kernel"]
    tables["CUPTI_ACTIVITY_KIND_MEMCPY"] = [
        dict(lane(w), bytes=w["bytes"], copyKind=2, srcKind=2, dstKind=1) for w in RUN.work if w["what"] == "memcpy"]
    tables["CUPTI_ACTIVITY_KIND_MEMSET"] = [
        dict(lane(w), value=0, bytes=w["bytes"], memKind=2) for w in RUN.work if w["what"] == "memset"]
    calls = {c["correlation"]: c for c in RUN.calls}
    tables["CUPTI_ACTIVITY_KIND_SYNCHRONIZATION"] = [
        dict(start=calls[w["correlation"]]["start"] + 100, end=calls[w["correlation"]]["end"] - 100, deviceId=0,
             contextId=1, streamId=w["stream"], correlationId=w["correlation"], globalPid=GLOBAL_PID,
             syncType=2 if w["event"] else 3, eventId=w["event"] or 0xFFFFFFFF) for w in RUN.waits]
    tables["CUPTI_ACTIVITY_KIND_CUDA_EVENT"] = [
        dict(deviceId=0, contextId=1, streamId=w["recorded"], correlationId=w["record"], globalPid=GLOBAL_PID,
             eventId=w["event"]) for w in RUN.waits if w["event"]]
    tables["NVTX_EVENTS"] = [
        dict(start=s["start"], end=s["end"], eventType=59, rangeId=None, text=f"iteration {s['number']}", textId=None,
             globalTid=GLOBAL_TID, domainId=0) for s in RUN.steps] + [
        dict(start=o["start"], end=o["end"], eventType=59, rangeId=None, text=None,
             textId=strings(f"{o['name']}, seq = 3, op_id = 7, sizes = {json.dumps(o['sizes'])}"),
             globalTid=GLOBAL_TID, domainId=0) for o in RUN.operators] + [
        dict(start=5, end=None, eventType=34, rangeId=None, text="a mark", textId=None, globalTid=GLOBAL_TID,
             domainId=0)]
    tables["TARGET_INFO_GPU"] = [
        dict(id=0, name="NVIDIA A100-SXM4-80GB", busLocation="0000:01:00.0", totalMemory=85_000_000_000, smCount=108,
             computeMajor=8, computeMinor=0)]
    tables["StringIds"] = [dict(id=i, value=text) for i, text in enumerate(strings.texts)]
    return tables


def fill(connection, tables, keys=()):
    for name, rows in tables.items():
        columns = ", ".join(f'"{c}" {"INTEGER PRIMARY KEY" if c in keys and c == list(rows[0])[0] else ""}'.strip()
                            if c in keys else f'"{c}" {kind(rows, c)}' for c in rows[0])
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', [list(r.values()) for r in rows])


def kind(rows, column):
    return "TEXT" if any(isinstance(r[column], str) for r in rows) else "INT"


def database(path):
    if os.path.exists(path):
        os.remove(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 512")
    return connection


def nsys_sqlite(path):
    connection = database(path)
    fill(connection, nsys_rows(), keys=("id",))
    connection.commit()
    connection.close()


def nsys_table_lines(path):
    with open(path, "w") as file:
        for table, rows in nsys_rows().items():
            for row in rows:
                file.write(json.dumps(dict(table=table, **{k: v for k, v in row.items() if v is not None})) + "\n")


def nsys_event_lines(path):
    tables = nsys_rows()
    lines = []
    for r in tables["CUPTI_ACTIVITY_KIND_RUNTIME"]:
        lines.append({"Type": 48, "TraceProcessEvent": {
            "startNs": str(r["start"]), "endNs": str(r["end"]), "correlationId": r["correlationId"], "eventClass": 0,
            "name": str(r["nameId"]), "returnValue32": 0, "globalTid": str(r["globalTid"])}})

    def event(number, r, member, value):
        return {"Type": number, "CudaEvent": {
            "startNs": str(r.get("start", 0)), "endNs": str(r.get("end", 0)), "correlationId": r["correlationId"],
            "deviceId": r["deviceId"], "contextId": str(r["contextId"]), "streamId": str(r["streamId"]),
            "globalPid": str(r["globalPid"]), member: value}}

    for r in tables["CUPTI_ACTIVITY_KIND_KERNEL"]:
        lines.append(event(79, r, "kernel", {"demangledName": str(r["demangledName"]), "shortName": str(r["shortName"])}))
    for r in tables["CUPTI_ACTIVITY_KIND_MEMCPY"]:
        lines.append(event(80, r, "memcpy", {"sizebytes": str(r["bytes"]), "copyKind": str(r["copyKind"])}))
    for r in tables["CUPTI_ACTIVITY_KIND_MEMSET"]:
        lines.append(event(81, r, "memset", {"sizebytes": str(r["bytes"]), "value": 0}))
    for r in tables["CUPTI_ACTIVITY_KIND_SYNCHRONIZATION"]:
        lines.append(event(106, r, "sync", {"eventId": r["eventId"], "syncType": "SYNCHRONIZATION_TYPE_UNKNOWN"}))
    for r in tables["CUPTI_ACTIVITY_KIND_CUDA_EVENT"]:
        lines.append(event(127, r, "cudaEventRecord", {"eventId": r["eventId"]}))
    texts = [r["value"] for r in tables["StringIds"]]
    for r in tables["NVTX_EVENTS"]:
        text = r["text"] if r["text"] is not None else texts[r["textId"]]
        if r["end"] is not None:
            lines.append({"Type": 59, "NvtxEvent": {"Type": 59, "Timestamp": str(r["start"]), "Text": text,
                                                     "GlobalTid": str(r["globalTid"]), "EndTimestamp": str(r["end"])}})
    lines.append({"data": texts})
    with open(path, "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


# rocprofv3

GPU, QUEUE = 7, 3


def rocprof_json(path):
    operations = sorted({"hip" + c["kind"] for c in RUN.calls})
    domains = [{"kind": "NONE", "operations": []}, {"kind": "HIP_RUNTIME_API", "operations": operations},
               {"kind": "KERNEL_DISPATCH", "operations": []},
               {"kind": "MEMORY_COPY", "operations": ["MEMORY_COPY_NONE", "MEMORY_COPY_DEVICE_TO_HOST"]},
               {"kind": "MARKER_CORE_RANGE_API", "operations": ["roctxThreadRangeA"]}]
    names = sorted({w["name"] for w in RUN.work if w["what"] != "memcpy"})

    def record(kind, operation, number, item, **more):
        return dict(size=64, kind=kind, operation=operation, correlation_id=dict(internal=number, external=0),
                    start_timestamp=item["start"], end_timestamp=item["end"], thread_id=THREAD, **more)

    markers = [record(4, 0, 1000 + s["number"], s) for s in RUN.steps]
    document = {"rocprofiler-sdk-tool": [{
        "metadata": {"pid": PROCESS, "init_time": 0, "fini_time": RUN.end},
        "agents": [{"size": 1, "id": {"handle": 1}, "type": 1, "name": "EPYC"},
                   {"size": 1, "id": {"handle": GPU}, "type": 2, "logical_node_type_id": 0, "cu_count": 304,
                    "name": "gfx942", "product_name": "AMD Instinct MI300X"}],
        "counters": [],
        "buffer_records": {
            "kernel_dispatch": [record(2, 0, w["correlation"], w, dispatch_info={
                "size": 1, "agent_id": {"handle": GPU}, "queue_id": {"handle": QUEUE},
                "kernel_id": names.index(w["name"]) + 1, "grid_size": {"x": 1, "y": 1, "z": 1}},
                stream_id={"handle": w["stream"]}) for w in RUN.work if w["what"] != "memcpy"],
            "hip_api": [record(1, operations.index("hip" + c["kind"]), c["correlation"], c) for c in RUN.calls],
            "hsa_api": [record(0, 0, 5, RUN.calls[0])],
            "marker_api": markers,
            "memory_copy": [record(3, 1, w["correlation"], w, dst_agent_id={"handle": 1}, src_agent_id={"handle": GPU},
                                   bytes=w["bytes"], stream_id={"handle": w["stream"]})
                            for w in RUN.work if w["what"] == "memcpy"]},
        "strings": {"callback_records": [], "buffer_records": domains,
                    "marker_api": [{"key": 1000 + s["number"], "value": f"iteration {s['number']}"} for s in RUN.steps]},
        "kernel_symbols": [{"size": 1, "kernel_id": i + 1, "kernel_name": name + ".kd", "formatted_kernel_name": name}
                           for i, name in enumerate(names)],
        "callback_records": {}}]}
    with open(path, "w") as file:
        json.dump(document, file)


def rocpd(path):
    connection = database(path)
    suffix = "_0001_a1b2"
    strings = Strings()
    kernels = Strings()
    for w in RUN.work:
        if w["what"] != "memcpy":
            kernels(w["name"])
    events, regions, dispatches, copies = [], [], [], []

    def event(domain, number, message=None):
        extdata = json.dumps({"message": message}) if message else "{}"
        events.append((len(events) + 1, strings(domain) + 1, number, 0, 0, extdata))
        return len(events)

    for c in RUN.calls:
        regions.append((1, PROCESS, 1, c["start"], c["end"], strings("hip" + c["kind"]) + 1,
                        event("HIP_RUNTIME_API_EXT", c["correlation"])))
    for s in RUN.steps:
        regions.append((1, PROCESS, 1, s["start"], s["end"], strings("roctxRangePushA") + 1,
                        event("MARKER_CORE_RANGE_API", 0, f"iteration {s['number']}")))
    for w in RUN.work:
        if w["what"] == "memcpy":
            copies.append((1, 1, 1, w["start"], w["end"], strings("MEMORY_COPY_DEVICE_TO_HOST") + 1, 1, GPU, w["bytes"],
                           QUEUE, w["stream"], event("MEMORY_COPY", w["correlation"])))
        else:
            dispatches.append((1, 1, 1, GPU, kernels(w["name"]) + 1, QUEUE, w["stream"], w["start"], w["end"],
                               event("KERNEL_DISPATCH", w["correlation"])))

    def table(name, columns, rows):
        connection.execute(f'CREATE TABLE `rocpd_{name}{suffix}` ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, '
                           f'"guid" TEXT DEFAULT "x" NOT NULL, {columns})')
        names = ", ".join(c.split()[0] for c in columns.split(", ") if not c.startswith("FOREIGN"))
        marks = ", ".join("?" for _ in names.split(","))
        connection.executemany(f"INSERT INTO `rocpd_{name}{suffix}` ({names}) VALUES ({marks})", rows)

    table("string", '"string" TEXT NOT NULL UNIQUE ON CONFLICT ABORT', [(t,) for t in strings.texts])
    table("info_process", '"nid" INTEGER, "pid" INTEGER NOT NULL', [(1, PROCESS)])
    table("info_thread", f'"nid" INTEGER, "pid" INTEGER, "tid" INTEGER NOT NULL', [(1, 1, THREAD)])
    table("info_agent", '"type" TEXT CHECK ("type" IN (\'CPU\',\'GPU\')), "type_index" INTEGER, "product_name" TEXT, '
          '"extdata" JSONB DEFAULT "{}" NOT NULL',
          [("CPU", 0, "EPYC", "{}")] * (GPU - 1) + [("GPU", 0, "AMD Instinct MI300X", '{"cu_count": 304}')])
    table("info_kernel_symbol", '"kernel_name" TEXT, "display_name" TEXT', [(t + ".kd", t) for t in kernels.texts])
    table("event", '"category_id" INTEGER, "stack_id" INTEGER, "parent_stack_id" INTEGER, "correlation_id" INTEGER, '
          f'"extdata" JSONB, FOREIGN KEY (category_id) REFERENCES `rocpd_string{suffix}` (id) ON UPDATE CASCADE',
          [e[1:] for e in events])
    table("region", '"nid" INTEGER, "pid" INTEGER, "tid" INTEGER, "start" BIGINT, "end" BIGINT, "name_id" INTEGER, '
          '"event_id" INTEGER', regions)
    table("kernel_dispatch", '"nid" INTEGER, "pid" INTEGER, "tid" INTEGER, "agent_id" INTEGER, "kernel_id" INTEGER, '
          '"queue_id" INTEGER, "stream_id" INTEGER, "start" BIGINT, "end" BIGINT, "event_id" INTEGER', dispatches)
    table("memory_copy", '"nid" INTEGER, "pid" INTEGER, "tid" INTEGER, "start" BIGINT, "end" BIGINT, '
          '"name_id" INTEGER, "dst_agent_id" INTEGER, "src_agent_id" INTEGER, "size" INTEGER, "queue_id" INTEGER, '
          '"stream_id" INTEGER, "event_id" INTEGER', copies)
    connection.execute(f"CREATE VIEW rocpd_string AS SELECT * FROM `rocpd_string{suffix}`")
    connection.commit()
    connection.close()


# Protocol Buffers


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def fixed(field, value):
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def message(field, content):
    if isinstance(content, str):
        content = content.encode()
    return varint(field << 3 | 2) + varint(len(content)) + content


def xplane(path):
    stats = {"correlation_id": 1, "memcpy_details": 2, "step_num": 3}

    def plane(identifier, name, lines):
        names = Strings()
        names("")
        body = number(1, identifier) + message(2, name)
        for key, (title, events) in enumerate(lines, 1):
            line = number(1, key) + message(2, title) + number(3, 1_000)
            for event, start, end, values in events:
                line += message(4, number(1, names(event)) + number(2, (start - 1_000) * 1000)
                                + number(3, (end - start) * 1000)
                                + b"".join(message(4, number(1, stats[k])
                                                   + (message(5, v) if isinstance(v, str) else number(4, v)))
                                           for k, v in values.items()))
            body += message(3, line)
        for key, text in enumerate(names.texts):
            body += message(4, number(1, key) + message(2, number(1, key) + message(2, text)))
        for text, key in stats.items():
            body += message(5, number(1, key) + message(2, number(1, key) + message(2, text)))
        return message(1, body)

    def work(stream):
        events = []
        for w in RUN.work:
            if w["stream"] == stream:
                values = {"correlation_id": w["correlation"]}
                if w["what"] == "memcpy":
                    values["memcpy_details"] = f"kind_src:device kind_dst:pageable size:{w['bytes']} dest:0 async:1"
                events.append((w["name"], w["start"], w["end"], values))
        return events

    host = [(f"train", s["start"], s["end"], {"step_num": s["number"]}) for s in RUN.steps]
    host += [(o["name"], o["start"], o["end"], {}) for o in RUN.operators]
    host += [("cuda" + c["kind"], c["start"], c["end"], {"correlation_id": c["correlation"]}) for c in RUN.calls]
    host.append(("$train.py:7 main", 0, RUN.end + 10_000, {}))
    content = plane(1, "/host:CPU", [(str(THREAD), host)])
    content += plane(2, "/device:GPU:0", [("Stream #7(Compute)", work(7)), ("Stream #20(Compute,MemcpyD2H)", work(20)),
                                          ("XLA Ops", [("fusion", 0, 5_000, {})])])
    content += plane(3, "/host:metadata", [])
    with open(path, "wb") as file:
        file.write(content + message(4, "worker-0"))


def trace_viewer(path):
    events = [{"ph": "M", "pid": 701, "name": "process_name", "args": {"name": "/host:CPU"}},
              {"ph": "M", "pid": 1, "name": "process_name", "args": {"name": "/device:GPU:0"}},
              {"ph": "M", "pid": 701, "tid": THREAD, "name": "thread_name", "args": {"name": "python"}}]
    for stream in (7, 20):
        events.append({"ph": "M", "pid": 1, "tid": stream, "name": "thread_name", "args": {"name": f"Stream #{stream}(Compute)"}})
    events.append({"ph": "M", "pid": 1, "tid": 99, "name": "thread_name", "args": {"name": "XLA Modules"}})

    def event(name, pid, tid, item, **arguments):
        events.append({"ph": "X", "pid": pid, "tid": tid, "ts": item["start"] / 1000, "name": name,
                       "dur": (item["end"] - item["start"]) / 1000, "args": arguments})

    for s in RUN.steps:
        event("train", 701, THREAD, s, step_num=str(s["number"]))
    for o in RUN.operators:
        event(o["name"], 701, THREAD, o)
    for c in RUN.calls:
        event("cuda" + c["kind"], 701, THREAD, c, correlation_id=str(c["correlation"]))
    for w in RUN.work:
        more = {"memcpy_details": f"kind_src:device kind_dst:pageable size:{w['bytes']}"} if w["what"] == "memcpy" else {}
        event(w["name"], 1, w["stream"], w, correlation_id=str(w["correlation"]), **more)
    event("jit_step", 1, 99, RUN.steps[0])
    with open(path, "w") as file:
        json.dump({"displayTimeUnit": "ns", "metadata": {"highres-ticks": True}, "traceEvents": events}, file)


def perfetto(path):
    sequence, boot = 5, 10_000_000
    names = Strings()
    names("")
    categories = ["", "hip_api", "kernel_dispatch", "memory_copy", "user_annotation", "cpu_op"]
    slices = []

    def add(name, category, track, item, correlation=None, size=None):
        notes = b""
        if correlation is not None:
            notes += message(4, number(1, 1) + number(4, correlation))
        if size is not None and size >= 0:
            notes += message(4, message(10, "bytes") + number(4, size))
        # A slice that is around another begins before it and ends behind it.
        order = item["end"] - item["start"]
        slices.append((item["start"], 1, -order, number(9, 1) + number(10, names(name)) + number(3, category)
                       + number(11, track) + notes))
        slices.append((item["end"], 0, order, number(9, 2) + number(11, track)))

    for s in RUN.steps:
        add(f"ProfilerStep#{s['number']}", 4, 100, s)
    for o in RUN.operators:
        add(o["name"], 5, 100, o)
    for c in RUN.calls:
        add("hip" + c["kind"], 1, 100, c, c["correlation"])
    for w in RUN.work:
        add(w["name"], 3 if w["what"] == "memcpy" else 2, w["stream"], w, w["correlation"], w["bytes"])
    slices.sort(key=lambda s: s[:3])
    packets = [number(10, sequence) + number(13, 1)
               + message(6, message(1, number(1, 6) + number(2, boot))
                         + message(1, number(1, 64) + number(2, 0) + number(3, 1) + number(4, 1)))
               + message(59, number(58, 64))]
    packets.append(number(10, sequence) + message(60, number(1, 100) + message(4, number(1, PROCESS) + number(2, THREAD))))
    for stream in (7, 20):
        packets.append(number(10, sequence) + message(60, number(1, stream) + message(2, f"Stream {stream}")))
    interned = b"".join(message(1, number(1, i) + message(2, c)) for i, c in enumerate(categories) if i)
    interned += b"".join(message(2, number(1, i) + message(2, n)) for i, n in enumerate(names.texts) if i)
    interned += message(3, number(1, 1) + message(2, "corr_id"))
    packets.append(number(10, sequence) + message(12, interned))
    last = 0
    for index, (time, _, _, event) in enumerate(slices):
        if index == 4:
            # An absolute stamp of the trace's clock among those that count from packet to packet.
            packets.append(number(8, boot + time) + number(58, 6) + number(10, sequence) + message(11, event))
        else:
            packets.append(number(8, time - last) + number(10, sequence) + message(11, event))
            last = time
    with open(path, "wb") as file:
        for packet in packets:
            file.write(message(1, packet))


# Chakra

METADATA, COMPUTATION, COLLECTIVE = 1, 4, 7
NODE_TYPES = {METADATA: "METADATA_NODE", COMPUTATION: "COMP_NODE", COLLECTIVE: "COMM_COLL_NODE"}
REDUCED_BYTES = 1 << 20


def chakra_nodes():
    """The nodes as PyTorch's execution trace is converted: a thread, its operators, below each its kernel, and an all-reduce."""
    nodes = [dict(name="[pytorch|profiler|execution_trace|thread]", type=METADATA, parent=None, sizes=[], attributes={"is_cpu_op": True})]
    kernels = iter(w["name"] for w in RUN.work if w["what"] == "kernel" and w["name"] != "reduce_kernel")
    for step in RUN.steps:
        for o in RUN.operators:
            if not step["start"] <= o["start"] < step["end"]:
                continue
            nodes.append(dict(name=o["name"], type=COMPUTATION, parent=1, sizes=o["sizes"], duration=(o["end"] - o["start"]) // 1000,
                              attributes={"is_cpu_op": True}))
            nodes.append(dict(name=next(kernels), type=COMPUTATION, parent=len(nodes), sizes=[], duration=30, attributes={"is_cpu_op": False}))
        nodes.append(dict(name="ncclDevKernel_AllReduce_Sum_f32_RING_LL", type=COLLECTIVE, parent=1, sizes=[], duration=50,
                          attributes={"is_cpu_op": False, "comm_type": 0, "comm_size": REDUCED_BYTES, "pg_name": "0"}))
    for index, node in enumerate(nodes, 1):
        node["id"] = index
    return nodes


def chakra_inputs(node):
    """What went in, as Python's str writes lists."""
    values = [[7, 8, 0, size[0] * size[-1], 4, "cuda:0"] for size in node["sizes"]]
    return dict(values=str(values), shapes=str(node["sizes"]), types=str(["Tensor(float)"] * len(node["sizes"])))


def chakra(path):
    def attribute(name, value):
        kind = number(27, value) if isinstance(value, bool) else message(29, value) if isinstance(value, str) else number(9, value)
        return message(10, message(1, name) + kind)

    with open(path, "wb") as file:
        def write(content):
            file.write(varint(len(content)) + content)

        write(message(1, "0.0.4"))
        for node in chakra_nodes():
            inputs = chakra_inputs(node)
            content = number(1, node["id"]) + message(2, node["name"]) + number(3, node["type"])
            if node["parent"] is not None:
                content += message(4, varint(node["parent"])) + message(5, varint(node["parent"]))
            content += number(7, node["duration"]) if "duration" in node else b""
            content += message(8, message(1, inputs["values"]) + message(2, inputs["shapes"]) + message(3, inputs["types"]))
            write(content + b"".join(attribute(*item) for item in node["attributes"].items()))


def chakra_json(path):
    """Object after object, as protobuf's own JSON has messages: 64-bit numbers are texts."""
    def attribute(name, value):
        kind = "boolVal" if isinstance(value, bool) else "stringVal" if isinstance(value, str) else "int64Val"
        return {"name": name, kind: value if kind != "int64Val" else str(value)}

    with open(path, "w") as file:
        file.write(json.dumps({"version": "0.0.4"}, indent=2))
        for node in chakra_nodes():
            content = {"id": str(node["id"]), "name": node["name"], "type": NODE_TYPES[node["type"]]}
            if node["parent"] is not None:
                content.update(ctrlDeps=[str(node["parent"])], dataDeps=[str(node["parent"])])
            if "duration" in node:
                content["durationMicros"] = str(node["duration"])
            content.update(inputs=chakra_inputs(node), attr=[attribute(*item) for item in node["attributes"].items()])
            file.write(json.dumps(content, indent=2))


def chakra_graph(path):
    """The JSON that Chakra's feeder reads, of which a generator writes computation and communication by hand."""
    nodes = [{"Id": 0, "Name": "aten::mm", "NodeType": COMPUTATION, "is_cpu_op": False, "runtime": 5, "data_deps": []},
             {"Id": 1, "Name": "ALL_TO_ALL", "NodeType": COLLECTIVE, "is_cpu_op": False, "data_deps": [0], "comm_type": 6, "comm_size": 65536}]
    with open(path, "w") as file:
        json.dump({"workload_graph": nodes}, file)


# What sqlite3 says of values of every kind


def values(path, lines):
    connection = database(path)
    connection.execute("CREATE TABLE Numbers (id INTEGER PRIMARY KEY, whole, real REAL, text TEXT, [a blob], `late` INT)")
    rows = []
    for i in range(400):
        whole = [0, 1, -1, 127, -128, 300, -40_000, 1 << 22, -(1 << 30), 1 << 40, -(1 << 47), (1 << 63) - 1, -(1 << 63)]
        text = None if i % 7 == 0 else "x" * (i * 13 % 40) + "äß" + ("long " * 700 if i % 97 == 0 else "")
        rows.append((i * 3 + 1, whole[i % len(whole)], i / 3 if i % 5 else float(i), text, b"\x00\xff" * (i % 4)))
    # Rows around the size at which they no longer fit a page of 512 bytes, and around one page more.
    rows += [(2000 + i, 5, 0.5, "y" * (450 + i), b"") for i in range(20)]
    rows += [(3000 + i, 5, 0.5, "z" * (956 + i), b"") for i in range(24)]
    connection.executemany('INSERT INTO Numbers (id, whole, real, text, "a blob") VALUES (?, ?, ?, ?, ?)', rows)
    connection.execute("ALTER TABLE Numbers ADD COLUMN added INT")
    connection.execute("DELETE FROM Numbers WHERE id % 11 = 0")
    connection.commit()
    with open(lines, "w") as file:
        for row in connection.execute('SELECT id, whole, real, text, hex("a blob"), added FROM Numbers ORDER BY id'):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    connection.close()


def main():
    folders = [argument for argument in sys.argv[1:] if argument != "--small"]
    if len(folders) != 1:
        sys.exit("usage: trace_formats.py [--small] DIRECTORY")
    os.makedirs(folders[0], exist_ok=True)

    def at(name):
        return os.path.join(folders[0], name)

    kineto(at("kineto.json"))
    nsys_sqlite(at("nsys.sqlite"))
    nsys_table_lines(at("nsys_tables.jsonl"))
    nsys_event_lines(at("nsys_events.jsonl"))
    rocprof_json(at("rocprof.json"))
    rocpd(at("rocpd.db"))
    xplane(at("jax.xplane.pb"))
    trace_viewer(at("jax.trace.json"))
    perfetto(at("perfetto.pftrace"))
    chakra(at("chakra.et"))
    chakra_json(at("chakra.et.json"))
    chakra_graph(at("chakra_graph.json"))
    if not SMALL:
        values(at("values.sqlite"), at("values.jsonl"))


if __name__ == "__main__":
    main()
