"""Run by Alembic: migrate on the connection, and inside the transaction, that the caller holds."""

from __future__ import annotations

from alembic import context

from groundside.keep.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
