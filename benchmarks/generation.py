#!/usr/bin/env python3
"""Holds `simulate generate` against published latencies of language models, row by row and group by group.

    benchmarks/generation.py --simulate .build/release/simulate --data ../shared
    benchmarks/generation.py --simulate .build/release/simulate --data ../shared --only gpt-fast --commands
    benchmarks/generation.py --data ../shared --left-out

FOLDER of --data holds `measurements/modern` as other people published it; it is not part of this repository. Each row of the
files in FILES is matched by the first rule of RULES that fits it: the rule says which run it is, or why there is none. Prints
each row (measured, predicted, error), and for each group the mean and the median of the absolute errors beside its limit; ends
with status 1 where a group or a row misses its limit. --left-out prints the rows without a run, with the reason of each.

Requirements: Python 3.9 and nothing else.
"""
import argparse
import collections
import concurrent.futures
import csv
import fnmatch
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

FILES = {"published": "published.csv", "modes": "llm_eager_vs_graph.csv", "torchao": "torchao_llama_decode_a100.csv"}

# What is asked of a group: "each" row, or the "mean" or "median" of its rows, at most so many percent; None: nothing.
GROUPS = {
    "gpt-fast, A100": ("each", 7),
    "gpt-fast, A100, 70 B": ("each", 7),
    "torchao, A100": ("median", 8),
    "torchao, not an A100": (None, None),
    "gpt-fast, H100": (None, None),
    "PipeWeave, prefill": ("mean", 6),
    "PipeWeave, decode": ("mean", 8),
    "PipeWeave, RTX A6000, prefill": ("mean", 8),
    "PipeWeave, RTX A6000, decode": ("mean", 10),
    "small models, batch 1": ("mean", 15),
    "larger models, batch 1, eager and graphs": ("mean", 15),
    "launches of a step": (None, None),
    "TensorRT-LLM, B200": ("each", 12),
    "vLLM, B200": ("each", 12),
    "speculative": ("each", 15),
    "gpt-fast, several A100": ("each", 10),
    "gpt-fast, several A100, 405 B": ("each", 15),
    "gpt-fast, several A100, quantized": (None, None),
    "several H100, ratio": ("each", 10),
    "PipeWeave, several devices, prefill": ("mean", 10),
    "PipeWeave, several devices, decode": ("mean", 12),
    "several devices, one request": (None, None),
}

# What a measured number is of the program's answer, in the measurement's unit.
MEASURES = {
    "tokens/s": lambda answer, run: answer["tokens_per_second"],
    "decode tokens/s": lambda answer, run: run["batch"] / (answer["decode"]["latency_us"] * 1e-6),
    "decode ms": lambda answer, run: answer["decode"]["latency_us"] / 1e3,
    "device ms a step": lambda answer, run: answer["decode"]["device_busy_us"] / 1e3,
    "launches a step": lambda answer, run: answer["decode"]["launches"],
    "prefill ms": lambda answer, run: answer["prefill"]["latency_us"] / 1e3,
    "ttft ms": lambda answer, run: answer["time_to_first_token_us"] / 1e3,
    "tpot ms": lambda answer, run: answer["time_per_output_token_us"] / 1e3,
    # The whole request, its prompt too, over the tokens generated.
    "ms a token": lambda answer, run: answer["latency_us"] / 1e3 / run["tokens"],
}

DECODERS = {
    "Llama-2-7B": "llama-2-7b", "Llama-2-70B": "llama-2-70b", "Llama-3-70B": "llama-3-70b", "Llama-3.1-8B": "llama-3.1-8b", "Llama-3.1-70B": "llama-3.1-70b",
    "Mixtral-8x7B": "mixtral-8x7b", "Llama-3.1-405B": "llama-3.1-405b", "Qwen3-32B": "qwen3-32b", "Llama-2-7b-chat-hf": "llama-2-7b", "Meta-Llama-3-8B": "llama-3-8b",
    "Meta-Llama-3.1-8B": "llama-3.1-8b", "Qwen2.5-14B": "qwen2.5-14b", "GPT-2": "gpt2", "gpt2": "gpt2",
    "Llama-3.2-1B": "llama-3.2-1b", "Qwen3-0.6B": "qwen3-0.6b", "OLMoE-1B-7B": "olmoe-1b-7b",
    "Qwen1.5-MoE-A2.7B": "qwen1.5-moe-a2.7b", "Llama-3.1-8B FP8": "llama-3.1-8b", "DeepSeek-V3.2": "deepseek-v3",
    # Models of the same sizes as the decoder named.
    "open_llama_7b": "llama-2-7b", "llama-7b": "llama-2-7b", "qwen2.5-omni-7b thinker": "qwen2.5-7b",
    "SparseLlama-3-8B-pruned_50.2of4": "llama-3-8b", "llama-3.1-8b": "llama-3.1-8b",
    "llama-3.2-1b (assumed)": "llama-3.2-1b",
}

ACCELERATORS = {
    "A100-SXM4-80GB 330 W": "nvidia-a100-sxm4-80gb", "A100-SXM4-40GB": "nvidia-a100-sxm4-40gb", "A100": "nvidia-a100-sxm4-80gb",
    "A100 (not stated)": "nvidia-a100-sxm4-80gb", "H100": "nvidia-h100-sxm", "H100 SXM": "nvidia-h100-sxm", "H20": "nvidia-h20",
    "H200": "nvidia-h200", "H200 NVL": "nvidia-h200-nvl", "L40": "nvidia-l40", "L40S": "nvidia-l40s", "L4": "nvidia-l4",
    "RTX A6000": "nvidia-rtx-a6000", "RTX 4090": "nvidia-rtx-4090", "B200": "nvidia-b200", "B300 x8": "nvidia-b300",
    "GB200 x4": "nvidia-gb200", "H100 x4": "nvidia-h100-sxm",
    **{f"A100-SXM4-80GB 330 W x{n}": "nvidia-a100-sxm4-80gb" for n in (2, 4, 8)},
    **{f"{name} x{n}": f"nvidia-{part}" for name, part in [("A100", "a100-sxm4-80gb"), ("H20", "h20")] for n in (2, 4, 8)},
    # TensorRT-LLM's issue 12496 names no device; its sister issues of the same month are on B200.
    "": "nvidia-b200",
}

# The lengths of PipeWeave's prompts (its repository, workload/NAME.csv) and the tokens generated for each.
PROMPTS = {
    "arxiv_8": ([2648, 3740, 3761, 3866, 3777, 3508, 3227, 3439], 122),
    "splitwise_32": ([1116, 1079, 4076, 395, 1045, 194, 1076, 1363, 1117, 1046, 1066, 1912, 1059, 433, 402, 1069, 2377, 197, 161,
                      1093, 388, 2108, 1101, 437, 1210, 1069, 401, 419, 1201, 1628, 397, 1315], 48),
}

# Those of several devices, of which the rows say the sum of the prompts alone: requests, tokens of all prompts, tokens of each.
SUMS = {"TP2 arxiv_16": (16, 35152, 41), "TP2 splitwise_64": (64, 60296, 18), "TP2 arxiv_12": (12, 32350, 182),
        "TP2 splitwise_48": (48, 16266, 143), "TP4 arxiv_16": (16, 35152, 41), "TP4 splitwise_64": (64, 60296, 18),
        "TP8 arxiv_16": (16, 35152, 41), "TP8 splitwise_64": (64, 60296, 18)}

# The runs that rules name: options of `simulate generate`, without dashes. A key with an underscore is not an option.
GPT_FAST = dict(engine="gpt-fast", prompt=5, tokens=200, precision="bf16", set="accelerator.watts=330")
TORCHAO = dict(engine="gpt-fast", prompt=6, tokens=200, precision="bf16")
EAGER = "pytorch-eager-2"
# fp8 weights and arithmetic; TensorRT-LLM and vLLM keep their caches as the model's file asks, in bf16.
SERVED = dict(prompt=1000, tokens=1000, batch=64, precision="fp8", cache="bf16")
GPT2 = dict(prompt=128, tokens=32, precision="bf16")
HAZY = dict(prompt=32, tokens=128, precision="bf16")
TAX = dict(engine="huggingface", host="intel-xeon-platinum-8480c", precision="bf16")
DRAFT_HEADS = "heads"

NOT_A100 = ("more than an A100 can do: 1.83 to 2.03 TB/s of weights, or 320 TFLOP/s of bf16 in the prefill of 4,096 tokens, "
            "or an fp8 product, which needs compute capability 8.9; it fits an H100 with 2.4 TB/s")
FORMAT = "a format that no option of --weights names"
SECOND = "the same run as a row of llm_eager_vs_graph.csv"
DEVICES = "more than one device"
UNKNOWN_DEVICE = "the device is not stated"
UNKNOWN_LENGTH = "the lengths or the batch are not stated"
NOT_SHIPPED = "the decoder is not in the catalog"


def rule(file, group, run, measure=None, limit=None, note="", scale=1, **conditions):
    """The rows of a file whose columns fit the conditions (patterns as of file names), and their run.

    `run` is a dictionary of options, or the reason why there is none. `limit` is the row's own, in percent; `scale` brings
    the row's number into the measure's unit.
    """
    return dict(file=file, group=group, run=run, measure=measure, limit=limit, note=note, scale=scale, conditions=conditions)


def left_out(file, reason, **conditions):
    return rule(file, None, reason, **conditions)


def gpt_fast(group, weights, **conditions):
    return rule("published", group, {**GPT_FAST, **weights}, "tokens/s", source="gpt-fast README",
                hardware="A100-SXM4-80GB 330 W", **conditions)


SMALL, LARGER = "small models, batch 1", "larger models, batch 1, eager and graphs"


def torchao(quantization, weights, **conditions):
    return rule("torchao", "torchao, A100", {**TORCHAO, **weights}, "tokens/s", quantization=quantization, **conditions)


BF16, INT8, INT4 = {}, {"weights": "int8"}, {"weights": "int4"}

RULES = [
    # --- gpt-fast ---
    gpt_fast("speculative", {**INT4, "draft": "llama-2-7b", "draft-tokens": 4, "acceptance": 0.75, "prompt": 6, "tokens": 100},
             limit=12, note="4 tokens of temperature 0; the acceptance is assumed", software="gpt-fast int4 speculative"),
    gpt_fast("gpt-fast, A100, 70 B", INT8, software="gpt-fast int8", model="Llama-*-70B"),
    gpt_fast("gpt-fast, A100, 70 B", INT4, software="gpt-fast int4", model="Llama-*-70B"),
    gpt_fast("gpt-fast, A100", BF16, software="gpt-fast bf16"),
    gpt_fast("gpt-fast, A100", INT8, software="gpt-fast int8"),
    gpt_fast("gpt-fast, A100", INT4, software="gpt-fast int4"),
    *(rule("published", f"gpt-fast, several A100{group}", {**GPT_FAST, **weights, "devices": n}, "tokens/s",
           source="gpt-fast README", software=f"gpt-fast {name} TP{n}", model=model)
      for n in (2, 4, 8)
      for name, weights, group, model in [("bf16", BF16, "", "*"), ("int8", INT8, ", 405 B", "*405B"),
                                          ("int8", INT8, ", quantized", "*"), ("int4", INT4, ", quantized", "*")]),
    rule("published", "gpt-fast, H100", dict(engine="gpt-fast", prompt=128, tokens=200, precision="bf16"), "tokens/s",
         source="arXiv 2505.22758 FlashFormer", software="GPT-Fast bf16"),
    left_out("published", "a kernel for all of a model, of which no engine is shipped", source="arXiv 2505.22758 FlashFormer"),

    # --- torchao, by its files of August to December 2024 ---
    left_out("torchao", "one token: the prefill's compilation and allocation are inside", new_tokens="1"),
    left_out("torchao", "one run of its day, 15 % below the others of it: 91 tokens/s", new_tokens="128"),
    left_out("torchao", FORMAT + ": sparse", sparsity="semi-structured"),
    left_out("torchao", FORMAT, quantization="fp6"),
    left_out("torchao", FORMAT, quantization="uintx-*"),
    left_out("torchao", FORMAT + ": sparse", quantization="sparse-marlin"),
    left_out("torchao", "which kernel each product takes was found by timing, and is not said", quantization="autoquant*"),
    left_out("torchao", "the whole cache is converted to bf16 by operators of its own in each step", kv_quant="True"),
    left_out("torchao", "broken: 104 ms a token, of a product that fell back to one without tensor cores",
             quantization="int8dq", date="20240831"),
    left_out("torchao", "a product in int8 of one row, which is padded to 17 rows and shares no kernel: 18 ms a token",
             quantization="int8dq"),
    torchao("None", dict(framework=EAGER, precision="fp32"), precision="float32"),
    # The static cache is as long as cache_size, and all of it is attended to.
    *(rule("torchao", "torchao, A100", {**TORCHAO, "framework": EAGER, "prompt": size - 200}, "decode tokens/s",
           compile="False", cache_size=str(size)) for size in (8192, 16384, 32768, 65536, 131072)),
    torchao("None", dict(framework=EAGER), compile="False"),
    torchao("None", BF16, date="2024083?"),
    torchao("int8wo", INT8, date="2024083?"),
    torchao("int4wo-64", INT4, date="2024083?"),
    *(rule("torchao", "torchao, not an A100", {**TORCHAO, **options, **lengths}, measure, note=NOT_A100,
           quantization=quantization, prefill_tokens=prefill, **{column: "?*"})
      for quantization, options in [("None", BF16), ("int8wo", INT8), ("int4wo-64", INT4), ("float8wo", {"weights": "fp8"}),
                                    ("float8dq", {"precision": "fp8", "cache": "bf16"})]
      for prefill, lengths in [("", {}), ("4096", {"prompt": 4096}), ("8000", {"prompt": 8000}), ("8192", {"prompt": 8192})]
      for column, measure in [("decode_tokens_per_s", "decode tokens/s"), ("tokens_per_s", "tokens/s")]),

    # --- several devices ---
    rule("published", "several H100, ratio", dict(engine="vllm", devices=4, prompt=128, tokens=128, precision="bf16",
         _first={"devices": 2}, _base=1.17), "tpot ratio", note="the ratio to two devices: less than the weights can be read in",
         source="arXiv 2507.14392", software="TP4"),
    left_out("published", "the denominator of the row above, or between machines that are not named",
             source="arXiv 2507.14392"),
    *(rule("published", f"PipeWeave, several devices, {phase}",
           dict(engine="sglang", precision="bf16", devices=int(name[2]), batch=batch, prompt=round(total / batch), tokens=tokens),
           f"{phase} ms", source="PipeWeave repository e2e/real", software=f"engine {name}", metric=f"{phase} *",
           note="prompts of equal length: of theirs the sum is known")
      for name, (batch, total, tokens) in SUMS.items() for phase in ("prefill", "decode")),
    left_out("published", "the sum of the two others", source="PipeWeave repository e2e/real", software="engine TP[248]*"),
    rule("published", "several devices, one request", dict(engine="vllm", devices=8, prompt=1024, tokens=256, precision="fp8"),
         "tokens/s", note="V3's attention in place of V3.2's", source="vLLM blog DeepSeek V3.2", software="vLLM TP8"),
    rule("published", "several devices, one request", dict(engine="vllm", devices=4, prompt=1024, tokens=256, precision="fp8",
         weights="nvfp4"), "tokens/s", note="V3's attention in place of V3.2's; nvfp4 weights are assumed",
         source="vLLM blog DeepSeek V3.2", hardware="GB200 x4", metric="throughput", software="after fusion"),
    *(rule("published", "several devices, one request", dict(engine="vllm-0.5", devices=4, prompt=128, tokens=128, precision="fp8",
           batch=batch), "tpot ms", source="vllm issue 6913", metric="TPOT", batch=str(batch),
           note="the length is not stated") for batch in (1, 32)),

    # --- PipeWeave, one device ---
    *(rule("published", f"PipeWeave, {group}{phase}", dict(engine="sglang", precision="bf16", _prompts=prompts), f"{phase} ms",
           source="PipeWeave repository e2e/real", hardware=hardware, software=f"engine TP1 {prompts}", metric=f"{phase} *")
      for hardware, group in [("A100", ""), ("H20", ""), ("H200", ""), ("L40", ""), ("RTX A6000", "RTX A6000, ")]
      for prompts in PROMPTS for phase in ("prefill", "decode")),
    left_out("published", "the sum of the two others", source="PipeWeave repository e2e/real", software="engine TP1 *"),
    left_out("published", DEVICES, source="PipeWeave repository e2e/real"),

    # --- small models, batch 1 ---
    rule("modes", SMALL, {**GPT2, "engine": "vllm", "framework": EAGER}, "ms a token", 12,
         source="DeepSpeed#8352", stack="vLLM", mode="eager"),
    rule("modes", SMALL, {**GPT2, "engine": "vllm"}, "ms a token", 12, source="DeepSpeed#8352", stack="vLLM"),
    rule("modes", SMALL, {**GPT2, "engine": "sglang", "framework": EAGER}, "ms a token", 12,
         source="DeepSpeed#8352", stack="SGLang", mode="eager"),
    rule("modes", SMALL, {**GPT2, "engine": "sglang"}, "ms a token", 12, source="DeepSpeed#8352", stack="SGLang"),
    rule("modes", SMALL, {**GPT2, "engine": "huggingface"}, "ms a token", 12, source="DeepSpeed#8352",
         note="HybridEngine runs Hugging Face's generate"),
    left_out("published", SECOND, source="DeepSpeed PR 8352"),
    rule("published", SMALL, {**HAZY, "engine": "sglang", "framework": "megakernel"}, "decode ms", 12,
         source="Hazy Research blog No Bubbles", software="megakernel bf16", metric="forward pass*", unit="ms"),
    rule("published", SMALL, {**HAZY, "engine": "sglang"}, "decode ms", 12,
         source="Hazy Research blog No Bubbles", software="SGLang bf16", metric="forward pass", unit="ms"),
    rule("published", SMALL, {**HAZY, "engine": "vllm"}, "decode ms", 12,
         source="Hazy Research blog No Bubbles", software="vLLM bf16", metric="forward pass", unit="ms"),
    left_out("published", "the same number read off a figure, or a part of it", source="Hazy Research blog No Bubbles"),
    *(rule("published", SMALL, dict(engine="vllm", prompt=prompt, tokens=128, precision="bf16"), measure, 15,
           source="tt-inference-server A100 reference", context=str(prompt), metric=metric)
      for prompt in (128, 1024) for metric, measure in [("TPOT", "tpot ms"), ("TTFT", "ttft ms")]),
    rule("published", SMALL, {**TAX, "prompt": 512, "tokens": 10}, "decode ms", None,
         "the length is not stated; 512 to 2,048 tokens in the paper's other rows",
         source="arXiv 2603.12465 TaxBreak*", model="OLMoE-1B-7B", metric="decode latency per token"),
    left_out("published", UNKNOWN_DEVICE, source="xllm PR 713"),
    left_out("modes", UNKNOWN_DEVICE, source="xllm#713"),
    left_out("published", UNKNOWN_LENGTH, source="vLLM blog 2026-03 model runner v2"),

    # --- launches, as the same paper counts them ---
    rule("published", "launches of a step", {**TAX, "prompt": 2048, "tokens": 10, "batch": 4}, "launches a step",
         source="arXiv 2603.12465 TaxBreak*", metric="kernel launches per decode token"),
    rule("published", LARGER, {**TAX, "host": "intel-xeon-gold-6538y-plus", "prompt": 2048,
         "tokens": 1, "batch": 8}, "prefill ms", source="arXiv 2603.12465 TaxBreak*", software="*FlashAttention-2",
         metric="prefill latency", note="batch 8, a prompt of 2,048 tokens"),
    left_out("published", "unfused attention, which the engine no longer has", source="arXiv 2603.12465 TaxBreak*",
             software="*eager attention"),
    left_out("published", UNKNOWN_LENGTH + ", or no number of a run", source="arXiv 2603.12465 TaxBreak*"),

    # --- larger models, batch 1 ---
    rule("published", LARGER, dict(engine="vllm", framework=EAGER, prompt=128, tokens=128, precision="bf16"), "decode ms",
         source="Spheron blog (secondary)", software="eager", note="neither engine nor length is stated"),
    rule("published", LARGER, dict(engine="vllm", prompt=128, tokens=128, precision="bf16"), "decode ms",
         source="Spheron blog (secondary)", note="neither engine nor length is stated"),
    rule("modes", LARGER, dict(engine="gpt-fast", framework=EAGER, prompt=56, tokens=200,
         precision="bf16"), "ms a token", source="litgpt#726", mode="eager", note="LitGPT's model is gpt-fast's forebear"),
    rule("modes", LARGER, dict(engine="gpt-fast", prompt=56, tokens=200, precision="bf16"),
         "ms a token", source="litgpt#726", mode="compile"),
    rule("modes", LARGER, dict(engine="huggingface", prompt=10, tokens=50, precision="fp16"),
         "ms a token", source="foundation-model-stack#34"),
    rule("modes", LARGER, dict(engine="huggingface", prompt=32, tokens=64, precision="bf16"),
         "ms a token", source="transformers#47872", mode="eager"),
    rule("modes", LARGER, dict(engine="huggingface", framework="torch-compile-graphs", prompt=32,
         tokens=64, precision="bf16"), "ms a token", source="transformers#47872", mode="compile-graphs"),
    rule("modes", LARGER, dict(engine="gpt-fast", framework=EAGER, prompt=64, tokens=128, precision="bf16"), "ms a token",
         source="torchchat#1304", note="torchchat's model is gpt-fast's; the length is not stated"),
    rule("modes", LARGER, dict(engine="huggingface", prompt=64, tokens=32, precision="bf16"),
         "decode ms", source="lightning-thunder#2022", metric="forward_ms", note="the model is assumed"),
    left_out("modes", "how many tokens it generated is not stated", source="lightning-thunder#2022"),
    left_out("modes", NOT_SHIPPED, source="vllm#51167"),
    left_out("modes", DEVICES, source="vllm-omni#7960"),
    left_out("published", "the source mixes its labels up", source="mirage issue 406"),

    # --- TensorRT-LLM and vLLM on B200, Llama-3.1-8B in FP8, batch 64 ---
    rule("published", "TensorRT-LLM, B200", {**SERVED, "engine": "tensorrt-llm", "tokens": 2000}, "device ms a step", 12,
         "the prompts are 1,000 tokens, 2,000 are generated", source="TensorRT-LLM issue 12496", software="PyTorch backend",
         metric="GPU kernel time per step", scale=1e-3),
    left_out("published", "the answer does not say what a step costs the host where the device hides it",
             source="TensorRT-LLM issue 12496", software="PyTorch backend"),
    left_out("published", "AutoDeploy, another compiler of graphs", source="TensorRT-LLM issue 12496"),
    rule("published", "TensorRT-LLM, B200", {**SERVED, "engine": "tensorrt-llm"}, "tokens/s", 3,
         source="TensorRT-LLM issue 13957", software="TensorRT-LLM PyTorch backend"),
    rule("published", "vLLM, B200", {**SERVED, "engine": "vllm-async"}, "tokens/s", 3, source="TensorRT-LLM issue 13957",
         software="vLLM*"),
    rule("published", "vLLM, B200", {**SERVED, "engine": "vllm", "batch": 4}, "tokens/s", 12, source="TensorRT-LLM issue 13560",
         software="vLLM", batch="4"),
    rule("published", "vLLM, B200", {**SERVED, "engine": "vllm"}, "tokens/s", 12, source="TensorRT-LLM issue 13560",
         software="vLLM"),
    left_out("published", "AutoDeploy, another compiler of graphs", source="TensorRT-LLM issue 1???7"),
    left_out("published", "AutoDeploy, another compiler of graphs", source="TensorRT-LLM issue 13560"),

    # --- a layer that predicts a second token ---
    rule("published", "speculative", dict(engine="vllm", devices=8, prompt=1024, tokens=256, precision="fp8",
         _speculative={"draft": DRAFT_HEADS, "draft-tokens": 1, "acceptance": 0.9}, _base=125), "tokens/s",
         note="the ratio to the run without, 125 tokens/s; V3's attention in place of V3.2's", source="vLLM blog DeepSeek V3.2",
         software="vLLM TP8 MTP1", unit="tok/s"),
    left_out("published", "the denominator of the row above, or another machine", source="vLLM blog DeepSeek V3.2"),
]
# Files of which every row has a rule; of the others the issue names some sources only.
COMPLETE = ("modes", "torchao")


def rows_of(folder, file):
    with open(pathlib.Path(folder) / "measurements/modern" / FILES[file], newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def fits(row, conditions):
    return all(fnmatch.fnmatchcase(row.get(column, ""), pattern.replace("[", "[[]"))
               for column, pattern in conditions.items())


def measured_value(row, chosen):
    """The measured number of a row, in the unit of the measure."""
    column = "value"
    if chosen["file"] == "torchao":
        has_decode = chosen["measure"] == "decode tokens/s" and row["decode_tokens_per_s"]
        column = "decode_tokens_per_s" if has_decode else "tokens_per_s"
    return float(row[column]) * chosen["scale"]


def title(row):
    names = ("source", "hardware", "gpu", "software", "stack", "mode", "model", "quantization", "precision", "compile",
             "prefill_tokens", "cache_size", "batch", "metric", "date")
    return ", ".join(row[name] for name in names if row.get(name) and row[name] != "None")


def matched(folder):
    """(row, its rule) for each row that has one; the rows without, by file."""
    found, unnamed = [], collections.Counter()
    for file in FILES:
        for row in rows_of(folder, file):
            rules = [each for each in RULES if each["file"] == file and fits(row, each["conditions"])]
            if rules:
                found.append((row, rules[0]))
            else:
                unnamed[file] += 1
                if file in COMPLETE:
                    raise SystemExit(f"no rule fits {title(row)}")
    return found, unnamed


def requests_file(prompts, scratch):
    """A file for --requests with the lengths of a named set of prompts."""
    path = pathlib.Path(scratch) / f"{prompts}.csv"
    if not path.exists():
        lengths, tokens = PROMPTS[prompts]
        text = "arrival_s,prompt_tokens,output_tokens\n" + "".join(f"0,{length},{tokens}\n" for length in lengths)
        path.write_text(text, encoding="utf-8")
    return str(path)


def command(row, run, scratch):
    """The arguments of `simulate` for a row's run."""
    accelerator = ACCELERATORS[row.get("hardware") or row.get("gpu") or ""]
    arguments = ["generate", DECODERS[row["model"]], accelerator]
    if "_prompts" in run:
        arguments += ["--requests", requests_file(run["_prompts"], scratch)]
    for option, value in run.items():
        if not option.startswith("_"):
            arguments += [f"--{option}", str(value)]
    return arguments + ["--format", "json"]


class Program:
    """The program; runs that are asked for twice are made once."""

    def __init__(self, path):
        self.path, self.answers = path, {}

    def answer(self, arguments):
        if tuple(arguments) not in self.answers:
            done = subprocess.run([self.path, *arguments], capture_output=True, text=True)
            words = [line for line in done.stderr.splitlines() if line.startswith("error")] or [f"status {done.returncode}"]
            self.answers[tuple(arguments)] = json.loads(done.stdout) if done.returncode == 0 else words[0]
        return self.answers[tuple(arguments)]


def predicted_value(program, row, chosen, scratch):
    """What is predicted for a row, or the words of the program's error."""
    run = {"batch": 1, **chosen["run"]}
    if "_prompts" in run:
        del run["batch"]
    base = program.answer(command(row, run, scratch))
    if "_speculative" in run and not isinstance(base, str):
        faster = program.answer(command(row, {**run, **run["_speculative"]}, scratch))
        if isinstance(faster, str):
            return faster
        return run["_base"] * faster["tokens_per_second"] / base["tokens_per_second"]
    if "_first" in run and not isinstance(base, str):
        first = program.answer(command(row, {**run, **run["_first"]}, scratch))
        if isinstance(first, str):
            return first
        return run["_base"] * base["time_per_output_token_us"] / first["time_per_output_token_us"]
    try:
        return base if isinstance(base, str) else MEASURES[chosen["measure"]](base, run)
    except KeyError as key:
        return f"no {key} in the answer"


def verdict(group, results):
    """Whether a group, and each row with a limit of its own, is within its limit; the words for it."""
    statistic, limit = GROUPS[group]
    errors = [abs(error) * 100 for _, _, _, error in results if error is not None]
    if not errors:
        return limit is None, "nothing could be predicted"
    mean, median = statistics.mean(errors), statistics.median(errors)
    words = f"{len(errors)} of {len(results)} rows: mean {mean:.1f} %, median {median:.1f} %, largest {max(errors):.1f} %"
    if limit is None:
        return True, words
    ok = {"mean": mean, "median": median, "each": max(errors)}[statistic] <= limit and len(errors) == len(results)
    return ok, f"{words}; {statistic} at most {limit} %: {'yes' if ok else 'NO'}"


def report(program, pairs, show_commands):
    """Prints all groups; whether all limits are kept."""
    all_kept = True
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        predictions = list(pool.map(lambda pair: predicted_value(program, *pair, scratch), pairs))
        groups = collections.defaultdict(list)
        for (row, chosen), prediction in zip(pairs, predictions):
            measured = measured_value(row, chosen)
            error = None if isinstance(prediction, str) else prediction / measured - 1
            groups[chosen["group"]].append((row, chosen, prediction, error))
        for group in (name for name in GROUPS if name in groups):
            print(f"\n{group}\n{'measured':>12} {'predicted':>12} {'error':>8}  what")
            for row, chosen, prediction, error in sorted(groups[group], key=lambda result: title(result[0])):
                measured = measured_value(row, chosen)
                limit = chosen["limit"]
                misses = limit is not None and (error is None or abs(error) * 100 > limit)
                all_kept = all_kept and not misses
                numbers = (f"{prediction:12.4g} {error:+8.1%}" if error is not None else f"{'-':>12} {'-':>8}")
                print(f"{measured:12.4g} {numbers}  {title(row)}: {chosen['measure']}"
                      + (f" (more than {limit} %)" if misses else "") + (f"; {chosen['note']}" if chosen["note"] else ""))
                if error is None:
                    print(f"{'':35} {prediction}")
                if show_commands:
                    run = chosen["run"] if "_prompts" in chosen["run"] else {"batch": 1, **chosen["run"]}
                    print(f"{'':35} simulate {' '.join(command(row, run, scratch))}")
            kept, words = verdict(group, groups[group])
            all_kept = all_kept and kept
            print(f"  {words}")
    return all_kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", help="the program")
    parser.add_argument("--data", default="../shared", help="folder with measurements/modern")
    parser.add_argument("--only", default="", help="groups whose names contain this")
    parser.add_argument("--commands", action="store_true", help="print each row's command")
    parser.add_argument("--left-out", action="store_true", help="print the rows without a run, and why; run nothing")
    options = parser.parse_args()
    found, unnamed = matched(options.data)
    if options.left_out:
        for row, chosen in found:
            if isinstance(chosen["run"], str):
                print(f"{title(row)}: {chosen['run']}")
        return 0
    if not options.simulate:
        parser.error("--simulate PROGRAM is needed")
    pairs = [pair for pair in found if not isinstance(pair[1]["run"], str) and options.only in pair[1]["group"]]
    kept = report(Program(options.simulate), pairs, options.commands)
    without = sum(isinstance(chosen["run"], str) for _, chosen in found)
    print(f"\n{len(pairs)} rows predicted, {without} left out with a reason (--left-out), "
          f"{sum(unnamed.values())} of {', '.join(unnamed)} not asked for")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
