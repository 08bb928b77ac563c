"""Figures of a run as the window says them."""

from __future__ import annotations

import html
import math
from typing import Any


def tooltip(text: str) -> str:
    """A tooltip that says `text` to the letter: Qt takes what looks like markup for markup, and opens what it names."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if "<" in text else text


def counted(number: int, noun: str) -> str:
    """``1 neuron``, ``12 500 neurons``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}".replace(",", "\u202f")


def percent(share: float | None) -> str:
    """``95.5 %``; a dash where it is not known."""
    return "–" if share is None or math.isnan(share) else f"{100 * share:.1f} %"


def figure_words(name: str) -> str:
    """The name of a figure as people say it: ``silent neurons of hidden`` for ``silent_neurons:hidden``."""
    kind, _, part = name.partition(":")
    return f"{kind.replace('_', ' ')} of {part}" if part else kind.replace("_", " ")


def figure(value: float | None) -> str:
    """A loss, to three digits or so; a dash where it is not known."""
    if value is None or math.isnan(value):
        return "–"
    if value == 0 or 0.001 <= abs(value) < 1000:
        return f"{value:.4f}" if abs(value) < 0.1 else f"{value:.3f}"
    return f"{value:.2e}"


def figure_value(name: str, value: float | None) -> str:
    """A figure as its kind is said: shares as ``95.5 %``, rates as ``20.5 Hz``, neurons and synapses as ``3``."""
    kind = name.partition(":")[0]
    if kind.endswith("accuracy"):
        return percent(value)
    if value is None or math.isnan(value):
        return "–"
    if kind in ("rate", "firing_rate", "validation_firing_rate"):
        return f"{value:.1f} Hz"
    if kind.removeprefix("validation_") in ("silent_neurons", "rewired"):
        return f"{value:.0f}"
    return figure(value)


def best_epoch(result: dict[str, Any], total: int, restored: bool) -> str:
    """``stopped early at 9 of 40, weights of epoch 7``; empty where no best epoch was looked for.

    Parameters
    ----------
    total
        Epochs that the run should have had; 0 where that is not known.
    restored
        Whether the network has the weights of its best epoch.
    """
    best, epochs = result.get("best_epoch"), result.get("epochs") or 0
    words = []
    if result.get("stopped_early"):
        words.append(
            f"stopped early at {epochs} of {total}" if total else f"stopped early after {counted(epochs, 'epoch')}"
        )
    if best:
        words.append(f"weights of epoch {best}" if restored else f"best epoch {best}")
    return ", ".join(words)


def duration(seconds: float) -> str:
    """``0.8 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def time_left(seconds: float | None) -> str:
    """``12 s left``; empty where it is not known."""
    if seconds is None or math.isnan(seconds):
        return ""
    return f"{duration(max(1, round(seconds)) if seconds < 9.95 else seconds).replace('.0 s', ' s')} left"


def rate(examples_per_second: float | None) -> str:
    """``35 800 examples/s`` with three digits that count."""
    if not examples_per_second or math.isnan(examples_per_second):
        return ""
    digits = max(0, math.floor(math.log10(examples_per_second)) - 2)
    rounded = round(examples_per_second / 10**digits) * 10**digits
    return f"{rounded:,}".replace(",", "\u202f") + " examples/s"


def score(result: dict[str, Any]) -> str:
    """How well it did: ``accuracy 95.5 %``, or the loss where there are no classes."""
    accuracy, loss = result.get("accuracy"), result.get("loss")
    return f"loss {figure(loss)}" if accuracy is None and loss is not None else f"accuracy {percent(accuracy)}"


def summary(result: dict[str, Any]) -> str:
    """What a run that has ended came to: ``Test accuracy 95.5 % · 1.2 s``."""
    seconds = duration(float(result.get("seconds") or 0.0))
    if "split" in result:
        examples = f"{result['examples']:,} {result['split']} examples"
        said = score(result)
        return f"{said[:1].upper()}{said[1:]} · {examples} · {seconds}"
    epochs = result.get("epochs") or 0
    if result.get("stopped"):
        validation = {name: value for name, value in (result.get("validation") or {}).items() if value is not None}
        plural = "" if epochs == 1 else "s"
        held = f" · validation {score(validation)}" if validation else ""
        return f"Stopped after {epochs} epoch{plural}{held} · {seconds}"
    return f"Test {score(result.get('test') or {})} · {seconds}"


def live_change(event: dict[str, Any]) -> str:
    """A parameter that moved in a run: ``learning rate 0.005 → 0.001 at epoch 3, step 120``."""
    label, unit = str(event.get("label") or event.get("path") or ""), event.get("unit") or ""
    old, new = (f"{event[name]:.6g}" if event.get(name) is not None else "?" for name in ("old", "value"))
    place = f"at epoch {event.get('epoch', 0)}, step {event.get('step', 0)}"
    return f"{label[:1].lower()}{label[1:]} {old} → {new}{f' {unit}' if unit else ''} {place}"
