"""Ends kernels whose reader has gone without saying so: a killed browser, a laptop asleep."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

GRACE_SECONDS: Final = 90.0
"""How long a kernel outlives its last connection: a short loss of network keeps the page."""
FIRST_CONTACT_SECONDS: Final = 600.0
"""How long a kernel may run before anybody has connected: a slow page connects only when it is drawn."""


@dataclass(slots=True)
class Reaper:
    """Decides which kernels are orphans; it is told the time and the facts, and ends nothing itself."""

    grace_seconds: float = GRACE_SECONDS
    """Seconds without a connection after which a kernel that had one is an orphan."""
    first_contact_seconds: float = FIRST_CONTACT_SECONDS
    """Seconds after which a kernel that never had a connection is one."""
    _alone_since: dict[str, float] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)

    def orphans(self, connections: Mapping[str, int], *, warm: Collection[str], now: float) -> list[str]:
        """Give the kernels to end now.

        Parameters
        ----------
        connections
            Open connections of every running kernel, by id.
        warm
            Kernels that wait for a visitor; they are nobody's orphan.
        now
            Seconds of a clock that never goes back.
        """
        for gone in set(self._alone_since) - set(connections):
            del self._alone_since[gone]
        self._met &= set(connections)
        for kernel, count in connections.items():
            if count > 0:
                self._met.add(kernel)
            if count > 0 or kernel in warm:
                self._alone_since.pop(kernel, None)
            else:
                self._alone_since.setdefault(kernel, now)
        return [kernel for kernel, since in self._alone_since.items() if now - since > self._limit(kernel)]

    def _limit(self, kernel: str) -> float:
        return self.grace_seconds if kernel in self._met else self.first_contact_seconds
