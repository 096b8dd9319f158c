"""Changes that last: when level, trend or spread of a series changed, and between which values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from analytics_lib import checks
from analytics_lib.results import Result
from analytics_lib.statistics.changepoint_model import FEWEST, Change, find_changes
from analytics_lib.statistics.series import AnySeries, EvenSeries, binary_size, read_series, resized

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_DAY_SECONDS: Final = 86_400.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ChangepointsResult(Result):
    """One row per change, in the order of time: ``time``, ``kind``, ``before``, ``after``, ``p_value``.

    ``time`` is the first observation of the new regime. ``before`` and ``after`` are levels (``mean``), slopes per
    day (``trend``) or standard deviations (``variance``) on both sides. No row: nothing changed significantly.
    """

    series: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The series itself: ``time``, ``value`` and ``fitted``, the level or line of each stretch; for pictures."""

    title: ClassVar[str] = "Changepoints"

    def plot(self) -> Chart:
        """Draw the series, the line of each stretch and a mark at every change."""
        from analytics_lib.charts.steps import draw_steps

        return draw_steps(self.series, self.frame, title=self.title)


def changepoints(series: AnySeries, *, confidence: float = 0.95) -> ChangepointsResult:
    """Find when a series changed for good: its level, its trend or its spread.

    Parameters
    ----------
    series
        Columns `time` and `value`, or a pandas Series with a DatetimeIndex (see
        :func:`~analytics_lib.statistics.series.read_series`). Gaps stay gaps; an unfinished bucket is not looked at.
    confidence
        1 − how often a series without any change may show one. Strictly between 0 and 1.

    Returns
    -------
    ChangepointsResult
        time, kind (``"mean"``, ``"trend"``, ``"variance"``), before, after, p_value. No row when nothing is
        significant, and with fewer than 10 known values (a note says so).

    Notes
    -----
    Seasons are taken out first. "Unchanged" means: one line through red noise, AR(1) with a correlation up to 0.95,
    with or without white noise over it; what the noise is like is profiled out under both hypotheses, so that the
    penalty follows the long-run variance. Heavy tails are drawn in and lopsided noise pays more. A random walk has
    no level and is described by changes. Misfits below 1 % of the range of the series count as invisible.
    Series of more than 1,000 steps are searched in blocks, then placed to the step; changes of the variance beyond
    5,000 steps to the block. Ten years of minutes take some seven processor seconds and 1 GB.

    References
    ----------
    Bai, Perron (1998), Econometrica 66, 47-78 (structural changes, tested one after the other); Vogelsang, Perron
    (1998), Int. Econ. Rev. 39, 1073-1100 (shifts in level and slope with serial correlation); Fryzlewicz (2014),
    Ann. Stat. 42, 2243-2281 (binary segmentation); van den Burg, Williams (2020), arXiv 2003.06222 (the benchmark).

    Examples
    --------
    >>> from analytics_lib.statistics.calibration import nulls
    >>> made = nulls.daily(nulls.noise(3, 120)) + 5 + 3 * (np.arange(120) >= 70)
    >>> changepoints(made).to_frame()[["time", "kind"]].astype(str).values.tolist()
    [['2024-03-11 00:00:00+00:00', 'mean']]
    """
    error_rate = 1 - checks.number_between("confidence", confidence, 0, 1)
    read = read_series(series, analysis="changepoints")
    size = binary_size(read.values)
    found = find_changes(resized(read.values, -size), step_seconds=read.step_seconds, error_rate=error_rate)
    few = read.observed < FEWEST
    notes = (f"Only {read.observed} known values: from {FEWEST} on changes can be told from noise.",) if few else ()
    seasons = tuple(f"A season of {period:,} steps was taken out first." for period in found.periods)
    return ChangepointsResult(
        frame=_frame(read, found.found, size),
        series=pd.DataFrame({"time": read.times, "value": read.values, "fitted": resized(found.fitted, size)}),
        definition=(
            "First observation of each new regime. The p-value says how often unchanged red noise with a straight "
            f"trend shows as much evidence somewhere; changes below {error_rate:.2g} are given. before and after are "
            "levels (mean), slopes per day (trend) or standard deviations (variance)."
        ),
        provenance=read.provenance, notes=(*read.notes, *notes, *seasons), key_columns=("time", "kind"),
    )  # fmt: skip


def _frame(read: EvenSeries, found: tuple[Change, ...], size: int) -> pd.DataFrame:
    steps_per_day = _DAY_SECONDS / read.step_seconds if read.step_seconds > 0 else np.nan
    scale = [steps_per_day if change.kind == "trend" else 1.0 for change in found]
    return pd.DataFrame(
        {
            "time": read.times[[change.position for change in found]],
            "kind": pd.Series([change.kind for change in found], dtype="str"),
            "before": resized(np.array([change.before for change in found]) * scale, size),
            "after": resized(np.array([change.after for change in found]) * scale, size),
            "p_value": pd.Series([change.p_value for change in found], dtype=np.float64),
        }
    ).astype({"before": np.float64, "after": np.float64})
