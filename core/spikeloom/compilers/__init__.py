"""Document to GeNN model and schedule: inference, EventProp."""

from spikeloom.compilers.compiled import CompiledNetwork, delay_key
from spikeloom.compilers.compiler import compile_document

__all__ = ["CompiledNetwork", "compile_document", "delay_key"]
