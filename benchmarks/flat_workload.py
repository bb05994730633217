#!/usr/bin/env python3
"""Writes a workload without repeats: operators one after the other, as an export or a recording has them.

    benchmarks/flat_workload.py 200000 --kind distinct > flat.json

Kinds: `distinct`, of which no operator has the shapes of another; `drawn`, whose shapes are drawn from a few thousand; `layers`,
one transformer layer after the other; `pairs`, two operators in turn. Requirements: none beside Python.
"""
import argparse
import json
import random


def operator(name, *inputs, outputs=()):
    return {"operator": "aten::" + name, "inputs": [list(shape) for shape in inputs],
            **({"outputs": [list(shape) for shape in outputs]} if outputs else {})}


def block(rows, inner, outer):
    """A product, an activation, a sum and a normalization."""
    return [operator("linear", ["batch", rows, inner], [outer, inner], [outer]), operator("relu", ["batch", rows, outer]),
            operator("add", ["batch", rows, outer], ["batch", rows, outer]),
            operator("layer_norm", ["batch", rows, outer], [outer], [outer])]


def layer(width=768, rows=128):
    hidden = ["batch", rows, width]
    wide = ["batch", rows, 4 * width]
    def linear(source, target):
        return operator("linear", ["batch", rows, source], [target, source], [target], outputs=[["batch", rows, target]])
    return [operator("layer_norm", hidden, [width], [width], outputs=[hidden])] + [linear(width, width) for _ in range(3)] + [
        operator("scaled_dot_product_attention", *[["batch", 12, rows, width // 12]] * 3, outputs=[["batch", 12, rows, width // 12]]),
        linear(width, width), operator("add", hidden, hidden, outputs=[hidden]),
        operator("layer_norm", hidden, [width], [width], outputs=[hidden]), linear(width, 4 * width),
        operator("gelu", wide, outputs=[wide]), linear(4 * width, width), operator("add", hidden, hidden, outputs=[hidden])]


def operators(count, kind):
    draw = random.Random(1)
    program = []
    while len(program) < count:
        index = len(program)
        if kind == "distinct":
            program += block(128, 64 + index % 997, 64 + index)
        elif kind == "drawn":
            program += block(128, 64 * draw.randrange(1, 65), 64 * draw.randrange(1, 65))
        elif kind == "layers":
            program += layer()
        else:
            program += block(128, 768, 768)[:2]
    return program[:count]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--kind", choices=["distinct", "drawn", "layers", "pairs"], default="drawn")
    options = parser.parse_args()
    print(json.dumps({"schema": "workload/1", "name": "flat", "parameters": {"batch": 1},
                      "program": operators(options.count, options.kind)}))


if __name__ == "__main__":
    main()
