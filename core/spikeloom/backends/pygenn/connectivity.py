"""Which synapses there are, as PyGeNN takes it: explicit pairs of neurons, or a kernel that a table applies.

GeNN's kernels ("Toeplitz" connectivity) are applied by code that lists, for each presynaptic neuron, the postsynaptic
neurons and the elements of the kernel. Ours reads both from a table, so that it serves every `KernelMatrix`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikeloom.errors import UserError
from spikeloom.genn.matrix import KernelMatrix, Matrix, SparseMatrix

TARGETS, ELEMENTS = "TapTargets", "TapElements"

BUILD_CODE = f"""
for_each_synapse {{
    const int element = {ELEMENTS}[(id_pre * RowLength) + id_diag];
    if (element >= 0) {{
        addSynapse({TARGETS}[(id_pre * RowLength) + id_diag], element);
    }}
}}
"""


def matrix_type(matrix: Matrix) -> str:
    """PyGeNN's name for it."""
    return {SparseMatrix: "SPARSE", KernelMatrix: "TOEPLITZ"}.get(type(matrix), "DENSE")


def taps_snippet(pygenn: Any) -> Any:
    """The snippet that applies a kernel as tables say."""
    return pygenn.create_toeplitz_connect_init_snippet(
        "Taps",
        params=[("RowLength", "int"), ("NumElements", "int")],
        extra_global_params=[(TARGETS, "int*"), (ELEMENTS, "int*")],
        diagonal_build_code=BUILD_CODE,
        calc_max_row_len_func=lambda _pre, _post, params: params["RowLength"],
        calc_kernel_size_func=lambda params: [params["NumElements"]],
    )


@dataclass(frozen=True)
class Tables:
    """For each presynaptic neuron its targets and elements, (pre, longest row), int32; -1 where a row ends."""

    targets: np.ndarray
    elements: np.ndarray

    @classmethod
    def of(cls, matrix: KernelMatrix, num_pre: int, num_post: int) -> Tables:
        """Those of a kernel."""
        pre, post, element = matrix.pairs(num_pre, num_post)
        order = np.argsort(pre, kind="stable")
        pre, post, element = pre[order], post[order], element[order]
        counts = np.bincount(pre, minlength=num_pre)
        place = np.arange(len(pre)) - np.repeat(np.cumsum(counts) - counts, counts)
        targets, elements = (np.full((num_pre, max(1, counts.max(initial=0))), -1, np.int32) for _ in range(2))
        targets[pre, place], elements[pre, place] = post, element
        return cls(targets, elements)

    def connectivity(self, pygenn: Any, snippet: Any, matrix: KernelMatrix) -> Any:
        """The connectivity for ``add_synapse_population``."""
        params = {"RowLength": self.targets.shape[1], "NumElements": int(np.prod(matrix.kernel))}
        return pygenn.init_toeplitz_connectivity(snippet, params)

    def give_to(self, group: Any) -> None:
        """Hand the tables to a group of PyGeNN's before it is built."""
        arrays = group.connectivity_extra_global_params
        for name, values in ((TARGETS, self.targets), (ELEMENTS, self.elements)):
            # The running model knows these arrays by this longer name, and PyGeNN looks them up by their key.
            arrays[f"{name}ToeplitzConnect"] = arrays.pop(name)
            arrays[f"{name}ToeplitzConnect"].set_init_values(values.ravel())

    def check_parallel(self, place: str) -> None:
        """Refuse what a GPU would add up wrongly: two synapses between the same neurons, which act at one time."""
        rows = np.sort(self.targets, axis=1)
        if ((np.diff(rows, axis=1) == 0) & (rows[:, 1:] >= 0)).any():
            message = "windows of its pooling overlap, and GeNN cannot run that on a GPU"
            raise UserError(message, place=place, hint="Use the embedded backend, or windows that do not overlap.")
