"""Rewrites a follow-up as a standalone question: by rules on the conversation, or by a model."""

import re
from collections.abc import Sequence

from assistant.answering.completion import request_completion
from assistant.answering.drafts.prompt_context import condense_history, sanitize_data
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.ports.models import ChatModel
from assistant.text.pii_masking import PiiMask
from assistant.text.terms import extract_terms
from assistant.tracing import start_span

_FLAGS = re.IGNORECASE | re.VERBOSE
#: Text without search terms.
_CHATTER = re.compile(
    r"""^(はい|いいえ|ええ|うん|そうです(か|ね)?|なるほど|了解(です|しました)?|わかりました
    |分かりました|ありがとう(ございま(す|した))?
    |どうも|こんにちは|こんばんは|おはよう(ございます)?|すみません
    |お願いします|もしもし
    |hi|hello|hey|thanks?(\ you)?(\ very\ much|\ a\ lot)?|ok(ay)?|yes|no|yep|sure|great
    |got\ it|i\ see|please)[\s、。!！.,？?]*$""",
    _FLAGS,
)
#: References to something said before.
_STANDS_FOR = re.compile(
    r"""(これ|それ|あれ|こちら|そちら|そこ|ここ)(は|が|を|も|で|に|の|って|だと|なら|から|まで|以外
      |[、。?？]|$)
    |(この|その|あの)(場合|時|とき|際|期限|期間|手続き|商品|品|方法|料金
      |手数料|送料|メール|番号|注文|サービス|プラン|件|後|あと|人|他)
    |同じ(もの|場合|よう)|そう(いう|した)場合
    |^(じゃあ|では|それでは|それなら|だったら|だとすると|ちなみに|あと|他に|ほかに|逆に)
    |\b(it|that|they|them|those|this|these|there|one|ones|he|she|its|their)\b|\bthe\ same\b
    |^(and|but|so|then|or|also|what\ if|what\ about|how\ about)\b""",
    _FLAGS,
)
#: Complete questions that look like references: "is it possible to …", "there is …".
_EXPLETIVE = re.compile(
    r"""\b(is|was|would|will|does|how\ (long|much)\ does|what\ does)\ it\ (be\ |still\ )?
    (possible|ok|okay|free|safe|necessary|allowed|take\ to|cost\ to|mean\ to)\b
    |\b(is|are|was|were)\ there\b|\bthere('s|\ (is|are|was|were))\b
    |\bthat\ (i|you|we|is|are|was|has|have)\b
    |\bthis\ (morning|afternoon|evening|week|month|year|site|shop|store|website)\b
    |\bwhich\ one\b|\bno\ one\b|\bthat's\ (all|fine|ok)\b""",
    _FLAGS,
)
#: Elliptic questions whose subject was named before: 海外は？ "how long?" "for shoes?".
_REST = re.compile(
    r"""^[^。?？]{1,14}(は|なら|だと|だったら|たら|れば|の場合は?|でも|とか)[?？。]*$
    | ^(いつ|いくら|どこ|なぜ|どうして|どうやって|何日|何円)[^。]{0,10}[?？。]*$
    | ^(how\ (long|much|many|often)|when|where|why|who|which|what|how)(\ (exactly|then|so))?[?.!\s]*$
    | ^(for|with|in|from|on|without|even)\ .{1,40}\?$""",
    _FLAGS,
)
#: Terms that may be asked about anything: with nothing else in it, a question has no subject of its own.
GENERIC_TERMS = frozenset(
    [
        "金",
        "費用",
        "料金",
        "代金",
        "値段",
        "無料",
        "有料",
        "期限",
        "期間",
        "日数",
        "時間",
        "方法",
        "手順",
        "場所",
        "必要",
        "可能",
        "何日",
        "何時",
        "届",
        "教",
        "使",
        "cost",
        "fee",
        "price",
        "free",
        "charge",
        "pay",
        "long",
        "much",
        "many",
        "take",
        "day",
        "time",
        "deadline",
        "way",
        "need",
        "possible",
    ]
)
_MAX_EARLIER_QUESTIONS = 2
#: Seconds: the customer waits for the rewrite and then for the answer.
SECONDS = 2.5
#: Characters of a rewrite: a longer one says more than was asked.
MAX_CHARACTERS = 300
#: In Japanese a character is about a token.
MAX_TOKENS = MAX_CHARACTERS


class ModelQueryRewriter:
    """Rewrites by a model; falls back to the rules."""

    def __init__(self, model: ChatModel, prompt: Prompt, seconds: float = SECONDS) -> None:
        self._model, self._prompt, self._seconds = model, prompt, seconds

    async def __call__(self, question: str, lines: Sequence[Utterance], allowance: ModelBudget | None) -> str:
        alone = build_standalone_question(question, lines)
        if alone == question.strip():
            return alone
        mask = PiiMask()
        history, asked = condense_history(lines, mask), sanitize_data(mask.mask_text(question))
        prompt = self._prompt.fill_template(history=history, question=asked)
        with start_span("rewrite"):
            answer = await request_completion(
                self._model, prompt, allowance, max_tokens=MAX_TOKENS, seconds=self._seconds
            )
        written = " ".join(mask.unmask_text(answer or "").split())
        # The customer's own words are kept: a rewrite may lose what matters.
        return f"{written} {question.strip()}" if 0 < len(written) <= MAX_CHARACTERS else alone


async def rewrite_from_conversation(
    question: str, lines: Sequence[Utterance], _allowance: ModelBudget | None
) -> str:
    """Rewrite by rules only, which cost nothing."""
    return build_standalone_question(question, lines)


def build_standalone_question(question: str, lines: Sequence[Utterance]) -> str:
    """*question* preceded by the earlier questions that it refers to; unchanged when it refers to none."""
    question = question.strip()
    if not _is_follow_up(question):
        return question
    earlier = _find_subject(lines, question)
    # The reader was trained on follow-ups in this form.
    return f"{earlier} / {question}" if earlier else question


def prepend_subject(question: str, lines: Sequence[Utterance]) -> str:
    """*question* preceded by the customer's last standalone question, where it names no subject of its own.

    Unchanged where it does, or where nothing was asked before.
    """
    question = question.strip()
    if _CHATTER.match(question) or not extract_terms(question) <= GENERIC_TERMS:
        return question
    earlier = _find_subject(lines, question)
    return f"{earlier} / {question}" if earlier else question


def _is_follow_up(question: str) -> bool:
    if _CHATTER.match(question):
        return False
    if _REST.search(question):
        return True
    return bool(_STANDS_FOR.search(_EXPLETIVE.sub("", question))) and not _is_long(question)


def _is_long(question: str) -> bool:
    """Whether it has enough words of its own for a search."""
    return len(extract_terms(question)) >= 6


def _find_subject(lines: Sequence[Utterance], question: str) -> str:
    """The customer's last standalone question and the follow-ups since, as few as needed."""
    asked = [line.text.strip() for line in lines if line.author is Author.CUSTOMER]
    asked = [text for text in asked if text and text != question and not _CHATTER.match(text)]
    found: list[str] = []
    for text in reversed(asked):
        found.insert(0, text)
        if not _is_follow_up(text) or len(found) == _MAX_EARLIER_QUESTIONS:
            break
    return " ".join(_truncate_text(text) for text in found)


def _truncate_text(text: str) -> str:
    """The last sentences of a long message: the question is at the end."""
    return text if len(text) <= 200 else text[-200:].split(maxsplit=1)[-1]
