"""Conditions as JSON documents and back, so that a rule can be kept and asked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from analytics_lib.behaviour.conditions import Belongs, Both, Condition, Did, Either, Has, Is, Membership, Not, Went
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.errors import ArgumentError

_PARTS: Final = {one.__name__: one for one in (Both, Either, Not, Did, Has, Went, Is, Step)}


def to_document(condition: Condition) -> dict[str, Any]:
    """Write a condition as a document of JSON values.

    Raises
    ------
    ArgumentError
        It holds something that has no form in JSON, such as a table.

    Examples
    --------
    >>> from analytics_lib.behaviour.conditions import did
    >>> condition = did("buy", within="7d") & ~did("leave")
    >>> read_document(to_document(condition)) == condition
    True
    """
    return dict(_write(condition))


def read_document(document: Mapping[str, Any], *, find: Callable[[str], Membership] | None = None) -> Condition:
    """Read a condition that was written by :func:`to_document`.

    Parameters
    ----------
    document
        What was written.
    find
        Gives a saved cohort by its name, where the condition asks for one.

    Raises
    ------
    ArgumentError
        The document is no condition, or names a cohort that is not there.
    """
    found = _read(document, find)
    if not isinstance(found, Condition):
        raise ArgumentError("the document is no condition", "Hand over what to_document(…) wrote.")
    return found


def cohorts_named(document: Any) -> set[str]:
    """Give the names of the saved cohorts that a document asks for."""
    if isinstance(document, Mapping):
        own = {document["value"]} if document.get("kind") == "cohort" else set()
        return own.union(*(cohorts_named(one) for one in document.values()))
    if isinstance(document, list):
        return set().union(*(cohorts_named(one) for one in document))
    return set()


_KINDS: Final[tuple[tuple[Any, str, Callable[[Any], Any]], ...]] = (
    (Belongs, "cohort", lambda value: value.cohort.name),
    (tuple, "tuple", list),
    (set | frozenset, "set", lambda value: sorted(value, key=str)),
    (Mapping, "mapping", lambda value: [list(pair) for pair in value.items()]),
    (timedelta, "length", lambda value: value // timedelta(microseconds=1)),
    (datetime, "moment", datetime.isoformat),
    (date, "day", date.isoformat),
)

_PLAIN: Final[Mapping[str, Callable[[Any], Any]]] = {
    "tuple": tuple,
    "set": frozenset,
    "mapping": dict,
    "length": lambda value: timedelta(microseconds=value),
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
}


def _write(value: Any) -> Any:
    """Write lists and plain values as they are, all else as ``kind`` and ``value``."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list):
        return [_write(one) for one in value]
    if type(value) in _PARTS.values():
        return {
            "kind": type(value).__name__,
            "value": {one.name: _write(getattr(value, one.name)) for one in fields(value)},
        }
    for form, kind, simpler in _KINDS:
        if isinstance(value, form):
            return {"kind": kind, "value": _write(simpler(value))}
    raise ArgumentError(f"a rule with a {type(value).__name__} can't be kept", "Save its .people, which is a list.")


def _read(value: Any, find: Callable[[str], Membership] | None) -> Any:
    if isinstance(value, list):
        return [_read(one, find) for one in value]
    if not isinstance(value, Mapping):
        return value
    kind, inside = str(value.get("kind")), value.get("value")
    if kind == "cohort" and find is not None:
        return Belongs(find(str(inside)))
    if kind in _PARTS:
        return _PARTS[kind](**{name: _read(one, find) for name, one in dict(inside or {}).items()})
    if kind in _PLAIN:
        return _PLAIN[kind](_read(inside, find))
    raise ArgumentError(f"the document holds {kind!r}, which is no part of a condition", "Make the rule again.")
