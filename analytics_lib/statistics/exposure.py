"""Who saw which variant: one row per user, and what happens to those who saw several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import ArgumentError

MULTIPLE_RULES: Final = ("exclude", "first")

WORRYING_SHARE: Final = 0.01
"""Share of users in several variants above which the assignment itself is suspect."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Rows that take part in a comparison, and what was left out."""

    frame: pd.DataFrame
    """The rows that stay; each user in one variant only."""
    notes: tuple[str, ...]
    """What was left out, in words."""


def plain_frame(data: Any, *, analysis: str) -> pd.DataFrame:
    """Give a pandas frame of whatever table was handed.

    Raises
    ------
    ArgumentError
        `data` is no table.
    """
    if isinstance(data, pd.DataFrame):
        return data
    if hasattr(data, "to_pandas"):
        return pd.DataFrame(data.to_pandas())
    if hasattr(data, "__dataframe__"):
        return pd.api.interchange.from_dataframe(data)
    raise ArgumentError(f"{analysis} was handed a {type(data).__name__}", "Hand over a pandas frame or an Arrow table.")


def single_exposure(
    frame: pd.DataFrame, *, variant: str, unit: str, rule: str = "exclude", time: str | None = None
) -> Exposed:
    """Settle each user into one variant.

    Parameters
    ----------
    frame
        One or more rows per user. Not changed.
    variant, unit
        Columns with the variant and with the user.
    rule
        ``"exclude"``: a user seen in several variants is left out. ``"first"``: all rows of the user count for
        the variant of the earliest row.
    time
        Column that says which row is earliest; by default the order of the rows.

    Returns
    -------
    Exposed
        Rows of users in exactly one variant; a note counts those who were in several.
    """
    checks.one_of("multiple_exposure", rule, MULTIPLE_RULES)
    notes = []
    unknown = frame[variant].isna() | frame[unit].isna()
    if unknown.any():
        notes.append(f"{int(unknown.sum()):,} rows without {variant} or {unit} are left out.")
        frame = frame[~unknown]
    variants_seen = frame.groupby(unit, sort=False)[variant].nunique()
    several = variants_seen.index[variants_seen > 1]
    if not len(several):
        return Exposed(frame, tuple(notes))
    notes.append(_several_note(len(several), len(variants_seen), rule))
    if rule == "exclude":
        return Exposed(frame[~frame[unit].isin(several)], tuple(notes))
    ordered = frame if time is None else frame.sort_values(time, kind="stable")
    settled = ordered.groupby(unit, sort=False)[variant].transform("first")
    return Exposed(ordered.assign(**{variant: settled}), tuple(notes))


def _several_note(several: int, users: int, rule: str) -> str:
    done = "are left out" if rule == "exclude" else "count for the first variant they saw"
    share = several / users
    warning = "; above 1 %, so check how variants are assigned" if share > WORRYING_SHARE else ""
    return f"{several:,} of {users:,} users ({share:.2%}) saw several variants and {done}{warning}."


def one_row_per_user(
    frame: pd.DataFrame, columns: Sequence[str], *, variant: str, unit: str, combine: str = "sum"
) -> pd.DataFrame:
    """Add up the rows of each user, since users and not rows were randomised.

    Parameters
    ----------
    frame
        Rows of users who are in one variant each.
    columns
        Measured columns; an unknown value makes the user's total unknown.
    variant, unit
        Columns with the variant and with the user.
    combine
        ``"sum"``, ``"mean"`` or ``"max"`` of a user's rows.
    """
    if not frame[unit].duplicated().any():
        return frame
    measured = frame[list(columns)].astype(np.float64)
    known = measured.notna().groupby(frame[unit], sort=False).all()
    combined = measured.groupby(frame[unit], sort=False).agg(combine).where(known)
    combined[variant] = frame.groupby(unit, sort=False)[variant].first()
    return combined.reset_index()
