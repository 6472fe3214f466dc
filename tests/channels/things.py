"""What people send besides words, as each app tells of it: the content of a message, its kind, and what of it
agents read. From the platforms' documentation and public bug reports; names are invented."""

from typing import Any

Thing = tuple[dict[str, Any], str, str]

WHATSAPP: list[Thing] = [
    (
        {
            "type": "contacts",
            "contacts": [{"name": {"formatted_name": "佐藤"}, "phones": [{"phone": "+8190"}]}],
        },
        "contact",
        "（連絡先） 佐藤 +8190",
    ),
    ({"type": "unsupported", "errors": [{"code": 131051}]}, "unknown", "表示できない"),
    ({"type": "unknown", "errors": [{"code": 131051}]}, "unknown", "表示できない"),
    ({"type": "ephemeral", "ephemeral": {}}, "unknown", "表示できない"),
    ({"type": "text"}, "unknown", "表示できない"),
    ({"type": "image", "image": {"id": "1", "caption": {"a": 1}}}, "unknown", "表示できない"),
    (
        {"type": "order", "order": {"product_items": [{"product_retailer_id": "器", "quantity": 2}]}},
        "order",
        "器 ×2",
    ),
    (
        {
            "type": "interactive",
            "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": '{"q":"返品"}'}},
        },
        "form",
        "（フォームの回答） 返品",
    ),
    ({"type": "interactive", "interactive": {"type": "call_permission_reply"}}, "unknown", "表示できない"),
    ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "location", "（位置情報）"),
    ({"type": "sticker", "sticker": {"id": "1"}}, "sticker", "（スタンプ）"),
]
TELEGRAM: list[Thing] = [
    ({"contact": {"phone_number": "+8190", "first_name": "花子"}}, "contact", "花子 +8190"),
    ({"video_note": {"file_id": "v", "length": 240, "duration": 3}}, "file", "（動画）"),
    ({"voice": {"file_id": "v", "duration": 3}}, "file", "（音声）"),
    ({"poll": {"id": "1", "question": "返品?", "options": [{"text": "はい"}]}}, "poll", "返品? はい"),
    ({"dice": {"emoji": "🎲", "value": 3}}, "dice", "🎲 3"),
    ({"story": {"id": 1}}, "story", "（ストーリーズ）"),
    ({"venue": {"title": "駅前", "address": "名古屋"}, "location": {}}, "location", "駅前 名古屋"),
    ({"game": {"title": "x"}}, "unknown", "表示できない"),
    ({"contact": {}}, "unknown", "表示できない"),
]
MESSENGER: list[Thing] = [
    (
        {
            "attachments": [
                {"type": "fallback", "payload": {"url": "https://shop.example/p/1", "title": "器"}}
            ]
        },
        "link",
        "器 https://shop.example/p/1",
    ),
    (
        {"attachments": [{"type": "location", "payload": {"coordinates": {"lat": 1, "long": 2}}}]},
        "location",
        "1,2",
    ),
    (
        {"attachments": [{"type": "template", "payload": {"product": {"elements": [{"title": "木の器"}]}}}]},
        "product",
        "木の器",
    ),
    ({"attachments": [{"type": "share", "payload": {"url": "https://l.example/1"}}]}, "post", "l.example"),
    ({"attachments": [{"type": "ig_reel", "payload": {"url": "https://l.example/1"}}]}, "post", "l.example"),
    (
        {"attachments": [{"type": "story_mention", "payload": {"url": "https://l.example/1"}}]},
        "story",
        "l.example",
    ),
    ({"attachments": [{"type": "ephemeral"}]}, "unknown", "表示できない"),
    ({"attachments": [{"type": "image", "payload": {}}]}, "unknown", "表示できない"),
    ({"is_unsupported": True}, "unknown", "表示できない"),
    (
        {"attachments": [{"type": "image", "payload": {"sticker_id": 369239263222822}}]},
        "sticker",
        "（スタンプ）",
    ),
]
LINE: list[Thing] = [
    ({"type": "location", "title": "駅前", "address": "名古屋"}, "location", "駅前 名古屋"),
    ({"type": "audio", "duration": 1, "contentProvider": {"type": "line"}}, "file", "（音声）"),
    ({"type": "file", "fileName": "a.pdf", "fileSize": 1}, "file", "（ファイル）"),
    ({"type": "coupon"}, "unknown", "表示できない"),
    ({"type": "text"}, "unknown", "表示できない"),
    ({"type": "sticker", "packageId": "1", "stickerId": "2", "keywords": None}, "sticker", "（スタンプ）"),
]
SMS: list[Thing] = [
    ({"Body": ""}, "unknown", "表示できない"),
    ({"Body": "", "Latitude": "1", "Longitude": "2", "Label": "駅前"}, "location", "駅前"),
    ({"Body": "", "NumMedia": "1", "MediaUrl0": "x", "MediaContentType0": "audio/amr"}, "file", "（音声）"),
]
SLACK: list[Thing] = [
    ({"text": "", "attachments": [{"text": "forwarded"}]}, "unknown", "表示できない"),
    (
        {"subtype": "file_share", "text": "", "files": [{"url_private": "x", "mimetype": "audio/mp4"}]},
        "file",
        "（音声）",
    ),
]
