"""Words by which customers end messages that nobody asked for, or take them again: ja, en, ko."""

import re

from assistant.domain.consents import ConsentState
from assistant.domain.unicode_forms import fold_compatibility

#: Longer messages say more than a command, its thanks and a name.
MAX_COMMAND_CHARACTERS = 80

_SORRY_JA = r"(すみません(が)?|すいません(が)?|恐れ入りますが|申し訳ありませんが|お手数ですが)?[、,]?"
_NEWS_JA = (
    r"((メール|メルマガ|メールマガジン|LINE|ライン|今後|この|こちら|こういった|こういう)(の|での|で|は)?)?(もう)?"
    r"(お知らせ(メール)?|通知(メール)?|(ご)?案内(メール)?|配信(メール)?|メルマガ|メールマガジン)(など|等)?"
)
_POLITE_JA = (
    r"(して|にして|を)?(ください(ませ)?|下さい(ませ)?|欲しい(です)?|ほしい(です)?|もらえますか\??|いただけますか\??"
    r"|(を)?(お願い|御願い)(し|致し|いたし)?ます|お願い|希望(し|いたし)?ます|希望(です)?|したい(です)?|します|する|です)?"
)
_END_JA = r"(停止|解除|ストップ|拒否|とめて|止めて|やめて|辞めて|停めて)" + _POLITE_JA
_NO_SENDING_JA = (
    r"(送らないで|送って(来|こ)ないで|送信しないで|配信しないで|送付しないで|送るのを(やめて|止めて))"
    r"(ください|下さい|ほしい(です)?|欲しい(です)?|もらえますか\??|くださいませ)?"
)
_NO_NEED_JA = (
    r"(いりません|要りません|いらない(です)?|要らない(です)?|不要(です)?|必要ありません|必要ない(です)?"
    r"|結構です|けっこうです|受け取りたくありません|受け取りたくない(です)?)"
)
_NO_MORE_JA = r"(もう|今後(は)?|これ以上(は)?)?[、,]?"

_PLEASE = r"((please|pls|kindly|hi|hello|sorry)[, ]+)*"
_THANKS = r"([, ]+(please|pls|thanks|thank you|now|any ?more))*"
_NEWS_EN = (
    r"((the|these|those|this|all|any|more|your|further|future|such|sending|me|of) )*"
    r"(notices|notifications|messages|news|newsletters?|e?-?mails|updates|texts|mailings?|mailing list)"
)
_END_EN = (
    r"(stop|no more|end|turn off|unsubscribe( me)? from|opt( me)? out( of)?|take me off|remove me from"
    r"|(do not|don'?t) send|i (do not|don'?t|no longer) (want|need)( to (get|receive))?)"
)

_NEWS_KO = r"(앞으로 )?(알림(톡)?|알림 ?메시지|소식|광고|수신|안내 ?(메일|문자)|메일|문자)(을|를|은|는|이)? ?"
_NO_MORE_KO = r"((더 ?이상|더는|이제|제발) ?)?"
_END_KO = (
    r"(중지|거부|해지|해제|차단|그만) ?((해|부탁) ?(주세요|주십시오|줘요?|드립니다|드려요)?"
    r"|할게요|합니다|하겠습니다|하고 싶어요|하고 싶습니다|원합니다|신청합니다|요청합니다)?"
)
_NO_SENDING_KO = (
    r"((그만 ?)?보내지 ?(마세요|말아 ?주세요|마십시오|말아요)|그만 ?보내( ?(주세요|세요))?"
    r"|필요 ?없(어요|습니다)|안 ?받(을게요|고 ?싶어요|겠습니다|을래요)|받고 ?싶지 ?않(아요|습니다))"
)

#: Whole sentences that end, anywhere, the messages that nobody asked for.
STOP_NOTICES = re.compile(
    rf"{_SORRY_JA}{_NO_MORE_JA}{_NEWS_JA}(を|の|は|が|も)?{_NO_MORE_JA}({_END_JA}|{_NO_SENDING_JA}|{_NO_NEED_JA})"
    rf"|{_SORRY_JA}メール(を|は|も){_NO_MORE_JA}({_NO_SENDING_JA}|{_NO_NEED_JA})"
    rf"|{_SORRY_JA}((メール|配信|通知)(の)?)?受信(を|の)?(拒否|停止){_POLITE_JA}"
    rf"|{_PLEASE}({_END_EN} {_NEWS_EN}|unsubscribe( me)?|opt[ -]?(me )?out){_THANKS}"
    rf"|{_NO_MORE_KO}{_NEWS_KO}{_NO_MORE_KO}({_END_KO}|{_NO_SENDING_KO})"
)
#: The same said to such a message, without what.
STOP_ANSWERS = re.compile(
    rf"{_SORRY_JA}{_NO_MORE_JA}({_END_JA}|{_NO_SENDING_JA}|{_NO_NEED_JA})"
    rf"|{_PLEASE}(stop( (it|this|these|that|sending( me)?( (it|this|these|them))?))?|end|enough|no more"
    rf"|no,? (thanks|thank you)|(do not|don'?t) send( me)? (these|this|them|any ?more)"
    rf"|not interested|leave me alone){_THANKS}"
    rf"|{_NO_MORE_KO}({_END_KO}|{_NO_SENDING_KO})"
)
START_NOTICES = re.compile(
    r"(お知らせ|通知|配信)(を|の)?(再開|受け取る|受け取ります|受信)(して|します|希望)?(ください|下さい|する)?"
    r"|(please )?(start|resume|subscribe to) (the |these )?(notices|notifications|news)|opt[ -]?in"
    r"|(알림|수신)\s?(재개|동의|받기)(해\s?주세요|할게요)?"
)
#: What may follow a command and says nothing more.
CLOSINGS = re.compile(
    r"(どうぞ)?(宜しく|よろしく)(お願い|御願い)?(し|致し|いたし)?(ます)?|お願い(し|致し|いたし)ます|以上(です)?"
    r"|(many |kind |best )?(thanks|thank you|regards|cheers|sincerely)( you)?( very much)?,?"
    r"|감사합니다|부탁드립니다|고맙습니다|수고하세요"
)
#: A line that is a name: at most four capitalized words, or few letters of the East.
NAMES = re.compile(
    r"[A-Z][\w'’.-]{0,20}( [A-Z][\w'’.-]{0,20}){0,3}"
    r"|[一-龥々][一-龥々ぁ-んァ-ヶー]{0,5}[ 　]?[一-龥々ぁ-んァ-ヶー]{1,5}"
    r"|[가-힣]{2,4}( ?(드림|올림))?"
)
#: A short line with one of these asks for something.
REQUESTS = re.compile(
    r"返|注文|交換|取|キャンセル|解約|退会|質問|問|配送|発送|届|住所|変更|希望|請求|支払|領収|在庫|担当|連絡|電話|至急"
    r"|て$|た$|い$|か$|order|refund|return|cancel|where|when|how|help|question|invoice|delivery|address|change|why|what"
    r"|주문|환불|반품|교환|취소|배송|문의|변경|상담|전화|요$|까$",
    re.IGNORECASE,
)
_EASTERN = "ぁ-んァ-ヶー一-龥々"
_INNER_SPACE = re.compile(rf"(?<=[{_EASTERN}])[ 　]+(?=[{_EASTERN}])")
_SENTENCE_END = re.compile(r"[。.!！~〜\n]+")


def match_consent_words(text: str) -> ConsentState | None:
    """What a whole message says of messages that nobody asked for; None: nothing."""
    said = _extract_command(text)
    if STOP_NOTICES.fullmatch(said):
        return ConsentState.WITHDRAWN
    return ConsentState.GIVEN if START_NOTICES.fullmatch(said) else None


def is_bare_stop(text: str) -> bool:
    """A stop without what; meant for notices where it answers one."""
    return STOP_ANSWERS.fullmatch(_extract_command(text)) is not None


def _extract_command(text: str) -> str:
    """The first sentence in lower case; empty where more follows than thanks and a name."""
    if len(text) > MAX_COMMAND_CHARACTERS:
        return ""
    lines = [line.strip() for line in fold_compatibility(text).splitlines() if line.strip()]
    if not lines:
        return ""
    if len(lines) > 1 and _is_name(lines[-1]):
        lines.pop()
    sentences = [part.strip(" 「」“”\"',、") for part in _SENTENCE_END.split("\n".join(lines).casefold())]
    command, *rest = [one for one in sentences if one] or [""]
    if not all(CLOSINGS.fullmatch(one) for one in rest):
        return ""
    return _INNER_SPACE.sub("", command)


def _is_name(line: str) -> bool:
    return NAMES.fullmatch(line) is not None and REQUESTS.search(line) is None
