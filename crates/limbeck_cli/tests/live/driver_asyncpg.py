# Driver: asyncpg
# Through asyncpg SQLAlchemy reads JSON itself, also where no type says so, and counts no rows of several sets of parameters.
import sqlalchemy as sa
from alembic import op


def upgrade():
    bind = op.get_bind()
    t = op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('j', sa.JSON))
    op.bulk_insert(t, [{'id': 1, 'j': {'a': [1, None]}}, {'id': 2, 'j': 'x'}])
    print(bind.execute(sa.text('SELECT id FROM t ORDER BY id')).scalars().all())
    if bind.dialect.name == 'postgresql':
        print(bind.execute(sa.text('SELECT j FROM t ORDER BY id')).all(), bind.dialect.driver, type(bind.dialect).__name__)
        print(bind.execute(sa.text("SELECT CAST(j AS JSONB) FROM t ORDER BY id")).scalar()['a'])
        print(bind.execute(sa.text('UPDATE t SET j = j WHERE id = :id'), [{'id': 1}, {'id': 2}]).rowcount)
        print(bind.execute(sa.text('UPDATE t SET j = j')).rowcount)
        bind.execute(sa.text("CREATE TYPE mood AS ENUM ('sad', 'glad')"))
        bind.execute(sa.text("ALTER TABLE t ADD mood mood DEFAULT 'sad', ADD at TIMESTAMPTZ DEFAULT '2024-05-06 07:08:09+02'"))
        bind.execute(sa.text("SET LOCAL TIME ZONE 'Europe/Berlin'"))
        print(bind.execute(sa.text('SELECT mood, at, CAST(at AS TIMESTAMP) FROM t ORDER BY id')).first())
        print(bind.execute(sa.text("SELECT INTERVAL '1 day 2 hours', CAST('08:00:2b:01:02:03' AS macaddr), CAST('a b' AS tsvector)")).first())
