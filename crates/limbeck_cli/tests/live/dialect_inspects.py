from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('parent', sa.Column('id', sa.Integer), sa.Column('code', sa.String(10), nullable=False), sa.PrimaryKeyConstraint('id', name='pk_parent'), sa.UniqueConstraint('code', name='uq_parent_code'))
    op.create_table('child', sa.Column('id', sa.Integer), sa.Column('parent_id', sa.Integer, sa.ForeignKey('parent.id', name='fk_child_parent')), sa.Column('name', sa.String(5)))
    op.create_index('ix_child_name', 'child', ['name'])
# ---
from alembic import op
def plain(found):
    return {key: found[key] for key in sorted(found) if key in ('name', 'constrained_columns', 'column_names', 'referred_table', 'referred_columns')}
def upgrade():
    connection = op.get_bind()
    dialect = connection.dialect
    print(plain(dialect.get_pk_constraint(connection, table_name='parent')))
    print(plain(dialect.get_pk_constraint(connection, 'child')))
    print([plain(key) for key in dialect.get_foreign_keys(connection, 'child')])
    print(sorted(index['name'] for index in dialect.get_indexes(connection, 'child') if index['name'] != 'fk_child_parent'))
    print([plain(key) for key in dialect.get_unique_constraints(connection, 'parent')])
    print(dialect.has_table(connection, 'parent'), dialect.has_table(connection, 'nobody'))
