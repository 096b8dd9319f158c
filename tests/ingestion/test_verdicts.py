"""Counts add up, and each event has the first reason that was found."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from analytics_lib.errors import AnalyticsError
from analytics_lib.ingestion.verdicts import QUARANTINED, REASONS, REJECTED, Judgement, Tally, take


def test_the_first_reason_stays_and_null_is_no():
    judgement = Judgement(3)
    judgement.mark(pa.array([True, None, False]), "type_mismatch", "first")
    judgement.mark([True, True, False], "no_consent", {0: "second", 1: "other"})
    assert judgement.bad(kept=True) == [(0, "type_mismatch", "first")]
    assert judgement.bad(kept=False) == [(1, "no_consent", "other")]
    assert judgement.good().tolist() == [False, False, True]


def test_a_tally_adds_up():
    tally = Tally(accepted=5, duplicate=2)
    tally.reasons.update({"malformed": 3, "too_large": 1})
    tally.add(Tally(accepted=1))
    assert (tally.sent, tally.quarantined, tally.rejected) == (12, 3, 1)
    tally.check(12)
    with pytest.raises(AnalyticsError, match="13 events came, but 12"):
        tally.check(13)


def test_reasons_are_those_of_the_contract_and_never_overlap():
    assert set(QUARANTINED) == {
        "required_missing", "type_mismatch", "unplanned_event", "additional_property", "future_time", "conflict",
        "malformed",
    }  # fmt: skip
    assert not set(QUARANTINED) & set(REJECTED)
    assert len(REASONS) < 128


def test_taking_all_rows_copies_nothing():
    table = pa.table({"a": [1, 2]})
    assert take(table, np.array([True, True])) is table
    assert take(table, np.array([False, True])).to_pydict() == {"a": [2]}
