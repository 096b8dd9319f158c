"""Packed numbers come back bit by bit."""

import json
from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.monitor_packing import pack_bytes, pack_floats, unpack_bytes, unpack_floats


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False)))
def test_floats_survive_a_trip_through_json(values):
    assert unpack_floats(json.loads(json.dumps(pack_floats(array("d", values))))).tolist() == values


@settings(deadline=None)
@given(st.binary())
def test_bytes_survive_too(values):
    assert unpack_bytes(pack_bytes(values)) == values


def test_the_text_is_little_endian_ieee_754():
    assert unpack_bytes(pack_floats(array("d", [1.5, -2.0]))) == np.array([1.5, -2.0], "<f8").tobytes()
