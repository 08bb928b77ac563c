"""Learning rates and other parameters that change from batch to batch, as expressions of Python."""

from __future__ import annotations

from spikeloom.compilers.compiled import Learned
from spikeloom.errors import UserError
from spikeloom.spec import Optimiser
from spikeloom.spec.optimisers.adam import Adam
from spikeloom.spec.schedules import ConstantRate, CosineDecay, ExponentialDecay, RateSchedule, StepDecay

PLACE = "experiment.learning.optimiser"


class Rates:
    """The learning rates of a script: a constant for each optimiser, and a function where it has a schedule."""

    def __init__(self, learned: dict[str, Learned]) -> None:
        self.optimisers: list[Optimiser] = []
        for each in learned.values():
            if all(each.optimiser is not known for known in self.optimisers):
                self.optimisers.append(each.optimiser)

    def _number(self, optimiser: Optimiser) -> str:
        place = next(i for i, known in enumerate(self.optimisers) if known is optimiser)
        return f"_{place + 1}" if place else ""

    def constants(self) -> list[str]:
        """The lines that say what the learning rates are."""
        return [f"LEARNING_RATE{self._number(each)} = {each.alpha!r}" for each in self.optimisers]

    def functions(self) -> list[str]:
        """A function for each learning rate that changes."""
        scheduled = [each for each in self.optimisers if each.schedule is not None]
        return [_function(each.schedule, self._number(each)) for each in scheduled if each.schedule is not None]

    def before(self) -> list[str]:
        """The lines of the function ``learn`` that compute what several updates share."""
        lines = []
        for each in self.optimisers:
            number = self._number(each)
            if each.schedule is not None:
                lines.append(f"rate{number} = learning_rate{number}(trained, epochs)")
            if isinstance(each, Adam) and self._scales_of(each) is each:
                lines.append(f"first_scale{number} = 1.0 / (1.0 - {each.beta1!r}**step)")
                lines.append(f"second_scale{number} = 1.0 / (1.0 - {each.beta2!r}**step)")
        return lines

    def _scales_of(self, optimiser: Adam) -> Adam:
        """The first optimiser whose averages decay as those of this one."""
        known = [each for each in self.optimisers if isinstance(each, Adam)]
        return next(each for each in known if (each.beta1, each.beta2) == (optimiser.beta1, optimiser.beta2))

    def value(self, learned: Learned, param: str) -> str:
        """The expression for a parameter of an optimiser's update.

        Raises
        ------
        UserError
            If the optimiser computes it in a way that only its class knows.
        """
        optimiser, number = learned.optimiser, self._number(learned.optimiser)
        if param == "ClipNorm":
            return repr(optimiser.clip_norm)
        if param == "Alpha":
            rate = f"LEARNING_RATE{number}" if optimiser.schedule is None else f"rate{number}"
            return rate if learned.share == 1.0 else f"{learned.share!r} * {rate}"
        if isinstance(optimiser, Adam) and param in ("FirstScale", "SecondScale"):
            number = self._number(self._scales_of(optimiser))
            return f"first_scale{number}" if param == "FirstScale" else f"second_scale{number}"
        values = {optimiser.dynamic(step, rate)[param] for step in (1, 2, 17) for rate in (0.1, 0.3)}
        if len(values) > 1:
            message = f"'{optimiser.type}' computes its parameter '{param}' in Python code of its own"
            raise UserError(message, place=PLACE, hint="Take an optimiser that comes with Spikeloom.")
        return repr(float(values.pop()))


def _function(schedule: RateSchedule, number: str) -> str:
    words, factor = _factor(schedule)
    warm = schedule.warm_up > 0
    lines = [f"def learning_rate{number}(trained, epochs):"]
    lines += [f'    """The learning rate after `trained` of `epochs` epochs: {words}."""']
    if schedule.every == "epoch":
        lines += ["    trained = math.floor(trained)  # it changes from epoch to epoch"]
    if warm:
        start, length = schedule.warm_up_start, schedule.warm_up
        lines += [f"    if trained < {length!r}:  # it rises first"]
        lines += [f"        share = {start!r} + {1 - start!r} * trained / {length!r}"]
        lines += [f"        return LEARNING_RATE{number} * share"]
        lines += [f"    trained, epochs = trained - {length!r}, max(epochs - {length!r}, 0.0)"]
    lines += [f"    {line}" for line in factor]
    lines += [f"    return LEARNING_RATE{number} * factor"]
    return "\n".join(lines)


def _factor(schedule: RateSchedule) -> tuple[str, list[str]]:
    """Words for a schedule, and the lines that compute its factor."""
    match schedule:
        case ConstantRate():
            return "it stays", ["factor = 1.0"]
        case ExponentialDecay():
            return f"times {schedule.decay!r} per epoch", [f"factor = {schedule.decay!r}**trained"]
        case StepDecay():
            words = f"times {schedule.decay!r} every {schedule.period!r} epochs"
            return words, [f"factor = {schedule.decay!r} ** (trained // {schedule.period!r})"]
        case CosineDecay():
            length = "epochs" if schedule.epochs is None else repr(schedule.epochs)
            share = f"share = min(trained / {length}, 1.0)"
            share = f"{share} if epochs > 0 else 1.0" if schedule.epochs is None else share
            final = schedule.final
            half = "(1 + math.cos(math.pi * share)) / 2"
            return "half a cosine", [share, f"factor = {final!r} + {1 - final!r} * {half}"]
    message = f"'{schedule.type}' computes the learning rate in Python code of its own"
    hint = "Take a schedule that comes with Spikeloom."
    raise UserError(message, place=f"{PLACE}.schedule", hint=hint)
