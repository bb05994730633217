#!/usr/bin/env python3
"""Brings aiconfigurator's tables of kernels into the form of `simulate validate --kernels`: one row for each operator.

    tools/aiconfigurator.py SYSTEMS/data/h200_sxm --output kernels.csv
    tools/aiconfigurator.py gemm_perf.txt context_attention_perf.txt --accelerator nvidia-l40s --output kernels.csv
    simulate validate kernels.csv --kernels
    simulate run llama-3.2-1b-decode h200 --kernel-model measured:kernels.csv
    simulate calibrate --kernels kernels.csv --output fitted

Needs Python 3.9 and nothing else for tables as text (`gemm_perf.txt`, CSV); for those in Parquet, `pip install pyarrow`.

The arguments are files, or folders that are searched for them: of github.com/ai-dynamo/aiconfigurator, whose tables lie in Git LFS
(`git lfs pull`), at aic-core/src/aiconfigurator_core/systems/data/SYSTEM. Read are `gemm_perf`, `context_attention_perf`,
`generation_attention_perf` and `encoder_attention_perf`; each is of one or several frameworks, chosen by --framework. Their
latencies are milliseconds, of kernels in a replayed CUDA graph. Without --accelerator it is told by the column `device`.

Left out, and counted: formats of weights and caches that are none of one operator's (`fp8_block`, `nvfp4`, `int4_wo`, a cache in fp8),
sliding windows, beams, and prompts behind a cached prefix. Of the same operator the first row counts, as in aiconfigurator itself.

What was timed beside the operator is said in its attributes: quantizes 1, the kernels that find a scale for the input and convert it
to fp8; writes_cache 1, the kernel that writes new keys and values into the cache.
"""

import argparse
import collections
import csv
import json
import pathlib
import sys

COLUMNS = ["accelerator", "precision", "operator", "inputs", "attributes", "time_us"]
PRECISIONS = {"bfloat16": "bf16", "float16": "fp16", "fp8": "fp8"}
DEVICES = {
    "NVIDIA A100-SXM4-80GB": "nvidia-a100-sxm4-80gb", "NVIDIA A100 80GB PCIe": "nvidia-a100-pcie-80gb",
    "NVIDIA H100 80GB HBM3": "nvidia-h100-sxm", "NVIDIA H200": "nvidia-h200", "NVIDIA H20": "nvidia-h20",
    "NVIDIA L40S": "nvidia-l40s", "NVIDIA L4": "nvidia-l4", "NVIDIA B200": "nvidia-b200", "NVIDIA B300": "nvidia-b300",
    "NVIDIA GB200": "nvidia-gb200", "NVIDIA GB300": "nvidia-gb300",
    "NVIDIA RTX PRO 6000 Blackwell Server Edition": "nvidia-rtx-pro-6000-server",
}


class LeftOut(Exception):
    """Why a row is no operator of the simulator's."""


def precision(name):
    if name not in PRECISIONS:
        raise LeftOut(f"in {name}")
    return PRECISIONS[name]


def product(record):
    """y[m,n] = x[m,k] w[n,k]^T; in fp8 the input's quantization is inside."""
    m, n, k = (int(record[name]) for name in "mnk")
    form = precision(record["gemm_dtype"])
    return form, "aten::linear", [[m, k], [n, k]], {"quantizes": 1} if form == "fp8" else None


def attention(record, queries, keys, kv_heads, attributes):
    batch, heads, width = (int(record[name]) for name in ("batch_size", "num_heads", "head_dim"))
    form = precision(record["attn_dtype"])
    if form == "fp8":
        raise LeftOut("in fp8")
    # A table of encoders has no cache; one in another format than the arithmetic is no operator's.
    cache = record.get("kv_cache_dtype") or record["attn_dtype"]
    if cache != record["attn_dtype"]:
        raise LeftOut(f"of a cache in {cache}")
    if int(record.get("window_size") or 0) > 0:
        raise LeftOut("of a sliding window")
    if int(record.get("beam_width") or 1) > 1:
        raise LeftOut("of several beams")
    stored = [batch, kv_heads, keys, width]
    return form, "aten::scaled_dot_product_attention", [[batch, heads, queries, width], stored, stored], attributes


def context(record):
    """A prompt's tokens, each attending to those before it."""
    if int(record.get("step") or 0) > 0:
        raise LeftOut("behind a cached prefix")
    length = int(record["isl"])
    return attention(record, length, length, int(record["num_key_value_heads"]), {"is_causal": 1, "writes_cache": 1})


def generation(record):
    """One next token of each sequence against what is cached; `step` tokens were before the `isl` of the row."""
    keys = int(record["isl"]) + int(record["step"])
    return attention(record, 1, keys, int(record["num_key_value_heads"]), {"is_causal": 0, "writes_cache": 1})


def encoder(record):
    """All tokens attend to all."""
    length = int(record["isl"])
    return attention(record, length, length, int(record["num_heads"]), {"is_causal": 0})


READERS = {
    "gemm_perf": product, "context_attention_perf": context, "generation_attention_perf": generation,
    "encoder_attention_perf": encoder,
}


def records(path):
    """The rows of a table, as texts by column."""
    if path.suffix == ".parquet":
        try:
            import pyarrow.parquet
        except ImportError:
            sys.exit(f"{path}: error: a table in Parquet needs pyarrow: pip install pyarrow")
        for record in pyarrow.parquet.read_table(path).to_pylist():
            yield {name: "" if value is None else str(value) for name, value in record.items()}
        return
    with open(path, newline="", encoding="utf-8") as file:
        if file.readline().startswith("version https://git-lfs"):
            sys.exit(f"{path}: error: only a pointer to the table, which Git LFS has; run 'git lfs pull'")
        file.seek(0)
        yield from csv.DictReader(file)


def accelerator(record, given, path):
    """The catalog's name of a record's device."""
    device = record.get("device", "")
    if given:
        return given
    if device not in DEVICES:
        sys.exit(f"{path}: error: no accelerator is known for the device '{device}'; name it with --accelerator")
    return DEVICES[device]


def convert(path, given=None, framework=None, left_out=None):
    """The operators of a table, each with its time in microseconds."""
    reader = READERS[path.stem]
    left_out = collections.Counter() if left_out is None else left_out
    for line, record in enumerate(records(path), 2):
        if framework and record.get("framework", "").lower() != framework.lower():
            continue
        try:
            form, operator, inputs, attributes = reader(record)
            time_us = float(record["latency"]) * 1e3
        except LeftOut as reason:
            left_out[str(reason)] += 1
            continue
        except (KeyError, ValueError, TypeError) as fault:
            sys.exit(f"{path}:{line}: error: not a row of {path.stem}: {fault}")
        if not time_us > 0:
            left_out["without a time"] += 1
            continue
        yield {
            "accelerator": accelerator(record, given, path), "precision": form, "operator": operator,
            "inputs": json.dumps(inputs, separators=(",", ":")),
            "attributes": json.dumps(attributes, separators=(",", ":")) if attributes else "",
            "time_us": f"{time_us:.6g}",
        }


def tables(paths):
    """The tables among some files and folders, in order."""
    for path in paths:
        if path.is_dir():
            found = [file for file in sorted(path.rglob("*_perf.*"))
                     if file.stem in READERS and file.suffix in (".txt", ".csv", ".parquet")]
            if not found:
                sys.exit(f"{path}: error: no table of {', '.join(READERS)} in this folder")
            yield from found
        elif path.stem not in READERS:
            sys.exit(f"{path}: error: no table that is read; known are {', '.join(READERS)}")
        else:
            yield path


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=pathlib.Path, metavar="TABLE", help="files, or folders of them")
    parser.add_argument("--accelerator", metavar="A", help="the accelerator's name in the simulator's catalog")
    parser.add_argument("--framework", metavar="F", help="only rows of one framework: vllm, sglang, trtllm")
    parser.add_argument("--output", required=True, metavar="FILE", help="the CSV file to write")
    options = parser.parse_args(arguments)
    rows, left_out = {}, collections.Counter()
    for path in tables(options.tables):
        count = len(rows)
        for row in convert(path, options.accelerator, options.framework, left_out):
            key = tuple(row[column] for column in COLUMNS[:-1])
            rows.setdefault(key, row)
        print(f"{path}: {len(rows) - count} operators", file=sys.stderr)
    for reason, count in sorted(left_out.items()):
        print(f"left out: {count} rows {reason}", file=sys.stderr)
    if not rows:
        sys.exit("error: no row is an operator; nothing is written")
    with open(options.output, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())


if __name__ == "__main__":
    main()
