"""What sessions do besides: bulk operations, merge(), refresh(), paginated updates, hybrid properties, values changed in place."""
import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy import inspect
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Load, Session, declarative_base, joinedload, load_only, relationship

Base = declarative_base()


class Owner(Base):
    __tablename__ = "owners"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(20))


class Item(Base):
    __tablename__ = "items"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(20), default="unnamed")
    params = sa.Column(sa.Text)
    data = sa.Column(sa.JSON)
    owner_id = sa.Column(sa.Integer, sa.ForeignKey("owners.id"))
    touched = sa.Column(sa.Integer, onupdate=lambda: 7)
    owner = relationship(Owner)

    @hybrid_property
    def label(self):
        return self.name + "/" + self.params

    @label.setter
    def label(self, value):
        self.name, self.params = value.split("/")

    @hybrid_property
    def is_first(self):
        return self.id == 1

    def size(self):
        return len(self.params or "")


def say(*values):
    print(*(repr(value) for value in values))


def pages(query, size=2):
    total = query.count()
    session = inspect(query).session
    result = session.execute(query.statement)
    while True:
        rows = result.fetchmany(size)
        if not rows:
            break
        for row in rows:
            yield row[0]
        session.commit()
    say("pages", total)


def upgrade():
    bind = op.get_bind()
    op.create_table("owners", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
    op.create_table(
        "items",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20)),
        sa.Column("params", sa.Text),
        sa.Column("data", sa.JSON),
        sa.Column("owner_id", sa.Integer),
        sa.Column("touched", sa.Integer),
    )
    session = Session(bind=bind)
    session.bulk_save_objects([Owner(name="ann"), Owner(name="bob")])
    session.bulk_insert_mappings(
        Item,
        [
            {"id": 1, "name": "a", "params": json.dumps({"x": 1}), "data": {"k": [1]}, "owner_id": 1, "other": 5},
            {"id": 2, "params": "{}", "owner_id": 2},
            {"id": 3, "name": "c", "params": "[]"},
        ],
    )
    session.bulk_update_mappings(Item, [{"id": 3, "name": "cc", "owner_id": 1}])
    say([(i.id, i.name, i.params, i.data, i.owner_id, i.touched) for i in session.query(Item).order_by(Item.id)])

    for item in pages(session.query(Item).order_by(Item.id)):
        item.params = json.dumps({"was": item.params, "size": item.size()})
    say([i.params for i in session.query(Item).order_by(Item.id)])

    # A value that is changed in place is not written.
    item = session.query(Item).options(joinedload(Item.owner)).filter(Item.is_first).one()
    item.data["k"].append(2)
    item.name = "aa"
    session.commit()
    say(item.data, item.name, item.owner.name)
    item.data = {**item.data, "n": 1}
    session.flush()
    session.refresh(item)
    say(item.data, item.label)
    item.label = "z/{}"
    session.flush()
    say(session.query(Item.name, Item.params).filter(Item.id == 1).all())

    merged = session.merge(Item(id=2, name="merged"))
    new = session.merge(Item(id=9, params="new"))
    session.flush()
    say(merged.name, merged.params, new.name, new.params, session.query(Item).count())
    statement = sa.select(Item).options(Load(Item).joinedload(Item.owner), load_only(Item.name)).order_by(Item.id)
    say([(i.name, i.owner and i.owner.name) for i in session.scalars(statement).unique()])
    say(
        sorted(
            (i.id, o.name)
            for i, o in session.query(Item, Owner).join(Owner, Item.owner_id == Owner.id).filter(Owner.name.in_(["ann", "bob"]))
        )
    )
    # Queries inside of statements.
    named = session.query(Owner.id).filter(Owner.name == "ann")
    say(sorted(i.id for i in session.query(Item).filter(Item.owner_id.in_(named))))
    bind.execute(sa.insert(Owner).from_select(["name"], session.query(Item.name).filter(Item.id == 9)))
    owners = Owner.__table__
    say(session.query(owners).filter(owners.c.name == "nobody").delete(synchronize_session=False))
    quote = bind.dialect.identifier_preparer.quote
    say([quote(name).strip('"`') for name in ("plain", "Order", "order")], [len(quote(name)) for name in ("plain", "Order", "order")])
    for dialect in (PGDialect, MySQLDialect, SQLiteDialect):
        if isinstance(bind.dialect, dialect):
            op.execute(f"UPDATE {dialect().identifier_preparer.quote('items')} SET touched = 1 WHERE id = 1")
    for table in (owners, Item.__table__):
        say(table.name, [tuple(row) for row in bind.execute(table.select().order_by(table.c.id))])
