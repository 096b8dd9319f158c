"""Which recommendations people follow, and whether they do anything with what they find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.scope import group_columns, open_scope
from analytics_lib.checks import number_between
from analytics_lib.engine.tables import AnyTable, Table, as_table, to_frame
from analytics_lib.periods import Duration, Moment
from analytics_lib.results import Additive, Result, remembered
from analytics_lib.statistics.proportions import wilson_bounds

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_COLUMNS: Final = ("users", "clicked_users", "goal_users")
_OFFER: Final = "recommended_item"
_SHOWN: Final = 25
_RESERVED: Final = ("users", "offers", "step", "event", *_COLUMNS)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RecommendationsResult(Result):
    """People per recommendation: who saw it, who followed it, who did something with it."""

    title: ClassVar[str] = "Recommendations that were followed"
    people_columns: ClassVar[tuple[str, ...]] = _COLUMNS

    by: tuple[str, ...] = ()
    """Columns that name a row."""

    def plot(self) -> Chart:
        """Draw the share of people who followed, with its interval, for what most people saw."""
        from analytics_lib.charts.forests import draw_forest

        shown = self.frame.head(_SHOWN)
        names = shown[list(self.by)].astype("object").fillna("unknown").astype("str").agg(", ".join, axis=1)
        return draw_forest(
            shown.assign(name=names.astype("str")), label="name", value="click_rate", low="click_rate_low",
            high="click_rate_high", title=self.title, value_format="percent",
        )  # fmt: skip


@remembered
def recommendations(
    events: AnyTable,
    *,
    of: str = "content_id",
    by: str | Sequence[str] | None = None,
    shown: str = "recommendation.impression",
    clicked: str = "recommendation.click",
    goal: str = "content.complete",
    within: Duration = "1d",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    confidence: float = 0.95,
) -> RecommendationsResult:
    """Tell which recommendations people follow, and whether they do anything with what they find.

    For each person and item it is the funnel *shown* → *clicked* → *goal* of that item, so the numbers are those of
    :func:`~analytics_lib.behaviour.funnel.funnel`: a click counts only after the item was shown, and ten clicks of one
    person are one. People are counted, since what one person does with several items is not independent. That somebody
    followed does not say that the recommendation made them: they might have found the item anyway. Only a comparison
    with people who were shown none tells that (:func:`~analytics_lib.statistics.compare.compare_variants`).

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time`` and what `of` and `by` name.
    of
        Column, or value inside ``properties``, with the item; all three events must carry it.
    by
        What names a row, read off the showing event, such as ``"properties.algorithm"`` or ``"properties.position"``;
        default: the item itself.
    shown, clicked, goal
        Event names.
    within
        Longest time from the showing to the goal.
    start, end
        Range of the showing; clicks may come later.
    observed_until
        Moment up to which data is complete; default: the newest event.
    time_zone
        Zone of `start` and `end`.
    confidence
        Of the interval around ``click_rate`` (Wilson).

    Returns
    -------
    RecommendationsResult
        The `by` columns, ``impressions`` (showing events in the range), ``offers`` (different pairs of person and
        item), ``users`` (who were shown), ``clicked_users``, ``click_rate`` = clicked_users / users with ``_low`` and
        ``_high``, ``goal_users``, ``goal_rate`` = goal_users / clicked_users, ``median_seconds`` to the click,
        ``immature`` (pairs that may still get there); what most people saw first.

    Raises
    ------
    ArgumentError
        `by` takes the name of a column of the result.

    Examples
    --------
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"], "content_id": "m1",
    ...     "event": ["recommendation.impression", "recommendation.click", "recommendation.impression"],
    ...     "event_time": pd.to_datetime(["2024-05-01 09:00", "2024-05-01 09:01", "2024-05-01 10:00"]),
    ... })
    >>> recommendations(events).to_frame()[["content_id", "users", "clicked_users", "click_rate"]].values.tolist()
    [['m1', 2, 1, 0.5]]
    """
    number_between("confidence", confidence, 0, 1)
    split = group_columns(by if by is not None else of, reserved=_RESERVED)
    table = _with_offers(events, of, split)
    found = funnel(
        table, [shown, clicked, goal], within=within, unit=_OFFER, by=split, start=start, end=end,
        observed_until=observed_until, time_zone=time_zone,
    )  # fmt: skip
    return RecommendationsResult(
        frame=_frame(found, _impressions(table, shown, split, found), split, confidence),
        definition=(
            f"For each pair of person and {of}: {shown}, then {clicked}, then {goal}, at most {within} after the "
            f"showing. A pair counts once, under the {', '.join(split)} of the latest showing that got furthest; "
            "people count once per row."
        ),
        provenance=found.provenance,
        notes=tuple(note.replace(_OFFER, f"pair of person and {of}") for note in found.notes),
        key_columns=split,
        people_source=lambda row: _people(found, row, split),
        structure=(Additive("share", ("clicked_users", "users")), Additive("share", ("goal_users", "clicked_users"))),
        by=split,
    )


def _with_offers(events: AnyTable, of: str, split: Sequence[str]) -> Table:
    """Name each pair of person and item: the lengths keep two names apart that only together are the same."""
    needed = dict.fromkeys(["user_id", "event", "event_time", column_of(of), *map(column_of, split)])
    table = as_table(events, list(needed), analysis="recommendations")
    parts = [table[name].cast("string") for name in ("tenant_id", "user_id") if name in table.columns]
    pair = field(table, of, analysis="recommendations").cast("string")
    for part in parts:
        pair = part.length().cast("string") + ":" + part + pair
    return table.mutate(**{_OFFER: pair})


def _impressions(table: Table, shown: str, split: Sequence[str], found: FunnelResult) -> pd.DataFrame:
    """Count the showings in the range, of anybody's: a person who is not known saw them, too."""
    asked = found.provenance
    columns = ["user_id", "event", "event_time", *map(column_of, split)]
    scope = open_scope(
        table, columns, analysis="recommendations", count_unknown=False, start=asked.start, end=asked.end
    )
    rows = scope.inside()
    rows = rows.filter(rows["event"] == shown)
    rows = rows.select(**{f"by_{place}": field(rows, name) for place, name in enumerate(split)})
    counted = to_frame(rows.group_by(list(rows.columns)).aggregate(impressions=rows.count()))
    return counted.set_axis([*split, "impressions"], axis=1)


def _frame(found: FunnelResult, impressions: pd.DataFrame, split: Sequence[str], confidence: float) -> pd.DataFrame:
    """Lay the steps of each row side by side."""
    keys = list(split)
    steps = [found.frame[found.frame["step"] == number].reset_index(drop=True) for number in (1, 2, 3)]
    table = steps[0][keys].copy()
    for name, step in zip(_COLUMNS, steps, strict=True):
        table[name] = step["users"]
    table["offers"], table["immature"] = steps[0]["entities"], steps[0]["immature"]
    table["median_seconds"] = steps[1]["median_seconds"].astype("float64")
    table = table.merge(impressions, on=keys, how="left").astype({"impressions": "Int64"})
    people = table[list(_COLUMNS)].astype("float64")
    table["click_rate"] = people["clicked_users"] / people["users"].replace(0, float("nan"))
    table["goal_rate"] = people["goal_users"] / people["clicked_users"].replace(0, float("nan"))
    seen = zip(table["click_rate"], table["users"], strict=True)
    bounds = [wilson_bounds(rate, users, confidence) for rate, users in seen]
    table["click_rate_low"] = pd.Series([low for low, _ in bounds], dtype="float64")
    table["click_rate_high"] = pd.Series([high for _, high in bounds], dtype="float64")
    order = [
        *keys, "impressions", "offers", "users", "clicked_users", "click_rate", "click_rate_low", "click_rate_high",
        "goal_users", "goal_rate", "median_seconds", "immature",
    ]  # fmt: skip
    return table[order].sort_values(["users", *keys], ascending=[False, *[True] * len(keys)], ignore_index=True)


def _people(found: FunnelResult, row: Mapping[str, Any], split: Sequence[str]) -> pa.Table:
    step = _COLUMNS.index(str(row["counted"] or "users")) + 1
    return found.people(step=step, **{name: row[name] for name in split})
