"""add note to fees

Revision ID: c47e05b1f983
Revises: 8b20d94e61aa
Create Date: 2026-02-02 11:05:27.450918+00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision: str = 'c47e05b1f983'
down_revision: Union[str, Sequence[str], None] = '8b20d94e61aa'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('fees', sa.Column('note', sa.Text(), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('fees', 'note')
