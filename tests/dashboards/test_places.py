from __future__ import annotations

import json
import re

from analytics_lib.config.content import content_folder
from analytics_lib.dashboards.places import TEMPLATE, TEMPLATE_ROOT, dashboards_folder, static_folder


def test_the_workspaces_own_notebooks_are_served_first(tmp_path):
    assert dashboards_folder(tmp_path) == content_folder("notebooks") / "dashboards"

    (tmp_path / "notebooks" / "dashboards").mkdir(parents=True)

    assert dashboards_folder(tmp_path) == tmp_path / "notebooks" / "dashboards"


def test_the_template_is_where_voila_looks_for_it():
    folder = TEMPLATE_ROOT / "voila" / "templates" / TEMPLATE

    assert json.loads((folder / "conf.json").read_text())["base_template"] == "lab"
    assert (folder / "index.html.j2").exists()


def test_nothing_in_the_frame_comes_from_outside():
    for path in [*static_folder().parent.glob("*.*"), *static_folder().iterdir()]:
        if path.is_file():
            assert not re.search(r"https?://|//cdn|@import", path.read_text()), path.name


def test_bokehjs_is_not_copied_into_the_package():
    assert not list(TEMPLATE_ROOT.rglob("*bokeh*"))
