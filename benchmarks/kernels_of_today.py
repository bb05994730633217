#!/usr/bin/env python3
"""Holds the kernel model against kernels that were timed alone on the devices of today; writes benchmarks/validation-kernels.md.

    benchmarks/kernels_of_today.py --simulate .build/release/simulate --data FOLDER

FOLDER is what benchmarks/kernel_measurements.py reads. Tables by device, sort and size; what a device costs whose measurements
are left out, so that its family has a relative's constants; what each constant is worth. Needs Python 3.9 and nothing else.
"""

import argparse
import csv
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROFILES = ROOT / "hardware-profiles"
OWN = ROOT / "benchmarks/measurements/h100-own/kernels.csv"
FILES = "aic_gemm_bf16,aic_gemm_fp8,aic_attention_encoder,aic_attention_causal,llm_layers_kaist"
# The device that a family was fitted to, and the relative whose constants it has without it.
FAMILIES = {"nvidia-a100-sxm4-80gb": ("ampere-ga100", "ada"), "nvidia-h200": ("hopper", "blackwell"),
            "nvidia-l40s": ("ada", "ampere-ga100"), "nvidia-b200": ("blackwell", "hopper")}
UNSEEN = {"nvidia-rtx-4090": "RTX 4090 (Ada is the L40S's)", "nvidia-h100-sxm": "H100 (Hopper is the H200's)"}
# With these a constant has no effect, or the least that it can have; None: the family goes without.
NEUTRAL = {"energy_pj_per_flop": 1e-6, "matrix_flops_per_clock": 1e6, "operand_bytes_per_clock": None, "matrix_step_clocks": 0,
           "split_us": 0, "matrix_fixed_us": 0, "matrix_memory": 1, "cache_bytes_per_clock": 1000, "load_bytes_per_clock": None,
           "matrix_pairs": None, "quantization_us": 0, "attention_flops_per_clock": None, "exponentials_per_clock": 1e6,
           "attention_block_us": 0, "attention_fixed_us": 0, "wait_clocks": 0, "block_clocks": 0, "places_per_clock": 1e6,
           "turns_per_clock": 1e6, "planes_per_clock": 1e6, "stream_bytes_per_clock": 1, "sum_waits": 0, "sum_elements": 1e9, "long_sum_waits": 0,
           "long_sum_elements": 1e9, "place_waits": 0, "place_elements": 1e9, "long_place_waits": 0, "long_place_elements": 1e9,
           "quantized_bytes": 0, "attention_combining": 0}
KEPT = {"memory", "vector", "vector_half", "matrix_alignment", "flash_attention", "idle_power", "energy_pj_per_byte"}


def median(errors):
    return 100 * statistics.median(map(abs, errors)) if errors else None


def shown(value):
    return "-" if value is None else f"{value:.1f}"


def sort_of(row):
    """What its error is told with; None for what no table here has."""
    name, inputs = row["operator"].split("::")[-1], json.loads(row["inputs"])
    attributes = row["attributes"] or "{}"
    if name == "linear":
        if row["precision"] == "fp8":
            return "products, fp8" if "quantizes" in attributes else None
        if row["precision"] not in ("bf16", "fp16"):
            return None
        if any(side % 8 for side in inputs[1]):
            return "products, unaligned"
        return "products" if min(inputs[1]) >= 512 else None
    if name == "scaled_dot_product_attention" and "backend" not in attributes:
        queries, causal = inputs[0][2], '"is_causal":1' in attributes.replace(" ", "")
        return "decode" if queries == 1 else "prefill" if causal else "encoder"
    if name in ("layer_norm", "rms_norm", "softmax", "sum", "mean", "argmax", "embedding"):
        return "rows"
    if name in ("fused_add_rms_norm", "rotary_embedding", "silu_and_mul"):
        return "engines' passes"
    return "copies" if name in ("copy_", "cat") or name == "contiguous" and "permutation" in attributes else None


def size_of(row):
    m = json.loads(row["inputs"])[0][0]
    return "m to 16" if m <= 16 else "to 256" if m <= 256 else "to 2,048" if m <= 2048 else "above"


def predict(simulate, path, catalog):
    command = [simulate, "validate", str(path), "--kernels", "--format", "csv", "--catalog", str(catalog)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return [row for row in csv.DictReader(done.stdout.splitlines()) if row["error_fraction"]]


def by(rows, key):
    groups = {}
    for row in rows:
        if sort_of(row) and key(row) is not None:
            groups.setdefault(key(row), []).append(float(row["error_fraction"]))
    return groups


def changed(catalog, change):
    """A copy of the profiles, each family's file changed."""
    shutil.rmtree(catalog, ignore_errors=True)
    shutil.copytree(PROFILES, catalog)
    for path in (catalog / "architectures").glob("*.json"):
        document = json.loads(path.read_text())
        change(path.stem, document["efficiency"])
        document["sources"] = {key: value for key, value in document["sources"].items()
                               if not key.startswith("efficiency.") or key[len("efficiency."):] in document["efficiency"]}
        path.write_text(json.dumps(document))
    return catalog


def tables(rows):
    devices = [*FAMILIES, *UNSEEN]
    sorts = ["products", "products, unaligned", "products, fp8", "encoder", "prefill", "decode", "rows", "copies", "engines' passes"]
    groups = by(rows, lambda row: (row["accelerator"], sort_of(row)))
    yield "| median %, rows | " + " | ".join(sorts) + " |"
    yield "|---" * (1 + len(sorts)) + "|"
    for device in devices:
        cells = [groups.get((device, sort), []) for sort in sorts]
        yield f"| {device} | " + " | ".join(f"{shown(median(cell))}, {len(cell)}" if cell else "-" for cell in cells) + " |"
    yield ""
    sizes = ["m to 16", "to 256", "to 2,048", "above"]
    groups = by(rows, lambda row: (row["accelerator"], size_of(row)) if sort_of(row) == "products" else None)
    yield "| products, median % | " + " | ".join(sizes) + " |"
    yield "|---" * (1 + len(sizes)) + "|"
    for device in devices:
        if any((device, size) in groups for size in sizes):
            yield f"| {device} | " + " | ".join(shown(median(groups.get((device, size), []))) for size in sizes) + " |"
    yield ""


def left_out(simulate, path, scratch, before):
    yield "### A device left out"
    yield ""
    yield "Its family takes all fitted constants of a relative, but for bandwidth, vector units and the generation of attention: what is known of"
    yield "a family of which nothing was measured. In brackets with its own."
    yield ""
    sorts = ["products", "products, fp8", "encoder", "prefill", "decode"]
    yield "| device | constants of | " + " | ".join(sorts) + " |"
    yield "|---" * (2 + len(sorts)) + "|"
    own = by(before, lambda row: (row["accelerator"], sort_of(row)))
    for device, (family, relative) in FAMILIES.items():
        source = json.loads((PROFILES / f"architectures/{relative}.json").read_text())["efficiency"]

        def change(name, efficiency, family=family, source=source):
            if name == family:
                kept = {key: efficiency[key] for key in KEPT if key in efficiency}
                efficiency.clear()
                efficiency.update(source, **kept)
        groups = by(predict(simulate, path, changed(scratch / "left", change)), lambda row: (row["accelerator"], sort_of(row)))
        cells = [f"{shown(median(groups.get((device, sort), [])))} ({shown(median(own.get((device, sort), [])))})" for sort in sorts]
        yield f"| {device} | {relative} | " + " | ".join(cells).replace("- (-)", "-") + " |"
    yield ""


def worth(simulate, paths, scratch, before):
    yield "### What each constant of today's families is worth"
    yield ""
    yield "Medians when a constant is removed from every family (its effect switched off, the others as they are), of every fifth row."
    yield ""
    columns = [(device, sort) for sort in ("products", "decode", "prefill") for device in FAMILIES]
    columns += [("nvidia-h100-sxm", sort) for sort in ("rows", "copies", "products, unaligned")]
    columns += [("nvidia-l40s", "encoder"), ("nvidia-h200", "products, fp8"), ("nvidia-rtx-4090", "engines' passes")]
    short = {device: device.split("-")[1] if "rtx" not in device else "4090" for device, _ in columns}
    yield "| removed | " + " | ".join(f"{sort}, {short[device]}" for device, sort in columns) + " |"
    yield "|---" * (1 + len(columns)) + "|"

    def line(name, rows):
        groups = by(rows, lambda row: (row["accelerator"], sort_of(row)))
        return f"| {name} | " + " | ".join(shown(median(groups.get(column, []))) for column in columns) + " |"
    yield line("nothing", before)
    for constant, neutral in NEUTRAL.items():
        def change(_, efficiency, constant=constant, neutral=neutral):
            if constant in efficiency:
                efficiency.pop(constant) if neutral is None else efficiency.update({constant: neutral})
        catalog = changed(scratch / "worth", change)
        yield line(f"`{constant}`", [row for path in paths for row in predict(simulate, path, catalog)])
    yield ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", default="simulate", help="the installed program")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder of measurements")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "benchmarks/validation-kernels.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        everything = scratch / "kernels.csv"
        subprocess.run([sys.executable, str(ROOT / "benchmarks/kernel_measurements.py"), str(options.data), str(everything),
                        "--only", FILES], check=True, stdout=subprocess.DEVNULL)
        lines = everything.read_text().splitlines()
        fifth = scratch / "fifth.csv"
        fifth.write_text("\n".join([lines[0], *lines[1::5]]) + "\n")
        paths = [everything, OWN]
        rows = [row for path in paths for row in predict(options.simulate, path, PROFILES)]
        some = [row for path in (fifth, OWN) for row in predict(options.simulate, path, PROFILES)]
        text = ["## Kernels of today, alone", "",
                "`simulate validate --kernels` on aiconfigurator's tables (bf16 products with n, k >= 512, fp8 products with what quantizes",
                "their input, attention by vLLM), LLMServingSim's layers and our own H100 (`benchmarks/measurements/h100-own`), written by",
                "`benchmarks/kernels_of_today.py`. Aims: products 8 %, no size above 12 %, encoders and prefill 15 %, decode 20 %.", ""]
        text += tables(rows)
        text += left_out(options.simulate, everything, scratch, rows)
        text += worth(options.simulate, (fifth, OWN), scratch, some)
    options.output.write_text("\n".join(text).rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
