"""What leaves a report: small groups hidden by the stricter rule, the table kept, the cover told twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from analytics_lib.charts.chart import Chart
from analytics_lib.errors import ArgumentError
from analytics_lib.reporting.period import ReportPeriod
from analytics_lib.reporting.provenance import COVER
from analytics_lib.reporting.publish import cover, publish
from analytics_lib.reporting.tables import kept_frames
from analytics_lib.results import Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Counted(Result):
    title: ClassVar[str] = "Counted"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    def plot(self) -> Chart:
        raise AssertionError("not drawn here")


def counted(*users: int) -> Counted:
    frame = pd.DataFrame({"step": range(1, len(users) + 1), "users": pd.array(users, dtype="Int64")})
    return Counted(frame=frame, definition="People who did it.", key_columns=("step",))


def users_of(result: Result) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in result.to_frame()["users"]]


def test_small_groups_are_hidden_by_the_policy_and_ten_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYTICS_MINIMUM_USERS", raising=False)

    assert users_of(publish(counted(80, 9), "funnel")) == [80, None]
    assert users_of(publish(counted(80, 9), "funnel", minimum_users=5)) == [80, 9]


def test_the_stricter_of_report_and_policy_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_MINIMUM_USERS", "30")

    assert users_of(publish(counted(80, 20), "funnel", minimum_users=5)) == [80, None]


def test_in_a_run_the_table_is_kept_as_it_was_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_RUN_FOLDER", str(tmp_path))

    publish(counted(80, 3), "Payment funnel")

    [table] = kept_frames(tmp_path / "frames")
    assert (table.name, table.title, table.definition) == ("payment-funnel", "Counted", "People who did it.")
    assert table.frame["users"].isna().tolist() == [False, True]


def test_earlier_rows_serve_the_analysis_but_are_not_shown() -> None:
    result = counted(80, 90)
    dated = replace(result, frame=result.frame.assign(time=pd.to_datetime(["2024-05-01", "2024-05-02"], utc=True)))

    assert users_of(publish(dated, "people", since=datetime(2024, 5, 2, tzinfo=UTC))) == [90]


def test_a_page_calls_days_by_their_date_and_shows_every_row_while_files_keep_utc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_RUN_FOLDER", str(tmp_path))
    days = pd.date_range("2024-05-01", periods=50, tz="Europe/London").tz_convert("UTC")
    result = replace(counted(*[80] * 50), frame=counted(*[80] * 50).frame.assign(time=days))

    shown = publish(result, "people", time_zone="Europe/London")

    page = shown.table_html()
    assert "<td>2024-05-02</td>" in page
    assert "23:00" not in page
    assert "more rows" not in page
    [table] = kept_frames(tmp_path / "frames")
    assert str(table.frame["time"].dt.tz) == "UTC"


def test_only_results_can_be_published() -> None:
    with pytest.raises(ArgumentError, match=r"publish\(\) got a DataFrame, not a result"):
        publish(pd.DataFrame({"users": [1]}), "funnel")  # type: ignore[type-var]


def test_a_cover_speaks_to_people_pages_and_the_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_REPORT_TITLE", "Weekly <overview>")

    bundle = cover({"Tenant": "shop"}, data_version="events@12", label="Synthetic data")._repr_mimebundle_()

    assert bundle[COVER] == {
        "report": "Weekly <overview>",
        "facts": [["Tenant", "shop"], ["Data", "events@12"]],
        "data_version": "events@12",
        "label": "Synthetic data",
    }
    assert "Weekly &lt;overview&gt;" in bundle["text/html"]
    assert bundle["text/plain"].splitlines() == [
        "Weekly <overview>",
        "Synthetic data",
        "Tenant: shop",
        "Data: events@12",
    ]


def test_a_hidden_week_can_not_be_worked_out_from_the_total_of_its_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYTICS_MINIMUM_USERS", raising=False)
    weeks = pd.date_range("2024-04-15", periods=8, freq="7D", tz="UTC")
    users = pd.array([80, 80, 5, 80, 70, 60, 50, 40], dtype="Int64")
    course = Counted(frame=pd.DataFrame({"time": weeks, "users": users}), definition="People.", key_columns=("time",))
    halves = [ReportPeriod(date(2024, 4, 15), date(2024, 5, 12)), ReportPeriod(date(2024, 5, 13), date(2024, 6, 9))]

    alone, beside = publish(course, "weeks"), publish(course, "weeks", wholes=halves)

    assert users_of(alone) == [80, 80, None, 80, 70, 60, 50, 40]  # 245 − 240 would be told by the total
    first, second = users_of(beside)[:4], users_of(beside)[4:]
    assert first.count(None) == 2
    assert second == [70, 60, 50, 40]  # nothing is hidden where nothing is small
    assert list(beside.to_frame().columns) == ["time", "users"]
    assert beside.key_columns == ("time",)
