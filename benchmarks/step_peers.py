#!/usr/bin/env python3
"""Times one step of generation at many points, by `simulate sweep` and by simulators that answer the same question, as Markdown.

    benchmarks/step_peers.py --simulate .build/release/simulate [--llmcompass FOLDER] [--short]

The question: how long is one decoding step of Llama-3-8B on an H100 at a batch and a context; points are batches of 1 to 64, and
contexts that grow. mlsysim and GenZ are installed from PyPI into a virtual environment in a temporary folder. LLMCompass is in no
package index: with --llmcompass, a clone of its repository (branch ISCA_AE), it is asked for the nearest that it has, the step of a
block of the same width, 32 times, on its A100, at batches of 2 and more (of 1 it has a formula). Each is called in a loop in one process, as their own studies do; a point of
`simulate` is a row of CSV of one process. Processor time is that of the answers, without imports and start. Each prices with its own
model: mlsysim with two closed forms, GenZ with a table of operators, LLMCompass with a search for the tiling of each product, and
`simulate` with each kernel's time and each call of the host.

Requirements: Python 3.10 or later and pip; LLMCompass wants numpy 1.26, pandas 2.1 and scalesim 2.0.2, which pip installs.
"""
import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import venv

PACKAGES = ["mlsysim==0.3.0", "genz-llm==0.0.16"]
LLMCOMPASS_PACKAGES = ["scalesim==2.0.2", "numpy==1.26.4", "pandas==2.1.4", "absl-py", "configparser", "tqdm"]

# Each has `answer(batch, context)`, and is asked for points in the order of a sweep.
LOOP = '''
import json, sys, time
count = int(sys.argv[1])
answer(1, 128)
begun = time.process_time()
for index in range(count):
    last = answer(1 + index % 64, 128 + 16 * (index // 64))
print(json.dumps({"seconds": time.process_time() - begun, "last_ms": last}))
'''

MLSYSIM = '''
import warnings
warnings.filterwarnings("ignore")
import mlsysim
from mlsysim.solvers import ServingModel

solver, model, device = ServingModel(), mlsysim.Models.Language.Llama3_8B, mlsysim.Hardware.Cloud.H100


def answer(batch, context):
    return float(solver.solve(model, device, seq_len=context, batch_size=batch, precision="fp16").itl.to("ms").magnitude)
''' + LOOP

GENZ = '''
import contextlib, io, warnings
warnings.filterwarnings("ignore")
with contextlib.redirect_stdout(io.StringIO()):
    from GenZ import decode_moddeling
    from GenZ.Models.default_models import ModelConfig
model = ModelConfig(model="llama-3.1-8b", vocab_size=128256, hidden_size=4096, intermediate_size=14336, num_decoder_layers=32,
                    num_attention_heads=32, num_key_value_heads=8, num_ffi=2)
system = {"Flops": 989, "Memory_size": 80, "Memory_BW": 3350, "ICN": 25, "ICN_LL": 1, "real_values": True}


def answer(batch, context):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        found = decode_moddeling(model=model, batch_size=batch, system_name=system, bits="bf16", tensor_parallel=1,
                                 parallelism_heirarchy="TP{1}_EP{1}_PP{1}", input_tokens=context, output_tokens=0, Bb=1)
    return float(found["Latency"])
''' + LOOP

# torch serves only its runs on real devices, and is named where it is imported. What systolic arrays take is in a table in its folder, to which
# it adds what is missing; it cannot read an empty one.
LLMCOMPASS = '''
import contextlib, os, sys, types, warnings
warnings.filterwarnings("ignore")
os.chdir(sys.argv[2])
sys.path.insert(0, os.getcwd())
sys.modules["torch"] = torch = types.ModuleType("torch")
torch.compile, torch.Tensor = lambda function: function, object
os.makedirs("systolic_array_model/temp", exist_ok=True)
table = "systolic_array_model/look_up_table_16_16.csv"
if not os.path.exists(table):
    with open(table, "w") as file:
        file.write("32,16,256,16,16,os,571,89.667\\n")
from design_space_exploration.dse import read_architecture_template, template_to_system
from software_model.transformer import TransformerBlockAutoRegressionTP
from software_model.utils import Tensor, data_type_dict

precision, system = data_type_dict["fp16"], template_to_system(read_architecture_template("configs/GA100.json"))


def answer(batch, context):
    with contextlib.redirect_stdout(sys.stderr):
        block = TransformerBlockAutoRegressionTP(4096, 32, 1, precision)
        block(Tensor([batch + 1, 1, 4096], precision), context)
        return float(block.compile_and_simulate(system, "heuristic-GPU")) * 32e3
''' + LOOP


def answered(python, text, count, *arguments):
    """Processor seconds of so many answers, or the words of why there are none."""
    done = subprocess.run([python, "-c", text, str(count), *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    return json.loads(done.stdout.strip().splitlines()[-1])["seconds"]


def processor_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def ours(simulate, count):
    """Processor seconds of a sweep of so many points, less that of a sweep of one."""
    def sweep(batches, contexts):
        context = f"128..{128 + 16 * (contexts - 1)}:lin{contexts}" if contexts > 1 else "128"
        return [simulate, "sweep", "llama-3.1-8b", "h100-sxm", "--engine", "vllm", "--over", f"batch=1..{batches}:lin{batches}" if batches > 1
                else "batch=1", "--over", f"context={context}", "--format", "csv", "--threads", "1"]
    start = min(processor_seconds(sweep(1, 1))[0] for _ in range(3))
    batches = min(count, 64)
    seconds, text = min(processor_seconds(sweep(batches, count // batches)) for _ in range(3))
    assert text.count("\n") == count + 1, text[:200]
    return max(seconds - start, 1e-4)


def rows_of(name, sizes, seconds_of):
    """A row for each size: what it took, and what a point did."""
    rows = []
    for size in sizes:
        try:
            seconds = seconds_of(size)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            return rows + [(name, size, None, str(error))]
        rows.append((name, size, seconds, None))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True)
    parser.add_argument("--llmcompass", help="the folder of a clone of LLMCompass")
    parser.add_argument("--short", action="store_true", help="the smallest two sizes of each")
    options = parser.parse_args()
    simulate = str(pathlib.Path(options.simulate).resolve())
    kept = 2 if options.short else 4
    rows = rows_of("simulate", [512, 2_048, 8_192, 32_768][:kept], lambda count: ours(simulate, count))
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(pathlib.Path(folder) / "bin/python")
        peers = [(PACKAGES[:1], "mlsysim 0.3.0", MLSYSIM, [512, 1_024, 2_048, 4_096], []),
                 (PACKAGES[1:], "GenZ 0.0.16", GENZ, [8, 16, 32, 64], [])]
        if options.llmcompass:
            peers.append((LLMCOMPASS_PACKAGES, "LLMCompass", LLMCOMPASS, [1, 2, 4, 8], [str(pathlib.Path(options.llmcompass).resolve())]))
        for packages, name, text, sizes, arguments in peers:
            installed = subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], capture_output=True, text=True)
            if installed.returncode != 0:
                rows.append((name, sizes[0], None, "pip cannot install it"))
                continue
            rows += rows_of(name, sizes[:kept], lambda count, text=text, arguments=arguments: answered(python, text, count, *arguments))
    least = min(seconds / size for name, size, seconds, _ in rows if name == "simulate" and seconds)
    print("| simulator | points | processor s | us a point | times simulate's |\n|---|---:|---:|---:|---:|")
    for name, size, seconds, error in rows:
        print(f"| {name} | {size:,} | {error} |  |  |" if error else
              f"| {name} | {size:,} | {seconds:.3f} | {seconds / size * 1e6:,.1f} | {seconds / size / least:,.1f} |")


if __name__ == "__main__":
    sys.exit(main())
