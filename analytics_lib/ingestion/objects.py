"""JSON objects become sent events: keys by mapping or spelling, circumstances lifted out, the rest properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from analytics_lib import schema
from analytics_lib.ingestion.blocks import LINE, ObjectBlock, text_column
from analytics_lib.ingestion.formats import RAW, REST
from analytics_lib.ingestion.json_text import dumps
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.rows import ALIAS_OF, spelled_columns, stamps

_CIRCUMSTANCES: Final = (
    "ip", "user_agent", "viewport_width", "url", "referrer", "country", "region", "city", "device_type", "browser",
    "browser_version", "os", "os_version", "language", "session_id", "application_id", "correlation_id", "consent",
)  # fmt: skip
"""Columns that senders also put inside the context, the device or the place."""

_NESTS: Final = {
    "context", "device", "device_info", "geo", "geolocation", "location", "page", "browser", "os", "viewport", "app",
}  # fmt: skip
"""Objects whose keys may be columns."""

_INSIDE: Final = {
    ("page", "url"): "url", ("page", "referrer"): "referrer", ("viewport", "width"): "viewport_width",
    ("browser", "name"): "browser", ("browser", "version"): "browser_version",
    ("os", "name"): "os", ("os", "version"): "os_version",
    ("device", "type"): "device_type", ("app", "id"): "application_id",
}  # fmt: skip
"""Keys that mean a column only inside a certain object."""

_JSON_COLUMNS: Final = ("properties", "context")
_PLAIN: Final = {str, int, float, bool, type(None)}


def sent_objects(block: ObjectBlock, mapping: EventMapping) -> pa.Table:
    """Give the events that JSON objects send, with every column still as sent.

    As :func:`rows.sent_events`; besides, IP address, user agent, viewport, place and device are taken out of
    a nested ``context``, ``geo`` or ``device``, and a reference such as ``user: {id: …}`` gives its id.
    """
    columns = _Columns(len(block.objects))
    rows_by_keys: dict[tuple[str, ...], list[int]] = {}
    for row, sent in enumerate(block.objects):
        rows_by_keys.setdefault(tuple(sent), []).append(row)
    plans: dict[tuple[str, ...], _Plan] = {}
    plain = not mapping.columns and mapping.properties is None
    for keys, rows in rows_by_keys.items():
        objects = [block.objects[row] for row in rows]
        if not plain or not _Plan(keys, mapping).fill(columns, rows, objects):
            for row, sent in zip(rows, objects, strict=True):
                columns.put(row, _values(sent, mapping, plans))
    for target, constant in mapping.constant_columns().items():
        columns.fill_gaps(target, constant)
    written = {target: text_column(values) for target, values in columns.values.items()}
    return pa.table({**written, LINE: pa.array(block.lines, pa.int64())})


class _Columns:
    """Columns of text under way."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.values: dict[str, list[Any]] = {}

    def put(self, row: int, values: Mapping[str, Any]) -> None:
        """Set the values of one row."""
        for name, value in values.items():
            if value is not None:
                text = type(value) is str
                self.column(RAW.get(name, name) if text else name)[row] = value if text else dumps(value)

    def column(self, name: str) -> list[Any]:
        """Give a column, made at first use."""
        if name not in self.values:
            self.values[name] = [None] * self.length
        return self.values[name]

    def fill_gaps(self, name: str, constant: str) -> None:
        """Set a constant where nothing is said."""
        self.values[name] = [constant if value is None else value for value in self.column(name)]


class _Plan:
    """Which keys of objects with the same keys mean what."""

    def __init__(self, keys: tuple[str, ...], mapping: EventMapping) -> None:
        taken = {"event_name" if target == "event" else target for target in mapping.columns}
        spelled = spelled_columns(keys, taken) if mapping.aliases else {}
        self.columns = tuple((key, column) for key, column in spelled.items() if key not in mapping.drop)
        left = {key for key, _ in self.columns} | set(mapping.drop) | stamps(keys)
        self.nests = tuple(key for key in keys if schema.snake(key) in _NESTS and key not in left)
        self.rest = tuple(key for key in keys if key not in left and key not in self.nests)

    def fill(self, columns: _Columns, rows: list[int], objects: list[dict[str, Any]]) -> bool:
        """Fill columns for objects whose values are all plain, which goes quickly; false where some are not."""
        found = {column: [sent[key] for sent in objects] for key, column in self.columns}
        properties = found.pop("properties", None)
        kinds = {kind for values in found.values() for kind in set(map(type, values))}
        own_json = set(map(type, properties or ())) <= {dict, type(None)}
        if self.nests or not own_json or not kinds <= _PLAIN or any(found.get("context", ())):
            return False
        for name, values in found.items():
            column = columns.column(name)
            for row, value in zip(rows, values, strict=True):
                column[row] = value if value is None or type(value) is str else dumps(value)
        if properties is not None or self.rest:
            written = columns.column("properties")
            for row, sent, own in zip(rows, objects, properties or [None] * len(rows), strict=True):
                beside = {key: sent[key] for key in self.rest if sent[key] is not None}
                written[row] = dumps({**beside, **own} if own else beside)
        return True


def _values(sent: dict[str, Any], mapping: EventMapping, plans: dict[tuple[str, ...], _Plan]) -> dict[str, Any]:
    values: dict[str, Any] = {target: _take(sent, path) for path, target in mapping.source_columns().items()}
    keys = tuple(sent)
    if keys not in plans:
        plans[keys] = _Plan(keys, mapping)
    plan = plans[keys]
    properties: dict[str, Any] = {}
    for key, column in plan.columns:
        _set(values, properties, column, sent[key])
    for key in plan.nests:
        _lift(values, properties, schema.snake(key), sent[key], key)
    return _with_properties(values, properties, sent, plan=plan, mapping=mapping)


def _set(values: dict[str, Any], properties: dict[str, Any], column: str, value: Any) -> None:
    if column == "context" and isinstance(value, dict):
        left: dict[str, Any] = {}
        _lift_keys(values, left, "context", value)
        values["context"] = left
    elif isinstance(value, dict) and column in _NESTS:  # browser: {name, version}
        _lift(values, properties, column, value, column)
    elif isinstance(value, dict) and column not in _JSON_COLUMNS:
        identifier = value.pop("id", None)
        values[column] = identifier
        if value:
            properties[column.removesuffix("_id")] = value
    else:
        values[column] = value


def _lift(values: dict[str, Any], properties: dict[str, Any], name: str, value: Any, key: str) -> None:
    """Take columns out of a nested object; what is left stays a property."""
    if not isinstance(value, dict):
        properties[key] = value
        return
    left: dict[str, Any] = {}
    _lift_keys(values, left, name, value)
    if left:
        properties[key] = left


def _lift_keys(values: dict[str, Any], left: dict[str, Any], name: str, nested: Mapping[str, Any]) -> None:
    for key, value in nested.items():
        spelled = schema.snake(key)
        column = _INSIDE.get((name, spelled)) or ALIAS_OF.get(spelled, ("", 0))[0]
        if isinstance(value, dict) and spelled in _NESTS:
            _lift(values, left, spelled, value, key)
        elif column in _CIRCUMSTANCES and not isinstance(value, dict | list):
            if values.get(column) is None:
                values[column] = value
        else:
            left[key] = value


def _with_properties(
    values: dict[str, Any], properties: dict[str, Any], sent: dict[str, Any], *, plan: _Plan, mapping: EventMapping
) -> dict[str, Any]:
    if mapping.properties is not None:
        rest = {name: _take(sent, path) for name, path in mapping.properties.items()}
        properties = {name: value for name, value in rest.items() if value is not None}
    else:
        properties.update((key, sent[key]) for key in plan.rest if sent.get(key) is not None)
    if properties:
        given = values.get("properties")
        if given is None or isinstance(given, dict):
            values["properties"] = {**properties, **(given or {})}
        else:
            values[REST] = properties
    return values


def _take(sent: dict[str, Any], path: str) -> Any:
    """Take the value at a dotted path out of an object; None if nothing is there."""
    if path in sent:
        return sent.pop(path)
    *way, last = path.split(".")
    place: Any = sent
    for step in way:
        place = place.get(step) if isinstance(place, dict) else None
    return place.pop(last, None) if isinstance(place, dict) else None
