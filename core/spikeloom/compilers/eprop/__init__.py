"""E-prop: eligibility traces of synapses times learning signals of neurons, computed by an adjoint sweep or as written.

Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein and Maass (2020), A solution to the learning dilemma for recurrent
networks of spiking neurons, Nature Communications 11, 3625.

The rule. Neuron j has membrane decay ``alpha``, adaptation decay ``rho`` and coupling ``beta`` (0 of a LIF); output k
has membrane decay ``kappa`` and error ``E_k[n]``, the derivative of the loss by its voltage in step n. With ``Z_i[n]``
the spikes of i as they arrive at j, filtered by the membrane, and ``psi`` the pseudo-derivative of the spike by the
voltage, which is 0 while j is refractory, a synapse carries::

    e[n]   = psi[n] (Z[n] - beta a[n])
    a[n+1] = psi[n] Z[n] + (rho - psi[n] beta) a[n]
    F_k[n] = kappa F_k[n-1] + e[n-1]
    dL/dw  = sum over n of (sum over k of B_jk E_k[n] F_k[n]) + R[n] e[n]

A spike of step n reaches the outputs in step n + 1, and so does its eligibility: with ``B`` the weights to the outputs
(symmetric feedback) this is the gradient of the network as it runs, but for the paths through recurrent spikes and
through the reset, which e-prop leaves out. A connection to an output that has a delay has it in the feedback, too.
``R`` regularises rates.

The adjoint. All this is linear in Z with coefficients that depend on j and n alone: so the sum over n can be taken from
its other end, over neurons rather than synapses. With ``f, lam, p`` 0 at the end, for n = T-1 .. 0::

    f_k = E_k[n] + kappa f_k                             # outputs
    g   = sum over k of B_jk f_k[n+1] + R[n]             # what a spike of j in step n does to the loss
    q   = psi[n] (g + lam)
    lam = (rho - psi[n] beta) lam - psi[n] beta g
    p   = q + alpha p
    dL/dw_ij += p[n] for every spike of i that arrives at j in step n
    dL/dw_jk += f_k[n] for every spike of j that arrives at k in step n

Proof: ``p[n]`` is the derivative of the sum by an arrival in step n. That arrival adds ``alpha^(m-n)`` to ``Z[m]`` for
all m >= n; ``q[m]`` is the derivative by ``Z[m]``: directly through ``e[m]``, psi g, and through ``a[m+1]``, psi times
lam, the derivative by ``a[m+1]``, with ``lam[m] = (rho - psi beta) lam[m+1] - psi beta g``: a feeds itself and e.

Synapses with a current. Let ``I[n] = b I[n-1] + arrivals`` and ``V[n] = alpha V[n-1] + c I[n]``: Z is filtered twice.
An arrival in step n adds ``b^(m-n)`` to I[m], and I[m] acts as c arrivals at a delta synapse do. So the derivative by
an arrival is ``s[n] = c p[n] + b s[n+1]``, which takes the place of p (of f for connections to outputs); the
eligibility goes through the current of the output's synapse before its membrane.

`hidden` and `output` have the codes, `feedback` the way of the errors back, `losses` what drives them.
"""
