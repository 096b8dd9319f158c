"""A few columns of a frame as a table for readers: their words, the library's way to write numbers."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from analytics_lib.display import format_column


def table_html(frame: pd.DataFrame, headings: Mapping[str, str]) -> str:
    """Give columns of a frame as an HTML table; the first names the row.

    Parameters
    ----------
    frame
        The numbers.
    headings
        What to show: heading by column, in order.

    Examples
    --------
    >>> table_html(pd.DataFrame({"event": ["view"], "users": [1200]}), {"event": "step", "users": "people"})
    '<table><thead>...<tbody><tr><th scope="row">view</th><td>1,200</td></tr></tbody></table>'
    """
    head = "".join(f'<th scope="col"{_kind(frame[name])}>{escape(words)}</th>' for name, words in headings.items())
    first, *others = headings
    names = [f'<th scope="row">{escape(text)}</th>' for text in format_column(first, frame[first])]
    rows = zip(names, *(_cells(name, frame[name]) for name in others), strict=True)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(name: str, column: pd.Series[Any]) -> list[str]:
    words = [' class="words"' if isinstance(value, str) else "" for value in column]
    return [f"<td{kind}>{escape(text)}</td>" for kind, text in zip(words, format_column(name, column), strict=True)]


def _kind(column: pd.Series[Any]) -> str:
    return "" if pd.api.types.is_numeric_dtype(column.dtype) else ' class="words"'
