"""Calls that were agreed on: whom, when, about what, and how they went."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from assistant.domain.errors import BadInput
from assistant.domain.hours import BusinessHours, Span, to_local_time

CallbackOutcome = Literal["reached", "no_answer", "wrong_number", "cancelled"]
MIN_DIGITS = 8
MAX_DIGITS = 15
#: A slot that customers choose.
SLOT = timedelta(hours=1)
#: The first one begins so much later at the earliest.
MIN_NOTICE = timedelta(minutes=30)
DAYS_AHEAD = 7
#: Where people answer at any time, nobody is called at night all the same.
FIRST_HOUR = 9
LAST_HOUR = 18
#: Of an agreed time, and how far ahead it may be.
MAX_SPAN = timedelta(hours=12)
MAX_AHEAD = timedelta(days=60)


class CallbackState(StrEnum):
    PLANNED = "planned"
    #: Nobody had called when its time was over.
    MISSED = "missed"
    DONE = "done"


#: A call is still to be made.
OPEN_CALLBACKS = (CallbackState.PLANNED, CallbackState.MISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    id: str
    conversation: str
    number: str
    topic: str
    slot_from: datetime
    slot_to: datetime
    state: CallbackState = CallbackState.PLANNED
    outcome: CallbackOutcome | None = None
    note: str = ""
    #: The actor who planned it.
    created_by: str
    created_at: datetime


def normalize_number(text: str) -> str:
    """Digits with their separators, as one dials them; BadInput for what is no telephone number."""
    number = " ".join(re.sub(r"[‐‑–—―−ー]", "-", unicodedata.normalize("NFKC", text)).split())
    digits = sum(character.isdigit() for character in number)
    if not re.fullmatch(r"\+?[0-9() -]{1,30}", number) or not MIN_DIGITS <= digits <= MAX_DIGITS:
        raise BadInput(f"A telephone number has {MIN_DIGITS} to {MAX_DIGITS} digits.", field="number")
    return number


def require_slot(slot_from: datetime, slot_to: datetime, now: datetime) -> None:
    """BadInput for a time that has passed, is far away, or is no span of a day."""
    is_span = timedelta(0) < slot_to - slot_from <= MAX_SPAN
    if not (is_span and now < slot_to and slot_from <= now + MAX_AHEAD):
        raise BadInput("The time of a call is a span of up to 12 hours in the next 60 days.", field="slot")


def list_callback_slots(hours: BusinessHours, now: datetime, limit: int) -> list[Span]:
    """The next whole hours in which people answer, in UTC."""
    found: list[Span] = []
    start = now.replace(minute=0, second=0, microsecond=0) + SLOT
    last = now + timedelta(days=DAYS_AHEAD)
    while len(found) < limit and start < last:
        inside = hours.is_open(start) and hours.is_open(start + SLOT - timedelta(minutes=1))
        by_day = bool(hours.days) or FIRST_HOUR <= to_local_time(start, hours.zone).hour < LAST_HOUR
        if inside and by_day and start >= now + MIN_NOTICE:
            found.append((start, start + SLOT))
        start += SLOT
    return found
