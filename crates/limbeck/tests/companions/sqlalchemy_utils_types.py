import enum

import sqlalchemy as sa
import sqlalchemy_utils
from alembic import op
from sqlalchemy_utils import ArrowType, ChoiceType, EmailType, JSONType, TSVectorType, UUIDType
from sqlalchemy_utils.types import URLType
from sqlalchemy_utils.types.encrypted.encrypted_type import AesEngine, StringEncryptedType
from sqlalchemy_utils.types.scalar_list import ScalarListType

revision = "1"
down_revision = None

class Colour(enum.Enum):
    red = 1
    green = 2

def upgrade():
    op.create_table(
        "everything",
        sa.Column("id", UUIDType(), primary_key=True),
        sa.Column("id_char", UUIDType(binary=False), nullable=False),

        sa.Column("id_bare", UUIDType),
        sa.Column("payload", JSONType(), nullable=True),
        sa.Column("at", ArrowType(), nullable=False),
        sa.Column("at_zone", sqlalchemy_utils.types.arrow.ArrowType(timezone=True)),
        sa.Column("choice", ChoiceType([("a", "A"), ("b", "B")])),
        sa.Column("choice_int", ChoiceType(Colour, impl=sa.Integer())),
        sa.Column("choice_short", ChoiceType([(1, "one")], impl=sa.SmallInteger())),
        sa.Column("secret", StringEncryptedType(sa.Unicode, "key", AesEngine, "pkcs5")),
        sa.Column("secret_sized", sqlalchemy_utils.types.encrypted.encrypted_type.StringEncryptedType(length=255)),
        sa.Column("secret_bytes", sqlalchemy_utils.types.encrypted.encrypted_type.EncryptedType()),
        sa.Column("mail", EmailType(length=200)),
        sa.Column("mail_default", EmailType()),
        sa.Column("ip", sqlalchemy_utils.IPAddressType(), server_default="127.0.0.1"),
        sa.Column("ip_sized", sqlalchemy_utils.types.ip_address.IPAddressType(length=50)),
        sa.Column("zone", sqlalchemy_utils.types.timezone.TimezoneType()),
        sa.Column("zone_pytz", sqlalchemy_utils.TimezoneType(backend="pytz")),
        sa.Column("url", URLType()),
        sa.Column("country", sqlalchemy_utils.types.country.CountryType(length=2)),
        sa.Column("tags", ScalarListType()),
        sa.Column("numbers", ScalarListType(int, ";")),
        sa.Column("bits", sqlalchemy_utils.types.bit.BitType(8)),
        sa.CheckConstraint("choice in ('a', 'b')"),
    )
    with op.batch_alter_table("other") as batch_op:
        batch_op.add_column(sa.Column("owner", UUIDType(binary=False), nullable=True))
    op.alter_column("everything", "url", existing_type=URLType(), nullable=False) if op.get_context().dialect.name != "sqlite" else None

def downgrade():
    op.add_column("document", sa.Column("search", TSVectorType("title", "body", weights={"title": "A"}), nullable=True))
    op.add_column("document", sa.Column("path", sqlalchemy_utils.types.ltree.LtreeType()))
    op.create_index("ix_document_search", "document", ["search"], postgresql_using="gin")
