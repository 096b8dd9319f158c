from __future__ import annotations

from datetime import date

import pytest

from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.controls import Controls, event_options, titles


@pytest.fixture
def controls(workspace):
    audience = Audience.of(workspace, "shop")
    fields = Controls({"shop": "Shop", "corner": "Corner store"})
    fields.show(audience.choices({}), audience)
    return fields


def test_every_field_has_a_label(controls):
    assert all(field.description for field in controls.children)


def test_showing_choices_reports_nothing(workspace, controls):
    told = []
    controls.on_change(told.append)
    audience = Audience.of(workspace, "corner")

    controls.show(audience.choices({}), audience)

    assert told == []
    assert controls.tenant.value == "corner"


def test_a_preset_sets_both_days_and_reports_once(controls):
    told = []
    controls.on_change(told.append)

    controls.preset.value = "last 7 days"

    assert [(values["start"], values["end"]) for values in told] == [(date(2024, 6, 23), date(2024, 6, 29))]


def test_own_days_are_named_as_such(workspace, controls):
    audience = Audience.of(workspace, "shop")

    controls.show(audience.choices({"start": "2024-05-13", "end": "2024-06-09"}), audience)

    assert controls.preset.value == "own days"


def test_a_chosen_event_that_never_happened_stays_in_the_list():
    assert ("refund (0)", "refund") in event_options({"view": 3}, "refund")


def test_a_very_long_name_is_shortened_but_kept_as_value():
    [_, (shown, value)] = event_options({"x" * 90: 1})

    assert len(shown) < 60
    assert value == "x" * 90


def test_a_tenant_without_title_is_called_by_its_id():
    assert titles(["shop"], lambda _name: "") == {"shop": "shop"}
