# What the types of columns make of values on the way to the database and back.
import datetime
import enum

import sqlalchemy as sa
from alembic import op


class Kind(enum.Enum):
    a = 'x'


t = sa.table('t', sa.column('id', sa.Integer), sa.column('n', sa.Numeric(30, 2)), sa.column('j', sa.Text), sa.column('lasts', sa.Interval), sa.column('uid', sa.Uuid(as_uuid=False)), sa.column('kind', sa.Enum('a', 'b', name='kind')))
js = sa.table('t', sa.column('id', sa.Integer), sa.column('j', sa.JSON))


def upgrade():
    bind = op.get_bind()
    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.Numeric(30, 2)), sa.Column('j', sa.Text), sa.Column('lasts', sa.Interval), sa.Column('uid', sa.Uuid(as_uuid=False)), sa.Column('kind', sa.String(10)))
    lasts = datetime.timedelta(days=1, seconds=3)
    bind.execute(t.insert().values(id=1, n=10 ** 20, lasts=lasts, uid='12345678-1234-5678-1234-567812345678', kind='a'))
    bind.execute(t.insert(), {'id': 2, 'n': 5, 'lasts': datetime.timedelta(hours=2), 'uid': '12345678123456781234567812345678', 'kind': 'b'})
    for row in bind.execute(sa.select(t.c.n, t.c.lasts, t.c.uid, t.c.kind).order_by(t.c.id)):
        print(row)
    point = bind.begin_nested()
    try:
        bind.execute(t.insert().values(id=3, kind=Kind.a))
    except sa.exc.StatementError as error:
        print(type(error).__name__)
    point.rollback()
    if bind.dialect.name == 'sqlite':
        bind.execute(js.insert().values(id=4, j={'n': float('nan'), 'i': [float('inf'), -float('inf')], None: 1, True: 2, 1.5: 3}))
        print(bind.execute(sa.select(js.c.j).where(js.c.id == 4)).scalar())
        print(bind.execute(sa.text('SELECT j FROM t WHERE id = 4')).scalar())
    print(type(bind.dialect).__name__)
    print([type(column['type']).__module__ for column in sa.inspect(bind).get_columns('t')])
