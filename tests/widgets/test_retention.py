from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analytics_lib.behaviour.retention import retention
from analytics_lib.errors import SmallGroupError
from analytics_lib.privacy.suppression import suppress
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.retention import (
    HIDDEN_AVERAGE,
    RetentionWidget,
    begun,
    group_words,
    hidden_share,
    whole,
)

RANGE = {"start": "2024-01-01", "end": "2024-06-29"}


@pytest.fixture(scope="module")
def page(workspace):
    return RetentionWidget(workspace, tenant_id="shop", grain="month", periods=4, **RANGE)


@pytest.fixture(autouse=True)
def as_opened(page):
    if {name: text for name, text in page.own_texts().items() if text} != {"periods": "4"}:
        page.take_own({"periods": "4"})
        page.choose(grain="month")
    page._clear()


def cells(page):
    return page.views[0].chart.source


def test_the_page_shows_the_librarys_retention(workspace, page):
    """All 600 people of the published log start in its half year."""
    asked = {"grain": "month", "periods": 4, **RANGE}
    expected = retention(workspace.events(tenant_id="shop"), **asked)

    assert page.cards[0].kpi.value == 600
    assert page.cards[1].kpi.value == pytest.approx(expected.average()["retention_rate"][1])


def test_a_page_that_has_no_days_before_its_range_does_not_say_that_it_compares(workspace, page):
    late = RetentionWidget(workspace, tenant_id="shop", grain="month", periods=4, **{**RANGE, "start": "2024-04-01"})

    assert [card.kpi.change for card in page.cards] == [None] * 3
    assert "; nothing to compare with in the 181 days before." in page.status.value
    assert late.cards[0].kpi.change is not None
    assert "; compared with the 90 days before." in late.status.value


def test_shares_of_the_period_before_and_simple_averages_are_the_librarys(workspace, page):
    asked = {"grain": "month", "periods": 4, "reference": "previous_period", "average": "simple", **RANGE}
    expected = retention(workspace.events(tenant_id="shop"), **asked)

    page.fields.editors["reference"].value = "previous_period"
    page.fields.editors["average"].value = "simple"

    rates = expected.average()["retention_rate"]
    assert page.cards[1].kpi.title == "Back after 1 month, compared with the month before"
    assert "over 100 % = more came back than then" in page.cards[1].value
    assert page.cards[1].kpi.value == pytest.approx(rates[1])
    assert whole(page.answer)["retention_rate"].tolist() == pytest.approx(rates.tolist(), nan_ok=True)
    assert page.views[0].chart.title.startswith("Came back compared with the month before, by cohort")
    assert page.views[1].chart.title.startswith("On average compared with the month before, each cohort")
    assert page.address.values["rules"] == "reference=previous_period,average=simple"

    page.fields.editors["reference"].value = "start"
    assert "over 100 %" not in page.cards[1].value


def test_where_each_average_is_hidden_the_cards_and_a_note_say_so(workspace, page, monkeypatch):
    """Nobody reads "back after 0 months, 100 %" as an answer, nor a line of one point without a word."""
    numbers = page.answer.frame
    few = int(numbers.loc[(numbers["period"] > 0) & numbers["mature"], "users"].max()) + 1
    assert numbers["cohort_users"].max() > few, "a cohort is shown of which every return is hidden"
    hiding = replace(page.audience, minimum_users=few, answers={})
    monkeypatch.setattr(Audience, "of", classmethod(lambda *_, **__: hiding))
    hidden = RetentionWidget(workspace, tenant_id="shop", grain="month", periods=4, **RANGE)

    assert [card.kpi.title for card in hidden.cards[1:]] == ["Back after 1 month", "Back after 3 months"]
    assert [card.kpi.value for card in hidden.cards[1:]] == [None, None]
    assert HIDDEN_AVERAGE in hidden.definitions.value


def test_without_a_hidden_number_no_average_is_explained(page):
    assert HIDDEN_AVERAGE not in page.definitions.value


def test_a_tap_on_a_cell_lists_exactly_who_came_back(page):
    shown = page.shown_rows()
    for row in (1, 5):
        if not pd.isna(shown["users"].iloc[row]):
            cells(page).selected.indices = [row]
            assert len(page.people.people) == shown["users"].iloc[row]
            assert f"cohort {shown['name'].iloc[row]}" in page.people.people.title


def test_with_a_split_the_cells_are_those_of_one_group(page):
    page.fields.editors["by"].value = "device_type"
    page.fields.editors["group"].value = "tablet"
    shown = page.shown_rows()
    row = int((shown["users"].fillna(0) > 0).to_numpy(dtype=bool).nonzero()[0][1])
    cells(page).selected.indices = [row]

    assert set(shown["device_type"]) == {"tablet"}
    assert len(page.people.people) == shown["users"].iloc[row]
    assert page.address.values["group"] == "tablet"
    assert page.cards[0].kpi.value == 600


def test_a_point_of_the_average_is_nobodys(page):
    page._tapped(page.views[1], {"x": 1, "y": 0.5})

    assert page.people.people is None


def test_a_wrong_group_or_zone_is_told(page):
    page.fields.editors["time_zone"].value = "Mars/Phobos"
    assert "Mars/Phobos&#x27; is unknown" in page.notice.value

    page.take_own({"by": "device_type", "group": "fridge"})
    page.guarded(page.refresh)()
    assert "no group is named &#x27;fridge&#x27;" in page.notice.value


def test_cohorts_are_named_by_the_clock_of_their_zone(page):
    page.fields.editors["time_zone"].value = "Pacific/Auckland"

    assert page.shown_rows()["name"].iloc[0] == "2024-01"


def test_hidden_cells_enter_no_average_and_list_nobody(workspace):
    page = RetentionWidget(workspace, tenant_id="corner", grain="day", start="2024-05-30", end="2024-06-02")
    hidden = page.answer.frame["cohort_users"].isna()

    assert hidden.any()
    assert page.answer.average()["cohort_users"].iloc[0] == page.answer.frame["cohort_users"].max()
    assert whole(page.answer)["started"].isna().all()
    row = page.answer.frame[hidden].iloc[0]
    with pytest.raises(SmallGroupError):
        page.answer.people(cohort=row["cohort"], period=row["period"])


def test_a_missing_group_has_a_name():
    assert group_words(pd.Series(["a", None])).tolist() == ["a", "unknown"]


def test_cohorts_without_anybody_are_left_out_at_both_ends_only():
    sizes = pd.array([0, 0, 3, 0, None, 0], "Int64")

    assert begun(pd.DataFrame({"cohort_users": sizes})).index.tolist() == [2, 3, 4]
    assert begun(pd.DataFrame({"cohort_users": sizes[:2]})).empty


def test_brackets_are_the_librarys_and_named_by_their_periods(workspace, page):
    page.fields.editors["kind"].value = "bracket"
    page.fields.editors["brackets"].value = "0, 1-2, 3-5"

    expected = retention(
        workspace.events(tenant_id="shop"), grain="month", kind="bracket", brackets=[(0, 0), (1, 2), (3, 5)], **RANGE
    )
    shown = page.shown_rows()
    assert shown["bracket"].iloc[:3].tolist() == ["0", "1–2", "3–5"]
    assert shown["users"].iloc[1] == expected.to_frame()["users"].iloc[1]
    assert page.cards[1].kpi.title == "Back in month 1–2"
    cells(page).selected.indices = [1]
    assert len(page.people.people) == shown["users"].iloc[1]

    page.fields.editors["brackets"].value = "soon"
    assert "is no bracket of periods" in page.notice.value


@pytest.fixture
def hiding(page, monkeypatch):
    """The shop with a floor above what comes back in a week, and under what comes back in a month."""
    few = replace(page.audience, minimum_users=20, answers={})
    monkeypatch.setattr(Audience, "of", classmethod(lambda *_, **__: few))
    return few


def test_where_most_of_the_weeks_is_hidden_the_page_opens_with_months_and_says_why(workspace, hiding):
    asked = {**hiding.calendar(hiding.choices({}, days=182)), "grain": "week", "periods": 8}
    weeks = hidden_share(suppress(retention(hiding.table, **asked), 20))
    opened = RetentionWidget(workspace, tenant_id="shop")

    assert weeks > 0.5
    assert opened.choices.grain == "month"
    assert opened.address.values["grain"] == ""
    assert f"because per week {weeks * 100:.0f} % would be hidden, being of fewer than 20 people" in opened.status.value

    opened.choose(grain="week")
    assert opened.address.values["grain"] == "week"
    assert f"{weeks * 100:.0f} % of the shares are hidden" in opened.status.value
    assert "longer periods hide fewer" in opened.status.value

    again = RetentionWidget(workspace, tenant_id="shop", grain="week")
    assert again.choices.grain == "week"


def test_where_little_is_hidden_the_page_opens_with_weeks(workspace):
    opened = RetentionWidget(workspace, tenant_id="shop")

    assert opened.choices.grain == "week"
    assert "hidden" not in opened.status.value


@pytest.mark.parametrize(
    ("cohort_users", "rate", "mature", "share"),
    [
        ([5, 5, 5], [1.0, None, 0.5], [True, True, True], 0.5),  # the start itself tells nothing
        ([5, 5, 5], [1.0, None, None], [True, True, False], 1.0),  # what is not over is not hidden
        ([0, 0, 0], [None, None, None], [True, True, True], 0.0),  # nobody can come back
        ([None, None, None], [None, None, None], [True, True, True], 1.0),
    ],
)
def test_the_share_that_is_hidden_is_of_cells_that_could_be_judged(page, cohort_users, rate, mature, share):
    frame = pd.DataFrame({
        "period": [0, 1, 2], "cohort_users": pd.array(cohort_users, "Int64"),
        "retention_rate": pd.array(rate, "float64"), "mature": pd.array(mature, "boolean"),
    })  # fmt: skip

    assert hidden_share(replace(page.answer, frame=frame)) == share


@pytest.mark.parametrize(("grain", "tall"), [("month", False), ("week", True)])
def test_the_table_stands_beside_many_cohorts_and_under_few(page, grain, tall):
    page.choose(grain=grain)

    assert ("analytics-tall" in page.halves._dom_classes) == tall
    assert page.halves.children[-1] is page.table
