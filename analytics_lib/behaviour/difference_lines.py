"""The lines of a difference: each person whom only one number counts, under the rule that moved them last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes, encode
from analytics_lib.behaviour.difference_trends import Surplus
from analytics_lib.behaviour.difference_words import UNNAMED
from analytics_lib.behaviour.funnel_pass import Flags

Station = tuple[str, pa.Table]
"""What was changed last, and the people counted after it."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way from the first number to the second."""

    stations: list[Station]
    first: tuple[Surplus, ...] = ()
    """What the first number counts beside each person once."""
    last: tuple[Surplus, ...] = ()
    """The same of the second."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a difference, and the people of each."""

    way: Way
    people: pa.Table
    """Everybody who is counted anywhere on the way."""
    counted: Flags
    """Who of them is counted at each station."""
    reasons: pd.Series[Any]
    """Words of each change."""
    moved: Codes
    """The change that each person belongs to; −1 = none."""

    @classmethod
    def of(cls, way: Way) -> Lines:
        """Give each person whom only one of the two numbers counts to the last change that moved them."""
        people, counted = membership([who for _, who in way.stations])
        reasons = pd.Series([words for words, _ in way.stations[1:]], dtype="str")
        moved = attributed(counted)
        if reasons.iloc[-1] == UNNAMED and not (moved == len(reasons) - 1).any():
            reasons = reasons.iloc[:-1]
        return cls(way, people, counted, reasons, moved)

    @property
    def gains(self) -> Flags:
        """Whether the second number counts each person."""
        return self.counted[-1]

    @property
    def before(self) -> int:
        """The first number."""
        return int(self.counted[0].sum()) + sum(one.count for one in self.way.first)

    @property
    def after(self) -> int:
        """The second number."""
        return int(self.counted[-1].sum()) + sum(one.count for one in self.way.last)

    def frame(self) -> pd.DataFrame:
        """Give what the first number counts beside its people, the changes, and what the second counts beside."""
        gained = np.bincount(self.moved[(self.moved >= 0) & self.gains], minlength=len(self.reasons))
        lost = np.bincount(self.moved[(self.moved >= 0) & ~self.gains], minlength=len(self.reasons))
        beside = [*((one, -one.count) for one in self.way.first), *((one, one.count) for one in self.way.last)]
        again = [(one.words, one.people.num_rows, 0, 0, change) for one, change in beside]
        moved = zip(self.reasons, gained + lost, gained, lost, gained - lost, strict=True)
        cut = len(self.way.first)
        rows = [*again[:cut], *moved, *again[cut:]]
        frame = pd.DataFrame(rows, columns=["reason", "users", "gained", "lost", "change"])
        return frame.astype({"reason": "str", **dict.fromkeys(frame.columns[1:], "Int64")})

    def people_of(self, asked: Mapping[str, Any]) -> pa.Table:
        """Give the people of a line, and what it does to them."""
        for one in (*self.way.first, *self.way.last):
            if one.words == asked["reason"]:
                nobody = asked["counted"] in {"gained", "lost"}
                return _with_effect(one.people.slice(0, 0) if nobody else one.people, "counted again")
        place = int(np.flatnonzero(self.reasons.to_numpy() == asked["reason"])[0])
        every = np.ones(len(self.gains), dtype=bool)
        wanted = {"gained": self.gains, "lost": ~self.gains}.get(str(asked["counted"]), every)
        chosen = np.flatnonzero((self.moved == place) & wanted)
        return _with_effect(self.people.take(pa.array(chosen)), np.where(self.gains[chosen], "gained", "lost"))


def _with_effect(people: pa.Table, effect: Any) -> pa.Table:
    words = np.broadcast_to(effect, people.num_rows).tolist()
    names = sorted(people.column_names, key=lambda name: name != "user_id")
    found = people.append_column("effect", pa.array(words, pa.string()))
    return found.select([*names, "effect"]).sort_by([(name, "ascending") for name in names])


def membership(stations: Sequence[pa.Table]) -> tuple[pa.Table, Flags]:
    """Give everybody who is counted anywhere, and who of them is counted at each station."""
    names = [name for name in ("tenant_id", "user_id") if name in stations[0].column_names or name == "user_id"]
    kept = [_with_columns(one, names) for one in stations]
    coded = encode(pa.concat_tables(kept, promote_options="permissive"), names)
    counted = np.zeros((len(stations), coded.count), dtype=bool)
    place = np.repeat(np.arange(len(stations)), [one.num_rows for one in kept])
    counted[place, coded.codes] = True
    return coded.keys, counted


def _with_columns(table: pa.Table, names: Sequence[str]) -> pa.Table:
    missing = {name: pa.nulls(table.num_rows, pa.string()) for name in names if name not in table.column_names}
    for name, column in missing.items():
        table = table.append_column(name, column)
    return table.select(names)


def attributed(counted: Flags) -> Codes:
    """Give the number of the last change that moved each person; −1 = both numbers count them, or neither."""
    flips = counted[1:] != counted[:-1]
    steps = len(flips)
    last = steps - 1 - np.argmax(flips[::-1], axis=0) if steps else np.zeros(counted.shape[1], dtype=np.int64)
    differs = counted[0] != counted[-1]
    return np.where(differs, last, -1).astype(np.int64)
