"""Normalizes a customer's text: widths, case, invisible characters, clauses."""

import re

from assistant.domain.unicode_forms import fold_compatibility
from assistant.text.characters import strip_every_invisible

#: Characters of each end of a text that classifiers of mood read.
WINDOW = 1_500

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
CJK = r"[\u3040-\u30ff\u3400-\u9fff々ー]"
CJK_GAP = re.compile(rf"(?<={CJK})[ \t\u3000]+(?={CJK})")
BLANKS = re.compile(r"[ \t\u00a0\u3000]+")
#: How a Japanese sentence, not a keyword, ends.
SENTENCE_END = re.compile(
    r"(?:です|ます|た|ん|ください|下さい|う|い|る|か|よ|ね|て|の|ば|わ|な|け|ど|が|[?。!])$"
)
#: The rest of a word of letters and digits, behind and before a place in it.
LATIN_START = re.compile(r"[a-z0-9'’]{1,20}", re.IGNORECASE)
LATIN_END = re.compile(r"[a-z0-9'’]{1,20}$", re.IGNORECASE)
CLAUSES = re.compile(r"[^。!?\n]*[。!?\n]*")
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})


def normalize_text(text: str) -> str:
    """Fold widths and case, remove invisible characters and spaces between Japanese characters."""
    text = fold_compatibility(strip_every_invisible(text)).translate(APOSTROPHES)
    text = BLANKS.sub(" ", CONTROL.sub(" ", text))
    return CJK_GAP.sub("", text).casefold().strip()


def clip_text(text: str) -> str:
    """The beginning and the end of a text that is too long."""
    return text if len(text) <= 2 * WINDOW else f"{text[:WINDOW]}\n{text[-WINDOW:]}"


def split_clauses(text: str) -> list[str]:
    """Clauses: up to a full stop, question or exclamation mark, or the end of a line."""
    return [part.strip() for part in CLAUSES.findall(text) if part.strip()]


def format_snippet(text: str, start: int, end: int, *, around: int = 12, most: int = 80) -> str:
    """The matched words with some context, on one line."""
    piece = text[max(0, start - around) : end + around]
    return " ".join(piece.split())[:most]


class OriginalText:
    """What a customer wrote, to show words of it that were found in its normalized form."""

    def __init__(self, raw: str) -> None:
        self._raw = clip_text(raw)
        folded = [(part, at) for at, char in enumerate(self._raw) for part in _fold_character(char)]
        self._places = [at for _, at in folded]
        self._folded = "".join(part for part, _ in folded)

    def find_words(self, normalized: str) -> str:
        """*normalized* as it was written, out to whole words, on one line; itself where it is not found."""
        wanted = "".join(part for char in normalized for part in _fold_character(char))
        start = self._folded.find(wanted) if wanted else -1
        if start < 0:
            return normalized
        first, last = self._places[start], self._places[start + len(wanted) - 1] + 1
        before, after = LATIN_END.search(self._raw[:first]), LATIN_START.match(self._raw, last)
        if before and LATIN_START.match(self._raw, first):
            first = before.start()
        if after and LATIN_END.search(self._raw[:last]):
            last = after.end()
        return " ".join(self._raw[first:last].split())


def _fold_character(char: str) -> str:
    return "" if char.isspace() else fold_compatibility(char).translate(APOSTROPHES).casefold()
