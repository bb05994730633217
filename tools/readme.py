#!/usr/bin/env python3
"""Keeps the README and the pages in docs/ honest.

    tools/readme.py commands           prints the commands of the README's first block: what a new user types first
    tools/readme.py check FOLDER       runs each "$" command of a console block and compares what it prints, and the pictures
                                       that it draws, with the pages'; and looks for dead links
    tools/readme.py links              looks for links that lead nowhere
    tools/readme.py update FOLDER      writes what they print into the pages
    tools/readme.py samples FOLDER     writes the sample package there, beside a link to this one

For check and update FOLDER holds the installed program. Commands run in the root of the clone, by sh.
Requirements: Python 3.9 and nothing else.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
# Where commands, pictures and samples are looked for; links are looked for in the others as well.
PAGES = [README, *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("docs/how-to/*.md"))]
LINKED = [path for pattern in ("*.md", "docs/**/*.md", "hardware-profiles/*.md", "tools/*.md", "packaging/*.md", "benchmarks/**/*.md")
          for path in sorted(ROOT.glob(pattern))]

SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE_BLOCK = re.compile(r"^```console\n\$ ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+\.svg)\)")
SAMPLE = re.compile(r"^<!-- sample: (\S+) -->\n```swift\n(.*?)^```$", re.MULTILINE | re.DOTALL)

CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
ELSEWHERE = re.compile(r"^[a-z]+:")


def name(path):
    return path.relative_to(ROOT).as_posix()


def read(path):
    return path.read_text(encoding="utf-8")


def first_commands():
    return SHELL_BLOCK.search(read(README)).group(1).splitlines()


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


def pictures(page):
    paths = [page.parent / path for path in PICTURE.findall(read(page))]
    return {path: path.read_bytes() if path.exists() else b"" for path in paths}


def outdated(page, folder):
    """How a page and its pictures differ from what its commands print and draw, in lines; pictures stay as they were."""
    committed = pictures(page)
    text = read(page)
    new = updated(text, folder)
    lines = list(difflib.unified_diff(
        text.splitlines(), new.splitlines(), name(page), "what the commands print", lineterm=""))
    for path, drawn in committed.items():
        if path.read_bytes() != drawn:
            path.write_bytes(drawn)
            lines.append(f"{name(path)} is not what its command draws")
    return lines


def anchors(page):
    """The names under which a page's headings are linked to: lower case, blanks as hyphens, no other punctuation."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in HEADING.findall(re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL))}


def dead_links(page):
    lines = []
    for match in LINK.finditer(CODE.sub("", read(page))):
        link = match.group(1) or match.group(2)
        if ELSEWHERE.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or anchor and anchor not in anchors(target):
            lines.append(f"{name(page)}: {link} leads nowhere")
    return lines


def check(folder):
    problems = [line for page in PAGES for line in outdated(page, folder)]
    if problems:
        problems.append("out of date: run tools/readme.py update with the installed program")
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if check_links() or problems else 0


def check_links():
    problems = [line for page in LINKED for line in dead_links(page)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


def update(folder):
    for page in PAGES:
        text = read(page)
        new = updated(text, folder)
        if new != text:
            page.write_text(new, encoding="utf-8")
    return 0


def write_samples(folder):
    (folder / "sample").mkdir(parents=True)
    (folder / "framework-tax-simulator").symlink_to(ROOT)
    for page in PAGES:
        for path, content in SAMPLE.findall(read(page)):
            file = folder / "sample" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
    return 0


def main(arguments):
    if arguments == ["commands"]:
        print("\n".join(first_commands()))
        return 0
    if arguments == ["links"]:
        return check_links()
    actions = {"check": check, "update": update, "samples": write_samples}
    if len(arguments) != 2 or arguments[0] not in actions:
        print(__doc__, file=sys.stderr)
        return 64
    return actions[arguments[0]](pathlib.Path(arguments[1]).resolve())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
