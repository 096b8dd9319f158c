"""Web server logs in the common and the combined format, with lists of proxies and virtual hosts in front."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion import json_text
from analytics_lib.ingestion.blocks import LINE, Block, BrokenLine, text_column
from analytics_lib.ingestion.formats import Format, Sample, SentBlock
from analytics_lib.ingestion.mapping import EventMapping

_QUOTED: Final = r"(?:[^\"\\]|\\.)*"
PATTERN: Final = (
    r"^(?P<hosts>.+?) (?P<identity>\S+) (?P<account>\S+|\S[^\[]*?) \[(?P<time>[^\]]+)\] "
    rf"\"(?P<request>{_QUOTED})\" (?P<status>\d{{3}}|-) (?P<bytes>\d+|-)"
    rf"(?: \"(?P<referrer>{_QUOTED})\" \"(?P<agent>{_QUOTED})\")?(?: .*)?$"
)
"""One line; what follows the user agent is the server's own addition."""

_ASSET: Final = r"(?i)\.(css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|mp4|webm|txt|xml|json)(\?|$)"
_ROBOT: Final = r"(?i)bot\b|bot[/;]|crawl|spider|slurp|monitor|curl/|wget/|python-|facebookexternalhit|facebot"


def _recognises(sample: Sample) -> bool:
    pattern = re.compile(PATTERN)
    matching = sum(1 for line in sample.lines if pattern.match(line))
    return bool(sample.lines) and matching * 2 > len(sample.lines)


def _translate(block: Block, mapping: EventMapping) -> SentBlock:
    """Lines that do not follow the pattern are broken; see :data:`ACCESS_LOG` for what the others become."""
    del mapping
    fields = pc.extract_regex(block.rows["line"].combine_chunks(), pattern=PATTERN)
    matched = fields.is_valid()
    broken = [
        BrokenLine(line, text, "no line of a web server's log")
        for line, text in zip(
            block.rows[LINE].filter(pc.invert(matched)).to_pylist(),
            block.rows["line"].filter(pc.invert(matched)).to_pylist(),
            strict=True,
        )
    ]
    kept = fields.filter(matched)
    return SentBlock(_events(kept, block.rows[LINE].filter(matched)), [*block.broken, *broken])


def _events(fields: Any, lines: Any) -> pa.Table:
    part = {field.name: _known(kept) for field, kept in zip(fields.type, fields.flatten(), strict=True)}
    request = pc.extract_regex(part["request"], r"^(?P<method>[A-Z]+) (?P<url>\S+)(?: HTTP/(?P<version>[0-9.]+))?$")
    method, url, version = request.flatten() if len(request) else (part["request"],) * 3
    address = _clients(part["hosts"])
    robot = pc.fill_null(pc.match_substring_regex(part["agent"], _ROBOT), fill_value=False)
    properties = {
        "bytes": json_text.literals(part["bytes"], "number"),
        "http_version": json_text.literals(version, "text"),
        "is_robot": json_text.literals(robot),
        "method": json_text.literals(method),
        "status": json_text.literals(part["status"], "number"),
    }
    return pa.table({
        "event_name": _names(method, url, status=part["status"], robot=robot),
        "event_time": part["time"],
        "user_id": _people(part["account"], address, part["agent"]),
        "url": url,
        "referrer": part["referrer"],
        "ip": address,
        "user_agent": part["agent"],
        "properties": json_text.objects(properties, len(lines)),
        LINE: lines,
    })  # fmt: skip


def _known(texts: Any) -> Any:
    """Take a dash or nothing for unknown."""
    return pc.if_else(pc.is_in(texts, pa.array(["-", ""])), None, texts)


def _names(method: Any, url: Any, *, status: Any, robot: Any) -> Any:
    """Call a page that a person got a view, anything else a call."""
    asset = pc.match_substring_regex(url, _ASSET)
    good = pc.match_substring_regex(status, r"^(200|206|304)$")
    view = pc.and_(pc.and_(pc.equal(method, "GET"), good), pc.invert(pc.or_(asset, robot)))
    return pc.if_else(pc.fill_null(view, fill_value=False), "page.view", "api.call")


def _clients(hosts: Any) -> Any:
    coded = hosts.dictionary_encode()
    return text_column([client_address(text) for text in coded.dictionary.to_pylist()]).take(coded.indices)


def client_address(hosts: str | None) -> str | None:
    """Give the client among the addresses in front of a line: the first public one, else the first.

    Examples
    --------
    >>> client_address("10.0.0.2, 10.0.0.1, 85.181.35.98")
    '85.181.35.98'
    """
    found = [word for word in re.split(r"[\s,\"]+", hosts or "") if _is_address(word)]
    public = [word for word in found if ipaddress.ip_address(word).is_global]
    return (public or found or [None])[0]


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def _people(account: Any, address: Any, agent: Any) -> Any:
    """Give the account, where the server knew one; else address and user agent, digested at once."""
    both = pc.binary_join_element_wise(address, pc.fill_null(agent, ""), "\n")
    coded = both.dictionary_encode()
    digests = [
        None if text is None else f"address:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        for text in coded.dictionary.to_pylist()
    ]
    return pc.coalesce(account, pa.array(digests, pa.string()).take(coded.indices))


ACCESS_LOG: Final = Format(
    name="access_log",
    title="web server log, common or combined format (nginx, Apache)",
    kind="lines",
    recognises=_recognises,
    mapping=EventMapping(time_format="%d/%b/%Y:%H:%M:%S %z", identity="row"),
    translate=_translate,
)
"""A page that a person got is ``page.view``, everything else ``api.call``; equal lines are real."""
