"""No pattern costs more than in proportion to a text's length, whatever strangers write."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import assistant

#: Only matched from the beginning of a text, which is linear.
ANCHORED = {"AWAY", "NO_REPLY", "STAFF", "ID"}
#: Only searched in the 64 characters before a full stop.
SHORT = {"_LAST_WORD"}
#: What hostile texts are rows of.
UNITS = (
    "a",
    "1",
    " ",
    "\n",
    "ア",
    "一",
    "あ",
    "a ",
    "a-",
    "1.",
    "1-",
    "<",
    "[",
    "`",
    "*",
    "_",
    "|",
    "a@",
    "、",
    "\u3000",
)
#: Longer texts are cut before they get anywhere near a pattern, or processed in a process of their own.
LENGTH = 1_000
#: Four times the length may take this many times as long (16 where it is quadratic), or these seconds.
MAX_RATIO = 9
NEGLIGIBLE_SECONDS = 0.01


def list_patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for info in pkgutil.walk_packages(assistant.__path__, "assistant."):
        if "migrations" in info.name or "__main__" in info.name or "langchain" in info.name:
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{info.name}.{name}", value


def measure_search(pattern: re.Pattern[str], text: str) -> float:
    """Processor seconds, so that a busy machine does not count."""
    began = time.thread_time()
    for _ in pattern.finditer(text):
        pass
    return time.thread_time() - began


def find_slow_units(pattern: re.Pattern[str]) -> list[str]:
    slow = []
    for unit in UNITS:
        text = unit * (LENGTH // len(unit))
        longer = measure_search(pattern, text * 4)
        if longer > NEGLIGIBLE_SECONDS and longer > MAX_RATIO * measure_search(pattern, text):
            slow.append(unit)
    return slow


def test_a_pattern_that_is_quadratic_is_found() -> None:
    assert find_slow_units(re.compile(r"\s*x|[ア-ン]+カ")) != []


def test_patterns_take_time_in_proportion_to_the_text() -> None:
    checked = {
        name: pattern for name, pattern in list_patterns() if name.rpartition(".")[2] not in ANCHORED | SHORT
    }
    assert len(checked) > 200
    assert {name: slow for name, one in checked.items() if (slow := find_slow_units(one))} == {}
