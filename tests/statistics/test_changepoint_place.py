import numpy as np
import pytest

from analytics_lib.statistics.changepoint_place import change_gains


def _whitening(size: int, redness: float) -> np.ndarray:
    matrix = np.eye(size) - redness * np.eye(size, k=-1)
    matrix[0, 0] = np.sqrt(1 - redness**2)
    return matrix


def _explained(values: np.ndarray, base: list[np.ndarray], extra: list[np.ndarray], redness: float) -> float:
    white = _whitening(len(values), redness)

    def left(columns: list[np.ndarray]) -> float:
        design = white @ np.column_stack(columns)
        fit = np.linalg.lstsq(design, white @ values, rcond=None)[0]
        return float(((white @ values - design @ fit) ** 2).sum())

    return left(base) - left([*base, *extra])


@pytest.mark.parametrize("redness", [0.0, 0.5, 0.92])
@pytest.mark.parametrize("sloped", [True, False])
def test_gains_are_those_of_generalised_least_squares(redness: float, sloped: bool) -> None:
    values = np.random.default_rng(3).normal(size=40).cumsum()
    time = np.arange(40.0)
    base = [np.ones(40), time] if sloped else [np.ones(40)]
    candidates = np.array([4, 17, 33])

    found = change_gains(values, candidates, redness, sloped=sloped)

    for number, at in enumerate(candidates):
        step, ramp = (time >= at).astype(float), np.maximum(time - at + 1, 0)
        assert found.jump[number] == pytest.approx(_explained(values, base, [step], redness), rel=1e-6)
        assert found.bend[number] == pytest.approx(_explained(values, base, [ramp], redness), rel=1e-6)
        assert found.both[number] == pytest.approx(_explained(values, base, [step, ramp], redness), rel=1e-5)
