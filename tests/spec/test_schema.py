"""The JSON Schema: its content, and that what it says of the examples is what they are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import spikeloom.spec as sl

EXAMPLES = sorted((Path(__file__).parents[2] / "resources" / "examples").glob("*.snn"))
SCHEMA = sl.json_schema()


def accepts(schema: dict[str, Any], value: Any) -> bool:  # noqa: PLR0911 - one rule of the dialect per line
    """Whether a value fits, for the part of JSON Schema that ours uses."""
    unknown = set(schema) - {
        *("$schema", "$defs", "$ref", "title", "description", "default", "type", "const", "enum", "oneOf", "anyOf"),
        *("properties", "required", "additionalProperties", "items", "minItems", "maxItems", "pattern"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    }
    assert not unknown, f"the test knows nothing of {unknown}"
    if "$ref" in schema:
        return accepts(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], value)
    if "oneOf" in schema:
        return sum(accepts(inner, value) for inner in schema["oneOf"]) == 1
    if "anyOf" in schema:
        return any(accepts(inner, value) for inner in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    match schema.get("type"):
        case "object":
            return isinstance(value, dict) and accepts_object(schema, value)
        case "array":
            inside = (
                schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1e9)
                if isinstance(value, list)
                else False
            )
            return inside and all(accepts(schema["items"], item) for item in value)
        case "string":
            return isinstance(value, str) and bool(re.search(schema.get("pattern", ""), value))
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "number" | "integer":
            kinds = int | float if schema["type"] == "number" else int
            if not isinstance(value, kinds) or isinstance(value, bool):
                return False
            low, high = schema.get("minimum", -1e999), schema.get("maximum", 1e999)
            open_low, open_high = schema.get("exclusiveMinimum", -1e999), schema.get("exclusiveMaximum", 1e999)
            return low <= value <= high and open_low < value < open_high
    return schema == {}


def accepts_object(schema: dict[str, Any], value: dict[str, Any]) -> bool:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    if not set(schema.get("required", [])) <= set(value):
        return False
    for key, item in value.items():
        if key in properties:
            if not accepts(properties[key], item):
                return False
        elif others is False or (isinstance(others, dict) and not accepts(others, item)):
            return False
    return True


def test_it_is_json_and_names_its_dialect() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert SCHEMA["properties"]["format"]["const"] == "spikeloom/1"


def test_every_type_is_in_it_with_units_and_ranges() -> None:
    for family in (
        sl.Neuron,
        sl.Synapse,
        sl.Initialiser,
        sl.Readout,
        sl.Loss,
        sl.Optimiser,
        sl.Learning,
        sl.Recorder,
        sl.Dataset,
        sl.Encoder,
    ):
        for name in family.types():
            assert f"{family.type}.{name}" in SCHEMA["$defs"]
    lif = SCHEMA["$defs"]["neuron.lif"]
    assert lif["properties"]["type"] == {"const": "lif"}
    assert lif["properties"]["tau_mem"] == {
        "title": "Membrane time constant",
        "description": "Time constant of the membrane. Unit: ms.",
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 20.0,
    }
    assert lif["additionalProperties"] is False
    assert {"$ref": "#/$defs/neuron.lif"} in SCHEMA["$defs"]["neuron"]["oneOf"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_fit(path: Path) -> None:
    assert accepts(SCHEMA, json.loads(path.read_text(encoding="utf-8")))


def test_data_sets_fit() -> None:
    dataset = SCHEMA["$defs"]["dataset"]
    for made in (sl.SpikeHDF5(label_names=["a"], classes=1), sl.Pattern(), sl.MNIST(encoder="threshold_crossing")):
        assert accepts(dataset, made.model_dump(mode="json"))
    assert accepts(dataset, {"type": "mnist", "train_limit": None})
    assert not accepts(dataset, {"type": "mnist", "train_limit": 0})
    assert not accepts(dataset, {"type": "spike_hdf5", "encoder": "linear_latency"})
    assert not accepts(dataset, {"type": "pattern", "rate": "50"})


def test_shorthands_fit_and_mistakes_do_not() -> None:
    neuron = SCHEMA["$defs"]["neuron"]
    assert accepts(neuron, "lif")
    assert accepts(neuron, {"type": "li", "readout": "avg_var"})
    assert not accepts(neuron, {"type": "li", "readout": "spike_cout"})
    assert not accepts(neuron, {"type": "lif", "tau_men": 3})
    assert not accepts(neuron, {"type": "lif", "tau_mem": 0})
    assert not accepts(neuron, {"type": "lif", "tau_mem": "20"})
    assert accepts(SCHEMA["$defs"]["initialiser"], 0.5)
    assert accepts(SCHEMA["$defs"]["learning"], {"type": "event_prop"})
    assert not accepts(SCHEMA, {})
