"""A process of its own that rehearses changed settings: it competes with nobody, and ends with its parent.

It gets one pickle on its input, and writes JSON lines: progress, then the result or the problem.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from assistant.domain.errors import AssistantError
from assistant.ipc.parent_death import terminate_with_parent

if TYPE_CHECKING:
    from assistant.app.settings import Settings

#: Added to that of the worker process: whatever else runs has priority.
NICENESS = 5


def main() -> None:
    terminate_with_parent()
    os.nice(NICENESS)
    out, sys.stdout = sys.stdout, sys.stderr
    # Only our parent writes there.
    settings, changes, most = pickle.loads(sys.stdin.buffer.read())

    def report_progress(done: int, total: int) -> None:
        _write_line(out, {"done": done, "total": total})

    try:
        _write_line(out, {"result": asyncio.run(compare_settings(settings, changes, most, report_progress))})
    except AssistantError as exc:
        _write_line(out, {"problem": str(exc)})


async def compare_settings(
    settings: Settings, changes: Mapping[str, Any], most: int, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """The same customers with the settings in force, and with *changes*."""
    from assistant.app import rehearsal
    from assistant.app.knowledge_base import open_knowledge
    from assistant.rehearsal.report import build_comparison

    progress(0, 2 * most)
    knowledge = await open_knowledge(settings, beside_serve=True)
    results: list[dict[str, Any]] = []

    def report_progress(done: int, total: int) -> None:
        progress(len(results) * total + done, 2 * total)

    try:
        for tried in ({}, changes):
            policy = await rehearsal.load_policy_in_force(settings, knowledge, tried)
            options = rehearsal.RehearsalOptions(
                policy=policy, most=most, tools=rehearsal.load_simulated_tools(settings)
            )
            results.append(await rehearsal.rehearse(settings, knowledge, options, report_progress))
    finally:
        await knowledge.close()
    return build_comparison(*results)


def _write_line(out: TextIO, value: Mapping[str, Any]) -> None:
    out.write(json.dumps(value, ensure_ascii=True) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
