"""Arrays of a script as the network takes them: spikes, values, labels and targets of each input and output."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from spikeloom.compilers import CompiledNetwork, Input, Output
from spikeloom.data import check_spikes, encode, from_dense, from_events
from spikeloom.errors import UserError, nearest
from spikeloom.genn.batch import BatchData, SpikeData
from spikeloom.run.labelled import is_labelled, unzipped
from spikeloom.run.prepare import as_values, one_hot
from spikeloom.spec import ArrayInput, Document, infer_shapes

ROUNDING = 1e-3  # by which an intensity may leave 0 to 1


def batch_data(document: Document, compiled: CompiledNetwork, x: Any, y: Any = None) -> BatchData:
    """The examples `x` and, where they are given, their labels or targets `y`.

    Of several inputs or outputs, each is a mapping from the name of the population.

    Raises
    ------
    UserError
        With the place (``x``, ``y['name']``), what was found and what was expected.
    """
    if is_labelled(x, y):
        shapes = infer_shapes(document)
        x, y = unzipped(x, shapes.get(compiled.inputs[0].population, ()))
    spikes: dict[str, SpikeData] = {}
    values: dict[str, np.ndarray] = {}
    for taken, given, place in _each(compiled.inputs, x, "x"):
        if taken.key:
            values[taken.key] = _values(document, compiled, taken, given, place)
        else:
            spikes[taken.population] = _placed(place, _spikes, document, compiled, taken, given)
    counts = [len(given) for given in spikes.values()] + [len(given) for given in values.values()]
    if len(set(counts)) > 1:
        raise UserError(f"{' and '.join(map(str, counts))} examples found, expected as many for each input", place="x")
    if y is not None:
        for output, given, place in _each(compiled.outputs, y, "y"):
            size = compiled.model.populations[output.population].size
            timesteps = document.experiment.simulation.timesteps if output.over_time else None
            values |= _targets(output, size, timesteps, _as_array(given, place), counts[0], place)
    return BatchData(spikes, values)


def _each(ports: list[Any], given: Any, place: str) -> list[tuple[Any, Any, str]]:
    """Each input or output with what is given for it."""
    names = [port.population for port in ports]
    if not isinstance(given, Mapping):
        if len(ports) > 1:
            hint = f"Give {place} = {{{', '.join(f'{name!r}: ...' for name in names)}}}."
            what = "inputs" if place == "x" else "outputs"
            raise UserError(f"one array found for {len(ports)} {what}", place=place, hint=hint)
        return [(ports[0], given, place)]
    for name in given:
        if name not in names:
            raise UserError(f"no population '{name}'{nearest(str(name), names)}", place=place)
    missing = [name for name in names if name not in given]
    if missing:
        raise UserError(f"'{missing[0]}' is missing", place=place)
    return [(port, given[port.population], f"{place}[{port.population!r}]") for port in ports]


def _placed(place: str, make: Any, *arguments: Any) -> Any:
    """What `make` gives, its complaints said of `place`."""
    try:
        return make(*arguments)
    except UserError as error:
        inner = error.place.replace("x", place, 1) if error.place.startswith("x") else place
        raise UserError(error.message, place=inner, hint=error.hint) from None


def _spikes(document: Document, compiled: CompiledNetwork, taken: Input, x: Any) -> SpikeData:
    simulation = document.experiment.simulation
    neurons = compiled.model.populations[taken.population].size
    encoder = getattr(document.experiment.dataset, "encoder", None)
    if isinstance(x, SpikeData):
        check_spikes(x, neurons)
        return x
    if isinstance(x, list | tuple):
        spikes = from_events(x, simulation.dt, simulation.timesteps)
        check_spikes(spikes, neurons)
        return spikes
    array = _numbers(x, "x")
    if encoder is None:
        if array.ndim != 3 or array.shape[1] > simulation.timesteps or array.shape[2] != neurons:
            hint = "To train on intensities give the model an encoder, for example encoder='linear_latency'."
            expected = f"(examples, {simulation.timesteps}, {neurons}) of spikes"
            raise UserError(f"an array of shape {array.shape} was found, expected {expected}", place="x", hint=hint)
        return from_dense(array)
    made = encoder.input_shape(array.shape[1:])
    if array.ndim < 2 or prod(made) != neurons:
        message = f"an array of shape {array.shape} was found, expected (examples, {neurons}) values"
        if array.ndim > 1 and made != array.shape[1:]:
            message = f"'{encoder.type}' makes spikes of {prod(made)} neurons, and '{taken.population}' has {neurons}"
        raise UserError(message, place="x")
    _check_range(array)
    return encode(encoder, array, simulation.dt, simulation.timesteps)


def _values(document: Document, compiled: CompiledNetwork, taken: Input, x: Any, place: str) -> np.ndarray:
    """The values of an input that makes its spikes itself."""
    neuron = document.network.population(taken.population).neuron
    assert isinstance(neuron, ArrayInput)
    neurons, frames = compiled.model.populations[taken.population].size, neuron.input_frames
    array = _numbers(x, place)
    framed = frames == 1 or (array.ndim >= 2 and array.shape[1] == frames)
    if array.ndim < 2 or int(np.prod(array.shape[1:])) != frames * neurons or not framed:
        expected = f"(examples, {neurons})" if frames == 1 else f"(examples, {frames} frames, {neurons})"
        raise UserError(f"an array of shape {array.shape} was found, expected {expected} values", place=place)
    with np.errstate(over="ignore"):
        values = as_values(array)
    if not np.isfinite(values).all():
        raise UserError("the values hold NaN, infinity, or numbers too large for single precision", place=place)
    return values


def _numbers(x: Any, place: str) -> np.ndarray:
    array = _as_array(x, place)
    if array.dtype.kind not in "biuf":
        raise UserError(f"an array of {array.dtype} was found, expected numbers", place=place)
    return array


def _as_array(given: Any, place: str) -> np.ndarray:
    try:
        return np.asarray(given)
    except ValueError:
        raise UserError("rows of different lengths were found, expected an array", place=place) from None


def _targets(
    output: Output, size: int, timesteps: int | None, y: np.ndarray, examples: int, place: str
) -> dict[str, np.ndarray]:
    """Labels, and the targets that they stand for; or targets alone, of every step where there are `timesteps`."""
    if y.ndim == 0:
        raise UserError("a single value was found, expected one label or target per example", place=place)
    if len(y) != examples:
        raise UserError(f"{len(y)} labels were given for {examples} examples", place=place)
    if not np.issubdtype(y.dtype, np.number) or not np.isfinite(y).all():
        raise UserError("labels or targets must be finite numbers", place=place)
    if y.ndim == 1 and y.dtype.kind == "f" and size == 1:
        y = y[:, None]
    if timesteps is not None and y.shape[1:] == (timesteps, size):
        return {output.targets: y.astype(np.float32)}
    if y.shape[1:] == (size,):
        return {output.targets: _over_time(y.astype(np.float32), timesteps)}
    if y.ndim != 1 or not np.issubdtype(y.dtype, np.integer):
        raise UserError(
            f"an array of {y.dtype} of shape {y.shape} was found, expected integer labels (examples,) "
            f"or targets (examples, {size if timesteps is None else f'{timesteps}, {size}'})",
            place=place,
        )
    if len(y) and not 0 <= y.min() <= y.max() < size:
        wrong = int(y.min()) if y.min() < 0 else int(y.max())
        raise UserError(f"label {wrong} found, expected 0 to {size - 1}", place=place)
    return {output.labels: y.astype(np.int32), output.targets: _over_time(one_hot(y, size), timesteps)}


def _over_time(targets: np.ndarray, timesteps: int | None) -> np.ndarray:
    """The same target in every step, where there are `timesteps`."""
    if timesteps is None:
        return targets
    return np.broadcast_to(targets[:, None], (len(targets), timesteps, targets.shape[1]))


def _check_range(x: np.ndarray) -> None:
    """An encoder takes 0 for nothing and 1 for full intensity; bytes of 0 to 255 would all be full."""
    if x.size and x.dtype != bool and (x.min() < -ROUNDING or x.max() > 1 + ROUNDING):
        message = f"values from {x.min():g} to {x.max():g} found, expected 0 to 1"
        raise UserError(message, place="x", hint="Scale them, for example x / 255 for bytes.")


def refuse_to_encode(document: Document) -> None:
    """Say why the encoder of a script's arrays does not change while the network runs."""
    hint = "Encode them yourself, or train the document's own data set."
    place = "experiment.dataset.encoder"
    raise UserError("the examples of a script are encoded before training begins", place=place, hint=hint)
