"""The demonstration can be run again and again, and loads nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics_lib.behaviour.metric_values import metric_values
from analytics_lib.cli import demo
from analytics_lib.datasets.measurements import SLOW_HOURS, make_measurements, slow_day
from analytics_lib.datasets.visits import make_visits
from analytics_lib.privacy.consent import purpose_of
from analytics_lib.statistics.anomalies import anomalies
from analytics_lib.widgets.playback import PlaybackWidget
from analytics_lib.workspace import open_workspace


def test_the_workspace_is_made_once_and_labels_its_tenants(tmp_path: Path) -> None:
    demo.prepare_workspace(tmp_path / "demo")
    before = (tmp_path / "demo" / "analytics.toml").read_text()

    workspace = demo.prepare_workspace(tmp_path / "demo")

    assert (tmp_path / "demo" / "analytics.toml").read_text() == before
    assert workspace.tenant("shop").synthetic
    assert workspace.tenant("retail").time_zone == "Europe/London"
    assert "CC BY 4.0" in workspace.tenant("retail").label


def test_a_second_load_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "DATA", demo.DATA[:1])
    workspace = demo.prepare_workspace(tmp_path / "demo")

    first = " ".join(demo.load_data(workspace))
    second = " ".join(demo.load_data(workspace))

    assert "31,076" in first
    assert "nothing to add" in second
    assert "31,106 sent = 31,076 accepted + 30 duplicate" in second
    assert open_workspace(workspace.folder).events(tenant_id="shop").count().to_pyarrow().as_py() == 31_076


def test_recorded_visits_can_be_played_only_where_people_agreed_and_still_do(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(demo, "DATA", demo.DATA[1:2])
    workspace = demo.prepare_workspace(tmp_path / "demo")

    told = " ".join(demo.load_data(workspace))
    again = " ".join(demo.load_data(workspace))

    sent = make_visits()
    refused = sum(purpose_of(event) not in json.loads(consent) and event != "consent.changed"
                  for event, consent in zip(sent["event"], sent["consent"], strict=True))  # fmt: skip
    assert f"{len(sent):,} {demo.DATA[0].what.split(' ', 1)[1]}" in told
    assert f"{refused:,} rejected" in told
    assert f"{refused:,} rejected" in again
    page = PlaybackWidget(workspace, tenant_id="magazine")
    table = workspace.events(tenant_id="magazine").to_pyarrow().to_pandas()
    people = table.drop_duplicates("session_id").set_index("session_id")["user_id"]
    withdrawn = set(table.loc[table["event"] == "consent.changed", "user_id"])
    recorded = set(table.loc[table["event"] == "interaction.pointer", "user_id"])
    offered = page.visits(page.choices)
    assert withdrawn & recorded  # there would be something to play
    assert {people[name] for name in offered} <= recorded - withdrawn
    assert len(page.answer.to_frame()) > 3


def test_measurements_are_there_once_and_their_slow_afternoon_is_found(tmp_path: Path) -> None:
    workspace = demo.prepare_workspace(tmp_path / "demo")

    demo.record_measurements(workspace)
    demo.record_measurements(workspace)

    assert workspace.metrics(tenant_id="magazine").count().to_pyarrow().as_py() == len(make_measurements())
    hours = metric_values(workspace.metrics(tenant_id="magazine"), "page_load", grain="hour")
    found = anomalies(hours).to_frame()
    flagged = found.loc[found["is_anomaly"].fillna(value=False), "time"]
    slow = {slow_day() + pd.Timedelta(hours=hour) for hour in SLOW_HOURS}
    assert slow <= set(flagged)
