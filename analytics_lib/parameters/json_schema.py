"""A contract as a JSON Schema, for programs that ask what a notebook takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analytics_lib.parameters.kinds import Kind, Parameter
from analytics_lib.parameters.texts import wire_value


def to_json_schema(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Give the contract as a JSON Schema (draft 2020-12) of the object of all parameters.

    Examples
    --------
    >>> from analytics_lib.parameters.declarations import parse_parameters
    >>> to_json_schema(parse_parameters("n: int = 1"))["properties"]
    {'n': {'type': 'integer', 'default': 1}}
    """
    properties = {}
    for parameter in parameters:
        described = {"description": parameter.help} if parameter.help else {}
        properties[parameter.name] = {
            **_schema(parameter.kind),
            "default": wire_value(parameter.default),
            **described,
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _schema(kind: Kind) -> dict[str, Any]:
    if kind.name == "choice":
        made: dict[str, Any] = {"enum": list(kind.choices)}
    elif kind.item:
        made = {"type": "array", "items": _schema(kind.item)}
    else:
        made = {
            "str": {"type": "string"},
            "int": {"type": "integer"},
            "float": {"type": "number"},
            "bool": {"type": "boolean"},
            "date": {"type": "string", "format": "date"},
            "datetime": {"type": "string", "format": "date-time"},
        }[kind.name].copy()
    return {"anyOf": [made, {"type": "null"}]} if kind.optional else made
