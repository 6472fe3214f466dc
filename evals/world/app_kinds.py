"""Generated variants of inbound app messages: documented kinds, unknown kinds, malformed content."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

#: Content that a known kind never has.
WRONG: tuple[Any, ...] = ({}, [], None, 7, "x", {"id": "1", "caption": 7, "body": {"b": []}})
WHATSAPP = (
    *("text", "image", "video", "audio", "document", "sticker", "location", "contacts", "order"),
    *("interactive", "button", "unsupported", "unknown", "ephemeral", "poll_creation", "event", "new"),
)
TELEGRAM = (
    *("photo", "video", "video_note", "voice", "audio", "document", "animation", "sticker", "location"),
    *("venue", "contact", "poll", "dice", "story", "game", "invoice", "giveaway", "checklist", "paid_media"),
    *("users_shared", "chat_shared", "web_app_data", "gift", "passport_data", "new"),
)
META = (
    *("image", "video", "audio", "file", "fallback", "location", "template", "share", "post", "ig_post"),
    *("reel", "ig_reel", "story_mention", "ig_story", "ephemeral", "unsupported_type", "like_heart", "new"),
)
LINE = ("text", "image", "video", "audio", "file", "location", "sticker", "coupon", "flex", "new")


def generate_contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """(app, content) of each."""
    for kind in WHATSAPP:
        yield from (("whatsapp", {"type": kind, kind: content}) for content in WRONG)
    for kind in TELEGRAM:
        # Telegram marks a message as not of this kind by leaving the field out.
        yield from (("telegram", {kind: content}) for content in WRONG)
    for app in ("messenger", "instagram"):
        shapes = chain.from_iterable(
            (
                {"type": kind},
                {"type": kind, "payload": {}},
                {"type": kind, "payload": {"url": "https://a.jp/b"}},
            )
            for kind in META
        )
        yield from ((app, {"attachments": [one]}) for one in shapes)
        yield from (
            (app, content) for content in ({}, {"is_unsupported": True}, {"attachments": [7]}, {"text": 7})
        )
    for kind in LINE:
        yield from (("line", {"type": kind, **more}) for more in ({}, {"text": 7}, {"contentProvider": 7}))
    for subtype in (None, "file_share", "me_message", "thread_broadcast"):
        yield from (("slack", {"subtype": subtype, "text": text}) for text in ("", " ", "\u200b"))
        yield "slack", {"subtype": subtype, "text": "", "files": [{}], "blocks": [{"type": "new"}]}
    yield from (("sms", {"Body": body}) for body in ("", " ", "\n"))
    yield "sms", {"Body": "", "NumMedia": "1", "MediaUrl0": "https://a.jp/b"}
    yield "sms", {"Body": "", "Latitude": "1", "Longitude": "2"}
