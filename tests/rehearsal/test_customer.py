"""Simulated customers follow their agenda and react to decisions and buttons, not to wording."""

from random import Random

from assistant.domain.actions import Asking
from assistant.domain.messages import Button
from assistant.domain.signals import Decision
from assistant.rehearsal.customer import OrderInHand, SeenReply
from assistant.rehearsal.goals import CustomerGoal, GoalKind
from assistant.rehearsal.personas import Disturbance, add_typo, shorten_to_keywords, split_message
from tests.rehearsal.rehearsed import FACT_GOAL, PERSON_GOAL, RETURNS, UNANSWERABLE_GOAL, build_customer

MISSED = SeenReply(text="送料は600円です。", decision=Decision.ANSWER)
TOLD = SeenReply(text=RETURNS.text, decision=Decision.ANSWER)
HANDED_OVER = SeenReply(text="おつなぎします。", decision=Decision.HANDOFF, is_handed_over=True)
PERSON_BUTTON = Button(label="担当者と話す", value="担当者と話す")


def test_they_say_more_until_the_fact_is_told() -> None:
    customer = build_customer(persona="novice")
    assert FACT_GOAL.tellings[0] in customer.open_conversation()[0]
    assert FACT_GOAL.tellings[1] in customer.answer_reply(MISSED)[0]
    customer.answer_reply(TOLD)
    assert (customer.told_turn, customer.asked_turn) == (2, None)


def test_they_press_the_button_of_the_article_that_they_look_for() -> None:
    customer = build_customer(persona="novice")
    customer.open_conversation()
    near = SeenReply(
        text="", decision=Decision.ABSTAIN, buttons=(Button(label=RETURNS.title, value=RETURNS.title),)
    )
    assert customer.answer_reply(near) == [RETURNS.title]


def test_patience_ends_with_a_person_or_with_leaving() -> None:
    customer = build_customer(persona="hurried")
    said = [customer.open_conversation()]
    while said[-1]:
        said.append(customer.answer_reply(MISSED))
    assert customer.turns <= 2 + 4
    stubborn = build_customer(persona="no_person")
    said = [stubborn.open_conversation()]
    while said[-1]:
        said.append(stubborn.answer_reply(MISSED))
    assert stubborn.asked_turn is None


def test_whoever_wants_a_person_presses_the_button_and_stops_when_there() -> None:
    customer = build_customer(PERSON_GOAL)
    assert customer.open_conversation() == list(PERSON_GOAL.tellings)
    offered = SeenReply(text="おつなぎしましょうか", decision=Decision.OFFER, buttons=(PERSON_BUTTON,))
    assert customer.answer_reply(offered) == ["担当者と話す"]
    assert customer.answer_reply(HANDED_OVER) == []
    assert (customer.asked_turn, customer.reached_turn) == (0, 2)


def test_a_changed_goal_counts_from_where_it_was_told_of() -> None:
    customer = build_customer(disturbance=Disturbance.CHANGED_GOAL, detour=UNANSWERABLE_GOAL)
    assert UNANSWERABLE_GOAL.tellings[0] in customer.open_conversation()[0]
    assert FACT_GOAL.tellings[1] in customer.answer_reply(MISSED)[0]
    assert customer.detour_turns == 1


def test_an_order_is_told_of_as_it_is_asked_for() -> None:
    goal = CustomerGoal(key="o", kind=GoalKind.ORDER_STATUS, language="ja", tellings=("荷物どこ",))
    customer = build_customer(goal, order=OrderInHand(number="KM-123456", postcode="150-0001"))
    customer.open_conversation()
    asked = SeenReply(text="番号は？", decision=Decision.ANSWER, asks_for="order_number")
    assert "KM-123456" in customer.answer_reply(asked)[0]
    proof = SeenReply(text="KM-123456の確認", decision=Decision.ANSWER, asks_for=Asking.PROOF)
    assert "150-0001" in customer.answer_reply(proof)[0]
    assert customer.told_turn is None
    customer.answer_reply(SeenReply(text="KM-123456は発送済みです。", decision=Decision.ANSWER))
    assert customer.told_turn == 3


def test_disturbances_and_keywords() -> None:
    rng = Random(1)
    assert sorted(add_typo(rng, "return deadline")) == sorted("return deadline") != list("return deadline")
    assert len(add_typo(rng, "いつまで")) == 5
    assert split_message("急いでいます。返品は？") == ["急いでいます。", "返品は？"]
    assert shorten_to_keywords("ja", "返品の期限を教えてください。") == "返品の期限"
    assert shorten_to_keywords("en", "Could you tell me about delivery fees?") == "delivery fees"
    customer = build_customer(UNANSWERABLE_GOAL, disturbance=Disturbance.INTERRUPTION)
    assert len(customer.open_conversation()) == 2
