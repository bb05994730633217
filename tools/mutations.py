#!/usr/bin/env python3
"""Applies mutations to the sources of the models and the engine, and lists those that no test notices.

    tools/mutations.py                    all of them
    tools/mutations.py --only 7,12        some of them
    tools/mutations.py --check            only that each still finds its place

The repository is copied to a folder, and all mutations are applied to the copy at once, each as a choice that an
environment variable makes: `(mutant(7) ? mutated : original)`. So the tests are built once. Then each mutation is run
against the tests of its own module, and where they notice nothing, against those that start no process, then against the rest. The table is
`tools/proof/model_mutations.py`. Requirements: Python 3.9 and the Swift toolchain.
"""
import argparse
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from proof.model_mutations import MUTATIONS  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
VARIABLE = "ACTIVE_MUTANT"
# What Swift Testing prints where an expectation is not met.
FAILURE = re.compile(r"recorded an issue")
SWITCH = f"""#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The number of the mutation that is active; none is 0.
public let activeMutant: Int = getenv("{VARIABLE}").flatMap {{ Int(String(cString: $0)) }} ?? 0

/// Whether a mutation is the active one.
public func mutant(_ number: Int) -> Bool {{ activeMutant == number }}
"""


@dataclasses.dataclass
class Mutation:
    number: int
    file: str
    context: str
    original: str
    mutated: str
    reason: str
    equivalent: str
    # Where the original stands in the file, and on which line.
    start: int = 0
    line: int = 0

    @property
    def module(self):
        return self.file.split("/")[0]

    def __str__(self):
        return f"{self.number}: Sources/{self.file}:{self.line}: {self.original} -> {self.mutated}  ({self.reason})"


def place(file):
    """The file MODULE/NAME of the table, in whatever folder of the module it lies; None if it is not there."""
    module, name = file.split("/")
    found = sorted((ROOT / "Sources" / module).rglob(name))
    return found[0] if len(found) == 1 else None


def load():
    """The table with its places; every mutation whose place is not there exactly once is an error."""
    mutations, wrong = [], []
    for number, row in enumerate(MUTATIONS, 1):
        file, context, mutated, reason = row[:4]
        before, rest = context.split("«")
        original, after = rest.split("»")
        mutation = Mutation(number, file, context, original, mutated, reason, row[4] if len(row) > 4 else "")
        path = place(file)
        text = path.read_text() if path else ""
        count = text.count(before + original + after)
        if count != 1:
            wrong.append(f"{number}: Sources/{file}: the text stands there {count} times: {before + original + after!r}")
            continue
        mutation.start = text.index(before + original + after) + len(before)
        mutation.line = text.count("\n", 0, mutation.start) + 1
        mutations.append(mutation)
    if wrong:
        sys.exit("error: the table does not fit the sources\n" + "\n".join(wrong))
    return mutations


def copy_with_mutants(mutations, folder):
    """A copy of the package in which every mutation can be switched on."""
    if (folder / "Sources").exists():
        for name in ("Sources", "Tests"):
            shutil.rmtree(folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    by_file = {}
    for mutation in mutations:
        by_file.setdefault(mutation.file, []).append(mutation)
    for file, members in by_file.items():
        path = folder / place(file).relative_to(ROOT)
        path.write_text(with_switches(path.read_text(), members))
    (folder / "Sources/Mutants").mkdir(exist_ok=True)
    (folder / "Sources/Mutants/Mutants.swift").write_text(SWITCH)
    edit_package(folder / "Package.swift")


def with_switches(text, members):
    """The text of a file with a choice at the place of each mutation, several of one place in one choice."""
    places = {}
    for member in members:
        places.setdefault((member.start, member.original), []).append(member)
    last = len(text)
    for (start, original), at_place in sorted(places.items(), reverse=True):
        if start + len(original) > last:
            sys.exit(f"error: mutations overlap: {at_place[0]}")
        last = start
        choice = original
        for member in at_place:
            # A condition list of `guard` or `if` is a conjunction.
            plain = choice.replace(",", " &&") if "," in original and "(" not in original and "[" not in original else choice
            choice = f"(mutant({member.number}) ? ({member.mutated}) : ({plain}))"
        text = text[:start] + choice + text[start + len(original):]
    return "import Mutants\n" + text


def edit_package(path):
    """Lets every library import the switch, without what only matters to a package that is published."""
    text = path.read_text()
    target = "name: $0.name, dependencies: $0.dependencies, resources:"
    excluded = '"Sources/simulate",'
    if target not in text or '+ [\n' not in text or excluded not in text:
        sys.exit("error: Package.swift has another form than this tool knows")
    text = text.replace(target, 'name: $0.name, dependencies: $0.dependencies + ["Mutants"], resources:')
    text = text.replace("    + [\n", '    + [\n      .target(name: "Mutants", swiftSettings: strict),\n', 1)
    text = text.replace(excluded, excluded + ' "Sources/Mutants",')
    path.write_text(text)


def build(folder):
    begin = time.monotonic()
    print("building the tests of the copy", flush=True)
    result = subprocess.run(["swift", "build", "--build-tests"], cwd=folder,
                            capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("error: the copy does not build\n" + "\n".join(
            line for line in result.stdout.splitlines() if "error:" in line)[:4000])
    print(f"built in {time.monotonic() - begin:.0f} s", flush=True)


def tests_notice(folder, number, options, limit):
    """Whether a run of the tests that options choose fails with a mutation switched on."""
    bundle = next((folder / ".build/debug").glob("*PackageTests.xctest"))
    # The bundle is a folder on macOS, and a program on Linux.
    program = ["swift", "test", "--skip-build"] if bundle.is_dir() else [str(bundle), "--testing-library", "swift-testing"]
    command = program + list(options)
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | {VARIABLE: str(number), "SWIFT_BACKTRACE": "enable=no"}, text=True,
        errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    timer = threading.Timer(limit, process.kill)
    timer.start()
    last = ""
    for line in process.stdout:
        last = line.strip() or last
        # The first failure is enough.
        if FAILURE.search(line):
            process.kill()
            process.wait()
            timer.cancel()
            return True, last[:150]
    is_over = timer.is_alive()
    timer.cancel()
    status = process.wait()
    if status == 0 and "run with 0 tests" in last:
        sys.exit(f"error: no test matches {' '.join(options)}")
    return status != 0, last[:150] if is_over else "runs without end"


# What is tried, the quickest first: the tests of the mutation's own module, those that start no process, the rest.
WITHOUT_PROCESSES = ("--skip", r"^SimulateTests\.", "--skip", r"^FidelityTests\.")
WITH_PROCESSES = ("--filter", r"^(SimulateTests|FidelityTests)\.")


def stages(mutation):
    return [("--filter", rf"^{mutation.module}Tests\."), WITHOUT_PROCESSES, WITH_PROCESSES]


def baseline(folder, chosen):
    """How long each set of tests takes; all must pass without a mutation."""
    seconds = {}
    for options in sorted({options for mutation in chosen for options in stages(mutation)}):
        begin = time.monotonic()
        noticed, what = tests_notice(folder, 0, options, 3600)
        if noticed:
            sys.exit(f"error: {' '.join(options)} fails without a mutation: {what}")
        seconds[options] = time.monotonic() - begin
        print(f"{' '.join(options)}: {seconds[options]:.1f} s", flush=True)
    return seconds


def run(options, mutations):
    folder = options.folder.resolve()
    if not options.built:
        copy_with_mutants(mutations, folder)
        build(folder)
    chosen = [mutation for mutation in mutations if not options.only or mutation.number in options.only]
    seconds = baseline(folder, chosen)
    survivors, argued, killed = [], [], 0
    for mutation in chosen:
        for tests in stages(mutation):
            noticed, what = tests_notice(folder, mutation.number, tests, 60 + 10 * seconds[tests])
            if noticed:
                break
        if noticed:
            killed += 1
            print(f"killed {mutation}\n    by {what}", flush=True)
        elif mutation.equivalent:
            argued.append(mutation)
            print(f"argued {mutation}\n    {mutation.equivalent}", flush=True)
        else:
            survivors.append(mutation)
            print(f"SURVIVED {mutation}", flush=True)
    for mutation in survivors:
        print(f"survivor {mutation}")
    print(f"{len(chosen)} mutations: {killed} killed, {len(argued)} argued for, {len(survivors)} survived")
    return bool(survivors)


def numbers(text):
    """The numbers of a list with ranges, as 7,12,40-60."""
    ranges = [part.split("-") for part in text.split(",")]
    return {number for ends in ranges for number in range(int(ends[0]), int(ends[-1]) + 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / ".build/mutants", help="where the copy is made")
    parser.add_argument("--only", type=numbers, help="as 7,12 or 40-60")
    parser.add_argument("--built", action="store_true", help="the copy is there from the last time")
    parser.add_argument("--check", action="store_true", help="only whether each finds its place")
    parser.add_argument("--list", action="store_true", help="show the table")
    options = parser.parse_args()
    mutations = load()
    if options.list:
        print("\n".join(map(str, mutations)))
    if options.check or options.list:
        print(f"{len(mutations)} mutations, each in its place")
        return
    sys.exit(1 if run(options, mutations) else 0)


if __name__ == "__main__":
    main()
