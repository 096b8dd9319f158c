"""Settings from the environment: ``ANALYTICS_ENGINE__THREADS=2`` stands above ``threads`` in ``[engine]``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

PREFIX: Final = "ANALYTICS_"
BETWEEN: Final = "__"
"""Stands between section and key; variables without it (``ANALYTICS_WORKSPACE``) are no settings."""


def overrides(environment: Mapping[str, str], tenants: Collection[str] = ()) -> dict[tuple[str, ...], str]:
    """Give the name of the variable for each setting that the environment sets.

    Parameters
    ----------
    tenants
        Known tenants, whose spelling the variable's capitals can't tell.

    Examples
    --------
    >>> overrides({"ANALYTICS_ENGINE__THREADS": "2", "ANALYTICS_WORKSPACE": "here", "HOME": "/"})
    {('engine', 'threads'): 'ANALYTICS_ENGINE__THREADS'}
    """
    set_ones = (name for name in sorted(environment) if environment[name])  # an empty one is not set
    names = (name for name in set_ones if name.startswith(PREFIX) and BETWEEN in name)
    return {_keys(name, tenants): name for name in names}


def _keys(variable: str, tenants: Collection[str]) -> tuple[str, ...]:
    section, *keys = (part.lower() for part in variable.removeprefix(PREFIX).split(BETWEEN))
    if section == "tenants" and keys:
        spelled = {_plain(tenant): tenant for tenant in tenants}
        keys[0] = spelled.get(_plain(keys[0]), keys[0])
    return (section, *keys)


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower())


def merged(values: Mapping[str, Any], variables: Mapping[tuple[str, ...], str], texts: Mapping[str, str]) -> Any:
    """Give the settings of the file with those of the environment put over them, as text.

    The text is read by the setting it is for, which knows whether ``123`` is a number or a token.
    """
    whole = {key: dict(value) if isinstance(value, dict) else value for key, value in values.items()}
    for keys, variable in variables.items():
        place: dict[str, Any] = whole
        for key in keys[:-1]:
            inner = place.get(key)
            place[key] = dict(inner) if isinstance(inner, dict) else {}
            place = place[key]
        place[keys[-1]] = texts[variable]
    return whole
