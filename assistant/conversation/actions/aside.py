"""What else is said while a request is open, and requests that a message may only hint at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.conversation.actions import action_replies as replies
from assistant.conversation.actions.consent import Consent, asks_question, asks_to_wait, read_consent
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
from assistant.domain.messages import Author, Button, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, HumanRequest, Signals
from assistant.domain.turns import Utterance

#: A question with one of them is about what was asked for.
PROOF_WORDS = re.compile(
    r"郵便番号|電話|携帯|固定|桁|けた|\b(?:post ?code|zip|(?:tele)?phone|mobile|landline|digits?|number)\b"
    r"|우편번호|전화|휴대폰|자리",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerActions:
    """The dialogue, with an open request kept in sight of whatever is answered meanwhile."""

    dialogue: ActionDialogue

    async def answer_turn(self, turn: TurnInput, signals: Signals, policy: Policy) -> TurnResult | None:
        if turn.flow is not None and signals.wish is HumanRequest.NONE and asks_to_wait(turn.text):
            return build_turn_result(await self._wait(turn.flow), turn, signals)
        result = await self.dialogue.answer_turn(turn, signals, policy)
        if result is None:
            return await self._ask_which(turn, signals, policy)
        is_open = result.action is not None and result.action.flow is not None
        is_new = signals.unfamiliarity >= policy.guide_unfamiliarity
        return _add_guidance(result, turn.turn) if is_open and is_new else result

    async def warm_up(self) -> None:
        """Whatever the first request would wait for."""
        await self.dialogue.matcher.warm_up()

    def name_request(self, turn: TurnInput) -> TurnInput:
        """*turn* with the open request as what was said last: "it" is about that, not about a number."""
        if turn.flow is None:
            return turn
        purpose = self.dialogue.tools[turn.flow.tool].purpose[turn.flow.language]
        said = Utterance(author=Author.CUSTOMER, text=purpose)
        return replace(turn, history=replace(turn.history, lines=[*turn.history.lines, said]))

    async def extend_reply(self, turn: TurnInput, result: TurnResult, policy: Policy) -> TurnResult:
        """*result* with the question that is open, or with a button for what may be wanted."""
        if result.reply is None:
            return result  # a person: under a new owner the request is over
        if needs_person_first(result.signals, policy):
            return _end_request(result, turn.flow)
        if turn.flow is None:
            return await self._offer_tool(turn, result, result.reply)
        proposal = await self._load_proposal(turn.flow)
        answer = _select_answer(turn, turn.flow, result, result.reply)
        if answer is not None:
            question = ask_again(self.dialogue.tools, turn.flow, proposal, is_again=False)
            first = f"{answer}\n\n{words('action_still_open', turn.flow.language)}"
            reply = replace(result.reply, text=f"{first}\n{question.text}", buttons=question.buttons)
            return replace(result, reply=reply, action=ActionUpdate(flow=turn.flow))
        flow = replace(turn.flow, misses=turn.flow.misses + 1)
        if flow.misses >= MAX_MISSES:
            step = build_offer("action_give_up", flow.language)
        else:
            step = Step(ask_again(self.dialogue.tools, flow, proposal, is_again=True), flow)
        return build_turn_result(step, turn, result.signals)

    async def _ask_which(self, turn: TurnInput, signals: Signals, policy: Policy) -> TurnResult | None:
        """The question which of several likely things is wanted; None: the turn leaves no such doubt."""
        if turn.flow is not None or needs_person_first(signals, policy):
            return None
        match = await self.dialogue.matcher.find_tool(turn.text)
        if match is None or not match.others:
            return None
        language = signals.language
        choices = [self._build_button(name, language) for name in (match.tool, *match.others)]
        reply = replies.build_reply(words("action_which", language), language, choices, can_stop=False)
        return build_turn_result(Step(reply, None), turn, signals)

    async def _wait(self, flow: ActionFlow) -> Step:
        """Time to look for something; a proposal is shown again: a yes is to what was just shown."""
        waiting = words("action_wait", flow.language)
        proposal = await self._load_proposal(flow) if flow.asking == Asking.CONFIRM else None
        if proposal is None:
            return Step(replies.build_reply(waiting, flow.language), flow)
        return Step(replies.build_confirmation(proposal.effect, flow.language, waiting), flow)

    async def _load_proposal(self, flow: ActionFlow) -> Proposal | None:
        found = flow.proposal
        if found is None:
            return None
        return await self.dialogue.database.read(lambda store: store.actions.get(found))

    async def _offer_tool(self, turn: TurnInput, result: TurnResult, reply: Reply) -> TurnResult:
        """One tap to what the message may have asked for, beside whatever the help says."""
        match = await self.dialogue.matcher.find_tool(turn.text)
        if match is None or result.signals.small_talk:
            return result
        button = self._build_button(match.tool, reply.language)
        return replace(result, reply=replace(reply, buttons=(button, *reply.buttons)))

    def _build_button(self, tool: str, language: str) -> Button:
        purpose = self.dialogue.tools[tool].purpose[language]
        return Button(label=purpose, value=purpose)


def _select_answer(turn: TurnInput, flow: ActionFlow, result: TurnResult, reply: Reply) -> str | None:
    """What is said before the open question is repeated; None: *turn* was meant to answer that one."""
    decision = result.verdict.decision
    if read_consent(turn.text) is Consent.YES:  # to a question that takes more than a yes
        return None
    # Thanks for what was shown are no answer to whether to do it.
    if result.signals.small_talk and flow.asking == Asking.CONFIRM:
        return None
    is_guided = decision is Decision.GUIDE and bool(reply.citations)
    if is_guided or (decision is Decision.ANSWER and not result.verdict.reason):
        return reply.text
    if not asks_question(turn.text):
        return None
    if flow.asking == Asking.PROOF and PROOF_WORDS.search(turn.text):
        return words("action_proof_meaning", flow.language)
    # Not the offer of a person: a yes to that would be one to the open question.
    is_near = decision is Decision.ABSTAIN and bool(reply.citations)
    return reply.text if is_near else words("action_no_answer", flow.language)


def _add_guidance(result: TurnResult, variant: int) -> TurnResult:
    """*result* in the tone for somebody new to this."""
    assert result.reply is not None
    ending = words("guide_answered", result.reply.language, variant=variant)
    return replace(result, reply=replace(result.reply, text=f"{result.reply.text}\n\n{ending}"))


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
