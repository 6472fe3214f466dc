"""Realistic mail: quotes, charsets, automatic mail, forwards, threads."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from assistant.domain.conversation import State
from evals.world.cases import CasePlace, SiblingResult, WorldCase
from evals.world.mail_service import FoundMail, MailService, serve_mail
from evals.world.mail_siblings import generate_mails

QUOTED = "返品の送料はどちらの負担ですか。"
ASKED = "返品の期限はいつまでですか。"
Check = Callable[[MailService, FoundMail], list[str]]


async def get_service(place: CasePlace) -> MailService:
    found: MailService = await place.start_once("mail", lambda: serve_mail(place.scratch))
    return found


async def siblings(place: CasePlace) -> list[SiblingResult]:
    """Quote forms, charsets and mailers, combined."""
    service, found = await get_service(place), []
    mails = generate_mails()
    for mail in mails:
        service.post.add_mail(mail.raw)
    for mail in mails:
        known = await service.find_mail(mail.sender)
        if known is None:
            found.append(SiblingResult(name=mail.name, wrong="no conversation", lost=True))
            continue
        wrong = None if known.text == mail.right else f"read as {known.text[:150]!r}"
        found.append(SiblingResult(name=mail.name, wrong=wrong))
    return found


async def _deliver_mail(service: MailService, path: Path) -> str:
    """Each case has its own sender: no unauthenticated sender gets two automatic answers."""
    raw, number = path.read_bytes(), path.name.split("-")[0]
    named = re.search(rb"^Reply-To: (\S+)", raw, re.M) or re.search(rb"^From: (\S+)", raw, re.M)
    known = named[1].decode() if named else ""
    local, _, domain = known.partition("@")
    own = f"{local}.{number}@{domain}"
    service.post.add_mail(raw.replace(known.encode(), own.encode()))
    return own


async def _read_mail(place: CasePlace, paths: Sequence[Path], *, check: Check, answered: bool) -> list[str]:
    service = await get_service(place)
    sender = await _deliver_mail(service, paths[0])
    found = await service.find_mail(sender, answered=answered)
    if found is None:
        return ["no conversation"]
    if (count := await service.count_conversations(sender)) != 1:
        return [f"{count} conversations"]
    return check(service, found)


def _check_text(right: str, *, answered: bool) -> Check:
    def run_check(service: MailService, found: FoundMail) -> list[str]:
        problems = [] if found.text == right else [f"the customer's words are {found.text!r}"]
        if answered and found.conversation.state is not State.ASSISTANT:
            problems.append(f"its state is {found.conversation.state}")
        if answered and len(found.messages) < 2:
            problems.append("it is not answered")
        return problems

    return run_check


def _check_words(*words: str, queued: bool = False) -> Check:
    def run_check(service: MailService, found: FoundMail) -> list[str]:
        problems = [f"{one!r} is missing in {found.text!r}" for one in words if one not in found.text]
        if queued and found.conversation.state is not State.QUEUED:
            problems.append("people do not see it")
        return problems

    return run_check


async def _check_thread(place: CasePlace, paths: Sequence[Path]) -> list[str]:
    """A reply to our mail by Message-ID alone, at our plain address."""
    service = await get_service(place)
    raw = paths[0].read_bytes()
    first = raw.replace(b"<c23@", b"<c23first@").replace(b"<ID OF OUR ANSWER>", b"")
    service.post.add_mail(first.replace(b"In-Reply-To: \r\n", b"").replace(b"References: \r\n", b""))
    await service.find_mail("g1@mail.example", answered=True)
    ours = next(mail for mail in service.post.sent if "g1@mail.example" in str(mail["To"]))
    service.post.add_mail(raw.replace(b"<ID OF OUR ANSWER>", str(ours["Message-ID"]).encode()))
    found = await service.find_mail("g1@mail.example")
    count = await service.count_conversations("g1@mail.example")
    said = [m for m in found.messages if m.author == "customer"] if found else []
    return (
        [] if (count, len(said)) == (1, 2) else [f"{count} conversations, {len(said)} messages in the newest"]
    )


def _build_case(file: str, says: str, check: Check, *, answered: bool = False) -> WorldCase:
    return WorldCase(files=(file,), says=says, check=partial(_read_mail, check=check, answered=answered))


def _build_quoted_case(file: str) -> WorldCase:
    return _build_case(
        file, "only the customer's words, answered", _check_text(QUOTED, answered=True), answered=True
    )


def _build_readable_case(file: str, right: str = ASKED) -> WorldCase:
    return _build_case(file, "readable", _check_text(right, answered=False), answered=True)


LETTERS = "髙島です。①返品の期限はいつまでですか。"
FORM = _check_words("注文12345が届きません。至急返金してください。")

CASES: list[WorldCase] = [
    *map(
        _build_quoted_case,
        (
            "02a-outlook-ja-reply.eml",
            "02b-iphone-ja-reply.eml",
            "02c-thunderbird-ja-reply.eml",
            "02d-gmail-html-only-reply.eml",
        ),
    ),
    *map(
        _build_readable_case,
        (
            "03a-jis-no-charset.eml",
            "03b-cp50220.eml",
            "03d-x-sjis.eml",
            "03g-label-jis-body-utf8.eml",
            "03h-utf8-no-charset.eml",
            "03l-html-meta-jis.eml",
        ),
    ),
    _build_readable_case("03e-windows-31j.eml", LETTERS),
    _build_readable_case("03i-shift_jis-with-cp932-letters.eml", LETTERS),
    _build_readable_case("03j-jis-nec-row13.eml", "①返品はできますか。㈱こもれび。"),
    _build_case("04a-contact-form-noreply.eml", "the customer is who Reply-To names", FORM),
    _build_case("04b-contact-form-wordpress.eml", "the customer is who Reply-To names", FORM),
    _build_case("04c-google-group.eml", "people see it", _check_words(ASKED, queued=True)),
    _build_case("04e-colleague-own-domain.eml", "people see it", _check_words(ASKED, queued=True)),
    _build_case(
        "05a-forward-gmail.eml", "the forwarded words", _check_words("荷物が届きません。調べてください。")
    ),
    _build_case(
        "05b-forward-apple.eml", "the forwarded words", _check_words("My parcel 12345 has not arrived.")
    ),
    WorldCase(files=("23-in-reply-to-only.eml",), says="the same conversation", check=_check_thread),
]
