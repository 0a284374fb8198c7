from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('user', sa.Column('id', sa.Integer, primary_key=True), sa.Column('kind', sa.Enum('a', 'longer', name='kind')))
# ---
from alembic import op
import sqlalchemy as sa
def caught(label, call):
    saved = op.get_bind().begin_nested()
    try:
        call()
    except Exception as e:
        saved.rollback()
        print(label, type(e).__name__)
def drop_column(table, column):
    with op.batch_alter_table(table, recreate='always') as batch:
        batch.drop_column(column)
def upgrade():
    bind = op.get_bind()
    found = sa.inspect(bind)
    # SQLite knows its tables in any case.
    print(found.has_table('user'), found.has_table('USER'), found.has_table('User'), found.has_table('users'))
    print([getattr(c['type'], 'length', None) is None for c in found.get_columns('user') if c['name'] == 'id'])
    print(sa.Enum('a', 'longer', name='kind').length, sa.Enum(name='none').length)
    print(found.bind is bind, op.get_bind() is bind, op.get_context().bind is bind, bind.engine is bind.engine, op.get_context().connection is bind)
    if bind.dialect.name == 'sqlite':
        caught('a column that is missing', lambda: drop_column('user', 'nope'))
        caught('a table that is missing', lambda: drop_column('nope', 'id'))
    op.create_table('no_key', sa.Column('x', sa.Integer, sa.CheckConstraint('x > 0', name='positive')))
    print(sa.inspect(bind).get_pk_constraint('no_key'))
    print([list(it)[:2] for it in sa.inspect(bind).get_check_constraints('no_key')])
