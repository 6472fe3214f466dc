"""Mails to somebody of the business, through the server that answers customers."""

import hashlib
from email.message import EmailMessage

from assistant.channels.base import BaseChannel
from assistant.channels.email_servers import deliver_mail, parse_mail_server
from assistant.domain.errors import Undeliverable


async def send_notice(channel: BaseChannel, recipient: str, subject: str, text: str, key: str) -> None:
    """Send a mail that is no answer to anybody; *key*: the same on every try. RetryLater, Undeliverable."""
    server = parse_mail_server(
        channel.get_setting("SMTP_URL"), channel.get_variable_name("SMTP_URL"), (465, 587)
    )
    message = compose_notice(recipient, subject, text, channel.get_setting("ADDRESS"), key)
    try:
        await deliver_mail(server, message)
    except ValueError as exc:
        raise Undeliverable("the address cannot be written into a mail") from exc


def compose_notice(recipient: str, subject: str, text: str, ours: str, key: str) -> EmailMessage:
    """Plain text, marked as automatic; its id tells nothing of the *key*."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = ours, recipient, " ".join(subject.split())
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<notice.{name}@{ours.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
