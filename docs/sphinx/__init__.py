"""The documentation as HTML: ``python -m docs.sphinx FOLDER``, or ``make docs``.

Nothing of it is committed: the reference comes from `spikeloom.reference`, the Python API from the docstrings, the rest
from the README and the Markdown files beside this folder. `sources` writes them for Sphinx, which fetches nothing.
"""
