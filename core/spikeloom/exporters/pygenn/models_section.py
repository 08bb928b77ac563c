"""The part of a script that makes its models: one constant for each, with a comment that says what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from spikeloom.exporters.pygenn.explanations import explanation, introduction, parameters
from spikeloom.exporters.pygenn.layout import Call, Code, Text, filled, identifier, lay_out
from spikeloom.exporters.pygenn.stand_in import Group, Model
from spikeloom.exporters.python.layout import WIDTH

ORDER = ("neuron", "weight_update", "postsynaptic", "custom_update", "var_init", "toeplitz", "")
DEFAULT = ("VarAccess.READ_WRITE", "CustomUpdateVarAccess.READ_WRITE")
# Functions that our backend gives to every kernel.
FUNCTIONS = {
    "calc_max_row_len_func": 'lambda num_pre, num_post, params: params["RowLength"]',
    "calc_kernel_size_func": 'lambda params: [params["NumElements"]]',
}


def name_models(models: Iterable[Model], groups: Iterable[Group], taken: set[str]) -> None:
    """Find a constant for each model; several of one name are told apart by a group that is of it."""
    models = list(models)
    for group in groups:
        for model in _used(group.call):
            model.users.append(group.name)
    for model in models:
        twins = [other for other in models if other.name == model.name and other.function == model.function]
        name, user = _upper(model.name), (model.users or [""])[0].upper()
        if len(twins) > 1 and user:
            name = user if user.startswith(name) else f"{name}_{user}"
        model.constant = identifier(name, taken)


def _used(value: Any) -> Iterable[Model]:
    match value:
        case Model():
            yield value
        case Call(_, args, named):
            for part in (*args, *named.values()):
                yield from _used(part)
        case dict():
            for part in value.values():
                yield from _used(part)
        case list() | tuple():
            for part in value:
                yield from _used(part)


def _upper(name: str) -> str:
    words = re.sub(r"EventProp", "_EVENTPROP_", name)
    words = re.sub(r"EProp", "_EPROP_", words)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words)
    return re.sub(r"_+", "_", words).strip("_").upper()


def models_section(models: Iterable[Model]) -> str:
    """The text of all of them, neurons first."""
    ordered = sorted(
        models, key=lambda model: next(i for i, kind in enumerate(ORDER) if f"create_{kind}" in model.function)
    )
    names = [model.name for model in ordered if model.function != "create_custom_update_model"]
    parts = [f"{heading('Models')}#\n{filled(introduction(names), prefix='# ')}"]
    said = ""
    for model in ordered:
        comment = _comment(model)
        parts.append((comment if comment != said else "") + _model(model))
        said = comment
    return "\n\n".join(parts)


def heading(title: str) -> str:
    """The comment that a part of the script begins with."""
    return f"# -- {title} ".ljust(WIDTH, "-") + "\n"


def _comment(model: Model) -> str:
    """What is said above a model."""
    names = [
        each if isinstance(each, str) else each[0] for key in ("params", "vars") for each in model.named.get(key, ())
    ]
    parts = [explanation(model.function, model.name, model.users), parameters(model.function, names)]
    return "".join(filled(words, prefix="# ") + "\n" for words in parts if words)


def _model(model: Model) -> str:
    named = {key: _argument(key, value) for key, value in model.named.items()}
    call = Call(model.function, [model.name], named)
    return f"{model.constant} = {lay_out(call, before=len(model.constant) + 3)}"


def _argument(key: str, value: Any) -> Any:
    if key.endswith("_code"):
        return Code(value)
    if callable(value) and not isinstance(value, Text):
        return Text(FUNCTIONS[key])
    if key in ("vars", "pre_vars", "var_refs"):
        return [_short(item) for item in value]
    return value


def _short(item: tuple[Any, ...]) -> tuple[Any, ...]:
    """A variable without the access that it has anyway."""
    last = item[-1]
    usual = isinstance(last, Text) and (last.text in DEFAULT or last.text == "VarAccessMode.READ_WRITE")
    return item[:-1] if usual else item
