import sqlalchemy as sa
from alembic import context, op


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
    print(context.is_offline_mode())
    print(context.get_x_argument(as_dictionary=True))
    config = op.get_context().config
    print(config.get_main_option("no_such_option"), config.get_main_option("version_locations", "nowhere"))
    context.execute("INSERT INTO t VALUES (1)")
    context.get_context().execute("INSERT INTO t VALUES (2)")
    connection = context.get_bind()
    connection.execute(sa.text("INSERT INTO t VALUES (3)"))
    print(connection.execute(sa.text("SELECT count(*) FROM t")).scalar())
    print(context.get_context().dialect.name == connection.dialect.name)
