"""What one person did in one visit, event by event: only with their consent."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from analytics_lib.behaviour.event_words import event_words
from analytics_lib.behaviour.recording import PURPOSE, only_consenting
from analytics_lib.behaviour.scope import open_scope
from analytics_lib.engine.tables import AnyTable, to_frame
from analytics_lib.errors import ArgumentError, PrivacyError
from analytics_lib.periods import Duration, duration
from analytics_lib.results import Result, remembered
from analytics_lib.schema import flagged

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PlaybackResult(Result):
    """The events of one visit in their order, with the seconds since its start."""

    title: ClassVar[str] = "Visit, event by event"

    duration_seconds: float = 0.0
    """From the first to the last recorded event."""
    played_seconds: float = 0.0
    """The same with every long pause shortened."""

    def plot(self, *, at: float | None = None) -> Chart:
        """Draw pages, clicks, scrolls and other events in lanes, pauses shortened; from `at` on they are pale.

        Parameters
        ----------
        at
            Played second up to which events have happened; None = all.
        """
        from analytics_lib.charts.timelines import draw_timeline

        said = self.frame["url"].fillna("").str.cat(self.frame["what"].fillna(""), sep=" ").str.strip()
        return draw_timeline(
            self.frame.assign(said=said.where(said != "", self.frame["event"])), x="played_seconds", lane="kind",
            text="said", pause="idle_seconds", at=at, title=self.title, x_label="seconds played",
        )  # fmt: skip


@remembered
def playback(
    events: AnyTable, session_id: str, *, consented: Collection[str], idle: Duration = "30s"
) -> PlaybackResult:
    """Tell what happened in one visit, event by event.

    Only recorded events are played: what happened between them is not known, and no screen was filmed.

    Parameters
    ----------
    events
        A table with ``user_id``, ``session_id``, ``event``, ``event_time``; ``url`` and ``properties`` are
        shown where they are.
    session_id
        The visit.
    consented
        Pseudonyms of the people who agreed to session recording.
    idle
        Longest pause that is played in full; of a longer one the rest is left out, and told.

    Returns
    -------
    PlaybackResult
        ``position`` (1…), ``event_time``, ``seconds`` since the first event, ``played_seconds`` (with pauses
        shortened), ``idle_seconds`` (what was left out just before), ``kind`` (``page``, ``click``, ``scroll``,
        ``other``), ``page`` (how many pages so far), ``event``, ``url``, ``what`` (its properties, in words).

    Raises
    ------
    PrivacyError
        A person of the visit did not agree to session recording.
    ArgumentError
        There is no such visit.

    Examples
    --------
    >>> from analytics_lib.datasets.pointers import make_pointer_events
    >>> events = make_pointer_events(seed=1, users=3)
    >>> visit = events["session_id"].iloc[0]
    >>> playback(events, visit, consented=set(events["user_id"])).to_frame()["event"].iloc[0]
    'page.view'
    """
    needed = ["user_id", "session_id", "event", "event_time"]
    scope = open_scope(events, needed, analysis="playback", optional=("url", "properties", "event_id"))
    visit = scope.table.filter(scope.table["session_id"] == session_id)
    agreed, left_out = only_consenting(visit, consented)
    found, allowed = to_frame(visit), to_frame(agreed)
    if found.empty:
        raise ArgumentError(f"there is no visit {session_id!r}", "Take one from the table's session_id.")
    if left_out or len(allowed) < len(found):
        advice = "Play only visits of people whose consent covers it."
        raise PrivacyError(f"this visit can't be played: no consent for {PURPOSE.replace('_', ' ')}", advice)
    frame = _timeline(found, duration("idle", idle).total_seconds())
    return PlaybackResult(
        frame=frame,
        definition="The recorded events of one visit in the order of their times; nothing between them is known.",
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("position",),
        duration_seconds=float(frame["seconds"].iloc[-1]),
        played_seconds=float(frame["played_seconds"].iloc[-1]),
    )


def no_events() -> pd.DataFrame:
    """Give the timeline of no visit.

    Examples
    --------
    >>> len(no_events()), "kind" in no_events()
    (0, True)
    """
    columns = {"_micros": "int64", "event_time": "datetime64[us, UTC]", "event": "str"}
    return _timeline(pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in columns.items()}), 0.0)


def _timeline(found: pd.DataFrame, idle: float) -> pd.DataFrame:
    order = [name for name in ("_micros", "event_id", "event") if name in found]
    rows = found.sort_values(order, kind="stable", ignore_index=True)
    blank = pd.Series([None] * len(rows), dtype="str")
    seconds = (rows["_micros"] - rows["_micros"].min()) / 1e6
    left_out = (seconds.diff().fillna(0.0) - idle).clip(lower=0.0)
    kinds = pd.Series([_kind(row) for row in rows.to_dict("records")], dtype="str")
    return pd.DataFrame(
        {
            "position": range(1, len(rows) + 1),
            "event_time": rows["event_time"],
            "seconds": seconds,
            "played_seconds": seconds - left_out.cumsum(),
            "idle_seconds": left_out,
            "kind": kinds,
            "page": (kinds == "page").cumsum(),
            "event": rows["event"].astype("str"),
            "url": rows["url"].astype("str") if "url" in rows else blank,
            "what": _told(rows["properties"], kinds) if "properties" in rows else blank,
        }
    )


def _told(documents: pd.Series[Any], kinds: pd.Series[Any]) -> list[str]:
    """Write the properties of each event in words; broken ones as nothing."""
    return [event_words(_properties(one), kind=kind) for one, kind in zip(documents, kinds, strict=True)]


def _kind(row: Mapping[Any, Any]) -> str:
    """Tell what an event is to a watcher: another page, a click, a scroll, or something else."""
    if row["event"] in flagged("view"):
        return "page"
    action = str(_properties(row.get("properties")).get("action", ""))
    return action if action in {"click", "scroll"} else "other"


def _properties(document: Any) -> Mapping[str, Any]:
    try:
        values = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return {}
    return values if isinstance(values, Mapping) else {}
