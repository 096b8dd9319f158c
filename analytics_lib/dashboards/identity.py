"""Who may enter: whoever has the link's token, or whom a trusted proxy names."""

from __future__ import annotations

import hmac
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider, User
from traitlets import Unicode

from analytics_lib.dashboards.login import LoginPage


class TokenIdentity(PasswordIdentityProvider):
    """Lets in whoever has the token; it can't be changed from the login page."""

    def __init__(self, **options: Any) -> None:
        options["login_handler_class"] = LoginPage
        super().__init__(**options)
        self.allow_password_change = False

    def process_login_form(self, handler: Any) -> User | None:
        """Check the typed token, in constant time."""
        typed = handler.get_argument("password", default="")
        if self.token and hmac.compare_digest(typed.encode(), self.token.encode()):
            return self.generate_anonymous_user(handler)
        return None


class ProxyIdentity(IdentityProvider):
    """Takes the person from a header, if the request carries the proxy's secret."""

    user_header = Unicode("X-Forwarded-User", config=True)
    proxy_secret = Unicode("", config=True)

    @property
    def auth_enabled(self) -> bool:
        """Always ask."""
        return True

    @property
    def login_available(self) -> bool:
        """The proxy signs people in; there is no page for it here."""
        return False

    def get_user(self, handler: Any) -> User | None:
        """Give the person the proxy names; nobody without the secret."""
        sent = handler.request.headers.get("X-Proxy-Secret", "")
        name = handler.request.headers.get(self.user_header, "")
        if not (name and self.proxy_secret and hmac.compare_digest(sent.encode(), self.proxy_secret.encode())):
            return None
        return User(username=name)
