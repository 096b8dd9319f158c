"""Where a notebook keeps its contract: the cell tagged ``parameters``, in the file or in its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from analytics_lib.errors import ParameterError
from analytics_lib.parameters.declarations import parse_parameters
from analytics_lib.parameters.kinds import Parameter

_CELL_MARK = re.compile(r"^# %%(?P<head>.*)$", re.MULTILINE)
_TAGS = re.compile(r"tags=(\[[^\]]*\])")


def read_parameters(notebook: Path | str) -> tuple[Parameter, ...]:
    """Read which parameters a notebook takes; none when it has no ``parameters`` cell.

    Parameters
    ----------
    notebook
        An ``.ipynb`` file or its ``py:percent`` text (``.py``).

    Raises
    ------
    ParameterError
        The file can't be read, two cells carry the tag, or a line breaks the contract.
    """
    path = Path(notebook)
    try:
        text = path.read_text(encoding="utf-8")
        cells = list(_cells_of_json(text) if path.suffix == ".ipynb" else _cells_of_text(text))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as problem:
        raise ParameterError(f"{path.name} can't be read as a notebook: {problem}", "Check the path.") from problem
    if len(cells) > 1:
        raise ParameterError(f"{path.name} has {len(cells)} cells tagged 'parameters'", "Keep one.")
    return parse_parameters(cells[0], where=path.name) if cells else ()


def _cells_of_json(text: str) -> Iterator[str]:
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code" and "parameters" in cell.get("metadata", {}).get("tags", []):
            yield "".join(cell["source"])


def _cells_of_text(text: str) -> Iterator[str]:
    marks = list(_CELL_MARK.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        tags = _TAGS.search(mark["head"])
        if tags and "parameters" in json.loads(tags[1]):
            yield text[mark.end() : following.start() if following else None]
