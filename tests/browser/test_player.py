"""The player's list of speeds, which stands beside its label and not under it, can be read."""

from __future__ import annotations

import pytest

from analytics_lib.widgets.styles import style_html

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("dashboards")]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_speed_has_room_for_its_words(browser, width):
    page = browser.new_page(viewport={"width": width, "height": 300})
    speed = "<label>Speed</label><select><option>as it was</option></select>"
    row = '<div class="widget-inline-hbox widget-dropdown" style="display: flex">' + speed + "</div>"
    page.set_content(f'{style_html()}<div class="analytics-dashboard"><div class="analytics-player">{row}</div></div>')

    shown = page.locator("select").bounding_box()["width"]

    page.close()
    assert shown >= 110
