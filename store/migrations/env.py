"""Run alembic on the connection that `store.schema` hands over."""

from alembic import context

from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the unit of work is the transaction
    compare_type=True,
)
context.run_migrations()
