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
        Around,
        Array,
        ArrayData,
        ArrayInput,
        AvgPool2D,
        AvgPoolConv2D,
        AvgPoolDense2D,
        AvgVar,
        AvgVarExpWeight,
        BinaryInput,
        Connection,
        Connectivity,
        Constant,
        Conv2D,
        Conv2DTranspose,
        CustomNeuron,
        CustomSynapse,
        Dataset,
        Delta,
        Dense,
        Digits,
        Document,
        Encoder,
        Ends,
        EventProp,
        Experiment,
        Exponential,
        FieldInfo,
        FirstSpikeTime,
        Fix,
        FixedProbability,
        FluctuationDriven,
        IFInput,
        IndexArray,
        Inference,
        Initialiser,
        InvalidDocument,
        Kaiming,
        Learning,
        LIFInput,
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
        OneToOne,
        Optimiser,
        PoissonInput,
        Population,
        Problem,
        Readout,
        ReadoutDynamics,
        Recorder,
        RelativeMeanSquareError,
        Simulation,
        Snippet,
        Sparse,
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
        Weighted,
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
    "Around",
    "Array",
    "ArrayData",
    "ArrayInput",
    "AvgPool2D",
    "AvgPoolConv2D",
    "AvgPoolDense2D",
    "AvgVar",
    "AvgVarExpWeight",
    "BinaryInput",
    "Connection",
    "Connectivity",
    "Constant",
    "Control",
    "Conv2D",
    "Conv2DTranspose",
    "CustomNeuron",
    "CustomSynapse",
    "Dataset",
    "Delta",
    "Dense",
    "Digits",
    "Document",
    "Encoder",
    "Ends",
    "EpochMetrics",
    "EventProp",
    "Experiment",
    "Exponential",
    "FieldInfo",
    "FirstSpikeTime",
    "Fix",
    "FixedProbability",
    "FluctuationDriven",
    "IFInput",
    "IndexArray",
    "Inference",
    "Initialiser",
    "InvalidDocument",
    "Kaiming",
    "LIFInput",
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
    "OneToOne",
    "Optimiser",
    "PoissonInput",
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
    "Snippet",
    "Sparse",
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
    "Weighted",
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
