from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(30)))
    op.create_table('pair', sa.Column('a', sa.Integer, primary_key=True, autoincrement=False), sa.Column('b', sa.String(5), primary_key=True))
# ---
from alembic import op
import sqlalchemy as sa
metadata = sa.MetaData()
t = sa.Table('t', metadata, sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(30)))
pair = sa.Table('pair', metadata, sa.Column('a', sa.Integer, primary_key=True, autoincrement=False), sa.Column('b', sa.String(5), primary_key=True))
def upgrade():
    bind = op.get_bind()
    print(bind.execute(t.insert().values(name='x')).inserted_primary_key)
    print(bind.execute(t.insert().values(name='x')).inserted_primary_key[0])
    print(bind.execute(sa.insert(t).values(id=77, name='x')).inserted_primary_key.id)
    result = bind.execute(t.insert(), {'name': 'y'})
    bind.execute(t.insert(), {'name': 'z'})
    print(result.inserted_primary_key, result.inserted_primary_key_rows, result.is_insert, result.returns_rows)
    print(bind.execute(pair.insert().values(a=1, b='q')).inserted_primary_key)
    print(bind.execute(pair.insert(), {'a': 2, 'b': 'r'}).inserted_primary_key)
    try:
        bind.execute(t.insert().values(name='x')).fetchall()
    except sa.exc.ResourceClosedError as e:
        print(type(e).__name__)
    for row in bind.execute(sa.text('select id from t where id > 77 order by id')).all():
        print(row.id)
    if bind.dialect.name != 'postgresql':
        print(bind.execute(t.insert(), [{'name': 'a'}, {'name': 'b'}]).rowcount)
    print(bind.execute(sa.text('create table other (id int)')).rowcount, bind.exec_driver_sql('drop table other').rowcount)
    print(bind.execute(sa.text('update t set name = name where id < 3')).rowcount, bind.execute(sa.text('delete from pair where a = 9')).rowcount)
