"""Write the sources and let Sphinx make HTML of them; a warning fails the build."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from docs.sphinx import sources


def main(target: Path) -> int:
    """Build into `target`; the sources lie in ``sources`` beside it."""
    from sphinx.cmd.build import main as build

    folder = target.parent / f"{target.name}-sources"
    shutil.rmtree(folder, ignore_errors=True)
    sources.write(folder)
    options = ["-q", "-W", "--keep-going", "-E", "-b", "html"]
    failed = build([*options, "-d", str(folder / ".doctrees"), str(folder), str(target)])
    if not failed:
        print(f"The documentation is in {target / 'index.html'}")
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/docs").resolve()))
