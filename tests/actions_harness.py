"""The engine with the sample shop behind it: signed calls through the real client, faults on request."""

import re
from dataclasses import replace
from pathlib import Path

from assistant.cli.demo_shop.orders import NewOrder
from assistant.conversation.actions.aside import CustomerActions
from assistant.conversation.actions.consent_reader import ConsentReader
from assistant.conversation.actions.dialogue import ActionDialogue
from assistant.conversation.actions.execution import ActionExecutor
from assistant.conversation.actions.identity import IdentityCheck
from assistant.domain.actions import ToolMatch
from assistant.signals.facts import WordFactPicker
from assistant.tools.catalogue import load_tools
from evals.fakes.faulty_shop import FaultyShop
from tests.harness import Harness

TOOLS = load_tools(Path(__file__).parents[1] / "tools")
POSTCODE = "150-0001"
PHONE = "09012345678"


class WordMatcher:
    """Stands for the embedding model: a request is known by one word."""

    wanted = {
        "order_status": r"どこですか|Where is my order|状況",
        "cancel_order": r"キャンセルしたい|cancel my order",
        "change_address": r"届け先を変更したい|change the delivery address",
        "request_return": r"返品したい|return my order|send back a jumper|送り返したい",
    }

    async def find_tool(self, text: str) -> ToolMatch | None:
        if " or " in text:
            return ToolMatch(tool="cancel_order", score=0.9, is_sure=False, others=("change_address",))
        for tool, pattern in self.wanted.items():
            if re.search(pattern, text, re.IGNORECASE):
                return ToolMatch(tool=tool, score=1.0, is_sure=True)
        if "返品の期限" in text:
            return ToolMatch(tool="request_return", score=0.4, is_sure=False)
        return None

    async def warm_up(self) -> None:
        """Nothing is loaded."""


async def score_nothing(_text: str) -> float:
    """By rules alone."""
    return 0.0


def open_shop(rig: Harness) -> "ShopSide":
    """From now on the assistant of *rig* can do things at the shop."""
    side = ShopSide(rig.clock)
    dialogue = ActionDialogue(
        database=rig.database,
        backend=side.backend,
        tools=TOOLS,
        matcher=WordMatcher(),
        consent=ConsentReader(TOOLS, score_nothing),
        identity=IdentityCheck(database=rig.database, backend=side.backend, clock=rig.clock),
        clock=rig.clock,
    )
    rig.mind = replace(rig.mind, actions=CustomerActions(dialogue=dialogue))
    rig.assistant = replace(rig.assistant, mind=rig.mind)
    rig.executor = ActionExecutor(
        database=rig.database,
        backend=side.backend,
        tools=TOOLS,
        policy=rig.policy,
        pick_facts=WordFactPicker(),
        wire=rig.wire,
        clock=rig.clock,
    )
    return side


class ShopSide(FaultyShop):
    """The shop of a test."""

    def add(self, order: str, status: str, customer: str = "suzuki") -> None:
        self.orders.add_order(
            NewOrder(
                id=order,
                customer=customer,
                status=status,
                items=("フライパン", "木のスプーン"),
                items_en=("Frying pan", "Wooden spoon"),
                total=6_800,
                postcode=POSTCODE,
                phone=PHONE,
                address="東京都渋谷区神南1-2-3",
            )
        )

    def status(self, order: str) -> tuple[str, int]:
        """How it stands, and how often it was changed."""
        found = self.orders.find_order(order)
        assert found is not None
        return found["status"], found["changes"]
