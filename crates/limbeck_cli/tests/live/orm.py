"""A session and declarative classes in one script: objects added, changed, queried and deleted."""
import datetime
import enum
import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy import orm
from sqlalchemy.orm import Session, declarative_base, sessionmaker

Base = declarative_base()


class Kind(enum.Enum):
    one = 1
    two = 2


class Parent(Base):
    __tablename__ = "parent"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30), nullable=False)
    made = sa.Column(sa.DateTime, default=lambda: datetime.datetime(2020, 1, 2, 3, 4, 5))
    flag = sa.Column(sa.Boolean, default=False)
    data = sa.Column(sa.JSON)
    kind = sa.Column(sa.Enum(Kind, name="kind"))
    note = sa.Column(sa.String(20), server_default="srv")
    touched = sa.Column(sa.Integer, default=0, onupdate=lambda: 7)
    children = orm.relationship("Child")


class Child(Base):
    __tablename__ = "child"
    id = sa.Column(sa.Integer, primary_key=True)
    parent_id = sa.Column(sa.Integer, sa.ForeignKey("parent.id"))
    label = sa.Column("lbl", sa.String(30))


class Lone(Base):
    __tablename__ = "lone"
    code = sa.Column(sa.String(10), primary_key=True)
    n = sa.Column(sa.Integer)


def upgrade():
    bind = op.get_bind()
    op.create_table(
        "parent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("made", sa.DateTime),
        sa.Column("flag", sa.Boolean),
        sa.Column("data", sa.JSON),
        sa.Column("kind", sa.Enum(Kind, name="kind")),
        sa.Column("note", sa.String(20), server_default="srv"),
        sa.Column("touched", sa.Integer),
    )
    op.create_table(
        "child",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id")),
        sa.Column("lbl", sa.String(30)),
    )
    op.create_table("lone", sa.Column("code", sa.String(10), primary_key=True), sa.Column("n", sa.Integer))
    def say(*values):
        print(*(repr(value) for value in values))

    session = Session(bind=bind)
    p1 = Parent(name="p1", data={"a": [1, 2]}, kind=Kind.two)
    session.add(p1)
    say("pending", p1.id, p1.note, p1.flag)
    session.flush()
    say("flushed", p1.id, p1.note, p1.flag, p1.made, p1.kind, p1.data)
    session.add_all([Parent(name="p2", flag=True), Parent(name="p3", note="own", data=[])])
    session.add(Child(parent_id=p1.id, label="c1"))
    session.add(Lone(code="z", n=1))
    say("autoflush", session.query(Parent).count())
    for p in session.query(Parent).order_by(Parent.id.desc()):
        say("row", p.id, p.name, p.flag, p.note, p.data, p.kind, p.touched, p.made.year)
        p.name = p.name + "!"
    session.commit()
    say("expired", p1.name, p1.touched)
    say("first", session.query(Parent).filter(Parent.name == "p2!").first().id, session.query(Parent).filter_by(name="none").first())
    say("one", session.query(Parent).filter(Parent.flag.is_(True)).one().name, session.query(Lone).get("z").n)
    say("cols", session.query(Parent.id, Parent.name).order_by(Parent.id).all())
    say("scalar", session.query(sa.func.count(Child.id)).scalar(), session.query(Parent.name).filter(Parent.id == 1).scalar())
    say("join", [c.label for c in session.query(Child).join(Parent, Parent.id == Child.parent_id).filter(Parent.name.like("p1%"))])
    say("upd", session.query(Parent).filter(Parent.id > 1).update({Parent.note: "bulk", "flag": False}, synchronize_session=False))
    say("2.0", [p.name for p in session.scalars(sa.select(Parent).where(Parent.id < 3).order_by(Parent.id))])
    say("2.0 rows", [(row.Parent.id, row.name) for row in session.execute(sa.select(Parent, Parent.name).order_by(Parent.id))])
    say("get", session.get(Parent, 2).name, session.get(Parent, 99))
    lone = session.get(Lone, "z")
    lone.n = lone.n + 5
    lone.n = 6
    session.execute(sa.update(Lone).where(Lone.code == "z").values(n=Lone.n + 1))
    say("lone", lone.n)
    session.execute(sa.insert(Lone).values(code="y", n=3))
    session.add(Lone(code="x"))
    session.flush()
    session.query(Lone).filter(Lone.code == "y").delete()
    maker = sessionmaker(bind=bind)
    other = maker()
    say("other", sorted(l.code for l in other.query(Lone).all()), other.execute(sa.text("SELECT count(*) FROM lone")).scalar())
    for l in other.query(Lone).filter(Lone.code.in_(["x"])).all():
        l.n = 11
    other.close()
    session.close()
    with Session(bind) as third:
        for x in third.query(Lone):
            say("third", x.code, x.n)
        third.add(Parent(id=50, name="given"))
        third.commit()
        third.add(Parent(name="lost"))

    for table in (Parent.__table__, Child.__table__, Lone.__table__):
        for row in bind.execute(table.select().order_by(list(table.c)[0])):
            say(table.name, tuple(row))
