"""Settings of signing in through an OpenID Connect provider, beside passwords."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class SignInSettings(BaseSettings):
    """Issuer, client id and secret belong together: with all three agents may sign in through it."""

    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://\S+$")
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    #: Whoever the provider knows and has no account gets one, as an agent; off: only existing accounts enter.
    oidc_create: bool = False
