#!/usr/bin/env python3
"""The fits behind hosts.md: prints every table of it. Needs Python 3.9 and nothing else.

    python3 benchmarks/studies/hosts.py

Reads hosts-counts.json (operators and modules, counted) and benchmarks/measurements/h100-own.
"""
import collections
import csv
import json
import math
import pathlib
import statistics

ROOT = pathlib.Path(__file__).resolve().parent
OWN = ROOT.parent / "measurements/h100-own"
COUNTS = json.loads((ROOT / "hosts-counts.json").read_text())

# 1. The rule for a host. ---------------------------------------------------------------------------------------------

# name: single_thread_speed (catalog), L2 of a core in MB (catalog), Arm
HOSTS = {"8480C": (1.23, 2, 0), "8570": (1.32, 2, 0), "7742": (0.92, 0.5, 0), "GH200": (0.95, 1, 1), "GB200": (0.95, 1, 1),
         "GB200 (Meta)": (0.95, 1, 1)}
SHARE = {"nn.Linear": 0.06, "all-reduce": 0.10, "Triton": 0.85, "compiled": 0.85, "driver": 0.0}  # interpreter, on the reference
ROWS = [
    ("nn.Linear", "8480C", 13.48), ("nn.Linear", "GH200", 33.17), ("nn.Linear", "GB200", 37.08),
    ("all-reduce sglang 0.5.9", "8480C", 20.9), ("all-reduce sglang 0.5.9", "8570", 21.4),
    ("all-reduce sglang 0.5.9", "7742", 49.7), ("all-reduce sglang 0.5.10", "8480C", 20.1),
    ("all-reduce sglang 0.5.10", "8570", 18.0), ("all-reduce sglang 0.5.10", "7742", 41.3),
    ("all-reduce vllm 0.14/0.19", "8480C", 20.5), ("all-reduce vllm 0.14/0.19", "8570", 20.7),
    ("all-reduce vllm 0.14/0.19", "7742", 44.6), ("Triton launch", "8480C", 16.1), ("Triton launch", "8570", 15.5),
    ("Triton launch", "7742", 22.7), ("compiled call", "8480C", 33.0), ("compiled call", "GB200 (Meta)", 44.3),
    ("driver launch", "8480C", 1.3), ("driver launch", "GB200 (Meta)", 3.0)]


def relative_us(item, host, large_l2, arm):
    """Time of an item on a host, to the reference host's."""
    share = next(value for key, value in SHARE.items() if item.startswith(key))
    speed, l2, is_arm = HOSTS[host]
    native = speed * large_l2 ** min(1, max(0, math.log2(l2))) * (arm if is_arm else 1)
    return share / speed + (1 - share) / native


def fitted(rows):
    best = None
    for large_l2 in [1 + 0.02 * step for step in range(10, 70)]:
        for arm in [1 - 0.02 * step for step in range(20)]:
            scales, error = {}, 0.0
            for item in {row[0] for row in rows}:
                logs = [math.log(us / relative_us(item, host, large_l2, arm)) for name, host, us in rows if name == item]
                scales[item] = statistics.fmean(logs)
                error += sum((value - scales[item]) ** 2 for value in logs)
            if best is None or error < best[0]:
                best = error, large_l2, arm, scales
    return best


def rule():
    error, large_l2, arm, scales = fitted(ROWS)
    print(f"1. rule: large_l2 {large_l2:.2f}, arm {arm:.2f}, rms {math.sqrt(error / len(ROWS)):.3f}")
    for item, host, us in ROWS:
        predicted = math.exp(scales[item]) * relative_us(item, host, large_l2, arm)
        print(f"   {item:28}{host:14}{us:8.2f}{predicted:8.2f}{predicted / us - 1:+7.1%}")
    print("   leave one host out:")
    for left in HOSTS:
        _, large, isa, kept = fitted([row for row in ROWS if row[1] != left])
        errors = {item: math.exp(kept[item]) * relative_us(item, host, large, isa) / us - 1
                  for item, host, us in ROWS if host == left and item in kept}
        print(f"   {left:14} large_l2 {large:.2f} arm {isa:.2f} median {statistics.median(map(abs, errors.values())):.0%} ",
              {item: f"{value:+.0%}" for item, value in errors.items()})
    return large_l2, arm


# 2. One eager pass by its code. --------------------------------------------------------------------------------------

KIND = {
    "linear": "linear", "addmm": "addmm", "matmul": "matmul of 4 dimensions", "bmm": "bmm", "add": "add", "mul": "mul",
    "to": "to the same type", "cast": "to another type", "transpose": "transpose", "cat": "cat", "slice": "slice", "view": "view", "unsqueeze": "unsqueeze",
    "squeeze": "unsqueeze", "pow": "pow", "mean": "mean", "rsqrt": "rsqrt", "neg": "relu", "silu": "silu", "tanh": "tanh",
    "scaled_dot_product_attention": "scaled_dot_product_attention", "reshape": "reshape without copy", "embedding": "embedding",
    "arange": "arange", "expand": "expand", "softmax": "softmax", "dropout": "to the same type", "where": "where",
    "layer_norm": "layer_norm", "split": "split", "gelu": "gelu", "conv2d": "conv2d", "batch_norm": "batch_norm",
    "relu_": "relu_", "relu": "relu", "add_": "add_", "max_pool2d": "max_pool2d", "adaptive_avg_pool2d": "adaptive_avg_pool2d",
    "flatten": "view", "hardtanh_": "relu_", "hardtanh": "relu", "permute": "permute", "unbind": "chunk", "select": "select",
    "cos": "tanh", "sin": "tanh", "sigmoid": "tanh", "contiguous": "contiguous without copy", "chunk": "chunk", "alias": "view",
    "empty": "empty", "isin": "where", "__and__": "add", "__or__": "add", "eq": "add", "le": "add", "gt": "add", "ge": "add",
    "greater": "add", "sub": "add", "rsub": "add", "div": "add", "new_ones": "ones_like", "full": "ones_like", "zeros": "zeros",
    "clone": "clone", "index": "index by a tensor", "cumsum": "cumsum", "masked_fill_": "add_", "argmax": "argmax",
    "bitwise_not": "relu", "max": "max of all", "all": "max of all", "one_hot": "gather", "topk": "topk",
    "index_add_": "index_copy_", "index_copy_": "index_copy_", "sum": "sum", "lift_fresh": "view", "mul_": "add_",
    "masked_fill": "masked_fill", "copy_": "copy_", "gather": "gather"}
WAITS = {"item": 0, "is_nonzero": 0, "nonzero": 4}  # operators at which the host waits, and kernels that each launches
SCALE = 0.76          # a model's pass to the sum of h100-own's medians "in turn with others"
OWN_HOST = dict(interpreter=1.25, native=2.2)  # of the machine of h100-own, to the reference host
COST = dict(python=1.9, module=1.8, module_of_transformers=9.5, kernel=7.5, wait=30.0)  # us on the reference host
RULE_HOSTS = {"own": (1.25, 2.2), "8480C": (1.23, 1.23 * 1.72), "8570": (1.32, 1.32 * 1.72), "7742": (0.92, 0.92),
              "6538Y+": (1.43, 1.43 * 1.72), "8380": (1.05, 1.05 * 1.72 ** math.log2(1.25)), "Grace": (0.95, 0.95 * 0.88)}


def rows(name):
    with open(OWN / name, newline="") as file:
        return list(csv.DictReader(file))


TURN = {row["operator"].removeprefix("aten::"): float(row["host_us"]) for row in rows("dispatch.csv")
        if row["call"] == "in turn with others"}
KERNELS = {row["operator"].removeprefix("aten::"): int(row["kernels"]) for row in rows("operator_kernels.csv")}


def native_us(kind):
    """Native part of an operator on the reference host: h100-own's time in turn, less interpreter and launches."""
    own = TURN[kind] * SCALE - COST["python"] / OWN_HOST["interpreter"] \
        - KERNELS[kind] * COST["kernel"] / OWN_HOST["native"]
    return max(0.3, own) * OWN_HOST["native"]


def tally(names, modules, loops_over_experts=False, without_tokens=0):
    """What a pass asks of the host: native us on the reference, operators, modules, launches, waits."""
    total = collections.Counter(modules=modules)
    for name, count in names.items():
        waits = name in WAITS or (name == "where" and loops_over_experts)
        if waits:
            kernels = WAITS.get(name, 4)
            total.update(native=count * 48.0 * (kernels > 0) + count * 13.0 * (kernels == 0), waits=count, kernels=count * kernels)
        else:
            kind = KIND[name]
            total.update(native=count * native_us(kind), kernels=count * KERNELS[kind])
        total["operators"] += count
    # Of an expert without tokens 9 operators launch nothing and skip 40 % of their native work.
    each = 3 * native_us("linear") + native_us("silu") + 2 * native_us("mul") + 3 * native_us("index by a tensor")
    total.update(native=-0.4 * each * without_tokens, kernels=-9 * without_tokens)
    return total


def host_ms(total, host, is_transformers):
    interpreter, native = RULE_HOSTS[host]
    module = COST["module_of_transformers" if is_transformers else "module"]
    parts = {"python": total["operators"] * COST["python"] / interpreter, "modules": total["modules"] * module / interpreter,
             "native": total["native"] / native, "launches": total["kernels"] * COST["kernel"] / native,
             "waits": total["waits"] * COST["wait"] / native}
    return sum(parts.values()) / 1e3, {key: round(value / 1e3, 2) for key, value in parts.items()}


def counted(key, **options):
    entry = COUNTS[key]
    return tally({k: v for k, v in entry["names"].items() if v > 0}, entry["modules"], **options)


def layered(layer, layers, modules):
    names = collections.Counter({name: count * layers for name, count in layer.items()})
    names.update(embedding=1, linear=1, to=3, pow=1, mean=1, add=1, rsqrt=1, mul=2)
    return tally(names, modules)


# By reading the code of each (release of the row): operators of one layer.
LITGPT = dict(to=2, cast=4, mul=11, mean=2, add=6, rsqrt=2, linear=5, view=1, permute=1, transpose=1, split=1, reshape=4, slice=8, neg=2,
              cat=4, index_copy_=2, scaled_dot_product_attention=1, silu=1)
GPT_FAST = dict(cast=8, mul=15, mean=2, add=8, rsqrt=2, linear=5, split=1, view=7, reshape=2, select=16, cat=2, transpose=4,
                index_copy_=2, slice=4, scaled_dot_product_attention=1, silu=1)
GPT_FAST_GROUPED = dict(GPT_FAST, expand=2, reshape=4, clone=2, unsqueeze=2)
SGLANG = dict(layer_norm=2, linear=4, split=1, view=5, add=1, index_copy_=1, scaled_dot_product_attention=1, silu=1, empty=4)


def eager():
    print("2. h100-own, smallest of its latencies in ms, and what the constants give")
    smallest = {"llama-1b-sdpa": 10.2, "llama-1b-eager": 11.4, "gpt2-sdpa": 4.8, "gpt2-eager": 5.4, "hf-bert-sdpa": 4.3,
                "hf-bert-eager": 4.7, "timm-vit": 2.85, "resnet50": 4.0, "mobilenet_v2": 3.5}
    for key, target in smallest.items():
        ms, parts = host_ms(counted("tf5:" + key), "own", key.startswith(("llama", "gpt2", "hf")))
        print(f"   {key:16}{target:7.2f}{ms:7.2f}{ms / target - 1:+6.0%}  {parts}")
    twice = dict(COUNTS["tf456:llama-1b-sdpa"]["names"])
    hf_8b = tally({k: v * (2 if v >= 16 else 1) for k, v in twice.items()}, 422)
    olmoe = counted("tf456:olmoe-b1-generate", loops_over_experts=True, without_tokens=1024 - 128)
    dense = counted("tf456:llama-1b-eager-generate")
    for name, total, host, is_transformers, target in [
            ("Hugging Face Llama-3 8B, A100", hf_8b, "7742", 1, 40), ("gpt-fast code eager, 7B, A100", layered(GPT_FAST, 32, 357), "7742", 0, 43.5),
            ("gpt-fast code eager, 8B, A100", layered(GPT_FAST_GROUPED, 32, 357), "7742", 0, 42.2),
            ("litgpt 7B, A100, DGX's host", layered(LITGPT, 32, 357), "7742", 0, 24.2),
            ("litgpt 7B, A100, Ice Lake host", layered(LITGPT, 32, 357), "8380", 0, 24.2),
            ("Hugging Face 7B (28 layers), Ice Lake", tally({k: v * (1.75 if v >= 16 else 1) for k, v in twice.items()}, 370), "8380", 1, 23.04),
            ("Llama 1B, eager attention, T_orch", counted("tf456:llama-1b-eager"), "6538Y+", 1, 11.7),
            ("Llama 1B, fused attention, T_orch", counted("tf456:llama-1b-sdpa"), "6538Y+", 1, 8.9),
            ("GPT-2, T_orch", counted("tf456:gpt2-eager"), "6538Y+", 1, 5.2),
            ("GPT-2, lean loop", counted("tf5:gpt2-eager"), "8480C", 0, 4.73), ("SGLang Llama 8B, H100", layered(SGLANG, 32, 357), "8480C", 0, 8.4),
            ("Llama 1B in generate, passes only", dense, "8480C", 1, 22.3), ("OLMoE in generate, passes only", olmoe, "8480C", 1, 260.5),
            ("HF ViT, fused attention, own host", counted("tf456:vit-sdpa"), "own", 1, None), ("HF ViT, eager attention, own", counted("tf456:vit-eager"), "own", 1, None)]:
        ms, parts = host_ms(total, host, is_transformers)
        print(f"   {name:38}{host:8}{target or 0:7.1f}{ms:8.2f}" + (f"{ms / target - 1:+6.0%}" if target else "      ")
              + f"  kernels {total['kernels']:.0f} operators {total['operators']:.0f} modules {total['modules']:.0f} {parts}")
    for name, total in (("dense", dense), ("OLMoE", olmoe)):
        print(f"   host swap 8480C to 6538Y+, {name}: {host_ms(total, '6538Y+', 1)[0] / host_ms(total, '8480C', 1)[0] - 1:+.1%}")
    print("   with the loop of generate (500 us on the reference), the wait at a token's end (0.3 ms), and as a profiler sees it (6 us an operator):")
    for name, total, target in (("Llama 1B", dense, 22.3), ("OLMoE", olmoe, 260.5)):
        ms = host_ms(total, "8480C", 1)[0] + 0.5 / 1.23 + 0.3
        recorded = ms + 6e-3 * total["operators"]
        print(f"   {name:12} target {target:6.1f} plain {ms:6.1f} ({ms / target - 1:+.0%}) recorded {recorded:6.1f} ({recorded / target - 1:+.0%})")
    print("   dispatch on the reference host, us:", {kind: round(native_us(kind), 1) for kind in TURN if kind in KERNELS and kind not in ("multinomial",)})


# 3. Launch counts, from the code of transformers 4.56 in bf16. -------------------------------------------------------

def launches():
    def hit(experts, chosen, batch):
        return experts * (1 - (1 - chosen / experts) ** batch)
    dense = 16 * 47 + 8 + 1 + 1 + 9 + 6 + 41
    olmoe = 16 * (65 + 64 * 4 + hit(64, 8, 4) * 9) + 60
    qwen = 24 * (65 + hit(60, 4, 4) * 14) + 60
    print("3. launches a token:", {name: f"{value:.0f} for {target} ({value / target - 1:+.1%})" for name, value, target in
                                   (("Llama-3.2-1B", dense, 847.5), ("OLMoE", olmoe, 9305.3), ("Qwen1.5-MoE", qwen, 6695.1))})


# 4. Graphs, compiled models, jitter. ---------------------------------------------------------------------------------

def line(points):
    mean_x, mean_y = (statistics.fmean(values) for values in zip(*points))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return mean_y - slope * mean_x, slope


def graphs():
    points = [(8, 19.4), (16, 25.6), (24, 28.7), (36, 37.9), (64, 49.1), (117, 82.9)]
    fixed, node = line(points)
    print(f"4. WSL2: {fixed:.1f} + {node:.3f} a node,", [f"{(fixed + node * n) / us - 1:+.0%}" for n, us in points])
    recorded = [(int(r["kernels"]), float(r["launch_call_us"]) * int(r["launch_calls"])) for r in rows("profiles.csv")
                if r["framework"].endswith("graph") or r["framework"].endswith("graphs")]
    fixed, node = line(recorded)
    print(f"   recorded replays of {len(recorded)} models: {fixed:.0f} + {node:.2f} us a node;",
          [f"{n} nodes {(fixed + node * n) / 1e3:.2f} ms for {ms} ({(fixed + node * n) / 1e3 / ms - 1:+.0%})" for n, ms in ((2876, 2.83), (2187, 1.98))])
    for api in ("driver", "torch"):
        for topology in ("line", "branched"):
            chosen = [r for r in rows("graphs.csv") if r["api"] == api and r["topology"] == topology and int(r["nodes"]) >= 64]
            print(f"   {api} {topology}:", {column: tuple(round(v, 4) for v in line([(int(r["nodes"]), float(r[column])) for r in chosen]))
                                           for column in ("launch_us", "first_launch_us", "capture_us", "instantiate_us")})
    calls = {(r["model"], r["batch"]): int(r["launch_calls"]) for r in rows("profiles.csv") if r["framework"] == "torch-compile"}
    issued = [(calls[r["model"], r["batch"]], float(r["issue_us"])) for r in rows("models.csv") if r["framework"] == "torch-compile"]
    fixed, each = line(issued)
    print(f"   torch.compile: {fixed:.0f} + {each:.1f} us a launch;", [f"{(fixed + each * n) / us - 1:+.0%}" for n, us in issued])
    trees = [float(r["issue_us"]) for r in rows("models.csv") if r["framework"] == "torch-compile-graphs"]
    print(f"   graph trees: median {statistics.median(trees):.0f}, from {min(trees):.0f} to {max(trees):.0f}")


if __name__ == "__main__":
    rule()
    eager()
    launches()
    graphs()
