"""Optimisers, clipping, bounds, frozen connections and schedules: what the engine does with its own gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeloom as sl
from spikeloom.errors import UserError
from spikeloom.run.live import Live
from spikeloom.run.prepare import prepare
from tests.reference.optimisers import Step, adam, clipped, rmsprop, sgd

BATCHES, SIZE = 6, 32
OPTIMISERS = {
    "sgd": (sl.SGD(0.05), sgd()),
    "momentum": (sl.SGD(0.05, momentum=0.9), sgd(0.9)),
    "adam": (sl.Adam(0.01), adam()),
    "adamw": (sl.AdamW(0.01, weight_decay=0.3), adam(weight_decay=0.3)),
    "rmsprop": (sl.RMSprop(0.01), rmsprop()),
    "rmsprop-momentum": (sl.RMSprop(0.01, decay=0.9, momentum=0.5), rmsprop(0.9, 0.5)),
}


def digits(optimiser: sl.Optimiser, rule: type[Any] = sl.EventProp, **second: Any) -> sl.Document:
    """The digits with a small hidden layer; `second` are fields of the connection onto the output."""
    with sl.Network() as net:
        image = sl.Population("spike_input", 64, "image")
        hidden = sl.Population(sl.LIF(tau_mem=20, relative_reset=rule is sl.EProp), 16, "hidden")
        output = sl.Population(sl.LI(tau_mem=20, readout="avg_var"), 10, "output")
        sl.Connection(image, hidden, sl.Dense(sl.Normal(0.3, 0.2)), sl.Exponential(5), "first")
        last = sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.5)), sl.Exponential(5), "second")
    for name, value in second.items():
        setattr(last, name, value)
    document = sl.Document(network=net)
    document.experiment.dataset = sl.Digits()
    document.experiment.simulation = sl.Simulation(dt=1.0, example_time=30.0)
    document.experiment.learning = rule(optimiser=optimiser)
    document.experiment.training = sl.Training(epochs=3, batch_size=SIZE, seed=1)
    return document


class Course:
    """The weights, and the gradients of the mean over the batch, batch by batch."""

    def __init__(self, document: sl.Document, batches: int = BATCHES, threads: int = 2) -> None:
        self.session = sl.Session(document, threads=threads, precision="double")
        data = prepare(document)["train"]
        self.first = self.session.weights()
        self.gradients: list[dict[str, np.ndarray]] = []
        self.weights: list[dict[str, np.ndarray]] = []
        for number in range(batches):
            batch = np.arange(SIZE) + SIZE * number
            self.session._train_batches(data, [batch], [number / 10])
            names = [name for name in self.session.compiled.gradients if name in self.first]
            found = {name: self.session.runtime.gradient(name, "Gradient") / SIZE for name in names}
            self.gradients.append(found)
            self.weights.append(self.session.weights())

    def check(self, step: Step, rate: float, clip: float | None = None) -> None:
        """Compare each batch's weights with what `step` makes of the gradients."""
        weights = dict(self.first)
        for gradients, found in zip(self.gradients, self.weights, strict=True):
            step(weights, clipped(gradients, clip) if clip else gradients, rate)
            for name, values in weights.items():
                np.testing.assert_allclose(found[name], values, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_engine_steps_as_the_formulas_say(name: str) -> None:
    optimiser, step = OPTIMISERS[name]
    Course(digits(optimiser)).check(step, optimiser.alpha)


@pytest.mark.parametrize("rule", [sl.EventProp, sl.EProp])
def test_gradients_are_clipped_by_the_norm_of_all_weights_together(rule: type[Any]) -> None:
    document = digits(sl.SGD(0.05), rule)
    if rule is sl.EProp:
        document.experiment.learning.train_biases = False
    free = Course(document)
    norms = [np.sqrt(sum(np.square(g).sum() for g in gradients.values())) for gradients in free.gradients]
    limit = float(np.median(norms))  # some are clipped, others are not
    document.experiment.learning.optimiser = sl.SGD(0.05, clip_norm=limit)
    course = Course(document)
    course.check(sgd(), 0.05, limit)
    assert any(np.abs(course.weights[-1]["first"] - free.weights[-1]["first"]).ravel() > 1e-6)


def test_clipping_is_the_same_for_any_number_of_threads() -> None:
    document = digits(sl.Adam(0.01, clip_norm=0.1))
    one, three = Course(document, threads=1), Course(document, threads=3)
    for name, values in one.weights[-1].items():
        np.testing.assert_array_equal(three.weights[-1][name], values)


def test_a_frozen_connection_stays_while_others_learn() -> None:
    course = Course(digits(sl.Adam(0.01), frozen=True))
    np.testing.assert_array_equal(course.weights[-1]["second"], course.first["second"])
    assert "second" not in course.gradients[0]
    course.check(adam(), 0.01)


def test_a_frozen_output_of_eprop_still_teaches_the_hidden_neurons() -> None:
    free = Course(digits(sl.SGD(1e-12), sl.EProp))  # nothing moves
    frozen = Course(digits(sl.SGD(1e-12), sl.EProp, frozen=True))
    assert list(frozen.gradients[0]) == ["first"]
    np.testing.assert_allclose(frozen.gradients[0]["first"], free.gradients[0]["first"], rtol=1e-12)


def test_a_connection_has_a_learning_rate_of_its_own() -> None:
    course = Course(digits(sl.SGD(0.05), learning_rate_scale=0.1))
    moved = {name: course.weights[0][name] - course.first[name] for name in course.first}
    np.testing.assert_allclose(moved["first"], -0.05 * course.gradients[0]["first"], atol=1e-14)
    np.testing.assert_allclose(moved["second"], -0.005 * course.gradients[0]["second"], atol=1e-14)


def test_weights_stay_within_their_bounds() -> None:
    course = Course(digits(sl.Adam(0.1), min_weight=0.0, max_weight=0.4))
    low, high = course.first["second"].min(), course.first["second"].max()
    assert low < 0 and high > 0.4
    last = course.weights[-1]["second"]
    assert last.min() == 0.0 and last.max() == pytest.approx(0.4, abs=1e-7)
    assert 0.1 < np.mean((last > 0) & (last < 0.4)) < 0.95
    only = Course(digits(sl.Adam(0.1), max_weight=0.1)).weights[-1]["second"]
    assert only.max() == pytest.approx(0.1, abs=1e-7) and only.min() < -0.5


def test_a_rule_that_finds_all_frozen_is_a_problem() -> None:
    document = digits(sl.Adam(), frozen=True)
    document.network.connection("first").frozen = True
    (problem,) = sl.validate(document)
    assert "nothing learns" in problem.message and problem.fix is not None


def test_bounds_that_leave_no_room_are_a_problem() -> None:
    (problem,) = sl.validate(digits(sl.Adam(), min_weight=1.0, max_weight=0.5))
    assert problem.place == "network.connections[1].min_weight" and "0.5" in problem.message


# -- schedules -------------------------------------------------------------------------------------------------
def rates(schedule: sl.RateSchedule, epochs: int = 12) -> list[float]:
    return [sl.SGD(0.5, schedule=schedule).rate(float(n), epochs) for n in range(epochs + 2)]


def test_schedules_follow_their_formulas() -> None:
    assert rates(sl.StepDecay(0.1, 4))[3:9] == pytest.approx([0.5, 0.05, 0.05, 0.05, 0.05, 0.005])
    assert rates(sl.ExponentialDecay(0.9))[10] == pytest.approx(0.5 * 0.9**10)
    cosine = rates(sl.CosineDecay(final=0.1))
    assert cosine[0] == 0.5 and cosine[6] == pytest.approx(0.275) and cosine[12:] == pytest.approx([0.05, 0.05])
    assert rates(sl.ConstantRate()) == [0.5] * 14
    warm = rates(sl.ConstantRate(warm_up=4, warm_up_start=0.2))
    assert warm[:6] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
    late = rates(sl.CosineDecay(warm_up=2, warm_up_start=0.5))
    assert late[2] == 0.5 and late[7] == pytest.approx(0.25) and late[12] == pytest.approx(0.0)


def test_a_schedule_may_move_from_batch_to_batch() -> None:
    slow, fast = sl.ExponentialDecay(0.5), sl.ExponentialDecay(0.5, every="batch")
    assert sl.Adam(1.0, schedule=slow).rate(1.5, 3) == 0.5
    assert sl.Adam(1.0, schedule=fast).rate(1.5, 3) == pytest.approx(0.5**1.5)


def test_training_moves_the_learning_rate_and_tells_it() -> None:
    document = digits(sl.SGD(0.05, schedule=sl.StepDecay(0.5, 1)))
    session = sl.Session(document, threads=2, precision="double")
    history = session.train(prepare(document)["train"])
    assert [metrics.learning_rate for metrics in history] == pytest.approx([0.05, 0.025, 0.0125])
    # Two epochs, and a third one resumed, are three.
    again = sl.Session(document, threads=2, precision="double")
    again.train(prepare(document)["train"], epochs=2)
    last = sl.Session(document, threads=1, precision="double")
    last.restore(again.state(), {"epoch": again.epoch, "step": again.step})
    last.train(prepare(document)["train"], epochs=1)
    for name, values in session.weights().items():
        np.testing.assert_array_equal(last.weights()[name], values)


# -- torch -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [*OPTIMISERS, "clipped"])
def test_the_engine_steps_as_torch_does(name: str) -> None:
    torch = pytest.importorskip("torch")
    optimiser = sl.SGD(0.05, clip_norm=0.05) if name == "clipped" else OPTIMISERS[name][0]
    course = Course(digits(optimiser))
    parameters = {key: torch.nn.Parameter(torch.tensor(values)) for key, values in course.first.items()}
    peers = {
        "sgd": lambda p: torch.optim.SGD(p, 0.05),
        "momentum": lambda p: torch.optim.SGD(p, 0.05, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, 0.01),
        "adamw": lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.3),
        "rmsprop": lambda p: torch.optim.RMSprop(p, 0.01),
        "rmsprop-momentum": lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.9, momentum=0.5),
        "clipped": lambda p: torch.optim.SGD(p, 0.05),
    }
    peer = peers[name](list(parameters.values()))
    for gradients, found in zip(course.gradients, course.weights, strict=True):
        for key, gradient in gradients.items():
            parameters[key].grad = torch.tensor(gradient)
        if name == "clipped":
            torch.nn.utils.clip_grad_norm_(parameters.values(), 0.05)
        peer.step()
        for key, values in found.items():
            # torch adds 1e-6 to the norm by which it divides
            tolerance = 1e-6 if name == "clipped" else 1e-13
            np.testing.assert_allclose(values, parameters[key].detach().numpy(), rtol=1e-10, atol=tolerance)


def test_schedules_are_torch_s() -> None:
    torch = pytest.importorskip("torch")
    schedulers = torch.optim.lr_scheduler

    def of_torch(make: Any, epochs: int = 12) -> list[float]:
        peer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.5)
        scheduler, found = make(peer), []
        for _ in range(epochs):
            found.append(scheduler.get_last_lr()[0])
            peer.step()
            scheduler.step()
        return found

    pairs = [
        (sl.StepDecay(0.3, 5), lambda p: schedulers.StepLR(p, 5, 0.3)),
        (sl.ExponentialDecay(0.8), lambda p: schedulers.ExponentialLR(p, 0.8)),
        (sl.CosineDecay(final=0.1), lambda p: schedulers.CosineAnnealingLR(p, 12, 0.05)),
        (sl.ConstantRate(warm_up=5, warm_up_start=0.25), lambda p: schedulers.LinearLR(p, 0.25, 1.0, 5)),
        (
            sl.CosineDecay(warm_up=3, warm_up_start=0.1),
            lambda p: schedulers.SequentialLR(
                p, [schedulers.LinearLR(p, 0.1, 1.0, 3), schedulers.CosineAnnealingLR(p, 9)], [3]
            ),
        ),
    ]
    for schedule, make in pairs:
        assert rates(schedule)[:12] == pytest.approx(of_torch(make), abs=1e-12), schedule


def test_clipping_begins_and_ends_with_another_program() -> None:
    for before, now, fits in ((None, 1.0, False), (1.0, None, False), (1.0, 0.5, True)):
        document = digits(sl.SGD(0.05, clip_norm=before))
        session = sl.Session(document, threads=1)
        live = Live(session, lambda event: None, sl.Control(), lambda document: None)
        if fits:
            live.change("experiment.learning.optimiser.clip_norm", now)
        else:
            with pytest.raises(UserError, match="another program"):
                live.change("experiment.learning.optimiser.clip_norm", now)
        session.train(prepare(document)["train"].take(range(SIZE)), epochs=1)
