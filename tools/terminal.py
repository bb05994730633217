#!/usr/bin/env python3
"""Looks at every command that prints a table on terminals of five widths, in three locales, and where there is no terminal.

    tools/terminal.py check --simulate .build/release/simulate
    tools/terminal.py check --short      what takes more than a second at the narrowest width alone, and not at all what takes ten
    tools/terminal.py record             writes what `check` compares to
    tools/terminal.py show 60 "study frameworks" --simulate .build/release/simulate

What is held: no line is wider than the terminal, but for a single word; every number stands there as without a terminal, and none is
lost unless its column is named as left out; ASCII in a locale without UTF-8, in the same places; the same in every other locale; and
nothing cut in a pipe. And each looks as it did when it was looked at: Tests/Terminal/commands has the form of each, every digit a 9,
since what the numbers are is held elsewhere: in full at 60 and 100 columns, at other widths and in plain ASCII by a sum. The tests hold the quick ones of these commands (Tests/SimulateTests/TerminalTests.swift), and this holds all.
Requirements: Python 3.9 on a system with pseudo-terminals, and nothing else.
"""
import argparse
import concurrent.futures
import fcntl
import hashlib
import os
import pathlib
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTHS = (60, 80, 100, 140, 200)
LOCALES = ("C.UTF-8", "C", "de_DE.UTF-8")
FORMS = ROOT / "Tests" / "Terminal" / "commands"
# The widths whose form is kept in full, and how many lines of it.
SHOWN, MOST_LINES = (60, 100), 120
COMMANDS = [""] + """
run bert-base h100-sxm --sensitivity
run bert-base h100-sxm --jitter 50
run bert-base none
run bert-base,resnet50 h200,b200,none --framework pytorch-eager-2,cuda-graph --batch 1,8 --sort latency
generate llama-3.1-8b h100-sxm
generate llama-3.1-8b h100-sxm,mi300x --engine vllm,huggingface,sglang --batch 1,8 --baseline mi300x
serve gpt2 h100-sxm --rate 5 --duration-s 2
serve gpt2 h100-sxm --rate 5,10 --host intel-xeon-platinum-8480c,nvidia-grace --duration-s 2 --limit ttft_ms=100
serve gpt2 h100-sxm --rate 50 --duration-s 2 --limit ttft_ms=100 --vary host
serve gpt2 h100-sxm --capacity --limit ttft_ms=100 --duration-s 2
sweep bert-base --batch 4 --over accelerator=h200,b200 --over framework=pytorch-eager-2,cuda-graph --over host.cores=4,8
sweep bert-base t4 --over batch=1,2 --format summary
sweep gpt2 h100-sxm --engine vllm --over batch=1,2 --over context=128,1024
project bert-base h100-sxm --year 2029 --samples 50
project bert-base h100-sxm --scale peak=2
project bert-base h100-sxm --against a100-sxm4-80gb
project bert-base h100-sxm --target latency_us=900
project --hindcast
study frameworks
study model-design
study platforms
study tax
study hosts
roofline bert-base h100-sxm,b200
roofline --check docs/examples/claims.csv
validate docs/examples/latency.csv --fit host
validate docs/examples/kernels.csv --kernels
calibrate docs/examples/latency.csv
calibrate --trace docs/examples/trace.json
trace docs/examples/trace.json
trace docs/examples/trace.json --host-speed 2
trace docs/examples/trace.json --operators --layers --idle --steps
trace docs/examples/trace.json --against docs/examples/trace.json
profiles list
profiles show h100-sxm
profiles fields
--help
run --help
serve --help
sweep -h
trace --help
""".strip("\n").split("\n")

# What no command writes.
LAST = b"\0"

LONG = ["study hosts", "study tax"]


def run(simulate, line, width=None, locale="C.UTF-8"):
    """What the command writes to a terminal of a width, or to a pipe, without what styles it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SIMULATE") and key != "NO_COLOR"}
    environment |= {"LC_ALL": locale, "TERM": "xterm", "COLUMNS": "40"}
    command = [simulate] + shlex.split(line)
    options = {"cwd": ROOT, "env": environment, "stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if width is None:
        return subprocess.run(command, stdout=subprocess.PIPE, check=False, **options).stdout.decode()
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    process = subprocess.Popen(command, stdout=slave, **options)

    def end():
        process.wait()
        os.write(slave, LAST)

    # Not until nobody writes any more: a terminal whose writer closes it between Linux's look for more and its look for writers
    # (n_tty_read) loses what was written last. So its other end stays open here, and what ends the text is written by us.
    ending = threading.Thread(target=end)
    ending.start()
    text = b""
    while not text.endswith(LAST):
        text += os.read(master, 1 << 16)
    ending.join()
    os.close(slave)
    os.close(master)
    return re.sub(r"\x1b\[[0-9;]*m", "", text[:-1].decode()).replace("\r", "")


def numbers(text):
    """All words that have a digit."""
    return {word for word in re.split(r"[ \n()\[\],;:]+", text) if re.search(r"\d", word)}


def form(text):
    """A text with a 9 for every digit."""
    return re.sub(r"[0-9]", "9", text)


def file_of(line):
    """Where the form of a command is kept."""
    return FORMS / ((re.sub(r"[^a-z0-9]+", "-", line.lower()).strip("-") or "simulate")[:80] + ".txt")


def kept(text, name, is_shown):
    """What is kept of a form: its sum, and where it is shown the first lines of it."""
    lines = text.split("\n")
    head = f"=== {name}: {len(lines)} lines, {hashlib.sha256(text.encode()).hexdigest()[:16]}\n"
    return head + ("\n".join(lines[:MOST_LINES]) + "\n" if is_shown else "")


def changes(line, forms, is_recorded):
    """What does not look as it is kept, of what was run; or keeps it."""
    path = file_of(line)
    parts = {name: kept(text, name, name in [f"{width} columns" for width in SHOWN]) for name, text in forms.items()}
    if is_recorded:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"simulate {line}\n" + "".join(parts.values()))
        return []
    if not path.exists():
        return [f"{path.relative_to(ROOT)} is not there: record it"]
    known = dict((part.split(":")[0], "=== " + part) for part in path.read_text().split("=== ")[1:])
    return [f"{name}: not as in {path.relative_to(ROOT)}" for name, part in parts.items() if known.get(name) != part]


def faults(simulate, line, is_short, is_recorded):
    begun = time.monotonic()
    whole = run(simulate, line)
    widths, locales = (WIDTHS[:1], LOCALES[:1]) if is_short and time.monotonic() - begun > 1 else (WIDTHS, LOCALES)
    known = numbers(whole) | {"100"}  # of the heading of bars, which want room
    forms = {"a pipe": form(whole)}
    found = ["something is cut in a pipe"] if "…" in whole or "no room for: " in whole else []
    for width in widths:
        for locale in locales:
            text = run(simulate, line, width, locale)
            where = f"{width} columns, {locale}"
            if locale != LOCALES[2]:
                forms[f"{width} columns" + ("" if locale == LOCALES[0] else ", ASCII")] = form(text)
            wide = [part for part in text.split("\n") if len(part) > width and " " in part.strip()]
            found += [f"{where}: {len(part)} columns: {part}" for part in wide]
            if locale == "C":
                found += [f"{where}: not ASCII"] if not text.isascii() else []
                found += [f"{where}: not in the same places"] if [*map(len, text.split("\n"))] != [*map(len, first.split("\n"))] else []
                continue
            if locale == LOCALES[0]:
                first = text
            elif text != first:
                found.append(f"{where}: not the same as in {LOCALES[0]}")
            # What is cut ends in an ellipsis, wherever that is.
            own = {word for word in numbers(text) if "…" not in word}
            # A word that is longer than a line is broken: its parts are parts of it, and together it.
            found += [f"{where}: {word} is nowhere in a pipe" for word in own - known if word not in whole]
            if "no room for: " not in text and "…" not in text:
                joined = re.sub(r"\s", "", text)
                found += [f"{where}: {word} is lost" for word in known - own if word not in joined and word != "100"]
    return found + changes(line, forms, is_recorded)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["check", "record", "show"])
    parser.add_argument("what", nargs="*", help="for show: the width and the command line")
    parser.add_argument("--simulate", default=str(ROOT / ".build/release/simulate"))
    parser.add_argument("--only", default="", help="commands that contain a text")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    simulate = str(pathlib.Path(options.simulate).resolve())
    if options.action == "show":
        if len(options.what) != 2:
            parser.error("show needs a width and a command line")
        print(run(simulate, options.what[1], int(options.what[0])), end="")
        return 0
    lines = [line for line in COMMANDS if options.only in line and not (options.short and line in LONG)]
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for line, found in zip(lines, pool.map(lambda line: faults(simulate, line, options.short, options.action == "record"), lines)):
            wrong += bool(found)
            for fault in found[:5]:
                print(f"simulate {line}: {fault}")
    print(f"{len(lines)} commands at {len(WIDTHS)} widths in {len(LOCALES)} locales, {wrong} of them wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
