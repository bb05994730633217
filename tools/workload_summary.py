"""What an exported workload is, in two or three lines: operators, weights, floating-point operations, what has no cost rule.

The operations are those of products, convolutions and attention, counted here by their definitions; a multiply-add is two.
Which operators have no cost rule the simulator knows: it is asked, where it is installed.
"""

import math
import re
import subprocess

import frameworktax


def product_flops(operator, inputs, outputs, attributes, is_full=False):
    """The floating-point operations of one operator, by the sizes of its tensors; 0 for what multiplies no matrices.

    Causal attention multiplies pairs of a query and an earlier key; all pairs where `is_full`, as PyTorch's counter has it.
    """
    name = operator.partition("::")[2].rstrip("_")
    if name in ("linear", "mm", "mv", "addmm", "addmv", "matmul", "bmm", "baddbmm", "dot"):
        left = inputs[1] if name in ("addmm", "addmv", "baddbmm") else inputs[0]
        return 2 * math.prod(outputs[0]) * left[-1]
    if name == "einsum":
        return einsum_flops(inputs, outputs)
    if name in ("_grouped_mm", "grouped_mm"):
        return 2 * math.prod(inputs[0]) * inputs[1][-1]
    if name.startswith("conv") and len(inputs) > 1:
        weight = inputs[1]
        is_transposed = name.startswith("conv_transpose") or attributes.get("transposed") == 1
        positions = inputs[0] if is_transposed else outputs[0]
        # Of each position: the channels of its group on the other side, times the window.
        return 2 * math.prod(positions) * math.prod(weight[1:])
    if name == "scaled_dot_product_attention":
        queries, keys, values = inputs[:3]
        pairs = math.prod(queries[:-1]) * keys[-2]
        if attributes.get("is_causal") == 1 and not is_full:
            rows, columns = queries[-2], keys[-2]
            pairs = math.prod(queries[:-2]) * sum(min(row, columns) for row in range(1, rows + 1))
        return 2 * pairs * (queries[-1] + values[-1])
    if name in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
        return recurrent_flops(inputs, 2 if name == "lstm" else 1)
    return 0


def einsum_flops(inputs, outputs):
    """Two for each choice of an index that the operands have, where each index stands for one size."""
    if len(inputs) != 2 or not outputs or not math.prod(outputs[0]):
        return 0
    # |left| |right| / |result| = batch x k^2; with the batch in all three left, k follows only where the batch is known.
    common = list(inputs[0])
    shared = [common.pop(common.index(side)) for side in inputs[1] if side in common]
    for count in range(1 << len(shared)):
        chosen = [side for i, side in enumerate(shared) if count >> i & 1]
        rest = [side for i, side in enumerate(shared) if not count >> i & 1]
        for batch in {1, math.prod(rest)}:
            k = math.prod(chosen)
            if math.prod(inputs[0]) * math.prod(inputs[1]) == math.prod(outputs[0]) * batch * k * k:
                return 2 * math.prod(outputs[0]) * k
    return 0


def recurrent_flops(inputs, states):
    """All products of a recurrent layer's steps."""
    matrices = [shape for shape in inputs[1 + states :] if len(shape) == 2]
    steps = math.prod(inputs[0][:-1])
    return sum(2 * steps * math.prod(matrix) for matrix in matrices)


def flops(program, values, is_full=False):
    """The operations of products of a whole program at some values of its parameters."""
    from export_workload import evaluate

    total = 0
    for entry in program:
        if "repeat" in entry:
            total += evaluate(entry["repeat"], values) * flops(entry["program"], values, is_full)
            continue
        inputs, outputs = (
            [[evaluate(side, values) for side in shape] for shape in entry.get(key, [])] for key in ("inputs", "outputs")
        )
        total += product_flops(entry["operator"], inputs, outputs, entry.get("attributes", {}), is_full)
    return total


def operator_counts(program, values):
    """How often each operator is called in a pass."""
    from export_workload import evaluate

    counts = {}
    for entry in program:
        times, inside = 1, {entry.get("operator"): 1}
        if "repeat" in entry:
            times, inside = evaluate(entry["repeat"], values), operator_counts(entry["program"], values)
        for name, count in inside.items():
            counts[name] = counts.get(name, 0) + times * count
    return counts


def summary(workload, path):
    """Lines about a workload; `path` is its file, or None where it went to standard output."""
    values = workload["parameters"]
    counts = operator_counts(workload["program"], values)
    at = ", ".join(f"{name} {value}" for name, value in values.items()) or "no parameters"
    lines = [
        f"{path or 'standard output'}: workload '{workload['name']}', {sum(counts.values()):,} operators ({len(counts)} kinds), "
        f"{scaled(workload['weight_elements'])} weights, {scaled(flops(workload['program'], values))}FLOP at {at}"
    ]
    return lines + (rule_lines(path, counts) if path else [])


def rule_lines(path, counts):
    """What the simulator says of a file: that it is right, and which of its operators have no cost rule."""
    try:
        binary = frameworktax.find_binary()
    except frameworktax.SimulateError:
        return [f"what has no cost rule: 'simulate profiles check {path}' says it"]
    done = subprocess.run([binary, "profiles", "check", str(path)], capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        return [f"'simulate profiles check' refuses it: {done.stderr.strip()}"]
    without = re.search(r"no cost rule for (.*?);", done.stderr)
    if without is None:
        return ["every operator has a cost rule"]
    named = ", ".join(f"{name} ({counts.get(name, 0)} calls)" for name in without[1].split(", "))
    share = re.search(r"([\d.,]+ ?%) of the bytes", done.stderr)
    return [f"without a cost rule, guessed as element-wise traffic: {named}" + (f"; {share[1]} of the bytes moved" if share else "")]


def scaled(count):
    """A count with three digits and a prefix: 7.62 G."""
    for size, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.3g} {prefix}"
    return f"{count:,} "
