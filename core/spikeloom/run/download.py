"""Download the data set that a document names: a task, which is done only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from spikeloom.data import downloads
from spikeloom.errors import UserError
from spikeloom.run.control import Control
from spikeloom.run.events import Listener, Throttle
from spikeloom.run.failure import Stopped
from spikeloom.run.options import base_option, open_document


def download(options: Mapping[str, Any], listener: Listener, control: Control) -> dict[str, Any]:
    """Download what is missing of the document's data set; with ``again`` all of it.

    Raises
    ------
    Stopped
        If somebody stopped it; the next one goes on where it ended.
    """
    document = open_document(options)
    dataset = document.experiment.dataset
    if dataset is None:
        raise UserError("the document names no data set", place="experiment.dataset")
    tell = Throttle(listener)
    try:
        folder = downloads.download(
            dataset,
            base_option(document, options),
            lambda progress: tell({"event": "download", **asdict(progress)}),
            lambda: control.stopped,
            again=options.get("again") is True,
        )
    except downloads.Cancelled as error:
        raise Stopped(error.message, hint=error.hint) from None
    result = {"dataset": dataset.type, "folder": str(folder)}
    listener({"event": "result", "task": "download", "result": result})
    return result
