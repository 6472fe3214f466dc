"""Scripted customers who want something done: read from JSON lines, with their numbers filled in."""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
WIDE = str.maketrans(
    "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "０１２３４５６７８９－ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ",
)
#: New addresses by language.
ADDRESSES = {
    "ja": ("530-0001 大阪府大阪市北区梅田1-2-3 みどりビル405", "460-0008 愛知県名古屋市中区栄4-5-6"),
    "en": ("1-2-3 Umeda, Kita-ku, Osaka 530-0001", "Flat 405, 4-5-6 Sakae, Naka-ku, Nagoya 460-0008"),
}


@dataclass(frozen=True, slots=True)
class ActionCase:
    """One customer with the words that they say to each question."""

    id: str
    language: str
    goal: str
    order_status: str
    who: str
    opening: Sequence[str]
    says: Mapping[str, Sequence[str]]
    aside: Mapping[str, str] | None
    expect: str

    @property
    def half(self) -> str:
        """Failures of the other half are counted and not read."""
        return "development" if int(self.id[-1]) % 2 else "other"


@dataclass(frozen=True, slots=True)
class Person:
    """What a case's customer owns, the same in every run."""

    order: str
    postcode: str
    phone: str
    new_address: str

    def to_values(self) -> dict[str, str]:
        number = int(self.order[3:])
        return {
            "order": self.order,
            "postcode": self.postcode,
            "phone_end": self.phone[-4:],
            "new_address": self.new_address,
            "wrong_order": f"KM-{(number + 111_111) % 1_000_000:06d}",
            "wrong_postcode": f"{(int(self.postcode[:3]) + 7) % 1000:03d}-{self.postcode[4:]}",
            "wrong_phone_end": f"{(int(self.phone[-4:]) + 1234) % 10_000:04d}",
        }


def load_action_cases(folder: Path) -> list[ActionCase]:
    """Every case of the folder's files but questions, in order of their ids."""
    rows = [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        if not file.name.endswith("questions.jsonl")
        for line in file.read_text("utf-8").splitlines()
        if line.strip()
    ]
    return sorted((_parse_case(row) for row in rows), key=lambda case: case.id)


def load_action_questions(folder: Path) -> list[tuple[str, str | None]]:
    """(text, tool that it asks for or None) of the files of single questions."""
    rows = [
        json.loads(line)
        for file in sorted(folder.glob("*questions.jsonl"))
        for line in file.read_text("utf-8").splitlines()
        if line.strip()
    ]
    return [(row["text"], row["tool"]) for row in rows]


def _parse_case(row: Mapping[str, Any]) -> ActionCase:
    says = {name: [said] if isinstance(said, str) else list(said) for name, said in row["says"].items()}
    return ActionCase(
        id=row["id"],
        language=row["lang"],
        goal=row["goal"],
        order_status=row["order"],
        who=row["who"],
        opening=row["opening"],
        says=says,
        aside=row.get("aside"),
        expect=row["expect"],
    )


def build_person(case: ActionCase) -> Person:
    """Numbers that belong to a case's customer alone."""
    dice = random.Random(case.id)
    return Person(
        order=f"KM-{dice.randrange(100_000, 999_999):06d}",
        postcode=f"{dice.randrange(100, 999)}-{dice.randrange(10_000):04d}",
        phone=f"090{dice.randrange(100_000_000):08d}",
        new_address=dice.choice(ADDRESSES[case.language]),
    )


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: _write(values.get(found[1], found[0]), found[2]), text)


def _write(value: str, way: str | None) -> str:
    """A value in another spelling."""
    if way == "bare":
        return (
            value.replace("-", "").lower()
            if value.startswith("KM")
            else re.sub(r"(\d{3})-(\d{4})", r"\1\2", value)
        )
    if way == "wide":
        return value.translate(WIDE)
    if way == "spaced":
        return value.replace("-", " ")
    if way == "typo":
        return _swap_digits(value)
    return value


def _swap_digits(value: str) -> str:
    """Two neighbours that differ, exchanged."""
    pairs = (at for at in range(len(value) - 1, 3, -1) if value[at] != value[at - 1])
    at = next(pairs, None)
    return value if at is None else value[: at - 1] + value[at] + value[at - 1] + value[at + 1 :]


def iterate_says(case: ActionCase, asked: str) -> Iterator[str]:
    """What is said the first, the second … time; the last is repeated."""
    said = case.says.get(asked) or [""]
    yield from said
    while True:
        yield said[-1]
