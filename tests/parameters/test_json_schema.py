"""The contract as a JSON Schema."""

from __future__ import annotations

import json

from analytics_lib.parameters.json_schema import to_json_schema
from tests.parameters.declared import CONTRACT


def test_the_json_schema_says_types_formats_and_choices() -> None:
    schema = to_json_schema(CONTRACT)

    assert schema["additionalProperties"] is False
    assert schema["properties"]["day"] == {
        "type": "string", "format": "date", "default": "2024-05-01", "description": "first day shown",
    }  # fmt: skip
    assert schema["properties"]["mode"] == {"enum": ["a", "b", 3], "default": "a"}
    assert schema["properties"]["country"] == {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    assert json.loads(json.dumps(schema)) == schema
