"""The functions of a script that are the same in all: what brings values to the device and back, and to files."""

from __future__ import annotations

from spikeloom.run.checkpoints import FORMAT

READ = '''\
def read(variable):
    """The values of a variable, fetched from the device."""
    variable.pull_from_device()
    return variable.values
'''

READ_EXAMPLES = '''\
def read_examples(model, variable):
    """The same as (examples side by side, values)."""
    return read(variable).reshape(model.batch_size, -1)
'''

WRITE = '''\
def write(variable, values):
    """Give a variable other values and send them to the device."""
    variable.values = np.reshape(values, variable.values.shape)
    variable.push_to_device()
'''

WRITE_ARRAY = '''\
def write_array(array, values):
    """Fill an array that code indexes, such as the targets of every timestep."""
    array.view[:] = np.ravel(values)
    array.push_to_device()
'''

SET_SPIKES = '''\
def set_spikes(population, examples, name, chunk):
    """Give spike sources the spikes of some examples, sorted by example, neuron, step."""
    offsets = examples[f"{name}.offsets"]
    lengths = offsets[chunk + 1] - offsets[chunk]
    example = np.repeat(np.arange(len(chunk)), lengths)
    first = np.repeat(offsets[chunk] - np.cumsum(lengths) + lengths, lengths)
    places = first + np.arange(lengths.sum())
    steps, ids = examples[f"{name}.steps"][places], examples[f"{name}.ids"][places]
    neuron = example * population.num_neurons + ids
    order = np.lexsort((steps, neuron))
    steps, neuron = steps[order], neuron[order]
    if ((np.diff(neuron) == 0) & (np.diff(steps) == 0)).any():
        fail(f"{name}: two spikes of a neuron in one step found, expected one")
    array = population.extra_global_params["SpikeSteps"]
    array.view[: len(steps)] = steps
    array.push_to_device()
    counts = np.bincount(neuron, minlength=len(chunk) * population.num_neurons)
    end = np.cumsum(counts)
    write(population.vars["StartSpike"], end - counts)
    write(population.vars["EndSpike"], end)
@MORE@'''

# What belongs to the sources themselves, where no custom update resets it.
SPIKES_FIRST = """\
    write(population.vars["Next"], end - counts)
    write(population.vars["BackSpike"], np.zeros(len(end), bool))
"""

SET_PHASE = '''\
def set_phase(model, phase):
    """Say whether the steps to come go forward, backward, or are idle."""
    for population in model.neuron_populations.values():
        population.set_dynamic_param_value("phase", phase)
    for synapses in model.synapse_populations.values():
        synapses.set_dynamic_param_value("phase", phase)
'''

SET_PHASE_TRACED = '''\
def set_phase(model, phase, traces=True):
    """Say whether the steps to come go forward or are idle, and whether traces move."""
    for population in model.neuron_populations.values():
        population.set_dynamic_param_value("phase", phase)
    for synapses in model.synapse_populations.values():
        synapses.set_dynamic_param_value("phase", phase)
    for name in @TRACED@:
        synapses = model.synapse_populations[name]
        synapses.set_dynamic_param_value("Traced_", int(traces and phase != IDLE))
'''

CHUNKS = '''\
def chunks(batch, side_by_side):
    """Parts of a batch that run side by side, with how many of each count.

    The last part is filled up with its last example, so that no place is empty.
    """
    for start in range(0, len(batch), side_by_side):
        chunk = batch[start : start + side_by_side]
        missing = side_by_side - len(chunk)
        yield np.concatenate([chunk, np.repeat(chunk[-1:], missing)]), len(chunk)
'''

FORGET = '''\
def forget(model, count):
    """Take the examples after the first `count`, which fill up a part, out of sums."""
    if count == model.batch_size:
        return
    variables = @SUMS@
    for variable in variables:
        sums = read(variable)
        sums[count:] = 0
        write(variable, sums)
'''

LOAD_WEIGHTS = '''\
def load_weights(file):
    """The arrays of such a file that the network has, and how far training was."""
    names, arrays = read_npz(file, "--weights", (*LEARNED, "state"))
    found = {name: arrays[name] for name in arrays if name in LEARNED}
    if not found:
        words = ", ".join(names[:6]) or "nothing"
        fail(f"--weights: {file} holds {words}, expected one of {', '.join(LEARNED)}")
    for name, values in found.items():
        shape = LEARNED[name][2]
        if values.shape != shape:
            fail(f"--weights: {name}: {values.shape} found, expected {shape}")
        if values.dtype.kind not in "fiub":
            fail(f"--weights: {name}: {values.dtype} found, expected numbers")
    try:
        state = json.loads(str(arrays.get("state", "{}")))
        return found, int(state.get("epoch", 0)), int(state.get("step", 0))
    except (AttributeError, TypeError, ValueError):
        fail(f"--weights: {file}: a damaged 'state' found, expected JSON")


def give_weights(model, arrays):
    """Give the network such arrays."""
    for name, values in arrays.items():
        write(find(model, name), values)


def find(model, name):
    """PyGeNN's variable for the name of a learned array."""
    group, variable, _ = LEARNED[name]
    for groups in (
        model.neuron_populations,
        model.synapse_populations,
        model.custom_updates,
    ):
        if group in groups:
            return groups[group].vars[variable]
    raise KeyError(name)
'''

_SAVE_WEIGHTS = '''\
def save_weights(model, file, epoch, step):
    """Write what was learned, and what the optimisers remember, as a file of numpy's.

    It is a checkpoint that Spikeloom reads: model.load_checkpoint(file) goes on with it.
    """
    state = {"format": "@FORMAT@", "epoch": epoch, "step": step}
    arrays = {name: shaped(model, name) for name in LEARNED}
    np.savez(file, state=json.dumps(state), **arrays)
    print(f"weights: {file} (after {epoch} epochs, {step} batches)", flush=True)


def shaped(model, name):
    """A learned array in its shape."""
    return read(find(model, name)).reshape(LEARNED[name][2])
'''

UNDISTURBED = '''\
@contextmanager
def undisturbed():
    """Let Ctrl-C wait meanwhile, so that a batch is learned as a whole or not at all."""
    asked = []
    before = signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        raise KeyboardInterrupt
'''

SAVE_WEIGHTS = _SAVE_WEIGHTS.replace("@FORMAT@", FORMAT)
