"""Small talk: a turn that is only a greeting, thanks or a goodbye."""

import re

from assistant.signals import cues

#: Longest such turn, in characters.
MAX_SMALL_TALK_CHARACTERS = 90
REST = re.compile(
    r"[\W_]|(?:です|ます|ました|ね|よ|が|で|は|も|を|に|の|お|ご|さん|様|また|何か)|\b(?:and|so|very|much|you|for|the|a|to|u)\b"
)
#: Precedence when a turn has several kinds.
PRECEDENCE = ("bye", "thanks", "greeting", "ok")
EMOJI = re.compile(r"^[\U0001F300-\U0001FAFF\u2600-\u27bf\s!?.~〜ー]+$")
HAPPY = re.compile(r"[😀-😆😊-😍🙂🙏👍👌❤💕🎉✨😄]")


def detect_small_talk(comparable: str) -> str | None:
    if not comparable or len(comparable) > MAX_SMALL_TALK_CHARACTERS:
        return None
    if EMOJI.match(comparable):
        return "thanks" if HAPPY.search(comparable) else None
    rest, kinds = comparable, set()
    for cue in cues.load_cues("small_talk"):
        rest, count = cue.pattern.subn(" ", rest)
        if count:
            kinds.add(cue.kind)
    if not kinds or "?" in comparable.replace("how are you?", "") or REST.sub("", rest):
        return None
    return next(kind for kind in PRECEDENCE if kind in kinds)
