from __future__ import annotations

import json
import threading

import pytest
from websockets.sync.server import serve

from analytics_lib.dashboards import visitor
from analytics_lib.errors import AccessError, ParameterError
from tests.dashboards.conftest import notebook


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """The environment of a kernel whose page is served."""
    (tmp_path / "page.ipynb").write_text(notebook('tenant_id: str = "shop"\ndays: int = 7'))
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "VOILA_BASE_URL": "/", "VOILA_PREHEAT": "False", "SCRIPT_NAME": "/voila/render/page.ipynb", "QUERY_STRING": "",
        "VOILA_KERNEL_ID": "kernel-1", visitor.KEY_VARIABLE: "the key", "VOILA_REQUEST_URL": "http://x/?other=visitor",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HTTP_X_ANALYTICS_USER", raising=False)
    return monkeypatch


@pytest.fixture
def server():
    """A socket that answers with a visit to whoever has the key, and closes on others."""
    seen = []

    def answer(socket):
        seen.append((socket.request.path, socket.request.headers.get(visitor.KEY_HEADER)))
        socket.send(json.dumps(answer.request))

    answer.request = {
        "QUERY_STRING": "days=3",
        "SCRIPT_NAME": "/voila/render/page.ipynb",
        "HTTP_X_ANALYTICS_USER": "ada",
    }
    with serve(answer, "127.0.0.1", 0) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        answer.address = f"ws://127.0.0.1:{listening.socket.getsockname()[1]}/"
        answer.seen = seen
        yield answer
        listening.shutdown()


def test_outside_a_served_page_the_defaults_are_the_choices(monkeypatch):
    monkeypatch.delenv("VOILA_BASE_URL", raising=False)
    monkeypatch.setenv("QUERY_STRING", "days=3")

    assert visitor.visitor_choices(days=7) == {"days": 7}


def test_the_address_is_typed_by_the_notebooks_own_contract(kernel):
    kernel.setenv("QUERY_STRING", "days=3&token=secret")

    assert visitor.visitor_choices(tenant_id="shop", days=7) == {"tenant_id": "shop", "days": 3}


def test_the_address_is_checked_in_the_kernel_too(kernel):
    kernel.setenv("QUERY_STRING", "days=soon")

    with pytest.raises(ParameterError, match="days='soon'"):
        visitor.visitor_choices(tenant_id="shop", days=7)


def test_a_warm_kernel_learns_who_has_come_and_what_is_asked(kernel, server):
    kernel.setenv("VOILA_PREHEAT", "True")
    kernel.setenv(visitor.ADDRESS_VARIABLE, server.address)

    chosen = visitor.visitor_choices(tenant_id="shop", days=7)

    assert chosen == {"tenant_id": "shop", "days": 3}
    assert visitor.visitor_name() == "ada"
    assert server.seen == [("/voila/query/kernel-1", "the key")]  # asked once, with the key


def test_the_previous_visitors_address_is_never_kept(kernel):
    visitor.wait_for_request()

    assert "VOILA_REQUEST_URL" not in visitor.os.environ


def test_without_the_servers_answer_the_page_stays_closed(kernel, server):
    kernel.setenv("VOILA_PREHEAT", "True")
    kernel.setenv(visitor.ADDRESS_VARIABLE, "ws://127.0.0.1:9/")
    with pytest.raises(AccessError, match="did not say who has come"):
        visitor.visitor_choices(days=7)

    server.request = {"nothing": "useful"}
    kernel.setenv(visitor.ADDRESS_VARIABLE, server.address)
    with pytest.raises(AccessError, match="holds no request"):
        visitor.visitor_choices(days=7)

    kernel.delenv(visitor.KEY_VARIABLE)
    with pytest.raises(AccessError):
        visitor.visitor_choices(days=7)


def test_an_impersonal_page_has_no_visitors_name(kernel):
    assert visitor.visitor_name() is None
