"""Document to GeNN model and schedule: inference, EventProp."""

from spikeloom.compilers.compiled import CompiledNetwork, biases_key, delay_key, sign_key
from spikeloom.compilers.compiler import compile_document
from spikeloom.compilers.ports import Input, Output, inputs_of, outputs_of

__all__ = [
    "CompiledNetwork",
    "Input",
    "Output",
    "biases_key",
    "compile_document",
    "delay_key",
    "inputs_of",
    "outputs_of",
    "sign_key",
]
