"""Settings of signing in through an OpenID Connect provider, beside passwords."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode


class SignInSettings(BaseSettings):
    """Issuer, client id and secret belong together: with all three agents may sign in through it."""

    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://\S+$")
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    #: Whoever has an address of `oidc_domains` and no account gets one, as an agent; off: only existing
    #: accounts enter.
    oidc_create: bool = False
    oidc_domains: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("oidc_domains", mode="before")
    @classmethod
    def split_domains(cls, value: object) -> object:
        """Of `shop.example, @shop.co.jp`, as they stand in addresses."""
        parts = (part.strip().removeprefix("@").lower() for part in str(value).split(","))
        return tuple(part for part in parts if part) if isinstance(value, str) else value
