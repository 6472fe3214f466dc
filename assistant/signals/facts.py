"""Facts for agents in a customer's words: the matter, claims, missing information; unverified."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.domain.confidential import mask_secrets
from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.signals import cues, normalization
from assistant.signals.circumstances import find_circumstances
from assistant.signals.claims import extract_claims
from assistant.signals.customer_lines import parse_customer_lines
from assistant.signals.matter import (
    MAX_REQUEST_CHARACTERS,
    asks_something,
    ends_settled,
    extract_request,
    find_matter_start,
    find_open_question,
    find_wish,
    tells_matter,
)

MAX_FACTS = 20
MAX_PROMISES = 5
#: The customer's last lines that are searched for harm.
MAX_LINES_FOR_HARM = 5

#: Need of the topic table -> kinds of claims that fulfil it.
FULFILS = {
    "order number": ("order number", "tracking number", "booking number", "customer number"),
    "registered e-mail address": ("e-mail", "customer number"),
    "product": ("product", "serial number"),
    "amount": ("amount",),
}
#: Words of a purchase or a parcel; without them there may be no order number.
ORDER_WORDS = re.compile(
    r"注文|購入|買(?:った|いまし)|頼んだ|商品|品物|荷物|小包|配送|配達|(?<!メール[がもはで])届[いかきく]|返品|交換|キャンセル"
    r"|取り?消"
    r"|\b(?:orders?|ordered|bought|purchas\w+|parcels?|packages?|deliver\w*|items?|return(?:s|ed|ing)?"
    r"|exchange|arrived(?! at\b)|cancel\w*|shipped|shipment)\b"
)
#: Words of the customer's own case; a general question needs no order number.
OWN_CASE = re.compile(
    r"届い(?:た|て)|届か|届き(?:ま|そ)|届く(?:はず|予定)|注文(?:し(?:た|まし|て(?!もら))|番号|を|の(?:件|品|商品)|が)"
    r"|購入し|買(?:った|いまし)|頼んだ|引き?落と|請求(?:が|され)"
    r"|(?:返品|返金|交換|キャンセル|解約|取り?消)(?:し?たい|を?お?願い|を?希望|して(?:ほし|くだ))"
    r"|(?:ログイン|サインイン|認証)[^。]{0,8}(?:でき|れな|れませ)|パスワード[^。]{0,6}忘れ"
    r"|\b(?:my|our) (?:\w+ )?(?:order|parcel|package|delivery|account|refund|return|purchase|card|password)\b"
    r"|\bi(?:'ve| have| was)? (?:just |already |been )?"
    r"(?:ordered|bought|paid|received|returned|charged|billed)\b"
    r"|\b(?:hasn'?t|haven'?t|has not|have not|never|didn'?t) (?:\w+ )?"
    r"(?:arrived?|come|received?|turned|showed)"
    r"|\b(?:arrived(?! at\b)|delivered|locked out)\b|\bcharged (?:me|twice|\w+ times)\b"
    r"|\b(?:want|need|like) (?:to )?(?:return|cancel|exchange|a refund)\b|\brefund me\b"
)
#: An amount matters where one was charged.
CHARGE_WORDS = re.compile(
    r"請求|引き?落と|二重|課金|\b(?:charged?|billed|debited|double|twice|overcharged)\b"
)
#: Nouns for what a customer has: before a verb of failure.
NAMED_THING = re.compile(
    r"(?<![一-龠々ァ-ヴー])"
    r"(?!商品|品物|品|荷物|注文|中身|一部|全部|半分|箱|私|何|誰|電源|画面|保証|修理|傷|汚|穴|足|欠)"
    r"(?!違|間違|不良|故障|破損|交換|返品|今朝|昨日|今日|本日|先日|先週)[一-龠々ァ-ヴー]{1,12}(?=[がはをも])"
    r"|\b(?:the|my|this|these|our|two|some) (?!order|parcel|package|item|product|thing|box|delivery)"
    r"(?!one|wrong)(?:[a-z-]+ )?[a-z-]{3,20} "
    r"(?=(?:i|you|we) |arrived|came|is|was|are|were|has|have|won'?t|doesn'?t|does"
    r"|stopped|broke|isn'?t|don'?t)"
)


def pick_facts(said: Sequence[Utterance]) -> CustomerFacts:
    """The customer's request and claims in *said*, and what an agent still has to ask."""
    masked = _mask_lines(said)
    lines = parse_customer_lines(masked)
    matter = lines[find_matter_start(lines) :]
    ask = extract_request(masked)
    topic = next((line.topic for line in matter if line.topic), None)
    words = "\n".join(line.comparable for line in matter)
    needs = list_case_needs(topic, words) if ask else []
    claimed = _extract_claimed(masked)
    harm = find_harm([line.comparable for line in lines[-MAX_LINES_FOR_HARM:]])
    return CustomerFacts(
        ask=ask,
        topic=topic,
        claimed=claimed,
        missing=tuple(list_missing(needs, claimed, words)),
        needs=tuple(needs),
        sensitive="harm" if harm else None,
        is_self_harm="self_harm" in harm,
        is_settled=ask is not None and not harm and ends_settled(lines),
        question=find_open_question(matter),
        wish=find_wish(matter),
        promises=extract_promises(said),
    )


class WordFactPicker:
    """The FactPicker that reads words alone."""

    def __call__(self, said: Sequence[Utterance]) -> CustomerFacts:
        return pick_facts(said)

    def extract_ask(self, said: Sequence[Utterance]) -> str | None:
        return extract_request(_mask_lines(said))

    def asks_something(self, said: Sequence[Utterance]) -> bool:
        return asks_something(said)

    def takes_reply(self, said: Sequence[Utterance]) -> bool:
        """Whether the last words take what they got, with thanks or "that is it"."""
        return ends_settled(parse_customer_lines(said))

    def tells_matter(self, said: Sequence[Utterance]) -> bool:
        """Whether anything was told or asked beyond greetings, tests, random keys, questions about us."""
        return any(tells_matter(parse_customer_lines([line])) for line in said)

    def extract_claimed(self, said: Sequence[Utterance]) -> tuple[str, ...]:
        return _extract_claimed(_mask_lines(said))

    def extract_promises(self, said: Sequence[Utterance]) -> tuple[str, ...]:
        return extract_promises(said)


def _mask_lines(said: Sequence[Utterance]) -> list[Utterance]:
    return [replace(line, text=mask_secrets(line.text)) for line in said]


def _extract_claimed(masked: Sequence[Utterance]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_iterate_line_claims(masked)))[:MAX_FACTS]


def find_harm(lines: Sequence[str]) -> set[str]:
    """``harm`` and ``self_harm``, where one of the lines mentions it, by its words alone."""
    return {kind for line in lines for kind in find_circumstances(line)} & {"harm", "self_harm"}


def list_case_needs(topic: str | None, words: str) -> list[str]:
    """What an agent has to know about the customer's own case; empty for a general question."""
    if OWN_CASE.search(words) is None:
        return []
    fitting = {"amount": CHARGE_WORDS, "order number": ORDER_WORDS, "product": ORDER_WORDS}
    return [need for need in list_needs(topic) if need not in fitting or fitting[need].search(words)]


def list_missing(needs: Sequence[str], claimed: Sequence[str], words: str) -> Iterator[str]:
    """The needs that nobody has fulfilled."""
    kinds = {fact.split(":")[0] for fact in claimed}
    for need in needs:
        is_named = need == "product" and NAMED_THING.search(words) is not None
        if not is_named and not kinds & set(FULFILS[need]):
            yield need


def _iterate_line_claims(said: Sequence[Utterance]) -> Iterator[str]:
    reply = ""
    for line in said:
        clipped = normalization.normalize_text(normalization.clip_text(line.text))
        if line.author is Author.CUSTOMER:
            yield from extract_claims(line.text, clipped, reply)
        else:
            reply = clipped


def extract_promises(said: Sequence[Utterance]) -> tuple[str, ...]:
    """The last promises by an agent in this conversation, and earlier promises that the customer reports."""
    return tuple(_iterate_promises(said))[-MAX_PROMISES:]


def _iterate_promises(said: Sequence[Utterance]) -> Iterator[str]:
    who = {Author.AGENT: ("ours", "agent"), Author.CUSTOMER: ("told", "customer says")}
    for line in said:
        if line.author not in who:
            continue
        kind, name = who[line.author]
        for clause in normalization.split_clauses(normalization.clip_text(line.text)):
            folded = normalization.normalize_text(clause)[: cues.MAX_CLAUSE_CHARACTERS]
            if any(cue.find_match(folded) for cue in cues.load_cues("promises") if cue.kind == kind):
                yield f"{name}: {' '.join(clause.split())[:MAX_REQUEST_CHARACTERS]}"


def list_needs(topic: str | None) -> list[str]:
    """The needs of a topic that can be extracted from text."""
    found = next((cue.missing for cue in cues.load_cues("topic") if cue.kind == topic), ())
    return [need for need in found if need in FULFILS]
