"""What the writer of a mail says, without what they quote: by the forms in which mailers quote and sign.

Every line is looked at a fixed number of times, with patterns of bounded length: a mail of nothing but line ends
takes no longer than one of words.
"""

import re

#: Lines that are read, and characters of a line that may be a mailer's own.
MOST_LINES, LONGEST_LINE = 5_000, 300
#: Lines at the end that may be a signature, and that may lie between two lines of a header block.
SIGNATURE_LINES, BLOCK_LINES = 14, 8

_STARS = r"^[\s*>＞|]{0,8}"


def _header(*names: str) -> re.Pattern[str]:
    """A line of a quoted mail's head; Outlook writes its names in bold, some with ideographic spaces."""
    return re.compile(_STARS + rf"(?:{'|'.join(names)})[\s*　]{{0,4}}[:：]", re.IGNORECASE)


FROM = _header(
    *("差出人", "送信者", "送信元", "From", "Von", "De", "Da", "Van", "Från", "Fra", "Od", "От", "Kimden"),
    *("发件人", "寄件者", "寄件人", "보낸 사람", "보낸사람", "Lähettäjä", "Från"),
)
DATE = _header(
    *(
        "送信日時",
        "送信日",
        "日時",
        "日付",
        "受信日時",
        "Date",
        "Sent",
        "Gesendet",
        "Datum",
        "Envoyé",
        "Envoyée",
    ),
    *("Enviado", "Enviado el", "Enviada em", "Fecha", "Data", "Inviato", "Verzonden", "Skickat", "Sendt"),
    *("发送时间", "寄件日期", "日期", "보낸 날짜", "날짜", "Отправлено", "Дата", "Lähetetty", "Wysłano"),
)
TO = _header(
    *("宛先", "あて先", "To", "An", "À", "A", "Para", "Aan", "Till", "Til", "收件人", "收件者", "받는 사람"),
    *("받는사람", "Кому", "Do", "Vastaanottaja", "Cc", "CC", "Kopie"),
)
SUBJECT = _header(
    *("件名", "題名", "Subject", "Betreff", "Objet", "Asunto", "Oggetto", "Assunto", "Onderwerp", "Ämne"),
    *("Emne", "主题", "主旨", "제목", "Тема", "Aihe", "Temat"),
)

#: What mailers draw lines with, and what stands before a quoted line.
_SIGNS = " \t　*>＞|-_=━─＝－‐ー#~"
#: What stands, between such signs, before the mail that is answered.
ORIGINAL = re.compile(
    r"Original (?:Message|Mail|Appointment)|Reply message|元の(?:メッセージ|メール)|オリジナル ?メッセージ|"
    r"(?:返信元|引用元)メッセージ|Ursprüngliche Nachricht|Original-?nachricht|Message d['’]origine|Mensaje original|"
    r"Messaggio originale|Mensagem original|Oorspronkelijk bericht|Исходное сообщение|原始邮件|原始郵件|원본 메시지|"
    r"Originalmeddelande",
    re.IGNORECASE,
)
#: What stands before a mail that is passed on: its words are what the writer wants to be read.
FORWARD = re.compile(
    r"(?:Forwarded message|Forwarded by .{1,60}|Begin forwarded message|転送(?:された)?メッセージ|転送メール|"
    r"転送元メッセージ|以下転送|Weitergeleitete Nachricht|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|"
    r"Message transféré|Début du message (?:réexpédié|transféré)|Mensaje reenviado|Messaggio inoltrato|"
    r"Inizio messaggio inoltrato|Mensagem encaminhada|Doorgestuurd bericht|转发的邮件|轉寄的郵件|전달된 메시지)[:：]?",
    re.IGNORECASE,
)
#: Subjects of mails that are passed on.
FORWARDED = re.compile(
    r"^\s{0,4}(?:fwd?|転送|wg|tr|rv|i|enc|doorst|转发|轉寄|전달)\s{0,2}[:：]", re.IGNORECASE
)
REPLY = re.compile(
    r"^\s{0,4}(?:re|aw|antw|sv|返信|回复|回覆|답장)(?:\[\d{1,3}\])?\s{0,2}[:：]", re.IGNORECASE
)

_DAY = (
    r"(?:\d{2,4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}\.? [^\W\d]{3,12}\.? "
    r"(?:de )?\d{4}|[^\W\d]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|令和\s?\d{1,2}年|\d{1,2}:\d{2}|\d{1,2}時\d{1,2}分)"
)
DAY = re.compile(_DAY, re.IGNORECASE)
WHO = re.compile(r"[^\s@<>]@[^\s@<>]|<[^<>]{3,160}>")
TITLE = re.compile("さん|様|氏")
#: How a line ends that says who wrote what follows …
WROTE = re.compile(
    r"(?:(?:wrote|writes|said|schrieb|geschrieben|écrit|escribió|escreveu|scritto|scrive|schreef|skrev|kirjoitti|"
    r"napisał|napisała|пишет|написал|yazdı|書きました|書いた|書かれました|写道|寫道|작성|(?:の|からの)(?:メール|メッセージ|投稿|発言))"
    r"|(?:schrieb|écrit|skrev|schreef).{1,80})\s{0,4}[:：]$",
    re.IGNORECASE,
)
#: … and where only the quote below it tells that it does.
WROTE_ABOVE_QUOTE = re.compile(
    r"(?:wrote|said|schrieb|書きました|書いた|書かれました|送信しました|送りました|写道|님이 작성)$",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\W{0,4}(?:On|Am|Le|El|Il|At|Op|Em|Den|W dniu|在|\d)\b", re.IGNORECASE)
_QUOTED = re.compile(r"^\s{0,3}(?:[A-Za-z]{1,4})?[>＞]")
#: Lines that a phone or a program puts under every mail.
_PHONE = re.compile(
    r"^\s{0,4}[-—―]{0,3}\s{0,2}(?:Sent from (?:my|Yahoo|Mail|Outlook|Proton|Gmail|Samsung|iPhone|AOL).{0,60}|"
    r"Get Outlook for .{1,60}|(?:iPhone|iPad|Android|スマートフォン|携帯|スマホ|My ?Phone|Galaxy|Xperia|AQUOS|Windows|"
    r"Outlook|Gmail|Yahoo|Mac|iCloud|Pixel).{0,40}(?:から|より)(?:の)?送信.{0,10}|.{0,30}Outlook for .{1,40}(?:を入手|から).{0,30}|"
    r"Von meinem .{1,40} gesendet\.?|Gesendet von .{1,60}|Envoyé de(?:puis)? mon .{1,40}|Enviado desde mi .{1,40}|"
    r"Inviato da(?:l mio)? .{1,40}|Verzonden vanaf mijn .{1,40}|Skickat från min .{1,40}|发自我的.{1,40}|從我的.{1,40}傳送)\s{0,4}$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^\s{0,4}[*【\[(（※■●◆_\s-]{0,4}(?:confidentiality (?:notice|note)|disclaimer|privileged and confidential|"
    r"(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication).{0,80}"
    r"(?:confidential|privileged|intended|solely)|diese e-?mail enthält vertrauliche|ce (?:message|courriel).{0,80}confidentiel|"
    r"(?:この|本|当)(?:電子)?(?:メール|e-?mail).{0,60}(?:機密|秘密|宛先|名宛|誤って|誤送信|受信者|お心当たり)|"
    r"(?:機密|秘密)保持に関する|please consider the environment|免責事項)",
    re.IGNORECASE,
)
_LINE_OF_SIGNS = re.compile(r"^\s{0,4}([-=_*~+#━─―＝－◆◇■□●○・･☆★※+∴◎.:;｡｢｣ー‐〜～┏┓┗┛┣┫]{3,100})\s{0,4}$")
_REACHABLE = re.compile(
    r"(?:TEL|FAX|電話|携帯|Phone|Mobile|〒|https?://|www\.|株式会社|有限会社|合同会社|\(株\)|（株）|㈱|E-?mail|Mail)|"
    r"[^\s@]{1,60}@[^\s@]{1,60}\.|\d{2,4}-\d{2,4}-\d{3,4}",
    re.IGNORECASE,
)


def newest_words(text: str, subject: str = "", *, reply: bool = False) -> str:
    """What the writer says; "" when there is nothing but quotes and signatures.

    A mail that is passed on keeps the words of the other; *reply*: a mail that answers one.
    """
    lines = [
        line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    ]
    start = next((n for n, line in enumerate(lines) if _announces_forward(line)), None)
    if FORWARDED.match(subject[:80]) and start is None:
        start = next((n for n in range(len(lines)) if _block_at(lines, n)), 0)
    own = _own(lines if start is None else lines[:start])
    if start is not None:
        passed_on = [re.sub(r"^\s{0,3}(?:[>＞] ?){1,5}", "", line) for line in lines[start:]]
        return "\n".join([*own, "", *passed_on]).strip()
    found = "\n".join(own).strip()
    if not found and not (reply or REPLY.match(subject[:80])):
        return text.strip()  # somebody begins a talk with what looks like a quote: nothing is lost
    return found


def _own(lines: list[str]) -> list[str]:
    """Without quotes, then without what stands under every mail."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _announces(ORIGINAL, line) or _block_at(lines, number):
            break
        size = _attribution_at(lines, number)
        if size:
            number += size
            if not _follows_quote(lines, number):
                break
            continue
        if not _QUOTED.match(line):
            kept.append(line)
        number += 1
    return _unsigned(_trimmed(kept))


def _matches(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= LONGEST_LINE and pattern.search(line) is not None


def _announces(pattern: re.Pattern[str], line: str, *, ruled: bool = True) -> bool:
    """Whether nothing but *pattern* stands here, with signs on both sides if it has to be *ruled*."""
    words = line.strip(_SIGNS) if len(line) <= LONGEST_LINE else ""
    lined = line.lstrip(" \t　>＞|")[:1] in tuple(_SIGNS) and line.rstrip()[-1:] in tuple(_SIGNS)
    return bool(words) and pattern.fullmatch(words) is not None and (lined or not ruled)


def _announces_forward(line: str) -> bool:
    return _announces(FORWARD, line, ruled=not line.endswith((":", "：")))


def _block_at(lines: list[str], number: int) -> bool:
    """Whether the head of a quoted mail begins here: its sender, then its date or its subject and one more."""
    if not _matches(FROM, lines[number]) or _QUOTED.match(lines[number]):
        return False
    rest = lines[number + 1 : number + 1 + BLOCK_LINES]
    found = [any(_matches(kind, line) for line in rest) for kind in (DATE, TO, SUBJECT)]
    return sum(found) >= 2 or ((found[0] or found[2]) and "@" in lines[number])


def _attribution_at(lines: list[str], number: int) -> int:
    """How many lines, of at most three, say who wrote what follows; 0: none."""
    if not any(kind.search(lines[number][:LONGEST_LINE]) for kind in (DAY, WHO, TITLE)):
        return 0
    for size in (1, 2, 3):
        some = lines[number : number + size]
        if len(some) < size or not some[-1].strip() or sum(map(len, some)) > LONGEST_LINE:
            return 0
        if _says_who(some) or (_follows_quote(lines, number + size) and _says_who_above(some)):
            # What is complete without its first line begins below it.
            begins = size == 1 or _BEGINS.match(some[0]) or some[0].count("<") > some[0].count(">")
            return size if begins or not _says_who(some[1:]) else 0
    return 0


def _follows_quote(lines: list[str], number: int) -> bool:
    return bool(_QUOTED.match(next((one for one in lines[number : number + 3] if one.strip()), "")))


def _says_who(some: list[str]) -> bool:
    """Who wrote what follows, or when: "On 30 Nov, Mori <mori@shop.example> wrote:" in any language."""
    line = " ".join(map(str.strip, some))
    if WROTE.search(line[-100:]):
        return any(kind.search(line) for kind in (DAY, WHO, TITLE))
    return line.endswith((":", "：")) and bool(DAY.search(line)) and bool(WHO.search(line))


def _says_who_above(some: list[str]) -> bool:
    line = " ".join(map(str.strip, some))
    return WROTE_ABOVE_QUOTE.search(line[-40:]) is not None


def _trimmed(lines: list[str]) -> list[str]:
    """Up to the first line that a program puts under every mail."""
    for number, line in enumerate(lines):
        short = len(line) <= LONGEST_LINE
        if (
            line in ("--", "-- ", "--\xa0")
            or (short and _PHONE.match(line))
            or _DISCLAIMER.match(line[:LONGEST_LINE])
        ):
            return lines[:number]
    return lines


def _unsigned(lines: list[str]) -> list[str]:
    """Without a block at the end that begins with a line of signs and says how somebody is reached."""
    while lines and not lines[-1].strip(_SIGNS):
        lines = lines[:-1]
    first = max(len(lines) - SIGNATURE_LINES, 0)
    for number in range(first, len(lines)):
        block = lines[number + 1 :]
        if _LINE_OF_SIGNS.match(lines[number][:LONGEST_LINE]) and any(
            _REACHABLE.search(line[:LONGEST_LINE]) for line in block
        ):
            return lines[:number]
    return lines
