"""Making a customer's words comparable: widths, cases, invisible characters, clauses; no judgement."""

import re

from assistant.domain.unicode_forms import fold_compatibility
from assistant.text.characters import strip_every_invisible

#: Readers of tone look at this much of each end; nobody's mood needs more.
WINDOW = 1_500

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
CJK = r"[\u3040-\u30ff\u3400-\u9fff々ー]"
CJK_GAP = re.compile(rf"(?<={CJK})[ \t\u3000]+(?={CJK})")
BLANKS = re.compile(r"[ \t\u00a0\u3000]+")
#: How a Japanese sentence, not a keyword, ends.
SENTENCE_END = re.compile(
    r"(?:です|ます|た|ん|ください|下さい|う|い|る|か|よ|ね|て|の|ば|わ|な|け|ど|が|[?。!])$"
)
CLAUSES = re.compile(r"[^。!?\n]*[。!?\n]*")
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})


def normalize_text(text: str) -> str:
    """Widths and cases folded, invisible characters gone, Japanese without spaces between characters."""
    text = fold_compatibility(strip_every_invisible(text)).translate(APOSTROPHES)
    text = BLANKS.sub(" ", CONTROL.sub(" ", text))
    return CJK_GAP.sub("", text).casefold().strip()


def clip_text(text: str) -> str:
    """The beginning and the end of a text that is too long to be read whole."""
    return text if len(text) <= 2 * WINDOW else f"{text[:WINDOW]}\n{text[-WINDOW:]}"


def split_clauses(text: str) -> list[str]:
    """Sentences, roughly: up to a full stop, question or exclamation mark, or a line's end."""
    return [part.strip() for part in CLAUSES.findall(text) if part.strip()]


def format_snippet(text: str, start: int, end: int, *, around: int = 12, most: int = 80) -> str:
    """The matched words with a little of what stands around them, on one line."""
    piece = text[max(0, start - around) : end + around]
    return " ".join(piece.split())[:most]
