import enum
import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy_utils import ChoiceType, EmailType, JSONType, ScalarListType, UUIDType

revision = "1"
down_revision = None


class Colour(enum.Enum):
    red = 1
    green = 2


class Shouted(sa.types.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.upper() + "!" + dialect.name


class Doubled(sa.types.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value * 2

    def process_literal_param(self, value, dialect):
        return value * 4


def upgrade():
    table = sa.table(
        "things",
        sa.column("mail", EmailType()),
        sa.column("kind", ChoiceType([("a", "A"), ("b", "B")])),
        sa.column("colour", ChoiceType(Colour, impl=sa.Integer())),
        sa.column("payload", JSONType()),
        sa.column("tags", ScalarListType()),
        sa.column("name", Shouted()),
        sa.column("many", Doubled(),),
    )
    op.bulk_insert(
        table,
        [
            {"mail": "Me@Example.ORG", "kind": "a", "colour": Colour.green},
            {"tags": ["x", "y'"], "name": "loud", "many": 3},
            {"mail": None, "kind": None, "name": None},
        ],
    )
    op.execute(table.update().where(table.c.name == "b").values(name="c", many=1))
    if op.get_context().dialect.name != "postgresql":
        op.execute(table.insert().values(payload=["é"], kind="b"))
    op.execute(sa.select(table.c.mail).where(table.c.name.in_(["p", "q"])))


def downgrade():
    table = sa.table("things", sa.column("id", UUIDType()), sa.column("id_char", UUIDType(binary=False)))
    op.execute(table.update().values(id_char=uuid.UUID(int=5)))
