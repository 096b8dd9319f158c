"""The strongest reader: everything shown, every sum known, and a linear program for each hidden number."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd


@dataclass
class Knowledge:
    """What holds for the true numbers, and what of it the reader sees."""

    truth: dict[str, float] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    equations: list[tuple[dict[str, float], float]] = field(default_factory=list)

    def cell(self, name: str, true: float, shown: object) -> None:
        self.truth[name] = float(true)
        if not pd.isna(shown):
            assert float(shown) == float(true)
            self.seen.add(name)

    def rest(self, whole: str, part: str) -> None:
        name = f"{whole} − {part}"
        self.truth[name] = self.truth[whole] - self.truth[part]
        self.equations.append(({whole: 1.0, part: -1.0, name: -1.0}, 0.0))

    def total(self, names: list[str]) -> None:
        self.equations.append((dict.fromkeys(names, 1.0), sum(self.truth[name] for name in names)))

    def ranges(self, minimum: int) -> dict[str, tuple[float, float]]:
        """Give, for each small group, the least and the most it may be for all the reader knows."""
        from scipy.optimize import linprog

        names = list(self.truth)
        place = {name: index for index, name in enumerate(names)}
        matrix = np.zeros((len(self.equations), len(names)))
        for row, (terms, _) in enumerate(self.equations):
            for name, factor in terms.items():
                matrix[row, place[name]] = factor
        values = [value for _, value in self.equations]
        bounds = [(self.truth[name], self.truth[name]) if name in self.seen else (0, None) for name in names]
        found = {}
        for name in names:
            if 0 < self.truth[name] < minimum:
                aim = np.zeros(len(names))
                aim[place[name]] = 1.0
                ends = [
                    linprog(sign * aim, A_eq=matrix if values else None, b_eq=values or None, bounds=bounds)
                    for sign in (1, -1)
                ]
                assert all(end.status in (0, 3) for end in ends)  # solved, or without a bound
                found[name] = (ends[0].fun, -ends[1].fun if ends[1].status == 0 else np.inf)
        return found


def knows_funnel(true: pd.DataFrame, shown: pd.DataFrame, whole: pd.DataFrame | None = None) -> Knowledge:
    """Funnels of countries (or of everybody), and the funnel of everybody as it is shown elsewhere."""
    reader = Knowledge()
    countries = true["country"] if "country" in true else pd.Series("all", index=true.index)
    for row in true.index:
        reader.cell(f"{countries[row]} {true['step'][row]}", true["users"][row], shown["users"][row])
    for country in countries.unique():
        steps = sorted(true["step"][countries == country])
        for before, after in pairwise(steps):
            reader.rest(f"{country} {before}", f"{country} {after}")
    for row in whole.index if whole is not None else []:
        if not pd.isna(whole["users"][row]):
            reader.total([f"{country} {whole['step'][row]}" for country in countries.unique()])
    return reader


def knows_retention(true: pd.DataFrame, shown: pd.DataFrame) -> Knowledge:
    reader = Knowledge()
    for row in true.index:
        cohort, period = true["cohort"][row], true["period"][row]
        reader.cell(cohort, true["cohort_users"][row], shown["cohort_users"][row])
        reader.cell(f"{cohort} {period}", true["users"][row], shown["users"][row])
        reader.rest(cohort, f"{cohort} {period}")
    return reader


def knows_lifecycle(true: pd.DataFrame, shown: pd.DataFrame, minimum: int) -> Knowledge:
    reader = Knowledge()
    for row in true.index:
        for column in ("new", "returning", "resurrecting", "dormant"):
            reader.cell(f"{column} {row}", true[column][row], shown[column][row])
        for columns in (("new", "returning", "resurrecting"), ("returning", "dormant")):
            if not 0 < sum(true[column][row] for column in columns) < minimum:  # else hidden elsewhere
                reader.total([f"{column} {row}" for column in columns])
    return reader


def knows_groups(true: pd.DataFrame, shown: pd.DataFrame, minimum: int) -> Knowledge:
    reader = Knowledge()
    for row in true.index:
        reader.cell(f"group {row}", true["users"][row], shown["users"][row])
    if not 0 < true["users"].sum() < minimum:
        reader.total(list(reader.truth))
    return reader
