"""How a workspace takes events in: settings, plans and people's decisions as options of a load; the receipt."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from analytics_lib.config.new_folder import PLANS
from analytics_lib.config.settings import Settings

if TYPE_CHECKING:
    from analytics_lib.ingestion.plans import TrackingPlans
    from analytics_lib.ingestion.receipts import Receipt
    from analytics_lib.lake.tables import Lake
    from analytics_lib.privacy.consent import ConsentRules
    from analytics_lib.state.database import State

_SCATTERED: Final = 8
"""Files of a day from which on a load tidies up."""


def load_options(folder: Path, settings: Settings, state: State) -> dict[str, Any]:
    """Give what a workspace says about every load, as :func:`analytics_lib.ingestion.load.load` takes it."""
    told = settings.ingestion
    return {
        "keys": folder / "keys",
        "plan": tracking_plans(folder),
        "consent": consent_rules(folder, settings, state),
        "strict": told.strict,
        "future_tolerance": told.future_tolerance,
        "geo_file": None if told.geo_file is None else folder / told.geo_file,
    }


def tracking_plans(folder: Path) -> TrackingPlans | None:
    """Read the plans of a workspace; None where it has none."""
    from analytics_lib.ingestion.plans import plan_files, read_plans

    plans = folder / PLANS
    return read_plans(plans) if plan_files(plans) else None


def consent_rules(folder: Path, settings: Settings, state: State) -> ConsentRules:
    """Join what the settings say with what people decided; a decision by pseudonym, whenever it was made."""
    from analytics_lib.privacy.consent import PURPOSES, ConsentRules
    from analytics_lib.privacy.pseudonyms import Keys
    from analytics_lib.state.consents import any_consent, consent_of

    mode = settings.privacy.consent
    if not any_consent(state):
        return ConsentRules(mode)
    keys = Keys(folder / "keys")

    def granted(tenant_id: str, person: str) -> frozenset[str] | None:
        names = keys.every_pseudonym(tenant_id, person)
        said = {
            purpose: [consent_of(state, name, purpose, tenant_id=tenant_id) for name in names] for purpose in PURPOSES
        }
        if all(answer is None for answers in said.values() for answer in answers):
            return None
        refused = {purpose for purpose, answers in said.items() if False in answers}
        agreed = {purpose for purpose, answers in said.items() if True in answers or mode == "assumed"}
        return frozenset(agreed - refused)

    return ConsentRules(mode, granted)


def keep_receipt(receipt: Receipt, state: State, lake: Lake) -> None:
    """Keep a receipt, and the lake in few files for those who load small files often."""
    from analytics_lib.state.loads import LoadRecord, record_load

    owner = receipt.tenants[0] if len(receipt.tenants) == 1 else ""
    counts = {**receipt.counts(), "reasons": dict(receipt.reasons)}
    record_load(state, LoadRecord(uuid4().hex, owner, receipt.source, receipt.format, datetime.now(UTC), counts))
    if receipt.accepted:
        lake.compact("events", minimum_files=_SCATTERED)
