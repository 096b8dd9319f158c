from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analytics_lib.state.anomaly_history import AnomalyRecord
from analytics_lib.widgets.anomaly_reviews import SHOWN, AnomalyReviews, review_html

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)


def record(hours=0, **given):
    return AnomalyRecord(series="errors", time=NOON + timedelta(hours=hours), found_at=NOON, value=9.0, **given)


def reviews(on_review=None):
    return AnomalyReviews(reader="ada", on_review=on_review or (lambda *_: None), make_file=lambda: ("a.csv", b""))


def test_a_press_on_a_button_answers_for_its_anomaly():
    answers = []
    card = reviews(lambda one, status: answers.append((one.time.hour, status)))
    card.show([record(1), record(0)], {})

    for button in card.rows[1].children[1].children:
        button.click()

    assert answers == [(12, "confirmed"), (12, "dismissed")]


def test_what_was_answered_is_said_and_can_only_be_changed():
    done = record(status="dismissed", reviewed_by="ada", note="a holiday")
    card = reviews()
    card.show([done], {})

    assert "dismissed by ada: a holiday" in card.rows[0].children[0].value
    assert [button.description for button in card.rows[0].children[1].children] == ["Confirm"]


def test_names_and_notes_of_others_are_text():
    shown = review_html(record(status="confirmed", reviewed_by="<b>", note="<script>"), "13 May")

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_no_anomaly_is_an_answer_and_many_are_cut_with_a_word():
    card = reviews()
    card.show([], {})
    assert "Nothing in this range" in card.words.value

    card.show([record(hour) for hour in range(SHOWN + 3)], {})
    assert len(card.rows) == SHOWN
    assert f"{SHOWN + 3} anomalies" in card.words.value
    assert "the file has all" in card.words.value
