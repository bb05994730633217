#!/usr/bin/env python3
"""Runs the notebooks of docs/notebooks from beginning to end, and fails where a cell does.

    tools/check_notebooks.py --simulate .build/release/simulate
    tools/check_notebooks.py --simulate .build/release/simulate --keep FOLDER

Makes a virtual environment in a temporary folder with pandas, nbclient and ipykernel from the package index; where none can be
reached it says so, and ends with status 0. With --python it uses an environment that is there. --keep writes what was run, with
its outputs; the notebooks themselves stay as they are, without any.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import package_environment

NOTEBOOKS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "notebooks"
REQUIREMENTS = ["pandas", "nbclient", "ipykernel"]
SECONDS_A_CELL = 120


def run_all(keep):
    """What runs in the environment; returns the number of notebooks that fail."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    failed = 0
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        began = time.monotonic()
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        client = NotebookClient(notebook, timeout=SECONDS_A_CELL, resources={"metadata": {"path": str(NOTEBOOKS)}})
        try:
            client.execute()
        except CellExecutionError as error:
            failed += 1
            print(f"{path.name}: FAILED\n{error}", flush=True)
            continue
        finally:
            if keep:
                nbformat.write(notebook, pathlib.Path(keep) / path.name)
        cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        print(f"{path.name}: {cells} cells ran in {time.monotonic() - began:.0f} s", flush=True)
    return failed


def with_outputs():
    """The notebooks that are committed with outputs or counts of their runs."""
    found = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            found.append(path.name)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", help="the program (default: as frameworktax finds it)")
    parser.add_argument("--python", help="a Python that has the packages; without it, an environment is made")
    parser.add_argument("--keep", metavar="FOLDER", help="where to write the notebooks as they ran")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return 1 if run_all(options.keep) else 0
    if with_outputs():
        print(f"committed with outputs: {', '.join(with_outputs())}")
        return 1
    environment = dict(os.environ)
    if options.simulate:
        environment["SIMULATE"] = str(pathlib.Path(options.simulate).resolve())
    with tempfile.TemporaryDirectory() as folder:
        environment["IPYTHONDIR"] = environment["JUPYTER_CONFIG_DIR"] = folder
        python = options.python
        if python is None:
            try:
                python = package_environment.made(pathlib.Path(folder) / "environment", REQUIREMENTS)
            except package_environment.Unavailable as reason:
                print(f"SKIPPED: the notebooks are not run: {reason}")
                return 0
        environment["PATH"] = f"{pathlib.Path(python).parent}{os.pathsep}{environment['PATH']}"
        command = [python, __file__, "--inside", *(["--keep", options.keep] if options.keep else [])]
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
