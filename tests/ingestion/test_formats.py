"""A format says how it is read in exactly one way."""

from __future__ import annotations

import pytest

from analytics_lib.ingestion.catalogue import FORMATS


@pytest.mark.parametrize("known", FORMATS.values(), ids=lambda known: known.name)
def test_each_format_reads_in_one_way_and_says_what_it_is(known):
    assert (known.translate is None) != (known.read_whole is None)
    assert known.title
    assert known.kind in {"delimited", "documents", "columns", "lines", "whole"}
