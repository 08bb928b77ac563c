"""The title above a plot, shorter where there is less room."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy

from spikeloom_app.plots.chart import SideLabel


class TitleLabel(SideLabel):
    """Takes the room that its longest version needs where there is that much, and gives way in steps."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("title")
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def say(self, *versions: str) -> None:
        """Show the first of `versions` (rich text) that fits; the first of them is the tooltip."""
        super().say(*versions)
        words = html.unescape(re.sub("<[^>]*>", "", versions[0]))
        self.setToolTip(html.escape(words))
        self.setAccessibleDescription(words)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the longest version."""
        self.ensurePolished()
        hint = super().sizeHint()
        return QSize(max(map(self._width, self._versions), default=1), hint.height())
