"""Reads what a tool needs out of a customer's words, by rules; nothing is guessed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.domain.actions import Slot, SlotKind, Tool
from assistant.domain.unicode_forms import fold_compatibility

#: Of a message that is searched; a number stands near its beginning or not at all.
MAX_SEARCHED_CHARACTERS = 300
MAX_ADDRESS_CHARACTERS = 200
#: Characters of an address besides its postcode.
MIN_ADDRESS_CHARACTERS = 5
#: Everything that stands for a hyphen once NFKC has been applied; the long vowel of タワー does not.
DASHES = re.compile(r"[‐-―−‑─━]|(?<![ぁ-ゖァ-ヺー])ー")
#: A space or a hyphen inside a number.
GAP = re.compile(r"(?<=[A-Z0-9])[ \-]+(?=[0-9])")
POSTCODE = re.compile(r"(?<![\d-])([0-9]{3})[ -]?([0-9]{4})(?![\d-])")
PHONE = re.compile(r"(?<!\d)0[0-9]{1,4}[ -]?[0-9]{1,4}[ -]?([0-9]{4})(?!\d)")
FOUR_DIGITS = re.compile(r"(?<![\d-])([0-9]{4})(?![\d-])")
PHONE_WORDS = re.compile(
    r"電話|下4桁|下四桁|下4けた|末尾|ケータイ|携帯|\bphone\b|\blast (?:four|4)\b|\bending\b", re.I
)
CODE = re.compile(r"(?<!\d)([0-9]{3})[ -]?([0-9]{3})(?!\d)")
#: What tells a place from other words beside a postcode.
PLACE = re.compile(
    r"[都道府県市区町村郡丁番]|[0-9] {0,3}- {0,3}[0-9]"
    r"|\b(?:street|st|road|rd|ave|avenue|lane|building|bldg|floor|apartment|apt|flat|unit|room|house|tower"
    r"|ku|shi|cho|chome|machi|tokyo|osaka|kyoto|prefecture)\b",
    re.I,
)
#: What comes before and after an address in a sentence.
BEFORE_ADDRESS = re.compile(
    r"^(?:.*?(?:住所|じゅうしょ|届け先|とどけさき|宛先|送り先|おくりさき|変更先|新居)(?:は|が|:|：|、|へ|に|\s)+"
    r"|.*?\b(?:address|deliver(?:ed)? (?:it )?to|ship (?:it )?to|send (?:it )?to|to)\b"
    r"(?: is| would be|:)*(?![a-z])\s*)",
    re.I,
)
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
#: What a Japanese address has before its postcode, if anything.
PLACE_BEFORE = re.compile(r"[都道府県市区町村郡]|\d")
AFTER_ADDRESS = re.compile(
    r"(?:です(?:ね|けど)?|になります|でお願い(?:(?:いた)?します|でき(?:ますか|ますでしょうか|れば))?|にしてください"
    r"|に変更(?:して)?(?:ください)?|へお願いします|please|thanks?|thank you|instead|cheers|pls|if possible)$",
    re.I,
)
#: After a postcode at the end of an address: neither names nor numbers, like "instead of mine".
SMALL_WORDS = re.compile(r"[^0-9A-Zぁ-ゖァ-ヺ一-鿿]*")
#: Such endings in a row: "instead, please, thanks".
MAX_ENDINGS = 4


@dataclass(frozen=True, slots=True)
class Proof:
    """What a guest says to prove that an order is theirs."""

    postcode: str = ""
    phone_end: str = ""

    def to_arguments(self) -> dict[str, str]:
        named = {"postcode": self.postcode, "phone_end": self.phone_end}
        return {name: value for name, value in named.items() if value}


def normalize_numbers(text: str) -> str:
    """Narrow capitals and digits, one kind of hyphen."""
    return DASHES.sub("-", fold_compatibility(text[:MAX_SEARCHED_CHARACTERS])).upper()


def extract_values(tool: Tool, text: str, asking: str) -> dict[str, str]:
    """Slot -> value for everything that *text* tells; *asking*: the slot that was just asked for."""
    found: dict[str, str] = {}
    for slot in tool.slots:
        # A number stands before the address in the list of slots, and is no part of it.
        value = parse_slot(slot, remove_numbers(text, found), is_asked=slot.name == asking)
        if value is not None:
            found[slot.name] = value
    return found


def remove_numbers(text: str, found: Mapping[str, str]) -> str:
    """*text* without the numbers that were found in it, however they were written."""
    words = DASHES.sub("-", fold_compatibility(text[:MAX_SEARCHED_CHARACTERS]))
    for value in found.values():
        spelling = r"[ \-]*".join(re.escape(character) for character in value if character.isalnum())
        words = re.sub(spelling, " ", words, flags=re.IGNORECASE)
    return words


def parse_slot(slot: Slot, text: str, *, is_asked: bool) -> str | None:
    if slot.kind is SlotKind.NUMBER:
        return _parse_number(slot, text, is_asked)
    if slot.kind is SlotKind.ADDRESS:
        return parse_address(text)
    if slot.kind is SlotKind.CHOICE:
        return _parse_choice(slot, text, is_asked)
    return text.strip() if is_asked and text.strip() else None


def _parse_number(slot: Slot, text: str, is_asked: bool) -> str | None:
    """The last number of the slot's form: who corrects themselves says the right one last."""
    words = normalize_numbers(text)
    patterns = [slot.pattern, *([slot.asked_pattern] if is_asked and slot.asked_pattern else [])]
    for pattern in patterns:
        whole = re.compile(rf"(?<![A-Z0-9])(?:{pattern})(?!\d)")
        for candidate in (words, GAP.sub("", words)):
            # Other digits than 0-9 look like a number of the shop, and are none.
            matches = [match for match in whole.finditer(candidate) if match[0].isascii()]
            if matches:
                return matches[-1].expand(slot.format) if slot.format else matches[-1][0]
    return None


def parse_address(text: str) -> str | None:
    """The words of an address: something with a postcode, without the sentence around it."""
    folded = DASHES.sub("-", fold_compatibility(text[:MAX_SEARCHED_CHARACTERS]))
    found = POSTCODE.search(folded)
    if found is None:
        return None
    before = folded[: found.start()]
    lead = BEFORE_ADDRESS.match(before.replace("\n", " "))
    start = lead.end() if lead else 0
    if JAPANESE.search(before[start:]) and not PLACE_BEFORE.search(before[start:]):
        start = found.start()  # words around it, no part of the address
    end = len(folded)
    if _names_place(folded[start : found.start()]) and SMALL_WORDS.fullmatch(folded, found.end()):
        end = found.end()
    address = " ".join(_strip_ending(folded[start:end]).replace("〒", "").split())
    return address[:MAX_ADDRESS_CHARACTERS] if _names_place(POSTCODE.sub("", address)) else None


def _names_place(words: str) -> bool:
    """Whether *words*, without a postcode, are an address."""
    long_enough = sum(character.isalnum() for character in words) >= MIN_ADDRESS_CHARACTERS
    return long_enough and re.search(r"\d", words) is not None and PLACE.search(words) is not None


def _strip_ending(text: str) -> str:
    """*text* without what is said after an address: "…, instead please"."""
    for _ in range(MAX_ENDINGS):
        text = AFTER_ADDRESS.sub("", _strip_marks(text))
    return _strip_marks(text)


def _strip_marks(text: str) -> str:
    """*text* without marks at its end, in linear time; a closing bracket may belong to a name."""
    end = len(text)
    while end and not (text[end - 1].isalnum() or text[end - 1] in ")」』"):
        end -= 1
    return text[:end]


def _parse_choice(slot: Slot, text: str, is_asked: bool) -> str | None:
    folded = fold_compatibility(text[:MAX_SEARCHED_CHARACTERS]).strip()
    for value, labels in slot.choices.items():
        if folded.casefold() in {fold_compatibility(label).casefold() for label in labels.values()}:
            return value
    if is_asked and re.fullmatch(r"[0-9]", folded) and 1 <= int(folded) <= len(slot.choices):
        return list(slot.choices)[int(folded) - 1]
    for value, pattern in slot.choice_words.items():
        if re.search(pattern, folded, re.I):
            return value
    has_words = sum(character.isalpha() for character in folded) >= 2 and "?" not in folded
    return slot.default_choice if is_asked and slot.default_choice and has_words else None


def parse_proof(text: str, subject: str, *, is_asked: bool) -> Proof:
    """Postcode and last digits of a phone number; unasked only where the words leave no doubt."""
    rest = remove_numbers(text, {"subject": subject} if subject else {})
    if not is_asked and parse_address(rest) is not None:
        return Proof()
    words = normalize_numbers(rest)
    phone = PHONE.search(words)
    if phone is not None and not POSTCODE.fullmatch(phone[0]):
        return Proof(phone_end=phone[1])
    postcode = POSTCODE.search(words)
    rest = POSTCODE.sub(" ", words)
    four = FOUR_DIGITS.search(rest)
    is_phone = four is not None and (is_asked or PHONE_WORDS.search(text) is not None)
    return Proof(
        postcode="".join(postcode.groups()) if postcode else "",
        phone_end=four[1] if four and is_phone and not postcode else "",
    )


def parse_code(text: str) -> str | None:
    found = CODE.search(normalize_numbers(text))
    return "".join(found.groups()) if found else None


def format_value(kind: str, value: object, language: str) -> str:
    """A field of a result as it is said; anything that is not of its kind is empty."""
    if kind == "date":
        return _format_date(value, language)
    if kind == "list":
        items = value if isinstance(value, list) else []
        separator = "、" if language == "ja" else ", "
        return separator.join(str(item) for item in items if isinstance(item, str | int))
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


WEEKDAYS_JA = "月火水木金土日"


def _format_date(value: object, language: str) -> str:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return ""
    if language == "ja":
        return f"{day.month}月{day.day}日（{WEEKDAYS_JA[day.weekday()]}）"
    return f"{day:%A}, {day.day} {day:%B}"


def list_missing_slots(tool: Tool, values: Mapping[str, str]) -> Sequence[Slot]:
    return [slot for slot in tool.slots if slot.name not in values]
