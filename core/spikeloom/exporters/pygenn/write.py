"""Puts a script together: its parts in the order in which a person reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from spikeloom.backends.pygenn.build import Builder
from spikeloom.backends.pygenn.limits import check_limits
from spikeloom.compilers import CompiledNetwork, compile_document
from spikeloom.exporters.export import ARRAYS_STEM, Export
from spikeloom.exporters.pygenn import helpers
from spikeloom.exporters.pygenn.examples import Examples, examples_of, key_in_file
from spikeloom.exporters.pygenn.extras import revive, transpose
from spikeloom.exporters.pygenn.introduction import docstring
from spikeloom.exporters.pygenn.layout import Text, identifier, lay_out, quoted
from spikeloom.exporters.pygenn.loop_section import LoopSection
from spikeloom.exporters.pygenn.models_section import heading, models_section, name_models
from spikeloom.exporters.pygenn.needs import AT_LEAST, FAIL, FILE_TO_SAVE, FIND_BACKEND, NETWORK_ARRAYS, READ_NPZ, Needs
from spikeloom.exporters.pygenn.network_section import NetworkSection
from spikeloom.exporters.pygenn.notes import notes_of, overlapping
from spikeloom.exporters.pygenn.rates import Rates
from spikeloom.exporters.pygenn.running_section import RunningSection
from spikeloom.exporters.pygenn.stand_in import StandInModel, StandInModule
from spikeloom.genn.code import c_name
from spikeloom.genn.model_check import check_model, check_schedule
from spikeloom.genn.schedule import Read, Schedule, SetVar, Update
from spikeloom.genn.variables import Access
from spikeloom.spec import Document, EProp

ROOM = 1e12  # MB, more than any example needs
# Names of the script's own functions and constants, which no model may take.
_OWN = {"SPIKES", "VALUES", "LABELS", "TARGETS", "ARRAYS"} | {
    "CPU",
    "DT",
    "TIMESTEPS",
    "EPOCHS",
    "BATCH_SIZE",
    "SEED",
    "FILE",
    "FORWARD",
    "BACKWARD",
    "IDLE",
    "LEARNED",
}


def write(document: Document, name: str = "network") -> Export:
    """A document as a PyGeNN script.

    Parameters
    ----------
    name
        The stem of the file that it is to be saved as.

    Raises
    ------
    UserError
        Where the document has problems, or asks for what PyGeNN cannot run.
    """
    compiled = without_counts(compile_document(in_one_piece(document)))
    wanted = ("evaluate", "train")
    schedules: dict[str, Schedule] = {key: s for key, s in compiled.schedules.items() if key in wanted}
    check_model(compiled.model)
    for schedule in schedules.values():
        check_schedule(compiled.model, schedule)
    check_limits(compiled.model, schedules.values(), compiled.timesteps)
    return _Script(document, compiled, schedules, name).export()


def in_one_piece(document: Document) -> Document:
    """The document with a tape that holds all of an example: GeNN knows no segments."""
    if not isinstance(document.experiment.learning, EProp) or document.experiment.learning.mode != "adjoint":
        return document
    whole = document.model_copy(deep=True)
    assert isinstance(whole.experiment.learning, EProp)
    whole.experiment.learning.tape_memory = ROOM
    return whole


def without_counts(compiled: CompiledNetwork) -> CompiledNetwork:
    """The network without what is counted for the window alone."""
    idle = {counter.key for counter in compiled.counters if not counter.fatal}
    reads = [op for schedule in compiled.schedules.values() for op in schedule.each_example if isinstance(op, Read)]
    updates = {read.group for read in reads if read.key in idle} & compiled.model.custom_updates.keys()

    def kept(schedule: Schedule) -> Schedule:
        left = [
            op
            for op in schedule.each_example
            if not (isinstance(op, Read) and op.key in idle) and not (isinstance(op, Update) and op.name in updates)
        ]
        return replace(schedule, each_example=tuple(left))

    own = {name: update for name, update in compiled.model.custom_updates.items() if name not in updates}
    return replace(
        compiled,
        model=replace(compiled.model, custom_updates=own),
        schedules={name: kept(schedule) for name, schedule in compiled.schedules.items()},
        counters=[counter for counter in compiled.counters if counter.fatal],
    )


class _Script:
    """One script in the making."""

    def __init__(
        self, document: Document, compiled: CompiledNetwork, schedules: dict[str, Schedule], name: str
    ) -> None:
        self.document, self.compiled, self.name = document, compiled, name
        ours = compiled.model
        taken: set[str] = set()
        self.names = {
            every: identifier(every, taken) for every in (*ours.populations, *ours.synapses, *ours.custom_updates)
        }
        self.pygenn = StandInModule()
        self.model = StandInModel({c_name(every): readable for every, readable in self.names.items()})
        self.groups = Builder(self.pygenn, self.model, ours, 1, compiled.timesteps).add_all(list(schedules.values()))
        self.rates = Rates(compiled.learned)
        constants = _OWN | {line.partition(" = ")[0] for line in self.rates.constants()}
        name_models(self.pygenn.models, self.model.groups, constants)
        original = {readable: every for every, readable in self.names.items()}
        self.network = NetworkSection(self.model.groups, compiled.timesteps, constants | self.pygenn.asked, original)
        self.network_text = self.network.text()
        self.arrays = dict(self.network.arrays)
        keys = {op.key for schedule in schedules.values() for op in schedule.each_example if isinstance(op, SetVar)}
        keys |= {output.labels for output in compiled.outputs}
        self.examples: Examples = examples_of(document, compiled, keys)
        self.keys = {key_in_file(key) for key in keys}
        self.loop = LoopSection(compiled, self.rates, self.readable, self.examples.as_bytes)
        self.labelled = self._is_labelled()

    def readable(self, name: str) -> str:
        """GeNN's name in the script for a name of ours."""
        return self.names[name]

    def _is_labelled(self) -> bool:
        if self.examples.arrays:
            return f"test.{self.compiled.outputs[0].labels}" in self.examples.arrays
        dataset = self.document.experiment.dataset
        return not (dataset.targets_over_time if dataset is not None else self.compiled.outputs[0].over_time)

    def export(self) -> Export:
        """The script, with the arrays beside it."""
        running = RunningSection(
            self.document,
            self.compiled,
            self.loop,
            self.labelled,
            with_data=bool(self.examples.arrays),
            with_arrays=False,
            builds_arrays=bool(self.arrays),
            revives=bool(self.compiled.seen),
            sources_reset=self._sources_reset(),
            overlapping=tuple(overlapping(self.compiled)),
        )
        needs = Needs(self.compiled, self.keys, self.labelled)
        parts = list(self._functions(running, needs))
        running.with_arrays = bool(self.arrays)
        body = "\n\n\n".join(part.strip("\n") for part in [*parts, running.main()])
        constants = self._constants(bool(self.arrays) or running.with_data, needs)
        models = models_section(self.pygenn.models)
        arrays = {**self.arrays, **self.examples.arrays}
        notes = notes_of(self.document, self.compiled, self.examples, self.name)
        words = docstring(self.document, self.compiled, self.name, bool(arrays), self.examples, self.labelled)
        program = f"{constants}\n\n{models}\n\n\n{body}\n"
        text = f"{words}\n\n{self._imports(program)}\n\n{program}"
        return Export(text, arrays, ".npz", notes, self._lines(text))

    def _lines(self, text: str) -> dict[str, tuple[int, int]]:
        """The lines in which populations and connections are added, from 1."""
        found: dict[str, tuple[int, int]] = {}
        network = self.document.network
        parts = [*(each.name for each in network.populations), *(each.name for each in network.connections)]
        for part in parts:
            group = next((group for group in self.model.groups if group.name == self.names.get(part)), None)
            block = self.network.group_text(group) if group is not None else ""
            if block and block in text:
                first = text.count("\n", 0, text.index(block)) + 1
                found[part] = (first, first + block.count("\n"))
        return found

    def _sources_reset(self) -> bool:
        """Whether a custom update lets spike sources begin anew."""
        resets = [group for group in self.model.groups if group.kind == "add_custom_update"]
        return any("Next" in ref.args for group in resets for ref in group.call.args[-1].values())

    def _imports(self, text: str) -> str:
        """The imports of what the text uses."""
        tree = ast.parse(text)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        modules = [
            f"import {module}"
            for module in ("argparse", "json", "math", "signal", "time", "zipfile", "zlib")
            if module in used
        ]
        modules += ["from contextlib import contextmanager"] if "contextmanager" in used else []
        modules += ["from pathlib import Path"]
        wanted = sorted(used & {*self.pygenn.asked, "GeNNModel"})
        names = f"from pygenn import {', '.join(wanted)}"
        if len(names) > 88:
            names = "from pygenn import (\n" + "".join(f"    {each},\n" for each in wanted) + ")"
        lines = [*modules, "", "import numpy as np", names, "from pygenn.genn_model import backend_modules"]
        return "\n".join(lines)

    def _constants(self, with_file: bool, needs: Needs) -> str:
        training, simulation = self.document.experiment.training, self.document.experiment.simulation
        lines = [f"DT = {float(simulation.dt)!r}  # ms"]
        lines += [f"TIMESTEPS = {self.compiled.timesteps}  # of an example"]
        if self.compiled.learns:
            lines += [f"EPOCHS = {training.epochs}"]
        lines += [f"BATCH_SIZE = {training.batch_size}", f"SEED = {training.seed}"]
        lines += self.rates.constants()
        if with_file:
            lines += ["# What lies beside this script."]
            lines += [f'FILE = Path(__file__).with_name(f"{{Path(__file__).stem}}{ARRAYS_STEM}.npz")']
        if self.arrays:
            lines += [f"ARRAYS = {lay_out(tuple(self.arrays), before=9)}  # of the network"]
        lines += ["", 'CPU = "single_threaded_cpu"', "FORWARD, BACKWARD, IDLE = 0, 1, 2  # the phases"]
        if self.compiled.learns:
            lines += ["", "# What is learned and kept: PyGeNN's group and variable, and the shape of the array."]
            lines += [f"LEARNED = {lay_out(self._learned(), before=10)}"]
        elif self.compiled.checkpointed:
            lines += ["", "# The weights: PyGeNN's group and variable, and the shape of the array."]
            lines += [f"LEARNED = {lay_out(self._learned(), before=10)}"]
        return "\n".join([*lines, *needs.constants()])

    def _learned(self) -> dict[str, tuple[object, ...]]:
        shape = self.compiled.model.shape
        return {
            key: (self.names[ref.group], ref.var, tuple(shape(ref.group)))
            for key, ref in self.compiled.checkpointed.items()
        }

    def _functions(self, running: RunningSection, needs: Needs) -> Iterator[str]:
        yield f"{heading('Options')}\n\n{AT_LEAST}"
        yield running.options()
        yield FIND_BACKEND
        if self.compiled.learns:
            yield FILE_TO_SAVE
        yield FAIL
        yield f"{heading('The network')}\n\n{self._build(running)}"
        first, *common = running.common()
        yield f"{heading('Values to the device and back')}\n\n{first}"
        yield from common
        yield f"{heading('A batch')}\n\n{helpers.CHUNKS}"
        yield self._set_phase()
        yield self._reset()
        yield self.loop.forward()
        if self.compiled.learns:
            yield self.loop.backward() if self.loop.shares_forward else self.loop.both()
            yield from self.rates.functions()
            yield self.loop.learn()
            yield self._forget()
        moved = transpose(self.compiled, self.readable, self.loop, self.arrays)
        if moved:
            yield moved
        if self.compiled.seen:
            yield revive(self.document, self.compiled, self.loop, self.readable, self.arrays)
        yield f"{heading('Examples and figures')}\n\n{running.count_of()}"
        yield READ_NPZ
        yield from needs.functions()
        if self.arrays:
            yield NETWORK_ARRAYS
        if running.longest():
            yield running.longest()
        yield running.judge()
        yield running.figures()
        yield running.evaluate()
        if self.compiled.learns:
            yield f"{heading('Training')}\n\n{running.train()}"
            yield helpers.UNDISTURBED
            yield helpers.SAVE_WEIGHTS
        yield helpers.LOAD_WEIGHTS

    def _build(self, running: RunningSection) -> str:
        args = ["backend", "side_by_side", "seed", *(["most_spikes"] if running.spiking else [])]
        args += ["arrays"] if self.arrays else []
        lines = [f"def build({', '.join(args)}):"]
        lines += ['    """The network, compiled and ready to run, with room for examples side by side."""']
        lines += ["    # GeNN's CPU is compiled without optimisation unless it is asked for."]
        lines += ['    options = {"optimize_code": True} if backend == CPU else {}']
        model = quoted(identifier(self.name, set()))
        lines += [f'    model = GeNNModel("float", {model}, backend=backend, **options)']
        lines += ["    model.dt = DT", "    model.batch_size = side_by_side", "    model.seed = seed % (2**32 - 1) + 1"]
        return "\n".join([*lines, self.network_text, "", "    model.build()", "    model.load()", "    return model"])

    def _set_phase(self) -> str:
        if not self.loop.traced:
            return helpers.SET_PHASE
        names = [self.readable(name) for name in self.loop.traced]
        return helpers.SET_PHASE_TRACED.replace("@TRACED@", lay_out(names, 4, 12, 1))

    def _reset(self) -> str:
        lines = ["def reset(model):", '    """Give the examples to come their first state.']
        lines += ["", "    In an idle step the spikes of the last step of all go nowhere.", '    """']
        lines += ["    set_phase(model, IDLE)", "    model.timestep = 0", "    model.step_time()"]
        lines += [f"    model.custom_update({quoted(self.model.readable(name))})" for name in self.groups.resets]
        for (group, variable), values in self.groups.arrays.items():
            key = f"{self.names[group]}.{variable}.first"
            self.arrays[key] = np.asarray(values)
            owner = f"{self.loop.group(group)}.vars[{quoted(variable)}]"
            lines += [f"    values = np.load(FILE)[{quoted(key)}]"]
            lines += [f"    write({owner}, np.tile(values, model.batch_size))"]
        return "\n".join(lines)

    def _forget(self) -> str:
        ours = self.compiled.model
        declared = [(name, population.model.vars) for name, population in ours.populations.items()]
        declared += [(name, synapses.weight_update.vars) for name, synapses in ours.synapses.items()]
        sums = [
            Text(f"{self.loop.group(name)}.vars[{quoted(var.name)}]")
            for name, variables in declared
            for var in variables
            if var.access is Access.ACCUMULATE
        ]
        return helpers.FORGET.replace("@SUMS@", lay_out(sums, 4, 12))
