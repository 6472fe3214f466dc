"""A configured model may vote on unsure turns; nothing depends on it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.conversation.turn.model_budget import build_budget_factory
from assistant.domain.budgets import Budget, Budgets, ModelBudget
from assistant.domain.conversation import State
from assistant.domain.signals import ModelOpinion
from assistant.domain.turns import Utterance
from assistant.ports.answering import AnswerRequest, Draft, Progress
from tests.harness import FixedScoreRetriever, Harness

VAGUE = "担当者は？"


class FakeTurnClassifier:
    def __init__(self, ballot: ModelOpinion | None) -> None:
        self.ballot, self.asked = ballot, 0

    async def __call__(
        self, text: str, lines: Sequence[Utterance], allowance: ModelBudget | None
    ) -> ModelOpinion | None:
        self.asked += 1
        return self.ballot


async def state_after(rig: Harness, voter: FakeTurnClassifier, text: str) -> State:
    rig.assistant = replace(rig.assistant, mind=replace(rig.mind, classify_turn=voter))
    opened = await rig.open()
    await rig.ask(opened.conversation.id, text)
    return (await rig.state(opened.conversation.id)).state


@pytest.mark.parametrize(
    ("ballot", "state"),
    [
        (ModelOpinion(wants_human=True, frustration=0.0), State.QUEUED),
        (ModelOpinion(wants_human=False, frustration=0.0), State.ASSISTANT),
        (None, State.ASSISTANT),
    ],
)
async def test_a_vague_wish_may_become_a_clear_one(
    rig: Harness, ballot: ModelOpinion | None, state: State
) -> None:
    assert await state_after(rig, FakeTurnClassifier(ballot), VAGUE) is state


async def test_a_handoff_by_the_models_vote_says_so(rig: Harness) -> None:
    rig.assistant = replace(
        rig.assistant,
        mind=replace(
            rig.mind, classify_turn=FakeTurnClassifier(ModelOpinion(wants_human=True, frustration=0.0))
        ),
    )
    opened = await rig.open()
    await rig.ask(opened.conversation.id, VAGUE)
    assert (await rig.packet(opened.conversation.id))["trigger"]["decided_by"] == "model"


@pytest.mark.parametrize("text", ["人と話したいです", "ありがとうございます", "返品の期限はいつまでですか"])
async def test_a_sure_turn_asks_no_model(rig: Harness, text: str) -> None:
    voter = FakeTurnClassifier(ModelOpinion(wants_human=False, frustration=0.0))
    await state_after(rig, voter, text)
    assert voter.asked == 0


class ReservingTurnClassifier(FakeTurnClassifier):
    """Has no opinion, and spends on that."""

    async def __call__(
        self, text: str, lines: Sequence[Utterance], allowance: ModelBudget | None
    ) -> ModelOpinion | None:
        assert allowance is not None
        assert await allowance.reserve_tokens(500) is None
        return None


class ReservingAnswerer(ExtractiveAnswerer):
    """Quotes, once it has asked what a model may spend."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: list[str | None] = []

    async def write_answer(self, request: AnswerRequest, progress: Progress) -> Draft:
        assert request.allowance is not None
        self.refusals.append(await request.allowance.reserve_tokens(500))
        return await super().write_answer(request, progress)


@pytest.mark.parametrize(("tokens", "refusal"), [(900, "message_budget_spent"), (1_000, None)])
async def test_vote_and_answer_share_the_budget_of_a_message(
    rig: Harness, tokens: int, refusal: str | None
) -> None:
    budgets, answerer = Budgets(message=Budget(tokens=tokens, calls=2)), ReservingAnswerer()
    mind = replace(
        rig.mind,
        retriever=FixedScoreRetriever(0.95),
        classify_turn=ReservingTurnClassifier(None),
        answerer=answerer,
        budget_factory=build_budget_factory(rig.database, budgets, rig.clock),
    )
    rig.assistant = replace(rig.assistant, mind=mind)
    opened = await rig.open()
    await rig.ask(opened.conversation.id, VAGUE)
    assert answerer.refusals == [refusal]


async def test_a_vote_and_a_rewriting_leave_a_message_its_answer(rig: Harness) -> None:
    rewritten: list[str | None] = []

    async def rewrite(question: str, _lines: Sequence[Utterance], allowance: ModelBudget | None) -> str:
        assert allowance is not None
        rewritten.append(await allowance.reserve_tokens(500))
        return question

    answerer = ReservingAnswerer()
    mind = replace(
        rig.mind,
        retriever=FixedScoreRetriever(0.95),
        classify_turn=ReservingTurnClassifier(None),
        rewrite=rewrite,
        answerer=answerer,
        budget_factory=build_budget_factory(rig.database, Budgets(), rig.clock),
    )
    rig.assistant = replace(rig.assistant, mind=mind)
    opened = await rig.open()
    await rig.ask(opened.conversation.id, VAGUE)
    assert (rewritten, answerer.refusals) == ([None], [None])


async def test_no_vote_takes_a_clear_wish_away(rig: Harness) -> None:
    voter = FakeTurnClassifier(ModelOpinion(wants_human=False, frustration=0.0))
    assert await state_after(rig, voter, "人と話したいです") is State.QUEUED
