from __future__ import annotations

from analytics_lib.widgets.url_state import UrlState


def test_going_back_is_told_with_the_values_of_the_address():
    told = []
    state = UrlState()
    state.on_return(told.append)

    state.wanted = {"tenant_id": "shop", "event": "", "_at": 1}

    assert told == [{"tenant_id": "shop", "event": ""}]


def test_writing_is_no_return():
    told = []
    state = UrlState()
    state.on_return(told.append)

    state.write({"tenant_id": "shop"})

    assert told == []
    assert state.values == {"tenant_id": "shop"}


def test_the_script_drops_the_token_from_the_address_and_asks_nobody():
    assert 'query.delete("token")' in UrlState._esm.__str__()
    assert "http" not in str(UrlState._esm)
