import numpy as np
import pandas as pd
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.capacity import time_to_limit


def _disk(seed: int, length: int = 200, rise: float = 1.0) -> pd.Series:
    return nulls.daily(rise * np.arange(length) + 3 * nulls.noise(seed, length) + 50)


def test_a_rising_line_meets_its_limit_when_arithmetic_says() -> None:
    result = time_to_limit(_disk(1), limit=300.0, horizon=150)
    expected = pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(days=250)

    assert abs(result.time - expected) < pd.Timedelta(days=12)
    assert result.low <= result.time <= result.high
    assert result.probability > 0.95
    assert result.remaining_seconds == (result.time - pd.Timestamp("2024-07-18", tz="UTC")).total_seconds()


def test_the_interval_holds_the_true_time() -> None:
    hits = 0
    for seed in range(25):
        whole = _disk(seed, 300)
        met = whole.index[(whole >= 270).to_numpy().argmax()]
        row = time_to_limit(whole.iloc[:180], limit=270.0, horizon=120).to_frame().iloc[0]
        hits += bool(row["low"] <= met and (pd.isna(row["high"]) or met <= row["high"]))

    assert hits >= 22


def test_a_metric_may_fall_to_its_limit() -> None:
    result = time_to_limit(_disk(2, rise=-0.2), limit=0.0, horizon=150)

    assert result.time > pd.Timestamp("2024-07-18", tz="UTC")


def test_what_does_not_grow_never_gets_there() -> None:
    result = time_to_limit(_disk(3, rise=0.0), limit=500.0, horizon=100)

    assert result.to_frame()[["time", "low", "high"]].isna().all(axis=None)
    assert result.probability == 0.0


def test_too_few_values_are_unknown() -> None:
    result = time_to_limit(_disk(4, 4), limit=100.0)

    assert np.isnan(result.probability)
    assert any("Only 4 known values" in note for note in result.notes)
    assert "No data" in result.plot().description


def test_a_limit_must_be_a_number() -> None:
    with pytest.raises(ArgumentError, match="limit"):
        time_to_limit(_disk(5), limit=float("nan"))


def test_the_picture_shows_the_limit() -> None:
    chart = time_to_limit(_disk(6), limit=260.0, horizon=50).plot()

    assert [entry.name for entry in chart.legend][-1] == "limit"
