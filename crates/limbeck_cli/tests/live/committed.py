from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer))
    op.execute("INSERT INTO t VALUES (1)")
    op.execute("COMMIT")


def downgrade():
    op.drop_table("t")

# ---
from alembic import op
import sqlalchemy as sa


def upgrade():
    for row in op.get_bind().execute(sa.text("SELECT a FROM t")).fetchall():
        op.execute(f"INSERT INTO t VALUES ({row.a + 1})")


def downgrade():
    pass
