"""Losses that a user defines: their values, their gradients under both learning rules, what is said of wrong ones."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

import spikeloom as sl
import spikeloom.spec as sp
from spikeloom.errors import UserError
from spikeloom.genn import CustomUpdateModel, Var
from spikeloom.spec.losses.loss import DRIVE, LOSS, OF_LABEL, OF_TARGET, LossUpdate, Y
from tests.compilers.nets import OUTPUT, Case, Engine, data, draw


class PseudoHuber(sp.Loss):
    """``sum over k of delta^2 (sqrt(1 + ((y - y*) / delta)^2) - 1)``."""

    labels: ClassVar[bool] = False
    type: ClassVar[str] = "pseudo_huber_of_a_test"

    delta: float = sp.quantity(0.5, gt=0, help="Where it turns from a square into a line.")

    def updates(self) -> list[LossUpdate]:
        model = CustomUpdateModel(
            name="PseudoHuber",
            params=("Delta",),
            vars=(LOSS,),
            var_refs=(Y, OF_TARGET, DRIVE),
            update_code="""
const scalar root = sqrt(1.0 + ((Y - Target) * (Y - Target) / (Delta * Delta)));
Drive = (Y - Target) / root;
Loss = Delta * Delta * (root - 1.0);
""",
        )
        return [LossUpdate("huber", model, {"Delta": self.delta})]


class SquaredHinge(sp.Loss):
    """``sum over k of max(0, 1 - s_k y_k)^2``, s 1 for the class and -1 for the others."""

    type: ClassVar[str] = "squared_hinge_of_a_test"

    def updates(self) -> list[LossUpdate]:
        model = CustomUpdateModel(
            name="SquaredHinge",
            vars=(LOSS,),
            var_refs=(Y, OF_LABEL, DRIVE),
            update_code="""
const scalar side = (id == Label) ? 1.0 : -1.0;
const scalar missing = fmax(0.0, 1.0 - (side * Y));
Drive = -2.0 * side * missing;
Loss = missing * missing;
""",
        )
        return [LossUpdate("hinge", model)]


def value(loss: sp.Loss, y: np.ndarray, label: int, target: np.ndarray) -> float:
    if isinstance(loss, PseudoHuber):
        return float((loss.delta**2 * (np.sqrt(1 + ((y - target) / loss.delta) ** 2) - 1)).sum())
    side = np.where(np.arange(y.size) == label, 1.0, -1.0)
    return float((np.maximum(0, 1 - side * y) ** 2).sum())


@pytest.mark.parametrize("stepwise", [False, True])
@pytest.mark.parametrize("loss", [PseudoHuber(), SquaredHinge()], ids=["huber", "hinge"])
def test_eventprop_s_gradient_matches_differences(loss: sp.Loss, stepwise: bool) -> None:
    """Of weights into the output, in which the loss is smooth."""
    case = Case(hidden=(6,), t_end=20.0)
    drawn = draw(case, 3)
    engine, batch = Engine(case, drawn, 0.5, "avg_var", loss, per_timestep_loss=stepwise), data(drawn, 0.5)
    found, y = engine.loss(batch)
    if not stepwise:
        assert found == pytest.approx(value(loss, y, drawn.label, drawn.target), rel=1e-9)
    exact = engine.gradients(batch)[OUTPUT]
    differences = engine.differences(batch, OUTPUT, drawn.weights[OUTPUT])
    assert np.linalg.norm(exact) > 0
    assert np.linalg.norm(exact - differences) <= 1e-6 * np.linalg.norm(differences)


class OwnMeanSquare(sp.Loss):
    """What `MeanSquareError` is, written as a user would."""

    labels: ClassVar[bool] = False
    type: ClassVar[str] = "own_mean_square_of_a_test"

    def updates(self) -> list[LossUpdate]:
        code = "Drive = 2.0 * (Y - Target) / num_neurons; Loss = (Y - Target) * (Y - Target) / num_neurons;"
        model = CustomUpdateModel("OwnMeanSquare", vars=(LOSS,), var_refs=(Y, OF_TARGET, DRIVE), update_code=code)
        return [LossUpdate("square", model)]


@pytest.mark.parametrize("rule", [sl.EventProp, sl.EProp])
def test_a_loss_of_one_s_own_trains_as_the_one_that_it_copies(rule: Any) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((40, 12)), rng.random((40, 3))
    courses = []
    for loss in (OwnMeanSquare(), sl.MeanSquareError()):
        with sl.Network() as net:
            source = sl.Population("spike_input", 12, "input")
            hidden = sl.Population(sl.LIF(relative_reset=rule is sl.EProp), 10, "hidden")
            output = sl.Population(sl.LI(readout="avg_var"), 3, "output")
            sl.Connection(source, hidden, sl.Dense(sl.Normal(0.6, 0.3)), sl.Exponential(5))
            sl.Connection(hidden, output, sl.Dense(sl.Normal(0.0, 0.3)), sl.Exponential(5))
        model = sl.Model(net, rule(loss=loss), example_time=20, encoder="linear_latency", batch_size=8)
        courses.append(model.train(x, y, epochs=4)["loss"])
    np.testing.assert_allclose(courses[0], courses[1], rtol=1e-5)
    assert courses[0][-1] < courses[0][0]


def broken(*updates: LossUpdate) -> sp.Loss:
    class Broken(sp.Loss):
        type: ClassVar[str] = "broken_of_a_test"

        def updates(self) -> list[LossUpdate]:
            return list(updates)

    return Broken()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (CustomUpdateModel("A", vars=(LOSS,), var_refs=(Y, DRIVE, Var("Lable")), update_code=""), "'Lable'.*'Label'"),
        (
            CustomUpdateModel("B", vars=(LOSS,), var_refs=(Y,), update_code="Loss = Y;"),
            "no update has a reference 'Drive'",
        ),
        (CustomUpdateModel("C", var_refs=(Y, DRIVE), update_code="Drive = Y;"), "variable 'Loss'"),
        (CustomUpdateModel("D", vars=(LOSS,), var_refs=(Y, DRIVE), update_code="Loss = Y; Drive = why(Y);"), "why"),
    ],
)
def test_a_loss_that_is_incomplete_is_refused_in_words(model: CustomUpdateModel, said: str) -> None:
    case = Case()
    with pytest.raises(UserError, match=said):
        Engine(case, draw(case, 0), 1.0, "avg_var", broken(LossUpdate("one", model)))


def test_spike_times_need_a_loss_that_knows_them() -> None:
    case = Case(spiking_output=True)
    with pytest.raises(UserError, match="does not go with the time of the first spike"):
        Engine(case, draw(case, 0), 1.0, "first_spike_time", SquaredHinge())
