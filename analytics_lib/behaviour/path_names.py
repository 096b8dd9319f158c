"""What the nodes of a path are called: left out, kept, or brought under one name by patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import translate
from typing import Final

from analytics_lib.errors import ArgumentError

START: Final = "(start)"
END: Final = "(end)"
OTHER: Final = "(other)"
"""Names of the nodes that are no events."""


def cleaned_names(
    names: Iterable[str | None],
    *,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
) -> list[str | None]:
    """Give each name its name in the path; None = the event is passed over.

    Parameters
    ----------
    include, exclude
        Patterns: wildcards such as ``"product_*"``, or regular expressions such as ``"/^page[.]/"``.
    rename
        New name by pattern; the first that fits wins. The name may take groups of a regular expression.

    Raises
    ------
    ArgumentError
        A regular expression is broken.

    Examples
    --------
    >>> cleaned_names(["product_1", "product_2", "ping"], exclude=["ping"], rename={"product_*": "product"})
    ['product', 'product', None]
    """
    kept = None if include is None else [compiled(pattern) for pattern in include]
    dropped = [compiled(pattern) for pattern in exclude]
    renamed = [(compiled(pattern), pattern, name) for pattern, name in (rename or {}).items()]
    answer: list[str | None] = []
    for name in names:
        if (
            name is None
            or any(one.search(name) for one in dropped)
            or (kept is not None and not any(one.search(name) for one in kept))
        ):
            answer.append(None)
        else:
            answer.append(_new_name(name, renamed))
    return answer


def compiled(pattern: str) -> re.Pattern[str]:
    """Give the regular expression of a wildcard (whole name), or of ``/…/`` (anywhere in it).

    Examples
    --------
    >>> bool(compiled("page.*").search("page.view")), bool(compiled("/view$/").search("page.view"))
    (True, True)
    """
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        try:
            return re.compile(pattern[1:-1])
        except re.error as problem:
            raise ArgumentError(f"the pattern {pattern!r} is broken: {problem}", "Mend the expression.") from problem
    return re.compile(rf"\A{translate(pattern)}")


def _new_name(name: str, renamed: list[tuple[re.Pattern[str], str, str]]) -> str:
    for expression, pattern, new in renamed:
        found = expression.search(name)
        if found:
            return found.expand(new) if pattern.startswith("/") else new
    return name
