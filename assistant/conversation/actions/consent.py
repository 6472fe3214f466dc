"""Whether words are a yes to what was just shown: only a plain one is."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from assistant.domain.unicode_forms import fold_compatibility, replace_unprintable


class Consent(StrEnum):
    YES = "yes"
    NO = "no"
    #: A yes with a but, a question, anything else: asked again.
    UNCLEAR = "unclear"


MAX_CONSENT_CHARACTERS = 80
#: What a yes is made of; when nothing else is left, it is one.
YES = re.compile(
    r"はい|ええ|うん|そうです|その(?:通り|とおり)(?:です)?|(?:それ|これ|上記|そちら)(?:の内容)?で|(?:その|この|上の)(?:内容|通り|とおり)で"
    r"|お?願い(?:いた)?します|お?願い(?:できますか)?|おねがい(?:し?ます)?|たのみます|頼みます|頼む(?:わ)?|大丈夫(?:です)?"
    r"|問題(?:ない|なし|ありません|ございません)(?:です)?"
    r"|間違い(?:ない|ありません)(?:です)?|合って(?:い)?ます|あってます|いいです|良いです|いいよ|いい|進めて|実行(?:して)?|確定(?:して"
    r"|で)?|手続き(?:を)?(?:して|進めて)"
    r"|(?:それ)?(?:では|じゃあ?|なら)|ほな|ほんなら|んじゃあ?|やっぱり?|っす"  # filler before or after a yes
    r"|(?:進め|すすめ|し)ちゃって|すすめて|たのむ(?:わ)?|頼んます"
    r"|やって|して|ください|下さい|よろしく|構いません|かまいません"
    r"|了解(?:です|しました)?|承知(?:しました)?|オッケー|おっけー?|オーケー|ok(?:ay|です|だよ)?|さい|どうぞ|ぜひ|もちろん|わかりました|分かりました"
    r"|ありがとう(?:ございます)?|助かります|結構です(?!が)"
    r"|\b(?:yes|yeah|yep|yup|ya|yea|ja|oui|hai|sure|ok|okay|okie|k|fine|great|perfect|good|is|correct"
    r"|right|exactly|absolutely|definitely|of course"
    r"|please|pls|plz|thanks?|thank you|thx|ta|go|ahead|go ahead|do it|do that|do so"
    r"|do|confirm(?:ed)?|proceed|carry on|accept(?:ed)?|agreed?|approved?"
    r"|(?:that|this|it|all|everything)(?:'s| is|s)?|looks?|sounds?|works?|good to go"
    r"|happy with|i|i'?m|am|with|the|and|for me|all"
    r"|submit(?: it)?|yes sir|lgtm|let'?s|indeed|by all means"
    r"|cheers|very|much|so|mate|well|then|you|affirmative)\b"
    r"|네|예|(?:그대로 ?)?진행해 ?(?:주세요|줘요?)|부탁(?:드려요|드립니다|합니다|해요)|좋아요|맞아요|맞습니다"
    r"|[👍👌🙆♀♂\ufe0f🆗✅🙏😊🙂⭕]",
    re.I,
)
#: Something to be said yes with, beside filler.
SURE = re.compile(
    r"はい|ええ|うん|そうです|その(?:通り|とおり)|(?:これ|上記|そちら|内容|通り|とおり)で|願い|ねがい|頼|たのみ|大丈夫|問題|間違い|合って|あって"
    r"|いい|良い|(?:進め|すすめ)(?:て|ちゃって)|実行|確定|手続き|やって|構|かま|了解|承知|オッケ|おっけ|オーケ|ok|どうぞ|ぜひ|もちろん|わかり|分かり"
    r"|\b(?:yes|yeah|yep|yup|ya|yea|ja|oui|hai|sure|k|fine|great|perfect|good|correct|right"
    r"|exactly|absolutely|definitely|course|please|pls|plz|go|do (?:it|that|so)"
    r"|confirm\w*|proceed|carry|accept\w*|agree\w*|approve\w*"
    r"|submit|lgtm|indeed|means|affirmative|looks|sounds|works)\b"
    r"|네|예|진행해|부탁|좋아요|맞아요|맞습니다"
    r"|[👍👌🙆🆗✅🙏⭕]",
    re.I,
)
#: May mean this very request, where the tool has not the word itself.
CANCELLATION = re.compile(r"キャンセル|取り?消|\bcancel", re.I)
#: What leaves no doubt beside the name of what is done.
EXPLICIT_YES = re.compile(
    r"はい|うん|ええ|そうです|その(?:通り|とおり)|問題|間違い|合って(?:い)?ます|進めて|実行|確定"
    r"|\b(?:yes|yeah|yep|yup|correct|confirm\w*|go ahead|proceed|do it)\b",
    re.I,
)
#: Said first, the name of what is done that follows is no refusal.
LEADING_YES = re.compile(r"はい|(?:yes|yeah|yep|yup)\b")
#: A plain no; stronger than any yes in the same words.
NO = re.compile(
    r"いいえ|いや(?:です|だ)?(?:$|[、。!\s])|^いえ|やめ(?:ます|て(?:おき|お|くだ|下)|とき|る|たい)|止めます|取りやめ|中止|やっぱり?(?:いい|結構|やめ|なし|大丈夫)"
    r"|(?:し|変え|取り消さ|進め)ない(?:で)?|しません|違います|ちがいます|ダメ|だめ|なしで|キャンセルは?(?:やめ|しな|なし|不要)|[そこ]のままで|(?<!で)結構です"
    r"|\bno\b|\bnope\b|\bnah\b|\bdon'?t\b|\bdo not\b|\bnever ?mind\b|\bforget it\b"
    r"|\bkeep (?:it|the|my)\b|\bleave (?:it|the)\b|\bstop\b|\bnot (?:now|that|anymore"
    r"|any more)\b"
    r"|아니(?:요|오)|그만|하지 ?(?:마|않)|안 ?(?:할|해)|취소"
    r"|\bchanged my mind\b|\bscratch that\b|\bon second thou?ght|🙅|❌",
    re.I,
)
#: A but, a condition or a question: no yes.
HEDGE = re.compile(
    r"でも|けど|けれど|ただ|その前|待って|まって|ちょっと|もし|本当に|か[?。]?$|[?？]|のですが|んですが|だけど|ではなく|じゃなく|じゃなくて|以外|だけ|別の"
    r"|\bbut\b|\bwait\b|\bhold on\b|\bbefore\b|\bif\b|\bexcept\b|\binstead\b|\bonly\b"
    r"|하지만|그런데|근데|잠깐|잠시만|만약|(?:까|나)요?[?]?$"
    r"|\bfirst\b|\bunless\b|\bnot\b|\bhang on\b",
    re.I,
)
#: Something besides: another value, another wish, or that it is not to be done.
BESIDE = re.compile(
    r"あと|ついで|ほかに|他に|なくて|せんで|んとい|ないで|会社|職場|実家"
    r"|\b(?:also|too|as well|others?|another|plus|to my|to our|to the|the name|nephew|niece)\b",
    re.I,
)
#: From here on the classifier's yes counts.
SURE_YES = 0.9
#: Leaves what was begun, at any question.
WAY_OUT = re.compile(
    r"手続きをやめ|やっぱり?(?:いい|結構|やめ|大丈夫)(?!.*(?:たい|変更))|もういい(?:です|や)?[。!]?$|やめ(?:ます|ておきます"
    r"|ときます|とく)[。!]?$|中止(?:して|で|します)"
    r"|^(?:stop|quit|exit|never ?mind|forget it|leave it|scratch that)\b|\bnever ?mind\b"
    r"|\bforget (?:it|about it)\b|^stop this request$|^처리 그만두기$",
    re.I,
)
#: Asks for a moment.
WAIT = re.compile(
    r"(?:お)?待(?:って|ち(?:ください|下さい|いただ))|まって|少々お待ち|(?:ちょっと|一瞬|少し)待|あとで(?:送|おく)"
    r"|探して(?:きます|います|る)"
    r"|\b(?:hang|hold) on\b|\bwait\b|\b(?:one|a|just a) (?:moment|minute|min|sec|second)\b"
    r"|\bbear with me\b|\bgive me a\b"
    r"|잠깐|잠시"
)
#: Ends in a question.
QUESTION = re.compile(r"(?:[?？]|か(?:ね|な)?[。]?)\s*$")
#: Begins or ends like one that has no mark.
UNMARKED_QUESTION = re.compile(
    r"(?:っけ|でしょう|かしら)[。]?\s*$"
    r"|^(?:(?:and|but|so|also|by the way|btw|oh|um|sorry)[, ]+)*"
    r"(?:how|what|when|where|which|who|why"
    r"|(?:do|does|did|is|are|will|would|can|could|should) (?:i|you|we|they|it|there|the|my|your|this|that)\b)"
)
#: Wants something done, as a question or not.
REQUEST = re.compile(
    r"たい|て(?:ください|下さい|ほしい|欲しい|もらえ|いただけ|くれ)|願い|やめ|キャンセル|取り?消"
    r"|\bplease\b|\bwant\b|\blike to\b|\bneed to\b|\b(?:can|could|would) (?:you|i)\b|\bcancel|\bactually\b"
    r"|\binstead\b"
)
#: What says yes to some and no to others, where it stands alone.
AMBIGUOUS = re.compile(
    r"(?:もう)?(?:いい|良い|大丈夫|結構)(?:です)?(?:よ|ね)?|fine|good"
    r"|(?:i['’]?m|i am) (?:all )?(?:good|fine|ok|okay)"
    r"|(?:(?:it|that)['’]?s )?all good",
    re.I,
)
#: Said with a yes and with a no alike.
THANKS = re.compile(
    r"(?:どうも)?(?:ありがとう|有難う)(?:ございま(?:す|した))?|どうも|助かります"
    r"|\b(?:thanks?(?: you)?|thx|ta|cheers)\b(?: (?:a lot|very much|so much|again|mate|though)\b)?|[🙏😊🙂]",
    re.I,
)
#: Taken back after a yes, as long as nothing was done.
WITHDRAWAL = re.compile(r"待って|まって|待った|ストップ|\b(?:wait|hold on|hang on|stop)\b", re.I)
#: Stands for a name; nothing that was written has it, because what cannot be seen is taken out before.
NAME_MARK = "\0"
#: The name of what is done, with what makes a request of it.
NAME_ENDING = re.compile(r"\0を?(?:して|で|に)?")
#: Not to be done.
NAME_REFUSED = re.compile(r"\0[はを]?(?:やめ|しな|なし|不要)")
_NOISE = re.compile(r"[\s、。,.!！~〜ー・\-'’\"「」]+")


def read_consent(text: str, own_words: Iterable[str] = ()) -> Consent:
    """YES only if every word of *text* belongs to a yes, or is one of the tool's *own_words* (patterns).

    The words of another tool are nobody's here: a yes that has one is to that, and asked again.
    """
    folded = _fold_text(text[: MAX_CONSENT_CHARACTERS + 1])
    rest = _remove_names(folded, own_words)
    # "Yes, stop it" names what is done; "stop" alone refuses.
    refused = rest if LEADING_YES.match(folded) else folded
    if NO.search(refused) or NAME_REFUSED.search(rest):
        return Consent.UNCLEAR if HEDGE.search(folded) and not _is_plain_no(folded) else Consent.NO
    if len(folded) > MAX_CONSENT_CHARACTERS or HEDGE.search(folded) or not SURE.search(folded):
        return Consent.UNCLEAR
    if _is_polite_only(folded) or _NOISE.sub("", YES.sub("", NAME_ENDING.sub("", rest))):
        return Consent.UNCLEAR
    # The name alone may be a question, or another wish.
    return Consent.YES if rest == folded or EXPLICIT_YES.search(folded) else Consent.UNCLEAR


def _fold_text(text: str) -> str:
    """Small letters in usual width, without what cannot be seen."""
    return replace_unprintable(fold_compatibility(text.replace("\n", " ")), "").strip().casefold()


def may_be_yes(text: str, own_words: Sequence[str], other_words: Sequence[str]) -> bool:
    """Whether nothing in *text* speaks against a yes: no but, no question, no number, nothing besides,
    and no word of another tool.
    """
    folded = _fold_text(text[: MAX_CONSENT_CHARACTERS + 1])
    against = (HEDGE, NO, QUESTION, BESIDE, WAIT)
    if len(folded) > MAX_CONSENT_CHARACTERS or any(pattern.search(folded) for pattern in against):
        return False
    if re.search(r"\d", folded) or _is_polite_only(folded) or not folded:
        return False
    rest = _remove_names(folded, own_words)
    return not any(re.search(word, rest, re.I) for word in other_words)


def is_withdrawal(text: str, own_words: Sequence[str]) -> bool:
    """Whether *text*, said after a yes to what has *own_words*, takes it back; to cancel that does too."""
    folded = _fold_text(text[:MAX_CONSENT_CHARACTERS])
    is_cancel = CANCELLATION.search(_remove_names(folded, own_words)) is not None
    is_no = read_consent(text, own_words) is Consent.NO
    return is_no or is_cancel or wants_way_out(text) or WITHDRAWAL.search(folded) is not None


def _remove_names(folded: str, own_words: Iterable[str]) -> str:
    """*folded* with a mark in place of each name of what is done."""
    for pattern in own_words:
        folded = re.sub(pattern, NAME_MARK, folded, flags=re.I)
    return folded


def _is_polite_only(folded: str) -> bool:
    """Nothing but what may be a yes or a no, and thanks around it."""
    parts = [part.strip("~〜ー・ ") for part in re.split(r"[。.!！、,\n]", THANKS.sub("。", folded))]
    return all(AMBIGUOUS.fullmatch(part) for part in parts if part)


def _is_plain_no(folded: str) -> bool:
    return re.match(r"いいえ|いえ|no\b|nope\b|nah\b", folded) is not None


def asks_to_wait(text: str) -> bool:
    """Whether *text* asks for a moment, and for nothing else."""
    folded = _fold_text(text[: MAX_CONSENT_CHARACTERS + 1])
    return len(folded) <= MAX_CONSENT_CHARACTERS and bool(WAIT.search(folded)) and not QUESTION.search(folded)


def asks_question(text: str) -> bool:
    """Whether *text* is a question, whatever it also wants."""
    folded = _fold_text(text)
    return any(pattern.search(folded) for pattern in (QUESTION, UNMARKED_QUESTION))


def asks_aside(text: str) -> bool:
    """Whether *text* only asks something: a request that is open stays open."""
    folded = _fold_text(text)
    return QUESTION.search(folded) is not None and REQUEST.search(folded) is None


def wants_way_out(text: str) -> bool:
    return WAY_OUT.search(fold_compatibility(text[:MAX_CONSENT_CHARACTERS]).strip().casefold()) is not None
