"""How the application looks: which theme it uses."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from spikeloom_app import style, theme


def apply_theme(name: str) -> None:
    """Use a theme by name (``system``, ``light`` or ``dark``) in the whole application."""
    chosen = {"light": theme.LIGHT, "dark": theme.DARK}.get(name) or style.system_theme()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.use(chosen)
    style.apply(application, chosen)
