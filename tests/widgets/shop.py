"""A workspace with the shipped shop log and a tiny second tenant, built once per test session."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analytics_lib import schema
from analytics_lib.datasets.published import shop_events_file
from analytics_lib.workspace import Workspace, create_workspace, open_workspace

SETTINGS = """
[workspace]
name = "test"

[tenants.shop]
title = "Shop"
synthetic = true
label = "A published log"
funnel = ["product_view", "add_to_cart", "payment_details", "gift_wrap", "purchase"]

[tenants.corner]
title = "Corner store"
time_zone = "Europe/London"

[privacy]
minimum_users = 3
"""
TYPES = {
    "string": pa.string(),
    "json": pa.string(),
    "float": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
}


def shop_frame() -> pd.DataFrame:
    """Give the shop's distinct rows with canonical names."""
    frame = pd.read_csv(shop_events_file()).drop_duplicates()
    return frame.assign(tenant_id="shop", event_time=pd.to_datetime(frame["timestamp"], utc=True),
                        device_type=frame["platform"])  # fmt: skip


def corner_frame() -> pd.DataFrame:
    """Give five people of a London store; one comes at 00:30 of local 1 June, which is 31 May in UTC."""
    times = ["2024-05-30T12:00Z", "2024-05-31T23:30Z", "2024-06-01T09:00Z", "2024-06-01T10:00Z", "2024-06-02T10:00Z"]
    return pd.DataFrame({
        "tenant_id": "corner", "user_id": list("abcde"), "event": "order.placed",
        "event_time": pd.to_datetime(times, utc=True),
    })  # fmt: skip


def canonical(frame: pd.DataFrame) -> pa.Table:
    """Fill a frame up to the columns of the event table."""
    identity = [hashlib.sha256(repr(row).encode()).hexdigest()[:32] for row in frame.itertuples(index=False)]
    full = frame.assign(
        event_id=identity, event_name=frame["event"], category="custom", day=frame["event_time"].dt.date
    )
    columns = {}
    for column in schema.COLUMNS:
        values = full[column.name] if column.name in full else pd.Series([None] * len(full), dtype=object)
        columns[column.name] = pa.array(values.astype(object).where(values.notna(), None), TYPES[column.type])
    return pa.table(columns)


def make_workspace(folder: Path) -> Workspace:
    """Write the workspace."""
    create_workspace(folder, name="test")
    (folder / "analytics.toml").write_text(SETTINGS)
    workspace = open_workspace(folder)
    for number, frame in enumerate((shop_frame(), corner_frame())):
        workspace.lake.append("events", canonical(frame), batch_id=f"batch-{number}")
    return open_workspace(folder)
