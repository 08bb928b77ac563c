"""What there is to know of a run, as a page to read: figures, settings, what was moved, what went wrong, the log."""

from __future__ import annotations

import html
import os
from collections.abc import Iterable

from spikeloom.history import EVALUATION, Run, settings_of
from spikeloom_app import theme, wording
from spikeloom_app.runs.history_entry import SPLIT_WORDS, Entry, when
from spikeloom_app.runs.history_wording import SEPARATOR, path_words, value_words

LOG_LINES = 12  # that are shown, the last ones
LOG_BYTES = 8192  # in which they are looked for
_SETTINGS = (
    "experiment.dataset.type", "experiment.learning.type", "experiment.learning.optimiser.type",
    "experiment.learning.optimiser.alpha", "experiment.training.batch_size", "experiment.training.seed",
    "experiment.simulation.example_time", "experiment.simulation.dt",
)  # fmt: skip


def details_html(entry: Entry) -> str:
    """The page of a run, in the colours of the theme."""
    run = entry.run
    parts = [_heading(entry), _error(run), _figures(run), _settings(run), _changes(run), _log(run)]
    return "".join(parts)


def _heading(entry: Entry) -> str:
    run, tokens = entry.run, theme.current()
    words = [entry.status, when(run.started), wording.duration(run.seconds)]
    if entry.is_evaluation:
        lines = [entry.kind[:1].upper() + entry.kind[1:], " · ".join(words)]
    else:
        lines = [" · ".join([*words, wording.counted(run.epochs, "epoch")])]
    if run.parent is not None and entry.is_evaluation:
        other = html.escape((run.parent.run or run.parent.checkpoint).name)
        lines.append(f"with the weights of {other} after epoch {run.parent.epoch}")
    elif run.parent is not None:
        other = html.escape((run.parent.run or run.parent.checkpoint).name)
        verb = "went on with" if run.parent.resumed else "began with the weights of"
        after = f" after epoch {run.parent.epoch}" if run.parent.resumed else ""
        lines.append(f"{verb} {other}{after}")
    small = f'<div style="color:{tokens.text_muted}">{"<br>".join(lines)}</div>'
    return f'<div style="font-size:{tokens.font_large}px; font-weight:600">{html.escape(run.name)}</div>{small}'


def _error(run: Run) -> str:
    tokens = theme.current()
    if run.status == "lost":
        said = "It ended without a word: its process, or the computer, was ended."
        said += "" if run.kind == EVALUATION else " What it had learned is kept."
        hint = "Resume training goes on from its last checkpoint." if run.checkpoints else ""
        return f'<p style="color:{tokens.warning}">{said} {hint}</p>'
    if not run.error:
        return ""
    place = f"{run.error['place']}: " if run.error["place"] else ""
    text = html.escape(place + run.error["message"])
    hint = f"<br>{html.escape(run.error['hint'])}" if run.error["hint"] else ""
    return f'<p><span style="color:{tokens.error}">{text}</span>{hint}</p>'


def _figures(run: Run) -> str:
    rows = []
    for split, figures in run.final.items():
        known = {name: figures[name] for name in ("accuracy", "loss") if name in figures}
        for name, value in (known | run.metrics.get(split, {})).items():
            words = f"{SPLIT_WORDS[split].capitalize()} {wording.figure_words(name)}"
            rows.append((words, wording.figure_value(name, value)))
    if run.best is not None:
        epoch, value = run.best
        said = wording.figure_value(run.monitor, value)
        after = "; training stopped early" if run.stopped_early else ""
        rows.append(("Best epoch", f"{epoch}, by {wording.figure_words(run.monitor)} {said}{after}"))
    return _table(rows)


def _settings(run: Run) -> str:
    found = settings_of(run, digests=False)
    rows = [(_last_word(path), value_words(path, found[path])) for path in _SETTINGS if path in found]
    rows += [("Ran on", ", ".join(filter(None, (run.backend, f"Spikeloom {run.versions.get('spikeloom', '')}"))))]
    return _table([*rows, ("Folder", str(run.folder))])


def _last_word(path: str) -> str:
    return path_words(path).rpartition(SEPARATOR)[2]


def _changes(run: Run) -> str:
    rows = []
    for change in run.changes:
        path = str(change.get("path", ""))
        old, new = (value_words(path, change.get(key)) for key in ("old", "value"))
        rows.append((path_words(path), f"{old} → {new} at batch {change.get('step')}"))
    return f"<p><b>Moved while it ran</b></p>{_table(rows)}" if rows else ""


def _log(run: Run) -> str:
    try:
        with (run.folder / "log.txt").open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LOG_BYTES))
            lines = file.read().decode(errors="replace").splitlines(keepends=True)[-LOG_LINES:]
    except OSError:
        return ""
    tokens = theme.current()
    style = f"color:{tokens.text_muted}; font-size:{tokens.font_small}px; font-family:monospace; white-space:pre-wrap"
    return f'<p><b>Log</b></p><div style="{style}">{html.escape("".join(lines)).replace(chr(10), "<br>")}</div>'


def _table(rows: Iterable[tuple[str, str]]) -> str:
    muted = theme.current().text_muted
    cells = "".join(
        f'<tr><td style="color:{muted}; padding-right:14px">{html.escape(name)}</td><td>{html.escape(value)}</td></tr>'
        for name, value in rows
    )
    return f'<table style="margin-top:8px" cellspacing="0" cellpadding="1">{cells}</table>' if cells else ""
