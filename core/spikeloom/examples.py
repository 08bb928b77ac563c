"""The example documents that ship with Spikeloom."""

from __future__ import annotations

from pathlib import Path


def examples() -> dict[str, Path]:
    """Name -> document. They lie in the installed package, or in the repository where that is what is installed."""
    package = Path(__file__).parent
    for folder in (package / "resources" / "examples", package.parents[1] / "resources" / "examples"):
        if folder.is_dir():
            return {path.stem: path for path in sorted(folder.glob("*.snn"))}
    return {}
