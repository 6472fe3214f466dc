"""Our own words in what a customer sends back: mailers quote them in any form, so they are known by themselves."""

import re
import unicodedata

#: Characters of a line, without its spaces, that nobody writes by chance as we wrote them.
TELLING = 8
#: What stands before a quoted line.
_MARKS = re.compile(r"^[\s>＞|｜*・-]{1,20}")


def without_ours(text: str, ours: str) -> str:
    """*text* without the lines that stand in *ours*, what we sent before; "" when there is nothing else."""
    known = _bare(ours)
    if len(known) < TELLING:
        return text
    lines = text.split("\n")
    bare = [_bare(_MARKS.sub("", line)) for line in lines]
    quoted = [len(one) >= TELLING and one in known for one in bare]
    if not any(quoted):
        return text
    # A short line between quoted ones is part of the quote: a number of a choice, a source.
    for number, one in enumerate(bare):
        beside = quoted[max(number - 2, 0) : number] + quoted[number + 1 : number + 3]
        quoted[number] = quoted[number] or (any(beside) and 0 < len(one) < TELLING and one in known)
    return "\n".join(line for line, ours_too in zip(lines, quoted, strict=True) if not ours_too).strip()


def _bare(text: str) -> str:
    """Compared without spaces, line ends and forms of letters: mailers change those."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
