from __future__ import annotations

import asyncio

from analytics_lib.widgets.debounce import Debounced


def test_many_calls_in_a_row_run_once():
    calls = []

    async def reader():
        touched = Debounced(lambda: calls.append(1), seconds=0.02)
        for _ in range(5):
            touched()
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.08)
        touched()
        await asyncio.sleep(0.08)

    asyncio.run(reader())

    assert len(calls) == 2


def test_without_an_event_loop_it_runs_at_once():
    calls = []

    Debounced(lambda: calls.append(1))()

    assert calls == [1]
