"""How long people stay before they leave, with those counted too who have not left yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes, encode, ranked
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.funnel_steps import Step, read_step, unknown_names
from analytics_lib.behaviour.scope import Scope, group_columns, open_scope, unknown_people
from analytics_lib.display import spell_duration
from analytics_lib.engine.tables import AnyTable, Table, to_arrow
from analytics_lib.engine.times import micros
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Duration, Moment, duration
from analytics_lib.results import Additive, Result, remembered
from analytics_lib.statistics.survival import kaplan_meier

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_START, _RETURN, _END = 1, 2, 4
_DAY: Final = 86_400_000_000
_RESERVED: Final = (
    "day", "at_risk_users", "left_users", "censored_users", "survival_rate", "survival_low", "survival_high"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SurvivalResult(Result):
    """Per day since the start: who may still leave, who left, who is no longer seen, and the share that is left."""

    title: ClassVar[str] = "Survival"
    people_columns: ClassVar[tuple[str, ...]] = ("at_risk_users", "left_users", "censored_users")

    by: tuple[str, ...] = ()
    """Columns the curve is split by."""

    def median_days(self) -> pd.DataFrame:
        """Give the first day on which at most half are left, per group; NaN where more than half still are."""
        half = self.frame[self.frame["survival_rate"] <= 0.5]
        if not self.by:
            return pd.DataFrame({"median_days": [float(half["day"].min()) if len(half) else np.nan]})
        groups = self.frame[list(self.by)].drop_duplicates(ignore_index=True)
        first = half.groupby(list(self.by), dropna=False)["day"].min().rename("median_days").reset_index()
        return groups.merge(first, how="left").astype({"median_days": "float64"})

    def plot(self) -> Chart:
        """Draw the share that is left; without a split in its interval."""
        from analytics_lib.charts.bands import draw_band
        from analytics_lib.charts.lines import draw_lines

        if self.by:
            return draw_lines(
                self.frame, x="day", y="survival_rate", by=self.by[0], title=self.title, value_format="percent"
            )
        return draw_band(
            self.frame, x="day", value="survival_rate", low="survival_low", high="survival_high", title=self.title,
            value_format="percent", y_label="still there",
        )  # fmt: skip


@remembered
def survival(
    events: AnyTable,
    *,
    start_event: object = None,
    return_event: object = None,
    end_event: object = None,
    quiet: Duration = "30d",
    by: str | Iterable[str] | None = None,
    confidence: float = 0.95,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    strict_names: bool = False,
) -> SurvivalResult:
    """Tell how long people stay before they leave, whether or not everybody has left yet.

    A person is followed from their first start event ever. They leave at their first `end_event` after it; without one,
    at the moment when they have been quiet for longer than `quiet`, that is `quiet` after the last event before the
    first such gap. Who has not left by `observed_until` counts as still there for as long as they were seen, which
    neither treats them as lost nor leaves them out.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time``, and ``event`` where events are named.
    start_event, return_event, end_event
        What begins, keeps and ends a relation: a name, a :func:`~analytics_lib.behaviour.funnel_steps.step`, or None
        (any event begins and keeps; only silence ends).
    quiet
        Longest silence that is no leaving; not used with an `end_event`.
    by
        Columns to split by: the value of the start event.
    confidence
        Of the interval at one day.
    start, end
        Range of the start event.
    observed_until
        Moment up to which data is complete; default: the newest event.
    strict_names
        Refuse event names that neither the table nor the registry knows, instead of a note.

    Returns
    -------
    SurvivalResult
        The `by` columns, ``day`` (whole 24 h since the start), ``at_risk_users``, ``left_users``,
        ``censored_users`` (last seen while still there), ``survival_rate`` with ``survival_low`` and
        ``survival_high``; a row per day on which somebody left or was last seen. ``.people(day=…)`` are those who left;
        ``counted=`` names another column.

    Raises
    ------
    ArgumentError
        An argument is out of its range, or two can't be combined.

    References
    ----------
    See :func:`~analytics_lib.statistics.survival.kaplan_meier`. Silence is judged only when it is over, so
    everybody is censored at the same moment, whatever they did: the estimate's own condition.

    Examples
    --------
    >>> events = pd.DataFrame({"user_id": ["a", "a", "b"], "event": ["join", "quit", "join"],
    ...                        "event_time": pd.to_datetime(["2024-05-01", "2024-05-04", "2024-05-02"])})
    >>> frame = survival(events, start_event="join", end_event="quit").to_frame()
    >>> frame["day"].tolist(), frame["survival_rate"].tolist()
    ([2, 3], [1.0, 0.0])
    """
    split = group_columns(by, reserved=_RESERVED)
    named = {"start_event": start_event, "return_event": return_event, "end_event": end_event}
    steps = {role: None if given is None else read_step(given, role=role) for role, given in named.items()}
    if end_event is not None and return_event is not None:
        raise ArgumentError("end_event and return_event are both given", "An end needs no silence: leave one out.")
    silence = duration("quiet", quiet)
    known = [one for one in steps.values() if one is not None]
    looked_at = [column for one in known for column in one.columns]
    scope = open_scope(
        events,
        list(dict.fromkeys(["user_id", "event_time", *looked_at, *(column_of(name) for name in split)])),
        analysis="survival",
        count_unknown=False,
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    unknown = unknown_names(known, scope.table, strict=strict_names) if known else ()
    lives = _lives(scope, steps, split, None if end_event is not None else silence)
    return SurvivalResult(
        frame=_frame(lives, split, confidence),
        definition=_words(steps, silence, split, confidence),
        provenance=scope.provenance,
        notes=(*scope.notes, *unknown_people(lives.unknown), *unknown),
        key_columns=(*split, "day"),
        people_source=lambda row: _people(lives, row, split),
        structure=(Additive("groups", ("left_users", "censored_users"), ("day",)),),
        by=split,
    )


@dataclass(frozen=True, slots=True)
class _Lives:
    """How long each person was followed."""

    day: Codes
    left: Any
    group: Codes
    groups: pa.Table
    people: pa.Table
    unknown: int


def _lives(scope: Scope, steps: Mapping[str, Step | None], by: tuple[str, ...], silence: timedelta | None) -> _Lives:
    """Follow each person from the start to the end, or to the end of what is known."""
    rows = to_arrow(_reduced(scope.table, scope.who, steps, by))
    coded, time, flags = encode(rows, list(scope.who)), rows["_micros"].to_numpy(), rows["_flags"].to_numpy()
    groups = ranked(rows, [f"_by_{place}" for place in range(len(by))]) if by else None
    group = np.zeros(len(time), dtype=np.int64) if groups is None else groups.codes
    frame = pd.DataFrame({"person": coded.codes, "time": time, "flags": flags, "group": group})
    frame = frame[frame["person"] >= 0].sort_values(["person", "time", "group"], kind="stable")
    begin = frame[frame["flags"] & _START > 0].groupby("person").first()
    begin = begin[_inside(scope, begin["time"].to_numpy())]
    frame = frame[frame["person"].isin(begin.index)]
    first = begin["time"].reindex(frame["person"]).to_numpy()
    frame = frame[frame["time"].to_numpy() >= first]
    until = 0 if scope.observed_until is None else micros(scope.observed_until)
    gone = _ended(frame) if silence is None else _silent(frame, silence // timedelta(microseconds=1), until)
    moment = gone.reindex(begin.index)
    left = (moment <= until).to_numpy(dtype=bool)
    last = np.where(left, moment.fillna(until), until).astype(np.int64)
    seen = last >= begin["time"].to_numpy()  # who starts later than data is complete is not followed
    return _Lives(
        day=(last - begin["time"].to_numpy())[seen] // _DAY,
        left=left[seen],
        group=begin["group"].to_numpy()[seen],
        groups=pa.table({"_": [0]}) if groups is None else groups.keys.rename_columns(list(by)),
        people=coded.keys.take(pa.array(begin.index.to_numpy()[seen], pa.int64())),
        unknown=int(((coded.codes < 0) & (flags > 0)).sum()),
    )


def _reduced(table: Table, who: tuple[str, ...], steps: Mapping[str, Step | None], by: tuple[str, ...]) -> Table:
    import ibis

    def flag(one: Step | None, value: int) -> Any:
        return ibis.literal(value) if one is None else one.matches(table).ifelse(value, 0)

    ends = ibis.literal(0) if steps["end_event"] is None else flag(steps["end_event"], _END)
    flags = flag(steps["start_event"], _START) + flag(steps["return_event"], _RETURN) + ends
    columns = {f"_by_{place}": field(table, name, analysis="survival") for place, name in enumerate(by)}
    return table.select(*who, "_micros", _flags=flags.cast("int32"), **columns)


def _inside(scope: Scope, time: Codes) -> Any:
    inside = np.ones(len(time), dtype=bool)
    if scope.asked.start is not None:
        inside &= time >= micros(scope.asked.start)
    if scope.asked.end is not None:
        inside &= time < micros(scope.asked.end)
    return inside


def _ended(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame[frame["flags"] & _END > 0].groupby("person")["time"].min()


def _silent(frame: pd.DataFrame, silence: int, until: int) -> pd.Series[Any]:
    """Give when each person had been quiet for too long, the first time."""
    alive = frame[(frame["flags"] & (_RETURN | _START) > 0) & (frame["time"] <= until)]
    following = alive.groupby("person")["time"].shift(-1).fillna(until + 1)
    quiet = alive[following - alive["time"] > silence]
    return quiet.groupby("person")["time"].min() + silence


def _frame(lives: _Lives, by: tuple[str, ...], confidence: float) -> pd.DataFrame:
    labels = lives.groups.to_pandas()
    parts = []
    for number in np.unique(lives.group).tolist() if by else [0]:
        chosen = lives.group == number
        curve = kaplan_meier(lives.day[chosen], lives.left[chosen], confidence=confidence)
        parts.append(curve.assign(**{name: labels[name].iloc[number] for name in by}))
    curve = pd.concat(parts, ignore_index=True) if parts else kaplan_meier([], [], confidence=confidence).assign(
        **dict.fromkeys(by)
    )  # fmt: skip
    renamed = curve.rename(
        columns={"duration": "day", "at_risk": "at_risk_users", "ended": "left_users", "censored": "censored_users"}
    )
    counts = dict.fromkeys(["day", "at_risk_users", "left_users", "censored_users"], "Int64")
    return renamed.astype(counts)[[*by, *_RESERVED]]


def _people(lives: _Lives, row: Mapping[str, Any], by: tuple[str, ...]) -> pa.Table:
    """Give who left on a day (was last seen, or could still leave), sorted."""
    from analytics_lib.behaviour.retention_table import group_numbers

    today = lives.day == int(row["day"])
    censored, at_risk = today & ~lives.left, lives.day >= int(row["day"])
    chosen = {"at_risk_users": at_risk, "censored_users": censored}.get(str(row["counted"]), today & lives.left)
    if by:
        chosen &= lives.group == group_numbers(lives.groups, row, by)
    people = lives.people.take(pa.array(np.flatnonzero(chosen)))
    names = sorted(people.column_names, key=lambda name: name != "user_id")
    return people.select(names).sort_by([(name, "ascending") for name in names])


def _words(steps: Mapping[str, Step | None], silence: timedelta, by: tuple[str, ...], confidence: float) -> str:
    begin, back, end = (str(one) if one is not None else "any event" for one in steps.values())
    begin = "event" if steps["start_event"] is None else begin
    leaving = f"{end}" if steps["end_event"] is not None else f"more than {spell_duration(silence)} without {back}"
    split = f" Split by the {', '.join(by)} of the start event." if by else ""
    return (
        f"From the first {begin} ever to leaving: {leaving}. Kaplan–Meier over whole days of 24 h; who has not left "
        f"counts for as long as they were seen. Intervals of {confidence:.0%} for one day (log-log, Greenwood).{split}"
    )
