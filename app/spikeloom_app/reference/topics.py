"""Which page is about an object of the document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from spikeloom.reference import key_of
from spikeloom.spec import Connection, Population


def topic_of(value: Any) -> str:
    """The key of the page of an object of the document; empty for anything else."""
    return key_of(type(value)) if isinstance(value, BaseModel) else ""


def topic_of_part(part: Population | Connection) -> str:
    """The key of the page that says most of a part: of its neuron, or of its connectivity."""
    return topic_of(part.neuron if isinstance(part, Population) else part.connectivity)
