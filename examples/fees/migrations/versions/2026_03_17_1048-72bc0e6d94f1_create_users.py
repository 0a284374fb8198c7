"""create users

Revision ID: 72bc0e6d94f1
Revises: e5a9417b08cd
Create Date: 2026-03-17 10:48:36.271559+00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision: str = '72bc0e6d94f1'
down_revision: Union[str, Sequence[str], None] = 'e5a9417b08cd'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('username', sa.String(length=50), nullable=False),
    sa.Column('student_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['student_id'], ['students.id'], name='fk_users_student_id_students'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_users_username'), 'users', ['username'], unique=True)


def downgrade() -> None:
    """Downgrade schema."""
    # SQLite cannot drop a constraint, and does not need to.
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint('fk_users_student_id_students', 'users', type_='foreignkey')
    op.drop_index(op.f('ix_users_username'), table_name='users')
    op.drop_table('users')
