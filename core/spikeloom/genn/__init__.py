"""The GeNN model as data, the schedule of a batch, and the code language: what every backend runs.

The terms and the code language are PyGeNN 5's. Nothing here simulates; `compilers` produces these objects and
`backends` consumes them. All conventions that two layers must share are written here, once.

Conventions
-----------
Index
    ``W[i, j]`` is the weight from presynaptic neuron i to postsynaptic neuron j; arrays are C-ordered, so the
    row of a presynaptic spike is contiguous. Sparse synapses are sorted by (i, j). Neuron (row, column, channel) of a
    population with three dimensions has the number ``(row * columns + column) * channels + channel``.
Step
    Step n (0, 1, ... T-1) of a `Run` advances time from ``n * dt`` to ``(n + 1) * dt``; ``t`` is ``n * dt`` within
    it and starts from 0 in every `Run`. As in GeNN, a step does, in this order:

    1. *Synapses*: ``synapse_dynamics_code`` runs for all; every spike emitted in step n-1 runs ``pre_spike_syn_code``
       for its row, every spike-like event flagged in step n-1 runs ``pre_event_syn_code`` for its row.
    2. *Neurons*: ``Isyn`` and the additional inputs are read (and cleared), the postsynaptic models decay,
       ``sim_code`` and ``pre_dynamics_code`` run, then ``pre_event_threshold_condition_code`` and
       ``threshold_condition_code`` are tested; a neuron that spikes runs ``reset_code`` and ``pre_spike_code``.

    So a spike emitted in step n acts on its targets' input from step n+1 on: the exact solution of the continuous
    equations with a spike at time ``(n + 1) * dt`` and no axonal delay.
Delay
    ``addToPostDelay(g, d)`` acts d steps later than ``addToPost(g)``, for 0 <= d <= `max_delay`. In a code of synapses,
    ``X_post[d]`` is what ``X_post`` was d steps ago (0 before the run began): in a backward step, what it was when the
    spike arrived. So is ``Z[d]`` of one of `pre_vars`. Whoever computes d rounds it to a whole number; a backend keeps
    it within its range.
Input spikes
    An input spike with time t is emitted in step ``floor(t / dt)``.
Phase
    ``phase`` is a dynamic parameter of every group that names it: 0 (`FORWARD`) or 1 (`BACKWARD`). Codes are
    guarded by it. The embedded engine specialises its kernels per value; PyGeNN sets it before a `Run`.
Backward steps
    Backward step m of a `Run` in phase 1 undoes forward step ``n = T - 1 - m``. In it a population replays, as
    spike-like events flagged at its end, the spikes that it emitted in forward step n-1; they are propagated at the
    start of backward step m+1, when the adjoint variables of their targets hold the value just after those spikes
    arrived. A `spike source`, and a population that says that it `replays`, does so by itself, without any code.
Sign
    ``LambdaV`` and ``LambdaI`` are Wunderlich and Pehle's adjoint variables (2021): ``dL/dV = -tau_m LambdaV``,
    ``dL/dI = -tau_s LambdaI``, and the gradient of a weight is ``-tau_s * sum of LambdaI_post`` over the spikes
    of the presynaptic neuron. A gradient variable holds dL/dw, summed over the examples of a batch.
Memory
    ``READ_ONLY`` variables (weights) are shared by all examples; ``READ_WRITE`` variables belong to one example and
    start afresh in it; ``ACCUMULATE`` scalars take ``+=`` and ``-=`` alone, as statements, and are summed over the
    batch by a custom update with a batch reduction. A backend may apply that update to the sum or to each example: so
    it must be linear in the variable. A reduction is assigned in every case, and read by later updates alone. Whole
    numbers and ``bool`` are stored in 32 bits or less; codes must not rely on their overflow. Extra global parameters
    (a tape) belong to one example and are indexed ``[(k * num_neurons) + id]`` so that neighbouring neurons share a
    cache line.
"""

from spikeloom.genn.matrix import DenseMatrix, KernelMatrix, Matrix, SparseMatrix, Taps
from spikeloom.genn.models import (
    CustomUpdateModel,
    InitSnippet,
    NeuronModel,
    PostsynapticModel,
    WeightUpdateModel,
)
from spikeloom.genn.network import CustomUpdate, GeNNModel, Init, NeuronPopulation, SynapsePopulation
from spikeloom.genn.schedule import (
    BACKWARD,
    FORWARD,
    Read,
    Reset,
    Rewire,
    Run,
    Schedule,
    SetInputs,
    SetNorm,
    SetParam,
    SetVar,
    Update,
)
from spikeloom.genn.variables import Access, ExtraGlobalParam, Var, VarRef

__all__ = [
    "BACKWARD",
    "FORWARD",
    "Access",
    "CustomUpdate",
    "CustomUpdateModel",
    "DenseMatrix",
    "ExtraGlobalParam",
    "GeNNModel",
    "Init",
    "InitSnippet",
    "KernelMatrix",
    "Matrix",
    "NeuronModel",
    "NeuronPopulation",
    "PostsynapticModel",
    "Read",
    "Reset",
    "Rewire",
    "Run",
    "Schedule",
    "SetInputs",
    "SetNorm",
    "SetParam",
    "SetVar",
    "SparseMatrix",
    "SynapsePopulation",
    "Taps",
    "Update",
    "Var",
    "VarRef",
    "WeightUpdateModel",
]
