#!/usr/bin/env python3
"""How far moves are from measurements: makes hardware-profiles/error-bands/moves.json.

    benchmarks/moved_recordings.py --simulate PROGRAM --data FOLDER [--output FILE]

A recording is moved by the ratio of two modeled times, and so can every measured pass be: what it took on one machine, times the
ratio of the predictions for another and for the first, beside what it took on the other. FOLDER holds `measurements` as other
people published them, as for error_band.py and kernels_of_today.py, whose rows these are. Passes count that the device sets on both
sides (the times of kernels on another accelerator, or with another batch), and passes that the host sets on both sides (a host's
times, each machine's host fitted by one number). Of accelerators of today whole passes are few: there a sum of all kernels of a
sort (products, prefill, decode, encoders) that were timed alone on both counts as a pass. Rows that a host was fitted to are left
out. Needs Python 3.9 and nothing else.
"""

import argparse
import collections
import csv
import itertools
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

import error_band
import kernels_of_today
import validation

# Fewer passes say less of a pair than of their own kernels.
FEWEST = 3
# Another batch is one that somebody would ask for.
LARGEST_FACTOR = 8
MODEL = ("workload", "sequence_length", "image_size", "context", "framework", "precision")


def predicted(simulate, data, scratch):
    rows = list(validation.framework_tax(data))
    rows += [{"host": error_band.HOSTS.get(row.get("testbed"), ""), **row, "role": "test"} for row in error_band.others(data)]
    path = pathlib.Path(scratch) / "measurements/all.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    validation.COLUMNS = error_band.COLUMNS
    validation.write_rows(path, rows)
    command = [simulate, "validate", str(path), "--fit", "host", "--format", "csv"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    for row in csv.DictReader(done.stdout.splitlines()):
        if row["latency_ms"] and row["accelerator"] and row["role"] != "anchor":
            yield {**row, "error": math.log(float(row["latency_ms"]) / float(row["predicted_ms"]))}


def between(rows, regime):
    """Moves of the same pass from accelerator to accelerator: the error by pair, both ways alike."""
    passes = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        if row["regime"] == regime:
            passes[tuple(row[key] for key in MODEL + ("batch",))][row["accelerator"]].append(row["error"])
    pairs = collections.defaultdict(list)
    for machines in passes.values():
        for one, other in itertools.combinations(sorted(machines), 2):
            if other.startswith(one):  # the same chip on another board
                continue
            pairs[one, other].append(statistics.median(machines[other]) - statistics.median(machines[one]))
    return pairs


def kernels(simulate, data, scratch):
    """Moves of all kernels of a sort together, timed alone: the error by pair of accelerators."""
    path = pathlib.Path(scratch) / "kernels.csv"
    script = validation.ROOT / "benchmarks/kernel_measurements.py"
    subprocess.run([sys.executable, str(script), str(data / "measurements/modern"), str(path), "--only", kernels_of_today.FILES],
                   check=True, stdout=subprocess.DEVNULL)
    timed = collections.defaultdict(dict)
    for file in (path, kernels_of_today.OWN):
        for row in kernels_of_today.predict(simulate, file, kernels_of_today.PROFILES):
            sort = kernels_of_today.sort_of(row)
            if sort in ("products", "prefill", "decode", "encoder"):
                key = (sort, row["operator"], row["precision"], row["inputs"], row["attributes"])
                timed[key].setdefault(row["accelerator"], (float(row["time_us"]), float(row["predicted_us"])))
    sums = collections.defaultdict(lambda: [0.0, 0.0, 0])
    for (sort, *_), machines in timed.items():
        for one, other in itertools.combinations(sorted(machines), 2):
            (here, model), (there, elsewhere) = machines[one], machines[other]
            total = sums[one, other, sort]
            total[0] += there
            total[1] += here * elsewhere / model
            total[2] += 1
    pairs = collections.defaultdict(list)
    for (one, other, _), (measured, moved, count) in sums.items():
        if count >= 100:
            pairs[one, other].append(math.log(measured / moved))
    return pairs


def batches(rows):
    """Moves of the same pass from batch to batch, where the device sets both: the error by accelerator."""
    passes = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        if row["regime"] == "device-bound":
            passes[tuple(row[key] for key in ("accelerator",) + MODEL)][int(row["batch"])].append(row["error"])
    machines = collections.defaultdict(list)
    for (accelerator, *_), sizes in passes.items():
        for one, other in itertools.combinations(sorted(sizes), 2):
            if other <= LARGEST_FACTOR * one:
                machines[accelerator,].append(statistics.median(sizes[other]) - statistics.median(sizes[one]))
    return machines


def table(moves, fewest=FEWEST):
    return [{"systems": list(systems), "passes": len(errors),
             "log_error": round(math.sqrt(statistics.fmean(e * e for e in errors)), 4)}
            for systems, errors in sorted(moves.items()) if len(errors) >= fewest]


def document(rows, alone):
    parts = {"accelerators": between(rows, "device-bound"), "batches": batches(rows), "hosts": between(rows, "host-bound")}
    notes = {
        "accelerators": "passes that the device sets on both, or of sums of the kernels of a sort that were timed alone (constants of "
                        "families rest on some of them); the two recordings of one model that there are (H100 and MI300X) are left "
                        "out, since constants of the MI300X rest on them",
        "batches": f"passes that the device sets at both batches, one at most {LARGEST_FACTOR} times the other",
        "hosts": "passes that the host sets on both, whose host's speed is one number fitted to other passes",
    }
    root = "the square root of the mean of ln(measured / moved) squared, of "
    rows = {part: table(moves) for part, moves in parts.items()}
    known = [row["systems"] for row in rows["accelerators"]]
    rows["accelerators"] += [row for row in table(alone, 1) if row["systems"] not in known]
    return {"schema": "move_errors/1", **rows,
            "sources": {part: {"kind": "derived", "note": root + note,
                               "from": "benchmarks/moved_recordings.py: simulate validate measurements/all.csv --fit host"}
                        for part, note in notes.items()}}, parts


# Student's distribution, what 95 in 100 do not exceed, by degrees of freedom from 1 on.
STUDENT = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746)


def covered(rows, moves):
    """The band's factor, as the program makes it, and the share of moves within it, every pair alike."""
    square = statistics.fmean(row["log_error"] ** 2 for row in rows)
    systems = {system for row in rows for system in row["systems"]}
    width = STUDENT[max(1, len(systems) - 1) - 1] * math.sqrt(square)
    return math.exp(width), statistics.fmean(sum(abs(e) <= width for e in errors) / len(errors) for errors in moves)


def text(document):
    """JSON with a row on each line."""
    lines = ['{', f'  "schema": "{document["schema"]}",']
    for part in ("accelerators", "batches", "hosts"):
        rows = ",\n".join("    " + json.dumps(row) for row in document[part])
        lines.append(f'  "{part}": [\n{rows}\n  ],')
    lines.append('  "sources": ' + json.dumps(document["sources"], indent=2).replace("\n", "\n  "))
    return "\n".join(lines) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--output", default=validation.ROOT / "hardware-profiles/error-bands/moves.json", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rows = list(predicted(arguments.simulate, arguments.data, scratch))
        alone = kernels(arguments.simulate, arguments.data, scratch)
    made, moves = document(rows, alone)
    arguments.output.write_text(text(made))
    for part, pairs in moves.items():
        kept = [errors for errors in pairs.values() if len(errors) >= FEWEST]
        factor, share = covered(made[part], kept)
        print(f"{part}: {len(made[part])} rows, {sum(map(len, kept))} passes of {len(kept)} of them, median |error| "
              f"{100 * statistics.median(statistics.median(map(abs, errors)) for errors in kept):.1f} %, nine in ten within a factor "
              f"of {factor:.2f}, which holds {100 * share:.0f} % of these passes")


if __name__ == "__main__":
    main()
