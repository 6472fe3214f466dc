"""What a customer is told about waiting: from the real queue and the opening hours, never a guess."""

from datetime import datetime
from statistics import median

from assistant.conversation.templates import format_moment, render_template
from assistant.domain.conversation import Conversation
from assistant.domain.policy import BusinessHours
from assistant.ports.storage.store import Store

#: Fewer waits than this say nothing about the next one.
MIN_WAITS = 5
RECENT_WAITS = 20
#: Longer expectations are told as a place in the queue instead.
MAX_ESTIMATE_MINUTES = 60


def estimate_wait(store: Store, conversation: Conversation, hours: BusinessHours, now: datetime) -> str:
    """One or two sentences in the customer's language; *conversation* is queued already."""
    language = conversation.language
    if not hours.is_open(now):
        opening = hours.find_next_opening(now)
        if opening is None:
            return render_template("outside_hours_unknown", language)
        return render_template(
            "outside_hours", language, opening=format_moment(opening, now, language, zone=hours.zone)
        )
    waits = store.handoffs.list_recent_waits(limit=RECENT_WAITS)
    if len(waits) >= MIN_WAITS and (minutes := max(1, round(median(waits) / 60))) <= MAX_ESTIMATE_MINUTES:
        if minutes == 1:
            return render_template("waiting_minute", language)
        return render_template("waiting_minutes", language, minutes=str(minutes))
    ahead = store.conversations.count_waiting_before(conversation)
    if ahead == 1:
        return render_template("waiting_next", language)
    return (
        render_template("waiting_queue", language, ahead=str(ahead))
        if ahead
        else render_template("waiting_unknown", language)
    )
