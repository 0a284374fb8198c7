"""create fees

Revision ID: 8b20d94e61aa
Revises: 3f1c8a52d7e0
Create Date: 2026-01-19 16:40:55.803311+00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision: str = '8b20d94e61aa'
down_revision: Union[str, Sequence[str], None] = '3f1c8a52d7e0'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table('fees',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('student_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=10, scale=2), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False, default='pending'),
    sa.Column('due_at', sa.DateTime(), nullable=False),
    sa.Column('created_at', sa.DateTime(), server_default=sa.func.now(), nullable=False),
    sa.ForeignKeyConstraint(['student_id'], ['students.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_fees_status'), 'fees', ['status'], unique=False)
    op.create_index(op.f('ix_fees_student_id'), 'fees', ['student_id'], unique=False)


def downgrade() -> None:
    """Downgrade schema."""
    # MariaDB needs an index for the foreign key: it goes with the table.
    if op.get_bind().dialect.name not in ("mysql", "mariadb"):
        op.drop_index(op.f('ix_fees_student_id'), table_name='fees')
    op.drop_index(op.f('ix_fees_status'), table_name='fees')
    op.drop_table('fees')
