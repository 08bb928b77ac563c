"""Spikeloom: describe, train and run spiking neural networks; models in GeNN's terms.

::

    import spikeloom as sl

    with sl.Network() as net:
        image = sl.Population("spike_input", 64)
        hidden = sl.Population("lif", 100)
        ...

Importing the package costs nothing: each name is loaded where it is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikeloom.errors import RunError, SpikeloomError, UserError
    from spikeloom.run import Control, EpochMetrics, Model, Prediction, Session, SpikeTrain, load
    from spikeloom.spec import (
        ALIF,
        FORMAT,
        IF,
        LI,
        LIF,
        MNIST,
        SGD,
        Adam,
        Array,
        ArrayData,
        AvgVar,
        AvgVarExpWeight,
        Connection,
        Connectivity,
        Constant,
        CustomNeuron,
        CustomSynapse,
        Dataset,
        Delta,
        Dense,
        Digits,
        Document,
        Encoder,
        EventProp,
        Experiment,
        Exponential,
        FieldInfo,
        FirstSpikeTime,
        Fix,
        Inference,
        Initialiser,
        InvalidDocument,
        Kaiming,
        Learning,
        LinearLatency,
        LogLatency,
        Loss,
        MaxVar,
        MeanSquareError,
        Network,
        Neuron,
        NeuronDynamics,
        Node,
        Normal,
        Optimiser,
        Population,
        Problem,
        Readout,
        ReadoutDynamics,
        Recorder,
        RelativeMeanSquareError,
        Simulation,
        SparseCategoricalCrossentropy,
        SpikeCount,
        SpikeInput,
        SpikeRecorder,
        SumVar,
        Synapse,
        Training,
        Type,
        Uniform,
        VariableRecorder,
        VarReadout,
        View,
        Xavier,
        YinYang,
        check,
        describe,
        infer_shapes,
        json_schema,
        quantity,
        setting,
        validate,
        walk,
    )

    __version__: str

# A list of its own rather than the keys of the table below: type checkers read it.
__all__ = [
    "ALIF",
    "FORMAT",
    "IF",
    "LI",
    "LIF",
    "MNIST",
    "SGD",
    "Adam",
    "Array",
    "ArrayData",
    "AvgVar",
    "AvgVarExpWeight",
    "Connection",
    "Connectivity",
    "Constant",
    "Control",
    "CustomNeuron",
    "CustomSynapse",
    "Dataset",
    "Delta",
    "Dense",
    "Digits",
    "Document",
    "Encoder",
    "EpochMetrics",
    "EventProp",
    "Experiment",
    "Exponential",
    "FieldInfo",
    "FirstSpikeTime",
    "Fix",
    "Inference",
    "Initialiser",
    "InvalidDocument",
    "Kaiming",
    "Learning",
    "LinearLatency",
    "LogLatency",
    "Loss",
    "MaxVar",
    "MeanSquareError",
    "Model",
    "Network",
    "Neuron",
    "NeuronDynamics",
    "Node",
    "Normal",
    "Optimiser",
    "Population",
    "Prediction",
    "Problem",
    "Readout",
    "ReadoutDynamics",
    "Recorder",
    "RelativeMeanSquareError",
    "RunError",
    "Session",
    "Simulation",
    "SparseCategoricalCrossentropy",
    "SpikeCount",
    "SpikeInput",
    "SpikeRecorder",
    "SpikeTrain",
    "SpikeloomError",
    "SumVar",
    "Synapse",
    "Training",
    "Type",
    "Uniform",
    "UserError",
    "VarReadout",
    "VariableRecorder",
    "View",
    "Xavier",
    "YinYang",
    "__version__",
    "check",
    "describe",
    "infer_shapes",
    "json_schema",
    "load",
    "quantity",
    "setting",
    "validate",
    "walk",
]

# Names that do not come from `spikeloom.spec`.
_ELSEWHERE = {
    "Control": "spikeloom.run",
    "EpochMetrics": "spikeloom.run",
    "Model": "spikeloom.run",
    "Prediction": "spikeloom.run",
    "RunError": "spikeloom.errors",
    "Session": "spikeloom.run",
    "SpikeTrain": "spikeloom.run",
    "SpikeloomError": "spikeloom.errors",
    "UserError": "spikeloom.errors",
    "load": "spikeloom.run",
}

if not TYPE_CHECKING:  # a type checker that saw this would let every wrong name pass

    def __getattr__(name: str) -> Any:
        """Load a public name where it is first used."""
        if name not in __all__:
            raise AttributeError(f"module 'spikeloom' has no attribute '{name}'")
        import importlib

        if name == "__version__":
            from importlib.metadata import version

            value: Any = version("spikeloom")
        else:
            value = getattr(importlib.import_module(_ELSEWHERE.get(name, "spikeloom.spec")), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
