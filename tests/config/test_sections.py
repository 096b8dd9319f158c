from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from analytics_lib.config import sections


@pytest.mark.parametrize(
    ("section", "values"),
    [
        (sections.EngineSection, {"threads": 0}),
        (sections.EngineSection, {"memory_limit": "2"}),
        (sections.EngineSection, {"memory_limit": "80 percent"}),
        (sections.LakeSection, {"history": 90}),
        (sections.LakeSection, {"history": "-1d"}),
        (sections.PrivacySection, {"minimum_users": 0}),
        (sections.PrivacySection, {"consent": "never"}),
        (sections.WorkspaceSection, {"time_zone": "Mars/Olympus"}),
        (sections.WorkspaceSection, {"week_start": "Monday"}),
        (sections.WorkspaceSection, {"name": ""}),
        (sections.DashboardsSection, {"port": 70_000}),
        (sections.ReportsSection, {"timeout": "1h"}),
    ],
)
def test_impossible_settings_are_refused(section: type[sections.Section], values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        section.model_validate(values)


def test_lengths_of_time_and_sizes_are_read_with_their_units() -> None:
    assert sections.LakeSection.model_validate({"history": "36h"}).history == timedelta(hours=36)
    assert sections.EngineSection(memory_limit="1.5GiB").memory_limit == "1.5GiB"


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        sections.EngineSection().threads = 4  # type: ignore[misc]


def test_every_setting_says_what_it_is() -> None:
    import ast
    import inspect

    silent = []
    for node in ast.walk(ast.parse(inspect.getsource(sections))):
        if isinstance(node, ast.ClassDef) and node.name.endswith("Section"):
            for part, after in zip(node.body, [*node.body[1:], None], strict=True):
                told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                if isinstance(part, ast.AnnAssign) and not told:
                    silent.append(f"{node.name}.{ast.unparse(part.target)}")
    assert silent == []
