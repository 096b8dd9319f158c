"""Nothing changes on the way from a value to a notebook and back."""

from __future__ import annotations

import ast
from datetime import UTC, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.parameters.kinds import Kind, Parameter
from analytics_lib.parameters.texts import encode, to_text
from analytics_lib.parameters.validation import validate

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
