#!/usr/bin/env python3
"""Where public sources contradict the catalog, or one another, on a part's number.

    benchmarks/data_sheets.py --facts FOLDER [--least 0.005] [--all]

FOLDER holds `hardware/accelerators.csv` and `hardware/new_2026-11.csv`, collections of data sheets that are no part of this
repository. Every number of a row is held against the profile of the same part and against the row of
hardware-profiles/history that names it. Printed are the numbers that differ by more than --least, with what the profile's
source says: `range` where its entry states a range that holds the other figure, or nothing. With --all also parts of one
table alone. Status 1 if a number differs of which the profile says nothing. Needs Python 3.9 and nothing else.
"""

import argparse
import csv
import json
import pathlib
import re
import sys

PROFILES = pathlib.Path(__file__).resolve().parent.parent / "hardware-profiles"
# A number's path in a profile, and its column in either table with the factor to the profile's unit.
NUMBERS = {
    "compute_units": ("sm_cu", "sm_cu", 1), "clock_ghz": ("boost_mhz", "clock_mhz", 1e-3), "watts": ("tdp_w", "tdp_w", 1),
    "peak_tflops.fp32": ("fp32_tflops", "fp32_tflops", 1), "peak_tflops.tf32": ("tf32_tensor_tflops", "tf32_tflops", 1),
    "peak_tflops.fp16": ("fp16_tensor_tflops", "fp16_tflops", 1), "peak_tflops.bf16": ("bf16_tensor_tflops", "bf16_tflops", 1),
    "peak_tflops.fp8": ("fp8_tflops", "fp8_tflops", 1), "peak_tflops.int8": ("int8_tops", "int8_tops", 1),
    "peak_tflops.nvfp4": ("fp4_tflops", "fp4_tflops", 1), "memory.capacity_gb": ("mem_gb", "mem_gb", 1),
    "memory.bandwidth_gb_per_s": ("mem_bw_gbs", "mem_bw_gbs", 1), "memory.l2_mb": ("l2_mb", "l2_mb", 1)}
# Words of a part's name that tell no two parts apart.
NOISE = {"nvidia", "amd", "intel", "google", "aws", "huawei", "apple", "geforce", "tesla", "instinct", "gpu", "per", "chip", "dgx",
         "spark", "generation", "class", "part", "hopper", "blackwell", "vera", "nvl72", "vr200", "ultra", "oam", "2", "gcds",
         "trillium", "ironwood", "t5000", "40c", "10c", "sxm5", "workstation", "board"}
# Names that differ by more than that.
SAME = {"nvidia-h200": "H200 SXM5 141GB", "nvidia-h20": "H20 SXM", "nvidia-rtx-3060": "GeForce RTX 3060 12GB",
        "nvidia-rtx-3080": "GeForce RTX 3080 10GB", "nvidia-rtx-5060-ti": "GeForce RTX 5060 Ti 16GB",
        "nvidia-gh200": "GH200 96GB (Hopper part)", "nvidia-v100-pcie-16gb": "Tesla V100 PCIe 16/32GB",
        "nvidia-v100-sxm2-16gb": "Tesla V100 SXM2 16/32GB", "nvidia-v100-sxm2-32gb": "Tesla V100 SXM2 16/32GB",
        "nvidia-p100-sxm2-16gb": "Tesla P100 SXM2", "nvidia-h100-sxm": "H100 SXM5 80GB", "nvidia-h100-pcie": "H100 PCIe 80GB",
        "nvidia-b200": "B200 SXM", "nvidia-b300": "B300 SXM (Blackwell Ultra)", "nvidia-rtx-pro-6000": "RTX PRO 6000 Blackwell",
        "nvidia-rtx-pro-6000-server": "RTX PRO 6000 Blackwell Server", "intel-arc-b60": "Arc Pro B60",
        "nvidia-rubin": "Rubin GPU (VR200 / Vera Rubin NVL72, per GPU)", "nvidia-jetson-orin-agx": "Jetson AGX Orin 64GB",
        "nvidia-jetson-thor": "Jetson AGX Thor T5000", "nvidia-gb10": "GB10 (DGX Spark)", "nvidia-titan-x-pascal": "TITAN X (Pascal)"}
# A profile is one of the two halves that software sees.
SHARES = {"amd-mi250x": {"compute_units", "watts", "memory.capacity_gb", "memory.bandwidth_gb_per_s", "memory.l2_mb"}}
HALVED_PEAKS = "amd-mi250x"
# Figures of something else: AMD's collections have the vector units' rate in fp32, the profiles the matrix units'; rows of two sizes.
DIFFERENT = {("amd-mi100", "peak_tflops.fp32"), ("amd-mi210", "peak_tflops.fp32"), ("amd-mi250x", "peak_tflops.fp32"),
             ("nvidia-v100-pcie-16gb", "memory.capacity_gb"), ("nvidia-v100-sxm2-16gb", "memory.capacity_gb")}


def words(name):
    return frozenset(re.findall(r"[a-z0-9]+", name.lower())) - NOISE


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def value_at(profile, path):
    for key in path.split("."):
        profile = profile.get(key, {}) if isinstance(profile, dict) else {}
    return profile if isinstance(profile, (int, float)) else None


def range_of(profile, path):
    entry = profile["sources"].get(path, {})
    return entry.get("range")


def figures(profile, tables):
    """What each table says of a part: (table, source, path, value)."""
    name = profile["name"]
    for table, rows, column in tables:
        for row in rows:
            if row.get("kind", "accelerator") not in ("accelerator", "datasheet", "assumed", "announced"):
                continue
            if table == "history":
                if row["profile"] != name:
                    continue
                cells = {path: row.get(path) for path in NUMBERS}
                source = row["source"]
            else:
                wanted = SAME.get(name)
                if row["name"] != wanted if wanted else words(row["name"]) != words(name):
                    continue
                cells = {path: row.get(entry[column]) for path, entry in NUMBERS.items()}
                source = row.get("source") or row.get("source_url")
            for path, cell in cells.items():
                if not cell:
                    continue
                value = float(cell) * (1 if table == "history" else NUMBERS[path][2])
                if path in SHARES.get(name, ()) or name == HALVED_PEAKS and path.startswith("peak"):
                    value /= 2
                yield table, source, path, value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", required=True, type=pathlib.Path)
    parser.add_argument("--least", type=float, default=0.005)
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    hardware = arguments.facts / "hardware"
    tables = [("accelerators", rows_of(hardware / "accelerators.csv"), 0), ("new", rows_of(hardware / "new_2026-11.csv"), 1),
              ("history", rows_of(PROFILES / "history/accelerators.csv"), None)]
    unsaid = compared = parts = 0
    for path in sorted((PROFILES / "accelerators").glob("*.json")):
        profile = json.loads(path.read_text())
        seen = set()
        found = list(figures(profile, tables))
        parts += bool(found)
        if arguments.all and not found:
            print(f"{profile['name']}: in no table")
        for table, source, number, value in found:
            own = value_at(profile, number)
            if own is None or (profile["name"], number) in DIFFERENT:
                continue
            compared += 1
            if abs(value - own) <= arguments.least * own or (number, value) in seen:
                continue
            seen.add((number, value))
            span = range_of(profile, number)
            inside = span and span[0] * (1 - 1e-9) <= value <= span[1] * (1 + 1e-9)
            unsaid += not inside
            print(f"{profile['name']} {number}: {own:g}, {value:g} in {table} ({source[:60]})"
                  + (f": range {span[0]:g} to {span[1]:g}" if inside else ""))
    print(f"{compared} figures of {parts} parts; {unsaid} differ of which no range is stated")
    return 1 if unsaid else 0


if __name__ == "__main__":
    sys.exit(main())
