//! `upgrade head --sql` of single scripts, on three databases: what is written is what Alembic writes.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};

const ENV: &str = "\
from alembic import context
context.configure(url=context.config.get_main_option('sqlalchemy.url'), literal_binds=True,
                  dialect_opts={'paramstyle': 'named'})
with context.begin_transaction():
    context.run_migrations()
";

/// The script of one database, or what was said instead.
fn sql(folder: &Folder, program: &Path, url: &str) -> String {
    let ini = format!(
        "[alembic]\nscript_location = m\npath_separator = os\nprepend_sys_path = .\nsqlalchemy.url = {url}\n"
    );
    folder.write("alembic.ini", &ini);
    let output = Command::new(program)
        .args(["upgrade", "head", "--sql"])
        .current_dir(&**folder)
        .env(
            "PATH",
            std::env::var("LIMBECK_TEST_ALEMBIC").unwrap_or_default(),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program:?} {url}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const MYSQL: &str = "mysql+pymysql://u@h/d";
const ALL: [&str; 3] = ["postgresql+psycopg2://u@h/d", MYSQL, "sqlite://"];

/// Both write the same for these databases.
#[track_caller]
fn check(name: &str, body: &str, urls: &[&str]) {
    check_with(name, body, &[], urls);
}

/// The same, with more files; the body's line ends stand as they are.
#[track_caller]
fn check_with(name: &str, body: &str, files: &[(&str, &str)], urls: &[&str]) {
    let Some(bin) = alembic_bin() else { return };
    let folder = Folder::new(&format!("offline-{name}"));
    folder.write("m/env.py", ENV);
    let script = format!(
        "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import mysql\nrevision = 'a1'\ndown_revision = None\n\
         def upgrade():\n{body}\ndef downgrade():\n    pass\n"
    );
    folder.write("m/versions/a1.py", &script);
    for (path, text) in files {
        folder.write(path, text);
    }
    for url in urls {
        let expected = sql(&folder, &bin.join("alembic"), url);
        let found = sql(&folder, Path::new(env!("CARGO_BIN_EXE_limbeck")), url);
        assert_eq!(expected, found, "{url}");
    }
}

#[test]
fn the_connection_takes_strings() {
    let body = "    op.get_bind().execute('UPDATE t SET a = 1;')\n    op.get_bind().execute('UPDATE t SET b = 2')\n";
    check("strings", body, &ALL);
}

#[test]
fn a_class_is_no_type_to_the_rules_of_mysql() {
    let mut body = String::new();
    for type_ in [
        "sa.DateTime",
        "sa.DateTime()",
        "mysql.DATETIME",
        "sa.TIMESTAMP()",
    ] {
        for more in [
            "nullable=False",
            "server_default=None",
            "nullable=True, server_default=sa.func.now()",
        ] {
            body += &format!("    op.alter_column('t', 'c', existing_type={type_}, {more})\n");
            body += &format!(
                "    op.alter_column('t', 'c', existing_type=sa.Date(), type_={type_}, {more})\n"
            );
        }
    }
    check("class", &body, &[MYSQL]);
}

#[test]
fn a_function_prints_as_its_call() {
    let names = "now current_timestamp current_date sysdate user random gen_random_uuid localtime session_user";
    let body = format!(
        "    for name in '{names}'.split():\n        op.execute(f\"UPDATE t SET a = '{{getattr(sa.func, name)()}}'\")\n    \
         op.execute('SELECT ' + str(sa.null()) + str(sa.true()) + str(sa.literal_column('a b')))\n    \
         op.execute('SELECT {{}}, %s'.format(sa.func.now()) % sa.text('x'))\n"
    );
    check("functions", &body, &ALL);
}

#[test]
fn lines_end_as_python_reads_them() {
    // CRLF, and the lone CR of old, in a script and in files that it reads.
    let body = "    op.execute(\"\"\"SELECT 1,\r\n    2,\r    3\"\"\")\r\n    \
                op.execute('SELECT \\\r\n4')\r\n    \
                op.execute(open('a.sql').read())\r\n    \
                op.execute(open('a.sql', newline='').read().replace(chr(13), '<CR>'))\r\n    \
                op.execute(open('a.sql', 'rb').read().decode().replace(chr(13), '<CR>'))\r\n    \
                op.execute(open('b.sql', encoding='utf-8-sig').read())\r\n    \
                op.execute(''.join(line.strip() + ';' for line in open('a.sql')))\r\n";
    let files = [
        ("a.sql", "SELECT 5,\r\n    6\r\n"),
        ("b.sql", "\u{feff}SELECT 'ä'\n"),
    ];
    check_with("lines", body, &files, &["sqlite://"]);
}

#[test]
fn versions_are_those_of_the_environment() {
    let body = "    import alembic\n    op.execute(f\"SELECT '{alembic.__version__} {sa.__version__}'\")\n    \
         if tuple(int(x) for x in alembic.__version__.split('.')[:2]) >= (1, 7):\n        op.execute('SELECT 1')\n";
    check("versions", body, &["sqlite://"]);
}

#[test]
fn json_items_have_types() {
    let body = "    t = sa.table('t', sa.column('id', sa.Integer), sa.column('meta', sa.JSON), sa.column('n', sa.Integer))
    item = t.c.meta['a']
    for typed in (item.as_string(), item.as_integer(), item.as_float(), item.as_boolean(), item.as_numeric(10, 2), item.as_json(),
                  t.c.meta[('a', 'b')].as_string()):
        op.execute(t.update().values(n=1).where(typed == item.as_json()))
    op.execute(t.update().values(n=item.as_integer() + 1).where(item.as_string() == 'x'))
    op.execute(t.delete().where(item.as_string().in_(['x', 'y'])).where(item.as_string().like('a%')))
    op.execute(t.delete().where(item.as_boolean().is_(True)).where(item.as_numeric(6, 3) > 2.5))
    for coerced in (sa.type_coerce(item, sa.String), sa.type_coerce(item.as_string(), sa.Integer)):
        op.execute(t.update().values(n=1).where(coerced == sa.literal_column('x')))
    try:
        t.c.meta.as_string()
    except Exception as e:
        print('--', e)
    data = sa.column('data', sa.JSON)['k']
    for nth, of in enumerate((data.as_string(), data.as_json(), sa.type_coerce(data, sa.String), data.as_integer())):
        op.create_index(f'i{nth}', 'u', [of])
";
    check("json-items", body, &ALL);
}

/// Tables of the script's own, in a metadata that names what has no name; env.py's has other rules.
const NAMED: &str = "    m = sa.MetaData(naming_convention={
        'ck': 'ck_%(table_name)s_%(constraint_name)s', 'uq': 'uq_%(table_name)s_%(column_0_name)s',
        'ix': 'index_%(column_0_label)s', 'fk': 'fk_%(table_name)s_%(column_0_name)s', 'pk': 'pk_%(table_name)s'})
    o = sa.Table('o', m, sa.Column('id', sa.BigInteger, primary_key=True))
    t = sa.Table('t', m, sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.Integer, index=True),
                 sa.Column('b', sa.Integer, unique=True), sa.Column('o', sa.ForeignKey('o.id')),
                 sa.CheckConstraint('a > 0', name='ck_t_a'), sa.CheckConstraint('b > 0', name=op.f('given')))
";

#[test]
fn tables_are_created_with_the_names_of_their_metadata() {
    let body = format!(
        "{NAMED}    o.create(op.get_bind())\n    t.create(op.get_bind())\n    m.create_all(op.get_bind())\n    \
         sa.Index(None, t.c.b, t.c.a).create(op.get_bind())\n"
    );
    check("own-names", &body, &ALL);
}

#[test]
fn a_table_to_copy_from_has_the_names_of_its_metadata() {
    // Alembic forgets the index of a column.
    let named = NAMED.replace(", index=True", "");
    let body = format!(
        "{named}    with op.batch_alter_table('t', copy_from=t, naming_convention={{'uq': 'other'}}) as b:\n        \
         b.drop_constraint('uq_t_b', type_='unique')\n        b.drop_constraint('ck_t_ck_t_a', type_='check')\n        \
         b.drop_constraint('fk_t_o', type_='foreignkey')\n"
    );
    check("own-names-copied", &body, &["sqlite://"]);
}

#[test]
fn a_column_has_the_type_of_the_column_it_refers_to() {
    let body = "    m = sa.MetaData()
    o = sa.Table('o', m, sa.Column('id', sa.BigInteger, primary_key=True), sa.Column('s', sa.String(7)))
    op.create_table('t', sa.Column('o', sa.ForeignKey(o.c.id)), sa.Column('s', sa.ForeignKey(o.c.s), nullable=False))
";
    check("taken-over", body, &ALL);
}

#[test]
fn a_constraint_gets_another_name_for_the_next_table() {
    let body = "    key = sa.ForeignKeyConstraint(['a'], ['o.id'], name='first')
    op.create_table('t', sa.Column('a', sa.Integer), key)
    key.name = op.f('second')
    op.create_table('u', sa.Column('a', sa.Integer), key)
    if op.get_context().dialect.supports_sequences:
        op.execute('SELECT 1')
";
    check("renamed-constraint", body, &ALL);
}
