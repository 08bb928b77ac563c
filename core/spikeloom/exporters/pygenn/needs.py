"""What a script needs of its files and options, and the functions of the script that check it before anything runs."""

from __future__ import annotations

from collections.abc import Iterable

from spikeloom.compilers import CompiledNetwork
from spikeloom.exporters.pygenn.examples import key_in_file
from spikeloom.exporters.pygenn.layout import Text, lay_out

FAIL = '''\
def fail(words):
    """End the script with words instead of a traceback."""
    raise SystemExit(f"error: {words}")
'''

AT_LEAST = '''\
def at_least(least):
    """A function that reads a whole number which is not below `least`."""

    def whole_number(text):
        number = int(text)
        if number < least:
            words = f"{number} found, expected a whole number from {least}"
            raise argparse.ArgumentTypeError(words)
        return number

    return whole_number
'''

FIND_BACKEND = '''\
def find_backend(wish):
    """The backend of PyGeNN that is wished for, or the best that it has."""
    found = wish or next(iter(backend_modules), "none")
    if found not in backend_modules:
        known = ", ".join(backend_modules) or "none"
        fail(f"--backend: {found} found, expected one that PyGeNN has here: {known}")
    return found
'''

FILE_TO_SAVE = '''\
def file_to_save(name, data):
    """The file that --save names; numpy wants an ending. Opened, so that it can be."""
    file = Path(name if name.endswith(".npz") else f"{name}.npz")
    if file.absolute() == Path(data).absolute():
        fail(f"--save: {file} holds the examples, expected another file")
    is_new = not file.exists()
    try:
        with open(file, "ab"):
            pass
        if is_new:
            file.unlink()
    except OSError as error:
        words = f"{file} found ({error.strerror}), expected a file that can be written"
        fail(f"--save: {words}")
    return file
'''

READ_NPZ = '''\
def read_npz(file, option, beginnings=("",)):
    """The names in a file of numpy's, and those of its arrays that begin so."""
    if not Path(file).is_file():
        fail(f"{option}: no file {file} found, expected one of numpy's (NPZ)")
    try:
        with np.load(file) as data:
            names = list(data.files)
            wanted = [name for name in names if name.startswith(tuple(beginnings))]
            return names, {name: data[name] for name in wanted}
    except (
        AttributeError,
        EOFError,
        NotImplementedError,
        OSError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        kind = type(error).__name__
        fail(f"{option}: {file} found ({kind}), expected a file of numpy's (NPZ)")
'''

NETWORK_ARRAYS = '''\
def network_arrays():
    """The arrays of the network, which lie beside the script."""
    arrays = read_npz(FILE, "network", ARRAYS)[1]
    for name in ARRAYS:
        if name not in arrays:
            fail(f"{FILE}: no array {name} found, expected the file of this script")
    return arrays
'''

LOAD_EXAMPLES = '''\
def load_examples(file, splits, needed):
    """The arrays of each split by name, checked: spikes of inputs, labels or targets."""
    names, arrays = read_npz(file, "--data", [f"{split}." for split in splits])
    if any(name in LEARNED for name in names):
        fail(f"--data: {file} holds weights (for --weights), expected examples")
    found = {}
    for split in splits:
        start = f"{split}."
        own = [name for name in arrays if name.startswith(start)]
        if own:
            found[split] = {
                name.removeprefix(start): widened(arrays[name], name) for name in own
            }
            check_examples(found[split], split)
        elif split in needed:
            words = ", ".join(names[:6]) or "nothing"
            fail(f"--data: {file} holds {words}, expected arrays '{start}...'")
    return found


def widened(array, name):
    """Whole numbers as computing needs them: they lie in the file as small ones."""
    counts = array.dtype.kind in "iu" and not name.endswith(".values")
    return array.astype(np.int64) if counts else array
'''

CHECK = '''\
def check(is_right, name, found, expected):
    """End the script in words where an array of examples is not what it needs."""
    if not is_right:
        fail(f"--data: {name}: {found} found, expected {expected}")


def array_of(examples, split, key, kinds):
    """One of the arrays, which must be there and hold numbers of these kinds."""
    name = f"{split}.{key}"
    words = "whole numbers" if kinds == "iu" else "numbers"
    check(key in examples, name, "no such array", f"an array of {words}")
    array = examples[key]
    check(array.dtype.kind in kinds, name, array.dtype, words)
    check(array.ndim > 0, name, "a single value", "a value for each example")
    check(bool(np.isfinite(array).all()), name, "NaN or infinity", words)
    return array


def check_range(array, name, end, expected):
    """Whole numbers must be from 0 up to `end`, which is none of them."""
    if len(array):
        wrong = array[(array < 0) | (array >= end)]
        words = f"{expected} from 0 to {end - 1}"
        check(not len(wrong), name, wrong[:1].tolist(), words)
'''

_SPIKES = """\
    for key, neurons in SPIKES.items():
        name = f"{split}.{key}"
        offsets, steps, ids = (
            array_of(examples, split, f"{key}.{part}", "iu")
            for part in ("offsets", "steps", "ids")
        )
        lengths[f"{name}.offsets"] = len(offsets) - 1
        right = offsets.ndim == 1 and len(offsets) > 0 and offsets[0] == 0
        right = right and (np.diff(offsets) >= 0).all()
        check(right, f"{name}.offsets", "others", "0 first, and none that goes back")
        length = (int(offsets[-1]),)
        words = f"{length}, as in offsets"
        check(steps.shape == length, f"{name}.steps", steps.shape, words)
        check(ids.shape == length, f"{name}.ids", ids.shape, words)
        check_range(steps, f"{name}.steps", TIMESTEPS, "timesteps")
        check_range(ids, f"{name}.ids", neurons, "neurons")
"""
_VALUES = """\
    for key, size in VALUES.items():
        array, name = array_of(examples, split, key, "fiub"), f"{split}.{key}"
        right = len(array) == 0 or array[0].size == size
        check(right, name, array.shape, f"(examples, {size})")
        lengths[name] = len(array)
"""
_LABELS = """\
    for key, classes in LABELS.items():
        array, name = array_of(examples, split, key, "iu"), f"{split}.{key}"
        check(array.ndim == 1, name, array.shape, "(examples,)")
        check_range(array, name, classes, "classes")
        lengths[name] = len(array)
"""
_TARGETS = """\
    for key, shape in TARGETS.items():
        array, name = array_of(examples, split, key, "fiu"), f"{split}.{key}"
        expected = ("examples", *shape)
        words = " x ".join(map(str, expected))
        check(array.shape[1:] == shape, name, array.shape, words)
        lengths[name] = len(array)
"""
_LENGTHS = """\
    first, count = next(iter(lengths.items()))
    check(count > 0, first, "no examples", "one or more")
    for name, length in lengths.items():
        check(length == count, name, f"{length} examples", f"{count}, as in {first}")
"""


class Needs:
    """What the arrays of examples must be for a network.

    Parameters
    ----------
    keys
        The names of the arrays that the script reads beside spikes, without their splits.
    labelled
        Whether examples have labels.
    """

    def __init__(self, compiled: CompiledNetwork, keys: Iterable[str], labelled: bool) -> None:
        sizes = {name: population.size for name, population in compiled.model.populations.items()}
        taken, keys = compiled.inputs, set(keys)
        self.spikes = {each.population: sizes[each.population] for each in taken if not each.key}
        self.values = {key_in_file(each.key): sizes[each.population] for each in taken if each.key}
        self.labels: dict[str, int] = {}
        self.targets: dict[str, tuple[object, ...]] = {}
        for output in compiled.outputs:
            size = sizes[output.population]
            if labelled:
                self.labels[key_in_file(output.labels)] = max(size, 1)
            if key_in_file(output.targets) in keys:
                steps = (Text("TIMESTEPS"),) if output.over_time else ()
                self.targets[key_in_file(output.targets)] = (*steps, size)

    def constants(self) -> list[str]:
        """The lines that say it."""
        wanted = (
            ("SPIKES", self.spikes, "input -> its neurons"),
            ("VALUES", self.values, "array -> numbers of an example"),
            ("LABELS", self.labels, "array -> classes"),
            ("TARGETS", self.targets, "array -> shape of an example"),
        )
        lines = ["", "# What the examples must hold."]
        for name, found, words in wanted:
            if found:
                lines += [f"# {name}: {words}.", f"{name} = {lay_out(found, before=len(name) + 3)}"]
        return lines

    def functions(self) -> list[str]:
        """The functions that check it."""
        lines = ["def check_examples(examples, split):"]
        lines += ['    """Check all that the script needs of a split, at once."""', "    lengths = {}"]
        parts = ((self.spikes, _SPIKES), (self.values, _VALUES), (self.labels, _LABELS), (self.targets, _TARGETS))
        text = "\n".join(lines) + "\n" + "".join(part for found, part in parts if found) + _LENGTHS
        has_range = bool(self.spikes or self.labels)
        return [LOAD_EXAMPLES, CHECK if has_range else CHECK[: CHECK.index("\n\ndef check_range")], text]
