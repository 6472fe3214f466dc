"""The evidence of harassment as one file: what was said, read and done, without other people's data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.api.redaction import redact_json
from assistant.api.schemas import format_timestamp, serialize_turn
from assistant.conversation.harassment import list_harassing_messages
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation
from assistant.domain.errors import Conflict
from assistant.domain.messages import WARNING, Message, get_public_kind
from assistant.domain.people import Agent, Customer
from assistant.domain.turns import TurnRecord
from assistant.ports.storage.store import Store
from assistant.text.pii_masking import PiiMask

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRows:
    """What the file is made of."""

    conversation: Conversation
    customer: Customer
    #: Without private notes, which are about colleagues and other customers too.
    messages: Sequence[Message]
    turns: Sequence[TurnRecord]
    packets: Sequence[Mapping[str, Any]]
    #: Ids of messages that harass.
    harassing: Sequence[str]


def load_evidence_rows(store: Store, conversation_id: str) -> EvidenceRows:
    """Conflict: nothing was read as harassment."""
    conversation = store.conversations.get(conversation_id)
    harassing = list_harassing_messages(store, conversation.id)
    if not harassing:
        raise Conflict("Nothing in this conversation was read as harassment.")
    return EvidenceRows(
        conversation=conversation,
        customer=store.customers.get(conversation.customer),
        messages=store.messages.list_public(conversation.id),
        turns=store.turns.list_all(conversation.id),
        packets=store.handoffs.list_packets(conversation.id),
        harassing=harassing,
    )


def build_evidence(rows: EvidenceRows, exporter: Agent, now: datetime) -> dict[str, Any]:
    """The file's content; card numbers, secrets and personal data but the customer's own are masked."""
    customer, conversation = rows.customer, rows.conversation
    own = {customer.name, customer.email, *(one.id for one in customer.identities)}
    pii = PiiMask(kept=frozenset(value for value in own if value))

    def mask(text: str) -> str:
        return pii.mask_text(mask_secrets(text))

    return {
        "version": VERSION,
        "exported_at": format_timestamp(now),
        "exported_by": {"id": exporter.id, "name": exporter.name},
        "conversation": {
            "id": conversation.id,
            "channel": conversation.channel,
            "language": conversation.language,
            "state": conversation.state,
            "created_at": format_timestamp(conversation.created_at),
            "closed_at": format_timestamp(conversation.closed_at),
        },
        "customer": {
            "id": customer.id,
            "name": customer.name,
            "email": customer.email,
            "verified": customer.verified,
            "identities": [{"channel": one.channel, "id": one.id} for one in customer.identities],
        },
        "messages": [
            _serialize_message(message, mask(message.text), message.id in rows.harassing)
            for message in rows.messages
        ],
        "turns": [redact_json(_serialize_turn(record), mask=mask) for record in rows.turns],
        "warnings": [
            {"message": one.id, "agent": one.agent, "created_at": format_timestamp(one.created_at)}
            for one in rows.messages
            if one.kind == WARNING
        ],
        "packets": [redact_json(packet, mask=mask) for packet in rows.packets],
    }


def _serialize_message(message: Message, text: str, is_harassing: bool) -> dict[str, Any]:
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "agent": {"id": message.agent, "name": message.agent_name} if message.agent else None,
        "kind": get_public_kind(message.kind),
        "text": text,
        "created_at": format_timestamp(message.created_at),
        "harassment": is_harassing,
    }


def _serialize_turn(record: TurnRecord) -> dict[str, Any]:
    """With the reasons of every signal, not only of the decision."""
    return {**serialize_turn(record), "evidence": [one.as_dict() for one in record.signals.evidence]}


def render_canonical_json(content: Mapping[str, Any]) -> bytes:
    """*content* as the SHA-256 is computed over it: sorted keys, no blanks, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
