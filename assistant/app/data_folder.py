"""The data folder: made writable for its owner only, and the key that is kept in it."""

import secrets
from contextlib import suppress
from pathlib import Path

from assistant.domain.errors import SetupError

MIN_KEY_CHARACTERS = 16


def prepare_data_dir(path: Path) -> None:
    """Create the data folder and test that it is writable, or SetupError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with suppress(PermissionError):  # another user's folder that we may write to
            path.chmod(0o700)  # customers' messages are private
            for file in path.glob("*.db*"):
                file.chmod(0o600)
        probe = path / f".probe-{secrets.token_hex(4)}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as exc:
        raise SetupError(
            f"The data folder {path} cannot be written to ({exc.strerror}); "
            "make it writable or set ASSISTANT_DATA_DIR to another folder."
        ) from exc


def load_or_create_key(data_dir: Path) -> bytes:
    path = data_dir / "secret.key"
    if not path.exists() or len(path.read_bytes()) < MIN_KEY_CHARACTERS:
        # Written atomically: after a crash there must be no empty key.
        made = data_dir / f".secret-{secrets.token_hex(4)}"
        made.touch(mode=0o600)
        made.write_bytes(secrets.token_hex(32).encode())
        made.replace(path)
    return path.read_bytes()
