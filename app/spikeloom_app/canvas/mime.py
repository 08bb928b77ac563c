"""What travels from the palette to the canvas: the name of a neuron type."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

TYPE_MIME = "application/x-spikeloom-type"


def pack(type_name: str) -> QMimeData:
    """The data of a drag that adds a population of this neuron type."""
    data = QMimeData()
    data.setData(TYPE_MIME, type_name.encode("utf-8"))
    return data


def unpack(data: QMimeData) -> str:
    """The neuron type's name, or an empty string where the drag carries something else."""
    if not data.hasFormat(TYPE_MIME):
        return ""
    return bytes(data.data(TYPE_MIME).data()).decode("utf-8", errors="replace")
