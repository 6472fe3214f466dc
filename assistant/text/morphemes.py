"""Japanese text split into morphemes by Sudachi: the one tokenizer that search, checks and masking share."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from threading import local
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sudachipy import Morpheme  # type: ignore[import-untyped]


def has_tokenizer() -> bool:
    """Whether Sudachi and its dictionary are installed."""
    return find_spec("sudachipy") is not None and find_spec("sudachidict_small") is not None


def split_morphemes(text: str) -> list[Morpheme]:
    """The shortest units of *text*, which has at most 49,149 bytes and no lone surrogates."""
    return _build_tokenizer()(text)


@cache
def _build_tokenizer() -> Callable[[str], list[Morpheme]]:
    from sudachipy import Dictionary, SplitMode, Tokenizer

    dictionary = Dictionary(dict="small")
    # A tokenizer serves one thread at a time.
    threads = local()

    def get_tokenizer() -> Tokenizer:
        if not hasattr(threads, "tokenizer"):
            fields = {"normalized_form", "pos", "reading_form"}
            threads.tokenizer = dictionary.tokenizer(mode=SplitMode.A, fields=fields)
        return threads.tokenizer

    return lambda text: list(get_tokenizer().tokenize(text))
