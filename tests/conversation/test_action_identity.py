"""Proofs of identity have limits, and end."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.conversation.actions.aside import CustomerActions
from assistant.conversation.actions.dialogue import ActionDialogue
from assistant.conversation.actions.identity import (
    MAX_CODE_AGE,
    MAX_CODES,
    MAX_GRANT_AGE,
    MAX_TRIES,
    MAX_TRIES_PER_ORIGIN,
)
from assistant.conversation.templates import render_template as words
from assistant.domain.actions import MAX_FLOW_AGE, Asking, IdentityLevel
from assistant.ports.storage.store import Store
from tests.actions_harness import TOOLS, ShopSide, open_shop
from tests.harness import JAPANESE, Harness

ORDER = "KM-482133"
QUESTION = f"{ORDER}はどこですか"
OVER = words("action_proof_over", "ja")


@pytest.fixture
def shop(rig: Harness) -> ShopSide:
    side = open_shop(rig)
    side.add(ORDER, "accepted")
    return side


async def start(rig: Harness) -> str:
    return (await rig.open()).conversation.id


async def ask_for_code(rig: Harness, talk: str) -> str:
    await rig.ask(talk, f"{ORDER} のお届け先を変更したい")
    return (await rig.ask(talk, "150-0001")).text


def find_code(shop: ShopSide) -> str:
    return shop.orders.find_last_mail() or ""


def find_dialogue(rig: Harness) -> ActionDialogue:
    assert isinstance(rig.mind.actions, CustomerActions)
    return rig.mind.actions.dialogue


async def test_no_tool_tells_an_orders_data_without_proof(rig: Harness, shop: ShopSide) -> None:
    open_tool = replace(TOOLS["order_status"], min_identity=IdentityLevel.CLAIMED)
    changed = replace(find_dialogue(rig), tools={**TOOLS, "order_status": open_tool})
    rig.mind = replace(rig.mind, actions=CustomerActions(dialogue=changed))
    rig.assistant = replace(rig.assistant, mind=rig.mind)
    assert (await rig.ask(await start(rig), QUESTION)).text == words("action_ask_proof", "ja")


async def test_guessing_a_code_ends_even_with_the_right_one(rig: Harness, shop: ShopSide) -> None:
    talk = await start(rig)
    await ask_for_code(rig, talk)
    check = find_dialogue(rig).identity
    # By itself: who sends one wrong code after the other is offered a person before.
    turn: Any = SimpleNamespace(conversation=await rig.state(talk))
    tried = [await check.redeem_code(turn, ORDER, "no code") for _ in range(MAX_TRIES)]
    assert tried == [False] * MAX_TRIES
    assert await check.redeem_code(turn, ORDER, find_code(shop)) is None
    flow = await rig.database.read(lambda store: store.actions.load_flow(talk, rig.clock() - MAX_FLOW_AGE))
    assert flow is not None
    assert flow.asking == Asking.CODE
    assert (await rig.ask(talk, find_code(shop))).text == OVER


async def test_an_owner_is_sent_only_so_many_codes(rig: Harness, shop: ShopSide) -> None:
    said = [await ask_for_code(rig, await start(rig)) for _ in range(MAX_CODES + 1)]
    assert said == [words("action_ask_code", "ja")] * MAX_CODES + [words("action_code_unsent", "ja")]
    assert shop.transport.calls.count("/identity/code") == MAX_CODES


async def test_one_address_of_the_web_gets_only_so_many_tries(rig: Harness, shop: ShopSide) -> None:
    async def ask_from(origin: str, text: str) -> str:
        talk = await rig.open(replace(JAPANESE, origin=origin))
        return (await rig.ask(talk.conversation.id, text)).text

    for number in range(MAX_TRIES_PER_ORIGIN):
        guess = f"KM-{number:06d}はどこですか。郵便番号は999-9999"
        assert await ask_from("198.51.100.7", guess) == words("action_proof_wrong", "ja")
    right = f"{QUESTION}。郵便番号は150-0001"
    assert await ask_from("198.51.100.7", right) == OVER
    assert await ask_from("203.0.113.9", right) != OVER


@pytest.mark.parametrize(("seconds", "holds"), [(-1, True), (0, False)])
async def test_a_code_holds_for_a_while(rig: Harness, shop: ShopSide, seconds: float, holds: bool) -> None:
    talk, now = await start(rig), rig.clock()
    until = now + MAX_CODE_AGE + timedelta(seconds=seconds)
    await rig.database.write(
        lambda store: store.identity_proofs.save_code(talk, ORDER, "hash", now + MAX_CODE_AGE)
    )
    assert holds is await rig.database.write(
        lambda store: store.identity_proofs.redeem_code(talk, ORDER, "hash", until)
    )


async def test_an_old_code_is_wrong(rig: Harness, shop: ShopSide) -> None:
    talk = await start(rig)
    await ask_for_code(rig, talk)
    rig.clock.pass_(MAX_CODE_AGE.total_seconds() + 1)
    assert (await rig.ask(talk, find_code(shop))).text == words("action_code_wrong", "ja")


async def test_a_proof_holds_for_a_while(rig: Harness, shop: ShopSide) -> None:
    talk = await start(rig)
    await rig.ask(talk, f"{QUESTION}。郵便番号は150-0001")
    rig.clock.pass_(MAX_GRANT_AGE.total_seconds() - 60)
    assert ORDER in (await rig.ask(talk, QUESTION)).text, "known"
    rig.clock.pass_(61)
    assert (await rig.ask(talk, QUESTION)).text == words("action_ask_proof", "ja")


async def test_a_code_is_redeemed_once(rig: Harness, shop: ShopSide) -> None:
    talk, later = await start(rig), rig.clock() + MAX_CODE_AGE

    async def redeem() -> bool:
        return await rig.database.write(
            lambda store: store.identity_proofs.redeem_code(talk, ORDER, "hash", rig.clock())
        )

    await rig.database.write(lambda store: store.identity_proofs.save_code(talk, ORDER, "hash", later))
    assert [await redeem(), await redeem()] == [True, False]


async def test_of_two_at_once_one_redeems_a_code(rig: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    talk, now = await start(rig), rig.clock()

    def redeem(store: Store) -> bool:
        return store.identity_proofs.redeem_code(talk, ORDER, "hash", now)

    def step(store: Store) -> list[bool]:
        store.identity_proofs.save_code(talk, ORDER, "hash", now + MAX_CODE_AGE)
        first: list[bool] = []

        def compare(_code: str, _sent: str) -> bool:
            monkeypatch.undo()
            first.append(redeem(store))  # between the other's look and its deletion
            return True

        monkeypatch.setattr("assistant.storage.actions.hmac.compare_digest", compare)
        return [redeem(store), *first]

    assert await rig.database.write(step) == [False, True]
