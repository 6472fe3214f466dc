"""Patterns of quotes, forwards and signatures in the languages of known mailers: data for email_quotes.py.

Every pattern is of bounded length, for lines of at most MAX_LINE_CHARACTERS characters.
"""

import re

MAX_LINE_CHARACTERS = 300
#: Characters of separator lines, and quote marks at the start of a line.
SIGNS = " \t　*>＞|-_=━─＝－‐ー#~"


def _join_alternatives(*words: str) -> str:
    return "|".join(words)


def _compile_header_pattern(*names: str) -> re.Pattern[str]:
    """A line of a quoted mail's header; Outlook formats names in bold, some with ideographic spaces."""
    return re.compile(rf"^[\s*>＞|]{{0,8}}(?:{_join_alternatives(*names)})[\s*　]{{0,4}}[:：]", re.IGNORECASE)


FROM = _compile_header_pattern(
    *("差出人", "送信者", "送信元", "From", "Von", "De", "Da", "Van", "Från", "Fra", "Od", "От", "Kimden"),
    *("发件人", "寄件者", "寄件人", "보낸 사람", "보낸사람", "Lähettäjä"),
)
DATE = _compile_header_pattern(
    *("送信日時", "送信日", "日時", "日付", "受信日時", "Date", "Sent", "Gesendet", "Datum", "Envoyée?"),
    *("Enviado(?: el)?", "Enviada em", "Fecha", "Data", "Inviato", "Verzonden", "Skickat", "Sendt"),
    *("发送时间", "寄件日期", "日期", "보낸 날짜", "날짜", "Отправлено", "Дата", "Lähetetty", "Wysłano"),
)
TO = _compile_header_pattern(
    *("宛先", "あて先", "To", "An", "À", "A", "Para", "Aan", "Till", "Til", "收件人", "收件者"),
    *("받는 ?사람", "Кому", "Do", "Vastaanottaja", "Cc", "Kopie"),
)
SUBJECT = _compile_header_pattern(
    *("件名", "題名", "Subject", "Betreff", "Objet", "Asunto", "Oggetto", "Assunto", "Onderwerp", "Ämne"),
    *("Emne", "主题", "主旨", "제목", "Тема", "Aihe", "Temat"),
)
#: Separators above the mail that is answered.
ORIGINAL = re.compile(
    _join_alternatives(
        *("Original (?:Message|Mail|Appointment)", "Reply message", "元の(?:メッセージ|メール)"),
        *(
            "オリジナル ?メッセージ",
            "(?:返信元|引用元)メッセージ",
            "Ursprüngliche Nachricht",
            "Original-?nachricht",
        ),
        *("Message d['’]origine", "Mensaje original", "Messaggio originale", "Mensagem original"),
        *("Oorspronkelijk bericht", "Исходное сообщение", "原始邮件", "原始郵件", "원본 메시지"),
        "Originalmeddelande",
    ),
    re.IGNORECASE,
)
#: Separators above a forwarded mail, whose text the writer wants to be read.
_FORWARD = _join_alternatives(
    *(
        "Forwarded message",
        "Forwarded by .{1,60}",
        "Begin forwarded message",
        "転送(?:された)?メッセージ",
        "転送メール",
    ),
    *("転送元メッセージ", "以下転送", "Weitergeleitete Nachricht", "Message transféré", "Mensaje reenviado"),
    *("Anfang der weitergeleiteten (?:Nachricht|E-Mail)", "Début du message (?:réexpédié|transféré)"),
    *("Messaggio inoltrato", "Inizio messaggio inoltrato", "Mensagem encaminhada", "Doorgestuurd bericht"),
    *("转发的邮件", "轉寄的郵件", "전달된 메시지"),
)
FORWARD = re.compile(rf"(?:{_FORWARD})[:：]?", re.IGNORECASE)
#: Subjects of forwarded mails, and of replies.
FORWARDED = re.compile(
    r"^\s{0,4}(?:fwd?|転送|wg|tr|rv|i|enc|doorst|转发|轉寄|전달)\s{0,2}[:：]", re.IGNORECASE
)
REPLY = re.compile(
    r"^\s{0,4}(?:re|aw|antw|sv|返信|回复|回覆|답장)(?:\[\d{1,3}\])?\s{0,2}[:：]", re.IGNORECASE
)

_DAYS = _join_alternatives(
    r"\d{2,4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}",
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}",
    r"\d{1,2}\.? [^\W\d]{3,12}\.? (?:de )?\d{4}",
    r"[^\W\d]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}",
    r"令和\s?\d{1,2}年",
    r"\d{1,2}:\d{2}",
    r"\d{1,2}時\d{1,2}分",
)
DAY = re.compile(_DAYS, re.IGNORECASE)
WHO = re.compile(r"[^\s@<>]@[^\s@<>]|<[^<>]{3,160}>")
TITLE = re.compile("さん|様|氏")
_VERBS = _join_alternatives(
    *(
        "wrote",
        "writes",
        "said",
        "schrieb",
        "geschrieben",
        "écrit",
        "escribió",
        "escreveu",
        "scritto",
        "scrive",
    ),
    *("schreef", "skrev", "kirjoitti", "napisał", "napisała", "пишет", "написал", "yazdı", "书写"),
    *(
        "書きました",
        "書いた",
        "書かれました",
        "写道",
        "寫道",
        "작성",
        "(?:の|からの)(?:メール|メッセージ|投稿|発言)",
    ),
)
#: The end of an attribution line that needs no further evidence …
WROTE = re.compile(
    rf"(?:(?:{_VERBS})|(?:schrieb|écrit|skrev|schreef).{{1,80}})\s{{0,4}}[:：]$", re.IGNORECASE
)
#: … and of one that counts only with a quote below it.
WROTE_ABOVE_QUOTE = re.compile(
    r"(?:wrote|said|schrieb|書きました|書いた|書かれました|送信しました|送りました|写道|님이 작성)$",
    re.IGNORECASE,
)
BEGINS = re.compile(r"\W{0,4}(?:On|Am|Le|El|Il|At|Op|Em|Den|W dniu|在|\d)\b", re.IGNORECASE)
QUOTED = re.compile(r"^\s{0,3}(?:[A-Za-z]{1,4})?[>＞]")

_PHONES = _join_alternatives(
    *(
        "iPhone",
        "iPad",
        "Android",
        "スマートフォン",
        "携帯",
        "スマホ",
        "My ?Phone",
        "Galaxy",
        "Xperia",
        "AQUOS",
    ),
    *("Windows", "Outlook", "Gmail", "Yahoo", "Mac", "iCloud", "Pixel"),
)
_SENT = _join_alternatives(
    r"Sent from (?:my|Yahoo|Mail|Outlook|Proton|Gmail|Samsung|iPhone|AOL).{0,60}",
    r"Get Outlook for .{1,60}",
    rf"(?:{_PHONES}).{{0,40}}(?:から|より)(?:の)?送信.{{0,10}}",
    r".{0,30}Outlook for .{1,40}(?:を入手|から).{0,30}",
    r"Von meinem .{1,40} gesendet\.?",
    r"Gesendet von .{1,60}",
    r"Envoyé de(?:puis)? mon .{1,40}",
    r"Enviado desde mi .{1,40}",
    r"Inviato da(?:l mio)? .{1,40}",
    r"Verzonden vanaf mijn .{1,40}",
    r"Skickat från min .{1,40}",
    r"发自我的.{1,40}",
    r"從我的.{1,40}傳送",
)
#: Lines that phones and programs append to every mail.
PHONE = re.compile(rf"^\s{{0,4}}[-—―]{{0,3}}\s{{0,2}}(?:{_SENT})\s{{0,4}}$", re.IGNORECASE)
_WARNINGS = _join_alternatives(
    r"confidentiality (?:notice|note)",
    r"disclaimer",
    r"privileged and confidential",
    r"(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication).{0,80}"
    r"(?:confidential|privileged|intended|solely)",
    r"diese e-?mail enthält vertrauliche",
    r"ce (?:message|courriel).{0,80}confidentiel",
    r"(?:この|本|当)(?:電子)?(?:メール|e-?mail).{0,60}(?:機密|秘密|宛先|名宛|誤って|誤送信|受信者|お心当たり)",
    r"(?:機密|秘密)保持に関する",
    r"please consider the environment",
    r"免責事項",
)
DISCLAIMER = re.compile(rf"^\s{{0,4}}[*【\[(（※■●◆_\s-]{{0,4}}(?:{_WARNINGS})", re.IGNORECASE)
#: Start of a signature, and contact details in it.
LINE_OF_SIGNS = re.compile(r"^\s{0,4}[-=_*~+#━─―＝－◆◇■□●○・･☆★※+∴◎.:;｡｢｣ー‐〜～┏┓┗┛┣┫]{3,100}\s{0,4}$")
_WAYS = _join_alternatives(
    *(
        "TEL",
        "FAX",
        "電話",
        "携帯",
        "Phone",
        "Mobile",
        "〒",
        "https?://",
        r"www\.",
        "株式会社",
        "有限会社",
        "合同会社",
    ),
    *(
        r"\(株\)",
        "（株）",
        "㈱",
        "E-?mail",
        "Mail",
        r"[^\s@]{1,60}@[^\s@]{1,60}\.",
        r"\d{2,4}-\d{2,4}-\d{3,4}",
    ),
)
REACHABLE = re.compile(_WAYS, re.IGNORECASE)
