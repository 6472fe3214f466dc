"""What customers send besides words: files, stickers, places. The assistant says that it cannot read them."""

from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.inbound.receive import expect_an_answer, readable
from assistant.conversation.templates import say as words
from assistant.conversation.timing import MAX_TEXT, Timing
from assistant.conversation.transcript import keep, save, say
from assistant.conversation.turn.reply import person_button
from assistant.domain.channels import KINDS, Attachment, Media, Said
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import Kind
from assistant.domain.messages import Author, Message, Reply
from assistant.ports.storage.store import Store

#: Kinds of what customers send besides words.
NOTED = ("file", "reply", "mail", *KINDS)
#: Several pictures in a row are told once that they cannot be read.
TOLD_HOLDS = timedelta(minutes=10)


def shown(event: Said, language: str) -> str:
    """As it stands in the transcript: the customer's words, and the name of whatever else came."""
    if event.kind == "text":
        return event.text
    thing = f"{words(f'sent_{event.kind}', language)} {event.about}".strip()
    return f"{event.text}\n{thing}" if event.text.strip() else thing


def needs_no_answer(store: Store, conversation: Conversation, event: Said) -> bool:
    """A reaction is a nod, and so is a sticker after something of ours; who begins with one hears us."""
    if event.kind == "reaction":
        return True
    begun = any(m.author is not Author.CUSTOMER for m in store.messages.list_public(conversation.id))
    return event.kind == "sticker" and (begun or conversation.state is not State.ASSISTANT)


def only_noted(store: Store, conversation: Conversation, event: Said, now: datetime) -> Conversation:
    """In the transcript, and nothing is due because of it."""
    if store.messages.get(conversation.id, event.message_id):
        return conversation
    conversation = conversation.speaks(now)
    text = shown(event, conversation.language)
    if event.kind == "text":
        text = words(f"sent_{event.attachments[0].kind}", conversation.language)
    message = Message(
        id=event.message_id,
        conversation=conversation.id,
        seq=conversation.seq,
        author=Author.CUSTOMER,
        text=readable(fitting(text)),
        kind="file" if event.kind == "text" else event.kind,
        created_at=now,
    )
    keep(store, message)
    return save(store, conversation, now)


def only_files(store: Store, conversation: Conversation, event: Said, timing: Timing, now: datetime) -> None:
    """Nothing that the assistant can read: it says so and offers a person; people see what came."""
    told = _told_already(store, conversation, event, now)
    conversation = only_noted(store, conversation, event, now)
    language = conversation.language
    if conversation.state is not State.ASSISTANT:
        expect_an_answer(store, conversation, timing, now)
    elif not told:
        notice = Reply(
            text=words("cannot_read_file" if event.attachments else "words_only", language),
            language=language,
            buttons=(person_button(language),),
            kind="file_notice",
        )
        conversation, _ = say(store, conversation, Author.ASSISTANT, notice, now)
        save(store, conversation, now)


def _told_already(store: Store, conversation: Conversation, event: Said, now: datetime) -> bool:
    """The same kind was answered a moment ago, and no words have been said since."""
    kind = "file" if event.kind == "text" else event.kind
    said = store.messages.list_public(conversation.id)
    since = [m for m in said if m.kind not in NOTED]
    if not since or since[-1].kind != "file_notice" or now - since[-1].created_at > TOLD_HOLDS:
        return False
    before = [m for m in said if m.kind in NOTED]
    return bool(before) and before[-1].kind == kind


def keep_files(store: Store, conversation: str, event: Said, now: datetime) -> None:
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
                name=one.name,
                source=one.source,
                created_at=now,
            )
        )
    if attachments:
        store.jobs.schedule_once(Kind.MEDIA, conversation, now, now)


def fitting(text: str) -> str:
    """As much as a message may have; the whole is kept as a file beside it."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
