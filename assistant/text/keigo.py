"""Usual faults of Japanese in agents' drafts: keigo for the wrong side or twice, words for friends.

Rules without a model, after the Agency for Cultural Affairs’ 「敬語の指針」 (2007): what it calls wrong, and
words that customers are not told. Only what is surely wrong is named; nothing is changed by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

WordingCode = Literal["twice", "extra_sa", "humbled_customer", "casual", "short_potential", "too_often"]

#: Characters of a draft that are looked at, and findings that are shown.
MAX_CHECKED_CHARACTERS = 4_000
MAX_FINDINGS = 20
#: 「させていただく」 so often in one message is one too many.
MAX_PERMISSIONS = 3

#: What customers do themselves: ご利用される and ご利用できます lower them.
_THEIR_ACTS = "利用|使用|購入|注文|返品|返却|変更|選択|予約|入力|登録|参加|来店|乗車|入金|解約|退会|閲覧"


@dataclass(frozen=True, slots=True)
class WordingRule:
    code: WordingCode
    pattern: re.Pattern[str]
    #: What is said instead, as a replacement of the pattern; empty: it depends.
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingFinding:
    """A place in a draft that should be said differently."""

    code: WordingCode
    start: int
    end: int
    excerpt: str
    instead: str


def _build_rules(code: WordingCode, *pairs: tuple[str, str]) -> list[WordingRule]:
    return [WordingRule(code, re.compile(pattern), instead) for pattern, instead in pairs]


RULES = (
    *_build_rules(
        "twice",
        (r"おっしゃられ(?=[るたてまな])", "おっしゃ…"),
        (
            r"(ご覧|お見え|お越し|お帰り|お出かけ|お求め|お休み|お亡くなり|お話し|お使い|お読み|お待ち)になられ",
            r"\1になり",
        ),
        (r"召し上がられ", "召し上がり"),
        (r"いらっしゃられ", "いらっしゃ…"),
        (r"拝見させて(?:いただき|頂き|いただい|頂い)", "拝見し"),
        (r"拝読させて(?:いただき|頂き|いただい|頂い)", "拝読し"),
        (r"お?伺いさせて(?:いただき|頂き)ます", "伺います"),
        (r"伺わせて(?:いただき|頂き)ます", "伺います"),
        (r"お?承りさせて(?:いただき|頂き)", "承り"),
    ),
    *_build_rules(
        "extra_sa",
        (
            r"(行か|読ま|書か|聞か|使わ|休ま|送ら|やら|帰ら|言わ|伺わ|待た|飲ま|取ら|作ら|もらわ|話さ|入ら|切ら|頼ま)"
            r"させて",
            r"\1せて",
        ),
    ),
    *_build_rules(
        "humbled_customer",
        # A humble verb with the respectful れる: whoever is respected is made humble.
        (r"申され(?=[るたてまな])|申し上げられ(?=[たてま])", "おっしゃ…"),
        (r"拝見され(?=[るたてま])|拝読され(?=[るたてま])", "ご覧になり"),
        (r"参られ(?=[るたてま])|伺われ(?=[るたてま])", "いらっしゃ…"),
        (r"ご?拝見(?:して)?ください|ご?拝読(?:して)?ください", "ご覧ください"),
        (r"(?:窓口|係|担当|受付|店舗)[でにへ]?(?:伺って|お伺いして)ください", "お尋ねください"),
        (r"ご?参上ください", "お越しください"),
        (rf"[ご御]({_THEIR_ACTS})され(?=[るたてま])", r"\1され／ご\1になり"),
        (rf"[ご御]({_THEIR_ACTS})(?:でき|出来)(ます|ません|る|ない)", r"ご\1いただけ\2"),
        (r"[ご御]([一-龠]{2})して(?:ください|下さい)", r"ご\1ください"),
        (r"お(待ち|使い|読み|書き|送り|知らせ|選び|試し)して(?:ください|下さい)", r"お\1ください"),
    ),
    *_build_rules(
        "casual",
        (r"了解(?:し(?:まし)?た|です|いたしました|致しました)", "承知いたしました"),
        (r"ご苦労[様さ]ま?", "お疲れ様"),
        (r"す[みい]ません(?:でした)?(?=[。、！!\n]|が|$)", "申し訳ございません"),
        (r"ごめんなさい", "申し訳ございません"),
        (r"なるほどですね?", "おっしゃるとおりです"),
        (r"よろしかったでしょうか", "よろしいでしょうか"),
        (r"(?:円|えん)から(お預かり)", r"円\1"),
        (r"お客さん", "お客様"),
        (r"あなた(?:様|さま)?(?=[のがはにをも])", "お客様"),
        (r"おたく(?:様)?(?=[のがはにをも])", "お客様"),
        (r"わかりました|分かりました", "承知いたしました"),
        (r"ちょっと(?:待って|お待ち)", "少々お待ち"),
        (r"(?:どう)し(?:ます|ましょう)か", "いかがいたしましょうか"),
        (r"して(?:あげ|上げ)(?=ます|まし)", "いたし"),
        (r"(?:ダメ|だめ|駄目)(?=です|な|に|と)", "いたしかねます"),
        (r"大丈夫です(?!か)", "問題ございません"),
        (r"(?<=[ぁ-んァ-ヴー一-龠])(?:だよ|だね|じゃん|っす)(?=[。！!？?\n]|$)", "です"),
        (r"(?:w{2,}|笑)(?=[。！!\n]|$)", ""),
    ),
    *_build_rules(
        "short_potential",
        (
            r"(?<![一-龠])(見|来|着|出|寝|食べ|受け|変え|借り|開け|届け|調べ|確かめ|決め|続け|入れ|付け|預け)"
            r"れ(ます|ません|る(?=[。、かのと\n]|$)|ない)",
            r"\1られ\2",
        ),
    ),
)
_PERMISSION = re.compile(r"させて(?:いただ|頂)")
#: What somebody else said is left as it is.
_QUOTED = re.compile(r"「[^」]*」|『[^』]*』|^[>＞].*$", re.MULTILINE)


def check_wording(text: str) -> list[WordingFinding]:
    """The faults in *text*, in their order, each place once."""
    text = text[:MAX_CHECKED_CHARACTERS]
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    taken: list[WordingFinding] = []
    for one in _iterate_findings(text):
        if not any(start < one.end and one.start < end for start, end in quoted) and not any(
            other.start < one.end and one.start < other.end for other in taken
        ):
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)[:MAX_FINDINGS]


def _iterate_findings(text: str) -> Iterator[WordingFinding]:
    for rule in RULES:
        for found in rule.pattern.finditer(text):
            yield WordingFinding(
                code=rule.code,
                start=found.start(),
                end=found.end(),
                excerpt=found[0],
                instead=found.expand(rule.instead),
            )
    permissions = list(_PERMISSION.finditer(text))
    if len(permissions) >= MAX_PERMISSIONS:
        last = permissions[-1]
        yield WordingFinding(
            code="too_often", start=last.start(), end=last.end(), excerpt=last[0], instead="いたします"
        )
