"""Segments move people up in the queue and choose who is told; nothing else reads them."""

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.segments import list_segments, update_scores
from assistant.domain.customer_data import build_facts, build_order_facts
from assistant.domain.segments import SegmentRule
from tests.conversation.test_customer_facts import open_signed
from tests.harness import MONDAY_NOON, Harness

ROOT = Path(__file__).parents[2] / "assistant"
LOYAL = SegmentRule(name="loyal", owner="mori", when={"frequency": (5, 5)}, priority="high")
WAYS_TO_SEGMENTS = {
    "segments",
    "purchase_scores",
    "assistant.domain.segments",
    "assistant.conversation.segments",
}
#: Modules that may know of segments; none of them answers, decides or permits anything.
READERS = {
    "app/proactive_file.py",
    "api/consents.py",
    "conversation/handoff/handover.py",
    "conversation/proactive_sending.py",
    "conversation/segments.py",
    "domain/policy.py",
    "domain/proactive.py",
    "jobs/proactive_sender.py",
    "ports/storage/proactive.py",
    "storage/personal_data.py",
    "storage/purchase_scores.py",
    "storage/store.py",
}


async def take_orders(rig: Harness) -> None:
    """Thirty buyers, of whom sato bought most."""
    facts = []
    for number in range(30):
        who = "sato" if number == 29 else f"u{number}"
        orders = [
            {"id": f"{who}-{at}", "status": "delivered", "placed_at": "2026-11-01", "total": 1000}
            for at in range(number + 1)
        ]
        facts += build_facts(("web", who), build_order_facts(orders), "push", MONDAY_NOON, MONDAY_NOON)
    await rig.database.write(lambda store: store.customer_facts.save_facts(facts))
    assert await rig.database.write(lambda store: update_scores(store, rig.clock())) == 30


async def test_a_segment_moves_its_people_up_and_names_why(rig: Harness) -> None:
    rig.policy = replace(rig.policy, segments=(LOYAL,))
    await take_orders(rig)
    talk, stranger = await open_signed(rig), (await rig.open()).conversation.id
    await rig.press_person_button(talk)
    await rig.press_person_button(stranger)
    assert [str((await rig.state(one)).priority) for one in (talk, stranger)] == ["high", "normal"]
    customer = (await rig.state(talk)).customer
    (found,) = await rig.database.read(
        lambda store: list_segments(store, store.customers.get(customer), rig.policy)
    )
    assert (found.rule.name, found.reasons, found.taken_at) == ("loyal", ("frequency 5",), rig.clock())


async def test_who_only_names_an_address_is_in_no_segment(rig: Harness) -> None:
    rig.policy = replace(rig.policy, segments=(LOYAL,))
    await take_orders(rig)
    talk = (await rig.open(Visitor(locale="ja", id="sato", signature="forged"))).conversation.id
    await rig.press_person_button(talk)
    assert str((await rig.state(talk)).priority) == "normal"


async def test_the_same_answer_with_and_without_a_segment(rig: Harness) -> None:
    await take_orders(rig)
    plain = await rig.ask(await open_signed(rig), "返品の期限は？")
    rig.clock.pass_(timedelta(days=1).total_seconds())
    rig.policy = replace(rig.policy, segments=(LOYAL,))
    assert (await rig.ask(await open_signed(rig), "返品の期限は？")).text == plain.text


def test_nothing_that_answers_or_permits_reads_segments() -> None:
    found = set()
    for path in ROOT.rglob("*.py"):
        names = {
            node.attr if isinstance(node, ast.Attribute) else str(getattr(node, "module", ""))
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute | ast.ImportFrom)
        }
        if names & WAYS_TO_SEGMENTS:
            found.add(path.relative_to(ROOT).as_posix())
    assert found == READERS
