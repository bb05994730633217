#!/usr/bin/env python3
"""Step times of decoders between this program and simulators of schedulers.

    simulate sweep llama-3-8b a100-sxm4-80gb --engine vllm --over batch=1,8 --over context=128..4096:log6 --format csv >sweep.csv
    tools/step_times.py from-sweep sweep.csv prompts.csv >steps.csv
    tools/step_times.py from-vidur --mlp mlp.csv --attention attention.csv [--host cpu_overheads.csv] \\
        --decoder FILE --accelerator NAME >steps.csv
    tools/step_times.py from-aiconfigurator --gemm gemm_perf.txt --context context_attention_perf.txt \\
        --generation generation_attention_perf.txt --decoder FILE --accelerator NAME >steps.csv
    tools/step_times.py to-vidur steps.csv --decoder FILE --output FOLDER
    tools/step_times.py to-aiconfigurator steps.csv --decoder FILE --output FOLDER

steps.csv has the columns decoder,accelerator,engine,phase,batch,context,latency_us,device_busy_us (docs/formats.md, "CSV of
step times"). FILE is a decoder of workloads/decoders or a Hugging Face config.json, dense: tables of experts are not read.

Their tables are of operators in milliseconds, ours of steps in microseconds:

- vidur (microsoft/vidur, data/profiling): a step is as many layers as the decoder has, each the operators of mlp.csv at the step's
  tokens and the attention of attention.csv; its latency adds cpu_overheads.csv at the step's requests, and without that file
  is blank. It counts neither embedding nor head. Chunks of prompts (kv_cache_size above 0) are no steps of ours, and are left out.
- aiconfigurator (ai-dynamo/aiconfigurator, *_perf.txt): a step is the four products of each layer, its attention, and the head.
  It has no host: the latency is blank.
- Between the numbers of tokens of a table times are interpolated linearly; outside of them a step is left out.

Back again, a step's sum is right and its parts are not: what steps of as many tokens have in common goes to the products, by their
weights, and the rest to attention. vidur gets the device's time and, as `schedule`, the host's that the device does not hide;
its prompts are of one request. aiconfigurator gets all of the latency, since it adds nothing (--time device: the device's alone).

Requirements: Python 3.9 and nothing else.
"""
import argparse
import collections
import csv
import json
import pathlib
import statistics
import sys

COLUMNS = ["decoder", "accelerator", "engine", "phase", "batch", "context", "latency_us", "device_busy_us"]
VIDUR_PRODUCTS = ["attn_pre_proj", "attn_post_proj", "mlp_up_proj", "mlp_down_proj"]
VIDUR_OTHERS = ["mlp_act", "input_layernorm", "post_attention_layernorm", "attn_rope", "add"]
VIDUR_HOST = ["schedule", "sampler_e2e", "prepare_inputs_e2e", "process_model_outputs", "ray_comm_time"]
STATISTICS = ["min", "max", "mean", "median", "std"]
AIC_ATTENTION = ["framework", "version", "device", "op_name", "kernel_source", "batch_size", "isl", "num_heads",
                 "num_key_value_heads", "head_dim", "beam_width", "attn_dtype", "kv_cache_dtype", "step", "latency"]
AIC_GEMM = ["framework", "version", "device", "op_name", "kernel_source", "gemm_dtype", "m", "n", "k", "latency"]

Step = collections.namedtuple("Step", COLUMNS)


class Decoder:
    """The sizes of a dense decoder."""

    def __init__(self, path):
        document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        config = document.get("config", document)
        config = config.get("text_config", config)
        if any(config.get(key) for key in ("num_experts", "num_local_experts", "n_routed_experts", "kv_lora_rank")):
            raise SystemExit(f"{path}: has experts or latent attention, which the tables' products and attention are not of")
        def size(*keys):
            """The first of some keys that is there."""
            found = next((config[key] for key in keys if config.get(key)), None)
            if found is None:
                raise SystemExit(f"{path}: has no {keys[0]}; a file of workloads/decoders or a config.json has")
            return found

        self.layers, self.hidden = size("num_hidden_layers", "n_layer"), size("hidden_size", "n_embd")
        self.heads, self.vocabulary = size("num_attention_heads", "n_head"), size("vocab_size")
        self.name = document.get("name") or pathlib.Path(path).stem
        self.kv_heads = config.get("num_key_value_heads") or self.heads
        self.width = config.get("head_dim") or self.hidden // self.heads
        self.inner = next((config[key] for key in ("intermediate_size", "ffn_dim", "n_inner") if config.get(key)), 4 * self.hidden)
        self.gated = config.get("model_type") not in ("gpt2", "opt", "phi", "gpt_neox", "starcoder2")

    @property
    def products(self):
        """(n, k) of a layer's products, in vidur's order: before and behind attention, into and out of the feed-forward block."""
        return [((self.heads + 2 * self.kv_heads) * self.width, self.hidden), (self.hidden, self.heads * self.width),
                ((2 if self.gated else 1) * self.inner, self.hidden), (self.hidden, self.inner)]

    @property
    def head(self):
        return self.vocabulary, self.hidden


# --- Files -----------------------------------------------------------------------------------------------------------------

def rows_of(path, needed):
    """The rows of a CSV file that has some columns."""
    with open(path, newline="", encoding="utf-8") as source:
        reader = csv.DictReader(source)
        missing = [column for column in needed if column not in (reader.fieldnames or [])]
        if missing:
            raise SystemExit(f"{path}: has no column {missing[0]}; it has {', '.join(reader.fieldnames or ['nothing'])}")
        return list(reader)


def write_rows(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def number(row, column, path):
    try:
        return float(row[column])
    except ValueError:
        raise SystemExit(f"{path}: {column} must be a number (it is '{row[column]}')")


def text(value):
    """A number as short as it can be without losing what is measured; blank for nothing."""
    return "" if value is None else f"{value:.12g}"


def say(words):
    print(words, file=sys.stderr)


def read_steps(path):
    steps = []
    for row in rows_of(path, COLUMNS):
        latency = number(row, "latency_us", path) if row["latency_us"] else None
        steps.append(Step(row["decoder"], row["accelerator"], row["engine"], row["phase"], int(number(row, "batch", path)),
                          int(number(row, "context", path)), latency, number(row, "device_busy_us", path)))
        if steps[-1].phase not in ("prefill", "decode"):
            raise SystemExit(f"{path}: phase must be prefill or decode (it is '{row['phase']}')")
    if not steps:
        raise SystemExit(f"{path}: has no step; a line below the header is one")
    return steps


def write_steps(steps, target):
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for step in steps:
        writer.writerow([*step[:6], text(step.latency_us), text(step.device_busy_us)])


def from_sweep(paths):
    """Steps of what `simulate sweep --engine` has written: over context, or over prompt."""
    steps = []
    for path in paths:
        for row in rows_of(path, ["decoder", "accelerator", "engine", "phase", "batch", "latency_us", "device_busy_us"]):
            length = row.get("context") or row.get("prompt")
            if not length:
                raise SystemExit(f"{path}: has neither context nor prompt; --over context=..., or prompt=..., makes the column")
            steps.append(Step(row["decoder"], row["accelerator"], row["engine"], row["phase"], int(row["batch"]), int(length),
                              number(row, "latency_us", path), number(row, "device_busy_us", path)))
    return steps


# --- Looking up ------------------------------------------------------------------------------------------------------------

def looked_up(tree, keys):
    """What a tree of dictionaries has for some numbers, linearly between its neighbors; None outside of them."""
    if not keys:
        return tree
    key, rest = keys[0], keys[1:]
    if key in tree:
        return looked_up(tree[key], rest)
    below, above = [k for k in tree if k < key], [k for k in tree if k > key]
    if not below or not above:
        return None
    low, high = max(below), min(above)
    first, last = looked_up(tree[low], rest), looked_up(tree[high], rest)
    return None if first is None or last is None else first + (last - first) * (key - low) / (high - low)


def held(table, key):
    """The same with the ends' values outside, as a regression forest gives them."""
    return looked_up(table, [min(max(key, min(table)), max(table))])


# --- vidur -----------------------------------------------------------------------------------------------------------------

def from_vidur(decoder, mlp, attention, host=None, accelerator="", engine="vidur", block_size=None, model=None):
    """Steps of vidur's tables, and how many rows of attention are no steps."""
    layer = vidur_layers(decoder, mlp)
    overheads = vidur_overheads(host, model) if host else None
    steps, chunks, outside = {}, 0, 0
    for row in vidur_attention(decoder, attention, block_size):
        batch, chunk, cached = (int(float(row[key])) for key in ("batch_size", "prefill_chunk_size", "kv_cache_size"))
        if chunk and (cached or batch != 1):
            chunks += 1
            continue
        phase, tokens, context = ("prefill", chunk, chunk) if chunk else ("decode", batch, cached + 1)
        compute = looked_up(layer, [tokens])
        if compute is None:
            outside += 1
            continue
        time = number(row, f"time_stats.attn_{phase}.median", attention)
        saved = float(row.get("time_stats.attn_kv_cache_save.median") or 0)
        device = decoder.layers * (compute + time + saved) * 1e3
        steps.setdefault((phase, batch, context), []).append(device)
    made = []
    for (phase, batch, context), times in sorted(steps.items(), key=lambda item: (item[0][0] != "prefill", item[0])):
        device = statistics.median(times)
        latency = device + held(overheads, batch) * 1e3 if overheads else None
        made.append(Step(decoder.name, accelerator, engine, phase, batch, context, latency, device))
    if chunks or outside:
        say(f"{attention}: left out {chunks} chunks of prompts and {outside} rows of tokens that {mlp} does not reach")
    return made


def vidur_layers(decoder, path):
    """Milliseconds of a layer beside its attention, by tokens."""
    names = [f"time_stats.{name}.median" for name in VIDUR_PRODUCTS]
    sizes = {"n_head": decoder.heads, "n_kv_head": decoder.kv_heads, "n_embd": decoder.hidden,
             "n_expanded_embd": decoder.inner, "num_tensor_parallel_workers": 1}
    times = collections.defaultdict(list)
    for row in rows_of(path, [*names, *sizes, "num_tokens"]):
        if all(float(row[key]) == value for key, value in sizes.items()):
            others = sum(float(row.get(f"time_stats.{name}.median") or 0) for name in VIDUR_OTHERS)
            times[int(row["num_tokens"])].append(sum(number(row, name, path) for name in names) + others)
    if not times:
        raise SystemExit(f"{path}: has no row of {decoder.name}'s sizes on one device: {sizes}")
    return {tokens: statistics.median(values) for tokens, values in times.items()}


def vidur_attention(decoder, path, block_size):
    sizes = {"n_embd": decoder.hidden, "n_q_head": decoder.heads, "n_kv_head": decoder.kv_heads, "num_tensor_parallel_workers": 1}
    if block_size:
        sizes["block_size"] = block_size
    needed = [*sizes, "batch_size", "prefill_chunk_size", "kv_cache_size", "time_stats.attn_decode.median",
              "time_stats.attn_prefill.median"]
    rows = [row for row in rows_of(path, needed) if all(float(row[key]) == value for key, value in sizes.items())]
    if not rows:
        raise SystemExit(f"{path}: has no row of {decoder.name}'s sizes on one device: {sizes}")
    return rows


def vidur_overheads(path, model):
    """Milliseconds of the host, by requests. Column names were in capitals once, and the medians of Ray's time means."""
    times = {}
    for row in rows_of(path, ["model_name", "batch_size", "tensor_parallel_degree"]):
        row = {key.lower(): value for key, value in row.items()}
        if row["tensor_parallel_degree"] == "1" and row["model_name"] == (model or row["model_name"]):
            values = [row.get(f"{name}_median") or row.get(f"{name}_mean") or 0 for name in VIDUR_HOST]
            if int(row["batch_size"]) in times:
                raise SystemExit(f"{path}: has several rows of batch size {row['batch_size']}; --model NAME chooses one model's")
            times[int(row["batch_size"])] = sum(float(value) for value in values)
    if not times:
        raise SystemExit(f"{path}: has no row{' of ' + model if model else ''} on one device")
    return times


def to_vidur(steps, decoder, folder, model):
    """Writes mlp.csv, attention.csv and cpu_overheads.csv."""
    many = sum(step.phase == "prefill" and step.batch > 1 for step in steps)
    if many:
        say(f"left out {many} steps over several prompts, which vidur has none of")
    steps = [step for step in steps if step.phase == "decode" or step.batch == 1]
    shared, rest = split(steps, lambda step: step.device_busy_us)
    weights = [n * k for n, k in decoder.products]
    sizes = {"n_kv_head": decoder.kv_heads, "n_embd": decoder.hidden, "num_tensor_parallel_workers": 1}

    def spread(name, milliseconds):
        return {f"time_stats.{name}.{statistic}": text(0 if statistic == "std" else milliseconds) for statistic in STATISTICS}

    compute = []
    for tokens, us in sorted(shared.items()):
        row = {"n_head": decoder.heads, "n_expanded_embd": decoder.inner, "vocab_size": decoder.vocabulary,
               "use_gated_mlp": decoder.gated, "num_tokens": tokens, **sizes}
        for name, weight in zip(VIDUR_PRODUCTS, weights):
            row.update(spread(name, us / 1e3 / decoder.layers * weight / sum(weights)))
        for name in VIDUR_OTHERS:
            row.update(spread(name, 0))
        compute.append(row)
    attention = []
    for step, us in zip(steps, rest):
        is_prefill = step.phase == "prefill"
        row = {"n_q_head": decoder.heads, "block_size": 16, "max_model_len": max(other.context for other in steps),
               "batch_size": step.batch, "prefill_chunk_size": step.context if is_prefill else 0,
               "kv_cache_size": 0 if is_prefill else step.context - 1, "is_prefill": is_prefill, "attention_backend": "simulated",
               **sizes, **spread("attn_kv_cache_save", 0)}
        for phase in ("prefill", "decode"):
            times = spread(f"attn_{phase}", us / 1e3 / decoder.layers)
            row.update(times if phase == step.phase else dict.fromkeys(times, ""))
        attention.append(row)
    write_rows(folder / "mlp.csv", list(compute[0]), compute)
    write_rows(folder / "attention.csv", list(attention[0]), attention)
    hosts = collections.defaultdict(list)
    for step in steps:
        if step.phase == "decode" and step.latency_us is not None:
            hosts[step.batch].append(step.latency_us - step.device_busy_us)
    if hosts:
        rows = [{"model_name": model or decoder.name, "batch_size": batch, "tensor_parallel_degree": 1,
                 **{f"{name}_median": 0 for name in VIDUR_HOST[1:-1]}, "ray_comm_time_mean": 0,
                 "schedule_median": text(statistics.mean(values) / 1e3)} for batch, values in sorted(hosts.items())]
        write_rows(folder / "cpu_overheads.csv", list(rows[0]), rows)


def split(steps, time):
    """What all steps of as many tokens have in common, by tokens, and what each has beside it, in order.

    The common part is the least of their times; of steps over next tokens that with a context of 0, on a line through the two
    shortest. So no part is negative, and the two add up to the step.
    """
    decode = collections.defaultdict(dict)
    shared = {}
    for step in steps:
        if step.phase == "decode":
            decode[step.batch][step.context] = time(step)
    for batch, times in decode.items():
        (first, low), *others = sorted(times.items())
        at_none = low - first * (others[0][1] - low) / (others[0][0] - first) if others else low
        shared[batch] = max(0, min(at_none, *times.values()))
    for step in steps:
        if step.phase == "prefill":
            tokens = step.batch * step.context
            shared[tokens] = min(shared.get(tokens, time(step)), time(step))
    return shared, [time(step) - shared[step.batch * (step.context if step.phase == "prefill" else 1)] for step in steps]


# --- aiconfigurator ----------------------------------------------------------------------------------------------------------

def from_aiconfigurator(decoder, gemm, context, generation, accelerator="", engine="aiconfigurator", dtype="bfloat16", source=None):
    """Steps of aiconfigurator's tables."""
    products = aic_products(gemm, dtype, source)
    if looked_up(products, [decoder.head[1], decoder.head[0]]) is None:
        say(f"{gemm}: has no product of the head, {decoder.head[0]} x {decoder.head[1]}, which is left out")
    steps, outside = {}, 0
    for path, phase in ((context, "prefill"), (generation, "decode")):
        for row in aic_attention(path, decoder, dtype, source) if path else []:
            batch, length = int(row["batch_size"]), int(row["isl"])
            length += int(row.get("step") or 0) if phase == "decode" else 0
            tokens = batch * length if phase == "prefill" else batch
            layer = [looked_up(products, [k, n, tokens]) for n, k in decoder.products]
            if None in layer:
                outside += 1
                continue
            head = looked_up(products, [decoder.head[1], decoder.head[0], batch]) or 0
            device = (decoder.layers * (sum(layer) + number(row, "latency", path)) + head) * 1e3
            # Of several rows of one step the first counts, as aiconfigurator's own reader has it.
            steps.setdefault((phase, batch, length), device)
    if outside:
        say(f"left out {outside} steps whose products {gemm} does not reach")
    return [Step(decoder.name, accelerator, engine, *key, None, device)
            for key, device in sorted(steps.items(), key=lambda item: (item[0][0] != "prefill", item[0]))]


def aic_products(path, dtype, source):
    """Milliseconds of products by k, n and m."""
    tree = {}
    for row in rows_of(path, ["gemm_dtype", "m", "n", "k", "latency"]):
        if row["gemm_dtype"] == dtype and source in (None, row.get("kernel_source")):
            tree.setdefault(int(row["k"]), {}).setdefault(int(row["n"]), {}).setdefault(int(row["m"]), number(row, "latency", path))
    if not tree:
        raise SystemExit(f"{path}: has no product of {dtype}{' by ' + source if source else ''}")
    return tree


def aic_attention(path, decoder, dtype, source):
    sizes = {"num_heads": decoder.heads, "num_key_value_heads": decoder.kv_heads, "head_dim": decoder.width, "beam_width": 1,
             "window_size": 0}
    needed = ["batch_size", "isl", "num_heads", "num_key_value_heads", "attn_dtype", "kv_cache_dtype", "latency"]
    rows = [row for row in rows_of(path, needed)
            if all(int(row.get(key) or value) == value for key, value in sizes.items())
            and row["attn_dtype"] == row["kv_cache_dtype"] == dtype and source in (None, row.get("kernel_source"))]
    if not rows:
        raise SystemExit(f"{path}: has no row of {decoder.heads} and {decoder.kv_heads} heads of width {decoder.width} in {dtype}")
    return rows


def to_aiconfigurator(steps, decoder, folder, dtype="bfloat16", takes_device=False):
    """Writes gemm_perf.txt, context_attention_perf.txt and generation_attention_perf.txt."""
    def whole(step):
        if takes_device or step.latency_us is None:
            return step.device_busy_us
        return step.latency_us

    layer = sum(n * k for n, k in decoder.products)
    in_head = decoder.head[0] * decoder.head[1] / (decoder.layers * layer + decoder.head[0] * decoder.head[1])
    common, _ = split([step for step in steps if step.phase == "decode"], whole)
    heads = {batch: us * in_head for batch, us in common.items()}
    # What a reader finds for a number of requests that has no row of its own: between those that have one.
    shared, rest = split(steps, lambda step: max(0, whole(step) - (looked_up(heads, [step.batch]) or 0)))
    about = {"framework": steps[0].engine, "version": "simulated", "device": steps[0].accelerator, "kernel_source": "simulated"}
    products = [{**about, "op_name": "gemm", "gemm_dtype": dtype, "m": tokens, "n": n, "k": k,
                 "latency": text(us / 1e3 / decoder.layers * n * k / layer)}
                for tokens, us in sorted(shared.items()) for n, k in decoder.products]
    products += [{**about, "op_name": "gemm", "gemm_dtype": dtype, "m": batch, "n": decoder.head[0], "k": decoder.head[1],
                  "latency": text(us / 1e3)} for batch, us in sorted(heads.items())]
    write_rows(folder / "gemm_perf.txt", AIC_GEMM, products)
    for phase, name in (("prefill", "context_attention"), ("decode", "generation_attention")):
        rows = [{**about, "op_name": name, "batch_size": step.batch, "isl": step.context if phase == "prefill" else 1,
                 "num_heads": decoder.heads, "num_key_value_heads": decoder.kv_heads, "head_dim": decoder.width, "beam_width": 1,
                 "attn_dtype": dtype, "kv_cache_dtype": dtype, "step": 0 if phase == "prefill" else step.context - 1,
                 "latency": text(us / 1e3 / decoder.layers)} for step, us in zip(steps, rest) if step.phase == phase]
        if rows:
            write_rows(folder / f"{name}_perf.txt", AIC_ATTENTION, rows)


# --- The command line ----------------------------------------------------------------------------------------------------------

def parser():
    main = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = main.add_subparsers(dest="command", required=True)
    command = commands.add_parser("from-sweep")
    command.add_argument("sweeps", nargs="+")
    for name in ("from-vidur", "from-aiconfigurator"):
        command = commands.add_parser(name)
        command.add_argument("--decoder", required=True)
        command.add_argument("--accelerator", required=True)
        command.add_argument("--engine", default=name[5:])
        if name == "from-vidur":
            command.add_argument("--mlp", required=True)
            command.add_argument("--attention", required=True)
            command.add_argument("--host", help="cpu_overheads.csv")
            command.add_argument("--model", help="the model_name of the host's rows")
            command.add_argument("--block-size", type=int)
        else:
            command.add_argument("--gemm", required=True)
            command.add_argument("--context")
            command.add_argument("--generation")
            command.add_argument("--dtype", default="bfloat16")
            command.add_argument("--kernel-source")
    for name in ("to-vidur", "to-aiconfigurator"):
        command = commands.add_parser(name)
        command.add_argument("steps")
        command.add_argument("--decoder", required=True)
        command.add_argument("--output", required=True, help="a folder, made if it is not there")
        if name == "to-vidur":
            command.add_argument("--model", help="the model_name of the host's rows; the decoder's name if left out")
        else:
            command.add_argument("--dtype", default="bfloat16")
            command.add_argument("--time", choices=["latency", "device"], default="latency")
    return main


def main(arguments=None):
    options = parser().parse_args(arguments)
    if options.command == "from-sweep":
        return write_steps(from_sweep(options.sweeps), sys.stdout)
    decoder = Decoder(options.decoder)
    if options.command == "from-vidur":
        steps = from_vidur(decoder, options.mlp, options.attention, options.host, options.accelerator, options.engine,
                           options.block_size, options.model)
        return write_steps(steps, sys.stdout)
    if options.command == "from-aiconfigurator":
        steps = from_aiconfigurator(decoder, options.gemm, options.context, options.generation, options.accelerator, options.engine,
                                    options.dtype, options.kernel_source)
        return write_steps(steps, sys.stdout)
    steps = read_steps(options.steps)
    several = {step[:3] for step in steps}
    if len(several) > 1:
        raise SystemExit(f"{options.steps}: has steps of {len(several)} systems; their tables are of one")
    folder = pathlib.Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    if options.command == "to-vidur":
        return to_vidur(steps, decoder, folder, options.model)
    return to_aiconfigurator(steps, decoder, folder, options.dtype, options.time == "device")


if __name__ == "__main__":
    main()
