"""The title above a plot, shorter where there is less room."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QSizePolicy

from spikeloom_app.plots.chart import SideLabel


class TitleLabel(SideLabel):
    """Takes the room that its longest version needs where there is that much, and gives way in steps.

    A version that was too long once stays away while its words change: else a title with a number in it would jump
    between two lengths as the number does. Other versions in number begin anew.
    """

    def __init__(self) -> None:
        super().__init__()
        self._widest: list[int] = []  # px that each version needed at most
        self.setObjectName("title")
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def say(self, *versions: str) -> None:
        """Show the first of `versions` (rich text) that fits; the first of them is the tooltip."""
        super().say(*versions)
        self._choose()
        words = html.unescape(re.sub("<[^>]*>", "", versions[0]))
        self.setToolTip(html.escape(words))
        self.setAccessibleDescription(words)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew in other letters."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widest = []
            self._choose()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the longest version."""
        return QSize(max(self._widths(), default=1), super().sizeHint().height())

    def _widths(self) -> list[int]:
        self.ensurePolished()
        widths = super()._widths()
        before = self._widest if len(self._widest) == len(widths) else widths
        self._widest = [max(pair) for pair in zip(before, widths, strict=True)]
        return self._widest
