"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

import analytics_lib
from tests.conftest import ROOT

LIBRARY = ROOT / "analytics_lib"
MODULES = sorted(path for path in LIBRARY.rglob("*.py") if "_content" not in path.parts)
WRITTEN = [path for path in MODULES if path.name != "__init__.py"]
NOTEBOOKS = sorted(
    path for folder in ("notebooks", "reports") for path in (ROOT / folder).rglob("*.ipynb")
    if "_build" not in path.parts and ".ipynb_checkpoints" not in path.parts
)  # fmt: skip
TOPICS = {"browser", "crash", "oracles", "benchmarks", "notebooks", "reports"}
HEAVY = [
    "pandas",
    "ibis",
    "duckdb",
    "pyarrow",
    "bokeh",
    "scipy",
    "statsmodels",
    "deltalake",
    "ipywidgets",
    "sqlalchemy",
]
DOORS = {
    "duckdb": ("engine",),
    "pyspark": ("engine",),
    "deltalake": ("lake",),
    "bokeh": ("charts",),
    "jupyter_bokeh": ("charts",),
    "ipywidgets": ("widgets", "charts/live.py"),
    "anywidget": ("widgets", "charts/live.py"),
    "scipy": ("statistics",),
    "statsmodels": ("statistics",),
    "sqlalchemy": ("state",),
    "papermill": ("reporting",),
    "nbconvert": ("reporting", "dashboards"),
    "nbclient": ("reporting", "dashboards"),
    "voila": ("dashboards",),
    "fastapi": ("server",),
    "typer": ("cli",),
}
"""Which part of the house may import which heavy library (DESIGN 3)."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_lines(path: Path) -> int:
    """Count lines that are neither blank, comment nor docstring."""
    source = path.read_text()
    documented: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            documented.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = source.splitlines()
    return sum(
        1 for number, line in enumerate(lines, 1)
        if line.strip() and not line.strip().startswith("#") and number not in documented
    )  # fmt: skip


@cache
def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_a_module_is_small_enough_to_read(path: Path) -> None:
    assert code_lines(path) <= 400, "split the module: one idea each (DESIGN 2)"


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_functions_fit_on_a_screen(path: Path) -> None:
    long = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            length = (node.end_lineno or 0) - body[0].lineno + 1
            if length > 50:
                long.append(f"{node.name}: {length} lines")
    assert not long


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_heavy_libraries_have_one_door(path: Path) -> None:
    inside = str(path.relative_to(LIBRARY))
    for library, doors in DOORS.items():
        allowed = any(inside == door or inside.startswith(f"{door}/") for door in doors)
        assert allowed or library not in imports_of(path), f"{inside} imports {library}; only {doors} may"


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_names_say_what_a_module_is_for(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_utils"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_left_unfinished(path: Path) -> None:
    assert not re.search(r"TODO|FIXME|XXX|NotImplementedError", path.read_text())


def test_every_module_has_its_test_file() -> None:
    expected = {
        path: ROOT / "tests" / path.relative_to(LIBRARY).parent / f"test_{path.stem.strip('_')}.py" for path in WRITTEN
    }

    missing = [f"{name_of(path)} → {name_of(test)}" for path, test in expected.items() if not test.exists()]

    assert not missing


def test_every_test_file_has_its_module() -> None:
    strays = []
    for test in (ROOT / "tests").rglob("test_*.py"):
        parts = test.relative_to(ROOT / "tests").parts
        if parts[0] in TOPICS or test.name in {
            "test_house_rules.py",
            "test_front_door.py",
            "test_environment.py",
            "test_vocabulary.py",
        }:
            continue
        stem = test.stem.removeprefix("test_")
        if not any(
            (LIBRARY.joinpath(*parts[:-1]) / f"{name}.py").exists() for name in (stem, f"_{stem}_", f"__{stem}__")
        ):
            strays.append(name_of(test))
    assert not strays


def test_package_init_files_stay_empty() -> None:
    assert [
        name_of(path) for path in MODULES if path.name == "__init__.py" and path.parent != LIBRARY and path.read_text()
    ] == []


def test_importing_the_front_door_is_cheap() -> None:
    program = f"import sys, analytics_lib; print([name for name in {HEAVY} if name in sys.modules])"
    light = f"import sys, analytics_lib.statistics; print([name for name in {HEAVY[1:]} if name in sys.modules])"

    for text in (program, light):
        assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_front_door_name_leads_somewhere_twice() -> None:
    for name in analytics_lib.__all__:
        first, second = getattr(analytics_lib, name), getattr(analytics_lib, name)
        assert first is second, name
        assert callable(first), f"{name} gives a {type(first).__name__}: a module shadows the function"


def test_a_misspelt_front_door_name_is_answered_with_the_nearest() -> None:
    program = "import analytics_lib; analytics_lib.funel"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False).stderr

    assert "Did you mean: 'funnel'?" in told


def test_the_front_door_is_mapped_and_documented() -> None:
    told = (LIBRARY / "README.md").read_text()

    assert [name for name in analytics_lib.__all__ if f"`{name}`" not in told] == []
    assert [name for name in analytics_lib.__all__ if not (getattr(analytics_lib, name).__doc__ or "").strip()] == []


def test_every_package_is_on_the_map() -> None:
    told = (LIBRARY / "README.md").read_text()
    parts = {path.relative_to(LIBRARY).parts[0].removesuffix(".py") for path in MODULES} - {"__init__", "_content"}

    assert sorted(part for part in parts if f"`{part}" not in told) == []


def test_environment_files_agree_with_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    top = yaml.safe_load((ROOT / "environment.yml").read_text())
    binder = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    floor, ceiling = re.findall(r"[\d.]+", project["requires-python"])

    assert top["dependencies"] == binder["dependencies"]
    python = next(line for line in top["dependencies"] if isinstance(line, str) and line.startswith("python="))
    version = tuple(map(int, python.split("=")[1].split(".")))
    assert tuple(map(int, floor.split("."))) <= version < tuple(map(int, ceiling.split(".")))
    post_build = ROOT / "binder" / "postBuild"
    assert post_build.stat().st_mode & 0o111
    assert "set -e" in post_build.read_text()


def test_constraints_name_versions_only() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]

    assert len(lines) > 100
    assert [
        line
        for line in lines
        if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.!+]+( ; python_version [<>=]+ \"[\d.]+\")*.*", line)
    ] == []
    assert [line for line in lines if "://" in line or line.startswith("-")] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_notebooks_are_clean_titled_and_short(path: Path) -> None:
    notebook = json.loads(path.read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    text = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    title = "".join(text[0]["source"]).splitlines()[0]

    assert title.startswith("# ")
    assert title.rstrip().endswith("?"), "the title of a notebook is a question"
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in notebook["metadata"]
    for cell in code:
        source = "".join(cell["source"])
        assert not cell["outputs"]
        assert cell["execution_count"] is None
        assert len([line for line in source.splitlines() if line.strip()]) <= 10, source
        assert not re.search(r"^\s*(def|class) ", source, re.MULTILINE), "logic lives in the library"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_notebooks_equal_their_paired_text(path: Path) -> None:
    import jupytext

    text = jupytext.read(path.with_suffix(".py"))
    notebook = json.loads(path.read_text())

    told = [(cell["cell_type"], cell["source"], cell["metadata"].get("tags", [])) for cell in text.cells]
    held = [
        (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in notebook["cells"]
    ]
    assert told == held, "run `make notebooks`"


def test_no_path_of_a_machine_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    home = str(ROOT.parent) + "/"
    texts = [
        name
        for name in listed
        if name.endswith((".py", ".md", ".toml", ".txt", ".yml", ".ipynb", ".json", ".j2", ".css", ".js"))
    ]
    assert [name for name in texts if (ROOT / name).exists() and home in (ROOT / name).read_text()] == []


def test_every_decision_has_a_number_of_its_own_and_bears_it_in_its_title() -> None:
    records = sorted((LIBRARY / "decisions").glob("*.md"))
    numbers = [record.name.split("-")[0] for record in records]
    assert [int(number) for number in numbers] == list(range(1, len(records) + 1))
    titles = [record.read_text().splitlines()[0] for record in records]
    assert [title for number, title in zip(numbers, titles, strict=True) if number not in title] == []


def test_every_dependency_has_its_line_in_the_decision_record() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    told = (LIBRARY / "decisions" / "0002-dependencies.md").read_text()

    named = [re.match(r"[\w.-]+", line).group(0) for line in project["dependencies"]]  # type: ignore[union-attr]
    assert [name for name in named if f"| {name} |" not in told] == []
