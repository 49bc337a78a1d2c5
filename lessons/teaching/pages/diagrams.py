"""Mermaid's flowcharts as SVG, drawn without a browser: boxes in columns (or rows), arrows between them.

Only what the course uses: `flowchart LR` or `TD`, boxes `a[text]`, `a(text)`, `a{text}`, arrows `-->`, `---`, `-.->`,
with a label or without, in chains. Anything else raises ValueError, and the page shows the source instead.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import pairwise

HEAD = re.compile(r"(?:flowchart|graph)\s+(LR|TD|TB)\s*;?")
BOX = re.compile(r"""(\w+)(?:\[\s*"?(.*?)"?\s*\]|\(\s*"?(.*?)"?\s*\)|\{\s*"?(.*?)"?\s*\})?""")
ARROW = re.compile(
    r"\s*(?:--\s+(?P<between>[^|>]+?)\s+(?P<end>-->|---)|(?P<line>-->|---|-\.->)(?:\|(?P<after>[^|]*)\|)?)\s*"
)
LETTER, LINE, PAD, GAP, MOST = 8.2, 20, 14, 46, 60  # pixels; boxes at most


@dataclass
class Chart:
    """Boxes in the order of their first appearance, and arrows (from, to, label, kind)."""

    across: bool
    boxes: dict[str, list[str]] = field(default_factory=dict)
    arrows: list[tuple[str, str, str, str]] = field(default_factory=list)


def read(source: str) -> Chart:
    """A flowchart from Mermaid's text. Raises ValueError for what is not drawn here."""
    lines = [line.strip().rstrip(";") for line in source.strip().splitlines()]
    lines = [line for line in lines if line and not line.startswith("%%")]
    head = HEAD.fullmatch(lines[0]) if lines else None
    if not head:
        raise ValueError("only flowcharts are drawn")
    chart = Chart(across=head[1] == "LR")
    for line in lines[1:]:
        _read_line(chart, line)
    if not 1 <= len(chart.boxes) <= MOST:
        raise ValueError(f"a flowchart has 1 to {MOST} boxes")
    return chart


def _read_line(chart: Chart, line: str) -> None:
    place, last, pending = 0, "", ("", "")
    while place < len(line):
        box = BOX.match(line, place)
        if not box:
            raise ValueError(f"this line is not understood: {line}")
        name, text = box[1], next((part for part in box.groups()[1:] if part is not None), None)
        if text is not None or name not in chart.boxes:
            chart.boxes[name] = re.split(r"<br\s*/?>", text if text is not None else name)
        if last:
            chart.arrows.append((last, name, *pending))
        arrow = ARROW.match(line, box.end())
        if not arrow:
            if line[box.end() :].strip():
                raise ValueError(f"this line is not understood: {line}")
            return
        last, place = name, arrow.end()
        pending = ((arrow["between"] or arrow["after"] or "").strip(), arrow["end"] or arrow["line"])
    raise ValueError(f"an arrow leads nowhere: {line}")


def svg(source: str) -> str:
    """The drawing in the colour of the text around it; its words are real text. Raises ValueError."""
    chart = read(source)
    ranks = _ranks(chart)
    rows = _rows(chart, ranks)
    widths = {name: max(LETTER * len(line) for line in lines) + 2 * PAD for name, lines in chart.boxes.items()}
    heights = {name: float(LINE * len(lines) + PAD) for name, lines in chart.boxes.items()}
    if chart.across:  # the boxes of a column are equally wide
        widths = {name: max(widths[other] for other in ranks if ranks[other] == ranks[name]) for name in widths}
    along, across = (widths, heights) if chart.across else (heights, widths)
    gaps = dict.fromkeys(range(max(ranks.values()) + 1), float(GAP))
    for start, _, label, _ in chart.arrows:
        needed = LETTER * len(label) + GAP if chart.across else GAP + LINE * bool(label)
        gaps[ranks[start]] = max(gaps[ranks[start]], needed)
    starts: dict[int, float] = {}
    at = 1.0
    for rank in sorted(gaps):
        starts[rank] = at
        at += max(along[name] for name in ranks if ranks[name] == rank) + gaps[rank]
    size: dict[str, tuple[float, float, float, float]] = {}
    lane = max(across.values()) + 16
    for name, rank in ranks.items():
        wide = max(along[other] for other in ranks if ranks[other] == rank)
        x, y = starts[rank] + wide / 2, rows[name] * lane + lane / 2
        size[name] = (*((x, y) if chart.across else (y, x)), widths[name], heights[name])
    return _draw(chart, size)


def _ranks(chart: Chart) -> dict[str, int]:
    """Columns: each box one further than the last that points to it; a source stands just before what it leads to."""
    ranks = dict.fromkeys(chart.boxes, 0)
    for _ in range(len(ranks) + 1):
        before = dict(ranks)
        for start, end, *_ in chart.arrows:
            ranks[end] = max(ranks[end], ranks[start] + 1)
        if ranks == before:
            break
    else:
        raise ValueError("arrows in a circle are not drawn")
    for name in chart.boxes:
        follows = [ranks[end] for start, end, *_ in chart.arrows if start == name]
        if follows and all(end != name for _, end, *_ in chart.arrows):
            ranks[name] = min(follows) - 1
    return ranks


def _rows(chart: Chart, ranks: dict[str, int]) -> dict[str, int]:
    """Rows: a box goes on in the row of the first that leads to it, if it is free and next to it; else in a new one."""
    rows: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    for name in chart.boxes:
        wanted = [rows[start] for start, end, *_ in chart.arrows if end == name and start in rows]
        row = wanted[0] if wanted and (ranks[name], wanted[0]) not in taken else max(rows.values(), default=-1) + 1
        rows[name] = row
        taken.add((ranks[name], row))
    return rows


def _draw(chart: Chart, size: dict[str, tuple[float, float, float, float]]) -> str:
    parts = []
    for start, end, label, kind in chart.arrows:
        parts.append(_arrow(chart.across, size[start], size[end], label, kind))
    for name, lines in chart.boxes.items():
        x, y, wide, high = size[name]
        parts.append(
            f'<rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="5" '
            f'fill="none" stroke="currentColor"/>'
        )
        parts += [_text(x, y + (i - (len(lines) - 1) / 2) * LINE, line) for i, line in enumerate(lines)]
    right = max(x + wide / 2 for x, _, wide, _ in size.values()) + 2
    bottom = max(y + high / 2 for _, y, _, high in size.values()) + 2
    words = html.escape("; ".join(_sentence(chart)))
    look = f'class="lessons-{"wide" if right > 560 else "narrow"}" font-size="14" fill="currentColor"'
    size_ = f'viewBox="0 0 {right:.0f} {bottom:.0f}" width="{right:.0f}"'
    return f'<svg role="img" aria-label="{words}" {size_} {look}>{"".join(parts)}</svg>'


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">{html.escape(text.strip())}</text>'


def _arrow(across: bool, start: tuple[float, ...], end: tuple[float, ...], label: str, kind: str) -> str:
    """A line from side to side, bent in the gap, with its head and its label."""
    (x, y, wide, high), (x2, y2, wide2, high2) = start, end
    a, b = ((x + wide / 2, y), (x2 - wide2 / 2, y2)) if across else ((x, y + high / 2), (x2, y2 - high2 / 2))
    bend = b[0] - 24 if across else b[1] - 24
    corners = [(bend, a[1]), (bend, b[1])] if across else [(a[0], bend), (b[0], bend)]
    track = [a, *(corners if a[across] != b[across] else []), b]
    path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in track)
    dashes = ' stroke-dasharray="4 4"' if kind == "-.->" else ""
    drawn = f'<path d="{path}" fill="none" stroke="currentColor"{dashes}/>'
    if kind != "---":
        left, up = (9, 5) if across else (5, 9)
        wings = [(b[0] - left, b[1] - up), (b[0] - left if across else b[0] + left, b[1] + up if across else b[1] - up)]
        head = "L".join(f"{px:.1f} {py:.1f}" for px, py in (b, *wings))
        drawn += f'<path d="M{head}Z" fill="currentColor"/>'
    if label:
        at = ((a[0] + b[0]) / 2, a[1] - 13) if across else (a[0], (a[1] + bend) / 2)
        drawn += _text(*at, label)
    return drawn


def _sentence(chart: Chart) -> list[str]:
    """The chart in words: its chains of boxes, for who cannot see it."""
    names = {name: " ".join(lines) for name, lines in chart.boxes.items()}
    chains: list[list[str]] = []
    for start, end, *_ in chart.arrows:
        chain = next((chain for chain in chains if chain[-1] == start), None)
        if chain:
            chain.append(end)
        else:
            chains.append([start, end])
    alone = [[name] for name in names if all(name not in pair for chain in chains for pair in pairwise(chain))]
    return [" → ".join(names[name] for name in chain) for chain in [*chains, *alone]]
