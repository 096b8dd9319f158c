"""What may leave a report: results with small groups hidden, and the block that says what it is about."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Final, TypeVar

import pandas as pd

from analytics_lib.errors import ArgumentError
from analytics_lib.periods import zone
from analytics_lib.reporting.exports import FRAMES
from analytics_lib.reporting.period import ReportPeriod
from analytics_lib.reporting.provenance import COVER
from analytics_lib.reporting.tables import keep_frame, published
from analytics_lib.results import Additive, Result

AnyResult = TypeVar("AnyResult", bound=Result)

_WHOLE = "_whole"

MOST_ROWS: Final = 1_000
"""Most rows of one table in a report: who reads it on paper has no ``.to_frame()``."""


def publish(
    result: AnyResult,
    name: str,
    *,
    minimum_users: int | None = None,
    since: datetime | None = None,
    wholes: Iterable[ReportPeriod] = (),
    time_zone: str = "UTC",
) -> AnyResult:
    """Give a result as it may be shown: groups smaller than `minimum_users` are hidden.

    In a run the table is kept as well, so that Excel, CSV, JSON and Parquet hold exactly what the page shows.

    Parameters
    ----------
    result
        Result of an analysis.
    name
        What the table is called in files; made safe for a path.
    minimum_users
        Smallest group shown by the tenant's policy (``workspace.minimum_users(tenant_id)``); None = ten.
        A stricter number in ``report.toml`` wins.
    since
        Show only the rows whose ``time`` is not before this; the analysis still saw what came earlier.
    wholes
        Stretches whose totals stand elsewhere on the page: a hidden row of one of them takes another with it,
        else it could be worked out from the total and the rest.
    time_zone
        Whose clock the table on the page shows, so that a day is called by its date; files keep UTC.

    Raises
    ------
    ArgumentError
        Something else than a result was handed: only a result knows which of its columns count people.
    """
    if not isinstance(result, Result):
        kind = type(result).__name__
        raise ArgumentError(f"publish() got a {kind}, not a result", "Hand it what an analysis returned.")
    shown = _suppressed(_adding_up(result, tuple(wholes)), minimum_users)
    shown = replace(shown, frame=shown.frame.drop(columns=_WHOLE, errors="ignore"), key_columns=result.key_columns)
    if since is not None:
        frame = shown.frame[shown.frame["time"] >= since].reset_index(drop=True)
        shown = replace(shown, frame=frame)
    folder = os.environ.get("ANALYTICS_RUN_FOLDER")
    if folder:
        keep_frame(published(shown, name), Path(folder) / FRAMES)
    return replace(shown, frame=_by_the_clock_of(time_zone, shown.frame), shown_rows=MOST_ROWS)


def _by_the_clock_of(time_zone: str, frame: pd.DataFrame) -> pd.DataFrame:
    local = zone(time_zone)
    times = [name for name in frame.columns if isinstance(frame[name].dtype, pd.DatetimeTZDtype)]
    return frame.assign(**{name: frame[name].dt.tz_convert(local) for name in times})


def _adding_up(result: AnyResult, wholes: Sequence[ReportPeriod]) -> AnyResult:
    """Say of a result over time that the rows of each whole add up to a number that is known."""
    if not wholes:
        return result
    from analytics_lib.privacy.shapes import structure_of

    times = result.frame["time"]
    number = sum(((times >= whole.start) & (times < whole.end)) * place for place, whole in enumerate(wholes, 1))
    sums = tuple(Additive("groups", (column,), ("time",)) for column in result.people_columns)
    return replace(
        result,
        frame=result.frame.assign(**{_WHOLE: number}),
        key_columns=(*result.key_columns, _WHOLE),
        structure=(*structure_of(result), *sums),
    )


def _suppressed(result: AnyResult, minimum_users: int | None) -> AnyResult:
    from analytics_lib.privacy.suppression import MINIMUM_USERS, suppress

    policy = MINIMUM_USERS if minimum_users is None else minimum_users
    return suppress(result, max(policy, int(os.environ.get("ANALYTICS_MINIMUM_USERS") or 1)))


@dataclass(frozen=True, slots=True)
class Cover:
    """What a report says of itself: shown at the top of every page form, read by the runner as provenance."""

    report: str
    facts: tuple[tuple[str, str], ...]
    data_version: str
    label: str = ""

    def _told(self) -> dict[str, Any]:
        return {
            "report": self.report,
            "facts": [list(fact) for fact in self.facts],
            "data_version": self.data_version,
            "label": self.label,
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Give the block for JupyterLab, as data for the page, and as text for logs."""
        del include, exclude
        facts = " · ".join(f"{escape(name)}: <b>{escape(value)}</b>" for name, value in self.facts)
        label = f"<p><strong>{escape(self.label)}</strong></p>" if self.label else ""
        return {
            COVER: self._told(),
            "text/html": f"{label}<p><strong>{escape(self.report)}</strong> · {facts}</p>",
            "text/plain": "\n".join([self.report, self.label, *(f"{name}: {value}" for name, value in self.facts)]),
        }


def cover(facts: Mapping[str, object], *, data_version: str, report: str | None = None, label: str = "") -> Cover:
    """Say what a report is about; show it once, as the last line of an early cell.

    Parameters
    ----------
    facts
        Name and value of what a reader must know: period, tenant, audience.
    data_version
        What was read, such as ``events@12``; the runner keeps it as provenance.
    report
        Name of the report; None = the title in ``report.toml``.
    label
        Said on every page, for example that the data is made up.

    Examples
    --------
    >>> cover({"Tenant": "shop"}, data_version="events@12", report="Weekly overview").facts
    (('Tenant', 'shop'), ('Data', 'events@12'))
    """
    title = report or os.environ.get("ANALYTICS_REPORT_TITLE", "Report")
    told = {**facts, "Data": data_version}
    return Cover(title, tuple((str(name), str(value)) for name, value in told.items()), data_version, label)
