from __future__ import annotations

import pytest

from analytics_lib.dashboards.proxy import TrustedProxy, is_own, refuse_open_door
from analytics_lib.errors import AccessError, SettingsError

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_our_own_addresses_need_nothing(address):
    assert is_own(address)
    refuse_open_door(address, token="", proxy=None)


@pytest.mark.parametrize("address", [EVERYWHERE, "", "::", "192.168.1.7", "example.org"])
def test_a_public_address_is_never_open_to_everybody(address, tmp_path):
    with pytest.raises(AccessError, match="anybody on the network"):
        refuse_open_door(address, token="", proxy=None)
    refuse_open_door(address, token="t", proxy=None)
    refuse_open_door(address, token="", proxy=TrustedProxy("X-User", tmp_path / "secret"))


def test_a_proxy_without_a_good_secret_is_refused(tmp_path):
    proxy = TrustedProxy("X-User", tmp_path / "secret")
    with pytest.raises(SettingsError, match="can't be read"):
        proxy.secret()
    (tmp_path / "secret").write_text("short\n")
    with pytest.raises(SettingsError, match="too short"):
        proxy.secret()
    (tmp_path / "secret").write_text("0123456789abcdef\n")

    assert proxy.secret() == "0123456789abcdef"
