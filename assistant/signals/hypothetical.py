"""Whether a text only asks what would be if: "what if it doesn't fit?" complains of nothing that happened."""

import re

#: Up to a condition, then nothing, or a short question about what comes of it that tells nothing as done.
_JAPANESE = re.compile(
    r"[^。！？!?\n]{2,60}(?:たら|だら|れば|場合(?:は|には|も)?|(?:とき|時)(?:は|には))"
    r"(?:、?(?![^。！？!?\n]*(?:た|だ)(?:[んのけがし]|$|ので|から))"
    r"[^。！？!?\n]{1,24}(?:か|かな|の|ね|る|い|か教えてください)[?？]?)?[。?？、… ]*"
)
_OPENING = (
    r"(?:(?:and|but|so|also|ok(?:ay)?|hi|hello|hey|um|well|just wondering|(?:quick |one )?question)"
    r"\b[,:.]? ?){0,3}"
)
#: "If this is how you treat people": a reproach, and "if I had known": done.
_REPROACH = r"(?! (?:this is|that'?s|you|i (?:had|could have|'d)))"
_HAPPENED = r"(?![^.!?\n]*\b(?:has|have|had|was|were|did|came|arrived|broke)\b)"
_ENGLISH = re.compile(
    rf"{_OPENING}(?:what(?: happens| about)? if|if|in case|suppose|supposing)\b{_REPROACH}[^.!?\n]{{3,140}}\?"
    rf"|{_OPENING}(?:can|could|do|does|will|would|is|are|how|what|who|where)\b[^.!?\n]{{3,100}}"
    rf" if (?:it|they|the|my|i|one|something)\b{_HAPPENED}[^.!?\n]{{3,80}}\?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[。！？!?\n.])\s*")
#: Longer texts tell of something.
MAX_CHARACTERS = 300


def is_hypothetical(text: str) -> bool:
    """Whether each sentence of *text* is a question about a condition that nobody says was met."""
    if len(text) > MAX_CHARACTERS:
        return False
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    return bool(sentences) and all(_JAPANESE.fullmatch(one) or _ENGLISH.fullmatch(one) for one in sentences)
