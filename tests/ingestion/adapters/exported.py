"""Small exports in the documented shape of other products."""

from __future__ import annotations

import json
from pathlib import Path

from analytics_lib.ingestion.files import read_events


def read(folder: Path, *objects: object, as_list: bool = False):
    """Write objects as an export, read it by recognition, give (events, receipt); properties parsed."""
    text = json.dumps(list(objects)) if as_list else "\n".join(json.dumps(item) for item in objects)
    (folder / "export.json").write_text(text + "\n")
    events, receipt = read_events(folder / "export.json", return_receipt=True)
    rows = [{**row, "said": json.loads(row["properties"])} for row in events.to_pylist()]
    return rows, receipt
