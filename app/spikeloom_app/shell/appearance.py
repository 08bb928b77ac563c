"""How the application looks: its theme, the size of its text, and whether things move; as the settings say."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QApplication

from spikeloom_app import motion, style, theme
from spikeloom_app.shell.settings import Settings

THEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}
STEPS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)  # of the text


def apply_theme(name: str, text: float | None = None) -> None:
    """Use a theme by name (``system``, ``light`` or ``dark``) in the whole application.

    Parameters
    ----------
    text
        How much larger its text is than the desktop's; as it was where it is left out.
    """
    chosen = {"light": theme.LIGHT, "dark": theme.DARK}.get(name) or style.system_theme()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.use(chosen, None if text is None else text * style.system_scale())
    style.apply(application, theme.current())


class Appearance:
    """What the user chose, kept in the settings.

    A damaged setting counts as none.
    """

    extra: ClassVar[float] = 1.0  # on top of what the user chose: a presentation, which all windows share as the theme

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        motion.reduce(self.reduced_motion)

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self._known("theme", THEMES, "system")

    @property
    def text(self) -> float:
        """How much larger the text is than the desktop's."""
        return self._known("text_size", STEPS, 1.0)

    @property
    def reduced_motion(self) -> bool:
        """Whether things are to stand still."""
        return self.settings.get("reduced_motion") is True

    def _known(self, key: str, known: Any, default: Any) -> Any:
        found = self.settings.get(key, default)
        return found if isinstance(found, str | float | int) and found in known else default

    def apply(self) -> None:
        """Use all of it."""
        apply_theme(self.theme, self.text * self.extra)

    def use_theme(self, name: str) -> None:
        """Use a theme, now and at the next start."""
        self.settings.set("theme", name)
        self.apply()

    def use_text(self, size: float) -> None:
        """Use a size of text, one of `STEPS`, now and at the next start."""
        self.settings.set("text_size", size)
        self.apply()

    def step_text(self, by: int) -> None:
        """A step larger or smaller."""
        index = STEPS.index(self.text) + by
        if 0 <= index < len(STEPS):
            self.use_text(STEPS[index])

    def use_reduced_motion(self, wanted: bool) -> None:
        """Let things stand still, or move, now and at the next start."""
        self.settings.set("reduced_motion", wanted)
        motion.reduce(wanted)

    def present(self, extra: float) -> None:
        """Text as much larger as a presentation needs it; 1: as always."""
        Appearance.extra = extra
        self.apply()

    def system_changed(self) -> None:
        """The desktop went dark, or light."""
        if self.theme == "system":
            self.apply()
