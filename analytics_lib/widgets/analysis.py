"""A page that asks one analysis: its arguments as fields, its answer as cards, charts, a table and people."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from ipywidgets import HTML, Box, VBox

from analytics_lib.charts.chart import Chart
from analytics_lib.results import Result
from analytics_lib.widgets.cards import Kpi, KpiCard
from analytics_lib.widgets.chart_view import ChartView
from analytics_lib.widgets.dashboard import Dashboard, definitions_html
from analytics_lib.widgets.fields import Field, Fields, check_rules, fitting, misfits, packed, unpacked
from analytics_lib.widgets.people import People, PeopleList
from analytics_lib.widgets.table_view import TableView


class AnalysisPage(Dashboard):
    """A dashboard over one analysis.

    A subclass lists its :attr:`own`, asks in :meth:`asked`, and says in words, pictures and people what
    came back. Texts of the fields are in :attr:`texts`, the shown result is in :attr:`answer`.
    """

    own: ClassVar[tuple[Field, ...]] = ()
    """The arguments of the analysis that a reader may choose."""
    common: ClassVar[Mapping[str, bool]] = {"with_event": False, "with_grain": False}
    """Which of the common controls it has."""
    wide: ClassVar[bool] = False
    """Whether the first chart needs the whole width."""
    table_under: ClassVar[str] = "others"
    """Where the table stands: under the ``first`` chart, where that is low, under the ``others``, or under ``all``."""
    hint: ClassVar[str] = ""
    """How to ask for people."""
    file_name: ClassVar[str] = "numbers"
    """Name of the table's file, without its ending."""

    def __init__(self, workspace: Any, **given: Any) -> None:
        super().__init__(workspace, controls=self.common, **given)

    @abstractmethod
    def asked(self, choices: Any) -> Result:
        """Ask the analysis for the days of some choices, with small groups hidden."""

    @abstractmethod
    def kpis(self) -> tuple[Kpi, ...]:
        """Give the numbers on top; always as many."""

    @abstractmethod
    def drawn(self) -> tuple[Chart, ...]:
        """Give the charts; always as many."""

    @abstractmethod
    def headings(self) -> Mapping[str, str]:
        """Give the columns of the table with their words."""

    @abstractmethod
    def picked(self, datum: Mapping[str, Any]) -> People | None:
        """Give the people behind what a reader tapped on, as the chart's source describes it."""

    def take_own(self, given: Mapping[str, Any]) -> None:
        """Take the page's own choices, where the tenant's data knows them; wrong rules are refused."""
        check_rules(self.own, given, self.audience)
        self.texts = fitting(self.own, unpacked(given), self.audience)
        self.remark = misfits(self.own, unpacked(given), self.texts)
        if hasattr(self, "fields"):
            self.fields.show(self.texts, self.audience)

    def own_texts(self) -> dict[str, str]:
        """Give the page's own choices for the address; defaults are left out."""
        return packed(self.own, self.texts)

    def own_fields(self) -> list[Any]:
        """Give the row with the page's own choices."""
        return [self.fields]

    def build(self) -> list[Any]:
        """Make fields, cards, charts, table and list."""
        self.fields = Fields(self.own, self._own_chosen)
        self.fields.show(self.texts, self.audience)
        self.answer = self.asked(self.choices)
        self.cards = [KpiCard(kpi) for kpi in self.kpis()]
        self.views = [ChartView(chart) for chart in self.drawn()]
        for view in self.views:
            view.on_tap(partial(self._tapped, view))
        self.table = TableView(self.file_rows, self.file_name)
        self.people = PeopleList(hint=self.hint, on_clear=self._clear, save=self.save_people)
        self.definitions = HTML()
        self._fresh = True
        cards = Box(self.cards)
        cards.add_class("analytics-cards")
        self.halves = self._halves()
        return [cards, self.halves, self.people, self.definitions]

    def _halves(self) -> Box:
        """Lay charts and table side by side, where the page has room for two."""
        first, *others = self.views
        kinds: dict[str, list[Any]] = {
            "first": [[first, self.table], others],
            "others": [[first], [*others, self.table]],
            "all": [*([view] for view in self.views), [self.table]],
        }
        parts = kinds[self.table_under]
        columns: list[Any] = [VBox(part) if len(part) > 1 else part[0] for part in parts]
        for column in columns:
            if type(column) is VBox:
                column.add_class("analytics-column")
        whole = columns if self.wide and self.table_under != "all" else columns[:1] if self.wide else []
        for column in [*whole, *(columns[-1:] if self.table_under == "all" else [])]:
            column.add_class("analytics-wide")
        halves = Box(columns)
        halves.add_class("analytics-grid")
        return halves

    def tall(self) -> bool:
        """Tell whether the first chart is so high that all others, and a table under ``all``, stand beside it."""
        return False

    def update(self) -> None:
        """Answer the present choices."""
        if not self._fresh:  # else the parts were just made from this very answer
            self.answer = self.asked(self.choices)
            for card, kpi in zip(self.cards, self.kpis(), strict=True):
                card.show(kpi)
            for view, chart in zip(self.views, self.drawn(), strict=True):
                view.show(chart)
        self._fresh = False
        (self.halves.add_class if self.tall() else self.halves.remove_class)("analytics-tall")
        self.people.show(None)
        self.table.show(self.listed(), self.headings())
        self.definitions.value = definitions_html(self.answer)

    def listed(self) -> Any:
        """Give the rows of the table; the file has all columns of all rows."""
        return self.answer.frame

    def file_rows(self) -> Any:
        """Give the rows of the file: all columns of all rows."""
        return self.answer.frame

    def _tapped(self, view: ChartView, datum: Mapping[str, Any] | None) -> None:
        self.guarded(self._show_people)(view, datum)

    def _show_people(self, view: ChartView, datum: Mapping[str, Any] | None) -> None:
        for other in self.views:
            if other is not view:
                other.clear()
        self.people.show(None if datum is None else self.picked(datum))

    def _clear(self) -> None:
        for view in self.views:
            view.clear()
        self.people.show(None)

    def _own_chosen(self, texts: dict[str, str]) -> None:
        self.guarded(self._take_fields)(texts)

    def _take_fields(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.refresh()
