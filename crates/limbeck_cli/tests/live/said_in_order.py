# What a script without questions says comes between its operations: of one that fails, nothing that follows.
import sqlalchemy as sa
from alembic import op


def upgrade():
    print('begin')
    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))
    print('end')
# ---
from alembic import op


def upgrade():
    print('first')
    op.execute('INSERT INTO t (id) VALUES (1)')
    print('second')
    op.execute('INSERT INTO nowhere (id) VALUES (1)')
    print('never')
