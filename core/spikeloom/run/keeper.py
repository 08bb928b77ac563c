"""What a run writes as it goes on: figures, words for the log, checkpoints."""

from __future__ import annotations

import math
from typing import Any

from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.folder import RunFolder
from spikeloom.run.session import Session


class Keeper:
    """Writes the course of a session's training into the run's folder."""

    def __init__(self, session: Session, folder: RunFolder) -> None:
        self.session, self.folder = session, folder
        if session.best is not None and session.best.checkpoint is not None:  # of the run that this one goes on from
            folder.keep_best(*session.best.checkpoint, force=True)

    def epoch(self, metrics: EpochMetrics) -> None:
        """Write what an epoch gave."""
        session, folder, training = self.session, self.folder, self.session.training
        folder.add_epoch(metrics)
        folder.log(f"epoch {metrics.epoch}: {figures(metrics.loss, metrics.accuracy)}")
        folder.checkpoint(session.state(), session.progress)
        if training.checkpoint_every is not None and metrics.epoch % training.checkpoint_every == 0:
            folder.keep_epoch(session.state(), session.progress, training.checkpoints_kept)
        if session.best is not None and session.best.checkpoint is not None:
            folder.keep_best(*session.best.checkpoint)

    def end(self) -> None:
        """Write what was learned last, and best."""
        session, folder = self.session, self.folder
        folder.checkpoint(session.state(), session.progress, force=True)
        best = session.best
        if best is not None and best.checkpoint is not None:
            folder.keep_best(*best.checkpoint, force=True)
        if session.stopped_early and best is not None:
            folder.log(f"stopped early after epoch {session.epoch}: {best.words}")

    def restore_best(self) -> None:
        """Take the weights of the best epoch, where the document asks for it."""
        best = self.session.best
        if self.session.restore_best() and best is not None:
            self.folder.log(f"took the weights of epoch {best.epoch}: {best.monitor} {best.value:.4f}")

    @property
    def facts(self) -> dict[str, Any]:
        """What the result says of the best epoch, where one was looked for."""
        best = self.session.best
        if best is None:
            return {}
        found = {"best_epoch": best.epoch or None, "monitor": best.monitor, "best": best.value}
        return found | ({"stopped_early": self.session.stopped_early} if best.stopping is not None else {})


def figures(loss: float, accuracy: float) -> str:
    """Loss and accuracy as the log says them, as far as there are any."""
    known = {"loss": loss, "accuracy": accuracy}
    return ", ".join(f"{name} {value:.4f}" for name, value in known.items() if math.isfinite(value)) or "done"


def plain(metrics: dict[str, Any]) -> dict[str, Any]:
    """Figures and tables as JSON has them."""
    return {name: value.tolist() if hasattr(value, "tolist") else value for name, value in metrics.items()}
