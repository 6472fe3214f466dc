"""What agents think of a reply of the assistant, in one click."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReplyRating(StrEnum):
    RIGHT = "right"
    #: It says something that is not so, or answers another question.
    WRONG = "wrong"
    #: It was right once.
    STALE = "stale"
    #: The help has nothing on it, or not enough.
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyVerdict:
    conversation: str
    message: str
    verdict: ReplyRating
    note: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb:
    """What the customer thought of a reply."""

    conversation: str
    message: str
    up: bool
    comment: str
    at: datetime
