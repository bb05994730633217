#!/usr/bin/env python3
"""Writes the framework profiles that are ratios to another one: run it after a refit of pytorch-eager.

    python3 tools/framework_profiles.py

Needs Python 3 and nothing else. Public microseconds come from hosts about three times as fast as the reference host, so
they are scaled by what an eager operator takes here and there: `EAGER_OPERATOR_US` there, its dispatch, kernel and launch
call here.
"""

import json
import pathlib

FRAMEWORKS = pathlib.Path(__file__).parent.parent / "hardware-profiles" / "frameworks"

# An element-wise operator in eager PyTorch 2.x: 16 of them in 117 us on an H100's host.
EAGER_OPERATOR_US = 7.0
EAGER_SOURCE = "https://github.com/pytorch/helion/pull/3009"
LAUNCH_CALL_US = 4.0

# Host time of PyTorch 2.1 to 2.15 over 1.13, size-8 tensors, one processor, interleaved: the geometric mean of the two.
RATIOS = {"pointwise": 1.0, "linear": 1.0, "matmul": 1.13, "layer_norm": 1.0, "softmax": 1.28, "view": 1.0,
          "embedding": 1.16, "concatenate": 1.0}  # fmt: skip

STACK = "https://github.com/meta-pytorch/tritonbench/pull/1016"
ZERO_SOURCE = {"kind": "assumed", "from": "a compiled program dispatches kernels, not operators"}
NODE = {
    "kind": "datasheet",
    "from": "https://developer.nvidia.com/blog/constant-time-launch-for-straight-line-cuda-graphs-and-other-performance-enhancements/",
    "note": "0.2 us per node until CUDA 12.5; about 0.001 from 12.6",
}


def written(profile):
    """The profile's text: one key per line, groups opened, other values on their line."""
    lines = []
    for key, value in profile.items():
        if key not in ("dispatch_us", "sources"):
            lines.append(f'  "{key}": {json.dumps(value)}')
            continue
        inner = []
        for name, member in value.items():
            if isinstance(member, dict):
                parts = ",\n".join(f'      "{k}": {json.dumps(v)}' for k, v in member.items())
                inner.append(f'    "{name}": {{\n{parts}\n    }}')
            else:
                inner.append(f'    "{name}": {json.dumps(member)}')
        lines.append(f'  "{key}": {{\n' + ",\n".join(inner) + "\n  }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def short(number):
    return round(number) if number >= 10 else round(number, 1)


def main():
    eager = json.loads((FRAMEWORKS / "pytorch-eager.json").read_text(encoding="utf-8"))
    scale = (eager["dispatch_us"]["pointwise"] + eager["kernel_us"] + LAUNCH_CALL_US) / EAGER_OPERATOR_US
    nothing = dict.fromkeys(eager["dispatch_us"], 0)
    tf32 = eager["tf32"]

    def profile(name, title, version, mode, kernel_us, pass_us, node_us, fusion, sources, **more):
        return {
            "schema": "framework/1", "name": name, **more, "title": title, "version": version, "mode": mode,
            "dispatch_us": nothing, "kernel_us": kernel_us, "pass_us": pass_us, "graph_node_us": node_us,
            "fusion": fusion, "tf32": tf32, "sources": {"dispatch_us": ZERO_SOURCE, **sources},
        }  # fmt: skip

    inductor = ["remove_views", "pointwise", "batch_norm", "layer_norm", "softmax"]
    note = f"scaled by an eager operator here to {EAGER_OPERATOR_US:g} us there ({EAGER_SOURCE})"
    no_kernel = {"kind": "assumed", "from": "a replayed graph prepares no kernels"}
    profiles = [
        {
            **eager,
            "name": "pytorch-eager-2",
            "aliases": [],
            "title": "PyTorch 2.x, eager",
            "version": "2.1-2.15",
            "dispatch_us": {k: short(v * RATIOS.get(k, 1.0)) for k, v in eager["dispatch_us"].items()},
            "sources": {
                **eager["sources"],
                "dispatch_us": {
                    "kind": "derived",
                    "from": "pytorch-eager, times the host time of PyTorch 2.1 and 2.15 over 1.13 by kind of operator,"
                    " measured on one processor (AMD EPYC, size-8 tensors, 2026-11)",
                    "note": "kinds that were not measured, and those within 5 %, keep the time of 1.12",
                },
            },
        },
        profile(
            "torch-compile", "torch.compile (Inductor), PyTorch 2.x", "2.x", "script",
            short(6.5 * scale - LAUNCH_CALL_US), short(26.5 * scale), 0, inductor,
            {
                "kernel_us": {"kind": "derived", "from": STACK, "note": f"6.5 us a kernel with its launch; {note}"},
                "pass_us": {"kind": "derived", "from": STACK, "note": f"33 us a call less its one kernel; {note}"},
                "graph_node_us": {"kind": "assumed", "from": "no graphs in this mode"},
            },
            aliases=["inductor", "compile"],
        ),
        profile(
            "torch-compile-graphs", "torch.compile (Inductor), CUDA graphs (reduce-overhead)", "2.x", "graph",
            0, short(48 * scale), 0.2, inductor,
            {
                "kernel_us": no_kernel,
                "pass_us": {
                    "kind": "derived",
                    "from": "https://github.com/pytorch/pytorch/issues/114860",
                    "note": f"27 us for a replay, 21 us of guards ({STACK}); {note}",
                },
                "graph_node_us": NODE,
            },
        ),
        profile(
            "tensorrt", "TensorRT 8 to 10, CUDA graph", "8-10", "graph", 0, 30, 0.2,
            ["remove_views", "fold_batch_norm", "epilogue", "pointwise", "layer_norm", "softmax", "projections",
             "attention"],
            {
                "kernel_us": no_kernel,
                "pass_us": {"kind": "assumed", "from": "the enqueue call of a C++ program"},
                "graph_node_us": NODE,
            },
            aliases=["trt"],
        ),
    ]  # fmt: skip
    for made in profiles:
        if not made.get("aliases", True):
            del made["aliases"]
        (FRAMEWORKS / f"{made['name']}.json").write_text(written(made), encoding="utf-8")


if __name__ == "__main__":
    main()
