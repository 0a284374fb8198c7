import sqlalchemy as sa
from alembic import op


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.String(10)))
    for number, status in enumerate(["DONE", "FAILED", "RUNNING"], 1):
        op.execute(f"INSERT INTO t VALUES ({number}, '{status}')")
    text = sa.text("DELETE FROM t WHERE status IN :statuses")
    op.execute(text.bindparams(sa.bindparam("statuses", expanding=True), statuses=("DONE", "FAILED")))
    print(op.get_bind().execute(sa.text("SELECT status FROM t")).scalars().all())
