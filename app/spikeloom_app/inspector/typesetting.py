"""Equations as painter's paths: LaTeX math, set by matplotlib's own typesetter, sharp at any scale.

matplotlib takes a while to load (and much longer when it looks for fonts for the first time on a machine), so it is
loaded in a thread when the first equation is to be painted (`load`); `is_ready` says when there is something to paint.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from threading import Thread

from PySide6.QtGui import QPainterPath

FAMILY = "dejavuserif"  # of matplotlib's math fonts
SIZE = 14.0  # px that paths are made for
_MODULE = "matplotlib.textpath"
_PLAIN = 18.0  # px of a line in which nothing stands above or below the others
_HEIGHTS = (  # of lines with these in them
    (r"\\(max|min)_", 21.0),
    (r"\\sum", 31.0),
    (r"\\dfrac", 37.0),
    (r"\\sum_\{[^}]*\}\^", 38.5),
    (r"\\sqrt\{\\dfrac", 39.5),
    (r"\\dfrac.*\{\\sqrt", 44.0),
    (r"\\dfrac.*\}\{\\sum", 49.0),
)
_loading: Thread | None = None


def is_ready() -> bool:
    """Whether equations can be set at once."""
    return _MODULE in sys.modules if _loading is None else not _loading.is_alive()


def load() -> None:
    """Start to load what sets equations, unless that was done before."""
    global _loading  # noqa: PLW0603 - modules are loaded once per process
    if _loading is None and not is_ready():
        _loading = Thread(target=_load, daemon=True, name="typesetter")
        _loading.start()


def _load() -> None:
    with suppress(Exception):  # without it, sources are shown as text
        import_module(_MODULE)


def room_for(equation: str) -> float:
    """The height in px, at `SIZE`, to keep for a line of LaTeX math before it is set: enough, and not much more."""
    kept = (height for sign, height in _HEIGHTS if re.search(sign, equation))
    return max(kept, default=_PLAIN)


@lru_cache(maxsize=512)
def path_of(equation: str) -> QPainterPath | None:
    """The path of a line of LaTeX math, `SIZE` px large, its baseline at y = 0; None where it cannot be set.

    Whether it can is matplotlib's to say: a type of the user's own may hold anything.
    """
    try:
        text_path = import_module(_MODULE).TextPath
        properties = import_module("matplotlib.font_manager").FontProperties(size=SIZE, math_fontfamily=FAMILY)
        outline = text_path((0, 0), f"${equation}$", prop=properties, usetex=False)
        path = _painted(outline.vertices.tolist(), outline.codes.tolist())
    except Exception:
        return None
    return path if not path.isEmpty() else None


def _painted(vertices: list[list[float]], codes: list[int]) -> QPainterPath:
    """Matplotlib's path, whose y goes up, as Qt's, whose y goes down."""
    path = QPainterPath()
    points = [(x, -y) for x, y in vertices]
    at = 0
    while at < len(codes):
        (x, y), code = points[at], codes[at]
        if code == 1:
            path.moveTo(x, y)
        elif code == 2:
            path.lineTo(x, y)
        elif code == 3:
            path.quadTo(x, y, *points[at + 1])
        elif code == 4:
            path.cubicTo(x, y, *points[at + 1], *points[at + 2])
        elif code == 79:
            path.closeSubpath()
        at += {3: 2, 4: 3}.get(code, 1)
    return path
