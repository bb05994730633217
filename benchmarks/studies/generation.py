#!/usr/bin/env python3
"""The computed numbers of benchmarks/studies/generation.md: what weight-only products cost, and the kernels of a recorded step.

    benchmarks/studies/generation.py --data ../shared
    benchmarks/studies/generation.py --recording mi300x_vllm_decode_fullgraph.json.gz

Requirements: Python 3.9 and nothing else.
"""
import argparse
import collections
import csv
import gzip
import json
import math
import pathlib

UNITS, CLOCK = 108, 1.41e9  # A100
BYTES = {"bf16": 2, "int8": 1, "int4 group 32": 0.625, "int4 group 64": 0.5625}
# Hidden, intermediate, layers, width of keys, vocabulary, experts a token chooses.
SIZES = {
    "Llama-2-7B": (4096, 11008, 32, 4096, 32000, 1), "Llama-3-8B": (4096, 14336, 32, 1024, 128256, 1),
    "Llama-2-70B": (8192, 28672, 80, 1024, 32000, 1), "Llama-3.1-70B": (8192, 28672, 80, 1024, 128256, 1),
    "Mixtral-8x7B": (4096, 14336, 32, 1024, 32000, 2),
}
NAMES = {"Llama-3.1-8B": "Llama-3-8B", "Llama-2-7b-chat-hf": "Llama-2-7B", "Meta-Llama-3-8B": "Llama-3-8B"}
# A prompt of 5 or 6 tokens runs uncompiled: spread over 200 tokens, ms a token.
PREFILL = {"gpt-fast": 0.15, "torchao": 0.10}


def elements(model):
    """Weights that a token's products read: layers and head."""
    hidden, inner, layers, keys, vocabulary, experts = SIZES[model]
    return layers * (2 * hidden * hidden + 2 * hidden * keys + 3 * experts * hidden * inner) + hidden * vocabulary


def measured(data):
    """(source, model, format, ms a token) of the weight-only rows on one A100."""
    folder = pathlib.Path(data) / "measurements/modern"
    formats = {"gpt-fast bf16": "bf16", "gpt-fast int8": "int8", "gpt-fast int4": "int4 group 32"}
    with open(folder / "published.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["source"] == "gpt-fast README" and row["hardware"].endswith("W") and row["software"] in formats:
                yield "gpt-fast", NAMES.get(row["model"], row["model"]), formats[row["software"]], 1e3 / float(row["value"])
    formats = {"None": "bf16", "int8wo": "int8", "int4wo-64": "int4 group 64"}
    with open(folder / "torchao_llama_decode_a100.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (row["date"] == "20240831" and row["compile"] == "True" and row["compile_prefill"] == "False"
                    and row["precision"] == "bfloat16" and row["quantization"] in formats):
                yield "torchao", NAMES[row["model"]], formats[row["quantization"]], 1e3 / float(row["tokens_per_s"])


def steps(start, end, count):
    return [start + (end - start) * index / count for index in range(count + 1)]


# How bytes (ms at the bandwidth) and conversion (ms at the rate) make up a product's time.
FORMS = {"sum": lambda memory, conversion: memory + conversion, "larger": max,
         "4th powers": lambda memory, conversion: (memory ** 4 + conversion ** 4) ** 0.25}
RATES = {"sum": steps(0.02, 0.4, 76), "larger": steps(0.4, 0.9, 100), "4th powers": steps(0.4, 0.9, 100)}


def predicted(form, row, bandwidth, layer_us, rate):
    """ms a token; bandwidth in TB/s, rate in ps an element."""
    source, model, precision, _ = row
    count = elements(model)
    memory = count * BYTES[precision] / bandwidth * 1e-9
    product = memory if precision == "bf16" else form(memory, count * rate * 1e-9)
    return PREFILL[source] + SIZES[model][2] * layer_us * 1e-3 + product


def misses(form, rows, bandwidth, layer_us, rate):
    return sum(math.log(predicted(form, row, bandwidth, layer_us, rate) / row[3]) ** 2 for row in rows)


def fit(source, rows):
    for name, form in FORMS.items():
        plain = [row for row in rows if row[2] == "bf16"]
        best = None
        for bandwidth in steps(1.45, 1.75, 30):
            for layer_us in steps(10, 55, 45):
                least = misses(form, plain, bandwidth, layer_us, 0)
                rates = {}
                for precision in sorted({row[2] for row in rows} - {"bf16"}):
                    some = [row for row in rows if row[2] == precision]
                    miss, rates[precision] = min((misses(form, some, bandwidth, layer_us, rate), rate) for rate in RATES[name])
                    least += miss
                if best is None or least < best[0]:
                    best = least, bandwidth, layer_us, rates
        least, bandwidth, layer_us, rates = best
        print(f"{source}, {name}: {bandwidth:.2f} TB/s, {layer_us:.0f} us a layer, root mean square "
              f"{math.sqrt(least / len(rows)):.1%}")
        for precision, rate in rates.items():
            print(f"  {precision}: {rate:.3f} ps an element, {1e12 / rate / UNITS / CLOCK:.1f} a clock of a unit")
        for row in rows:
            print(f"    {row[1]} {row[2]}: {row[3]:.2f} ms, "
                  f"{predicted(form, row, bandwidth, layer_us, rates.get(row[2], 0)) / row[3] - 1:+.1%}")


def kernels(path):
    """The kernels of a recorded step by name."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    device = [event for event in events if event.get("ph") == "X" and event.get("cat") in ("kernel", "gpu_memcpy", "gpu_memset")]
    found = collections.defaultdict(list)
    for event in device:
        found[event["name"]].append(event["dur"])
    print(f"{len(device)} kernels and copies, {sum(event['dur'] for event in device):.0f} us")
    for name, times in sorted(found.items(), key=lambda item: -sum(item[1])):
        print(f"{len(times):5} {sum(times):9.1f} us {sum(times) / len(times):8.2f} us each  {name[:100]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder with measurements/modern")
    parser.add_argument("--recording", help="a gzipped recording of one step")
    options = parser.parse_args()
    if options.data:
        rows = list(measured(options.data))
        for source in PREFILL:
            fit(source, [row for row in rows if row[0] == source])
    if options.recording:
        kernels(options.recording)


if __name__ == "__main__":
    main()
