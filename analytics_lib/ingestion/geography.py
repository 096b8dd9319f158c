"""Where an IP address is, by a local file in MaxMind's format; nothing is asked over the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.errors import SourceError
from analytics_lib.ingestion.blocks import text_column


class Place(NamedTuple):
    """Where somebody was, as far as the file tells."""

    country: str | None = None
    """ISO 3166 code."""
    region: str | None = None
    """Name of the largest part of the country, in English."""
    city: str | None = None
    """Name of the town, in English."""


class Geography:
    """An open geo file."""

    def __init__(self, path: str | Path) -> None:
        """Open a ``.mmdb`` file of countries or cities.

        Raises
        ------
        SourceError
            The file is not there, or is no geo file.
        """
        import maxminddb

        place = Path(path).expanduser()
        try:
            self._reader = maxminddb.open_database(str(place))
        except (OSError, maxminddb.InvalidDatabaseError) as problem:
            advice = "Give the path of a .mmdb file of countries or cities, such as GeoLite2-City.mmdb."
            raise SourceError(f"the geo file {place.name!r} can't be read", advice) from problem

    def place(self, address: str) -> Place:
        """Give the place of an address; all None when it is no address or the file does not know it."""
        try:
            found = self._reader.get(address)
        except ValueError:
            return Place()
        entry: dict[str, Any] = found if isinstance(found, dict) else {}
        parts = entry.get("subdivisions") or [{}]
        return Place(
            (entry.get("country") or entry.get("registered_country") or {}).get("iso_code"),
            (parts[0].get("names") or {}).get("en"),
            ((entry.get("city") or {}).get("names") or {}).get("en"),
        )

    def with_places(self, table: pa.Table, addresses: Any) -> pa.Table:
        """Fill country, region and city of canonical events where the sender said no country."""
        if addresses is None or addresses.null_count == len(addresses):
            return table
        coded = addresses.dictionary_encode()
        places = [self.place(text) for text in coded.dictionary.to_pylist()]
        silent = pc.is_null(table["country"])
        for number, name in enumerate(Place._fields):
            made = text_column([place[number] for place in places]).take(coded.indices)
            column = pc.if_else(silent, made, table[name])
            table = table.set_column(table.column_names.index(name), name, column)
        return table
