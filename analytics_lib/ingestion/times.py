"""Times as senders write them — texts, numbers of any unit, local clocks — read as UTC microseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib import checks, periods

UTC_MICROS: Final = pa.timestamp("us", "UTC")
"""Type of every time of the lake."""

UNITS: Final = ("auto", "s", "ms", "us", "ns")
"""Units of a number since 1970; ``auto`` tells them apart value by value, by size."""

_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_SMALLEST: Final = 1e8
_NUMBER = r"^-?[0-9]{1,19}(\.[0-9]+)?$"
_COMPACT_DAY = r"^(19|20)[0-9]{6}$"
_ZONED = r"(?i)([zZ]|utc|[+-][0-9]{2}:?[0-9]{2})$"


def read_times(column: Any, *, unit: str = "auto", time_zone: str = "UTC", pattern: str | None = None) -> Any:
    """Give a column as UTC microseconds; null where the value is no time.

    Numbers (also as text) count from 1970. With ``unit="auto"`` a number below 1e11 means seconds (until
    the year 5138), below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds: each value by
    itself, so that files of mixed units are read right; one below 1e8 (a year, a counter, a zero) is no
    time unless `unit` says so. Texts are ISO 8601 or follow `pattern`
    (as in ``strptime``); a text without a zone is a clock in `time_zone`. At the end of summer time the
    first of two equal clock times is taken; a clock time that does not exist is the moment of the change.
    Digits beyond the microsecond are cut off.

    Examples
    --------
    >>> read_times(pa.array(["1538405774195002000", "1538405774.5", "2018-10-01T14:56:14Z", "soon"])).is_valid()
    <pyarrow.lib.BooleanArray object at ...>
    [
      true,
      true,
      true,
      false
    ]
    """
    checks.one_of("unit", unit, UNITS)
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_timestamp(flat.type):
        return _in_utc(flat.cast(pa.timestamp("us", flat.type.tz), safe=False), time_zone)
    if pa.types.is_date(flat.type):
        return _in_utc(flat.cast(pa.timestamp("us")), time_zone)
    if pa.types.is_integer(flat.type) or pa.types.is_floating(flat.type):
        return _from_numbers(flat, unit)
    return _from_texts(flat.cast(pa.string()), unit=unit, time_zone=time_zone, pattern=pattern)


def _in_utc(times: Any, time_zone: str) -> Any:
    if times.type.tz is not None:
        return times.cast(UTC_MICROS)
    zone = str(periods.zone(time_zone))
    return pc.assume_timezone(times, zone, ambiguous="earliest", nonexistent="latest").cast(UTC_MICROS)


def _from_numbers(numbers: Any, unit: str) -> Any:
    import numpy as np

    values = numbers.to_numpy(zero_copy_only=False)
    known = np.asarray(numbers.is_valid())
    if pa.types.is_floating(numbers.type):
        known = known & np.isfinite(values)
        values = np.where(known, values, 0.0)
        per_second = _per_second(np.abs(values), unit)
        known = known & (np.abs(values) / per_second < 9e12)
        micros = np.round(np.where(known, values, 0.0) * (1_000_000 / per_second)).astype(np.int64)
    else:
        whole = values = np.where(known, values, 0).astype(np.int64)
        per_second = _per_second(np.abs(whole), unit)
        known = known & (np.abs(whole) // per_second < 9 * 10**12)
        factor = np.maximum(1_000_000 // per_second, 1)
        micros = np.where(per_second > 1_000_000, whole // 1000, np.where(known, whole, 0) * factor)
    if unit == "auto":
        known = known & (np.abs(values) >= _SMALLEST)
    return pa.array(micros, mask=~known).cast(UTC_MICROS)


def _per_second(size: Any, unit: str) -> Any:
    import numpy as np

    if unit != "auto":
        return np.full(len(size), _PER_SECOND[unit], dtype=np.int64)
    return np.select([size < 1e11, size < 1e14, size < 1e17], [1, 1_000, 1_000_000], 1_000_000_000)


def _from_texts(texts: Any, *, unit: str, time_zone: str, pattern: str | None) -> Any:
    trimmed = pc.utf8_trim_whitespace(texts)
    if pattern is not None:
        return _by_pattern(trimmed, pattern, time_zone)
    numeric = pc.match_substring_regex(trimmed, _NUMBER)
    if unit == "auto" and pc.any(numeric).as_py():
        numeric = pc.and_(numeric, pc.invert(pc.match_substring_regex(trimmed, _COMPACT_DAY)))
    numeric = pc.fill_null(numeric, fill_value=False)
    if not pc.any(numeric).as_py():
        return _iso(trimmed, time_zone)
    from_numbers = _from_number_texts(pc.if_else(numeric, trimmed, None), unit)
    if pc.all(pc.or_(numeric, pc.is_null(trimmed))).as_py():
        return from_numbers
    return pc.coalesce(from_numbers, _iso(pc.if_else(numeric, None, trimmed), time_zone))


def _from_number_texts(texts: Any, unit: str) -> Any:
    fractional = pc.fill_null(pc.match_substring(texts, "."), fill_value=False)
    whole = _from_numbers(_cast(pc.if_else(fractional, None, texts), pa.int64()), unit)
    if not pc.any(fractional).as_py():
        return whole
    return pc.coalesce(whole, _from_numbers(_cast(pc.if_else(fractional, texts, None), pa.float64()), unit))


def _cast(texts: Any, kind: Any) -> Any:
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:  # nineteen digits may be too many for 64 bits
        return texts.cast(pa.float64())


def _by_pattern(texts: Any, pattern: str, time_zone: str) -> Any:
    """Parse each distinct text once; `%z` is Python's to read, the rest Arrow's."""
    coded = texts.dictionary_encode()
    words = coded.dictionary
    if "%z" in pattern or "%Z" in pattern:
        times = pa.array([_parsed(word, pattern, time_zone) for word in words.to_pylist()], UTC_MICROS)
    else:
        times = _in_utc(pc.strptime(words, format=pattern, unit="us", error_is_null=True), time_zone)
    return times.take(coded.indices)


def _parsed(text: str | None, pattern: str, time_zone: str) -> datetime | None:
    try:
        return None if text is None else periods.moment("time", _local(text, pattern, time_zone))
    except ValueError:
        return None


def _local(text: str, pattern: str, time_zone: str) -> datetime:
    parsed = datetime.strptime(text, pattern)  # noqa: DTZ007 - a missing zone is put right in the next line
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=periods.zone(time_zone))


def _iso(texts: Any, time_zone: str) -> Any:
    zoned = pc.and_(pc.match_substring_regex(texts, _ZONED), pc.match_substring(texts, ":"))
    zoned = pc.fill_null(zoned, fill_value=False)
    if not pc.any(zoned).as_py():
        return _in_utc(_naive(texts), time_zone)
    with_zone = _aware(pc.if_else(zoned, texts, None))
    if pc.all(pc.or_(zoned, pc.is_null(texts))).as_py():
        return with_zone
    return pc.coalesce(with_zone, _in_utc(_naive(pc.if_else(zoned, None, texts)), time_zone))


def _naive(texts: Any) -> Any:
    cut = pc.replace_substring_regex(texts, r"(\.[0-9]{6})[0-9]+$", r"\1")
    try:
        return cut.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return pa.Array.from_pandas(_one_by_one(cut)).cast(pa.timestamp("us"), safe=False)


def _aware(texts: Any) -> Any:
    cut = pc.replace_substring_regex(texts, r"(\.[0-9]{6})[0-9]+", r"\1")
    try:
        return cut.cast(UTC_MICROS)
    except pa.ArrowInvalid:
        mended = pc.replace_substring_regex(cut, r"(?i) ?utc$", "Z")
        return pa.Array.from_pandas(_one_by_one(mended, utc=True)).cast(UTC_MICROS, safe=False)


def _one_by_one(texts: Any, *, utc: bool = False) -> Any:
    """Read what Arrow would refuse as a whole: the good ones, and null for the others."""
    import pandas as pd

    values = pd.Series(texts.to_pylist(), dtype=object)
    return pd.to_datetime(values, format="ISO8601", errors="coerce", utc=utc).astype(
        "datetime64[us, UTC]" if utc else "datetime64[us]"
    )
