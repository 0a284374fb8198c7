"""name the open status pending

Revision ID: 19d6f3a7c250
Revises: c47e05b1f983
Create Date: 2026-02-20 08:31:40.002715+00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy import text

# revision identifiers, used by Alembic.
revision: str = '19d6f3a7c250'
down_revision: Union[str, Sequence[str], None] = 'c47e05b1f983'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute(text("UPDATE fees SET status = 'pending' WHERE status IN ('open', 'new')"))


def downgrade() -> None:
    """Downgrade schema."""
    op.execute(text("UPDATE fees SET status = 'open' WHERE status = 'pending'"))
