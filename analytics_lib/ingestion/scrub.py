"""The last step before storing: pseudonyms for people, personal data out of texts, address and user agent gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion.blocks import text_column
from analytics_lib.privacy.outlines import outline, outline_unless_time
from analytics_lib.privacy.pseudonyms import Keys
from analytics_lib.privacy.scrubbing import ScrubRules, scrub_address, scrub_json, scrub_text

_JSON: Final = ("properties", "context")
_ADDRESSES: Final = ("url", "referrer")
_NAMES: Final = (
    "event_name", "event", "session_id", "conversation_id", "content_id", "resource_id", "correlation_id", "event_id",
)  # fmt: skip
_EMAIL_MARK: Final = "@|%40"
_ADDRESS_MARK: Final = r"@|%40|(?i:[?&;#](access_token|auth|code|e-?mail|key|pass|secret|sig|token|user|phone))"


@dataclass(slots=True)
class Scrubber:
    """Takes personal data out of canonical events."""

    keys: Keys | None = None
    """Pseudonym keys; None leaves people as they came, for tables that stay in memory."""
    rules: ScrubRules = field(default_factory=ScrubRules)
    """What happens to properties and texts."""
    pseudonyms: frozenset[str] = frozenset()
    """People that are pseudonyms already, as those in quarantine; only they are left as they are."""
    found: Counter[str] = field(default_factory=Counter)
    """What was taken out so far, by kind."""

    def scrub(self, table: pa.Table) -> pa.Table:
        """Give the table with pseudonyms and without personal data; as it is when there are no keys."""
        if self.keys is None:
            return table
        for name in table.column_names:
            if name == "user_id":
                table = self._set(table, name, self._people(table))
            elif name in _JSON:
                table = self._set(table, name, self._objects(table, name))
            elif name in _ADDRESSES:
                table = self._set(table, name, self._texts(table[name], _ADDRESS_MARK, self._address))
            elif name in _NAMES:
                table = self._set(table, name, self._texts(table[name], _EMAIL_MARK, self._name))
        return table

    def unread_line(self, text: str, tenant_id: str) -> dict[str, Any]:
        """Give what may be kept of a line that nothing could read, as an object.

        Its outline tells what is wrong with it; its length and keyed digest tell whether the line found at
        its place in the file is still the same. Tables that stay in memory have the line as it came.
        """
        pseudonym = self.pseudonym(tenant_id)
        if pseudonym is None or not text:
            return {"text": text}
        return {"text": outline(text), "characters": len(text), "digest": pseudonym(text)}

    def name(self, text: str | None) -> str | None:
        """Give a name or a sentence without e-mail addresses, as :meth:`scrub` gives names."""
        return text if self.keys is None or text is None else self._name(text)

    def unread_value(self, value: Any, *, time: bool) -> Any:
        """Give what may be kept of a value that is no time or no number, though its column holds such."""
        if self.keys is None:
            return value
        return outline_unless_time(str(value)) if time else outline(str(value))

    def pseudonym(self, tenant_id: str) -> Callable[[str], str] | None:
        """Give what makes pseudonyms of single values of a tenant."""
        return None if self.keys is None else self.keys.key(tenant_id).digest

    def _set(self, table: pa.Table, name: str, column: Any) -> pa.Table:
        return table.set_column(table.column_names.index(name), name, column)

    def _people(self, table: pa.Table) -> Any:
        assert self.keys is not None  # noqa: S101 - asked by scrub
        users, tenants = table["user_id"].combine_chunks(), table["tenant_id"].combine_chunks()
        made = pa.nulls(len(users), pa.string())
        for tenant in pc.unique(tenants).to_pylist():
            theirs = pc.equal(tenants, tenant)
            whole = pc.all(theirs).as_py()
            names = self.keys.pseudonyms(tenant, users if whole else pc.if_else(theirs, users, None))
            made = names if whole else pc.coalesce(made, names)
        if not self.pseudonyms:
            return made
        return pc.if_else(pc.is_in(users, pa.array(sorted(self.pseudonyms), pa.string())), users, made)

    def _texts(self, column: Any, mark: str, clean: Callable[[str], str]) -> Any:
        flat = column.combine_chunks()
        hit = pc.fill_null(pc.match_substring_regex(flat, mark), fill_value=False)
        if not pc.any(hit).as_py():
            return flat
        return pc.replace_with_mask(flat, hit, text_column([clean(text) for text in flat.filter(hit).to_pylist()]))

    def _address(self, text: str) -> str:
        return scrub_address(text, self.found)

    def _name(self, text: str) -> str:
        return scrub_text(text, self.found, ("e-mail",))

    def _objects(self, table: pa.Table, name: str) -> Any:
        flat = table[name].combine_chunks()
        hit = pc.fill_null(pc.match_substring_regex(flat, self.rules.pattern()), fill_value=False)
        if not pc.any(hit).as_py():
            return flat
        tenants = table["tenant_id"].combine_chunks().filter(hit).to_pylist()
        makers = {tenant: self.pseudonym(tenant) for tenant in set(tenants)}
        cleaned = [
            scrub_json(text, self.rules, pseudonym=makers[tenant], found=self.found)
            for text, tenant in zip(flat.filter(hit).to_pylist(), tenants, strict=True)
        ]
        return pc.replace_with_mask(flat, hit, text_column(cleaned))
