#!/usr/bin/env python3
"""Holds several devices against published measurements, and writes benchmarks/validation-ranks.md, a part of docs/validation.md.

    benchmarks/ranks.py --simulate .build/release/simulate --data ../shared [--output FILE]

Collectives by system and library; generation on 2, 4 and 8 devices, as benchmarks/generation.py has its rows; and every row of
aic_serving_silicon.csv for gpt-oss-120b, DeepSeek-R1 and -V3 and Qwen3-235B on eight devices, whatever the error. FOLDER of
--data holds `measurements/modern` as other people published it; it is not part of this repository.

Requirements: Python 3.9 and nothing else.
"""
import argparse
import collections
import concurrent.futures
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SYSTEMS = {"a100_sxm": "nvidia-a100-sxm4-80gb", "h200_sxm": "nvidia-h200", "b200_sxm": "nvidia-b200", "l40s": "nvidia-l40s"}
OPERATIONS = {"all_reduce": "c10d::allreduce_", "all_gather": "c10d::allgather_", "reduce_scatter": "c10d::reduce_scatter_",
              "alltoall": "c10d::alltoall_"}
LIBRARIES = {"trtllm": "tensorrt-llm"}
LARGEST = 512 * 2**20
DECODERS = {"openai/gpt-oss-120b": "gpt-oss-120b", "deepseek-ai/DeepSeek-R1": "deepseek-v3",
            "deepseek-ai/DeepSeek-V3": "deepseek-v3", "nvidia/DeepSeek-R1-NVFP4": "deepseek-v3",
            "nvidia/DeepSeek-V3.1-NVFP4": "deepseek-v3", "Qwen/Qwen3-235B-A22B-FP8": "qwen3-235b-a22b"}
ENGINES = {"vllm": "vllm", "sglang": "sglang", "trtllm": "tensorrt-llm"}


def rows_of(data, name):
    with open(pathlib.Path(data) / "measurements/modern" / name, newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def median(errors):
    return f"{100 * statistics.median(errors):.1f}" if errors else "-"


def quantile(errors, share):
    return f"{100 * sorted(errors)[min(len(errors) - 1, int(share * len(errors)))]:.1f}" if errors else "-"


def collectives(simulate, data, scratch):
    """Rows of |error| by system and library, in a graph and called from Python."""
    rows = [row for row in rows_of(data, "aic_collectives.csv") if int(row["bytes"]) <= LARGEST]
    path = pathlib.Path(scratch) / "collectives.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["accelerator", "precision", "operator", "inputs", "attributes", "devices", "time_us", "group"])
        for row in rows:
            # nccl-tests count what an all-gather returns.
            given = int(row["bytes"]) // 2 // (int(row["gpus"]) if row["operation"] == "all_gather" else 1)
            mode = "eager" if row["mode"] == "eager" else "graph"
            library = LIBRARIES.get(row["library"], row["library"])
            writer.writerow([SYSTEMS[row["system"]], "bf16", OPERATIONS[row["operation"]], json.dumps([[max(1, given)]]),
                             json.dumps({"library": library, "mode": mode}), row["gpus"], row["latency_us"],
                             "|".join([row["system"], library, mode])])
    done = subprocess.run([simulate, "validate", path, "--kernels", "--format", "csv"], capture_output=True, text=True, check=True)
    errors = collections.defaultdict(list)
    for row in csv.DictReader(done.stdout.splitlines()):
        system, library, mode = row["group"].split("|")
        errors[system, library, mode].append(abs(float(row["error_fraction"])))
        errors[system, library, "all"].append(abs(float(row["error_fraction"])))
    lines = ["| system | library | rows | median % | 90th % | in a graph % | from Python % |", "|---|---|---|---|---|---|---|"]
    for system, library in sorted({key[:2] for key in errors}):
        every = errors[system, library, "all"]
        lines.append(f"| {system} | {library} | {len(every)} | {median(every)} | {quantile(every, 0.9)} | "
                     f"{median(errors[system, library, 'graph'])} | {median(errors[system, library, 'eager'])} |")
    return lines


def serving(simulate, data):
    """A row for each measured one: the time of a token beside the step that generates it."""
    rows = [row for row in rows_of(data, "aic_serving_silicon.csv")
            if row["model"] in DECODERS and row["mode"] == "agg" and row["tp"] == "8" and row["attention_dp"] in ("", "1")
            and row["moe_tp"] and row["moe_ep"] and int(row["moe_tp"]) * int(row["moe_ep"]) == 8 and row["tpot_ms"]]

    def run(row):
        weights = {"fp8": "fp8", "fp4": "nvfp4"}[row["precision"]]
        weights = "mxfp4" if "gpt-oss" in row["model"] else weights
        devices = "8" if row["moe_ep"] == "1" else "tensor=8,expert=8" if row["moe_ep"] == "8" else "8"
        precision = ["--precision", "bf16"] if "gpt-oss" in row["model"] else ["--precision", "fp8"]
        # The middle of a generation stands for all of it.
        context = int(row["isl"]) + int(row["osl"]) // 2
        arguments = ["generate", DECODERS[row["model"]], SYSTEMS[row["system"]], "--engine", ENGINES[row["backend"]],
                     "--devices", devices, *precision, "--weights", weights, "--batch", row["concurrency"],
                     "--prompt", str(context), "--tokens", "2", "--format", "json"]
        done = subprocess.run([simulate, *arguments], capture_output=True, text=True)
        return json.loads(done.stdout)["decode"]["latency_us"] / 1e3 if done.returncode == 0 else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        predictions = list(pool.map(run, rows))
    lines = ["| model | system | engine | weights | prompt | tokens | at once | measured ms | step ms | error % |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    errors = []
    for row, predicted in sorted(zip(rows, predictions), key=lambda pair: (
            pair[0]["model"], pair[0]["system"], pair[0]["backend"], pair[0]["precision"], int(pair[0]["isl"]),
            int(pair[0]["osl"]), int(pair[0]["concurrency"]))):
        measured = float(row["tpot_ms"])
        error = None if predicted is None else predicted / measured - 1
        if error is not None:
            errors.append(abs(error))
        shown = ["-", "-"] if error is None else [f"{predicted:.2f}", f"{100 * error:+.0f}"]
        experts = ", experts whole" if row["moe_ep"] == "8" else ""
        lines.append(f"| {row['model'].split('/')[1]} | {row['system']} | {row['backend']} | {row['precision']}{experts} | "
                     f"{row['isl']} | {row['osl']} | {row['concurrency']} | {measured:.2f} | {shown[0]} | {shown[1]} |")
    return lines, errors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True, help="the program")
    parser.add_argument("--data", default="../shared", help="folder with measurements/modern")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "validation-ranks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        table = collectives(options.simulate, options.data, scratch)
    generation = subprocess.run(
        [sys.executable, HERE / "generation.py", "--simulate", options.simulate, "--data", options.data, "--only", "several"],
        capture_output=True, text=True)
    rows, errors = serving(options.simulate, options.data)
    lines = [
        "## Several devices", "",
        "Written by `benchmarks/ranks.py`. Collectives of up to 512 MB on 2, 4 and 8 devices (`aic_collectives.csv`), each",
        "system and library; what an engine's call from Python takes has the host's time in it:", "", *table, "",
        "Generation (`benchmarks/generation.py --only several`):", "", "```", *generation.stdout.strip().splitlines()[:-2], "```", "",
        "Eight devices under load (`aic_serving_silicon.csv`): the measured time of a token beside that of one step of as many",
        "requests as are there at once, in the middle of their generation. A server also runs prompts between steps, which the",
        f"step alone does not have; median {median(errors)} % of {len(rows)} rows.", "", *rows]
    partial = options.output.with_suffix(".partial")
    partial.write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")
    partial.rename(options.output)


if __name__ == "__main__":
    main()
