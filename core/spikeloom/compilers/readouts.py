"""What a step's voltage counts in a readout: the derivative of what is read by the voltage, as code."""

from __future__ import annotations

from functools import singledispatch

from spikeloom.spec import AvgVar, AvgVarExpWeight, MaxVar, Readout, SumVar, VarReadout


@singledispatch
def readout_weight(readout: Readout, step: str, count: str) -> str:
    """The derivative of a readout by the voltage after a forward step.

    Parameters
    ----------
    step, count
        Expressions of the step's number, and of how many there are.
    """
    raise NotImplementedError(readout.type)


@readout_weight.register
def _(readout: SumVar, step: str, count: str) -> str:
    return "1.0"


@readout_weight.register
def _(readout: AvgVar, step: str, count: str) -> str:
    return f"1.0 / {count}"


@readout_weight.register
def _(readout: AvgVarExpWeight, step: str, count: str) -> str:
    return f"exp(-{float(readout.local_t_scale)!r} * {step} / {count}) / {count}"


@readout_weight.register
def _(readout: MaxVar, step: str, count: str) -> str:
    return f"({step} == MaxStep) ? 1.0 : 0.0"


@readout_weight.register
def _(readout: VarReadout, step: str, count: str) -> str:
    return f"({step} == {count} - 1) ? 1.0 : 0.0"
