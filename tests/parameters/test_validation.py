"""What a caller gives for a contract, and the one message that is told everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics_lib.errors import ParameterError
from analytics_lib.parameters.validation import validate
from tests.parameters.declared import CONTRACT


def test_nothing_given_gives_the_typed_defaults() -> None:
    values = validate(CONTRACT, {})

    assert values["day"] == date(2024, 5, 1)
    assert values["moment"] == datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert list(values) == [parameter.name for parameter in CONTRACT]


def test_the_message_names_value_type_and_help() -> None:
    with pytest.raises(ParameterError) as refusal:
        validate(CONTRACT, {"day": "tomorrow"})

    assert str(refusal.value) == (
        "parameter day='tomorrow' is not a day. Give an ISO day, like 2024-05-13 (day: first day shown)."
    )


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"no parameter 'zipcode'. Did you mean 'zip_code'\?"):
        validate(CONTRACT, {"zipcode": "1"})
