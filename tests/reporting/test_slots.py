"""When a schedule runs: through both changes of clocks, and after hours in which nothing ran."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analytics_lib.reporting.definition import Schedule
from analytics_lib.reporting.slots import Due, due, next_slots


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(cron: str, after: str, count: int, zone: str = "Europe/London") -> list[str]:
    moments = next_slots(Schedule(cron=cron, time_zone=zone), at(after), count=count)
    return [moment.strftime("%d %H:%M %z") for moment in moments]


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        # 31 March 2024, London: 01:00 GMT becomes 02:00 BST; 27 October: 02:00 BST becomes 01:00 GMT.
        ("30 1 * * *", "2024-03-30T12:00", ["31 02:00 +0100", "01 01:30 +0100"]),
        ("30 1 * * *", "2024-10-26T12:00", ["27 01:30 +0100", "28 01:30 +0000"]),
        ("0 7 * * *", "2024-03-30T12:00", ["31 07:00 +0100", "01 07:00 +0100"]),
        ("0 7 * * *", "2024-10-26T12:00", ["27 07:00 +0000", "28 07:00 +0000"]),
        ("0 * * * *", "2024-03-30T23:30", ["31 00:00 +0000", "31 02:00 +0100", "31 03:00 +0100"]),
        ("0 * * * *", "2024-10-26T23:30", ["27 01:00 +0100", "27 01:00 +0000", "27 02:00 +0000"]),
        ("0 7 * * 1", "2024-06-10T06:00", ["17 07:00 +0100"]),  # 07:00 in London was the very moment asked
    ],
)
def test_local_times_hold_on_both_days_of_changing_clocks(cron: str, after: str, expected: list[str]) -> None:
    assert slots(cron, after, len(expected)) == expected


@pytest.mark.parametrize("cron", ["30 1 * * *", "0 * * * *", "*/15 1-3 * * *", "0 7 * * 1"])
@pytest.mark.parametrize("around", ["2024-03-29T00:00", "2024-10-25T00:00"])
def test_looking_back_finds_the_moments_that_looking_ahead_announced(cron: str, around: str) -> None:
    schedule = Schedule(cron=cron, time_zone="Europe/London", missed="all", maximum_staleness="400d")
    start = at(around)
    announced = [slot.astimezone(UTC) for slot in next_slots(schedule, start, count=40)]

    found = due(schedule, announced[-1], last=start)

    assert list(found.slots) == announced


def test_a_moment_is_due_at_its_very_second_and_not_again_when_answered() -> None:
    daily = Schedule(cron="0 7 * * *")

    assert due(daily, at("2024-06-10T06:59:59"), last=at("2024-06-09T07:00")) == Due(())
    assert due(daily, at("2024-06-10T07:00"), last=at("2024-06-09T07:00")) == Due((at("2024-06-10T07:00"),))
    assert due(daily, at("2024-06-10T07:00"), last=at("2024-06-10T07:00")) == Due(())


@pytest.mark.parametrize(
    ("missed", "run", "let_go"),
    [
        ("latest", ["10"], ["07", "08", "09"]),
        ("all", ["08", "09", "10"], ["07"]),
        ("skip", [], ["07", "08", "09", "10"]),
    ],
)
def test_after_days_without_power_the_policy_says_which_moments_run(
    missed: str, run: list[str], let_go: list[str]
) -> None:
    schedule = Schedule(cron="0 7 * * *", missed=missed, maximum_staleness="60h")

    asked = due(schedule, at("2024-06-10T12:00"), last=at("2024-06-06T07:00"))

    assert [f"{slot:%d}" for slot in asked.slots] == run
    assert [f"{slot:%d}" for slot in asked.passed_over] == let_go


def test_nothing_older_than_the_maximum_staleness_ever_runs() -> None:
    weekly = Schedule(cron="0 7 * * 1", maximum_staleness="3d")

    assert due(weekly, at("2024-06-13T07:00"), last=at("2024-06-03T07:00")).slots == (at("2024-06-10T07:00"),)
    assert due(weekly, at("2024-06-13T07:00") + timedelta(seconds=1), last=at("2024-06-03T07:00")).slots == ()


@pytest.mark.parametrize("missed", ["latest", "all"])
def test_a_report_that_never_ran_is_not_run_for_all_of_the_past(missed: str) -> None:
    schedule = Schedule(cron="0 7 * * *", missed=missed, maximum_staleness="30d")

    assert due(schedule, at("2024-06-10T12:00"), last=None) == Due((at("2024-06-10T07:00"),))


def test_a_moment_that_never_comes_gives_none() -> None:
    assert next_slots(Schedule(cron="0 0 29 2 *"), at("2024-03-01T00:00"))[0].year == 2028
