"""User agents read into browser, system and device; the text itself goes no further."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion.blocks import text_column

DEVICE_TYPES: Final = ("desktop", "tablet", "mobile", "unknown")
"""What a device can be."""

DESKTOP_WIDTH: Final = 1024
TABLET_WIDTH: Final = 768
"""Viewport widths in pixels from which a device counts as desktop and as tablet."""

_BROWSERS: Final = {
    "Mobile Safari": "Safari", "Mobile Safari UI/WKWebView": "Safari", "Chrome Mobile": "Chrome",
    "Chrome Mobile WebView": "Chrome", "Chrome Mobile iOS": "Chrome", "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox", "Edge Mobile": "Edge", "Opera Mobile": "Opera", "Other": "Unknown",
}  # fmt: skip
_SYSTEMS: Final = {
    "Mac OS X": "macOS", "Mac OS": "macOS", "Ubuntu": "Linux", "Debian": "Linux", "Fedora": "Linux",
    "Red Hat": "Linux", "SUSE": "Linux", "Arch Linux": "Linux", "Other": "Unknown",
}  # fmt: skip
_NAMES: Final = {
    "phone": "mobile", "smartphone": "mobile", "handset": "mobile", "pc": "desktop", "computer": "desktop",
    "laptop": "desktop", "web": "desktop", "ipad": "tablet",
}  # fmt: skip


class Device(NamedTuple):
    """What a user agent says."""

    browser: str
    """Family; ``Unknown`` when it can't be told."""
    browser_version: str | None
    """Major version."""
    os: str
    """Family: Windows, macOS, Linux, Android, iOS …; ``Unknown`` when it can't be told."""
    os_version: str | None
    """Version, up to its second number."""
    device_type: str
    """One of :data:`DEVICE_TYPES`; robots are ``unknown``."""


@lru_cache(maxsize=100_000)
def read_user_agent(text: str) -> Device:
    """Give what a user agent says; the rules are those of ua-parser, the most specific first.

    Examples
    --------
    >>> read_user_agent("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0")[:3]
    ('Edge', '120', 'Windows')
    """
    from ua_parser import parse

    said = parse(text[:1000])
    browser, system = said.user_agent, said.os
    family = system.family if system else "Other"
    version = ".".join(part for part in (system.major, system.minor) if part) if system else ""
    return Device(
        _BROWSERS.get(browser.family, browser.family) if browser else "Unknown",
        browser.major if browser else None,
        _SYSTEMS.get(family, family),
        version or None,
        _device_type(text, said.device.brand if said.device else None, family),
    )


def _device_type(text: str, brand: str | None, system: str) -> str:
    if brand == "Spider":
        return "unknown"
    if "iPad" in text or "Tablet" in text or (brand or "").endswith("Tablet"):
        return "tablet"
    if system == "Android":
        return "mobile" if "Mobile" in text else "tablet"
    if "Mobi" in text or system in {"iOS", "Windows Phone"}:
        return "mobile"
    desktop = system.startswith(("Windows", "Mac OS", "Linux", "Chrome OS")) or _SYSTEMS.get(system) == "Linux"
    return "desktop" if desktop else "unknown"


def device_of_width(width: float) -> str:
    """Give the device type of a viewport.

    Examples
    --------
    >>> [device_of_width(width) for width in (1440, 800, 360)]
    ['desktop', 'tablet', 'mobile']
    """
    if width >= DESKTOP_WIDTH:
        return "desktop"
    return "tablet" if width >= TABLET_WIDTH else "mobile"


def with_devices(table: pa.Table, user_agent: Any, viewport_width: Any) -> pa.Table:
    """Fill browser, system and device where the sender did not say; a viewport counts before the user agent.

    Parameters
    ----------
    table
        Canonical events.
    user_agent, viewport_width
        Columns as sent (text), or None where there are none.
    """
    made: dict[str, Any] = {}
    if user_agent is not None and user_agent.null_count < len(user_agent):
        coded = user_agent.dictionary_encode()
        said = [read_user_agent(text) for text in coded.dictionary.to_pylist()]
        for place, name in enumerate(Device._fields):
            made[name] = text_column([device[place] for device in said]).take(coded.indices)
    if viewport_width is not None and viewport_width.null_count < len(viewport_width):
        by_width = _widths(viewport_width)
        made["device_type"] = pc.coalesce(by_width, made["device_type"]) if "device_type" in made else by_width
    for name, column in made.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, pc.coalesce(table[name], column))
    return table


def _widths(widths: Any) -> Any:
    coded = widths.dictionary_encode()
    kinds = []
    for text in coded.dictionary.to_pylist():
        try:
            kinds.append(device_of_width(float(text)) if float(text) > 0 else None)
        except ValueError:
            kinds.append(None)
    return pa.array(kinds, pa.string()).take(coded.indices)


def device_names(sent: Any) -> Any:
    """Give sent device types in our words; what is none of them is ``unknown``."""
    coded = sent.dictionary_encode()
    known = []
    for text in coded.dictionary.to_pylist():
        word = text.strip().lower()
        word = _NAMES.get(word, word)
        known.append(word if word in DEVICE_TYPES else "unknown")
    return pa.array(known, pa.string()).take(coded.indices)
