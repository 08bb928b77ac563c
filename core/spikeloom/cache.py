"""Where everything lies that may be deleted at any time."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(kind: str = "builds") -> Path:
    """The folder of a kind of things that can be made again: ``$SPIKELOOM_CACHE``, else the user's cache.

    Parameters
    ----------
    kind
        ``"builds"`` (which has the chosen folder to itself), ``"data"``.

    Returns
    -------
    Path
        Absolute; it need not exist yet.
    """
    chosen = os.environ.get("SPIKELOOM_CACHE", "").strip()
    if chosen:
        folder = Path(chosen).expanduser().absolute()
        return folder if kind == "builds" else folder / kind
    import platformdirs

    return Path(platformdirs.user_cache_dir("spikeloom")) / kind
