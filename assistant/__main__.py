"""`python -m assistant` and the `assistant` command."""

import sys


def main() -> None:
    from assistant.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
