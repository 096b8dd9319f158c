"""A receipt adds up or does not exist, and says it in words."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from analytics_lib.errors import AnalyticsError
from analytics_lib.ingestion.receipts import Receipt

GOOD = {
    "source": "a<b>.csv", "format": "csv", "sent": 10, "accepted": 6, "duplicate": 1, "quarantined": 2, "rejected": 1,
    "reasons": {"malformed": 2, "no_consent": 1}, "consent": "assumed.", "tenants": ("t",), "seconds": 2.0,
    "first_event_time": datetime(2024, 5, 1, tzinfo=UTC), "last_event_time": datetime(2024, 5, 2, tzinfo=UTC),
    "notes": ("a note",), "scrubbed": {"phone": 3},
}  # fmt: skip


def test_counts_that_do_not_add_up_are_refused():
    with pytest.raises(AnalyticsError, match="do not add up"):
        Receipt(**{**GOOD, "sent": 11})


def test_it_says_everything_in_words():
    text = str(Receipt(**GOOD))
    assert "10 sent = 6 accepted + 1 duplicate + 2 quarantined + 1 rejected" in text
    assert "2 malformed" in text
    assert "2024-05-01 to 2024-05-02 (UTC), tenant t" in text
    assert "Taken out: 3 phone" in text
    assert str(Receipt(**{**GOOD, "dry_run": True})).startswith("Would load")


def test_the_page_form_has_the_numbers_and_is_safe():
    page = Receipt(**GOOD)._repr_html_()
    assert "<td>10</td>" in page
    assert "a&lt;b&gt;.csv" in page


def test_it_becomes_json():
    plain = json.loads(json.dumps(Receipt(**GOOD).to_dict()))
    assert (plain["sent"], plain["first_event_time"]) == (10, "2024-05-01T00:00:00+00:00")
    assert "bad_rows" not in plain


def test_complete_means_nothing_bad():
    assert not Receipt(**GOOD).complete
    assert Receipt(source="x", format="csv", sent=1, accepted=1, duplicate=0, quarantined=0, rejected=0).complete
