#!/usr/bin/env python3
"""Keeps the hindcast that travels with the program equal to what the program forecasts.

    tools/hindcasts.py check FOLDER       compares hardware-profiles/history/hindcasts.json with what the program says
    tools/hindcasts.py update FOLDER      writes it

A page has a hindcast, which does not depend on its system and takes longer than the rest of the page: so it is kept in a file,
with a digest of the files that it was made from (Sources/Studies/HindcastInputs.swift has the same one). FOLDER holds the
program, built for release.
Requirements: Python 3.9 and nothing else.
"""
import csv
import json
import math
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ROOT / "hardware-profiles/history/hindcasts.json"
FOLDERS = ["accelerators", "architectures", "error-bands", "frameworks", "host-architectures", "hosts"]
HISTORY = ["accelerators.csv", "hosts.csv", "latencies.csv", "trends.json"]
# As many as a page takes, and the first year that 'project --hindcast' forecasts from.
SAMPLES = 100
FIRST_CUTOFF = 2014
FACTOR = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def inputs():
    """The files that a hindcast may be made from, in order, as paths within the catalog."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / "hardware-profiles" / folder).glob("*.json"))]
    paths += [ROOT / "hardware-profiles/history" / name for name in HISTORY]
    with open(ROOT / "hardware-profiles/history/latencies.csv", encoding="utf-8", newline="") as file:
        names = sorted({row["workload"] for row in csv.DictReader(file)})
    paths += [ROOT / f"workloads/{name}.json" for name in names]
    return [path.relative_to(ROOT).as_posix() for path in paths]


def digest(paths):
    """A number of 64 bits that follows from names and contents, word by word."""
    state = 0
    for path in paths:
        for data in (path.encode(), (ROOT / path).read_bytes()):
            padded = data + bytes(8 - len(data) % 8)
            words = [int.from_bytes(padded[place:place + 8], "little") for place in range(0, len(padded), 8)]
            for word in words + [len(data)]:
                state = (state ^ word) * FACTOR & MASK
                state ^= state >> 32
    return f"{state:016x}"


def forecast(program):
    """What the program forecasts, made anew."""
    command = [program, "project", "--hindcast", "--from", str(FIRST_CUTOFF), "--samples", str(SAMPLES), "--format", "json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["hindcasts"]


def text(program):
    rows = ",\n".join("    " + json.dumps(row) for row in forecast(program))
    return (
        f'{{\n  "schema": "hindcasts/1",\n  "made_from": "{digest(inputs())}",\n  "samples": {SAMPLES},\n'
        f'  "first_cutoff": {FIRST_CUTOFF},\n  "hindcasts": [\n{rows}\n  ]\n}}\n')


def is_same(kept, made):
    """Whether both say the same: mathematical functions differ in their last digits from system to system."""
    if isinstance(kept, dict) and isinstance(made, dict):
        return kept.keys() == made.keys() and all(is_same(kept[key], made[key]) for key in kept)
    if isinstance(kept, list) and isinstance(made, list):
        return len(kept) == len(made) and all(is_same(*pair) for pair in zip(kept, made))
    if isinstance(kept, float) or isinstance(made, float):
        return math.isclose(kept, made, rel_tol=1e-9, abs_tol=1e-12)
    return kept == made


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in ("check", "update"):
        print(__doc__, file=sys.stderr)
        return 64
    made = text(str(pathlib.Path(arguments[1]) / "simulate"))
    if arguments[0] == "update":
        KEPT.write_text(made, encoding="utf-8")
        return 0
    if KEPT.exists() and is_same(json.loads(KEPT.read_text(encoding="utf-8")), json.loads(made)):
        return 0
    print(f"{KEPT.relative_to(ROOT)} is not what the program forecasts; tools/hindcasts.py update FOLDER writes it")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
