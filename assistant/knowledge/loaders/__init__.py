"""Document loaders: one small file per format, and the table of suffixes."""

from assistant.knowledge.loaders.csv_file import load_csv
from assistant.knowledge.loaders.document import Document, Loader, Unreadable
from assistant.knowledge.loaders.docx import load_docx
from assistant.knowledge.loaders.excel import load_excel
from assistant.knowledge.loaders.html import load_html
from assistant.knowledge.loaders.markdown import load_markdown, load_mdx
from assistant.knowledge.loaders.pdf import load_pdf
from assistant.knowledge.loaders.text import load_text

LOADERS: dict[str, Loader] = {
    ".md": load_markdown,
    ".markdown": load_markdown,
    ".mdx": load_mdx,
    ".txt": load_text,
    ".html": load_html,
    ".htm": load_html,
    ".csv": load_csv,
    ".tsv": load_csv,
    ".xlsx": load_excel,
    ".xls": load_excel,
    ".ods": load_excel,
    ".docx": load_docx,
    ".pdf": load_pdf,
}

__all__ = ["LOADERS", "Document", "Loader", "Unreadable"]
