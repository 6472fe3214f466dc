"""Mail as the world sends it: quotes, character sets, marks of machines, forwards, threads."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from assistant.domain.conversation import State
from evals.world.cases import Case, Place, Sibling
from evals.world.mail_service import Found, MailService, mail_service
from evals.world.mail_siblings import made

QUOTED = "返品の送料はどちらの負担ですか。"
ASKED = "返品の期限はいつまでですか。"
Check = Callable[[MailService, Found], list[str]]


async def service_of(place: Place) -> MailService:
    found: MailService = await place.once("mail", lambda: mail_service(place.scratch))
    return found


async def siblings(place: Place) -> list[Sibling]:
    """Quote forms, character sets and mailers, put together."""
    service, found = await service_of(place), []
    mails = made()
    for mail in mails:
        service.post.put(mail.raw)
    for mail in mails:
        known = await service.read(mail.sender)
        if known is None:
            found.append(Sibling(name=mail.name, wrong="no conversation", lost=True))
            continue
        wrong = None if known.text == mail.right else f"read as {known.text[:150]!r}"
        found.append(Sibling(name=mail.name, wrong=wrong))
    return found


async def _put(service: MailService, path: Path) -> str:
    """Each case has a sender of its own: nobody unproven gets two automatic answers."""
    raw, number = path.read_bytes(), path.name.split("-")[0]
    named = re.search(rb"^Reply-To: (\S+)", raw, re.M) or re.search(rb"^From: (\S+)", raw, re.M)
    known = named[1].decode() if named else ""
    local, _, domain = known.partition("@")
    own = f"{local}.{number}@{domain}"
    service.post.put(raw.replace(known.encode(), own.encode()))
    return own


async def _read(place: Place, paths: Sequence[Path], *, check: Check, answered: bool) -> list[str]:
    service = await service_of(place)
    sender = await _put(service, paths[0])
    found = await service.read(sender, answered=answered)
    if found is None:
        return ["no conversation"]
    if (count := await service.count(sender)) != 1:
        return [f"{count} conversations"]
    return check(service, found)


def _says(right: str, *, answered: bool) -> Check:
    def check(service: MailService, found: Found) -> list[str]:
        problems = [] if found.text == right else [f"the customer's words are {found.text!r}"]
        if answered and found.conversation.state is not State.ASSISTANT:
            problems.append(f"its state is {found.conversation.state}")
        if answered and len(found.messages) < 2:
            problems.append("it is not answered")
        return problems

    return check


def _holds(*words: str, queued: bool = False) -> Check:
    def check(service: MailService, found: Found) -> list[str]:
        problems = [f"{one!r} is missing in {found.text!r}" for one in words if one not in found.text]
        if queued and found.conversation.state is not State.QUEUED:
            problems.append("people do not see it")
        return problems

    return check


async def _goes_on(place: Place, paths: Sequence[Path]) -> list[str]:
    """An answer to our mail's Message-ID alone, at our plain address."""
    service = await service_of(place)
    raw = paths[0].read_bytes()
    first = raw.replace(b"<c23@", b"<c23first@").replace(b"<ID OF OUR ANSWER>", b"")
    service.post.put(first.replace(b"In-Reply-To: \r\n", b"").replace(b"References: \r\n", b""))
    await service.read("g1@mail.example", answered=True)
    ours = next(mail for mail in service.post.sent if "g1@mail.example" in str(mail["To"]))
    service.post.put(raw.replace(b"<ID OF OUR ANSWER>", str(ours["Message-ID"]).encode()))
    found = await service.read("g1@mail.example")
    count = await service.count("g1@mail.example")
    said = [m for m in found.messages if m.author == "customer"] if found else []
    return (
        [] if (count, len(said)) == (1, 2) else [f"{count} conversations, {len(said)} messages in the newest"]
    )


def _case(file: str, says: str, check: Check, *, answered: bool = False) -> Case:
    return Case(files=(file,), says=says, check=partial(_read, check=check, answered=answered))


def _quoted(file: str) -> Case:
    return _case(file, "only the customer's words, answered", _says(QUOTED, answered=True), answered=True)


def _readable(file: str, right: str = ASKED) -> Case:
    return _case(file, "readable", _says(right, answered=False), answered=True)


LETTERS = "髙島です。①返品の期限はいつまでですか。"
FORM = _holds("注文12345が届きません。至急返金してください。")

CASES: list[Case] = [
    *map(
        _quoted,
        (
            "02a-outlook-ja-reply.eml",
            "02b-iphone-ja-reply.eml",
            "02c-thunderbird-ja-reply.eml",
            "02d-gmail-html-only-reply.eml",
        ),
    ),
    *map(
        _readable,
        (
            "03a-jis-no-charset.eml",
            "03b-cp50220.eml",
            "03d-x-sjis.eml",
            "03g-label-jis-body-utf8.eml",
            "03h-utf8-no-charset.eml",
            "03l-html-meta-jis.eml",
        ),
    ),
    _readable("03e-windows-31j.eml", LETTERS),
    _readable("03i-shift_jis-with-cp932-letters.eml", LETTERS),
    _readable("03j-jis-nec-row13.eml", "①返品はできますか。㈱こもれび。"),
    _case("04a-contact-form-noreply.eml", "the customer is who Reply-To names", FORM),
    _case("04b-contact-form-wordpress.eml", "the customer is who Reply-To names", FORM),
    _case("04c-google-group.eml", "people see it", _holds(ASKED, queued=True)),
    _case("04e-colleague-own-domain.eml", "people see it", _holds(ASKED, queued=True)),
    _case("05a-forward-gmail.eml", "the forwarded words", _holds("荷物が届きません。調べてください。")),
    _case("05b-forward-apple.eml", "the forwarded words", _holds("My parcel 12345 has not arrived.")),
    Case(files=("23-in-reply-to-only.eml",), says="the same conversation", check=_goes_on),
]
