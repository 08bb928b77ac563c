"""Custom updates of an example and of the batch: what may be mixed, in which order, and what a sum may be of."""

from __future__ import annotations

import pytest

from spikeloom.errors import UserError
from spikeloom.genn import (
    Access,
    CustomUpdate,
    CustomUpdateModel,
    GeNNModel,
    NeuronModel,
    NeuronPopulation,
    Read,
    Reset,
    Run,
    Schedule,
    SetVar,
    SynapsePopulation,
    Update,
    Var,
    VarRef,
    WeightUpdateModel,
)
from spikeloom.genn.batch_check import is_batch_wide
from spikeloom.genn.model_check import check_model, check_schedule
from spikeloom.genn.models import PostsynapticModel


def cells(sim_code: str = "V += 1.0; N += 1.0;", n_type: str = "scalar") -> GeNNModel:
    """Five neurons with a voltage, a sum over the batch and a value that the batch shares."""
    model = GeNNModel("m", 1.0)
    variables = (Var("V"), Var("N", n_type, Access.ACCUMULATE), Var("Kept", access=Access.READ_ONLY))
    model.add(NeuronPopulation("cells", 5, NeuronModel("Cell", vars=variables, sim_code=sim_code)))
    return model


def update(model: GeNNModel, name: str, code: str, refs: dict[str, str], *own: Var) -> CustomUpdate:
    """An update that refers to variables of the cells, or (with a point) of another update."""
    bound = {key: VarRef(*(ref.split(".") if "." in ref else ("cells", ref))) for key, ref in refs.items()}
    made = CustomUpdateModel(name, vars=own, var_refs=tuple(Var(key) for key in refs), update_code=code)
    return model.add(CustomUpdate(name, "cells", made, var_refs=bound))


MEAN = Var("Mean", access=Access.REDUCE_BATCH_SUM)


@pytest.mark.parametrize(
    "code",
    ["Mean = N; N = 0;", "Mean = 0.5 * N;", "Mean = -(N * 3.0) / 4.0;", "const scalar f = 2.0; Mean = f * N;",
     "Mean = (N * 2.0) + N;"],
)  # fmt: skip
def test_sums_over_the_batch(code):
    model = cells()
    assert is_batch_wide(model, update(model, "mean", code, {"N": "N"}, MEAN))
    check_model(model)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Mean = N * N;", "times a factor"),
        ("Mean = N + 1.0;", "times a factor"),
        ("Mean = 1.0 / N;", "times a factor"),
        ("Mean = (N > 0.0) ? 1.0 : 0.0;", "times a factor"),
        ("Mean = exp(N);", "times a factor"),
        ("const scalar twice = 2.0 * N; Mean = twice;", "times a factor"),
        ("Mean = N; N = 2.0 * N;", "times a factor"),
        ("if (N > 0.0) { Mean = N; }", "may be left without a value"),
        ("Mean += N;", "may be left without a value"),
        ("Mean = N; Mean = 2.0 * Mean;", "cannot be read"),
    ],
)
def test_what_no_sum_over_the_batch_can_be(code, message):
    model = cells()
    update(model, "mean", code, {"N": "N"}, MEAN)
    with pytest.raises(UserError, match=message):
        check_model(model)


def test_an_example_and_the_batch_do_not_mix():
    model = cells()
    update(model, "mean", "Mean = N + V;", {"N": "N", "V": "V"}, MEAN)
    with pytest.raises(UserError, match="reads variables of an example, and so cannot use 'Mean', 'N'"):
        check_model(model)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("V = (N += 1.0);", "cannot be read"),
        ("V = N;", "cannot be read"),
        ("N = 1.0;", r"takes \+= and -= alone"),
        ("if ((N += 1.0) > 2.0) { V = 0; }", "cannot be read"),
    ],
)
def test_a_sum_cannot_be_read_while_it_grows(code, message):
    with pytest.raises(UserError, match=message):
        check_model(cells(code))


def test_a_sum_is_a_scalar():
    with pytest.raises(UserError, match="has to be a scalar, not 'int32_t'"):
        check_model(cells(n_type="int32_t"))


def test_synapses_cannot_refer_to_a_sum():
    model = cells()
    model.add(NeuronPopulation("source", 3, NeuronModel("Source", spike_source=True)))
    synapse = WeightUpdateModel("W", post_neuron_var_refs=(Var("N_post"),), pre_spike_syn_code="addToPost(N_post);")
    refs = {"N_post": "N"}
    model.add(SynapsePopulation("s", "source", "cells", synapse, PostsynapticModel("P"), post_neuron_var_refs=refs))
    with pytest.raises(UserError, match="'N' of 'cells' accumulates over a batch"):
        check_model(model)


def chained() -> GeNNModel:
    model = cells()
    update(model, "mean", "Mean = N;", {"N": "N"}, MEAN)
    update(model, "keep", "Kept = Mean;", {"Mean": "mean.Mean", "Kept": "Kept"})
    update(model, "half", "V = 0.5 * V;", {"V": "V"})
    check_model(model)
    return model


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (Schedule((), (Update("keep"), Update("mean"))), "'keep' reads 'Mean' before 'mean' has computed it"),
        (Schedule((), (Update("half"),)), "'half' belongs to an example"),
        (Schedule((Reset(), Update("mean")), ()), "'mean' belongs to the whole batch"),
        (Schedule((Reset(), Run(0, after_step=("mean",))), ()), "'mean' belongs to the whole batch"),
        (Schedule((Run(0, after_step=("nothing",)),)), "no custom update 'nothing'"),
        (Schedule((Read("cells", "N", "n"),)), "'N' of 'cells' accumulates"),
        (Schedule((SetVar("cells", "N", "n"),)), "'N' of 'cells' accumulates"),
    ],
)
def test_ops_out_of_their_place(schedule, message):
    with pytest.raises(UserError, match=message):
        check_schedule(chained(), schedule)


def test_ops_in_their_place():
    model = chained()
    check_schedule(
        model, Schedule((Reset(), Run(0, after_step=("half",)), Update("half")), (Update("mean"), Update("keep")))
    )
