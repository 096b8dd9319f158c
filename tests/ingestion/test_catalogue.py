"""Files are recognised by what is in them, or refused with what was found and what is known."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_lib.datasets.published import retail_orders_file, shop_events_file
from analytics_lib.errors import IngestionError, UnknownFormatError
from analytics_lib.ingestion.catalogue import FORMATS, find_format, read_sent, sample_of, sources_of
from analytics_lib.ingestion.sources import find_sources
from tests.conftest import shared_data


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("retentioneering-onboarding/train.csv", "csv"),
        ("snowplow-web/source/snowplow_web_events.csv", "snowplow"),
        ("claude-sessions-a", "claude"),
    ],
)
def test_real_files_are_recognised(path, name):
    assert find_format("auto", find_sources(shared_data(path))).name == name


def test_shipped_files_are_recognised():
    assert find_format("auto", find_sources(shop_events_file())).name == "shop"
    assert find_format("auto", find_sources(retail_orders_file())).name == "retail"


def test_plain_tables_and_objects_are_recognised(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"event": "x", "timestamp": 1714521600}))
    pq.write_table(pa.table({"event": ["x"], "ts": [1714521600]}), tmp_path / "b.bin")
    (tmp_path / "c.log").write_text('192.0.2.1 - - [07/Dec/2016:11:05:07 +0100] "GET / HTTP/1.1" 200 1 "-" "x"\n')
    (tmp_path / "d.txt").write_text("when;what\n")
    names = {name: find_format("auto", find_sources(tmp_path / name)).name for name in ("a.json", "b.bin", "c.log")}
    assert names == {"a.json": "json", "b.bin": "parquet", "c.log": "access_log"}
    assert find_format("auto", find_sources(tmp_path / "d.txt"), mapped=True).name == "csv"


def test_what_nothing_recognises_is_described_and_every_format_is_listed(tmp_path):
    (tmp_path / "x.csv").write_text("colour,size\nred,L\n")
    with pytest.raises(UnknownFormatError, match="delimited with colour, size") as refused:
        find_format("auto", find_sources(tmp_path / "x.csv"))
    assert all(name in str(refused.value) for name in FORMATS)


def test_a_wrong_name_is_answered_with_the_nearest(tmp_path):
    (tmp_path / "x").write_text("a")
    with pytest.raises(UnknownFormatError, match="Did you mean 'snowplow'"):
        find_format("snowplough", find_sources(tmp_path / "x"))
    assert find_format("ndjson", ()).name == "json"
    with pytest.raises(UnknownFormatError) as refused:
        find_format("zzz", ())
    assert str(refused.value).count("snowplow") == 1  # told once


def test_of_a_folder_only_the_files_of_the_format_are_read(tmp_path):
    for name in ("a.jsonl", "LICENSE", "b.json"):
        (tmp_path / name).write_text("{}")
    assert [source.name for source in sources_of(FORMATS["claude"], find_sources(tmp_path))] == ["a.jsonl"]
    assert len(sources_of(FORMATS["claude"], find_sources(tmp_path / "LICENSE"))) == 1


def test_files_come_block_by_block_with_their_source(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("event,timestamp\nx,1714521600\n")
    found = find_sources(tmp_path)
    read = read_sent(FORMATS["csv"], found, FORMATS["csv"].mapping)
    assert [(source.name, block.events.num_rows) for source, block in read] == [("a.csv", 1), ("b.csv", 1)]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.csv", "\n", "x.csv (the file is empty)"),
        ("x.json", '{"event": "x"', "begins like JSON, but holds no whole object"),
        ("x.parquet", "event,time", "x.parquet is no Parquet file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, name, content, told):
    (tmp_path / name).write_text(content)
    with pytest.raises(IngestionError) as refused:
        find_format("auto", find_sources(tmp_path / name))
    assert told in str(refused.value)


def test_an_empty_file_is_nothing_readable(tmp_path):
    (tmp_path / "x").write_text("")
    assert not sample_of(find_sources(tmp_path / "x")[0]).columns
