# Left to Python on: mariadb
"""Relationships of declarative classes in one script: read, set, joined along, and deleted with their objects."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session, backref, declarative_base, relationship

Base = declarative_base()

dashboard_slices = sa.Table(
    "dashboard_slices",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("dashboard_id", sa.Integer, sa.ForeignKey("dashboards.id")),
    sa.Column("slice_id", sa.Integer, sa.ForeignKey("slices.id")),
)


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(20))


class Dashboard(Base):
    __tablename__ = "dashboards"
    id = sa.Column(sa.Integer, primary_key=True)
    title = sa.Column(sa.String(20))
    owner_id = sa.Column(sa.Integer, sa.ForeignKey("users.id"))
    owner = relationship("User", backref="dashboards", foreign_keys=[owner_id])
    slices = relationship("Slice", secondary=dashboard_slices, backref=backref("dashboards", order_by="Dashboard.id"), order_by="Slice.id")
    notes = relationship("Note", back_populates="dashboard", cascade="all, delete")


class Slice(Base):
    __tablename__ = "slices"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(20))

    def shout(self):
        return self.name.upper()


class Note(Base):
    __tablename__ = "notes"
    id = sa.Column(sa.Integer, primary_key=True)
    dashboard_id = sa.Column(sa.Integer, sa.ForeignKey("dashboards.id"))
    text = sa.Column(sa.String(20))
    dashboard = relationship(Dashboard, back_populates="notes")


class Node(Base):
    __tablename__ = "nodes"
    id = sa.Column(sa.Integer, primary_key=True)
    parent_id = sa.Column(sa.Integer, sa.ForeignKey("nodes.id"))
    children = relationship("Node", order_by=id)
    parent = relationship("Node", remote_side=[id], viewonly=True)


TABLES = [it.__table__ for it in (User, Dashboard, Slice, Note, Node)] + [dashboard_slices]


def say(*values):
    print(*(repr(value) for value in values))


def names(objects):
    return [it.title if isinstance(it, Dashboard) else it.text if isinstance(it, Note) else it.name for it in objects]


def upgrade():
    bind = op.get_bind()
    for table in TABLES:
        op.create_table(
            table.name, *[sa.Column(column.name, column.type, primary_key=column.primary_key) for column in table.columns]
        )
    for sql in (
        "INSERT INTO users (name) VALUES ('ann'), ('bob')",
        "INSERT INTO dashboards (title, owner_id) VALUES ('d1', 1), ('d2', 1), ('d3', NULL)",
        "INSERT INTO slices (name) VALUES ('s1'), ('s2'), ('s3')",
        "INSERT INTO dashboard_slices (dashboard_id, slice_id) VALUES (1, 1), (1, 2), (2, 2)",
        "INSERT INTO notes (dashboard_id, text) VALUES (1, 'n1'), (1, 'n2'), (3, 'n3')",
        "INSERT INTO nodes (parent_id) VALUES (NULL), (1), (1)",
    ):
        bind.execute(sa.text(sql))

    session = Session(bind=bind)
    for dashboard in session.query(Dashboard).order_by(Dashboard.id):
        say(dashboard.title, dashboard.owner and dashboard.owner.name, names(dashboard.slices), sorted(names(dashboard.notes)))
    ann = session.get(User, 1)
    say(sorted(names(ann.dashboards)), names(session.get(Slice, 2).dashboards))
    say([s.shout() for s in session.get(Slice, 2).dashboards[0].slices])
    root = session.get(Node, 1)
    say([n.id for n in root.children], [n.parent.id for n in root.children], root.parent)

    # Joins without a condition, and along relationships.
    say(sorted(n.text for n in session.query(Note).join(Dashboard).filter(Dashboard.title == "d1")))
    say(sorted(t for (t,) in session.query(Dashboard.title).join(User).filter(User.name == "ann")))
    say(names(session.query(Slice).join(dashboard_slices).join(Dashboard).filter(Dashboard.id == 2)))
    say(names(session.query(Slice).join(Slice.dashboards).filter(Dashboard.id == 1).order_by(Slice.id)))
    say(sorted((d.title, n and n.text) for d, n in session.query(Dashboard, Note).outerjoin(Dashboard.notes).filter(Dashboard.id > 1)))
    say([tuple(r) for r in bind.execute(sa.select(Note.__table__.c.text).join(Dashboard.__table__).where(Dashboard.__table__.c.id == 3))])
    say([tuple(r) for r in bind.execute(sa.select(User.name, Dashboard.title).join_from(User, Dashboard).order_by(Dashboard.id))])

    # What is set is written.
    d3 = session.get(Dashboard, 3)
    d3.owner = session.get(User, 2)
    d3.slices.append(session.get(Slice, 3))
    session.get(Dashboard, 1).slices.remove(session.get(Slice, 1))
    session.flush()
    say(d3.owner_id, names(d3.slices), names(session.get(Slice, 3).dashboards), names(session.get(Slice, 1).dashboards))
    d4 = Dashboard(title="d4", owner=ann, slices=[session.get(Slice, 1)])
    d4.notes.append(Note(text="n4"))
    d4.notes.append(Note(text="n5"))
    session.add(d4)
    session.commit()
    say(d4.id, d4.owner_id, names(d4.slices), [n.dashboard_id for n in d4.notes], sorted(names(ann.dashboards)))
    note = Note(text="n6")
    note.dashboard = d4
    session.add(note)
    say(sorted(names(session.get(Dashboard, 4).notes)))
    session.get(Note, 3).dashboard = None
    session.flush()
    session.commit()
    for table in (dashboard_slices, Note.__table__):
        say(table.name, sorted((tuple(row)[1:] for row in bind.execute(table.select())), key=repr))

    # What is deleted takes its notes along, and its rows of the table between.
    session.delete(session.get(Dashboard, 1))
    session.delete(ann)
    session.commit()
    for table in TABLES:
        rows = [tuple(row) for row in bind.execute(table.select())]
        say(table.name, sorted(rows, key=repr))
    session.close()
