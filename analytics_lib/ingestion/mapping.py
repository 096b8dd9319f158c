"""How a file's own columns become the canonical ones: a small file in TOML or YAML, or a dictionary."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from analytics_lib import checks, periods, schema
from analytics_lib.errors import ArgumentError, SourceError, nearest
from analytics_lib.ingestion.times import UNITS

TARGETS: Final = tuple(dict.fromkeys((*schema.COLUMN_ALIASES, "event")))
"""What a source column can become; ``event`` is short for ``event_name``."""

IDENTITIES: Final = ("content", "row")
"""What makes two events without an id the same: equal content, or being the same row of the same file."""

TYPES: Final = ("auto", "text", "number", "boolean")
"""How a property of a text file is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMapping:
    """What each part of a source becomes; whatever it does not name goes by the known spellings.

    Examples
    --------
    >>> EventMapping(columns={"event_name": "What", "user_id": "Who"}, time_zone="Europe/London").identity
    'content'
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    """``{canonical column: source column}``; in JSON a dotted path such as ``user.id`` reaches inside."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """``{canonical column: value}`` for every row that has none."""
    properties: Mapping[str, str] | None = None
    """``{property: source column}``; None keeps every column not used otherwise, under its own name."""
    drop: tuple[str, ...] = ()
    """Source columns that are left behind."""
    events: Mapping[str, str] = field(default_factory=dict)
    """``{sent name: name to take}``."""
    types: Mapping[str, str] = field(default_factory=dict)
    """``{property: text | number | boolean}``; else numbers and truth values are told by their look."""
    time_unit: str = "auto"
    """Unit of numbers that are times: s, ms, us, ns; auto tells them apart by size."""
    time_zone: str = "UTC"
    """Zone of clock times that name none."""
    time_format: str | None = None
    """Pattern of times that are not ISO 8601, as in ``strptime``."""
    identity: str = "content"
    """``content``: equal rows without an id are one event; ``row``: each row is an event."""
    aliases: bool = True
    """Whether columns that are not named are recognised by their spelling."""

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        for part in ("columns", "constants"):
            for target in getattr(self, part):
                _known(part, target, TARGETS)
        for name, kind in self.types.items():
            checks.one_of(f"types.{name}", kind, TYPES)
        checks.one_of("time.unit", self.time_unit, UNITS)
        checks.one_of("identity", self.identity, IDENTITIES)
        periods.zone(self.time_zone)

    def source_columns(self) -> dict[str, str]:
        """Give ``{source column: canonical column}``, with ``event`` written out."""
        return {source: "event_name" if target == "event" else target for target, source in self.columns.items()}

    def constant_columns(self) -> dict[str, str]:
        """Give the constants, with ``event`` written out."""
        return {"event_name" if target == "event" else target: str(value) for target, value in self.constants.items()}


MappingLike = EventMapping | Mapping[str, Any] | str | Path
"""A mapping, a dictionary of the same shape as the file, or the path of the file."""


def read_mapping(given: MappingLike | None) -> EventMapping:
    """Give the mapping in a TOML or YAML file or a dictionary; None gives the one that only knows spellings.

    The file has the tables ``[columns]``, ``[constants]``, ``[properties]``, ``[events]``, ``[types]`` and
    ``[time]`` (``unit``, ``zone``, ``format``), and the keys ``drop`` and ``identity``.

    Raises
    ------
    SourceError
        The file is not there or is neither TOML nor YAML.
    ArgumentError
        It says something that is not understood; the message names the key and the nearest known one.

    Examples
    --------
    >>> read_mapping({"columns": {"user_id": "Customer ID"}, "time": {"zone": "Europe/London"}}).time_zone
    'Europe/London'
    """
    if isinstance(given, EventMapping):
        return given
    content = dict(given) if isinstance(given, Mapping) else ({} if given is None else _content(Path(given)))
    time = content.pop("time", {})
    if not isinstance(time, Mapping):
        raise ArgumentError(f"time={time!r} is no table", 'Write it as [time] with zone = "Europe/London".')
    for key, value in time.items():
        content[f"time_{_known('time', key, ('unit', 'zone', 'format'))}"] = value
    for key in content:
        _known("the mapping", key, tuple(item.name for item in fields(EventMapping)))
    content["drop"] = checks.names("drop", content.get("drop"))
    return EventMapping(**{key: _checked(key, value) for key, value in content.items()})


def _content(path: Path) -> dict[str, Any]:
    try:
        text = path.expanduser().read_text(encoding="utf-8")
        if path.suffix.lower() in {".yaml", ".yml"}:
            import yaml

            parsed = yaml.safe_load(text)
        else:
            parsed = tomllib.loads(text)
    except FileNotFoundError as problem:
        raise SourceError(f"there is no mapping file {str(path)!r}", "Check the path.") from problem
    except (OSError, ValueError) as problem:
        raise SourceError(f"the mapping {path.name} can't be read: {problem}", "Write it in TOML or YAML.") from problem
    except Exception as problem:  # YAML's own errors share no base with ValueError
        raise SourceError(f"the mapping {path.name} is no YAML: {problem}", "Mend the line it names.") from problem
    if not isinstance(parsed, dict):
        raise ArgumentError(f"the mapping {path.name} holds no tables", "Begin with [columns].")
    return parsed


def _known(place: str, key: str, known: tuple[str, ...]) -> str:
    if key not in known:
        raise ArgumentError(f"{place} has {key!r}, which is not known", nearest(str(key), known))
    return key


def _checked(key: str, value: Any) -> Any:
    if key in {"columns", "constants", "properties", "events", "types"} and value is not None:
        if not isinstance(value, Mapping):
            raise ArgumentError(f"{key}={value!r} is no table of names", f"Write it as [{key}] with name = value.")
        return {str(name): str(entry) for name, entry in value.items()}
    return value
