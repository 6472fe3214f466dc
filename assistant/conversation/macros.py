"""What sending a saved reply does besides: put the conversation aside, give it to a team, or end it."""

from datetime import datetime, timedelta

from assistant.conversation import desk
from assistant.conversation.handoff.assignment import choose_team_member
from assistant.conversation.saved_replies import find_reply
from assistant.conversation.snooze import snooze_conversation
from assistant.domain.desk_items import SavedReply
from assistant.domain.errors import BadInput
from assistant.domain.messages import AgentMessage, Message
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store


def send_with_macro(
    store: Store, conversation_id: str, agent: Agent, written: AgentMessage, desk_: desk.Desk, now: datetime
) -> Message:
    """The message and what its macro does, in one transaction; sending it again does neither again."""
    if written.macro is None:
        return desk.add_agent_message(store, conversation_id, agent, written, desk_.timing, now)
    if written.private:
        raise BadInput("macro: a note has none.")
    reply = find_reply(store, written.macro, agent)
    is_new = store.messages.get(conversation_id, written.message_id) is None
    message = desk.add_agent_message(store, conversation_id, agent, written, desk_.timing, now)
    if is_new:
        apply_reply_actions(store, conversation_id, agent, reply, desk_, now)
    return message


def apply_reply_actions(
    store: Store, conversation_id: str, agent: Agent, reply: SavedReply, desk_: desk.Desk, now: datetime
) -> None:
    """By the owner of the conversation; tags were put on when the reply was chosen."""
    if reply.snooze_minutes:
        until = now + timedelta(minutes=reply.snooze_minutes)
        snooze_conversation(store, conversation_id, agent, until, now)
    elif reply.team:
        _give_to_team(store, conversation_id, agent, reply.team, desk_, now)
    elif reply.outcome:
        resolution = desk.Resolution(outcome=reply.outcome)
        desk.resolve_conversation(store, conversation_id, agent, resolution, desk_.policy, now)


def _give_to_team(
    store: Store, conversation_id: str, agent: Agent, team_id: str, desk_: desk.Desk, now: datetime
) -> None:
    """To a member who is online and has room, as the team gives; nobody is: back to the queue."""
    team = next((one for one in store.teams.list_all() if one.id == team_id), None)
    conversation = store.conversations.get(conversation_id)
    chosen = choose_team_member(store, team, conversation, desk_, now) if team else None
    if chosen is None:
        desk.release_conversation(store, conversation_id, agent, now)
        return
    desk.transfer_conversation(store, conversation_id, agent, chosen, now)
    store.teams.mark_assigned(team_id, chosen, now)
