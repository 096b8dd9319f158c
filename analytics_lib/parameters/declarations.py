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
import re
import tokenize
from collections.abc import Mapping
from typing import Final

from analytics_lib.errors import ParameterError
from analytics_lib.parameters.kinds import Kind, Parameter
from analytics_lib.parameters.texts import to_text
from analytics_lib.parameters.validation import fitted

_SECRET = re.compile(r"(^|_)(password|passwd|secret|token|api_key|access_key|private_key|credentials?)$")
_PLAIN: Final = ("str", "int", "float", "bool", "date", "datetime")


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
    return Parameter(target, kind, fitted(parameter, default, f"{where}: the default of "), comment)


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
