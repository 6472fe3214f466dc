"""What customers send besides words: files, stickers, places. The assistant says that it cannot read them."""

from datetime import datetime
from uuid import uuid4

from assistant.conversation.compose import person_button
from assistant.conversation.receive import expect_an_answer, readable
from assistant.conversation.speak import keep, save, say
from assistant.conversation.timing import MAX_TEXT, Timing
from assistant.conversation.wording import say as words
from assistant.domain.channels import Attachment, Media, Said
from assistant.domain.conversation import Conversation, State
from assistant.domain.due import Kind
from assistant.domain.messages import Author, Message, Reply
from assistant.stores import Store

#: Kinds of what customers send besides words.
NOTED = ("file", "location", "sticker", "reply", "mail")


def only_noted(store: Store, conversation: Conversation, event: Said, now: datetime) -> Conversation:
    """In the transcript, and nothing is due because of it."""
    if store.messages.get(conversation.id, event.message_id):
        return conversation
    conversation = conversation.speaks(now)
    shown = event.kind if event.kind != "text" else event.attachments[0].kind
    text = f"{words(f'sent_{shown}', conversation.language)} {event.text}".strip()
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
    """Nothing that the assistant can read: it says so and offers a person; people see the file."""
    told_already = _last_kind(store, conversation) == "file_notice"
    conversation = only_noted(store, conversation, event, now)
    language = conversation.language
    if conversation.state is not State.ASSISTANT:
        expect_an_answer(store, conversation, timing, now)
    elif not told_already:
        notice = Reply(
            text=words("cannot_read_file", language),
            language=language,
            buttons=(person_button(language),),
            kind="file_notice",
        )
        conversation, _ = say(store, conversation, Author.ASSISTANT, notice, now)
        save(store, conversation, now)


def _last_kind(store: Store, conversation: Conversation) -> str | None:
    said = [m.kind for m in store.messages.public(conversation.id) if m.kind not in NOTED]
    return said[-1] if said else None


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
        store.due.want(Kind.MEDIA, conversation, now, now)


def fitting(text: str) -> str:
    """As much as a message may have; the whole is kept as a file beside it."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
