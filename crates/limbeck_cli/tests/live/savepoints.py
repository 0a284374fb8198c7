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
    with c.begin_nested():
        ins(2)
    try:
        with c.begin_nested():
            ins(3)
            ins(1)
    except sa.exc.IntegrityError as e:
        print("caught", str(e))
        print(repr(e.orig), e.orig.args, e.statement, type(e.orig).__module__)
        print(getattr(e.orig, "pgcode", None), getattr(e.orig, "sqlstate", None), e.code, e.args)
    cnt()
    n = c.begin_nested(); ins(5); n.rollback(); cnt()
    n = c.begin_nested(); ins(6); n.commit(); cnt(); print(n.is_active)
    try:
        with c.begin_nested() as sp:
            ins(9)
            raise ValueError("x")
    except ValueError as e:
        print("VE", e)
    cnt()
    print(c.in_transaction(), c.closed)
