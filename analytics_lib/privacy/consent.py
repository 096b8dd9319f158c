"""Consent: for which purpose an event is kept, what was said, and whether that allows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from analytics_lib import checks

PURPOSES: Final = ("analytics", "personalisation", "session_recording")
"""What consent can be given for."""

MODES: Final = ("assumed", "required")
"""``assumed``: kept unless somebody said no; ``required``: kept only where somebody said yes."""

Granted = frozenset[str]
"""Purposes somebody agreed to."""

ALWAYS_KEPT: Final = frozenset({"consent.changed"})
"""The proof of a consent or of its withdrawal is kept whatever it says."""

_RECORDING: Final = frozenset({"interaction.pointer"})
_PERSONAL: Final = frozenset({"recommendation.impression", "recommendation.click"})
_YES: Final = frozenset({"true", "1", "yes", "granted", "given", "accept", "accepted", "all", "opt_in", "allow"})
_NO: Final = frozenset({"false", "0", "no", "denied", "refused", "reject", "rejected", "none", "opt_out", "deny"})


def purpose_of(event: str) -> str:
    """Give the purpose an event serves.

    Examples
    --------
    >>> purpose_of("page.view"), purpose_of("interaction.pointer")
    ('analytics', 'session_recording')
    """
    if event in _RECORDING:
        return "session_recording"
    return "personalisation" if event in _PERSONAL else "analytics"


def read_statement(said: object) -> Granted | None:
    """Give the purposes that a statement of consent grants; None when it says nothing that is understood.

    Understood are yes and no in common spellings, a list of purposes (also as text with commas) and an
    object ``{purpose: yes or no}``, in any of these also as JSON text.

    Examples
    --------
    >>> sorted(read_statement("granted")), sorted(read_statement('{"analytics": true}')), read_statement("denied")
    (['analytics', 'personalisation', 'session_recording'], ['analytics'], frozenset())
    >>> read_statement("perhaps") is None
    True
    """
    if isinstance(said, str):
        return _read_text(said)
    if isinstance(said, bool):
        return frozenset(PURPOSES) if said else frozenset()
    if isinstance(said, Mapping):
        return frozenset(name for name, value in said.items() if name in PURPOSES and read_statement(value))
    if isinstance(said, list):
        return frozenset(name for name in said if name in PURPOSES)
    return _read_text(str(said)) if isinstance(said, int) else None


def _read_text(said: str) -> Granted | None:
    word = said.strip().lower()
    if word in _YES or word in _NO:
        return frozenset(PURPOSES) if word in _YES else frozenset()
    if word.startswith(("{", "[")):
        try:
            return read_statement(json.loads(said))
        except ValueError:
            return None
    named = {part.strip() for part in word.split(",")}
    return frozenset(named) if named and named <= set(PURPOSES) else None


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """When an event may be kept."""

    mode: str = "assumed"
    """One of :data:`MODES`."""
    granted: Callable[[str, str], Granted | None] | None = field(default=None, repr=False)
    """Gives what (tenant, person as sent) agreed to, None where nothing is recorded; asked when an event is silent."""

    def __post_init__(self) -> None:
        """Refuse an unknown mode."""
        checks.one_of("consent", self.mode, MODES)

    def allows(self, event: str, said: object, *, tenant_id: str, user_id: str | None) -> bool:
        """Tell whether an event may be kept.

        What the event itself says counts first, then what is recorded about the person, then the mode.
        A person who is not named has agreed to nothing.
        """
        if event in ALWAYS_KEPT:
            return True
        granted = read_statement(said) if said is not None else None
        if granted is None and self.granted is not None and user_id is not None:
            granted = self.granted(tenant_id, user_id)
        return self.mode == "assumed" if granted is None else purpose_of(event) in granted

    def allowed(
        self, events: Iterable[str], said: Iterable[object], *, tenants: Iterable[str], users: Iterable[str | None]
    ) -> list[bool]:
        """Tell for each of many events whether it may be kept."""
        known: dict[tuple[object, ...], bool] = {}
        answers = []
        for event, statement, tenant, user in zip(events, said, tenants, users, strict=True):
            asked = (event, str(statement), tenant, user if self.granted else None)
            if asked not in known:
                known[asked] = self.allows(event, statement, tenant_id=tenant, user_id=user)
            answers.append(known[asked])
        return answers

    def is_silent(self) -> bool:
        """Tell whether events that say nothing are all kept without a look at who they are from."""
        return self.mode == "assumed" and self.granted is None
