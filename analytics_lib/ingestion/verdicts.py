"""What becomes of each event: the verdicts, their reasons, and a tally that always adds up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics_lib.errors import AnalyticsError

QUARANTINED: Final = (
    "malformed", "required_missing", "type_mismatch", "unplanned_event", "additional_property", "future_time",
    "conflict",
)  # fmt: skip
"""Reasons for which an event is kept aside and can be mended."""

REJECTED: Final = ("no_consent", "too_large", "strict")
"""Reasons for which an event is counted and its content not kept; ``strict``: another one of the load was bad."""

REASONS: Final = ("accepted", *QUARANTINED, *REJECTED)
"""All reasons; a row's code is its place here, 0 is good."""


class Judgement:
    """The reason for each row of a block, the first that is found; 0 is good. And, by column, the cells not read."""

    def __init__(self, length: int) -> None:
        self.codes: npt.NDArray[np.int8] = np.zeros(length, dtype=np.int8)
        self.details: dict[int, str] = {}
        self.unread: dict[str, set[int]] = {}

    def mark(self, rows: Any, reason: str, detail: str | dict[int, str]) -> None:
        """Give the rows of a mask a reason, where they have none yet.

        Parameters
        ----------
        rows
            Boolean mask: numpy or Arrow (null is no).
        detail
            What is wrong, in words: one text, or one for each row number.
        """
        mask = np.asarray(rows.fill_null(fill_value=False) if hasattr(rows, "fill_null") else rows, dtype=bool)
        found = np.flatnonzero(mask & (self.codes == 0))
        self.codes[found] = REASONS.index(reason)
        for row in found.tolist():
            self.details[row] = detail if isinstance(detail, str) else detail.get(row, "")

    def cannot_read(self, column: str, wrong: dict[int, str]) -> None:
        """Give rows the reason ``type_mismatch`` for what stands in a column, and remember the cells."""
        self.unread.setdefault(column, set()).update(wrong)
        self.mark([row in wrong for row in range(len(self.codes))], "type_mismatch", wrong)

    def good(self) -> npt.NDArray[np.bool_]:
        """Give the mask of rows without a reason."""
        return self.codes == 0

    def bad(self, *, kept: bool) -> list[tuple[int, str, str]]:
        """Give (row, reason, detail) of the rows that are quarantined (`kept`) or rejected."""
        wanted = QUARANTINED if kept else REJECTED
        found = [(int(row), REASONS[self.codes[row]]) for row in np.flatnonzero(self.codes)]
        return [(row, reason, self.details.get(row, "")) for row, reason in found if reason in wanted]


@dataclass(slots=True)
class Tally:
    """Counts of a load: sent = accepted + duplicate + quarantined + rejected, always."""

    accepted: int = 0
    """Events that are new."""
    duplicate: int = 0
    """Events that were there already, or came twice."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Events that are neither, by reason."""
    refused: bool = False
    """Whether the whole load was refused for a bad event in it; then nothing is kept, whatever the reason."""

    @property
    def quarantined(self) -> int:
        """Events kept aside."""
        return 0 if self.refused else sum(self.reasons[reason] for reason in QUARANTINED)

    @property
    def rejected(self) -> int:
        """Events counted and not kept."""
        return sum(self.reasons[reason] for reason in (REASONS if self.refused else REJECTED))

    def refuse(self) -> None:
        """Refuse all events of the load: the good ones too, for the reason ``strict``."""
        self.reasons["strict"] += self.accepted + self.duplicate
        self.accepted = self.duplicate = 0
        self.refused = True

    @property
    def sent(self) -> int:
        """All events."""
        return self.accepted + self.duplicate + self.quarantined + self.rejected

    def add(self, other: Tally) -> None:
        """Add the counts of another stretch."""
        self.accepted += other.accepted
        self.duplicate += other.duplicate
        self.reasons.update(other.reasons)

    def check(self, sent: int) -> None:
        """Refuse counts that do not add up; that would be a fault of ours, and no number could be trusted."""
        if self.sent != sent:
            fact = f"{sent:,} events came, but {self.sent:,} were accounted for"
            raise AnalyticsError(fact, "This is a fault of the library; please report it with the format of the file.")


def take(table: pa.Table, mask: Any) -> pa.Table:
    """Give the rows of a table where a numpy mask holds; the same table when it holds everywhere."""
    return table if mask.all() else table.filter(pa.array(mask))
