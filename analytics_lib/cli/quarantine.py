"""`analytics quarantine …`: what was kept aside, why, and how it gets in after all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics_lib.cli.options import OnlyTenant, WorkspaceOption
from analytics_lib.cli.workspace import opened_workspace, print_table
from analytics_lib.display import format_count, format_number, format_value
from analytics_lib.errors import SourceError

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

commands = typer.Typer(no_args_is_help=True, help="List, mend and replay events that could not be believed.")

Reason = Annotated[str | None, typer.Option(help="Only what was kept for this reason, like type_mismatch.")]


@commands.command("list")
def list_events(
    *, workspace: WorkspaceOption = None, tenant: OnlyTenant = None, reason: Reason = None,
    limit: Annotated[int, typer.Option(min=1, help="Events to show.")] = 20,
) -> None:  # fmt: skip
    """Count what was kept aside by reason, and show the newest."""
    rows = _kept(opened_workspace(workspace), tenant, reason)
    if not rows:
        print("nothing was kept aside")
        return
    reasons = sorted({row["reason"] for row in rows})
    counts = ", ".join(f"{format_number(sum(row['reason'] == one for row in rows))} {one}" for one in reasons)
    print(f"{format_count(len(rows), 'event')}: {counts}")
    print_table(["received", "reason", "what is wrong", "where", "event"], map(_described, rows[:limit]))


def _described(row: dict[str, Any]) -> list[str]:
    where = row["source"] if row["line"] is None else f"{row['source']}:{row['line']}"
    return [
        format_value("received_at", row["received_at"]), row["reason"], row["detail"], where, row["event_name"] or "",
    ]  # fmt: skip


@commands.command()
def export(
    target: Annotated[Path, typer.Argument(help="New NDJSON file: mend its rows, then replay it.")],
    *, workspace: WorkspaceOption = None, tenant: OnlyTenant = None, reason: Reason = None,
) -> None:  # fmt: skip
    """Write what was kept aside to a file, one event a line, to be mended by hand or by a script."""
    opened = opened_workspace(workspace)
    rows = _kept(opened, tenant, reason)
    said = ({key: row[key] for key in ("quarantine_id", "reason", "detail")} | {"row": row["row"]} for row in rows)
    lines = (json.dumps({**one, "row": json.loads(one["row"])}, ensure_ascii=False) for one in said)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    except OSError as problem:
        fact = f"{target} can't be written ({problem.strerror})"
        raise SourceError(fact, "Name a new file in a folder that you may write to.") from problem
    print(f"{format_count(len(rows), 'event is', 'events are')} in {target}. Mend each row, then type:")
    print(f"analytics quarantine replay {target} --workspace {opened.folder}")


@commands.command()
def replay(
    mended: Annotated[Path | None, typer.Argument(help="The mended file of `export`; default: as they came.")] = None,
    *, workspace: WorkspaceOption = None, tenant: OnlyTenant = None, reason: Reason = None,
) -> None:  # fmt: skip
    """Send events on their way again: mended ones, or all as they came after a change of the tracking plans."""
    mend = None if mended is None else dict(_mended(mended))
    print(opened_workspace(workspace).replay(mend, reason=reason, tenant_id=tenant))


def _mended(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as problem:
        raise SourceError(f"{file} can't be read ({problem.strerror})", "Name the file of `export`.") from problem
    for number, line in enumerate(lines, start=1):
        try:
            said = json.loads(line)
            yield said["quarantine_id"], dict(said["row"])
        except (ValueError, KeyError, TypeError) as problem:
            fact = f"line {number} of {file} is not an event of `analytics quarantine export`"
            raise SourceError(
                fact, 'Each line is {"quarantine_id": "…", "row": {…}}; change only the row.'
            ) from problem


def _kept(workspace: Workspace, tenant: str | None, reason: str | None) -> list[dict[str, Any]]:
    from analytics_lib import checks
    from analytics_lib.ingestion.verdicts import QUARANTINED

    if reason is not None:
        checks.one_of("reason", reason, QUARANTINED)
    rows: list[dict[str, Any]] = workspace.quarantine(tenant_id=tenant).to_pyarrow().to_pylist()
    chosen = [row for row in rows if reason in (None, row["reason"])]
    return sorted(chosen, key=lambda row: (row["received_at"], row["quarantine_id"]), reverse=True)
