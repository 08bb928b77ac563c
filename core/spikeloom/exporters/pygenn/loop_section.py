"""The part of a script that runs examples and learns from them: the schedule of a batch as straight code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from spikeloom.compilers import CompiledNetwork
from spikeloom.errors import UserError
from spikeloom.exporters.pygenn.examples import BYTES, key_in_file
from spikeloom.exporters.pygenn.layout import Call, Text, filled, lay_out, quoted
from spikeloom.exporters.pygenn.rates import Rates
from spikeloom.genn import VarRef
from spikeloom.genn.schedule import (
    FORWARD,
    BatchOp,
    ExampleOp,
    Read,
    Reset,
    Run,
    Schedule,
    SetInputs,
    SetNorm,
    SetParam,
    SetVar,
    Update,
)

Unit = tuple[tuple[tuple[str, str], ...], str]  # (parameter, expression) for each that is set, then the custom update


class LoopSection:
    """Writes the functions that run the schedule's ops.

    Parameters
    ----------
    readable
        GeNN's name in the script for a name of ours.
    as_bytes
        The inputs whose numbers are bytes in the file.
    """

    def __init__(
        self, compiled: CompiledNetwork, rates: Rates, readable: Callable[[str], str], as_bytes: frozenset[str]
    ) -> None:
        self.compiled, self.rates, self.readable, self.as_bytes = compiled, rates, readable, as_bytes
        self.model = compiled.model
        self.traced = [name for name, s in self.model.synapses.items() if s.weight_update.synapse_dynamics_code]

    # -- names ---------------------------------------------------------------------------------------------------
    def group(self, name: str) -> str:
        """The text of a group."""
        held = "custom_updates"
        if name in self.model.populations:
            held = "neuron_populations"
        elif name in self.model.synapses:
            held = "synapse_populations"
        return f"model.{held}[{quoted(self.readable(name))}]"

    def variable(self, ref: VarRef) -> str:
        """The text of a variable."""
        return f"{self.group(ref.group)}.vars[{quoted(ref.var)}]"

    # -- an example ----------------------------------------------------------------------------------------------
    @property
    def shares_forward(self) -> bool:
        """Whether training begins with all that an evaluation does."""
        if not self.compiled.learns:
            return False
        train, evaluate = self.compiled.schedules["train"], self.compiled.schedules["evaluate"]
        first = [self._without_traces(op) for op in train.each_example[: len(evaluate.each_example)]]
        return not train.online and first == [self._without_traces(op) for op in evaluate.each_example]

    def _without_traces(self, op: ExampleOp) -> ExampleOp:
        """The op; of a run only what matters where no code runs for all synapses."""
        return Run(op.phase, op.after_step, more=op.more) if isinstance(op, Run) and not self.traced else op

    def evaluate(self) -> list[ExampleOp]:
        """The ops of an example that nothing is learned from."""
        return list(self.compiled.schedules["evaluate"].each_example)

    def forward(self) -> str:
        """The function that runs examples forward."""
        ops = self.evaluate()
        lines = ["def forward(model, examples, chunk):"]
        lines += ['    """Run the examples of these numbers side by side: what is read of each."""']
        return "\n".join([*lines, "    results = {}", *self._ops(ops), "    return results"])

    def backward(self) -> str:
        """The function that runs the same examples backward, and adds up the gradients."""
        rest = self.compiled.schedules["train"].each_example[len(self.evaluate()) :]
        lines = [f"def backward({self.backward_args}):"]
        lines += ['    """Go back through the same examples; their gradients add up."""']
        return "\n".join([*lines, *(self._ops(rest) or ["    pass"])])

    @property
    def backward_args(self) -> str:
        """What ``backward`` is called with."""
        rest = self.compiled.schedules["train"].each_example[len(self.evaluate()) :]
        return "model, results" if any(isinstance(op, Read) for op in rest) else "model"

    def both(self) -> str:
        """The function that runs examples and adds up gradients, where training does not begin as evaluation does."""
        schedule = self.compiled.schedules["train"]
        extra = ", learn_now" if schedule.online else ""
        lines = [f"def train_examples(model, examples, chunk{extra}):"]
        lines += ['    """Run the examples of these numbers side by side, and add up their gradients."""']
        ops = self._ops(schedule.each_example, schedule)
        return "\n".join([*lines, "    results = {}", *ops, "    return results"])

    def _ops(self, ops: Sequence[ExampleOp], schedule: Schedule | None = None) -> list[str]:
        lines: list[str] = []
        before: ExampleOp | None = None
        for op in ops:
            if isinstance(op, Update) and not isinstance(before, Update):
                lines += self._about(op.name)
            lines += self._op(op, schedule)
            before = op
        return lines

    def _about(self, update: str) -> list[str]:
        name = self.model.custom_updates[update].model.name
        return ["    # The loss, and what it says to each output."] if "Count" not in name else []

    def _op(self, op: ExampleOp, schedule: Schedule | None) -> list[str]:
        match op:
            case Reset():
                return ["    reset(model)"]
            case SetInputs(population):
                args = [Text(self.group(population)), Text("examples"), population, Text("chunk")]
                return [f"    {lay_out(Call('set_spikes', args), 4)}"]
            case SetVar():
                return self._set(op)
            case Run():
                return self._run(op, schedule)
            case Update(name):
                return [f"    model.custom_update({quoted(self.readable(name))})"]
            case Read(group, var, key):
                call = Call("read_examples", [Text("model"), Text(self.variable(VarRef(group, var)))])
                name = f"results[{quoted(key)}]"
                return [f"    {name} = {lay_out(call, 4, len(name) + 3)}", *self._check(key)]
        raise UserError(f"{op!r} cannot be written", place="schedule")

    def _set(self, op: SetVar) -> list[str]:
        values = f"examples[{quoted(key_in_file(op.key))}][chunk]"
        if op.key in self.as_bytes:
            values += f" / np.float32({BYTES})"
        arrays = {array.name for array in self.model.populations[op.population].model.extra_global_params}
        if op.var in arrays:
            owner = f"{self.group(op.population)}.extra_global_params[{quoted(op.var)}]"
            return [f"    {lay_out(Call('write_array', [Text(owner), Text(values)]), 4)}"]
        owner = self.variable(VarRef(op.population, op.var))
        return [f"    {lay_out(Call('write', [Text(owner), Text(values)]), 4)}"]

    def _run(self, run: Run, schedule: Schedule | None) -> list[str]:
        forward = run.phase == FORWARD
        lines = [
            "",
            "    # Forward through all timesteps." if forward else "    # Backward through the same timesteps.",
        ]
        phase = "FORWARD" if forward else "BACKWARD"
        lines += [f"    set_phase(model, {phase}{'' if run.traces or not self.traced else ', traces=False'})"]
        lines += ["    model.timestep = 0"]
        steps = f"TIMESTEPS + {run.more}" if run.more else "TIMESTEPS"
        online = schedule is not None and schedule.online
        lines += [f"    for {'step' if online else '_'} in range({steps}):", "        model.step_time()"]
        lines += [f"        model.custom_update({quoted(self.readable(name))})" for name in run.after_step]
        if online:
            lines += [f"        if (step + 1) % {run.segment} == 0 and step + 1 < {steps}:"]
            lines += ["            learn_now()"]
        return [*lines, ""]

    def _check(self, key: str) -> list[str]:
        """What ends a run when a count that must be 0 is not."""
        for counter in self.compiled.counters:
            if counter.key == key and counter.fatal:
                message = f"{counter.population}: {counter.message} ({counter.hint})"
                return [
                    f"    if results[{quoted(key)}].any():",
                    f"        {lay_out(Call('fail', [message]), 8)}",
                ]
        return []

    # -- after a batch -------------------------------------------------------------------------------------------
    def learn(self) -> str:
        """The function that moves the weights after a batch."""
        body = self._units(self.compiled.schedules["train"].each_batch)
        if any(synapses.transposes for synapses in self.model.synapses.values()):
            body += ["    transpose(model)"]
        timed = any(each.schedule is not None for each in self.rates.optimisers)
        args = "model, step, count, trained, epochs" if timed else "model, step, count"
        lines = [
            f"def learn({args}):",
            '    """Learn from a batch of `count` examples: the update number `step`, from 1."""',
        ]
        return "\n".join([*lines, *(f"    {line}" for line in self.rates.before()), *body])

    @property
    def learn_args(self) -> str:
        """What ``learn`` is called with."""
        timed = any(each.schedule is not None for each in self.rates.optimisers)
        return "model, step, len(batch), trained, last" if timed else "model, step, len(batch)"

    def _units(self, ops: Sequence[BatchOp]) -> list[str]:
        lines: list[str] = []
        params: list[tuple[str, str]] = []
        units: list[Unit] = []
        for op in ops:
            match op:
                case SetParam(name, param):
                    params.append((param, self._expression(name, param)))
                case Update(name):
                    units.append((tuple(params), name))
                    params = []
                case SetNorm():
                    lines += [*self._merged(units), *self._norm(op)]
                    units = []
        return [*lines, *self._merged(units)]

    def _expression(self, name: str, param: str) -> str:
        if (name, param) in self.compiled.batch_means:
            return "1.0 / count"
        return self.rates.value(self.compiled.learned[name], param)

    def _merged(self, units: list[Unit]) -> list[str]:
        """Updates in their order; those that are set the same parameters in a loop."""
        lines: list[str] = []
        said: list[str] = []
        for params, same in groupby(units, key=lambda unit: unit[0]):
            names = [name for _, name in same]
            about = self._about_batch(names)
            lines += about if about != said else []
            said = about
            updates = [quoted(self.readable(name)) for name in names]
            if not params:
                lines += [f"    model.custom_update({update})" for update in updates]
                continue
            if len(updates) == 1:
                lines += [f"    name = {updates[0]}"]
            else:
                lines += [f"    for name in {lay_out(tuple(Text(u) for u in updates), 4, 12, 1)}:"]
            space = " " * (4 if len(updates) == 1 else 8)
            setter = f"{space}model.custom_updates[name].set_dynamic_param_value"
            lines += [f"{setter}({quoted(param)}, {value})" for param, value in params]
            lines += [f"{space}model.custom_update(name)"]
        return lines

    def _about_batch(self, names: list[str]) -> list[str]:
        if names[0] in self.compiled.learned:
            return comment("A step along the mean gradient.")
        model = self.model.custom_updates[names[0]].model.name
        return comment("Means over the batch.") if model == "BatchMean" else []

    def _norm(self, op: SetNorm) -> list[str]:
        refs = lay_out(tuple(Text(self.variable(ref)) for ref in op.of), 4, 12)
        lines = [*comment("The norm of the whole gradient, at which it is clipped."), f"    gradients = {refs}"]
        lines += ["    squares = [np.square(read(each), dtype=float).sum() for each in gradients]"]
        names = lay_out(tuple(self.readable(name) for name, _ in op.params), 4, 12, 1)
        lines += [f"    for name in {names}:", "        update = model.custom_updates[name]"]
        param = quoted(op.params[0][1])
        return [*lines, f"        update.set_dynamic_param_value({param}, float(np.sqrt(sum(squares))))"]


def comment(text: str, indent: int = 4) -> list[str]:
    """A comment in lines."""
    return filled(text, prefix=f"{' ' * indent}# ").splitlines()
