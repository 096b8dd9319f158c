from __future__ import annotations

from pathlib import Path

import pytest

from analytics_lib.config.document import read_document
from analytics_lib.errors import SettingsError

TEXT = '''\
# a comment with = in it
[workspace]
name = "a"   # [not.a.table]
tenant_id="b"

[tenants."my shop"]
time_zone = "UTC"
[tenants.retail] # the other one
title = """
fake = 1
"""
[engine]
threads = 2
lake.history = "1d"
'''


def written(folder: Path, text: str) -> Path:
    path = folder / "analytics.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("workspace",), 2),
        (("workspace", "name"), 3),
        (("workspace", "tenant_id"), 4),
        (("tenants", "my shop", "time_zone"), 7),
        (("tenants", "retail"), 8),
        (("engine", "threads"), 13),
        (("engine", "lake", "history"), 14),
    ],
)
def test_the_line_of_a_key_is_known(tmp_path: Path, keys: tuple[str, ...], line: int) -> None:
    assert read_document(written(tmp_path, TEXT)).line_of(keys) == line


def test_a_key_that_is_not_there_is_looked_for_in_its_table(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, TEXT))

    assert document.line_of(("tenants", "retail", "label")) == 8
    assert document.line_of(("nowhere",)) is None


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"not valid TOML: .*line 2.*Text needs quotes"):
        read_document(written(tmp_path, "[workspace]\nname = shop\n"))


def test_what_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "analytics.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match="can't be read"):
        read_document(path)
