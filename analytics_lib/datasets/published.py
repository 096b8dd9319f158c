"""The published files that ship with the library: where they lie and whom to credit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILES: Final = Path(__file__).parent / "files"
"""Folder of the shipped data; each part lies with its licence."""


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One shipped file with what a reader must be told about it."""

    name: str
    """Short name, also the name of its ready format."""
    path: Path
    """Where it lies in the installed package."""
    title: str
    """What it holds, in one line."""
    credit: str
    """Whom to name wherever it is shown."""
    licence: str
    """Short name of its licence; the text lies beside the file."""
    synthetic: bool
    """Made up; to be labelled so wherever it is shown."""
    time_zone: str
    """Zone in which its days are meant."""


PUBLISHED: Final[tuple[PublishedFile, ...]] = (
    PublishedFile(
        name="shop",
        path=FILES / "shop" / "ecom.csv.gz",
        title="31,106 events of a synthetic shop, January to June 2024, with planted stories",
        credit="Retentioneering 5.2.4 (M. Godzi, V. Kukushkin, A. Zaytsev)",
        licence="Apache-2.0",
        synthetic=True,
        time_zone="UTC",
    ),
    PublishedFile(
        name="retail",
        path=FILES / "retail" / "online_retail.csv.xz",
        title="1,067,371 real order lines of a British online shop, December 2009 to December 2011",
        credit="Chen, D. (2012), Online Retail II, UCI Machine Learning Repository, doi.org/10.24432/C5CG6D",
        licence="CC BY 4.0",
        synthetic=False,
        time_zone="Europe/London",
    ),
)
"""Everything that ships as a file of events."""


def shop_events_file() -> Path:
    """Give the published synthetic shop log (CSV, gzip); read it with ``format="shop"``.

    Examples
    --------
    >>> shop_events_file().name
    'ecom.csv.gz'
    """
    return PUBLISHED[0].path


def retail_orders_file() -> Path:
    """Give the published real retail orders (CSV, xz); read them with ``format="retail"``.

    Examples
    --------
    >>> retail_orders_file().name
    'online_retail.csv.xz'
    """
    return PUBLISHED[1].path
