#!/usr/bin/env python3
"""Times `simulate serve` beside peers on the same load: vidur (PyPI), and a server of requests written with SimPy (PyPI).

    benchmarks/serving_peers.py --simulate .build/release/simulate [--seconds 60,300] [--rate 20] [--output FILE]

The load: Llama-3.1-8B on an H100, 20 requests a second, prompts of 1,024 tokens, 256 tokens each. Both peers are given the
time of a step at once, as a straight line through what `simulate` says of it: what is timed is the simulation of arrivals,
batches and steps, and none of their predictions of kernels. vidur writes no plots, traces or tables. Processor time, user
and system, of whole processes less that of the same process with a load of one second (interpreter, imports, catalog); the
growth is that from the first to the last of --seconds.

Requirements: Python 3.10 or later and pip, which installs vidur and SimPy into a virtual environment in a temporary folder.
"""
import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import venv

PROMPT, TOKENS = 1024, 256

VIDUR = '''
import sys
from vidur.execution_time_predictor import execution_time_predictor_registry as registry
from vidur.execution_time_predictor.base_execution_time_predictor import BaseExecutionTimePredictor
from vidur.types import ExecutionTimePredictorType
from vidur.entities import ExecutionTime
from vidur._native.entities import ExecutionTime as NativeExecutionTime

FIXED_MS, REQUEST_MS, TOKEN_MS = map(float, sys.argv[1:4])


class Line(BaseExecutionTimePredictor):
    """A step's time as a line, told at once; all of it as the first part of its layers."""
    def get_execution_time(self, batch, pipeline_stage):
        tokens = sum(batch.num_q_tokens)
        time = FIXED_MS + REQUEST_MS * len(batch.requests) + TOKEN_MS * tokens
        layers = self._num_layers_per_pipeline_stage
        return NativeExecutionTime(layers, time / layers, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def get_execution_time_native(self, batch, pipeline_stage):
        return self.get_execution_time(batch, pipeline_stage)


for name in [name for name in dir(BaseExecutionTimePredictor) if name.startswith("_get_")]:
    setattr(Line, name, lambda self, *rest: 0.0)
Line.__abstractmethods__ = frozenset()
for kind in (ExecutionTimePredictorType.RANDOM_FORREST, ExecutionTimePredictorType.LINEAR_REGRESSION):
    registry.ExecutionTimePredictorRegistry._registry[kind] = Line
sys.argv = sys.argv[:1] + sys.argv[4:]
from vidur.config import SimulationConfig
from vidur.simulator import Simulator
from vidur.utils.random import set_seeds
config = SimulationConfig.create_from_cli_args()
set_seeds(config.seed)
simulator = Simulator(config)
simulator._write_output = lambda: None
simulator.run()
print("end", simulator._time)
'''

SIMPY = '''
import random, sys
import simpy

FIXED_MS, REQUEST_MS, TOKEN_MS, RATE, SECONDS = map(float, sys.argv[1:6])
PROMPT, TOKENS, LIMIT, BUDGET = 1024, 256, 256, 8192


class Request:
    def __init__(self, arrival):
        self.arrival, self.computed, self.generated, self.first, self.last = arrival, 0, 0, None, None


def arrive(world, waiting, bell):
    random.seed(1)
    while True:
        yield world.timeout(random.expovariate(RATE))
        if world.now >= SECONDS:
            return
        waiting.append(Request(world.now))
        if bell and not bell[0].triggered:
            bell[0].succeed()


def serve(world, waiting, bell, done):
    running = []
    while True:
        if not running and not waiting:
            bell[:] = [world.event()]
            yield bell[0]
        left = BUDGET - sum(1 for request in running if request.computed == PROMPT)
        pieces = []
        while waiting and len(running) < LIMIT:
            running.append(waiting.pop(0))
        tokens = 0
        for request in running:
            piece = 1 if request.computed == PROMPT else min(PROMPT - request.computed, left)
            if request.computed < PROMPT:
                left -= piece
            pieces.append(piece)
            tokens += piece
        yield world.timeout((FIXED_MS + REQUEST_MS * len(running) + TOKEN_MS * tokens) / 1e3)
        for request, piece in zip(running, pieces):
            if request.computed < PROMPT:
                request.computed += piece
                if request.computed < PROMPT:
                    continue
                request.first = world.now
            request.generated += 1
            request.last = world.now
        done.extend(request for request in running if request.generated == TOKENS)
        running = [request for request in running if request.generated < TOKENS]


world = simpy.Environment()
waiting, bell, done = [], [], []
world.process(arrive(world, waiting, bell))
world.process(serve(world, waiting, bell, done))
world.run()
print("requests", len(done), "end", max((request.last for request in done), default=0))
'''


def processor_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def step_line(simulate):
    """Milliseconds of a step, of each request in it and of each token, through three steps."""
    def decode(batch):
        done = subprocess.run(
            [simulate, "generate", "llama-3.1-8b", "h100-sxm", "--batch", str(batch), "--prompt", str(PROMPT), "--tokens", "2",
             "--format", "json"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)
    one, many = decode(1), decode(64)
    request = (many["decode"]["latency_us"] - one["decode"]["latency_us"]) / 63e3
    fixed = one["decode"]["latency_us"] / 1e3 - request
    token = (one["prefill"]["latency_us"] - one["decode"]["latency_us"]) / 1e3 / PROMPT
    return fixed, max(request - token, 0), token


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", required=True)
    parser.add_argument("--seconds", default="60,300")
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--output")
    options = parser.parse_args()
    simulate = str(pathlib.Path(options.simulate).resolve())
    seconds = [float(text) for text in options.seconds.split(",")]
    line = [f"{number:.6f}" for number in step_line(simulate)]
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        venv.create(scratch / "venv", with_pip=True)
        python = str(scratch / "venv/bin/python")
        installed = subprocess.run([python, "-m", "pip", "install", "--quiet", "simpy", "vidur"], capture_output=True, text=True)
        if installed.returncode != 0:
            sys.exit("pip cannot install vidur and simpy: " + installed.stderr.strip()[-500:])
        (scratch / "vidur_line.py").write_text(VIDUR, encoding="utf-8")
        (scratch / "simpy_line.py").write_text(SIMPY, encoding="utf-8")

        def ours(time):
            return [simulate, "serve", "llama-3.1-8b", "h100-sxm", "--rate", str(options.rate), "--duration-s", str(time)]

        def vidur(time):
            return [python, str(scratch / "vidur_line.py"), *line, "--replica_scheduler_config_type", "sarathi",
                    "--sarathi_scheduler_config_chunk_size", "8192", "--sarathi_scheduler_config_batch_size_cap", "256",
                    "--replica_config_num_pipeline_stages", "1", "--replica_config_tensor_parallel_size", "1", "--replica_config_device", "h100",
                    "--replica_config_network_device", "h100_dgx",
                    "--replica_config_model_name", "meta-llama/Llama-3-8B", "--length_generator_config_type", "fixed",
                    "--fixed_request_length_generator_config_prefill_tokens", str(PROMPT),
                    "--fixed_request_length_generator_config_decode_tokens", str(TOKENS),
                    "--interval_generator_config_type", "poisson",
                    "--poisson_request_interval_generator_config_qps", str(options.rate),
                    "--synthetic_request_generator_config_duration", str(time),
                    "--no-metrics_config_enable_chrome_trace", "--no-metrics_config_store_plots",
                    "--metrics_config_output_dir", str(scratch / "vidur"), "--log_level", "error"]

        def simpy(time):
            return [python, str(scratch / "simpy_line.py"), *line, str(options.rate), str(time)]

        lines = ["| simulator | " + " | ".join(f"{time:g} s" for time in seconds) + " | us a request | over simulate |",
                 "|---|" + "---:|" * (len(seconds) + 2)]
        least = None
        for name, command in (("simulate", ours), ("vidur, steps given", vidur), ("SimPy, steps given", simpy)):
            try:
                start = min(processor_seconds(command(1))[0] for _ in range(3))
                times = [max(1e-4, processor_seconds(command(time))[0] - start) for time in seconds]
            except RuntimeError as error:
                lines.append(f"| {name} | could not be run: {str(error).splitlines()[-1]} |")
                continue
            each = times[-1] / (seconds[-1] * options.rate) * 1e6
            least = least or each
            lines.append(f"| {name} | " + " | ".join(f"{time:.3f} s" for time in times)
                         + f" | {each:.0f} | {each / least:.0f} |")
    text = "\n".join(lines) + "\n"
    if options.output:
        pathlib.Path(options.output).write_text(text, encoding="utf-8")
    sys.stdout.write(text)


main()
