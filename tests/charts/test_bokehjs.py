"""The JavaScript that draws the figures is the one of the Bokeh that made them."""

from __future__ import annotations

import bokeh

from analytics_lib.charts.bokehjs import bokehjs


def test_bokehjs_is_the_installed_version_and_can_stand_between_script_tags() -> None:
    script = bokehjs()

    assert f'"{bokeh.__version__}"' in script
    assert "</script" not in script.lower()
