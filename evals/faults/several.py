"""``scripts/run-several``: the service twice, on PostgreSQL and a Chroma server, until Ctrl-C."""

import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from evals.faults.site import Workshop

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    for number in STOPS:
        signal.signal(number, _handle_stop)
    with ExitStack() as stack:
        temporary = TemporaryDirectory(prefix="yorisoi-several-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        folder.chmod(0o755)
        print("Preparing the sample help, PostgreSQL and Chroma …", flush=True)
        workshop = Workshop(folder, stack, folder / "prepared")
        site = stack.enter_context(workshop.open_site(postgres=True))
        for url in site.urls:
            print(f"  {url}/   console: {url}/console", flush=True)
        print("  sign in as mori@shop.example, password: a long password; stop with Ctrl-C", flush=True)
        while True:
            signal.pause()


def _handle_stop(_number: int, _frame: FrameType | None) -> None:
    """Exit cleanly, ending everything that was started; a second signal does not interrupt it."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


if __name__ == "__main__":
    main()
