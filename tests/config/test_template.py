from __future__ import annotations

import re
from pathlib import Path

from analytics_lib.config.sections import TenantSection
from analytics_lib.config.settings import Settings, read_settings
from analytics_lib.config.template import TEMPLATE, write_default_settings


def test_a_new_file_says_the_defaults_and_the_name(tmp_path: Path) -> None:
    folder = tmp_path / 'my "first" shop'
    folder.mkdir()
    write_default_settings(folder)

    settings = read_settings(folder, {})

    assert settings.workspace.name == "my 'first' shop"
    assert settings.model_copy(update={"workspace": Settings().workspace}) == Settings()


def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "analytics.toml").write_text("# mine\n", encoding="utf-8")

    assert write_default_settings(tmp_path).read_text(encoding="utf-8") == "# mine\n"


def test_every_line_can_be_taken_out_of_its_comment(tmp_path: Path) -> None:
    shown = re.sub(r"^# (\[tenants|\w+ =)", r"\1", TEMPLATE, flags=re.MULTILINE)
    (tmp_path / "analytics.toml").write_text(shown, encoding="utf-8")

    settings = read_settings(tmp_path, {})

    assert settings.tenants["shop"].synthetic
    assert settings.engine.threads == 2


def test_every_setting_is_shown() -> None:
    shown = set(re.findall(r"^(?:# )?(\w+) =", TEMPLATE, flags=re.MULTILINE))
    known = {key for part in Settings.model_fields.values() for key in getattr(part.annotation, "model_fields", {})}

    assert known | set(TenantSection.model_fields) == shown
