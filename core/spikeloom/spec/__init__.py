"""The document: network, experiment and view as data, one class per type.

`base` says what a type is, `network` and `experiment` what a document is made of, `document` how it is read and
written, `validate` what keeps it from running. The types lie in one package per family. Nothing here computes.
"""

from spikeloom.spec.base import Type
from spikeloom.spec.connections import known_surroundings
from spikeloom.spec.connectivity import (
    AvgPool2D,
    AvgPoolConv2D,
    AvgPoolDense2D,
    Connectivity,
    Conv2D,
    Conv2DTranspose,
    Dense,
    Ends,
    FixedProbability,
    OneToOne,
    Sparse,
    Weighted,
)
from spikeloom.spec.datasets import MNIST, ArrayData, Dataset, Digits, Pattern, SpikeHDF5, YinYang
from spikeloom.spec.document import FORMAT, Document
from spikeloom.spec.encoders import Encoder, LinearLatency, LogLatency, ThresholdCrossing
from spikeloom.spec.experiment import Experiment, Recorder, Simulation, SpikeRecorder, Training, VariableRecorder
from spikeloom.spec.fields import FieldInfo, describe, quantity, setting
from spikeloom.spec.initialisers import (
    Around,
    Array,
    Constant,
    Distribution,
    FluctuationDriven,
    Initialiser,
    Kaiming,
    Normal,
    Snippet,
    Uniform,
    Xavier,
)
from spikeloom.spec.learning import EProp, EventProp, Inference, Learning
from spikeloom.spec.losses import Loss, MeanSquareError, RelativeMeanSquareError, SparseCategoricalCrossentropy
from spikeloom.spec.network import Connection, Network, Population
from spikeloom.spec.neurons import (
    ALIF,
    IF,
    LI,
    LIF,
    ArrayInput,
    BinaryInput,
    CustomNeuron,
    IFInput,
    LIFInput,
    Neuron,
    NeuronDynamics,
    PoissonInput,
    SpikeInput,
)
from spikeloom.spec.node import Node, walk
from spikeloom.spec.optimisers import SGD, Adam, Optimiser
from spikeloom.spec.problem import Fix, InvalidDocument, Problem
from spikeloom.spec.readouts import (
    AvgVar,
    AvgVarExpWeight,
    FirstSpikeTime,
    MaxVar,
    Readout,
    ReadoutDynamics,
    SpikeCount,
    SumVar,
    VarReadout,
)
from spikeloom.spec.schema import json_schema
from spikeloom.spec.sequential import InputLayer, Layer, sequential
from spikeloom.spec.shapes import infer_shapes
from spikeloom.spec.stored_array import IndexArray
from spikeloom.spec.synapses import CustomSynapse, Delta, Exponential, Synapse
from spikeloom.spec.validate import check, validate
from spikeloom.spec.view import Annotation, Frame, Note, View

__all__ = [
    "ALIF",
    "FORMAT",
    "IF",
    "LI",
    "LIF",
    "MNIST",
    "SGD",
    "Adam",
    "Annotation",
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
    "Conv2D",
    "Conv2DTranspose",
    "CustomNeuron",
    "CustomSynapse",
    "Dataset",
    "Delta",
    "Dense",
    "Digits",
    "Distribution",
    "Document",
    "EProp",
    "Encoder",
    "Ends",
    "EventProp",
    "Experiment",
    "Exponential",
    "FieldInfo",
    "FirstSpikeTime",
    "Fix",
    "FixedProbability",
    "FluctuationDriven",
    "Frame",
    "IFInput",
    "IndexArray",
    "Inference",
    "Initialiser",
    "InputLayer",
    "InvalidDocument",
    "Kaiming",
    "LIFInput",
    "Layer",
    "Learning",
    "LinearLatency",
    "LogLatency",
    "Loss",
    "MaxVar",
    "MeanSquareError",
    "Network",
    "Neuron",
    "NeuronDynamics",
    "Node",
    "Normal",
    "Note",
    "OneToOne",
    "Optimiser",
    "Pattern",
    "PoissonInput",
    "Population",
    "Problem",
    "Readout",
    "ReadoutDynamics",
    "Recorder",
    "RelativeMeanSquareError",
    "Simulation",
    "Snippet",
    "Sparse",
    "SparseCategoricalCrossentropy",
    "SpikeCount",
    "SpikeHDF5",
    "SpikeInput",
    "SpikeRecorder",
    "SumVar",
    "Synapse",
    "ThresholdCrossing",
    "Training",
    "Type",
    "Uniform",
    "VarReadout",
    "VariableRecorder",
    "View",
    "Weighted",
    "Xavier",
    "YinYang",
    "check",
    "describe",
    "infer_shapes",
    "json_schema",
    "known_surroundings",
    "quantity",
    "sequential",
    "setting",
    "validate",
    "walk",
]
