"""The document as a script: shown live and in colours, copied, saved. Knows the document, and computes nothing heavy."""

from spikeloom_app.script.export_process import ExportProcess
from spikeloom_app.script.panel import ScriptPanel

__all__ = ["ExportProcess", "ScriptPanel"]
