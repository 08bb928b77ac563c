"""After a batch: means over its examples, of the gradient for the optimiser's step and of spikes for regularisation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from spikeloom.compilers.compiled import DELAY, DELAY_GRADIENT, SIGN, WEIGHT, CompiledNetwork, Learned, sign_key
from spikeloom.compilers.connections import most_delay_steps
from spikeloom.genn import (
    Access,
    CustomUpdate,
    CustomUpdateModel,
    GeNNModel,
    Rewire,
    SetNorm,
    SetParam,
    Update,
    Var,
    VarRef,
)
from spikeloom.genn.schedule import BatchOp
from spikeloom.spec import Connection, DeepR, Optimiser

_BATCH_MEAN = CustomUpdateModel(
    name="BatchMean",
    params=("Scale",),
    vars=(Var("Mean", access=Access.REDUCE_BATCH_SUM),),
    var_refs=(Var("Sum"),),
    update_code="Mean = Scale * Sum; Sum = 0;",
)

SEEN = "SeenSpikes"
CLIP_CODE = "const scalar Gradient = MeanGradient * ((GradientNorm > ClipNorm) ? ClipNorm / GradientNorm : 1.0);"


@dataclass(frozen=True)
class Bounds:
    """Between which values a learned variable stays; None: no bound."""

    least: float | None = None
    most: float | None = None


class Learning:
    """Collects what learns, and gives what a schedule does with it after a batch.

    The gradients' means come first, then their norms where an optimiser clips them, then all steps.
    """

    def __init__(self, model: GeNNModel, compiled: CompiledNetwork) -> None:
        self.model, self.compiled = model, compiled
        self._means: list[BatchOp] = []
        self._steps: list[BatchOp] = []
        self._moves: list[BatchOp] = []
        self._clipped: dict[int, tuple[list[tuple[str, str]], list[VarRef]]] = {}  # by the optimiser's identity

    def add_weights(self, connection: Connection, optimiser: Optimiser) -> None:
        """Make the weights of a connection learn, unless it is frozen."""
        if connection.learns:
            bounds = Bounds(connection.min_weight, connection.max_weight)
            rule = connection.rewiring
            if rule is not None:
                assert isinstance(rule, DeepR)
                self.compiled.rewired[connection.name] = rule
                self.compiled.checkpointed[sign_key(connection.name)] = VarRef(connection.name, SIGN)
                self._moves.append(Rewire(connection.name))
            share = connection.learning_rate_scale
            self.add(
                connection.name, optimiser, share=share, bounds=bounds, l1=None if rule is None else rule.l1_strength
            )

    def add_delays(self, connection: Connection, optimiser: Optimiser, dt: float) -> None:
        """Make the delays of a connection learn, where they do; the optimiser counts in ms, delays in steps."""
        if connection.train_delays:
            bounds = Bounds(0.0, float(most_delay_steps(connection, dt)))
            self.add(connection.name, optimiser, DELAY, DELAY_GRADIENT, share=1 / dt, bounds=bounds)

    def add(
        self,
        group: str,
        optimiser: Optimiser,
        variable: str = WEIGHT,
        gradient: str = "Gradient",
        *,
        share: float = 1.0,
        bounds: Bounds | None = None,
        l1: float | None = None,
    ) -> None:
        """Make a variable of `group` learn from a gradient that its synapses or neurons add up.

        Parameters
        ----------
        share
            Of the optimiser's learning rate.
        l1
            Strength of a pull to 0 along the sign of each synapse, in units of the learning rate.
        """
        more = f"{variable}." if variable == DELAY else ""  # beside the weights
        mean, step = f"{group}.{more}gradient", f"{group}.{more}optimiser"
        self.model.add(
            CustomUpdate(mean, group, _BATCH_MEAN, {"Scale": 1.0}, var_refs={"Sum": VarRef(group, gradient)})
        )
        update, params = _step(optimiser, bounds or Bounds(), l1)
        dynamic = optimiser.dynamic(1, share * optimiser.alpha)
        params |= dict.fromkeys(set(update.params) - set(params), 0.0) | dynamic | optimiser.constants()
        source = "MeanGradient" if optimiser.clip_norm is not None else "Gradient"
        refs = {source: VarRef(mean, "Mean"), "Variable": VarRef(group, variable)}
        refs |= {SIGN: VarRef(group, SIGN)} if l1 is not None else {}
        self.model.add(CustomUpdate(step, group, update, params, var_refs=refs))
        self._means += [SetParam(mean, "Scale", f"{mean}.Scale"), Update(mean)]
        if optimiser.clip_norm is not None:
            dynamic = {**dynamic, "ClipNorm": 0.0}
            params_of, refs_of = self._clipped.setdefault(id(optimiser), ([], []))
            params_of.append((step, "GradientNorm"))
            refs_of.append(VarRef(mean, "Mean"))
        self._steps += [SetParam(step, name, f"{step}.{name}") for name in dynamic]
        self._steps.append(Update(step))
        if not more:
            self.compiled.gradients[group] = VarRef(group, gradient)
        self.compiled.batch_means.append((mean, "Scale"))
        self.compiled.learned[step] = Learned(optimiser, share)
        for var in update.vars:
            self.compiled.checkpointed[f"{group}.{more}{var.name}"] = VarRef(step, var.name)

    def ops(self) -> list[BatchOp]:
        """Of the schedule, after a batch."""
        norms = [SetNorm(tuple(params), tuple(of)) for params, of in self._clipped.values()]
        return [*self._means, *norms, *self._steps, *self._moves]


def _step(optimiser: Optimiser, bounds: Bounds, l1: float | None) -> tuple[CustomUpdateModel, dict[str, float]]:
    """The optimiser's update with a gradient that is clipped, a pull to 0, and a variable that stays within bounds."""
    update, params = optimiser.update_model(), dict[str, float]()
    if l1 is not None:
        params["L1Strength"] = l1
        update = replace(
            update,
            name=f"{update.name}Pulled",
            params=(*update.params, "L1Strength"),
            var_refs=(*update.var_refs, Var(SIGN, access=Access.READ_ONLY)),
            update_code=f"{update.update_code}\nVariable -= Alpha * L1Strength * {SIGN};",
        )
    if optimiser.clip_norm is not None:
        refs = tuple(replace(ref, name="MeanGradient") if ref.name == "Gradient" else ref for ref in update.var_refs)
        code = f"{CLIP_CODE}\n{update.update_code}"
        names = (*update.params, "ClipNorm", "GradientNorm")
        update = replace(update, name=f"{update.name}Clipped", params=names, var_refs=refs, update_code=code)
    least, most = bounds.least, bounds.most
    if least is not None or most is not None:
        params |= {name: value for name, value in (("Least", least), ("Most", most)) if value is not None}
        code = "Variable" if least is None else "fmax(Variable, Least)"
        code = code if most is None else f"fmin({code}, Most)"
        update = replace(
            update,
            name=f"{update.name}Bounded",
            params=(*update.params, *(name for name in ("Least", "Most") if name in params)),
            update_code=f"{update.update_code}\nVariable = {code};",
        )
    return update, params


_SEEN = CustomUpdateModel(
    name="Seen",
    var_refs=(Var("Mean", access=Access.READ_ONLY), Var("Seen")),
    update_code="Seen += Mean;",
)


def count_spikes(model: GeNNModel, compiled: CompiledNetwork, population: str) -> list[BatchOp]:
    """Count the spikes of each neuron of a population in training, until somebody forgets them (`compiled.seen`)."""
    group = model.populations[population]
    group.model = replace(
        group.model,
        vars=(*group.model.vars, Var("SpikesOfBatch", access=Access.ACCUMULATE), Var(SEEN, access=Access.READ_ONLY)),
        reset_code=f"SpikesOfBatch += 1.0;\n{group.model.reset_code}",
    )
    total, ref = f"{population}.spikes_of_batch", VarRef(population, SEEN)
    refs = {"Sum": VarRef(population, "SpikesOfBatch")}
    model.add(CustomUpdate(total, population, _BATCH_MEAN, {"Scale": 1.0}, var_refs=refs))
    refs = {"Mean": VarRef(total, "Mean"), "Seen": ref}
    seen = model.add(CustomUpdate(f"{population}.seen", population, _SEEN, var_refs=refs))
    compiled.seen[population] = ref
    return [Update(total), Update(seen.name)]


_KEEP_MEAN = CustomUpdateModel(
    name="KeepMean",
    var_refs=(Var("Mean", access=Access.READ_ONLY), Var("Kept")),
    update_code="Kept = Mean;",
)


def add_mean_over_batch(
    model: GeNNModel, compiled: CompiledNetwork, population: str, summed: str, kept: str
) -> list[BatchOp]:
    """Keep the mean of variable `summed` of `population` over a batch as `kept`, for the batch after it."""
    mean, ref = f"{population}.mean_{summed}", VarRef(population, kept)
    refs = {"Sum": VarRef(population, summed)}
    model.add(CustomUpdate(mean, population, _BATCH_MEAN, {"Scale": 1.0}, var_refs=refs))
    refs = {"Mean": VarRef(mean, "Mean"), "Kept": ref}
    keep = model.add(CustomUpdate(f"{population}.keep_{kept}", population, _KEEP_MEAN, var_refs=refs))
    compiled.batch_means.append((mean, "Scale"))
    compiled.checkpointed[f"{population}.{kept}"] = ref
    return [SetParam(mean, "Scale", f"{mean}.Scale"), Update(mean), Update(keep.name)]
