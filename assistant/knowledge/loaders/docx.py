"""Word documents: headings, lists and tables to Markdown."""

import io
import zipfile

from assistant.knowledge.loaders import html, zipped
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.markdown import extract_title
from assistant.knowledge.loaders.text import clean_text

#: Style names of Japanese Word; mammoth knows the English ones.
STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1.title:fresh",
        "p[style-name='表題'] => h1.title:fresh",
        *(f"p[style-name='見出し {level}'] => h{level}:fresh" for level in range(1, 7)),
    ]
)


def load_docx(data: bytes) -> list[Document]:
    """One article; its title is the title property or the first heading."""
    import mammoth  # type: ignore[import-untyped]
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]

    from assistant.knowledge.loaders.word_marks import remove_unseen_runs

    zipped.check_archive(data)
    try:
        turned = mammoth.convert_to_html(
            io.BytesIO(remove_unseen_runs(data)),
            style_map=STYLES,
            convert_image=lambda _image: [],
            ignore_empty_paragraphs=True,
        )
        stated = _load_title_property(data)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, XMLSyntaxError) as exc:
        raise Unreadable("it is not a sound Word document; open it and save it again as .docx") from exc
    warnings: list[str] = []
    title, text = extract_title(
        stated, html.fill_templates(html.convert_to_markdown(clean_text(turned.value)), warnings)
    )
    if not text:
        raise Unreadable("it has no text; pictures of text cannot be read")
    return [Document(title=title, text=text, warnings=tuple(warnings))]


def _load_title_property(data: bytes) -> str:
    """The title property of the document."""
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return ""
        core = fromstring(archive.read("docProps/core.xml"), forbid_dtd=True)
    title = core.find("{http://purl.org/dc/elements/1.1/}title")
    return clean_text(title.text or "").strip() if title is not None else ""
