"""The typed parameter contract of a notebook: one declaration for command line, schedule, URL and widgets.

The contract is the notebook's cell tagged ``parameters``: plain annotated assignments, one a line::

    tenant_id: str = "shop"                              # whose data
    start: date | None = "2024-05-13"                    # first day; empty = four weeks before the end
    kind: Literal["all", "mobile"] = "all"
    steps: list[str] = ["cart", "purchase"]

It is read with ``ast``; nothing is run and no kernel is needed to refuse a wrong value. Text from a
command line or a URL and native values from TOML meet the same check and get the same message.
In the notebook dates and times are ISO text, as in the declaration itself.
"""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from analytics_lib.errors import ParameterError, nearest

_SECRET = re.compile(r"(^|_)(password|passwd|secret|token|api_key|access_key|private_key|credentials?)$")
_BOOLEANS: Final = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_PLAIN: Final = ("str", "int", "float", "bool", "date", "datetime")
_SAID: Final = {
    "str": ("text", 'text, like "shop"'),
    "int": ("a whole number", "a whole number, like 42"),
    "float": ("a number", "a finite number, like 0.5"),
    "bool": ("true or false", "true or false"),
    "date": ("a day", "an ISO day, like 2024-05-13"),
    "datetime": ("a moment", "an ISO moment, like 2024-05-13T08:00:00Z"),
}
_CELL_MARK = re.compile(r"^# %%(?P<head>.*)$", re.MULTILINE)
_TAGS = re.compile(r"tags=(\[[^\]]*\])")


class _RefusedError(Exception):
    """Internal: a value does not fit its kind; the message says what it is not."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What values a parameter takes."""

    name: str
    """``str``, ``int``, ``float``, ``bool``, ``date``, ``datetime``, ``choice`` or ``list``."""
    choices: tuple[str | int | bool, ...] = ()
    """The allowed values of a ``choice``."""
    item: Kind | None = None
    """The kind of each entry of a ``list``."""
    optional: bool = False
    """Whether None is a value too; its text form is the empty text."""

    def __str__(self) -> str:
        """Write the kind as its annotation."""
        if self.name == "choice":
            written = f"Literal[{', '.join(repr(choice) for choice in self.choices)}]"
        else:
            written = f"list[{self.item}]" if self.item else self.name
        return f"{written} | None" if self.optional else written


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook, as its ``parameters`` cell declares it."""

    name: str
    """Name of the variable."""
    kind: Kind
    """What values it takes."""
    default: Any
    """Value when none is given, already of its kind (a date is a ``date``)."""
    help: str = ""
    """The comment behind the declaration."""

    def __str__(self) -> str:
        """Write the declaration on one line, as in the notebook."""
        comment = f"  # {self.help}" if self.help else ""
        return f"{self.name}: {self.kind} = {encode(self.default)}{comment}"


def read_parameters(notebook: Path | str) -> tuple[Parameter, ...]:
    """Read which parameters a notebook takes; none when it has no ``parameters`` cell.

    Parameters
    ----------
    notebook
        An ``.ipynb`` file or its ``py:percent`` text (``.py``).

    Raises
    ------
    ParameterError
        The file can't be read, two cells carry the tag, or a line breaks the contract.
    """
    path = Path(notebook)
    try:
        text = path.read_text(encoding="utf-8")
        cells = list(_cells_of_json(text) if path.suffix == ".ipynb" else _cells_of_text(text))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as problem:
        raise ParameterError(f"{path.name} can't be read as a notebook: {problem}", "Check the path.") from problem
    if len(cells) > 1:
        raise ParameterError(f"{path.name} has {len(cells)} cells tagged 'parameters'", "Keep one.")
    return parse_parameters(cells[0], where=path.name) if cells else ()


def _cells_of_json(text: str) -> Iterator[str]:
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code" and "parameters" in cell.get("metadata", {}).get("tags", []):
            yield "".join(cell["source"])


def _cells_of_text(text: str) -> Iterator[str]:
    marks = list(_CELL_MARK.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        tags = _TAGS.search(mark["head"])
        if tags and "parameters" in json.loads(tags[1]):
            yield text[mark.end() : following.start() if following else None]


def parse_parameters(source: str, *, where: str = "the parameters cell") -> tuple[Parameter, ...]:
    """Read the parameters that a piece of source declares; nothing is run.

    Imports and a docstring are passed over; an assignment without annotation takes the type of its value.

    Raises
    ------
    ParameterError
        A line is not a plain assignment, a type is not known, or a default does not fit its type.

    Examples
    --------
    >>> [day] = parse_parameters('day: date = "2024-05-01"  # first day shown')
    >>> day.name, day.default, day.help
    ('day', datetime.date(2024, 5, 1), 'first day shown')
    """
    try:
        body = ast.parse(source).body
        comments = _comments(source)
    except (SyntaxError, ValueError, tokenize.TokenError) as problem:
        raise ParameterError(
            f"{where}: the parameters cell is not Python ({problem})", "Keep plain assignments there."
        ) from problem
    found: dict[str, Parameter] = {}
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node):
            continue
        parameter = _declared(node, comments, f"{where}, line {node.lineno} of the parameters cell")
        if parameter.name in found:
            raise ParameterError(f"{where}: the parameter {parameter.name} is declared twice", "Keep one of them.")
        found[parameter.name] = parameter
    return tuple(found.values())


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").rstrip() for token in tokens if token.type == tokenize.COMMENT}


def _declared(node: ast.stmt, comments: Mapping[int, str], where: str) -> Parameter:
    target, annotation, value = _assignment(node, where)
    if _SECRET.search(target.lower()):
        advice = "Parameters stand in clear in every copy of the notebook; read secrets from the environment."
        raise ParameterError(f"{where}: {target} looks like a secret", advice)
    try:
        default = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError) as problem:
        advice = "Write a plain value; derive others in the next cell, which sees the values given."
        raise ParameterError(
            f"{where}: the default of {target} is computed ({ast.unparse(value)})", advice
        ) from problem
    kind = _kind(annotation, where) if annotation is not None else _kind_of_value(default, target, where)
    comment = comments.get(node.end_lineno or node.lineno, comments.get(node.lineno, ""))
    parameter = Parameter(target, kind, default, comment)
    return Parameter(target, kind, _fitted(parameter, default, f"{where}: the default of "), comment)


def _assignment(node: ast.stmt, where: str) -> tuple[str, ast.expr | None, ast.expr]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
            return name, annotation, value
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, None, value
        case ast.AnnAssign(target=ast.Name(id=name)):
            raise ParameterError(f"{where}: {name} has no default", "Give one, so the notebook runs as it is.")
    advice = "Keep one 'name: type = default  # help' a line; other code belongs in the next cell."
    raise ParameterError(f"{where}: {ast.unparse(node)[:60]!r} is not a parameter", advice)


def _kind(node: ast.expr, where: str) -> Kind:
    match node:
        case ast.Constant(value=str() as text):  # a quoted annotation
            return _kind(ast.parse(text, mode="eval").body, where)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _PLAIN:
            return Kind(name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return _optional(_kind(left, where), where)
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
            return _optional(_kind(right, where), where)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            made = _generic(name, inner, where)
            if made is not None:
                return made
    advice = "Use str, int, float, bool, date, datetime, Literal[…], list[…], or one of them with '| None'."
    raise ParameterError(f"{where}: the type {ast.unparse(node)} is not known here", advice)


def _generic(name: str, inner: ast.expr, where: str) -> Kind | None:
    entries = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
    if name == "Optional" and len(entries) == 1:
        return _optional(_kind(inner, where), where)
    if name == "Union" and len(entries) == 2:
        return _kind(ast.BinOp(entries[0], ast.BitOr(), entries[1]), where)
    if name in {"list", "List"} and len(entries) == 1:
        item = _kind(inner, where)
        return None if item.optional or item.item else Kind("list", item=item)
    if name == "Literal" and all(isinstance(entry, ast.Constant) for entry in entries):
        values = [entry.value for entry in entries if isinstance(entry, ast.Constant)]
        choices = tuple(value for value in values if isinstance(value, str | int))
        none = None in values
        texts = {to_text(choice) for choice in choices} | ({""} if none else set())
        if choices and len(texts) == len(values) == len(choices) + none:  # each is told apart by its text
            return Kind("choice", choices=choices, optional=none)
    return None


def _optional(kind: Kind, where: str) -> Kind:
    if "" in kind.choices:
        raise ParameterError(f"{where}: the empty text is a choice and also means None", "Drop one of them.")
    return Kind(kind.name, kind.choices, kind.item, optional=True)


def _kind_of_value(value: object, name: str, where: str) -> Kind:
    if isinstance(value, bool | int | float | str):
        return Kind(type(value).__name__)
    if isinstance(value, list) and value:
        return Kind("list", item=_kind_of_value(value[0], name, where))
    advice = f"Write '{name}: type = default'."
    raise ParameterError(f"{where}: the type of {name} = {value!r} can't be told", advice)


def validate(parameters: Iterable[Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    r"""Give every parameter its typed value: the one given, checked, else the default.

    Parameters
    ----------
    parameters
        The contract, from :func:`read_parameters`.
    given
        Text (command line, URL) or native values (TOML, widgets) by name. A list is text with commas,
        a JSON array, or a sequence; None is the empty text.

    Returns
    -------
    dict
        All parameters in the order of the contract; days are ``date``, moments aware UTC ``datetime``.

    Raises
    ------
    ParameterError
        An unknown name (with the nearest), or a value that does not fit; the same message everywhere.

    Examples
    --------
    >>> contract = parse_parameters('zip_code: str = "00000"\nn: int = 1')
    >>> validate(contract, {"zip_code": "00123"})
    {'zip_code': '00123', 'n': 1}
    """
    contract = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in contract:
            raise ParameterError(f"there is no parameter {name!r}", nearest(name, contract))
    return {
        name: _fitted(parameter, given[name], "parameter ") if name in given else parameter.default
        for name, parameter in contract.items()
    }


def _fitted(parameter: Parameter, value: object, where: str) -> Any:
    try:
        return _fit(parameter.kind, value)
    except _RefusedError as refusal:
        shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:77]}…"
        raise ParameterError(f"{where}{parameter.name}={shown} {refusal}", f"{_advice(parameter)}") from None


def _advice(parameter: Parameter) -> str:
    kind = parameter.kind
    if kind.name == "choice":
        wanted = f"one of {', '.join(repr(choice) for choice in kind.choices)}"
    elif kind.item:
        wanted = 'entries with commas between them, or a JSON array like ["a", "b"]'
    else:
        wanted = _SAID[kind.name][1]
    nothing = ", or leave it empty" if kind.optional else ""
    about = f" ({parameter.name}: {parameter.help})" if parameter.help else ""
    return f"Give {wanted}{nothing}{about}."


def _fit(kind: Kind, value: object) -> Any:
    if kind.optional and (value is None or value == ""):
        return None
    if kind.name == "list" and kind.item:
        return _fit_list(kind.item, value)
    if kind.name == "choice":
        return _fit_choice(kind, value)
    fitted = _from_text(kind.name, value) if isinstance(value, str) else _from_native(kind.name, value)
    if fitted is None:
        raise _RefusedError(f"is not {_SAID[kind.name][0]}")
    return fitted


def _fit_list(item: Kind, value: object) -> list[Any]:
    if isinstance(value, str):
        value = _split(value)
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise _RefusedError("is not a list")
    return [_fit(item, entry) for entry in value]


def _split(text: str) -> list[Any]:
    if not text.strip().startswith("["):
        return [entry.strip() for entry in text.split(",")] if text.strip() else []
    try:
        return list(json.loads(text))
    except ValueError:
        raise _RefusedError("begins like a JSON array but is not one") from None


def _fit_choice(kind: Kind, value: object) -> Any:
    for choice in kind.choices:  # 1 and True are equal in Python, but not the same answer
        if value == choice and type(value) is type(choice):
            return choice
    for choice in kind.choices:
        if isinstance(value, str) and not isinstance(choice, str) and value.lower() == str(choice).lower():
            return choice
    raise _RefusedError("is not one of the choices")


def _from_text(kind: str, text: str) -> Any:
    if kind == "str":
        return text
    try:
        return _READERS[kind](text.strip())
    except (ValueError, OverflowError):
        return None


def _from_native(kind: str, value: object) -> Any:
    if isinstance(value, bool):
        return value if kind == "bool" else None
    if isinstance(value, int) and kind in {"int", "float"}:
        return _exact_float(value) if kind == "float" else value
    if isinstance(value, float) and kind == "float":
        return _finite(value)
    if isinstance(value, datetime):  # before date: a datetime is a date too, but not a day
        return _utc(value) if kind == "datetime" else None
    if isinstance(value, date):
        return {"date": date(value.year, value.month, value.day), "datetime": _midnight(value)}.get(kind)
    return None


def _exact_float(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _utc(when: datetime) -> datetime:
    aware = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return datetime.fromisoformat(aware.astimezone(UTC).isoformat())  # a plain datetime, whatever came in


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "int": lambda text: int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else None,
    "float": lambda text: _finite(float(text)) if text.isascii() and "_" not in text else None,
    "bool": lambda text: _BOOLEANS.get(text.lower()),
    "date": lambda text: date.fromisoformat(text) if len(text) == 10 else None,
    "datetime": lambda text: _utc(datetime.fromisoformat(text)),
}


def wire_value(value: Any) -> Any:
    """Give a typed value as the notebook sees it: days and moments as ISO text, the rest unchanged.

    Examples
    --------
    >>> wire_value(date(2024, 5, 1)), wire_value([1, 2])
    ('2024-05-01', [1, 2])
    """
    if isinstance(value, list | tuple):
        return [wire_value(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def encode(value: Any) -> str:
    r"""Write a typed value as the Python literal that enters the notebook.

    Raises
    ------
    ParameterError
        The value has no literal of a parameter's kind.

    Examples
    --------
    >>> encode(date(2024, 5, 1)), encode("it's"), encode([True, None])
    ("'2024-05-01'", '"it\'s"', '[True, None]')
    """
    plain = wire_value(value)
    if isinstance(plain, list):
        return f"[{', '.join(encode(entry) for entry in plain)}]"
    if plain is None or isinstance(plain, bool | int | str) or (isinstance(plain, float) and math.isfinite(plain)):
        return ascii(plain)  # escapes whatever an editor or a terminal could change
    raise ParameterError(f"{value!r} can't be written into a notebook", "Give text, numbers, days, or lists of them.")


def to_text(value: Any) -> str:
    """Write a typed value as the text of a command line or a URL; :func:`validate` reads it back unchanged.

    Examples
    --------
    >>> to_text(None), to_text(True), to_text(["a", "b"]), to_text(["a,b"])
    ('', 'true', 'a,b', '["a,b"]')
    """
    plain = wire_value(value)
    if plain is None:
        return ""
    if isinstance(plain, list):
        entries = [to_text(entry) for entry in plain]
        plainly = all(entry and entry == entry.strip() and not set(entry) & set(',["') for entry in entries)
        return ",".join(entries) if entries and plainly else json.dumps(plain)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def to_json_schema(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Give the contract as a JSON Schema (draft 2020-12) of the object of all parameters.

    Examples
    --------
    >>> to_json_schema(parse_parameters("n: int = 1"))["properties"]
    {'n': {'type': 'integer', 'default': 1}}
    """
    properties = {}
    for parameter in parameters:
        described = {"description": parameter.help} if parameter.help else {}
        properties[parameter.name] = {
            **_schema(parameter.kind),
            "default": wire_value(parameter.default),
            **described,
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _schema(kind: Kind) -> dict[str, Any]:
    if kind.name == "choice":
        made: dict[str, Any] = {"enum": list(kind.choices)}
    elif kind.item:
        made = {"type": "array", "items": _schema(kind.item)}
    else:
        made = {
            "str": {"type": "string"},
            "int": {"type": "integer"},
            "float": {"type": "number"},
            "bool": {"type": "boolean"},
            "date": {"type": "string", "format": "date"},
            "datetime": {"type": "string", "format": "date-time"},
        }[kind.name].copy()
    return {"anyOf": [made, {"type": "null"}]} if kind.optional else made
