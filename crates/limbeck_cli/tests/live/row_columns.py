# What a column of a row is asked by: of two with one name in plain text the last, in a query neither; by the object that was selected.
import sqlalchemy as sa
from alembic import op

md = sa.MetaData()
t = sa.Table('t', md, sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(400)))
u = sa.Table('u', md, sa.Column('id', sa.Integer, primary_key=True), sa.Column('t_id', sa.Integer), sa.Column('name', sa.String(20)))
keyed = sa.Table('t', sa.MetaData(), sa.Column('id', sa.Integer, key='ident'))


def show(label, ask):
    try:
        print(label, repr(ask()))
    except Exception as error:
        print(label, type(error).__name__, error)


def upgrade():
    bind = op.get_bind()
    md.create_all(bind)
    bind.execute(t.insert(), [{'id': 1, 'name': 'a'}, {'id': 2, 'name': 'x' * 350}])
    bind.execute(u.insert(), [{'id': 7, 't_id': 1, 'name': 'b'}])
    text = lambda: bind.execute(sa.text('SELECT 1 AS a, 2 AS a, 3 AS b'))
    show('text', lambda: (text().first().a, text().first()._mapping['a'], text().first()._asdict()))
    show('text items', lambda: list(text().first()._mapping.items()))
    show('text mappings', lambda: [dict(row) for row in text().mappings()])
    show('text chosen', lambda: (text().scalars('a').all(), text().scalars().all(), text().columns(0, 'b').all()))
    star = lambda: bind.execute(sa.text('SELECT * FROM t, u WHERE t.id = u.t_id')).first()
    show('star', lambda: (star().id, star().name, star()._mapping))
    show('object of text', lambda: star()._mapping[t.c.id])
    pair = lambda: bind.execute(sa.select(t, u).join_from(t, u, t.c.id == u.c.t_id))
    show('query', lambda: (pair().first().id, pair().first().id_1, pair().first().t_name, pair().first().u_name))
    show('objects', lambda: [(row[t.c.name], row[u.c.name]) for row in pair().mappings()])
    show('other table', lambda: bind.execute(sa.select(t.c.id)).first()._mapping[u.c.id])
    show('get', lambda: (pair().first()._mapping.get(u.c.name), u.c.name in pair().first()._mapping))
    show('chosen', lambda: (pair().columns(u.c.id, t.c.id).all(), pair().scalars(u.c.name).all()))
    twice = lambda: bind.execute(sa.select(t.c.id.label('x'), u.c.id.label('x')).join_from(t, u, t.c.id == u.c.t_id))
    show('ambiguous', lambda: twice().first().x)
    show('ambiguous key', lambda: twice().first()._mapping['x'])
    show('ambiguous dict', lambda: twice().first()._asdict())
    show('ambiguous tuple', lambda: (twice().first(), 'x' in twice().first()._mapping))
    show('ambiguous scalars', lambda: twice().scalars().all())
    show('key', lambda: (lambda row: (row.ident, row.id, row._mapping[keyed.c.ident]))(bind.execute(sa.select(keyed)).first()))
    part = sa.select(t.c.id, t.c.name).subquery('part')
    show('subquery', lambda: (lambda row: (row._mapping[part.c.name], row.part_id))(bind.execute(sa.select(part)).first()))
    show('literal', lambda: bind.execute(sa.select(sa.literal_column('id AS q')).select_from(t)).keys())
    show('returning', lambda: sorted(bind.execute(sa.select(t.c.id, t.c.id)).keys()))
    show('long', lambda: bind.execute(sa.select(t).where(t.c.id == 2)).first())
    show('views', lambda: (text().first()._mapping.keys(), text().first()._mapping.values()))
    try:
        bind.execute(None)
    except Exception as error:
        print(type(error).__name__, error)
