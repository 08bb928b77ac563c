"""One table of theme tokens: every colour, radius and font size that the application paints with.

Painters ask `current()` when they paint and never keep a colour. Qt-free, so that tests and screenshots can read it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from spikeloom_app.document.signal import Signal


@dataclass(frozen=True)
class Theme:
    """The tokens of one theme; colours are ``#rrggbb``."""

    name: str
    window: str  # behind everything
    canvas: str
    canvas_dot: str
    surface: str  # cards, docks, menus
    surface_raised: str  # fields, hover
    border: str
    border_strong: str
    text: str
    text_muted: str
    accent: str  # selection, focus, primary button
    accent_text: str  # on accent
    role_input: str
    role_hidden: str
    role_output: str
    wire: str
    wire_selected: str
    error: str
    warning: str
    success: str
    plot_background: str
    plot_grid: str
    series: tuple[str, ...]  # curves, populations of a raster, neurons of a trace

    radius: int = 8  # px, cards
    radius_small: int = 5  # px, fields and buttons
    font_small: int = 11  # px
    font: int = 13
    font_large: int = 15

    def role(self, role: str) -> str:
        """The colour of a population's role: input, hidden or output."""
        return {"input": self.role_input, "hidden": self.role_hidden, "output": self.role_output}[role]


DARK = Theme(
    name="dark",
    window="#14161a",
    canvas="#17191e",
    canvas_dot="#272a31",
    surface="#1f2228",
    surface_raised="#282c34",
    border="#31353e",
    border_strong="#454b57",
    text="#e8eaed",
    text_muted="#9aa0ab",
    accent="#4c8dff",
    accent_text="#ffffff",
    role_input="#2fbf71",
    role_hidden="#4c8dff",
    role_output="#b07cff",
    wire="#6d7686",
    wire_selected="#4c8dff",
    error="#ff5c69",
    warning="#f0b13c",
    success="#2fbf71",
    plot_background="#1a1d22",
    plot_grid="#31353e",
    series=("#4c8dff", "#f0913c", "#2fbf71", "#b07cff", "#ff5c69", "#3cc8d8", "#e6c84f", "#ef7fc0"),
)

LIGHT = Theme(
    name="light",
    window="#eef0f3",
    canvas="#f6f7f9",
    canvas_dot="#d9dde3",
    surface="#ffffff",
    surface_raised="#f0f2f5",
    border="#d7dbe2",
    border_strong="#b3bac5",
    text="#1b1e24",
    text_muted="#616975",
    accent="#2463d6",
    accent_text="#ffffff",
    role_input="#158a4c",
    role_hidden="#2463d6",
    role_output="#7b3fe0",
    wire="#8b94a3",
    wire_selected="#2463d6",
    error="#c92a3a",
    warning="#a86b00",
    success="#158a4c",
    plot_background="#ffffff",
    plot_grid="#d7dbe2",
    series=("#2463d6", "#c2600a", "#158a4c", "#7b3fe0", "#c92a3a", "#0b7d8c", "#8a6d00", "#b8377f"),
)

changed = Signal()
_current = DARK
_scale = 1.0


def current() -> Theme:
    """The theme in use, its fonts as large as the user wants them."""
    return _current


def scale() -> float:
    """How much larger text is than the tokens of `DARK` and `LIGHT` say."""
    return _scale


def large(pixels: float) -> int:
    """A size in px that grows with the text."""
    return round(pixels * _scale)


def use(theme: Theme, text: float | None = None) -> None:
    """Use `theme` and tell everybody who paints.

    Parameters
    ----------
    text
        How much larger its text is; as it was where it is left out.
    """
    global _current, _scale  # noqa: PLW0603 - the application has one theme
    _scale = _scale if text is None else text
    _current = scaled(theme, _scale)
    changed.emit()


def scaled(theme: Theme, factor: float) -> Theme:
    """A theme with larger or smaller text."""
    if factor == 1.0:
        return theme
    sizes = {name: round(getattr(theme, name) * factor) for name in ("font_small", "font", "font_large")}
    return replace(theme, **sizes)
