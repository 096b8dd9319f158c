from __future__ import annotations

from analytics_lib.datasets.measurements import SLOW_HOURS, SLOWER, make_measurements, slow_day


def test_same_arguments_same_rows_and_the_afternoon_is_as_slow_as_planted() -> None:
    rows = make_measurements(seed=4)

    assert rows.equals(make_measurements(seed=4))
    assert rows["metric_id"].is_unique
    afternoon = rows["time"].dt.hour.isin(SLOW_HOURS)
    slow = afternoon & (rows["time"].dt.normalize() == slow_day())
    assert slow.sum() == len(SLOW_HOURS)
    times = rows.loc[slow, "value"].mean() / rows.loc[afternoon & ~slow, "value"].mean()
    assert abs(times / SLOWER - 1) < 0.1
