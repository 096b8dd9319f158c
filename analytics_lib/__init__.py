"""Self-hosted analytics whose numbers are exactly defined, reproducible, honest and private.

The names below are the front door, in the order of a first session: open a workspace or read a
file, ask a question, look at the answer. Each is loaded at its first use, so importing this
package costs next to nothing. Everything else has an address of its own; ``analytics_lib/README.md``
is the map.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analytics_lib.errors import AnalyticsError as AnalyticsError

_ADDRESSES: Final = {
    "AnalyticsError": "errors",
}

__all__ = list(_ADDRESSES)  # one list of names, not two


def __getattr__(name: str) -> Any:
    """Load a front-door name at its first use."""
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'analytics_lib' has no attribute {name!r}")
    value = getattr(import_module(f"analytics_lib.{_ADDRESSES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the front-door names."""
    return sorted(__all__)
