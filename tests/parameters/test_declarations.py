"""What a parameters cell declares, and what is told when it is broken."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ParameterError
from analytics_lib.parameters.declarations import parse_parameters
from tests.parameters.declared import CONTRACT


def test_every_declaration_is_read_with_its_type_default_and_help() -> None:
    assert [str(parameter) for parameter in CONTRACT] == [
        "zip_code: str = '00000'  # leading zeros matter",
        "n: int = 1",
        "share: float = 0.5",
        "active: bool = True",
        "day: date = '2024-05-01'  # first day shown",
        "moment: datetime = '2024-05-01T08:00:00+00:00'",
        "mode: Literal['a', 'b', 3] = 'a'",
        "steps: list[str] = ['cart', 'purchase']",
        "country: str | None = None",
        "days: list[date] = []",
        "limit: int | None = 10",
        "either: float | None = None",
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("end: date = start", "the default of end is computed"),
        ("n: int = 'x'", "the default of n='x' is not a whole number"),
        ("n: int", "n has no default"),
        ("print(1)", "is not a parameter"),
        ("a = b = 1", "is not a parameter"),
        ("x: Decimal = 1", "the type Decimal is not known"),
        ("x: list[list[int]] = []", "is not known"),
        ("x: Literal[1.5] = 1.5", "is not known"),
        ("x: Literal['1', 1] = 1", "is not known"),
        ("x: Optional[Literal['', 'a']] = 'a'", "the empty text"),
        ("x = None", "can't be told"),
        ("n: int = 1\nn: int = 2", "declared twice"),
        ("%matplotlib inline", "is not Python"),
        ("api_key: str = ''", "looks like a secret"),
        ("mode: Literal['a'] = 'b'", "is not one of the choices"),
    ],
)
def test_a_broken_contract_is_explained(source: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        parse_parameters(source, where="trial.ipynb")
