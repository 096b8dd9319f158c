"""The dashboards as a reader meets them: drawn, answering, private, readable on a phone and in the dark."""

from __future__ import annotations

import io
import re
import time

import psutil
import pytest
from PIL import Image

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.stickiness import stickiness
from analytics_lib.workspace import open_workspace
from tests.browser.conftest import Reader
from tests.dashboards.server import TOKEN

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("dashboards")]

RANGE = {"start": "2024-05-13", "end": "2024-06-09"}
QUERY = "&tenant_id=shop&start=2024-05-13&end=2024-06-09"


@pytest.fixture(scope="module")
def events(demo_workspace):
    return open_workspace(demo_workspace).events(tenant_id="shop")


@pytest.fixture(scope="module")
def overview(reader):
    return reader.open("overview", QUERY)


@pytest.fixture(scope="module")
def funnel_page(reader):
    return reader.open("funnel", f"{QUERY}&steps=product_view,add_to_cart,purchase")


@pytest.fixture(scope="module")
def anomaly_page(reader):
    return reader.open("anomaly_monitor", f"{QUERY}&grain=hour&per_1000=10")


@pytest.fixture(scope="module")
def retention_page(reader):
    return reader.open("retention", "&tenant_id=shop&start=2024-01-01&end=2024-06-29&grain=month&periods=4")


@pytest.fixture(scope="module")
def lifecycle_page(reader):
    return reader.open("lifecycle", "&tenant_id=shop&start=2024-04-01&end=2024-06-16")


@pytest.fixture(scope="module")
def journeys_page(reader):
    return reader.open("journeys", f"{QUERY}&length=3")


@pytest.fixture(scope="module")
def counting(reader):
    return reader.open("counting")


def card(page, title):
    shown = page.locator(".analytics-kpi", has=page.get_by_role("heading", name=title, exact=True))
    return shown.locator(".value").inner_text()


def waits_for(page, title, number):
    page.wait_for_function(
        "([title, number]) => [...document.querySelectorAll('.analytics-kpi')].some((card) => "
        "card.querySelector('h3').textContent == title && card.querySelector('.value').textContent == number)",
        arg=[title, f"{number:,}"],
    )


def waits_until_other(page, title, number):
    page.wait_for_function(
        "([title, number]) => [...document.querySelectorAll('.analytics-kpi')].some((card) => "
        "card.querySelector('h3').textContent == title && card.querySelector('.value').textContent != number)",
        arg=[title, number],
    )


def drag_over(page, chart, share=(0.3, 0.6)):
    box = page.locator(".analytics-chart").nth(chart).locator("canvas").first.bounding_box()
    height = box["y"] + box["height"] * 0.4
    left, right = (box["x"] + box["width"] * place for place in share)
    page.mouse.move(left, height)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(left + (right - left) * step / 5, height)
    page.mouse.up()


def click_in_chart(page, chart, place):
    """Click as many pixels from the left, and at that share of the height, of a canvas that is in view."""
    canvas = page.locator(".analytics-chart").nth(chart).locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + place[0], box["y"] + box["height"] * place[1])


def canvas_pixels(page):
    picture = page.locator(".analytics-chart").first.screenshot()
    return Image.open(io.BytesIO(picture)).convert("L")


def painted(page, looks_right):
    """Wait until the first chart looks as it should; a busy machine paints late."""
    deadline = time.monotonic() + 20
    while not looks_right(canvas_pixels(page)):
        assert time.monotonic() < deadline, "the chart was not painted so within 20 seconds"
        page.wait_for_timeout(100)


def test_the_page_shows_the_librarys_numbers_and_says_that_the_data_is_made_up(overview, events):
    assert card(overview, "Events") == f"{event_counts(events, **RANGE).total:,}"
    assert card(overview, "Active people") == f"{active_users(events, **RANGE).total:,}"
    assert overview.get_by_text("Synthetic data", exact=True).is_visible()
    assert "token" not in overview.url


def test_a_changed_control_changes_numbers_and_address_and_back_brings_both_back(overview, events):
    before = card(overview, "Events")

    purchases = events.filter(events.event == "purchase")

    overview.get_by_label("Event", exact=True).select_option(label=f"purchase ({event_counts(purchases).total:,})")
    waits_for(overview, "Events", event_counts(purchases, **RANGE).total)
    overview.wait_for_url(re.compile("event=purchase"))

    overview.go_back()
    waits_for(overview, "Events", int(before.replace(",", "")))
    assert "event=" not in overview.url


def test_a_box_over_a_chart_lists_the_people_of_that_stretch(overview):
    drag_over(overview, 0)
    heading = overview.locator(".analytics-people h3")
    overview.wait_for_function("() => /people active in/.test(document.querySelector('.analytics-people').innerText)")
    listed = int(re.match(r"[\d,]+", heading.inner_text())[0].replace(",", ""))

    with overview.expect_download() as waiting:
        overview.get_by_role("button", name="People as CSV").click()

    lines = waiting.value.path().read_text().splitlines()
    assert lines[0] == "user_id"
    assert len(lines) - 1 == listed > 0


def test_the_dark_page_recolours_the_canvas_too(overview):
    light = canvas_pixels(overview)

    axis = (10, light.height - 90, light.width - 10, light.height - 20)  # numbers and words under the plot
    assert light.getpixel((3, 3)) > 240
    assert light.crop(axis).getextrema()[0] < 130  # dark ink on light ground

    overview.get_by_role("button", name="Use dark colours").click()
    painted(overview, lambda dark: dark.getpixel((3, 3)) < 60 and dark.crop(axis).getextrema()[1] > 180)  # light ink
    overview.get_by_role("button", name="Use light colours").click()
    painted(overview, lambda again: again.getpixel((3, 3)) > 240 and again.crop(axis).getextrema()[0] < 130)


def test_the_keyboard_reaches_every_control_and_shows_where_it_is(overview):
    overview.locator("body").click(position={"x": 2, "y": 2})
    reached, rings = set(), []
    for _ in range(26):  # a link to each of nine pages, then the controls
        overview.keyboard.press("Tab")
        label, ring = overview.evaluate(
            "() => { const at = document.activeElement; const style = getComputedStyle(at);"
            " return [at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent.trim(),"
            " style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 1] }"
        )
        reached.add(label)
        if label in {"Data of", "Range", "Event", "Per", "Use dark colours"}:
            rings.append(ring)

    assert {"Data of", "Range", "From", "To (inclusive)", "Event", "Per", "Use dark colours"} <= reached
    assert all(rings)


def test_the_funnel_page_shows_the_librarys_funnel_and_lists_who_reached_a_step(funnel_page, events):
    steps = ["product_view", "add_to_cart", "purchase"]
    expected = funnel(events, steps, **RANGE).to_frame()["users"]

    assert card(funnel_page, "People entered") == f"{expected.iloc[0]:,}"
    assert card(funnel_page, "People at the last step") == f"{expected.iloc[2]:,}"
    click_in_chart(funnel_page, 0, (30, 0.72))
    funnel_page.get_by_text(f"{expected.iloc[2]:,} people reached step 3, purchase").wait_for()


def listed_people(page, pattern):
    """Give the number of people that the heading of the list says, and the groups of `pattern` in it."""
    page.wait_for_function("() => /^[0-9,]+ p/.test(document.querySelector('.analytics-people h3').textContent)")
    heading = page.locator(".analytics-people h3").inner_text()
    return int(heading.split()[0].replace(",", "")), re.search(pattern, heading).groups()


def test_a_cell_of_the_retention_page_lists_as_many_people_as_the_library_counts(retention_page, events):
    """All 600 people of the published log start in its half year."""
    answer = retention(events, start="2024-01-01", end="2024-06-29", grain="month", periods=4)

    assert card(retention_page, "Started") == "600"
    assert card(retention_page, "Back after 1 month") == f"{answer.average().retention_rate[1] * 100:.1f} %"
    click_in_chart(retention_page, 0, (230, 0.4))
    people, (cohort, period) = listed_people(retention_page, r"of cohort (\S+) who came back in period (\d)")
    frame = answer.to_frame().assign(name=answer.cohort_names())
    assert people == frame[(frame.name == cohort) & (frame.period == int(period))].users.item() > 0


def test_a_bar_of_the_lifecycle_page_lists_as_many_people_as_the_library_counts(lifecycle_page, events):
    often = stickiness(events, grain="week", start="2024-04-01", end="2024-06-16").to_frame()["users"]
    click_in_chart(lifecycle_page, 1, (185, 0.75))
    people, (times,) = listed_people(lifecycle_page, r"who came in exactly (\d+) weeks")

    assert people == often.iloc[int(times) - 1] > 0


def test_a_band_of_the_journeys_page_lists_as_many_people_as_the_library_counts(journeys_page, events):
    frame = paths(events, length=3, top=100, **RANGE).to_frame()

    assert card(journeys_page, "Sessions on this way") == f"{frame[frame.step == 1].transitions.sum():,}"
    click_in_chart(journeys_page, 0, (120, 0.12))
    people, (source, target, step) = listed_people(journeys_page, r"went from (\S+) to (\S+), step (\d)")
    row = frame[(frame.source == source) & (frame.target == target) & (frame.step == int(step))]
    assert people == row.users.item() > 0


def test_a_reloaded_page_has_the_same_choices_and_numbers(journeys_page):
    before = card(journeys_page, "Sessions on this way")
    choice = journeys_page.get_by_label("Event", exact=True)
    choice.select_option(label=choice.locator("option", has_text="purchase").inner_text())
    waits_until_other(journeys_page, "Sessions on this way", before)
    journeys_page.wait_for_url(re.compile("anchor=purchase"))
    chosen = card(journeys_page, "Sessions on this way")

    journeys_page.reload()
    waits_for(journeys_page, "Sessions on this way", int(chosen.replace(",", "")))

    assert journeys_page.get_by_label("Event", exact=True).input_value().startswith("purchase")
    assert journeys_page.get_by_label("Steps", exact=True).input_value() == "3"


def test_a_wrong_rule_in_the_address_is_told_with_what_is_allowed(reader):
    page = reader.context.new_page()
    page.goto(f"{reader.server.address}/voila/render/funnel.ipynb?token={TOKEN}{QUERY}&rules=unit%3Dsesion")

    page.get_by_text("unit in rules can't be 'sesion'. Use one of user, session.").wait_for()
    page.close(run_before_unload=True)


def test_a_flag_is_reviewed_once_and_stays_reviewed_and_the_file_has_every_hour(anomaly_page, reader):
    flagged = int(card(anomaly_page, "Flagged"))
    assert flagged >= 1
    anomaly_page.get_by_label("Your name", exact=True).fill("ada")
    anomaly_page.get_by_label("Note", exact=True).fill("a campaign")
    anomaly_page.locator(".analytics-review").first.get_by_role("button", name="Confirm").click()
    anomaly_page.get_by_text("confirmed by ada: a campaign").wait_for()

    with anomaly_page.expect_download() as waiting:
        anomaly_page.get_by_role("button", name="Download CSV").click()

    lines = waiting.value.path().read_text().splitlines()
    assert len(lines) - 1 == 28 * 24
    assert sum(",True," in line for line in lines) == flagged
    again = reader.open("anomaly_monitor", f"{QUERY}&grain=hour&per_1000=10")
    again.get_by_text("confirmed by ada: a campaign").wait_for()
    again.close(run_before_unload=True)


def test_a_box_over_the_band_zooms_in_and_back_zooms_out(anomaly_page):
    whole = card(anomaly_page, "Buckets judged")

    anomaly_page.locator(".analytics-chart").scroll_into_view_if_needed()
    drag_over(anomaly_page, 0)
    anomaly_page.wait_for_url(re.compile("start=2024-05-(1[4-9]|2)"))
    waits_until_other(anomaly_page, "Buckets judged", whole)

    anomaly_page.go_back()
    waits_for(anomaly_page, "Buckets judged", int(whole))


SIDEWAYS = """() => Math.max(document.documentElement.scrollWidth - 360, ...[
  ...document.querySelectorAll(".analytics-chart")].map((card) => card.scrollWidth - card.clientWidth)) <= 1"""
"""Whether the page is no wider than a phone, and no chart than its card."""


@pytest.mark.parametrize(
    "name", ["overview", "funnel_page", "retention_page", "lifecycle_page", "journeys_page", "anomaly_page"]
)
def test_a_phone_needs_no_sideways_scroll(request, name):
    page = request.getfixturevalue(name)
    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_timeout(600)
    page.locator(".analytics-chart").first.wait_for()

    page.wait_for_function(SIDEWAYS, timeout=10_000)  # under load charts take their time to follow


FADED = """async () => {
  const next = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  const told = []
  for (const each of document.querySelectorAll(".analytics-scroll")) {
    const most = each.scrollWidth - each.clientWidth
    for (const place of most > 1 ? [0, most] : [0]) {
      each.scrollLeft = place
      await next()
      const look = getComputedStyle(each)
      told.push([most > 1, place > 0, ...["left", "right"].map((side) => look.getPropertyValue(`--fade-${side}`))])
    }
  }
  return told
}"""
"""Whether each part that may scroll is too wide, is scrolled to its end, and how far its left and right edge fade."""


def test_what_is_wider_than_a_phone_fades_where_there_is_more(retention_page):
    retention_page.set_viewport_size({"width": 360, "height": 740})
    retention_page.wait_for_timeout(600)
    told = retention_page.evaluate(FADED)

    assert any(wide for wide, *_ in told)
    for wide, at_end, left, right in told:
        assert (left != "0px", right != "0px") == (wide and at_end, wide and not at_end)


def test_a_selection_reaches_python_exactly_once_and_a_stream_is_not_doubled(counting):
    drag_over(counting, 0)
    told = counting.get_by_text(re.compile(r"^\d+ calls, "))
    told.wait_for()
    counting.wait_for_timeout(500)
    calls, rows = re.match(r"(\d+) calls, (\d+) rows", told.inner_text()).groups()

    for points in (21, 22):
        counting.get_by_role("button", name="Stream one").click()
        counting.get_by_text(f"{points} points", exact=True).wait_for()

    assert int(calls) == 1
    assert 3 <= int(rows) <= 9


def test_two_readers_of_a_kept_page_see_each_their_own_address(browser, served):
    for tenant in ("first", "second"):
        person = Reader(browser, served)
        page = person.open("echo", f"&tenant_id={tenant}", drawn=False)
        assert page.get_by_text(f"asked for {tenant}", exact=True).is_visible()
        person.context.close()
        assert person.faults == []


def test_a_closed_tab_ends_its_kernel(counting, served):
    before = served.kernels()

    counting.close(run_before_unload=True)

    deadline = time.monotonic() + 5
    gone = []
    while not gone and time.monotonic() < deadline:
        gone, _ = psutil.wait_procs(before, timeout=0.1)
    assert len(gone) == 1


def test_a_failing_page_and_a_failing_callback_show_a_number_and_no_reason(reader, served):
    page = reader.open("failing", drawn=False)
    page.get_by_role("alert").first.wait_for()
    page.get_by_role("button", name="Fail").click()
    page.get_by_text("Could not update (ref").wait_for()

    seen = page.content()
    incidents = re.findall(r"ref (?:<code>)?([0-9a-f]{8})", seen)
    assert len(set(incidents)) == 2
    assert all(incident in served.incidents for incident in incidents)
    assert not any(words in seen for words in ("a secret", "hidden reason", "Traceback", "source of the failure"))
    assert "a secret" in served.incidents
    assert "the hidden reason" in served.incidents


def test_a_wrong_token_is_refused_and_the_right_one_lets_in(browser, served):
    stranger = Reader(browser, served)
    page = stranger.context.new_page()
    page.goto(f"{served.address}/?token=wrong")
    page.get_by_label("Token").fill("wrong again")
    page.get_by_role("button", name="Enter").click()
    page.get_by_text("This token is not the right one.").wait_for()

    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Enter").click()

    page.get_by_role("heading", name="Which question?").wait_for()
    assert page.get_by_text("What happens, and to how many people?").is_visible()
    stranger.context.close()
