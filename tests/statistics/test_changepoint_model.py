import numpy as np
import pytest

from analytics_lib.statistics.changepoint_model import find_changes


def _noise(length: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=length)


def _find(values: np.ndarray, step_seconds: float = 86_400.0) -> list[tuple[int, str]]:
    found = find_changes(values, step_seconds=step_seconds, error_rate=0.05).found
    return [(change.position, change.kind) for change in found]


def test_a_shift_has_levels_and_a_bend_has_slopes() -> None:
    time = np.arange(200)
    shift = find_changes(_noise(200) + 5 * (time >= 90), step_seconds=86_400.0, error_rate=0.05).found[0]
    bend = find_changes(_noise(200) + 0.3 * np.maximum(time - 90, 0), step_seconds=86_400.0, error_rate=0.05).found[0]

    assert (shift.kind, bend.kind) == ("mean", "trend")
    assert shift.after - shift.before == pytest.approx(5, abs=0.5)
    assert bend.after - bend.before == pytest.approx(0.3, abs=0.05)


def test_louder_noise_is_a_change_of_variance() -> None:
    loud = _noise(400, 3) * np.where(np.arange(400) < 200, 1, 4)
    change = find_changes(loud, step_seconds=86_400.0, error_rate=0.05).found[0]

    assert change.kind == "variance"
    assert change.before == pytest.approx(1, rel=0.2)
    assert change.after == pytest.approx(4, rel=0.2)


def test_a_season_is_no_change_and_hides_none() -> None:
    season = 5 * np.sin(np.arange(480) * 2 * np.pi / 24)
    quiet = find_changes(_noise(480) + season, step_seconds=3600.0, error_rate=0.05)

    assert quiet.found == ()
    assert quiet.periods == (24,)
    moved = _find(_noise(480) + season + 3 * (np.arange(480) >= 300), 3600.0)
    assert [kind for _, kind in moved] == ["mean"]
    assert abs(moved[0][0] - 300) <= 2


def test_gaps_stay_gaps_and_places_are_those_of_the_grid() -> None:
    values = _noise(300) + 6 * (np.arange(300) >= 200)
    values[50:80] = np.nan
    values[np.arange(300) % 7 == 3] = np.nan

    [(place, kind)] = _find(values)

    assert kind == "mean"
    assert abs(place - 200) <= 2
    assert np.isfinite(values[place])


def test_a_long_series_is_searched_in_blocks_and_placed_exactly() -> None:
    length = 30_000
    values = _noise(length) + 2 * (np.arange(length) >= 18_541)

    [(place, kind)] = _find(values, 60.0)

    assert kind == "mean"
    assert abs(place - 18_541) <= 5


def test_a_single_outlier_is_no_change() -> None:
    values = _noise(200)
    values[[60, 61, 140]] = [40.0, -35.0, 80.0]

    assert _find(values) == []


@pytest.mark.parametrize(
    "values",
    [np.array([]), np.array([1.0]), np.full(50, 3.0), np.full(50, np.nan), np.arange(50.0), np.arange(9.0) ** 3],
    ids=["empty", "one", "constant", "missing", "line", "nine"],
)
def test_edges_have_no_changes(values: np.ndarray) -> None:
    changes = find_changes(values, step_seconds=86_400.0, error_rate=0.05)

    assert changes.found == ()
    assert len(changes.fitted) == len(values)


def test_steps_without_any_noise_are_found() -> None:
    assert _find(np.repeat([1.0, 5.0, 2.0], 40)) == [(40, "mean"), (80, "mean")]


def test_scale_and_origin_do_not_matter() -> None:
    values = _noise(150) + 5 * (np.arange(150) >= 70)

    assert _find(values) == _find(1e-9 * values) == _find(1e9 * values + 1e12)
