"""Who looks at a served page and what the address asks for; known only after the request has come.

A kernel may have been started before anybody asked (a warm page). Everything above the call of
:func:`visitor_choices` in a notebook may run before that; everything below runs for one visitor.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from analytics_lib.errors import AccessError
from analytics_lib.parameters.notebooks import read_parameters
from analytics_lib.parameters.validation import validate

KEY_VARIABLE: Final = "ANALYTICS_VISIT_KEY"
"""Environment variable with the secret that server and kernels share."""
ADDRESS_VARIABLE: Final = "ANALYTICS_VISIT_ADDRESS"
"""Environment variable with the server's own socket address, such as ``ws://127.0.0.1:8866/``."""
KEY_HEADER: Final = "X-Analytics-Key"
USER_HEADER: Final = "X-Analytics-User"
"""Set by the server from the checked identity; whatever a client sends under this name is dropped."""

RESERVED: Final = frozenset({"token"})
"""Words of the address that are not parameters."""


def visitor_choices(**defaults: Any) -> dict[str, Any]:
    """Give the values a page starts with: those in the address, checked and typed, else the defaults.

    On a served page this waits until a visitor has come. Elsewhere (JupyterLab, a report) it gives
    the defaults at once.

    Parameters
    ----------
    **defaults
        The notebook's parameters with their present values.

    Raises
    ------
    ParameterError
        The address names an unknown parameter or a value that does not fit.
    AccessError
        The server can't be asked who has come: the page stays closed.

    Examples
    --------
    >>> visitor_choices(tenant_id="shop", grain="day")
    {'tenant_id': 'shop', 'grain': 'day'}
    """
    if "VOILA_BASE_URL" not in os.environ:
        return dict(defaults)
    wait_for_request()
    given = choices_in(os.environ.get("QUERY_STRING", ""))
    contract = read_parameters(Path.cwd() / Path(unquote(os.environ["SCRIPT_NAME"])).name)
    typed = validate(contract, given)
    return {**defaults, **{name: typed[name] for name in given}}


def choices_in(query: str) -> dict[str, str]:
    """Give the parameters of an address; the last one wins, the access token is not one.

    Examples
    --------
    >>> choices_in("token=abc&tenant_id=shop&start=")
    {'tenant_id': 'shop', 'start': ''}
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    return {name: value for name, value in pairs if name not in RESERVED}


def visitor_name() -> str | None:
    """Give the name under which the visitor signed in; None where the page is not personal.

    Raises
    ------
    AccessError
        The server can't be asked who has come.
    """
    if "VOILA_BASE_URL" in os.environ:
        wait_for_request()
    return os.environ.get("HTTP_" + USER_HEADER.upper().replace("-", "_"))


def wait_for_request() -> None:
    """Wait in a warm kernel for its visitor, then put the request into the environment; once.

    Raises
    ------
    AccessError
        The server does not answer. Going on without the request would show one visitor's page to
        another, or everything to everybody.
    """
    os.environ.pop("VOILA_REQUEST_URL", None)  # in a warm kernel it is the previous visitor's
    if os.environ.get("VOILA_PREHEAT", "False") != "True":
        return
    request = _ask_server()
    for name, value in request.items():
        os.environ[name] = str(value)
    os.environ["VOILA_PREHEAT"] = "False"


def _ask_server() -> dict[str, str]:
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect

    try:
        address = f"{os.environ[ADDRESS_VARIABLE]}voila/query/{os.environ['VOILA_KERNEL_ID']}"
        headers = {KEY_HEADER: os.environ[KEY_VARIABLE]}
        with connect(address, open_timeout=10, additional_headers=headers, proxy=None) as socket:
            answer = json.loads(socket.recv())
    except (OSError, KeyError, ValueError, WebSocketException) as problem:
        fact = f"the server did not say who has come ({type(problem).__name__})"
        raise AccessError(fact, "Load the page again.") from problem
    if not isinstance(answer, dict) or "QUERY_STRING" not in answer:
        raise AccessError("the server's answer holds no request", "Load the page again.")
    return answer
