"""Exports of other products: each of their objects turned into our words first, then read like any object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from analytics_lib.ingestion.blocks import BrokenLine, ObjectBlock
from analytics_lib.ingestion.formats import SentBlock
from analytics_lib.ingestion.json_text import dumps
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.objects import sent_objects
from analytics_lib.privacy.outlines import outline_of_quotes

Convert = Callable[[dict[str, Any]], Iterable[dict[str, Any]]]
"""Gives the events that one exported object holds, with our column names and ``properties``."""


def converting(convert: Convert) -> Callable[[ObjectBlock, EventMapping], SentBlock]:
    """Give the translation of a format whose objects are converted one by one.

    An object that the conversion can't take (a part has another shape than the product writes) is a broken
    line with its whole content; the others go on.
    """

    def translate(block: ObjectBlock, mapping: EventMapping) -> SentBlock:
        objects: list[dict[str, Any]] = []
        lines: list[int] = []
        broken: list[BrokenLine] = []
        for line, sent in zip(block.lines, block.objects, strict=True):
            try:
                made = [{name: value for name, value in event.items() if value is not None} for event in convert(sent)]
            except (AttributeError, KeyError, TypeError, ValueError) as problem:
                text = dumps(sent)
                told = f"{type(problem).__name__}: {outline_of_quotes(str(problem), text)}"
                broken.append(BrokenLine(line, text, f"not of the shape this format has ({told})"))
                continue
            objects += made
            lines += [line] * len(made)
        return SentBlock(sent_objects(ObjectBlock(objects, lines), mapping), [*block.broken, *broken])

    return translate


def without(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Give an object without some keys and without what is empty.

    Examples
    --------
    >>> without({"a": 1, "b": None, "c": ""}, "a")
    {}
    """
    return {name: value for name, value in given.items() if name not in names and value not in (None, "", [], {})}
