"""A notebook and its text declare the same contract; what is no notebook says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics_lib.errors import ParameterError
from analytics_lib.parameters.kinds import Kind, Parameter
from analytics_lib.parameters.notebooks import read_parameters


def test_a_notebook_and_its_text_declare_the_same(tmp_path: Path) -> None:
    text = tmp_path / "trial.py"
    text.write_text('# %% [markdown]\n# # Why?\n\n# %% tags=["parameters"]\nn: int = 1  # one\n\n# %%\nprint(n)\n')
    notebook = tmp_path / "trial.ipynb"
    cells = [
        {"cell_type": "markdown", "source": "# Why?"},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["n: int = 1  # one\n"]},
        {"cell_type": "code", "metadata": {}, "source": "print(n)"},
    ]
    notebook.write_text(json.dumps({"cells": cells}))

    assert read_parameters(text) == read_parameters(notebook) == (Parameter("n", Kind("int"), 1, "one"),)


def test_a_notebook_without_the_cell_has_no_parameters_and_two_are_refused(tmp_path: Path) -> None:
    notebook = tmp_path / "trial.ipynb"
    tagged = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "n: int = 1"}
    notebook.write_text(json.dumps({"cells": []}))
    assert read_parameters(notebook) == ()

    notebook.write_text(json.dumps({"cells": [tagged, tagged]}))
    with pytest.raises(ParameterError, match="2 cells"):
        read_parameters(notebook)


@pytest.mark.parametrize("content", ["not json", "[]", "{}"])
def test_a_file_that_is_no_notebook_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trial.ipynb"
    path.write_text(content)

    with pytest.raises(ParameterError, match="can't be read as a notebook"):
        read_parameters(path)
