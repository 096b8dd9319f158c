"""The choices of one page as labelled fields; every value is a text, as in an address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ipywidgets import Box, Button, Combobox, Dropdown, VBox

from analytics_lib.errors import ArgumentError
from analytics_lib.parameters.declarations import parse_parameters
from analytics_lib.parameters.texts import to_text
from analytics_lib.parameters.validation import validate
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.controls import event_options
from analytics_lib.widgets.debounce import Debounced
from analytics_lib.widgets.picks import Picks
from analytics_lib.widgets.rule_rows import PersonRules, RuleRows, StepConditions

Options = Sequence[tuple[str, str]]
"""Words and value of each entry."""

_PICKED: Final = frozenset({"many", "order"})
_ROWS: Final[Mapping[str, type[RuleRows]]] = {"people": PersonRules, "steps": StepConditions}
_LIST = parse_parameters("names: list[str] = []", where="a list of names")


class Editor(Protocol):
    """What shows one value and lets a reader change it."""

    value: Any

    def observe(self, handler: Callable[[Any], None], names: str) -> None:
        """Call back when the reader has changed the value."""


@dataclass(frozen=True, slots=True)
class Field:
    """One choice of a page."""

    name: str
    """Name of the notebook's parameter."""
    label: str
    """What the reader calls it."""
    default: str = ""
    """The value that an address leaves out."""
    options: Options | Callable[[Audience], Options] = ()
    """What may be chosen; proposals where the reader may write."""
    kind: str = "one"
    """``one`` of the options, ``text`` that the reader writes, ``many`` of the options, their ``order``, or rows of
    rules about ``people`` or the ``steps`` of a funnel."""
    usual: bool = True
    """Whether it is always seen; the others appear under "More rules"."""
    empty: str = ""
    """What an empty text stands for, shown in pale letters."""

    def offered(self, audience: Audience) -> Options:
        """Give the entries for a tenant's data."""
        return self.options(audience) if callable(self.options) else self.options

    def editor(self) -> Any:
        """Make what shows it."""
        if self.kind in _ROWS:
            return _ROWS[self.kind](self.label)
        if self.kind in _PICKED:
            return Picks(self.label, ordered=self.kind == "order")
        if self.kind == "text":
            return Combobox(description=self.label, placeholder=self.empty, continuous_update=False)
        return Dropdown(description=self.label)


class Fields(VBox):  # type: ignore[misc]
    """The fields of a page; they report once, a moment after the last change."""

    def __init__(self, fields: Sequence[Field], on_change: Callable[[dict[str, str]], None]) -> None:
        """Make the fields.

        Parameters
        ----------
        fields
            What there is to choose.
        on_change
            Called with the texts of all fields after the reader's last change.
        """
        self.fields = {one.name: one for one in fields}
        self.editors = {one.name: one.editor() for one in fields}
        self._quiet = False
        report = Debounced(lambda: on_change(self.texts()))
        for editor in self.editors.values():
            editor.observe(lambda _change: None if self._quiet else report(), names="value")
        self._more = Button(description="More rules")
        self._more.on_click(lambda _button: self._open(not self._is_open))
        parts = [self._row(usual=True), self._row(usual=False)]
        super().__init__([parts[0], self._more, parts[1]] if parts[1].children else [parts[0]])
        self._hidden = parts[1]
        self._open(False)  # noqa: FBT003  # closed
        self.add_class("analytics-fields")

    def texts(self) -> dict[str, str]:
        """Give the present values."""
        return {name: written(editor.value) for name, editor in self.editors.items()}

    def show(self, texts: Mapping[str, str], audience: Audience) -> None:
        """Set all fields without reporting."""
        with self._quietly():
            for name, field in self.fields.items():
                self._set(name, texts[name], field.offered(audience))
        if any(texts[name] != field.default for name, field in self.fields.items() if not field.usual):
            self._open(True)  # noqa: FBT003  # open

    def offer(self, name: str, options: Options, value: str) -> None:
        """Give one field other entries, without reporting."""
        with self._quietly():
            self._set(name, value, options)

    def _set(self, name: str, text: str, options: Options) -> None:
        editor = self.editors[name]
        if isinstance(editor, Combobox):
            editor.options = [value for _, value in options]
            editor.value = text
            return
        editor.options = list(options)
        editor.value = names_in(text) if isinstance(editor, Picks | RuleRows) else text

    def _row(self, *, usual: bool) -> Box:
        row = Box([self.editors[name] for name, field in self.fields.items() if field.usual == usual])
        row.add_class("analytics-controls")
        return row

    def _open(self, is_open: bool) -> None:  # noqa: FBT001  # private
        self._is_open = is_open
        self._hidden.layout.display = None if is_open else "none"
        self._more.description = "Fewer rules" if is_open else "More rules"

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False


def fitting(fields: Sequence[Field], given: Mapping[str, Any], audience: Audience) -> dict[str, str]:
    """Give the text of each field: what was given where it fits the tenant's data, else the default."""
    texts = {}
    for field in fields:
        text = written(given.get(field.name))
        known = {value for _, value in field.offered(audience)}
        if field.kind in _PICKED:
            text = written([name for name in names_in(text) if name in known])
        fits = text in known or field.kind != "one"
        texts[field.name] = text if text and fits else field.default
    return texts


def misfits(fields: Sequence[Field], given: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Say which values of an address were passed over, as a stale or misspelt link has them; empty if none was."""
    lost = []
    for field in fields:
        asked = written(given.get(field.name))
        if field.kind in _PICKED:
            lost += [(field.label, name) for name in names_in(asked) if name not in names_in(texts[field.name])]
        elif asked and asked != texts[field.name]:
            lost.append((field.label, asked))
    told = ", ".join(f"{label.lower()} {name!r}" for label, name in lost)
    return f"Passed over, because it is not known here: {told}. Everything else is as the address asks." if told else ""


def unpacked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values with those that ``rules`` holds, such as ``["unit=session"]``, under their names.

    Examples
    --------
    >>> unpacked({"by": "country", "rules": ["unit=session"]})
    {'by': 'country', 'unit': 'session'}
    """
    pairs = (entry.partition("=")[::2] for entry in names_in(written(given.get("rules"))))
    return {name: value for name, value in given.items() if name != "rules"} | dict(pairs)


def check_rules(fields: Sequence[Field], given: Mapping[str, Any], audience: Audience) -> None:
    """Refuse what ``rules`` holds where the page or the tenant's data does not know it.

    Raises
    ------
    ArgumentError
        A rule has an unknown name, or a value that may not be chosen.
    """
    known = {field.name: field for field in fields}
    for entry in names_in(written(given.get("rules"))):
        name, _, text = entry.partition("=")
        if name not in known:
            raise ArgumentError(f"rules know no {name!r}", f"Use one of {', '.join(known)}, as in unit=session.")
        field = known[name]
        if field.kind == "text" or field.kind in _ROWS:
            continue
        allowed = [value for _, value in field.offered(audience) if value]
        wrong = [one for one in (names_in(text) if field.kind in _PICKED else [text]) if one not in allowed]
        if wrong:
            raise ArgumentError(f"{name} in rules can't be {wrong[0]!r}", f"Use one of {', '.join(allowed)}.")


def packed(fields: Sequence[Field], texts: Mapping[str, str]) -> dict[str, str]:
    """Give the texts for the address: defaults are empty, rules that are seldom used stand together."""
    changed = {field.name: "" if texts[field.name] == field.default else texts[field.name] for field in fields}
    rules = [f"{field.name}={changed[field.name]}" for field in fields if not field.usual and changed[field.name]]
    return {field.name: changed[field.name] for field in fields if field.usual} | {"rules": written(rules)}


def names_in(text: str) -> list[str]:
    """Read a list of names as an address holds it.

    Examples
    --------
    >>> names_in("view,buy"), names_in('["a,b"]'), names_in("")
    (['view', 'buy'], ['a,b'], [])
    """
    return list(validate(_LIST, {"names": text})["names"]) if text else []


def written(value: Any) -> str:
    """Write a value as an address holds it; an empty list is the empty text."""
    return "" if value in ([], ()) else to_text(list(value) if isinstance(value, tuple) else value)


def columns_of(audience: Audience) -> Options:
    """Offer the columns that split the data."""
    from analytics_lib.charts.formats import axis_label

    return [("nothing", ""), *((axis_label(name), name) for name in audience.breakdowns)]


def conditions_of(audience: Audience) -> Options:
    """Offer the columns a condition may be on."""
    return [(name, f"has:{name}") for name in (*audience.breakdowns, *audience.properties)]


def events_of(audience: Audience) -> Options:
    """Offer any event, or one by its name."""
    return [("any event", ""), *event_options(audience.counts)[1:]]


def names_of(audience: Audience) -> Options:
    """Offer the events by name."""
    return event_options(audience.counts)[1:]
