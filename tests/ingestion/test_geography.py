"""Places are those that the geo file's own source says, for each of its addresses."""

from __future__ import annotations

import ipaddress
import json

import pyarrow as pa
import pytest

from analytics_lib.errors import SourceError
from analytics_lib.ingestion.geography import Geography, Place
from tests.conftest import shared_data


def test_every_network_of_the_published_test_file_is_found():
    folder = shared_data("maxmind-test-data")
    geography = Geography(folder / "test-data/GeoLite2-City-Test.mmdb")
    checked = 0
    for entry in json.loads((folder / "source-data/GeoLite2-City-Test.json").read_text()):
        for network, said in entry.items():
            first = str(ipaddress.ip_network(network).network_address)
            place = geography.place(first)
            country = said.get("country") or said.get("registered_country") or {}
            if place.country == country.get("iso_code"):
                checked += 1
                assert place.city == said.get("city", {}).get("names", {}).get("en")
    assert checked > 200


def test_places_fill_only_what_the_sender_left_open():
    geography = Geography(shared_data("maxmind-test-data/test-data/GeoLite2-City-Test.mmdb"))
    table = pa.table({
        "country": pa.array([None, "FR", None]), "region": pa.nulls(3, pa.string()), "city": pa.nulls(3, pa.string()),
    })  # fmt: skip
    made = geography.with_places(table, pa.array(["81.2.69.142", "81.2.69.142", "no address"])).to_pydict()
    assert made == {"country": ["GB", "FR", None], "region": ["England", None, None], "city": ["London", None, None]}
    assert geography.place("127.0.0.1") == Place()


def test_what_is_no_geo_file_is_refused(tmp_path):
    (tmp_path / "x.mmdb").write_bytes(b"no")
    for name in ("x.mmdb", "none.mmdb"):
        with pytest.raises(SourceError, match=name):
            Geography(tmp_path / name)
