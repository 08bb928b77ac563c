"""The document as a script: shown live and in colours, copied, saved."""

from spikeloom_app.script.export_process import ExportProcess
from spikeloom_app.script.panel import ScriptPanel

__all__ = ["ExportProcess", "ScriptPanel"]
