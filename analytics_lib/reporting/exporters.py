"""Our formats of ``jupyter nbconvert --to …`` and of JupyterLab's export menu: one HTML file, and PDF.

The code of a notebook is hidden unless ``--AnalyticsHTMLExporter.exclude_input=False``; the tags
``remove-cell``, ``remove-input``, ``hide-input`` and ``remove-output`` work here as in dashboards; code
tagged ``optional`` that shows nothing takes the text about it along.
"""

from __future__ import annotations

import copy
from typing import Any

from nbconvert.exporters.html import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
from traitlets import Unicode, default
from traitlets.config import Config

from analytics_lib.charts.bokehjs import bokehjs
from analytics_lib.config.content import content_folder
from analytics_lib.errors import ExportError
from analytics_lib.reporting import pages
from analytics_lib.reporting.copies import MARK
from analytics_lib.reporting.markup import FinishedPage, finish_page
from analytics_lib.reporting.printing import PageLines, print_pdf

TEMPLATE = "_theme"
"""Folder of the template, in the shipped reports."""


class AnalyticsHTMLExporter(HTMLExporter):
    """One HTML file that shows a notebook as a report and asks for nothing from outside."""

    export_from_notebook = "Analytics report (HTML)"
    browser = Unicode("", help="Program that prints PDF; empty = the one that is found.").tag(config=True)

    @property
    def default_config(self) -> Config:
        """Hide code and run-time cells, embed pictures."""
        ours = Config()
        ours.TemplateExporter.exclude_input = True
        ours.TemplateExporter.exclude_input_prompt = True
        ours.TemplateExporter.exclude_output_prompt = True
        ours.HTMLExporter.embed_images = True
        ours.HTMLExporter.exclude_anchor_links = True
        ours.TagRemovePreprocessor.enabled = True
        ours.TagRemovePreprocessor.remove_cell_tags = {"remove-cell", "parameters", "injected-parameters", MARK}
        ours.TagRemovePreprocessor.remove_input_tags = {"remove-input", "hide-input"}
        ours.TagRemovePreprocessor.remove_all_outputs_tags = {"remove-output"}
        merged = super().default_config.copy()
        merged.merge(ours)
        return merged

    def _init_preprocessors(self) -> None:
        """Keep what ``--execute`` asks for apart: what a notebook shows is needed before its cells are hidden."""
        super()._init_preprocessors()  # type: ignore[no-untyped-call]
        self._runners = [one for one in self._preprocessors if isinstance(one, ExecutePreprocessor)]
        self._preprocessors = [one for one in self._preprocessors if one not in self._runners]

    @default("template_name")
    def _template_name_default(self) -> str:
        return TEMPLATE

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(content_folder("reports"))]

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Turn a notebook into the page.

        Raises
        ------
        ExportError
            An output has no static form, or would be fetched from outside.
        """
        page, _, resources = self._page(nb, resources, **options)
        return page.html, resources

    def _page(
        self, nb: Any, resources: dict[str, Any] | None, **options: Any
    ) -> tuple[FinishedPage, pages.PageWords, dict[str, Any]]:
        shown = copy.deepcopy(nb)
        for runner in self._runners:
            shown, resources = runner(shown, resources or {})
        words = pages.words_of(shown)
        pages.leave_out_unanswered(shown)
        pages.keep_still_forms(shown)
        resources = {**(resources or {}), "words": words}
        html, resources = super().from_notebook_node(shown, resources, **options)
        finished = finish_page(html, script=bokehjs(), paper=self.output_mimetype == "application/pdf")
        expected = pages.figures_in_outputs(shown)
        if len(finished.figures) < expected:
            fact = f"the notebook shows {expected} figures, the page only {len(finished.figures)}"
            raise ExportError(fact, "Look at the template for what it leaves out.")
        return finished, words, resources


class AnalyticsPDFExporter(AnalyticsHTMLExporter):
    """The same page on A4: page numbers, contents, bookmarks; every figure is proven to be painted."""

    export_from_notebook = "Analytics report (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    @default("template_extension")
    def _template_extension_default(self) -> str:
        return ".html.j2"

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Turn a notebook into the content of a PDF file.

        Raises
        ------
        BrowserError
            There is no browser that can print.
        ExportError
            A figure was not painted, or something would be fetched from outside.
        """
        page, words, resources = self._page(nb, resources, **options)
        lines = PageLines(words.kicker or words.title, words.label, words.source)
        content = print_pdf(page.html, figures=page.figures, lines=lines, browser=self.browser)
        resources["output_extension"] = ".pdf"
        return content, resources
