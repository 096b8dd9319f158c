"""What a parameter says of itself."""

from __future__ import annotations

from analytics_lib.parameters.declarations import parse_parameters


def test_an_assignment_without_annotation_takes_the_type_of_its_value() -> None:
    assert [str(parameter.kind) for parameter in parse_parameters("a = 1\nb = 'x'\nc = [1.5]\nd = False")] == [
        "int",
        "str",
        "list[float]",
        "bool",
    ]
