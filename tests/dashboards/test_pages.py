from __future__ import annotations

from tests.dashboards.server import TOKEN, ask

AUTHORIZATION = {"Authorization": f"token {TOKEN}"}
PAGE = "/voila/render/hello.ipynb"


def test_nobody_enters_without_the_token(server):
    for path in ("/", PAGE, "/?token=wrong"):
        answer = ask(server.address + path)
        assert answer.status == 302
        assert answer.headers["Location"].startswith("/login")


def test_the_link_lets_in_and_takes_the_token_out_of_the_address(server):
    answer = ask(f"{server.address}{PAGE}?token={TOKEN}&tenant_id=shop")

    assert answer.status == 302
    assert answer.headers["Location"] == f"{PAGE}?tenant_id=shop"
    assert "Set-Cookie" in answer.headers


def test_the_first_page_lists_the_questions_as_text(server):
    answer = ask(server.address, **AUTHORIZATION)

    assert answer.status == 200
    assert "Who is there?" in answer.text
    assert "Hello &amp; &lt;you&gt;" in answer.text
    assert f'href="{PAGE}"' in answer.text


def test_the_first_page_says_whose_data_are_made_up_but_not_to_strangers(server):
    told = "<strong>Corner &lt;shop&gt;</strong> Synthetic data"

    assert told in ask(server.address, **AUTHORIZATION).text
    assert "Synthetic" not in ask(f"{server.address}/login").text


def test_a_wrong_address_is_told_before_a_kernel_is_started(server):
    answer = ask(f"{server.address}{PAGE}?tenant=shop", **AUTHORIZATION)

    assert answer.status == 400
    assert "there is no parameter &#39;tenant&#39;" in answer.text
    assert "Did you mean &#39;tenant_id&#39;?" in answer.text
    assert server.kernels() == []


def test_an_unknown_page_is_told_with_the_way_back(server):
    for path in ("/voila/render/nothing.ipynb", "/voila/render/../../etc/passwd", "/anything"):
        answer = ask(server.address + path, **AUTHORIZATION)
        assert answer.status == 404
        assert "Choose" in answer.text


def test_only_our_kernels_may_ask_who_has_come(server):
    path = "/voila/query/11111111-1111-1111-1111-111111111111"

    assert ask(server.address + path, Upgrade="websocket", Connection="Upgrade").status in {403, 404}


def test_no_answer_names_a_source_outside(server):
    for path in ("/", "/anything", PAGE + "?x=1"):
        text = ask(server.address + path, **AUTHORIZATION).text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text
