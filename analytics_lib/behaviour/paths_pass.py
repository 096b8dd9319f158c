"""Lay walks out step by step, and bring rare nodes together so that all that flows in flows out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics_lib.behaviour.codes import Codes, distinct
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.paths_events import Walks


@dataclass(frozen=True, slots=True)
class Layout:
    """The nodes each unit passes: one column per unit, one row per place on the path.

    Nodes are numbered as in the walks; then come start, end and other. −1 = the path was over before.
    """

    node: Codes
    visit: Codes
    """Position of the visit behind each place; for start and end that of their neighbour."""
    start: int
    end: int
    other: int

    @property
    def steps(self) -> int:
        """Number of transitions a path can have."""
        return len(self.node) - 1


def laid_out(walks: Walks, entry: Codes, *, length: int, backwards: bool, anchored: bool) -> Layout:
    """Follow each unit from its entry visit, `length` transitions far.

    Parameters
    ----------
    entry
        Position of the visit where each path begins; backwards: where it ends.
    anchored
        The entry is an event; otherwise the path begins with the start node (or ends with the end node).
    """
    count = len(walks.names)
    start, end, other = count, count + 1, count + 2
    move = -1 if backwards else 1
    places = np.arange(length + 1 if anchored else length)[:, None]
    visit = entry[None, :] + move * places
    bounded = np.clip(visit, 0, max(walks.size - 1, 0))
    there = (visit == bounded) & (walks.unit[bounded] == walks.unit[entry]) if walks.size else visit < 0
    node = np.where(there, walks.node[bounded] if walks.size else -1, -1)
    if not anchored:
        edge = np.full((1, len(entry)), end if backwards else start)
        node, there = np.vstack([edge, node]), np.vstack([np.ones_like(edge, dtype=bool), there])
        bounded = np.vstack([entry[None, :], bounded])
    over = np.vstack([np.zeros_like(there[:1]), there[:-1] & ~there[1:]])
    node = np.where(over, start if backwards else end, node)
    visit = np.where(over, np.vstack([bounded[:1], bounded[:-1]]), bounded)
    return Layout(node, np.where(node >= 0, visit, -1), start, end, other)


def with_other(layout: Layout, top: int) -> Layout:
    """Bring the rarest nodes of each place under one name, until at most `top` transitions are left."""
    edges = distinct_edges(layout.node, layout.other)
    if len(edges) <= top:
        return layout
    width = layout.other + 1
    traffic = np.concatenate([np.bincount(row[row >= 0], minlength=width) for row in layout.node])
    named = np.isin(np.arange(len(traffic)) % width, [layout.start, layout.end])
    named[:width] |= np.count_nonzero(traffic[:width]) == 1  # the anchor itself keeps its name
    ranked = [at for at in np.argsort(-traffic, kind="stable") if traffic[at] and not named[at]]
    low, high = 0, len(ranked)
    while low < high:  # the most nodes that may keep their name
        middle = (low + high + 1) // 2
        fits = _merged_edges(edges, _with(named, ranked[:middle]), layout.other) <= top
        low, high = (middle, high) if fits else (low, middle - 1)
    keeps = _with(named, ranked[:low]).reshape(len(layout.node), width)
    kept = np.where(keeps, np.arange(width), layout.other)
    node = np.stack([np.append(names, -1)[row] for names, row in zip(kept, layout.node, strict=True)])
    return Layout(node, layout.visit, layout.start, layout.end, layout.other)


def _with(named: Flags, more: list[int]) -> Flags:
    keeps = named.copy()
    keeps[more] = True
    return keeps


def _merged_edges(edges: Codes, keeps: Flags, other: int) -> int:
    """Count the transitions that are left when only some nodes of each place keep their name."""
    width = other + 1
    step, near, far = edges // (width * width), edges // width % width, edges % width
    near = np.where(keeps[step * width + near], near, other)
    far = np.where(keeps[(step + 1) * width + far], far, other)
    return len(distinct((step * width + near) * width + far))


def distinct_edges(node: Codes, other: int) -> Codes:
    """Give the keys of the different transitions."""
    return distinct(edge_keys(node, other)[has_edge(node)])


def has_edge(node: Codes) -> Flags:
    """Tell where there is a transition."""
    return (node[:-1] >= 0) & (node[1:] >= 0)


def edge_keys(node: Codes, other: int) -> Codes:
    """Give one number for step, source and target."""
    width = other + 1
    step = np.arange(len(node) - 1)[:, None]
    return (step * width + node[:-1]) * width + node[1:]
