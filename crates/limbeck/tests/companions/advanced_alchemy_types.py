import datetime
import uuid
import warnings

import sqlalchemy as sa
from advanced_alchemy.types import (
    GUID,
    ORA_JSONB,
    BigIntIdentity,
    Bool,
    DateTimeUTC,
    EncryptedString,
    EncryptedText,
    FernetBackend,
    JsonB,
    OneTimeCode,
    PasswordHash,
    StoredObject,
    TOTPSecret,
)
from advanced_alchemy.types.encrypted_string import PGCryptoBackend
from advanced_alchemy.types.password_hash.argon2 import Argon2Hasher
from advanced_alchemy.types.password_hash.passlib import PasslibHasher
from advanced_alchemy.types.password_hash.pwdlib import PwdlibHasher
from alembic import op
from sqlalchemy import Text  # noqa: F401

__all__ = ("downgrade", "upgrade", "schema_upgrades", "schema_downgrades", "data_upgrades", "data_downgrades")

sa.GUID = GUID
sa.Bool = Bool
sa.DateTimeUTC = DateTimeUTC
sa.JsonB = JsonB
sa.ORA_JSONB = ORA_JSONB
sa.EncryptedString = EncryptedString
sa.EncryptedText = EncryptedText
sa.StoredObject = StoredObject
sa.PasswordHash = PasswordHash
sa.Argon2Hasher = Argon2Hasher
sa.PasslibHasher = PasslibHasher
sa.PwdlibHasher = PwdlibHasher
sa.FernetBackend = FernetBackend
sa.PGCryptoBackend = PGCryptoBackend
sa.TOTPSecret = TOTPSecret
sa.OneTimeCode = OneTimeCode

revision = "1"
down_revision = None


def upgrade():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning)
        with op.get_context().autocommit_block():
            schema_upgrades()
            data_upgrades()


def downgrade():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning)
        with op.get_context().autocommit_block():
            data_downgrades()
            schema_downgrades()


# A column of a table whose type is `JsonB` fails with SQLAlchemy 2.1, which this package is older than.
def schema_upgrades():
    op.create_table(
        "user_account",
        sa.Column("id", sa.GUID(length=16), nullable=False),
        sa.Column("short_id", sa.GUID(binary=False), nullable=True),
        sa.Column("number", BigIntIdentity, nullable=False),
        sa.Column("is_active", sa.Bool(), nullable=False),
        sa.Column("secret", sa.EncryptedString(key="k" * 32, backend=FernetBackend, length=50), nullable=True),
        sa.Column("password", sa.PasswordHash(backend=sa.Argon2Hasher(), length=128), nullable=True),
        sa.Column("sa_orm_sentinel", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_account_created_at"), ["created_at"], unique=False)


def data_upgrades():
    accounts = sa.table(
        "user_account",
        sa.column("id", GUID()),
        sa.column("short_id", GUID(binary=False)),
        sa.column("number", sa.BigInteger()),
        sa.column("is_active", Bool()),
        sa.column("created_at", DateTimeUTC()),
    )
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    op.bulk_insert(
        accounts,
        [
            {
                "id": uuid.UUID("12345678-1234-5678-1234-567812345678"),
                "short_id": "12345678-1234-5678-1234-567812345678",
                "number": 1,
                "is_active": True,
                "created_at": moment,
            }
        ],
    )
    op.execute(accounts.update().where(accounts.c.number == 1).values(is_active=False))


def data_downgrades():
    pass


def schema_downgrades():
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_account_created_at"))
    op.drop_table("user_account")
