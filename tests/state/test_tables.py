"""Moments in state.db are aware UTC times, or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects import sqlite

from analytics_lib.state.tables import Moment

DIALECT = sqlite.dialect()  # type: ignore[no-untyped-call]


def test_a_zoned_time_is_kept_as_utc() -> None:
    summer = datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Europe/London"))

    assert Moment().process_bind_param(summer, DIALECT) == datetime(2024, 7, 1, 11, tzinfo=UTC)
    assert Moment().process_result_value(datetime(2024, 7, 1, 11), DIALECT) == summer  # noqa: DTZ001


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2024, 7, 1), DIALECT)  # noqa: DTZ001


def test_unknown_stays_unknown() -> None:
    assert Moment().process_bind_param(None, DIALECT) is None
    assert Moment().process_result_value(None, DIALECT) is None
