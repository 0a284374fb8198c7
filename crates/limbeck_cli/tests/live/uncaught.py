from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
# ---
from alembic import op
import sqlalchemy as sa
def upgrade():
    c = op.get_bind()
    ins = lambda i: c.execute(sa.text("insert into t values (%d)" % i))
    cnt = lambda: print("count", c.execute(sa.text("select count(*) from t")).scalar())
    def tr(f):
        try:
            return f()
        except Exception as e:
            print("EXC", type(e).__name__, str(e))
    ins(1)
    op.execute("select * from missing")
