"""A contract with every kind of parameter, for the tests of the places that read, check and write it."""

from __future__ import annotations

from analytics_lib.parameters.declarations import parse_parameters
from analytics_lib.parameters.validation import validate

DECLARED = '''
"""The parameters of a trial notebook."""
from datetime import date, datetime
zip_code: str = "00000"  # leading zeros matter
n: int = 1
share: float = 0.5
active: bool = True
day: date = "2024-05-01"  # first day shown
moment: datetime = "2024-05-01T08:00:00Z"
import typing
mode: typing.Literal["a", "b", 3] = "a"
steps: list[str] = ["cart", "purchase"]
country: Optional[str] = None
days: list[date] = []
limit: "int | None" = 10
either: Union[float, None] = None
'''


CONTRACT = parse_parameters(DECLARED)


def given_one(name: str, value: object) -> object:
    return validate(CONTRACT, {name: value})[name]
