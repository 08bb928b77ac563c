"""The loop over epochs and batches."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from spikeloom.genn.batch import BatchData
from spikeloom.run.clock import Clock
from spikeloom.run.epoch_metrics import EpochMetrics
from spikeloom.run.feeder import EpochFeed, TrainingExamples
from spikeloom.run.revival import revive
from spikeloom.run.tally import Tally
from spikeloom.spec.figures import rewired_figure

if TYPE_CHECKING:
    from spikeloom.run.session import Session

CHUNK_SECONDS = 0.05  # of work between two looks at pause, stop and progress


class Trainer:
    """Trains a session.

    Parameters
    ----------
    data, validation
        What it learns from, and what is looked at after each epoch.
    total
        After how many epochs it ends.
    on_epoch
        Is told of each epoch.
    on_chunk
        Is called every few batches.
    """

    def __init__(
        self,
        session: Session,
        data: BatchData,
        validation: BatchData | None,
        total: int,
        on_epoch: Callable[[EpochMetrics], None] | None,
        on_chunk: Callable[[], None] | None,
    ) -> None:
        self.session, self.data, self.validation, self.total = session, data, validation, total
        self.on_epoch, self.on_chunk = on_epoch, on_chunk
        self.clock = Clock(len(data), total - session.epoch)

    def run(self, most: int | None = None) -> list[EpochMetrics]:
        """Train to the end, or until stopped; one entry for each whole epoch, of which the last `most` are kept."""
        session, history = self.session, deque[EpochMetrics](maxlen=most)
        logs: dict[str, float] = {}
        session.callbacks.call("on_train_begin")
        while session.epoch < self.total and not session.stop_training:
            session.callbacks.call("on_epoch_begin", session.epoch)
            started = time.perf_counter()
            tally, whole = self._epoch()
            if not whole:
                break
            self._revive()
            held = self._validate()
            session.epoch += 1
            metrics = self._metrics(tally, held, time.perf_counter() - started)
            history.append(metrics)
            self._take_best(metrics)
            if self.on_epoch is not None:
                self.on_epoch(metrics)  # first: what is told is on the disk then
            session.listener({"event": "epoch", "epochs": self.total, **metrics.event()})
            logs = metrics.logs
            session.callbacks.call("on_epoch_end", session.epoch - 1, logs)
            self._stop_early()
            last = session.epoch == self.total or session.stop_training
            session.judge(tally, self.data, held, self.validation, last=last)
            if not last:
                session.control.done("epoch")
        session.callbacks.call("on_train_end", logs)
        return list(history)

    def _revive(self) -> None:
        for name, count in revive(self.session).items():
            who = "1 neuron" if count == 1 else f"{count} neurons"
            text = f"the weights onto {who} of '{name}' were raised: no spike in an epoch"
            self.session.listener({"event": "message", "text": text, "level": "info"})

    def _validate(self) -> Tally:
        session, validation = self.session, self.validation
        held = session.count()
        if validation is not None and len(validation):
            held = session.tally(validation, told=False)
        return session.count() if session.control.stopped else held  # of some examples only; the epoch itself is whole

    def _metrics(self, tally: Tally, held: Tally, seconds: float) -> EpochMetrics:
        session = self.session
        counted = held.counting if held.count else None
        return EpochMetrics(
            epoch=session.epoch,
            loss=tally.loss,
            accuracy=tally.accuracy,
            validation_loss=held.loss,
            validation_accuracy=held.accuracy,
            seconds=seconds,
            outputs=tally.by_output(held),
            step=session.step,
            elapsed=self.clock.seconds,
            learning_rate=session.learning_rate,
            rates=session._rates(tally),
            metrics=(tally.counting.figures if tally.counting else {}) | self._moved(),
            validation_metrics=counted.figures if counted else {},
            tables=tally.counting.tables if tally.counting else {},
            validation_tables=counted.tables if counted else {},
        )

    def _moved(self) -> dict[str, float]:
        """How many synapses of each connection that rewires have moved in the epoch."""
        rewirer = self.session.rewirer
        counts = rewirer.take_counts() if rewirer is not None else {}
        return {rewired_figure(name): float(count) for name, count in counts.items()}

    # -- the best epoch ------------------------------------------------------------------------------------------
    def _take_best(self, metrics: EpochMetrics) -> None:
        """Keep what was learned, where no epoch before was better."""
        best = self.session.best
        if best is None or self.session.control.stopped:  # there may be no figures of validation then
            return
        if best.take(metrics.figures, metrics.epoch):
            best.checkpoint = (self.session.state(), self.session.progress)

    def _stop_early(self) -> None:
        session = self.session
        if session.best is not None and session.best.exhausted and session.epoch < self.total:
            session.stopped_early = session.stop_training = True
            text = f"stopped early after epoch {session.epoch}: {session.best.words}"
            session.listener({"event": "message", "text": text, "level": "info"})

    # -- an epoch ------------------------------------------------------------------------------------------------
    def _epoch(self) -> tuple[Tally, bool]:
        """One epoch: means over its examples, and whether it came to its end."""
        session, data, training = self.session, self.data, self.session.training
        order = np.arange(len(data))
        if training.shuffle:
            order = np.random.default_rng([training.seed, session.epoch]).permutation(len(data))
        size = training.batch_size
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        tally = session.count(len(data))
        if not isinstance(data, TrainingExamples):
            return self._batches(tally, batches, None)
        feed = data.feed(batches, session.epoch)
        try:
            return self._batches(tally, batches, feed)
        finally:
            feed.close()

    def _batches(self, tally: Tally, batches: list[np.ndarray], feed: EpochFeed | None) -> tuple[Tally, bool]:
        """The batches of an epoch; the examples are those of `feed`, where there is one."""
        session, done, chunk = self.session, 0, 1
        most = max(1, tally.most_examples(len(self.data)) // session.training.batch_size)
        while done < len(batches):
            if not session.may_go_on(self.clock) or session.stop_training:
                return tally, False
            if session.control.unit == "batch" or session.callbacks.want_batches:
                chunk = 1
            if session.rewirer is not None:
                chunk = min(chunk, session.rewirer.batches_left)
            if feed is not None:
                chunk = min(chunk, feed.left(done))
            part = batches[done : done + min(chunk, most)]
            session.callbacks.call_of_batch("on_batch_begin", done)
            started = time.perf_counter()
            new, examples_done, batches_done = self._train(tally, part, done, len(batches), feed)
            seconds = time.perf_counter() - started
            done += batches_done
            tally += new
            self.clock.add(examples_done, seconds)
            # The first chunk is one batch, so that something shows at once.
            chunk = max(1, min(4 * chunk, round(chunk * CHUNK_SECONDS / max(seconds, 1e-6))))
            self._tell(tally, new, done / len(batches))
            if self.on_chunk is not None:
                self.on_chunk()
            if batches_done:
                session.callbacks.call_of_batch("on_batch_end", done - 1, {"loss": new.loss, "accuracy": new.accuracy})
            if done < len(batches):  # with the last batch the epoch is done
                session.control.done("batch")
        return tally, True

    def _train(
        self, tally: Tally, part: list[np.ndarray], done: int, number: int, feed: EpochFeed | None
    ) -> tuple[Tally, int, int]:
        """Train on some of an epoch's batches: what came of them, how many examples and how many batches."""
        session = self.session
        at = [session.epoch + (done + k) / number for k in range(len(part))]
        examples, recordings = np.concatenate(part), session.callbacks.recordings
        record = list(dict.fromkeys([*tally.record, *(asked for each in recordings for asked in each.asked)]))
        every = bool(tally.record) or not recordings
        wanted = [np.zeros(0, np.int64), *(recording.positions(examples) for recording in recordings)]
        places = np.arange(len(examples)) if every else np.unique(np.concatenate(wanted))
        data, seen = (self.data, part) if feed is None else feed.take(done, len(part))
        result = session._train_batches(data, seen, at, record if len(places) else (), None if every else places)
        new, finished = tally.part(), examples[: result.examples_done]
        new.add(result, self.data, finished)
        for recording in recordings:
            mine = recording.positions(finished)
            recording.add(finished[mine], result, np.searchsorted(places, mine), session.epoch + 1)
        return new, result.examples_done, result.batches_done

    def _tell(self, tally: Tally, new: Tally, fraction: float) -> None:
        session = self.session
        session.listener(
            {
                "event": "progress",
                "phase": "train",
                "epoch": session.epoch + 1,
                "epochs": self.total,
                "fraction": fraction,
                "loss": tally.loss,
                "accuracy": tally.accuracy,
                "step": session.step,
                "seconds": self.clock.seconds,
                "batch_loss": new.loss,
                "batch_accuracy": new.accuracy,
                "learning_rate": session.learning_rate,
                "rates": session._rates(new),
                "examples_per_second": self.clock.rate,
                "remaining": self.clock.remaining,
            }
        )
