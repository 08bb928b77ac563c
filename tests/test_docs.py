"""The sources of the documentation: every page and public name is there, and everything that is linked exists."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docs.sphinx import sources
from docs.sphinx.equation_svg import equation_svg
from docs.sphinx.page_rst import plain
from docs.sphinx.signatures import signature_of

import spikeloom as sl
from spikeloom.reference import Reference


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "sources"
    sources.write(folder)
    return folder


def texts(folder: Path) -> dict[str, str]:
    found = [*folder.rglob("*.rst"), *folder.glob("*.md")]
    return {str(path.relative_to(folder).with_suffix("")): path.read_text(encoding="utf-8") for path in found}


def test_there_is_a_page_for_each_of_the_reference(written) -> None:
    for page in Reference().pages.values():
        text = (written / "reference" / f"{page.key}.rst").read_text(encoding="utf-8")
        assert text.startswith(plain(page.title))
        assert text.count("<svg") == len(page.equations)
        for entry in page.fields:
            assert f":code:`{entry.name}`" in text
            assert plain(entry.field.unit) in text


def test_a_field_has_its_range_and_unit(written) -> None:
    text = (written / "reference" / "neuron.lif.rst").read_text(encoding="utf-8")
    assert "a number greater than 0 (ms); default 20 ms" in text


def test_every_public_name_is_in_the_api_once(written) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (written / "api").glob("*.rst"))
    named = re.findall(r"^\.\. (?:autoclass|autofunction|py:data):: spikeloom\.(\w+)$", text, flags=re.MULTILINE)
    assert sorted(named) == sorted(set(sl.__all__) - {"__version__"})


def test_all_that_is_linked_exists(written) -> None:
    pages = texts(written)
    for name, text in pages.items():
        for target in re.findall(r":doc:`(?:[^`<]*<)?(/[^`>]+)>?`", text):
            assert target.removeprefix("/") in pages, f"{name} links {target}"
        for target in re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", text):
            assert (written / target).is_file(), f"{name} links {target}"
        for entry in re.findall(r"^   (/reference/\S+)$", text, flags=re.MULTILINE):
            assert entry.removeprefix("/") in pages


def test_equations_are_drawings_in_the_colour_of_the_text() -> None:
    drawing = ElementTree.fromstring(equation_svg(sl.LIF.equations[0]))
    assert drawing.get("aria-label") == sl.LIF.equations[0]
    assert float(drawing.get("width", "0")) > 60
    path = drawing.find("path")
    assert path is not None and path.get("fill") == "currentColor" and path.get("d", "").startswith("M")
    assert equation_svg(r"\nonsense{<") == r"<code>\nonsense{&lt;</code>"


def test_signatures_are_those_that_scripts_write() -> None:
    assert signature_of(sl.SGD) == "(alpha=0.01, momentum=0.0, *, schedule=None, clip_norm=None)"
    assert signature_of(sl.Dense) == "(weight, delay=..., *, max_delay=None)"
    assert signature_of(dict) is None


def test_texts_are_no_markup() -> None:
    assert plain("a_b *c* `d` |e|") == r"a\_b \*c\* \`d\` \|e\|"
