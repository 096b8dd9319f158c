"""The row of controls on top of a dashboard: tenant, days, event and bucket, as labelled fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ipywidgets import Box, DatePicker, Dropdown

from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.choices import GRAINS, PRESETS, Choices, last_days
from analytics_lib.widgets.debounce import Debounced

_CUSTOM = "own days"
_NAMED = 40
"""Longest event name a list shows whole."""


class Controls(Box):  # type: ignore[misc]
    """Fields for the choices of a page; they report once, a moment after the last change."""

    def __init__(
        self, tenants: Mapping[str, str], *, with_event: bool = True, with_grain: bool = True, seconds: float = 0.25
    ) -> None:
        """Make the fields.

        Parameters
        ----------
        tenants
            Title of each tenant by id.
        with_event, with_grain
            Whether there is a field for the event and for the bucket.
        seconds
            How long a reader's hand must be still.
        """
        self.tenant = Dropdown(options=[(title, name) for name, title in tenants.items()], description="Data of")
        self.preset = Dropdown(options=[*PRESETS, _CUSTOM], description="Range")
        self.start = DatePicker(description="From")
        self.end = DatePicker(description="To (inclusive)")
        self.event = Dropdown(options=[("all events", "")], description="Event")
        self.grain = Dropdown(options=list(GRAINS), description="Per")
        self._changed: Callable[[dict[str, Any]], None] | None = None
        self._quiet = False
        self._report = Debounced(self._tell, seconds=seconds)
        optional = [*([self.event] if with_event else []), *([self.grain] if with_grain else [])]
        super().__init__([self.tenant, self.preset, self.start, self.end, *optional])
        self.add_class("analytics-controls")
        for field in self.children:
            field.observe(self._touched, names="value")

    def on_change(self, callback: Callable[[dict[str, Any]], None]) -> None:
        """Call back with the values of all fields, once, after the reader's last change."""
        self._changed = callback

    def show(self, choices: Choices, audience: Audience) -> None:
        """Set the fields without reporting."""
        self._quiet = True
        try:
            self.tenant.value = choices.tenant_id
            self.event.options = event_options(audience.counts, choices.event)
            self.event.value = choices.event
            self.start.value, self.end.value = choices.start, choices.end
            self.grain.value = choices.grain
            self.preset.value = _preset_of(choices, audience)
            self._newest = (audience.newest, audience.time_zone)
        finally:
            self._quiet = False

    def _touched(self, change: Any) -> None:
        if self._quiet:
            return
        if change["owner"] is self.preset:
            if self.preset.value == _CUSTOM:
                return
            self._quiet = True
            self.start.value, self.end.value = last_days(*self._newest, PRESETS[self.preset.value])
            self._quiet = False
        self._report()

    def _tell(self) -> None:
        if self._changed is not None:
            values = {"tenant_id": self.tenant.value, "start": self.start.value, "end": self.end.value}
            self._changed({**values, "event": self.event.value, "grain": self.grain.value})


def event_options(counts: Mapping[str, int], chosen: str = "") -> list[tuple[str, str]]:
    """Give the entries of an event list: names with their counts, the most frequent first.

    Examples
    --------
    >>> event_options({"view": 1200, "buy": 3})
    [('all events', ''), ('view (1,200)', 'view'), ('buy (3)', 'buy')]
    """
    named = [(f"{_short(name)} ({count:,})", name) for name, count in counts.items()]
    missing = [] if not chosen or chosen in counts else [(f"{_short(chosen)} (0)", chosen)]
    return [("all events", ""), *missing, *named]


def _short(name: str) -> str:
    return name if len(name) <= _NAMED else f"{name[: _NAMED - 1]}…"


def _preset_of(choices: Choices, audience: Audience) -> str:
    stretch = (choices.start, choices.end)
    found = (name for name, days in PRESETS.items() if last_days(audience.newest, audience.time_zone, days) == stretch)
    return next(found, _CUSTOM)


def titles(tenant_ids: Sequence[str], title_of: Callable[[str], str]) -> dict[str, str]:
    """Give the title of each tenant by id, in order."""
    return {name: title_of(name) or name for name in tenant_ids}
