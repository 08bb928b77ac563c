"""Readouts: one file per type."""

from spikeloom.spec.readouts.avg_var import AvgVar
from spikeloom.spec.readouts.avg_var_exp_weight import AvgVarExpWeight
from spikeloom.spec.readouts.first_spike_time import FirstSpikeTime
from spikeloom.spec.readouts.max_var import MaxVar
from spikeloom.spec.readouts.readout import Readout, ReadoutDynamics
from spikeloom.spec.readouts.spike_count import SpikeCount
from spikeloom.spec.readouts.sum_var import SumVar
from spikeloom.spec.readouts.var import VarReadout

__all__ = [
    "AvgVar",
    "AvgVarExpWeight",
    "FirstSpikeTime",
    "MaxVar",
    "Readout",
    "ReadoutDynamics",
    "SpikeCount",
    "SumVar",
    "VarReadout",
]
