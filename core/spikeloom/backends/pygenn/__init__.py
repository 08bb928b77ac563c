"""Run a GeNN model on PyGeNN 5, where it is installed: CUDA, HIP, or GeNN's single-threaded CPU.

Nothing here imports PyGeNN before a model is built; `load` says in words what is missing.
"""

from spikeloom.backends.pygenn.library import load
from spikeloom.backends.pygenn.runtime import PyGeNNRuntime

__all__ = ["PyGeNNRuntime", "load"]
