"""Train, evaluate and predict from Python: numpy arrays in, metrics and recordings out as numpy.

::

    import spikeloom as sl

    with sl.Network() as net:
        source = sl.Population("spike_input", 64)
        hidden = sl.Population(sl.LIF(tau_mem=20.0), 100)
        output = sl.Population(sl.LI(tau_mem=20.0, readout="avg_var"), 10)
        sl.Connection(source, hidden, sl.Dense(sl.Normal(0.3, 0.2)), sl.Exponential(5.0))
        sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5.0))

    model = sl.Model(net, sl.EventProp(optimiser=sl.Adam(0.005)), example_time=40.0, encoder="linear_latency")
    history = model.train(x, labels, epochs=30)
    print(model.evaluate(x_test, labels_test)["accuracy"])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from spikeloom.errors import UserError, nearest
from spikeloom.genn.batch import BatchData
from spikeloom.run.arguments import each_made, epochs_of, held_out, made, metrics_of
from spikeloom.run.arrays import batch_data, refuse_to_encode
from spikeloom.run.best import Best
from spikeloom.run.callbacks import Callback, CallbackGroup
from spikeloom.run.checkpoints import load_checkpoint, save_checkpoint
from spikeloom.run.control import Control
from spikeloom.run.epoch_metrics import EpochMetrics, columns_of
from spikeloom.run.events import Listener, silent
from spikeloom.run.keeping import keep_state
from spikeloom.run.labelled import is_labelled
from spikeloom.run.live import Live
from spikeloom.run.parameters import Parameters
from spikeloom.run.prediction import Prediction
from spikeloom.run.prepare import SPLITS, Splits, prepare
from spikeloom.run.recorder_checks import check_recorders
from spikeloom.run.recordings import Recordings
from spikeloom.run.session import Session
from spikeloom.spec import (
    ArrayData,
    Document,
    EarlyStopping,
    Encoder,
    Experiment,
    Learning,
    Metric,
    Network,
    Recorder,
    Simulation,
    SynapseRecorder,
    Training,
)


class Model(Parameters):
    """A network that is ready to run.

    Parameters
    ----------
    network
        What was drawn or described.
    learning
        How it learns (``"eventprop"``, `EventProp`); None: it only runs.
    example_time, dt
        Duration of an example and timestep, ms.
    encoder
        Turns arrays of intensities (examples, ...) into spikes; None: x is spikes already.
    batch_size, seed, shuffle
        Of training. The seed also draws the first weights; the same seed gives the same numbers.
    metrics
        What is counted besides loss and accuracy (``"silent_neurons"``, `TopKAccuracy`, a class of your own).
    threads
        Cores to use (None: all); results do not depend on it.
    backend
        ``"embedded"``, or ``"pygenn"`` where PyGeNN is installed (its random first weights are others).

    Raises
    ------
    UserError
        If the network cannot run or learn this way; it lists all reasons.
    """

    def __init__(
        self,
        network: Network,
        learning: Learning | str | None = None,
        *,
        example_time: float,
        dt: float = 1.0,
        encoder: Encoder | str | None = None,
        batch_size: int = 32,
        seed: int = 0,
        shuffle: bool = True,
        metrics: Sequence[Metric | str] = (),
        threads: int | None = None,
        backend: str = "embedded",
    ) -> None:
        experiment = Experiment(
            dataset=ArrayData(encoder=made(Encoder, encoder, "encoder")),
            simulation=Simulation(dt=dt, example_time=example_time),
            learning=made(Learning, learning, "learning"),
            training=Training(batch_size=batch_size, seed=seed, shuffle=shuffle),
            metrics=each_made(Metric, metrics, "metrics"),
        )
        self._build(Document(network=network, experiment=experiment), threads, backend)

    @classmethod
    def from_document(cls, document: Document, *, threads: int | None = None, backend: str = "embedded") -> Model:
        """The model of a document."""
        model = cls.__new__(cls)
        model._build(document, threads, backend)
        return model

    def _build(self, document: Document, threads: int | None, backend: str) -> None:
        if threads is not None and (type(threads) is not int or threads < 1):
            raise UserError(f"{threads!r} found, expected a whole number of at least 1", place="threads")
        self._threads, self._backend = threads, backend
        self.session = Session(document, threads=threads, backend=backend)
        self._watched: Best | None = None  # by early stopping of the last call of `train`
        self._data: Splits | None = None
        self._waiting: Any = None  # where early stopping was, by the checkpoint that was loaded

    @property
    def document(self) -> Document:
        """What it runs, with the parameters as they are now: a schedule or a control may have changed some."""
        return self.session.document

    @property
    def data(self) -> Splits:
        """The splits of the document's data set as the network takes them; read when they are first asked for."""
        if self._data is None:
            self._data = prepare(self.document)
        return self._data

    def _means_own(self, x: Any, y: Any = None) -> bool:
        """Whether nothing was given, and the document's own data set is meant."""
        if x is not None or y is not None:
            return False
        if isinstance(self.document.experiment.dataset, ArrayData):
            hint = "Give x and y: the document names no data set of its own."
            raise UserError("nothing found, expected arrays", place="x", hint=hint)
        return True

    def _split(self, name: str) -> BatchData:
        if name not in SPLITS:
            raise UserError(f"no split '{name}'{nearest(str(name), SPLITS)}", place="split")
        if not len(self.data[name]):
            raise UserError(f"the {name} split is empty", place="split")
        return self.data[name]

    def _batch_data(self, x: Any, y: Any = None) -> BatchData:
        return batch_data(self.document, self.session.compiled, x, y)

    # -- running ---------------------------------------------------------------------------------------------
    def train(
        self,
        x: Any = None,
        y: Any = None,
        *,
        epochs: int | None = None,
        validation_data: Any = None,
        validation_split: float = 0.0,
        on_epoch: Callable[[EpochMetrics], None] | None = None,
        callbacks: Sequence[Callback | EarlyStopping] = (),
        metrics: Sequence[Metric | str] | None = None,
        listener: Listener = silent,
        control: Control | None = None,
    ) -> dict[str, np.ndarray]:
        """Train on arrays, or on the data set of its document; call it again to go on.

        Parameters
        ----------
        x
            Left out: the data set of the document, whose validation examples are watched. With an encoder: (examples,
            ...) intensities in [0, 1]. Without: (examples, timesteps, input neurons) whose nonzero elements are
            spikes, or one (times in ms, neurons) pair of arrays per example. For an input that makes its spikes
            itself (`PoissonInput` ...): (examples, ...) values, or (examples, frames, ...). Of several inputs, a
            mapping from their names.
        y
            Integer labels (examples,), or targets (examples, outputs) for a mean-square loss; (examples, timesteps,
            outputs) where the loss has ``target_per_timestep`` (fewer axes: the same in every step). Of several
            outputs, a mapping from their names.
        epochs
            How many more; default: the document's.
        validation_data, validation_split
            What to watch and not to train on: (x, y) or a sequence of (example, label); or a share of the examples,
            drawn with the seed.
        callbacks
            `Callback` objects, whose hooks are called; an `EarlyStopping` among them takes the place of the document's
            in this call. After `load_checkpoint` it goes on waiting where the checkpoint was taken; the weights of a
            best epoch before that are not restored.
        metrics
            What is counted besides loss and accuracy; by default what the document says.
        listener, control
            Progress events, and pause and stop from another thread; `Control.set` changes parameters, and the listener
            is told (``live``) or hears why one cannot change.

        Returns
        -------
        dict
            ``epoch``, ``loss``, ``accuracy``, ``validation_loss``, ``validation_accuracy``, ``seconds``, ``step``
            (batches so far), ``elapsed`` (s), ``learning_rate``, ``rate:population`` (Hz): one value per epoch. Of
            several outputs also ``accuracy:name``, ``loss:name`` and so on; of metrics ``name`` and
            ``validation_name``. Where training stopped early it has fewer epochs, and the network the weights of the
            best one, unless ``restore_best`` is off.
        """
        own = self._means_own(x, y)
        data, held = (self.data["train"], self.data["validation"]) if own else (self._batch_data(x, y), None)
        count = len(data)
        rest = np.arange(count)
        if validation_data is not None and is_labelled(validation_data, None):
            held = self._batch_data(validation_data)
        elif validation_data is not None:
            if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
                found = type(validation_data).__name__
                raise UserError(f"{found} found, expected a pair (x, y)", place="validation_data")
            held = self._batch_data(*validation_data)
        elif validation_split != 0:
            rest, kept = held_out(count, validation_split, self.document.experiment.training.seed)
            data, held = data.take(rest), data.take(kept)
        session, group, more = self.session, CallbackGroup(callbacks), epochs_of(self.document, epochs)
        with self._with(group, metrics), self._heard(listener, control), self._stopping(group.early_stopping):
            group.begin(self, {"epochs": session.epoch + more, **self._sizes(data)})
            for recording in group.all_recordings:
                recording.set_examples(rest, count)
            history = session.train(data, held, epochs=more, on_epoch=on_epoch)
            if not session.control.stopped:
                session.restore_best()
        return columns_of(history)

    @contextmanager
    def _heard(self, listener: Listener, control: Control | None) -> Iterator[None]:
        """Let a listener and a control take part, for as long as this lasts."""
        session = self.session
        before = session.listener.listener, session.control
        session.listener.listener = listener
        if control is not None:
            session.control = control
            control.on_interrupt(session.runtime.stop)
            Live(session, session.listener, control, refuse_to_encode)
        try:
            yield
        finally:
            session.listener.listener, session.control = before

    @contextmanager
    def _stopping(self, early_stopping: EarlyStopping | None) -> Iterator[None]:
        """Let early stopping of a script take the place of the document's, for as long as this lasts."""
        session, before = self.session, self.session.best
        if early_stopping is not None:
            session.best = Best.of(self.document, early_stopping, session.metrics)
            if session.best is not None and (self._waiting or {}).get("monitor") == early_stopping.monitor:
                session.best.restore(self._waiting)
        self._watched, self._waiting = session.best, None
        try:
            yield
        finally:
            session.best = before

    def _sizes(self, data: BatchData) -> dict[str, int]:
        return {"examples": len(data), "batch_size": self.document.experiment.training.batch_size}

    @contextmanager
    def _with(self, group: CallbackGroup, metrics: Sequence[Metric | str] | None = None) -> Iterator[None]:
        """Let callbacks and other metrics than the document's take part, for as long as this lasts."""
        session, before = self.session, (self.session.callbacks, self.session.metrics)
        if metrics is not None:
            session.metrics = metrics_of(session.document, metrics)
        try:
            session.callbacks = group
            yield
        finally:
            session.callbacks, session.metrics = before
            for callback in group.callbacks:
                callback.close()

    @property
    def stop_training(self) -> bool:
        """Whether training shall end, or did before its last epoch; a callback sets it."""
        return self.session.stop_training

    @stop_training.setter
    def stop_training(self, value: bool) -> None:
        self.session.stop_training = value

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        *,
        split: str = "test",
        callbacks: Sequence[Callback] = (),
        metrics: Sequence[Metric | str] | None = None,
    ) -> dict[str, Any]:
        """Mean ``loss`` and ``accuracy`` over arrays, the number of ``examples``, and the metrics by their names.

        Without arrays, over a `split` of the document's data set: ``"train"``, ``"validation"`` or ``"test"``.
        """
        data = self._split(split) if self._means_own(x, y) else self._batch_data(x, y)
        group = CallbackGroup(callbacks)
        group.begin(self, {})
        with self._with(group, metrics):
            found = self.session.evaluate(data)
        return {**found.pop("metrics", {}), **found}

    def predict(
        self,
        x: Any = None,
        record: Recorder | Sequence[Recorder] = (),
        *,
        split: str = "test",
        callbacks: Sequence[Callback] = (),
    ) -> Prediction:
        """The readout of each example, and what `record` saw.

        Parameters
        ----------
        x
            As for `train`; left out, a `split` of the document's data set.
        record
            `SpikeRecorder`, `VariableRecorder`; `SynapseRecorder` for eligibility traces of e-prop's forward mode.
        """
        record = [record] if isinstance(record, Recorder) else record
        check_recorders(self.document, self.session.compiled, record)
        session = self._tracing(record)
        data = self._split(split) if self._means_own(x) else self._batch_data(x)
        group = CallbackGroup(callbacks)
        recordings = Recordings(record, self.document, session.compiled, len(data))
        group.begin(self, {})
        with self._with(group):
            session.callbacks = group
            y, parts = session.predict(data, recordings=recordings)
        outputs = {o.population: session.readout(parts, o) for o in session.compiled.outputs}
        examples = {key: np.array(numbers, dtype=np.int64) for key, numbers in recordings.examples.items()}
        return Prediction(y, outputs, recordings.spikes, recordings.variables, examples)

    def _tracing(self, record: Sequence[Recorder]) -> Session:
        """The session; or one of the same weights whose synapses keep what is to be recorded of them."""
        wanted = [r for r in record if isinstance(r, SynapseRecorder) and r not in self.document.experiment.recording]
        if not wanted:
            return self.session
        document = self.document.model_copy(deep=True)
        document.experiment.recording += wanted
        session = Session(document, threads=self._threads, backend=self._backend)
        session.restore(self.session.state(), {})
        return session

    # -- files -----------------------------------------------------------------------------------------------
    def save(self, path: str | Path) -> None:
        """Save the document with its weights and biases as they are now (in a safetensors file beside it).

        What an optimiser remembers, and the feedback weights of e-prop where several connections lead to outputs, are
        kept by `save_checkpoint` alone.
        """
        document = self.document.model_copy(deep=True)
        keep_state(document, self.session)
        document.save(path)

    def save_checkpoint(self, path: str | Path) -> None:
        """Save weights and the optimiser's state, so that training can go on exactly where it is.

        As safetensors or, where the name ends in ``.npz``, as NPZ, which scripts for PyGeNN read.
        """
        watched = {} if self._watched is None else {"best": self._watched.state}
        save_checkpoint(Path(path), self.session.state(), self.session.progress | watched)

    def load_checkpoint(self, path: str | Path) -> None:
        """Take weights and the optimiser's state from a checkpoint or a run folder."""
        arrays, state = load_checkpoint(Path(path))
        self.session.restore(arrays, state, place=str(path))
        best = state.get("best")
        self._watched, self._waiting = None, best if isinstance(best, dict) else None


def load(path: str | Path, *, threads: int | None = None, backend: str = "embedded") -> Model:
    """The model of a document, with the weights saved beside it."""
    return Model.from_document(Document.load(path), threads=threads, backend=backend)
