"""Boxes become cuts, and new plots find room."""

from __future__ import annotations

import pytest

from spikeloom.spec.plots import Curves, Place, Raster, Traces, Weights, default_plots
from spikeloom_app.plots.places import Cut, Stack, cuts, making_room, order, placed, with_another


def test_side_by_side_with_two_above_each_other() -> None:
    tree = cuts({"a": (0, 0.6, 0.4, 0.4), "b": (0.41, 0.6, 0.59, 0.2), "c": (0.41, 0.81, 0.59, 0.19)})
    assert isinstance(tree, Cut) and tree.side_by_side
    left, right = tree.parts
    assert left.names == ("a",)
    assert isinstance(right, Cut) and not right.side_by_side and right.names == ("b", "c")


def test_many_in_a_row_are_one_cut() -> None:
    tree = cuts({name: (k / 4, 0.5, 0.24, 0.5) for k, name in enumerate("dcba")})
    assert isinstance(tree, Cut) and tree.side_by_side
    assert [part.names for part in tree.parts] == [("d",), ("c",), ("b",), ("a",)]


def test_the_same_box_means_tabs() -> None:
    tree = cuts({"a": (0, 0.5, 0.5, 0.5), "b": (0.5, 0.5, 0.5, 0.5), "c": (0.01, 0.5, 0.49, 0.5)})
    assert isinstance(tree, Cut)
    assert {part.names for part in tree.parts} == {("a", "c"), ("b",)}


def test_what_no_cut_divides_is_tabs() -> None:
    # A pinwheel: no straight line leaves all of them whole.
    tree = cuts({"a": (0, 0, 0.9, 0.6), "b": (0.1, 0.1, 0.5, 0.9), "c": (0.2, 0.3, 0.8, 0.5)})
    assert set(tree.names) == {"a", "b", "c"}


def test_a_little_overlap_is_no_matter() -> None:
    tree = cuts({"a": (0, 0, 0.55, 1), "b": (0.5, 0, 0.5, 1)})
    assert isinstance(tree, Cut) and tree.side_by_side and tree.names == ("a", "b")
    assert isinstance(cuts({"a": (0, 0, 1, 1)}), Stack)


def test_sizes_are_no_other_order() -> None:
    before = placed(default_plots())
    after = {name: place.model_copy() for name, place in before.items()}
    after["plot:1"].box = (0.0, 0.55, 0.41, 0.45)
    assert order(after) == order(before)
    after["plot:1"].area = "right"
    assert order(after) != order(before)


def test_plots_that_say_nothing_get_places() -> None:
    plots = [*default_plots(), Weights(name="plot:4"), Curves(name="plot:5")]
    places = placed(plots)
    assert set(places) == {plot.name for plot in plots}
    assert all(place.box is not None for place in places.values())
    tree = cuts({name: place.box for name, place in places.items() if place.box})
    assert set(tree.names) == set(places)


def test_what_a_document_says_stays() -> None:
    box = (0.1, 0.1, 0.3, 0.3)
    plots = [Raster(name="plot:1", place=Place(area="right", box=box)), Traces(name="plot:2")]
    assert placed(plots)["plot:1"].box == box


def test_another_one_halves_the_widest_until_it_is_narrow() -> None:
    places = {"plot:1": Place(box=(0, 0.6, 1.0, 0.4))}
    places = with_another(places, "plot:2")
    assert places["plot:1"].box == pytest.approx((0, 0.6, 0.5, 0.4))
    assert places["plot:2"].box == pytest.approx((0.5, 0.6, 0.5, 0.4))
    for number in (3, 4, 5):
        places = with_another(places, f"plot:{number}")
    assert places["plot:5"].box == places["plot:1"].box  # in front of it
    assert places["plot:1"].behind and not places["plot:5"].behind


def test_a_dock_in_the_way_of_plots_is_a_tab_behind_one_and_no_strip() -> None:
    plots = [Place(box=(0, 0.57, 0.25, 0.43)), Place(box=(0.25, 0.57, 0.75, 0.43))]
    usual = Place(box=(0, 0.57, 0.44, 0.43))
    found = making_room(usual, plots)
    assert found.box == plots[0].box and found.behind
    beside = making_room(Place(box=(0, 0.57, 1, 0.43)), plots[:1])
    assert beside.box == pytest.approx((0.25, 0.57, 0.75, 0.43)) and not beside.behind
    strip = making_room(Place(box=(0, 0.57, 0.5, 0.43)), [plots[0], Place(box=(0.36, 0.57, 0.4, 0.43))])
    assert strip.box == plots[0].box and strip.behind
    tree = cuts({"log": found.box, "plot:1": plots[0].box, "plot:2": plots[1].box})  # type: ignore[dict-item]
    assert isinstance(tree, Cut) and [set(part.names) for part in tree.parts] == [{"log", "plot:1"}, {"plot:2"}]


def test_a_dock_that_is_in_nobodys_way_stays() -> None:
    plots = [Place(box=(0.3, 0.57, 0.7, 0.43)), Place(area="right", box=(0, 0.57, 0.3, 0.43))]
    for own in (Place(box=(0, 0.57, 0.3, 0.43)), Place(area="left", box=(0.3, 0.5, 0.5, 0.5)), Place(area="window")):
        assert making_room(own, plots) == own
    in_front = Place(box=(0.3, 0.57, 0.69, 0.43))
    assert making_room(in_front, plots) == in_front, "a tab already, and in front as it was"
