#!/usr/bin/env python3
"""Holds the simulator against the models of benchmarks/measurements/h100-own, and an operator in turn against one in a loop.

    benchmarks/own_models.py --simulate .build/release/simulate

Requirements: Python 3.9 and nothing else.
"""
import argparse
import csv
import json
import pathlib
import statistics
import subprocess

WORKLOADS = pathlib.Path(__file__).resolve().parent.parent / "workloads"
FOLDER = pathlib.Path(__file__).resolve().parent / "measurements/h100-own"
# The workloads that the catalog has of these models, and what it calls their length.
LENGTHS = {"bert-base-uncased": "sequence_length", "gpt2-decode": "context", "llama-3.2-1b-decode": "context", "resnet50": None,
           "vit-base-patch32-224": None, "mobilenet-v2": None}


def rows(name):
    with open(FOLDER / name, newline="") as file:
        return list(csv.DictReader(file))


def residuals(simulate):
    """(framework, what, predicted / measured - 1) of every pass without a mask of its own or a busy neighbor."""
    for row in rows("models.csv"):
        if (row["model"] not in LENGTHS or row["guard"] != "inference_mode" or row["neighbors"] != "0"
                or "bound" in row["variant"] or "capture" in row["variant"]):
            continue
        command = [simulate, "run", row["model"], "nvidia-h100-sxm", "--host", "intel-xeon-platinum-8570", "--framework",
                   row["framework"], "--precision", row["precision"], "--batch", row["batch"], "--format", "json"]
        if LENGTHS[row["model"]] and row["length"]:
            command += ["--parameter", f"{LENGTHS[row['model']]}={row['length']}"]
        # Models of today attend in one kernel, unless they are told otherwise.
        if "eager attention" not in row["variant"] and (WORKLOADS / f"{row['model']}-sdpa.json").exists():
            command[2] += "-sdpa"
        result = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        what = f"{row['model']} {row['variant']} batch {row['batch']} {row['length']}"
        yield row["framework"], what, result["latency_us"] / float(row["latency_us"]) - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True)
    found = {}
    for framework, what, error in residuals(parser.parse_args().simulate):
        found.setdefault(framework, []).append((error, what))
    for framework, errors in sorted(found.items()):
        print(f"{framework}: {len(errors)} rows, median of the absolute {statistics.median(abs(error) for error, _ in errors):.1%}, "
              f"median {statistics.median(error for error, _ in errors):+.1%}, "
              f"{min(errors)[0]:+.0%} ({min(errors)[1]}) to {max(errors)[0]:+.0%} ({max(errors)[1]})")
    loops, turns = {}, {}
    for row in rows("dispatch.csv"):
        if row["guard"] == "inference_mode" and row["neighbors"] == "0" and "bound" not in row["note"]:
            {"operator": loops, "in turn with others": turns}.get(row["call"], {})[row["operator"]] = float(row["host_us"])
    ratios = sorted(turns[name] / loops[name] for name in turns if name in loops)
    print(f"operators in turn, to a loop: {len(ratios)}, median {statistics.median(ratios):.2f}, "
          f"middle 80 % {ratios[len(ratios) // 10]:.1f} to {ratios[-len(ratios) // 10]:.1f}")


if __name__ == "__main__":
    main()
