import numpy as np
import pandas as pd
import pytest

from analytics_lib.errors import ArgumentError, MissingColumnError
from analytics_lib.statistics.churn import churn_risk
from tests.conftest import shared_data


def _people(count: int = 600, seed: int = 1) -> pd.DataFrame:
    source = np.random.default_rng(seed)
    visits = source.poisson(4, count)
    left = source.random(count) < 1 / (1 + np.exp(visits - 4))
    return pd.DataFrame({"user_id": [f"u{n}" for n in range(count)], "visits": visits, "churned": left})


def test_telco_risks_are_calibrated_and_rank_as_well_as_published_models() -> None:
    customers = pd.read_csv(shared_data("telco-churn/wa_churn.csv"))
    result = churn_risk(customers, churned="churn", unit="rownames")
    quality = result.quality.iloc[0]

    assert quality["customers"] == 7043
    assert quality["churn_rate"] == pytest.approx(1869 / 7043)
    assert quality["area_under_curve"] > 0.84
    assert quality["calibration_error"] < 0.02
    assert (result.reliability["risk"] - result.reliability["churn_rate"]).abs().max() < 0.05
    assert result.to_frame()["risk"].between(0, 1).all()


def test_the_measures_are_those_of_their_definitions() -> None:
    result = churn_risk(_people(), unit="user_id")
    frame = result.to_frame()
    left, stayed = (frame.loc[frame["churned"] == value, "risk"].to_numpy() for value in (True, False))
    pairs = (left[:, None] > stayed).mean() + 0.5 * (left[:, None] == stayed).mean()

    assert result.quality["area_under_curve"].iloc[0] == pytest.approx(pairs)
    assert result.quality["brier_score"].iloc[0] == pytest.approx(
        ((frame["risk"] - frame["churned"].astype(float)) ** 2).mean()
    )


def test_those_whose_future_is_asked_get_a_risk_and_teach_nothing() -> None:
    people = _people()
    asked = people.assign(churned=people["churned"].astype("boolean").where(people.index < 500, pd.NA))
    result = churn_risk(asked, unit="user_id")

    assert result.quality["customers"].iloc[0] == 500
    assert result.to_frame()["risk"].notna().all()
    assert result.to_frame()["churned"].isna().sum() == 100


def test_yes_and_no_are_understood_and_other_words_refused() -> None:
    people = _people()
    words = people.assign(churned=np.where(people["churned"], "Yes", "No"))

    pd.testing.assert_series_equal(churn_risk(words).to_frame()["risk"], churn_risk(people).to_frame()["risk"])
    with pytest.raises(ArgumentError, match="maybe"):
        churn_risk(people.assign(churned="maybe"))


def test_text_that_names_customers_is_not_learnt_from() -> None:
    assert any("user_id names single customers" in note for note in churn_risk(_people()).notes)


def test_a_column_known_only_afterwards_is_suspected() -> None:
    people = _people()
    result = churn_risk(people.assign(closed=people["churned"].astype(float)), unit="user_id")

    assert any("too good" in note for note in result.notes)


def test_too_few_who_left_teach_nothing() -> None:
    result = churn_risk(_people(60), unit="user_id")

    assert result.to_frame()["risk"].isna().all()
    assert any("from 50 each" in note for note in result.notes)


def test_the_same_seed_gives_the_same_risks() -> None:
    first, second = (churn_risk(_people(), seed=3).to_frame() for _ in range(2))

    pd.testing.assert_frame_equal(first, second)


def test_named_columns_must_exist_and_some_must_be_left() -> None:
    with pytest.raises(MissingColumnError, match="age"):
        churn_risk(_people(), columns=["age"])
    with pytest.raises(ArgumentError, match="no column"):
        churn_risk(_people()[["churned"]])


def test_the_picture_holds_what_was_said_and_what_came() -> None:
    assert {entry.name for entry in churn_risk(_people()).plot().legend} == {"came", "said"}
