"""What agents and customers think of the assistant's replies, as types."""

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp
from assistant.domain.reply_verdicts import ReplyRating


class VerdictOut(TypedDict):
    verdict: ReplyRating
    note: str
    agent: str
    by: str
    at: Timestamp


class ThumbOut(TypedDict):
    up: bool
    comment: str
    at: Timestamp


class OpinionsOut(TypedDict):
    """What was said of one reply."""

    verdicts: list[VerdictOut]
    thumb: ThumbOut | None


class ReplyOpinionsOut(OpinionsOut):
    """What was said of one reply, with where it is."""

    conversation: str
    message: str
    #: The beginning of the reply.
    reply: str


class OpinionListOut(TypedDict):
    opinions: list[ReplyOpinionsOut]
