"""How much harassment each agent met: so that a lead can relieve them, never to rank them."""

from collections import defaultdict

from assistant.conversation.harassment import list_harassing_messages
from assistant.conversation.report import ReportRange
from assistant.conversation.report_figures import MIN_OF_AGENT
from assistant.domain.report_rows import AgentExposure
from assistant.ports.storage.store import Store


def count_exposure(store: Store, wanted: ReportRange) -> list[AgentExposure]:
    """By name, of everybody who had a conversation that ended in the range."""
    rows = store.report.list_rows(wanted.start, wanted.end)
    counted = {row.conversation for row in rows if wanted.takes(row)}
    messages = {
        conversation: len(list_harassing_messages(store, conversation))
        for conversation in store.report.list_harassed(wanted.start, wanted.end)
        if conversation in counted
    }
    by_agent: defaultdict[str, list[str]] = defaultdict(list)
    for conversation, agent in store.report.list_owners(wanted.start, wanted.end):
        if conversation in counted:
            by_agent[agent].append(conversation)
    names = {agent.id: agent.name for agent in store.agents.list_all()}
    found = []
    for agent, theirs in by_agent.items():
        met = [messages[conversation] for conversation in theirs if messages.get(conversation)]
        found.append(
            AgentExposure(
                agent=agent,
                name=names.get(agent, ""),
                conversations=len(theirs),
                harassed=len(met),
                messages=sum(met),
                too_few=len(theirs) < MIN_OF_AGENT,
            )
        )
    return sorted(found, key=lambda one: (one.name, one.agent))
