"""The registry of event types: every spelling of the source systems means one thing."""

from __future__ import annotations

import pytest

from analytics_lib import schema


@pytest.mark.parametrize(
    ("sent", "canonical", "category"),
    [
        ("page-view", "page.view", "navigation"),
        ("page_view", "page.view", "navigation"),
        ("user_activity", "user.action", "interaction"),
        ("api_request", "api.call", "technical"),
        ("error", "error.occurred", "error"),
        ("performance_metric", "performance.sample", "performance"),
        ("content_complete", "content.complete", "content"),
        ("message_sent", "conversation.message", "conversation"),
        ("token_usage", "token.usage", "conversation"),
        ("basket_shaken", "basket_shaken", "custom"),
    ],
)
def test_sent_names_become_canonical(sent: str, canonical: str, category: str) -> None:
    assert schema.canonical_event(sent) == canonical
    assert schema.category_of(canonical) == category


def test_no_spelling_means_two_things() -> None:
    spellings = [alias for kind in schema.EVENT_TYPES for alias in (kind.name, *kind.aliases)]

    assert len(spellings) == len(set(spellings)) == len(schema.ALIASES)


def test_the_registry_knows_at_least_fifty_types() -> None:
    assert len(schema.REGISTRY) >= 50


def test_no_raw_address_or_user_agent_has_a_column() -> None:
    assert not {"ip", "ip_address", "user_agent"} & set(schema.COLUMN_NAMES)


def test_unknown_names_are_found_by_any_spelling() -> None:
    assert schema.unknown_events(["page_view", "viewed"]) == ("viewed",)


def test_every_column_says_what_it_means() -> None:
    assert all(
        column.meaning and column.type in {"string", "timestamp", "float", "json", "date"} for column in schema.COLUMNS
    )


def test_any_casing_of_a_known_name_means_the_same():
    spellings = ("page.view", "page-view", "page_view", "pageView", "PageView", "Page View", "pageview")
    assert {schema.canonical_event(name) for name in spellings} == {"page.view"}
    assert schema.canonical_event("audienceCreated") == "audience.created"


def test_casing_never_makes_two_names_one():
    meanings = {(schema.snake(alias), name) for alias, name in schema.ALIASES.items()}
    assert len({spelling for spelling, _ in meanings}) == len(meanings)


def test_column_aliases_name_columns_and_no_spelling_means_two_columns():
    known = {*schema.COLUMN_NAMES, *schema.TRANSIENT}
    spellings = [alias for aliases in schema.COLUMN_ALIASES.values() for alias in aliases]
    assert set(schema.COLUMN_ALIASES) <= known
    assert len(spellings) == len(set(spellings))
    assert all(schema.snake(alias) == alias for alias in spellings)
