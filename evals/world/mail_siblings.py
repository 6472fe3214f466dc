"""Generated mails from quote forms, charsets and mailers, each with its expected text."""

# ruff: noqa: E501

import base64
import quopri
from collections.abc import Iterator
from dataclasses import dataclass

RIGHT = "返品の送料はどちらの負担ですか。"
OURS = (
    "ヘルプの記事をもとに自動でお答えしています。担当者とはいつでもお話しいただけます。",
    "",
    "返品の申し込み期限は30日以内です。[1]",
    "",
    "0：担当者と話す",
)
MARKED = "\n".join(f"> {line}".rstrip() for line in OURS)
BARE = "\n".join(OURS)
NAME = "こもれび"
MAIL = "support@shop.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeMail:
    name: str
    sender: str
    raw: bytes
    right: str


#: Separators between a reply and the mail it answers.
HEADS = {
    "outlook-ja": f"差出人: {NAME} <{MAIL}>\n送信日時: 2026年11月30日月曜日 20:05\n宛先: 佐藤 <s@mail.example>\n件名: Re: x",
    "outlook-ja-line": f"________________________________\n差出人: {NAME} <{MAIL}>\n送信日時: 2026年11月30日 20:05\n"
    "宛先: s@mail.example <s@mail.example>\n件名: Re: x",
    "outlook-original": f"-----Original Message-----\nFrom: {NAME} <{MAIL}>\nSent: Monday, November 30, 2026 8:05 PM\n"
    "To: s@mail.example\nSubject: Re: x",
    "outlook-en": f"From: {NAME} <{MAIL}>\nSent: Monday, November 30, 2026 8:05 PM\nTo: Sato <s@mail.example>\nSubject: x",
    "original-ja": f"-----元のメッセージ-----\n差出人： {NAME}\n日時： 2026/11/30 20:05\n件名： Re: x",
    "original-stars": f"******** Original Message ********\n{NAME} {MAIL}",
    "bold": f"*差出人:* {NAME} <{MAIL}>\n*送信日時:* 2026年11月30日 20:05\n*件名:* Re: x",
    "original-de": f"-----Ursprüngliche Nachricht-----\nVon: {NAME} <{MAIL}>\nGesendet: Montag, 30. November 2026 20:05\n"
    "An: s@mail.example\nBetreff: x",
}
#: Attribution lines above lines that are quoted with ">".
LINES = {
    "gmail-ja": f"2026年11月30日(月) 20:05 {NAME} <{MAIL}>:",
    "gmail-en": f"On Mon, Nov 30, 2026 at 8:05 PM {NAME} <{MAIL}> wrote:",
    "gmail-en-wrapped": f"On Mon, Nov 30, 2026 at 8:05 PM {NAME} <\n{MAIL}> wrote:",
    "iphone-ja": f"2026/11/30 20:05、{NAME} <{MAIL}>のメール:",
    "thunderbird-ja": f"2026/11/30 20:05、{NAME} さんは書きました:",
    "thunderbird-en": f"On 2026/11/30 20:05, {NAME} wrote:",
    "thunderbird-de": f"Am 30.11.2026 um 20:05 schrieb {NAME}:",
    "apple-de": f"Am 30.11.2026 um 20:05 schrieb {NAME} <{MAIL}>:",
    "gmail-fr": f"Le lun. 30 nov. 2026 à 20:05, {NAME} <{MAIL}> a écrit :",
    "gmail-es": f"El lun, 30 nov 2026 a las 20:05, {NAME} (<{MAIL}>) escribió:",
    "gmail-it": f"Il giorno lun 30 nov 2026 alle ore 20:05 {NAME} <{MAIL}> ha scritto:",
    "yahoo-ja": f"----- Original Message -----\nFrom: {NAME} <{MAIL}>\nTo: s@mail.example\nDate: 2026/11/30, Mon 20:05",
    "becky": f"On Mon, 30 Nov 2026 20:05:00 +0900\n{NAME} <{MAIL}> wrote:",
    "hidemaru": f"{NAME} <{MAIL}> さんは書きました:",
    "san-wa": f"{NAME}さんは 2026年11月30日 に書きました：",
    "gmail-zh": f"{NAME} <{MAIL}> 于2026年11月30日周一 20:05写道：",
    "ios-spark": f"2026年11月30日 20:05 +0900、{NAME} <{MAIL}> のメール:",
    "gmail-ja-pm": f"2026年11月30日(月) 午後8:05 {NAME} <{MAIL}>:",
    "gmail-ja-san": f"2026年11月30日(月) 20:05 {NAME} <{MAIL}> さんは書きました:",
    "gmail-pt": f"Em seg., 30 de nov. de 2026 às 20:05, {NAME} <{MAIL}> escreveu:",
    "gmail-nl": f"Op ma 30 nov 2026 om 20:05 schreef {NAME} <{MAIL}>:",
    "gmail-pl": f"pon., 30 lis 2026 o 20:05 {NAME} <{MAIL}> napisał(a):",
    "gmail-ru": f"пн, 30 нояб. 2026 г. в 20:05, {NAME} <{MAIL}>:",
    "gmail-ko": f"2026년 11월 30일 (월) 20:05, {NAME} <{MAIL}>님이 작성:",
    "gmail-tw": f"{NAME} <{MAIL}> 於 2026年11月30日 週一 下午8:05寫道：",
    "al-mail": f"At 20:05 26/11/30, {NAME} wrote:",
    "shuriken": f"{NAME} さんの 2026/11/30 20:05 のメッセージ:",
    "notes": f"-----{MAIL} wrote: -----",
    "samsung": f"-------- 元のメッセージ --------\n差出人: {NAME} <{MAIL}>\n日付: 2026/11/30 20:05 (GMT+09:00)\n件名: Re: x",
    "thunderbird-original": f"-------- Original-Nachricht --------\nBetreff: x\nDatum: 30.11.2026\nVon: {NAME} <{MAIL}>",
    "none": "",
}
FEET = {
    "": "",
    "iphone": "\n\niPhoneから送信",
    "sent-from": "\n\nSent from my iPhone",
    "dashes": "\n\n-- \n佐藤 花子\n090-0000-0000",
    "block": "\n\n＝＝＝＝＝＝＝＝＝＝\n佐藤 花子\n株式会社もみじ\nTEL 03-0000-0000\n＝＝＝＝＝＝＝＝＝＝",
    "outlook": "\n\nOutlook for iOS を入手",
}
#: How the bytes are encoded, and what the label says.
CHARSETS = (
    ("utf-8", "utf-8"),
    ("utf-8", None),
    ("iso2022_jp_ext", "iso-2022-jp"),
    ("iso2022_jp_ext", None),
    ("iso2022_jp_ext", "cp50220"),
    ("iso2022_jp_ext", "ISO-2022-JP-MS"),
    ("cp932", "x-sjis"),
    ("cp932", "Windows-31J"),
    ("cp932", "Shift_JIS"),
    ("cp932", "unknown-8bit"),
    ("cp932", None),
    ("euc_jp", "EUC-JP"),
    ("euc_jp", None),
    ("utf-8", "iso-2022-jp"),
    ("utf-8", "us-ascii"),
    ("cp932", "utf-8"),
)
TRANSFERS = ("8bit", "base64", "quoted-printable")


def generate_mails() -> list[MadeMail]:
    """At least 250: each quote form with several charsets, transfer encodings and footers."""
    found = []
    for number, (name, text) in enumerate(_generate_texts()):
        for turn in range(4):
            codec, label = CHARSETS[(number * 5 + turn * 3) % len(CHARSETS)]
            transfer = TRANSFERS[(number + turn) % 3]
            sender = f"s{number}.{turn}@mail.example"
            try:
                body = text.encode(codec)
            except UnicodeEncodeError:
                codec = label = "utf-8"
                body = text.encode(codec)
            raw = _build_raw(sender, "text/plain", label, transfer, body)
            found.append(
                MadeMail(name=f"{name} {codec} as {label} {transfer}", sender=sender, raw=raw, right=RIGHT)
            )
    for number, (name, html) in enumerate(_generate_pages()):
        sender = f"h{number}@mail.example"
        codec, label = CHARSETS[(number * 3) % len(CHARSETS)]
        raw = _build_raw(
            sender, "text/html", label, TRANSFERS[number % 3], html.encode(codec, "xmlcharrefreplace")
        )
        found.append(MadeMail(name=f"{name} {codec} as {label}", sender=sender, raw=raw, right=RIGHT))
    return found


def _generate_texts() -> Iterator[tuple[str, str]]:
    feet = list(FEET.items())
    for number, (name, head) in enumerate(HEADS.items()):
        foot, below = feet[number % len(feet)]
        yield f"{name} {foot}", f"{RIGHT}{below}\n\n{head}\n\n{BARE}\n"
        yield f"{name} marked", f"{RIGHT}\n\n{head}\n\n{MARKED}\n"
    for number, (name, line) in enumerate(LINES.items()):
        foot, below = feet[number % len(feet)]
        yield f"{name} {foot}", f"{RIGHT}{below}\n\n{line}\n\n{MARKED}\n"
        yield f"{name} at once", f"{RIGHT}\n\n{line}\n{MARKED}\n"
        if not line.startswith("-"):
            yield f"{name} below", f"{line}\n{MARKED}\n\n{RIGHT}\n"
        if line:
            yield f"{name} unmarked", f"{RIGHT}\n\n{line}\n\n{BARE}\n"


def _generate_pages() -> Iterator[tuple[str, str]]:
    quoted = "<br>".join(OURS)
    line = f"2026年11月30日(月) 20:05 {NAME} &lt;{MAIL}&gt;:"
    head = "<br>".join(one.replace("<", "&lt;") for one in HEADS["outlook-ja"].split("\n"))
    for name, page in {
        "gmail": f'<div dir="ltr">{RIGHT}</div><br><div class="gmail_quote"><div class="gmail_attr">{line}<br></div>'
        f'<blockquote class="gmail_quote">{quoted}</blockquote></div>',
        "apple": f'<html><body>{RIGHT}<br><div><blockquote type="cite"><div>{line}</div><br>{quoted}</blockquote></div>',
        "outlook": f'<div class="WordSection1"><p>{RIGHT}</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        f"<p>{head}</p></div></div><p>{quoted}</p></div>",
        "outlook-web": f'<div>{RIGHT}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{head}</div><div>{quoted}</div>',
        "yahoo": f'<div>{RIGHT}</div><div class="yahoo_quoted"><div>{line}</div><div>{quoted}</div></div>',
        "thunderbird": f'<p>{RIGHT}</p><div class="moz-cite-prefix">{line}</div><blockquote type="cite">{quoted}</blockquote>',
        "plain-blockquote": f"<p>{RIGHT}</p><p>{line}</p><blockquote>{quoted}</blockquote>",
        "signature": f'<div>{RIGHT}</div><div class="gmail_signature">佐藤<br>090-0000-0000</div>',
    }.items():
        for turn in range(2):
            yield f"html {name} {turn}", f"<html><head><title>x</title></head><body>{page}</body></html>"


def _build_raw(sender: str, kind: str, label: str | None, transfer: str, body: bytes) -> bytes:
    coded = {
        "8bit": lambda: body.replace(b"\n", b"\r\n"),
        "base64": lambda: base64.encodebytes(body),
        "quoted-printable": lambda: quopri.encodestring(body),
    }[transfer]()
    charset = f"; charset={label}" if label else ""
    head = (
        f"From: {sender}\r\nTo: {MAIL}\r\nMessage-ID: <m-{sender}>\r\nSubject: Re: x\r\nMIME-Version: 1.0\r\n"
        f"In-Reply-To: <x@elsewhere.example>\r\nContent-Type: {kind}{charset}\r\n"
        f"Content-Transfer-Encoding: {transfer}\r\n\r\n"
    )
    return head.encode() + coded
