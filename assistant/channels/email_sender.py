"""Classifies a mail's sender by its headers: machine, staff, mailing list, authenticated or not."""

import re
from dataclasses import replace
from enum import StrEnum

from assistant.channels.email_parsing import Mail, parse_address
from assistant.domain.evidence_reasons import EvidenceReason

#: Senders that do not read replies.
NO_REPLY = re.compile(
    r"(?:no|non|not|donot|do-not|dont)[-_.]?repl(?:y|ies).*|.*[-_.]no-?reply|bounces?[+=-].*|notifications?",
    re.IGNORECASE,
)
#: Subject prefixes of out-of-office programs.
AWAY = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of office|"
    r"自動(?:応答|返信|送信)|不在(?:通知|連絡|のお知らせ)|"
    r"abwesenheit|automatische antwort|réponse automatique|respuesta automática|自动回复|自動回覆|부재중)",
    re.IGNORECASE,
)
LISTS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailing-list", "x-google-group-id")


class SenderProof(StrEnum):
    """The result of sender authentication (SPF, DKIM, DMARC)."""

    #: Servers on the way confirmed that the sender's domain sent it.
    PASSED = "passed"
    #: They found that it did not.
    FAILED = "failed"
    NONE = "none"


def restore_original_sender(mail: Mail, ours: str) -> Mail:
    """The original sender where a mailing list has put its own address into From."""
    if mail.sender != ours:
        return mail
    for header in ("x-original-from", "x-original-sender"):
        name, address = parse_address(mail.headers.get(header, ""))
        if address and address != ours:
            return replace(mail, sender=address, name=name or mail.name)
    return mail


def is_automatic_mail(mail: Mail) -> bool:
    """Whether it is an automatic reply or a bounce: answering could loop for ever (RFC 3834)."""
    headers = mail.headers
    automatic = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    if headers.get("return-path", "x").strip() in ("", "<>"):
        return True
    if mail.author.partition("@")[0] in ("mailer-daemon", "postmaster") or _is_report(
        headers.get("content-type", "")
    ):
        return True
    if (
        automatic in ("auto-replied", "auto-notified")
        or "x-autoreply" in headers
        or "x-autorespond" in headers
    ):
        return True
    if headers.get("precedence", "").strip().lower() == "auto_reply":
        return True
    # Web forms write "auto-generated" too: they have another address to reply to.
    asked = automatic in ("", "no") or (automatic == "auto-generated" and mail.sender != mail.author)
    away = "x-auto-response-suppress" in headers and AWAY.match(mail.subject) is not None
    return not asked or away


def _is_report(content_type: str) -> bool:
    return content_type.lower().startswith("multipart/report")


def explain_no_auto_reply(mail: Mail, own_domain: str) -> EvidenceReason | None:
    """Why no automatic reply may be sent although a person may have written; None: it may."""
    headers = mail.headers
    form = mail.sender != mail.author
    if mail.author.endswith(f"@{own_domain}") and not form:
        return EvidenceReason.SENDER_IS_OUR_DOMAIN
    if NO_REPLY.fullmatch(mail.sender.partition("@")[0]):
        return EvidenceReason.SENDER_READS_NO_ANSWERS
    if headers.get("precedence", "").strip().lower() in ("bulk", "list", "junk") or any(
        n in headers for n in LISTS
    ):
        return EvidenceReason.CAME_BY_MAILING_LIST
    if "x-auto-response-suppress" in headers:
        return EvidenceReason.SENDER_REFUSES_AUTO_REPLIES
    if AWAY.match(mail.subject):
        return EvidenceReason.SUBJECT_SAYS_AUTOMATIC
    if evaluate_sender_proof(mail, "") is SenderProof.FAILED:
        return EvidenceReason.SENDER_MAY_BE_FORGED
    return None


def evaluate_sender_proof(mail: Mail, trusted: str) -> SenderProof:
    """The result in our own provider's headers (RFC 8601).

    Anybody can write such headers: a pass counts only from the server *trusted*, a failure from any server.
    """
    domain = mail.author.partition("@")[2]
    server, _, found = mail.headers.get("authentication-results", "").lower().partition(";")
    known = bool(trusted) and server.split(" ")[0].strip() == trusted.lower()
    dmarc, spf, dkim = (_find_check_result(found, name) for name in ("dmarc", "spf", "dkim"))
    spf = spf or mail.headers.get("x-mailgun-spf", mail.headers.get("received-spf", "")).split(" ")[0].lower()
    aligned = (spf == "pass" and _is_for_domain(found, "smtp.mailfrom", domain)) or (
        dkim == "pass"
        and (_is_for_domain(found, "header.d", domain) or _is_for_domain(found, "header.i", domain))
    )
    if dmarc == "fail" or (not dmarc and spf in ("fail", "hardfail") and dkim != "pass"):
        return SenderProof.FAILED
    # A Reply-To address other than the author's is not authenticated.
    proven = known and mail.sender == mail.author and (dmarc == "pass" or (not dmarc and aligned))
    return SenderProof.PASSED if proven else SenderProof.NONE


def _find_check_result(found: str, name: str) -> str:
    result = re.search(rf"(?:^|[;\s]){name}\s*=\s*([a-z]+)", found)
    return result[1] if result else ""


def _is_for_domain(found: str, what: str, domain: str) -> bool:
    value = re.search(rf"{re.escape(what)}\s*=\s*\"?@?([^\s;\"]+)", found)
    named = value[1].rpartition("@")[2] if value else ""
    return bool(domain) and (named == domain or (domain.endswith(f".{named}") and named.count(".") > 0))
