"""Files of customers in the web chat, and of agents: checked by content, limited, kept with a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from assistant.conversation.desk import add_agent_message
from assistant.conversation.inbound.attachments import apply_files_only
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.timing import Timing
from assistant.domain.channels import Address, Attachment, Media, MessageReceived, Thread
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, Conflict, ConversationClosed, TooLarge
from assistant.domain.file_types import INLINE_TYPES, clean_file_name, detect_file_type
from assistant.domain.messages import AgentMessage, Message
from assistant.domain.people import Agent
from assistant.ports.channels import Channel
from assistant.ports.storage.store import Store

MAX_FILE_BYTES = 8 * 1024 * 1024
#: Of one conversation.
MAX_FILES = 50
MAX_CONVERSATION_BYTES = 64 * 1024 * 1024


Channels = Mapping[tuple[str, str], Channel]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDesk:
    """What sending a file needs of the service."""

    channels: Channels
    timing: Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file whose content was checked."""

    #: The sender's own id of the message that carries it.
    message_id: str
    name: str
    type: str
    data: bytes

    @property
    def kind(self) -> str:
        return "image" if self.type in INLINE_TYPES else "file"


def check_upload(message_id: str, name: str, data: bytes) -> UploadedFile:
    """The file as it is stored; BadInput for what we do not take, TooLarge."""
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge(f"A file may have {MAX_FILE_BYTES // (1024 * 1024)} MB.")
    found = detect_file_type(data)
    if found is None:
        raise BadInput("Send a picture (PNG, JPEG, GIF, WebP), a PDF or a text file.", reason="file_type")
    return UploadedFile(message_id=message_id, name=clean_file_name(name), type=found, data=data)


def receive_customer_file(
    store: Store, conversation_id: str, file: UploadedFile, timing: Timing, now: datetime
) -> Message:
    """Store it as what the customer said; a second delivery adds nothing."""
    conversation = store.conversations.get(conversation_id)
    if conversation.state is State.CLOSED:
        raise ConversationClosed
    if known := store.messages.get(conversation.id, file.message_id):
        return known
    _require_room(store, conversation, file)
    event = MessageReceived(
        id=file.message_id,
        message_id=file.message_id,
        address=Address(channel=WEB, peer=conversation.customer),
        text="",
        attachments=(Attachment(kind=file.kind, name=file.name, source=""),),
    )
    _save_file(store, conversation, file, now)
    apply_files_only(store, conversation, event, timing, now)
    message = store.messages.get(conversation.id, file.message_id)
    assert message is not None
    return message


def send_agent_file(
    store: Store, conversation_id: str, agent: Agent, file: UploadedFile, desk: FileDesk, now: datetime
) -> Message:
    """Only the owner may, and only what the customer's app carries."""
    conversation = store.conversations.get(conversation_id)
    if thread := store.threads.find_by_conversation(conversation.id):
        check_channel_limits(file, find_file_limits(thread, desk.channels))
    if known := store.messages.get(conversation.id, file.message_id):
        return known
    _require_room(store, conversation, file)
    written = AgentMessage(message_id=file.message_id, text=file.name)
    message = add_agent_message(store, conversation.id, agent, written, desk.timing, now)
    _save_file(store, conversation, file, now)
    return message


def find_file_limits(thread: Thread, channels: Channels) -> Mapping[str, int]:
    """What the app of *thread* takes from agents: type -> most bytes."""
    channel = channels.get((thread.address.channel, thread.address.account))
    return channel.file_limits if channel else {}


def check_channel_limits(file: UploadedFile, limits: Mapping[str, int]) -> None:
    """Conflict, BadInput or TooLarge with the reason, before anything is stored."""
    if not limits:
        raise Conflict("This app carries no files; send a link.", reason="channel")
    if file.type not in limits:
        raise BadInput("This app does not carry files of this type.", reason="channel_file_type")
    if len(file.data) > limits[file.type]:
        raise TooLarge("The file is too large for this app.", reason="channel_file_size")


def _require_room(store: Store, conversation: Conversation, file: UploadedFile) -> None:
    present = store.media.list_by_conversation(conversation.id)
    size = sum(one.size or 0 for one in present) + len(file.data)
    if len(present) >= MAX_FILES or size > MAX_CONVERSATION_BYTES:
        raise TooLarge("This conversation has no room for more files.")


def _save_file(store: Store, conversation: Conversation, file: UploadedFile, now: datetime) -> None:
    media = Media(
        id=uuid4().hex,
        conversation=conversation.id,
        message=file.message_id,
        kind=file.kind,
        name=file.name,
        source="",
        created_at=now,
    )
    store.media.add(media)
    store.media.save_data(media.id, file.type, file.data)
