import numpy as np
import pandas as pd

from analytics_lib.statistics.features import learn_features


def test_new_text_counts_as_rare() -> None:
    learnt = learn_features(pd.DataFrame({"plan": ["a"] * 60 + ["b"] * 60}), ["plan"])

    assert learnt.table(pd.DataFrame({"plan": ["a", "c", None]})).tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]


def test_unknown_numbers_take_the_learnt_mean_and_a_mark() -> None:
    learnt = learn_features(pd.DataFrame({"age": [1.0, 3.0]}), ["age"])

    assert learnt.table(pd.DataFrame({"age": [np.nan, np.inf, 5.0]})).tolist() == [[2, 1], [2, 1], [5, 0]]


def test_effects_of_numbers_may_bend_at_their_thirds() -> None:
    learnt = learn_features(pd.DataFrame({"age": np.arange(31.0)}), ["age"])

    assert learnt.table(pd.DataFrame({"age": [25.0]})).tolist() == [[25, 15, 5, 0]]


def test_booleans_and_nullable_integers_are_numbers() -> None:
    frame = pd.DataFrame({"a": [True, False], "b": pd.array([1, None], dtype="Int64")})

    assert learn_features(frame, ["a", "b"]).table(frame).tolist() == [[1, 0, 1, 0], [0, 0, 1, 1]]


def test_a_column_without_any_value_says_nothing() -> None:
    frame = pd.DataFrame({"a": [np.nan, np.nan]})

    assert learn_features(frame, ["a"]).table(frame).tolist() == [[0, 1], [0, 1]]
