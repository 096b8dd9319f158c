"""Everything that can go wrong, in one tree.

::

    AnalyticsError                      catch this to catch all of ours
    ├── ArgumentError (ValueError)      a function was called with something it can't use
    │   ├── UnknownEventError           a step names an event that nothing knows
    │   ├── MissingColumnError          a table lacks a column the analysis needs
    │   └── ParameterError              a notebook parameter breaks its contract
    ├── SettingsError                   analytics.toml or the environment says something impossible
    ├── WorkspaceError                  a folder is not a workspace, or not a usable one
    ├── LakeError                       the tables on disk can't do what was asked
    │   ├── SnapshotError               no such version or moment in the lake's history
    │   └── LakeBusyError               another process holds what this one needs
    ├── IngestionError                  a source can't be read at all
    │   ├── SourceError                 the file or address is not there or not readable
    │   └── UnknownFormatError          no reader knows this format
    ├── PrivacyError                    a rule protects the answer that was asked for
    │   └── SmallGroupError             fewer people than may be shown
    ├── AccessError                     who asks may not see this
    ├── ReportError                     a report can't be found, run or delivered
    │   ├── UnknownReportError      no report or parameter set of that name
    │   ├── ExportError                 a file could not be made, or not proven complete
    │   └── BrowserError                no usable browser for a PDF
    └── InstallationError               a library, version or program is missing

Every message says what was given, what is there, and ends with what to do.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


class AnalyticsError(Exception):
    """Something the suite can explain: a fact, then advice.

    Parameters
    ----------
    fact
        What happened, with the value that was given.
    advice
        What to do now; always present, always a full sentence.
    """

    def __init__(self, fact: str, advice: str) -> None:
        super().__init__(fact, advice)  # both, so the error survives pickling between processes
        self.fact = fact
        self.advice = advice

    def __str__(self) -> str:
        """Say the fact, then the advice."""
        return f"{self.fact.rstrip('.')}. {self.advice}"


class ArgumentError(AnalyticsError, ValueError):
    """A function was called with something it can't use."""


class UnknownEventError(ArgumentError):
    """A step names an event that nothing knows."""

    @classmethod
    def named(cls, event: str, known: Collection[str]) -> UnknownEventError:
        """Build the error for one unknown name, with the nearest known one."""
        return cls(f"no event named {event!r} ({len(known)} names are known)", nearest(event, known))


class MissingColumnError(ArgumentError):
    """A table lacks a column the analysis needs."""


class ParameterError(ArgumentError):
    """A notebook parameter breaks its contract."""


class SettingsError(AnalyticsError):
    """analytics.toml or the environment says something impossible."""


class WorkspaceError(AnalyticsError):
    """A folder is not a workspace, or not a usable one."""


class LakeError(AnalyticsError):
    """The tables on disk can't do what was asked."""


class SnapshotError(LakeError):
    """No such version or moment in the lake's history."""


class LakeBusyError(LakeError):
    """Another process holds what this one needs."""


class IngestionError(AnalyticsError):
    """A source can't be read at all."""


class SourceError(IngestionError):
    """The file or address is not there or not readable."""


class UnknownFormatError(IngestionError):
    """No reader knows this format."""


class PrivacyError(AnalyticsError):
    """A rule protects the answer that was asked for."""


class SmallGroupError(PrivacyError):
    """Fewer people than may be shown."""


class AccessError(AnalyticsError):
    """Who asks may not see this."""


class ReportError(AnalyticsError):
    """A report can't be found, run or delivered."""


class UnknownReportError(ReportError):
    """No report, or no parameter set of a report, has this name."""


class ExportError(ReportError):
    """A file could not be made, or not proven complete."""


class BrowserError(ReportError):
    """No usable browser for a PDF."""


class InstallationError(AnalyticsError):
    """A library, version or program is missing."""


def nearest(word: str, known: Collection[str]) -> str:
    """Give advice for a misspelt word: the nearest known one, else a short list.

    Examples
    --------
    >>> nearest("purchse", ["view", "purchase"])
    "Did you mean 'purchase'?"
    >>> nearest("zzz", ["view", "purchase"])
    'Known: purchase, view.'
    """
    meant = did_you_mean(word, known)
    if meant:
        return meant
    shown = ", ".join(sorted(known)[:8])
    return f"Known: {shown}{', …' if len(known) > 8 else ''}." if known else "Nothing is known here yet."


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Ask for the nearest known word; the empty text where none is near (for messages that list all of them).

    Examples
    --------
    >>> did_you_mean("strct", ["ordered", "strict"]), did_you_mean("zzz", ["ordered", "strict"])
    ("Did you mean 'strict'?", '')
    """
    close = get_close_matches(word, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""
