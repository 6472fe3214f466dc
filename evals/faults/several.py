"""``scripts/run-several``: the service twice, on PostgreSQL and a Chroma server, until Ctrl-C."""

import signal
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.faults.site import Workshop


def main() -> None:
    with ExitStack() as stack:
        temporary = TemporaryDirectory(prefix="yorisoi-several-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        folder.chmod(0o755)
        print("Preparing the sample help, PostgreSQL and Chroma …", flush=True)
        workshop = Workshop(folder, stack, folder / "prepared")
        site = stack.enter_context(workshop.site(postgres=True))
        for url in site.urls:
            print(f"  {url}/", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
