"""The README and the Markdown files of ``docs`` as pages: their links lead to pages, pictures are copied."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = {"docs/architecture.md": "architecture", "docs/add-a-neuron.md": "add-a-neuron"}
FOR_DEVELOPERS = "## For developers"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def write_guide(folder: Path) -> None:
    """Write the pages into `folder`."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split(FOR_DEVELOPERS)[0]
    (folder / "guide.md").write_text(_rewritten(readme, ROOT, folder), encoding="utf-8")
    for file, page in FILES.items():
        path = ROOT / file
        text = _rewritten(path.read_text(encoding="utf-8"), path.parent, folder)
        (folder / f"{page}.md").write_text(text, encoding="utf-8")


def _rewritten(text: str, base: Path, folder: Path) -> str:
    """The text with links that lead somewhere: to a page, to a copied picture, or none where only words are left."""

    def link(match: re.Match[str]) -> str:
        picture, words, target = match.groups()
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        path = (base / target.split("#")[0]).resolve()
        if picture:
            shutil.copy(path, folder / path.name)
            return f"![{words}]({path.name})"
        page = next((page for file, page in FILES.items() if (ROOT / file).resolve() == path), None)
        return f"[{words}]({page}.md)" if page else words

    return _LINK.sub(link, text)
