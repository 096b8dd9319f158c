"""What every analysis returns: one frozen table of numbers that can explain and show itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, wraps
from html import escape
from importlib.metadata import PackageNotFoundError, version
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, Literal, ParamSpec, TypeVar

import pandas as pd

from analytics_lib.checks import whole_number
from analytics_lib.display import format_column, format_moment
from analytics_lib.errors import ArgumentError

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics_lib.charts.chart import Chart

PeopleSource = Callable[[Mapping[str, Any]], "pa.Table"]
"""Gives the people behind one frame row, handed as ``{column: value}``."""

P = ParamSpec("P")
AnyResult = TypeVar("AnyResult", bound="Result")

SHOWN_ROWS = 40
"""Rows of the number table a display shows; the rest is counted, never hidden silently."""


@cache
def library_version() -> str:
    """Give the installed version of this library."""
    try:
        return version("analytics-lib")
    except PackageNotFoundError:  # a source tree on the path, not installed
        return "0+unknown"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a number comes from."""

    data_version: str = "in memory"
    """Snapshot of the lake, such as ``events@12``, or ``in memory`` for a handed frame."""
    start: datetime | None = None
    """Start of the range that was asked for, UTC; None = unbounded."""
    end: datetime | None = None
    """End (outside) of the range, UTC; None = unbounded."""
    observed_until: datetime | None = None
    """Moment up to which the data counted as complete, UTC."""
    library: str = field(default_factory=library_version)
    """Version of this library."""

    def __str__(self) -> str:
        """One line for the foot of a table."""
        stretch = f"{format_moment(self.start)} to {format_moment(self.end)}" if self.start or self.end else "all time"
        seen = f", complete until {format_moment(self.observed_until)}" if self.observed_until else ""
        return f"Data: {self.data_version}, {stretch}{seen} (UTC). analytics_lib {self.library}."


@dataclass(frozen=True, slots=True)
class Additive:
    """One way in which counts of a result add up, so that a hidden one could be worked out from others."""

    kind: Literal["groups", "steps", "share", "sum", "repeats", "base"]
    """What is known to hold:

    - ``groups``: rows that differ only in `along` split the same people, and their sum is known elsewhere;
    - ``steps``: rows ordered by `along` are each part of the one before, and the rest is a group too;
    - ``share``: the first of `columns` is part of the second, row by row, and the rest is a group too;
    - ``sum``: `columns` of one row add up to a number that is known elsewhere;
    - ``repeats``: rows that differ only in `along` all show the same number;
    - ``base``: of rows ordered by `along` each is the base of the rate in the next (no sum, so beside the usual ones).
    """
    columns: tuple[str, ...]
    """Columns that count people."""
    along: tuple[str, ...] = ()
    """Key columns in which the rows differ."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Question:
    """What a result answers: an analysis and all its arguments."""

    analysis: Callable[..., Any]
    """The function."""
    arguments: Mapping[str, Any]
    """Its arguments by name, defaults included."""

    def again(self, **changes: object) -> Any:
        """Ask the same again with some arguments changed."""
        return self.analysis(**{**self.arguments, **changes})


def remembered(analysis: Callable[P, AnyResult]) -> Callable[P, AnyResult]:
    """Let the results of an analysis remember what was asked, so that it can be asked again."""
    form = signature(analysis)

    @wraps(analysis)
    def ask(*given: P.args, **named: P.kwargs) -> AnyResult:
        bound = form.bind(*given, **named)
        bound.apply_defaults()
        asked = {name: list(one) if isinstance(one, Iterator) else one for name, one in bound.arguments.items()}
        return replace(analysis(**asked), question=Question(ask, asked))  # type: ignore[arg-type, call-arg]

    return ask


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result:
    """A frozen value: ``to_frame()`` is the truth, everything else is a view of it.

    A result of one row offers each column as an attribute too.
    """

    frame: pd.DataFrame
    """The numbers; use :meth:`to_frame`, which gives a copy."""
    definition: str
    """What the numbers mean, with the arguments filled in."""
    provenance: Provenance = field(default_factory=Provenance)
    """Where they come from."""
    notes: tuple[str, ...] = ()
    """What was left out and what is weak; empty when there is nothing to say."""
    key_columns: tuple[str, ...] = ()
    """Columns that name a row; :meth:`people` takes them as arguments."""
    people_source: PeopleSource | None = None
    """Gives the people behind a row; None where a number does not count people."""
    structure: tuple[Additive, ...] = ()
    """How counts add up; suppression knows the usual shapes by their columns, this names others."""
    question: Question | None = None
    """What was asked, to ask it again; None where it is not remembered."""
    shown_rows: int = SHOWN_ROWS
    """Most rows that a display shows."""

    title: ClassVar[str] = "Result"
    people_columns: ClassVar[tuple[str, ...]] = ()
    """Columns that count people; suppression works on exactly these."""
    people_fields: ClassVar[tuple[str, ...]] = ("total",)
    """Fields beside the frame that count people, where a result has them."""

    def to_frame(self) -> pd.DataFrame:
        """Give the numbers as a new frame; changing it does not change the result."""
        return self.frame.copy()

    @abstractmethod
    def plot(self) -> Chart:
        """Draw the numbers."""

    def people(
        self, *, counted: str | None = None, limit: int | None = None, offset: int = 0, **row: object
    ) -> pa.Table:
        """Give the people behind one number, as an Arrow table; exactly as many as it says.

        Parameters
        ----------
        counted
            The column that counts them, where a row counts several groups; default: the one its analysis names.
        limit, offset
            One page: at most so many people, after so many others. Pages are cut from the list sorted
            by ``user_id``, so that all pages together hold each person once.
        **row
            The row's key columns, for example ``step=2``. May be left out when the frame has one row.

        Raises
        ------
        ArgumentError
            No row, or more than one, has these keys; the number does not count people; or the page
            is no page.
        """
        people = self._behind(row if counted is None else {**row, "counted": counted})
        return people if limit is None and not offset else _page(people, limit, offset)

    def _behind(self, row: dict[str, object]) -> pa.Table:
        counted = row.pop("counted", None)
        if self.people_source is None:
            raise ArgumentError(
                f"{self.title} does not keep the people behind its numbers",
                "Run the analysis on an event table.",
            )
        if counted is not None and counted not in self.people_columns:
            raise ArgumentError(
                f"counted={counted!r} counts no people in {self.title}", f"Use {', '.join(self.people_columns)}."
            )
        return self.people_source({**self._row(row), "counted": counted})

    def _row(self, keys: Mapping[str, object]) -> dict[str, Any]:
        unknown = [name for name in keys if name not in self.frame.columns]
        if unknown:
            raise ArgumentError(
                f"{self.title} has no column {unknown[0]!r}", f"Name a row by {', '.join(self.key_columns)}."
            )
        found = self.frame
        for name, value in keys.items():
            found = found[_equals(found[name], value)]
        if len(found) != 1:
            given = ", ".join(f"{name}={value!r}" for name, value in keys.items())
            fact = f"{len(found)} rows match {given}" if given else f"no row is named, and there are {len(found)}"
            raise ArgumentError(fact, f"Name one row by {', '.join(self.key_columns)}.")
        return {str(name): value for name, value in found.iloc[0].items()}

    def __getattr__(self, name: str) -> Any:
        """Offer the columns of a one-row result as attributes."""
        frame = self.__dict__.get("frame")
        if frame is not None and len(frame) == 1 and name in frame.columns:
            return frame[name].iloc[0]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __getstate__(self) -> dict[str, Any]:
        """Leave the people, and the table of the question, behind when a result crosses to another process."""
        return {**self.__dict__, "people_source": None, "question": None}

    def __repr__(self) -> str:
        """Title, definition and the table, for logs."""
        lines = [
            f"{self.title} ({len(self.frame)} rows)",
            self.frame.to_string(max_rows=SHOWN_ROWS, index=False),
        ]
        return "\n".join([*lines, self.definition, *(f"Note: {note}" for note in self.notes), str(self.provenance)])

    def table_html(self) -> str:
        """Give the numbers as an HTML table; the first rows, with the count of those not shown."""
        shown = self.frame.head(self.shown_rows)
        words = frozenset(column for column in shown.columns if _holds_words(shown[column]))
        head = "".join(
            f'<th scope="col"{_look(column in words)}>{escape(str(column))}</th>' for column in shown.columns
        )
        body = "".join(f"<tr>{cells}</tr>" for cells in _rows(shown, words))
        left = len(self.frame) - len(shown)
        more = f'<p class="analytics-more">{left:,} more rows: use .to_frame().</p>' if left else ""
        return f'<table class="analytics-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}'

    def explanation_html(self) -> str:
        """Give definition, notes and provenance as small print."""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        listed = f'<ul class="analytics-notes">{notes}</ul>' if notes else ""
        source = f'<p class="analytics-provenance">{escape(str(self.provenance))}</p>'
        return f'<p class="analytics-definition">{escape(self.definition)}</p>{listed}{source}'

    def _repr_html_(self) -> str:
        """Give chart, number table and explanation; works in any page that loads BokehJS."""
        return (
            f'<div class="analytics-result">{self.plot().to_html()}{self.table_html()}{self.explanation_html()}</div>'
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Give the live view where a kernel can show one, and always the static forms."""
        from analytics_lib.charts.live import display_bundle

        del include, exclude  # the front end chooses; all forms are cheap
        return display_bundle(self.plot(), html=f"{self.table_html()}{self.explanation_html()}", text=repr(self))


def _page(people: pa.Table, limit: int | None, offset: int) -> pa.Table:
    first = whole_number("offset", offset)
    length = people.num_rows if limit is None else whole_number("limit", limit, at_least=1)
    names = sorted(people.column_names, key=lambda name: name != "user_id")
    return people.sort_by([(name, "ascending") for name in names]).slice(first, length)


def _rows(shown: pd.DataFrame, words: Collection[Any]) -> Iterator[str]:
    """Give the cells of each row."""
    looks = [_look(column in words) for column in shown.columns]
    texts = [format_column(str(column), shown[column]) for column in shown.columns]
    for row in zip(*texts, strict=True):
        yield "".join(f"<td{look}>{escape(text)}</td>" for look, text in zip(looks, row, strict=True))


def _look(words: bool) -> str:  # noqa: FBT001
    """Give the class that lets words begin on the left; numbers end on the right, under each other."""
    return ' class="words"' if words else ""


def _holds_words(column: pd.Series[Any]) -> bool:
    known = column.dropna()
    return isinstance(column.dtype, pd.StringDtype) or (len(known) > 0 and all(isinstance(one, str) for one in known))


def _equals(column: pd.Series[Any], value: object) -> pd.Series[bool]:
    if value is None or value != value:  # unknown groups are named by None or NaN
        return column.isna()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        value = pd.Timestamp(str(value))
        value = value.tz_localize("UTC") if value.tz is None and column.dt.tz is not None else value
    return (column == value).fillna(value=False).astype(bool)
