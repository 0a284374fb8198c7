"""status becomes an enum

Revision ID: e5a9417b08cd
Revises: 19d6f3a7c250
Create Date: 2026-03-03 14:22:09.918340+00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision: str = 'e5a9417b08cd'
down_revision: Union[str, Sequence[str], None] = '19d6f3a7c250'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


STATUSES = ("pending", "paid", "waived")
TYPE_NAME = "fee_status"


def upgrade() -> None:
    """Upgrade schema."""
    if op.get_bind().dialect.name == "postgresql":
        labels = ", ".join(f"'{status}'" for status in STATUSES)
        op.execute(f"CREATE TYPE {TYPE_NAME} AS ENUM ({labels})")
        op.execute(f"ALTER TABLE fees ALTER COLUMN status TYPE {TYPE_NAME} USING status::{TYPE_NAME}")


def downgrade() -> None:
    """Downgrade schema."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE fees ALTER COLUMN status TYPE VARCHAR(20) USING status::text")
        op.execute(f"DROP TYPE {TYPE_NAME}")
