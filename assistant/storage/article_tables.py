"""The tables of the knowledge base."""

import sqlalchemy as sa

from assistant.storage.schema import Json, Moment, metadata

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("updated", sa.Date),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_until", sa.Date),
    #: As stated by the authors; the resulting supersessions have their own table.
    sa.Column("supersedes", Json, nullable=False, server_default="[]"),
    sa.Column("superseded_by", sa.Text, nullable=False, server_default=""),
    sa.Column("tags", Json, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("origin", Json),
)

chunks = sa.Table(
    "chunks",
    metadata,
    #: AUTOINCREMENT: an id is never reused, so an outdated vector index cannot return a wrong passage.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "article", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("headings", Json, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    #: Terms of the lexical search, separated by spaces.
    sa.Column("title_terms", sa.Text, nullable=False),
    sa.Column("heading_terms", sa.Text, nullable=False),
    sa.Column("body_terms", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("chunk", sa.Integer, sa.ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("model", sa.String(255), primary_key=True),
    sa.Column("dimensions", sa.Integer, nullable=False),
    #: Several half-precision vectors of *dimensions* numbers each, concatenated.
    sa.Column("data", sa.LargeBinary, nullable=False),
    #: Packed token vectors; loaded only for the passages that late interaction compares.
    sa.Column("tokens", sa.LargeBinary, nullable=False),
)

#: A single row with the version counter of the knowledge base.
knowledge = sa.Table(
    "knowledge",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    #: Chunks up to this id were compared with each other for contradictions.
    sa.Column("compared", sa.Integer, nullable=False, server_default="0"),
)

#: Superseded articles: no longer answered from.
replacements = sa.Table(
    "replacements",
    metadata,
    sa.Column("article", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("by", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
)

#: Pairs of sentences with contradicting quantities.
contradictions = sa.Table(
    "contradictions",
    metadata,
    #: Hash of both articles and sentences: the same pair found again is the same contradiction.
    sa.Column("id", sa.String(32), primary_key=True),
    *(
        sa.Column(
            f"{side}_article", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False
        )
        for side in ("one", "other")
    ),
    sa.Column("one_text", sa.Text, nullable=False),
    sa.Column("other_text", sa.Text, nullable=False),
    #: The kind of quantity that differs: days, yen, time of day ...
    sa.Column("measure", sa.String(40), nullable=False),
    sa.Column("found_at", Moment, nullable=False),
)

#: Contradictions that a person dismissed; kept even when both articles are deleted.
dismissals = sa.Table(
    "dismissals",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
)

#: Words that mean the same in this knowledge base, as a support lead entered them: a row per group.
synonyms = sa.Table(
    "synonyms",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("words", Json, nullable=False),
)

#: What could not be read, or no longer existed, when its source was last checked.
troubles = sa.Table(
    "troubles",
    metadata,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    #: True: the document was read, and only a part was left out.
    sa.Column("harmless", sa.Boolean, nullable=False, server_default=sa.false()),
)

#: Every source that was ever ingested: folders, files, web addresses. Web sources are resynced periodically.
sources = sa.Table(
    "sources",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    #: Articles whose document vanished are removed.
    sa.Column("prune", sa.Boolean, nullable=False),
    sa.Column("looked_at", Moment, nullable=False),
    #: Time of the last successful check.
    sa.Column("read_at", Moment),
    #: Consecutive failed checks.
    sa.Column("failures", sa.Integer, nullable=False),
    #: Somebody requested a resync.
    sa.Column("wanted", sa.Boolean, nullable=False),
    #: Lease of the process that reads the source, and when it expires.
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Moment),
)

#: Which collection of the vector index holds each model's vectors.
collections = sa.Table(
    "collections",
    metadata,
    sa.Column("model", sa.String(255), primary_key=True),
    #: Chroma's collection name, never reused, so that the vectors of another database cannot be mistaken for
    #: ours.
    sa.Column("name", sa.String(100), nullable=False),
    #: Lease of the process that fills the collection, and when it expires.
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Moment),
    #: The setting that opens the model.
    sa.Column("spec", sa.Text, nullable=False, server_default=""),
    #: Lease of the process that makes the vectors, and when it expires.
    sa.Column("maker", sa.String(32)),
    sa.Column("maker_until", Moment),
)
