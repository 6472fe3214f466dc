"""The console names the events of notices in words."""

from pathlib import Path

import yaml

from assistant.domain.customer_data import ORDER_EVENTS

ROOT = Path(__file__).parents[2]


def test_every_event_of_a_rule_has_a_name_in_both_languages() -> None:
    rules = yaml.safe_load((ROOT / "assistant/app/proactive_rules.yaml").read_text("utf-8"))
    events = {event for rule in rules for event in rule["events"]} | set(ORDER_EVENTS)
    words = (ROOT / "web/console/text/proactive.ts").read_text("utf-8")
    assert {event for event in events if words.count(f'"{event}": "') != 2} == set()
