"""Words to a customer after the end of a conversation: where they may go, and where not."""

from datetime import datetime

from assistant.conversation.inbound.conversation_start import WEB
from assistant.domain.channels import WINDOW_CHANNELS, Thread
from assistant.domain.conversation import Conversation
from assistant.domain.surveys import APP_WINDOW
from assistant.ports.storage.store import Store


def load_latest_conversation(store: Store, customer: str) -> Conversation | None:
    """Where the customer reads: their newest conversation, locked; None: everything was erased."""
    found = store.conversations.list_by_customer(customer, before="")
    return store.conversations.get(found[0].id) if found else None


def find_obstacle(store: Store, conversation: Conversation, now: datetime) -> str | None:
    """Why nothing that was not asked for may go there: window, unreachable, unproven; None: it may.

    On a page it is shown with the conversation, and disturbs nobody.
    """
    thread = store.threads.find_by_conversation(conversation.id)
    if thread is None:
        return None if conversation.channel == WEB else "unreachable"
    return find_thread_obstacle(thread, now)


def find_thread_obstacle(thread: Thread, now: datetime) -> str | None:
    """As `find_obstacle`, for an address in an app."""
    if thread.unreachable is not None:
        return "unreachable"
    if thread.context.get("unproven"):
        return "unproven"
    if thread.address.channel in WINDOW_CHANNELS and now - thread.heard_at >= APP_WINDOW:
        return "window"
    return None
