"""The timesteps of a run as C++: what fires, who integrates, and the order of it; segments of an example that is long.

A population that *replays* keeps its spikes of each step of a segment, one after the other: ``tape`` has the neurons,
``starts`` where those of each step begin. The first entry is that of the step before the segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spikeloom.backends.embedded.layout import Field, Layout
from spikeloom.backends.embedded.neurons import NeuronKernel
from spikeloom.backends.embedded.synapses import DYNAMICS, SynapseKernel
from spikeloom.backends.embedded.writer import block
from spikeloom.errors import UserError
from spikeloom.genn.code import c_name, parse
from spikeloom.genn.code.names import used
from spikeloom.genn.network import NeuronPopulation
from spikeloom.genn.phases import written
from spikeloom.genn.schedule import BACKWARD, FORWARD, Run
from spikeloom.genn.variables import Access

_LISTS = ("spikes", "events")


@dataclass(frozen=True)
class Kernels:
    """What a step of a phase calls."""

    neurons: Mapping[str, NeuronKernel]
    synapses: list[SynapseKernel]
    traces: list[SynapseKernel]


class RunWriter:
    """Writes the runs of a model; `spike_inputs` are its spike sources in the order of the job."""

    def __init__(self, layout: Layout, spike_inputs: list[str], runs: list[Run]) -> None:
        self.layout, self.model = layout, layout.model
        self.spike_inputs, self.runs = spike_inputs, runs

    def name(self, run: Run) -> str:
        """What the function of a run is called."""
        return f"run_{run.phase}_{[other for other in self.runs if other.phase == run.phase].index(run)}"

    def write(self, run: Run, kernels: Kernels) -> str:
        """The function of `run`, and that of some of its steps."""
        name, arguments = self.name(run), "Job* job, char* slot, char* shard, const Example* ex"
        text = f"static void {name}_steps({arguments}, int32_t begin, int32_t end) {{\n"
        text += block(self._start(run, kernels))
        text += f"    for (int32_t step = begin; step < end; ++step) {{\n{block(self._step(run, kernels), 2)}    }}\n"
        text += block(self._end(run, kernels)) + "}\n"
        steps = f"job->timesteps + {run.more}" if run.more else "job->timesteps"
        body = self._segments(run) if run.segments > 1 else f"{name}_steps(job, slot, shard, ex, 0, {steps});\n"
        return (
            f"{text}static void {name}({arguments}) {{\n{block(body)}    finite_{run.phase}(job, slot, ex, -1);\n}}\n"
        )

    # -- steps -------------------------------------------------------------------------------------------------
    def _step(self, run: Run, kernels: Kernels) -> str:
        text, phase = "", run.phase
        for kernel in kernels.synapses:
            if kernel.trigger == DYNAMICS:
                text += f"{kernel.name}(job, slot, shard, ex, step);\n" if run.traces else ""
                continue
            list_name = f"{kernel.trigger}_{c_name(kernel.source)}"
            text += f"if (n_{list_name}) {kernel.name}(job, slot, shard, ex, step, {list_name}, n_{list_name});\n"
        for index, (name, population) in enumerate(self.model.populations.items()):
            c = c_name(name)
            if population.model.spike_source:
                text += self._source_step(name, phase)
            elif name in kernels.neurons:
                into = f"tape_{c} + starts_{c}[step - begin + 1]" if self._tapes(population, phase) else f"spikes_{c}"
                text += f"spikes_{c} = {into};\n" if self._tapes(population, phase) else ""
                arguments = f"job, slot, shard, ex, step, spikes_{c}, &n_spikes_{c}, &n_events_{c}"
                text += f"{kernels.neurons[name].name}({arguments});\n"
            if self._tapes(population, phase):
                text += f"starts_{c}[step - begin + 2] = starts_{c}[step - begin + 1] + n_spikes_{c};\n"
            elif self._replays(population, phase):
                text += f"events_{c} = tape_{c} + starts_{c}[end - 1 - step];\n"
                text += f"n_events_{c} = starts_{c}[end - step] - starts_{c}[end - 1 - step];\n"
            if name in self._spiking(run, kernels):
                recorded = f"record_spikes(job, ex, {index}, step, spikes_{c}, n_spikes_{c});\n"
                inside = " && step < job->timesteps" if run.more else ""
                text += f"if (ex->record >= 0 && n_spikes_{c}{inside}) {recorded}"
                text += f"{'if (step < job->timesteps) ' if run.more else ''}sum_{c} += n_spikes_{c};\n"
        for kernel in kernels.traces if run.traces else ():
            c = c_name(kernel.source)
            text += f"{kernel.name}(job, slot, step, spikes_{c}, n_spikes_{c});\n"
        text += "".join(f"update_{c_name(update)}(job, slot);\n" for update in run.after_step)
        text += f"if (ex->record >= 0) record_vars(job, slot, ex, {phase}, step);\n"
        # A backward step undoes a forward step; it is named by that step, as in recordings.
        undone = "step" if phase == FORWARD else "job->timesteps - 1 - step"
        return text + f"if (job->check_each_step && !finite_{phase}(job, slot, ex, {undone})) return;\n"

    def _tapes(self, population: NeuronPopulation, phase: int) -> bool:
        return bool(population.model.replays) and phase == FORWARD

    def _replays(self, population: NeuronPopulation, phase: int) -> bool:
        return bool(population.model.replays) and phase == BACKWARD

    def _source_step(self, name: str, phase: int) -> str:
        c = c_name(name)
        if phase == FORWARD:
            return (
                f"n_spikes_{c} = 0;\nspikes_{c} = input_{c}->ids + at_{c};\n"
                f"while (at_{c} < last_{c} && input_{c}->steps[at_{c}] <= step) {{ ++at_{c}; ++n_spikes_{c}; }}\n"
            )
        # Backward step m replays what forward step T - 2 - m emitted.
        return (
            f"n_events_{c} = 0;\n"
            f"while (at_{c} > first_{c} && input_{c}->steps[at_{c} - 1] >= job->timesteps - 2 - step) {{\n"
            f"    --at_{c};\n"
            f"    n_events_{c} += input_{c}->steps[at_{c}] == job->timesteps - 2 - step;\n}}\n"
            f"events_{c} = input_{c}->ids + at_{c};\n"
        )

    # -- where steps begin and end -----------------------------------------------------------------------------
    def _start(self, run: Run, kernels: Kernels) -> str:
        text, phase = "(void)shard;\n", run.phase
        text += "".join(f"int64_t sum_{c_name(name)} = 0;\n" for name in self._spiking(run, kernels))
        for name, population in self.model.populations.items():
            c = c_name(name)
            if population.model.spike_source:
                text += self._source_start(name, run)
                continue
            if name not in kernels.neurons and not self._replays(population, phase):
                continue
            for what in _LISTS:
                text += f"int32_t* {what}_{c} = {self._list(name, what)};\n"
                text += f"int32_t n_{what}_{c} = 0;\n(void){what}_{c}; (void)n_{what}_{c};\n"
            if population.model.replays:
                for what in ("tape", "starts"):
                    text += f"int32_t* {what}_{c} = (int32_t*)(slot + {self.layout[name, what].offset});\n"
            for what in self._kept(name, run, kernels):  # spikes and events of the step before
                text += f"if (begin) n_{what}_{c} = *{self._count(name, what)};\n"
            if self._tapes(population, phase):
                text += f"for (int32_t k = 0; k < n_spikes_{c}; ++k) tape_{c}[k] = spikes_{c}[k];\n"
                text += f"starts_{c}[0] = 0;\nstarts_{c}[1] = n_spikes_{c};\nspikes_{c} = tape_{c};\n"
        return text

    def _source_start(self, name: str, run: Run) -> str:
        c, k, phase = c_name(name), self.spike_inputs.index(name), run.phase
        text = f"const Spikes* input_{c} = &job->spikes[{k}];\n"
        text += f"const int64_t first_{c} = input_{c}->offsets[ex->example];\n"
        text += f"const int64_t last_{c} = input_{c}->offsets[ex->example + 1];\n"
        text += f"int64_t at_{c} = {'first' if phase == FORWARD else 'last'}_{c};\n"
        what = "spikes" if phase == FORWARD else "events"
        text += f"const int32_t* {what}_{c} = input_{c}->ids;\nint32_t n_{what}_{c} = 0;\n"
        text += f"(void){what}_{c}; (void)n_{what}_{c}; (void)first_{c}; (void)last_{c};\n"
        if run.segments > 1:
            skip = f"while (at_{c} < last_{c} && input_{c}->steps[at_{c}] < step) ++at_{c};\n"
            before = "const int32_t step = begin - 1;\n" + (skip if phase == FORWARD else "")
            text += f"if (begin) {{\n{block(before + self._source_step(name, phase))}}}\n"
        return text

    def _end(self, run: Run, kernels: Kernels) -> str:
        """Count the spikes, and keep what the next segment finds of the last step: a tape may be written anew."""
        text, names = "", list(self.model.populations)
        for name in self._spiking(run, kernels):
            place = f"ex->position * {len(names)} + {names.index(name)}"
            text += f"job->spike_counts[{place}] += sum_{c_name(name)};\n"
        text = f"if (job->spike_counts && ex->record > -2) {{\n{block(text)}}}\n" if text else ""
        for name, population in self.model.populations.items():
            for what in self._kept(name, run, kernels):
                c = c_name(name)
                if population.model.replays:
                    copy = f"({self._list(name, what)})[k] = {what}_{c}[k];\n"
                    text += f"for (int32_t k = 0; k < n_{what}_{c}; ++k) {copy}"
                text += f"*{self._count(name, what)} = n_{what}_{c};\n"
        return text

    def _spiking(self, run: Run, kernels: Kernels) -> list[str]:
        """The populations whose spikes a run emits."""
        sources = {name for name, population in self.model.populations.items() if population.model.spike_source}
        return [n for n in self.model.populations if run.phase == FORWARD and (n in kernels.neurons or n in sources)]

    def _kept(self, name: str, run: Run, kernels: Kernels) -> list[str]:
        """Which lists of a population's last step the next segment wants."""
        population, kernel = self.model.populations[name], kernels.neurons.get(name)
        if run.segments == 1 or population.model.spike_source:
            return []
        if self._replays(population, run.phase):
            return ["events"]
        return [what for what in _LISTS if kernel is not None and getattr(kernel, what)]

    def _list(self, name: str, what: str) -> str:
        return f"(int32_t*)(slot + {self.layout[name, f'list:{what}'].offset})"

    def _count(self, name: str, what: str) -> str:
        return f"(int32_t*)(slot + {self.layout[name, f'count:{what}'].offset})"

    # -- segments ----------------------------------------------------------------------------------------------
    def _segments(self, run: Run) -> str:
        head = f"const int32_t begin = s * {run.segment};\n"
        head += (
            f"const int32_t end = begin + {run.segment} < job->timesteps ? begin + {run.segment} : job->timesteps;\n"
        )
        failed = "if (load(&job->failure.kind)) return;\n"
        if run.phase == FORWARD:
            head = head.replace("job->timesteps", f"job->timesteps + {run.more}") if run.more else head
            kept = "keep(slot, s);\n" if run in self._again else ""
            steps = f"{kept}{self.name(run)}_steps(job, slot, shard, ex, begin, end);\n{failed}"
            return f"for (int32_t s = 0; s < {run.segments}; ++s) {{\n{block(head + steps)}}}\n"
        assert run.again is not None
        again = f"recall(slot, s);\n{self.name(run.again)}_steps(job, slot, shard, &unrecorded, begin, end);\n"
        steps = f"if (end < job->timesteps) {{\n{block(again)}}}\n"
        steps += (
            f"{self.name(run)}_steps(job, slot, shard, ex, job->timesteps - end, job->timesteps - begin);\n{failed}"
        )
        text = "const Example unrecorded = {ex->position, ex->example, -2, ex->stamp};\n"
        return text + f"for (int32_t s = {run.segments - 1}; s >= 0; --s) {{\n{block(head + steps)}}}\n"

    @property
    def _again(self) -> list[Run]:
        """The runs whose segments are computed again."""
        return list(dict.fromkeys(run.again for run in self.runs if run.again is not None))

    def keeping(self, kernels: Mapping[int, Kernels]) -> str:
        """The functions that keep a segment's first state and bring it back; nothing where there are no segments."""
        runs = self._again
        if not runs:
            return ""
        fields = self._state(kernels, {name for run in runs for name in run.after_step})
        words = [-(-place.length * self.layout.bytes_of(place) // 4) for place in fields]
        size = sum(words)
        kept = self.layout.place(("", "kept"), "slot", scalar=False, rows=runs[0].segments, columns=size)
        text = ""
        for function, copy in (
            ("keep", "copy(kept + {at}, here, {count});"),
            ("recall", "copy(here, kept + {at}, {count});"),
        ):
            body = f"int32_t* kept = (int32_t*)(slot + {kept.offset}) + (int64_t)s * {kept.stride};\n"
            at = 0
            for place, count in zip(fields, words, strict=True):
                here = f"int32_t* here = (int32_t*)(slot + {place.offset});"
                body += f"{{ {here} {copy.format(at=at, count=count)} }}\n"
                at += count
            text += f"static void {function}(char* slot, int32_t s) {{\n{block(body)}}}\n"
        return text

    def _state(self, kernels: Mapping[int, Kernels], updates: set[str]) -> list[Field]:
        """Where all lies that a forward step changes and a later one reads."""
        found: dict[tuple[str, str], Field] = {}
        for name, population in self.model.populations.items():
            writes = [written(population.model, phase) for phase in (FORWARD, BACKWARD)]
            for var in population.model.vars:
                if var.access is not Access.READ_WRITE or var.name not in writes[FORWARD]:
                    continue
                if var.name in writes[BACKWARD]:
                    message = f"both phases write '{var.name}', and so the example cannot be run in segments"
                    raise UserError(message, place=name)
                found[name, var.name] = self.layout[name, var.name]
            if name in kernels[FORWARD].neurons:
                for what in ("list:spikes", "count:spikes"):
                    found[name, what] = self.layout[name, what]
        for update in (self.model.custom_updates[name] for name in sorted(updates)):
            for name in used(parse(update.model.update_code)).written:
                ref = update.var_refs.get(name)
                if ref is not None:
                    found[ref.group, ref.var] = self.layout[ref.group, ref.var]
        for kernel in kernels[FORWARD].synapses:
            for what in ("inSyn", "ring"):
                if (kernel.group, what) in self.layout.fields:
                    place = self.layout[kernel.group, what]
                    found[f"{place.offset}", what] = place  # several may share one
        return list(found.values())
