"""Sphinx's settings. It fetches nothing, now or when the pages are read: no inventories, no fonts, no MathJax."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Any

from docs.sphinx.signatures import signature_of

project = "Spikeloom"
author = "The Spikeloom authors"
version = release = version_of("spikeloom")

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_parser"]
root_doc = "index"
exclude_patterns = [".doctrees"]
default_role = "py:obj"  # docstrings name things in single backticks
nitpicky = False

autodoc_typehints = "none"  # docstrings say what is taken, in words
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True  # attributes that are properties have an entry of their own
napoleon_use_rtype = False
napoleon_custom_sections = [("Class attributes", "params_style"), ("Signals", "params_style")]

myst_heading_anchors = 3
suppress_warnings = ["myst.header"]

html_theme = "furo"
html_title = "Spikeloom"
html_static_path = ["_static"]
html_css_files = ["spikeloom.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False


def setup(app: Any) -> None:
    """Classes of the document are shown as scripts write them."""
    app.connect("autodoc-process-signature", _signature)


def _signature(_app: Any, what: str, _name: str, thing: Any, _options: Any, given: str, returned: str) -> Any:
    found = signature_of(thing) if what == "class" else None
    return (given, returned) if found is None else (found, "")
