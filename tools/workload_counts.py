#!/usr/bin/env python3
"""Writes docs/workloads.md: how many operators and kernels each workload has, beside public counts, and which decoders there are.

    tools/workload_counts.py PROGRAM           rewrites the table
    tools/workload_counts.py PROGRAM check     exits with 1 where it is out of date

PROGRAM is the installed `simulate`. Needs Python 3 and nothing else.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/workloads.md"
AUTHORS = "the profiler traces of The Framework Tax's authors (JaredFern/Framework-Tax, history)"
TAXBREAK = "TaxBreak (arXiv 2603.12465), eager PyTorch on an H100"
OWN = "an H100 (benchmarks/measurements/h100-own; transformers 5.17, fills of memory apart)"
PUBLIC = {
    "bert-base-uncased": ("215 kernels", AUTHORS),
    "bert-base-uncased-sdpa": ("153 launches in fp16", OWN),
    "gpt2-decode-sdpa": ("247 launches in bf16", OWN),
    "llama-3.2-1b-decode-sdpa": ("678 launches in bf16", OWN),
    "vit-base-patch16-224-timm": ("129 launches in fp16", OWN),
    "resnet50": ("247 to 260 kernels in fp32, 372 to 391 in fp16", AUTHORS),
}
# Kernels of a token at batch 4.
TOKENS = {
    "llama-3.2-1b-generate": (847.5, TAXBREAK),
    "olmoe-1b-7b-generate": (9305.3, TAXBREAK),
    "qwen1.5-moe-a2.7b-generate": (6695.1, TAXBREAK),
}
PUBLIC |= {name: (f"{kernels:,.0f} kernels a token at batch 4", source) for name, (kernels, source) in TOKENS.items()}
HEAD = """# Workloads

Operators that eager PyTorch dispatches and kernels that it launches in one pass, at each workload's own parameters: written by
`tools/workload_counts.py` from what `simulate run WORKLOAD nvidia-v100-sxm2-16gb --precision P --format json` says. Kernels in
fp16 are more than in fp32 where convolutions turn layouts, and fewer where nothing helps them.

| workload | parameters | operators | kernels, fp32 | kernels, fp16 | public counts |
|---|---|---|---|---|---|
"""


def run(program, workload, precision, accelerator="nvidia-v100-sxm2-16gb", more=()):
    done = subprocess.run([program, "run", workload, accelerator, "--precision", precision, "--format", "json", *more],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def tokens(program):
    """How many kernels a token of each published workload has at the batch that it was published for."""
    for name, (published, _) in TOKENS.items():
        kernels = run(program, name, "bf16", "nvidia-h100-sxm", ["--framework", "pytorch-eager-2", "--batch", "4"])["kernels"]
        yield f"{kernels:,} of {name} ({kernels / published - 1:+.1%})"


def table(program):
    names = subprocess.run([program, "profiles", "list", "workloads", "--format", "names"], capture_output=True, text=True,
                           check=True).stdout.split()
    for name in names:
        single, half = run(program, name, "fp32"), run(program, name, "fp16")
        parameters = ", ".join(f"{key} {value}" for key, value in half["inputs"]["parameters"].items())
        count, source = PUBLIC.get(name, ("", ""))
        public = f"{count}: {source}" if count else ""
        yield f"| {name} | {parameters} | {half['operators']:,} | {single['kernels']:,} | {half['kernels']:,} | {public} |"


def decoders(program):
    """A row for each decoder: its kind, its weights, and the kernels of a step over one next token."""
    for path in sorted((ROOT / "workloads/decoders").glob("*.json"), key=lambda path: path.stem):
        document = json.loads(path.read_text(encoding="utf-8"))
        config = document["config"].get("text_config", document["config"])
        counts = [launches(program, path.stem, engine) for engine in ENGINES]
        yield (f"| {path.stem} | {config['model_type']} | {document['parameters'] / 1e9:,.3g} | "
               + " | ".join(f"{count:,}" for count in counts) + " |")


def launches(program, decoder, engine):
    done = subprocess.run([program, "generate", decoder, "nvidia-h200", "--engine", engine, "--prompt", "128", "--tokens", "2",
                           "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["decode"]["launches"]


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    notes = NOTES.replace("TOKENS", ", ".join(tokens(sys.argv[1])))
    text = HEAD + "\n".join(table(sys.argv[1])) + "\n" + notes + OWN_MODELS + DECODERS + "\n".join(decoders(sys.argv[1])) + "\n"
    if sys.argv[2:] == ["check"]:
        sys.exit(0 if DOCUMENT.exists() and DOCUMENT.read_text() == text
                 else "docs/workloads.md is out of date: run tools/workload_counts.py PROGRAM")
    DOCUMENT.write_text(text)


NOTES = """
The published counts of decoding are those of a token of `generate`, which `*-generate` are: one round of its loop in transformers 4.56, greedy,
with attention spelled out, in bfloat16 with the conversions to single precision and back that the models ask for, which an export in
single precision (`*-decode`) has no kernels for. They were counted at batch 4, where ours are TOKENS.
An export in bfloat16 has these conversions at any precision that is asked for.

A batch hits as many experts as even picks hit on average, to the nearest whole one: 26 of OLMoE's 64 and 14 of Qwen's 60 at batch 4, 8 and 4
at batch 1. In `*-decode` all sequences pick the same experts. Experts without tokens launch what finds that out and nothing else.

Every file also says how often modules are called, as `modules` ([formats](formats.md#workload1)): what Python spends beside its
operators. They are counted by a hook on every module of the exported model, at the run that gave the operators: 183 in ResNet-50, 227 in
BERT base, 5,318 in OLMoE, whose loop calls all 64 experts of a layer. `transformer-encoder`, which is written by hand, has those of BERT's
layers.
"""

OWN_MODELS = """
## A model of your own

[tools/export_workload.py](../tools/README.md#export_workloadpy) writes a workload from a model's code, from an archive of `torch.export`, or
from an ONNX file:

```sh
python3 tools/export_workload.py --module my_model.py:my_model --output my-model.json
python3 tools/export_workload.py --file my-model.pt2 --output my-model.json
python3 tools/export_workload.py --file my-model.onnx --output my-model.json
simulate run my-model.json h100-sxm --batch 8
```

At the end it says what it wrote: operators, weights, floating-point operations of the products, and every operator that no cost rule knows,
with its calls (which it asks the simulator, by `SIMULATE` or the `PATH`).

**What to install.** Code and archives need torch, ONNX files the package `onnx` alone. Any build of torch will do, and the smallest is the
CPU's. On Linux, for Python 3.11, in November 2026:

| how | download | environment | |
|---|---:|---:|---|
| `pip install torch` | | 4.0 GB | all of CUDA with it |
| `pip install torch --index-url https://download.pytorch.org/whl/cpu` | 192 MB (2.13.0) | 1.3 GB, with transformers, diffusers, timm, torchvision and onnx | the smallest; measured with that wheel from a folder |
| `python3 tools/lean_torch.py .venv/bin/python` | 539 MB (2.15.0) | 1.5 GB, with the same | PyPI's wheel and empty libraries in the place of NVIDIA's, where that index cannot be reached. `pip install --no-deps torch` alone does not import. Needs a C compiler, `nm` and `readelf` |

`torchvision` of PyPI is built for CUDA and does not import beside a CPU build by itself; the exporter declares the two operators that it
misses. Name torchvision's version when you install it (0.28 for torch 2.13), or pip may replace torch.

**How a model runs.** On PyTorch's meta device, where tensors have shapes and no values. A model that asks for more gets it, without being
asked, and a line says so:

| the model | is run |
|---|---|
| reads values that follow from its inputs (`mask.all()`, positions, `nonzero`) | again, with the values of small tensors followed on the processor: at full size |
| reads values that follow from its weights or activations | on the processor, with random weights, at an eighth of its lengths: formulas stay formulas. At most 8 GB of weights. `--cpu` asks for it, at full lengths |
| calls what takes bfloat16 only (`_grouped_mm`, of experts in transformers 5) | in bfloat16 |
| has other operators, or sizes without a formula, at another length or batch (loops over positions, sliding windows) | not; the message names the operator and the parameter. `--fix sequence_length=128` keeps it at that value |

LSTM, GRU and plain recurrent layers keep their names, and the simulator prices them step after step; packed sequences run all steps. A cell
that a loop calls (`nn.LSTMCell`) is written as its two products and the gates, and an LSTM with projections as the products of its steps.
Products of experts (`_grouped_mm`) are told how many experts a token has chosen, by the `topk` before them. Types that the format has no
word for go by one of as many bytes (`bool`, `int32`, `int64`: bytes, unsigned integers, complex numbers); integers of two bytes are refused.

**Archives of `torch.export`.** Dimensions that were exported as dynamic are the parameters: `batch` for the first, `sequence_length` for the
second of tokens or features, `image_size`, else the symbol's own name.

**ONNX files.** The graph is gone through with ONNX's shape inference at several values of its symbolic dimensions, which are the parameters.
Nodes become the operators that PyTorch has for them (`MatMul` with weights and the `Add` of its bias: `aten::linear`); what computes shapes is no
operator; `Transpose` is a copy; what PyTorch has no name for stays `onnx::NAME`, without a rule. Quantized operators are such. Operators of
ONNX Runtime's optimizer (`com.microsoft`) have no shape inference in ONNX: export without it. Loops are refused.

**Whether it is right.** CI draws ten kinds of models from the lists of transformers, timm, torchvision and diffusers, builds them from their
configurations, exports them, and holds each file to `profiles check`, to `run`, and to what `torch.utils.flop_counter` counts on the same model; and
three models, written as archives and as ONNX files, to themselves. `python3 tools/check_exports.py --simulate PROGRAM --seed 7 --count 20` draws others.
"""

ENGINES = ("vllm", "gpt-fast", "huggingface")
DECODERS = """
## Decoders

What `simulate generate` has by name; the `config.json` of any other model of these kinds will do ([formats](formats.md#decoder1)). Weights in billions, as the
files have them, which are held to the published numbers; kernels of a step over one next token at batch 1 with 128 tokens of context, nodes of graphs among them, as
`simulate generate DECODER h200 --engine E --prompt 128 --tokens 2 --format json` counts them.

| decoder | kind | weights | """ + ", kernels | ".join(ENGINES) + """, kernels |
|---|---|---:|---:|---:|---:|
"""

if __name__ == "__main__":
    main()
