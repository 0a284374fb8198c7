import enum
import uuid

import citext
import fastapi_users_db_sqlalchemy
import pgvector.sqlalchemy
import sqlalchemy as sa
import sqlmodel
from alembic import op
from fastapi_users_db_sqlalchemy.generics import GUID, TIMESTAMPAware
from pgvector.sqlalchemy import BIT, HALFVEC, SPARSEVEC, Vector
from sqlalchemy_enum34 import Enum, EnumType
from sqlmodel.sql.sqltypes import AutoString

revision = "1"
down_revision = None


class Level(enum.Enum):
    low = "l"
    high = "h"


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", GUID(), primary_key=True),
        sa.Column("other", fastapi_users_db_sqlalchemy.generics.GUID(length=36) if False else fastapi_users_db_sqlalchemy.generics.GUID()),
        sa.Column("created", TIMESTAMPAware(timezone=True), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("short", sqlmodel.sql.sqltypes.AutoString(length=20)),
        sa.Column("level", Enum(Level, name="level", native_enum=False)),
        sa.Column("level_by_name", EnumType(Level, by_name=True, name="level_name")),
    )
    users = sa.table("users", sa.column("id", GUID()), sa.column("level", Enum(Level, name="level")), sa.column("name", AutoString()))
    op.bulk_insert(users, [{"id": uuid.UUID(int=7), "level": Level.high, "name": "x"}, {"id": str(uuid.UUID(int=8)), "level": None, "name": None}])
    op.add_column("users", sa.Column("mail", citext.CIText()))


def downgrade():
    op.create_table(
        "items",
        sa.Column("embedding", Vector(1536)),
        sa.Column("any", pgvector.sqlalchemy.Vector()),
        sa.Column("full", pgvector.sqlalchemy.vector.VECTOR(dim=3), nullable=True),
        sa.Column("half", HALFVEC(3)),
        sa.Column("sparse", SPARSEVEC(4)),
        sa.Column("bits", BIT(5)),
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(sa.table("t", sa.column("m", citext.CIText())).update().values(m="a'b"))
