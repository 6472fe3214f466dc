"""Phrases that tell what a question asks for and what a sentence depends on."""

import re

_FLAGS = re.IGNORECASE | re.VERBOSE

#: Questions that ask for steps rather than a fact.
HOW = re.compile(
    r"""方法 | 手順 | やり方 | 仕方 | しかた | どう(やって|すれば|したら) | どのように
    | (う|く|ぐ|す|つ|ぶ|む|る)には[?？。]?$ | たい(です|のです|んです|のだ|の?が|。?$)
    | \b(how\ (do|can|to|should|would|does) | steps? | way\ to | i\ want\ to | i'd\ like\ to)\b""",
    _FLAGS,
)

#: A problem rather than a question: the answer is what to do.
TROUBLE = re.compile(
    r"""忘れ | なくし | 失くし | 紛失 | 間違え
    | (でき|開け|入れ|使え|届か|来|表示され|つか|付か|動か)(ない|ません|なく|なかった)
    | 壊れ | 割れ | 破れ | 故障 | 困って | エラー
    | \b(forgot|forgotten|lost|broke|broken|damaged|stuck|locked\ out|wrong|error|rejected|declined|missing)\b
    | \b(can't|cannot|won't|doesn't|didn't|isn't|hasn't|not\ working|stopped\ working|never\ arrived)\b""",
    _FLAGS,
)

#: Sentences that refer back to an earlier one.
POINTS_BACK = re.compile(
    r"""^(この | その | これ | それ | こちら | そちら | そこ | ここ | 同様 | 上記 | 前述 | 前者 | 後者
    | ただし | 但し | しかし | ですが | もっとも | そのため | したがって | 従って | よって | すると | 一方
    | 逆に | たとえば | 例えば | つまり
    | (however | but | this | that | these | those | it | they | then | therefore | so | otherwise | instead
      | both | either | neither | in\ (this|that|such|either|both)\ cases? | if\ (so|not)
      | for\ (example|instance) | the\ (former|latter|above) | as\ a\ result | in\ addition\ to\ this)\b)""",
    _FLAGS,
)

#: Sentences that add a condition to the one before.
QUALIFIES = re.compile(
    r"""^(ただし | 但し | なお | この場合 | その場合 | その際 | この際
    | (however | but | except | unless | in\ (this|that)\ case | otherwise | note\ that)\b)""",
    _FLAGS,
)

#: Connectives that do not refer back; they may be dropped.
JOINS = re.compile(
    r"""^(また | さらに | なお | 加えて | そして | もちろん
    | (also | in\ addition | additionally | furthermore | moreover | besides
      | (please\ )?note\ that)\b)[、,]?\s*""",
    _FLAGS,
)

#: References to another place, or to a picture that a quote cannot show.
REFERS = re.compile(
    r"""(を|も)?(ご覧|ご参照|参照して|ご確認)(ください|下さい|いただ) | ^(詳しくは|詳細は)
    | [上下次]の?図 | 図のよう | 画像の(よう|とおり|通り) | スクリーンショット
    | \bsee\b.{0,120}\.$ | ^(refer|go)\ to\b | ^for\ .{0,60}\bsee\b
    | \b(image|figure|screenshot|diagram)s?\ (below|above)\b
    | \bthe\ (following|above)\ (image|figure|screenshot)""",
    _FLAGS,
)

_ASKS_WHEN = r"""いつ | 何(日|時|週間|か月|ヶ月|年) | 期限 | 期間 | 日数
    | どの?(くらい|ぐらい) | どれ(くらい|ぐらい)
    | \bwhen\b | how\ (long|soon|late|quickly) | deadline | what\ time | how\ many\ (days|hours)"""
_TELLS_WHEN = r"""\d\s*(日|時|分|週|か月|ヶ月|カ月|月|年|営業日) | 当日 | 翌日 | 以内 | まで
    | \d[\d–-]{0,20}\s*(business\ |working\ )?(day|hour|minute|week|month|year)s?
    | \d\s?(am|pm|a\.m|p\.m) | \d:\d\d
    | \b(mon|tues|wednes|thurs|fri|satur|sun)day | \b(until|within)\b"""
_ASKS_PRICE = r"""いくら | 何円 | 料金 | 手数料 | 送料 | 費用 | 値段 | 金額
    | how\ much | \bcost | \bfees?\b | \bprice | \bcharge | \bpays?\b"""
_TELLS_PRICE = r"\d\s*(円|％|%|ポイント)|[¥$€£]\s?\d | 無料 | 有料 | \bfree\b | \d\s?(yen|percent|points)"
_ASKS_COUNT = r"""何(回|個|件|点|枚|台|人|名|文字|種類|桁)
    | いくつ | 上限 | 最大 | 制限
    | how\ (many|often|large|big) | limit"""
_TELLS_COUNT = r"\d | [一二三四五六七八九十]"
_ASKS_WHETHER = r"""(でき|可能|使え|もらえ|変え|払え|返せ|いい|よい|良い|あり|要|必要|大丈夫|取れ|送れ)
    [^。？?]{0,6}(か|の|かな)?[?？。]*$ | ^(can|could|do|does|is|are|may|will|am)\ """
_TELLS_WHETHER = r"""でき(ます|ません|ない|る) | 可能 | 不可 | いただけ | 不要 | 必要 | ありません | せん。
    | \b(can(not|'t)? | must | not | no | need | only | may | required)\b"""

#: Kind of fact that a question asks for -> what a sentence with it looks like.
FACTS = tuple(
    (re.compile(asks, _FLAGS), re.compile(tells, _FLAGS))
    for asks, tells in (
        (_ASKS_WHEN, _TELLS_WHEN),
        (_ASKS_PRICE, _TELLS_PRICE),
        (_ASKS_COUNT, _TELLS_COUNT),
        (_ASKS_WHETHER, _TELLS_WHETHER),
    )
)
