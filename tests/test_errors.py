"""The error tree: complete, explained, and able to cross a process border."""

from __future__ import annotations

import inspect
import pickle

import pytest

from analytics_lib import errors

CLASSES = [
    thing for _, thing in inspect.getmembers(errors, inspect.isclass) if issubclass(thing, errors.AnalyticsError)
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_is_in_the_drawn_tree_and_survives_pickling(kind: type[errors.AnalyticsError]) -> None:
    error = kind("the file is gone", "Look in the other folder.")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301

    assert kind.__name__ in (errors.__doc__ or "")
    assert (type(again), str(again)) == (kind, "the file is gone. Look in the other folder.")


def test_a_misspelt_event_is_answered_with_the_nearest_name() -> None:
    error = errors.UnknownEventError.named("purchse", ["view", "purchase"])

    assert str(error) == "no event named 'purchse' (2 names are known). Did you mean 'purchase'?"


def test_argument_errors_are_value_errors_too() -> None:
    with pytest.raises(ValueError, match="Look again"):
        raise errors.ParameterError("n='abc'", "Look again.")


def test_nothing_known_is_said_so() -> None:
    assert errors.nearest("anything", []) == "Nothing is known here yet."
