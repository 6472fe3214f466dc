"""Words of yes/no questions and of the sentences that answer them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """How yes/no questions and their answers look in a language."""

    #: A yes/no question.
    asks: re.Pattern[str]
    #: Other questions, questions with a negation, and alternatives.
    no_plain_question: re.Pattern[str]
    #: Kind of question -> what it looks like; "whether" is any other.
    kinds: Mapping[str, re.Pattern[str]]
    #: Kind of question -> what affirms it, what denies it.
    answers: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]
    #: Conditions, limits and days: what a sentence says holds for these only.
    limits: re.Pattern[str]
    #: A sentence that says yes or no itself, or asks.
    no_statement: re.Pattern[str]
    clause_end: re.Pattern[str]
    #: What follows the subject of a clause.
    after_topic: re.Pattern[str]

    #: What stands between things that are listed.
    enumeration: re.Pattern[str]

    def get_topic(self, clause: str) -> str:
        """What the clause is about: the words before its predicate."""
        found = self.after_topic.search(clause)
        return clause[: found.start()] if found else ""

    def find_polarity(self, kind: str, clause: str) -> bool | None:
        """True: the clause affirms, False: it denies, None: neither, or it denies twice."""
        yes, no = self.answers[kind]
        denials = len(no.findall(clause))
        if denials:
            return False if denials == 1 or kind == "cost" else None
        return True if yes.search(clause) else None

    def list_limits(self, text: str) -> frozenset[str]:
        """The conditions, limits and days that the text names."""
        return frozenset(found[0].rstrip("s") for found in self.limits.finditer(text))


JAPANESE = Phrases(
    asks=_compile(
        r"""(ます|です|でしょう|ん|もの)か(ね|ねえ)?[?。!]*$
        | (ます | [うくすつぬむるぐぶ] | い | ええ | ok | 可 | 可能 | 要 | 必要 | 大丈夫 | の | かな)\?+$"""
    ),
    no_plain_question=_compile(
        r"""いつ | どこ | どの | どれ | 何 | なに | なん(で|の|です) | いくら | いくつ
        | 誰 | だれ | なぜ
        | どう | どんな | どちら | どっち | それとも
        | (ません|ない|なく)[^。]{0,6}か?[?。]*$ | ないと | なくて"""
    ),
    kinds={
        "cost": _compile(
            r"""(料 | 代 | 費 | お金 | おかね)[^。?]{0,6}
            (かか | いり | いる | 要り | 要る | 必要 | 取られ | あり | 発生) | 有料"""
        ),
        "free": _compile(r"無料 | タダ | ただ(です|で) | 0円"),
        "need": _compile(r"必要 | 要り | いります | いる\? | 要る | 必須"),
    },
    answers={
        "cost": (
            _compile(r"\d円 | かかります | 有料です | いただきます | 必要です"),
            _compile(
                r"無料 | かかりません | 不要 | いただきません | (料|代|費|料金)[はが]?ありません | 含まれ"
            ),
        ),
        "free": (
            _compile(r"無料(です|で|に) | かかりません | いただきません"),
            _compile(r"有料です | 無料(では|に)(は)?(ありません|なりません)"),
        ),
        "need": (
            _compile(r"必要(です|となります|になります|があります) | 必須です | お持ちください"),
            _compile(
                r"""不要 | 必要(は)?(ありません|ございません|ない) | いりません | 要りません
                | なくても | いらない"""
            ),
        ),
        "whether": (
            _compile(
                r"""(でき|いただけ|使え|選べ|え|け|せ|て|べ|め|れ|げ|ね)ます | 可能です
                | 承(ります|っています|っております)
                | (受け付け|対応し|扱っ|行っ|販売し|用意し|貸し出し|開い|営業し)て(い|お)(り)?ます
                | (あり|ござい|い|おり|付き|届き|入り|なり)ます | かまいません | 大丈夫です
                | (でき|選べ|使え|いただけ)、"""
            ),
            _compile(
                r"""(?<!ではあり)(?<!じゃあり)ません(?!か) | (でき|い|くだ|お)ない(?!よう) | 不可 | 対象外
                | お断り | ご遠慮 | おやめ | やめて(くだ|下) | 禁止 | お?休み(です|をいただ|とな) | 定休日"""
            ),
        ),
    },
    limits=_compile(
        r"""場合 | とき | 際(は|に) | なら | れば | たら | 限り | 限っ | 限ら | まで | 以内 | 以上 | 以下
        | 未満 | のみ | だけ | しか | 原則 | ことがあ | 除 | 以外 | ただし | 一部 | によって | により
        | おそれ
        | かもしれ | 予定 | のうち | 次の | 前に | 後に | 前であ | ほど | 通常
        | 必要(?!は?(です|あり|ない|と|に|ござ))
        | 条件 | 別の | ほかの | 他の | 同じ | 前日 | 事前 | 要予約 | 申請
        | 土日 | 日曜 | 土曜 | 平日 | 祝日 | 年末 | 夜間 | 早朝 | [月火水木金]曜"""
    ),
    no_statement=_compile(r"^(はい|いいえ|ええ)[、。,] | \?$ | か。?$"),
    clause_end=_compile(r"(?<=[すんい])(?:が|けれど|けど)、 | ものの、"),
    enumeration=_compile("[、・]"),
    after_topic=_compile(r"は | も | での | からの"),
)

ENGLISH = Phrases(
    asks=_compile(
        r"""(^ | [,:-]\ | \band\ | \bso\ | \bbut\ | \bhi\ )
        (can|could|may|do|does|is|are|will|am|has|have|must)\ (?!\w+ed\b)"""
    ),
    no_plain_question=_compile(
        r"""\b(or | what | where | when | how | why | which | who | not | never | no | without)\b | n't\b"""
    ),
    kinds={
        "cost": _compile(r"\b(fees?|charges?|costs?|charged|extra)\b"),
        "free": _compile(r"\bfree\b"),
        "need": _compile(r"\b(need|have\ to | required | necessary)\b | ^must\b"),
    },
    answers={
        "cost": (
            _compile(r"[¥£$€]\s?\d | \d\s?yen | there\ is\ an?\ (\w+\ )?(fee|charge)"),
            _compile(r"\bfree\b | \bno\ (\w+\ )?(fee|charge|cost)s?\b | included | costs?\ nothing"),
        ),
        "free": (
            _compile(r"(?<!not\ )\bfree\b | costs?\ nothing | \bno\ (\w+\ )?(fee|charge|cost)s?\b"),
            _compile(r"\bnot\ free\b"),
        ),
        "need": (
            _compile(r"\b(must | required | needs? | needed | have\ to | necessary)\b"),
            _compile(r"\b(no | not | nothing)\b | n't\b"),
        ),
        "whether": (
            _compile(
                r"""\b(can | may | accept | offer | available | welcome | allowed | included | possible | we
                | you | is | are | do | does | has | have | will)\b"""
            ),
            _compile(
                r"""\b(not | no | cannot | never | unable | impossible | excluded | none | nor | neither
                | nothing)\b | n't\b"""
            ),
        ),
    },
    limits=_compile(
        r"""\b(if | when | unless | only | except | until | up\ to | might | within | before | after | once
        | provided | as\ long\ as | some | most | usually | normally | other\ than | depend\w* | should
        | while | however | sometimes | and\ not | at\ least | without | maximum | minimum | limited | first
        | as\ well\ as | instead | yet | by\ \d | over\ \S?\d | more\ than | less\ than | during | other
        | another | twice | own | (mon|tues|wednes|thurs|fri|satur|sun|week|holi)(day|end)s?)\b"""
    ),
    no_statement=_compile(r"^(yes|no)\b | \?$"),
    clause_end=_compile(r";\s | ,?\ but\ "),
    enumeration=_compile(r",\ | \band\b | \bor\b"),
    after_topic=_compile(
        r"\b(is | are | can | cannot | may | must | will | do | does | has | have | need | needs)\b"
    ),
)

_GENERIC_WORDS = """
使う 利用 使用 可能 対応 出来る 為る 有る 居る 成る 貰う 頂く 下さる 良い いい
大丈夫 構う 願う 受け付ける 承る
御 お 方 私 わたし 僕 当店 お客様 客 様 さま 事 こと 物 もの 時 其の 此の 全て 全部 又 まだ 今 行う 行く
必要 要る 不要 掛かる 無料 支払う 払う 支払い 支払 教える 聞く 御座る 頼む 確か 本当
因る 遣る ok ない 無い 申し込み
use pay accept take get have offer make possible allow available okay there one we you i your our us it they
any please also still just need needed require charge fee cost free extra cover"""
#: Words that say nothing about what is asked.
GENERIC = frozenset(_GENERIC_WORDS.split())
