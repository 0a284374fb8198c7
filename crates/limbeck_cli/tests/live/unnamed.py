from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('g', sa.String(5)))
    op.create_table('c', sa.Column('id', sa.Integer, primary_key=True), sa.Column('t_id', sa.Integer))
    op.bulk_insert(sa.table('t', sa.column('id'), sa.column('g')), [{'id': i, 'g': 'ab'[i % 2]} for i in range(1, 6)])
    op.bulk_insert(sa.table('c', sa.column('id'), sa.column('t_id')), [{'id': i, 't_id': i % 3 + 1} for i in range(1, 8)])
# ---
from alembic import op
import sqlalchemy as sa
metadata = sa.MetaData()
t = sa.Table('t', metadata, sa.Column('id', sa.Integer, primary_key=True), sa.Column('g', sa.String(5)))
c = sa.Table('c', metadata, sa.Column('id', sa.Integer, primary_key=True), sa.Column('t_id', sa.Integer))
def upgrade():
    bind = op.get_bind()
    numbers = sa.select(t.c.id, sa.func.count().label('k')).join(c, c.c.t_id == t.c.id).group_by(t.c.id).subquery()
    print(bind.execute(sa.select(numbers.c.id, numbers.c.k).order_by(numbers.c.id)).all())
    print(bind.scalar(sa.select(sa.func.count()).select_from(sa.select(t.c.g).distinct().subquery())))
    first, second = t.alias(), t.alias()
    print(bind.execute(sa.select(first.c.id, second.c.id).where(second.c.id == first.c.id + 1, first.c.g == 'b').order_by(first.c.id)).all())
    big = sa.select(t.c.id).where(t.c.id > 3).cte()
    print(bind.execute(sa.select(t.c.id).join(big, big.c.id == t.c.id).order_by(t.c.id)).scalars().all())
    print(bind.execute(sa.select(t).filter_by(id=2, g='a')).all())
    print(bind.execute(sa.text('select id from t where id > :x order by id').params(x=3, other=1)).scalars().all())
    print(bind.execute(sa.text('select id from t where g = :g and id > :x order by id').bindparams(g='a').params({'x': 2})).scalars().all())
    bind.execute(sa.update(t).where(t.c.id.in_(sa.select(numbers.c.id))).values(g='z'))
    print(bind.execute(sa.select(t.c.g).order_by(t.c.id)).scalars().all())
    if bind.dialect.name == 'sqlite':
        print(bind.execute(sa.select(t.c.id).where(t.c.id == 1).with_for_update()).all())
    if bind.dialect.name == 'postgresql':
        bind.execute(sa.text('create sequence s start 5'))
        print(bind.execute(sa.Sequence('s')), bind.scalar(sa.Sequence('s')))
