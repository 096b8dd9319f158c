"""The BokehJS that fits the installed Bokeh, for pages that must need nothing from outside."""

from __future__ import annotations

from pathlib import Path


def bokehjs() -> str:
    """Give the JavaScript that draws our charts, as one text to put between script tags.

    It comes from the installed package, so it is exactly the version that made the figures: another
    one draws nothing. It must be put into a page once; a second copy forgets what the first has drawn.

    Examples
    --------
    >>> "Bokeh" in bokehjs()
    True
    """
    from bokeh.resources import Resources

    parts = Resources(mode="inline", components=["bokeh"], minified=True, log_level="error").js_raw
    return "\n".join(parts)


def bokehjs_file() -> Path:
    """Give the same script as a file of the installed package, for a server to send.

    Examples
    --------
    >>> bokehjs_file().name
    'bokeh.min.js'
    """
    import bokeh

    return Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
