from __future__ import annotations

import pytest

from analytics_lib.config.content import content_folder
from analytics_lib.dashboards.manifest import read_manifest
from analytics_lib.errors import SettingsError, WorkspaceError
from tests.dashboards.conftest import notebook


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b_page.ipynb").write_text(notebook("# Is it up?\n\nShows whether it is up.", "1"))
    (tmp_path / "a.ipynb").write_text(notebook("1"))
    return tmp_path


def test_a_notebook_without_a_word_about_it_is_served_under_its_own_heading(folder):
    pages = {page.name: page for page in read_manifest(folder)}

    assert (pages["b_page"].label, pages["b_page"].title) == ("B page", "Is it up?")
    assert pages["b_page"].summary == "Shows whether it is up."
    assert pages["a"].title == "A"


def test_the_manifest_names_orders_and_warms(folder):
    (folder / "dashboards.toml").write_text('[b_page]\nlabel = "Up"\norder = 1\nwarm = true\n[gone]\norder = 2\n')

    first, second = read_manifest(folder)

    assert (first.name, first.label, first.warm) == ("b_page", "Up", True)
    assert (second.name, second.warm) == ("a", False)


@pytest.mark.parametrize(
    ("text", "message"),
    [("[a]\nordre = 1", "'ordre', which nobody reads. Did you mean 'order'?"), ("[a]\norder = '1'", "not of type int"),
     ("[a", "can't be read"), ("a = 1", "nobody reads")],
)  # fmt: skip
def test_a_faulty_manifest_is_refused_by_name(folder, text, message):
    (folder / "dashboards.toml").write_text(text)

    with pytest.raises(SettingsError, match=message):
        read_manifest(folder)


def test_a_file_that_is_no_notebook_is_named(folder):
    (folder / "c.ipynb").write_text("{}")

    with pytest.raises(WorkspaceError, match="c.ipynb"):
        read_manifest(folder)


def test_a_missing_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(WorkspaceError, match="analytics init"):
        read_manifest(tmp_path / "nowhere")


def test_every_shipped_page_asks_a_question_and_has_a_summary():
    for page in read_manifest(content_folder("notebooks") / "dashboards"):
        assert page.title.endswith("?")
        assert page.summary.endswith(".")
