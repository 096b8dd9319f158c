"""What a notebook opens: one folder with settings, tables, keys and content. It hands out tables, never analyses."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics_lib.config.new_folder import make_workspace_folder
from analytics_lib.config.sections import TenantSection
from analytics_lib.config.settings import Settings, read_settings
from analytics_lib.config.whereabouts import workspace_folder
from analytics_lib.errors import ArgumentError, nearest
from analytics_lib.periods import Moment, time_range
from analytics_lib.schema import DEFAULT_TENANT

if TYPE_CHECKING:
    from analytics_lib.behaviour.cohorts import Cohort
    from analytics_lib.ingestion.receipts import Receipt
    from analytics_lib.lake.tables import Lake
    from analytics_lib.lake.tenants import ChosenTenant
    from analytics_lib.state.database import State


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
    return open_workspace(make_workspace_folder(folder, name=name).folder)


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
    folder = workspace_folder(path)
    return Workspace(folder, read_settings(folder))


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
        from analytics_lib.intake import keep_receipt, load_options

        given = {**load_options(self.folder, self.settings, self.state), **options}
        receipt = load(source, lake=self.lake, format=format, tenant_id=tenant_id, dry_run=dry_run, **given)
        if not dry_run:
            keep_receipt(receipt, self.state, self.lake)
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
        from analytics_lib.intake import keep_receipt, tracking_plans

        self._refuse_unknown(tenant_id)
        receipt = replay(
            self.lake, AS_IT_CAME if mend is None else mend,
            reason=reason, tenant_id=tenant_id, plan=tracking_plans(self.folder), keys=self.folder / "keys",
        )  # fmt: skip
        keep_receipt(receipt, self.state, self.lake)
        return receipt

    def tenant(self, tenant_id: str | None = None) -> TenantSection:
        """Give title, time zone, week start, label and smallest group of a tenant; without one, what holds for all."""
        return self.settings.tenant(tenant_id)

    def tenants(self) -> tuple[str, ...]:
        """Give the ids of all tenants that are configured or have events, in order; ``default`` where there is none."""
        return tuple(sorted({*self.settings.tenants, *self._stored_tenants()})) or (DEFAULT_TENANT,)

    def chosen_tenant(self, tenant_id: str | None = None) -> ChosenTenant:
        """Tell whose events are meant: the tenant that is named or, if none is (an empty text), the usual one.

        The usual one is the only one with events. Of several, it is the first that ``analytics.toml`` names; where
        it names none of them, the one with the newest event. Why it is this one is said in ``.reason``.

        Parameters
        ----------
        tenant_id
            As a parameter of a notebook, an address or a schedule says it.

        Raises
        ------
        ArgumentError
            No such tenant.
        """
        from analytics_lib.lake.tenants import ChosenTenant, usual_tenant

        if tenant_id:
            self._refuse_unknown(tenant_id)
            return ChosenTenant(tenant_id, "")
        return usual_tenant(self.lake, tuple(self.settings.tenants), self._stored_tenants())

    def _stored_tenants(self) -> tuple[str, ...]:
        from analytics_lib.lake.tenants import stored_tenants

        version = self.lake.version("events")
        if self._tenants_at is None or self._tenants_at[0] != version:
            self._tenants_at = (version, stored_tenants(self.lake))
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
        from analytics_lib.lake.tenants import newest_event

        self._refuse_unknown(tenant_id)
        return newest_event(self.lake, tenant_id)

    def oldest_event(self, tenant_id: str | None = None) -> datetime | None:
        """Give the time of the oldest event; None when there is none."""
        from analytics_lib.lake.tenants import oldest_event

        self._refuse_unknown(tenant_id)
        return oldest_event(self.lake, tenant_id)

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
