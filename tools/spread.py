#!/usr/bin/env python3
"""Spreads a sweep, or a study of `simulate serve` or `generate`, over Dask workers and gathers the rows into one Parquet file.

    tools/spread.py --output rows.parquet -- sweep bert-base --over 'accelerator=nvidia-*' --over batch=1..64
    tools/spread.py --output rates.parquet --each rate=1,2,4,8 --each accelerator=h100-sxm,b200 -- \\
        serve llama-3.1-8b '{accelerator}' --rate '{rate}' --duration-s 60
    tools/spread.py --scheduler tcp://head:8786 --parts 64 --output rows.parquet -- sweep ...

A sweep is cut by its own `--shard K/N`, into --parts parts, whose rows concatenate to those of one process. Anything else is one
run for each combination of the values of --each, put where `{NAME}` stands; the first --each varies slowest, and its value is a
column of the rows. Without --scheduler there are --workers processes on this machine.

A worker that is lost costs the parts it was at work on, which others take; a part is given up once four workers have died at
it. Parts are kept in OUTPUT.parts as they come: where this script itself is stopped, the same command goes on from there.
The rows are in the order of the plan whatever came first.

Each worker needs the program: --simulate (by default the environment variable SIMULATE, else `simulate` on the PATH), a path that
is the same on all of them. What it warns of is said once, on standard error. Exit status: 0 done, 2 the program refused its
input, 1 a part was given up, 64 the command line is wrong.

Requirements: Python 3.9; pip install "dask[distributed]" pyarrow, the same versions on every machine.
"""

import argparse
import hashlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys

try:
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet
except ImportError:
    pyarrow = None
try:
    import distributed
except ImportError:
    distributed = None

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Refused(Exception):
    """What the program says is wrong with its command line or its input."""


def part_commands(arguments, parts, each):
    """The command line of each part, with the values that --each gives it."""
    if each:
        names = [name for name, _ in each]
        combinations = itertools.product(*(values for _, values in each))
        return [(filled(arguments, dict(zip(names, combination))), dict(zip(names, map(number, combination))))
                for combination in combinations]
    return [([*arguments, "--shard", f"{number}/{parts}"], {}) for number in range(1, parts + 1)]


def filled(arguments, values):
    """Arguments with a value in place of each {NAME}."""
    for name, value in values.items():
        arguments = [argument.replace("{" + name + "}", value) for argument in arguments]
    return arguments


def run_part(program, arguments):
    """Runs one part and returns what it prints and what it warns of: this is what a worker does."""
    done = subprocess.run([program, *arguments, "--format", "csv"], stdin=subprocess.DEVNULL, capture_output=True)
    errors = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        # No use in trying again: the same input is refused anywhere.
        return None, errors.strip() or f"ended with status {done.returncode}"
    return done.stdout, errors


def read_rows(text, names, types):
    """A table of the rows that a part has printed; `names` where it has no header."""
    return pyarrow.csv.read_csv(
        pyarrow.BufferReader(text), read_options=pyarrow.csv.ReadOptions(column_names=names),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True))


# What ends in a unit, or is a number of a profile by its path, has decimals in one study and none in the next.
UNITS = ("_us", "_ms", "_s", "_j", "_w", "_gb", "_fraction", "_per_s", "ratio")


def column_type(name, found):
    """The one type of a column that looks like these in several parts; one that is empty in all of them may hold numbers."""
    found = {kind for kind in found if not pyarrow.types.is_null(kind)}
    if len(found) == 1 and not (pyarrow.types.is_integer(next(iter(found))) and (name.endswith(UNITS) or "." in name)):
        return next(iter(found))
    is_number = all(pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind) for kind in found)
    return pyarrow.float64() if is_number else pyarrow.string()


class Rows:
    """The rows of a study, part by part."""

    def __init__(self, texts, each):
        """`texts` calls for a part's text; what each part has of --each is in `each`, a dictionary for each part."""
        self.texts, self.each = texts, each
        self.names = []
        found = {}
        for number in range(len(each)):
            for field in self.table(number).schema:
                found.setdefault(field.name, set()).add(field.type)
        self.schema = pyarrow.schema([(name, column_type(name, found.get(name, set()))) for name in self.columns])

    schema = None

    def table(self, number):
        """The rows of a part: of the types of all parts, once they are known."""
        text = self.texts(number)
        if not self.names and text:
            self.names = text.split(b"\n", 1)[0].decode().strip().split(",")
            self.columns = [name for name in self.each[number] if name not in self.names] + self.names
        # Only the first part of a sweep has a header, and every part of another study.
        has_header = number == 0 or bool(self.each[number])
        if not text:
            return (self.schema or pyarrow.schema([])).empty_table()
        types = {field.name: field.type for field in self.schema or []}
        table = read_rows(text, None if has_header else self.names, types)
        for name in [name for name in self.columns if name not in self.names][::-1]:
            table = table.add_column(0, name, [pyarrow.array([self.each[number][name]] * table.num_rows, types.get(name))])
        return table.cast(self.schema) if self.schema is not None else table


class Parts:
    """The folder in which the parts are kept that are done, each as a file that is there whole or not at all."""

    def __init__(self, folder, commands):
        self.folder = folder
        text = json.dumps([command for command, _ in commands])
        mark = folder / ("command-" + hashlib.sha256(text.encode()).hexdigest()[:16])
        if folder.exists() and not mark.exists():
            raise Refused(f"{folder} has parts of another study; remove it, or choose another --output")
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(text)

    def path(self, number):
        return self.folder / f"part-{number:06d}.csv"

    def missing(self, count):
        return [number for number in range(count) if not self.path(number).exists()]

    def keep(self, number, text):
        new = self.path(number).with_suffix(".new")
        new.write_bytes(text)
        os.replace(new, self.path(number))


def gather(parts, commands, output):
    """Writes the rows of all parts into one Parquet file, part by part."""
    rows = Rows(lambda number: parts.path(number).read_bytes(), [values for _, values in commands])
    new = output.with_name(output.name + ".new")
    count = 0
    with pyarrow.parquet.ParquetWriter(new, rows.schema) as writer:
        for number in range(len(commands)):
            table = rows.table(number)
            writer.write_table(table)
            count += table.num_rows
    os.replace(new, output)
    return count


def spread(client, program, commands, parts, say):
    """Has every missing part done by whichever worker is free, and keeps it."""
    missing = parts.missing(len(commands))
    futures = {client.submit(run_part, program, commands[number][0], pure=False): number for number in missing}
    said = set()
    done = len(commands) - len(missing)
    for future in distributed.as_completed(list(futures)):
        number = futures.pop(future)
        text, words = future.result()
        if text is None:
            client.cancel(list(futures))
            raise Refused(words)
        parts.keep(number, text)
        done += 1
        for line in words.splitlines():
            if line not in said:
                said.add(line)
                say(line)
        if sys.stderr.isatty():
            print(f"\r{done} of {len(commands)} parts", end="" if futures else "\n", file=sys.stderr, flush=True)
        # Its bytes are here: no worker needs to keep them.
        future.release()


def axis(text):
    name, equals, values = text.partition("=")
    if not name or not equals or not all(values.split(",")):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE,VALUE")
    return name, values.split(",")


def number(text):
    """A value of --each as a column has it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the Parquet file")
    parser.add_argument("--parts", type=int, help="into how many parts a sweep is cut (default: eight for each worker)")
    parser.add_argument("--each", type=axis, action="append", default=[], metavar="NAME=VALUES",
                        help="a run for each value, put where {NAME} stands")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, as tcp://head:8786")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes on this machine (default: all cores)")
    parser.add_argument("--simulate", default=os.environ.get("SIMULATE") or shutil.which("simulate"),
                        help="the program, on every worker")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- and a command of simulate")
    options = parser.parse_args(arguments)
    if options.command[:1] == ["--"]:
        options.command = options.command[1:]
    if not options.command:
        parser.error("a command of simulate is needed, as in: -- sweep bert-base --over batch=1,2")
    if not options.simulate:
        parser.error("simulate is not on the PATH; name it with --simulate or in SIMULATE")
    if options.each:
        missing = [name for name, _ in options.each if not any("{" + name + "}" in word for word in options.command)]
        if missing:
            parser.error(f"--each {missing[0]} needs a place in the command, as '{{{missing[0]}}}'")
    elif options.command[0] != "sweep" or "--engine" in options.command:
        parser.error("only a sweep of workloads is cut by itself; anything else needs --each NAME=VALUES")
    given = {"--shard", "--format", "--output", "-o", "--resume"} & set(options.command)
    if given:
        parser.error(f"{sorted(given)[0]} is this script's to give")
    if options.parts is not None and options.parts < 1 or options.workers < 1:
        parser.error("--parts and --workers are at least 1")
    return options


def main(arguments):
    options = options_of(arguments)
    if pyarrow is None or distributed is None:
        sys.exit('tools/spread.py needs pip install "dask[distributed]" pyarrow')
    program = options.simulate if options.scheduler else os.path.abspath(options.simulate)
    if options.scheduler:
        client = distributed.Client(options.scheduler)
        cluster = None
    else:
        # One part at a time for each worker, whose process is started anew where it dies.
        cluster = distributed.LocalCluster(n_workers=options.workers, threads_per_worker=1, dashboard_address=None)
        client = distributed.Client(cluster)
    say = lambda line: print(line, file=sys.stderr)
    try:
        workers = len(client.scheduler_info()["workers"]) or options.workers
        commands = part_commands(options.command, options.parts or 8 * workers, options.each)
        if not options.each and "--threads" not in options.command:
            commands = [([*command, "--threads", "1"], values) for command, values in commands]
        parts = Parts(options.output.with_name(options.output.name + ".parts"), commands)
        spread(client, program, commands, parts, say)
        count = gather(parts, commands, options.output)
        shutil.rmtree(parts.folder)
        say(f"{options.output}: {count} rows of {len(commands)} parts")
        return 0
    except Refused as refusal:
        say(str(refusal))
        return 2
    except distributed.KilledWorker as killed:
        say(f"a part was given up: {killed}; the parts that are done stay in {options.output}.parts")
        return 1
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
