"""Texts as hashed n-grams for the linear classifiers: character n-grams in Japanese, word n-grams
elsewhere.
"""

import re
from itertools import pairwise
from zlib import crc32

from assistant.text.characters import JAPANESE_LETTER

BUCKETS = 1 << 14
#: Characters of a text that are read.
MAX_CHARACTERS = 240
#: The weights were fitted so: a lone long vowel or middle dot counts, too.
_JAPANESE = re.compile(f"[{JAPANESE_LETTER}・]")
WORD = re.compile(r"[a-z0-9']+|[!?]+|[^\sa-z0-9']")


def hash_ngrams(comparable: str) -> list[int]:
    """Distinct buckets of a text's n-grams."""
    bounded = f"^{comparable[:MAX_CHARACTERS]}$"
    pieces = _list_letter_ngrams(bounded, 4) if _JAPANESE.search(bounded) else _list_word_ngrams(bounded)
    return list({crc32(piece.encode("utf-8", "replace")) % BUCKETS for piece in pieces})


def _list_letter_ngrams(text: str, most: int, least: int = 1) -> list[str]:
    return [text[i : i + n] for n in range(least, most + 1) for i in range(len(text) - n + 1)]


def _list_word_ngrams(text: str) -> list[str]:
    words = WORD.findall(text)
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    return [f"w:{word}" for word in words] + pairs + _list_letter_ngrams(text, 4, 4)
