"""What one batch does, as data: a backend runs it, the embedded engine compiles it, an exporter prints it.

`each_example` runs for every example of a batch, independently of the others (on PyGeNN: for all of them at once);
`each_batch` runs after all of them, where gradients are summed and weights move.
"""

from __future__ import annotations

from dataclasses import dataclass

from spikeloom.genn.variables import VarRef

FORWARD = 0
BACKWARD = 1


@dataclass(frozen=True)
class SetInputs:
    """Give spike source `population` the spikes of the example."""

    population: str


@dataclass(frozen=True)
class SetVar:
    """Write the example's values from the batch's array `key` to variable or array `var` of `population`.

    An array takes (values per neuron, neurons) of them.
    """

    population: str
    var: str
    key: str


@dataclass(frozen=True)
class Reset:
    """Give every `READ_WRITE` variable its first value and forget all input and all spikes under way."""


@dataclass(frozen=True)
class Run:
    """Advance all timesteps of the example in `phase`; after each of them, run the custom updates `after_step`.

    `more` steps follow, in which what is on its way arrives: they belong to no recording. A run without `traces` may
    leave out the codes that run for all synapses in every step.

    An example may be too long for its tape. Then its forward run is in segments of `segment` steps, `segments` of them,
    and the state at the start of each is kept. The backward run computes each segment `again`, by the forward run that
    it undoes, before it sweeps over it: the tape holds one segment. What both phases write (the number of spikes on a
    tape) has its first value when a segment begins, and must have it again when the sweep has undone it; a sum over the
    examples of a batch is added to in the backward phase alone.
    """

    phase: int = FORWARD
    after_step: tuple[str, ...] = ()
    segment: int = 0
    segments: int = 1
    again: Run | None = None
    more: int = 0
    traces: bool = True


@dataclass(frozen=True)
class Update:
    """Run custom update `name`."""

    name: str


@dataclass(frozen=True)
class SetParam:
    """Set dynamic parameter `param` of custom update `name` to the batch's value for `key`."""

    name: str
    param: str
    key: str


@dataclass(frozen=True)
class Read:
    """Copy variable `var` of `group` (a population or a custom update on one) to the example's result `key`."""

    group: str
    var: str
    key: str


@dataclass(frozen=True)
class SetNorm:
    """Set dynamic parameters (custom update, parameter) to the Euclidean norm of all variables `of` together.

    The variables are sums over the batch, which custom updates earlier in the schedule make.
    """

    params: tuple[tuple[str, str], ...]
    of: tuple[VarRef, ...]


@dataclass(frozen=True)
class Rewire:
    """Let synapses of the sparse synapse population `group` go whose weights have changed their sign, and make others.

    Which others is the run loop's to say, with `Runtime.rewire`: a job ends with the batch.
    """

    group: str


ExampleOp = SetInputs | SetVar | Reset | Run | Update | Read
BatchOp = SetParam | Update | SetNorm | Rewire


@dataclass(frozen=True)
class Schedule:
    """The ops of one batch; every `Run` advances the number of timesteps that the batch is run with.

    With `online`, `each_batch` runs after every segment of the one `Run`, when all examples have come that far: they
    advance side by side. Parameters that it sets have a value for each of these updates.
    """

    each_example: tuple[ExampleOp, ...] = ()
    each_batch: tuple[BatchOp, ...] = ()
    online: bool = False

    @property
    def updates(self) -> int:
        """How often `each_batch` runs in a batch."""
        return max((op.segments for op in self.each_example if isinstance(op, Run)), default=1) if self.online else 1
