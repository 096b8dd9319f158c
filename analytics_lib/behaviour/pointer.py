"""Where on a page people click, and how far down they get: from pointer events of people who agreed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import ibis
import numpy as np
import pandas as pd

from analytics_lib import checks
from analytics_lib.behaviour.recording import only_consenting
from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.engine.properties import property_number, property_text
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.periods import Moment
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

POINTER: Final = "interaction.pointer"
"""Event; ``properties`` hold ``action`` (``click``, ``scroll``), ``x`` and ``y`` (shares of the page's width and height
in [0, 1], or pixels beside ``page_width`` and ``page_height``), ``scroll_depth`` in [0, 1], ``viewport_width``."""

WIDTHS: Final = {"phone": (0, 768), "tablet": (768, 1_024), "desktop": (1_024, 1_000_000)}
"""Width classes in CSS pixels of the viewport, half-open; a layout differs between them, so never mix their clicks."""

_DEPTHS: Final = 10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ClickMapResult(Result):
    """Clicks and people per cell of a page; cells without a click are there with 0."""

    title: ClassVar[str] = "Clicks on the page"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """Distinct people who clicked on the page and agreed."""

    def plot(self) -> Chart:
        """Draw the page as a grid, its top at the top."""
        from analytics_lib.charts.heatmaps import draw_heatmap

        return draw_heatmap(
            self.frame, x="across", y="down", value="clicks", title=self.title,
            x_label="Across, in % of the page's width", y_label="Down, in % of the page's height",
        )  # fmt: skip


@remembered
def click_map(
    events: AnyTable,
    url: str,
    *,
    consented: Collection[str],
    width: str = "desktop",
    columns: int = 10,
    rows: int = 20,
    start: Moment | None = None,
    end: Moment | None = None,
    time_zone: str = "UTC",
) -> ClickMapResult:
    """Tell where on a page people click.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time``, ``url``, ``properties`` (see ``POINTER``).
    url
        The page, exactly as stored.
    consented
        Pseudonyms of the people who agreed to session recording; all others are left out, and counted.
    width
        Width class of the viewport: ``phone`` below 768, ``tablet`` below 1,024, else ``desktop``.
    columns, rows
        Cells across and down; each is half-open, the last one holds the far edge, too.
    start, end, time_zone
        The range.

    Returns
    -------
    ClickMapResult
        ``down``, ``across`` (the cell's lower edge, in percent of the page), ``clicks``, ``users``.

    Examples
    --------
    >>> from analytics_lib.datasets.pointers import make_pointer_events
    >>> events = make_pointer_events(seed=1, users=20)
    >>> result = click_map(events, "/offer", consented=set(events["user_id"]), rows=2, columns=2)
    >>> int(result.to_frame()["clicks"].sum())
    18
    """
    checks.one_of("width", width, tuple(WIDTHS))
    sizes = checks.whole_number("columns", columns, at_least=1), checks.whole_number("rows", rows, at_least=1)
    scope, seen, notes = _pointer(events, url, width, consented, start=start, end=end, time_zone=time_zone)
    clicks = seen.filter(property_text(seen, "properties", "action") == "click")
    clicks = clicks.mutate(_x=_share(clicks, "x", "page_width"), _y=_share(clicks, "y", "page_height"))
    placed = clicks.filter(clicks["_x"].between(0, 1) & clicks["_y"].between(0, 1))
    placed = placed.mutate(_across=_cell(placed["_x"], sizes[0]), _down=_cell(placed["_y"], sizes[1]))
    frame, outside = _click_grid(placed, sizes), _count(clicks) - _count(placed)
    lost = (f"{outside:,} clicks without a place on the page are left out.",) if outside else ()
    return ClickMapResult(
        frame=frame,
        definition=f"Clicks on {url} at {width} width, of people who agreed to session recording; cells in percent.",
        provenance=scope.provenance,
        notes=(*scope.notes, *notes, *lost),
        key_columns=("down", "across"),
        people_source=lambda row: scope.people(_in_cell(placed, row, sizes)),
        total=scope.people_count(placed),
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ScrollReachResult(Result):
    """People who saw each depth of a page."""

    title: ClassVar[str] = "How far down people get"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """Distinct people with a known depth who agreed."""

    def plot(self) -> Chart:
        """Draw the share of people at each depth, the top of the page at the top."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(
            self.frame, x="depth", y="reach_rate", title=self.title, value_format="percent", horizontal=True,
            x_label="Down, in % of the page's height", y_label="People who saw it",
        )  # fmt: skip


@remembered
def scroll_reach(
    events: AnyTable,
    url: str,
    *,
    consented: Collection[str],
    width: str = "desktop",
    start: Moment | None = None,
    end: Moment | None = None,
    time_zone: str = "UTC",
) -> ScrollReachResult:
    """Tell how many people get how far down a page.

    A person counts with the deepest ``scroll_depth`` they ever reached; somebody who never scrolled sent
    no depth and is not counted. The arguments are those of :func:`click_map`.

    Returns
    -------
    ScrollReachResult
        ``depth`` (10 to 100 percent), ``users`` who got at least there, ``reach_rate``.

    Examples
    --------
    >>> from analytics_lib.datasets.pointers import make_pointer_events
    >>> events = make_pointer_events(seed=1, users=20)
    >>> result = scroll_reach(events, "/offer", consented=set(events["user_id"]))
    >>> bool(result.to_frame()["users"].is_monotonic_decreasing)
    True
    """
    checks.one_of("width", width, tuple(WIDTHS))
    scope, seen, notes = _pointer(events, url, width, consented, start=start, end=end, time_zone=time_zone)
    depth = property_number(seen, "properties", "scroll_depth")
    deep = seen.mutate(_depth=depth).filter(depth.between(0, 1) & seen.user_id.notnull())
    deepest = deep.group_by(list(scope.who)).aggregate(_depth=deep["_depth"].max())
    depths = to_frame(deepest.select("_depth"))["_depth"].to_numpy("float64")
    steps = [step / _DEPTHS for step in range(1, _DEPTHS + 1)]
    users = [int((depths >= step).sum()) for step in steps]
    frame = pd.DataFrame(
        {
            "depth": [round(100 * step) for step in steps],
            "users": pd.array(users, "Int64"),
            "reach_rate": np.array(users, "float64") / (len(depths) or np.nan),
        }
    )
    return ScrollReachResult(
        frame=frame,
        definition=f"People whose deepest point on {url} ({width} width) is at least this; who never scrolled is out.",
        provenance=scope.provenance,
        notes=(*scope.notes, *notes),
        key_columns=("depth",),
        people_source=lambda row: scope.people(deepest.filter(deepest["_depth"] >= row["depth"] / 100)),
        total=len(depths),
    )


def _pointer(
    events: AnyTable,
    url: str,
    width: str,
    consented: Collection[str],
    *,
    start: Moment | None,
    end: Moment | None,
    time_zone: str,
) -> tuple[Scope, Table, tuple[str, ...]]:
    """Give the pointer events of a page and width class, of people who agreed."""
    needed = ["user_id", "event", "event_time", "url", "properties"]
    scope = open_scope(events, needed, analysis="click_map", start=start, end=end, time_zone=time_zone)
    rows = scope.inside()
    wide = property_number(rows, "properties", "viewport_width")
    low, high = WIDTHS[width]
    chosen = rows.filter((rows["event"] == POINTER) & (rows["url"] == url) & (wide >= low) & (wide < high))
    seen, notes = only_consenting(chosen, consented)
    return scope, seen, notes


def _share(table: Table, name: str, whole: str) -> Any:
    value, size = property_number(table, "properties", name), property_number(table, "properties", whole)
    return ibis.ifelse(size > 0, value / size, value)


def _cell(share: Any, cells: int) -> Any:
    return ibis.least((share * cells).floor().cast("int64"), ibis.literal(cells - 1, "int64"))


def _count(table: Table) -> int:
    return int(to_frame(table.aggregate(rows=table.count()))["rows"][0])


def _percent(place: Any, cells: int) -> Any:
    return np.round(np.asarray(place, "float64") * 100 / cells, 1)


def _place(percent: float, cells: int) -> int:
    return round(float(percent) * cells / 100)


def _in_cell(placed: Table, row: Mapping[str, Any], sizes: tuple[int, int]) -> Table:
    across, down = _place(row["across"], sizes[0]), _place(row["down"], sizes[1])
    return placed.filter((placed["_across"] == across) & (placed["_down"] == down))


def _click_grid(placed: Table, sizes: tuple[int, int]) -> pd.DataFrame:
    columns, rows = sizes
    who = [name for name in ("tenant_id", "user_id") if name in placed.columns]
    each = placed.group_by(["_down", "_across", *who]).aggregate(_clicks=placed.count())
    counted = each.group_by(["_down", "_across"]).aggregate(clicks=each["_clicks"].sum(), users=each.count())
    grid = pd.MultiIndex.from_product([range(rows), range(columns)], names=["_down", "_across"])
    found = to_frame(counted).set_index(["_down", "_across"]).reindex(grid, fill_value=0).reset_index()
    return pd.DataFrame(
        {
            "down": _percent(found["_down"], rows),
            "across": _percent(found["_across"], columns),
            "clicks": found["clicks"].astype("Int64"),
            "users": found["users"].astype("Int64"),
        }
    )
