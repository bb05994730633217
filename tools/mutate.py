#!/usr/bin/env python3
"""Damages whole command lines and their files, and checks what every execution of the program must keep.

    tools/mutate.py --simulate .build/release/simulate --count 5000 --seed 7
    tools/mutate.py --simulate .build/release/simulate --seed 7 --only 5305 --keep /tmp/case

A case is a command line, the files that it reads, its environment and its standard input. It is made from a seed and an
index, and the same two make the same case. No case may end by a signal or as a defect, run for more than 10 seconds, need
more than 400 MB, print a control character, a number that is negative, infinite or none where it cannot be, a result that
does not sum, or an error without its place; none may touch what it refuses. What fails is made smaller and printed.
Requirements: Python 3.9 and nothing else.
"""
import argparse
import collections
import copy
import multiprocessing
import os
import pathlib
import random
import re
import shlex
import signal
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from proof import checks, commands, execution, material, mutations  # noqa: E402

ROOT = material.ROOT
# How many executions go into making one failing case smaller, and how many of a class are made smaller.
REDUCTION_BUDGET = 40
SHOWN_PER_CLASS = 2


class Maker:
    """Makes the case of an index."""

    def __init__(self, seed, rows):
        catalog = material.Catalog()
        self.seed = seed
        self.commands = commands.Commands(catalog, rows)
        self.damage = mutations.Damage(catalog)

    def make(self, index, left_out=frozenset()):
        """Each change draws from a generator of its own, so that one can be left out and the others stay."""
        case = self.commands.make(random.Random(f"{self.seed}/{index}"))
        count = random.Random(f"{self.seed}/{index}/count").choices([0, 1, 2, 3, 5], [4, 50, 25, 15, 6])[0]
        for number in range(count):
            if number not in left_out:
                self.damage.apply(case, random.Random(f"{self.seed}/{index}/{number}"))
        mutations.tame(case)
        return case, count


def examine(runner, case):
    """The findings of an execution; a hang counts when it comes twice, since others may use the machine."""
    outcome = runner.run(case)
    if outcome.timed_out and outcome.cpu_seconds < runner.limit_seconds / 2:
        outcome = runner.run(case)
    return checks.findings(case, outcome), outcome


def is_wrong_from_the_start(maker, runner, index, changes):
    """Whether the command is refused without any damage, as an accelerator's number is on a host alone."""
    return runner.run(maker.make(index, frozenset(range(changes)))[0]).status == 2


def signature(finding, case):
    """What two findings of one class have in common: the kind, the command and the words of the message."""
    kind, detail = finding
    words = re.sub(r"'[^']*'|\"[^\"]*\"|\d+|[^\w\s:]", "", detail)[-60:] if kind in ("two-errors", "stray-line", "no-place") \
        else ""
    return kind, (case.arguments or ["headline"])[0][:20], re.sub(r"\s+", " ", words)


def reduce(runner, maker, index, case, count, kind):
    """A smaller case that fails in the same way: fewer changes, fewer arguments, fewer files."""
    budget = REDUCTION_BUDGET if kind != "hang" else 2

    def fails(candidate):
        nonlocal budget
        budget -= 1
        return any(found == kind for found, _ in examine(runner, candidate)[0])

    left_out = set()
    for number in range(count):
        if budget > 0:
            candidate, _ = maker.make(index, left_out | {number})
            if fails(candidate):
                left_out.add(number)
                case = candidate
    position = len(case.arguments) - 1
    while position > 0 and budget > 0:
        for width in (2, 1):
            candidate = copy.deepcopy(case)
            del candidate.arguments[position:position + width]
            if budget > 0 and len(candidate.arguments) < len(case.arguments) and fails(candidate):
                case = candidate
                break
        position -= 1
    for path in list(case.files):
        candidate = copy.deepcopy(case)
        del candidate.files[path]
        if budget > 0 and fails(candidate):
            case = candidate
    return case


def work(options, rows, worker, indices, findings):
    try:
        work_through(options, rows, indices, findings)
    except BaseException:
        findings.put(("broken", traceback.format_exc()))
        raise
    findings.put(("end", worker))


def work_through(options, rows, indices, findings):
    execution.prepare_limits()
    maker = Maker(options.seed, rows)
    runner = execution.Runner(options.simulate, options.temporary)
    reduced = {}
    statuses = collections.Counter()
    count = 0
    for index in indices:
        case, changes = maker.make(index)
        found, outcome = examine(runner, case)
        if any(kind == "no-place" for kind, _ in found) and is_wrong_from_the_start(maker, runner, index, changes):
            found = [finding for finding in found if finding[0] != "no-place"]
        statuses[outcome.status] += 1
        count += 1
        if count % 250 == 0:
            findings.put(("count", 250))
        for finding in found:
            key = signature(finding, case)
            reduced[key] = reduced.get(key, 0) + 1
            small = case
            if reduced[key] <= 1 and not options.no_reduction:
                small = reduce(runner, maker, index, case, changes, finding[0])
            findings.put(("finding", index, key, finding, small, outcome.seconds))
    findings.put(("count", count % 250))
    findings.put(("executions", runner.count, statuses))


def complete_rows(options):
    """The complete sweep that resumed ones are compared with."""
    rows = {}
    runner = execution.Runner(options.simulate, options.temporary, limit_seconds=60)
    for form in ("csv", "jsonl"):
        outcome = runner.run(execution.Case([*commands.RESUMED, "--output", f"r.{form}"]))
        if outcome.status != 0:
            sys.exit("the sweep that is to be resumed fails: " + outcome.err.decode(errors="replace"))
        rows[form] = outcome.after[f"r.{form}".encode()]
    return rows


def description(case):
    line = " ".join(f"{key}={shlex.quote(value)}" for key, value in case.environment.items())
    line += " simulate " + " ".join(
        shlex.quote(argument) if argument.isprintable() else "$'" + repr(argument)[1:-1] + "'" for argument in case.arguments)
    lines = [line.strip()]
    for path, content in case.files.items():
        if isinstance(content, execution.Special):
            lines.append(f"  {path}: {content.kind} {content.target}")
        else:
            shown = content if len(content) <= 400 else content[:200] + b" ... " + content[-60:]
            lines.append(f"  {path} ({len(content)} bytes): {shown.decode(errors='backslashreplace')!r}")
    return "\n  ".join(lines) + "".join(f"\n    changed: {change}" for change in case.changes)


def keep(folder, case):
    folder.mkdir(parents=True, exist_ok=True)
    execution.lay_out(case, os.fsencode(folder))
    if case.stdin is not None:
        (folder / "stdin").write_bytes(case.stdin)
    (folder / "command").write_text(description(case) + "\n", errors="backslashreplace")


def show_one(options, rows):
    maker = Maker(options.seed, rows)
    runner = execution.Runner(options.simulate, options.temporary)
    case, _ = maker.make(options.only)
    found, outcome = examine(runner, case)
    print(description(case))
    print(f"status {outcome.status}, signal {outcome.signal}, {outcome.seconds:.2f} s, {outcome.peak_bytes / 1e6:.0f} MB")
    print("standard output:", repr(outcome.out[:2000].decode(errors="backslashreplace")))
    print("standard error:", repr(outcome.err[:2000].decode(errors="backslashreplace")))
    for kind, detail in found:
        print(f"FAILED {kind}: {detail}")
    if options.keep:
        keep(options.keep, case)
    print(f"{int(not found)} passed, {int(bool(found))} failed")
    return bool(found)


def run_all(options, rows):
    begin = time.monotonic()
    queue = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(
        options, rows, number, range(number, options.count, options.jobs), queue)) for number in range(options.jobs)]
    for worker in workers:
        worker.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    running, done, failed, executions, classes = set(range(options.jobs)), 0, {}, 0, {}
    statuses = collections.Counter()
    while running:
        message = queue.get()
        if message[0] == "count":
            done += message[1]
            if sys.stderr.isatty():
                print(f"\r{done} of {options.count}, {len(failed)} failed", end="", file=sys.stderr, flush=True)
        elif message[0] == "executions":
            executions += message[1]
            statuses += message[2]
        elif message[0] == "broken":
            for worker in workers:
                worker.terminate()
            sys.exit(message[1])
        elif message[0] == "end":
            running.discard(message[1])
        else:
            _, index, key, finding, case, _ = message
            failed[index] = True
            classes.setdefault(key, []).append((index, finding, case))
    for worker in workers:
        worker.join()
    report(options, classes)
    seconds = time.monotonic() - begin
    print(f"seed {options.seed}: {executions:,} executions in {seconds:.0f} s, {executions / seconds:.0f} a second")
    print("by exit status: " + ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items())))
    print(f"{done - len(failed)} passed, {len(failed)} failed")
    return bool(failed)


def report(options, classes):
    for (kind, command, words), members in sorted(classes.items()):
        members.sort(key=lambda member: member[0])
        print(f"\n== {kind}, {command}: {len(members)} of them {words}".rstrip())
        # The first of each worker was made smaller: the shortest is the best to read.
        shown = sorted(members, key=lambda member: sum(
            len(content) for content in member[2].files.values() if isinstance(content, bytes)))[:SHOWN_PER_CLASS]
        for index, (found, detail), case in shown:
            print(f"--only {index}: {found}: {detail.encode('unicode_escape').decode()[:400]}")
            print("  " + description(case).encode(errors="backslashreplace").decode()[:1500])
            if options.keep:
                keep(options.keep / f"{found}-{index}", case)
        print("  all: " + " ".join(str(index) for index, _, _ in members[:30]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", type=pathlib.Path, default=ROOT / ".build/release/simulate")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", type=int, help="the case of this index alone, in full")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the files of cases that fail")
    parser.add_argument("--no-reduction", action="store_true", help="show failing cases as they were made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        options.temporary = temporary
        rows = complete_rows(options)
        failed = show_one(options, rows) if options.only is not None else run_all(options, rows)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
