"""Read observations over time into one even series, where what is not known is NaN."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Provenance, Result
from analytics_lib.statistics.grid import even_grid
from analytics_lib.statistics.values import number_notes, read_numbers, value_column

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

AnySeries: TypeAlias = Any
"""A frame with `time` and `value`, a pandas Series with times as its index, an Arrow or Ibis table, or a Result."""

KINDS: Final = ("count", "rate", "duration", "number")


@dataclass(frozen=True, slots=True)
class EvenSeries:
    """One value per bucket of an even grid, oldest first; every array has the same length."""

    times: pd.DatetimeIndex
    """Start of each bucket, aware UTC microseconds; an observed bucket keeps the time it came with."""
    values: Floats
    """What is known: NaN for gaps, infinite values and unfinished buckets. Analyses reason about these."""
    given: Floats
    """The same, with the values of unfinished buckets; for showing only."""
    unfinished: Flags
    """True where the `complete` column said that the bucket was still filling."""
    step_seconds: float
    """Seconds from bucket to bucket (mean length for months, quarters, years); NaN below two observations."""
    name: str
    """The column the values came from."""
    kind: str
    """``count``, ``rate``, ``duration`` or ``number``: what the name and the values look like."""
    notes: tuple[str, ...] = ()
    """What was mended while reading; results carry these on."""
    provenance: Provenance = field(default_factory=Provenance)
    """Where the series comes from."""

    def __len__(self) -> int:
        """Count the buckets, gaps included."""
        return len(self.values)

    @property
    def observed(self) -> int:
        """Count the buckets whose value is known."""
        return int(np.isfinite(self.values).sum())

    @property
    def days(self) -> Floats:
        """Time of each bucket in days since the first."""
        micros = self.times.as_unit("us").asi8
        return (micros - micros[0]) / 86_400e6 if len(micros) else np.empty(0)


def read_series(data: AnySeries, *, analysis: str = "this analysis") -> EvenSeries:
    """Read observations over time into one even series.

    Parameters
    ----------
    data
        A frame, Arrow table, Ibis table or :class:`~analytics_lib.results.Result` with the columns `time` and
        `value` (or exactly one numeric column instead of `value`) and, if known, `complete`; or a pandas Series
        with a DatetimeIndex. Naive times are UTC.
    analysis
        Who asks; named in errors.

    Returns
    -------
    EvenSeries
        The grid's step is inferred (seconds to days, weeks, calendar months, quarters, years). Rules:

        - order does not matter; rows without a time are left out and counted in the notes;
        - several values at one time become their mean, with a note; when more than half of the times are repeated
          the table holds several series and is refused;
        - a bucket without a row is a gap: NaN, never 0; so are missing and infinite values and integers too large
          for a float;
        - a bucket with ``complete == False`` is unknown (kept in `given`, marked in `unfinished`);
        - moments up to a quarter of a step off the grid are taken as on it (local days across a clock change);
          less regular ones are gathered into buckets of the median step by their mean, with a note.

    Raises
    ------
    MissingColumnError
        No `time`.
    ArgumentError
        No times, no single numeric column, several series in one table, or more than 20 million buckets.

    Examples
    --------
    >>> hours = pd.to_datetime(["2024-05-01 00:00", "2024-05-01 01:00", "2024-05-01 03:00"])
    >>> read_series(pd.Series([5, 7, 6], index=hours)).values
    array([ 5.,  7., nan,  6.])
    """
    columns, provenance, notes = _columns(data, analysis)
    moments, values, complete, mended = _rows(columns, analysis)
    moments, values, complete, merged = _distinct(moments, values, complete)
    grid = even_grid(moments)
    gathered = () if grid.even else (_irregular_note(grid.step_seconds),)
    given, unfinished = _fill(grid.positions, len(grid.micros), values, complete)
    return EvenSeries(
        times=pd.DatetimeIndex(grid.micros.view("datetime64[us]")).tz_localize("UTC"),
        values=np.where(unfinished, np.nan, given), given=given, unfinished=unfinished,
        step_seconds=grid.step_seconds, name=columns.name, kind=kind_of(columns.name, given),
        notes=(*notes, *mended, *merged, *gathered), provenance=provenance,
    )  # fmt: skip


def kind_of(name: str, values: Floats) -> str:
    """Tell what values look like: ``count``, ``rate``, ``duration`` or ``number``.

    The name decides where it can (``events``, ``…_users``, ``…_rate``, ``…_seconds``, ``…_ms``); otherwise whole
    numbers of at least 0 are counts, and everything else is a number.

    Examples
    --------
    >>> kind_of("users", np.array([1.0, 2.0])), kind_of("median_seconds", np.array([1.5, 2.0]))
    ('count', 'duration')
    """
    known = values[np.isfinite(values)]
    if len(known) == 0 or known.min() < 0:
        return "number"
    if name.endswith("_rate") and known.max() <= 1:
        return "rate"
    if name.endswith(("_seconds", "_ms")):
        return "duration"
    whole = known.max() < 2.0**53 and (known == np.floor(known)).all()  # beyond, every float is whole
    return "count" if whole else "number"


def binary_size(values: Floats) -> int:
    """Give the power of two by which to divide values whose squares no float could hold; 0 for all ordinary ones.

    Examples
    --------
    >>> binary_size(np.array([3.0, np.nan])), binary_size(np.array([2.0**1000]))
    (0, 1001)
    """
    known = np.abs(values[np.isfinite(values)])
    largest = float(known.max()) if len(known) else 0.0
    return 0 if largest == 0 or 1e-100 < largest < 1e100 else int(np.frexp(largest)[1])


def resized(values: Floats, size: int) -> Floats:
    """Multiply by a power of two; what is beyond the largest float becomes that."""
    if not size:
        return values
    with np.errstate(over="ignore"):
        return np.clip(np.ldexp(values, size), -np.finfo(float).max, np.finfo(float).max)


class _Columns(NamedTuple):
    """The columns that matter, as they came."""

    time: pd.Series[Any]
    value: pd.Series[Any]
    complete: pd.Series[Any] | None = None
    name: str = "value"


def _columns(data: AnySeries, analysis: str) -> tuple[_Columns, Provenance, tuple[str, ...]]:
    provenance = Provenance()
    notes: tuple[str, ...] = ()
    if isinstance(data, Result):
        provenance, notes, data = data.provenance, data.notes, data.frame
    elif not isinstance(data, pd.DataFrame | pd.Series) and hasattr(data, "to_pandas"):
        data = data.to_pandas()  # Arrow and Ibis tables know how
    if isinstance(data, pd.Series):
        return _Columns(data.index.to_series(), data), provenance, notes
    if not isinstance(data, pd.DataFrame):
        fact = f"{analysis} was handed a {type(data).__name__}, which has no times"
        raise ArgumentError(fact, "Hand over a frame with time and value, or a pandas Series indexed by time.")
    if "time" not in data.columns and isinstance(data.index, pd.DatetimeIndex):
        data = data.assign(time=data.index)
    checks.columns([str(name) for name in data.columns], ["time"], analysis=analysis)
    name = value_column(data, analysis)
    complete = data["complete"] if "complete" in data.columns else None
    return _Columns(data["time"], data[name], complete, name), provenance, notes


def _rows(columns: _Columns, analysis: str) -> tuple[NDArray[np.int64], Floats, Flags, tuple[str, ...]]:
    times = _times(columns.time, analysis)
    values, infinite = read_numbers(columns.value, analysis)
    given = columns.complete
    complete = np.ones(len(values), bool) if given is None else given.fillna(value=False).to_numpy(bool)
    timeless = np.isnat(times)
    notes = []
    if timeless.any():
        notes.append(f"{int(timeless.sum()):,} rows without a time were left out.")
    notes.extend(number_notes(columns.value, values, infinite))
    moments = times[~timeless].view(np.int64)
    values, complete = values[~timeless], complete[~timeless]
    if len(moments) > 1 and (np.diff(moments) < 0).any():
        order = np.argsort(moments, kind="stable")
        moments, values, complete = moments[order], values[order], complete[order]
    return moments, values, complete, tuple(notes)


def _times(column: pd.Series[Any], analysis: str) -> NDArray[np.datetime64]:
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    if column.dtype == object and not any(isinstance(value, str | int | float) for value in column.dropna()):
        column = pd.to_datetime(column, utc=True)  # Python datetimes and dates
    if len(column) and not pd.api.types.is_datetime64_any_dtype(column.dtype):
        fact = f"{analysis} needs times in 'time', which holds {column.dtype}"
        raise ArgumentError(fact, "Turn it into times first, for example with pandas.to_datetime(…, utc=True).")
    stamps = pd.DatetimeIndex(column)
    stamps = stamps if stamps.tz is None else stamps.tz_convert("UTC").tz_localize(None)
    return np.array(stamps.as_unit("us").to_numpy(), dtype="datetime64[us]")


def _distinct(
    moments: NDArray[np.int64], values: Floats, complete: Flags
) -> tuple[NDArray[np.int64], Floats, Flags, tuple[str, ...]]:
    if len(moments) < 2 or (np.diff(moments) > 0).all():
        return moments, values, complete, ()
    distinct, places, counts = np.unique(moments, return_inverse=True, return_counts=True)
    repeated = int((counts > 1).sum())
    if repeated > len(distinct) / 2:
        fact = f"{repeated:,} of {len(distinct):,} times hold several values"
        raise ArgumentError(fact, "Hand over one series: choose one group, or add the groups up first.")
    means, unfinished = _fill(places, len(distinct), values, complete)
    return distinct, means, ~unfinished, (f"{repeated:,} times held several values; their mean is used.",)


def _fill(places: NDArray[np.int64], length: int, values: Floats, complete: Flags) -> tuple[Floats, Flags]:
    known = np.isfinite(values)
    if len(places) == length:  # one row per bucket already
        given, unfinished = np.full(length, np.nan), np.zeros(length, bool)
        given[places], unfinished[places] = values, ~complete
        return given, unfinished
    counts = np.bincount(places[known], minlength=length)
    sums = np.bincount(places[known], weights=values[known], minlength=length)
    given = np.divide(sums, counts, out=np.full(length, np.nan), where=counts > 0)
    return given, np.bincount(places[~complete], minlength=length) > 0


def _irregular_note(step_seconds: float) -> str:
    from analytics_lib.display import format_duration

    return f"The times are irregular; values were averaged in buckets of {format_duration(step_seconds)}."
