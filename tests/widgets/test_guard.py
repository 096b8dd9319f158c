from __future__ import annotations

from analytics_lib.errors import ArgumentError, WorkspaceError
from analytics_lib.widgets.guard import guard


def run(problem):
    told = []

    @guard(told.append)
    def update():
        if problem:
            raise problem

    update()
    return told


def test_success_says_nothing():
    assert run(None) == []


def test_an_unforeseen_failure_is_a_number_without_its_reason():
    [words] = run(ZeroDivisionError("secret path"))

    assert words.startswith("Could not update (ref ")
    assert "secret" not in words


def test_our_own_errors_are_already_words_for_readers():
    assert run(ArgumentError("the range is empty", "Choose more days.")) == ["the range is empty. Choose more days."]


def test_our_errors_about_the_installation_are_not_for_readers():
    [words] = run(WorkspaceError("/home/ada/secret is no workspace", "Make it one."))

    assert "secret" not in words
