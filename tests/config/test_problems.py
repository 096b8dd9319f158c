from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from analytics_lib.config.document import read_document
from analytics_lib.config.problems import explained
from analytics_lib.config.sections import Section
from analytics_lib.config.settings import read_settings
from analytics_lib.errors import SettingsError


def refused(folder: Path, text: str, **environment: str) -> str:
    (folder / "analytics.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings(folder, environment)
    return str(caught.value)


def test_a_wrong_value_is_told_with_file_line_key_value_and_what_is_allowed(tmp_path: Path) -> None:
    said = refused(tmp_path, '[privacy]\n\nconsent = "maybe"\n')

    assert said == (
        f'{tmp_path}/analytics.toml, line 3: privacy.consent = "maybe" is not allowed. '
        'Allowed: "assumed" or "required".'
    )


def test_a_misspelt_key_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    assert refused(tmp_path, "[engine]\nthread = 2\n").endswith(
        "line 2: there is no setting 'engine.thread'. Did you mean 'threads'?"
    )
    assert refused(tmp_path, "[tenants.shop]\nsyntetic = true\n").endswith(
        "line 2: there is no setting 'tenants.shop.syntetic'. Did you mean 'synthetic'?"
    )
    assert refused(tmp_path, "[dashboard]\nport = 1\n").endswith(
        "line 1: there is no section 'dashboard'. Did you mean 'dashboards'?"
    )


def test_a_value_from_the_environment_is_told_with_its_variable(tmp_path: Path) -> None:
    said = refused(tmp_path, "[dashboards]\nport = 1\n", ANALYTICS_DASHBOARDS__PORT="99999")

    assert said == (
        'environment variable ANALYTICS_DASHBOARDS__PORT: dashboards.port = "99999" can\'t be used. '
        "Give a whole number of at most 65535."
    )


def test_checks_of_our_own_keep_their_advice(tmp_path: Path) -> None:
    assert 'Use an IANA name such as "Europe/London"' in refused(tmp_path, '[workspace]\ntime_zone = "London"\n')
    assert 'like "30min", "24h" or "7d"' in refused(tmp_path, "[lake]\nhistory = 90\n")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, '[engine]\nthreads = "many"\n[lake]\nhistory = 90\n')

    assert said.startswith("2 settings can't be used. Correct these:\n")
    assert 'line 2: engine.threads = "many" can\'t be used. Give a whole number.' in said
    assert "line 4: lake.history = 90 can't be used. Write a number and a unit" in said


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("[ingestion]\nstrict = 3\n", "Write true or false."),
        ("[workspace]\nname = 3\n", "Write a text in quotes, not empty."),
        ('[workspace]\nname = ""\n', "Write a text in quotes, not empty."),
        ("[privacy]\nminimum_users = 0\n", "Give a whole number of at least 1."),
        ("engine = 3\n", "Make it a table, with keys below its [header]."),
        ("tenants = 3\n", "Make it a table, with keys below its [header]."),
    ],
)
def test_advice_is_in_plain_words(tmp_path: Path, text: str, advice: str) -> None:
    assert refused(tmp_path, text).endswith(f"can't be used. {advice}")


def test_an_unknown_section_of_the_environment_is_told_with_its_variable(tmp_path: Path) -> None:
    said = refused(tmp_path, "", ANALYTICS_ENGNE__THREADS="2")

    assert said == "environment variable ANALYTICS_ENGNE__THREADS: there is no section 'engne'. Did you mean 'engine'?"


def test_a_missing_setting_and_one_in_an_optional_table_are_told_too(tmp_path: Path) -> None:
    class Inner(Section):
        cron: str

    class Outer(Section):
        title: str
        schedule: Inner | None = None

    (tmp_path / "report.toml").write_text('[schedule]\ncorn = "0 7 * * 1"\n')
    document = read_document(tmp_path / "report.toml")
    with pytest.raises(ValidationError) as problem:
        Outer.model_validate(document.values)

    said = str(explained(problem.value, Outer, document, {}))

    assert f"{tmp_path}/report.toml: title is missing. Add it: it has no default." in said
    assert "line 2: there is no setting 'schedule.corn'. Did you mean 'cron'?" in said
