"""Whether anybody may enter: own addresses, a token, or a proxy that knows who people are."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from analytics_lib.errors import AccessError, SettingsError


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """A proxy that signs people in and says who they are.

    The proxy must drop these two headers from what a client sends, then set them itself.
    """

    user_header: str
    """Header with the person's name, such as ``X-Forwarded-User``."""
    secret_file: Path
    """File with the secret that the proxy sends in ``X-Proxy-Secret``; not in the environment, which
    every kernel sees."""

    def secret(self) -> str:
        """Read the secret.

        Raises
        ------
        SettingsError
            The file is missing or empty.
        """
        try:
            secret = self.secret_file.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise SettingsError(f"the proxy's secret {self.secret_file} can't be read", "Check the path.") from problem
        if len(secret) < 16:
            advice = "Write at least 16 random characters into it."
            raise SettingsError(f"the proxy's secret in {self.secret_file} is too short", advice)
        return secret


def refuse_open_door(address: str, *, token: str, proxy: TrustedProxy | None) -> None:
    """Refuse to listen where others can reach us when nobody is asked who they are.

    Raises
    ------
    AccessError
        The address is not this machine's own, and there is neither token nor proxy.
    """
    if token or proxy or is_own(address):
        return
    advice = "Leave the token on, name a trusted proxy, or use --address 127.0.0.1."
    raise AccessError(f"anybody on the network could read the dashboards at {address}", advice)


def is_own(address: str) -> bool:
    """Tell whether only this machine can reach an address.

    Examples
    --------
    >>> is_own("127.0.0.1"), is_own("localhost"), is_own("0.0.0.0"), is_own("")
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
