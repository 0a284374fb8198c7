import sqlalchemy as sa
from alembic import op

def upgrade():
    op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('email', sa.String(50), nullable=False), sa.Column('settings', sa.Text))
    op.create_table('roles', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(20), nullable=False, unique=True))
    users = sa.table('users', sa.column('id', sa.Integer), sa.column('email', sa.String), sa.column('settings', sa.Text))
    op.bulk_insert(users, [
        {'id': 1, 'email': 'Ann@Example.com', 'settings': '{"theme": "dark", "tags": ["a", "b"], "limits": {"max": 5}}'},
        {'id': 2, 'email': 'bob@example.com', 'settings': None},
        {'id': 3, 'email': 'carl@other.org', 'settings': '{"theme": "light", "limits": {}}'},
        {'id': 4, 'email': 'dora@example.com', 'settings': 'broken {'},
    ])
# ---
import sqlalchemy as sa
from alembic import op

def has_column(table, column):
    return any(c['name'] == column for c in sa.inspect(op.get_bind()).get_columns(table))

def has_index(table, name):
    return name in {i['name'] for i in sa.inspect(op.get_bind()).get_indexes(table)}

def upgrade():
    inspector = sa.inspect(op.get_bind())
    if 'audit' not in inspector.get_table_names():
        op.create_table('audit', sa.Column('id', sa.Integer, primary_key=True), sa.Column('what', sa.String(40)))
    if not has_column('users', 'domain'):
        op.add_column('users', sa.Column('domain', sa.String(30)))
    if not has_column('users', 'email'):
        raise RuntimeError('no email')
    if not has_index('users', 'ix_users_domain'):
        op.create_index('ix_users_domain', 'users', ['domain'])
    if has_index('users', 'ix_users_nothing'):
        op.drop_index('ix_users_nothing', table_name='users')
    print(has_column('users', 'domain'), has_index('users', 'ix_users_domain'))
# ---
import json
import re
import sqlalchemy as sa
from alembic import op

def domain_of(email):
    match = re.match(r'^[^@]+@(?P<domain>[\w.]+)$', email)
    return match.group('domain').lower() if match else None

def upgrade():
    conn = op.get_bind()
    counts = {}
    for user_id, email, settings in conn.execute(sa.text('SELECT id, email, settings FROM users ORDER BY id')).fetchall():
        domain = domain_of(email)
        counts[domain] = counts.get(domain, 0) + 1
        try:
            data = json.loads(settings) if settings else {}
        except json.JSONDecodeError as error:
            print(f'user {user_id}: {error.msg} at {error.pos}')
            data = {}
        data.setdefault('limits', {}).setdefault('max', 10)
        data['tags'] = sorted(set(data.get('tags', [])) | {'migrated'})
        conn.execute(
            sa.text('UPDATE users SET domain = :domain, settings = :settings, email = :email WHERE id = :id'),
            {'domain': domain, 'settings': json.dumps(data, sort_keys=True), 'email': email.lower(), 'id': user_id},
        )
    for domain, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        conn.execute(sa.text('INSERT INTO audit (what) VALUES (:what)' if conn.dialect.name != 'sqlite' else 'INSERT INTO audit (what) VALUES (:what)'), {'what': f'{domain}: {count:>3}'})
    total = conn.execute(sa.text('SELECT count(*) FROM users WHERE domain IS NOT NULL')).scalar()
    assert total == 4, f'{total} users have a domain'
# ---
import sqlalchemy as sa
from alembic import op

roles = sa.table('roles', sa.column('id', sa.Integer), sa.column('name', sa.String))

def upgrade():
    conn = op.get_bind()
    existing = set(conn.execute(sa.select(roles.c.name)).scalars())
    for number, name in enumerate(['admin', 'editor', 'viewer'], start=1):
        if name not in existing:
            conn.execute(roles.insert().values(id=number, name=name))
    admin = conn.execute(sa.select(roles.c.id).where(roles.c.name == 'admin')).scalar_one()
    op.add_column('users', sa.Column('role_id', sa.Integer, nullable=True))
    users = sa.table('users', sa.column('id'), sa.column('role_id', sa.Integer), sa.column('email', sa.String))
    result = conn.execute(users.update().where(users.c.email.like('%@example.com')).values(role_id=admin))
    print('updated', result.rowcount)
    rows = conn.execute(sa.select(users.c.email, roles.c.name).select_from(users.join(roles, users.c.role_id == roles.c.id)).order_by(users.c.id)).all()
    for email, role in rows:
        print(email, role)
    print(conn.execute(sa.text('SELECT settings FROM users ORDER BY id')).scalars().all())
    print([tuple(r) for r in conn.execute(sa.text('SELECT what FROM audit ORDER BY what'))])
# ---
import sqlalchemy as sa
from alembic import op

def upgrade():
    conn = op.get_bind()
    conn.execute(sa.text("UPDATE users SET domain = 'gone' WHERE id = 1"))
    missing = conn.execute(sa.text('SELECT id FROM users WHERE id = 77')).scalar()
    if missing is None:
        raise ValueError('user 77 is not there')
