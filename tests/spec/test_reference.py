"""The reference as data: every type has a page that says what it is, what it does, and who found it."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

import spikeloom as sl
from spikeloom.reference import PAPERS, Page, Paper, Reference, key_of, paragraphs
from spikeloom.reference.bibliography import cited, paper, papers_of
from spikeloom.reference.entry import default_words
from spikeloom.spec import Type, describe

COMPUTE = ("neuron", "learning", "loss", "optimiser", "readout", "rate_schedule")  # families that say how


def built_in() -> list[type[Type]]:
    families = [*Type.__subclasses__()]
    found = {cls for family in families for cls in family.types().values()}
    own = [cls for cls in (*families, *found) if cls.__module__.startswith("spikeloom.")]
    return sorted(own, key=lambda cls: cls.__qualname__)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference()


def texts(page: Page) -> str:
    return " ".join(paragraph.text for paragraph in page.prose)


# -- what every page must have -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", built_in(), ids=lambda cls: f"{cls.family().type}-{cls.type}")
def test_every_type_has_a_page_that_says_what_it_is(reference, cls) -> None:
    page = reference.pages[key_of(cls)]
    assert len(page.help) > 10 and page.help == page.prose[0].text
    assert page.title and page.python == cls.__name__
    assert "----" not in texts(page) and "`" not in texts(page)
    if not cls._is_family():
        assert {entry.name for entry in page.fields} == set(cls.model_fields)
    for entry in page.fields:
        assert entry.field.help, entry.name
        assert entry.takes == "" or entry.takes in reference.pages


@pytest.mark.parametrize("cls", built_in(), ids=lambda cls: f"{cls.family().type}-{cls.type}")
def test_every_paper_that_a_type_cites_is_in_the_bibliography(cls) -> None:
    for citation in cited(cls.__dict__.get("__doc__") or ""):
        assert paper(citation) is not None, f"{citation}: add it to spikeloom/reference/bibliography.py"


def test_what_computes_has_an_equation(reference) -> None:
    pages = [page for page in reference.pages.values() if page.key.split(".")[0] in COMPUTE and "." in page.key]
    assert len(pages) > 30
    assert [page.key for page in pages if not page.equations and not page.own] == []


def test_all_links_between_pages_lead_somewhere(reference) -> None:
    for page in reference.pages.values():
        linked = (*page.members, *page.related, *(use.page for use in page.used_by))
        assert set(linked) <= set(reference.pages), page.key


# -- what stands on a page ------------------------------------------------------------------------------------------


def test_a_field_has_its_range_unit_and_default(reference) -> None:
    entry = reference.pages["neuron.lif"].entry("tau_mem")
    assert (entry.label, entry.name) == ("Membrane time constant", "tau_mem")
    assert entry.expected == "a number greater than 0 (ms)" and entry.default == "20 ms"
    momentum = reference.pages["optimiser.sgd"].entry("momentum")
    assert momentum.expected == "a number from 0 to below 1" and momentum.default == "0"
    rate = reference.pages["optimiser.adam"].entry("alpha")
    assert "can be moved while the network runs" in rate.marks
    weight = reference.pages["connectivity.dense"].entry("weight")
    assert weight.takes == "initialiser" and weight.marks == ("must be given",) and weight.default == ""
    assert reference.pages["connectivity.conv2d"].entry("conv_size").default == "3 × 3"


def test_fields_come_as_in_forms_what_is_folded_away_last(reference) -> None:
    names = [entry.name for entry in reference.pages["connectivity.dense"].fields]
    assert names == ["weight", "delay", "max_delay"]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (True, "", "on"),
        (1e-8, "", "1e-08"),
        (0.1 + 0.2, "ms", "0.3 ms"),
        ("same", "", "'same'"),
        (sl.Normal(sd=0.5), "", "Normal (sd 0.5)"),
        (sl.Adam(), "", "Adam"),
        (["loss", "accuracy"], "", "loss, accuracy"),
        ([], "", ""),
        (None, "", ""),
        ({"tau": 20.0}, "", "tau = 20"),
    ],
)
def test_defaults_in_words(value: Any, unit: str, words: str) -> None:
    assert default_words(value, unit) == words


def test_a_page_says_where_the_type_serves(reference) -> None:
    uses = {(use.page, use.label) for use in reference.pages["readout"].used_by}
    assert ("neuron.li", "Readout") in uses
    assert ("experiment", "Training") in {(use.page, use.label) for use in reference.pages["training"].used_by}
    assert reference.pages["optimiser.adam_w"].related == ("optimiser.adam",)
    assert "neuron.lif" in reference.pages["neuron"].members


def test_the_order_is_that_of_building_and_what_is_used_most_comes_first(reference) -> None:
    keys = list(reference.pages)
    places = [keys.index(key) for key in ("population", "neuron.lif", "synapse", "learning.eprop", "dataset", "plot")]
    assert places == sorted(places)
    # Other tests may have types of their own by now, which come last.
    ours = {f"neuron.{name}" for name, cls in sl.Neuron.types().items() if cls.__module__.startswith("spikeloom.")}
    members = [key for key in reference.pages["neuron"].members if key in ours]
    assert members[0] == "neuron.lif" and members[-1] == "neuron.custom" and len(members) == len(ours)


# -- prose ----------------------------------------------------------------------------------------------------------


def test_prose_has_marked_words_and_no_sections_for_programmers() -> None:
    found = paragraphs(
        """One line with ``a + b`` and `Adam`.

        An example::

            x = 1
              y = 2

        Raises
        ------
        Error
            Never.
        """
    )
    assert [paragraph.text for paragraph in found] == ["One line with a + b and Adam.", "An example:", "x = 1\n  y = 2"]
    assert [(span.kind, span.text) for span in found[0].spans if span.kind != "text"] == [
        ("code", "a + b"),
        ("name", "Adam"),
    ]
    assert found[2].literal
    assert paragraphs(None) == () and paragraphs("  ") == ()


def test_a_name_in_a_text_is_found_where_it_means_one_page(reference) -> None:
    pages = reference.pages
    assert reference.named("Adam", pages["optimiser.adam_w"]) is pages["optimiser.adam"]
    assert reference.named("sum_var", pages["learning.eprop"]) is pages["readout.sum_var"]
    assert reference.named("custom", pages["learning.eprop"]) is None  # a neuron and a synapse are called so
    assert reference.named("loss", pages["learning.eprop"]) is None  # its own field
    assert reference.named("nothing") is None


# -- papers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is so (Bellec et al. 2020).", ["Bellec et al. 2020"]),
        ("The task of Bellec et\n    al. 2018: curves.", ["Bellec et al. 2018"]),
        ("Wunderlich and Pehle (2021); Nowotny et al. 2022", ["Wunderlich and Pehle 2021", "Nowotny et al. 2022"]),
        ("(Kriener, Göltz and Petrovici 2022)", ["Kriener, Göltz and Petrovici 2022"]),
        ("A batch of 2020 examples, 1999 of them", []),
    ],
)
def test_citations_are_found_in_texts(text: str, found: list[str]) -> None:
    assert cited(text) == found
    assert len(papers_of(text)) == len(found)


def test_the_bibliography_is_sound() -> None:
    assert len({paper.label for paper in PAPERS}) == len(PAPERS)
    assert [paper.names[0] for paper in PAPERS] == sorted(paper.names[0] for paper in PAPERS)
    for known in PAPERS:
        assert known.title and known.venue and all("," in author for author in known.authors)
        assert not known.doi or known.doi.startswith("10.")
        assert "http" not in known.text


def test_a_paper_in_a_list() -> None:
    made = Paper(("Uno, A.", "Due, B."), 2001, "On one", "A Journal 1, 2", "10.1/x")
    assert made.label == "Uno and Due 2001"
    assert made.text == "Uno, A. and Due, B. (2001). On one. A Journal 1, 2. doi: 10.1/x."


# -- types of the user's own ----------------------------------------------------------------------------------------


@pytest.fixture
def own() -> Any:
    class Reversed(sl.Delta):
        """A spike acts with the opposite sign (Bellec et al. 2020; Nobody et al. 1900)."""

        equations: ClassVar[tuple[str, ...]] = (r"V \leftarrow V - w",)
        strength: float = sl.quantity(1.0, ge=0, unit="mV", help="How strongly.")

    class Silent(sl.Delta):
        pass

    yield Reversed, Silent
    for cls in (Reversed, Silent):
        del sl.Synapse._registry[cls.type]


def test_a_type_of_a_script_has_a_page_too(own) -> None:
    pages = Reference().pages
    page = pages["synapse.reversed"]
    assert page.own and page.equations == (r"V \leftarrow V - w",)
    assert page.entry("strength").expected == "a number of at least 0 (mV)"
    assert [known.label for known in page.papers] == ["Bellec et al. 2020"]
    assert page.related == ("synapse.delta",)
    assert pages["synapse.silent"].prose == () and pages["synapse.silent"].help == ""  # and nothing of its parent's
    assert pages["synapse"].members[-2:] == ("synapse.reversed", "synapse.silent")


def test_a_family_without_a_chapter_has_one_at_the_end() -> None:
    class Weather(Type):
        """What it is like outside."""

    class Rain(Weather):
        """Wet."""

    try:
        reference = Reference()
        assert reference.chapters[-1].title == "Weather"
        assert [page.key for page in reference.contents()[-1][1]] == ["weather", "weather.rain"]
    finally:
        Weather._registry.clear()
    assert "weather" not in Reference().pages


def test_every_node_of_a_document_has_a_page(reference) -> None:
    for node in (sl.Document, sl.Network, sl.Population, sl.Connection, sl.Experiment, sl.Training, sl.Note):
        assert issubclass(node, BaseModel)
        page = reference.pages[key_of(node)]
        assert page.help and len(page.fields) == len(describe(node))
