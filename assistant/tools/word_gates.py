"""What the words of a message settle before nearness is asked: given values, dates, questions of the help."""

import re
from collections.abc import Sequence


def _compile(*patterns: str) -> re.Pattern[str]:
    """Any of the *patterns*."""
    return re.compile("|".join(patterns), re.IGNORECASE)


_HIRAGANA = re.compile(r"[ぁ-ゖ]{3}")
_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_SENTENCE_END = re.compile(r"(?<=[。！？!?\n])\s*|(?<=[a-z0-9]\.)\s+")
_CLAUSE_END = re.compile(r"(?<=[。！？!?\n、,;])\s*|(?<=[a-z0-9]\.)\s+|(?<!\s)\s+-\s+")
_POSTCODE = r"〒?\s?(?<![\d-])[0-9]{3}[ ‐-―−ー-]?[0-9]{4}(?![\d-])"
_PHONE = r"(?<!\d)0[0-9]{1,4}[ -]?[0-9]{1,4}[ -]?[0-9]{4}(?!\d)"
_NUMBER_NAME = (
    r"(?:\b(?:post ?code|postal code|zip(?: ?code)?|(?:(?:tele|mobile )?phone|mobile)(?: number)?|tel)\b"
    r"|郵便番号|電話番号|携帯番号|携帯電話|電話|携帯|番号)"
)
#: "and my delivery", 「お届け先の」: whose number it is.
_OWNER = (
    r"(?:\b(?:(?:and|with) )?(?:(?:my|the|our|its) )?"
    r"(?:(?:delivery|shipping|order|address|destination)(?:'s)? ){0,2}"
    r"|の?[おご]?(?:(?:届け先|送り先|配送先|発送先|宛先|住所|注文)(?:の|は|:)?){0,2})"
)
_COPULA = r"(?:で(?:す(?:が|けど)?|、)|になります|でございます)?"
#: A proof, no wish.
_GIVEN_VALUES = (
    # "postcode of my order is 150-0001", 「お届け先の電話番号の下4桁は5678です」
    _compile(
        rf"{_OWNER}{_NUMBER_NAME}(?:の?下(?:4|四)(?:桁|けた))?"
        r"(?: (?:for|of|on|at) (?:(?:the|my|this|that) )?(?:(?:delivery|shipping) )?"
        r"(?:order|address|parcel|it)\b)?"
        r"(?:\s|is\b|was\b|ending\b|ends\b|in\b|with\b|[:=,.(は、が])*"
        rf"(?:{_POSTCODE}|{_PHONE}|[0-9]{{4}}(?!\d)){_COPULA}"
    ),
    # "150-0001 is the postcode"
    _compile(
        rf"(?:{_POSTCODE}|{_PHONE})\s?(?:is\b|が|は|\(|,)?\s?{_OWNER}{_NUMBER_NAME}\)?{_COPULA}",
    ),
    _compile(_POSTCODE, _PHONE),
)

_DAY = (
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrow|weekends?|next week"
    r"|morning|afternoon|evening)\b"
)
_DAY_JA = r"(?:曜日?|明日|明後日|来週|週末|午前中?|午後|夕方|夜間?|[0-9]日|[0-9]時)"
_DATE = r"(?:date|day|time|time ?slot|slot|window)"
_OTHER = r"(?:different|another|later|earlier|new)"
#: Another day or hour of delivery.
_DATE_CHANGE = _compile(
    r"(?:配達|配送|届け|到着|受け?取り?|納品)の?(?:希望)?(?:日|時間|予定)(?:時|程|帯)?(?:指定)?[^。]{0,8}?"
    r"(?:変更|変え|かえ|ずら|早め|早く|遅ら|遅く|延ば|前倒し|指定|動か)",
    rf"{_DAY_JA}(?:以降|まで)?に(?:お?届け|とどけ|配達|配送)(?:し?て|を)",
    rf"(?:配達|配送|届け)[^。]{{0,6}}{_DAY_JA}に(?:変更|変え|して(?:ほし|欲し|くだ|下))",
    r"\b(?:chang|mov|postpon|push|choos|pick|set|switch)(?:e|ing|ping|ting|ching)?\b"
    r"(?: (?:the|my|its|a|to|of|for|delivery|arrival|shipping|expected|preferred|planned|estimated|order"
    rf"|km-?\d+|back|parcel|{_OTHER})(?:'s)?\b){{0,6}} {_DATE}\b",
    rf"\b{_OTHER} (?:(?:delivery|arrival|shipping) )?{_DATE}\b",
    rf"\b(?:delivery|arrival) {_DATE}\b.{{0,20}}\b(?:changed?|moved?|later|earlier)\b",
    r"\bchange when\b.{0,30}\b(?:deliver|arriv|com)\w*",
    r"\b(?:reschedul|postpon)\w*\b.{0,40}\b(?:deliver|parcel|order|arriv)\w*",
    rf"\b(?:can|could|please)\b.{{0,6}}\b(?:deliver|bring)\b.{{0,30}}{_DAY}",
    rf"\b(?:move|push|postpone|change)\b.{{0,30}}\bdeliver\w*\b.{{0,8}}\b(?:to|until|till)\b.{{0,8}}{_DAY}",
    rf"\bdeliver\w*\b.{{0,40}}{_DAY}.{{0,20}}\binstead\b",
    r"\b(?:like|want|need|have|get)\b.{0,16}\bdelivered (?:on|by|in|at|before|after)\b.{0,12}"
    rf"(?:{_DAY}|[0-9])",
)
#: With it a message about a date is about a place as well.
_PLACE_CHANGE = _compile(r"\baddress\b|住所|(?:届け|送り|配送|発送|納品|宛)先[をのも]?(?:変|直|修正)")

_RULE = r"(?:deadlines?|last (?:day|date)|cut-?off|time limit|time frame|window|rules?|policy|conditions?)"
#: Asks how, until when or under which condition: the help answers, and a request is offered at most.
_HELP_QUESTION = _compile(
    r"どう(?:すれば|したら|やって|やれば|やる|する(?:の|ん|か|[?。]|$)|なる|なり)",
    r"(?:方法|やり方|仕方|手順)(?:は|を|が|って|[?]|$)",
    r"(?:後|あと)(?:[?]|(?:でも|だと|だったら)[^。]{0,80}[?])",
    r"^(?!.*(?:たい|ほしい|欲しい)).*(?:返品|返却|キャンセル|取り?消し|変更)(?:は|も|って)(?:でき|出来|可能)",
    r"(?:たら|れば|なら|場合)[^。]{0,20}(?:でき|出来|返せ|可能)[^。]{0,80}[か?]",
    r"もし[^。]{0,80}(?:たら|れば|なら|場合)[^。]{0,80}[?]|(?:場合|とき|時|際)(?:は|って|には)?[?]",
    r"(?:期限|期間|締め?切り?|いつまで|条件|ルール|決まり)(?:だけ|のみ|を|は|が|って|について){0,3}"
    r"(?:いつ|何日|どの|どれ|教え|おしえ|知り|聞き|です|でし|か|[?]|$)",
    r"\bhow (?:do|can|could|would|should|to|does)\b|\bwhat (?:if|happens|about)\b",
    rf"\b(?:tell|explain|show|know|ask|just|only|what(?:'s| is|s))\b.{{0,40}}\b{_RULE}\b",
    r"\b(?:explain|tell me|show me|know) (?:me )?how (?:i|one|you|people)\b",
    r"\beven (?:if|after|when|though)\b.{0,80}\?|\bif i (?:want|wanted|need|needed|were|had)\b.{0,80}\?",
    r"\bif (?:it|they|that|the|something|one|i)\b.{0,40}\bcan i\b",
    r"\bcan i\b.{0,40}\bif (?:it|they|that|i)\b",
)
#: Wants something, in either language.
_WISH = _compile(
    r"たい|て(?:ください|下さい|ほしい|欲しい|もらえ|いただけ|くれ)|願い|どこ|いつ|[?]|新しい(?:住所|届け先)|新住所",
    r"\bplease\b|\bwant\b|\blike to\b|\bneed to\b|\b(?:can|could|would) you\b|\bwhere\b|\bwhen\b"
    r"|\bnew (?:delivery )?address\b",
)
#: Looks for the button of something: wants it.
_PRESS = r"\b(?:where|what|which button) (?:do|should|can|must) i (?:press|tap|click|push)\b"
_BUTTON_TO = _compile(rf"{_PRESS} to\b")
_BUTTON_QUESTION = _compile(
    _PRESS,
    r"(?<![、\s])[、\s]*(?:どこ|何|どのボタン)を(?:押|タップ|クリック)(?:せば|したら|すれば)"
    r"(?:(?:いい|よい|良い|よろしい)(?:ん|の)?(?:です|でしょう)?か?)?",
)
_ALTERNATIVE = _compile(r"(?<=か)、|または|それか|もしくは|あるいは|\bor\b")
#: Tells how things are.
_STATEMENT = _compile(
    r"(?:です|ます|でした|ました)(?:が|けど|ので)?[。、!\s]*$", r"\b(?:is|are|was|were)\b|(?<=t)'s\b"
)


def split_sentences(text: str) -> Sequence[str]:
    return [one for one in _SENTENCE_END.split(text) if one.strip()]


def remove_given_values(text: str) -> str:
    """*text* without postcodes and phone numbers and the words that introduce them."""
    for pattern in _GIVEN_VALUES:
        text = pattern.sub(" ", text)
    return " ".join(text.split())


def select_button_wish(text: str) -> str:
    """The sentence that asks what to press for something, as a wish; the whole *text* where none does."""
    sentences = split_sentences(text)
    wishes = [_BUTTON_QUESTION.sub("", _BUTTON_TO.sub("I want to", one)).strip() for one in sentences]
    changed = [wish for one, wish in zip(sentences, wishes, strict=True) if wish != one.strip()]
    return next((wish for wish in changed if len(wish) > 1), " ".join(wishes)) if changed else text


def split_alternatives(text: str) -> Sequence[str]:
    """The parts of "this or that"; the whole where nothing is left open."""
    return [one for one in _ALTERNATIVE.split(text) if one.strip()]


def remove_date_changes(text: str) -> str:
    """*text* without sentences that ask for another day or hour."""
    sentences = split_sentences(text)
    return " ".join(one for one in sentences if not _DATE_CHANGE.search(one) or _PLACE_CHANGE.search(one))


def asks_help_only(text: str, words: re.Pattern[str]) -> bool:
    """Whether every sentence with one of the *words* is a question of the help."""
    named = [one for one in split_sentences(text) if words.search(one)]
    return bool(named) and all(_HELP_QUESTION.search(one) for one in named)


def add_katakana(text: str) -> str:
    """*text*, and again with its hiragana as katakana: foreign words are written in both."""
    return f"{text}\n{text.translate(_KATAKANA)}" if _HIRAGANA.search(text) else text


def remove_statements(text: str) -> str:
    """*text* without clauses that only tell how things are, where another wants something."""
    clauses = [one for one in _CLAUSE_END.split(text) if one.strip()]
    if not any(_WISH.search(one) for one in clauses):
        return text
    return " ".join(one for one in clauses if _WISH.search(one) or not _STATEMENT.search(one))
