#!/usr/bin/env python3
"""Reads and replays damaged recordings of every format, by number, until a time or a number is reached.

    tools/fuzz_recordings.py --minutes 40
    tools/fuzz_recordings.py --inputs 10000000 --state counts.json     goes on where the last run stopped
    tools/fuzz_recordings.py --program FILE                            an optimized build of Tests/Fuzzing/MutatedRecordings.swift

The inputs are the files of Tests/Fuzzing/corpus/formats, each damaged in up to six places, by a number: the same number always
gives the same input. Each is read, its questions are answered, and it is replayed as it was, in a process that reads thousands.
A process that ends, or takes too long, is run again on halves until the input is found, which is written beside the counts.
Needs Python 3.9, and a Swift toolchain where no program is given.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT / "Tests" / "Fuzzing" / "corpus" / "formats"
MODULES = ("JSONText Roofline EventEngine CommandSyntax Profiles Workloads Traces Kernels Simulation Serving Replay "
           "Studies").split()
# What a process may take for a chunk that should take CHUNK seconds, on a machine that others use.
CHUNK, PATIENCE = 5, 900


def build(folder):
    """The program, without sanitizers: Swift's own checks end it."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = ["-O", "-swift-version", "6", "-package-name", "framework-tax-simulator", "-parse-as-library", "-wmo", "-I", str(folder)]
    for module in MODULES:
        sources = sorted(map(str, (ROOT / "Sources" / module).rglob("*.swift")))
        subprocess.run(["swiftc", *flags, "-module-name", module, "-emit-module", "-emit-module-path",
                        str(folder / f"{module}.swiftmodule"), "-c", *sources, "-o", str(folder / f"{module}.o")], check=True)
    targets = sorted(map(str, (ROOT / "Tests" / "Fuzzing").glob("FuzzTarget*.swift")))
    program = folder / "mutated-recordings"
    subprocess.run(["swiftc", *flags, "-module-name", "Fuzzing", *targets,
                    *(str(ROOT / "Tests" / "Fuzzing" / f"{name}.swift") for name in ("DamagedRecording", "MutatedRecordings")),
                    *(str(folder / f"{module}.o") for module in MODULES), "-o", str(program)], check=True)
    return program


def fails(program, seed, first, count, patience=PATIENCE):
    """What the process says that ends early; nothing if it comes to the end."""
    try:
        done = subprocess.run([str(program), str(seed), str(first), str(count)], capture_output=True, timeout=patience,
                              env={"SWIFT_BACKTRACE": "enable=no", "PATH": "/usr/bin:/bin"})
    except subprocess.TimeoutExpired:
        return f"takes longer than {patience} s"
    return None if done.returncode == 0 else f"status {done.returncode}: {(done.stdout + done.stderr).decode(errors='replace')[-300:]}"


def find(program, seed, first, count):
    """The number of the first input that fails, within some of which one does."""
    while count > 1:
        half = count // 2
        if fails(program, seed, first, half, patience=max(20, PATIENCE * half // 1000000)):
            count = half
        else:
            first, count = first + half, count - half
    return first


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, help="the program; otherwise it is built")
    parser.add_argument("--minutes", type=float, default=1, help="how long (default: 1)")
    parser.add_argument("--inputs", type=int, default=10_000_000, help="inputs of each format at most (default: 10,000,000)")
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / ".build" / "fuzz" / "recordings.json",
                        help="counts to go on from")
    parser.add_argument("--only", help="one file of the corpus")
    options = parser.parse_args()
    options.state.parent.mkdir(parents=True, exist_ok=True)
    program = options.program or build(ROOT / ".build" / "fuzz" / "recordings")
    state = json.loads(options.state.read_text()) if options.state.exists() else {}
    end = time.time() + 60 * options.minutes
    seeds = [CORPUS / options.only] if options.only else sorted(CORPUS.iterdir())
    for seed in seeds:
        state.setdefault(seed.name, {"inputs": 0, "seconds": 0.0, "failures": []})
    while time.time() < end:
        # The file of which the fewest were read is next.
        seed = min(seeds, key=lambda seed: state[seed.name]["inputs"])
        counts = state[seed.name]
        rate = counts["inputs"] / counts["seconds"] if counts["seconds"] else 50
        first = counts["inputs"]
        count = min(options.inputs - first, max(1000, int(rate * CHUNK)))
        if count <= 0:
            break
        began = time.time()
        message = fails(program, seed, first, count)
        if message:
            number = find(program, seed, first, count)
            data = subprocess.run([str(program), str(seed), str(number), "1", "write"], capture_output=True).stdout
            (options.state.parent / f"{seed.name}-{number}").write_bytes(data)
            counts["failures"].append({"input": number, "message": message})
            print(f"{seed.name} {number}: {message}", flush=True)
            count = number + 1 - first
        counts["inputs"] += count
        counts["seconds"] += time.time() - began
        options.state.write_text(json.dumps(state, indent=1))
    print(f"{'file':24} {'inputs':>12} {'per second':>11}  failures")
    for name, counts in sorted(state.items()):
        print(f"{name:24} {counts['inputs']:12,} {counts['inputs'] / max(counts['seconds'], 1e-9):11,.0f}  "
              f"{len(counts['failures'])}")
    return any(counts["failures"] for counts in state.values())


if __name__ == "__main__":
    sys.exit(main())
