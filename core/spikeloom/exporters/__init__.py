"""Documents as scripts that stand alone: Python with this library, PyGeNN without it, and a notebook.

`EXPORTERS` says which there are, `export` writes one. An exporter reads a document and runs nothing of it.
"""

from spikeloom.exporters.export import EXPORTERS, Export, Exporter, export

__all__ = ["EXPORTERS", "Export", "Exporter", "export"]
