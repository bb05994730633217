#!/usr/bin/env python3
"""Builds the documentation as a site of static pages: README, docs/, the DocC catalogs' own pages, and what they link to.

    tools/build_site.py FOLDER       the site, FOLDER/index.html; FOLDER may be there and is replaced, if it is such a site
    tools/build_site.py --check FOLDER    looks for links that lead nowhere, in a site that is there

Pages open from a disk (file://) as well as from a server and load nothing from elsewhere. The search runs in the browser, over an
index of all sections. Ends with status 1, and names them, where links, anchors or pictures lead nowhere.

The reference of every public symbol is not part of it: DocC's pages need a server (tools/build_docs).
Requirements: Python 3.9 and nothing else.
"""
import html
import html.parser
import json
import os
import pathlib
import posixpath
import re
import shutil
import sys
import urllib.parse

from markdown_subset import Document

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASSETS = ROOT / "tools/site"
MARK = "search-index.js"  # what every such site has
# The menu: a group, and its pages in order; patterns take what no group before named.
MENU = [
    ("Start", ["README.md", "docs/gallery.md", "docs/scoreboard.md"]),
    ("How to", ["docs/how-to/README.md", "docs/how-to/*.md", "docs/hardware.md", "docs/notebooks/*.md"]),
    ("Guides", ["docs/commands.md", "docs/generation.md", "docs/serving.md", "docs/ranks.md", "docs/traces.md", "docs/studies.md",
                "docs/projections.md", "docs/roofline-math.md", "docs/library.md", "docs/case-studies.md"]),
    ("Reference", ["docs/glossary.md", "docs/formats.md", "docs/workloads.md", "hardware-profiles/README.md"]),
    ("How it works, how far to trust it", ["docs/architecture.md", "docs/model.md", "docs/validation.md", "docs/performance.md",
                                           "docs/reliability.md", "docs/**/*.md"]),
    ("Libraries", ["Sources/FrameworkTax/FrameworkTax.docc/*.md", "Sources/*/*.docc/*.md"]),
    ("The repository", ["CONTRIBUTING.md", "CHANGELOG.md", "packaging/README.md", "tools/README.md", "benchmarks/**/*.md", "hardware-profiles/**/*.md"]),
]
LONGEST_TEXT = 20_000  # of a section, in the index: tables of measurements have thousands of numbers
LARGEST_FILE = 300_000  # that is copied because a page links to it
ELSEWHERE = re.compile(r"^[a-z]+:")


def pages():
    """(group, [path of a page in the repository]), as the menu has them."""
    seen, menu = set(), []
    for group, patterns in MENU:
        chosen = []
        for pattern in patterns:
            for path in sorted(ROOT.glob(pattern)):
                name = path.relative_to(ROOT).as_posix()
                if name not in seen and not path.is_symlink():
                    seen.add(name)
                    chosen.append(name)
        menu.append((group, chosen))
    return menu


def address(page):
    """Where a page of the repository lies in the site."""
    return "index.html" if page == "README.md" else page[:-len(".md")] + ".html"


def relative(target, origin):
    return posixpath.relpath(target, posixpath.dirname(origin) or ".")


class Site:
    def __init__(self, folder):
        self.folder, self.menu = folder, pages()
        self.addresses = {page: address(page) for _, chosen in self.menu for page in chosen}
        self.files = set()
        # What <doc:name> means: a page of a catalog, or the page in docs/ that it is a link to.
        self.symbols = {path.stem: path.resolve().relative_to(ROOT).as_posix() for path in ROOT.glob("Sources/*/*.docc/*.md")}
        self.documents = {page: self.document(page) for page in self.addresses}

    def document(self, page):
        return self.translated(page, (ROOT / page).read_text(encoding="utf-8"))

    def translated(self, page, text):
        """A text, as if it were that page's."""
        here = address(page)

        def resolve(target, is_picture):
            if ELSEWHERE.match(target):
                return target
            path, _, fragment = target.partition("#")
            if not path:
                return target
            wanted = posixpath.normpath(posixpath.join(posixpath.dirname(page), urllib.parse.unquote(path)))
            file = ROOT / wanted
            page_there = posixpath.join(wanted, "README.md") if file.is_dir() else wanted
            if page_there in self.addresses:
                return relative(self.addresses[page_there], here) + (f"#{fragment}" if fragment else "")
            if file.is_file() and (is_picture or file.stat().st_size <= LARGEST_FILE):
                self.files.add(wanted)
                return relative(wanted, here)
            # A folder or a large file is named, not linked to; what is not there is left for the check to find.
            return None if file.exists() else target

        def symbol(name):
            return relative(self.addresses[self.symbols[name]], here) if name in self.symbols else f"{name}.html"

        return Document(text, resolve, symbol)

    def name(self, page):
        return "Home" if page == "README.md" else self.documents[page].title

    def navigation(self, current):
        here = address(current)
        lines = []
        for group, chosen in self.menu:
            if not chosen:
                continue
            is_open = current in chosen or group in ("Start", "How to", "Guides")
            lines.append(f"<details{' open' if is_open else ''}><summary>{html.escape(group)}</summary><ul>")
            for page in chosen:
                mark = ' aria-current="page"' if page == current else ""
                href = relative(self.addresses[page], here)
                lines.append(f'<li><a href="{href}"{mark}>{html.escape(self.name(page))}</a></li>')
            lines.append("</ul></details>")
        return "\n".join(lines)

    def contents(self, current):
        sections = [section for section in self.documents[current].sections if section.level == 2]
        if len(sections) < 2:
            return ""
        items = "\n".join(f'<li><a href="#{html.escape(section.anchor)}">{html.escape(section.title)}</a></li>' for section in sections)
        return f'<nav class="contents" aria-label="On this page"><b>On this page</b><ul>{items}</ul></nav>'

    def page(self, current):
        here = address(current)
        root = relative(".", here)
        return f"""<!DOCTYPE html>
<html lang="en" data-root="{root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(self.name(current))} - framework tax simulator</title>
<link rel="stylesheet" href="{root}/style.css">
<script src="{root}/site.js" defer></script>
</head>
<body>
<a class="skip" href="#content">To the page</a>
<header>
<a class="home" href="{relative('index.html', here)}">Framework tax simulator</a>
<div class="search"><input id="search" type="search" placeholder="Search ( / )" aria-label="Search" autocomplete="off">
<ol id="results" hidden></ol></div>
<button id="theme" type="button" aria-label="Light or dark">◐</button>
</header>
<div class="columns">
<nav class="menu" aria-label="Pages"><details class="all"><summary>Pages</summary>
{self.navigation(current)}
</details></nav>
<main id="content">
{self.documents[current].html}
</main>
{self.contents(current)}
</div>
</body>
</html>
"""

    def index(self):
        """Every section of every page: page, heading, anchor, text without markup."""
        sections = []
        for page, document in self.documents.items():
            for section in document.sections:
                text = " ".join(" ".join(section.text).split())[:LONGEST_TEXT]
                sections.append([self.addresses[page], self.name(page), section.title, section.anchor, text])
        return json.dumps(sections, ensure_ascii=False, separators=(",", ":"))

    def write(self):
        for page, place in self.addresses.items():
            path = self.folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.page(page), encoding="utf-8")
        for name in sorted(self.files):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, self.folder / name)
        for asset in ASSETS.iterdir():
            shutil.copyfile(asset, self.folder / asset.name)
        (self.folder / MARK).write_text(f"window.searchIndex = {self.index()};\n", encoding="utf-8")


class Links(html.parser.HTMLParser):
    """What a page links to, and what can be linked to in it."""

    def __init__(self, text):
        super().__init__()
        self.targets, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            elif name in ("href", "src") and value is not None:
                self.targets.append(value)


def dead_links(folder):
    """Links of a site that lead nowhere, each with its page; nothing may be loaded from elsewhere."""
    parsed = {path: Links(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    lines = []
    for path, links in parsed.items():
        for target in links.targets:
            if ELSEWHERE.match(target):
                continue
            place, _, fragment = target.partition("#")
            found = path if not place else pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(place)))
            if not found.is_file():
                lines.append(f"{path.relative_to(folder)}: {target} is not there")
            elif fragment and found in parsed and urllib.parse.unquote(fragment) not in parsed[found].anchors:
                lines.append(f"{path.relative_to(folder)}: {target} has no such heading")
    return lines


def build(folder):
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        sys.exit(f"{folder} is something else than such a site; remove it, or choose another folder")
    site = Site(folder)
    shutil.rmtree(folder, ignore_errors=True)
    site.write()
    return site


def main(arguments):
    only_check = arguments[:1] == ["--check"]
    if len(arguments) != 1 + only_check or arguments[-1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 64
    folder = pathlib.Path(arguments[-1]).resolve()
    if not only_check:
        build(folder)
    dead = dead_links(folder)
    print(*dead, sep="\n", end="\n" if dead else "")
    print(f"{len(list(folder.rglob('*.html')))} pages, {len(dead)} links lead nowhere: {folder / 'index.html'}")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
