#!/usr/bin/env python3
"""Keeps the generated parts of the documentation equal to what the program says.

    tools/docs.py check FOLDER       compares every part with what its command prints
    tools/docs.py update FOLDER      writes it

A part stands between `<!-- $ COMMAND -->` and `<!-- end -->`, in README.md, docs/ or hardware-profiles/. FOLDER holds the
installed program.
Requirements: Python 3.9 and nothing else.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PART = re.compile(r"<!-- \$ (.*?) -->\n(.*?)<!-- end -->", re.DOTALL)


def output(command, folder):
    environment = dict(os.environ, PATH=f"{folder}{os.pathsep}{os.environ['PATH']}", NO_COLOR="1")
    return subprocess.run(["sh", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in ("check", "update"):
        sys.exit(__doc__)
    folder = pathlib.Path(arguments[1]).resolve()
    parts, wrong = 0, 0
    for path in sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/how-to/*.md"), *ROOT.glob("hardware-profiles/*.md")]):
        text = path.read_text(encoding="utf-8")

        def replaced(match):
            return f"<!-- $ {match.group(1)} -->\n{output(match.group(1), folder)}<!-- end -->"

        parts += len(PART.findall(text))
        new = PART.sub(replaced, text)
        if new == text:
            continue
        wrong += 1
        if arguments[0] == "update":
            path.write_text(new, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written")
        else:
            name = str(path.relative_to(ROOT))
            print("\n".join(difflib.unified_diff(text.splitlines(), new.splitlines(), name, "the program", lineterm="")))
    print(f"{parts} parts of the documentation, {wrong} files differ")
    sys.exit(1 if wrong and arguments[0] == "check" else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
