"""Composes our messages as mails: plain text and HTML, threaded, with the headers of automatic mail."""

import re
from email.headerregistry import Address
from email.message import EmailMessage

from assistant.channels.email_threads import ThreadSigner
from assistant.channels.formatting import render_mail_html
from assistant.conversation.templates import render_template
from assistant.domain.channels import MessagePart, OutboundMessage
from assistant.domain.messages import Author

#: Headers that mark automatic mail (RFC 3834 and its variants).
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,400}>")


def compose_mail(
    outbound: OutboundMessage, part: MessagePart, ours: str, threads: ThreadSigner
) -> EmailMessage:
    """A mail in plain text and HTML, threaded, marked as automatic unless an agent wrote it."""
    address, context = outbound.thread.address, outbound.thread.context
    message = EmailMessage()
    local, _, domain = ours.partition("@")
    message["From"] = Address(display_name=_build_sender_name(outbound), username=local, domain=domain)
    message["To"] = address.peer
    message["Reply-To"] = threads.build_reply_address(address)
    message["Subject"] = _build_subject(outbound, ours)
    # The same on every try, so that mail programs recognize a second copy.
    message["Message-ID"] = threads.build_message_id(outbound.key, address)
    before = context.get("in_reply_to", "")
    if MESSAGE_ID.fullmatch(before):
        message["In-Reply-To"] = before
        message["References"] = " ".join(filter(None, (context.get("last_sent"), before)))
    if outbound.message.author is not Author.AGENT:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(part.texts[0])
    message.add_alternative(render_mail_html(part.texts[0]), subtype="html")
    if file := outbound.file:
        maintype, _, subtype = file.type.partition("/")
        message.add_attachment(file.data, maintype=maintype, subtype=subtype, filename=file.name)
    return message


def _build_subject(outbound: OutboundMessage, ours: str) -> str:
    """The customer's subject only for agents' answers: whoever forges a sender chooses the subject."""
    if outbound.message.author is not Author.AGENT:
        return render_template("mail_subject", outbound.message.language or "en")
    subject = outbound.thread.context.get("subject") or ours
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _build_sender_name(outbound: OutboundMessage) -> str:
    name = outbound.message.agent_name or render_template("assistant_name", outbound.message.language or "en")
    return " ".join(re.sub(r"[<>\"\x00-\x1f]", " ", name).split())
