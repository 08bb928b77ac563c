"""The family of losses: each gives the custom updates that compute it, and its derivative, from what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from spikeloom.errors import UserError
from spikeloom.genn import Access, CustomUpdateModel, Var
from spikeloom.spec.base import Type

LABEL, TARGET = "Label", "Target"

# References of updates: what was read, what it should have been, and where dL/dy goes.
Y = Var("Y", access=Access.READ_ONLY)
OF_LABEL = Var(LABEL, "int32_t", Access.READ_ONLY)
OF_TARGET = Var(TARGET, access=Access.READ_ONLY)
DRIVE = Var("Drive")
# The variable of an update of which the sum over the outputs is the loss.
LOSS = Var("Loss", access=Access.REDUCE_NEURON_SUM)


@dataclass(frozen=True)
class LossUpdate:
    """A custom update over the neurons of an output, with the values of its parameters."""

    name: str
    model: CustomUpdateModel
    params: dict[str, float] = field(default_factory=dict)


class Loss(Type):
    """What training makes small: how far the outputs' readouts are from the targets.

    A loss of the user's own is a class with `updates`; from then on it works in scripts under both learning rules::

        from spikeloom.genn import CustomUpdateModel
        from spikeloom.spec.losses.loss import DRIVE, LOSS, OF_LABEL, Y

        class SquaredHinge(sl.Loss):  # sum over k of max(0, 1 - s_k y_k)^2, s 1 for the class and -1 for the others
            def updates(self):
                code = '''
                    const scalar side = (id == Label) ? 1.0 : -1.0;
                    const scalar missing = fmax(0.0, 1.0 - (side * Y));
                    Drive = -2.0 * side * missing;
                    Loss = missing * missing;
                '''
                refs = (Y, OF_LABEL, DRIVE)
                model = CustomUpdateModel("SquaredHinge", vars=(LOSS,), var_refs=refs, update_code=code)
                return [sl.LossUpdate("hinge", model)]

    Class attributes
    ----------------
    labels
        Whether outputs are compared with a class; else with a target for each of them.
    of_steps
        Whether there is a loss of a single timestep, for learning rules that count every timestep.
    of_spike_times
        Whether what is read may be the time of a spike.
    """

    labels: ClassVar[bool] = True
    of_steps: ClassVar[bool] = True
    of_spike_times: ClassVar[bool] = False

    def updates(self) -> list[LossUpdate]:
        """The custom updates, in their order, that compute the loss of an example.

        They refer to ``Y`` (what was read, for each neuron), to ``Label`` (the class) or ``Target``, and to variables
        of the updates before them, such as sums over the neurons (`Access.REDUCE_NEURON_SUM`). One of them writes dL/dY
        of each neuron to the reference ``Drive``; one has a variable ``Loss`` that sums up to the loss.
        """
        raise UserError("says in no updates how it is computed", place=type(self).__name__, hint="Define `updates`.")
