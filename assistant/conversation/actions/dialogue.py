"""The dialogue in which something is done for a customer: one question at a time, a way out, no model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

from assistant.conversation.actions import action_replies as replies
from assistant.conversation.actions.consent import Consent, asks_aside, wants_way_out
from assistant.conversation.actions.consent_reader import ConsentReader
from assistant.conversation.actions.identity import IdentityCheck
from assistant.conversation.actions.proposing import build_proposal
from assistant.conversation.actions.slot_values import (
    Proof,
    extract_values,
    list_missing_slots,
    parse_code,
    parse_proof,
)
from assistant.conversation.templates import render_template as words
from assistant.conversation.turn.result import TurnResult
from assistant.conversation.turn.turn_input import TurnInput
from assistant.domain.actions import (
    MAX_PROPOSAL_AGE,
    ActionFlow,
    ActionUpdate,
    AnswerKind,
    Asking,
    IdentityLevel,
    ProposalState,
    Tool,
    ToolAnswer,
)
from assistant.domain.messages import Button, Reply
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Reason, Signals, Verdict
from assistant.ports.actions import ToolBackend, ToolCall, ToolMatcher
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

#: Answers in a row that cannot be used until a person is offered.
MAX_MISSES = 3
#: Changes that one customer may make here in a day.
MAX_CHANGES = 5
#: Orders to choose from.
MAX_ORDERS = 5
#: From here on nobody is asked to fill anything in.
MAX_CALM_DISTRESS = 0.5
#: Where the answers to PROOF are remembered while the order number is corrected.
PROOF_NAMES = ("postcode", "phone_end")


class Step(NamedTuple):
    """What is said next, and what remains open; None: nothing."""

    reply: Reply
    flow: ActionFlow | None
    update: ActionUpdate | None = None
    #: A person is offered.
    is_offer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDialogue:
    database: Database[Store]
    backend: ToolBackend
    tools: Mapping[str, Tool]
    matcher: ToolMatcher
    consent: ConsentReader
    identity: IdentityCheck
    clock: Clock

    async def answer_turn(self, turn: TurnInput, signals: Signals, policy: Policy) -> TurnResult | None:
        """What is done and said, if the turn asks for something to be done, or goes on with it."""
        if needs_person_first(signals, policy):
            return None
        step = await self._continue_flow(turn, turn.flow) if turn.flow is not None else None
        if step is None:
            match = await self.matcher.find_tool(turn.text)
            if match is None or not match.is_sure:
                return None
            if turn.flow is not None and (turn.flow.tool == match.tool or asks_aside(turn.text)):
                return None
            language, epoch = signals.language, turn.conversation.epoch
            step = await self._take_values(turn, ActionFlow(tool=match.tool, language=language, epoch=epoch))
        return None if step is None else build_turn_result(step, turn, signals)

    async def _continue_flow(self, turn: TurnInput, flow: ActionFlow) -> Step | None:
        """The next step of an open request; None: the turn says something else."""
        language = flow.language
        if flow.asking == Asking.CONFIRM:
            return await self._decide(turn, flow)
        if wants_way_out(turn.text):
            return Step(Reply(text=words("action_stopped", language), language=language), None)
        return await self._take_values(turn, flow)

    async def _take_values(self, turn: TurnInput, flow: ActionFlow) -> Step | None:
        """Everything that the turn tells, then the next question; None: it told nothing of it."""
        tool = self.tools[flow.tool]
        found = extract_values(tool, turn.text, flow.asking)
        subject = found.get(tool.subject) or flow.values.get(tool.subject, "")
        proof = parse_proof(turn.text, subject, is_asked=flow.asking == Asking.PROOF).to_arguments()
        if flow.asking == "" or flow.asking == Asking.PROOF or tool.subject in found:
            found |= proof
        if flow.asking == Asking.CODE and tool.subject not in found:
            return await self._redeem_code(turn, flow)
        if flow.asking and not found:
            return None
        values = {**flow.values, **found}
        if proof and flow.asking == Asking.PROOF:
            values = {name: value for name, value in values.items() if name not in PROOF_NAMES} | proof
        return await self._advance(turn, replace(flow, values=values, misses=0))

    async def _advance(self, turn: TurnInput, flow: ActionFlow) -> Step:
        tool = self.tools[flow.tool]
        own = await self.identity.list_own_orders(turn.customer)
        if tool.subject not in flow.values and (known := await self.identity.find_proven_subject(turn)):
            flow = replace(flow, values={**flow.values, tool.subject: known})
        if tool.subject not in flow.values:
            flow, chosen = self._choose_order(flow, own or ())
            if chosen is not None:
                return chosen
        subject = flow.values[tool.subject]
        level = await self.identity.find_level(turn.conversation.id, subject, own)
        if level < IdentityLevel.CHANNEL_PROVEN:  # whatever the tool says: it tells an order's data
            step = await self._check_proof(turn, flow, subject)
            if step is not None:
                return step
            level = IdentityLevel.CHANNEL_PROVEN
        return await self._advance_proven(turn, flow, level)

    async def _advance_proven(self, turn: TurnInput, flow: ActionFlow, level: IdentityLevel) -> Step:
        """What is known to be theirs: refused early, a code where it takes more, the rest of the slots."""
        tool = self.tools[flow.tool]
        flow = replace(flow, values={k: v for k, v in flow.values.items() if k not in PROOF_NAMES})
        if not tool.is_write:
            return self._tell_result(tool, flow, await self._call(tool, flow, level))
        preview = await self._call(tool, flow, level, is_dry_run=True)
        if preview.kind is not AnswerKind.OK:
            return self._tell_refusal(tool, flow, preview)
        if level < tool.min_identity:
            return await self._ask_code(turn, flow)
        missing = list_missing_slots(tool, flow.values)
        if missing:
            asked = replace(flow, asking=missing[0].name)
            return Step(replies.build_question(tool, asked), asked)
        return await self._propose(turn, flow, level, preview.fields)

    def _choose_order(
        self, flow: ActionFlow, own: Sequence[Mapping[str, Any]]
    ) -> tuple[ActionFlow, Step | None]:
        """The only order of a customer whom the site signed; else the question which one."""
        tool, language = self.tools[flow.tool], flow.language
        orders = [order for order in own if order.get("id")]
        if len(orders) == 1:
            values = {**flow.values, tool.subject: str(orders[0]["id"])}
            return replace(flow, values=values), None
        asked = replace(flow, asking=tool.subject)
        if not orders:
            return asked, Step(replies.build_question(tool, asked), asked)
        buttons = [
            Button(label=replies.clean_text(str(order["id"])), value=str(order["id"])[:64])
            for order in orders[:MAX_ORDERS]
        ]
        reply = replies.build_reply(words("action_choose_order", language), language, buttons)
        return asked, Step(reply, asked)

    async def _check_proof(self, turn: TurnInput, flow: ActionFlow, subject: str) -> Step | None:
        """The question for a proof, or what comes of it; None: it is right."""
        tool, language = self.tools[flow.tool], flow.language
        known = {name: flow.values[name] for name in PROOF_NAMES if name in flow.values}
        asked = replace(flow, asking=Asking.PROOF)
        if not known:
            return Step(replies.build_question(tool, asked), asked)
        is_right = await self.identity.verify_proof(turn, subject, Proof(**known))
        if is_right:
            return None
        if is_right is None:
            return build_offer("action_proof_over", language)
        text = words("action_proof_wrong", language)
        return Step(replies.build_reply(text, language), asked)

    async def _ask_code(self, turn: TurnInput, flow: ActionFlow) -> Step:
        tool = self.tools[flow.tool]
        if not await self.identity.send_code(turn, flow.values[tool.subject], flow.language):
            return build_offer("action_code_unsent", flow.language)
        asked = replace(flow, asking=Asking.CODE)
        return Step(replies.build_question(tool, asked), asked)

    async def _redeem_code(self, turn: TurnInput, flow: ActionFlow) -> Step | None:
        code = parse_code(turn.text)
        if code is None:
            return None
        subject = flow.values[self.tools[flow.tool].subject]
        is_right = await self.identity.redeem_code(turn, subject, code)
        if is_right is None:
            return build_offer("action_proof_over", flow.language)
        if not is_right:
            text = words("action_code_wrong", flow.language)
            return Step(replies.build_reply(text, flow.language), flow)
        return await self._advance_proven(turn, replace(flow, misses=0), IdentityLevel.ONE_TIME_CODE)

    async def _propose(
        self, turn: TurnInput, flow: ActionFlow, level: IdentityLevel, preview: Mapping[str, Any]
    ) -> Step:
        """The exact effect, and the question for a yes to it."""
        tool, language = self.tools[flow.tool], flow.language
        effect = replies.render_effect(tool, flow.values, preview, language)
        if effect is None:
            return build_offer("action_refused", language)
        day_ago = self.clock() - timedelta(days=1)
        made = await self.database.read(lambda store: store.actions.count_decided(turn.customer.id, day_ago))
        if made >= MAX_CHANGES:
            return build_offer("action_limit", language)
        proposal = build_proposal(turn, flow, level, effect, self.clock())
        asked = replace(flow, asking=Asking.CONFIRM, proposal=proposal.id, misses=0)
        return Step(
            replies.build_confirmation(effect, language), asked, ActionUpdate(flow=asked, proposal=proposal)
        )

    async def _decide(self, turn: TurnInput, flow: ActionFlow) -> Step | None:
        """A yes to the proposal that was shown, a no, or None for anything else."""
        language, found = flow.language, flow.proposal or ""
        proposal = await self.database.read(lambda store: store.actions.get(found))
        if proposal is None or proposal.state is not ProposalState.OPEN:
            return Step(Reply(text=words("action_stopped", language), language=language), None)
        consent = await self.consent.read_reply(turn.text, flow.tool)
        if consent is Consent.NO:
            reply = Reply(text=words("action_stopped", language), language=language)
            return Step(reply, None, ActionUpdate(declined=proposal.id))
        if self.clock() - proposal.created_at > MAX_PROPOSAL_AGE:
            return Step(Reply(text=words("action_expired", language), language=language), None)
        if consent is Consent.UNCLEAR:
            return await self._correct_values(turn, flow)
        if turn.first_seq <= flow.shown_seq:
            again = words("action_confirm_again", language)  # said before it could be read
            return Step(replies.build_confirmation(proposal.effect, language, again), flow)
        reply = Reply(text=words("action_running", language), language=language)
        return Step(reply, None, ActionUpdate(approved=proposal.id))

    async def _correct_values(self, turn: TurnInput, flow: ActionFlow) -> Step | None:
        """A new proposal where another value was named instead of a yes; None: none was."""
        tool = self.tools[flow.tool]
        found = extract_values(tool, turn.text, "")
        changed = {name: value for name, value in found.items() if flow.values.get(name) != value}
        if not changed:
            return None
        values = {**flow.values, **changed}
        return await self._advance(turn, replace(flow, values=values, proposal=None, asking=""))

    async def _call(
        self, tool: Tool, flow: ActionFlow, level: IdentityLevel, *, is_dry_run: bool = False
    ) -> ToolAnswer:
        return await self.backend.call_tool(
            ToolCall(tool=tool, arguments=flow.values, level=level, is_dry_run=is_dry_run)
        )

    def _tell_result(self, tool: Tool, flow: ActionFlow, answer: ToolAnswer) -> Step:
        if answer.kind is not AnswerKind.OK:
            return self._tell_refusal(tool, flow, answer)
        text = replies.render_result(tool, flow.values, answer.fields, flow.language)
        if text is None:
            return build_offer("action_down", flow.language)
        return Step(Reply(text=text, language=flow.language), None, ActionUpdate(is_told=True))

    def _tell_refusal(self, tool: Tool, flow: ActionFlow, answer: ToolAnswer) -> Step:
        if answer.kind is not AnswerKind.REFUSED:
            return build_offer("action_down", flow.language)
        text = replies.render_refusal(tool, answer.code, flow.language)
        return Step(replies.build_reply(text, flow.language, can_stop=False), None)


def needs_person_first(signals: Signals, policy: Policy) -> bool:
    """Whether somebody is not to be sent into a form: they are met like everybody else."""
    return (
        signals.frustration >= policy.offer_frustration
        or signals.distress >= MAX_CALM_DISTRESS
        or signals.sensitive is not None
    )


def build_offer(situation: str, language: str) -> Step:
    """The end of a request that a person can help with."""
    return Step(
        replies.build_reply(words(situation, language), language, can_stop=False), None, is_offer=True
    )


def build_turn_result(step: Step, turn: TurnInput, signals: Signals) -> TurnResult:
    """The turn as it is stored; the language of a request stays, whatever a number looks like."""
    stuck = Verdict(decision=Decision.OFFER, reason=Reason.STUCK)
    verdict = stuck if step.is_offer else Verdict(decision=Decision.ANSWER)
    update = step.update or ActionUpdate(flow=step.flow)
    return TurnResult(
        signals=replace(signals, language=step.reply.language),
        verdict=verdict,
        reply=step.reply,
        action=update,
    )
