"""What all dashboards share: controls on top, choices in the address, friendly failures."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from ipywidgets import HTML, VBox

from analytics_lib.display import format_count
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.cards import KpiCard
from analytics_lib.widgets.controls import Controls, titles
from analytics_lib.widgets.guard import guard
from analytics_lib.widgets.people import People
from analytics_lib.widgets.styles import style_html
from analytics_lib.widgets.url_state import UrlState

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace


class Dashboard(VBox):  # type: ignore[misc]
    """A page of numbers that answers again when a choice changes.

    A subclass makes its parts in :meth:`build`, fills them in :meth:`update`, and names its own
    choices in :meth:`own_texts` and :meth:`take_own`.
    """

    usual: ClassVar[Mapping[str, Any]] = {}
    """What it opens with where that is not four weeks by day: ``days``, ``grain``."""
    cards: Sequence[KpiCard] = ()
    """The numbers on top, which know whether there is anything to compare with."""

    def __init__(self, workspace: Workspace, *, controls: Mapping[str, bool], **given: Any) -> None:
        """Open the page with the choices that were given.

        Parameters
        ----------
        workspace
            Whose data.
        controls
            Which optional fields there are: ``with_event``, ``with_grain``.
        **given
            Starting values by name; empty or missing ones get their default.
        """
        super().__init__()
        self.workspace = workspace
        self.status, self.notice, self.badges = HTML(), HTML(), HTML()
        self.remark = ""  # about what was asked; shown once
        known = workspace.tenants()
        self.audience = Audience.of(workspace, given.get("tenant_id") or self.usual_tenant(workspace))
        usual = self.usual_of(self.audience)
        self.choices, self.defaults = self.audience.choices(given, **usual), self.audience.choices({}, **usual)
        self.controls = Controls(titles(known, lambda name: workspace.tenant(name).title), **controls)
        self.address = UrlState()
        self.add_class("analytics-dashboard")
        if not self.audience.counts:
            self._say_nothing_yet()
            return
        self.take_own(given)
        parts = self.build()
        top = [HTML(style_html()), self.badges, self.controls, *self.own_fields(), self.status, self.notice]
        self.children = (*top, *parts, self.address)
        self.guarded = guard(self.tell)
        self.refresh()
        self.controls.on_change(self.guarded(self._chosen))
        self.address.on_return(self.guarded(self._returned))

    def usual_tenant(self, workspace: Workspace) -> str:
        """Give whose data the page opens with when nobody is named."""
        return workspace.chosen_tenant().tenant_id

    def usual_of(self, audience: Audience) -> Mapping[str, Any]:
        """Give what the page opens with for some data: :attr:`usual`, unless it knows better."""
        del audience
        return self.usual

    def _say_nothing_yet(self) -> None:
        """Show what to do where there is nothing to show; the page is whole once it is loaded again."""
        name = f'<span class="analytics-badge">{escape(self.audience.title)}</span>'
        self.badges.value = f'<div class="analytics-badges">{name}</div>'
        self.tell(
            f"There are no events yet. Load some (analytics load FILE --workspace {self.workspace.folder.name}), "
            "then load this page again."
        )
        self.status.value = ""
        self.children = (HTML(style_html()), self.badges, self.notice, self.address)

    @abstractmethod
    def build(self) -> list[Any]:
        """Make the parts below the controls."""

    def own_fields(self) -> list[Any]:
        """Give rows of fields for the page's own choices, shown under the common ones."""
        return []

    @abstractmethod
    def update(self) -> None:
        """Compute and show the answer to the present choices."""

    def own_texts(self) -> dict[str, str]:
        """Give the page's own choices for the address; empty texts are defaults."""
        return {}

    def take_own(self, given: Mapping[str, Any]) -> None:
        """Take the page's own choices."""

    def refresh(self) -> None:
        """Show everything for the present choices."""
        self.status.value = '<div class="analytics-status" role="status">Updating …</div>'
        self.controls.show(self.choices, self.audience)
        self.badges.value = self.audience.badges_html()
        self.update()
        self.notice.layout.display = "" if self.remark else "none"
        self.notice.value, self.remark = notice_html(self.remark), ""
        self.status.value = f'<div class="analytics-status" role="status">{self.summary_html()}</div>'
        self.address.write(self._texts())

    def summary_html(self) -> str:
        """Give one line about what is shown."""
        days = self.choices.days
        before = "the day" if days == 1 else f"the {days} days"
        is_compared = any(card.kpi.change is not None for card in self.cards)
        words = "compared with" if is_compared else "nothing to compare with in"
        return (
            f"<strong>{self.summary_words()}</strong>, {format_count(days, 'day')} in "
            f"{escape(self.audience.time_zone)}; {words} {before} before."
        )

    def summary_words(self) -> str:
        """Name the days that are shown."""
        return f"{self.choices.start:%-d %b %Y} – {self.choices.end:%-d %b %Y}"

    def tell(self, words: str) -> None:
        """Show a problem where the reader looks; the numbers below stay those of the last answer."""
        self.notice.layout.display = ""
        self.notice.value = notice_html(words)
        self.status.value = '<div class="analytics-status" role="status">The numbers below are unchanged.</div>'

    def save_people(self, people: People, name: str) -> str:
        """Keep people as a cohort of the workspace and say so.

        Raises
        ------
        ArgumentError
            There is no name, or it is taken.
        """
        if not name:
            raise ArgumentError("the cohort has no name", "Write one, such as stopped-at-payment.")
        words = f"{self.summary_words()}: people who {people.title}. {people.definition}"
        tenant = self.choices.tenant_id
        kept = people.table if people.rule is None else people.rule
        self.workspace.save_cohort(kept, name=name, tenant_id=tenant, definition=words, saved_by="dashboard")
        where = f"open_workspace().cohort({name!r}, tenant_id={tenant!r})"
        return f"Saved {len(people):,} people as {name!r}. In a notebook: {where}"

    def choose(self, **values: Any) -> None:
        """Change choices by name and show the answer, as if the reader had used the controls.

        Raises
        ------
        ArgumentError
            A choice makes no sense; the page stays as it is.
        """
        tenant = str(values.get("tenant_id") or self.choices.tenant_id)
        if tenant == self.choices.tenant_id:
            wanted = self.choices.changed(values)
        else:
            grain = values.get("grain") or self.choices.grain
            kept = {} if grain == self.defaults.grain else {"grain": grain}  # what the reader chose goes along
            self.audience = Audience.of(self.workspace, tenant)
            usual = self.usual_of(self.audience)
            self.defaults, wanted = self.audience.choices({}, **usual), self.audience.choices(kept, **usual)
            self.take_own({})
        self.choices = wanted
        self.refresh()

    def _chosen(self, values: dict[str, Any]) -> None:
        self.choose(**values)

    def _returned(self, texts: dict[str, str]) -> None:
        texts = {name: texts.get(name) or value for name, value in self.defaults.to_texts().items()} | {
            name: value for name, value in texts.items() if name not in self.defaults.to_texts()
        }
        self.take_own(texts)
        self.choose(**{name: value for name, value in texts.items() if name in self.defaults.to_texts()})

    def _texts(self) -> dict[str, str]:
        usual, present = self.defaults.to_texts(), self.choices.to_texts()
        kept = {"tenant_id", *(["start"] if present["end"] != usual["end"] else [])}  # an end alone moves the start
        common = {name: "" if value == usual[name] and name not in kept else value for name, value in present.items()}
        return {**common, **self.own_texts()}


def notice_html(words: str) -> str:
    """Give what a reader should see before the numbers."""
    return f'<div class="analytics-notice" role="alert">{escape(words)}</div>'


def definitions_html(*results: Result) -> str:
    """Give definitions and notes: notes are seen at once, the rest when a reader asks."""
    notes = dict.fromkeys(note for result in results for note in result.notes)
    listed = "".join(f"<li>{escape(note)}</li>" for note in notes)
    seen = f'<ul class="analytics-notes">{listed}</ul>' if listed else ""
    explained = "".join(
        f"<p>{escape(result.definition)}</p><p>{escape(str(result.provenance))}</p>" for result in results
    )
    return f"{seen}<details><summary>How these numbers are defined</summary>{explained}</details>"
