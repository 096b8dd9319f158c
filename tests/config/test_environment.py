from __future__ import annotations

from analytics_lib.config.environment import merged, overrides


def test_only_variables_with_a_section_are_settings() -> None:
    found = overrides({"ANALYTICS_LAKE__HISTORY": "1d", "ANALYTICS_WORKSPACE": "/here", "OTHER_LAKE__HISTORY": "x"})

    assert found == {("lake", "history"): "ANALYTICS_LAKE__HISTORY"}


def test_a_variable_finds_the_tenant_whose_spelling_it_can_not_tell() -> None:
    texts = {"ANALYTICS_TENANTS__MY_SHOP__TIME_ZONE": "UTC", "ANALYTICS_TENANTS__NEW__TITLE": "x"}

    assert set(overrides(texts, ["My-Shop"])) == {("tenants", "My-Shop", "time_zone"), ("tenants", "new", "title")}


def test_the_environment_stands_above_the_file_and_the_file_is_left_as_it_was() -> None:
    file = {"engine": {"threads": 1, "memory_limit": "1GB"}}
    texts = {"ANALYTICS_ENGINE__THREADS": "2", "ANALYTICS_TENANTS__SHOP__SYNTHETIC": "true"}

    whole = merged(file, overrides(texts), texts)

    assert whole == {"engine": {"threads": "2", "memory_limit": "1GB"}, "tenants": {"shop": {"synthetic": "true"}}}
    assert file == {"engine": {"threads": 1, "memory_limit": "1GB"}}


def test_an_empty_variable_is_not_set() -> None:
    assert overrides({"ANALYTICS_DASHBOARDS__TOKEN": ""}) == {}
