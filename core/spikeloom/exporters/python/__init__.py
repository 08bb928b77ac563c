"""A document as a script with this library's Python API, in the order in which a person would write it."""

from spikeloom.exporters.python.script import write

__all__ = ["write"]
