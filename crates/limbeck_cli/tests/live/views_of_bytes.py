# Driver: psycopg2
# psycopg2 gives binary values as memoryview, where no type of SQLAlchemy makes bytes of them.
import json

import sqlalchemy as sa
from alembic import op


def upgrade():
    t = op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('b', sa.LargeBinary))
    op.bulk_insert(t, [{'id': 1, 'b': b'{"a": 1}'}, {'id': 2, 'b': b''}])
    bind = op.get_bind()
    for row in bind.execute(sa.text('SELECT id, b FROM t ORDER BY id')):
        print(type(row.b).__name__, isinstance(row.b, memoryview), bytes(row.b), row.b == bytes(row.b), len(row.b), bool(row.b), row.b[:3] == b'{"a')
        print(row.b[0] if row.b else None, bytes(row.b).decode(), json.loads(bytes(row.b) or b'2'), list(row.b)[:2])
        bind.execute(sa.text('UPDATE t SET b = :b WHERE id = :id'), {'b': row.b, 'id': row.id})
    for row in bind.execute(sa.select(t).order_by(t.c.id)):
        print(row, type(row.b).__name__)
    if bind.dialect.driver == 'psycopg2':
        print([row[0].tobytes() for row in bind.execute(sa.text('SELECT b FROM t ORDER BY id'))])
