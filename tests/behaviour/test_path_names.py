"""Names of nodes by patterns."""

from __future__ import annotations

import pytest

from analytics_lib.behaviour.path_names import cleaned_names, compiled
from analytics_lib.errors import ArgumentError


def test_wildcards_fit_whole_names_and_regular_expressions_any_part() -> None:
    assert compiled("page.*").search("page.view")
    assert not compiled("page").search("page.view")
    assert compiled("/page/").search("homepage")
    with pytest.raises(ArgumentError, match="broken"):
        compiled("/(/")


def test_the_first_pattern_that_fits_gives_the_new_name() -> None:
    rename = {r"/^product_(\d)/": r"item \1", "product*": "never"}

    assert cleaned_names(["product_7", "cart", None], rename=rename) == ["item 7", "cart", None]


def test_what_is_not_included_or_is_excluded_is_passed_over() -> None:
    assert cleaned_names(["a", "b", "ab"], include=["a*"], exclude=["ab"]) == ["a", None, None]


def test_a_wildcard_is_about_the_whole_name():
    assert compiled("cart").search("add_to_cart") is None
    assert compiled("*cart").search("add_to_cart")
