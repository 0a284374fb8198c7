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
    try:
        ins(1)
    except Exception as e:
        print("caught", type(e), e)
    tr(lambda: c.execute(sa.text("select 1")).scalar())
    try:
        op.drop_table("nope")
    except sa.exc.ProgrammingError as e:
        print("P", e)
    except sa.exc.OperationalError as e:
        print("O", e)
    except Exception as e:
        print("E", type(e), e)
