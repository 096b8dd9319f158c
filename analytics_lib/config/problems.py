"""What is wrong with the settings, in words: where it stands, what was given, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from analytics_lib.config.document import Document, KeyPath
from analytics_lib.errors import AnalyticsError, SettingsError, nearest


def explained(
    problem: ValidationError, model: type[BaseModel], document: Document, variables: Mapping[KeyPath, str]
) -> SettingsError:
    """Give one error for all that is wrong, in the order of the settings, each with its advice."""
    told = [_told(details, model, document, variables) for details in problem.errors()]
    if len(told) == 1:
        return SettingsError(*told[0])
    lines = "".join(f"\n  - {fact}. {advice}" for fact, advice in told)
    return SettingsError(f"{len(told)} settings can't be used", f"Correct these:{lines}")


def _told(
    details: ErrorDetails, model: type[BaseModel], document: Document, variables: Mapping[KeyPath, str]
) -> tuple[str, str]:
    keys = tuple(str(part) for part in details["loc"])
    place = _place(keys, document, variables)
    name = ".".join(keys)
    if details["type"] == "extra_forbidden":
        known = _known(model, keys[:-1])
        what = "setting" if len(keys) > 1 else "section"
        return f"{place}: there is no {what} {name!r}", nearest(keys[-1], known)
    if details["type"] == "missing":
        return f"{place}: {name} is missing", "Add it: it has no default."
    said, advice = _said(details)
    return f"{place}: {name} = {_written(details['input'])} {said}", advice


def _place(keys: KeyPath, document: Document, variables: Mapping[KeyPath, str]) -> str:
    for setting, variable in variables.items():
        if setting[: len(keys)] == keys or keys[: len(setting)] == setting:
            return f"environment variable {variable}"
    line = document.line_of(keys)
    return f"{document.path}, line {line}" if line else str(document.path)


def _said(details: ErrorDetails) -> tuple[str, str]:
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, AnalyticsError):
        return "can't be used", cause.advice
    if details["type"] == "literal_error":
        allowed = str(context["expected"]).replace("'", '"')
        return "is not allowed", f"Allowed: {allowed}."
    return "can't be used", _advice(details["type"], context) or f"{details['msg']}."


def _advice(kind: str, context: Mapping[str, Any]) -> str:
    """Say in our words what pydantic asks for."""
    if kind == "greater_than_equal":
        return f"Give a whole number of at least {context['ge']}."
    if kind == "less_than_equal":
        return f"Give a whole number of at most {context['le']}."
    words = {
        "int": "Give a whole number.",
        "bool": "Write true or false.",
        "string": "Write a text in quotes, not empty.",
        "dict": "Make it a table, with keys below its [header].",
        "model": "Make it a table, with keys below its [header].",
    }
    return words.get(kind.partition("_")[0], "")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _known(model: type[BaseModel], keys: KeyPath) -> list[str]:
    """Give the names that may stand at a place in the settings."""
    inner: Any = model
    for key in keys:
        if isinstance(inner, type) and issubclass(inner, BaseModel) and key in inner.model_fields:
            inner = inner.model_fields[key].annotation
        else:
            inner = next((part for part in reversed(get_args(inner))), inner)  # the value type of a dict
        inner = _without_none(inner)
    return list(inner.model_fields) if isinstance(inner, type) and issubclass(inner, BaseModel) else []


def _without_none(annotation: Any) -> Any:
    """Give the type behind ``X | None``."""
    parts = get_args(annotation)
    return next(part for part in parts if part is not type(None)) if type(None) in parts else annotation
