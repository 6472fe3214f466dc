"""Consent of customers, by purpose and channel: a ledger of what they said, and what holds now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from assistant.domain.customer_data import clean_line, normalize_identity, parse_moment
from assistant.domain.errors import BadInput


class Purpose(StrEnum):
    """What somebody is written to for, who did not just write."""

    #: News of their own orders and payments.
    ORDERS = "orders"
    #: Help with what they bought, and other things that they can do without.
    TIPS = "tips"
    SURVEYS = "surveys"
    #: What became of something that they told us.
    IMPROVEMENTS = "improvements"


class ConsentState(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    #: They said nothing about it.
    UNKNOWN = "unknown"


#: Only after a yes; the other purposes belong to what they asked for, until they say no.
OPT_IN_PURPOSES = frozenset({Purpose.TIPS})
#: In a record: every purpose, every channel.
EVERY = "*"
#: Raised with every change of the sentences by which customers consent here.
CONSENT_VERSION = "1"
CONSENT_EVENT = "consent.changed"
MAX_WORDING_CHARACTERS = 2_000
MAX_NAME_CHARACTERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One thing that somebody said about being written to; never changed afterwards."""

    identity_type: str
    identity: str
    #: A purpose, or EVERY.
    purpose: str
    #: A channel, or EVERY.
    channel: str
    #: Given or withdrawn.
    state: ConsentState
    #: The sentence that they were shown, and its version.
    wording: str
    version: str
    #: Where it was said: message, app, push, or the name of a file.
    source: str
    #: Who says so: customer, or who recorded it.
    by: str
    #: What proves it: the id of a message, an event or an import.
    evidence: str
    at: datetime
    recorded_at: datetime


def compute_consent(records: Iterable[ConsentRecord], purpose: str, channel: str) -> ConsentState:
    """What holds now: the newest record that speaks of it; of two at the same time the withdrawal."""
    about = [one for one in records if one.purpose in (purpose, EVERY) and one.channel in (channel, EVERY)]
    if not about:
        return ConsentState.UNKNOWN
    return max(about, key=lambda one: (one.at, one.state is ConsentState.WITHDRAWN)).state


def is_allowed(state: ConsentState, purpose: str) -> bool:
    """Whether somebody may be written to for a purpose."""
    if purpose in OPT_IN_PURPOSES:
        return state is ConsentState.GIVEN
    return state is not ConsentState.WITHDRAWN


def parse_consent_event(event: Mapping[str, Any], now: datetime) -> ConsentRecord:
    """The record of a pushed ``consent.changed``; BadInput for what is none."""
    data = event.get("data")
    who = data.get("customer") if isinstance(data, Mapping) else None
    said = data.get("consent") if isinstance(data, Mapping) else None
    if not isinstance(who, Mapping) or not isinstance(said, Mapping):
        raise BadInput("data has customer: {type, value} and consent: {purpose, channel, state, …}.")
    row = {"at": event.get("timestamp"), **said, "identity": who.get("value")}
    return build_consent(row, str(who.get("type") or ""), "push", str(event.get("id") or ""), now)


def build_consent(
    row: Mapping[str, Any], identity_type: str, source: str, evidence: str, now: datetime
) -> ConsentRecord:
    """A record of what another system says; BadInput with what to fix."""
    kind, identity = identity_type.strip().lower()[:32], row.get("identity")
    if not kind or not isinstance(identity, str) or not identity.strip():
        raise BadInput("A consent names whom it is about.")
    purpose, channel = (str(row.get(name) or EVERY).strip().lower() for name in ("purpose", "channel"))
    if purpose not in (*Purpose, EVERY):
        raise BadInput(f"purpose is one of {', '.join(Purpose)} or {EVERY}, not {purpose[:40]!r}.")
    state = str(row.get("state") or "").strip().lower()
    if state not in (ConsentState.GIVEN, ConsentState.WITHDRAWN):
        raise BadInput(f"state is given or withdrawn, not {state[:40]!r}.")
    wording = clean_line(str(row.get("wording") or ""))[:MAX_WORDING_CHARACTERS]
    if state == ConsentState.GIVEN and not wording:
        raise BadInput("A consent that was given has the wording that was shown.")
    at = now if row.get("at") in (None, "") else parse_moment(row["at"])
    if at is None:
        raise BadInput("at: give a time with its offset, such as 2026-12-01T09:00:00+09:00.")
    return ConsentRecord(
        identity_type=kind,
        identity=normalize_identity(kind, identity),
        purpose=purpose,
        channel=channel[:32],
        state=ConsentState(state),
        wording=wording,
        version=clean_line(str(row.get("version") or ""))[:MAX_NAME_CHARACTERS],
        source=source,
        by=clean_line(str(row.get("by") or source))[:MAX_NAME_CHARACTERS],
        evidence=evidence,
        at=min(at, now),
        recorded_at=now,
    )
