"""The retention page: who comes back, cohort by cohort, and the people of any cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final
from zoneinfo import available_timezones

import numpy as np
import pandas as pd

from analytics_lib.behaviour.retention import RetentionResult, retention
from analytics_lib.behaviour.retention_average import averages
from analytics_lib.charts.chart import Chart
from analytics_lib.charts.formats import axis_label
from analytics_lib.charts.heatmaps import draw_heatmap
from analytics_lib.charts.lines import draw_lines
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import zone
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.fields import Field, columns_of, events_of
from analytics_lib.widgets.people import People

KINDS: Final = (
    ("in the period itself", "on"), ("in it or any later one", "on_or_after"), ("by the period", "on_or_before"),
    ("in every one so far", "streak"), ("in brackets of periods", "bracket"),
)  # fmt: skip
COHORTS: Final = (
    ("their first ever", "first_ever"), ("their first in the range", "first_in_range"), ("each time", "recurring"),
)  # fmt: skip
BRACKETS: Final = "0-0, 1-1, 2-3, 4-7"
"""Periods from and to, inclusive, when nobody chose any."""
FEW_COHORTS: Final = 16
"""Cohorts whose cells are nearer in height to the line beside them than to line and table."""
LONGER: Final = "month"
"""Grain the page opens with where cohorts of weeks are too small to be shown."""
MOST_HIDDEN: Final = 0.5
"""Share of hidden numbers above which weeks tell too little."""
HIDDEN_AVERAGE: Final = "An average is unknown where the number of a shown cohort is hidden; longer periods hide fewer."
"""Why the line has gaps, and what a reader can do about it."""
_HEADINGS: Final = {
    "name": "cohort", "cohort_users": "people", "period": "period", "users": "came back", "retention_rate": "share",
    "state": "whole period over",
}  # fmt: skip


class RetentionWidget(AnalysisPage):
    """Shows how many people come back.

    A tap on a cell lists the people who came back in that period. With a split the lines compare the
    groups, and the cells show the cohorts of one of them.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``grain``, and the arguments of
        :func:`~analytics_lib.behaviour.retention.retention` that :attr:`own` lists; ``group`` is the
        group whose cells are shown.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("start_event", "Start", "", events_of),
        Field("return_event", "Comes back with", "", events_of),
        Field("periods", "Periods", "8", [(str(number), str(number)) for number in (2, 4, 6, 8, 12, 18, 24, 36, 52)]),
        Field("by", "Split by", "", columns_of),
        Field("group", "Cells of", "", (), kind="text"),
        Field("kind", "Back", "on", KINDS, usual=False),
        Field("brackets", "Brackets", "", [(one, one) for one in (BRACKETS, "0-0, 1-7, 8-30")], kind="text",
              usual=False),
        Field("cohort", "Starts count", "first_ever", COHORTS, usual=False),
        Field("reference", "Share of", "start",
              (("all who started", "start"), ("those of the period before", "previous_period")), usual=False),
        Field("average", "Average", "weighted", (("over people", "weighted"), ("over cohorts", "simple")), usual=False),
        Field("rolling", "Periods count from", "false", (("the calendar", "false"), ("each start", "true")),
              usual=False),
        Field("time_zone", "Time zone", "", [(name, name) for name in sorted(available_timezones())], kind="text",
              usual=False),
    )  # fmt: skip
    common: ClassVar[Mapping[str, bool]] = {"with_event": False, "with_grain": True}
    hint = "Tap a cell to list who came back then; period 0 is the period of the start."
    file_name = "retention"
    table_under = "all"
    usual: ClassVar[Mapping[str, Any]] = {"days": 182, "grain": "week"}

    answer: RetentionResult

    def usual_of(self, audience: Audience) -> Mapping[str, Any]:
        """Give weeks, or months where most numbers of weeks would be hidden and fewer of months."""
        months = {**self.usual, "grain": LONGER}
        weekly = self._hidden_share(audience, self.usual)
        return months if weekly > MOST_HIDDEN and self._hidden_share(audience, months) < weekly else self.usual

    def _hidden_share(self, audience: Audience, usual: Mapping[str, Any]) -> float:
        """Give the share of hidden numbers in what a page would open with."""
        if not audience.counts:
            return 0.0
        texts = {field.name: field.default for field in self.own}
        return hidden_share(_answer(audience, audience.choices({}, **usual), texts))

    def summary_html(self) -> str:
        """Say what is shown, why months where nobody asked for them, and what to do where most is hidden."""
        share, smallest = hidden_share(self.answer), self.audience.minimum_users
        few = f"being of fewer than {smallest} people"
        said = super().summary_html()
        if share > MOST_HIDDEN:
            return f"{said} {share * 100:.0f} % of the shares are hidden, {few}: longer periods hide fewer."
        if self.choices.grain == self.defaults.grain == LONGER:
            weekly = self._hidden_share(self.audience, self.usual)
            return f"{said} Shown per month, because per week {weekly * 100:.0f} % would be hidden, {few}."
        return said

    def asked(self, choices: Choices) -> RetentionResult:
        """Ask for the cohorts of some days."""
        return _answer(self.audience, choices, self.texts)

    @property
    def time_zone(self) -> str:
        """The zone of the periods: the chosen one, else the tenant's."""
        return _zone(self.audience, self.texts)

    @property
    def in_brackets(self) -> bool:
        """Whether the cells are brackets of periods."""
        return self.texts["kind"] == "bracket"

    def place(self, period: int) -> str:
        """Name a cell's place: its period, or the periods of its bracket."""
        if not self.in_brackets:
            return str(period)
        first, last = brackets_of(self.texts["brackets"] or BRACKETS)[int(period)]
        return str(first) if first == last else f"{first}–{last}"

    @property
    def to_the_period_before(self) -> bool:
        """Whether those who came back are compared with those of the period before, not with all who started."""
        return self.texts["reference"] == "previous_period"

    @property
    def period_word(self) -> str:
        """What a reader calls one column of the cells."""
        return "bracket" if self.in_brackets else self.choices.grain

    def _words(self, period: int) -> str:
        grain = self.choices.grain
        of = f", compared with the {self.period_word} before" if self.to_the_period_before else ""
        if self.in_brackets:
            return f"Back in {grain} {self.place(period)}{of}"
        return f"Back after {period} {grain}{'' if period == 1 else 's'}{of}"

    def _note(self) -> str:
        if not self.to_the_period_before:
            return ""
        return f"100 % = as many as in the {self.period_word} before; over 100 % = more came back than then."

    def take_own(self, given: Mapping[str, Any]) -> None:
        """Take the choices; a group without a split means nothing."""
        super().take_own(given)
        if not self.texts["by"]:
            self.texts["group"] = ""

    def kpis(self) -> tuple[Kpi, ...]:
        """Give who started, and who came back after one and after the most periods that can be judged.

        Where none can be judged, or all are hidden, the cards say so of one and of the most asked for.
        """
        now, then = (whole(self.asked(choices)) for choices in (self.choices, self.choices.before))
        known = now.index[now["retention_rate"].notna() & (now.index > 0)]
        last = int((known if len(known) else now.index).max())
        after = [(period, self._words(period)) for period in (min(1, last), last)]
        return (
            Kpi("Started", known_number(now["started"].get(0)), known_number(then["started"].get(0))),
            *(
                Kpi(title, known_number(now["retention_rate"].get(period)),
                    known_number(then["retention_rate"].get(period)), "percent", note=self._note())
                for period, title in after
            ),
        )  # fmt: skip

    def drawn(self) -> tuple[Chart, ...]:
        """Give the cells of one group, and the average of every group."""
        by = self.texts["by"] or None
        rows = self.shown_rows()
        across = "bracket" if self.in_brackets else "period"
        cells = draw_heatmap(
            rows, x=across, y="name", value="retention_rate", value_format="percent",
            title=f"Came back{self.share_words()}, by cohort" + (f", {self.group_name()}" if by else ""), y_label="",
            x_label=f"{self.choices.grain}s since the start", selectable=True, finished="mature",
        )  # fmt: skip
        lines = draw_lines(
            self.answer.average(), x="period", y="retention_rate", by=by, value_format="percent",
            title=self.average_words() + (f" by {axis_label(by)}" if by else ""),
            x_label="bracket, counted from 0" if self.in_brackets else f"{self.choices.grain}s since the start",
            y_label="came back",
        )  # fmt: skip
        return cells, lines

    def share_words(self) -> str:
        """Say what a share is of, where it is not of all who started."""
        return f" compared with the {self.period_word} before" if self.to_the_period_before else ""

    def average_words(self) -> str:
        """Say how cohorts are averaged."""
        if self.texts["average"] == "simple":
            return f"On average{self.share_words()}, each cohort counting the same"
        return f"On average{self.share_words() or ' over all cohorts'}"

    def shown_rows(self) -> pd.DataFrame:
        """Give the cells of the chosen group, with the names of their cohorts."""
        frame = self.answer.frame.reset_index(drop=True).assign(name=self.answer.cohort_names().to_numpy())
        states = frame["mature"].map({True: "yes", False: "not yet"})
        frame = frame.assign(state=states.astype(object).where(states.notna(), ""))
        if self.in_brackets:
            frame["bracket"] = [self.place(period) for period in frame["period"]]
        by = self.texts["by"]
        return begun(frame[group_words(frame[by]) == self.group_name()] if by else frame)

    def tall(self) -> bool:
        """Tell whether the cells are as high as the line and the table together; few cohorts are not."""
        return self.shown_rows()["name"].nunique() > FEW_COHORTS

    def group_name(self) -> str:
        """Give the group whose cells are shown: the chosen one, else the largest."""
        frame = self.answer.frame
        sizes = frame[frame["period"] == 0].groupby(group_words(frame[self.texts["by"]]))["cohort_users"].sum()
        chosen = self.texts["group"]
        if chosen and chosen not in sizes.index:
            known = ", ".join(sizes.index)
            raise ArgumentError(f"no group is named {chosen!r}", f"Use one of {known}.")
        return chosen or str(sizes.idxmax())

    def update(self) -> None:
        """Answer the present choices, and offer the groups there are."""
        super().update()
        by = self.texts["by"]
        groups = sorted(set(group_words(self.answer.frame[by]))) if by else []
        self.fields.offer("group", [(name, name) for name in groups], self.texts["group"])
        self.fields.editors["group"].layout.display = None if by else "none"

    def listed(self) -> pd.DataFrame:
        """Give the cells of cohorts in which anybody started; the file has the empty ones too."""
        rows = self.shown_rows()
        return rows[rows["cohort_users"].fillna(1) > 0]

    def headings(self) -> Mapping[str, str]:
        """Give the columns."""
        if not self.in_brackets:
            return _HEADINGS
        return {"bracket" if name == "period" else name: words for name, words in _HEADINGS.items()}

    def picked(self, datum: Mapping[str, Any]) -> People | None:
        """Give the people of a cell."""
        if "written" not in datum:
            return None  # a point of the average belongs to no one cohort
        row = self.shown_rows().iloc[int(datum["row"])]
        keys = {name: row[name] for name in self.answer.key_columns}
        group = f" ({self.group_name()})" if self.texts["by"] else ""
        what = "bracket" if self.in_brackets else "period"
        title = f"of cohort {row['name']}{group} who came back in {what} {self.place(row['period'])}"
        name = f"people-{row['name']}-period-{row['period']}"
        return People(title, self.answer.people(**keys), name, self.answer.definition)


def _answer(audience: Audience, choices: Choices, texts: Mapping[str, str]) -> RetentionResult:
    """Ask for the cohorts of some days, once."""
    question = ("retention", choices, tuple(texts.items()))
    return audience.answer(question, lambda: told_hidden(audience.shown(_computed(audience, choices, texts))))


def _zone(audience: Audience, texts: Mapping[str, str]) -> str:
    return str(zone(texts["time_zone"] or audience.time_zone))


def _computed(audience: Audience, choices: Choices, texts: Mapping[str, str]) -> RetentionResult:
    return retention(
        audience.table,
        start_event=texts["start_event"] or None,
        return_event=texts["return_event"] or None,
        grain=choices.grain,
        periods=int(texts["periods"]),
        kind=texts["kind"],
        brackets=brackets_of(texts["brackets"] or BRACKETS) if texts["kind"] == "bracket" else None,
        cohort=texts["cohort"],
        rolling=texts["rolling"] == "true",
        by=texts["by"] or None,
        reference=texts["reference"],
        average=texts["average"],
        week_start=audience.week_start,
        **{**audience.calendar(choices), "time_zone": _zone(audience, texts)},
    )


def brackets_of(text: str) -> list[tuple[int, int]]:
    """Read brackets of periods, both ends inclusive.

    Raises
    ------
    ArgumentError
        One is no pair of whole numbers.

    Examples
    --------
    >>> brackets_of("0-0, 1-3, 4")
    [(0, 0), (1, 3), (4, 4)]
    """
    pairs = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d+)\s*(?:[-–]\s*(\d+))?\s*", part)
        if found is None:
            raise ArgumentError(f"{part.strip()!r} is no bracket of periods", "Write brackets such as 0-0, 1-3, 4-7.")
        pairs.append((int(found[1]), int(found[2] or found[1])))
    return pairs


def begun(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the cohorts before the first and after the last in which anybody started; a hidden size counts."""
    places = np.flatnonzero(rows["cohort_users"].fillna(1).to_numpy() > 0)
    return rows.iloc[places[0] : places[-1] + 1] if len(places) else rows.iloc[:0]


def told_hidden(result: RetentionResult) -> RetentionResult:
    """Say why averages are unknown, where they are so because the number of a shown cohort is hidden."""
    frame = result.frame
    hidden = frame["mature"].fillna(value=False).astype(bool) & frame["cohort_users"].notna() & frame["users"].isna()
    return replace(result, notes=(*result.notes, HIDDEN_AVERAGE)) if bool(hidden.any()) else result


def hidden_share(result: RetentionResult) -> float:
    """Give the share of the cells after the start whose period is over that are hidden; 0 where there is none."""
    frame = result.frame
    judged = frame[(frame["period"] > 0) & frame["mature"].fillna(value=False).astype(bool)]
    judged = judged[judged["cohort_users"].fillna(1) > 0]  # nobody can come back of those who are not there
    return float(judged["retention_rate"].isna().mean()) if len(judged) else 0.0


def whole(result: RetentionResult) -> pd.DataFrame:
    """Give ``started`` and the average ``retention_rate`` of all groups together, by period."""
    rules = result.rules
    average = averages(result.frame, rules, by=result.by, across=result.by, how=rules.average).set_index("period")
    started = result.frame.groupby("period")["cohort_users"].agg(lambda sizes: sizes.sum(skipna=False))
    return pd.DataFrame({"started": started, "retention_rate": average["retention_rate"]})


def group_words(column: pd.Series[Any]) -> pd.Series[Any]:
    """Give the groups as texts; a missing value is a group too."""
    return column.astype(object).where(column.notna(), "unknown").astype(str)
