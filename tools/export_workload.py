#!/usr/bin/env python3
# /// script
# requires-python = ">=3.10"
# dependencies = [
#   "numpy",
#   "timm==0.6.13",
#   "torch==2.13.0",
#   "torchvision==0.28.0",
#   "transformers==4.30.2",
# ]
# ///
"""Exports a PyTorch model definition as a workload file (schema workload/1).

The model is built without weights, on PyTorch's meta device, and run once for each of several values
of its parameters (batch, sequence_length, image_size, ...). Every run records the top-level operators
that eager PyTorch dispatches; each dimension is then written as an exact expression of the parameters,
and consecutive equal blocks of operators are written as repeats.

    export_workload.py --list
    export_workload.py --model bert-base-uncased --output workloads/bert-base-uncased.json
    export_workload.py --all workloads --table
    export_workload.py --module my_model.py:function --output my-model.json
    export_workload.py --module my_model.py:function --fix sequence_length=128 --output my-model.json
    export_workload.py --file my-model.pt2 --output my-model.json
    export_workload.py --file my-model.onnx --output my-model.json
    export_workload.py --model resnet50 --no-count-modules

The shipped files were exported with torch 2.13.0, torchvision 0.28.0, timm 0.6.13 and transformers 4.30.2 (a
release close to the one the paper measured); `--list` marks the models that need another release: transformers
4.48.3 or 4.56.2, timm 1.0.31, diffusers 0.35.1. A user's own model needs torch and what it imports, of any recent
release: CI exports models of today's (check_exports.py). An ONNX file needs onnx alone.

A user's function takes no arguments and returns (module, inputs). `inputs` is a function too: its keyword
arguments are the workload's parameters and their defaults, and it returns the module's positional
arguments (a tuple) or keyword arguments (a dict):

    def function():
        def inputs(batch=1, sequence_length=128):
            return (torch.zeros(batch, sequence_length, dtype=torch.long),)
        return MyModel(), inputs
"""

import argparse
import collections
import contextlib
import dataclasses
import functools
import importlib.util
import inspect
import itertools
import json
import math
import os
import pathlib
import re
import sys
import textwrap
import time
import traceback
import unittest.mock
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import metadata

import meta_values
from workload_summary import summary

SCHEMA = "workload/1"

# A repeat has to shorten the program by this many entries: below, it is harder to read than the list.
REPEAT_SAVING_MINIMUM = 4


class ExportError(Exception):
    """What the model does that a workload file cannot say."""


# MARK: Expressions: a dimension as a polynomial of the parameters


def polynomial_fit(points, values):
    """The polynomial through `values` at `points`, as {exponents: coefficient}, zeros left out.

    A point holds one value per parameter. Every parameter may appear to the first power, or, where that
    does not fit, to the second (the area of an image); the points left over check the fit. Returns None
    where no polynomial fits.
    """
    for limit in (1, 2):
        degrees = [min(len(set(column)) - 1, limit) for column in zip(*points)]
        exponents = list(itertools.product(*(range(degree + 1) for degree in degrees)))
        rows = [
            [Fraction(math.prod(x**e for x, e in zip(point, powers))) for powers in exponents]
            + [Fraction(value)]
            for point, value in zip(points, values)
        ]
        coefficients = solve_exactly(rows, len(exponents))
        if coefficients is not None:
            return {powers: c for powers, c in zip(exponents, coefficients) if c != 0}
    return None


def solve_exactly(rows, unknowns):
    """Gaussian elimination over augmented `rows`; None unless there is exactly one solution."""
    rows = [list(row) for row in rows]
    for column in range(unknowns):
        pivot = next((r for r in range(column, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = [entry / scale for entry in rows[column]]
        for r, row in enumerate(rows):
            if r != column and row[column] != 0:
                factor = row[column]
                rows[r] = [entry - factor * lead for entry, lead in zip(row, rows[column])]
    if any(row[unknowns] != 0 for row in rows[unknowns:]):
        return None
    return [row[unknowns] for row in rows[:unknowns]]


def polynomial_text(polynomial, parameters):
    """The simplest expression of a polynomial: an integer where constant, otherwise text.

    The common factor is drawn out, so that a division applies to the whole expression and is exact.
    """
    if not polynomial:
        return 0
    divisor = math.lcm(*(c.denominator for c in polynomial.values()))
    numerators = {powers: int(c * divisor) for powers, c in polynomial.items()}
    common = math.gcd(*numerators.values())
    shared = tuple(min(column) for column in zip(*numerators))
    terms = {tuple(e - s for e, s in zip(powers, shared)): n // common for powers, n in numerators.items()}
    if divisor == 1 and not any(shared) and set(terms) == {tuple(0 for _ in parameters)}:
        return common * next(iter(terms.values()))
    return render_product(common, shared, terms, divisor, parameters)


def render_product(common, shared, terms, divisor, parameters):
    """common * shared monomial * (terms) / divisor, without needless ones and parentheses."""
    factors = [] if common == 1 else [str(common)]
    factors += monomial_factors(shared, parameters)
    sum_text = render_sum(terms, parameters)
    if len(terms) > 1 and (factors or divisor != 1):
        factors.append(f"({sum_text})")
    elif sum_text != "1" or not factors:
        factors.append(sum_text)
    text = "*".join(factors)
    return text if divisor == 1 else f"{text}/{divisor}"


def render_sum(terms, parameters):
    """Terms of a sum: a positive one first, higher powers before lower, parameters in declaration order."""
    ordered = sorted(terms.items(), key=lambda term: term[0], reverse=True)
    ordered.sort(key=lambda term: term[1] < 0)
    text = ""
    for powers, coefficient in ordered:
        factors = monomial_factors(powers, parameters)
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, str(abs(coefficient)))
        sign = "-" if coefficient < 0 else "+" if text else ""
        text += sign + "*".join(factors)
    return text


def monomial_factors(powers, parameters):
    return [name for name, power in zip(parameters, powers) for _ in range(power)]


# What strides and pools may shrink an image by.
IMAGE_DIVISORS = (1, 2, 4, 8, 16, 32, 64)


def rounded_text(points, values, parameters):
    """`common*batch*((image_size+offset)//divisor)`, once or squared, or None where that does not fit.

    Strides and pools round down, and rounding down twice is rounding down once by the product: whatever a stack of
    layers does to the side of an image is one such quotient. A vision transformer adds one to its square, for a token
    of the class.
    """
    return quotient_text(points, values, parameters, 0) or quotient_text(points, values, parameters, 1)


def quotient_text(points, values, parameters, extra):
    """`common*batch*(q+extra)` with such a quotient q, once or squared."""
    if "image_size" not in parameters:
        return None
    place = parameters.index("image_size")
    others = [parameter for parameter in parameters if parameter != "image_size"]
    for linear in itertools.product((0, 1), repeat=len(others)):
        factors = [name for name, power in zip(others, linear) if power]
        scales = [math.prod(point[parameters.index(name)] for name in factors) for point in points]
        if any(value % scale for value, scale in zip(values, scales)):
            continue
        sides = [(point[place], value // scale) for point, value, scale in zip(points, values, scales)]
        for power, divisor in itertools.product((1, 2), IMAGE_DIVISORS):
            for offset in sorted(range(-4 * divisor, 4 * divisor), key=abs):
                common = common_factor([(((size + offset) // divisor) ** power + extra, value) for size, value in sides])
                if common is not None:
                    side = "image_size" + (f"{offset:+}" if offset else "")
                    side = f"({side})//{divisor}" if offset else f"{side}//{divisor}"
                    texts = [str(common)] * (common != 1) + factors
                    if texts or power > 1:
                        side = f"({side})"
                    side = "*".join([side] * power)
                    if extra:
                        side = f"({side}+{extra})" if texts else f"{side}+{extra}"
                    return "*".join(texts + [side])
    return None


def common_factor(pairs):
    """The integer that turns every first of a pair into the second, or None."""
    first, second = pairs[0]
    if first <= 0 or second % first or second == 0:
        return None
    common = second // first
    return common if all(a * common == b for a, b in pairs) else None


class Dimensions:
    """Turns the integers seen at the sample points into dimensions; remembers what it has solved."""

    def __init__(self, parameters, points):
        self.parameters = parameters
        self.points = points
        self.known = {}

    def expression(self, values, present=None):
        """The expression of `values`, one per sample point (of those in `present`, where given)."""
        key = (tuple(values), present)
        if key not in self.known:
            self.known[key] = self.solve(values, present)
        return self.known[key]

    def solve(self, values, present):
        if all(value == values[0] for value in values):
            return values[0]
        points = self.points if present is None else [self.points[i] for i in present]
        polynomial = polynomial_fit(points, values)
        if polynomial is None:
            rounded = rounded_text(points, values, self.parameters)
            if rounded is not None:
                return rounded
            seen = ", ".join(f"{point}: {value}" for point, value in list(zip(points, values))[:12])
            changing = changing_parameters(values, Dimensions(self.parameters, points)) or self.parameters
            raise ExportError(f"no exact expression of ({', '.join(self.parameters)}) gives {seen}\n{ways_out(changing)}")
        return polynomial_text(polynomial, self.parameters)

    def merge(self, samples, present=None):
        """The same structure once per sample point, merged into one with expressions for integers."""
        first = samples[0]
        if isinstance(first, bool) or isinstance(first, str):
            if any(sample != first for sample in samples):
                raise ExportError(f"changes with the parameters: {sorted(set(samples))}")
            return first
        if isinstance(first, int):
            return self.expression(samples, present)
        if isinstance(first, dict):
            if any(sample.keys() != first.keys() for sample in samples):
                raise ExportError("attributes change with the parameters")
            return {key: self.merge([sample[key] for sample in samples], present) for key in first}
        if any(len(sample) != len(first) for sample in samples):
            raise ExportError("the number of dimensions or tensors changes with the parameters")
        return [self.merge(list(column), present) for column in zip(*samples)]


def evaluate(expression, values):
    """The value of a dimension; raises ExportError where a `/` is not exact. `//` rounds down."""
    if isinstance(expression, int):
        return expression
    tokens = re.findall(r"[A-Za-z_]\w*|\d+|//|[-+*/()]", expression)
    if "".join(tokens) != expression.replace(" ", ""):
        raise ExportError(f"not an expression: {expression}")
    value = evaluate_sum(tokens, values)
    if tokens:
        raise ExportError(f"not an expression: {expression}")
    return value


def evaluate_sum(tokens, values):
    sign = -1 if tokens and tokens[0] == "-" else 1
    if sign < 0:
        tokens.pop(0)
    total = sign * evaluate_product(tokens, values)
    while tokens and tokens[0] in "+-":
        sign = 1 if tokens.pop(0) == "+" else -1
        total += sign * evaluate_product(tokens, values)
    return total


def evaluate_product(tokens, values):
    product = evaluate_factor(tokens, values)
    while tokens and tokens[0] in ("*", "/", "//"):
        operation = tokens.pop(0)
        if operation == "*":
            product *= evaluate_factor(tokens, values)
            continue
        divisor = evaluate_factor(tokens, values)
        if divisor == 0 or (operation == "/" and product % divisor != 0):
            raise ExportError(f"{product} is not divisible by {divisor}")
        product //= divisor
    return product


def evaluate_factor(tokens, values):
    if not tokens:
        raise ExportError("an expression ends too early")
    token = tokens.pop(0)
    if token == "(":
        value = evaluate_sum(tokens, values)
        if not tokens or tokens.pop(0) != ")":
            raise ExportError("a parenthesis is not closed")
        return value
    if token.isdigit():
        return int(token)
    if token in values:
        return values[token]
    raise ExportError(f"unknown parameter '{token}'")


# MARK: Recording: what eager PyTorch dispatches


@dataclass
class Recorded:
    """One top-level operator of one run."""

    name: str
    inputs: list
    dtypes: list
    outputs: list
    output_dtypes: list
    attributes: dict
    copies: dict  # where the copy happens inside the operator -> its shape
    kernels: int
    block: str | None  # the module of a list or sequence that starts with this operator
    modules: int = 0  # modules that were called since the operator before it


# Leaf operators that only make a tensor object: no kernel, though their schema does not say so.
WITHOUT_KERNEL = {
    "empty", "empty_like", "empty_strided", "empty_permuted", "new_empty", "new_empty_strided",
    "_unsafe_view", "_reshape_alias", "lift_fresh", "lift",
}  # fmt: skip

COPIES = {"clone", "copy_"}

# Operators whose work is itself a conversion or fill: a `copy_` inside is no operand made contiguous.
OWN_COPY = {"aten::copy_", "aten::to", "aten::_to_copy", "aten::type_as", "aten::fill_"}

FULL_SLICE = slice(None)


class Recorder:
    """Runs a module, as a rule on the meta device, and lists its top-level operators.

    Three views of one run are put together. The profiler's event tree says which operators were
    dispatched from Python and with which tensors: the list that the paper's profiler saw. A dispatch mode
    sees the leaf operators below them, with their arguments and results, which the profiler does not
    record. Marker events with a running number join the two, and mark where modules begin.
    """

    def __init__(self, module, device, full_slices, values=None):
        self.module = module
        self.device = device
        self.full_slices = full_slices
        self.values = values  # meta_values.Values, for a model that asks for values
        self.last_leaf = None  # the leaf operator that was called last: at an error the one that failed
        self.blocks = {
            child: name for name, child in module.named_modules() if name.rpartition(".")[2].isdigit()
        }
        self.leaves = []
        self.boundaries = []
        self.pending_modules = 0  # called since the last operator
        self.chosen = None  # how many the last `topk` chose: experts for each token, where there are such

    def run(self, inputs):
        """The top-level operators of one pass. `inputs` makes its arguments anew: a cache grows in a pass."""
        import torch

        self.last_leaf = self.chosen = None
        following = self.values.mode() if self.values else contextlib.nullcontext()
        with torch.device(self.device), following:
            first, second = inputs(), inputs()
        self.leaves = []
        operators = []
        self.pending_modules = 0
        if self.values:
            self.values.begin()
        self.collect(self.profile(first, self.leaf_mode()), None, operators)
        if operators:
            operators[-1].modules += self.pending_modules
        self.boundaries.append(boundary(first, self.result))
        # The dispatch mode adds operators of its own (a `detach` after `ones`): a pass without it decides.
        with self.values.answering() if self.values else contextlib.nullcontext():
            plain = [event.name for event in self.top_level(self.profile(second, contextlib.nullcontext()))]
        return [part for operator in without_added(operators, plain) for part in spelled_out(operator)]

    def profile(self, inputs, mode):
        """The profiler's event tree of one pass under `mode`, in the order of time."""
        import torch

        arguments, keywords = ((), inputs) if isinstance(inputs, dict) else (inputs, {})
        cpu = torch.profiler.ProfilerActivity.CPU
        # Spelled out, as on an accelerator: the processor's own fusion of a whole attention layer is nobody else's.
        torch.backends.mha.set_fastpath_enabled(False)
        with torch.no_grad(), torch.device(self.device), self.block_markers(), autocast_on_meta(), fused_attention():
            with torch.profiler.profile(activities=[cpu], record_shapes=True) as profiler:
                with mode, self.slice_mode():
                    self.result = self.module(*arguments, **keywords)
        events = profiler.profiler.kineto_results.experimental_event_tree()
        return sorted(events, key=lambda event: event.start_time_ns)

    def top_level(self, events):
        """The top-level operators among `events`, markers looked through."""
        for event in events:
            if "::" in event.name:
                yield event
            else:
                yield from self.top_level(event.children)

    def block_markers(self):
        """A context in which every module leaves a marker when it starts, named if it is one of a list or sequence."""
        import torch

        def mark(module, _arguments):
            name = f"block#{self.blocks[module]}" if module in self.blocks else "module#"
            with torch._C._profiler._RecordFunctionFast(name):
                pass

        stack = contextlib.ExitStack()
        handle = torch.nn.modules.module.register_module_forward_pre_hook(mark)
        stack.callback(handle.remove)
        return stack

    def leaf_mode(self):
        import torch
        from torch.utils._python_dispatch import TorchDispatchMode

        recorder, leaves, values = self, self.leaves, self.values

        class LeafMode(TorchDispatchMode):
            def __torch_dispatch__(self, operator, _types, arguments=(), keywords=None):
                recorder.last_leaf = operator
                with torch._C._profiler._RecordFunctionFast(f"leaf#{len(leaves)}"):
                    if values:
                        result = values.call(operator, arguments, keywords or {})
                    else:
                        result = operator(*arguments, **(keywords or {}))
                leaves.append(Leaf(operator, bound_arguments(operator, arguments, keywords or {}), result))
                return result

        return LeafMode()

    def slice_mode(self):
        """A mode that dispatches `aten::slice` for every bare `:` of an index.

        PyTorch 1.12, which the paper measured, does; later releases skip it. It is host time without a
        kernel, and BERT's 372 operators count five of them.
        """
        import torch
        from torch.overrides import TorchFunctionMode

        class SliceMode(TorchFunctionMode):
            def __torch_function__(self, function, _types, arguments=(), keywords=None):
                if function is torch.Tensor.__getitem__:
                    tensor, index = arguments
                    for dimension in full_slice_dimensions(index, tensor.dim()):
                        tensor = torch.ops.aten.slice.Tensor(tensor, dimension, 0, sys.maxsize)
                    arguments = (tensor, index)
                return function(*arguments, **(keywords or {}))

        return SliceMode() if self.full_slices else contextlib.nullcontext()

    def collect(self, events, block, operators):
        """Appends the top-level operators among `events`; returns a block marker still unclaimed."""
        for event in events:
            if event.name.startswith(("block#", "module#", "round#")):
                self.pending_modules += not event.name.startswith("round#")
                # The outermost module wins: a layer starts before the modules inside it.
                block = block or event.name.partition("#")[2] or None
            elif "::" in event.name:
                operators.append(self.operator(event, block))
                operators[-1].modules, self.pending_modules = self.pending_modules, 0
                block = None
            else:
                block = self.collect(event.children, block, operators)
        return block

    def operator(self, event, block):
        leaves = list(self.leaves_below(event, ()))
        inputs = list(device_tensors(event.extra_fields.inputs))
        outputs = outputs_of(event.name, leaves)
        shapes = [(list(tensor.sizes), dtype_word(tensor.dtype)) for tensor in inputs]
        results = [(list(tensor.shape), dtype_word(tensor.dtype)) for tensor in outputs]
        if not leaves:
            results = shapes[:1]  # Nothing ran: dropout in evaluation, a conversion to the type it has.
        copies = {path: leaf.copied_shape() for path, leaf in leaves if is_copy(event.name, leaf)}
        attributes = attributes_of(event.name, leaves)
        self.chosen = next((leaf.arguments["k"] for _, leaf in leaves if leaf.name == "topk"), self.chosen)
        if self.chosen and event.name.endswith("_grouped_mm"):
            attributes["active"] = self.chosen
        return Recorded(
            name=event.name,
            inputs=[shape for shape, _ in shapes],
            dtypes=[dtype for _, dtype in shapes],
            outputs=[shape for shape, _ in results],
            output_dtypes=[dtype for _, dtype in results],
            attributes=attributes,
            copies=copies,
            kernels=sum(leaf.launches() for _, leaf in leaves),
            block=block,
        )

    def leaves_below(self, event, path):
        """The leaf operators below `event`, each with the names on the way to it, numbered among equals."""
        seen = {}
        for child in event.children:
            if child.name.startswith("leaf#"):
                number = seen["leaf"] = seen.get("leaf", -1) + 1
                yield path + (("leaf", number),), self.leaves[int(child.name.removeprefix("leaf#"))]
                continue
            number = seen[child.name] = seen.get(child.name, -1) + 1
            yield from self.leaves_below(child, path + ((child.name, number),))


def is_copy(operator_name, leaf):
    """Whether a leaf of an operator is a copy besides its own work: an operand made contiguous, or of another precision."""
    if leaf.name in COPIES:
        return operator_name not in OWN_COPY
    return leaf.changes_precision() or leaf.makes_contiguous()


def boundary(inputs, result):
    """What a pass is given and gives back: the tensors themselves, and not those of a cache, which stays where it is.

    Nor those that it only hands through, such as an encoder's states that a decoder is given.
    """
    given = list(inputs.values() if isinstance(inputs, dict) else inputs)
    back = [result] if hasattr(result, "shape") else result.values() if isinstance(result, dict) else result
    back = back if hasattr(back, "__iter__") else []
    inner = [tensor for value in given if isinstance(value, dict) for tensor in value.values()]
    back = [value for value in back if not any(value is tensor for tensor in inner)]
    keys = ("inputs", "dtypes", "outputs", "output_dtypes")
    tensors = [[value for value in values if hasattr(value, "shape")] for values in (given, back)]
    described = [part(group) for group in tensors for part in (shapes_of, dtypes_of)]
    return dict(zip(keys, described))


def shapes_of(tensors):
    return [list(tensor.shape) for tensor in tensors]


def dtypes_of(tensors):
    return [dtype_word(tensor.dtype) for tensor in tensors]


def fused_attention():
    """A context in which attention on the meta device is what an accelerator's libraries make of it: one leaf operator.

    They write a sequence's heads side by side, so that what follows has nothing to copy; spelled out, as the meta device
    has it, the heads would stand one behind the other.
    """
    import torch

    # The documented class refuses the meta device's kernel of an operator that decomposes.
    library = torch._C._dispatch_library("IMPL", "aten", "Meta")

    def attention(query, _key, value, *_arguments, **_keywords):
        batch, heads, queries = query.shape[:-3], query.shape[-3], query.shape[-2]
        result = torch.empty(*batch, queries, heads, value.shape[-1], dtype=query.dtype, device=query.device)
        return result.transpose(-3, -2)

    library.impl("scaled_dot_product_attention", "Meta", attention)
    stack = contextlib.ExitStack()
    stack.callback(library.reset)
    return stack


def autocast_on_meta():
    """A context in which models may name the meta device to `torch.autocast`, which does not know it.

    They do it to switch autocasting off around the rotary embedding: no operator either way.
    """
    import torch

    original = torch.autocast

    def autocast(device_type, *arguments, **keywords):
        return original("cpu" if device_type == "meta" else device_type, *arguments, **keywords)

    return unittest.mock.patch.object(torch, "autocast", autocast)


def without_added(operators, names):
    """The operators that `names` lists in order; raises where it lists one that is not there.

    Modules that were called before one that is left out were called before the next.
    """
    remaining = iter(operators)
    kept = []
    for name in names:
        modules = 0
        for operator in remaining:
            modules += operator.modules
            if operator.name == name:
                break
        else:
            raise ExportError(f"two runs with the same parameters differ: the second has {name} besides")
        operator.modules = modules
        kept.append(operator)
    if kept:
        kept[-1].modules += sum(operator.modules for operator in remaining)
    return kept


def full_slice_dimensions(index, rank):
    """The dimensions that an index takes whole, by a bare `:`."""
    entries = index if isinstance(index, tuple) else (index,)
    consuming = sum(1 for entry in entries if entry is not None and entry is not Ellipsis)
    dimension = 0
    for entry in entries:
        if entry is Ellipsis:
            dimension += rank - consuming
        elif entry is not None:
            if isinstance(entry, slice) and entry == FULL_SLICE:
                yield dimension
            dimension += 1


@dataclass
class Leaf:
    """One leaf operator: what the dispatcher calls last, below which is the kernel."""

    operator: object
    arguments: dict
    result: object
    name: str = field(init=False)

    def __post_init__(self):
        self.name = self.operator._schema.name.removeprefix("aten::")

    def launches(self):
        """Whether the leaf launches a kernel, as 1 or 0: views and bare allocations do not."""
        returns = self.operator._schema.returns
        is_view = any(r.alias_info is not None and not r.alias_info.is_write for r in returns)
        return 0 if is_view or self.name in WITHOUT_KERNEL else 1

    def changes_precision(self):
        """Whether the leaf turns floating-point numbers into others: a kernel, though a workload calls both `float`."""
        given = self.arguments.get("self")
        if self.name != "_to_copy" or given.dtype == self.result.dtype:
            return False
        return given.is_floating_point() and self.result.is_floating_point()

    def makes_contiguous(self):
        """Whether the leaf's kernel copies its operand first, which no leaf of its own shows: `nonzero` of CUDA does."""
        return self.name == "nonzero" and not self.arguments["self"].is_contiguous()

    def copied_shape(self):
        """The shape of a copy that the leaf is or makes."""
        copied = self.arguments["self"] if self.makes_contiguous() else self.result
        return list(copied.shape)

    def tensors(self):
        """The tensors of the result: one, several, or none (a number read back by `item`)."""
        results = self.result if isinstance(self.result, (list, tuple)) else [self.result]
        return [result for result in results if hasattr(result, "shape")]


def bound_arguments(operator, arguments, keywords):
    """Arguments by the name that the schema gives them, defaults filled in."""
    bound = {a.name: a.default_value for a in operator._schema.arguments if a.has_default_value()}
    bound.update({a.name: value for a, value in zip(operator._schema.arguments, arguments)})
    return bound | keywords


def device_tensors(inputs):
    """The tensors among an event's inputs, lists flattened.

    Python numbers arrive as zero-dimensional tensors of the processor: they are arguments of the kernel,
    not operands in device memory.
    """
    for value in inputs or []:
        if isinstance(value, (list, tuple)):
            yield from device_tensors(value)
        elif hasattr(value, "sizes") and (value.sizes or value.device.type != "cpu"):
            yield value


def outputs_of(name, leaves):
    """The results of an operator: those of its last leaf, as many as its own schema returns."""
    import torch

    if not leaves:
        return []
    last = leaves[-1][1]
    tensors = last.tensors()
    if last.name == name.removeprefix("aten::") or hasattr(last.result, "shape"):
        return tensors
    returns = torch._C._jit_get_schemas_for_operator(name)[0].returns
    # A list (`split`) is one return and many tensors; a tuple (`native_layer_norm`) holds extras.
    return tensors if isinstance(last.result, list) else tensors[: len(returns)]


# Types that a workload file has no word for go by one of as many bytes: what they cost is their traffic.
DTYPE_WORDS = {
    "torch.int64": "int64", "torch.uint64": "int64", "torch.complex64": "int64", "torch.complex32": "int32",
    "torch.int32": "int32", "torch.uint32": "int32", "torch.bool": "bool", "torch.uint8": "bool", "torch.int8": "bool",
}  # fmt: skip


def dtype_word(dtype):
    if dtype.is_floating_point:
        return "float"
    if str(dtype) not in DTYPE_WORDS:
        raise ExportError(f"a tensor is {dtype}: workload files know floating-point numbers, and integers of 1, 4 and 8 bytes")
    return DTYPE_WORDS[str(dtype)]


# Operators without a cost rule of their own, and those whose kernels they have: antialiasing widens a window, and grids,
# triangles' indices and powers are what they are made of.
SAME_KERNELS = {
    "aten::_upsample_bicubic2d_aa": "aten::upsample_bicubic2d", "aten::_upsample_bilinear2d_aa": "aten::upsample_bilinear2d",
    "aten::linalg_norm": "aten::norm", "aten::meshgrid": "aten::expand", "aten::pixel_unshuffle": "aten::pixel_shuffle",
    "aten::_pack_padded_sequence": "aten::cat", "aten::_pad_packed_sequence": "aten::cat",
    "aten::tril_indices": "aten::arange", "aten::triu_indices": "aten::arange",
    "aten::upsample_linear1d": "aten::upsample_bilinear2d", "aten::upsample_nearest3d": "aten::upsample_nearest2d",
    "aten::upsample_trilinear3d": "aten::upsample_bilinear2d", "aten::_upsample_nearest_exact2d": "aten::upsample_nearest2d",
    "aten::exp2": "aten::exp", "aten::log10": "aten::log", "aten::tan": "aten::sin", "aten::atan2": "aten::pow",
}  # fmt: skip

# Cells of recurrent networks, called by themselves: how many of their operands come before the weights.
CELLS = {"aten::lstm_cell": 3, "aten::gru_cell": 2, "aten::rnn_tanh_cell": 2, "aten::rnn_relu_cell": 2}


def spelled_out(operator):
    """The operators that one without a cost rule is: a recurrent cell is two products and the gates, as CUDA runs it."""
    operator.name = SAME_KERNELS.get(operator.name, operator.name)
    if operator.name in PACKED:
        unpack(operator)
    if operator.name == "aten::lstm" and is_projected(operator):
        return projected_steps(operator)
    states = CELLS.get(operator.name)
    if states is None or len(operator.inputs) < states + 2:
        return [operator]
    given, state = operator.inputs[0], operator.inputs[1]
    weights, biases = operator.inputs[states : states + 2], operator.inputs[states + 2 :]
    gates = [given[0], weights[0][0]]
    parts = [
        plain_operator("aten::linear", [operand, weights[i], *biases[i : i + 1]], [gates])
        for i, operand in enumerate((given, state))
    ]
    kept = operator.inputs[2:states]
    parts.append(plain_operator("aten::sigmoid", [gates, gates, *kept], [state] * (1 + len(kept))))
    parts[0].block, parts[0].modules, parts[0].copies = operator.block, operator.modules, operator.copies
    return parts


# Layers that take sequences of several lengths packed, and then say how many run in each step.
PACKED = {"aten::lstm", "aten::gru", "aten::rnn_tanh", "aten::rnn_relu"}


def unpack(operator):
    """Turns packed sequences into padded ones, which run all steps: `[rows, features]` and the steps' numbers of sequences."""
    if len(operator.inputs) < 3 or len(operator.inputs[0]) != 2 or operator.dtypes[1] != "int64":
        return
    steps, (_rows, features) = operator.inputs[1][0], operator.inputs[0]
    operator.inputs[:2] = [[steps, operator.inputs[2][1], features]]
    operator.dtypes[:2] = operator.dtypes[:1]


def is_projected(operator):
    """Whether the results of an LSTM's cells are projected to another width than that of their states."""
    states = operator.inputs[1:3]
    return len(states) == 2 and all(len(shape) == 3 for shape in states) and states[0][2] != states[1][2]


def projected_steps(operator):
    """A projected LSTM as its products: of each layer all inputs at once, then step by step the state, the gates, the projection."""
    given, (_, batch, projected), (_, _, width) = operator.inputs[:3]
    steps = math.prod(given[:-1]) // batch
    matrices = [shape for shape in operator.inputs[3:] if len(shape) == 2]
    parts = []
    for inputs, recurrent, projection in zip(*(matrices[first::3] for first in range(3))):
        gates, state = [batch, recurrent[0]], [batch, width]
        parts.append(plain_operator("aten::linear", [[steps * batch, inputs[1]], inputs], [[steps * batch, inputs[0]]]))
        for _ in range(steps):
            parts.append(plain_operator("aten::linear", [[batch, projected], recurrent], [gates]))
            parts.append(plain_operator("aten::sigmoid", [gates, gates, state], [state, state]))
            parts.append(plain_operator("aten::linear", [state, projection], [[batch, projected]]))
    parts[0].block, parts[0].modules, parts[0].copies = operator.block, operator.modules, operator.copies
    return parts


def plain_operator(name, inputs, outputs):
    """An operator on floating-point numbers, with one kernel."""
    floats = [["float"] * len(shapes) for shapes in (inputs, outputs)]
    return Recorded(name, inputs, floats[0], outputs, floats[1], {}, {}, kernels=1, block=None)


def convolution_attributes(arguments):
    attributes = {key: list(arguments[key]) for key in ("stride", "padding", "dilation")}
    attributes["groups"] = arguments["groups"]
    if arguments["transposed"]:
        attributes["transposed"] = 1
    return attributes


def pooling_attributes(arguments):
    kernel_size = list(arguments["kernel_size"])
    return {
        "kernel_size": kernel_size,
        "stride": list(arguments["stride"]) or kernel_size,
        "padding": list(arguments["padding"]) * (len(kernel_size) // len(arguments["padding"])),
    }


def dimension_attributes(arguments):
    rank = arguments["self"].dim()
    dims = arguments.get("dim")
    dims = range(rank) if dims is None or dims == [] else [dims] if isinstance(dims, int) else dims
    return {"dims": sorted(dimension % rank if rank else 0 for dimension in dims)}


def attention_attributes(arguments):
    return {"is_causal": 1} if arguments["is_causal"] else {}


def layer_norm_attributes(arguments):
    rank, trailing = arguments["input"].dim(), len(arguments["normalized_shape"])
    return {"dims": list(range(rank - trailing, rank)), "normalized_dims": trailing}


# Operator -> the leaf operator whose arguments hold its attributes, and the rule that reads them. The leaf's
# arguments are complete: defaults filled in, one integer spread over the spatial dimensions.
ATTRIBUTES = {
    "aten::max_pool2d": ("max_pool2d_with_indices", pooling_attributes),
    "aten::avg_pool2d": ("avg_pool2d", pooling_attributes),
    "aten::layer_norm": ("native_layer_norm", layer_norm_attributes),
    "aten::scaled_dot_product_attention": ("scaled_dot_product_attention", attention_attributes),
    "aten::softmax": ("_softmax", dimension_attributes),
    "aten::log_softmax": ("_log_softmax", dimension_attributes),
}
for name in ("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "convolution"):
    ATTRIBUTES[f"aten::{name}"] = ("convolution", convolution_attributes)
for name in ("mean", "sum", "cumsum", "amax", "argmax", "var", "topk"):
    ATTRIBUTES[f"aten::{name}"] = (name, dimension_attributes)


def attributes_of(name, leaves):
    leaf_name, rule = ATTRIBUTES.get(name, (None, None))
    return next((rule(leaf.arguments) for _, leaf in leaves if leaf.name == leaf_name), {})


# MARK: Programs: several runs merged, and repeats found


def merge_runs(runs, dimensions):
    """One list of symbolic operators out of one run per sample point."""
    lists = [[operator.name for operator in run] for run in runs]
    for names, point in zip(lists, dimensions.points):
        if names != lists[0]:
            raise ExportError(difference(names, lists, point, dimensions))
    return [merge_operator(list(samples), dimensions) for samples in zip(*runs)]


def difference(names, lists, point, dimensions):
    """In words: where the operators at a point are others than at the first, and what to do about it."""
    first = lists[0]
    at = next((i for i, (a, b) in enumerate(zip(names, first)) if a != b), min(len(names), len(first)))
    here, there = (run[at] if at < len(run) else "nothing" for run in (names, first))
    changing = changing_parameters(lists, dimensions) or dimensions.parameters
    return (
        f"the operators change with {' and '.join(changing)}: at {described(point, dimensions)} operator {at} of {len(names)} "
        f"is {here}, where {described(dimensions.points[0], dimensions)} has {there} (of {len(first)})\n{ways_out(changing)}"
    )


def changing_parameters(values, dimensions):
    """The parameters that change something by themselves: two points differ in one of them only, and in their values."""
    changing = []
    for place, parameter in enumerate(dimensions.parameters):
        others = collections.defaultdict(list)
        for point, value in zip(dimensions.points, values):
            others[point[:place] + point[place + 1 :]].append(value)
        if any(value != group[0] for group in others.values() for value in group):
            changing.append(parameter)
    return changing


def described(point, dimensions):
    return ", ".join(f"{name} {value}" for name, value in zip(dimensions.parameters, point))


def ways_out(parameters):
    """What somebody can do about a model that no formula of some parameters describes."""
    fixed = next((name for name in parameters if name != "batch"), parameters[0] if parameters else "PARAMETER")
    return (
        f"way out: drop {fixed}, that is '--fix {fixed}=N': it keeps the value N and is no parameter of the workload then "
        "(one file for each N that you need)"
    )


def merge_operator(samples, dimensions):
    """The symbolic operator, as the file's object, of one operator seen at every sample point."""
    first = samples[0]
    try:
        entry = {"operator": first.name}
        entry["inputs"] = dimensions.merge([sample.inputs for sample in samples])
        if any(dtype != "float" for dtype in first.dtypes):
            entry["dtypes"] = dimensions.merge([sample.dtypes for sample in samples])
        entry["outputs"] = dimensions.merge([sample.outputs for sample in samples])
        if any(dtype != "float" for dtype in first.output_dtypes):
            entry["output_dtypes"] = dimensions.merge([sample.output_dtypes for sample in samples])
        if first.attributes:
            entry["attributes"] = dimensions.merge([sample.attributes for sample in samples])
        copies = merge_copies([sample.copies for sample in samples], dimensions)
        if copies:
            entry["copies"] = copies
        return entry
    except ExportError as error:
        raise ExportError(f"{first.name}: {error}") from error


def merge_copies(samples, dimensions):
    """The copies of an operator; one that is missing for a single value of a parameter says so."""
    places = dict.fromkeys(place for sample in samples for place in sample)
    copies = []
    for place in places:
        present = tuple(i for i, sample in enumerate(samples) if place in sample)
        copy = {"shape": dimensions.merge([samples[i][place] for i in present], present)}
        if len(present) < len(samples):
            copy["unless"] = missing_condition(present, dimensions)
        copies.append(copy)
    return copies


def missing_condition(present, dimensions):
    """{parameter: value} true at exactly the sample points that are not `present`."""
    missing = [point for i, point in enumerate(dimensions.points) if i not in present]
    for position, parameter in enumerate(dimensions.parameters):
        values = {point[position] for point in missing}
        if len(values) == 1:
            value = values.pop()
            if all(dimensions.points[i][position] != value for i in present):
                return {parameter: value}
    raise ExportError(f"a copy is made at some parameter values only, by no simple rule: not at {missing}")


def find_repeats(entries, blocks, is_nested=False):
    """`entries` with consecutive equal stretches folded into repeats.

    `blocks[i]` is the module that starts at entry i, or None. The repeat that saves most entries is taken
    first, among equals one that starts with a module, then the earliest; what is before, inside and
    after it is folded in turn. Inside a repeat only modules are folded: three equal projections of a layer
    read better as a list.
    """
    best = best_repeat(entries, blocks, is_nested)
    if best is None:
        return list(entries)
    start, period, count = best
    end = start + period * count
    body_blocks = [None] + blocks[start + 1 : start + period]
    repeat = {
        "repeat": count,
        "name": repeat_name(blocks[start]),
        "program": find_repeats(entries[start : start + period], body_blocks, is_nested=True),
    }
    return (
        find_repeats(entries[:start], blocks[:start], is_nested)
        + [repeat]
        + find_repeats(entries[end:], blocks[end:], is_nested)
    )


def best_repeat(entries, blocks, needs_block):
    """(start, period, count) of the repeat worth most, or None where none is worth its entry."""
    keys = [json.dumps(entry, sort_keys=True) for entry in entries]
    numbers = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    codes = [numbers[key] for key in keys]
    # An outer module makes a better beginning than one inside it, any module a better one than none.
    depths = [math.inf if block is None else block.count(".") for block in blocks]
    best, best_rank = None, None
    for period in range(1, len(codes) // 2 + 1):
        run = 0  # how many entries from here on equal the entry one period later
        for start in range(len(codes) - period - 1, -1, -1):
            run = run + 1 if codes[start] == codes[start + period] else 0
            count = run // period + 1
            saving = period * (count - 1) - 1
            if count < 2 or saving < REPEAT_SAVING_MINIMUM or (needs_block and blocks[start] is None):
                continue
            rank = (saving, -depths[start], -period, -start)
            if best_rank is None or rank > best_rank:
                best, best_rank = (start, period, count), rank
    return best


def with_modules(program, modules):
    """The program with the number of module calls of each list of operators, and those of the outermost list.

    `modules[i]` were called before the i-th operator of the program, repeats unrolled. What the rounds of a repeat do
    not share evenly (the first layer's surroundings are not the others') counts for the list around it, so that all
    calls are counted.
    """
    calls, rounds = collections.Counter(), collections.Counter()
    counts = iter(modules)

    def count(program):
        rounds[id(program)] += 1
        for entry in program:
            if "repeat" in entry:
                for _ in range(entry["repeat"]):
                    count(entry["program"])
            else:
                calls[id(program)] += next(counts)

    def written(program):
        entries = []
        for entry in program:
            if "repeat" in entry:
                inside = entry["program"]
                body = written(inside)
                each, rest = divmod(calls[id(inside)], rounds[id(inside)])
                calls[id(program)] += rest
                head = {key: value for key, value in entry.items() if key != "program"}
                entry = {**head, **({"modules": each} if each else {}), "program": body}
            entries.append(entry)
        return entries

    count(program)
    result = written(program)
    return result, calls[id(program)]


def repeat_name(block):
    """What a repeat is called: after its module list, `encoder.layer.0` or `layers.0` or `h.0`, or as its loop says."""
    if block is not None and block.isidentifier():
        return block
    parent = (block or "").split(".")[-2:-1]
    return "layer" if parent in (["layer"], ["layers"], ["h"]) else "block"


def with_rounds(program, rounds):
    """The program with formulas in place of how often repeats of some names run: `rounds[name]`, in their order."""
    remaining = {name: iter(formulas) for name, formulas in rounds.items()}

    def written(entry):
        if "repeat" not in entry:
            return entry
        entry = dict(entry)
        if entry.get("name") in remaining:
            entry["repeat"] = next(remaining[entry["name"]], entry["repeat"])
        return {**entry, "program": [written(inside) for inside in entry["program"]]}

    program = [written(entry) for entry in program]
    for name, formulas in remaining.items():
        if next(formulas, None) is not None:
            raise ExportError(f"the program has too few repeats called '{name}'")
    return program


def expand(program, values):
    """The operators of a program at the given parameter values, repeats unrolled."""
    for entry in program:
        if "repeat" in entry:
            for _ in range(evaluate(entry["repeat"], values)):
                yield from expand(entry["program"], values)
        else:
            yield entry


# MARK: Export: a definition to a workload


@dataclass
class Definition:
    """A model to export. `build` returns (module, inputs), as a user's function does."""

    name: str
    title: str
    source: str
    build: object
    notes: str | None = None
    device: str = "meta"  # "cpu" for a model that reads values back: it has to compute them
    full_slices: bool = True
    needs: tuple | None = None  # a package and the start of the version that the model is written for
    # Arguments of the inputs function that are no parameters of the workload: their formulas, which stand in their place.
    stands_for: dict = field(default_factory=dict)
    # Arguments of the inputs function that keep a value, and are no parameters of the workload.
    fixed: dict = field(default_factory=dict)
    # How often the repeats of a name run, in their order, where that follows from the parameters.
    rounds: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """How a model is run: where, and what is done for what it asks for."""

    device: str = "meta"
    follows_values: bool = False  # of small tensors of the meta device
    is_bfloat16: bool = False  # whether it is turned to that type
    is_small: bool = False  # whether lengths are a fraction of their defaults

    def after(self, need):
        """The way that does what a model needs, after this one could not; None where there is none."""
        if need == "bfloat16":
            return None if self.is_bfloat16 else dataclasses.replace(self, is_bfloat16=True)
        if self.device != "meta":
            return None
        if not self.follows_values:
            return dataclasses.replace(self, follows_values=True)
        return dataclasses.replace(self, device="cpu", follows_values=False, is_small=True)

    def described(self):
        if self.device == "cpu":
            return "on the processor" + ", at small sizes" * self.is_small
        parts = ["with the values of small tensors"] * self.follows_values + ["in bfloat16"] * self.is_bfloat16
        return " and ".join(parts)


@dataclass
class Export:
    """A finished workload and what the table says about it."""

    workload: dict
    operators: int
    kernels: dict  # batch -> kernels
    way: Way | None = None

    def notes(self):
        """What is to know about how it was exported."""
        if self.way is None:
            return []
        notes = []
        if self.way.is_bfloat16:
            notes.append("an operator takes bfloat16 only: exported in it, with the conversions that the model makes")
        if self.way.follows_values:
            notes.append("it looks at values of its inputs: exported for inputs as the function makes them")
        if self.way.device == "cpu":
            notes.append("it ran on the processor, with random weights: what depends on values depends on these")
        return notes

    def row(self):
        one, two = (self.kernels.get(batch, "") for batch in (1, 2))
        return f"| {self.workload['name']} | {self.operators} | {one} | {two} |"


def sample_points(defaults, is_small=False):
    """The parameter values to run at: a grid that fixes every polynomial, and points that check it.

    The side of an image is also tried at every remainder by 32: strides and pools round. Where `is_small`, lengths are
    sampled at an eighth of their defaults: formulas are the same, and the processor computes all of it.
    """
    columns = [
        sample_values(name, max(default // 8, min(default, 8)) if is_small and name != "image_size" else default)
        for name, default in defaults.items()
    ]
    grid = list(itertools.product(*(column[:3] for column in columns)))
    check = tuple(column[3] for column in columns)
    size = defaults.get("image_size")
    between = [
        tuple(size + extra if name == "image_size" else default for name, default in defaults.items())
        for extra in (range(1, 32) if size else ())
    ]
    return grid + [check] + between


def sample_values(name, default):
    """Three values of a parameter, the default among them, and one more to check with."""
    if name == "batch" or default == 1:
        return [1, 2, 3, 5]
    if name == "image_size":
        return [default, default + 32, default + 64, default + 128]
    step = max(default // 2, 1)
    return [default, step if step != default else 3 * step, default + step * 2, default + 3 * step]


class Refused(ExportError):
    """The meta device does not do what the model asks for: `need` is what would."""

    def __init__(self, need, reason, text):
        super().__init__(text)
        self.need = need
        self.reason = reason


def export(definition, progress=lambda text, is_news=False: None, counts_modules=True):
    """The workload of a definition.

    Values that a model asks for and the meta device does not hold are followed on the processor, in small tensors
    beside it; where they rest on weights, all of the model runs there, at small sizes.
    """
    way = Way(definition.device)
    while True:
        try:
            return export_by(way, definition, progress, counts_modules)
        except Refused as refused:
            way = way.after(refused.need)
            if way is None:
                raise
            progress(f"{definition.name}: {refused.reason}; again {way.described()}", is_news=True)


def built(definition):
    """What a definition's function returns, if that is a module and a function of its inputs."""
    result = definition.build()
    if isinstance(result, tuple) and len(result) == 2 and callable(result[1]) and hasattr(result[0], "named_modules"):
        return result
    found = f"a {type(result).__name__}"
    if hasattr(result, "named_modules"):
        found = f"a module alone, {type(result).__name__}"
    raise ExportError(
        f"{definition.source} returns {found}; it has to return the module and a function that makes its inputs, as in\n"
        "    def inputs(batch=1, sequence_length=128):\n"
        "        return (torch.zeros(batch, sequence_length, dtype=torch.long),)\n"
        "    return module, inputs"
    )


# A model on the processor has its weights: this many bytes and no more.
WEIGHT_BYTES_LIMIT = 8e9


def export_by(way, definition, progress, counts_modules):
    import torch

    values = None
    if way.follows_values:
        values = meta_values.Values()
    if way.is_small:
        check_weights(definition)
    with torch.device(way.device), values.mode() if values else contextlib.nullcontext():
        module, inputs = built(definition)
    module = module.to(way.device).eval()
    if way.is_bfloat16:
        module = module.to(torch.bfloat16)
    inputs, defaults = fixed_inputs(inputs, definition.fixed)
    points = sample_points(defaults, way.is_small)
    recorder = Recorder(module, way.device, definition.full_slices, values)
    runs = []
    for point in points:
        progress(f"{definition.name}: {dict(zip(defaults, point))}")
        runs.append(run_at(dict(zip(defaults, point)), recorder, inputs))
    dimensions = Dimensions([definition.stands_for.get(name, name) for name in defaults], points)
    operators = merge_runs(runs, dimensions)
    blocks = [operator.block for operator in runs[0]]
    program = find_repeats(operators, blocks)
    modules = {}
    if counts_modules:
        program, outermost = with_modules(program, [operator.modules for operator in runs[0]])
        modules = {"modules": outermost}
    program = with_rounds(program, definition.rounds)
    workload = {
        "schema": SCHEMA,
        "name": definition.name,
        "title": definition.title,
        "source": f"{definition.source}; torch {torch.__version__.partition('+')[0]}; tools/export_workload.py",
        **({"library": "transformers"} if definition.source.startswith("transformers ") else {}),
        **({"notes": definition.notes} if definition.notes else {}),
        "parameters": {name: value for name, value in defaults.items() if name not in definition.stands_for},
        "weight_elements": weight_elements(module),
        **modules,
        **without_plain_types(dimensions.merge(recorder.boundaries)),
        "program": program,
    }
    return Export(workload, len(operators), kernels_by_batch(runs, points, defaults), way)


def check_weights(definition):
    """Throws where a model's weights are too many to run it on the processor."""
    import torch

    with torch.device("meta"):
        module, _ = built(definition)
    needed = sum(tensor.numel() * tensor.element_size() for tensor in module.parameters())
    if needed > WEIGHT_BYTES_LIMIT:
        raise ExportError(
            f"{definition.name} asks for values that rest on weights, and {needed / 1e9:.1f} GB of weights are too many to "
            "run it on the processor\nway out: export a configuration with fewer layers, and set the layer's repeat in the file"
        )


def fixed_inputs(inputs, fixed):
    """The inputs function with some arguments fixed, and the defaults of the others: the workload's parameters."""
    defaults = {name: p.default for name, p in inspect.signature(inputs).parameters.items()}
    if any(type(value) is not int for value in defaults.values()):
        wrong = next(name for name, value in defaults.items() if type(value) is not int)
        raise ExportError(f"every argument of the inputs function needs a default, an integer; '{wrong}' has none")
    unknown = [name for name in fixed if name not in defaults]
    if unknown:
        raise ExportError(f"--fix {unknown[0]}: the inputs function has {', '.join(defaults) or 'no arguments'}")
    defaults = {name: value for name, value in defaults.items() if name not in fixed}
    return (lambda **values: inputs(**fixed, **values)), defaults


def without_plain_types(entry):
    """The entry without lists of types that say `float` only, which is what they are when left out."""
    return {
        key: value
        for key, value in entry.items()
        if not key.endswith("dtypes") or any(dtype != "float" for dtype in value)
    }


def run_at(values, recorder, inputs):
    try:
        return recorder.run(lambda: inputs(**values))
    except ExportError:
        raise
    except Exception as error:  # a model is anybody's code
        raise fault_of_run(error, values, recorder) from error


def fault_of_run(error, values, recorder):
    """In words: what a model said when it ran, at which operator, and what to do about it."""
    reason = textwrap.shorten((str(error).strip() or type(error).__name__).splitlines()[0], 200, placeholder=" ...")
    operator = recorder.last_leaf._schema.name if recorder.last_leaf else "the first operator"
    place = place_of(error)
    text = f"the model does not run at {values}: {operator}: {reason}" + (f"\n{place}" if place else "")
    if recorder.device == "meta" and (isinstance(error, meta_values.Unknown) or meta_values.asks_for_values(error)):
        return Refused("values", f"{operator} asks for a value ({reason})", f"{text}\nway out: '--cpu', which runs it on the processor")
    hints = [f"'--fix {name}=N' where the model fixes its {name}" for name in values if name != "batch"]
    text += f"\nway out: {'; or '.join(hints)}" if hints else ""
    if "BF16" in reason:
        return Refused("bfloat16", f"{operator}: {reason}", text)
    return ExportError(text)


def place_of(error):
    """The line of the model's code at which it stopped."""
    frames = traceback.extract_tb(error.__traceback__)
    libraries = ("torch", "export_workload.py", "meta_values.py")
    for frame in reversed(frames):
        path = pathlib.PurePath(frame.filename)
        if not any(part in libraries for part in path.parts):
            return f"at {path.name}:{frame.lineno}: {frame.line}"
    return None


def kernels_by_batch(runs, points, defaults):
    """Kernels per pass at the default sizes, by batch."""
    others = [value for name, value in defaults.items() if name != "batch"]
    counts = {}
    for run, point in zip(runs, points):
        values = dict(zip(defaults, point))
        batch = values.pop("batch", 1)
        if list(values.values()) == others:
            counts[batch] = sum(operator.kernels for operator in run)
    return counts


def weight_elements(module):
    """Elements of the distinct parameters and floating-point buffers: what a pass may read as weights."""
    tensors = {id(t): t for t in itertools.chain(module.parameters(), module.buffers())}
    return sum(t.numel() for t in tensors.values() if t.is_floating_point())


# MARK: Writing


def compact(value):
    """JSON on one line, with a space inside braces."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)}: {compact(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(compact(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def workload_text(workload):
    """The file: one key per line, one operator per line, repeats indented."""
    lines = [f"  {json.dumps(key)}: {compact(value)}," for key, value in workload.items() if key != "program"]
    return "\n".join(
        ["{", *lines, '  "program": [', *program_lines(workload["program"], "    "), "  ]", "}", ""]
    )


def program_lines(program, indent):
    for i, entry in enumerate(program):
        comma = "," if i + 1 < len(program) else ""
        if "repeat" not in entry:
            yield f"{indent}{compact(entry)}{comma}"
            continue
        head = compact({key: value for key, value in entry.items() if key != "program"})
        yield f'{indent}{head.removesuffix(" }")}, "program": ['
        yield from program_lines(entry["program"], indent + "  ")
        yield f"{indent}] }}{comma}"


# MARK: The command line


def user_definition(argument, full_slices):
    """The definition that `--module file.py:function` names."""
    path, _, function = argument.rpartition(":")
    if not path:
        raise ExportError("--module wants FILE.py:FUNCTION")
    path = pathlib.Path(path)
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or not path.is_file():
        raise ExportError(f"cannot read {path}")
    module = importlib.util.module_from_spec(specification)
    sys.modules.setdefault(path.stem, module)  # dataclasses look their module up
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0]
        raise ExportError(f"{path} does not load: {type(error).__name__}: {reason}") from error
    build = getattr(module, function, None)
    if not callable(build) or isinstance(build, type) or hasattr(build, "named_modules"):
        functions = [name for name, value in vars(module).items() if inspect.isfunction(value) and value.__module__ == path.stem]
        found = "has no function" if build is None else f"has a {type(build).__name__}, not a function,"
        raise ExportError(f"{path} {found} '{function}'" + (f"; it has {', '.join(functions)}" if functions else ""))
    return Definition(
        name=function.strip("_").replace("_", "-").lower(),
        title=function,
        source=f"{path.name}:{function}",
        build=build,
        full_slices=full_slices,
    )


def file_definition(path):
    """The definition that an archive of `torch.export` is."""
    from archived_program import archived_program

    return Definition(
        name=path.stem.replace("_", "-").lower(), title=path.stem, source=path.name,
        build=functools.partial(archived_program, path), full_slices=False,
    )  # fmt: skip


def complete_torchvision():
    """Declares the operators without which torchvision does not import, where its library does not load.

    PyPI's wheel is built for CUDA: beside a CPU build of torch its operators are missing, and so are then
    transformers, timm and diffusers, which import it where it is installed.
    """
    try:
        import torch
    except ImportError as error:
        raise ExportError(f"torch does not import ({error}); docs/workloads.md has what to install") from error

    found = importlib.util.find_spec("torchvision")
    if found is None or not found.submodule_search_locations:
        return
    folder = pathlib.Path(found.submodule_search_locations[0])
    registrations = folder / "_meta_registrations.py"
    names = re.findall(r'register_fake\("torchvision::(\w+)"\)', registrations.read_text()) if registrations.is_file() else []
    for library in folder.glob("_C*.so"):
        try:
            torch.ops.load_library(library)
        except (OSError, RuntimeError):
            continue
    for name in names:
        if not hasattr(torch.ops.torchvision, name):
            library = torch.library.Library("torchvision", "FRAGMENT")
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            TORCHVISION_LIBRARIES.append(library)


# Declarations last as long as what made them.
TORCHVISION_LIBRARIES = []


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description="Exports PyTorch model definitions as workload files.",
        epilog="See the head of this file for what a user's own module has to provide.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--list", action="store_true", help="list the models this tool defines")
    what.add_argument("--model", metavar="NAME", help="export one of them")
    what.add_argument("--all", metavar="DIRECTORY", type=pathlib.Path, help="export all of them")
    what.add_argument("--module", metavar="FILE.py:FUNCTION", help="export a model of your own")
    what.add_argument(
        "--file", metavar="FILE", type=pathlib.Path, help="export an archive of torch.export (.pt2) or an ONNX file (.onnx)"
    )
    parser.add_argument("--verbose", action="store_true", help="say at which sizes the model runs")
    parser.add_argument("--output", metavar="FILE", type=pathlib.Path, help="default: standard output")
    parser.add_argument("--table", action="store_true", help="print operators and kernels as Markdown")
    parser.add_argument(
        "--count-modules", action=argparse.BooleanOptionalAction, default=True,
        help="write how often modules are called, as `modules` of the workload and of each repeat (default: do)",
    )  # fmt: skip
    parser.add_argument("--name", help="the workload's name (default: the function's or the file's)")
    parser.add_argument(
        "--fix", metavar="NAME=N", action="append", default=[],
        help="keep an argument of the inputs function at a value: it is no parameter of the workload then; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--cpu", action="store_true", help="run the model on the processor, with random weights, for values that it reads back"
    )
    parser.add_argument(
        "--full-slices", action="store_true",
        help="with --module: dispatch aten::slice for every bare ':', as PyTorch 1.12 does",
    )  # fmt: skip
    return parser.parse_args(arguments)


def selected(options):
    """(definition, file or None) for each workload that was asked for."""
    if options.module or options.file:
        given = user_definition(options.module, options.full_slices) if options.module else file_definition(options.file)
        given.name = options.name or given.name
        given.fixed = dict(map(fixed_value, options.fix))
        given.device = "cpu" if options.cpu else given.device
        return [(given, options.output)]
    definitions = built_in_definitions()
    if options.all:
        for definition in definitions.values():
            if unmet_need(definition):
                print(f"{definition.name}: left out, needs {unmet_need(definition)}", file=sys.stderr)
        wanted = [definition for definition in definitions.values() if not unmet_need(definition)]
        return [(definition, options.all / f"{definition.name}.json") for definition in wanted]
    if options.fix or options.cpu:
        raise ExportError("--fix and --cpu are for --module and --file")
    if options.model not in definitions:
        raise ExportError(f"unknown model '{options.model}'; --list shows the known ones")
    definition = definitions[options.model]
    if unmet_need(definition):
        raise ExportError(f"{definition.name} needs {unmet_need(definition)}")
    return [(definition, options.output)]


def fixed_value(text):
    name, _, value = text.partition("=")
    if not name.isidentifier() or not value.isdigit():
        raise ExportError(f"--fix wants NAME=N, as in --fix sequence_length=128; it is '{text}'")
    return name, int(value)


def built_in_definitions():
    # Imported late: the tests of this file run without torch, and so does --help.
    try:
        import model_definitions
    except ImportError as error:
        raise ExportError(f"the models of this tool do not import ({error}); tools/README.md has what to install") from error

    return {definition.name: definition for definition in model_definitions.definitions(Definition)}


def unmet_need(definition):
    """What has to be installed for a model to be the one its definition means, or None."""
    if definition.needs is None or installed(definition.needs[0]).startswith(definition.needs[1] + "."):
        return None
    return " ".join(definition.needs)


def installed(package):
    """The version of a package, or nothing where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def progress_line(is_verbose, quiet_seconds=20):
    """Says what runs: every point where that is asked for, else what is tried again, and where it is when it has been silent long."""
    last = time.monotonic()

    def progress(text, is_news=False):
        nonlocal last
        if is_verbose or is_news or time.monotonic() - last > quiet_seconds:
            print(text, file=sys.stderr)
            last = time.monotonic()

    return progress


def exports(options):
    """(Export, file or None) for each workload that was asked for, one after the other."""
    if options.file and options.file.suffix == ".onnx":
        from onnx_program import onnx_workload

        yield onnx_workload(options.file, options.name, dict(map(fixed_value, options.fix))), options.output
        return
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler's own lines
    complete_torchvision()
    for definition, file in selected(options):
        yield export(definition, progress_line(options.verbose), options.count_modules), file


def main(arguments=None):
    options = parse_arguments(arguments)
    try:
        if options.list:
            for definition in built_in_definitions().values():
                needs = " (needs {} {})".format(*definition.needs) if definition.needs else ""
                print(f"{definition.name:28} {definition.title}{needs}")
            return 0
        rows = []
        for result, file in exports(options):
            text = workload_text(result.workload)
            rows.append(result.row())
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            elif not options.table:
                print(text, end="")
            print("\n".join(summary(result.workload, file) + result.notes()), file=sys.stderr)
        if options.table:
            print("| workload | operators | kernels, batch 1 | kernels, batch 2 |\n|---|---|---|---|")
            print("\n".join(rows))
    except ExportError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    # So that a definition's file that imports this module gets this one, not a second copy.
    sys.modules.setdefault("export_workload", sys.modules["__main__"])
    sys.exit(main())
