"""Run a GeNN model: the embedded engine (always there) and PyGeNN (where it is installed)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from spikeloom.errors import UserError, nearest

if TYPE_CHECKING:
    from spikeloom.backends.interface import Runtime, ShouldCancel
    from spikeloom.genn import GeNNModel, Schedule

BACKENDS = ("embedded", "pygenn")


def build_runtime(
    backend: str,
    model: GeNNModel,
    schedules: Mapping[str, Schedule],
    *,
    seed: int = 0,
    shards: int = 1,
    threads: int | None = None,
    timesteps: int,
    batch_size: int = 1,
    precision: str = "float",
    cancelled: ShouldCancel | None = None,
    told: Callable[[str], None] = lambda text: None,
    moves: Collection[tuple[str, str]] = (),
) -> Runtime:
    """Build `model` on the backend of that name; `timesteps` are those of an example.

    A backend that has something to say while it builds calls `told`. One that compiles values of parameters keeps
    those that are to change later, `moves`, as (group, parameter), from being compiled.

    Raises
    ------
    UserError
        If there is no such backend here.
    RunError
        If building fails.
    """
    if backend == "embedded":
        from spikeloom.backends.embedded.runtime import EmbeddedRuntime

        return EmbeddedRuntime(
            model,
            schedules,
            seed=seed,
            shards=shards,
            threads=threads,
            batch_size=batch_size,
            precision=precision,
            cancelled=cancelled,
        )
    if backend == "pygenn":
        from spikeloom.backends.pygenn import PyGeNNRuntime

        return PyGeNNRuntime(
            model,
            schedules,
            seed=seed,
            timesteps=timesteps,
            batch_size=batch_size,
            precision=precision,
            told=told,
            moves=moves,
        )
    raise UserError(f"no backend '{backend}'{nearest(backend, BACKENDS)}", place="backend")
