"""What a customer is told about waiting: from the real queue and the opening hours, never a guess."""

from datetime import datetime
from statistics import median

from assistant.conversation.templates import moment, say
from assistant.domain.conversation import Conversation
from assistant.domain.policy import BusinessHours
from assistant.ports.storage.store import Store

#: Fewer waits than this say nothing about the next one.
ENOUGH_WAITS = 5
RECENT_WAITS = 20
#: Longer expectations are told as a place in the queue instead.
LONGEST_MINUTES = 60


def expectation(store: Store, conversation: Conversation, hours: BusinessHours, now: datetime) -> str:
    """One or two sentences in the customer's language; *conversation* is queued already."""
    language = conversation.language
    if not hours.is_open(now):
        opening = hours.next_opening(now)
        if opening is None:
            return say("outside_hours_unknown", language)
        return say("outside_hours", language, opening=moment(opening, now, language, zone=hours.zone))
    waits = store.handoffs.list_recent_waits(limit=RECENT_WAITS)
    if len(waits) >= ENOUGH_WAITS and (minutes := max(1, round(median(waits) / 60))) <= LONGEST_MINUTES:
        if minutes == 1:
            return say("waiting_minute", language)
        return say("waiting_minutes", language, minutes=str(minutes))
    ahead = store.conversations.count_waiting_before(conversation)
    if ahead == 1:
        return say("waiting_next", language)
    return say("waiting_queue", language, ahead=str(ahead)) if ahead else say("waiting_unknown", language)
