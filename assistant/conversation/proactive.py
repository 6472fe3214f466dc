"""From an event of the business to notices that wait: which rules tell whom of it, and from when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from assistant.conversation.consents import select_identity
from assistant.domain.customer_data import clean_line, normalize_identity, parse_moment
from assistant.domain.errors import BadInput
from assistant.domain.people import Customer
from assistant.domain.policy import Policy
from assistant.domain.proactive import ProactiveNotice, ProactiveRule
from assistant.ports.storage.store import Store

INCIDENT_EVENT = "incident.opened"
#: Of what fills a sentence.
MAX_DETAIL_CHARACTERS = 120
#: Conversations that one incident is told in, and words that it is found by.
MAX_TOUCHED = 5_000
MAX_WORDS = 10
DETAILS = ("tracking", "eta")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def schedule_notices(store: Store, event: Mapping[str, Any], policy: Policy, now: datetime) -> int:
    """Have the customer of an event told of it by every rule in force; returns how many notices are new.

    The event was checked by `parse_event`, or is an incident.
    """
    rules = [
        rule
        for rule in policy.proactive.rules
        if rule.name in policy.proactive_on and event["type"] in rule.events
    ]
    if event["type"] == INCIDENT_EVENT:
        return _schedule_incident(store, parse_incident(event), rules, now)
    order = event["data"].get("order") or {}
    who = str(event["data"]["customer"]["type"]).lower(), str(event["data"]["customer"]["value"])
    identity = who[0], normalize_identity(*who)
    customer = store.customers.find_by_identity(*identity) if rules else None
    at = min(parse_moment(event.get("timestamp")) or now, now)
    details = {"order": str(order.get("id", ""))} | {name: order[name] for name in DETAILS if order.get(name)}
    added = 0
    for rule in rules:
        start = _find_promised_day_end(order.get("eta"), policy.zone) if rule.from_promise else at
        if start is None:
            continue
        subject = str(order.get("id") or event["type"])
        notice = _build_notice(rule, subject, identity, details, start, now)
        added += _add_notice(store, _address_notice(store, notice, customer), rule)
    return added


def _add_notice(store: Store, notice: ProactiveNotice, rule: ProactiveRule) -> bool:
    """A day that was promised anew moves the notice that waits for it."""
    is_new = store.proactive.add(notice)
    if not is_new and rule.from_promise:
        store.proactive.move_waiting(notice)
    return is_new


def parse_incident(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """{id, title: {language: sentence}, words} of an incident; BadInput."""
    data = event.get("data")
    incident = data.get("incident") if isinstance(data, Mapping) else None
    if not isinstance(incident, Mapping) or not isinstance(incident.get("id"), str) or not incident["id"]:
        raise BadInput("data.incident is an object with an id.")
    title, words = incident.get("title"), incident.get("words")
    if not isinstance(title, Mapping) or not all(isinstance(one, str) and one for one in title.values()):
        raise BadInput("data.incident.title has a sentence for each language: {ja: …, en: …}.")
    if not isinstance(words, list) or not 0 < len(words) <= MAX_WORDS:
        raise BadInput(
            f"data.incident.words has 1 to {MAX_WORDS} words that open conversations are found by."
        )
    if not all(isinstance(one, str) and 2 <= len(one.strip()) <= 60 for one in words):
        raise BadInput("Each of data.incident.words has 2 to 60 characters.")
    return incident


def _schedule_incident(
    store: Store, incident: Mapping[str, Any], rules: Sequence[ProactiveRule], now: datetime
) -> int:
    """A notice for everybody who wrote of it in a conversation that is open."""
    if not rules:
        return 0
    words = [one.strip() for one in incident["words"]]
    touched = store.proactive.list_touched_conversations(words, now, limit=MAX_TOUCHED)
    titles = {f"title.{language}": text for language, text in incident["title"].items()}
    added = 0
    for rule in rules:
        for conversation, customer_id in touched:
            customer = store.customers.get(customer_id)
            identity = select_identity(customer, store.conversations.get(conversation).channel)
            if identity is not None:
                found = (identity.channel, identity.id)
                notice = _build_notice(rule, incident["id"], found, titles, now, now)
                notice = replace(_address_notice(store, notice, customer), conversation=conversation)
                added += store.proactive.add(notice)
    return added


def _build_notice(
    rule: ProactiveRule,
    subject: str,
    identity: tuple[str, str],
    details: Mapping[str, Any],
    start: datetime,
    now: datetime,
) -> ProactiveNotice:
    due = start + rule.delay
    return ProactiveNotice(
        id=uuid4().hex,
        rule=rule.name,
        subject=subject[:255],
        person=f"{identity[0]}:{identity[1]}",
        customer=None,
        identity_type=identity[0],
        identity=identity[1],
        purpose=rule.purpose,
        order_id=str(details["order"])[:255] if details.get("order") else None,
        details={key: _clean_detail(value) for key, value in details.items()},
        next_at=max(due, now),
        expires_at=due + rule.window,
        created_at=now,
    )


def _address_notice(store: Store, notice: ProactiveNotice, customer: Customer | None) -> ProactiveNotice:
    """The notice of a person: whichever of their identities an event names, they are told once."""
    if customer is None:
        return notice
    person = min(store.links.list_linked_customers(customer.id))
    return replace(notice, customer=customer.id, person=person)


def _clean_detail(value: object) -> str:
    if isinstance(value, list):
        value = ", ".join(map(str, value[:10]))
    return clean_line(str(value))[:MAX_DETAIL_CHARACTERS]


def _find_promised_day_end(eta: object, zone: str) -> datetime | None:
    """The end of the day that was promised, on the business's clock; None: none was."""
    found = DATE.match(str(eta or ""))
    if found is None:
        return None
    try:
        moment = parse_moment(eta)
        day = datetime.fromisoformat(found[0]).replace(tzinfo=ZoneInfo(zone))
        if moment is not None:
            day = moment.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        return day + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
