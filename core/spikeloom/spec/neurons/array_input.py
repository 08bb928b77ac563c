"""What inputs that make spikes of numbers have in common: values that stand still, or frames that follow each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from spikeloom.genn import Access, ExtraGlobalParam, NeuronModel, Var
from spikeloom.spec.fields import quantity
from spikeloom.spec.neurons.neuron import Neuron, NeuronDynamics

INPUT = "Input"
NEGATIVE = "Negative"


def frames_field() -> Any:
    """The declaration of ``input_frames``."""
    return quantity(1, ge=1, le=1_000_000, help="Frames of an example; 1 for values that do not change.", advanced=True)


def frame_timesteps_field() -> Any:
    """The declaration of ``input_frame_timesteps``."""
    return quantity(1, ge=1, help="Timesteps for which a frame stays; the last one stays to the end.", advanced=True)


class ArrayInput(Neuron):
    """An input that turns the numbers of an example into spikes itself. Each type declares the fields of frames."""

    is_input: ClassVar[bool] = True
    takes_values: ClassVar[bool] = True

    if TYPE_CHECKING:
        input_frames: int
        input_frame_timesteps: int

    def reading(self) -> str:
        """The statements that put the value of the step into ``input``."""
        if self.input_frames == 1:
            return f"const scalar input = {INPUT};"
        frame = "min((int32_t)(round(t / dt) / FrameTimesteps), (int32_t)NumFrames - 1)"
        return f"const scalar input = {INPUT}[({frame} * num_neurons) + id];"

    def with_input(self, dynamics: NeuronDynamics) -> NeuronDynamics:
        """`dynamics` with the variable, or the array of frames, that the schedule writes for each example."""
        model = dynamics.model
        variables, arrays, params = model.vars, model.extra_global_params, dict(dynamics.params)
        if self.input_frames == 1:
            variables = (*variables, Var(INPUT, access=Access.READ_ONLY_DUPLICATE))
        else:
            params |= {"NumFrames": self.input_frames, "FrameTimesteps": self.input_frame_timesteps}
            arrays = (*arrays, ExtraGlobalParam(INPUT, "scalar", "NumFrames"))
        made = NeuronModel(
            model.name,
            tuple(params),
            variables,
            model.sim_code,
            model.threshold_condition_code,
            model.reset_code,
            extra_global_params=arrays,
        )
        return NeuronDynamics(made, params, dynamics.var_init)

    def flagging(self, name: str, params: Mapping[str, float], fires: str, *, signed: bool) -> NeuronDynamics:
        """An input without a state: in each step it spikes where ``fires`` holds of the value, or of its negative.

        `fires` is an expression of ``size``, the value without its sign.
        """
        code = f"{self.reading()}\nconst scalar size = fabs(input);\nconst bool fires = {fires};\n"
        code += "Spike = fires && input > 0.0;"
        variables = [Var("Spike", "bool")]
        if signed:
            code += f"\n{NEGATIVE} = fires && input < 0.0;"
            variables.append(Var(NEGATIVE, "bool"))
        model = NeuronModel(name, tuple(params), tuple(variables), code, "Spike", "")
        return self.with_input(NeuronDynamics(model, dict(params), {}))
