"""The documents that ship with Spikeloom, examples and templates to start from; and the user's own templates."""

from __future__ import annotations

from pathlib import Path


def examples() -> dict[str, Path]:
    """Name -> document. They lie in the installed package, or in the repository where that is what is installed."""
    return _shipped("examples")


def templates() -> dict[str, Path]:
    """Name -> document of each template that ships with Spikeloom."""
    return _shipped("templates")


def user_templates_folder() -> Path:
    """Where the window keeps the templates that the user made; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_data_dir("spikeloom", appauthor=False)) / "templates"


def user_templates() -> dict[str, Path]:
    """Name -> document of each template that the user made."""
    return _documents(user_templates_folder())


def _shipped(kind: str) -> dict[str, Path]:
    package = Path(__file__).parent
    for folder in (package / "resources" / kind, package.parents[1] / "resources" / kind):
        if folder.is_dir():
            return _documents(folder)
    return {}


def _documents(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.snn"))}
