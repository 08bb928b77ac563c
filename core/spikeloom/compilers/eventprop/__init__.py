"""EventProp: exact gradients of spiking networks by an adjoint system that runs backward in time.

Wunderlich and Pehle (2021), Event-based backpropagation can compute exact gradients for spiking neural networks,
Scientific Reports 11, 12829. Nowotny, Turner and Knight (2022), Loss shaping enhances exact gradient learning with
EventProp in spiking neural networks, arXiv:2212.01232.

In the forward phase ``tau_m V' = -V + I`` and ``tau_s I' = -I``; a spike of neuron n at time t_k resets V_n and makes
the targets' I jump by w. Backward in time ``tau_m lV' = -lV - dl/dV`` and ``tau_s lI' = -lI + lV``; at the spike::

    lV- = lV+ + [(theta - V_reset) lV+ + sum_j w_nj (lV_j - lI_j)] / (tau_m V'-)

and ``dL/dw_ij = -tau_s * sum over spikes of i of lI_j``. On the grid, the backward step between spikes is the exact
transpose of the forward step ``V <- alpha V + c I, I <- beta I``::

    lI <- beta lI + c (tau_m / tau_s) lV,    lV <- alpha lV

The loss enters at the outputs. A leaky integrator is driven in every step by the derivative of its readout
(`output_li`); a LIF that is read by the time t of its first spike takes ``(dL/dt) / (tau_m V'-)`` there (`output_lif`).
Regularisation of rates subtracts ``reg_lambda (mean - reg_nu)`` from lV at every spike of a hidden neuron
(`hidden`), where mean is its number of spikes per example, over the batch before.
"""
