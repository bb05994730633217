#!/usr/bin/env python3
"""Recomputes every vector of docs/vectors/roofline from its inputs, with formulas of its own and exact fractions.

    tools/check_vectors.py                all files
    tools/check_vectors.py FILE...        some of them

Three things must agree for each vector: what is expected, what the formulas below make of the inputs, and what the
derivation, an expression in plain numbers, comes to. The format is told in docs/formats.md. Requirements: Python 3.9,
standard library only.
"""
import ast
import json
import math
import pathlib
import sys
from fractions import Fraction

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "docs/vectors/roofline"
FORMULAS = {}


def formula(name):
    def register(function):
        FORMULAS[name] = function
        return function
    return register


def product(numbers):
    result = Fraction(1)
    for number in numbers:
        result *= number
    return result


def work(flops, size):
    """Operations and bytes, and their ratio: zero without operations, infinite without bytes."""
    intensity = Fraction(0) if flops == 0 else "infinity" if size == 0 else Fraction(flops) / size
    return {"flops": Fraction(flops), "bytes": Fraction(size), "intensity": intensity}


@formula("quantity")
def quantity(i):
    scales = {"kilo": 3, "mega": 6, "giga": 9, "tera": 12, "peta": 15, "milli": -3, "micro": -6, "nano": -9, "pico": -12,
              "one": 0}
    return {"value": i["number"] * Fraction(10) ** scales[i["prefix"]]}


@formula("algebra")
def algebra(i):
    left, right = i["left"], i["right"]
    return {"value": left * right if i["operation"] == "times" else left / right}


@formula("roofline")
def roofline(i):
    peak, bandwidth, flops, size = i["peak"], i["bandwidth"], i["flops"], i["bytes"]
    result = {"ridge": peak / bandwidth, "time": max(flops / peak, size / bandwidth)}
    if flops == 0:
        return {**result, "intensity": Fraction(0), "attainable": Fraction(0), "bound": "memory"}
    if size == 0:
        return {**result, "intensity": "infinity", "attainable": peak, "bound": "compute"}
    intensity = flops / size
    return {**result, "intensity": intensity, "attainable": min(peak, intensity * bandwidth),
            "bound": "compute" if intensity * bandwidth >= peak else "memory"}


@formula("inverse")
def inverse(i):
    question, peak, bandwidth = i["question"], i["peak"], i["bandwidth"]
    if question == "intensity_for_fraction":
        return {"answer": i["fraction"] * peak / bandwidth}
    if question == "intensity_to_attain":
        return {"answer": i["rate"] / bandwidth if i["rate"] <= peak else "none"}
    if question == "peak_needed":
        return {"answer": i["flops"] / i["time"] if i["bytes"] / bandwidth <= i["time"] else "none"}
    if question == "bandwidth_needed":
        return {"answer": i["bytes"] / i["time"] if i["flops"] / peak <= i["time"] else "none"}
    # The smallest batch at which 2 M N K / (e (M K + K N + M N)) is at least the ridge point.
    n, k, rows, size = i["columns"], i["inner"], i["rows_per_batch"], i["bytes_per_element"]
    need = size * peak / bandwidth
    margin = 2 * n * k - need * (n + k)
    if margin <= 0:
        return {"answer": "none"}
    return {"answer": Fraction(math.ceil(need * n * k / margin / rows))}


@formula("hierarchical_roofline")
def hierarchical(i):
    times = [size / bandwidth for size, bandwidth in zip(i["traffic"], i["bandwidths"])]
    arithmetic = i["flops"] / i["peak"]
    # What computes nothing lies below every ridge point.
    slow = [t for t in times if t > arithmetic or i["flops"] == 0]
    bound = f"level {times.index(max(slow))}" if slow else "compute"
    return {"time": max([arithmetic] + times), "bound": bound,
            "ridges": [i["peak"] / bandwidth for bandwidth in i["bandwidths"]]}


@formula("matrix_multiply")
def matrix_multiply(i):
    b, m, n, k, e = i["batch"], i["rows"], i["columns"], i["inner"], i["bytes_per_element"]
    right = i.get("right_bytes_per_element", e)
    return work(2 * b * m * n * k, b * (e * m * k + right * k * n + e * m * n))


@formula("grouped_matrix_multiply")
def grouped(i):
    n, k, e = i["columns"], i["inner"], i["bytes_per_element"]
    flops = sum(2 * m * n * k for m in i["rows_of_groups"])
    return work(flops, sum(e * (m * k + k * n + m * n) for m in i["rows_of_groups"] if m > 0))


def output_sides(i):
    sides = []
    for length, window, stride, pad, step in zip(i["input"], i["window"], i["strides"], i["padding"], i["dilation"]):
        span = (window - 1) * step + 1
        if i["transposed"]:
            sides.append((length - 1) * stride - 2 * pad + span if length else Fraction(0))
        else:
            sides.append(Fraction((length + 2 * pad - span) // stride + 1))
    return sides


@formula("convolution")
def convolution(i):
    out = output_sides(i)
    multiplied = product(i["input"]) if i["transposed"] else product(out)
    channels = i["input_channels"] / i["groups"]
    flops = 2 * i["batch"] * multiplied * product(i["window"]) * channels * i["output_channels"]
    elements = (i["batch"] * i["input_channels"] * product(i["input"])
                + i["output_channels"] * channels * product(i["window"])
                + i["batch"] * i["output_channels"] * product(out))
    return {**work(flops, i["bytes_per_element"] * elements), "output": out}


@formula("winograd")
def winograd(i):
    out, tile, side = output_sides(i), i["output_tile"], i["window"][0]
    applies = (not i["transposed"] and i["groups"] == 1 and len(set(i["window"])) == 1
               and all(x == 1 for x in i["strides"] + i["dilation"]))
    if not applies:
        return {"flops": "none"}
    tiles = i["batch"] * product(Fraction(-(-length // tile)) for length in out)
    points = (tile + side - 1) ** len(out)
    return {"flops": 2 * points * tiles * i["input_channels"] * i["output_channels"]}


@formula("attention")
def attention(i):
    b, h, kv, q, k = i["batch"], i["heads"], i["key_heads"], i["queries"], i["keys"]
    d, v, e = i["width"], i["value_width"], i["bytes_per_element"]
    if i["is_causal"]:
        # Counted row by row from the last: it attends to all keys, each row before it to one fewer.
        rows = min(q, k)
        pairs = rows * (k + (k - rows + 1)) / 2
    else:
        pairs = q * k
    elements = b * h * q * d + b * kv * k * d + b * kv * k * v + b * h * q * v
    return {**work(2 * b * h * pairs * d + 2 * b * h * pairs * v, e * elements), "pairs": pairs,
            "softmax_flops": 5 * b * h * pairs, "unfused_bytes": e * (elements + 4 * b * h * q * k)}


@formula("normalization")
def normalization(i):
    cost = {"rows": 8, "batch": 2, "softmax": 5}[i["kind"]]
    return work(cost * i["elements"], i["bytes_per_element"] * (2 * i["elements"] + i["parameters"]))


@formula("pass_over_memory")
def pass_over_memory(i):
    kind, e = i["kind"], i["bytes_per_element"]
    if kind == "elementwise":
        return work(i["results"] * i["operations_per_result"], e * (sum(i["operands"]) + i["results"]))
    if kind == "reduction":
        return work(i["elements"], e * (i["elements"] + i["results"]))
    if kind == "embedding":
        return work(0, i["rows"] * (2 * i["width"] * e + i["bytes_per_index"]))
    return work(0, e * i["elements"] * (2 if kind == "copy" else 1))


@formula("pooling")
def pooling(i):
    return work(i["outputs"] * i["window"],
                i["bytes_per_element"] * (i["inputs"] + i["outputs"]) + i["index_bytes"] * i["outputs"])


@formula("recurrent_cell")
def recurrent_cell(i):
    gates = {"plain": 1, "gru": 3, "lstm": 4}[i["kind"]]
    states = 2 if i["kind"] == "lstm" else 1
    b, x, h, e = i["batch"], i["inputs"], i["hidden"], i["bytes_per_element"]
    return work(gates * (2 * b * x * h + 2 * b * h * h), e * (gates * (x * h + h * h) + b * x + states * 2 * b * h))


@formula("mixture_of_experts")
def mixture_of_experts(i):
    t, n, k, h, w = i["tokens"], i["experts"], i["experts_per_token"], i["hidden"], i["intermediate"]
    matrices = 3 if i["is_gated"] else 2
    active = i.get("active_experts", min(n, t * k))
    return work(2 * t * h * n + 2 * t * k * matrices * h * w,
                i["bytes_per_element"] * (h * n + active * matrices * h * w + 2 * t * h))


@formula("collective")
def collective(i):
    n, given = i["ranks"], i["elements"] * i["bytes_per_element"]
    part = given / n
    sent = {"all_reduce": 2 * (n - 1) * part, "all_gather": (n - 1) * given, "reduce_scatter": (n - 1) * part,
            "all_to_all": (n - 1) * part, "broadcast": given if n > 1 else Fraction(0), "send": given if n > 1 else Fraction(0)}[i["kind"]]
    adds = (n - 1) * i["elements"] if i["kind"] in ("all_reduce", "reduce_scatter") else Fraction(0)
    return {"flops": adds, "bytes_sent": sent, "time": sent / i["link"]}


@formula("energy_roofline")
def energy(i):
    time = max(i["flops"] / i["peak"], i["bytes"] / i["bandwidth"])
    joules = i["flops"] * i["energy_per_flop"] + i["bytes"] * i["energy_per_byte"] + i["constant_power"] * time
    return {"energy": joules, "balance": i["energy_per_byte"] / i["energy_per_flop"],
            "power": joules / time if time else "none",
            "flops_per_joule": i["flops"] / joules if joules else Fraction(0)}


@formula("sum")
def total(i):
    peak, bandwidth = i["peak"], i["bandwidth"]
    pieces = [(matrix_multiply({"batch": Fraction(1), "rows": m, "columns": n, "inner": k,
                                "bytes_per_element": i["bytes_per_element"]}), times)
              for m, n, k, times in i["products"]]
    flops = sum(p["flops"] * times for p, times in pieces)
    size = sum(p["bytes"] * times for p, times in pieces)
    each = sum(max(p["flops"] / peak, p["bytes"] / bandwidth) * times for p, times in pieces)
    return {**work(flops, size), "time_of_sum": max(flops / peak, size / bandwidth), "time_of_each": each}


@formula("ceiling")
def ceiling(i):
    peak, bandwidth = i["peak"], i["bandwidth"]
    if i["without"] == "fused_multiply_add":
        peak /= 2
    elif i["without"] == "other_units":
        peak /= i["units"]
    elif i["without"] == "matrix_units":
        peak = i["vector_peak"]
    else:
        bandwidth = i["measured_bandwidth"]
    return {"peak": peak, "bandwidth": bandwidth, "ridge": peak / bandwidth,
            "attainable": min(peak, i["intensity"] * bandwidth)}


def volume(shape):
    return product(Fraction(side) for side in shape)


TRANSCENDENTAL = {"gelu", "tanh", "sigmoid", "silu", "exp", "erf", "log", "cos", "sin", "pow"}


RECURRENT_GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1}
COLLECTIVES = {"allreduce", "_allgather_base", "_reduce_scatter_base", "alltoall_base", "broadcast", "send"}

# What engines have written for themselves, by sizes, shapes, attributes and bytes of an element.
ENGINE_OPERATORS = {
    "silu_and_mul": lambda n, s, g, e: work(11 * n[0] / 2, e * (n[0] + n[0] / 2)),
    "rotary_embedding": lambda n, s, g, e: work(3 * sum(n), 2 * e * sum(n)),
    "scaled_fp8_quant": lambda n, s, g, e: work(2 * n[0], 2 * e * n[0]),
    "fused_add_rms_norm": lambda n, s, g, e: work(9 * n[0], e * (n[0] + n[1] + n[2] + 2 * n[0])),
    "topk_softmax": lambda n, s, g, e: work(5 * n[0], e * n[0] + (e + 8) * n[0] / s[0][-1] * g["k"]),
    "moe_sum": lambda n, s, g, e: work(2 * n[0], e * (n[0] + n[0] / s[0][-2])),
    "reshape_and_cache": lambda n, s, g, e: work(0, 2 * e * sum(n)),
}


@formula("operator")
def operator(i):
    """An operator as a table names it; every tensor once, in its own format."""
    name, e = i["operator"].split("::")[-1].rstrip("_"), i["bytes_per_element"]
    shapes, given = i["inputs"], i.get("attributes", {})
    sizes = [volume(shape) for shape in shapes]
    read = e * sum(sizes)
    # What is told of results that shapes and attributes do not say.
    told = sum(volume(shape) for shape in i.get("outputs", []))
    if name in ("view", "reshape", "dropout", "empty", "item", "wait_tensor"):
        return work(0, 0)
    if name in ("linear", "compiled_linear"):
        rows, inner, out = sizes[0] / shapes[0][-1], shapes[0][-1], shapes[1][0]
        return work(2 * rows * inner * out, read + e * rows * out)
    if name in ("mm", "matmul", "bmm", "addmm"):
        a, b = shapes[-2:]
        rows, inner, columns = a[-2], a[-1], b[-1]
        batch = max(volume(a[:-2]), volume(b[:-2]))
        return work(2 * batch * rows * inner * columns, read + e * batch * rows * columns)
    if name == "baddbmm":
        (b, rows, inner), columns = shapes[1], shapes[2][2]
        return work(2 * b * rows * inner * columns, read + e * sizes[0])
    if name in ("mv", "addmv"):
        rows, inner = shapes[-2]
        return work(2 * rows * inner, read + e * rows)
    if name == "dot":
        return work(2 * sizes[0], read + e)
    if name == "einsum":
        # Batches of products: b m k, b k n.
        (b, rows, inner), columns = shapes[0], shapes[1][2]
        return work(2 * b * rows * inner * columns, read + e * told)
    if name in ("_grouped_mm", "compiled_grouped_mm"):
        (rows, inner), (groups, _, columns) = shapes
        used = min(rows, groups) * inner * columns
        return work(2 * rows * inner * columns, e * (sizes[0] + used + rows * columns))
    if name in RECURRENT_GATES:
        (steps, batch, features), width = shapes[0], shapes[1][-1]
        per_step = RECURRENT_GATES[name] * 2 * batch * width * (features + width)
        return work(steps * per_step, read + e * told)
    if name in ("conv1d", "conv2d", "conv3d", "conv_transpose2d", "convolution", "cudnn_convolution", "thnn_conv2d"):
        sides = len(shapes[0]) - 2
        groups = given.get("groups", 1)
        spread = {key: [Fraction(x) for x in (v if isinstance(v, list) else [v] * sides)] for key, v in
                  {"strides": given.get("stride", 1), "padding": given.get("padding", 0),
                   "dilation": given.get("dilation", 1)}.items()}
        is_transposed = name == "conv_transpose2d"
        channels = shapes[1][1] * groups if is_transposed else shapes[1][0]
        described = {"batch": shapes[0][0], "input_channels": shapes[0][1], "output_channels": channels,
                     "groups": Fraction(groups), "input": shapes[0][2:], "window": shapes[1][2:],
                     "transposed": is_transposed, "bytes_per_element": e, **spread}
        found = convolution(described)
        return work(found["flops"], found["bytes"] + e * sum(sizes[2:]))
    if name == "_flash_attention_forward":
        (b, q, h, d), (_, k, kv, _), (_, _, _, v) = shapes
        return work(2 * b * h * q * k * (d + v), read + e * b * q * h * v)
    if given.get("shares_values") == 1:
        # Latent attention: the values are the first columns of the keys, and not read a second time.
        (b, h, q, d), (_, _, k, _), (_, _, _, v) = shapes
        return work(2 * b * h * q * k * (d + v), e * (sizes[0] + sizes[1] + b * h * q * v))
    if name == "scaled_dot_product_attention":
        (b, h, q, d), (_, kv, k, _), (_, _, _, v) = shapes[:3]
        found = attention({"batch": b, "heads": h, "key_heads": kv, "queries": q, "keys": k, "width": d,
                           "value_width": v, "is_causal": given.get("is_causal", 0) == 1, "bytes_per_element": e})
        return work(found["flops"], found["bytes"] + e * sum(sizes[3:]))
    if name in ("layer_norm", "rms_norm", "group_norm"):
        return work(8 * sizes[0], read + e * sizes[0])
    if name == "batch_norm":
        return work(2 * sizes[0], read + e * sizes[0])
    if name == "softmax":
        return work(5 * sizes[0], 2 * read)
    if name in ENGINE_OPERATORS:
        return ENGINE_OPERATORS[name](sizes, shapes, given, e)
    if name == "masked_fill":
        return work(sizes[0], 2 * e * sizes[0] + sizes[1])
    if name == "where":
        return work(sizes[0], sizes[0] + e * (sizes[1] + sizes[2] + sizes[0]))
    if name in ("argmax", "any"):
        rows = sizes[0] / shapes[0][-1]
        return work(sizes[0], read + (8 if name == "argmax" else 1) * rows)
    if name == "var_mean":
        return work(sizes[0], read + 2 * e * sizes[0] / shapes[0][-1])
    if name == "sort":
        return work(sizes[0], 2 * read + 8 * sizes[0])
    if name == "cumsum":
        return work(sizes[0], 2 * read)
    if name == "topk":
        chosen = sizes[0] / shapes[0][-1] * given["k"]
        return work(sizes[0], read + (e + 8) * chosen)
    if name == "isin":
        return work(sizes[0], read + sizes[0])
    if name == "multinomial":
        return work(sizes[0], read + e * told)
    if name == "nonzero":
        return work(sizes[0], read + 8 * told)
    if name == "index_select":
        return work(0, 2 * e * told + 8 * sizes[1])
    if name == "index_put":
        return work(0, 2 * e * sizes[2] + 8 * sizes[1])
    if name == "gather":
        return work(0, (2 * e + 8) * sizes[1])
    if name == "one_hot":
        return work(0, 2 * 8 * told + 8 * sizes[0])
    if name == "moe_align_block_size":
        return work(0, 2 * e * told)
    if name.startswith("memcpy"):
        return work(0, read)
    if name in COLLECTIVES:
        return work(0, read + e * (told or sizes[0]))
    if name in ("sum", "mean", "amax"):
        kept = [side for axis, side in enumerate(shapes[0]) if axis - len(shapes[0]) != given.get("dim")]
        results = volume(kept) if "dim" in given else 1
        return work(sizes[0], read + e * results)
    if name in ("max_pool2d", "avg_pool2d"):
        window, stride, pad = given["kernel_size"], given["stride"], given["padding"]
        out = volume(shapes[0][:2]) * product(
            Fraction((side + 2 * p - w) // s + 1) for side, w, s, p in zip(shapes[0][2:], window, stride, pad))
        return work(out * product(map(Fraction, window)), read + e * out)
    if name == "adaptive_avg_pool2d":
        out = volume(shapes[0][:2]) * product(map(Fraction, given["output_size"]))
        return work(sizes[0], read + e * out)
    if name == "embedding":
        rows, width = sizes[1], shapes[0][1]
        return work(0, rows * (2 * width * e + 8))
    if name in ("clone", "copy", "contiguous"):
        return work(0, 2 * e * sizes[0])
    if name == "cat":
        return work(0, 2 * read)
    if name in ("zeros", "ones"):
        return work(0, e * sizes[0])
    # One result for each element of what the operands are spread to.
    rank = max(map(len, shapes))
    padded = [[Fraction(1)] * (rank - len(shape)) + shape for shape in shapes]
    results = product(max(sides) for sides in zip(*padded))
    return work(results * (10 if name in TRANSCENDENTAL else 1), read + e * results)


def exact(value):
    """A number of a file: an integer, or a text of a fraction or a decimal; texts that are no number stay."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, str)):
        try:
            return Fraction(value)
        except ValueError:
            return value
    if isinstance(value, list):
        return [exact(item) for item in value]
    raise SystemExit(f"error: {value!r} is no exact number")


def evaluate(text):
    """What an expression in plain numbers comes to."""
    functions = {"min": min, "max": max, "floor": lambda x: Fraction(math.floor(x)),
                 "ceil": lambda x: Fraction(math.ceil(x))}

    def value(node):
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return Fraction(ast.get_source_segment(text, node).replace("_", ""))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.BinOp):
            left, right = value(node.left), value(node.right)
            operations = {ast.Add: lambda: left + right, ast.Sub: lambda: left - right, ast.Mult: lambda: left * right,
                          ast.Div: lambda: left / right, ast.Pow: lambda: left ** int(right)}
            return operations[type(node.op)]()
        if isinstance(node, ast.Call) and node.func.id in functions:
            return functions[node.func.id](*map(value, node.args))
        raise ValueError(f"{text!r} is no arithmetic")

    return value(ast.parse(text, mode="eval").body)


def derived(line):
    """The numbers that a derivation comes to, by name."""
    return {name.strip(): evaluate(expression.strip())
            for name, expression in (part.split("=", 1) for part in line.split(";"))}


def inputs_of(vector):
    return {key: value if key == "attributes" else exact(value) for key, value in vector["inputs"].items()}


def check(path):
    """The number of vectors of a file, and what is wrong with them."""
    document = json.loads(path.read_text())
    wrong = []
    if document["schema"] != "roofline-vectors/1":
        raise SystemExit(f"error: {path}: schema {document['schema']!r}")
    names = [vector["name"] for vector in document["vectors"]]
    wrong += [f"{path.name}: {name}: named twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for vector in document["vectors"]:
        place = f"{path.name}: {vector['name']}"
        found = FORMULAS[vector.get("class", document["class"])](inputs_of(vector))
        expected = {key: exact(value) for key, value in vector["expected"].items()}
        for key, value in expected.items():
            if found[key] != value:
                wrong.append(f"{place}: {key} is {value}, the formula makes it {found[key]}")
            if key not in document["units"]:
                wrong.append(f"{place}: {key} has no unit")
        steps = derived(vector["derivation"])
        if not steps.keys() & expected.keys() and "none" not in expected.values():
            wrong.append(f"{place}: nothing that is expected is derived")
        for key, value in steps.items():
            # A name that nothing expects is a step by which there is no answer: a time, a margin.
            if key in expected and expected[key] != value:
                wrong.append(f"{place}: {key} is {expected.get(key)}, the derivation comes to {value}")
    return len(document["vectors"]), wrong


def main(paths):
    files = sorted(map(pathlib.Path, paths)) or sorted(FOLDER.glob("*.json"))
    total, wrong = 0, []
    for path in files:
        count, faults = check(path)
        total += count
        wrong += faults
        print(f"{path.stem}: {count} vectors")
    print("\n".join(wrong) if wrong else f"all {total} vectors in {len(files)} files are right")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
