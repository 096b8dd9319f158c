"""Order lines of the Online Retail II set: each line an event, cancellations and adjustments told apart."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion import json_text
from analytics_lib.ingestion.blocks import LINE, Block
from analytics_lib.ingestion.formats import Format, Sample, SentBlock
from analytics_lib.ingestion.mapping import EventMapping

_COLUMNS: Final = {"Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"}

COUNTRY_CODES: Final = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Bermuda": "BM", "Brazil": "BR",
    "Canada": "CA", "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "Finland": "FI",
    "France": "FR", "Germany": "DE", "Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL",
    "Italy": "IT", "Japan": "JP", "Korea": "KR", "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT",
    "Netherlands": "NL", "Nigeria": "NG", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA",
    "Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "Thailand": "TH",
    "USA": "US", "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip
"""ISO 3166 codes of the set's country names; Channel Islands, West Indies … are no single country."""


def _recognises(sample: Sample) -> bool:
    return sample.kind == "delimited" and sample.columns >= _COLUMNS


def _translate(block: Block, mapping: EventMapping) -> SentBlock:
    del mapping  # times and identity are applied later; the columns are these
    rows = block.rows
    country = rows["Country"].combine_chunks()
    events = pa.table({
        "event_name": _event(rows["Invoice"].combine_chunks()),
        "event_time": rows["InvoiceDate"],
        "user_id": pc.replace_substring_regex(rows["Customer ID"], r"\.0$", ""),
        "resource_type": pa.repeat(pa.scalar("product"), rows.num_rows),
        "resource_id": rows["StockCode"],
        "country": _codes(country),
        "properties": _properties(rows, country),
        LINE: rows[LINE],
    })  # fmt: skip
    return SentBlock(events, block.broken)


def _event(invoice: Any) -> Any:
    """Tell events by the invoice: C… takes goods back, A… adjusts a bad debt."""
    first = pc.utf8_slice_codeunits(invoice, 0, 1)
    known = pc.if_else(pc.equal(first, "C"), "order.cancelled", "order.placed")
    return pc.if_else(pc.equal(first, "A"), "order.adjusted", known)


def _codes(country: Any) -> Any:
    coded = country.dictionary_encode()
    codes = [COUNTRY_CODES.get(name) for name in coded.dictionary.to_pylist()]
    return pa.array(codes, pa.string()).take(coded.indices)


def _properties(rows: pa.Table, country: Any) -> Any:
    written = {
        "country_name": json_text.literals(country, "text"),
        "description": json_text.literals(rows["Description"], "text"),
        "invoice": json_text.literals(rows["Invoice"], "text"),
        "price": json_text.literals(rows["Price"], "number"),
        "quantity": json_text.literals(rows["Quantity"], "number"),
        "revenue": _revenue(rows),
        "stock_code": json_text.literals(rows["StockCode"], "text"),
    }
    return json_text.objects(written, rows.num_rows)


def _revenue(rows: pa.Table) -> Any:
    """Quantity times price, in the file's own currency (pounds); unknown where either is no number."""
    import numpy as np

    quantity, price = (_numbers(rows[name]) for name in ("Quantity", "Price"))
    revenue = np.round(pc.multiply(quantity, price).to_numpy(zero_copy_only=False), 2)
    return json_text.literals(pa.array(revenue, from_pandas=True))


def _numbers(texts: Any) -> Any:
    """Read numbers; unknown where a text is none."""
    import pandas as pd

    try:
        return texts.combine_chunks().cast(pa.float64())
    except pa.ArrowInvalid:
        read = pd.to_numeric(pd.Series(texts.to_pylist(), dtype=object), errors="coerce")
        return pa.array(read, pa.float64(), from_pandas=True)


RETAIL: Final = Format(
    name="retail",
    title="order lines of Online Retail II (CSV): Invoice, StockCode, Quantity, InvoiceDate, Price, Customer ID …",
    kind="delimited",
    recognises=_recognises,
    mapping=EventMapping(time_zone="Europe/London", time_format="%m/%d/%Y %H:%M", identity="row"),
    translate=_translate,
)
"""1,067,371 lines; equal lines are real (two of the same in one order), so identity is by row."""
