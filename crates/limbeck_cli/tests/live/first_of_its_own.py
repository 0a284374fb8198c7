# Configured with: transaction_per_migration=True
# The version table goes with the first migration where that fails.
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer))
    # Elsewhere Alembic cannot take back what it made.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("INSERT INTO not_there VALUES (1)")


def downgrade():
    pass
