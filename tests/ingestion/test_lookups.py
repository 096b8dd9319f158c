"""Attributes from elsewhere are joined to the events they belong to."""

from __future__ import annotations

import json

import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.errors import ArgumentError, MissingColumnError
from analytics_lib.ingestion.lookups import Lookups

EVENTS = pa.table({"user_id": ["a", "b", None], "session_id": ["s", None, None], "tenant_id": ["t", "t", "x"]})


def test_attributes_are_found_by_session_user_and_tenant():
    lookups = Lookups({
        "user": pd.DataFrame({"user_id": ["a", "b"], "plan": ["pro", None]}),
        "tenant": pa.table({"tenant_id": ["t"], "size": [3]}),
    })  # fmt: skip
    made = [text and json.loads(text)["lookups"] for text in lookups.contexts(EVENTS).to_pylist()]
    assert made == [{"user": {"plan": "pro"}, "tenant": {"size": 3}}, {"tenant": {"size": 3}}, None]


def test_without_tables_there_is_nothing_to_join():
    assert Lookups().contexts(EVENTS) is None


def test_a_key_that_occurs_twice_is_refused():
    with pytest.raises(ArgumentError, match="'a' twice"):
        Lookups({"user": pa.table({"user_id": ["a", "a"], "plan": [1, 2]})})


def test_a_table_without_its_key_or_of_an_unknown_kind_is_refused():
    with pytest.raises(MissingColumnError):
        Lookups({"user": pa.table({"id": ["a"]})})
    with pytest.raises(ArgumentError, match="lookups='person'"):
        Lookups({"person": pa.table({"id": ["a"]})})
