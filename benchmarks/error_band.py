#!/usr/bin/env python3
"""Gathers measurements of many systems in one file, and makes the model's error band of them.

    benchmarks/error_band.py --simulate PROGRAM --data FOLDER [--rows FILE] [--output hardware-profiles/error-bands/calibrated.json]

FOLDER holds `measurements` as other people published them, as for validation.py; our own are benchmarks/measurements.
The paper's testbeds have one host speed each, fitted to batch 2; no number is fitted to any other row. Needs Python 3 and
nothing else.
"""

import argparse
import pathlib
import subprocess
import tempfile

import own_models
import validation

COLUMNS = ["testbed", "accelerator", "host", "framework", "precision", "workload", "batch", "sequence_length", "image_size",
           "context", "latency_ms", "role"]
# Whose machine it was, where the source says so; else the host that the accelerator is sold with.
HOSTS = {"FasterTransformer, T4": "intel-xeon-e5-2670", "FasterTransformer, V100": "intel-xeon-e5-2698-v4", "RTX 3090": "reference"}


def others(data):
    """Rows that nothing is fitted to."""
    for rows in (validation.language_models(data), validation.torchscript_bert(data)):
        yield from rows
    for row in validation.graphs_and_eager(data):
        if row["framework"] in ("pytorch-eager", "cuda-graph"):
            yield row
    yield from validation.rows_of(data / "measurements/framework-tax/processor_latency.csv")
    yield from validation.rows_of(validation.ROOT / "benchmarks/measurements/timm-rtx3090.csv")
    yield from own()


def own():
    """The passes of our own measurement that have neither a mask of their own nor a busy neighbor."""
    for row in own_models.rows("models.csv"):
        if (row["model"] not in own_models.LENGTHS or row["guard"] != "inference_mode" or row["neighbors"] != "0"
                or "bound" in row["variant"] or "capture" in row["variant"]):
            continue
        length = own_models.LENGTHS[row["model"]]
        # Models of today attend in one kernel, unless they are told otherwise.
        fused = "eager attention" not in row["variant"] and (own_models.WORKLOADS / f"{row['model']}-sdpa.json").exists()
        yield {"testbed": "own H100", "accelerator": row["accelerator"], "host": "intel-xeon-platinum-8570",
               "framework": row["framework"], "precision": row["precision"], "workload": row["model"] + "-sdpa" * fused, "batch": row["batch"],
               "latency_ms": f"{float(row['latency_us']) / 1e3:.6f}", **({length: row["length"]} if length and row["length"] else {})}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--rows", type=pathlib.Path, help="where the rows are kept")
    parser.add_argument("--output", default=validation.ROOT / "hardware-profiles/error-bands/calibrated.json", type=pathlib.Path)
    arguments = parser.parse_args()
    rows = list(validation.framework_tax(arguments.data))
    rows += [{"host": HOSTS.get(row.get("testbed"), ""), **row, "role": "test"} for row in others(arguments.data)]
    with tempfile.TemporaryDirectory() as scratch:
        path = arguments.rows or pathlib.Path(scratch) / "measurements/all.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        validation.COLUMNS = COLUMNS
        validation.write_rows(path, rows)
        subprocess.run([arguments.simulate, "validate", str(path), "--fit", "host", "--error-band", str(arguments.output),
                        "--format", "csv"], check=True, stdout=subprocess.DEVNULL)
        text = arguments.output.read_text().replace('"from": "', '"from": "benchmarks/error_band.py: ')
        arguments.output.write_text(text)
    print(f"{len(rows)} rows: {arguments.output}")


if __name__ == "__main__":
    main()
