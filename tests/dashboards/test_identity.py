from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from analytics_lib.dashboards.identity import ProxyIdentity, TokenIdentity

SECRET = "0123456789abcdef"


def request(**headers):
    return SimpleNamespace(request=SimpleNamespace(headers={n.replace("_", "-"): v for n, v in headers.items()}))


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"X_Proxy_Secret": SECRET, "X_Forwarded_User": "ada"}, "ada"),
        ({"X_Forwarded_User": "ada"}, None),
        ({"X_Proxy_Secret": "guess", "X_Forwarded_User": "ada"}, None),
        ({"X_Proxy_Secret": SECRET}, None),
    ],
)
def test_a_name_counts_only_with_the_proxys_secret(headers, name):
    user = ProxyIdentity(proxy_secret=SECRET).get_user(request(**headers))

    assert (user and user.username) == name


def test_a_proxy_without_secret_lets_nobody_in():
    assert ProxyIdentity(proxy_secret="").get_user(request(X_Proxy_Secret="", X_Forwarded_User="ada")) is None


def test_a_proxy_always_asks():
    assert ProxyIdentity().auth_enabled
    assert not ProxyIdentity().login_available


@pytest.mark.parametrize(("typed", "let_in"), [("right", True), ("wrong", False), ("", False)])
def test_the_typed_token_must_be_the_right_one(typed, let_in):
    log = logging.getLogger("test")
    handler = SimpleNamespace(get_argument=lambda _name, default="": typed, settings={}, log=log)

    assert bool(TokenIdentity(token="right").process_login_form(handler)) == let_in


def test_the_token_can_not_be_changed_from_the_page():
    assert not TokenIdentity(token="right").allow_password_change
