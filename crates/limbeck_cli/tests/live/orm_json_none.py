from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('user', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(30)), sa.Column('data', sa.JSON), sa.Column('plain', sa.JSON))
# ---
from alembic import op
import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()
class User(Base):
    __tablename__ = 'user'
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30))
    data = sa.Column(sa.JSON, default=dict)
    plain = sa.Column(sa.JSON(none_as_null=True))
def upgrade():
    session = Session(bind=op.get_bind())
    session.add(User(id=1, name='a', data=None, plain=None))
    session.flush()
    session.add(User(id=2, name='b'))
    session.flush()
    session.add(User(id=3, name='c', data={'x': 1}, plain=[1]))
    session.flush()
    user = session.get(User, 3)
    user.data = None
    user.plain = None
    session.flush()
    session.bulk_insert_mappings(User, [{'id': 4, 'name': 'd', 'data': None, 'plain': None}])
    session.execute(sa.insert(User).values(id=5, name='e', data=None))
    session.execute(sa.update(User).where(User.id == 5).values(plain=None))
    print([u.name for u in session.query(User).order_by(User.id)[1:3]], [u.id for u in session.query(User).order_by(User.id)[:1]])
    print(session.query(User).filter(User.id < 0)[0:0])
    for name in ('data', 'plain'):
        print(name, session.execute(sa.text('select id from ' + ('"user"' if op.get_bind().dialect.name != 'mysql' else '`user`') + ' where ' + name + ' is null order by id')).scalars().all())
    print(session.execute(sa.select(User.id, User.data, User.plain).order_by(User.id)).all())
    session.commit()
