from __future__ import annotations

import pytest

from tests.widgets.shop import make_workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory):
    """The shipped shop log and a corner store of five people, opened."""
    return make_workspace(tmp_path_factory.mktemp("workspace"))
