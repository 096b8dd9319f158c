"""A report.toml says what it means, or which key of which file is wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analytics_lib.errors import ArgumentError, ReportError
from analytics_lib.reporting.definition import find_report, format_name, read_definition, report_folders
from tests.reporting.trial import code, make_report

FULL = """
title = "Weekly overview"
audience = "Everybody"
formats = ["html", "Excel"]
minimum_users = 5
timeout = "90s"
retries = 2
outputs = ["numbers.csv"]

[parameters]
n = 2

[parameter_sets.large]
n = "300"

[schedule]
cron = "30 6 * * mon"
time_zone = "Europe/London"
maximum_staleness = "3d"
"""
CELL = code("n: int = 1", "parameters")


def test_every_key_is_read_with_its_type(tmp_path: Path) -> None:
    report = make_report(tmp_path, CELL, toml=FULL)

    assert report.name == "trial"
    assert report.formats == ("html", "xlsx")
    assert report.timeout == timedelta(seconds=90)
    assert report.schedule is not None
    assert report.schedule.maximum_staleness == timedelta(days=3)
    assert report.scheduled_sets() == ("large",)


def test_values_of_a_set_win_over_common_ones_and_given_ones_over_both(tmp_path: Path) -> None:
    report = make_report(tmp_path, CELL, toml=FULL)

    assert report.given() == {"n": 2}
    assert report.given("large") == {"n": "300"}
    assert report.given("large", {"n": "7"}) == {"n": "7"}
    with pytest.raises(ReportError, match=r"no parameter set 'larg'. Did you mean 'large'\?"):
        report.given("larg")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("titel = 'x'", "line 2: there is no section 'titel'. Did you mean 'title'"),
        ("[schedule]\ncron = '0 7 * *'", r'line 3: schedule.cron = "0 7 \* \*" can\'t be used. Give five fields'),
        ("[schedule]\ncron = '0 7 * * 1'\ntime_zone = 'Europe/Londn'", "line 4: schedule.time_zone = .* an IANA name"),
        ("[schedule]\ncron = '0 7 * * 1'\nmised = 'all'", "line 4: there is no setting 'schedule.mised'. .* 'missed'"),
        ("[schedule]\ncron = '0 7 * * 1'\nparameter_sets = ['x']", "key schedule.parameter_sets: no set 'x'"),
        ("formats = ['html', 'docx']", 'line 2: formats.1 = "docx" can\'t be used. Formats: html, pdf, xlsx'),
        ("minimum_users = 0", "line 2: minimum_users = 0 can't be used. Give a whole number of at least 1"),
        ("timeout = 60", "line 2: timeout = 60 can't be used. Write a number and a unit"),
        ("parameters.n = 'many'", r"\[parameters\]: parameter n='many' is not a whole number"),
        ("parameter_sets.big.m = 1", r"\[parameter_sets.big\]: there is no parameter 'm'"),
        ("name = 'other'", "says 'name'"),
        ("title =", "is not valid TOML"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ReportError, match=said):
        make_report(tmp_path, CELL, toml=f'title = "Trial"\n{line}\n')


def test_a_report_without_title_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="title is missing"):
        make_report(tmp_path, CELL, toml="audience = 'all'")


def test_a_folder_without_its_files_says_what_a_report_is(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report.toml is missing. A report is a folder with"):
        read_definition(tmp_path)


def test_reports_are_found_by_name_and_the_first_root_wins(tmp_path: Path) -> None:
    make_report(tmp_path / "own", CELL, toml='title = "Mine"')
    make_report(tmp_path / "shipped", CELL, toml='title = "Theirs"')
    make_report(tmp_path / "shipped", CELL, name="weekly", toml='title = "Weekly"')
    (tmp_path / "shipped" / "reports" / "_theme").mkdir()
    roots = [tmp_path / "own" / "reports", tmp_path / "shipped" / "reports", tmp_path / "nowhere"]

    assert find_report("trial", roots).title == "Mine"
    assert [folder.name for folder in report_folders(roots[1])] == ["trial", "weekly"]
    with pytest.raises(ReportError, match=r"no report 'weakly'. Did you mean 'weekly'\?"):
        find_report("weakly", roots)


def test_excel_is_another_word_for_xlsx_and_unknown_formats_are_listed() -> None:
    assert format_name(" EXCEL ") == "xlsx"
    with pytest.raises(ArgumentError, match="Unsupported export format: 'word'. Formats: html, pdf, xlsx, csv, json"):
        format_name("word")
