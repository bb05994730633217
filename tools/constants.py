#!/usr/bin/env python3
"""Writes the table of fitted constants into docs/model.md, from the profiles.

    tools/constants.py           rewrites the table
    tools/constants.py check     exits with 1 where it is out of date

Needs Python 3 and nothing else.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/model.md"
MARK = "<!-- constants -->"
FAMILIES = ["Pascal", "Pascal GP100", "Volta", "Turing", "Ampere GA100", "Ampere GA10x", "Ada", "Hopper", "Blackwell",
            "Blackwell RTX"]
MEANINGS = {
    "matrix_flops_per_clock": "16-bit FLOPs a compute unit's operand path feeds its matrix units in a clock",
    "vector": "sustained fraction of the fp32 vector peak in products",
    "memory": "sustained fraction of the memory bandwidth",
    "matrix_memory": "bandwidth of products, relative to that",
    "tile_setup_us": "filling and draining a tile's pipeline, us",
    "kernel_fixed_us": "a kernel that does nothing, us",
    "convolution": "convolution as a product, relative to a product",
    "winograd": "fraction of the vector peak in fused Winograd",
    "reduction": "bandwidth of reductions, relative",
    "matrix_unaligned": "matrix units on operands that only pair up (products that load ahead: on odd ones), relative",
    "vector_half": "half-precision products computed in single, relative to single",
    "operand_cost": "slow-down of small tiles for each operand more",
    "wave_quantization": "share of an unfilled wave that is lost",
    "depthwise": "fraction of the vector peak in depthwise convolutions",
    "energy_pj_per_flop": "energy of a 16-bit FLOP at the power limit, pJ",
    "operand_bytes_per_clock": "bytes of operands that a unit gets in a clock; none: as many as it needs",
    "matrix_step_clocks": "shortest iteration of a tile's main loop, clocks",
    "split_us": "a sum in parts, us",
    "matrix_fixed_us": "a product beside arithmetic and traffic, us",
    "cache_bytes_per_clock": "bytes between a unit and the last-level cache in a clock",
    "stream_bytes_per_clock": "bytes of a pass over memory between a unit and the last-level cache in a clock",
    "wait_clocks": "a block's wait for memory or for its own threads, clocks",
    "block_clocks": "start of a block that has waited for another's end, clocks",
    "places_per_clock": "elements of broadcast, permuted or indexed operands that a unit places in a clock",
    "turns_per_clock": "elements that it turns in a clock, where rows become columns",
    "planes_per_clock": "elements of planes that it scales in a clock, each by its plane's factor",
    "sum_waits": "waits of a sum over a short row, beside those for its elements",
    "sum_elements": "elements of a short row that a sum gets with each wait more",
    "long_sum_waits": "the same of a long row",
    "long_sum_elements": "the same of a long row",
    "place_waits": "waits of finding an extremum's place in a short row, beside those for its elements",
    "place_elements": "elements of a short row among which it gets on with each wait more",
    "long_place_waits": "the same of a long row",
    "long_place_elements": "the same of a long row",
    "column_elements": "elements of a column that a thread adds up with each wait (not fitted)",
    "long_row": "the most elements of a short row (not fitted)",
    "normalization_step": "elements of a row that a framework's normalization takes at once (not fitted)",
    "engine_normalization_step": "elements of a row that an engine's own takes at once (not fitted)",
    "matrix_pairs": "rate of products whose rows align to pairs only, relative; none: no slower",
    "quantization_us": "scaling an operand to a narrow format, us",
    "quantized_bytes": "traffic of scaling an operand to a narrow format, bytes of an element",
    "load_bytes_per_clock": "bytes that a unit loads from memory in a clock, at most; none: as many as the memory gives (not fitted)",
    "attention_flops_per_clock": "16-bit FLOPs of a unit in a clock in attention; none: its peak",
    "exponentials_per_clock": "exponentials of a unit in a clock",
    "attention_block_us": "filling and draining a block of queries, us",
    "attention_fixed_us": "attention beside arithmetic and traffic, us",
    "flash_attention": "the generation of FlashAttention that libraries have (not fitted)",
    "attention_combining": "kernels that combine parts of the keys, each as long as a product of nothing",
    "narrow_energy": "energy of a FLOP in 8 bits, relative to one in 16",
    "arithmetic_power": "share of the board's power for arithmetic",
    "idle_power": "share of the board's power that is always drawn",
    "energy_pj_per_byte": "energy of a byte to or from memory, pJ",
    "overlap": "exponent by which arithmetic and traffic overlap",
    "cache_kept": "share of the last-level cache up to which all stays in it",
    "cache_lost": "share of it from which on nothing stays",
    "matrix_alignment": "alignment that the matrix units want, elements; 0 = no matrix units (not fitted)",
}


def families():
    loaded = {}
    for path in sorted((ROOT / "hardware-profiles/architectures").glob("*.json")):
        profile = json.loads(path.read_text())
        loaded[profile["name"]] = profile["efficiency"]
    return loaded


def shown(constants, key):
    return f"{constants[key]:g}" if key in constants else "-"


def device_table(loaded):
    shared = [key for key in MEANINGS if len({constants[key] for constants in loaded.values() if key in constants}) == 1]
    own = [key for key in MEANINGS if key not in shared]
    yield "| constant | meaning | " + " | ".join(FAMILIES) + " |"
    yield "|---|---|" + "---|" * len(FAMILIES)
    for key in own:
        yield f"| `{key}` | {MEANINGS[key]} | " + " | ".join(shown(loaded[name], key) for name in FAMILIES) + " |"
    yield ""
    yield "One value for all families, or all that have it:"
    yield ""
    yield "| constant | meaning | value |"
    yield "|---|---|---|"
    for key in shared:
        yield f"| `{key}` | {MEANINGS[key]} | {next(constants[key] for constants in loaded.values() if key in constants):g} |"


def framework_table():
    names = ["pytorch-eager", "torchscript", "onnxruntime"]
    loaded = [json.loads((ROOT / f"hardware-profiles/frameworks/{name}.json").read_text()) for name in names]
    yield "| host time, us on the reference host | " + " | ".join(names) + " |"
    yield "|---|" + "---|" * len(names)
    for kind in loaded[0]["dispatch_us"]:
        yield f"| `dispatch_us.{kind}` | " + " | ".join(f"{profile['dispatch_us'][kind]:g}" for profile in loaded) + " |"
    for key in ("kernel_us", "pass_us"):
        yield f"| `{key}` | " + " | ".join(f"{profile[key]:g}" for profile in loaded) + " |"


def main():
    text = DOCUMENT.read_text()
    if MARK not in text:
        raise SystemExit(f"{DOCUMENT}: no {MARK}")
    lines = [MARK, "Written by `tools/constants.py` from `hardware-profiles`; what each was fitted to is said in its file.", "",
             *device_table(families()), "", *framework_table(), ""]
    new = text[:text.index(MARK)] + "\n".join(lines)
    if sys.argv[1:] == ["check"]:
        sys.exit(0 if new == text else "docs/model.md is out of date: run tools/constants.py")
    DOCUMENT.write_text(new)


if __name__ == "__main__":
    main()
