"""The palette against published yardsticks: WCAG 2.2 contrast and the colour-vision model of Machado et al. (2009)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from analytics_lib.charts import bands, theme

# Machado, Oliveira & Fernandes (2009), severity 1.0, for linear RGB.
VISION = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def linear(colour: str) -> np.ndarray:
    coded = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    x, y, z = (np.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in xyz / [0.95047, 1.0, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("page", [theme.LIGHT_PAGE, theme.DARK_PAGE])
def test_every_series_stands_out_from_both_pages(page):
    assert min(contrast(colour, page) for colour in theme.SERIES) >= 3.0  # WCAG 1.4.11, graphical objects


@pytest.mark.parametrize("page", [theme.LIGHT_PAGE, theme.DARK_PAGE])
def test_the_line_stands_out_from_the_range_behind_it_and_the_range_from_the_page(page):
    coded = [[int(one[place : place + 2], 16) for place in (1, 3, 5)] for one in (bands.RANGE, page)]
    mixed = np.average(coded, axis=0, weights=[bands.RANGE_ALPHA, 1 - bands.RANGE_ALPHA]).round().astype(int)
    behind = "#" + "".join(f"{part:02X}" for part in mixed)

    assert contrast(bands.OBSERVED, behind) >= 3.0
    assert contrast(bands.RANGE, behind) >= 3.0  # its edges, and the expected values, which are dashed
    assert contrast(bands.RANGE, page) >= 3.0  # its swatch


def test_axis_text_can_be_read_on_both_pages():
    assert contrast(theme.LIGHT_INK, theme.LIGHT_PAGE) >= 4.5  # WCAG 1.4.3, text
    assert contrast(theme.DARK_INK, theme.DARK_PAGE) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_series_differ_for_every_kind_of_colour_vision(vision):
    seen = [lab(np.array(VISION[vision]) @ linear(colour)) for colour in theme.SERIES[:5]]

    nearest = min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))

    assert nearest > 20  # twice what is called clearly different


def test_series_beyond_the_colours_differ_by_dash():
    styles = [theme.series_style(index) for index in range(theme.MOST_SERIES)]

    assert len({(style.colour, style.dash) for style in styles}) == theme.MOST_SERIES


def test_a_finger_that_scrolls_the_page_does_not_zoom():
    drawn = theme.new_figure(title="t", x_label="x", y_label="y", tools="xbox_zoom,reset")

    assert drawn.toolbar.active_drag is None


def test_the_empty_picture_says_why():
    drawn = theme.empty_figure(title="Users", reason="No such event")

    assert [label.text for label in drawn.center if hasattr(label, "text")] == ["No such event"]
    assert not drawn.axis[0].visible
