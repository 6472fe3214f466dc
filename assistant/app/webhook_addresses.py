"""Where outgoing webhooks may go: https, and no private network unless the operator allows it."""

from assistant.domain.errors import BadInput
from assistant.knowledge.ingest.addresses import resolve_public_addresses
from assistant.knowledge.ingest.web import parse_allowed_url

SETTING = "ASSISTANT_WEBHOOKS_PRIVATE"


class WebhookAddresses:
    """Checks addresses when they are set, and again before every call, because names change."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    async def resolve_url(self, address: str) -> list[str]:
        """The addresses that it leads to now; BadInput unless all of them may be called."""
        url = parse_allowed_url(address, any_port=True)
        if url.scheme != "https" and not self._allow_private:
            raise BadInput(f"A webhook goes to an https address; set {SETTING}=1 to allow http.")
        port = url.port or (443 if url.scheme == "https" else 80)
        return await self.resolve_host(url.host, port)

    async def resolve_host(self, host: str, port: int) -> list[str]:
        return await resolve_public_addresses(host, port, allow_private=self._allow_private, setting=SETTING)
