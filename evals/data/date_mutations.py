"""Generated notices with dates and amounts, restated correctly and incorrectly: articles contain
few of them.
"""

import calendar
from collections.abc import Iterator
from random import Random

from assistant.domain.knowledge import Passage
from evals.data.mutations import GroundingCase

_MONTHS = tuple(calendar.month_name)[1:]
_TOPICS = {
    "ja": [
        "夏の感謝祭",
        "システム点検",
        "冬季休業",
        "ポイント増量企画",
        "新規登録の特典",
        "配送の休止",
        "店舗改装",
    ],
    "en": [
        "the summer sale",
        "the maintenance window",
        "the winter closure",
        "the points campaign",
        "the sign-up bonus",
        "the delivery pause",
        "the shop renovation",
    ],
}
_ARTICLES = {
    "ja": "{topic}は、2026年{a}から{b}までです。申し込みの締め切りは{c}の{time}です。"
    "参加費は税込{fee:,}円です。",
    "en": "{topic} runs from {a} to {b}, 2026. The deadline to sign up is {c} at {time}. "
    "It costs ¥{fee:,} including tax.",
}
_SAID = {
    "ja": [
        "{topic}は{a}に始まります。",
        "{topic}は{b}に終わります。",
        "お申し込みは{c}までにお済ませください。",
    ],
    "en": ["{topic} starts on {a}.", "{topic} ends on {b}.", "You can sign up until {c}."],
}


def generate_notices(random: Random, count: int) -> Iterator[GroundingCase]:
    """``true date``, ``wrong date``, ``true amount``, ``wrong number``: *count* of each per language."""
    for language in ("ja", "en"):
        for _ in range(count):
            yield from _generate_notice(language, random)


def _generate_notice(language: str, random: Random) -> Iterator[GroundingCase]:
    topic = random.choice(_TOPICS[language])
    dates = random.sample([(month, day) for month in range(1, 13) for day in range(1, 29)], 4)
    fee, other = random.sample(range(300, 90_000, 10), 2)
    a, b, c, wrong = dates
    values = {key: _format_plain_date(language, date) for key, date in zip("abc", (a, b, c), strict=True)}
    time = f"{random.randint(8, 21)}:{random.choice(['00', '30'])}"
    text = _ARTICLES[language].format(topic=topic, time=time, fee=fee, **values)
    passage = Passage(
        chunk=0,
        article=f"{language}/notice.md",
        title=topic[0].upper() + topic[1:],
        url="",
        language=language,
        headings=(),
        text=text[0].upper() + text[1:],
        score=0.9,
    )
    template = random.choice(_SAID[language])
    right = {
        key: _format_other_date(language, date, random) for key, date in zip("abc", (a, b, c), strict=True)
    }
    false = dict.fromkeys("abc", _format_other_date(language, wrong, random))
    for kind, sentence in (
        ("true date", template.format(topic=topic, **right)),
        ("wrong date", template.format(topic=topic, **false)),
        ("true amount", _format_cost(language, fee, random)),
        ("wrong number", _format_cost(language, other, random)),
    ):
        yield GroundingCase(
            kind=kind, language=language, sentence=sentence[0].upper() + sentence[1:], passage=passage
        )


def _format_plain_date(language: str, date: tuple[int, int]) -> str:
    month, day = date
    return f"{month}月{day}日" if language == "ja" else f"{_MONTHS[month - 1]} {day}"


def _format_other_date(language: str, date: tuple[int, int], random: Random) -> str:
    month, day = date
    name = _MONTHS[month - 1]
    if language == "en":
        ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(day, "th")
        return random.choice([f"{name} {day}", f"{day} {name}", f"{name} {day}{ending}", f"{name[:3]} {day}"])
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    forms = [f"{month}月{day}日", f"令和8年{month}月{day}日", f"2026年{month}月{day}日", f"{month}/{day}"]
    forms.append(f"{_format_kanji_number(month)}月{_format_kanji_number(day)}日")
    return random.choice([*forms, forms[0].translate(wide)])


def _format_kanji_number(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    return ("" if not tens else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")


def _format_cost(language: str, fee: int, random: Random) -> str:
    if language == "en":
        return random.choice([f"It costs ¥{fee:,}.", f"The price is {fee} yen.", f"You pay JPY {fee:,}."])
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    shown = random.choice([f"{fee:,}円", f"{fee}円", f"¥{fee:,}", f"{fee}円".translate(wide)])
    return f"参加費は{shown}です。"
