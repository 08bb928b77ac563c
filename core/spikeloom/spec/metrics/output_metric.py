"""Metrics of what one output says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BeforeValidator

from spikeloom.spec.fields import setting
from spikeloom.spec.metrics.metric import Metric
from spikeloom.spec.network import name_of
from spikeloom.spec.problem import Fix, Problem, printable, suggestion

if TYPE_CHECKING:
    from spikeloom.spec.document import Document


class OutputMetric(Metric):
    """A metric of what one output says."""

    output: Annotated[str | None, BeforeValidator(name_of)] = setting(
        None, help="The output that is judged; needed where there are several."
    )

    @property
    def name(self) -> str:
        """What it measures and, where it was told, of which output."""
        return self.measure if self.output is None else f"{self.measure}:{self.output}"

    @property
    def measure(self) -> str:
        """What it measures."""
        return self.type

    @property
    def reads(self) -> str:
        """The output."""
        return self.output or ""

    def problems(self, document: Document) -> list[Problem]:
        """An output that there is not, or several and none is named."""
        outputs = [population.name for population in document.network.outputs]
        if self.output is None and len(outputs) > 1:
            fix = Fix(f"Judge '{outputs[0]}'", "output", outputs[0])
            return [Problem("output", f"missing, and the network has {len(outputs)} outputs", "Name one.", fix=fix)]
        if self.output is not None and outputs and self.output not in outputs:
            message = f"no output '{printable(self.output, 64)}'{suggestion(self.output, outputs)}"
            return [Problem("output", message, fix=Fix(f"Judge '{outputs[0]}'", "output", outputs[0]))]
        return []


def decided(y: np.ndarray) -> np.ndarray:
    """Which readouts (examples, outputs) say something: where all are equal (no output spiked), nothing is right."""
    return np.asarray(np.ptp(y, axis=1) > 0) if y.shape[1] > 1 else np.ones(len(y), bool)


def labels_of(truth: np.ndarray | None) -> np.ndarray | None:
    """The truth where it is labels, else None: of targets there are no classes."""
    return truth if truth is not None and truth.ndim == 1 else None
