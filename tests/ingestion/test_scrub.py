"""What leaves the door names nobody: pseudonyms, and no personal data in any column."""

from __future__ import annotations

import json

import pyarrow as pa

from analytics_lib.ingestion.scrub import Scrubber
from analytics_lib.privacy.pseudonyms import Keys
from analytics_lib.privacy.scrubbing import ScrubRules

EVENTS = pa.table({
    "tenant_id": ["a", "b", "a"],
    "user_id": ["ann", "ann", None],
    "event_name": ["x", "mail ann@example.org", "z"],
    "url": ["https://e.org/?token=1", None, "https://e.org/?page=2"],
    "properties": ['{"email":"a@b.org","n":1}', '{"account_id":"ann"}', '{"note":"call +49 30 901820"}'],
    "context": pa.array([None, None, '{"ip":"192.0.2.1"}']),
})  # fmt: skip


def test_nothing_personal_is_left(tmp_path):
    scrubber = Scrubber(Keys(tmp_path))
    made = scrubber.scrub(EVENTS).to_pydict()
    assert made["user_id"][0].startswith("0-")
    assert made["user_id"][0] != made["user_id"][1]  # tenants do not share people
    assert made["user_id"][2] is None
    assert made["event_name"] == ["x", "mail [e-mail]", "z"]
    assert made["url"] == ["https://e.org/?token=", None, "https://e.org/?page=2"]
    assert json.loads(made["properties"][0]) == {"n": 1}
    assert json.loads(made["properties"][1])["account_id"] == made["user_id"][1]  # can still be joined
    assert json.loads(made["properties"][2]) == {"note": "call [phone]"}
    assert json.loads(made["context"][2]) == {}
    assert scrubber.found == {"property": 2, "e-mail": 1, "phone": 1}


def test_in_memory_nothing_is_changed():
    assert Scrubber().scrub(EVENTS) is EVENTS
    assert Scrubber().unread_line("ann@example.org", "t") == {"text": "ann@example.org"}


def test_rules_of_the_caller_count(tmp_path):
    made = Scrubber(Keys(tmp_path), ScrubRules({"n": "drop", "note": "keep"}, free_text=False)).scrub(EVENTS)
    assert json.loads(made["properties"][0].as_py()) == {}
    assert "901820" in made["properties"][2].as_py()


def test_of_lines_that_could_not_be_read_no_word_is_kept(tmp_path):
    kept = Scrubber(Keys(tmp_path)).unread_line('{"email": "ann@example.org", "who": "ann"', "t")
    assert kept["text"] == '{"aaaaa": "aaa@aaaaaaa.aaa", "aaa": "aaa"'
    assert kept["characters"] == 41
    assert "ann" not in kept["digest"]
