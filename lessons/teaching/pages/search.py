"""What the search of a site looks through: the headings and the text of every page, small enough to be in one page.

The texts themselves are stored, not an index of their words, so that the search can show where a word stands. They are
deflated, which every browser undoes (`DecompressionStream`); `site.js` reads them and does the searching.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

HEADING = re.compile(r"h[1-6]")
INLINE = re.compile(r"a|abbr|b|code|del|em|i|ins|kbd|mark|m[a-z]+|q|s|samp|small|span|strong|sub|sup|u|var")


@dataclass
class Section:
    """A heading of a page, by its id, and the text below it; no id and no title for what stands before the first."""

    anchor: str
    title: str = ""
    text: str = ""


@dataclass
class Lesson:
    """The sections of one page: the name of its file without the ending, and what a reader calls it."""

    stem: str
    label: str
    sections: list[Section]


def sections(markup: str) -> list[Section]:
    """The headings of a page that `export` made, each with the text below it; code and outputs are left out."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    found = [Section(one.anchor, _plain(one.title), _plain(one.text)) for one in reader.found]
    return [one for one in found if one.title or one.text]


def _plain(text: str) -> str:
    return re.sub(r"\s+([.,;:?!)])", r"\1", " ".join(text.split()))


class _Reader(HTMLParser):
    """Reads the text of the Markdown cells: what stands in `div.page-text`, a class that no notebook can give."""

    def __init__(self) -> None:
        super().__init__()
        self.found = [Section("")]
        self.depth = 0  # of <div>, from that of a Markdown cell on
        self.silent = ""  # the element whose content is left out
        self.in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes down where a cell, a heading, or something without words begins."""
        given = dict(attrs)
        if tag == "div" and (self.depth or given.get("class") == "page-text"):
            self.depth += 1
        if self.depth and not self.silent and (tag == "svg" or given.get("display") == "block"):
            self.silent = tag
        if self.depth and HEADING.fullmatch(tag):
            self.found.append(Section(given.get("id") or ""))
            self.in_heading = True
        self._apart(tag)

    def handle_endtag(self, tag: str) -> None:
        """Notes down where it ends."""
        if tag == self.silent:
            self.silent = ""
        if HEADING.fullmatch(tag):
            self.in_heading = False
        self._apart(tag)
        if tag == "div" and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        """Keeps words of a cell."""
        if not self.depth or self.silent:
            return
        if self.in_heading:
            self.found[-1].title += data
        else:
            self.found[-1].text += data

    def _apart(self, tag: str) -> None:
        """Words of different paragraphs and table cells do not run together; those around inline elements do."""
        if self.depth and not INLINE.fullmatch(tag):
            self.found[-1].text += " "


def pack(lessons: Iterable[Lesson]) -> str:
    """The sections as deflated JSON in Base64, for an element of the front page."""
    known = list(lessons)
    rows = [[number, one.anchor, one.title, one.text] for number, lesson in enumerate(known) for one in lesson.sections]
    data = {"lessons": [[lesson.stem, lesson.label] for lesson in known], "sections": rows}
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.b64encode(squeeze.compress(written) + squeeze.flush()).decode()
