from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics_lib.charts.heatmaps import draw_heatmap

CELLS = pd.DataFrame(
    {"cohort": ["May", "May", "June", "June"], "period": [0, 1, 0, 1], "retention_rate": [1.0, 0.25, 1.0, None]}
)


def heatmap(frame=CELLS):
    return draw_heatmap(
        frame, x="period", y="cohort", value="retention_rate", value_format="percent", title="Retention"
    )


def test_the_first_row_of_the_frame_is_at_the_top():
    assert heatmap().figure.y_range.factors[::-1] == ["May", "June"]


def test_an_unknown_cell_is_clear_and_silent_never_zero():
    data = heatmap().source.data

    assert data["colour"][3] == "#00000000"
    assert data["written"] == ["100", "25", "100", ""]


def test_shares_are_written_without_the_sign_and_the_title_says_so():
    assert heatmap().title == "Retention (%)"
    assert heatmap().source.data["shown"] == ["100.0 %", "25.0 %", "100.0 %", "–"]


def test_more_has_more_colour():
    data = heatmap().source.data

    assert int(data["colour"][0][7:], 16) > int(data["colour"][1][7:], 16)


@pytest.mark.parametrize(("page", "ink"), [("#FFFFFF", "#111827"), ("#111827", "#F1F5F9")])
def test_zero_looks_like_the_page_and_every_value_can_be_read(page, ink):
    """WCAG 2.2: 1.4.3 asks for 4.5 to 1."""
    shares = pd.DataFrame({"x": range(101), "y": "a", "value": np.arange(101) / 100})
    signed = shares.assign(value=shares["value"] * 2 - 1)

    for frame, both in ((shares, False), (signed, True)):
        data = draw_heatmap(frame, x="x", y="y", value="value", title="T", signed=both).source.data
        cells = [over(colour, page) for colour in data["colour"]]
        inks = [ink if one == "page" else one for one in data["ink"]]
        assert min(contrast(one, two) for one, two in zip(cells, map(channels, inks), strict=True)) >= 4.5
        faint = [contrast(one, channels(page)) for one in cells]
        assert faint[50 if both else 0] < 1.2
        assert max(faint) in (faint[0], faint[-1])


def channels(colour):
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def over(colour, page):
    strength = int(colour[7:], 16) / 255
    return [strength * one + (1 - strength) * two for one, two in zip(channels(colour), channels(page), strict=True)]


def luminance(rgb):
    parts = [one / 255 for one in rgb]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("periods", "digits"), [(3, 1), (12, 2)])
def test_cells_are_as_wide_as_what_is_written_in_them(periods, digits):
    few = pd.DataFrame({"period": range(periods), "cohort": "May", "users": range(periods)})
    many = few.assign(users=few["users"] + 1_234_567)

    narrow, wide = (draw_heatmap(frame, x="period", y="cohort", value="users", title="U") for frame in (few, many))

    assert 90 + periods * digits * 6.5 <= narrow.figure.min_width <= 90 + periods * 22
    assert wide.figure.min_width >= 90 + periods * 9 * 6.5


def test_a_cell_knows_its_row_of_the_frame():
    chart = draw_heatmap(CELLS, x="period", y="cohort", value="retention_rate", title="R", selectable=True)

    assert chart.source.data["row"] == [0, 1, 2, 3]
    assert "TapTool" in str(chart.figure.toolbar.tools)


def test_equal_values_still_have_a_colour():
    flat = heatmap(CELLS.assign(retention_rate=0.0)).source.data

    assert len(set(flat["colour"])) == 1
    assert flat["colour"][0] != "#00000000"


def test_no_known_value_gives_an_explained_picture():
    assert heatmap(CELLS.assign(retention_rate=None)).description == "Every number is unknown or hidden."


def test_signs_are_told_by_colour_on_a_fixed_scale():
    cells = pd.DataFrame({"x": list("abc"), "y": "d", "value": [-1.0, 0.0, 1.0]})
    data = draw_heatmap(cells, x="x", y="y", value="value", title="Correlation", signed=True).source.data

    assert [one[:7] for one in data["colour"]] == ["#C91D39", "#0B7A5E", "#0B7A5E"]
    assert [one[7:] for one in data["colour"]] == ["FF", "0D", "FF"]  # zero is the page itself
    assert data["written"] == ["−1.00", "0.00", "1.00"]
    weak = draw_heatmap(cells.assign(value=0.1), x="x", y="y", value="value", title="Correlation", signed=True)
    assert len(set(weak.source.data["colour"])) == 1
    assert weak.source.data["colour"][0] not in data["colour"]  # a weak relation does not look like a strong one


def test_what_is_not_over_yet_is_hatched_starred_and_said() -> None:
    frame = pd.DataFrame(
        {
            "week": [0, 1, 2],
            "cohort": ["a"] * 3,
            "rate": [1.0, 0.4, np.nan],
            "over": pd.array([True, False, None], "boolean"),
        }
    )

    chart = draw_heatmap(
        frame, x="week", y="cohort", value="rate", title="Back", value_format="percent", finished="over"
    )

    assert chart.source.data["hatch"] == ["blank", "right_diagonal_line", "blank"]
    assert chart.source.data["written"] == ["100", "40*", ""]
    assert chart.source.data["shown"][1].endswith(", not over yet")
    assert chart.title == "Back (%), * not over yet"


def test_nothing_is_said_of_the_unfinished_where_all_is_over() -> None:
    frame = pd.DataFrame({"week": [0], "cohort": ["a"], "rate": [1.0], "over": [True]})

    chart = draw_heatmap(frame, x="week", y="cohort", value="rate", title="Back", finished="over")

    assert chart.title == "Back"
    assert chart.source.data["hatch"] == ["blank"]
