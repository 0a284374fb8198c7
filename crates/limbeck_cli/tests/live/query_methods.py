# Queries that are shaped again: other columns, parts, parameters, locks, recursion; rows of several sets of parameters.
import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class T(Base):
    __tablename__ = 't'
    id = sa.Column(sa.Integer, primary_key=True)
    parent = sa.Column(sa.Integer)
    name = sa.Column(sa.String(20))
    extra = sa.Column(sa.JSON)


t = T.__table__


def upgrade():
    bind = op.get_bind()
    Base.metadata.create_all(bind)
    bind.execute(sa.insert(t), [{'id': n, 'parent': n // 2, 'name': f'n{n}', 'extra': n if n % 2 else {'n': n}} for n in range(1, 7)])
    rows = lambda query, *params: bind.execute(query, *params).all()
    print(rows(sa.select(t.c.extra).order_by(t.c.id)))
    print(rows(sa.select(t).where(t.c.id > 2).with_only_columns(sa.func.count())))
    print(rows(sa.select(t).with_only_columns(t.c.name, t.c.id).order_by(t.c.id).slice(1, 3)))
    print(rows(sa.select(t.c.id).where(sa.text('id > :least')).params(least=4).order_by(t.c.id)))
    print(rows(sa.select(t.c.id).where(t.c.id > sa.bindparam('least')).params(least=4).order_by(t.c.id), {'least': 5}))
    print(rows(sa.select(t.c.id).where(t.c.id == 1).with_for_update()), rows(sa.select(t.c.id).where(t.c.id == 1).with_for_update(read=True)))
    tree = sa.select(t.c.id, sa.literal(0).label('depth')).where(t.c.id == 1).cte('tree', recursive=True)
    tree = tree.union_all(sa.select(t.c.id, (tree.c.depth + 1).label('depth')).where(t.c.parent == tree.c.id))
    print(rows(sa.select(tree.c.id, tree.c.depth).order_by(tree.c.id)))
    numbers = sa.select(sa.literal(1).label('n')).cte('numbers', recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < 4))
    print(rows(sa.select(sa.func.sum(numbers.c.n))))
    print(rows(sa.insert(t).returning(t.c.id, t.c.name), [{'id': 10, 'name': 'a'}, {'id': 11, 'name': 'b'}]))
    session = Session(bind=bind)
    print(session.query(T).filter(T.id < 3).with_entities(T.name).order_by(T.id).all())
    print(session.query(T).filter(T.id < 3).with_entities(sa.func.count()).scalar())
    print([column['name'] for column in bind.dialect.get_columns(bind, 't')])
    if bind.dialect.name != 'postgresql':
        print(bind.execute(sa.text("INSERT INTO t (id, name) VALUES (21, 'z')")).rowcount)
        bind.execute(sa.text("CREATE TABLE counted (id INTEGER PRIMARY KEY " + ('AUTO_INCREMENT' if bind.dialect.name == 'mysql' else '') + ", name VARCHAR(10))"))
        print(bind.execute(sa.text("INSERT INTO counted (name) VALUES ('z')")).lastrowid, bind.execute(sa.text("INSERT INTO counted (name) VALUES ('y')")).lastrowid)
