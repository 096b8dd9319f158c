import numpy as np
import pandas as pd

from analytics_lib.statistics.compare import compare_variants


def _result(effect: str = "difference", metrics: str | list[str] = "x"):
    source = np.random.default_rng(1)
    frame = pd.DataFrame({"variant": ["a", "b"] * 200, "x": source.normal(5, 1, 400), "y": source.normal(3, 1, 400)})
    return compare_variants(frame, metric=metrics, control="a", effect=effect)


def test_the_picture_has_one_line_per_comparison() -> None:
    chart = _result().plot()

    assert chart.description.startswith("b ")
    assert list(chart.source.data["label"]) == ["b"]


def test_several_metrics_are_told_apart_in_the_picture() -> None:
    assert list(_result(metrics=["x", "y"]).plot().source.data["label"]) == ["x: b", "y: b"]


def test_a_relative_effect_is_drawn_in_percent() -> None:
    assert "%" in _result("relative").plot().description


def test_the_display_holds_table_and_definition() -> None:
    html = _result()._repr_html_()

    assert "always-valid" in html
    assert "<table" in html


def test_people_are_counted_in_the_users_column_only() -> None:
    assert _result().people_columns == ("users",)
