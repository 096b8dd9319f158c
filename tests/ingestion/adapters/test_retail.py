"""The retail orders give their published facts, each of 1,067,371 lines accounted for."""

from __future__ import annotations

import json

import pyarrow.compute as pc
import pytest

from analytics_lib.datasets.published import retail_orders_file
from analytics_lib.ingestion.files import read_events

HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"


@pytest.fixture(scope="module")
def whole():
    return read_events(retail_orders_file(), return_receipt=True)


def test_every_line_is_accounted_for(whole):
    events, receipt = whole
    assert receipt.counts() == {
        "sent": 1_067_371, "accepted": 1_067_371, "duplicate": 0, "quarantined": 0, "rejected": 0,
    }  # fmt: skip
    counted = {row["values"]: row["counts"] for row in pc.value_counts(events["event"]).to_pylist()}
    assert counted == {"order.placed": 1_047_871, "order.cancelled": 19_494, "order.adjusted": 6}
    assert events["user_id"].null_count == 243_007
    assert any("34,335 rows equal an earlier one" in note for note in receipt.notes)
    assert any("243,007 events name no person" in note for note in receipt.notes)


def test_ids_are_unique_although_rows_repeat(whole):
    events, _ = whole
    assert pc.count_distinct(events["event_id"]).as_py() == 1_067_371


def test_a_line_becomes_an_event_with_local_time_and_its_figures(tmp_path):
    lines = [
        "536365,85123A,WHITE T-LIGHT,6,7/1/2010 8:26,2.55,17850.0,United Kingdom",
        "C536379,D,Discount,-1,12/1/2010 9:41,27.5,,Channel Islands",
        'A563185,B,"Adjust bad debt, old",1,8/12/2011 14:50,11062.06,,EIRE',
    ]
    (tmp_path / "orders.csv").write_text(HEADER + "\n".join(lines) + "\n")
    placed, cancelled, adjusted = read_events(tmp_path / "orders.csv").to_pylist()
    assert (placed["event"], cancelled["event"], adjusted["event"]) == (
        "order.placed", "order.cancelled", "order.adjusted",
    )  # fmt: skip
    assert (placed["event_time"].hour, cancelled["event_time"].hour) == (7, 9)  # summer and winter in London
    assert (placed["user_id"], placed["country"], placed["resource_id"]) == ("17850", "GB", "85123A")
    assert json.loads(placed["properties"])["revenue"] == 15.3
    assert json.loads(cancelled["properties"])["revenue"] == -27.5
    assert (cancelled["country"], adjusted["country"]) == (None, "IE")
    assert json.loads(adjusted["properties"])["description"] == "Adjust bad debt, old"


def test_a_quantity_that_is_no_number_costs_only_the_revenue(tmp_path):
    (tmp_path / "orders.csv").write_text(HEADER + "1,2,x,many,7/1/2010 8:26,2.55,1.0,France\n")
    (event,) = read_events(tmp_path / "orders.csv").to_pylist()
    assert json.loads(event["properties"]) == {
        "country_name": "France", "description": "x", "invoice": "1", "price": 2.55, "quantity": "many",
        "stock_code": "2",
    }  # fmt: skip
