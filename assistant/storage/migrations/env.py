"""Alembic's entry: runs the migrations on the connection that `migrate.py` hands over."""

from alembic import context

from assistant.storage import append_only, article_tables, fulltext, tables  # noqa: F401 - they join the metadata
from assistant.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
