#!/usr/bin/env python3
"""Holds `simulate serve` against published measurements, and prints every row with its error.

    benchmarks/serving.py --simulate .build/release/simulate --data ../shared [--only blis|silicon] [--output FILE]

FOLDER of --data holds `measurements/modern` as other people published it; it is not part of this repository.
- BLIS's even-numbered experiments (published.csv): vLLM 0.15 on H100s. Their loads are not in that file. They are those of the
  profiles that the same authors published for the same kinds of load (github.com/inference-sim/training,
  default_args/*/profile.yaml, commit c4f03409): requests at even distances, in two stages of ten minutes for most; of kinds called
  "lite" no rate is published, and they are left out. Stages are shortened to two minutes here.
- aic_serving_silicon.csv, rows with one device: requests always in flight.

The environment variable ENGINE names another engine than vllm, and SET has further numbers of it, as in
SET="engine.schedules_ahead=0 host.cores=8".

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

# Of each kind: stages of requests a second, tokens of a prompt and of what all of them begin with, tokens generated.
LOADS = {"codegen": ((5, 10), 466, 100, 247), "roleplay": ((6, 6), 600, 150, 251),
         "reasoning": ((4, 4), 934, 100, 1448), "general": ((8, 20), 447, 100, 248)}
STAGE_S = 120
DECODERS = {"CodeLlama-34b-Instruct-hf": "codellama-34b", "Llama-2-70b-hf": "llama-2-70b", "Mixtral-8x7B-v0.1": "mixtral-8x7b",
            "Qwen3-14B": "qwen3-14b", "Llama-3.1-8B-Instruct": "llama-3.1-8b", "Llama-3.1-70B-Instruct": "llama-3.1-70b",
            "Llama-4-Scout-17B-16E-Instruct-FP8-dynamic": "llama-4-scout", "Mistral-Nemo-Instruct-2407": "mistral-nemo-12b",
            "Qwen2.5-7B-Instruct": "qwen2.5-7b", "Mixtral-8x22B-Instruct-v0.1": "mixtral-8x22b"}
# What experiments set that is not the usual of all (docs/simulator-limitations.md of
# github.com/inference-sim/sim-to-real-accuracy-validation, commit 180bc9e8).
CHANGED = {22: ["engine.max_num_batched_tokens=1024"], 27: ["engine.max_num_batched_tokens=1024"],
           23: ["engine.max_num_batched_tokens=8192"], 28: ["engine.max_num_batched_tokens=8192"],
           25: ["engine.memory_fraction=0.95"], 30: ["engine.memory_fraction=0.95"]}
METRICS = (("itl_ms", "itl mean"), ("ttft_ms", "ttft mean"), ("latency_ms", "e2e mean"))
LITE = {48, 58, 60, 62, 66}
SYSTEMS = {"h200_sxm": "nvidia-h200", "b200_sxm": "nvidia-b200", "h100_sxm": "nvidia-h100-sxm"}
MODELS = {"meta-llama/Llama-3.1-70B": "llama-3.1-70b", "meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b",
          "nvidia/Llama-3.1-8B-Instruct-FP8": "llama-3.1-8b", "openai/gpt-oss-120b": "gpt-oss-120b"}
ENGINES = {"vllm": "vllm-async", "sglang": "sglang", "trtllm": "tensorrt-llm"}


def rows_of(data, name):
    with open(pathlib.Path(data) / "measurements/modern" / name, newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def call(simulate, arguments):
    done = subprocess.run([simulate, "serve", *arguments, "--format", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        return {"error": done.stderr.strip().splitlines()[-1]}
    return json.loads(done.stdout)


def requests(path, kind):
    """Requests at even distances, stage by stage, as a file."""
    stages, question, shared, output = LOADS[kind]
    with open(path, "w", encoding="utf-8") as file:
        file.write("arrival_s,prompt_tokens,output_tokens\n")
        for stage, rate in enumerate(stages):
            for number in range(STAGE_S * rate):
                file.write(f"{stage * STAGE_S + number / rate:.6f},{question + shared},{output}\n")
    return shared / (question + shared)


def blis_results(simulate, data, scratch, pool):
    """Of each experiment: a row of it, what was measured by metric, and the answer, or nothing where no rate is published."""
    measured = collections.defaultdict(dict)
    about = {}
    for row in rows_of(data, "published.csv"):
        if not row["source"].startswith("BLIS validation set"):
            continue
        number = int(row["source"].split()[-1].rstrip(")"))
        about[number] = row
        measured[number][row["metric"]] = float(row["value"])
    jobs = {}
    shares = {kind: requests(pathlib.Path(scratch) / f"{kind}.csv", kind) for kind in LOADS}
    for number in sorted(about):
        row = about[number]
        kind = row["context"]
        if number in LITE or kind not in LOADS:
            continue
        path, share = pathlib.Path(scratch) / f"{kind}.csv", shares[kind]
        tensor = row["software"].split("TP")[-1]
        arguments = [DECODERS[row["model"]], "nvidia-h100-sxm", "--engine", os.environ.get("ENGINE", "vllm"), "--requests", str(path),
                     "--devices", tensor]
        arguments += ["--precision", "fp16"] if "FP16" in row["software"] else ["--precision", "bf16", "--weights", "fp8"]
        changes = os.environ.get("SET", "").split() + [f"engine.prefix_hit_fraction={share:.4f}", "engine.max_num_seqs=128"]
        if not any("batched" in change for change in CHANGED.get(number, [])):
            changes.append("engine.max_num_batched_tokens=2048")
        for change in changes + CHANGED.get(number, []):
            arguments += ["--set", change]
        jobs[number] = pool.submit(call, simulate, arguments)
    return {number: (about[number], measured[number], jobs[number].result() if number in jobs else None) for number in sorted(about)}


def blis(simulate, data, scratch, pool):
    lines = ["| experiment | model | load | ITL measured ms | error % | TTFT measured ms | error % | end to end measured ms | error % |",
             "|---|---|---|---:|---:|---:|---:|---:|---:|"]
    errors = collections.defaultdict(list)
    for number, (row, values, result) in blis_results(simulate, data, scratch, pool).items():
        name = f"| {number} | {row['model']}, {row['software'].split()[-1]} | {row['context']} |"
        if result is None:
            lines.append(f"{name} {values['itl mean']:.2f} | not published: rate | {values['ttft mean']:.1f} | | "
                         f"{values['e2e mean']:.0f} | |")
            continue
        if "error" in result:
            lines.append(f"{name} {values['itl mean']:.2f} | {result['error']} | | | | |")
            continue
        for key, metric in METRICS:
            error = result[key]["mean"] / values[metric] - 1
            errors[metric].append(error)
            name += f" {values[metric]:.2f} | {100 * error:+.0f} |"
        lines.append(name)
    summary = [f"{metric}: mean |error| {100 * statistics.mean(abs(e) for e in own):.1f} %, median "
               f"{100 * statistics.median(abs(e) for e in own):.1f} %, bias {100 * statistics.median(own):+.1f} % ({len(own)})"
               for metric, own in errors.items()]
    return summary + [""] + lines


def lengths(row, option, column):
    """InferenceX draws lengths from 0.8 to 1 of what is stated; its requests do not stay in step with one another."""
    stated = int(row[column])
    if row["origin"] != "inferencex":
        return [f"--{option}", str(stated)]
    return [f"--{option}", str(round(0.9 * stated)), f"--{option}-p90", str(round(0.98 * stated))]


def silicon_results(simulate, data, pool):
    """The rows with one device, each with its answer."""
    jobs = []
    for row in rows_of(data, "aic_serving_silicon.csv"):
        if row["mode"] != "agg" or row["tp"] != "1" or row["pp"] != "1" or row["attention_dp"] not in ("", "1"):
            continue
        if row["moe_ep"] not in ("", "1") or row["moe_tp"] not in ("", "1") or row["model"] not in MODELS:
            continue
        steps = float(row["tpot_ms"]) * float(row["osl"]) / 1e3
        weights = {"fp4": "mxfp4" if "gpt-oss" in row["model"] else "nvfp4", "fp8": "fp8"}[row["precision"]]
        arguments = [MODELS[row["model"]], SYSTEMS[row["system"]], "--engine", ENGINES[row["backend"]],
                     "--concurrency", row["concurrency"], *lengths(row, "prompt", "isl"), *lengths(row, "tokens", "osl"),
                     "--duration-s", f"{max(10 * steps, 1):.2f}", "--precision", "bf16", "--weights", weights,
                     "--set", "engine.max_num_seqs=1024"]
        jobs.append((row, pool.submit(call, simulate, arguments)))
    return [(row, job.result()) for row, job in jobs]


def silicon(simulate, data, pool):
    lines = ["| system | model | engine | weights | prompt | tokens | in flight | TPOT measured ms | error % | TTFT measured ms | error % |",
             "|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|"]
    errors = collections.defaultdict(list)
    for row, result in silicon_results(simulate, data, pool):
        name = (f"| {row['system']} | {row['model'].split('/')[-1]} | {row['backend']} {row['backend_version']} | "
                f"{row['precision']} | {row['isl']} | {row['osl']} | {row['concurrency']} |")
        if "error" in result:
            lines.append(f"{name} {row['tpot_ms']} | {result['error']} | | |")
            continue
        tpot = result["tpot_ms"]["mean"] / float(row["tpot_ms"]) - 1
        ttft = result["ttft_ms"]["mean"] / float(row["ttft_ms"]) - 1
        for group in ("all", f"{row['system']} {row['model'].split('/')[-1]} {row['backend']} {row['precision']}"):
            errors[group].append((tpot, ttft))
        lines.append(f"{name} {float(row['tpot_ms']):.2f} | {100 * tpot:+.0f} | {float(row['ttft_ms']):.0f} | {100 * ttft:+.0f} |")
    summary = []
    for group, own in errors.items():
        tpots, ttfts = [t for t, _ in own], [t for _, t in own]
        summary.append(f"{group}: TPOT median |error| {100 * statistics.median(map(abs, tpots)):.1f} %, bias "
                       f"{100 * statistics.median(tpots):+.1f} %; TTFT {100 * statistics.median(map(abs, ttfts)):.0f} % ({len(own)})")
    return summary + [""] + lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", choices=["blis", "silicon"])
    parser.add_argument("--output")
    options = parser.parse_args()
    lines = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool, tempfile.TemporaryDirectory() as scratch:
        if options.only != "silicon":
            lines += ["### Serving: vLLM on H100s", ""] + blis(options.simulate, options.data, scratch, pool) + [""]
        if options.only != "blis":
            lines += ["### Serving: requests always in flight, one device", ""] + silicon(options.simulate, options.data, pool)
    text = "\n".join(lines) + "\n"
    if options.output:
        pathlib.Path(options.output).write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
