from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
def upgrade():
    d = op.get_bind().dialect.name
    js = postgresql.JSONB if d == 'postgresql' else sa.JSON
    op.create_table('v', sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.Numeric(10, 2)), sa.Column('f', sa.Float), sa.Column('b', sa.Boolean),
        sa.Column('s', sa.String(20)), sa.Column('tx', sa.Text), sa.Column('d', sa.Date), sa.Column('dt', sa.DateTime), sa.Column('tm', sa.Time), sa.Column('j', js), sa.Column('bl', sa.LargeBinary), sa.Column('u', sa.Uuid), sa.Column('e', sa.Enum('a', 'b', name='ee')), sa.Column('bi', sa.BigInteger))
    op.execute("insert into v (id, n, f, b, s, tx, d, dt, tm, j, bl, u, e, bi) values (1, 12.50, 1.5, %s, 'x''y', 'tt', '2024-02-29', '2024-02-29 12:34:56', '01:02:03', '{\"a\": [1, 2.5, null, true], \"b\": {\"c\": \"\"}}', %s, '%s', 'a', 9007199254740993)" % ('true' if d == 'postgresql' else '1', "'\\xdeadbeef'" if d == 'postgresql' else "x'deadbeef'", '12345678123456781234567812345678'))
    op.execute("insert into v (id) values (2)")
    if d == 'postgresql':
        op.execute("create table w (id int, ts timestamptz, a int[], ta text[], iv interval, dp double precision, r real, inet inet, c char(5), bigarr int[][], ju jsonb[])")
        op.execute("insert into w values (1, '2024-01-01 10:00:00+00', '{1,2,NULL}', '{a,\"b c\"}', '1 day 02:03:04.5', 0.1, 0.1, '10.0.0.1', 'ab', '{{1,2},{3,4}}', null)")
# ---
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
def show(label, f):
    try:
        v = f()
        print(label, repr(v), type(v).__name__)
    except Exception as e:
        print(label, 'EXC', type(e).__name__, type(e).__module__)
def upgrade():
    c = op.get_bind()
    d = c.dialect.name
    js = postgresql.JSONB if d == 'postgresql' else sa.JSON
    for i in (1, 2):
        r = c.execute(sa.text('select * from v where id = %d' % i)).mappings().one()
        for k in r:
            show('raw ' + k, lambda: r[k])
    t = sa.table('v', sa.column('id', sa.Integer), sa.column('n', sa.Numeric(10, 2)), sa.column('f', sa.Float), sa.column('b', sa.Boolean),
        sa.column('s', sa.String(20)), sa.column('tx', sa.Text), sa.column('d', sa.Date), sa.column('dt', sa.DateTime), sa.column('tm', sa.Time), sa.column('j', js), sa.column('bl', sa.LargeBinary), sa.column('u', sa.Uuid), sa.column('e', sa.Enum('a', 'b', name='ee')), sa.column('bi', sa.BigInteger))
    for row in c.execute(sa.select(t).order_by(t.c.id)):
        for k in row._mapping:
            show('typed ' + k, lambda: row._mapping[k])
    r = c.execute(sa.select(t.c.id, t.c.j).where(t.c.id == 1)).first()
    show('json munging', lambda: sorted((k, str(v)) for k, v in r.j.items()))
    j = r.j
    j['new'] = [1]
    c.execute(sa.update(t).where(t.c.id == 1).values(j=j, b=False, dt=r._mapping.get('nope')))
    show('back', lambda: c.execute(sa.select(t.c.j, t.c.b, t.c.dt).where(t.c.id == 1)).first())
    show('count', lambda: c.execute(sa.select(sa.func.count(), sa.func.max(t.c.n), sa.func.sum(t.c.f), sa.func.min(t.c.d))).first())
    show('exists', lambda: c.execute(sa.text('select exists(select 1 from v where id = 1)')).scalar())
    show('avg', lambda: c.execute(sa.text('select avg(n) from v')).scalar())
    show('coalesce', lambda: c.execute(sa.select(sa.func.coalesce(t.c.s, 'q')).order_by(t.c.id)).scalars().all())
    show('cast', lambda: c.execute(sa.select(sa.cast(t.c.id, sa.String(5))).order_by(t.c.id)).scalars().all())
    show('case', lambda: c.execute(sa.select(sa.case((t.c.id == 1, 'one'), else_='many')).order_by(t.c.id)).scalars().all())
    show('boolexpr', lambda: c.execute(sa.select(t.c.id == 1).order_by(t.c.id)).scalars().all())
    show('isnull', lambda: c.execute(sa.select(t.c.s.is_(None)).order_by(t.c.id)).scalars().all())
    show('lit', lambda: c.execute(sa.select(sa.literal(5), sa.literal('x'), sa.null(), sa.true())).first())
    show('concat', lambda: c.execute(sa.select(t.c.s + 'z').where(t.c.id == 1)).scalar())
    show('arith', lambda: c.execute(sa.select(t.c.id * 2, t.c.n + 1, t.c.f / 2).where(t.c.id == 1)).first())
    show('1+1', lambda: c.execute(sa.text('select 1 + 1, 1.5, 2 / 4')).first())
    show('union', lambda: c.execute(sa.union_all(sa.select(t.c.n), sa.select(t.c.n))).all()[0])
    if d == 'postgresql':
        r = c.execute(sa.text('select * from w')).mappings().one()
        for k in r:
            if k not in ('ts', 'inet'): show('w ' + k, lambda: r[k])
        show('ts', lambda: r['ts'].isoformat())
        show('ret', lambda: c.execute(sa.insert(t).values(id=7, s='q', b=True).returning(t.c.id, t.c.b)).first())
        show('rettext', lambda: c.execute(sa.text("insert into v (id) values (8) returning id")).scalar())
        show('version', lambda: isinstance(c.execute(sa.text('select version()')).scalar(), str))
        show('row', lambda: c.execute(sa.text("select count(*) from information_schema.columns where table_name = 'v' and column_name = :n"), {'n': 'j'}).scalar())
    if d == 'sqlite':
        show('pragma', lambda: c.execute(sa.text('PRAGMA table_info(v)')).fetchall()[0])
        show('master', lambda: [r[0] for r in c.execute(sa.text("select name from sqlite_master where type = 'table' order by name"))])
    if d == 'mysql':
        show('show', lambda: c.execute(sa.text("show tables like 'v'")).fetchall())
        show('showcol', lambda: c.execute(sa.text("show columns from v like 'n'")).fetchone())
        show('isc', lambda: c.execute(sa.text("select column_name, data_type, is_nullable from information_schema.columns where table_name = 'v' and table_schema = database() order by ordinal_position")).all())
