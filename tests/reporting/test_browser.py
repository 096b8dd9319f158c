"""The browser is found where people have one, and what is missing is said."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from analytics_lib.errors import BrowserError
from analytics_lib.reporting import browser
from analytics_lib.reporting.browser import find_browser, in_own_thread, open_page


def program(path: Path, text: str = "#!/bin/sh\nexit 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any browser."""
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setattr(browser, "_APPLICATIONS", ())
    return tmp_path


def test_without_a_browser_the_message_says_what_to_install(bare: Path) -> None:
    with pytest.raises(BrowserError, match=r"apt install chromium.*playwright install chromium.*BROWSER"):
        find_browser()


def test_the_named_one_comes_first_then_the_path_then_playwrights(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = program(bare / "playwright" / "chromium-1200" / "chrome-linux64" / "chrome")
    assert find_browser() == own

    edge = program(bare / "bin" / "microsoft-edge")
    assert find_browser() == edge

    named = program(bare / "opt" / "Chromium Dev")
    monkeypatch.setenv("BROWSER", str(named))
    assert find_browser() == named


def test_another_program_in_the_variable_is_passed_over(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", str(program(bare / "helpers" / "browser.sh")))
    chromium = program(bare / "bin" / "chromium")

    assert find_browser() == chromium


def test_a_browser_that_does_not_start_is_named(tmp_path: Path) -> None:
    broken = program(tmp_path / "chromium")

    def task() -> None:
        with open_page(broken, width=100, height=100):
            pytest.fail("opened")

    with pytest.raises(BrowserError, match="chromium does not start"):
        in_own_thread(task)


def test_a_task_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "DEADLINE_SECONDS", 0.05)

    with pytest.raises(BrowserError, match=r"did not answer in 0.05 s"):
        in_own_thread(lambda: time.sleep(0.2))


def test_the_sandbox_is_left_out_only_for_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "arguments"
    spy = program(tmp_path / "chromium", f'#!/bin/sh\necho "$@" > {asked}\nexit 1\n')

    def arguments_for(user: int) -> str:
        monkeypatch.setattr(os, "geteuid", lambda: user)
        with pytest.raises(BrowserError):
            in_own_thread(lambda: open_page(spy, width=100, height=100).__enter__())
        return asked.read_text()

    assert "--no-sandbox" in arguments_for(0)
    assert "--no-sandbox" not in arguments_for(1000)
