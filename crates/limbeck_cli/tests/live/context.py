from alembic import op, context
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.orm import Session
def upgrade():
    print(context.is_offline_mode(), context.get_context().dialect.name, op.get_context().as_sql)
    c = op.get_bind()
    print(isinstance(c.dialect, PGDialect), isinstance(c.dialect, MySQLDialect), isinstance(c.dialect, SQLiteDialect))
    print(op.get_context().config.get_main_option('zz'), context.config.get_main_option('script_location')[-3:], op.get_context().config.get_main_option('zz', 'dd'))
    print(context.get_x_argument(as_dictionary=True))
    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.String(20)))
    s = Session(bind=c)
    s.execute(sa.text("insert into t values (1, 'a'), (2, 'b')"))
    s.commit()
    for row in s.execute(sa.text('select id, n from t order by id')):
        print(row.id, row[1])
    s.execute(sa.text('update t set n = :n where id = :i'), {'n': 'zz', 'i': 1})
    with s.begin_nested():
        s.execute(sa.text("insert into t values (3, 'c')"))
    s.close()
    with Session(c) as q:
        print(q.scalar(sa.text('select count(*) from t')), q.execute(sa.text('select n from t order by id')).scalars().all())
        q.commit()
