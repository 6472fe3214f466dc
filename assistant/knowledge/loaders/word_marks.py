"""Removes from a Word file what readers do not see: hidden, struck-out and deleted text, furigana."""

import io
import zipfile

from lxml import etree  # type: ignore[import-untyped]

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Parts with text that mammoth reads.
PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
STYLES = "word/styles.xml"
UNSEEN = ("vanish", "specVanish", "strike", "dstrike")
DELETED = ("del", "moveFrom")
NO = {"0", "false", "off", "none"}


def remove_unseen_runs(data: bytes) -> bytes:
    """The same document without unseen runs."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = _find_unseen_styles(archive.read(STYLES)) if STYLES in archive.namelist() else set()
        changed = {
            name: _clean_part(archive.read(name), styles) for name in PARTS if name in archive.namelist()
        }
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as out:
            for part in archive.infolist():
                if not part.filename.startswith("word/media/"):
                    out.writestr(part.filename, changed.get(part.filename) or archive.read(part))
    return file.getvalue()


def _parse_xml(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def _find_unseen_styles(xml: bytes) -> set[str]:
    """Ids of styles that hide or strike out text."""
    styles = _parse_xml(xml).iter(f"{WORD}style")
    return {
        str(style.get(f"{WORD}styleId"))
        for style in styles
        if (looks := style.find(f"{WORD}rPr")) is not None and _is_unseen(looks)
    }


def _clean_part(xml: bytes, styles: set[str]) -> bytes:
    root = _parse_xml(xml)
    unseen = [tag for name in DELETED for tag in root.iter(WORD + name)]
    for run in root.iter(f"{WORD}r"):
        looks = run.find(f"{WORD}rPr")
        if looks is not None and (_is_unseen(looks) or _get_style(looks, "rStyle") in styles):
            unseen.append(run)
    for paragraph in root.iter(f"{WORD}p"):
        looks = paragraph.find(f"{WORD}pPr")
        if looks is not None and _get_style(looks, "pStyle") in styles:
            unseen += paragraph.findall(f"{WORD}r")
    for tag in unseen:
        if (parent := tag.getparent()) is not None:
            parent.remove(tag)
    for ruby in list(root.iter(f"{WORD}ruby")):
        _unwrap_ruby(ruby)
    cleaned: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return cleaned


def _is_unseen(looks: etree._Element) -> bool:
    found = (looks.find(WORD + name) for name in UNSEEN)
    return any(mark is not None and str(mark.get(f"{WORD}val", "true")).lower() not in NO for mark in found)


def _get_style(looks: etree._Element, name: str) -> str:
    mark = looks.find(WORD + name)
    return str(mark.get(f"{WORD}val")) if mark is not None else ""


def _unwrap_ruby(ruby: etree._Element) -> None:
    """Replace a run with a ruby reading by the runs of its base text."""
    run, base = ruby.getparent(), ruby.find(f"{WORD}rubyBase")
    if run is None or run.getparent() is None:
        return
    for word in reversed(list(base) if base is not None else []):
        run.addnext(word)
    run.remove(ruby)
