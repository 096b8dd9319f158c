"""The contract: what a notebook declares, what a caller may give, and that nothing changes on the way."""

from __future__ import annotations

import ast
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import ParameterError
from analytics_lib.parameters import (
    Kind,
    Parameter,
    encode,
    parse_parameters,
    read_parameters,
    to_json_schema,
    to_text,
    validate,
)

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


def test_nothing_given_gives_the_typed_defaults() -> None:
    values = validate(CONTRACT, {})

    assert values["day"] == date(2024, 5, 1)
    assert values["moment"] == datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert list(values) == [parameter.name for parameter in CONTRACT]


def test_leading_zeros_of_a_text_survive() -> None:  # Papermill alone injects the number 123
    assert given_one("zip_code", "00123") == "00123"
    assert encode("00123") == "'00123'"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n", " 42 ", 42),
        ("n", "-007", -7),
        ("share", "1e-3", 0.001),
        ("share", "2", 2.0),
        ("active", "No", False),
        ("active", "on", True),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("moment", "2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("moment", "2024-05-01T10:00:00+02:00", datetime(2024, 5, 1, 8, tzinfo=UTC)),
        ("mode", "3", 3),
        ("mode", "b", "b"),
        ("steps", "cart, purchase", ["cart", "purchase"]),
        ("steps", '["a,b", " c"]', ["a,b", " c"]),
        ("steps", "", []),
        ("country", "", None),
        ("limit", "", None),
        ("days", "2024-05-01,2024-05-02", [date(2024, 5, 1), date(2024, 5, 2)]),
    ],
)
def test_text_becomes_the_declared_type(name: str, text: str, value: object) -> None:
    found = given_one(name, text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", "abc"), ("n", ""), ("n", "1.0"), ("n", 1.0), ("n", True), ("n", "१"), ("n", "9" * 5000), ("n", None),
        ("share", "nan"), ("share", "1e999"), ("share", 10**400), ("share", "1_000"), ("share", float("inf")),
        ("active", "maybe"), ("active", 1), ("day", "2024-02-30"), ("day", "20240501"), ("day", "01/05/2024"),
        ("day", datetime(2024, 5, 1, tzinfo=UTC)), ("moment", "soon"), ("mode", "c"), ("mode", True), ("mode", "B"),
        ("steps", 5), ("steps", "[1, 2"), ("steps", "[1]"), ("steps", b"ab"), ("zip_code", 123),
        ("days", "2024-05-01,x"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"parameter {name}=") as refusal:
        validate(CONTRACT, {name: value})

    assert refusal.value.advice.startswith("Give ")


def test_the_message_names_value_type_and_help() -> None:
    with pytest.raises(ParameterError) as refusal:
        validate(CONTRACT, {"day": "tomorrow"})

    assert str(refusal.value) == (
        "parameter day='tomorrow' is not a day. Give an ISO day, like 2024-05-13 (day: first day shown)."
    )


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"no parameter 'zipcode'. Did you mean 'zip_code'\?"):
        validate(CONTRACT, {"zipcode": "1"})


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


def test_an_assignment_without_annotation_takes_the_type_of_its_value() -> None:
    assert [str(parameter.kind) for parameter in parse_parameters("a = 1\nb = 'x'\nc = [1.5]\nd = False")] == [
        "int",
        "str",
        "list[float]",
        "bool",
    ]


def test_a_notebook_and_its_text_declare_the_same(tmp_path: Path) -> None:
    text = tmp_path / "trial.py"
    text.write_text('# %% [markdown]\n# # Why?\n\n# %% tags=["parameters"]\nn: int = 1  # one\n\n# %%\nprint(n)\n')
    notebook = tmp_path / "trial.ipynb"
    cells = [
        {"cell_type": "markdown", "source": "# Why?"},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["n: int = 1  # one\n"]},
        {"cell_type": "code", "metadata": {}, "source": "print(n)"},
    ]
    notebook.write_text(json.dumps({"cells": cells}))

    assert read_parameters(text) == read_parameters(notebook) == (Parameter("n", Kind("int"), 1, "one"),)


def test_a_notebook_without_the_cell_has_no_parameters_and_two_are_refused(tmp_path: Path) -> None:
    notebook = tmp_path / "trial.ipynb"
    tagged = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "n: int = 1"}
    notebook.write_text(json.dumps({"cells": []}))
    assert read_parameters(notebook) == ()

    notebook.write_text(json.dumps({"cells": [tagged, tagged]}))
    with pytest.raises(ParameterError, match="2 cells"):
        read_parameters(notebook)


@pytest.mark.parametrize("content", ["not json", "[]", "{}"])
def test_a_file_that_is_no_notebook_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trial.ipynb"
    path.write_text(content)

    with pytest.raises(ParameterError, match="can't be read as a notebook"):
        read_parameters(path)


def test_the_json_schema_says_types_formats_and_choices() -> None:
    schema = to_json_schema(CONTRACT)

    assert schema["additionalProperties"] is False
    assert schema["properties"]["day"] == {
        "type": "string", "format": "date", "default": "2024-05-01", "description": "first day shown",
    }  # fmt: skip
    assert schema["properties"]["mode"] == {"enum": ["a", "b", 3], "default": "a"}
    assert schema["properties"]["country"] == {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    assert json.loads(json.dumps(schema)) == schema


moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]))
PLAIN = {
    "str": st.text(),
    "int": st.integers(),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "date": st.dates(),
    "datetime": moments.filter(lambda when: 1 < when.year < 9999),
}
CHOICES = ("a", "A", "", "true", 1, 0, -5, "x,y", "[1]", "né")


@st.composite
def kinds_with_values(draw: st.DrawFn) -> tuple[Kind, object]:
    name = draw(st.sampled_from([*PLAIN, "choice"]))
    values = st.sampled_from(CHOICES) if name == "choice" else PLAIN[name]
    kind = Kind(name, CHOICES if name == "choice" else ())
    if draw(st.booleans()):
        kind, values = Kind("list", item=kind), st.lists(values, max_size=4)
    elif name != "choice" and draw(st.booleans()):
        # An optional text can't be empty: the empty text is how None is written.
        kind = Kind(name, optional=True)
        values = st.none() | values.filter(lambda value: value != "")
    return kind, draw(values)


@settings(max_examples=400, deadline=None)
@given(kinds_with_values())
def test_no_value_changes_on_its_way_into_the_notebook_and_back(drawn: tuple[Kind, object]) -> None:
    kind, value = drawn
    contract = [Parameter("p", kind, None)]

    def read(given: object) -> object:
        return validate(contract, {"p": given})["p"]

    from_text = read(to_text(value))
    literal = encode(from_text)
    in_notebook = ast.literal_eval(literal)

    assert from_text == value
    assert literal.isascii()
    assert read(in_notebook) == from_text == read(value)
    assert repr(read(in_notebook)) == repr(from_text)  # 1, 1.0 and True are equal, but not the same
