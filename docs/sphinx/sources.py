"""Writes what Sphinx reads into a folder of the build."""

from __future__ import annotations

import shutil
from pathlib import Path

from docs.sphinx import api_rst, page_rst
from docs.sphinx.guide import write_guide

from spikeloom.reference import Reference

STYLE = """
.equations { background: var(--color-background-secondary); border-radius: 8px; padding: 0.9rem 1.1rem;
  margin: 1rem 0; overflow-x: auto; }
.equations > div + div { margin-top: 0.7rem; }
svg.equation { display: block; max-width: none; color: var(--color-foreground-primary); }
table.fields td > p { margin: 0.2rem 0; }
"""
INDEX = """Spikeloom
=========

Draw, train and export spiking neural networks: GeNN models on a laptop, with no CUDA.

.. image:: window-dark.png
   :alt: The window: a network, its training curves, spikes and voltages of one example

.. toctree::
   :maxdepth: 1

   guide
   reference/index
   api/index
   add-a-neuron
   architecture
"""


def write(folder: Path) -> None:
    """Write all sources into `folder`, which is made."""
    reference = Reference()
    for name in ("reference", "api", "_static"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("conf.py"), folder / "conf.py")
    _write(folder / "_static" / "spikeloom.css", STYLE)
    _write(folder / "index.rst", INDEX)
    write_guide(folder)
    _write(folder / "reference" / "index.rst", page_rst.index_rst(reference))
    for page in reference.pages.values():
        _write(folder / "reference" / f"{page.key}.rst", page_rst.page_rst(page, reference))
    found = api_rst.groups(reference)
    _write(folder / "api" / "index.rst", api_rst.index_rst(found))
    _write(folder / "api" / "spikes.rst", api_rst.spikes_rst())
    _write(folder / "api" / "history.rst", api_rst.history_rst())
    for group in found:
        _write(folder / "api" / f"{group.key}.rst", api_rst.group_rst(group, reference))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
