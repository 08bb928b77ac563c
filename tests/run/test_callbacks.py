"""Callbacks: the order of their hooks, what they can end, and the built-in ones."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.data import hold_out
from spikeloom.errors import RunError, UserError
from tests.run.toy_model import HIDDEN, INPUTS, make, same, toy

BATCHES = 8  # of 60 examples, 8 in each


class Told(sl.Callback):
    """Notes what it is told."""

    def __init__(self):
        self.hooks, self.logs = [], {}

    def __getattribute__(self, name):
        if name.startswith("on_"):

            def hear(*values):
                number = values[0] if len(values) == 2 else None
                self.hooks.append(name if number is None else f"{name} {number}")
                self.logs[name] = dict(values[-1])

            return hear
        return super().__getattribute__(name)


class OfBatches(Told):
    """Has something to do at batches."""

    def on_batch_end(self, batch, logs):
        """Named here so that training stops for it."""


def test_hooks_are_called_in_the_order_that_keras_has():
    told, model, (x, labels) = Told(), make(), toy()
    model.train(x, labels, epochs=2, validation_split=0.2, callbacks=[told])
    of_epoch = ["on_test_begin", "on_test_batch_begin 0", "on_test_batch_end 0", "on_test_end"]
    expected = ["on_train_begin"]
    for epoch in (0, 1):
        expected += [f"on_epoch_begin {epoch}", *of_epoch, f"on_epoch_end {epoch}"]
    assert told.hooks == [*expected, "on_train_end"]
    assert {"loss", "accuracy", "validation_loss", "validation_accuracy"} <= told.logs["on_epoch_end"].keys()
    assert told.logs["on_train_end"] == told.logs["on_epoch_end"]
    assert told.model is model and told.params == {"epochs": 2, "examples": 48, "batch_size": 8}


def test_batches_are_told_of_one_by_one_and_change_nothing_of_what_is_learned():
    told, (x, labels) = OfBatches(), toy()
    watched, other = make(), make()
    watched.train(x, labels, epochs=2, callbacks=[told])
    other.train(x, labels, epochs=2)
    batches = [hook for hook in told.hooks if "batch" in hook]
    assert batches == [f"on_batch_{end} {k}" for k in range(BATCHES) for end in ("begin", "end")] * 2
    assert told.logs["on_batch_end"]["loss"] > 0
    assert same(watched.weights, other.weights)


def test_evaluation_and_prediction_have_hooks_too():
    told, model, (x, labels) = Told(), make(), toy()
    model.evaluate(x, labels, callbacks=[told])
    assert told.hooks == ["on_test_begin", "on_test_batch_begin 0", "on_test_batch_end 0", "on_test_end"]
    told.hooks.clear()
    model.predict(x, callbacks=[told])
    assert [hook.split()[0] for hook in told.hooks] == [
        f"on_predict_{when}" for when in ("begin", "batch_begin", "batch_end", "end")
    ]
    told.hooks.clear()
    model.evaluate(x, labels)  # it is no longer told
    assert told.hooks == []


class EndsIt(sl.Callback):
    """Ends training after an epoch, or in the middle of one."""

    def __init__(self, epoch, batch=None):
        self.epoch, self.batch, self.now = epoch, batch, 0

    @property
    def wants_batches(self):
        return self.batch is not None

    def on_epoch_begin(self, epoch, logs):
        self.now = epoch

    def on_batch_end(self, batch, logs):
        if (self.now, batch) == (self.epoch, self.batch):
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs):
        if epoch == self.epoch and self.batch is None:
            self.model.stop_training = True


def test_a_callback_ends_training():
    model, (x, labels) = make(), toy()
    assert model.train(x, labels, epochs=9, callbacks=[EndsIt(2)])["epoch"].tolist() == [1, 2, 3]
    assert model.stop_training
    history = model.train(x, labels, epochs=9, callbacks=[EndsIt(4, batch=3)])
    assert history["epoch"].tolist() == [4]  # the epoch that it broke off does not count
    assert model.session.step == 4 * BATCHES + 4
    assert len(model.train(x, labels, epochs=2)["epoch"]) == 2  # and training goes on when it is asked to


def test_early_stopping_restores_the_best_weights():
    model, (x, labels) = make(), toy()
    after_one = make()
    after_one.train(x, labels, epochs=1)
    stopping = sl.EarlyStopping("loss", patience=2, min_delta=1e3)
    history = model.train(x, labels, epochs=9, callbacks=[stopping])
    assert history["epoch"].tolist() == [1, 2, 3]
    assert same(model.weights, after_one.weights)
    with pytest.raises(UserError, match="no examples are held out"):
        make().train(x, labels, callbacks=[sl.EarlyStopping()])
    with pytest.raises(UserError, match="no figure 'los'"):
        make().train(x, labels, callbacks=[sl.EarlyStopping("los")])


def test_early_stopping_is_of_one_call_alone():
    model, (x, labels) = make(), toy()
    model.train(x, labels, epochs=9, validation_split=0.2, callbacks=[sl.EarlyStopping(patience=1, min_delta=1e3)])
    assert len(model.train(x, labels, epochs=3)["epoch"]) == 3  # nothing is held out, and nothing is watched
    stopping = sl.EarlyStopping("loss", patience=2, min_delta=1e3)
    assert len(model.train(x, labels, epochs=9, callbacks=[stopping])["epoch"]) == 3
    assert len(model.train(x, labels, epochs=9, callbacks=[stopping])["epoch"]) == 3  # with a best epoch of its own


def test_early_stopping_goes_on_waiting_after_a_checkpoint(tmp_path):
    stopping, (x, labels) = sl.EarlyStopping("loss", patience=4, min_delta=1e3), toy()
    model, other = make(), make()
    model.train(x, labels, epochs=3, callbacks=[stopping])  # two epochs without a better one
    model.save_checkpoint(tmp_path / "here.safetensors")
    other.load_checkpoint(tmp_path / "here.safetensors")
    assert other.train(x, labels, epochs=9, callbacks=[stopping])["epoch"].tolist() == [4, 5]
    assert len(other.train(x, labels, epochs=9, callbacks=[stopping])["epoch"]) == 5  # once alone


def test_a_control_changes_parameters_of_a_script_while_it_trains():
    model, (x, labels), control, heard = make(), toy(), sl.Control(), []

    class Sets(sl.Callback):
        def on_epoch_begin(self, epoch, logs):
            if epoch == 1:
                control.set("experiment.learning.optimiser.alpha", 0.001)
                control.set("experiment.training.batch_size", 3)

    history = model.train(x, labels, epochs=3, callbacks=[Sets()], control=control, listener=heard.append)
    assert history["learning_rate"] == pytest.approx([0.05, 0.001, 0.001])
    (told,) = [event for event in heard if event["event"] == "live"]
    assert (told["old"], told["value"]) == (0.05, 0.001)
    (refused,) = [event for event in heard if event["event"] == "message"]
    assert "batch_size: cannot be changed while the network runs" in refused["text"]


def test_checkpoints_are_saved_every_few_epochs(tmp_path):
    model, (x, labels) = make(), toy()
    model.train(x, labels, epochs=5, callbacks=[sl.Checkpoint(tmp_path / "at-{epoch:02d}.safetensors", every=2)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["at-02.safetensors", "at-04.safetensors"]
    other = make()
    other.load_checkpoint(tmp_path / "at-04.safetensors")
    other.train(x, labels, epochs=1)
    assert other.session.epoch == 5 and same(other.weights, model.weights)
    with pytest.raises(UserError, match=r"Checkpoint\.path"):
        sl.Checkpoint("{name}.safetensors")


def test_a_parameter_follows_a_function_of_epochs_or_batches():
    (x, labels), path = toy(), "experiment.learning.optimiser.alpha"
    model = make()
    history = model.train(x, labels, epochs=3, callbacks=[sl.ParameterSchedule(path, lambda epoch: 0.1 / (1 + epoch))])
    assert history["learning_rate"] == pytest.approx([0.1, 0.05, 0.1 / 3])
    seen, model = [], make()

    def rate(batch):
        seen.append(batch)
        return 1e-30  # no weight moves by so little

    before = {name: array.copy() for name, array in model.weights.items()}
    model.train(x, labels, epochs=2, callbacks=[sl.ParameterSchedule(path, rate, per="batch")])
    assert seen == list(range(2 * BATCHES)) and same(model.weights, before)


def test_the_document_says_what_a_schedule_came_to(tmp_path):
    (x, labels), path, model = toy(), "experiment.learning.optimiser.alpha", make()
    given = model.document
    model.train(x, labels, epochs=2, callbacks=[sl.ParameterSchedule(path, lambda epoch: 0.04 / (1 + epoch))])
    more = model.train(x, labels, epochs=1)
    assert more["learning_rate"] == pytest.approx([0.02])
    assert model.document.experiment.learning.optimiser.alpha == 0.02
    model.save(tmp_path / "net.snn")
    saved = sl.load(tmp_path / "net.snn", threads=2)
    assert saved.train(x, labels, epochs=1)["learning_rate"] == pytest.approx([0.02])
    assert given.experiment.learning.optimiser.alpha == 0.05 and make().document == given  # as it was


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("experiment.learning.optimiser.alhpa", "there is no field 'alhpa'"),
        ("experiment.training.batch_size", "cannot be changed while the network runs"),
    ],
)
def test_a_parameter_that_cannot_move_is_said_before_training(path, words):
    model, (x, labels) = make(), toy()
    with pytest.raises(UserError, match=words):
        model.train(x, labels, callbacks=[sl.ParameterSchedule(path, lambda epoch: 1)])
    assert model.session.step == 0


def test_a_table_and_a_bar(tmp_path, capsys):
    model, (x, labels) = make(metrics=["silent_neurons"]), toy()
    callbacks = [sl.CSVLog(tmp_path / "log.csv"), sl.ProgressBar()]
    history = model.train(x, labels, epochs=2, callbacks=callbacks)
    more = model.train(x, labels, epochs=1, callbacks=[sl.CSVLog(tmp_path / "log.csv", append=True)])
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [float(row["loss"]) for row in rows] == pytest.approx([*history["loss"], *more["loss"]])
    assert list(rows[0])[:3] == ["epoch", "loss", "accuracy"]
    assert rows[0]["validation_loss"] == "" and "silent_neurons:hidden" in rows[0]
    shown = capsys.readouterr().out
    assert "epoch 2/2" in shown and f"{history['loss'][-1]:.4f}" in shown


def test_a_table_that_goes_on_gets_the_columns_that_it_lacks(tmp_path):
    path, (x, labels), model = tmp_path / "log.csv", toy(), make()
    path.write_text("epoch,loss\n1,0.5\n")
    log = sl.CSVLog(path, append=True)
    history = model.train(x, labels, epochs=2, metrics=["silent_neurons"], callbacks=[log])
    rows = list(csv.DictReader(path.open()))
    assert rows[0]["loss"] == "0.5" and rows[0]["accuracy"] == ""
    for name in ("loss", "accuracy", "silent_neurons:hidden", "rate:hidden"):
        assert [float(row[name]) for row in rows[1:]] == pytest.approx(history[name])
    path.write_text("a,b\n1,2\n")
    with pytest.raises(RunError, match="It is no log"):
        model.train(x, labels, epochs=1, callbacks=[log])
    assert path.read_text() == "a,b\n1,2\n"


def test_logs_have_the_numbers_of_the_history():
    told, (x, labels), model = Told(), toy(), make(metrics=["silent_neurons"])
    history = model.train(x, labels, epochs=1, validation_split=0.2, callbacks=[told])
    logs = told.logs["on_epoch_end"]
    assert logs.keys() == history.keys() - {"epoch"}
    assert {"learning_rate", "rate:hidden", "step", "seconds", "elapsed"} <= logs.keys()
    for name, value in logs.items():
        assert value == pytest.approx(history[name][0], nan_ok=True)


def test_what_is_no_callback_is_refused():
    model, (x, labels) = make(), toy()
    with pytest.raises(UserError, match="int found, expected a Callback"):
        model.train(x, labels, callbacks=[3])
    with pytest.raises(UserError, match="ProgressBar found") as caught:
        model.train(x, labels, callbacks=[sl.ProgressBar])
    assert "ProgressBar(...)" in caught.value.hint and caught.value.place == "callbacks[0]"
    for alone in (sl.ProgressBar(), sl.EarlyStopping("loss")):
        with pytest.raises(UserError, match="found, expected a list") as caught:
            model.train(x, labels, callbacks=alone)
        assert caught.value.place == "callbacks" and type(alone).__name__ in caught.value.hint
    with pytest.raises(UserError, match="a second EarlyStopping found"):
        model.train(x, labels, callbacks=[sl.EarlyStopping("loss"), sl.EarlyStopping("accuracy")])
    with pytest.raises(UserError, match=r"Only \{epoch\} has a meaning"):
        sl.Checkpoint("{epoch.real.foo}")


# -- recording in the course of training -------------------------------------------------------------------------------
def test_examples_are_recorded_as_they_are_trained_on():
    (x, labels), model = toy(), make(shuffle=True)
    recording = sl.Recording(
        [sl.SpikeRecorder("hidden", [0, 5], [3, 41]), sl.VariableRecorder("output", "V", examples="::20")]
    )
    before = {name: array.copy() for name, array in model.weights.items()}
    model.train(x, labels, epochs=3, callbacks=[recording])
    assert sorted(recording.examples["hidden"][:2]) == [3, 41] and len(recording.spikes["hidden"]) == 6
    assert recording.epochs["hidden"].tolist() == [1, 1, 2, 2, 3, 3]
    assert sorted(recording.examples["output", "V"][:3]) == [0, 20, 40]
    assert recording.variables["output", "V"].shape == (9, 20, 3)
    neurons = np.concatenate([train.neurons for train in recording.spikes["hidden"]])
    assert set(neurons) <= {0, 5}
    # What the first batch saw is what the first weights give.
    fresh = make(shuffle=True)
    assert same(fresh.weights, before)
    order = np.random.default_rng([1, 0]).permutation(60)
    first = int(order[0])
    of_first = sl.Recording(sl.VariableRecorder("hidden", "V", examples=[first]))
    fresh.train(x, labels, epochs=1, callbacks=[of_first])
    seen = make().predict(x[first : first + 1], sl.VariableRecorder("hidden", "V"))
    np.testing.assert_array_equal(of_first.variables["hidden", "V"], seen.variables["hidden", "V"])


def test_recorded_examples_are_those_of_the_array_that_was_given():
    (x, labels), model = toy(), make(batch_size=60)
    _, held = hold_out(60, 0.2, 1)
    trained = [n for n in range(60) if n not in held]
    chosen = [int(held[0]), trained[5], trained[-1]]
    recording = sl.Recording(sl.SpikeRecorder("source", examples=chosen))
    model.train(x, labels, epochs=1, validation_split=0.2, callbacks=[recording])
    assert sorted(recording.examples["source"]) == chosen[1:] and len(recording.spikes["source"]) == 2
    for number, train in zip(recording.examples["source"], recording.spikes["source"], strict=True):
        expected = model.predict(x[number : number + 1], sl.SpikeRecorder("source")).spikes["source"][0]
        assert train.times.tolist() == expected.times.tolist() and train.neurons.tolist() == expected.neurons.tolist()
    other = sl.Recording(sl.SpikeRecorder("source", examples=[int(held[0])]))
    with pytest.raises(UserError, match="all examples that it chooses are held out"):
        model.train(x, labels, epochs=1, validation_split=0.2, callbacks=[other])


def test_recording_every_second_epoch_with_metrics_changes_nothing():
    (x, labels), plain = toy(), make()
    plain.train(x, labels, epochs=3)
    model, recording = make(metrics=["silent_neurons"]), sl.Recording(sl.SpikeRecorder("hidden", examples=[7]), every=2)
    model.train(x, labels, epochs=3, callbacks=[recording])
    assert recording.epochs["hidden"].tolist() == [1, 3] and recording.examples["hidden"].tolist() == [7, 7]
    assert same(model.weights, plain.weights)
    fresh = make()
    fresh.train(x, labels, epochs=3, callbacks=[other := sl.Recording(sl.SpikeRecorder("hidden", examples=[7]))])
    for mine, theirs in zip(recording.spikes["hidden"], other.spikes["hidden"][::2], strict=True):
        assert mine.times.tolist() == theirs.times.tolist() and mine.neurons.tolist() == theirs.neurons.tolist()


def test_weights_are_recorded_over_epochs_and_batches():
    (x, labels), model = toy(), make()
    name = next(name for name, array in model.weights.items() if array.shape == (INPUTS, HIDDEN))
    first = model.weights[name]
    each = sl.WeightRecorder(name, sources=[1, 4], targets="::5")
    batches = sl.WeightRecorder(name, 4, "batch", sources=0)
    model.train(x, labels, epochs=2, callbacks=[each, batches])
    assert each.pre.tolist() == [1, 1, 1, 4, 4, 4] and each.post.tolist() == [0, 5, 10] * 2
    assert each.steps.tolist() == [0, BATCHES, 2 * BATCHES]
    assert each.weights.shape == (3, 6) and batches.weights.shape == (5, HIDDEN)
    np.testing.assert_array_equal(each.weights[0], first[each.pre, each.post])
    np.testing.assert_array_equal(each.weights[-1], model.weights[name][each.pre, each.post])
    assert batches.steps.tolist() == [0, 4, 8, 12, 16]
    short = sl.WeightRecorder(name, sources=np.ones(5, bool))
    with pytest.raises(UserError, match="a mask of 5 truth values found, expected one for each of the 6 neurons"):
        model.train(x, labels, epochs=1, callbacks=[short])
    with pytest.raises(UserError, match="no connection with weights"):
        model.train(x, labels, callbacks=[sl.WeightRecorder("nothing")])
