"""Articles to chunks: cut at headings, sized in model tokens; tables, lists and code stay whole."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.domain.knowledge import Chunk
from assistant.knowledge.ingest.markdown_blocks import MarkdownBlock, split_blocks

#: Raise when the same text would be cut differently: every article is then indexed anew.
CHUNKER = "2"

CountTokens = Callable[[str], int]

#: Most tokens that a blank line between two blocks adds.
SEPARATOR = 2
#: Longest paragraph, in characters, that counts as the introduction of the next block.
ANNOUNCEMENT = 300
#: A paragraph that needs the next one: a question, a line in bold, "only if:".
ASKS = re.compile(r"\A\*\*[^*]+\*\*\Z|\A(?:\*\*)?[QＱ]\d*[.．:：、)）]|[?？:：](?:\*\*)?\Z")
#: Upper bound of characters per token.
WINDOW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSizes:
    """Sizes in model tokens; a chunk with its title and headings must fit the 512 tokens that E5 reads."""

    min_tokens: int = 60
    target_tokens: int = 250
    max_tokens: int = 450


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPiece:
    """Whole blocks under one heading path that will become a chunk."""

    headings: tuple[str, ...]
    text: str
    #: An upper bound; counting every joint exactly would double the time.
    tokens: int


def split_into_chunks(text: str, count_tokens: CountTokens, sizes: ChunkSizes = ChunkSizes()) -> list[Chunk]:
    """The chunks of an article in reading order; each character is in one of them or in its headings."""
    pieces: list[ChunkPiece] = []
    for headings, members in _group_sections(split_blocks(text)):
        pieces += _pack_section(headings, members, count_tokens, sizes)
    return [
        Chunk(position=position, headings=piece.headings, text=piece.text, tokens=piece.tokens)
        for position, piece in enumerate(_merge_short_pieces(pieces, count_tokens, sizes))
    ]


def _group_sections(parts: Sequence[MarkdownBlock]) -> Iterator[tuple[tuple[str, ...], list[MarkdownBlock]]]:
    """Blocks grouped by the path of headings above them; a heading with nothing below it is kept as text."""
    path: list[tuple[int, str]] = []
    members: list[MarkdownBlock] = []
    for position, part in enumerate(parts):
        if part.kind != "heading":
            members.append(part)
            continue
        if members:
            yield tuple(title for _, title in path), members
            members = []
        path = [(level, title) for level, title in path if level < part.level]
        following = parts[position + 1] if position + 1 < len(parts) else None
        if following is None or (following.kind == "heading" and following.level <= part.level):
            members.append(replace(part, kind="paragraph"))
        else:
            path.append((part.level, part.title))
    if members:
        yield tuple(title for _, title in path), members


def _pack_section(
    headings: tuple[str, ...], members: Sequence[MarkdownBlock], count_tokens: CountTokens, sizes: ChunkSizes
) -> list[ChunkPiece]:
    """A section as pieces near the target size."""
    pieces: list[ChunkPiece] = []
    for text, tokens in _glue_announcements(members, count_tokens, sizes.max_tokens):
        parts = (
            [(text, tokens)]
            if tokens <= sizes.max_tokens
            else _split_block(text, count_tokens, sizes.max_tokens)
        )
        for part, length in parts:
            if pieces and _can_append(pieces[-1], length, sizes):
                pieces[-1] = _append_text(pieces[-1], part, length)
            else:
                pieces.append(ChunkPiece(headings=headings, text=part, tokens=length))
    return pieces


def _can_append(piece: ChunkPiece, tokens: int, sizes: ChunkSizes) -> bool:
    together = piece.tokens + tokens + SEPARATOR
    return together <= sizes.target_tokens or (
        min(piece.tokens, tokens) < sizes.min_tokens and together <= sizes.max_tokens
    )


def _append_text(piece: ChunkPiece, text: str, tokens: int) -> ChunkPiece:
    return replace(piece, text=f"{piece.text}\n\n{text}", tokens=piece.tokens + tokens + SEPARATOR)


def _glue_announcements(
    members: Sequence[MarkdownBlock], count_tokens: CountTokens, most: int
) -> Iterator[tuple[str, int]]:
    """Keep a block that announces or asks together with the next block, unless that splits it."""
    announced, before = "", 0
    for member, following in zip(members, [*members[1:], None], strict=True):
        tokens = count_tokens(member.text)
        if announced and tokens <= most < before + SEPARATOR + tokens:
            yield announced, before
            announced, before = "", 0
        if announced:
            text, tokens = f"{announced}\n\n{member.text}", before + SEPARATOR + tokens
        else:
            text = member.text
        leads = following is not None and (following.kind != "paragraph" or bool(ASKS.search(member.text)))
        if leads and member.kind == "paragraph" and len(text) <= ANNOUNCEMENT:
            announced, before = text, tokens
        else:
            announced, before = "", 0
            yield text, tokens


def _merge_short_pieces(
    pieces: Iterable[ChunkPiece], count_tokens: CountTokens, sizes: ChunkSizes
) -> list[ChunkPiece]:
    """Merge pieces that are too short with a neighbour under the same parent, headings kept in the text."""
    merged: list[ChunkPiece] = []
    for piece in pieces:
        if merged and (together := _merge_pair(merged[-1], piece, count_tokens, sizes)):
            merged[-1] = together
        else:
            merged.append(piece)
    return merged


def _merge_pair(
    left: ChunkPiece, right: ChunkPiece, count_tokens: CountTokens, sizes: ChunkSizes
) -> ChunkPiece | None:
    if min(left.tokens, right.tokens) >= sizes.min_tokens or left.tokens + right.tokens > sizes.target_tokens:
        return None
    shared = _find_shared_headings(left.headings, right.headings)
    if max(len(left.headings), len(right.headings)) > len(shared) + 1:
        return None
    left, right = (
        _inline_lost_headings(left, shared, count_tokens),
        _inline_lost_headings(right, shared, count_tokens),
    )
    together = _append_text(left, right.text, right.tokens)
    return together if together.tokens <= sizes.target_tokens else None


def _find_shared_headings(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    length = 0
    while length < min(len(left), len(right)) and left[length] == right[length]:
        length += 1
    return left[:length]


def _inline_lost_headings(
    piece: ChunkPiece, shared: tuple[str, ...], count_tokens: CountTokens
) -> ChunkPiece:
    """The piece under a shorter heading path; the headings that drop out of the path go into its text."""
    lost = piece.headings[len(shared) :]
    if not lost:
        return piece
    marks = "\n\n".join(
        f"{'#' * min(6, len(shared) + depth + 2)} {title}" for depth, title in enumerate(lost)
    )
    tokens = count_tokens(marks) + SEPARATOR + piece.tokens
    return ChunkPiece(headings=shared, text=f"{marks}\n\n{piece.text}", tokens=tokens)


# -- splitting long blocks ------------------------------------------------------------------------------


def _split_block(text: str, count_tokens: CountTokens, most: int) -> Iterator[tuple[str, int]]:
    """A block longer than a chunk may be, split at rows, items, lines or sentences, in this order."""
    before, head, lines, tail = _split_frame(text)
    room = most - count_tokens(before + head + tail) - 2 * SEPARATOR
    if room < most // 2:
        before, head, lines, tail, room = "", "", text.split("\n"), "", most
    atoms = [atom for line in _group_list_items(lines) for atom in _split_unit(line, count_tokens, room)]
    for group in _group_atoms(atoms, count_tokens, room):
        whole = before + head + group + tail
        yield whole, count_tokens(whole)
        before = ""


CODE_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s")
SENTENCE_END = re.compile(r"(?<=[。！？])(?=[^。！？」』）)])|(?<=[.!?])\s+(?=\S)")


def _split_frame(text: str) -> tuple[str, str, list[str], str]:
    """The text before a table, and what every part repeats: a table's header, a code block's fences."""
    lines = text.split("\n")
    rule = next((at for at, line in enumerate(lines) if _is_table_rule(line)), None)
    if rule and len(lines) > rule + 1 and "|" in lines[rule - 1]:
        announced, header = "\n".join(lines[: rule - 1]), "\n".join(lines[rule - 1 : rule + 1])
        return f"{announced}\n" if announced else "", f"{header}\n", lines[rule + 1 :], ""
    if (fence := CODE_FENCE.match(lines[0])) and lines[-1].strip().startswith(fence[1]):
        return "", lines[0] + "\n", lines[1:-1], "\n" + lines[-1]
    return "", "", lines, ""


def _is_table_rule(line: str) -> bool:
    """Whether the line separates a table's header from its rows."""
    return {"|", "-"} <= set(line) <= set("|:- \t")


def _group_list_items(lines: Sequence[str]) -> list[str]:
    """Lines; a list item with its continuation lines is one unit."""
    units: list[str] = []
    in_item = False
    for line in lines:
        if in_item and (not line.strip() or line[0] in " \t"):
            units[-1] += "\n" + line
            continue
        in_item = bool(ITEM.match(line))
        units.append(line)
    return units


def _split_unit(unit: str, count_tokens: CountTokens, room: int) -> Iterator[tuple[str, str]]:
    """Parts that fit, each with its separator to the part before: a newline, or nothing inside of a line."""
    if count_tokens(unit) <= room:
        yield "\n", unit
        return
    if "\n" in unit:
        for line in unit.split("\n"):
            yield from _split_unit(line, count_tokens, room)
        return
    joint = "\n"
    for sentence in _split_sentences(unit):
        for part in _split_anywhere(sentence, count_tokens, room):
            yield joint, part
            joint = ""


def _split_sentences(line: str) -> list[str]:
    ends = [match.end() for match in SENTENCE_END.finditer(line)]
    return [line[start:end] for start, end in zip([0, *ends], [*ends, len(line)], strict=True) if start < end]


def _split_anywhere(text: str, count_tokens: CountTokens, room: int) -> Iterator[str]:
    """Last resort for one endless line: cut anywhere; counts at most one window of it at a time."""
    while text:
        window = text[: room * WINDOW]
        length = (
            len(window) if count_tokens(window) <= room else _find_longest_prefix(window, count_tokens, room)
        )
        yield text[:length]
        text = text[length:]


def _find_longest_prefix(window: str, count_tokens: CountTokens, room: int) -> int:
    low, high = 1, len(window) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_tokens(window[:middle]) <= room else (low, middle - 1)
    return low


def _group_atoms(atoms: Iterable[tuple[str, str]], count_tokens: CountTokens, room: int) -> Iterator[str]:
    group, length = "", 0
    for joint, atom in atoms:
        tokens = count_tokens(atom) + SEPARATOR
        if group and length + tokens > room:
            yield group.strip("\n")
            group, length = "", 0
        group, length = (group + joint + atom, length + tokens) if group else (atom, tokens)
    if group.strip():
        yield group.strip("\n")
