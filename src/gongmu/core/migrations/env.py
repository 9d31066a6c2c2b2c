"""Alembic's entry: runs the versions on the connection that core.database hands over."""

from alembic import context

from gongmu.core.database import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
