"""Named groups of people: saved lists, and conditions that can be asked again as of any moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.conditions import Condition, people_table, read_condition
from analytics_lib.behaviour.past import open_past
from analytics_lib.engine.tables import AnyTable, Table, as_table
from analytics_lib.errors import ArgumentError, SourceError
from analytics_lib.periods import Moment
from analytics_lib.results import Provenance


@dataclass(frozen=True, eq=False)
class Cohort:
    """A named group of people, with what made it and when."""

    name: str
    """What people call it."""
    people: pa.Table
    """``user_id`` (and ``tenant_id``) of each member, once, sorted."""
    definition: str
    """How membership was decided."""
    as_of: datetime | None = None
    """Moment the condition was asked for; None = a list that was handed over."""
    condition: Condition | None = None
    """What can be asked again; None = a list."""
    provenance: Provenance = field(default_factory=Provenance)
    """Data the members come from."""

    def __len__(self) -> int:
        return int(self.people.num_rows)

    @property
    def dynamic(self) -> bool:
        """Whether membership can be asked again as of another moment."""
        return self.condition is not None

    def events(self, events: AnyTable) -> Table:
        """Give the events of the members, as they are members *now*, whatever they were then."""
        table = as_table(events, ["user_id"], analysis="cohort")
        same = [name for name in ("tenant_id", "user_id") if name in self.people.column_names and name in table.columns]
        return table.semi_join(ibis.memtable(self.people), same)

    def again(self, events: AnyTable, *, as_of: Moment | None = None) -> Cohort:
        """Ask the condition again as of another moment; default: just after the newest event.

        Raises
        ------
        ArgumentError
            The cohort is a list: it can't be asked again.
        """
        if self.condition is None:
            raise ArgumentError(f"cohort {self.name!r} is a list of people", "Make it with a condition.")
        return cohort(events, self.condition, as_of=as_of, name=self.name)

    def then_and_now(self, events: AnyTable, *, then: Moment, now: Moment | None = None) -> pd.DataFrame:
        """Tell who was a member then, is one now, stayed, left and joined.

        Membership *now* laid over history rewrites it; this says by how much.

        Raises
        ------
        ArgumentError
            The cohort is a list: it can't be asked again.
        """
        before, after = self.again(events, as_of=then), self.again(events, as_of=now)
        first, second = ({tuple(row.values()) for row in one.people.to_pylist()} for one in (before, after))
        rows = [
            ("then", len(first)),
            ("stayed", len(first & second)),
            ("left", len(first - second)),
            ("joined", len(second - first)),
            ("now", len(second)),
        ]
        return pd.DataFrame(rows, columns=["membership", "users"]).astype({"users": "Int64"})

    def write(self, path: str | Path) -> Path:
        """Write the members as CSV with a header, or as Parquet, by the ending of the file's name."""
        target = Path(path)
        if target.suffix == ".parquet":
            from pyarrow import parquet

            parquet.write_table(self.people, target)
        else:
            self.people.to_pandas().to_csv(target, index=False)
        return target


def cohort(events: AnyTable, condition: object, *, as_of: Moment | None = None, name: str) -> Cohort:
    """Give the people a condition is true of as of a moment, as a named cohort.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time`` and what the condition asks for.
    condition
        See :mod:`analytics_lib.behaviour.conditions`; an event name means having done it.
    as_of
        Only events before this moment are known; default: just after the newest event.
    name
        What people call it.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"], "event": ["view", "buy", "view"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03"]),
    ... })
    >>> buyers = cohort(events, "buy", name="buyers")
    >>> len(buyers), buyers.people["user_id"].to_pylist()
    (1, ['a'])
    """
    asked = read_condition(condition)
    past, scope = open_past(events, asked.columns, as_of=as_of, analysis="cohort")
    return Cohort(
        name=name,
        people=people_table(asked.people(past), past.who),
        definition=f"People who, as of {past.as_of:%Y-%m-%d %H:%M:%S} UTC: {asked}.",
        as_of=past.as_of,
        condition=asked,
        provenance=scope.provenance,
    )


def cohort_of(people: Any, *, name: str, definition: str = "A list that was handed over.") -> Cohort:
    """Give a cohort of exactly these people: a result's ``.people(…)``, a frame, or a list of ids.

    Examples
    --------
    >>> len(cohort_of(["a", "b", "a"], name="friends"))
    2
    """
    frame = _frame_of(people)
    if "user_id" not in frame:
        raise ArgumentError(
            f"the people have no user_id, only {', '.join(map(str, frame.columns))}", "Name the column."
        )
    kept = [column for column in ("user_id", "tenant_id") if column in frame]
    members = frame[kept].dropna(subset="user_id").drop_duplicates().sort_values(kept)
    return Cohort(name=name, people=pa.Table.from_pandas(members, preserve_index=False), definition=definition)


def read_cohort(path: str | Path, *, name: str | None = None) -> Cohort:
    """Read a cohort that was written before; the first line of a CSV file names the columns.

    Raises
    ------
    SourceError
        There is no such file.
    ArgumentError
        Its first line names no ``user_id``: a header that is missing would cost one person silently.
    """
    source = Path(path)
    if not source.exists():
        raise SourceError(f"there is no file {source.name}", "Check the path.")
    frame = pd.read_parquet(source) if source.suffix == ".parquet" else pd.read_csv(source, dtype="str")
    return cohort_of(frame, name=name or source.stem, definition=f"Read from {source.name}.")


def _frame_of(people: Any) -> pd.DataFrame:
    if isinstance(people, pd.DataFrame):
        return people
    if isinstance(people, pa.Table):
        return people.to_pandas()
    if isinstance(people, Iterable) and not isinstance(people, str):
        return pd.DataFrame({"user_id": pd.Series(list(people), dtype="str")})
    raise ArgumentError(f"people is a {type(people).__name__}", "Hand over a table or a list of ids.")
