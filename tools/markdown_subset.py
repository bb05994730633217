"""The Markdown that this repository's pages are written in, as HTML.

Headings, paragraphs, fenced and indented code, tables, lists within lists, quotations, rules, comments (left out), links (inline, by
reference, bare), pictures, emphasis, code; and of DocC's extensions ``Symbol`` and <doc:page>. Nothing else: what a page uses
beyond that is text. tools/build_site.py builds pages with it. Requirements: Python 3.9 and nothing else.
"""
import dataclasses
import html
import re
import typing

FENCE = re.compile(r"^(```+)\s*(\S*)\s*$")
HEADING = re.compile(r"^(#{1,6}) +(.*?)(?: +#+)?$")
ITEM = re.compile(r"^( *)([-*]|\d+[.)]) +(?=\S)")
REFERENCE = re.compile(r"^\[([^\]]+)\]: (\S+)$")
SEPARATOR = re.compile(r"^\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?$")
RULE = re.compile(r"^(?:-{3,}|\*{3,})$")

CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
DOC = re.compile(r"<doc:([\w.-]+)>")
AUTOMATIC = re.compile(r"<(https?://[^>\s]+)>")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|!?\[[^\[\]]*\](?:\([^()]*\))?)*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)", re.DOTALL)
REFERRED = re.compile(r"(?<!!)\[([^\[\]]+)\](?:\[([^\[\]]*)\])?")
BARE = re.compile(r"(?<![\w\"'=/])https?://[^\s<>\x00]*[^\s<>\x00.,;:!?)\]\"']")
STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=[^\s_])(.+?)(?<=[^\s_])_(?!\w)", re.DOTALL)
KEPT = re.compile("\x00(\\d+)\x00")
TAG = re.compile(r"<[^>]+>")


def anchor(heading):
    """The name under which a heading is linked to: lower case, blanks as hyphens, no other punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@dataclasses.dataclass
class Section:
    """A heading with what stands under it up to the next one."""
    level: int
    title: str
    anchor: str
    text: typing.List[str] = dataclasses.field(default_factory=list)


class Document:
    """A page: its HTML, and its sections with their plain text.

    `resolve(target, is_picture)` says where a link leads in what is built, None where it leads nowhere there; `symbol(name)`, the
    same of <doc:name>.
    """

    def __init__(self, text, resolve, symbol=lambda name: None):
        self.resolve, self.symbol = resolve, symbol
        self.references, self.sections, self.anchors = {}, [], set()
        lines = []
        is_code = False
        for line in text.splitlines():
            is_code ^= bool(FENCE.match(line))
            match = None if is_code else REFERENCE.match(line)
            if match:
                self.references[match.group(1).lower()] = match.group(2)
            else:
                lines.append(line.rstrip())
        self.html = "\n".join(self.blocks(lines))

    @property
    def title(self):
        return self.sections[0].title if self.sections else ""

    # --- blocks ---

    def blocks(self, lines):
        at = 0
        while at < len(lines):
            line = lines[at]
            if not line:
                at += 1
                continue
            for block in (self.fence, self.comment, self.heading, self.rule, self.table, self.quotation, self.list, self.indented,
                          self.paragraph):
                result = block(lines, at)
                if result:
                    text, at = result
                    if text:
                        yield text
                    break

    def said(self, text):
        if self.sections:
            self.sections[-1].text.append(text)

    def fence(self, lines, at):
        opening = FENCE.match(lines[at])
        if not opening:
            return None
        end = at + 1
        while end < len(lines) and not (FENCE.match(lines[end]) and lines[end].startswith(opening.group(1))):
            end += 1
        return self.code(lines[at + 1:end], opening.group(2)), end + 1

    def code(self, lines, language):
        self.said("\n".join(lines))
        text = html.escape("\n".join(lines), quote=False)
        if language == "console":
            text = re.sub(r"^\$ .*$", lambda match: f"<b>{match.group()}</b>", text, flags=re.MULTILINE)
        kind = f' class="{html.escape(language)}"' if language else ""
        return f"<pre{kind} tabindex=\"0\"><code>{text}</code></pre>"

    def indented(self, lines, at):
        if not lines[at].startswith("    "):
            return None
        end = at
        while end < len(lines) and (lines[end].startswith("    ") or not lines[end]):
            end += 1
        while not lines[end - 1]:
            end -= 1
        return self.code([line[4:] for line in lines[at:end]], ""), end

    def comment(self, lines, at):
        if not lines[at].startswith("<!--"):
            return None
        while at < len(lines) and "-->" not in lines[at]:
            at += 1
        return "", at + 1

    def heading(self, lines, at):
        match = HEADING.match(lines[at])
        if not match:
            return None
        level, name, count = len(match.group(1)), anchor(match.group(2)), 0
        while (name if count == 0 else f"{name}-{count}") in self.anchors:
            count += 1
        name = name if count == 0 else f"{name}-{count}"
        self.anchors.add(name)
        text = self.inline(match.group(2))
        self.sections.append(Section(level, html.unescape(TAG.sub("", text)), name))
        return f'<h{level} id="{html.escape(name)}">{text}<a class="here" href="#{html.escape(name)}">#</a></h{level}>', at + 1

    def rule(self, lines, at):
        return ("<hr>", at + 1) if RULE.match(lines[at]) else None

    def is_table(self, lines, at):
        return lines[at].startswith("|") and at + 1 < len(lines) and bool(SEPARATOR.match(lines[at + 1]))

    def table(self, lines, at):
        if not self.is_table(lines, at):
            return None
        end = at + 2
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        sides = ["right" if cell.strip().endswith(":") else "" for cell in self.cells(lines[at + 1])]

        def row(line, tag):
            cells = self.cells(line)[:len(sides)]
            self.said(" ".join(cells))
            return "<tr>" + "".join(
                f"<{tag}{' class=' + side if side else ''}>{self.inline(cell)}</{tag}>" for cell, side in zip(cells, sides)) + "</tr>"

        head = row(lines[at], "th")
        body = "\n".join(row(line, "td") for line in lines[at + 2:end])
        return f'<div class="wide" tabindex="0"><table><thead>{head}</thead>\n<tbody>{body}</tbody></table></div>', end

    @staticmethod
    def cells(line):
        kept = CODE.sub(lambda match: match.group().replace("|", "\x01"), line.strip().replace("\\|", "\x01"))
        return [cell.strip().replace("\x01", "|") for cell in kept.strip("|").split("|")]

    def quotation(self, lines, at):
        if not lines[at].startswith(">"):
            return None
        end = at
        while end < len(lines) and lines[end].startswith(">"):
            end += 1
        inner = "\n".join(self.blocks([re.sub(r"^> ?", "", line) for line in lines[at:end]]))
        return f"<blockquote>{inner}</blockquote>", end

    def list(self, lines, at):
        first = ITEM.match(lines[at])
        if not first or len(first.group(1)) > 3:
            return None
        ordered = first.group(2)[0].isdigit()
        items, end, is_loose = [], at, False
        while end < len(lines):
            match = ITEM.match(lines[end])
            if not match or len(match.group(1)) > 3 or match.group(2)[0].isdigit() != ordered:
                break
            width = match.end()
            item = [lines[end][width:]]
            end += 1
            while end < len(lines):
                line = lines[end]
                if line.startswith(" " * width):
                    item.append(line[width:])
                elif not line:
                    following = next((index for index in range(end, len(lines)) if lines[index]), len(lines))
                    if following == len(lines) or not (lines[following].startswith(" " * width)):
                        break
                    item.append("")
                    is_loose = True
                elif ITEM.match(line) or self.interrupts(lines, end):
                    break
                else:
                    item.append(line.strip())  # a paragraph that goes on without its indentation
                end += 1
            items.append(item)
            following = next((index for index in range(end, len(lines)) if lines[index]), len(lines))
            if following < len(lines) and following > end and ITEM.match(lines[following]):
                end = following
        tag = "ol" if ordered else "ul"
        start = f' start="{first.group(2)[:-1]}"' if ordered and first.group(2)[:-1] != "1" else ""
        bodies = []
        for item in items:
            body = "\n".join(self.blocks(item))
            if not is_loose and body.startswith("<p>"):
                body = body[3:].replace("</p>", "", 1)
            bodies.append(f"<li>{body}</li>")
        return f"<{tag}{start}>" + "\n".join(bodies) + f"</{tag}>", end

    def interrupts(self, lines, at):
        """Whether a line ends the paragraph before it."""
        line = lines[at]
        item = ITEM.match(line)
        return bool(not line or FENCE.match(line) or HEADING.match(line) or line.startswith((">", "<!--"))
                    or item and len(item.group(1)) < 4 and item.group(2) in ("-", "*", "1.") or self.is_table(lines, at))

    def paragraph(self, lines, at):
        end = at + 1
        while end < len(lines) and not self.interrupts(lines, end):
            end += 1
        text = "\n".join(line.strip() for line in lines[at:end])
        shown = self.inline(text)
        self.said(html.unescape(TAG.sub("", shown)))
        return f"<p>{shown}</p>", end

    # --- within a paragraph ---

    def inline(self, text):
        kept = []

        def keep(fragment):
            kept.append(fragment)
            return f"\x00{len(kept) - 1}\x00"

        text = CODE.sub(lambda match: keep(f"<code>{html.escape(match.group(2).strip(), quote=False)}</code>"), text)
        text = ESCAPED.sub(lambda match: keep(html.escape(match.group(1))), text)
        text = DOC.sub(lambda match: keep(self.link(self.symbol(match.group(1)), match.group(1))), text)
        text = AUTOMATIC.sub(lambda match: keep(self.link(match.group(1), match.group(1))), text)
        return self.spans(text, keep, kept)

    def spans(self, text, keep, kept):
        def linked(match):
            is_picture, label, target = match.group(1) == "!", match.group(2), match.group(3)
            found = self.resolve(target, is_picture)
            if is_picture:
                plain = KEPT.sub(lambda kept_match: TAG.sub("", kept[int(kept_match.group(1))]), label)
                alternative = " ".join(html.unescape(plain).split())
                return keep(f'<img src="{html.escape(found or target)}" alt="{html.escape(alternative)}">')
            return keep(self.link(found, self.spans(label, keep, kept), target))

        def referred(match):
            target = self.references.get((match.group(2) or match.group(1)).lower())
            if target is None:
                return match.group()
            return keep(self.link(self.resolve(target, False), self.spans(match.group(1), keep, kept), target))

        text = LINK.sub(linked, text)
        text = REFERRED.sub(referred, text)
        text = BARE.sub(lambda match: keep(self.link(match.group(), match.group())), text)
        text = html.escape(text, quote=False)
        text = STRONG.sub(r"<strong>\1</strong>", text)
        text = EMPHASIS.sub(lambda match: f"<em>{match.group(1) or match.group(2)}</em>", text)
        while KEPT.search(text):
            text = KEPT.sub(lambda match: kept[int(match.group(1))], text)
        return text

    @staticmethod
    def link(href, shown, target=""):
        if href is None:
            return f'<span class="repository" title="{html.escape(target)}, in the repository">{shown}</span>'
        return f'<a href="{html.escape(href)}">{shown}</a>'
