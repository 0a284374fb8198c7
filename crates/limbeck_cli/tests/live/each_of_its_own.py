# Configured with: transaction_per_migration=True
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer))
    op.execute("INSERT INTO t VALUES (1)")


def downgrade():
    pass

# ---
from alembic import op


def upgrade():
    op.execute("INSERT INTO t VALUES (2)")
    op.execute("INSERT INTO not_there VALUES (1)")


def downgrade():
    pass
