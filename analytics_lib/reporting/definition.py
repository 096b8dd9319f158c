"""What a report is: its notebook and its ``report.toml``, read once and checked in every key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from slugify import slugify

from analytics_lib.config.document import read_document
from analytics_lib.config.problems import explained
from analytics_lib.config.sections import Length, Section, ZoneName
from analytics_lib.errors import ArgumentError, ReportError, SettingsError, UnknownReportError, nearest
from analytics_lib.parameters.kinds import Parameter
from analytics_lib.parameters.notebooks import read_parameters
from analytics_lib.parameters.validation import validate

Format = Literal["html", "pdf", "xlsx", "csv", "json", "parquet"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)
"""Formats a report can be written in; ``excel`` is another word for ``xlsx``."""

DEFINITION = "report.toml"
NOTEBOOK = "report.ipynb"


def format_name(word: str) -> str:
    """Give the canonical name of an output format.

    Raises
    ------
    ArgumentError
        No such format; the message lists those there are.

    Examples
    --------
    >>> format_name("Excel"), format_name("pdf")
    ('xlsx', 'pdf')
    """
    name = {"excel": "xlsx"}.get(word.strip().lower(), word.strip().lower())
    if name not in FORMATS:
        raise ArgumentError(f"Unsupported export format: {word!r}", f"Formats: {', '.join(FORMATS)}.")
    return name


def _cron(expression: str) -> str:
    from datetime import UTC, datetime

    from cronsim import CronSim, CronSimError

    try:
        CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError as problem:
        advice = 'Give five fields: minute, hour, day of month, month, day of week, like "0 7 * * 1".'
        raise ArgumentError(f"{expression!r} is not a cron expression ({problem})", advice) from problem
    return expression


class Schedule(Section):
    """When a report runs by itself, and what happens when a run is late, missed or still going."""

    cron: Annotated[str, AfterValidator(_cron)]
    """Five fields; DST as in Debian's cron: a skipped time runs right after the gap, a repeated one runs once."""
    time_zone: ZoneName | None = None
    """IANA name of the zone the expression is in; none = the workspace's."""
    parameter_sets: tuple[str, ...] = ()
    """Which sets run; none = all of them, or the notebook's defaults when there is no set."""
    missed: Literal["latest", "all", "skip"] = "latest"
    """What to do with times that passed while nothing was running."""
    maximum_staleness: Length = timedelta(days=1)
    """A time older than this is never run late."""
    overlap: Literal["skip", "queue"] = "skip"
    """What to do when the previous run of the same set is still going."""


class ReportDefinition(Section):
    """A report: notebook, audience, parameter sets, formats, limits, schedule."""

    name: str
    """Name of its folder; a slug."""
    folder: Path
    """Where notebook and ``report.toml`` are."""
    title: str
    """What readers see on the cover."""
    audience: str = ""
    """Who it is written for."""
    description: str = ""
    """What question it answers."""
    formats: tuple[Annotated[Format, BeforeValidator(format_name)], ...] = ("html",)
    """Formats written when none are asked for."""
    minimum_users: Annotated[int, Field(ge=1)] | None = None
    """Smallest group of people that is shown, where the tenant's own policy is not stricter; None = that policy."""
    timeout: Length = timedelta(minutes=10)
    """Hard limit of a whole run, kernel start included."""
    retries: int = Field(default=0, ge=0, le=10)
    """Further tries of a scheduled run."""
    retry_wait: Length = timedelta(seconds=30)
    """Wait before the first further try; it doubles each time."""
    retry_on: tuple[Literal["failed_infrastructure", "timeout", "failed_data", "failed_code"], ...] = (
        "failed_infrastructure",
        "timeout",
    )
    """Outcomes worth another try."""
    outputs: tuple[str, ...] = ()
    """Files the notebook promises to write; a run without them is not a success."""
    recipients: tuple[str, ...] = ()
    """Who hears of results."""
    maintainers: tuple[str, ...] = ()
    """Who hears of failures."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Values common to all parameter sets."""
    parameter_sets: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Named sets of values."""
    schedule: Schedule | None = None
    """When it runs by itself."""

    @property
    def notebook(self) -> Path:
        """The notebook of this report."""
        return self.folder / NOTEBOOK

    def contract(self) -> tuple[Parameter, ...]:
        """Read which parameters the notebook takes."""
        return read_parameters(self.notebook)

    def in_zone(self, time_zone: str) -> ReportDefinition:
        """Give the report with this zone for its schedule, where it names none."""
        if self.schedule is None or self.schedule.time_zone is not None:
            return self
        return self.model_copy(update={"schedule": self.schedule.model_copy(update={"time_zone": time_zone})})

    def given(self, parameter_set: str | None = None, more: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Gather the values of a run, unchecked: common ones, then the set's, then `more`; the later wins.

        Raises
        ------
        UnknownReportError
            No such parameter set.
        """
        if parameter_set is not None and parameter_set not in self.parameter_sets:
            raise UnknownReportError(
                f"{self.name} has no parameter set {parameter_set!r}", nearest(parameter_set, self.parameter_sets)
            )
        return {**self.parameters, **self.parameter_sets.get(parameter_set or "", {}), **(more or {})}

    def scheduled_sets(self) -> tuple[str | None, ...]:
        """Name the parameter sets a schedule runs; ``(None,)`` = the notebook's defaults."""
        named = self.schedule.parameter_sets if self.schedule else ()
        return tuple(named or self.parameter_sets) or (None,)


def read_definition(folder: Path) -> ReportDefinition:
    """Read the report in a folder and check every key, parameter sets against the notebook too.

    Raises
    ------
    ReportError
        A file is missing, or a key or value is wrong; the message names file and key.
    """
    path = folder / DEFINITION
    for needed in (path, folder / NOTEBOOK):
        if not needed.is_file():
            advice = f"A report is a folder with {NOTEBOOK} and {DEFINITION}."
            raise ReportError(f"{folder.name}/{needed.name} is missing", advice)
    try:
        document = read_document(path)
        values = _own_keys(document.values)
        definition = ReportDefinition(name=_report_name(folder.name), folder=folder, **values)
    except ValidationError as problem:
        told = explained(problem, ReportDefinition, document, {})
        raise ReportError(told.fact, told.advice) from problem
    except SettingsError as problem:
        raise ReportError(problem.fact, problem.advice) from problem
    _check_sets(definition)
    return definition


def _report_name(name: str) -> str:
    if slugify(name, separator="_", regex_pattern=r"[^-a-z0-9_]+") != name:
        raise ReportError(f"{name!r} can't be the name of a report", "Use small letters, digits, _ and -.")
    return name


def _own_keys(told: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the folder says itself, so that both can never disagree."""
    for key in ("name", "folder"):
        if key in told:
            raise ReportError(f"{DEFINITION} says {key!r}", "Drop the key: the folder is the report's name.")
    return dict(told)


def _check_sets(definition: ReportDefinition) -> None:
    contract = definition.contract()
    for name in (None, *definition.parameter_sets):
        try:
            validate(contract, definition.given(name))
        except ArgumentError as problem:
            where = f"[parameter_sets.{name}]" if name else "[parameters]"
            fact = f"{definition.name}/{DEFINITION}, {where}: {problem.fact}"
            raise ReportError(fact, problem.advice) from problem
    unknown = [name for name in definition.scheduled_sets() if name and name not in definition.parameter_sets]
    if unknown:
        fact = f"{definition.name}/{DEFINITION}, key schedule.parameter_sets: no set {unknown[0]!r}"
        raise ReportError(fact, nearest(unknown[0], definition.parameter_sets))


def report_folders(root: Path) -> list[Path]:
    """List the report folders below `root`; names that begin with ``_`` or ``.`` are not reports."""
    if not root.is_dir():
        return []
    return sorted(path.parent for path in root.glob(f"[!_.]*/{DEFINITION}"))


def find_report(name: str, roots: Iterable[Path]) -> ReportDefinition:
    """Find a report by its name in the first root that has it.

    Raises
    ------
    UnknownReportError
        No such report; the message gives the nearest name.
    """
    folders = {folder.name: folder for root in reversed(list(roots)) for folder in report_folders(root)}
    if name not in folders:
        raise UnknownReportError(f"there is no report {name!r}", nearest(name, folders))
    return read_definition(folders[name])
