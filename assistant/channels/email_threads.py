"""Finds the conversation of a mail by ids that we signed, never by subject."""

import hashlib
import hmac
import re

from assistant.channels.email_parsing import Mail
from assistant.domain.channels import Address

#: The part of our Message-ID that names the thread.
_OUR_ID = re.compile(r"<[\w-]{1,64}\.([\w-]{1,80})@[^\s<>]{1,255}>")


class ThreadSigner:
    """Signs thread ids and verifies them; *address* is ours."""

    def __init__(self, address: str, secret: str) -> None:
        self._local, _, self._domain = address.lower().partition("@")
        self._key = secret.encode()

    def build_reply_address(self, to: Address) -> str:
        return f"{self._local}+{to.thread}-{self._sign_thread(to.thread, to.peer)}@{self._domain}"

    def build_message_id(self, key: str, to: Address) -> str:
        """A signed Message-ID.

        Its key is not that of the address, because it appears in forwards and archives.
        """
        return f"<{key}.{to.thread}-{self._sign_thread(f'id {to.thread}', to.peer)}@{self._domain}>"

    def find_thread(self, mail: Mail) -> tuple[str, bool]:
        """The thread, and whether our signed address, issued to this sender, proves it."""
        hashes = [a.partition("@")[0].partition("+")[2] for a in mail.to if a.startswith(f"{self._local}+")]
        for found in [*hashes, mail.headers.get("x-mailbox-hash", "")]:
            if (thread := self._verify_thread(found, "", mail.sender)) is not None:
                return thread, True
        return self.find_answered_thread(mail) or derive_thread_id(mail), False

    def find_answered_thread(self, mail: Mail) -> str | None:
        """The thread of our mail that this one answers; None if there is none."""
        before = f"{mail.headers.get('in-reply-to', '')} {mail.headers.get('references', '')}"
        threads = (
            self._verify_thread(found, "id ", mail.sender) for found in _OUR_ID.findall(before[-5000:])
        )
        return next((thread for thread in threads if thread is not None), None)

    def is_own_mail(self, mail: Mail) -> bool:
        """Whether it is a mail of ours that came back."""
        found = _OUR_ID.search(mail.message_id)
        people = (*mail.to, mail.sender)[:20]
        return found is not None and any(self._verify_thread(found[1], "id ", one) for one in people)

    def _verify_thread(self, found: str, purpose: str, peer: str) -> str | None:
        thread, _, signature = found.partition("-")
        ours = self._sign_thread(purpose + thread, peer)
        return thread if thread and hmac.compare_digest(signature.encode(), ours.encode()) else None

    def _sign_thread(self, thread: str, peer: str) -> str:
        return hmac.digest(self._key, f"{thread} {peer}".encode(), hashlib.sha256).hex()[:20]


def derive_thread_id(mail: Mail) -> str:
    return hashlib.sha256(mail.message_id.encode()).hexdigest()[:16]
