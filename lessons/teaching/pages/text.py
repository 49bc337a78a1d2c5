"""What a notebook says, as clean HTML: Markdown with formulas as MathML, code in colours, outputs.

A notebook may come from anyone, and the page is for publishing. So every piece passes the sanitiser last of all: no
script, no style sheet, no form, no frame, no event handler, no address but a link's, no picture and no sound but those
that are inside.
"""

from __future__ import annotations

import base64
import html
import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import nh3
from latex2mathml.converter import convert
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, get_lexer_by_name
from pygments.util import ClassNotFound

MOST_TAGS = 30_000  # in one piece: the sanitiser takes minutes over a hundred thousand nested ones
LONGEST = 1_000_000  # characters of one piece
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LARGEST_PICTURE = 8_000_000  # bytes

# --- the sanitiser ----------------------------------------------------------------------------------------------------


def _names(*lines: str) -> list[str]:
    return " ".join(lines).split()


MATHML = _names(
    "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover",
    "munderover mmultiscripts mprescripts mtable mtr mtd menclose",
)
DRAWING = _names("svg g path rect circle ellipse line polyline polygon text tspan")
PLAIN = _names(
    "a abbr audio b blockquote br caption code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins",
    "kbd li mark ol p pre q s samp small source span strong sub summary sup table tbody td tfoot th thead tr u ul var",
)
MATH_ATTRIBUTES = _names(
    "display displaystyle scriptlevel mathvariant stretchy fence form separator largeop movablelimits symmetric accent",
    "accentunder lspace rspace width height depth linethickness minsize maxsize columnalign columnspacing rowspacing",
    "columnlines rowlines notation",
)
DRAWING_ATTRIBUTES = _names(
    "viewBox width height x y x1 x2 y1 y2 dx dy cx cy r rx ry d points fill stroke stroke-width stroke-dasharray",
    "opacity font-size font-weight text-anchor transform role aria-label",
)
ATTRIBUTES = {
    "*": {"class", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"controls", "src"},
    "source": {"src", "type"},
    "ol": {"start"},
    **{name: {"colspan", "rowspan", "scope", "style"} for name in ("th", "td")},
    **{name: {"style"} for name in ("div", "span", "p")},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    **{name: set(MATH_ATTRIBUTES) for name in MATHML},
    **{name: {*DRAWING_ATTRIBUTES, "style"} for name in DRAWING},
    "details": {"open"},
}
STYLES = {"color", "background-color", "text-align", "font-weight", "font-style", "max-width"}
CLASSES = re.compile(r"lessons-[a-z-]+|formula|ansi-[a-z-]+|dataframe|[a-z]{1,2}\d?")
INSIDE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
SOUND = re.compile(r"data:audio/(wav|x-wav|mpeg|ogg|flac);base64,[A-Za-z0-9+/=\s]*")
LINK = re.compile(r"https?://[^\s]+|mailto:[^\s]+|#s-[\w-]*|\d\d_\w+\.html(#s-[\w-]*)?", re.ASCII)


def clean(markup: str) -> str:
    """The harmless part of some HTML; what is too large to be looked at becomes its source text."""
    if len(markup) > LARGEST_PICTURE * 2 or markup.count("<") > MOST_TAGS:
        return f"<pre>{html.escape(markup[:LONGEST])}</pre>"
    return nh3.clean(
        markup,
        tags={*PLAIN, *MATHML, *DRAWING},
        clean_content_tags={"script", "style", "iframe", "object", "template", "noscript", "textarea", "xmp", "title"},
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "data"},
    )


def _attribute(element: str, attribute: str, value: str) -> str | None:
    """The value that an attribute may keep, or None."""
    if attribute == "class":
        return " ".join(name for name in value.split() if CLASSES.fullmatch(name)) or None
    if attribute == "href":
        return value if LINK.fullmatch(value) else None
    if attribute == "src":
        return value if (INSIDE if element == "img" else SOUND).fullmatch(value) else None
    if attribute == "id":
        return value if re.fullmatch(r"s-[\w-]+", value, re.ASCII) else None
    if attribute in ("fill", "stroke") or attribute == "style":
        return None if re.search(r"url|\\|@", value, re.IGNORECASE) else value
    return value


# --- formulas and code ------------------------------------------------------------------------------------------------


def formula(latex: str, block: bool) -> str:
    """LaTeX as MathML; what cannot be converted stays as its source, in a frame of its own."""
    try:
        if len(latex) > 5_000:
            raise ValueError("too long")
        latex_ = re.sub(r"\\(begin|end)\{(aligned|gathered)\}", r"\\\1{align*}", latex.strip())  # the converter's names
        markup = convert(latex_, display="block" if block else "inline")
        _check_formula(markup)
    except Exception:  # the converter has no common error; a formula must never end the export
        return f'<code class="lessons-source">{html.escape(latex)}</code>'
    return f'<span class="formula">{markup}</span>' if block else markup


ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}


def _check_formula(markup: str) -> None:
    """The converter passes over what it does not know. Raises ValueError where it left LaTeX, or parts missing."""
    for element in ElementTree.fromstring(markup.replace("<mi>&</mi>", "<mi>\\amp</mi>")).iter():
        name = element.tag.rpartition("}")[2]
        if len(element) != ARITY.get(name, len(element)) or re.match(r"\\[a-zA-Z]", element.text or ""):
            raise ValueError(f"{name} is not as it should be")


def code(source: str, language: str = "python") -> str:
    """Source text in colours."""
    if language == "python":
        lexer: Any = PythonLexer(stripnl=False)
    else:
        try:
            lexer = get_lexer_by_name(language)
        except (ClassNotFound, ValueError):
            return f"<pre><code>{html.escape(source)}</code></pre>"
    body = highlight(source, lexer, HtmlFormatter(nowrap=True)) if len(source) < LONGEST else html.escape(source)
    return f"<pre><code>{body.rstrip()}</code></pre>"


# --- Markdown ---------------------------------------------------------------------------------------------------------


class Renderer(IPythonRenderer):
    """Markdown's pieces as the page shows them; it notes down the headings in `found` as (level, id, text)."""

    def __init__(self, folder: Path, attachments: dict[str, dict[str, str]], found: list[tuple[int, str, str]]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.folder, self.attachments, self.found = folder, attachments, found

    def block_code(self, code_: str, info: str | None = None) -> str:
        language = (info or "").split(maxsplit=1)[:1]
        return code(code_, language[0] if language else "text")

    def block_math(self, body: str) -> str:
        return formula(body, block=True)

    def inline_math(self, body: str) -> str:
        return formula(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        words = html.unescape(re.sub(r"<[^>]*>", "", text)).strip()
        stem = "s-" + (re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60] or "part")
        taken = {name for _, name, _ in self.found}
        name = next(n for n in (stem, *(f"{stem}-{i}" for i in range(2, 10_000))) if n not in taken)
        self.found.append((level, name, words))
        return f'<h{level} id="{name}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        address = re.sub(r"^(?:\./)?(\d\d_\w+)\.ipynb(?:#.*)?$", r"\1.html", url)
        if not LINK.fullmatch(address):
            return text  # a file beside the notebook, which the page does not have
        return f'<a href="{html.escape(address)}">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        words = html.escape(html.unescape(re.sub(r"<[^>]*>", "", text)))
        source = self._inside(url)
        return f'<img src="{source}" alt="{words}">' if source else f"<em>[picture: {words or 'not included'}]</em>"

    def _inside(self, url: str) -> str | None:
        """The picture as a data address: from the cell, from a file below the notebook's folder, or None."""
        if url.startswith("attachment:"):
            bundle = self.attachments.get(unquote(url.removeprefix("attachment:")), {})
            kind = next((kind for kind in PICTURES if isinstance(bundle.get(kind), str)), None)
            return kind and f"data:{kind};base64,{bundle[kind]}"
        if url.startswith("data:"):
            return url
        kind = mimetypes.guess_type(url)[0]
        if urlsplit(url).scheme or kind not in PICTURES:
            return None
        try:
            file = (self.folder / unquote(url)).resolve()
            if not file.is_relative_to(self.folder.resolve()) or file.stat().st_size > LARGEST_PICTURE:
                return None
            return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
        except (OSError, ValueError):
            return None


def markdown(source: str, folder: Path, attachments: Any, found: list[tuple[int, str, str]]) -> str:
    """A Markdown cell as clean HTML."""
    known = attachments if isinstance(attachments, dict) else {}
    try:
        if len(source) > LONGEST:
            raise RecursionError
        markup = MarkdownWithMath(renderer=Renderer(folder, known, found)).render(source)
    except RecursionError:  # a thousand nested quotes: no lesson, but no reason to end
        markup = f"<pre>{html.escape(source[:LONGEST])}</pre>"
    return clean(markup)


# --- outputs ----------------------------------------------------------------------------------------------------------


def output(node: NotebookNode, words: str) -> str:
    """One output as clean HTML: the richest kind that a page without a kernel can show; `words` describe a picture."""
    if node.output_type == "stream":
        return _printed(node.get("text", ""), f"lessons-{'error' if node.get('name') == 'stderr' else 'printed'}")
    if node.output_type == "error":
        return _printed("\n".join(map(str, node.get("traceback", []))), "lessons-error")
    data = node.get("data", {})
    for kind in PICTURES:
        if isinstance(data.get(kind), str):
            return clean(f'<img src="data:{kind};base64,{data[kind].strip()}" alt="{html.escape(words)}">')
    if "image/svg+xml" in data:  # as a picture of its own, in which no script runs
        drawn = base64.b64encode(_text(data["image/svg+xml"]).encode("utf-8", "replace")).decode()
        return clean(f'<img src="data:image/svg+xml;base64,{drawn}" alt="{html.escape(words)}">')
    if "text/html" in data:
        return clean(_text(data["text/html"]))
    if "text/markdown" in data:
        return markdown(_text(data["text/markdown"]), Path("/nowhere"), {}, [])
    if "text/latex" in data:
        return clean(formula(_text(data["text/latex"]).strip().strip("$"), block=True))
    return _printed(_text(data.get("text/plain", "")), "lessons-printed") if data else ""


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _printed(text: str, name: str) -> str:
    text = _text(text)
    body = ansi2html(text) if len(text) <= LONGEST else html.escape(text[:LONGEST]) + "\n… (the rest is left out)"
    return clean(f'<pre class="{name}">{body}</pre>') if text.strip() else ""
