"""The bare C++ loops of `eprop_bare.cc`, compiled for a net and called from Python."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import eprop_net as given
import numpy as np

from spikeloom.backends.embedded.toolchain import find_compiler

RULES = {"adjoint": 0, "forward": 1, "forward_in_blocks": 2}
FLAGS = ("-std=c++17", "-O3", "-march=native", "-ffast-math", "-fPIC", "-shared", "-pthread")


def compile_bare(net: given.Net, folder: Path) -> Path:
    """The library, made by the machine's compiler, which must take gcc's flags."""
    sizes = {"INPUTS": given.INPUTS, "HIDDEN": net.hidden, "OUTPUTS": given.OUTPUTS, "TIMESTEPS": net.timesteps}
    constants = {name: getattr(given, name) for name in ("ALPHA", "RHO", "KAPPA", "BETA", "V_THRESH")}
    defined = [f"-D{name}={value}" for name, value in sizes.items()]
    defined += [f"-D{name}={value!r}f" for name, value in constants.items()]
    library = folder / "eprop_bare.so"
    source = Path(__file__).with_suffix(".cc")
    subprocess.run([*find_compiler().command, *FLAGS, *defined, str(source), "-o", str(library)], check=True)
    return library


class Bare:
    """A net in the hands of the library, with its examples."""

    def __init__(self, library: Path, net: given.Net, threads: int) -> None:
        self.library = ctypes.CDLL(str(library))
        self.library.create.restype, self.library.train.restype = ctypes.c_void_p, ctypes.c_int64
        weights, self.examples = net.weights(), net.examples()
        self.hidden = np.concatenate([weights["input"], weights["recurrent"]])
        self.output = weights["output"]
        self.trainer = ctypes.c_void_p(self.library.create(_pointer(self.hidden), _pointer(self.output), threads))
        example, step, ids = self.examples.listed()
        slots = np.arange(len(self.examples.labels) * (net.timesteps + 1))  # the last of each example is empty
        offsets = np.searchsorted(example * (net.timesteps + 1) + step, slots)
        self.offsets, self.ids = offsets.astype(np.int32), ids.astype(np.int32)

    def close(self) -> None:
        """Free what the library holds."""
        self.library.destroy(self.trainer)

    def train(self, rule: str, chosen: np.ndarray, rate: float = 1e-9) -> float:
        """Train a batch; hidden spikes per example."""
        data = (self.offsets, self.ids, self.examples.labels, chosen.astype(np.int64))
        size = len(chosen)
        spikes = self.library.train(self.trainer, RULES[rule], *map(_pointer, data), size, ctypes.c_float(rate))
        return float(spikes / size)

    def gradient(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the last batch: (inputs and hidden, hidden), (hidden, outputs)."""
        found = np.empty_like(self.hidden), np.empty_like(self.output)
        self.library.gradient(self.trainer, *map(_pointer, found))
        return found


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
