"""What `python -m evals fuzz` begins with, and what it once found: no parser breaks on any of it."""

import contextlib

import pytest

from assistant.domain.errors import AssistantError
from assistant.knowledge.loaders import Unreadable
from evals.faults.fuzz import SEEDS, TARGETS, build_target


@pytest.mark.parametrize("name", TARGETS)
async def test_a_parser_takes_or_refuses_what_it_is_given(name: str) -> None:
    seeds = sorted((SEEDS / name.strip(".")).iterdir())
    assert seeds
    parse = build_target(name)
    for seed in seeds:
        whole = seed.read_bytes()
        for data in (whole, whole[: len(whole) // 2], whole.replace(b'"', b"\xff"), b""):
            with contextlib.suppress(AssistantError, Unreadable):
                parse(data)
