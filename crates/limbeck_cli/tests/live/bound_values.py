from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('v', sa.Column('id', sa.Integer, primary_key=True), sa.Column('b', sa.Boolean), sa.Column('s', sa.String(50)), sa.Column('d', sa.Date), sa.Column('dt', sa.DateTime), sa.Column('tm', sa.Time), sa.Column('j', sa.JSON), sa.Column('u', sa.Uuid), sa.Column('n', sa.Integer))
# ---
from alembic import op
from datetime import date, datetime, time
from decimal import Decimal
import uuid
import sqlalchemy as sa
t = sa.table('v', sa.column('id', sa.Integer), sa.column('b', sa.Boolean), sa.column('s', sa.String), sa.column('d', sa.Date), sa.column('dt', sa.DateTime), sa.column('tm', sa.Time), sa.column('j', sa.JSON), sa.column('u', sa.Uuid), sa.column('n', sa.Integer))
null = sa.table('v', sa.column('id', sa.Integer), sa.column('j', sa.JSON(none_as_null=True)))
plain = sa.table('v', sa.column('id'), sa.column('s'), sa.column('d'), sa.column('dt'), sa.column('j'))
def last(name):
    bind = op.get_bind()
    row = bind.execute(sa.text('select * from v order by id desc limit 1')).mappings().one()
    return row[name], bind.execute(sa.select(t.c[name]).order_by(t.c.id.desc()).limit(1)).scalar()
def put(label, table, name, value, how='values'):
    bind = op.get_bind()
    number = bind.scalar(sa.text('select coalesce(max(id), 0) + 1 from v'))
    saved = bind.begin_nested()
    try:
        if how == 'values':
            bind.execute(table.insert().values({'id': number, name: value}))
        elif how == 'parameters':
            bind.execute(table.insert(), {'id': number, name: value})
        else:
            op.bulk_insert(table, [{'id': number, name: value}])
    except Exception as e:
        saved.rollback()
        print(label, how, type(e).__name__)
        return
    saved.commit()
    print(label, how, *[repr(it) for it in last(name)])
def upgrade():
    sqlite = op.get_bind().dialect.name == 'sqlite'
    for how in ('values', 'parameters', 'bulk'):
        put('json none', t, 'j', None, how)
        put('json none as null', null, 'j', None, how)
        put('json list', t, 'j', [1, 2.5, None, True, 'é', {'a': [1]}], how)
        put('json word', t, 'j', 'word', how) if not sqlite else None
        put('boolean', t, 'b', 1, how)
        put('no boolean', t, 'b', 2, how)
        put('no boolean either', t, 'b', 'true', how)
        put('boolean number', t, 'b', 1.0, how)
    print(op.get_bind().execute(sa.select(sa.func.count()).where(t.c.j.is_(None))).scalar())
    # Without a type the driver says how a value is written.
    put('plain moment', plain, 'dt', datetime(2024, 1, 2, 3, 4, 5))
    put('plain moment', plain, 'dt', datetime(2024, 1, 2, 3, 4, 5, 678000))
    put('plain day', plain, 'd', date(2024, 1, 2))
    put('typed moment', t, 'dt', datetime(2024, 1, 2, 3, 4, 5))
    if sqlite:
        put('text of a moment', t, 'dt', '2024-01-02 03:04:05')
        put('text of a day', t, 'd', '2024-01-02')
        put('text of a time', t, 'tm', '01:02:03')
        put('text of a uuid', t, 'u', '12345678-1234-5678-1234-567812345678')
        put('decimal', t, 'n', Decimal(7))
        put('uuid as text', t, 's', uuid.UUID(int=5))
        put('plain time', plain, 's', time(1, 2))
        put('plain decimal', plain, 's', Decimal('1.5'))
    if op.get_bind().dialect.name != 'mysql':
        put('plain dictionary', plain, 'j', {'a': 1})
        put('dictionary as text', t, 's', {'a': 1})
    try:
        op.get_bind().execute(sa.text('select :x'))
    except sa.exc.StatementError as e:
        print(type(e).__name__)
