"""The field of data sets whose files lie in a folder of the user's."""

from __future__ import annotations

from typing import Any

from spikeloom.spec.fields import setting
from spikeloom.spec.problem import refuse


def folder_field(name: str) -> Any:
    """The declaration of ``folder``."""
    return setting(
        name,
        max_length=4096,
        help="Folder of the files; relative to the document or to your folder of data sets (SPIKELOOM_DATA).",
    )


def check_folder(folder: str, usual: str) -> str:
    """Refuse what no folder can be called."""
    if not folder.strip() or "\0" in folder:
        refuse(f"no folder found, expected one such as '{usual}'")
    return folder
