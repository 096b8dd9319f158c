"""Small event tables for the tests of the lake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

FIRST_DAY = datetime(2024, 5, 13, tzinfo=UTC)


def make_rows(count: int, *, start: int = 0, days: int = 3, tenant_id: str = "shop") -> pa.Table:
    """Make `count` events whose ids are numbered from `start`; the same arguments give the same rows."""
    numbers = np.arange(start, start + count)
    times = [FIRST_DAY + timedelta(seconds=int(n) % days * 86_400 + int(n) * 977 % 86_400) for n in numbers]
    return pa.table(
        {
            "event_id": pa.array([f"e{n:08d}" for n in numbers]),
            "tenant_id": pa.array([tenant_id] * count),
            "event": pa.array([("page.view", "order.placed")[n % 2] for n in numbers]),
            "event_name": pa.array([("page_view", "order_placed")[n % 2] for n in numbers]),
            "event_time": pa.array(times, pa.timestamp("us", "UTC")),
            "client_time": pa.array(times, pa.timestamp("us", "UTC")),
            "user_id": pa.array([f"u{n % 7}" for n in numbers]),
            "properties": pa.array([f'{{"amount":{n}}}' for n in numbers]),
        }
    )


def changed(rows: pa.Table, column: str, value: object) -> pa.Table:
    """Give the same rows with one column replaced by one value."""
    place = rows.column_names.index(column)
    return rows.set_column(place, column, pa.array([value] * rows.num_rows, rows.schema.field(column).type))
