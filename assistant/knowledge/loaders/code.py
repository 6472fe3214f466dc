"""Sets code aside while the text around it is rewritten."""

import re

#: Also as a list item; the indent is bounded, so that a row of blanks costs no more than its length.
FENCE = re.compile(
    r"^([ \t]{0,60}(?:(?:[-*+]|\d{1,9}[.)])[ \t]{0,60})?)(`{3,}|~{3,})"
    r"([^\n]*\n.*?)(?:^[ \t]*\2[`~]*[ \t]*$|\Z)",
    re.M | re.S,
)
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)([^\n]*?[^`\n])\1(?!`)")
PLACEHOLDER = re.compile("\ufdd0(\\d+)\ufdd1")


def extract_code(text: str, kept: list[str]) -> str:
    """The text with a placeholder for each piece of code, which is appended to *kept*."""

    def replace_span(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\ufdd0{len(kept) - 1}\ufdd1"

    def replace_fence(match: re.Match[str]) -> str:
        kept.append(match[0][len(match[1]) :])
        return f"{match[1]}\ufdd0{len(kept) - 1}\ufdd1"

    return CODE_SPAN.sub(replace_span, FENCE.sub(replace_fence, text))


def restore_code(text: str, kept: list[str]) -> str:
    """The text with its code back in place; code may contain placeholders of other code."""
    while PLACEHOLDER.search(text):
        text = PLACEHOLDER.sub(lambda match: kept[int(match[1])], text)
    return text
