"""What simulated customers say: several wordings of each thing, in `phrases.toml`."""

import re
import tomllib
from functools import cache
from pathlib import Path
from random import Random

_CATALOGUE = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))
#: Languages that simulated customers speak.
SPOKEN_LANGUAGES = tuple(_CATALOGUE)


def list_phrases(language: str, group: str, name: str) -> tuple[str, ...]:
    """The wordings; () where there are none."""
    return tuple(_CATALOGUE[language][group].get(name, ()))


def choose_phrase(rng: Random, language: str, group: str, name: str, **values: str) -> str:
    """One wording with *values* in its holes."""
    return rng.choice(list_phrases(language, group, name)).format(**values)


@cache
def get_promise_pattern(language: str) -> re.Pattern[str]:
    """Words with which a reply promises something."""
    return re.compile(_CATALOGUE[language]["check"]["promise"])
