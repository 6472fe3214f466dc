"""Notes for agents about an app's limits, in both languages; urgent ones are alarms."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

LimitNotices = Sequence[Mapping[str, Any]]

#: Remaining messages, and remaining time to answer, from which a note is an alarm.
MIN_MESSAGES_LEFT = 50
MIN_TIME_LEFT = timedelta(hours=3)
FREE = {
    "ja": "お客様の発言から50秒以内の返信は無料です。",
    "en": "Replies within 50 seconds of their words are free.",
}
PUSHED = {
    "ja": "返信はプッシュ通知になり、月の通数に数えられます。",
    "en": "Replies are pushes now, which count towards the monthly quota.",
}
CLOSED = {"ja": "返信できる期間が過ぎています。", "en": "The window for answers has closed.", "urgent": True}


def describe_push_quota(*, free: bool, left: int | None) -> LimitNotices:
    """The note about a push quota; *left* is None when there is none."""
    said: list[Mapping[str, Any]] = [FREE if free else PUSHED]
    if left is not None:
        ja, en = f"今月はあと{left}通送れます。", f"{left} messages left this month."
        said.append({"ja": ja, "en": en, "urgent": left < MIN_MESSAGES_LEFT})
    return said


def describe_reply_window(left: timedelta) -> LimitNotices:
    """The note about a reply window."""
    if left <= timedelta():
        return (CLOSED,)
    minutes = int(left.total_seconds() // 60)
    ja, en = (
        (f"{minutes // 60}時間", f"{minutes // 60} h")
        if minutes >= 60
        else (f"{minutes}分", f"{minutes} min")
    )
    return (
        {
            "ja": f"返信できる期間はあと{ja}です。",
            "en": f"The window for answers closes in {en}.",
            "urgent": left < MIN_TIME_LEFT,
        },
    )
