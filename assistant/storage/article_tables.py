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
    #: Stated by authors; what comes of it is in the table of replacements.
    sa.Column("supersedes", Json, nullable=False, server_default="[]"),
    sa.Column("superseded_by", sa.Text, nullable=False, server_default=""),
    sa.Column("tags", Json, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("origin", Json),
)

chunks = sa.Table(
    "chunks",
    metadata,
    #: Never used twice, so that an index which has not caught up cannot take one passage for another.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "article", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("headings", Json, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    #: Words as the lexical search sees them, separated by spaces.
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
    #: Several vectors of *dimensions* half-precision numbers each, one after the other.
    sa.Column("data", sa.LargeBinary, nullable=False),
    #: Small vectors of the tokens; read for the few passages that are compared closely.
    sa.Column("tokens", sa.LargeBinary, nullable=False),
)

#: One row that counts changes.
knowledge = sa.Table(
    "knowledge",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    #: Chunks up to this id were compared with each other for contradictions.
    sa.Column("compared", sa.Integer, nullable=False, server_default="0"),
)

#: Articles that are no longer answered from.
replacements = sa.Table(
    "replacements",
    metadata,
    sa.Column("article", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("by", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
)

#: Pairs of sentences that say different things of the same.
contradictions = sa.Table(
    "contradictions",
    metadata,
    #: Of both articles and sentences: the same pair found again is the same contradiction.
    sa.Column("id", sa.String(32), primary_key=True),
    *(
        sa.Column(
            f"{side}_article", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False
        )
        for side in ("one", "other")
    ),
    sa.Column("one_text", sa.Text, nullable=False),
    sa.Column("other_text", sa.Text, nullable=False),
    #: What differs: days, yen, time of day ...
    sa.Column("measure", sa.String(40), nullable=False),
    sa.Column("found_at", Moment, nullable=False),
)

#: Contradictions that a person has judged to be none; they survive both articles.
dismissals = sa.Table(
    "dismissals",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
)

#: What could not be read when its source was last looked at, or was no longer there.
troubles = sa.Table(
    "troubles",
    metadata,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    #: It could be read, and only a part was left out.
    sa.Column("harmless", sa.Boolean, nullable=False, server_default=sa.false()),
)

#: What was ever named to be read: folders, files, web addresses. The latter are read again now and then.
sources = sa.Table(
    "sources",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    #: Articles whose document vanished are removed.
    sa.Column("prune", sa.Boolean, nullable=False),
    sa.Column("looked_at", Moment, nullable=False),
    #: When it could be read the last time.
    sa.Column("read_at", Moment),
    #: Looks in a row in which it could not be.
    sa.Column("failures", sa.Integer, nullable=False),
    #: Somebody asked for it to be read at once.
    sa.Column("wanted", sa.Boolean, nullable=False),
    #: Who reads it now, and until when.
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Moment),
)

#: Where each model's vectors are indexed.
collections = sa.Table(
    "collections",
    metadata,
    sa.Column("model", sa.String(255), primary_key=True),
    #: Chroma's name for it, never used twice: another database's vectors cannot be taken for ours.
    sa.Column("name", sa.String(100), nullable=False),
    #: Who fills it, and until when.
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Moment),
    #: The setting that opens the model.
    sa.Column("spec", sa.Text, nullable=False, server_default=""),
    #: Who makes its vectors, and until when.
    sa.Column("maker", sa.String(32)),
    sa.Column("maker_until", Moment),
)
