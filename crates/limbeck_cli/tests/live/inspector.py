from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('parent', sa.Column('id', sa.Integer, primary_key=True), sa.Column('code', sa.String(10), nullable=False), sa.Column('region', sa.String(5), nullable=False), sa.UniqueConstraint('code', 'region', name='uq_parent_code'))
    op.create_table('child',
        sa.Column('id', sa.BigInteger, primary_key=True),
        sa.Column('parent_id', sa.Integer, sa.ForeignKey('parent.id', name='fk_child_parent', ondelete='CASCADE'), nullable=False),
        sa.Column('name', sa.String(30), server_default='x'),
        sa.Column('amount', sa.Numeric(10, 2), server_default='0'),
        sa.Column('flag', sa.Boolean, server_default=sa.text('0') if op.get_bind().dialect.name != 'postgresql' else sa.text('false')),
        sa.Column('note', sa.Text),
        sa.Column('born', sa.DateTime, server_default=sa.text("'2024-01-01 00:00:00'")),
        sa.Column('d', sa.Date), sa.Column('tm', sa.Time), sa.Column('f', sa.Float), sa.Column('data', sa.JSON), sa.Column('blob', sa.LargeBinary),
        sa.Column('kind', sa.Enum('a', 'b', name='kind')),
        sa.Column('si', sa.SmallInteger),
        sa.CheckConstraint('amount >= 0', name='ck_amount'),
    )
    op.create_index('ix_child_name', 'child', ['name'])
    op.create_index('ix_child_two', 'child', ['name', 'parent_id'], unique=True)
    op.create_table('nopk', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer))
    op.create_table('compound', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer), sa.PrimaryKeyConstraint('a', 'b', name='pk_compound'))
    op.execute('create view v1 as select id, name from child')
# ---
from alembic import op
import sqlalchemy as sa
def show(label, f):
    try:
        v = f()
        print(label, repr(v))
    except Exception as e:
        print(label, 'EXC', type(e).__name__, type(e).__module__)
def dicts(v):
    if isinstance(v, dict): return {k: dicts(v[k]) for k in sorted(v)}
    if isinstance(v, list): return [dicts(x) for x in v]
    if isinstance(v, sa.types.TypeEngine): return str(v) + ' ' + repr(v)
    return v
def upgrade():
    c = op.get_bind()
    i = sa.inspect(c)
    show('tables', lambda: sorted(i.get_table_names()))
    show('has', lambda: [i.has_table(t) for t in ('parent', 'child', 'nope', 'v1', 'alembic_version')])
    show('views', lambda: i.get_view_names())
    show('schemas', lambda: [x for x in i.get_schema_names() if x in ('main', 'public', 'information_schema')])
    show('default', lambda: i.default_schema_name if c.dialect.name != 'mysql' else '')
    show('has_schema', lambda: (i.has_schema('nope'), i.has_schema('public'), i.has_schema('main')))
    for t in ('parent', 'child', 'nopk', 'compound'):
        for col in i.get_columns(t):
            show('col ' + t, lambda: dicts(dict(col)))
        show('idx ' + t, lambda: sorted((dicts(x) for x in i.get_indexes(t)), key=lambda x: str(x['name'])))
        show('uq ' + t, lambda: dicts(i.get_unique_constraints(t)))
        show('fk ' + t, lambda: dicts(i.get_foreign_keys(t)))
        show('pk ' + t, lambda: dicts(i.get_pk_constraint(t)))
        show('ck ' + t, lambda: dicts(i.get_check_constraints(t)))
        show('cm ' + t, lambda: dicts(i.get_table_comment(t)))
        show('opt ' + t, lambda: sorted(i.get_table_options(t)))
    show('nope', lambda: i.get_columns('nope'))
    show('nope', lambda: i.get_indexes('nope'))
    show('nope', lambda: i.get_foreign_keys('nope'))
    show('nope', lambda: i.get_pk_constraint('nope'))
    show('has_index', lambda: (i.has_index('child', 'ix_child_name'), i.has_index('child', 'nope')))
    show('enums', lambda: dicts(i.get_enums()))
    show('seq', lambda: c.dialect.name != 'mysql' and sorted(i.get_sequence_names()))
    show('has_seq', lambda: c.dialect.name != 'mysql' and i.has_sequence('nope'))
    cols = {x['name']: x for x in i.get_columns('child')}
    show('isinst', lambda: [(n, isinstance(x['type'], sa.String), isinstance(x['type'], sa.Integer), isinstance(x['type'], sa.Numeric), isinstance(x['type'], sa.DateTime), isinstance(x['type'], sa.Enum), isinstance(x['type'], sa.Boolean), isinstance(x['type'], sa.JSON)) for n, x in cols.items()])
    show('attrs', lambda: (cols['name']['type'].length, cols['amount']['type'].precision, cols['amount']['type'].scale))
    show('clsname', lambda: [type(x['type']).__name__ for x in cols.values()])
    show('pytype', lambda: [x['type'].python_type.__name__ for x in cols.values()])
    show('str lower', lambda: [str(x['type']).lower() for x in cols.values()])
    show('keys', lambda: [list(x) for x in i.get_columns('nopk')])
    show('get', lambda: cols['name'].get('identity'))
    show('any', lambda: any(x['name'] == 'ix_child_name' for x in i.get_indexes('child')))
    show('fkset', lambda: {fk['constrained_columns'][0]: fk['referred_table'] for fk in i.get_foreign_keys('child')})
    from sqlalchemy.engine.reflection import Inspector
    show('from_engine', lambda: Inspector.from_engine(c).has_table('child'))
    show('isinsp', lambda: isinstance(i, Inspector))
    show('dialect.has_table', lambda: c.dialect.has_table(c, 'child'))
    m = sa.MetaData()
    m.reflect(bind=c, only=['parent', 'child'])
    show('reflect', lambda: (sorted(m.tables), [col.name for col in m.tables['child'].columns], m.tables['child'].c.name.type.length))
    t = sa.Table('child', sa.MetaData(), autoload_with=c)
    show('autoload', lambda: ([col.name for col in t.columns], [str(col.type) for col in t.c], [col.nullable for col in t.c], 'name' in t.c))
    c.execute(sa.Table('parent', sa.MetaData(), autoload_with=c).insert().values(id=1, code='a', region='b'))
    c.execute(t.insert().values(id=1, parent_id=1, name='q'))
    show('sel', lambda: c.execute(sa.select(t.c.id, t.c.name, t.c.flag, t.c.amount)).all())
    m2 = sa.MetaData()
    m2.reflect(bind=c)
    show('reflect2', lambda: sorted(m2.tables))
    op.create_table('later', sa.Column('id', sa.Integer))
    show('stale', lambda: (i.has_table('later'), 'later' in i.get_table_names()))
    show('fresh', lambda: (sa.inspect(c).has_table('later'), 'later' in sa.inspect(c).get_table_names()))
    i.clear_cache()
    show('cleared', lambda: 'later' in i.get_table_names())
