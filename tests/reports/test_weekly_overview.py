"""The report that ships, run as a reader gets it: the payment incident of the demonstration is on page one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from pypdf import PdfReader

from analytics_lib.cli.demo import REPORT_PARAMETERS
from analytics_lib.reporting.reports import run_report
from analytics_lib.reporting.run import Run

pytestmark = [pytest.mark.notebooks, pytest.mark.browser, pytest.mark.xdist_group("weekly_overview")]


@pytest.fixture(scope="module")
def shop(demo_workspace: Path) -> Run:
    formats = ["html", "pdf", "xlsx", "json"]
    return run_report("weekly_overview", REPORT_PARAMETERS, workspace=demo_workspace, formats=formats)


def file_of(run: Run, suffix: str) -> Path:
    [path] = [path for path in run.files if path.suffix == suffix]
    return path


def test_the_incident_is_on_page_one_with_its_numbers(shop: Run) -> None:
    assert shop.succeeded, shop.line()

    first = PdfReader(file_of(shop, ".pdf")).pages[0].extract_text().replace("\n", " ")

    assert "What changed in these four weeks?" in first
    assert "13 May – 9 June 2024 (UTC)" in first
    # 1–18 May 80 of 96, 19 May – 7 June 46 of 130 (published with the log); this is its share of the report's weeks.
    assert "Of 174 sessions with payment_details, 81 got through (46.6 %)" in first
    assert "106 of 129 (82.2 %)" in first
    assert "chance alone does not explain that" in first


def test_what_explains_the_first_picture_stands_on_its_page(shop: Run) -> None:
    first, second, *_ = ("".join(page.extract_text().split()) for page in PdfReader(file_of(shop, ".pdf")).pages)

    for part in ("Howtoreadit.Eachpointistheshare", "Shareofsessionsthatget", "Perweekofthe"):
        assert part in first
    assert "Eachpointistheshare" not in second
    assert second.index("Wasanyday") < second.index("Howtoreadit")


def test_every_page_says_that_the_data_is_synthetic_and_has_its_number(shop: Run) -> None:
    reader = PdfReader(file_of(shop, ".pdf"))
    texts = [page.extract_text() for page in reader.pages]

    assert 3 <= len(texts) <= 7
    for number, text in enumerate(texts, 1):
        assert "Synthetic data" in text
        assert f"page {number} / {len(texts)}" in text
        assert "Weekly overview" in text
    titles = [entry.title for entry in reader.outline[1] if not isinstance(entry, list)]
    assert titles[:2] == ["In short", "Was any day out of the ordinary?"]
    assert titles[-2:] == ["The numbers", "About this run"]


def test_figures_are_ink_on_paper(shop: Run, tmp_path: Path) -> None:
    command = ["pdftoppm", "-r", "30", "-gray", str(file_of(shop, ".pdf")), str(tmp_path / "page")]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("pdftoppm is not here; the exporter has proven the figures itself")

    shares = []
    for path in sorted(tmp_path.glob("page-*.pgm")):
        pixels = path.read_bytes().split(b"\n", 3)[3]
        shares.append(sum(value < 200 for value in pixels) / len(pixels))

    assert all(share > 0.01 for share in shares[:3]), shares


def test_page_table_and_data_file_tell_the_same_numbers(shop: Run) -> None:
    told = json.loads(file_of(shop, ".json").read_text())["tables"]
    weeks = pd.DataFrame(told["share-of-sessions-by-week"]["rows"])
    sheet = openpyxl.load_workbook(file_of(shop, ".xlsx"))["Share of sessions by week"]
    page = file_of(shop, ".html").read_text()

    assert (weeks["completed_sessions"].tail(4).sum(), weeks["sessions"].tail(4).sum()) == (81, 174)
    assert [row[0].value for row in sheet["E2:E9"]] == weeks["completed_sessions"].tolist()
    assert "46.6 %" in page
    assert told["the-way"]["rows"][0]["sessions"] == 670


def test_the_run_names_its_data_parameters_and_code(shop: Run) -> None:
    provenance = shop.verdict.provenance

    [version] = provenance["data_versions"]
    assert version.startswith("events@")
    assert shop.verdict.parameters["start"] == "2024-05-13"
    assert (provenance["tenant_id"], provenance["tenant_title"]) == ("shop", "Shop")
    assert len(provenance["notebook_sha256"]) == 64


def test_real_orders_are_reported_in_their_zone_with_small_groups_hidden(demo_workspace: Path) -> None:
    run = run_report("weekly_overview", workspace=demo_workspace, parameter_set="retail", formats=["html", "json"])

    assert run.succeeded, run.line()
    page = file_of(run, ".html").read_text()
    people = json.loads(file_of(run, ".json").read_text())["tables"]["people-by-day"]["rows"]
    assert "(Europe/London)" in page
    assert "Online Retail II" in page
    assert all(row["users"] is None or row["users"] == 0 or row["users"] >= 10 for row in people)
    # no way was asked for: neither its heading nor a word about its chart; and a day is called by its date
    assert "Where do they stop on the way?" not in page
    assert "Each point is the share" not in page
    assert "23:00:00</td>" not in page
