"""Sounds in folders: WAV files of all kinds, the filters, and the spikes that come of them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tests.data.own_files import RATE, tone, write_fractions, write_wav

import spikeloom.spec as sp
from spikeloom.data import inspect, load_dataset
from spikeloom.data.audio_folder import filtered, read_spikes
from spikeloom.data.filter_banks import responses
from spikeloom.data.sound import read_sound, read_wav
from spikeloom.errors import UserError

REAL = Path(os.environ.get("SPIKELOOM_DATA", "")) / "spoken_digits" / "wav"
PATTERN = "{label}_{speaker}_{take}.wav"


@pytest.fixture(autouse=True)
def _no_folder_of_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SPIKELOOM_DATA", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def small(**fields) -> sp.AudioFolder:
    return sp.AudioFolder(**{"channels": 32, "classes": 2} | fields)


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "exact"), [(1, 2e-2), (2, 1e-4), (3, 1e-6), (4, 1e-8)])
def test_whole_numbers_of_any_width(tmp_path, width, exact):
    samples, rate = read_wav(write_wav(tmp_path / "s.wav", tone(440), width=width))
    assert rate == RATE
    np.testing.assert_allclose(samples[:, 0], tone(440), atol=exact)


def test_fractions_and_chunks_of_other_things(tmp_path):
    samples, _ = read_wav(write_fractions(tmp_path / "s.wav", tone(440)))
    np.testing.assert_allclose(samples[:, 0], tone(440), atol=1e-6)


def test_two_channels_are_mixed_down(tmp_path):
    both = np.stack([tone(440), np.zeros(1600)], axis=1)
    found = read_sound(write_wav(tmp_path / "s.wav", both), RATE, 1000)
    np.testing.assert_allclose(found, tone(440) / np.abs(tone(440)).max(), atol=1e-3)


def test_another_rate_is_resampled_and_long_sounds_are_cut(tmp_path):
    path = write_wav(tmp_path / "s.wav", tone(440, rate=44_100), rate=44_100)
    found = read_sound(path, RATE, 1000)
    assert len(found) == pytest.approx(1600, abs=1)
    inside = slice(100, 1500)
    np.testing.assert_allclose(found[inside], tone(440)[inside], atol=0.02)
    assert len(read_sound(path, RATE, 50)) == 400


def test_silence_gives_no_spikes(tmp_path):
    path = write_wav(tmp_path / "s.wav", np.zeros(800))
    assert len(read_spikes(small(), [path]).ids) == 0


@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (lambda content: content[:-100], "the file is cut short"),
        (lambda content: content[:30], "no sound in the file"),
        (lambda content: b"", "is no WAV file"),
        (lambda content: b"ID3" + content, "is no WAV file"),
        (lambda content: content[:20] + b"\x06\x00" + content[22:], "sound of kind 6 with 16 bits found"),
        (lambda content: content[:22] + b"\x00\x00" + content[24:], "0 channels"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, alter, message):
    path = write_wav(tmp_path / "s.wav", tone(440))
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(UserError) as caught:
        read_wav(path)
    assert message in caught.value.message and caught.value.place.endswith("s.wav")


def test_a_length_that_was_never_written_is_that_of_the_file(tmp_path):
    """As programs leave it that write into a pipe."""
    path = write_wav(tmp_path / "s.wav", tone(440))
    content = path.read_bytes()
    path.write_bytes(content[:40] + b"\xff\xff\xff\xff" + content[44:])
    assert len(read_wav(path)[0]) == 1600


# -- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mel", "cochlear"])
def test_each_filter_lets_its_own_frequency_through_best(kind):
    frequencies = np.linspace(0, 4000, 4001)
    bank = np.abs(responses(kind, 20, 100, 3500, frequencies))
    peaks = frequencies[bank.argmax(axis=1)]
    assert peaks[0] == pytest.approx(100, abs=1) and peaks[-1] == pytest.approx(3500, abs=1)
    assert (np.diff(np.diff(peaks)) > -2).all()  # further apart, the higher
    np.testing.assert_allclose(bank.max(axis=1), 1, atol=0.02)


def test_gammatone_filters_are_as_wide_as_those_of_the_ear():
    """At 1 kHz the equivalent rectangular bandwidth is 132.6 Hz (Glasberg and Moore 1990)."""
    frequencies = np.linspace(0, 8000, 80_001)
    power = np.abs(responses("cochlear", 1, 1000, 3000, frequencies)[0]) ** 2
    assert power.sum() * 0.1 == pytest.approx(132.6, rel=0.01)


@pytest.mark.parametrize("kind", ["mel", "cochlear"])
def test_a_tone_excites_the_channel_of_its_frequency(tmp_path, kind):
    dataset = small(front_end=kind)
    order = []
    for frequency in (200, 600, 1500, 3000):
        events = read_spikes(dataset, [write_wav(tmp_path / "s.wav", tone(frequency))])
        order.append(np.bincount(events.ids, minlength=32).argmax())
        assert events.times.min() >= 0 and events.times.max() < 200
        bank = np.abs(responses(kind, 32, dataset.lowest, dataset.highest, np.array([float(frequency)])))
        assert abs(int(order[-1]) - int(bank[:, 0].argmax())) <= 1
    assert order == sorted(order) and len(set(order)) == 4


@pytest.mark.parametrize("kind", ["mel", "cochlear"])
def test_filters_do_not_come_round_to_the_beginning(kind):
    sound = np.zeros(2000)
    sound[-200:] = tone(100, 0.025)
    assert filtered(small(front_end=kind, compression=1), sound)[:, :200].max() < 0.01


def test_a_higher_gain_makes_more_spikes_and_none_comes_before_the_sound(tmp_path):
    path = write_wav(tmp_path / "s.wav", np.concatenate([np.zeros(800), tone(500)]))
    counts = []
    for gain in (0.4, 0.8, 1.6):
        events = read_spikes(small(front_end="cochlear", gain=gain), [path])
        counts.append(len(events.ids))
        assert events.times.min() > 95
    assert counts == sorted(counts) and counts[0] < counts[2]


def test_a_neuron_does_what_the_equation_says(tmp_path):
    """Step by step, in plain Python."""
    dataset = small(channels=3, gain=0.5, tau=7.0, compression=0.6)
    path = write_wav(tmp_path / "s.wav", tone(700, 0.05))
    sound = read_sound(path, dataset.sample_rate, dataset.duration)
    expected = []
    for channel, drive in enumerate(filtered(dataset, sound)):
        v = 0.0
        for step, arriving in enumerate(drive):
            v = v * np.exp(-0.125 / 7.0) + 0.5 * 0.125 * arriving
            if v >= 1:
                expected.append((step * 0.125, channel))
                v = 0.0
    events = read_spikes(dataset, [path])
    assert sorted(zip(events.times.tolist(), events.ids.tolist(), strict=True)) == sorted(expected)
    assert expected


def test_recordings_do_not_depend_on_their_company(tmp_path, monkeypatch):
    paths = [write_wav(tmp_path / f"{k}.wav", tone(200 + 100 * k, 0.05 + 0.02 * k)) for k in range(5)]
    together = read_spikes(small(), paths)
    monkeypatch.setattr("spikeloom.data.audio_folder.VALUES_AT_ONCE", 1)
    apart = read_spikes(small(), paths)
    for name in ("offsets", "times", "ids"):
        np.testing.assert_array_equal(getattr(together, name), getattr(apart, name))


# -- sets -------------------------------------------------------------------------------------------------------------


def tones(folder: Path) -> Path:
    """Low and high tones by two speakers."""
    for number in range(12):
        label, speaker = ("high", "low")[number % 2], ("ann", "bob", "eve")[number % 3]
        write_wav(folder / "sounds" / f"{label}_{speaker}_{number}.wav", tone(300 if number % 2 else 2000, 0.1))
    return folder


def test_names_say_labels_and_speakers(tmp_path):
    splits = load_dataset(small(pattern=PATTERN, split=sp.LeaveOneGroupOut("speaker", 2)), tones(tmp_path))
    train = splits["train"]
    assert set(train.groups) == {"speaker", "take"}
    assert sorted(np.unique(train.groups["speaker"])) == [0, 1, 2]
    for example, label in enumerate(train.labels):
        ids = train.x.ids[train.x.offsets[example] : train.x.offsets[example + 1]]
        assert (np.median(ids) > 16) == (label == 0)  # high before low


def test_many_files_are_read_when_they_are_needed(tmp_path, monkeypatch):
    dataset = small(pattern=PATTERN)
    held = load_dataset(dataset, tones(tmp_path))
    monkeypatch.setattr("spikeloom.data.audio_folder.SMALL", 1000)
    sources = load_dataset(dataset, tmp_path)
    for name, arrays in held.items():
        np.testing.assert_array_equal(sources[name].labels, arrays.labels)
        some = np.array([1, 0])
        found = sources[name].read(some)
        np.testing.assert_array_equal(found.x.ids, arrays.x.take(some).ids)
        np.testing.assert_array_equal(found.groups["speaker"], arrays.groups["speaker"][some])
    before = sources["train"].identity
    assert load_dataset(dataset, tmp_path)["train"].identity == before
    assert load_dataset(small(pattern=PATTERN, gain=1), tmp_path)["train"].identity != before
    write_wav(tmp_path / "sounds" / "low_bob_1.wav", tone(400, 0.2))
    assert load_dataset(dataset, tmp_path)["train"].identity != before


def test_the_recordings_say_classes_and_duration(tmp_path):
    start = sp.AudioFolder(pattern=PATTERN, sample_rate=16_000, highest=7000)
    found = inspect(start, tones(tmp_path))
    assert found.changes(start) == {
        "classes": 2,
        "label_names": ["high", "low"],
        "duration": 100.0,
        "highest": 3800.0,
        "sample_rate": 8000,
    }
    assert "Grouped by speaker: 0 ann, 1 bob, 2 eve." in found.words
    found.applied(start)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"highest": 4500}, "expected at most half of sample_rate (4000 Hz)"),
        ({"lowest": 3900}, "expected more than lowest (3900 Hz)"),
        ({"encoder": "linear_latency"}, "the examples are spikes already"),
        ({"duration": 1e9}, "expected a number greater than 0 and at most 60000 (ms)"),
    ],
)
def test_a_document_that_cannot_be_meant(fields, message):
    with pytest.raises(UserError) as caught:
        small(**fields)
    assert message in str(caught.value)


@pytest.mark.skipif(not REAL.is_dir(), reason="no spoken digits in the folder SPIKELOOM_DATA")
def test_spoken_digits(monkeypatch):
    """Recordings at 8 kHz: as many spikes as in the set of spoken digits that others made of them."""
    dataset = sp.AudioFolder(folder=str(REAL), pattern=PATTERN)
    found = inspect(dataset)
    assert found.fields["label_names"] == [str(digit) for digit in range(10)]
    splits = load_dataset(found.applied(dataset))
    counts = np.concatenate([np.diff(part.x.offsets) for part in splits.values()])
    assert len(counts) == 20
    assert 2000 < counts.mean() < 4000 and counts.min() > 1000
