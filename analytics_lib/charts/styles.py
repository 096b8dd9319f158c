"""The few rules of style that a chart and a number table carry with them, wherever they are shown.

Pages that have a look of their own (dashboards, reports) set the ``--analytics-…`` variables;
JupyterLab's variables are used where those are missing, and plain colours where neither is there.
"""

from __future__ import annotations

from typing import Final

from analytics_lib.charts.theme import GRID, LIGHT_INK

_INK = f"var(--analytics-ink, var(--jp-ui-font-color1, {LIGHT_INK}))"
_MUTED = f"var(--analytics-muted, var(--jp-ui-font-color2, {LIGHT_INK}))"
_LINE = f"var(--analytics-line, var(--jp-border-color2, {GRID}))"

_FADES = """
@property --fade-left { syntax: "<length>"; inherits: false; initial-value: 0px; }
@property --fade-right { syntax: "<length>"; inherits: false; initial-value: 0px; }
@property --fade-below { syntax: "<length>"; inherits: false; initial-value: 0px; }
@keyframes fade-sides { 0%, 92% { --fade-right: 40px; } 8%, 100% { --fade-left: 40px; } }
@keyframes fade-below { 0%, 92% { --fade-below: 28px; } }
@media screen { @supports (animation-timeline: scroll()) {
  .analytics-scroll, figure.analytics-chart {
    mask: linear-gradient(#000 calc(100% - var(--fade-below)), transparent) intersect,
      linear-gradient(90deg, transparent, #000 var(--fade-left), #000 calc(100% - var(--fade-right)), transparent);
    animation: fade-sides linear both, fade-below linear both;
    animation-timeline: scroll(self inline), scroll(self block);
  }
} }
"""
"""What is wider or higher than its place fades where more of it can be scrolled to; paper shows all."""

RULES: Final = f"""
.analytics-chart, .analytics-result {{
  --bk-major-label-text-color: {_MUTED};
  --bk-axis-label-text-color: {_MUTED};
  --bk-text-color: {_MUTED};
  --bk-grid-line-color: {_LINE};
  color: {_INK};
}}
.analytics-chart {{ margin: 0 0 1rem; }}
.analytics-title {{ font-size: 0.95rem; font-weight: 600; line-height: 1.35; margin: 0 0 0.25rem; }}
ul.analytics-legend.analytics-legend {{
  display: flex; flex-wrap: wrap; gap: 0.15rem 1rem; list-style: none; margin: 0 0 0.25rem; padding: 0;
  font-size: 0.8rem; color: {_MUTED};
}}
.analytics-legend li {{ margin: 0; }}
.analytics-swatch {{ display: inline-block; width: 1.1em; margin-right: 0.4em; vertical-align: middle; }}
.analytics-table {{
  border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; margin: 0.5rem 0; border: 0;
}}
.analytics-table th, .analytics-table td {{
  padding: 0.3rem 0.75rem; text-align: right; border: 0; border-bottom: 1px solid {_LINE}; white-space: nowrap;
  background: none; color: inherit;
}}
.analytics-table th {{ font-weight: 600; color: {_MUTED}; }}
.analytics-table .words {{ text-align: left; }}
.analytics-table th:first-child, .analytics-table td:first-child {{ text-align: left; padding-left: 0; }}
.analytics-definition, .analytics-notes, .analytics-provenance, .analytics-more {{
  font-size: 0.8rem; color: {_MUTED}; margin: 0.35rem 0; max-width: 75ch; line-height: 1.45;
}}
.analytics-scroll {{ overflow-x: auto; }}
.analytics-scroll:focus-visible {{ outline-offset: -2px; }}
{_FADES}.analytics-hidden {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
"""
"""The style sheet as text; pages include it once in their head."""

STYLE: Final = "<style>" + " ".join(RULES.split()) + "</style>"
"""The style sheet as an element, small enough to travel with each chart."""
