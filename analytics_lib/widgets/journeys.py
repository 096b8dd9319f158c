"""The journeys page: where people go from here, or where they come from, and who took which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.path_names import END, START
from analytics_lib.behaviour.paths import PathsResult, paths
from analytics_lib.charts.chart import Chart
from analytics_lib.charts.sankey import draw_sankey
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.fields import Field, Options, names_in, names_of
from analytics_lib.widgets.people import People

_NUMBERS: Final = [(str(number), str(number)) for number in (10, 20, 35, 50, 100, 200)]
_HEADINGS: Final = {
    "source": "from", "target": "to", "step": "step", "users": "people", "sessions": "sessions",
    "transitions": "transitions",
}  # fmt: skip


def _anchors(audience: Audience) -> Options:
    return [("any, from begin to end", ""), *names_of(audience)]


def _groups(audience: Audience) -> Options:
    """Offer patterns: every name, and what names of one kind have in common."""
    kinds = dict.fromkeys(name.split(mark)[0] + mark + "*" for name in audience.counts for mark in "._" if mark in name)
    return [(name, name) for name in (*kinds, *audience.counts)]


class JourneysWidget(AnalysisPage):
    """Shows which ways people take, step by step.

    A tap on a band lists who took it, a tap on a node who passed there.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), and the arguments of
        :func:`~analytics_lib.behaviour.paths.paths` that :attr:`own` lists.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("anchor", "Event", "", _anchors),
        Field("direction", "Direction", "after", (("what comes after", "after"), ("what came before", "before"))),
        Field("length", "Steps", "4", [(str(number), str(number)) for number in range(2, 9)]),
        Field("unit", "Whose journey", "session", (("sessions", "session"), ("people", "user"))),
        Field("top", "Most ways shown", "100", _NUMBERS, usual=False),
        Field("occurrence", "Which time", "first", (("the first", "first"), ("the last", "last")), usual=False),
        Field("collapse", "Repeats in a row", "true", (("are one visit", "true"), ("are told apart", "false")),
              usual=False),
        Field("include", "Only", "", _groups, kind="text", usual=False),
        Field("exclude", "Without", "", _groups, kind="text", usual=False),
    )  # fmt: skip
    hint = "Tap a band to list who took that way, or a name to list who passed there."
    file_name = "journeys"
    wide = True

    answer: PathsResult

    def asked(self, choices: Choices) -> PathsResult:
        """Ask for the journeys of some days."""
        question = ("paths", choices, tuple(self.texts.items()))
        return self.audience.answer(question, lambda: self.audience.shown(self._computed(choices)))

    def _computed(self, choices: Choices) -> PathsResult:
        texts = self.texts
        return paths(
            self.audience.table,
            anchor=texts["anchor"] or None,
            direction=texts["direction"],
            occurrence=texts["occurrence"],
            length=int(texts["length"]),
            unit=texts["unit"],
            collapse=texts["collapse"] == "true",
            top=int(texts["top"]),
            include=names_in(texts["include"]) or None,
            exclude=names_in(texts["exclude"]),
            **self.audience.calendar(choices),
        )

    def kpis(self) -> tuple[Kpi, ...]:
        """Give the journeys and how many of them end on the way."""
        now, then = (self._numbers(self.asked(choices).frame) for choices in (self.choices, self.choices.before))
        whose = "Sessions" if self.texts["unit"] == "session" else "People"
        edge = "end" if self.texts["direction"] == "after" else "begin"
        return (
            Kpi(f"{whose} on this way", now[0], then[0]),
            Kpi(f"Of them {edge} within {self.texts['length']} steps", now[1], then[1], "percent", up_is_good=False),
        )

    def _numbers(self, frame: pd.DataFrame) -> tuple[float | None, float | None]:
        edge = frame["target"] == END if self.texts["direction"] == "after" else frame["source"] == START
        first, last = frame.loc[frame["step"] == 1, "transitions"], frame.loc[edge, "transitions"]
        begun = known_number(first.sum(skipna=False)) if len(first) else None  # bands that are shown give nothing away
        over = known_number(last.sum(skipna=False))
        return begun, over / begun if begun and over is not None else None

    def drawn(self) -> tuple[Chart, ...]:
        """Give the flows."""
        frame = self.answer.flows()
        size = 40 + 14 * int(frame.groupby("step")["target"].nunique().max()) if len(frame) else 0
        anchor = self.texts["anchor"]
        where = f" {self.texts['direction']} {anchor}" if anchor else ""
        return (draw_sankey(frame, title=f"Ways{where}, step by step", height=max(size, 380), selectable=True),)

    def headings(self) -> Mapping[str, str]:
        """Give the columns."""
        return _HEADINGS

    def picked(self, datum: Mapping[str, Any]) -> People:
        """Give the people of a band, or of all bands that reach (or leave) a node."""
        frame = self.answer.frame.reset_index(drop=True)
        if "row" in datum:
            row = frame.iloc[int(datum["row"])]
            return self._people(
                f"went from {row['source']} to {row['target']}, step {row['step']}", frame.loc[[row.name]]
            )
        flows, name, column = self.answer.flows().reset_index(drop=True), datum["name"], int(datum["column"])
        reaching = (flows["step"] == column - 1) & (flows["target"] == name)
        leaving = (flows["step"] == column) & (flows["source"] == name)
        return self._people(f"passed {name}, place {column}", frame[reaching if reaching.any() else leaving])

    def _people(self, title: str, rows: pd.DataFrame) -> People:
        keys = rows[["step", "source", "target"]].to_dict("records")
        found = pa.concat_tables(
            [self.answer.people(**{str(name): value for name, value in key.items()}) for key in keys]
        )
        names = [name for name in found.column_names if name != "user_id"]
        people = found.group_by(["user_id", *names]).aggregate([]).sort_by("user_id")
        return People(title, people, "people-of-a-way", self.answer.definition)
