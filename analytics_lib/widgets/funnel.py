"""The funnel page: choose and order the steps, see where people stop, and list who did."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, ClassVar, Final

import pandas as pd

from analytics_lib.behaviour.dialects import DIALECTS
from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.funnel_exclusion import Exclusion, exclusion
from analytics_lib.behaviour.funnel_steps import Step, step
from analytics_lib.behaviour.rule_texts import wanted_value
from analytics_lib.charts.chart import Chart
from analytics_lib.charts.formats import axis_label
from analytics_lib.charts.funnels import draw_funnel
from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.fields import (
    Field,
    Options,
    columns_of,
    conditions_of,
    misfits,
    names_in,
    names_of,
    unpacked,
    written,
)
from analytics_lib.widgets.people import People
from analytics_lib.widgets.picks import MOST as MOST_STEPS
from analytics_lib.widgets.rule_rows import parts_of

UNLIMITED: Final = "none"
"""How an address says that there is no limit; the empty text is the default."""
WINDOWS: Final = (
    ("1 hour", "1h"), ("1 day", "1d"), ("7 days", "7d"), ("14 days", "14d"), ("30 days", "30d"),
    ("one session", "1 session"), ("no limit", UNLIMITED),
)  # fmt: skip
_HEADINGS: Final = {
    "event": "step", "users": "people", "step_rate": "of the step before", "overall_rate": "of all",
    "median_seconds": "median time", "immature": "still open",
}  # fmt: skip
_COUNTED: Final = {"sessions": "Sessions", "entries": "Entries", "users": "People"}


def whose(steps: int) -> Options:
    """Offer the steps whose event tells the group of a person.

    Examples
    --------
    >>> [words for words, _ in whose(2)]
    ['first step', 'last step', 'step 1', 'step 2', 'any step']
    """
    places = [(f"step {number}", f"step:{number}") for number in range(1, steps + 1)]
    return [("first step", "first"), ("last step", "last"), *places, ("any step", "all")]


def between(steps: int) -> Options:
    """Offer the pairs of steps between which an event may exclude.

    Examples
    --------
    >>> [words for words, _ in between(3)]
    ['first and last', '1 and 2', '1 and 3', '2 and 3']
    """
    pairs = combinations(range(1, steps + 1), 2)
    return [("first and last", ""), *((f"{after} and {before}", f"{after}-{before}") for after, before in pairs)]


class FunnelWidget(AnalysisPage):
    """Shows how many people go from step to step.

    A tap on a bar lists the people who reached that step (of that group).

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), and the arguments of
        :func:`~analytics_lib.behaviour.funnel.funnel` that :attr:`own` lists. ``within="none"`` is no
        limit. Without two steps that the tenant's data knows, the page asks for the
        funnel of the settings, else for :func:`~analytics_lib.behaviour.usual_steps.usual_steps`.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("steps", "Step", "", names_of, kind="order"),
        Field("within", "Within", "14d", WINDOWS),
        Field("by", "Split by", "", columns_of),
        Field("order", "Order", "ordered", (("in order", "ordered"), ("directly", "strict"), ("any", "any"))),
        Field("attribution", "Group of", "first", whose(MOST_STEPS), usual=False),
        Field("window_from", "Time counts from", "entry", (("first step", "entry"), ("step before", "previous_step")),
              usual=False),
        Field("entry", "Entry", "best", (("furthest", "best"), ("first", "first"), ("every", "every")), usual=False),
        Field("unit", "Whose funnel", "user", (("people", "user"), ("sessions", "session")), usual=False),
        Field("exclude_effect", "Excluded are", "drop_entity",
              (("left out", "drop_entity"), ("stopped there", "stop_at_step")), usual=False),
        Field("exclude_between", "If between steps", "", between(MOST_STEPS), usual=False),
        Field("dialect", "Count as", "", (("we define it", ""), *((name.replace("_", " "), name) for name in DIALECTS)),
              usual=False),
        Field("exclude", "Without", "", names_of, kind="many", usual=False),
        Field("optional", "May be skipped", "", names_of, kind="many", usual=False),
        Field("anchored", "Keeps its place", "", names_of, kind="many", usual=False),
        Field("hold_constant", "Same", "", lambda audience: columns_of(audience)[1:], kind="many", usual=False),
        Field("where", "condition", "", conditions_of, kind="steps", usual=False),
    )  # fmt: skip
    hint = "Tap a bar to list who reached that step."
    file_name = "funnel"

    answer: FunnelResult

    def take_own(self, given: Mapping[str, Any]) -> None:
        """Take the choices; without two known steps, the usual ones."""
        counts = self.audience.counts
        steps = names_in(written(given.get("steps")))
        known = [name for name in steps if name in counts]
        super().take_own({**given, "steps": known if len(known) >= 2 else self.audience.usual_steps()})
        self.texts = self._fitting_steps(self.texts)
        self.remark = misfits(self.own, unpacked(given), self.texts)

    def _take_fields(self, texts: dict[str, str]) -> None:
        fitting = self._fitting_steps(texts)
        lost = [field.label for field in self.own if fitting[field.name] != texts[field.name]]
        if lost:
            self.remark = f"Back to the usual, because the step is not there any more: {', '.join(lost).lower()}."
        super()._take_fields(fitting)

    def _offered(self, texts: Mapping[str, str]) -> dict[str, Options]:
        """Give the entries of the fields that speak of steps: only those the funnel has."""
        count = max(len(names_in(texts["steps"])), 1)
        numbers = [(f"step {number}", f"step:{number}") for number in range(1, count + 1)]
        columns = [*conditions_of(self.audience), *numbers]
        return {"attribution": whose(count), "exclude_between": between(count), "where": columns}

    def _fitting_steps(self, texts: dict[str, str]) -> dict[str, str]:
        """Give the choices with those about steps that the funnel does not have set to their defaults."""
        offered = self._offered(texts)
        known = {name: {value for _, value in offered[name]} for name in ("attribution", "exclude_between")}
        defaults = {field.name: field.default for field in self.own}
        return {name: defaults[name] if text not in known.get(name, {text}) else text for name, text in texts.items()}

    def update(self) -> None:
        """Answer the present choices, and offer the steps there are."""
        super().update()
        for name, options in self._offered(self.texts).items():
            self.fields.offer(name, options, self.texts[name])

    def asked(self, choices: Choices) -> FunnelResult:
        """Ask for the funnel of some days."""
        return self._funnel(choices, self.texts["by"] or None)

    def _funnel(self, choices: Choices, by: str | None) -> FunnelResult:
        if len(names_in(self.texts["steps"])) < 2:
            raise ArgumentError("a funnel needs two steps", "Choose an event for step 1 and step 2.")
        question = ("funnel", choices, by, tuple(self.texts.items()))
        return self.audience.answer(question, lambda: self.audience.shown(self._computed(choices, by)))

    def steps(self) -> list[Step]:
        """Give the steps with their conditions, whether they may be skipped, and whether they keep their place.

        Raises
        ------
        ArgumentError
            A condition can't be read, or is on a step that is not there.
        """
        names, skipped, anchored = (names_in(self.texts[name]) for name in ("steps", "optional", "anchored"))
        where: list[dict[str, object]] = [{} for _ in names]
        for text in names_in(self.texts["where"]):
            number, column, operation, value = parts_of(text)
            if not 1 <= int(number) <= len(names):
                raise ArgumentError(f"there is no step {number} for {text!r}", f"Choose a step from 1 to {len(names)}.")
            if not value and operation != "is missing":
                raise ArgumentError(f"the condition on {column} has no value", "Write one, or take the condition out.")
            where[int(number) - 1][column] = wanted_value(column, operation, value)
        return [
            step(name, where=conditions, optional=name in skipped, anchored=name in anchored)
            for name, conditions in zip(names, where, strict=True)
        ]

    def _computed(self, choices: Choices, by: str | None) -> FunnelResult:
        texts = self.texts
        steps = self.steps()
        return funnel(
            self.audience.table_with(column for one in steps for column in one.columns),
            steps,
            within=None if texts["within"] == UNLIMITED else texts["within"],
            order=texts["order"],
            window_from=texts["window_from"],
            entry=texts["entry"],
            unit=texts["unit"],
            by=by,
            attribution=texts["attribution"] if by else "first",
            exclude=self._exclusions(),
            exclude_effect=texts["exclude_effect"],
            hold_constant=names_in(texts["hold_constant"]),
            dialect=texts["dialect"] or None,
            **self.audience.calendar(choices),
        )

    def _exclusions(self) -> list[Exclusion]:
        after, _, before = self.texts["exclude_between"].partition("-")
        steps = (int(after), int(before)) if before else (1, None)
        return [exclusion(name, after=steps[0], before=steps[1]) for name in names_in(self.texts["exclude"])]

    @property
    def counted(self) -> str:
        """The column that the rates are shares of."""
        return next(name for name in _COUNTED if name in self.answer.frame)

    def kpis(self) -> tuple[Kpi, ...]:
        """Give entries, conversions, their rate and the time of the last step."""
        now, then = (self._funnel(choices, None).frame for choices in (self.choices, self.choices.before))
        counted, what = self.counted, _COUNTED[self.counted]
        first, last = ((column, row) for column, row in ((counted, 0), (counted, -1)))
        return (
            _kpi(f"{what} entered", now, then, *first),
            _kpi(f"{what} at the last step", now, then, *last),
            _kpi("Conversion", now, then, "overall_rate", -1, value_format="percent"),
            _kpi("Median time of the last step", now, then, "median_seconds", -1, value_format="duration",
                 up_is_good=False),
        )  # fmt: skip

    def drawn(self) -> tuple[Chart, ...]:
        """Give the bars."""
        by = self.texts["by"] or None
        title = f"{_COUNTED[self.counted]} who reach each step" + (f" by {axis_label(by)}" if by else "")
        return (draw_funnel(self.answer.frame, by=by, users=self.counted, title=title, selectable=True),)

    def headings(self) -> Mapping[str, str]:
        """Give the columns, the group first."""
        by = self.texts["by"]
        more = {} if self.counted == "users" else {self.counted: self.counted}
        columns = {"event": _HEADINGS["event"], **more, **_HEADINGS}
        if not by:
            return columns
        short = ("event", *more, "users", "overall_rate")
        return {by: axis_label(by), **{name: columns[name] for name in short}}

    def picked(self, datum: Mapping[str, Any]) -> People:
        """Give the people who reached a step."""
        row = self.answer.frame.iloc[int(datum["row"])]
        keys = {name: row[name] for name in self.answer.key_columns}
        group = f" of {row[self.texts['by']]}" if self.texts["by"] else ""
        title = f"reached step {row['step']}, {row['event']}{group}"
        return People(title, self.answer.people(**keys), f"people-step-{row['step']}", self.answer.definition)


def _kpi(title: str, now: pd.DataFrame, then: pd.DataFrame, column: str, row: int, **look: Any) -> Kpi:
    return Kpi(title, known_number(now[column].iloc[row]), known_number(then[column].iloc[row]), **look)
