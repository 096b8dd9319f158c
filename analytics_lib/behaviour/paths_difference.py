"""Which steps two groups of people take differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.paths import PathsResult
from analytics_lib.checks import number_between, whole_number
from analytics_lib.engine.tables import as_table
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Question, Result
from analytics_lib.statistics.multiplicity import adjusted_p_values
from analytics_lib.statistics.proportions import share_difference

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_KEYS: Final = ["step", "source", "target"]
_ALL_NODES: Final = 1_000_000
_SHOWN: Final = 15
_OWN: Final = frozenset({"events", "start", "end", "observed_until", "time_zone", "top"})
"""Arguments in which the two questions may differ: whom and when they ask about."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PathsDifferenceResult(Result):
    """One row per transition, the surest difference first."""

    title: ClassVar[str] = "Paths of two groups"
    people_columns: ClassVar[tuple[str, ...]] = ("control_users", "users")
    people_fields: ClassVar[tuple[str, ...]] = ("control_total", "total", "shared_users")

    control_total: int = 0
    """People of the first group who have a path."""
    total: int = 0
    """People of the second group who have a path."""
    shared_users: int = 0
    """People with a path in both groups, who are left out of both."""

    def plot(self) -> Chart:
        """Draw the surest differences with their intervals."""
        from analytics_lib.charts.forests import draw_forest

        shown = self.frame.head(_SHOWN)
        label = shown["step"].astype(str) + ": " + shown["source"] + " → " + shown["target"]
        return draw_forest(
            shown.assign(transition=label), label="transition", value="difference", title=self.title,
            value_format="percent",
        )  # fmt: skip


def paths_difference(
    control: PathsResult, variant: PathsResult, *, top: int = 50, confidence: float = 0.95
) -> PathsDifferenceResult:
    """Tell which transitions two groups of people take differently, and which differences are chance.

    For each transition the share of the people with a path who take it is compared. People are counted, not
    sessions or transitions, because the visits of one person are no independent observations. For the same reason
    who has a path in both groups is left out of both, and counted in a note: interval and p-value hold only for groups
    of different people. What is compared then is those who are in one group alone. Where the overlap is what you ask
    about (the same people before and after), make groups that do not overlap, such as people who came in one month.

    Parameters
    ----------
    control, variant
        Two answers of :func:`~analytics_lib.behaviour.paths.paths` to the same question about different people.
    top
        Transitions that are compared: those most people of both groups together take.
    confidence
        Of each interval; ``differs`` keeps the expected share of false findings below 1 − `confidence`.

    Returns
    -------
    PathsDifferenceResult
        ``step``, ``source``, ``target``, ``control_users``, ``users``, ``control_rate``, ``rate`` (shares of the
        people with a path), ``difference`` with ``low`` and ``high`` (Newcombe), ``p_value``, ``adjusted_p_value``
        (Benjamini–Hochberg over all rows), ``differs``.
        ``.people(…)`` lists both groups, told apart by ``group``; ``counted=`` lists one.

    Raises
    ------
    ArgumentError
        The two questions differ in more than people and time, are not remembered, or one group lies within the other.

    References
    ----------
    Newcombe (1998), Stat. Med. 17, 873-890; Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.

    Examples
    --------
    >>> from analytics_lib.behaviour.paths import paths
    >>> def group(name, second):
    ...     rows = [(f"{name}{n}", event, pd.Timestamp("2024-05-01") + pd.Timedelta(minute, "min"))
    ...             for n in range(40) for minute, event in enumerate(["home", second])]
    ...     return paths(pd.DataFrame(rows, columns=["user_id", "event", "event_time"]), length=2)
    >>> found = paths_difference(group("a", "shop"), group("b", "help")).to_frame()
    >>> found.loc[found["differs"], "target"].tolist()
    ['help', 'shop']
    """
    number_between("confidence", confidence, 0, 1)
    whole_number("top", top, at_least=1)
    first, second = _with_all_nodes(control), _with_all_nodes(variant)
    _refuse_other_questions(first, second)
    shared = _shared(first, second)
    if shared.num_rows:
        first, second = (_without(one, shared) for one in (first, second))
    frame = _frame(first, second, top=top, confidence=confidence)
    return PathsDifferenceResult(
        frame=frame,
        definition=(
            f"Shares of {first.total:,} and {second.total:,} people with a path who take a transition; "
            f"differs = a false discovery rate of at most {1 - confidence:.0%}. Paths: {first.definition}"
        ),
        provenance=variant.provenance,
        notes=tuple(dict.fromkeys((*_overlap_note(shared.num_rows), *first.notes, *second.notes))),
        key_columns=tuple(_KEYS),
        people_source=lambda row: _people(first, second, row),
        control_total=first.total,
        total=second.total,
        shared_users=shared.num_rows,
    )


def _with_all_nodes(result: PathsResult) -> PathsResult:
    """Ask again without bringing rare nodes together, which would be others in each group."""
    if result.question is None:
        raise ArgumentError("the paths do not remember their question", "Call paths(…) in this session.")
    again: PathsResult = result.question.again(top=_ALL_NODES)
    return again


def _refuse_other_questions(control: PathsResult, variant: PathsResult) -> None:
    first, second = (one.question.arguments for one in (control, variant) if one.question is not None)
    for name in first.keys() - _OWN:
        if first[name] != second[name]:
            raise ArgumentError(
                f"the paths differ in {name}: {first[name]!r} and {second[name]!r}", "Ask both the same question."
            )


def _shared(control: PathsResult, variant: PathsResult) -> pa.Table:
    """Give who has a path in both groups."""
    first, second = (_everybody(one) for one in (control, variant))
    same = [name for name in first.column_names if name in second.column_names]
    return first.select(same).join(second.select(same), keys=same, join_type="inner").combine_chunks()


def _everybody(result: PathsResult) -> pa.Table:
    """Give everybody with a path: each path has a first transition."""
    rows = result.frame.loc[result.frame["step"] == 1, _KEYS].to_dict("records")
    people = [result.people(**{str(name): value for name, value in row.items()}) for row in rows]
    if not people:
        return pa.table({"user_id": pa.array([], pa.string())})
    together = pa.concat_tables(people)
    return together.group_by(together.column_names).aggregate([])


def _without(result: PathsResult, people: pa.Table) -> PathsResult:
    """Ask the same about everybody else."""
    question: Question = result.question  # type: ignore[assignment]  # asked again before, so it is remembered
    table = as_table(question.arguments["events"], ["user_id"], analysis="paths_difference")
    same = [name for name in people.column_names if name in table.columns]
    again: PathsResult = question.again(events=table.anti_join(ibis.memtable(people), same))
    if not again.total:
        raise ArgumentError(
            f"all {result.total:,} people of one group are in the other too", "Compare groups of different people."
        )
    return again


def _overlap_note(shared: int) -> tuple[str, ...]:
    if not shared:
        return ()
    fact = f"{shared:,} people have a path in both groups and are left out of both"
    return (f"{fact}: shares of the same people are not independent. Compared are those of one group alone.",)


def _frame(control: PathsResult, variant: PathsResult, *, top: int, confidence: float) -> pd.DataFrame:
    """Compare the shares of each transition, the surest difference first."""
    sides = [one.frame.set_index(_KEYS)["users"] for one in (control, variant)]
    both = pd.concat(sides, axis=1, keys=["control_users", "users"]).fillna(0).astype("Int64").reset_index()
    order = both.assign(_sum=both["control_users"] + both["users"]).sort_values(
        ["_sum", *_KEYS], ascending=[False, True, True, True]
    )
    rows = order.head(top).drop(columns="_sum").reset_index(drop=True)
    totals = control.total, variant.total
    rates = [rows[name].astype("float64") / (whole or float("nan"))
             for name, whole in zip(["control_users", "users"], totals, strict=True)]  # fmt: skip
    found = [
        share_difference((left, totals[0]), (right, totals[1]), confidence) for left, right in zip(*rates, strict=True)
    ]
    rows = rows.assign(
        control_rate=rates[0], rate=rates[1], difference=rates[1] - rates[0], low=[one.low for one in found],
        high=[one.high for one in found], p_value=[one.p_value for one in found],
    )  # fmt: skip
    rows["adjusted_p_value"] = adjusted_p_values(rows["p_value"], "benjamini_hochberg")
    rows["differs"] = (rows["adjusted_p_value"] <= 1 - confidence).astype("boolean")
    return rows.sort_values(["adjusted_p_value", "p_value", *_KEYS], ignore_index=True)


def _people(control: PathsResult, variant: PathsResult, row: Mapping[str, Any]) -> pa.Table:
    """Give who takes a transition, group by group; nobody of a group that never does."""
    keys = {name: row[name] for name in _KEYS}
    parts = []
    for group, column, result in (("control", "control_users", control), ("variant", "users", variant)):
        if row[column] and row["counted"] in {None, column}:
            people = result.people(**keys)
            parts.append(people.append_column("group", pa.array([group] * people.num_rows, pa.string())))
    if not parts:
        return pa.table({"user_id": pa.array([], pa.string()), "group": pa.array([], pa.string())})
    return pa.concat_tables(parts, promote_options="permissive")
