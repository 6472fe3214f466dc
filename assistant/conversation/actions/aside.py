"""What else is said while a request is open, and requests that a message may only hint at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.conversation.actions import action_replies as replies
from assistant.conversation.actions.dialogue import (
    MAX_MISSES,
    ActionDialogue,
    Step,
    build_offer,
    build_turn_result,
    needs_person_first,
)
from assistant.conversation.templates import render_template as words
from assistant.conversation.turn.result import TurnResult
from assistant.conversation.turn.turn_input import TurnInput
from assistant.domain.actions import ActionFlow, ActionUpdate, Asking, Proposal, Tool
from assistant.domain.messages import Button, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerActions:
    """The dialogue, with an open request kept in sight of whatever is answered meanwhile."""

    dialogue: ActionDialogue

    async def answer_turn(self, turn: TurnInput, signals: Signals, policy: Policy) -> TurnResult | None:
        return await self.dialogue.answer_turn(turn, signals, policy)

    async def warm_up(self) -> None:
        """Whatever the first request would wait for."""
        await self.dialogue.matcher.warm_up()

    async def extend_reply(self, turn: TurnInput, result: TurnResult, policy: Policy) -> TurnResult:
        """*result* with the question that is open, or with a button for what may be wanted."""
        if result.reply is None:
            return result  # a person: under a new owner the request is over
        if needs_person_first(result.signals, policy):
            return _end_request(result, turn.flow)
        if turn.flow is None:
            return await self._offer_tool(turn, result, result.reply)
        proposal = await self._load_proposal(turn.flow)
        is_answer = result.verdict.decision is Decision.ANSWER and not result.verdict.reason
        if is_answer:
            question = ask_again(self.dialogue.tools, turn.flow, proposal, is_again=False)
            first = f"{result.reply.text}\n\n{words('action_still_open', turn.flow.language)}"
            reply = replace(result.reply, text=f"{first}\n{question.text}", buttons=question.buttons)
            return replace(result, reply=reply, action=ActionUpdate(flow=turn.flow))
        flow = replace(turn.flow, misses=turn.flow.misses + 1)
        if flow.misses >= MAX_MISSES:
            step = build_offer("action_give_up", flow.language)
        else:
            step = Step(ask_again(self.dialogue.tools, flow, proposal, is_again=True), flow)
        return build_turn_result(step, turn, result.signals)

    async def _load_proposal(self, flow: ActionFlow) -> Proposal | None:
        found = flow.proposal
        if found is None:
            return None
        return await self.dialogue.database.read(lambda store: store.actions.get(found))

    async def _offer_tool(self, turn: TurnInput, result: TurnResult, reply: Reply) -> TurnResult:
        """One tap to what the message may have asked for, beside the answer to what it did ask."""
        match = await self.dialogue.matcher.find_tool(turn.text)
        if match is None or result.verdict.decision is not Decision.ANSWER or result.signals.small_talk:
            return result
        purpose = self.dialogue.tools[match.tool].purpose[reply.language]
        button = Button(label=purpose, value=purpose)
        return replace(result, reply=replace(reply, buttons=(button, *reply.buttons)))


def ask_again(
    tools: Mapping[str, Tool], flow: ActionFlow, proposal: Proposal | None, *, is_again: bool
) -> Reply:
    """The open question; a proposal is shown whole, so that a yes is always to what was just shown."""
    if flow.asking == Asking.CONFIRM and proposal is not None:
        again = words("action_confirm_again", flow.language)
        return replies.build_confirmation(proposal.effect, flow.language, again)
    return replies.build_question(tools[flow.tool], flow, is_again=is_again)


def _end_request(result: TurnResult, flow: ActionFlow | None) -> TurnResult:
    return result if flow is None else replace(result, action=ActionUpdate())
