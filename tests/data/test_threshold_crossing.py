"""Images pixel by pixel, as rises and falls through thresholds: against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest

import spikeloom.spec as sp
from spikeloom.data import encode, encoders
from spikeloom.data.spikes import check_spikes


def by_hand(encoder: sp.ThresholdCrossing, image: np.ndarray, dt: float, timesteps: int) -> list[tuple[int, int]]:
    """(step, neuron) of the spikes of one image, sorted and each once."""
    half, found = encoder.neurons // 2, set()
    before = 0.0
    for pixel, value in enumerate(image.ravel()):
        step = int(pixel * encoder.pixel_time / dt + 1e-9)
        for k in range(half):
            threshold = (k + 0.5) / half
            if before < threshold <= value:
                found.add((step, k))
            if value < threshold <= before:
                found.add((step, half + k))
        before = value
    for step in range(timesteps):
        if step * dt >= image.size * encoder.pixel_time - 1e-9:
            found.add((step, encoder.neurons))
    return sorted(pair for pair in found if pair[0] < timesteps)


@pytest.mark.parametrize(
    ("neurons", "pixel_time", "dt", "timesteps"),
    [(80, 1.0, 1.0, 60), (2, 1.0, 1.0, 48), (10, 2.0, 0.5, 250), (10, 0.3, 1.0, 30), (4, 1.0, 1.0, 20)],
)
def test_it_does_what_a_plain_loop_does(monkeypatch, neurons, pixel_time, dt, timesteps):
    monkeypatch.setattr(encoders, "VALUES_AT_ONCE", 100)  # two images at a time
    x = np.random.default_rng(0).random((9, 6, 8))
    x[1], x[2], x[3, :3] = 0.0, 1.0, x[3, 0, 0]
    x[4] = np.round(x[4] * neurons) / neurons  # on the thresholds
    encoder = sp.ThresholdCrossing(neurons=neurons, pixel_time=pixel_time)
    found = encode(encoder, x, dt, timesteps)
    check_spikes(found, *encoder.input_shape((6, 8)))
    pairs = list(zip(found.steps.tolist(), found.ids.tolist(), strict=True))
    for example, image in enumerate(x):
        inside = slice(found.offsets[example], found.offsets[example + 1])
        assert pairs[inside] == by_hand(encoder, image, dt, timesteps)


def test_every_step_after_the_image_has_the_cue_alone():
    encoder = sp.ThresholdCrossing(neurons=6)
    found = encode(encoder, np.ones((2, 10)), 1.0, 14)
    assert found.steps.tolist() == [0, 0, 0, 10, 11, 12, 13] * 2
    assert found.ids.tolist() == [0, 1, 2, 6, 6, 6, 6] * 2


def test_bytes_cross_as_the_fractions_that_they_stand_for():
    pixels = np.random.default_rng(1).integers(0, 256, (3, 50)).astype(np.uint8)
    encoder = sp.ThresholdCrossing()
    as_bytes, as_fractions = (encode(encoder, x, 1.0, 60, top) for x, top in ((pixels, 255), (pixels / 255, 1)))
    np.testing.assert_array_equal(as_bytes.ids, as_fractions.ids)
    np.testing.assert_array_equal(as_bytes.steps, as_fractions.steps)


def test_no_images():
    assert len(encode(sp.ThresholdCrossing(), np.zeros((0, 5)), 1.0, 30)) == 0
