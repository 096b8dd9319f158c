"""What a notebook opens: one folder with settings, tables, keys and content. It hands out tables, never analyses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from analytics_lib.config.content import content_folder
from analytics_lib.config.sections import TenantSection
from analytics_lib.config.settings import SETTINGS_FILE, Settings, read_settings
from analytics_lib.config.template import write_default_settings
from analytics_lib.errors import ArgumentError, WorkspaceError, nearest
from analytics_lib.periods import Moment, time_range

if TYPE_CHECKING:
    from analytics_lib.behaviour.cohorts import Cohort
    from analytics_lib.ingestion.plans import TrackingPlans
    from analytics_lib.ingestion.receipts import Receipt
    from analytics_lib.lake.tables import Lake
    from analytics_lib.privacy.consent import ConsentRules
    from analytics_lib.state.database import State

VARIABLE: Final = "ANALYTICS_WORKSPACE"
"""Environment variable that names the workspace, for whoever is started inside none."""

_SCATTERED: Final = 8
"""Files of a day from which on a load tidies up."""

DEMONSTRATION: Final = ".demo"
"""Where `make demo` puts its workspace; found from the checkout's own notebooks, too."""

PLANS: Final = "plans"
"""Folder of the tracking plans; every load and replay follows them."""

_FOLDERS: Final = (PLANS, "alerts", "lake")
_NOT_COPIED: Final = ("_build", "images", "__pycache__", ".ipynb_checkpoints", "*.py")
_NOT_SHARED: Final = (
    "# What must not leave this machine, or can be made again.\nkeys/\nlake/\nstate.db*\nreports/_build/\n"
)


def create_workspace(folder: str | Path, *, name: str | None = None) -> Workspace:
    """Make a workspace in a folder: settings, keys, empty tables, and the notebooks and reports that ship.

    What is there already is left as it is, so that it can be run again after an upgrade: new content
    is added, nothing of yours is overwritten.

    Parameters
    ----------
    folder
        New or existing.
    name
        Shown on pages and reports; default: the folder's name.

    Raises
    ------
    WorkspaceError
        The folder can't be written.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> workspace = create_workspace(mkdtemp(), name="tour")
    >>> workspace.settings.workspace.name, workspace.events().count().execute()
    ('tour', 0)
    """
    home = Path(folder).expanduser().resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        write_default_settings(home, name=name)
        (home / "keys").mkdir(mode=0o700, exist_ok=True)
        for part in _FOLDERS:
            (home / part).mkdir(exist_ok=True)
        for part in ("notebooks", "reports"):
            _copy_missing(content_folder(part), home / part)
        if not (home / ".gitignore").exists():
            (home / ".gitignore").write_text(_NOT_SHARED, encoding="utf-8")
    except OSError as problem:
        fact = f"no workspace can be made in {home} ({problem.strerror})"
        raise WorkspaceError(fact, "Choose a folder that you may write to.") from problem
    return open_workspace(home)


def _copy_missing(source: Path, target: Path) -> None:
    def copy(found: str, wanted: str) -> None:
        if not Path(wanted).exists():
            shutil.copyfile(found, wanted)

    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_NOT_COPIED), copy_function=copy, dirs_exist_ok=True)


def open_workspace(path: str | Path | None = None) -> Workspace:
    """Open a workspace.

    Parameters
    ----------
    path
        Its folder, or its ``analytics.toml``. Default: what ``ANALYTICS_WORKSPACE`` names, else the
        nearest folder upwards from the current one that is a workspace or holds the demonstration's.

    Raises
    ------
    WorkspaceError
        There is none.
    SettingsError
        Its settings say something impossible.
    """
    folder = _find(path)
    return Workspace(folder, read_settings(folder))


def _find(path: str | Path | None) -> Path:
    named = path or os.environ.get(VARIABLE)
    if named:
        given = Path(named).expanduser().resolve()
        folder = given.parent if given.name == SETTINGS_FILE else given
        if not (folder / SETTINGS_FILE).is_file():
            told = "" if path else f" (named by {VARIABLE})"
            fact = f"{folder}{told} is not a workspace: it has no {SETTINGS_FILE}"
            raise WorkspaceError(fact, f"Make it one with `analytics init {folder}`.")
        return folder
    here = Path.cwd()
    for folder in (here, *here.parents):
        for candidate in (folder, folder / DEMONSTRATION):
            if (candidate / SETTINGS_FILE).is_file():
                return candidate
    fact = f"neither {here} nor any folder above it is a workspace"
    advice = f"Give its path, set {VARIABLE}, or make one with `analytics init my-workspace`."
    raise WorkspaceError(fact, advice)


class Workspace:
    """An open workspace. May be shared by the threads of one process."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        """Where it is."""
        self.settings = settings
        """What it was told; read once, never changes."""
        self._tenants_at: tuple[int | None, tuple[str, ...]] | None = None

    def __repr__(self) -> str:
        return f"Workspace({str(self.folder)!r})"

    @cached_property
    def lake(self) -> Lake:
        """The stored tables."""
        from analytics_lib.engine.connections import tune
        from analytics_lib.lake.tables import Lake

        tune(threads=self.settings.engine.threads, memory_limit=self.settings.engine.memory_limit)
        kept = self.settings.lake
        return Lake(self.folder / "lake", history=kept.history, patience=kept.patience)

    @cached_property
    def state(self) -> State:
        """Runs, consents, tokens and the audit log; hand it to the functions of ``analytics_lib.state``."""
        from analytics_lib.state.database import open_state

        return open_state(self.settings.state.address or self.folder / "state.db")

    def events(
        self,
        start: Moment | None = None,
        end: Moment | None = None,
        *,
        tenant_id: str | None = None,
        as_of: int | Moment | None = None,
    ) -> Any:
        """Give the events as a lazy Ibis table over one snapshot, for analyses.

        To look at a stretch of time, hand the range to the analysis instead: it needs what happened
        before (was she new?) and after (did she come back?). A range here removes that from the table.

        Parameters
        ----------
        start, end
            ``start <= event_time < end``. A date alone is meant in the tenant's time zone, and as an
            end it means that whole day.
        tenant_id
            Only this tenant's; default: all.
        as_of
            A past state of the table: a version (``12`` or ``"events@12"``) or a moment.

        Raises
        ------
        ArgumentError
            No such tenant, or a range that makes no sense.
        SnapshotError
            No such past state.
        """
        return self._read("events", start, end, tenant_id=tenant_id, as_of=as_of)

    def metrics(
        self,
        start: Moment | None = None,
        end: Moment | None = None,
        *,
        name: str | None = None,
        tenant_id: str | None = None,
        as_of: int | Moment | None = None,
    ) -> Any:
        """Give recorded measurements (name, type, value, tags, time) as a lazy Ibis table.

        Parameters
        ----------
        name
            Only this metric; default: all. The others are as in :meth:`events`.
        """
        table = self._read("metrics", start, end, tenant_id=tenant_id, as_of=as_of)
        return table if name is None else table.filter(table["name"] == name)

    def quarantine(self, *, tenant_id: str | None = None) -> Any:
        """Give what was kept aside (reason, detail, source, line, row, …) as a lazy Ibis table."""
        return self._read("quarantine", None, None, tenant_id=tenant_id, as_of=None)

    def _read(
        self, table: str, start: Moment | None, end: Moment | None, *, tenant_id: str | None, as_of: int | Moment | None
    ) -> Any:
        self._refuse_unknown(tenant_id)
        stretch = time_range(start, end, time_zone=self.tenant(tenant_id).time_zone or "UTC")
        return self.lake.read(table, start=stretch.start, end=stretch.end, tenant_id=tenant_id, as_of=as_of)

    def load(
        self,
        source: str | Path,
        *,
        format: str = "auto",  # noqa: A002 - the word a reader expects
        tenant_id: str | None = None,
        dry_run: bool = False,
        **options: Any,
    ) -> Receipt:
        """Load a file or folder of events and tell what became of every one. Loading it again adds nothing.

        Consent, strictness, tolerance for future times and the geo file follow the settings; events follow the
        tracking plans in ``plans/``; what people decided (``analytics_lib.state.consents``) is respected; the
        receipt is kept.

        Parameters
        ----------
        source
            A file, a folder, or a pattern such as ``logs/*.csv``.
        format
            One of the known formats; ``"auto"`` looks at the file.
        tenant_id
            Owner of all events. Default: as each event says, else ``default``.
        dry_run
            Tell what would happen, and write nothing.
        **options
            More, as :func:`analytics_lib.ingestion.load.load` takes them; they stand above the settings.
        """
        from analytics_lib.ingestion.load import load

        given = {**self._ingestion(), **options}
        receipt = load(source, lake=self.lake, format=format, tenant_id=tenant_id, dry_run=dry_run, **given)
        if not dry_run:
            self._remember(receipt)
        return receipt

    def replay(self, mend: Any = None, *, reason: str | None = None, tenant_id: str | None = None) -> Receipt:
        """Send events that were kept aside on their way again; those that pass leave the quarantine.

        Parameters
        ----------
        mend
            Mends one event, or what events should have been by ``quarantine_id``; default: as they came, for after
            a change of the tracking plans. See :func:`analytics_lib.ingestion.replay.replay`.
        reason, tenant_id
            Only events kept for this reason, only of this tenant.
        """
        from analytics_lib.ingestion.replay import AS_IT_CAME, replay

        self._refuse_unknown(tenant_id)
        receipt = replay(
            self.lake, AS_IT_CAME if mend is None else mend,
            reason=reason, tenant_id=tenant_id, plan=self._plans(), keys=self.folder / "keys",
        )  # fmt: skip
        self._remember(receipt)
        return receipt

    def _plans(self) -> TrackingPlans | None:
        from analytics_lib.ingestion.plans import plan_files, read_plans

        folder = self.folder / PLANS
        return read_plans(folder) if plan_files(folder) else None

    def _ingestion(self) -> dict[str, Any]:
        told = self.settings.ingestion
        return {
            "keys": self.folder / "keys",
            "plan": self._plans(),
            "consent": self._consent_rules(),
            "strict": told.strict,
            "future_tolerance": told.future_tolerance,
            "geo_file": None if told.geo_file is None else self.folder / told.geo_file,
        }

    def _consent_rules(self) -> ConsentRules:
        """Join what the settings say with what people decided; a decision by pseudonym, whenever it was made."""
        from analytics_lib.privacy.consent import PURPOSES, ConsentRules
        from analytics_lib.privacy.pseudonyms import Keys
        from analytics_lib.state.consents import any_consent, consent_of

        mode = self.settings.privacy.consent
        if not any_consent(self.state):
            return ConsentRules(mode)
        keys, state = Keys(self.folder / "keys"), self.state

        def granted(tenant_id: str, person: str) -> frozenset[str] | None:
            names = keys.every_pseudonym(tenant_id, person)
            said = {
                purpose: [consent_of(state, name, purpose, tenant_id=tenant_id) for name in names]
                for purpose in PURPOSES
            }
            if all(answer is None for answers in said.values() for answer in answers):
                return None
            refused = {purpose for purpose, answers in said.items() if False in answers}
            agreed = {purpose for purpose, answers in said.items() if True in answers or mode == "assumed"}
            return frozenset(agreed - refused)

        return ConsentRules(mode, granted)

    def _remember(self, receipt: Receipt) -> None:
        """Keep the receipt, and the lake in few files for those who load small files often."""
        from analytics_lib.state.loads import LoadRecord, record_load

        owner = receipt.tenants[0] if len(receipt.tenants) == 1 else ""
        counts = {**receipt.counts(), "reasons": dict(receipt.reasons)}
        record_load(
            self.state, LoadRecord(uuid4().hex, owner, receipt.source, receipt.format, datetime.now(UTC), counts)
        )
        if receipt.accepted:
            self.lake.compact("events", minimum_files=_SCATTERED)

    def tenant(self, tenant_id: str | None = None) -> TenantSection:
        """Give title, time zone, week start, label and smallest group of a tenant; without one, what holds for all."""
        return self.settings.tenant(tenant_id)

    def tenants(self) -> tuple[str, ...]:
        """Give the ids of all tenants that are configured or have events, in order."""
        return tuple(sorted({*self.settings.tenants, *self._stored_tenants()}))

    def _stored_tenants(self) -> tuple[str, ...]:
        version = self.lake.version("events")
        if self._tenants_at is None or self._tenants_at[0] != version:
            stored = self.lake.read("events").select("tenant_id").distinct().to_pyarrow()
            self._tenants_at = (version, tuple(stored["tenant_id"].to_pylist()))
        return self._tenants_at[1]

    def _refuse_unknown(self, tenant_id: str | None) -> None:
        if tenant_id is None or tenant_id in self.settings.tenants:
            return
        known = self.tenants()
        if tenant_id not in known:
            raise ArgumentError(f"no tenant {tenant_id!r} in {self.folder.name}", nearest(tenant_id, known))

    def newest_event(self, tenant_id: str | None = None) -> datetime | None:
        """Give the time of the newest event; None when there is none.

        Dashboards and reports end here, not at the wall clock: after an interrupted feed the last
        days would look like a crash.
        """
        return self._outermost(tenant_id, lambda times: times.max(), newest_first=True)

    def oldest_event(self, tenant_id: str | None = None) -> datetime | None:
        """Give the time of the oldest event; None when there is none."""
        return self._outermost(tenant_id, lambda times: times.min(), newest_first=False)

    def _outermost(
        self, tenant_id: str | None, outermost: Callable[[Any], Any], *, newest_first: bool
    ) -> datetime | None:
        """Look into the outermost days first: on a large lake one day is enough."""
        self._refuse_unknown(tenant_id)
        days = sorted(self.lake.snapshot("events").days, reverse=newest_first)
        stretches = [(_midnight(day), _midnight(day) + timedelta(days=1)) for day in days[:2]]
        for start, end in [*stretches, (None, None)]:
            times = self.lake.read("events", start=start, end=end, tenant_id=tenant_id)["event_time"]
            found: datetime | None = outermost(times).to_pyarrow().as_py()
            if found is not None:
                return found.astimezone(UTC)
        return None

    def minimum_users(self, tenant_id: str | None = None) -> int:
        """Give the smallest group of people that may be shown of a tenant."""
        return self.tenant(tenant_id).minimum_users or self.settings.privacy.minimum_users

    def save_cohort(
        self,
        people: Any,
        *,
        name: str,
        tenant_id: str | None = None,
        definition: str | None = None,
        saved_by: str = "notebook",
        replace: bool = False,
    ) -> Cohort:
        """Save people as a cohort: a cohort, a result's ``.people(…)``, a frame with ``user_id``, or ids.

        A list of ids without ``tenant_id`` belongs to the tenant that is named here.

        Parameters
        ----------
        people
            Who.
        name
            What people call it; unique per tenant.
        tenant_id
            Owner, who alone sees it; default: the whole workspace.
        definition
            How membership was decided, in words; default: what the cohort says of itself.
        saved_by
            Who saves it, for the audit log.
        replace
            Whether a cohort of this name may be replaced.

        Raises
        ------
        SmallGroupError
            Fewer people than may be shown: a cohort of one is that person's file.
        ArgumentError
            The name is taken or no name, or the people have no ``user_id``.
        """
        from analytics_lib.saved_cohorts import save_cohort

        self._refuse_unknown(tenant_id)
        return save_cohort(
            self.state,
            people,
            name=name,
            saved_at=datetime.now(UTC),
            saved_by=saved_by,
            definition=definition,
            tenant_id=tenant_id or "",
            minimum_users=self.minimum_users(tenant_id),
            replace=replace,
        )

    def cohort(self, name: str, *, tenant_id: str | None = None) -> Cohort:
        """Give a saved cohort: ``.events(table)`` filters, ``belongs_to(cohort)`` is a rule of a segment.

        Raises
        ------
        ArgumentError
            There is none of this name.
        """
        from analytics_lib.saved_cohorts import load_cohort

        return load_cohort(self.state, name, tenant_id=tenant_id or "")

    def cohorts(self, *, tenant_id: str | None = None) -> Any:
        """List the saved cohorts as a frame, newest first: name, users, kind, definition, as_of, who and when."""
        from analytics_lib.saved_cohorts import cohort_list

        return cohort_list(self.state, tenant_id=tenant_id)

    def remove_cohort(self, name: str, *, tenant_id: str | None = None, removed_by: str = "notebook") -> None:
        """Remove a saved cohort; the people's events stay as they are."""
        from analytics_lib.saved_cohorts import remove_saved

        remove_saved(self.state, name, tenant_id=tenant_id or "", removed_by=removed_by, at=datetime.now(UTC))


def _midnight(day: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
