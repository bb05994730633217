"""Runs the simulator from Python: dictionaries and tables instead of text.

One file, for Python 3.9 or later and the standard library; tables are pandas frames where pandas is installed, and lists of
dictionaries where it is not. Copy it beside your notebook, or put this folder on the path.

    import frameworktax

    frameworktax.run("bert-base", "h200", batch=4)["framework_tax_fraction"]
    frameworktax.sweep("bert-base", over={"accelerator": ["h200", "b200"], "batch": [1, 8, 64]})
    frameworktax.generate("llama-3.1-8b", "h200", engine="vllm", prompt=1024, tokens=256)["tokens_per_second"]
    frameworktax.profiles("accelerators")

The program is the one that `Simulator(binary)` is given, or that the environment variable SIMULATE names, or the `simulate`
on the PATH. Options of the command line are keywords, with `_` for `-`:

    value                       becomes
    batch=4                     --batch 4
    synchronized=True           --synchronized          (False and None: nothing)
    set={"host.cores": 8}       --set host.cores=8      (once for each item)
    over={"batch": [1, 8]}      --over batch=1,8        (once for each item)
    limit=["ttft_ms=200"]       --limit ttft_ms=200     (once for each)

Keys and units of the results are those of `simulate ... --format json`; docs/commands.md tells them.
"""

import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import warnings

try:
    import pandas
except ImportError:
    pandas = None


class SimulateError(Exception):
    """What the program says is wrong. `status` is its exit status, `command` what was run."""

    def __init__(self, message, status=None, command=()):
        super().__init__(message)
        self.status = status
        self.command = list(command)


class SimulateWarning(UserWarning):
    """What the program warns of, beside an answer."""


class Simulator:
    """The program at a path; tables as pandas frames where `frames` (by default, where pandas is installed)."""

    def __init__(self, binary=None, frames=None):
        self.binary = str(find_binary(binary))
        self.frames = pandas is not None if frames is None else frames
        if self.frames and pandas is None:
            raise SimulateError("pandas is not installed; without `frames` tables are lists of dictionaries")

    def run(self, workload, accelerator, **options):
        """One pass of a workload on a system, as a dictionary."""
        return self.json("run", workload, accelerator, **options)

    def generate(self, decoder, accelerator, **options):
        """A language model that generates, as a dictionary."""
        return self.json("generate", decoder, accelerator, **options)

    def serve(self, decoder, accelerator, **options):
        """Requests that arrive at a served language model, as a dictionary."""
        return self.json("serve", decoder, accelerator, **options)

    def trace(self, recording, **options):
        """A recording of a real run, replayed, as a dictionary."""
        return self.json("trace", str(recording), **options)

    def roofline(self, workload, accelerator, **options):
        """Every kernel of a workload beside the roofline, as a table."""
        return self.table("roofline", workload, accelerator, **options)

    def sweep(self, workload, accelerator=None, *, over, **options):
        """Every combination of the values in `over`, as a table.

        What all rows have in common (the workload, and each option that is a number or a text) is a column too, so
        that tables of several sweeps can stand one below the other.
        """
        given = [workload] if accelerator is None else [workload, accelerator]
        constants = {"workload": workload, "accelerator": accelerator, **options}
        common = {
            name: value
            for name, value in constants.items()
            if isinstance(value, (int, float, str)) and not isinstance(value, bool) and name not in over
        }
        rows = self.rows("sweep", *given, over=over, **options)
        return self.framed([{**common, **row} for row in rows])

    def profiles(self, kind, **options):
        """What the catalog has of a kind ("accelerators", "workloads", "decoders", ...), as a table."""
        return self.table("profiles", "list", kind, **options)

    def json(self, *arguments, **options):
        """The answer of a command, as a dictionary."""
        return json.loads(self.text(*arguments, format="json", **options))

    def table(self, *arguments, **options):
        """The answer of a command whose CSV is a table."""
        return self.framed(self.rows(*arguments, **options))

    def rows(self, *arguments, **options):
        """The answer of a command as a list of dictionaries; an empty cell is None."""
        text = self.text(*arguments, format="csv", **options)
        return [{key: parsed(cell) for key, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]

    def framed(self, rows):
        """Rows as this simulator gives tables."""
        return pandas.DataFrame(rows) if self.frames else rows

    def text(self, *arguments, **options):
        """What a command prints; SimulateError with its own words where it refuses."""
        command = [self.binary, *map(str, arguments), *command_options(options)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL)
        except OSError as error:
            raise SimulateError(f"{self.binary} does not start: {error.strerror}", command=command) from error
        messages = done.stderr.strip()
        if done.returncode != 0:
            message = messages or f"{command[0]} ended with status {done.returncode} and said nothing"
            raise SimulateError(message.removeprefix("error: "), done.returncode, command)
        for line in messages.splitlines():
            warnings.warn(line.removeprefix("warning: "), SimulateWarning, stacklevel=levels_outside())
        return done.stdout


def levels_outside():
    """How many calls above its own a warning belongs: to the first line that is not of this file."""
    frame, levels = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame, levels = frame.f_back, levels + 1
    return levels


def find_binary(binary=None):
    """The program: as given, or as SIMULATE says, or from the PATH."""
    named = binary or os.environ.get("SIMULATE")
    if named:
        found = shutil.which(str(pathlib.Path(named).expanduser()))
        if found is None:
            whose = "" if binary else " (the environment variable SIMULATE)"
            raise SimulateError(f"no program at {named}{whose}")
        return found
    found = shutil.which("simulate")
    if found is None:
        raise SimulateError(
            "no `simulate` on the PATH: install it (./install.sh PREFIX), name it in the environment variable SIMULATE, "
            "or use frameworktax.Simulator(PATH)"
        )
    return found


def command_options(options):
    """Keywords as options of the command line."""
    words = []
    for name, value in options.items():
        flag = "--" + name.strip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            words.append(flag)
        elif isinstance(value, dict):
            for key, item in value.items():
                words += [flag, f"{key}={joined(item)}"]
        elif isinstance(value, (list, tuple, range)):
            for item in value:
                words += [flag, str(item)]
        else:
            words += [flag, str(value)]
    return words


def joined(value):
    """The values of an axis as the command line has them: `1,8,64`."""
    return str(value) if isinstance(value, (str, int, float)) else ",".join(map(str, value))


def parsed(cell):
    """A cell of a CSV as the number, truth or text that it is."""
    if cell is None or cell == "":
        return None
    if cell in ("true", "false"):
        return cell == "true"
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def run(workload, accelerator, **options):
    """`Simulator().run`."""
    return Simulator().run(workload, accelerator, **options)


def generate(decoder, accelerator, **options):
    """`Simulator().generate`."""
    return Simulator().generate(decoder, accelerator, **options)


def serve(decoder, accelerator, **options):
    """`Simulator().serve`."""
    return Simulator().serve(decoder, accelerator, **options)


def trace(recording, **options):
    """`Simulator().trace`."""
    return Simulator().trace(recording, **options)


def roofline(workload, accelerator, **options):
    """`Simulator().roofline`."""
    return Simulator().roofline(workload, accelerator, **options)


def sweep(workload, accelerator=None, *, over, **options):
    """`Simulator().sweep`."""
    return Simulator().sweep(workload, accelerator, over=over, **options)


def profiles(kind, **options):
    """`Simulator().profiles`."""
    return Simulator().profiles(kind, **options)
