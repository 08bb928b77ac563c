"""Exporting in the worker: who must not wait, such as the window, has it done here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikeloom.exporters import export
from spikeloom.run.events import Listener
from spikeloom.run.options import base_option, open_document, path_option


def export_document(options: Mapping[str, Any], listener: Listener) -> None:
    """Export a document; its result is the text, and the files where ``output`` says where to write them.

    ``to`` is one of the exporters' names, ``name`` the stem of the file that it is to be saved as.
    """
    document = open_document(options)
    for _, array in document.arrays():
        array.values()  # they lie beside the copy, and not in the folder that the document's data lies in
    document.bind(base_option(document, options))
    output = path_option(options, "output")
    name = output.stem if output is not None else str(options.get("name") or "network")
    made = export(document, str(options.get("to")), name)
    files = made.save(output) if output is not None else []
    result = {"text": made.text, "notes": made.notes, "lines": made.lines, "files": files}
    listener({"event": "result", "task": "export", "result": result})
