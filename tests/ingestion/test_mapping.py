"""A mapping is understood, or refused with the word that was not."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ArgumentError, SourceError
from analytics_lib.ingestion.mapping import EventMapping, read_mapping

TOML = """
drop = ["secret"]
identity = "row"

[columns]
event = "What"
user_id = "Who"

[constants]
tenant_id = "shop"

[events]
"In den Korb" = "cart.add"

[types]
size = "text"

[time]
zone = "Europe/London"
format = "%d.%m.%Y"
unit = "s"
"""

YAML = """
drop: [secret]
identity: row
columns: {event: What, user_id: Who}
constants: {tenant_id: shop}
events: {In den Korb: cart.add}
types: {size: text}
time: {zone: Europe/London, format: "%d.%m.%Y", unit: s}
"""


@pytest.mark.parametrize(("name", "text"), [("m.toml", TOML), ("m.yaml", YAML)])
def test_toml_and_yaml_say_the_same(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    read = read_mapping(tmp_path / name)
    assert read == EventMapping(
        columns={"event": "What", "user_id": "Who"}, constants={"tenant_id": "shop"}, drop=("secret",),
        events={"In den Korb": "cart.add"}, types={"size": "text"}, identity="row",
        time_zone="Europe/London", time_format="%d.%m.%Y", time_unit="s",
    )  # fmt: skip
    assert read.source_columns() == {"What": "event_name", "Who": "user_id"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"colums": {}}, "Did you mean 'columns'"),
        ({"columns": {"usr_id": "a"}}, "Did you mean 'user_id'"),
        ({"time": {"zon": "UTC"}}, "Did you mean 'zone'"),
        ({"time": {"zone": "Mars"}}, "Mars"),
        ({"time": "UTC"}, "is no table"),
        ({"identity": "rows"}, "Did you mean 'row'"),
        ({"types": {"a": "money"}}, "types.a='money'"),
        ({"columns": "a"}, "is no table of names"),
        ({"drop": "a"}, "is one string"),
    ],
)
def test_what_is_not_understood_is_named_with_the_nearest_word(given, said):
    with pytest.raises(ArgumentError, match=said):
        read_mapping(given)


@pytest.mark.parametrize(("name", "text"), [("m.toml", "[columns"), ("m.yaml", "a: [b"), ("none.toml", None)])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, text):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=name):
        read_mapping(tmp_path / name)


def test_a_file_without_tables_is_refused(tmp_path):
    (tmp_path / "m.yaml").write_text("- a\n- b\n")
    with pytest.raises(ArgumentError, match="holds no tables"):
        read_mapping(tmp_path / "m.yaml")
