"""Content that comes with the program: prompts, tools and the sample help."""

from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("assistant")))


def find_resource_folder(name: str) -> Path:
    """Folder *name* inside the installed package; in a checkout, the one beside it."""
    installed = PACKAGE / "resources" / name
    return installed if installed.is_dir() else PACKAGE.parent / name
