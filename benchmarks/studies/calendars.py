#!/usr/bin/env python3
"""Measures what an event costs in calendars of several kinds: the table of calendars.md. Needs Python 3.9 and swiftc.

    python3 benchmarks/studies/calendars.py

Compiles calendars.swift with the calendars of Sources/EventEngine and Sources/Simulation into a temporary folder, and runs it.
Every calendar must give the same events in the same order; one that does not ends the run.
"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "Sources"


def compiled(folder):
    """The study as a program: a module for each of the package's that it needs, as the package itself is compiled."""
    flags = ["-O", "-wmo", "-swift-version", "6", "-package-name", "study", "-parse-as-library", "-I", folder]
    objects = []
    for module, sources in (("Roofline", [SOURCES / "Roofline/Picoseconds.swift"]),
                            ("EventEngine", sorted((SOURCES / "EventEngine").glob("*.swift")))):
        objects.append(folder / f"{module}.o")
        subprocess.run(["swiftc", *flags, "-module-name", module, "-emit-module", "-emit-module-path",
                        folder / f"{module}.swiftmodule", "-emit-object", "-o", objects[-1], *sources], check=True)
    calendars = [SOURCES / "Simulation/Definition" / name for name in ("SourceCalendar.swift", "FixedTable.swift")]
    program = folder / "calendars"
    subprocess.run(["swiftc", *flags, "-module-name", "Calendars", "-emit-executable", "-o", program,
                    ROOT / "benchmarks/studies/calendars.swift", *calendars, *objects], check=True)
    return program


def main():
    with tempfile.TemporaryDirectory() as name:
        lines = subprocess.run([compiled(pathlib.Path(name))], check=True, capture_output=True, text=True).stdout
    times, sums = {}, {}
    for line in lines.splitlines():
        calendar, pending, nanoseconds, order = line.split("\t")
        times.setdefault(calendar, {})[int(pending)] = float(nanoseconds)
        if sums.setdefault(pending, order) != order:
            sys.exit(f"{calendar} gives other events at {pending} pending")
    sizes = sorted({size for row in times.values() for size in row})
    print("| ns an event | " + " | ".join(f"{size:,} pending" for size in sizes) + " |")
    print("|---" * (1 + len(sizes)) + "|")
    for calendar, row in times.items():
        print(f"| {calendar} | " + " | ".join(f"{row[size]:.0f}" if size in row else "" for size in sizes) + " |")


if __name__ == "__main__":
    main()
