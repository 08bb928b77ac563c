"""Equations as drawings inside the page, set by matplotlib as in the window; they take the colour of the text."""

from __future__ import annotations

from html import escape
from xml.sax.saxutils import quoteattr

from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

SIZE = 17.0  # px
MARGIN = 2.0  # px
FAMILY = "dejavuserif"
_LETTERS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C"}


def equation_svg(line: str) -> str:
    """A line of LaTeX math as SVG; its source where matplotlib cannot set it."""
    try:
        properties = FontProperties(size=SIZE, math_fontfamily=FAMILY)
        outline = TextPath((0, 0), f"${line}$", prop=properties, usetex=False)
    except (ValueError, RuntimeError):
        return f"<code>{escape(line)}</code>"
    box = outline.get_extents()
    left = min(box.x0, 0.0)  # blanks at the start of a line indent it
    width, height = box.x1 - left + 2 * MARGIN, box.height + 2 * MARGIN
    view = f"{left - MARGIN:.2f} {-box.y1 - MARGIN:.2f} {width:.2f} {height:.2f}"
    return (
        f'<svg class="equation" role="img" aria-label={quoteattr(line)} viewBox="{view}" '
        f'width="{width:.1f}" height="{height:.1f}"><path fill="currentColor" d="{_steps(outline)}"/></svg>'
    )


def _steps(outline: Outline) -> str:
    """Matplotlib's path, whose y goes up, as SVG's, whose y goes down."""
    steps = []
    for points, code in outline.iter_segments(curves=True, simplify=False):
        if code == Outline.CLOSEPOLY:
            steps.append("Z")
            continue
        numbers = [f"{-value if k % 2 else value:.2f}" for k, value in enumerate(points.tolist())]
        steps.append(_LETTERS[code] + " ".join(numbers))
    return "".join(steps)
