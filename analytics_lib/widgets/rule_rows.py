"""Editors for lists of rules: each rule is a row of fields, and a text in the address."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import traitlets
from ipywidgets import Box, Button, Combobox, Dropdown, HBox, Text, VBox

from analytics_lib.behaviour.fields import OPERATIONS
from analytics_lib.behaviour.lifecycle_periods import STATES
from analytics_lib.behaviour.rule_texts import KINDS, Rule, read_rule
from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.picks import close

MOST: Final = 12
"""Rules one list may have."""
_ABOUT: Final = {
    "did": "did an event", "has": "has a value", "is": "is in a state", "went": "went a way", "in": "is in a cohort",
}  # fmt: skip
_OPERATIONS: Final = (*OPERATIONS, "is missing")
_STEPS: Final = [(f"step {number}", str(number)) for number in range(1, 21)]
_GRAINS: Final = [(f"last whole {grain}", grain) for grain in ("day", "week", "month")]
_WHICH: Final = [("last known", "last"), ("first known", "first"), ("any ever", "any")]


class RuleRows(VBox):  # type: ignore[misc]
    """Some rules, one row each; a text that is no rule is shown as it is, to be mended."""

    children: Any
    value = traitlets.List(traitlets.Unicode())
    """The rules as texts."""
    options: Any = traitlets.List()
    """Words and value of each proposal."""

    def __init__(self, label: str) -> None:
        """Make the editor; `label` is what one rule is called."""
        self._label = label
        super().__init__()
        self.add_class("analytics-picks")
        self.add_class("analytics-wide")
        self.observe(self._draw, names=["value", "options"])
        self._draw()

    @abstractmethod
    def editors(self, text: str) -> Mapping[str, Any]:
        """Make the fields of one rule."""

    @abstractmethod
    def written(self, text: str, values: Mapping[str, str]) -> str:
        """Give the rule with what its fields say now."""

    @abstractmethod
    def fresh(self) -> str:
        """Give a new rule."""

    def proposals(self, kind: str) -> list[str]:
        """Give the proposals of one kind: those named ``kind:…``."""
        return [value.partition(":")[2] for _, value in self.options if value.startswith(f"{kind}:")]

    def _draw(self, _change: Any = None) -> None:
        old = self.children
        add = _button(f"Add {self._label}", f"Add {self._label}", lambda: self._set([*self.value, self.fresh()]))
        add.disabled = len(self.value) >= MOST
        self.children = (*(self._row(place, text) for place, text in enumerate(self.value)), HBox([add]))
        for one in old:
            close(one)

    def _row(self, place: int, text: str) -> Box:
        try:
            parts = dict(self.editors(text))
        except ArgumentError:
            parts = {"": Text(value=text, description=self._label, continuous_update=False)}

        def change(_change: Any) -> None:
            values = {name: str(editor.value).strip() for name, editor in parts.items()}
            self._put(place, values[""] if "" in values else self.written(text, values))

        for editor in parts.values():
            editor.observe(change, names="value")
        away = _button("×", f"Take {self._label} {place + 1} out", lambda: self._put(place, None))
        row = HBox([*parts.values(), away])
        row.add_class("analytics-pick")
        row.add_class("analytics-rule")
        return row

    def _put(self, place: int, text: str | None) -> None:
        texts = [text if number == place else one for number, one in enumerate(self.value)]
        self._set([one for one in texts if one is not None])

    def _set(self, texts: list[str]) -> None:
        self.value = texts


class PersonRules(RuleRows):
    """Rules about people, as :func:`~analytics_lib.behaviour.rule_texts.read_rule` reads them."""

    def editors(self, text: str) -> Mapping[str, Any]:
        """Make the fields: who, what about, and the options of that kind."""
        rule = read_rule(text)
        said = {name: rule.options.get(name, "") for name in KINDS[rule.kind]}
        return {
            "who": _choice("People", [("who", ""), ("who not", "not")], "not" if rule.negated else ""),
            "kind": _choice("About", [(words, kind) for kind, words in _ABOUT.items()], rule.kind),
            "subject": self._subject(rule),
            **{name: _option(name, value) for name, value in said.items()},
        }

    def _subject(self, rule: Rule) -> Any:
        if rule.kind == "is":
            return _choice("State", [(state, state) for state in STATES], rule.subject)
        label = {"did": "Event", "has": "Column", "went": "Steps", "in": "Cohort"}[rule.kind]
        return _proposed(label, self.proposals(rule.kind), rule.subject)

    def written(self, text: str, values: Mapping[str, str]) -> str:
        """Give the rule; another kind begins anew."""
        rule = read_rule(text)
        if values["kind"] != rule.kind:
            return Rule(values["kind"], self._first(values["kind"]), {}, values["who"] == "not").text
        options = {name: values[name] for name in KINDS[rule.kind]}
        return replace(rule, subject=values["subject"], options=options, negated=values["who"] == "not").text

    def fresh(self) -> str:
        """Give the rule of having done the most frequent event."""
        return Rule("did", self._first("did")).text

    def _first(self, kind: str) -> str:
        return STATES[1] if kind == "is" else next(iter(self.proposals(kind)), "?")


class StepConditions(RuleRows):
    """Conditions on the steps of a funnel: ``2: country = GB``."""

    def editors(self, text: str) -> Mapping[str, Any]:
        """Make the fields: step, column, operation and value."""
        step, column, operation, value = parts_of(text)
        steps = [(f"step {number}", number) for number in self.proposals("step")]
        return {
            "step": _choice("Of", steps or _STEPS, step),
            "column": _proposed("Column", self.proposals("has"), column),
            "operation": _choice("Is", [(one, one) for one in _OPERATIONS], operation),
            "value": Text(value=value, description="Value", continuous_update=False),
        }

    def written(self, text: str, values: Mapping[str, str]) -> str:
        """Give the condition."""
        del text  # the fields say all of it
        return f"{values['step']}: {values['column']} {values['operation']} {values['value']}".strip()

    def fresh(self) -> str:
        """Give a condition that says nothing yet."""
        return f"1: {next(iter(self.proposals('has')), 'country')} ="


def parts_of(text: str) -> tuple[str, str, str, str]:
    """Take a step's condition apart.

    Raises
    ------
    ArgumentError
        It has no step, or no operation.

    Examples
    --------
    >>> parts_of("2: properties.amount >= 100")
    ('2', 'properties.amount', '>=', '100')
    """
    step, mark, rest = (one.strip() for one in text.partition(":"))
    column, _, more = rest.partition(" ")
    operation = next((one for one in sorted(_OPERATIONS, key=len, reverse=True) if more.startswith(one)), "")
    if not mark or not step.isdecimal() or not operation:
        raise ArgumentError(f"{text!r} is no condition of a step", "Write one such as 2: country = GB.")
    return step, column, operation, more.removeprefix(operation).strip()


def _choice(label: str, options: list[tuple[str, str]], value: str) -> Dropdown:
    known = {one for _, one in options}
    return Dropdown(description=label, options=[*([] if value in known else [(value, value)]), *options], value=value)


def _proposed(label: str, proposals: list[str], value: str) -> Combobox:
    return Combobox(description=label, options=proposals, value=value, continuous_update=False)


def _option(name: str, value: str) -> Any:
    if name == "operator":
        return _choice("Is", [(one, one) for one in _OPERATIONS], value or "=")
    if name == "which":
        return _choice("Value", _WHICH, value or "last")
    if name == "grain":
        return _choice("In the", _GRAINS, value or "week")
    label = {"least": "At least", "most": "At most", "within": "Within"}.get(name, "Value")
    hint = {"least": "1 time", "most": "no limit", "within": "ever, or 30d"}.get(name, "")
    return Text(description=label, value=value, placeholder=hint, continuous_update=False)


def _button(sign: str, words: str, act: Callable[[], None]) -> Button:
    button = Button(description=sign, tooltip=words)
    button.on_click(lambda _button: act())
    return button
