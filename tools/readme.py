#!/usr/bin/env python3
"""Keeps the README honest.

    tools/readme.py commands           prints the commands of the first block: what a new user types first
    tools/readme.py check FOLDER       runs each "$" command of a console block and compares what it prints, and the pictures
                                       that it draws, with the README's
    tools/readme.py update FOLDER      writes what they print into the README
    tools/readme.py samples FOLDER     writes the sample package there, beside a link to this one

For check and update FOLDER holds the installed program. Commands run in the root of the clone, by sh.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE_BLOCK = re.compile(r"^```console\n\$ ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+\.svg)\)")
SAMPLE = re.compile(r"^<!-- sample: (\S+) -->\n```swift\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def first_commands(text):
    return SHELL_BLOCK.search(text).group(1).splitlines()


def run(command, folder):
    environment = dict(os.environ, PATH=f"{folder}{os.pathsep}{os.environ['PATH']}", NO_COLOR="1")
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=600)
    return done.stdout


def updated(text, folder):
    def replace(match):
        print("$", match.group(1), file=sys.stderr)
        return f"```console\n$ {match.group(1)}\n{run(match.group(1), folder)}```"

    return CONSOLE_BLOCK.sub(replace, text)


def write_samples(text, folder):
    (folder / "sample").mkdir(parents=True)
    (folder / "framework-tax-simulator").symlink_to(ROOT)
    for path, content in SAMPLE.findall(text):
        file = folder / "sample" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


def main(arguments):
    text = README.read_text(encoding="utf-8")
    if arguments == ["commands"]:
        print("\n".join(first_commands(text)))
        return 0
    if len(arguments) == 2 and arguments[0] == "samples":
        write_samples(text, pathlib.Path(arguments[1]))
        return 0
    if len(arguments) != 2 or arguments[0] not in ("check", "update"):
        print(__doc__, file=sys.stderr)
        return 64
    pictures = {path: (ROOT / path).read_bytes() if (ROOT / path).exists() else b"" for path in PICTURE.findall(text)}
    new = updated(text, pathlib.Path(arguments[1]).resolve())
    if arguments[0] == "update":
        README.write_text(new, encoding="utf-8")
        return 0
    difference = difflib.unified_diff(
        text.splitlines(), new.splitlines(), "README.md", "what the commands print", lineterm="")
    lines = list(difference)
    print("\n".join(lines))
    for path, drawn in pictures.items():
        if (ROOT / path).read_bytes() != drawn:
            (ROOT / path).write_bytes(drawn)
            print(f"{path} is not what its command draws")
            lines.append(path)
    if lines:
        print("README.md is out of date: run tools/readme.py update with the installed program", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
