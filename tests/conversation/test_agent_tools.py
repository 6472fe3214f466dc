"""Agents use the tools of customers: on a yes of theirs, or on their own authority; limited, written down."""

import pytest

from assistant.conversation.actions import agent_tools
from assistant.conversation.actions.agent_tools import (
    AgentToolRequest,
    AgentToolResult,
    AgentTools,
    Authority,
    decide_proposal,
)
from assistant.conversation.actions.identity import MAX_TRY_AGE, IdentityCheck
from assistant.domain.actions import (
    MAX_PROPOSAL_AGE,
    AnswerKind,
    IdentityGrant,
    IdentityLevel,
    ProposalState,
    ToolAnswer,
)
from assistant.domain.errors import BadInput, Conflict, Forbidden, NotFound, NotOwner, RateLimited
from tests.actions_harness import TOOLS, ShopSide, open_shop
from tests.harness import Harness

ORDER = "KM-482133"


@pytest.fixture
def shop(rig: Harness) -> ShopSide:
    return open_shop(rig)


class Workplace:
    """An agent who has a conversation, and the tools."""

    def __init__(self, rig: Harness, shop: ShopSide) -> None:
        self.rig, self.talk, self.agent = rig, "", ""
        identity = IdentityCheck(database=rig.database, backend=shop.backend, clock=rig.clock)
        self.tools = AgentTools(
            database=rig.database, backend=shop.backend, tools=TOOLS, identity=identity, clock=rig.clock
        )

    async def use(
        self, tool: str = "cancel_order", authority: Authority = Authority.AGENT, **arguments: str
    ) -> AgentToolResult:
        request = AgentToolRequest(
            conversation=self.talk,
            agent=self.agent,
            tool=tool,
            arguments={"order_number": ORDER} | arguments,
            authority=authority,
        )
        return await self.tools.run_tool(request)

    async def decide(self, proposal: str | None, *, is_yes: bool = True, agent: str | None = None) -> None:
        now, who = self.rig.clock(), agent or self.agent
        await self.rig.database.write(
            lambda store: decide_proposal(store, self.talk, proposal or "", who, now, is_yes=is_yes)
        )

    async def state(self) -> ProposalState:
        found = await self.rig.database.read(lambda store: store.actions.list_by_conversation(self.talk))
        return found[-1].state


@pytest.fixture
async def desk(rig: Harness, shop: ShopSide) -> Workplace:
    shop.add(ORDER, "accepted")
    place = Workplace(rig, shop)
    place.talk = (await rig.open()).conversation.id
    agent = await rig.hire()
    place.agent = agent.id
    await rig.claim(place.talk, agent)
    return place


async def prove(rig: Harness, place: Workplace, level: IdentityLevel = IdentityLevel.ONE_TIME_CODE) -> None:
    grant = IdentityGrant(subject=ORDER, level=level, method="code")
    until = rig.clock() + MAX_TRY_AGE
    await rig.database.write(lambda store: store.identity_proofs.save_grant(place.talk, grant, until))


async def test_a_read_is_answered_at_once_and_written_down(rig: Harness, desk: Workplace) -> None:
    told = await desk.use("order_status")
    assert told.is_done
    assert ORDER in told.text
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    used = [one for one in entries if one.action == "tool used"]
    assert [(one.actor, one.details["authority"]) for one in used] == [(f"agent:{desk.agent}", "agent")]


async def test_on_their_own_authority_agents_say_yes_to_what_they_were_shown(
    rig: Harness, shop: ShopSide, desk: Workplace
) -> None:
    told = await desk.use()
    assert ORDER in told.text
    assert shop.status(ORDER) == ("accepted", 0)
    await desk.decide(told.proposal)
    await rig.work()
    assert shop.status(ORDER) == ("cancelled", 1)
    assert await desk.state() is ProposalState.OK
    assert ORDER in (await rig.answers(desk.talk))[-1]
    with pytest.raises(Conflict):
        await desk.decide(told.proposal)


async def test_the_customers_authority_takes_their_proof(rig: Harness, desk: Workplace) -> None:
    with pytest.raises(Forbidden):
        await desk.use("order_status", Authority.CUSTOMER)
    await prove(rig, desk)
    assert (await desk.use("order_status", Authority.CUSTOMER)).is_done


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (["はい"], ProposalState.OK),
        (["いいえ"], ProposalState.DECLINED),
        (["はい、でも別の住所に"], ProposalState.OPEN),
        (["別の注文です", "はい"], ProposalState.OPEN),
    ],
)
async def test_the_customers_authority_takes_their_yes(
    rig: Harness, shop: ShopSide, desk: Workplace, answers: list[str], state: ProposalState
) -> None:
    await prove(rig, desk)
    told = await desk.use(authority=Authority.CUSTOMER)
    with pytest.raises(Forbidden):
        await desk.decide(told.proposal)
    assert ORDER in (await rig.messages(desk.talk))[-1].text
    for answer in answers:
        await rig.ask(desk.talk, answer)
    assert await desk.state() is state
    assert shop.status(ORDER)[1] == (state is ProposalState.OK)


async def test_a_yes_that_comes_too_late_is_none(rig: Harness, shop: ShopSide, desk: Workplace) -> None:
    await prove(rig, desk)
    own = await desk.use()
    rig.clock.pass_(MAX_PROPOSAL_AGE.total_seconds() + 1)
    with pytest.raises(Conflict):
        await desk.decide(own.proposal)
    await desk.use(authority=Authority.CUSTOMER)
    agent = await rig.database.read(lambda store: store.agents.get(desk.agent))
    assert agent is not None
    await rig.reply(desk.talk, agent, "ご確認ください")  # or it goes back to the queue
    rig.clock.pass_(MAX_PROPOSAL_AGE.total_seconds() + 1)
    await rig.ask(desk.talk, "はい")
    assert await desk.state() is ProposalState.VOID
    assert (await rig.state(desk.talk)).agent == desk.agent
    assert shop.status(ORDER)[1] == 0


async def test_what_is_proposed_can_be_taken_back(rig: Harness, desk: Workplace) -> None:
    await prove(rig, desk)
    told = await desk.use(authority=Authority.CUSTOMER)
    await desk.decide(told.proposal, is_yes=False)
    await rig.ask(desk.talk, "はい")
    assert await desk.state() is ProposalState.DECLINED


async def test_a_lost_answer_is_unknown_to_agents_too(
    rig: Harness, shop: ShopSide, desk: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await desk.use()
    await desk.decide(told.proposal)

    async def lose(*_args: object) -> ToolAnswer:
        return ToolAnswer(kind=AnswerKind.UNKNOWN)

    monkeypatch.setattr(shop.backend, "call_tool", lose)
    monkeypatch.setattr(shop.backend, "find_operation", lose)
    await rig.work()
    assert await desk.state() is ProposalState.UNKNOWN


async def test_only_who_has_the_conversation_uses_tools(rig: Harness, desk: Workplace) -> None:
    other = await rig.hire("Hayashi")
    told = await desk.use()
    with pytest.raises(NotOwner):
        await desk.decide(told.proposal, agent=other.id)
    desk.agent = other.id
    with pytest.raises(NotOwner):
        await desk.use()


async def test_arguments_are_those_of_the_tool(desk: Workplace) -> None:
    with pytest.raises(BadInput):
        await desk.use(customer="somebody else")
    with pytest.raises(NotFound):
        await desk.use("refund_everything")


async def test_agents_and_customers_have_limits_of_a_day(
    rig: Harness, shop: ShopSide, desk: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_tools, "MAX_AGENT_CHANGES", 1)
    await desk.decide((await desk.use()).proposal)
    with pytest.raises(Conflict, match="being carried out"):
        await desk.use()
    await rig.work()
    shop.add("KM-482134", "accepted")
    with pytest.raises(RateLimited, match="changes"):
        await desk.use(order_number="KM-482134")
    monkeypatch.setattr(agent_tools, "MAX_AGENT_READS", 1)
    with pytest.raises(RateLimited, match="too often"):
        await desk.use("order_status")
