#!/usr/bin/env python3
"""Holds hardware-profiles/interconnects against measured collectives, and fits what they say of an interconnect.

    benchmarks/interconnects.py --data ../shared                 # errors by system, library, collective and ranks
    benchmarks/interconnects.py --data ../shared --leave-out     # each NVLink generation from the two others
    benchmarks/interconnects.py --data ../shared --worth         # the errors without each part of the model
    benchmarks/interconnects.py --data ../shared --fit           # writes the constants of all profiles anew

Requirements: Python 3.9, and for --fit and --worth numpy and scipy; nothing else.

N ranks that each give S bytes take the least, over the algorithms of a library that serve the collective and the size, of

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
    bandwidth = algorithm["bandwidth_fraction"] * profile["bandwidth_gb_per_s"]
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
    """GB/s of its memory, and how fast its host runs framework code relative to the reference host."""
    profile = load_profile("accelerators", accelerator)
    return profile["memory"]["bandwidth_gb_per_s"], load_profile("hosts", profile["host"])["single_thread_speed"]


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
    print_table("system, library", grouped(profiles, rows, lambda row: f"{row.system} {row.library}"))
    print_table("and mode", grouped(profiles, rows, lambda row: f"{row.system} {row.library} {row.mode}"))
    print_table("collective, ranks", grouped(
        profiles, rows, lambda row: f"{row.system} {row.library} {row.mode} {row.collective} {row.ranks}"))
    groups = collections.OrderedDict()
    for wiring, row in load_vidur(data):
        for name in (f"{row.system.split()[0]} {row.collective} (all)", f"{row.system} {row.collective} ({wiring})"):
            groups.setdefault(name, []).extend(errors_of(profiles[wiring], [row]))
    print_table("vidur: ranks in nodes", collections.OrderedDict(sorted(groups.items())))
    report_published(data, profiles)


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
        for library, own in guessed[name]["libraries"].items():
            own["host_call_us"] = statistics.mean(
                profiles[other]["libraries"][library]["host_call_us"] for other in GENERATIONS if other != name)
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
    put(least_squares(residuals, start, bounds=(start - 4, start + 2.5), max_nfev=80).x)
    return len(slots)


def fit_host(profile, rows, accelerator):
    """A call's host time, of each owner of one: what makes the middle error of the rows that call it least."""
    memory, speed = memory_and_speed_of[accelerator]
    decided = collections.defaultdict(list)
    for row in rows:
        if row.mode == "eager":
            device, algorithm, owner = serving(profile, row.library, row.collective, row.ranks, row.given)
            asked = profile["libraries"][row.library]
            device += asked["eager_latency_us"] + asked["eager_copies"] * 2 * row.given / (memory * 1e3)
            decided[id(algorithm if "host_call_us" in algorithm else owner)].append((device, row.us))
    for item in [item for own in profile["libraries"].values() for item in [own] + own["algorithms"]]:
        if any(device < 30 for device, _ in decided[id(item)]):
            item["host_call_us"] = min((call / 2 for call in range(20, 200)), key=lambda call: middle_error(
                [max(call / speed, device) / us - 1 for device, us in decided[id(item)]]))


def middle_error(errors):
    return statistics.median(map(abs, errors)) + 0.1 * statistics.mean(min(abs(error), 1) for error in errors)


def rows_of(name, rows, vidur):
    accelerators = {interconnect: (system, accelerator) for system, (interconnect, accelerator) in SYSTEMS.items()}
    system, accelerator = accelerators.get(name, (None, None))
    own = [row for row in rows if row.system == system]
    # A profiler's kernel times contain the wait for the slowest rank: below 1 MB they say little else.
    timed = [row for wiring, row in vidur if wiring == name and (row.given >= 1e6 or row.collective == "send")]
    return own + timed[::8], accelerator


def fit(profile, rows, accelerator):
    count = fit_device(profile, rows)
    if accelerator:
        fit_host(profile, rows, accelerator)
    return count


def rounded(value):
    return float(f"{value:.3g}") if isinstance(value, float) else value


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


def fit_all(rows, vidur):
    for name in FITTED:
        profile = load_profile("interconnects", name)
        count = fit(profile, *rows_of(name, rows, vidur))
        print(f"{name}: {count} constants")
        write(profile)


if __name__ == "__main__":
    main()
