"""What a customer's words claim: order numbers, dates, amounts, products, addresses; nothing is verified here."""

import re
from collections.abc import Sequence

from assistant.domain.handoff import Facts
from assistant.domain.messages import Author
from assistant.domain.signals import Wish
from assistant.domain.turns import Said
from assistant.signals import cues, text
from assistant.signals.small_talk import small_talk_of
from assistant.signals.wish import find_wish

MOST_FACTS = 20
LONGEST_ASK = 160

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,63}){1,4}")
URL = re.compile(r"https?://[^\s、。」)]{3,200}")
PHONE = re.compile(
    r"(?<![a-z0-9-])(?:\+\d{1,3}[- ]?)?(?:\(0?\d{1,4}\)[- ]?|0?\d{1,4}[- ])\d{1,4}[- ]\d{3,4}(?!\d)"
    r"|(?<![a-z0-9-])0[5789]0\d{8}(?!\d)|(?<![a-z0-9-])0\d{4} ?\d{5,6}(?!\d)|(?<![a-z0-9])\+\d{9,14}(?!\d)"
    r"|\b\d{3}[- .]\d{3}[- .]\d{4}\b"
)
ORDER = re.compile(
    r"(?:(?:ご?注文|受注|伝票|追跡|お?問い?合わ?せ|管理|予約|会員|契約|製造|型|シリアル)(?:の)?(?:番号|no\.?|id|ナンバー)(?:は|が|:|の|、)*\s*[「『]?)"
    r"([a-z0-9][a-z0-9-]{3,24})"
    r"|(?:\b(?:order|purchase|invoice|ticket|tracking|reference|ref|booking|confirmation|serial|account|case|policy|claim|customer)"
    r"(?: (?:number|no\.?|id|code|#))?(?: is|:)? ?#? ?)((?=[a-z-]{0,8}\d)[a-z0-9-]{4,25})\b"
    r"|(?:#|№)\s?((?=[a-z-]{0,8}\d)[a-z0-9-]{4,25})\b|\b((?=[a-z]{1,5}-?\d{4})[a-z]{1,5}-?\d[\d-]{3,18})\b"
    r"|(?<![\d.,¥$€£+-])(\d{7,16})(?![\d円,.-])"
)
DATE = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}[/-]\d{1,2}[/-]\d{1,2}|(?<![\d/])\d{1,2}/\d{1,2}(?![\d/])|(?:先週|今週|来週|先月|今月|来月|昨日|一昨日|おととい|明日|明後日|今朝|昨夜)(?:の?[月火水木金土日]曜日?)?"
    r"|\b(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?: \d{4})?"
    r"|\b(?:yesterday|last (?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:\d+|two|three|four|five|a few) (?:days|weeks|months) ago)\b|(?:\d+|[一二三四五六七八九十]+)(?:日|週間|ヶ月|か月|カ月|ケ月)(?:以上)?前"
)
AMOUNT = re.compile(
    r"(?:¥|￥|\\)\s?\d[\d,]{0,12}|(?:\d[\d,]{0,12}|\d{1,4}万(?:\d{1,4})?|[一二三四五六七八九十百千万]{1,8})円|[$€£]\s?\d[\d,]{0,12}(?:\.\d{1,2})?|\b\d[\d,]{0,12}(?:\.\d{1,2})? ?(?:yen|dollars|usd|eur|euros?|pounds|gbp|jpy)\b"
)
PRODUCT = re.compile(
    r"「([^「」\n]{2,40})」|『([^『』\n]{2,40})』|\"([^\"\n]{2,40})\"|“([^”\n]{2,40})”"
    r"|(?:^|[、。\s]|購入した|買った|注文した|届いた|頼んだ)((?:[ァ-ヴー]{3,14}|[一-龠]{2,6})(?:セット|ケース|バッグ|シャツ|靴|ジャケット|コート|テーブル|チェア|ソファ|カメラ|イヤホン|ヘッドホン|時計|財布|マグカップ|ポット|鍋|フライパン|掃除機|炊飯器|ドライヤー|スカート|ワンピース|パンツ|帽子|傘|毛布|枕|ランプ|ライト))"
    r"|\b(?:my|the|a|an|this|new|bought|ordered|received) ((?:[a-z]+ ){0,2}(?:headphones|earbuds|shoes|boots|jacket|coat|shirt|dress|bag|backpack|laptop|phone|tablet|camera|watch|lamp|chair|sofa|table|kettle|blender|vacuum|mug|pan|pot|hat|jeans|sneakers|keyboard|monitor|charger|printer|toaster|mattress|pillow|blanket|umbrella|wallet|bike|stroller|heater|fan))\b"
)
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail", EMAIL),
    ("link", URL),
    ("amount", AMOUNT),
    ("phone", PHONE),
    ("date", DATE),
    ("order number", ORDER),
)
#: What fulfils a need of the topic table.
FULFILS = {
    "order number": ("order number",),
    "registered e-mail address": ("e-mail",),
    "product": ("product",),
    "amount": ("amount",),
}


def topic_of(comparable: str) -> str | None:
    return next((cue.kind for cue in cues.cues("topic") if cue.find(comparable[: text.WINDOW])), None)


def pick_facts(said: Sequence[Said]) -> Facts:
    """What the customer's lines among *said* want and claim, and what an agent will still have to ask."""
    lines = [line.text for line in said if line.author is Author.CUSTOMER]
    near = [text.comparable(text.window(line)) for line in lines]
    claimed = list(
        dict.fromkeys(fact for line, folded in zip(lines, near, strict=True) for fact in claims(line, folded))
    )
    topic = next((found for line in near if (found := topic_of(line))), None)
    kinds = {fact.split(":")[0] for fact in claimed}
    return Facts(
        ask=ask_of(lines, near),
        topic=topic,
        claimed=tuple(claimed[:MOST_FACTS]),
        missing=tuple(need for need in needs(topic) if not kinds & set(FULFILS.get(need, ()))),
    )


def needs(topic: str | None) -> list[str]:
    """What an agent will want to know for a topic and can be picked out of words."""
    found = next((cue.why for cue in cues.cues("topic") if cue.kind == topic), "")
    return [need.strip() for need in found.split(",") if need.strip() in FULFILS]


def claims(raw: str, folded: str) -> list[str]:
    """``kind: value`` for every fact in a line; what one kind took is not read again as another."""
    found, rest = [], folded
    for kind, pattern in KINDS:
        for match in pattern.finditer(rest):
            value = next((group for group in match.groups() if group), match[0])
            found.append(f"{kind}: {_as_written(value, raw)}")
        rest = pattern.sub(" ", rest)
    products = (next(group for group in match.groups() if group) for match in PRODUCT.finditer(rest))
    return found + [f"product: {_as_written(product.strip(), raw)}" for product in products]


def ask_of(lines: Sequence[str], near: Sequence[str]) -> str | None:
    """The first thing they wanted, in their words: no courtesy, no mere call for a person."""
    said = [
        " ".join(line.split())
        for line, folded in zip(lines, near, strict=True)
        if folded and small_talk_of(folded) is None
    ]
    wanting = [line for line in said if find_wish(text.comparable(line)).wish is Wish.NONE or len(line) > 60]
    whole = [line for line in wanting if len(line) >= 8]
    best = next(iter(whole or wanting or said), None)
    return best if best is None or len(best) <= LONGEST_ASK else best[: LONGEST_ASK - 1] + "…"


def _as_written(value: str, raw: str) -> str:
    """The value with the capitals that it was written with."""
    at = raw.casefold().find(value)
    return raw[at : at + len(value)] if at >= 0 else value
