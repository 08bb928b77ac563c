"""E-prop."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from spikeloom.spec.fields import quantity, setting
from spikeloom.spec.initialisers.initialiser import Initialiser
from spikeloom.spec.initialisers.normal import Normal
from spikeloom.spec.learning import eprop_problems
from spikeloom.spec.learning.learning import Learning
from spikeloom.spec.losses.loss import Loss
from spikeloom.spec.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy
from spikeloom.spec.neurons.alif import ALIF
from spikeloom.spec.optimisers.adam import Adam
from spikeloom.spec.optimisers.optimiser import Optimiser
from spikeloom.spec.problem import Problem

if TYPE_CHECKING:
    from spikeloom.spec.document import Document
    from spikeloom.spec.network import Connection, Population

Mode = Literal["adjoint", "forward"]
Feedback = Literal["symmetric", "random", "adaptive"]
RateStart = Literal["batch", "target"]


class EProp(Learning):
    """Eligibility propagation: what a synapse did to its neuron, times what the neuron's spikes did to the error.

    Bellec et al. 2020. Hidden neurons are LIF or adaptive LIF and each hidden population connects to an output, a leaky
    integrator. The loss is that of every timestep, weighed as the readout weighs its voltages: by 1 in `sum_var`, by
    1 / timesteps in `avg_var`.

    The gradient is the rule's own in both modes. ``adjoint`` computes it by a sweep backward in time over neurons, one
    row of weights for each spike. ``forward`` carries an eligibility trace for each synapse through time, as the rule
    is written in the papers: much slower, for looking at the traces and for learning within an example (`online`).

    Regularisation adds ``c_reg (rate - f_target)`` times the eligibility trace, weighed as the mean step is; the rate,
    in spikes per timestep (and f_target so converted), is a running average with time constant `tau_reg`. It does not
    cross from one example to the next of a batch, which run side by side: with ``rate_start: batch`` it starts in each
    example from its mean at the end of the examples of the batch before (in the first batch from f_target), with
    ``target`` always from f_target.
    """

    type: ClassVar[str] = "eprop"
    replaces: ClassVar[tuple[str, ...]] = ("e_prop", "e-prop")
    title: ClassVar[str] = "e-prop"
    targets_over_time: ClassVar[bool] = True
    equations: ClassVar[tuple[str, ...]] = (
        r"\psi_j = \frac{\gamma}{v}\, \max(0,\; 1 - |V_j - V_{\mathrm{thresh}} - \beta A_j| / v)",
        r"\qquad v = V_{\mathrm{thresh}} - V_{\mathrm{reset}}",
        r"e_{ij} = \psi_j\, (\bar{z}_i - \beta\, a_{ij}), \;\;"
        r" a_{ij} \leftarrow \psi_j \bar{z}_i + (\rho - \psi_j \beta)\, a_{ij}",
        r"dL / dw_{ij} = \sum_t\, [\sum_k\, B_{jk}\, E_k^t\, F_{\kappa}(e_{ij})^t + R_j^t\, e_{ij}^t]",
    )

    loss: Loss = setting(factory=SparseCategoricalCrossentropy, help="What training makes small, in every timestep.")
    optimiser: Optimiser = setting(factory=Adam, help="How the gradient moves the weights.")
    delay_optimiser: Optimiser | None = setting(
        None,
        help="How the gradient moves delays that learn, in ms; Adam with a learning rate of 0.1 ms by default.",
        advanced=True,
    )
    feedback: Feedback = setting(
        "symmetric",
        help="Weights by which errors reach hidden neurons: the outputs' own, random ones, or random ones that learn.",
    )
    c_reg: float = quantity(
        0.0,
        ge=0,
        help="Strength with which rates (in spikes per timestep) are held at f_target.",
        scale="log",
        label="Hold on rates",
        live=True,
    )
    f_target: float = quantity(
        10.0, ge=0, unit="Hz", help="Rate that regularisation aims at.", step=1.0, label="Rate aimed at", live=True
    )
    tau_reg: float = quantity(
        500.0,
        gt=0,
        unit="ms",
        help="Time constant of the running average of rates.",
        step=100.0,
        label="Averaging of rates",
    )
    rate_start: RateStart = setting(
        "batch",
        help="Where an example's average of rates starts: at its mean at the end of the batch before, or at f_target.",
        advanced=True,
    )
    gamma: float = quantity(
        0.3, gt=0, le=1e6, help="Height of the pseudo-derivative, times v_thresh - v_reset.", step=0.1
    )
    train_biases: bool = setting(True, help="Whether outputs learn a bias for each neuron, too.")
    error_start_timestep: int = quantity(
        0, ge=0, help="Timestep from which on outputs are read and errors count.", advanced=True
    )
    feedback_weight: Initialiser = setting(
        factory=lambda: Normal(sd=1.0),
        help="Random feedback weights, or what the first ones of adaptive feedback are beside the outputs' own.",
        advanced=True,
    )
    feedback_decay: float = quantity(
        1e-3,
        ge=0,
        lt=1,
        help="Of adaptive feedback: share by which weights to and from the outputs decay in an update, and so align.",
        scale="log",
        advanced=True,
    )
    mode: Mode = setting("adjoint", help="Sweep back over neurons, or carry a trace forward for each synapse.")
    online: int | None = quantity(
        None,
        ge=1,
        unit="steps",
        help="Timesteps between two updates, in forward mode; after each batch by default.",
        advanced=True,
    )
    tape_memory: float = quantity(
        256.0,
        gt=0,
        unit="MB",
        help="Memory of a thread for what the sweep needs of each step; longer examples are swept in segments.",
        advanced=True,
    )

    @property
    def regularises(self) -> bool:
        """Whether hidden neurons are held at a rate."""
        return self.c_reg > 0

    @property
    def delays_by(self) -> Optimiser:
        """What moves delays that learn."""
        return Adam(alpha=0.1) if self.delay_optimiser is None else self.delay_optimiser

    def loss_of(self, output: Population) -> Loss:
        """The loss of an output: its own, or that of the rule."""
        return self.loss if output.loss is None else output.loss

    def synapse_variables(self, document: Document, connection: Connection) -> tuple[str, ...]:
        """In forward mode, those of synapses onto hidden populations.

        ``Eligibility`` is the trace e; ``Adaptation`` what it leaves in an adaptive target; ``Filtered0`` the trace as
        the first output's membrane filters it.
        """
        target = document.network.population(connection.target)
        if self.mode != "forward" or target.readout is not None or not connection.learns:
            return ()
        return ("Eligibility", *(("Adaptation",) if isinstance(target.neuron, ALIF) else ()), "Filtered0")

    def problems(self, document: Document) -> list[Problem]:
        """What e-prop cannot do with the network."""
        return eprop_problems.problems(self, document)
