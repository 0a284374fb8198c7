from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
# ---
from alembic import op
import sqlalchemy as sa
def tr(f):
    c = op.get_bind()
    try:
        with c.begin_nested():
            f()
    except Exception as e:
        print(type(e), e)
        print("already exists" in str(e), "does not exist" in str(e).lower())
def upgrade():
    tr(lambda: op.create_table("t", sa.Column("id", sa.Integer, primary_key=True)))
    tr(lambda: op.create_index("ix", "t", ["a"]))
    tr(lambda: op.create_index("ix", "t", ["a"]))
    tr(lambda: op.add_column("t", sa.Column("a", sa.String(3))))
    tr(lambda: op.drop_column("t", "zz"))
    tr(lambda: op.drop_index("nope", "t"))
    tr(lambda: op.drop_table("nope"))
    tr(lambda: op.drop_constraint("nope", "t", type_="unique"))
    tr(lambda: op.create_unique_constraint(None, "t", ["a"]))
    tr(lambda: op.execute("insert into t (id, nope) values (1, 2)"))
    tr(lambda: op.execute("selct 1"))
    tr(lambda: op.execute("select * from t where id = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz' and nope = 3 and a = 8888888888888888888888888888888888888888888"))
    print(sa.inspect(op.get_bind()).has_table("t"))
