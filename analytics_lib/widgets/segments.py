"""The segments page: rules about people, put together field by field, as of a day; who meets them, then and now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial, reduce
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd

from analytics_lib.behaviour.cohorts import Cohort, cohort
from analytics_lib.behaviour.conditions import Condition
from analytics_lib.behaviour.rule_texts import Rule, read_rule
from analytics_lib.behaviour.segments import SegmentsResult, segments
from analytics_lib.charts.bars import draw_bars
from analytics_lib.charts.chart import Chart
from analytics_lib.charts.lines import draw_lines
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import moment
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.fields import Field, Options, conditions_of, names_in, names_of, written
from analytics_lib.widgets.people import People

MOMENTS: Final = 6
"""Moments at which the size of the segment is asked for."""
_WHOLE: Final = {"all": "all together", "any": "any of them"}
_HEADINGS: Final = {"short": "rule", "users": "people", "user_rate": "of all people", "segment": "in words"}


def _proposals(audience: Audience) -> Options:
    return [(words, f"did:{name}") for words, name in names_of(audience)] + list(conditions_of(audience))


class SegmentsWidget(AnalysisPage):
    """Shows who meets some rules as of the last day, rule by rule and together.

    A tap on a bar lists the people; the bar of all rules together is saved as a cohort with its rule, so that it can
    be asked again.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start`` (the day to compare with), ``end`` (only events up to and with this day are known),
        ``match`` (``all`` or ``any``), and ``conditions``: texts as
        :func:`~analytics_lib.behaviour.rule_texts.read_rule` reads them.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("match", "People meet", "all", (("all rules", "all"), ("any rule", "any"))),
        Field("conditions", "rule", "", _proposals, kind="people"),
    )
    hint = "Tap a bar to list who meets that rule."
    file_name = "segments"
    table_under = "first"  # a bar per rule is low
    usual: ClassVar[Mapping[str, Any]] = {"days": 28}

    answer: SegmentsResult

    def take_own(self, given: Mapping[str, Any]) -> None:
        """Take the choices; without a rule, that of having done the most frequent event within the last week."""
        if not names_in(written(given.get("conditions"))):
            usual = Rule("did", next(iter(self.audience.counts), "page.view"), {"within": "7d"})
            given = {**given, "conditions": [usual.text]}
        super().take_own(given)
        self._offer_cohorts()

    def update(self) -> None:
        """Answer the present choices, and offer the cohorts there are."""
        super().update()
        self._offer_cohorts()

    def _offer_cohorts(self) -> None:
        if hasattr(self, "fields"):
            saved = self.workspace.cohorts(tenant_id=self.audience.tenant_id)["name"].tolist()
            options = [*_proposals(self.audience), *((name, f"in:{name}") for name in saved)]
            self.fields.offer("conditions", options, self.texts["conditions"])

    def asked(self, choices: Choices) -> SegmentsResult:
        """Ask for everybody who meets the rules as of the end of the last day."""
        return self._as_of(choices.end)

    def _as_of(self, day: date) -> SegmentsResult:
        question = ("segments", day, tuple(self.texts.items()))
        return self.audience.answer(question, lambda: self.audience.shown(self._computed(day)))

    def _computed(self, day: date) -> SegmentsResult:
        rules = self.rules()
        found = segments(self._table(rules), rules, as_of=self._end_of(day))
        share = found.frame["users"].astype("Float64") / (found.total or float("nan"))
        return replace(found, frame=found.frame.assign(user_rate=share.astype(float)))

    def rules(self) -> dict[str, Condition]:
        """Give the rules by their words, and what they are together.

        Raises
        ------
        ArgumentError
            There is no rule, or one that can't be asked.
        """
        texts = names_in(self.texts["conditions"])
        if not texts:
            raise ArgumentError("there is no rule", "Add one.")
        find = partial(self.workspace.cohort, tenant_id=self.audience.tenant_id)
        each = [read_rule(text).condition(find=find, time_zone=self.audience.time_zone) for text in texts]
        whole = reduce(lambda one, other: one & other if self.texts["match"] == "all" else one | other, each)
        named = {f"{place}. {one}": one for place, one in enumerate(each, 1)}
        return {**named, self.whole: whole} if len(each) > 1 else {self.whole: whole}

    @property
    def whole(self) -> str:
        """The name of the segment itself among the bars."""
        texts = names_in(self.texts["conditions"])
        return _WHOLE[self.texts["match"]] if len(texts) > 1 else "the rule"

    def _table(self, rules: Mapping[str, Condition]) -> Any:
        return self.audience.table_with(column for one in rules.values() for column in one.columns)

    def _end_of(self, day: date) -> datetime:
        return moment("as_of", day, time_zone=self.audience.time_zone, end=True)

    def cohort(self) -> Cohort:
        """Give the segment as a cohort that can be asked again."""
        rules = self.rules()
        return cohort(self._table(rules), rules[self.whole], as_of=self._end_of(self.choices.end), name="segment")

    def kpis(self) -> tuple[Kpi, ...]:
        """Give the size of the segment and its share, each as of the last day and as of the day to compare with."""
        now, then = (self._size(self._as_of(day)) for day in (self.choices.end, self.choices.start))
        return (
            Kpi("People who meet this", known_number(now["users"]), known_number(then["users"])),
            Kpi("Of all people", known_number(now["user_rate"]), known_number(then["user_rate"]), "percent"),
        )

    def _size(self, result: SegmentsResult) -> pd.Series[Any]:
        return result.frame[result.frame["segment"] == self.whole].iloc[0]

    def drawn(self) -> tuple[Chart, ...]:
        """Give the size by rule, and the size of the whole as of several days."""
        bars = draw_bars(
            self.listed(), x="short", y="users", title=f"People by rule, as of {self.choices.end:%-d %b %Y}",
            horizontal=True, x_label="", y_label="people", selectable=True,
        )  # fmt: skip
        lines = draw_lines(
            self.course(), x="time", y="users", title=f"Who met {self.whole}, as of each day", y_label="people",
            x_label="as of", time_zone=self.audience.time_zone,
        )  # fmt: skip
        return bars, lines

    def listed(self) -> pd.DataFrame:
        """Give the rows, with names that are short enough for a bar on a phone."""
        frame = self.answer.frame
        short = [name if name == self.whole else f"rule {name.split('.')[0]}" for name in frame["segment"]]
        alone = len(frame) == 1
        words = [str(rule) for rule in self.rules().values()] if alone else frame["segment"]
        return frame.assign(short=short, segment=words)

    def course(self) -> pd.DataFrame:
        """Give the size of the segment as of several days from the first to the last: what was known then."""
        first, days = self.choices.start, self.choices.days - 1
        places = sorted({round(one) for one in np.linspace(0, days, min(MOMENTS, days + 1))})
        moments = [first + timedelta(days=place) for place in places]
        sizes = [self._size(self._as_of(day))["users"] for day in moments]
        begins = [moment("as_of", day, time_zone=self.audience.time_zone) for day in moments]
        times = pd.to_datetime(begins, utc=True)  # the day itself, though its end is meant: that is the next day's name
        return pd.DataFrame({"time": times, "users": pd.array(sizes, "Int64")})

    def summary_html(self) -> str:
        """Say as of when, and with when it is compared."""
        return (
            f"<strong>As of {self.choices.end:%-d %b %Y}</strong>, with what was known by then; compared with "
            f"{self.choices.start:%-d %b %Y}."
        )

    def headings(self) -> Mapping[str, str]:
        """Give the columns."""
        return _HEADINGS

    def picked(self, datum: Mapping[str, Any]) -> People | None:
        """Give the people of a rule; those of the whole with the rule itself, to be saved."""
        if "row" not in datum:
            return None
        name = self.answer.frame["segment"].iloc[int(datum["row"])]
        people = self.answer.people(segment=name)
        whole = name == self.whole
        title = f"who meet {name}" if whole else f"who meet rule {name}"
        return People(title, people, "segment", self.answer.definition, self.cohort() if whole else None)
