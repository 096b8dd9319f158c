"""Every format there is, how one is told from another, and the way from a source to sent events."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from analytics_lib.errors import SourceError, UnknownFormatError, did_you_mean
from analytics_lib.ingestion.adapters.access_log import ACCESS_LOG
from analytics_lib.ingestion.adapters.claude import CLAUDE
from analytics_lib.ingestion.adapters.ga4 import GA4
from analytics_lib.ingestion.adapters.matomo import MATOMO
from analytics_lib.ingestion.adapters.mixpanel import MIXPANEL
from analytics_lib.ingestion.adapters.plain import CSV, JSON, PARQUET
from analytics_lib.ingestion.adapters.posthog import POSTHOG
from analytics_lib.ingestion.adapters.retail import RETAIL
from analytics_lib.ingestion.adapters.segment import SEGMENT
from analytics_lib.ingestion.adapters.shop import SHOP
from analytics_lib.ingestion.adapters.snowplow import SNOWPLOW
from analytics_lib.ingestion.blocks import LINE, Block, ObjectBlock, readable, text_column
from analytics_lib.ingestion.columnar import column_names, read_columns
from analytics_lib.ingestion.delimited import header_of, read_delimited
from analytics_lib.ingestion.documents import read_documents
from analytics_lib.ingestion.formats import Format, Sample, SentBlock
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.proposal import proposed_mapping
from analytics_lib.ingestion.sources import Source, line_blocks

_PARTICULAR: Final = (SHOP, RETAIL, SNOWPLOW, CLAUDE, SEGMENT, POSTHOG, MIXPANEL, GA4, MATOMO, ACCESS_LOG)

FORMATS: Final[dict[str, Format]] = {known.name: known for known in (*_PARTICULAR, CSV, JSON, PARQUET)}
"""Ready formats by name, the particular before the general, which is the order of recognition."""

_ALIASES: Final = {"ndjson": "json", "jsonl": "json", "tsv": "csv"}
_SAMPLE_OBJECTS: Final = 20


def find_format(name: str, sources: Sequence[Source], *, mapped: bool = False) -> Format:
    """Give the format of a name, or with ``"auto"`` the one that recognises the first file it can.

    Parameters
    ----------
    name
        A name of :data:`FORMATS`, ``ndjson``, ``tsv``, or ``auto``.
    sources
        The files.
    mapped
        Whether a mapping will say what the columns mean; then unfamiliar names are no obstacle.

    Raises
    ------
    UnknownFormatError
        No such name, or nothing recognises the files; the message says what was found and what is known.
    """
    if name != "auto":
        chosen = FORMATS.get(_ALIASES.get(name, name))
        if chosen is None:
            raise UnknownFormatError(
                f"format={name!r} is not known", did_you_mean(name, FORMATS) or f"Known formats: {_listed()}."
            )
        return chosen
    seen, columns = "", frozenset[str]()
    for source in sources[:50]:
        sample = sample_of(source)
        found = next((known for known in FORMATS.values() if known.recognises(sample)), None)
        if found is None and mapped:
            found = next((known for known in (CSV, JSON, PARQUET) if known.kind == sample.kind), None)
        if found is not None:
            return found
        seen, columns = seen or f"{source.name} ({_described(sample, source)})", columns or sample.columns
    raise UnknownFormatError(f"no format recognises {seen}", _what_to_do(columns))


def _what_to_do(columns: Collection[str]) -> str:
    if not columns:
        return f"Known formats: {_listed()}."
    return (
        "A text table needs its column names in the first line; what other names mean is told by a TOML file "
        "(--mapping FILE, in Python mapping=FILE). To begin with:\n\n"
        f"{proposed_mapping(columns)}\n\nKnown formats: {_listed()}."
    )


def sources_of(chosen: Format, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Give the files of a folder that belong to a format; one file alone is always meant."""
    if len(sources) == 1 or not chosen.extensions:
        return tuple(sources)
    return tuple(source for source in sources if source.name.lower().endswith(chosen.extensions))


def sample_of(source: Source) -> Sample:
    """Look at the beginning of a file."""
    head = source.head()
    if head.startswith(b"PAR1"):
        return Sample("columns", frozenset(column_names(source)))
    if source.name.lower().endswith(".parquet"):
        raise SourceError(f"{source.name} is no Parquet file: it does not begin as one", "Write the file again.")
    start = head.lstrip()
    if start.startswith((b"{", b"[")):
        return _documents_sample(source)
    lines = tuple(readable(line).rstrip("\r") for line in head.split(b"\n")[:_SAMPLE_OBJECTS] if line)
    if ACCESS_LOG.recognises(Sample("lines", lines=lines)):
        return Sample("lines", lines=lines)
    return Sample("delimited", frozenset(header_of(lines[0].encode())) if lines else frozenset(), lines=lines)


def _documents_sample(source: Source) -> Sample:
    objects: list[dict[str, Any]] = []
    for block in read_documents(source, size=262_144):
        objects.extend(block.objects[: _SAMPLE_OBJECTS - len(objects)])
        if len(objects) >= _SAMPLE_OBJECTS:
            break
    return Sample("documents", frozenset(key for item in objects for key in item), objects=tuple(objects))


def read_sent(chosen: Format, sources: Sequence[Source], mapping: EventMapping) -> Iterator[tuple[Source, SentBlock]]:
    """Give what the files send, block by block, each with its file."""
    if chosen.read_whole is not None:
        yield from chosen.read_whole(sources)
        return
    assert chosen.translate is not None  # noqa: S101 - a format has one of the two
    for source in sources:
        for block in _blocks(chosen.kind, source):
            yield source, chosen.translate(block, mapping)


def _blocks(kind: str, source: Source) -> Iterator[Block | ObjectBlock]:
    if source.head(4) == b"PAR1":
        return read_columns(source)
    if kind == "documents":
        return read_documents(source)
    return _lines(source) if kind == "lines" else read_delimited(source)


def _lines(source: Source) -> Iterator[Block]:
    import pyarrow as pa

    first = 1
    for lines in line_blocks(source):
        kept = [(number, readable(line)) for number, line in enumerate(lines, first) if line.strip()]
        first += len(lines)
        yield Block(pa.table({
            "line": text_column([text for _, text in kept]),
            LINE: pa.array([number for number, _ in kept], pa.int64()),
        }))  # fmt: skip


def _listed() -> str:
    return ", ".join(FORMATS)


def _described(sample: Sample, source: Source) -> str:
    if not source.head().strip():
        return "the file is empty"
    if sample.columns:
        shown = sorted(re.sub(r"\s+", " ", name)[:30] for name in sample.columns)[:12]
        return f"{sample.kind} with {', '.join(shown)}"
    if sample.kind == "documents":
        return "it begins like JSON, but holds no whole object"
    return "no line that is one of a web server" if sample.kind == "lines" else "nothing readable"
