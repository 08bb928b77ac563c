"""Banks of band-pass filters, as what each lets through of each frequency.

Stevens, Volkmann and Newman (1937), A scale for the measurement of the psychological magnitude pitch, Journal of the
Acoustical Society of America 8. Glasberg and Moore (1990), Derivation of auditory filter shapes from notched-noise
data, Hearing Research 47. Patterson, Allerhand and Giguere (1995), Time-domain modeling of peripheral auditory
processing, Journal of the Acoustical Society of America 98.
"""

from __future__ import annotations

import numpy as np

NARROWEST = 100.0  # mel: half the width of a triangle, however close the next one is
GAMMATONE_ORDER = 4
GAMMATONE_WIDTH = 1.019  # of a gammatone filter, in equivalent rectangular bandwidths


def responses(kind: str, channels: int, lowest: float, highest: float, frequencies: np.ndarray) -> np.ndarray:
    """The response of each filter at some frequencies (Hz); complex for filters that delay, (channels, frequencies)."""
    make = _triangles if kind == "mel" else _gammatones
    return make(channels, lowest, highest, frequencies)


def mel(frequency: np.ndarray | float) -> np.ndarray:
    """The pitch of a frequency (Hz)."""
    return 2595.0 * np.log10(1.0 + np.asarray(frequency) / 700.0)


def bandwidths(frequency: np.ndarray | float) -> np.ndarray:
    """How many equivalent rectangular bandwidths lie below a frequency (Hz)."""
    return 21.4 * np.log10(1.0 + 0.00437 * np.asarray(frequency))


def _triangles(channels: int, lowest: float, highest: float, frequencies: np.ndarray) -> np.ndarray:
    centres = np.linspace(mel(lowest), mel(highest), channels)
    apart = (mel(highest) - mel(lowest)) / max(1, channels - 1)
    # Narrower ones would ring for longer than a sound of speech lasts.
    width = max(NARROWEST, float(apart))
    return np.asarray(np.clip(1.0 - np.abs(mel(frequencies) - centres[:, None]) / width, 0.0, None))


def _gammatones(channels: int, lowest: float, highest: float, frequencies: np.ndarray) -> np.ndarray:
    scale = np.linspace(bandwidths(lowest), bandwidths(highest), channels)
    centres = (10.0 ** (scale / 21.4) - 1.0) / 0.00437
    widths = GAMMATONE_WIDTH * 24.7 * (0.00437 * centres + 1.0)
    away = (frequencies - centres[:, None]) / widths[:, None]
    return np.asarray((1.0 + 1j * away) ** -GAMMATONE_ORDER)
