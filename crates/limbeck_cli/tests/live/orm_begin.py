"""Sessions that begin a transaction by themselves: it is the migration's."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session, declarative_base, sessionmaker

Base = declarative_base()


class Thing(Base):
    __tablename__ = "thing"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30))


def upgrade():
    bind = op.get_bind()
    op.create_table("thing", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(30)))
    session = Session(bind=bind)
    print(session.in_transaction())
    with session.begin():
        print(session.in_transaction())
        session.add(Thing(id=1, name="one"))
        session.execute(sa.text("INSERT INTO thing (id, name) VALUES (2, 'two')"))
        print(session.query(Thing).count())
    print(session.in_transaction())
    with session.begin() as transaction:
        print(type(transaction).__name__)
        thing = session.get(Thing, 1)
        thing.name = "uno"
    print(bind.execute(sa.text("SELECT id, name FROM thing ORDER BY id")).fetchall())
    print(thing.name, session.in_transaction())
    try:
        session.begin()
    except Exception as e:
        print(type(e).__name__, e)
    session.commit()
    begun = session.begin()
    session.add(Thing(id=3, name="three"))
    begun.commit()
    session.close()
    with sessionmaker(bind=bind)() as other, other.begin():
        other.add(Thing(id=4, name="four"))
    print(bind.execute(sa.text("SELECT id, name FROM thing ORDER BY id")).fetchall())
    print(bind.in_transaction())


def downgrade():
    op.drop_table("thing")
