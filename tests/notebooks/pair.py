"""Writes each notebook again from the py:percent text beside it: `make notebooks`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).resolve().parents[2]
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def sources() -> list[Path]:
    """Give the texts that are notebooks: each has a percent cell, and no folder of outputs."""
    found = [path for folder in ("notebooks", "reports") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "_build" not in path.parts and "# %%" in path.read_text()]


def write_notebook(source: Path) -> bool:
    """Write the notebook of one text; tells whether anything changed."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for index, cell in enumerate(notebook.cells):
        # Stable ids keep differences small: a cell that did not move and did not change keeps its id.
        cell.id = hashlib.sha256(f"{index} {cell.source}".encode()).hexdigest()[:8]
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
    text = nbformat.writes(notebook) + "\n"
    target = source.with_suffix(".ipynb")
    if target.exists() and target.read_text() == text:
        return False
    target.write_text(text)
    return True


if __name__ == "__main__":
    for path in sources():
        if write_notebook(path):
            print(f"wrote {path.with_suffix('.ipynb').relative_to(ROOT)}")  # noqa: T201
