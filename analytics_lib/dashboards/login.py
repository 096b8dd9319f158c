"""The page that asks for the token."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.login import LoginFormHandler


class LoginPage(LoginFormHandler):
    """Asks for the token in the look of the other pages; nothing on it comes from outside."""

    def _render(self, message: dict[str, str] | None = None) -> None:
        fact = "This token is not the right one." if message else "These dashboards are not open to everybody."
        site = {**self.settings["analytics_site"], "pages": [], "labels": ()}
        template = self.settings["voila_jinja2_env"].get_template("message.html")
        self.write(template.render(title="Who are you?", site=site, fact=fact, advice=_ADVICE, **self._form()))

    def _form(self) -> dict[str, Any]:
        query = self.request.query
        login = f"{self.base_url}login" + (f"?{query}" if query else "")
        return {"login": login, "xsrf": self.xsrf_token.decode()}


_ADVICE = "Open the whole link that the server printed, or enter its token."
