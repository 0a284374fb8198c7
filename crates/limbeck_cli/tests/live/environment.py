import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Connection

config = context.config


def upgrade():
    bind = op.get_bind()
    print(config.get_main_option("nokey", "given"), context.is_offline_mode(), context.get_x_argument())
    print(op.get_context().version_table, op.get_context().version_table_schema)
    print(op.get_context().config.get_main_option("nokey"), context.get_context().as_sql)
    print(context.get_bind().dialect.name == bind.dialect.name, bind.engine.dialect.name == bind.engine.name)
    print(bind.engine.url.get_backend_name(), isinstance(bind, Connection), isinstance(bind, sa.engine.Engine))
    print([isinstance(bind.dialect, each) for each in (PGDialect, MySQLDialect, SQLiteDialect)])
    print(bind.dialect.server_version_info >= (3, 1))
    metadata = sa.MetaData()
    first = sa.Table("z_first", metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table(
        "a_second",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("first_id", sa.ForeignKey("z_first.id"), index=True),
    )
    metadata.create_all(bind)
    metadata.create_all(bind, tables=[first], checkfirst=True)
    third = sa.Table("third", metadata, sa.Column("id", sa.Integer, primary_key=True))
    metadata.create_all(bind=bind, tables=[third], checkfirst=False)
    metadata.drop_all(bind, tables=[third])
    metadata.drop_all(bind, tables=[third], checkfirst=True)
    third.create(bind, checkfirst=True)
    print(sorted(sa.inspect(bind).get_table_names()))
