"""Each way to end has one exit code, and each error one kind."""

from __future__ import annotations

import pytest

from analytics_lib.reporting.outcomes import EXIT_CODES, Outcome, classify


def test_every_outcome_has_an_exit_code_of_its_own_and_only_success_is_zero() -> None:
    assert set(EXIT_CODES) == set(Outcome)
    assert len(set(EXIT_CODES.values())) == len(Outcome)
    assert [outcome for outcome, code in EXIT_CODES.items() if code == 0] == [Outcome.SUCCESS]
    assert EXIT_CODES[Outcome.BAD_PARAMETERS] == 2, "wrong use, as every command line says it"


@pytest.mark.parametrize(
    ("error", "message", "outcome"),
    [
        ("ZeroDivisionError", "", Outcome.FAILED_CODE),
        ("NameError", "", Outcome.FAILED_CODE),
        ("UnknownFormatError", "", Outcome.FAILED_DATA),  # a kind of IngestionError
        ("FileNotFoundError", "", Outcome.FAILED_DATA),
        ("MissingColumnError", "", Outcome.FAILED_DATA),
        ("LakeBusyError", "", Outcome.FAILED_INFRASTRUCTURE),
        ("BrowserError", "", Outcome.FAILED_INFRASTRUCTURE),
        ("MemoryError", "", Outcome.FAILED_INFRASTRUCTURE),
        ("OSError", "[Errno 28] No space left on device: 'x'", Outcome.FAILED_INFRASTRUCTURE),
        ("OSError", "[Errno 5] Input/output error", Outcome.FAILED_CODE),
        ("ArgumentError", "", Outcome.FAILED_CODE),
    ],
)
def test_an_error_is_told_by_its_name(error: str, message: str, outcome: Outcome) -> None:
    assert classify(error, message) is outcome
