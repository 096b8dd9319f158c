"""Personal data is found where it is, and only there."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.privacy.scrubbing import ScrubRules, scrub_address, scrub_json, scrub_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("mail ann.o'hara+x@example.co.uk!", "mail [e-mail]!"),
        ("see ?u=ann%40example.org", "see ?u=[e-mail]"),
        # Published example numbers: the IBAN registry's, the card networks' test numbers.
        ("DE89 3704 0044 0532 0130 00", "[iban]"),
        ("FR1420041010050500013M02606 paid", "[iban] paid"),
        ("4111-1111-1111-1111", "[card]"),
        ("378282246310005", "[card]"),
        ("5555555555554444 or 6011111111111117", "[card] or [card]"),
        ("192.0.2.17:443", "[ip]:443"),
        ("from 2001:db8::8a2e:370:7334", "from [ip]"),
        ("+49 (30) 901820-0", "[phone]"),
        ("tel. 020 7946 0958", "tel. [phone]"),
        ("home/020 7946 0958", "home/[phone]"),
    ],
)  # fmt: skip
def test_personal_data_is_replaced_by_its_kind(text, clean):
    assert scrub_text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "order 489434, stock 85123A, invoice C536379",
        "GB82 WEST 1234 5698 7654 33",  # wrong checksum
        "4111-1111-1111-1112",  # wrong last digit
        "1538405774195002000",  # a time in nanoseconds
        "2024-05-13 10:21:14",
        "258c7280-ae70-4798-800f-63464d01a85d",
        "version 10.15.7, build 1.2.3",
        "999.1.1.1 is no address",
        "12:30:45",
        "03/04/2021",
        "Adjustment by john on 26/01/2010 16",  # an order line: a date and an hour
        "on 01/02/2010 16:40",
        "4,120 / 2,160 / 2,038 / 1,488",
        "a@b",
    ],
)
def test_what_only_looks_like_it_stays(text):
    assert scrub_text(text) == text


def test_what_was_found_is_counted():
    found: Counter[str] = Counter()
    scrub_text("a@x.org b@x.org 192.0.2.1", found)
    assert found == {"e-mail": 2, "ip": 1}


def test_addresses_lose_credentials_and_secrets_and_keep_the_rest():
    assert scrub_address("ftp://me:pw@host/a?token=abc&x=1#access_token=zzz") == "ftp://host/a?token=&x=1#access_token="
    assert scrub_address("/users/ann@example.org/orders?page=2") == "/users/[e-mail]/orders?page=2"
    assert scrub_address("https://10.0.0.1/status") == "https://10.0.0.1/status"  # a server's


def test_properties_go_by_name_at_any_depth_and_in_any_casing():
    sent = {"IPAddress": "x", "user": {"eMail": "y", "plan": "pro"}, "list": [{"Password": "p", "n": 1}]}
    assert json.loads(scrub_json(json.dumps(sent), ScrubRules())) == {"user": {"plan": "pro"}, "list": [{"n": 1}]}


def test_an_address_is_no_name_of_a_property_and_two_of_them_stay_two():
    clean = scrub_json('{"a@b.org": 1, "c@d.org": {"e@f.org": 2}, "plan": "pro"}', ScrubRules())
    assert json.loads(clean) == {"[e-mail]": 1, "[e-mail] 2": {"[e-mail]": 2}, "plan": "pro"}


def test_properties_that_name_people_become_digests():
    made = json.loads(scrub_json('{"account_id": 7, "n": 1}', ScrubRules(), pseudonym=lambda value: f"<{value}>"))
    assert made == {"account_id": "<7>", "n": 1}


def test_rules_stand_above_the_defaults():
    rules = ScrubRules({"email": "keep", "plan": "mask", "note": "drop"}, free_text=False)
    assert json.loads(scrub_json('{"email":"a@x.org","plan":"gold","note":"n"}', rules)) == {
        "email": "a@x.org",
        "plan": "g***",
    }


def test_an_unknown_action_is_refused():
    with pytest.raises(ArgumentError, match="hide"):
        ScrubRules({"email": "hide"})


WORDS = st.sampled_from(
    ["ann@example.org", "4111111111111111", "+49 30 901820", "192.0.2.1", "GB82WEST12345698765432", "fe80::1", "plan"]
)


@given(st.dictionaries(st.sampled_from(["note", "Email", "a b", "ip_address", "x"]), WORDS, min_size=1))
def test_whatever_would_be_changed_is_looked_at_more_closely(properties):
    text = json.dumps(properties, separators=(",", ":"), sort_keys=True)
    if scrub_json(text, ScrubRules()) != text:
        assert re.search(ScrubRules().pattern(), text)
