"""Proof that figures were painted: each one that a notebook shows must be there, of a real size, and not blank."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

from analytics_lib.errors import ExportError

FIGURE: Final = "data-figure"
"""Attribute the exporter gives to every figure of a page; its value says where it comes from."""
SETTLE_SECONDS: Final = 30

_SETTLED: Final = """() => {
  const roots = [...document.querySelectorAll('[data-root-id]')];
  const drawn = roots.every(root => root.shadowRoot || root.childElementCount > 0);
  return document.fonts.status === 'loaded' && drawn
    && (!window.Bokeh || Bokeh.documents.every(one => one.is_idle));
}"""
_LOOK: Final = """() => {
  const drawn = (root, found = []) => {
    if (root.localName && ['svg', 'canvas', 'img'].includes(root.localName)) found.push(root);
    for (const element of root.querySelectorAll('*')) {
      if (['svg', 'canvas', 'img'].includes(element.localName)) found.push(element);
      if (element.shadowRoot) drawn(element.shadowRoot, found);
    }
    return found;
  };
  return [...document.querySelectorAll('[data-figure]')].map(figure => {
    const boxes = drawn(figure)
      .map(element => element.getBoundingClientRect())
      .map(box => ({x: box.x + window.scrollX, y: box.y + window.scrollY, width: box.width, height: box.height}))
      .sort((a, b) => b.width * b.height - a.width * a.height);
    return {name: figure.dataset.figure, chart: figure.classList.contains('analytics-chart'), box: boxes[0] || null};
  });
}"""
_COLOURS: Final = """async picture => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const bytes = context.getImageData(0, 0, image.width, image.height).data;
  const words = new Uint32Array(bytes.buffer);
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) || 0) + 1);
  return {pixels: words.length, commonest: Math.max(...counts.values())};
}"""


def prove_figures(page: Any, expected: Sequence[str]) -> None:
    """Check that every expected figure of an open page was painted.

    Parameters
    ----------
    page
        The browser page, at its final width.
    expected
        One name per figure, in the order of the page, as its :data:`FIGURE` attribute says.

    Raises
    ------
    ExportError
        A figure is missing, has no size, or is one flat colour; the message names it.
    """
    _wait_until_settled(page)
    seen = page.evaluate(_LOOK)
    names = [figure["name"] for figure in seen]
    missing = [name for name in expected if name not in names]
    if missing or len(seen) < len(expected):
        raise _unpainted(missing[0] if missing else "a figure", "is not on the page")
    for figure in seen:
        _prove_size(figure)
        _prove_colours(page, figure)


def _wait_until_settled(page: Any) -> None:
    from playwright.sync_api import TimeoutError as SettleTimeoutError

    try:
        page.wait_for_function(_SETTLED, timeout=SETTLE_SECONDS * 1000)
    except SettleTimeoutError:
        return  # the proof below says which figure it is


def _prove_size(figure: Mapping[str, Any]) -> None:
    least_width, least_height = (100, 60) if figure["chart"] else (8, 8)
    box = figure["box"]
    if box is None:
        raise _unpainted(figure["name"], "was not drawn")
    if box["width"] < least_width or box["height"] < least_height:
        raise _unpainted(figure["name"], f"is only {box['width']:.0f} × {box['height']:.0f} pixels")


def _prove_colours(page: Any, figure: Mapping[str, Any]) -> None:
    picture = page.screenshot(clip=figure["box"], full_page=True, type="png")
    told = page.evaluate(_COLOURS, base64.b64encode(picture).decode())
    if told["commonest"] >= told["pixels"] * 0.9995:
        raise _unpainted(figure["name"], "is blank")


def _unpainted(name: str, what: str) -> ExportError:
    return ExportError(f"{name} {what}; no file was written", "Run that cell again and look at its chart.")
