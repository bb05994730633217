#!/usr/bin/env python3
"""Writes docs/workloads.md: how many operators and kernels each workload has, beside public counts.

    tools/workload_counts.py PROGRAM           rewrites the table
    tools/workload_counts.py PROGRAM check     exits with 1 where it is out of date

PROGRAM is the installed `simulate`. Needs Python 3 and nothing else.

Every file also says how often modules are called, as `modules` ([formats](formats.md#workload1)): what Python spends beside its
operators. They are counted by a hook on every module of the exported model, at the run that gave the operators: 183 in ResNet-50, 227 in
BERT base, 5,318 in OLMoE, whose loop calls all 64 experts of a layer. `transformer-encoder`, which is written by hand, has those of BERT's
layers and of the encoder around them.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/workloads.md"
AUTHORS = "the profiler traces of The Framework Tax's authors (JaredFern/Framework-Tax, history)"
PUBLIC = {
    "bert-base-uncased": ("215 kernels", AUTHORS),
    "resnet50": ("247 to 260 kernels in fp32, 372 to 391 in fp16", AUTHORS),
    "llama-3.2-1b-decode": ("about 848 kernels a token", "published for eager PyTorch on an H100; release and cache differ"),
    "qwen1.5-moe-a2.7b-decode": ("about 6,695 kernels a token", "published for eager PyTorch at batch 4: 14 or 15 experts of a layer, not 4"),
    "olmoe-1b-7b-decode": ("about 9,305 kernels a token", "published for eager PyTorch on an H100; release and cache differ"),
}
HEAD = """# Workloads

Operators that eager PyTorch dispatches and kernels that it launches in one pass, at each workload's own parameters: written by
`tools/workload_counts.py` from what `simulate run WORKLOAD nvidia-v100-sxm2-16gb --precision P --format json` says. Kernels in
fp16 are more than in fp32 where convolutions turn layouts, and fewer where nothing helps them.

| workload | parameters | operators | kernels, fp32 | kernels, fp16 | public counts |
|---|---|---|---|---|---|
"""


def run(program, workload, precision):
    done = subprocess.run([program, "run", workload, "nvidia-v100-sxm2-16gb", "--precision", precision, "--format", "json"],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def table(program):
    names = subprocess.run([program, "profiles", "list", "workloads", "--format", "names"], capture_output=True, text=True,
                           check=True).stdout.split()
    for name in names:
        single, half = run(program, name, "fp32"), run(program, name, "fp16")
        parameters = ", ".join(f"{key} {value}" for key, value in half["inputs"]["parameters"].items())
        count, source = PUBLIC.get(name, ("", ""))
        public = f"{count}: {source}" if count else ""
        yield f"| {name} | {parameters} | {half['operators']:,} | {single['kernels']:,} | {half['kernels']:,} | {public} |"


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    text = HEAD + "\n".join(table(sys.argv[1])) + "\n" + NOTES
    if sys.argv[2:] == ["check"]:
        sys.exit(0 if DOCUMENT.exists() and DOCUMENT.read_text() == text
                 else "docs/workloads.md is out of date: run tools/workload_counts.py PROGRAM")
    DOCUMENT.write_text(text)


NOTES = """
Where ours are fewer than the public counts of decoding: the definitions here are those of transformers 4.48 with eager attention and a
cache that is concatenated, without the logits processors of `generate`, whose small kernels a recording of generation holds as well;
in the mixture of experts each token's experts are the first of each layer, so that experts without tokens launch what finds that out
and nothing else.

Every file also says how often modules are called, as `modules` ([formats](formats.md#workload1)): what Python spends beside its
operators. They are counted by a hook on every module of the exported model, at the run that gave the operators: 183 in ResNet-50, 227 in
BERT base, 5,318 in OLMoE, whose loop calls all 64 experts of a layer. `transformer-encoder`, which is written by hand, has those of BERT's
layers and of the encoder around them.
"""

if __name__ == "__main__":
    main()
