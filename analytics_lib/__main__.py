"""``python -m analytics_lib`` and the console script ``analytics``."""

from __future__ import annotations

from analytics_lib.cli.application import main

if __name__ == "__main__":
    main()
