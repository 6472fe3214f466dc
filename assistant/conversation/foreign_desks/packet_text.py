"""The handoff packet as text for people in a foreign desk, within the length that it takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.domain.foreign_desks import DeskDelivery
from assistant.domain.messages import Author

#: Labels by language; Japanese and English are what people at desks read.
LABELS: Mapping[str, Mapping[str, str]] = {
    "ja": {
        "reason": "引き継ぎの理由",
        "ask": "ご用件",
        "summary": "要約",
        "urgency": "優先度",
        "topic": "話題",
        "customer": "お客様",
        "facts": "分かっていること",
        "actions": "お客様に示した変更",
        "attempts": "アシスタントが試したこと",
        "promises": "これまでのお約束",
        "feelings": "お気持ち",
        "suggested": "返信案",
        "told_customer": "お客様への案内",
        "transcript": "会話",
        "link": "全文（期限付きリンク）",
    },
    "en": {
        "reason": "Why it was handed over",
        "ask": "What they need",
        "summary": "Summary",
        "urgency": "Urgency",
        "topic": "Topic",
        "customer": "Customer",
        "facts": "What is known",
        "actions": "Changes that they were shown",
        "attempts": "What the assistant tried",
        "promises": "What was promised",
        "feelings": "How they feel",
        "suggested": "Suggested reply",
        "told_customer": "What they were told",
        "transcript": "Conversation",
        "link": "All of it (link that expires)",
    },
}
#: The fields of a packet, the most needed first.
FIELDS = tuple(name for name in LABELS["en"] if name != "link")
AUTHORS = {
    "ja": {Author.CUSTOMER: "お客様", Author.ASSISTANT: "アシスタント", Author.AGENT: "担当者"},
    "en": {Author.CUSTOMER: "Customer", Author.ASSISTANT: "Assistant", Author.AGENT: "Agent"},
}
#: What the end of a cut text looks like.
CUT = "…"


@dataclass(frozen=True, slots=True)
class PacketText:
    text: str
    #: Fields that it does not carry, or not whole.
    loss: tuple[str, ...]


def render_packet(delivery: DeskDelivery, *, most: int, without: Sequence[str] = ()) -> PacketText:
    """All fields but *without*, as far as *most* characters go; the link comes first and always fits."""
    language = "ja" if delivery.language == "ja" else "en"
    labels = LABELS[language]
    lines, loss = [f"{labels['link']}: {delivery.packet_url}"], list(without)
    left = most - len(lines[0])
    for name in FIELDS:
        if name in without or not (text := _render_field(name, delivery, language)):
            continue
        block = f"\n{labels[name]}: {text}"
        if len(block) > left:
            loss.append(name)
            block = block[: max(0, left - len(CUT))] + CUT if left > 80 else ""
        lines += [block] if block else []
        left -= len(block) + 1
    return PacketText("\n".join(lines), tuple(loss))


def render_subject(delivery: DeskDelivery, most: int = 120) -> str:
    """What it is about, in a line."""
    issue = delivery.packet.get("issue") or {}
    summary = (issue.get("summary") or {}).get("ja" if delivery.language == "ja" else "en")
    said = [message.text for message in delivery.messages if message.author is Author.CUSTOMER]
    text = " ".join(str(issue.get("ask") or (said[-1] if said else summary) or delivery.link.id).split())
    return text if len(text) <= most else text[: most - 1] + CUT


def _render_field(name: str, delivery: DeskDelivery, language: str) -> str:
    if name == "transcript":
        return _render_transcript(delivery, language)
    render = RENDERERS[name]
    return render(delivery.packet, language).strip()


def _render_transcript(delivery: DeskDelivery, language: str) -> str:
    lines = [
        f"{AUTHORS[language].get(message.author, str(message.author))}: {message.text}"
        for message in delivery.messages
    ]
    return "\n" + "\n".join(lines) if lines else ""


def _render_customer(packet: Mapping[str, Any], language: str) -> str:
    customer = packet.get("customer") or {}
    parts = [customer.get("name"), customer.get("email"), packet.get("channel"), customer.get("locale")]
    return " / ".join(str(part) for part in parts if part)


def _render_facts(packet: Mapping[str, Any], language: str) -> str:
    facts = packet.get("facts") or {}
    names = {
        "ja": {"verified": "確認済み", "claimed": "お申し出", "missing": "未確認"},
        "en": {"verified": "verified", "claimed": "claimed", "missing": "missing"},
    }[language]
    return "; ".join(
        f"{names[kind]}: {', '.join(map(str, facts[kind]))}" for kind in names if facts.get(kind)
    )


def _render_attempts(packet: Mapping[str, Any], language: str) -> str:
    tried = packet.get("attempts") or ()
    return "; ".join(
        f"{one.get('query') or ''} → {', '.join(str(source.get('article')) for source in one['sources'])}"
        for one in tried
        if one.get("sources")
    )


def _render_feelings(packet: Mapping[str, Any], language: str) -> str:
    felt = packet.get("feelings") or {}
    return ", ".join(f"{name} {value:.1f}" for name, value in felt.items() if value and value >= 0.3)


RENDERERS: Mapping[str, Callable[[Mapping[str, Any], str], str]] = {
    "reason": lambda packet, _: str((packet.get("trigger") or {}).get("reason") or ""),
    "ask": lambda packet, _: str((packet.get("issue") or {}).get("ask") or ""),
    "summary": lambda packet, language: str(
        ((packet.get("issue") or {}).get("summary") or {}).get(language) or ""
    ),
    "urgency": lambda packet, _: str((packet.get("issue") or {}).get("urgency") or ""),
    "topic": lambda packet, _: str((packet.get("issue") or {}).get("topic") or ""),
    "customer": _render_customer,
    "facts": _render_facts,
    "actions": lambda packet, _: "; ".join(
        str(one.get("effect") or one.get("tool") or "") for one in packet.get("actions") or ()
    ),
    "attempts": _render_attempts,
    "promises": lambda packet, _: "; ".join(map(str, packet.get("promises") or ())),
    "feelings": _render_feelings,
    "suggested": lambda packet, _: next(
        (str(one.get("text") or "") for one in packet.get("suggested") or ()), ""
    ),
    "told_customer": lambda packet, _: str(packet.get("told_customer") or ""),
}
