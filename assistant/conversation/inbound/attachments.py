"""What customers send besides words: files, stickers, places. The assistant says that it cannot read them."""

from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.inbound.receive import schedule_answer, validate_text
from assistant.conversation.snooze import end_snooze
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import MAX_TEXT, Timing
from assistant.conversation.transcript import append_reply, insert_message, save_conversation
from assistant.conversation.turn.reply import build_person_button
from assistant.domain.channels import KINDS, Attachment, Media, MessageReceived
from assistant.domain.conversation import Conversation, State
from assistant.domain.file_types import clean_file_name
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author, Message, Reply
from assistant.ports.storage.store import Store

#: Kinds of what customers send besides words.
NOTED = ("file", "reply", "mail", *KINDS)
#: Several pictures in a row are told once that they cannot be read.
TOLD_HOLDS = timedelta(minutes=10)


def render_transcript_text(event: MessageReceived, language: str) -> str:
    """As it stands in the transcript: the customer's words, and the name of whatever else came."""
    if event.kind == "text":
        return event.text
    thing = f"{words(f'sent_{event.kind}', language)} {event.about}".strip()
    return f"{event.text}\n{thing}" if event.text.strip() else thing


def needs_no_answer(store: Store, conversation: Conversation, event: MessageReceived) -> bool:
    """A reaction is a nod, and so is a sticker after something of ours; who begins with one hears us."""
    if event.kind == "reaction":
        return True
    begun = any(m.author is not Author.CUSTOMER for m in store.messages.list_public(conversation.id))
    return event.kind == "sticker" and (begun or conversation.state is not State.ASSISTANT)


def append_without_answer(
    store: Store, conversation: Conversation, event: MessageReceived, now: datetime
) -> Conversation:
    """In the transcript, and nothing is due because of it."""
    if store.messages.get(conversation.id, event.message_id):
        return conversation
    conversation = conversation.with_next_seq(now)
    text = render_transcript_text(event, conversation.language)
    if event.kind == "text":
        text = words(f"sent_{event.attachments[0].kind}", conversation.language)
    message = Message(
        id=event.message_id,
        conversation=conversation.id,
        seq=conversation.seq,
        author=Author.CUSTOMER,
        text=validate_text(truncate_text(text)),
        kind="file" if event.kind == "text" else event.kind,
        created_at=now,
    )
    insert_message(store, message)
    return save_conversation(store, conversation, now)


def apply_files_only(
    store: Store, conversation: Conversation, event: MessageReceived, timing: Timing, now: datetime
) -> None:
    """Nothing that the assistant can read: it says so and offers a person; people see what came."""
    told = _is_already_notified(store, conversation, event, now)
    conversation = end_snooze(store, conversation, timing, now)
    conversation = append_without_answer(store, conversation, event, now)
    language = conversation.language
    if conversation.state is not State.ASSISTANT:
        schedule_answer(store, conversation, timing, now)
    elif not told:
        notice = Reply(
            text=words("cannot_read_file" if event.attachments else "words_only", language),
            language=language,
            buttons=(build_person_button(language),),
            kind="file_notice",
        )
        conversation, _ = append_reply(store, conversation, Author.ASSISTANT, notice, now)
        save_conversation(store, conversation, now)


def _is_already_notified(
    store: Store, conversation: Conversation, event: MessageReceived, now: datetime
) -> bool:
    """The same kind was answered a moment ago, and no words have been said since."""
    kind = "file" if event.kind == "text" else event.kind
    said = store.messages.list_public(conversation.id)
    since = [m for m in said if m.kind not in NOTED]
    if not since or since[-1].kind != "file_notice" or now - since[-1].created_at > TOLD_HOLDS:
        return False
    before = [m for m in said if m.kind in NOTED]
    return bool(before) and before[-1].kind == kind


def save_attachments(store: Store, conversation: str, event: MessageReceived, now: datetime) -> None:
    attachments = list(event.attachments)
    if len(event.text) > MAX_TEXT:
        attachments.append(Attachment(kind="file", name="message.txt", source="text:" + event.text))
    for one in attachments:
        store.media.add(
            Media(
                id=uuid4().hex,
                conversation=conversation,
                message=event.message_id,
                kind=one.kind,
                name=clean_file_name(one.name) if one.name else "",
                source=one.source,
                created_at=now,
            )
        )
    if attachments:
        store.jobs.schedule_once(JobKind.MEDIA, conversation, now, now)


def truncate_text(text: str) -> str:
    """As much as a message may have; the whole is kept as a file beside it."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
