"""The inspector: forms made from the spec's own field metadata, for what is selected or for the experiment."""

from spikeloom_app.inspector.inspector import Inspector

__all__ = ["Inspector"]
