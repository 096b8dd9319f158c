from __future__ import annotations

from tests.dashboards.server import ask


def test_the_login_page_says_what_to_do_and_loads_nothing_from_outside(server):
    answer = ask(f"{server.address}/login?next=%2F")

    assert answer.status == 200
    assert "Open the whole link that the server printed" in answer.text
    assert 'type="password"' in answer.text
    assert "https://" not in answer.text


def test_the_pages_behind_the_door_are_not_listed_before_it(server):
    assert "Who is there?" not in ask(f"{server.address}/login").text
    assert "hello.ipynb" not in ask(f"{server.address}/login").text
