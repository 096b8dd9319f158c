"""What a newcomer opens first: notebooks before anything is loaded, and with the first few events."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import jupytext
import pytest

from analytics_lib.workspace import create_workspace
from tests.conftest import ROOT

ASKING = sorted(
    path for path in (ROOT / "notebooks" / "explore").glob("*.py") if "workspace.events(" in path.read_text()
)
LINES = {
    "nothing": [],
    "one person": ["ann,visit,2025-03-01T10:00:00"],
    "two people": ["bob,visit,2025-03-01T10:00:00", "carl,visit,2025-03-01T10:10:00"],
}


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("little")
    made = {}
    for name, lines in LINES.items():
        workspace = create_workspace(folder / name.replace(" ", "-"))
        if lines:
            (folder / "events.csv").write_text("\n".join(["user_id,event,event_time", *lines]) + "\n")
            assert workspace.load(folder / "events.csv").accepted == len(lines)
        made[name] = workspace.folder
    return made  # two people may be dealt into one group: nothing to compare


def shown(notebook: Path) -> list[str]:
    """Run the cells of a notebook in this process; give what they show, as text."""
    names: dict[str, Any] = {}
    texts = []
    for cell in jupytext.read(notebook).cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        last = ast.Expression(body.pop().value) if isinstance(body[-1], ast.Expr) else None  # type: ignore[attr-defined]
        exec(compile(ast.Module(body, []), str(notebook), "exec"), names)  # noqa: S102 - our own notebooks
        answer = None if last is None else eval(compile(last, str(notebook), "eval"), names)  # noqa: S307
        texts.append(getattr(answer, "_repr_html_", answer.__str__)())
    return texts


@pytest.mark.parametrize(
    ("notebook", "events"),
    [(path, name) for path in ASKING for name in LINES if name != "two people" or "check_split" in path.read_text()],
    ids=lambda given: given.stem if isinstance(given, Path) else given,
)
def test_a_notebook_goes_on_where_there_is_little_to_analyse(
    notebook: Path, events: str, workspaces: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_WORKSPACE", str(workspaces[events]))
    monkeypatch.setenv("ANALYTICS_MODE", "report")

    texts = shown(notebook)

    assert len(texts) > 3
    if events == "nothing":
        told = ("The table holds no events", "There are no events", "Nothing to compare", "Nobody came by", "no event")
        assert any(words in text for text in texts for words in told), texts
