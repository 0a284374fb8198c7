//! Tables of SQLite that a batch rebuilds, through the command line: nothing is lost that the batch does not change.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod killed;
mod project;

use project::Project;

/// Everything that a rebuild could lose. `t` points to itself, and three tables point to it.
pub(crate) const TABLES: &str = "
    CREATE TABLE o (id INTEGER PRIMARY KEY);
    CREATE TABLE log (t_id INTEGER, what TEXT);
    CREATE TABLE t (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT COLLATE NOCASE NOT NULL DEFAULT 'x, y',
        n INT,
        twice INT GENERATED ALWAYS AS (n * 2) STORED,
        thrice INT AS (n * 3) VIRTUAL,
        o_id INTEGER CONSTRAINT fk_o REFERENCES o (id) ON DELETE SET NULL,
        up INTEGER REFERENCES t (id) ON DELETE CASCADE,
        CONSTRAINT ck_n CHECK (n >= 0), CHECK (length(name) < 20),
        CONSTRAINT uq_n UNIQUE (n)
    ) STRICT;
    CREATE INDEX ix_desc ON t (name DESC);
    CREATE INDEX ix_expr ON t (lower(name));
    CREATE UNIQUE INDEX ix_partial ON t (name, n) WHERE n > 10;
    CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id) ON DELETE CASCADE);
    CREATE TABLE nulled (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id) ON DELETE SET NULL);
    CREATE TABLE kept (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id));
    CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id, 'in'); END;
    CREATE TRIGGER child_ai AFTER INSERT ON child BEGIN UPDATE t SET n = n WHERE id = new.t_id; END;
    CREATE VIEW v AS SELECT id, name, n FROM t;
    CREATE TABLE w (a TEXT PRIMARY KEY, b INT) WITHOUT ROWID;
    INSERT INTO o VALUES (1);
    INSERT INTO w VALUES ('k', 1);
";

/// Rows 1 to `rows - 1`, and a counter that stands at `rows`.
pub(crate) fn fill(rows: u32) -> String {
    format!(
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {rows})
         INSERT INTO t (name, n, o_id, up) SELECT 'n' || i, i, 1, nullif(i - 1, 0) FROM c;
         DELETE FROM t WHERE id = {rows};
         INSERT INTO child SELECT id, id FROM t;
         INSERT INTO nulled SELECT id, id FROM t;
         INSERT INTO kept SELECT id, id FROM t;
         DELETE FROM log;"
    )
}

const EVERY_ARGUMENT: &str = "    with op.batch_alter_table(
        't',
        recreate='always',
        naming_convention={'uq': 'uq_%(table_name)s_%(column_0_name)s'},
        table_args=(sa.CheckConstraint('n < 1000000', name='ck_top'),),
        table_kwargs={'sqlite_strict': True},
        partial_reordering=[('id', 'n', 'name')],
    ) as batch_op:
        batch_op.add_column(sa.Column('first', sa.Integer(), nullable=False, server_default='7'), insert_before='n')
        batch_op.add_column(sa.Column('after', sa.Text(), server_default=sa.text(\"('a' || 'b')\")), insert_after='name')
        batch_op.alter_column('n', nullable=False)
        batch_op.alter_column('name', new_column_name='title')
        batch_op.drop_constraint('uq_n', type_='unique')
        batch_op.create_unique_constraint('uq_new', ['n', 'o_id'])
        batch_op.create_check_constraint('ck_new', 'after <> first')
        batch_op.create_index('ix_new', ['after'])
        batch_op.drop_index('ix_partial')
";

#[test]
fn a_hundred_thousand_rows_and_their_children_stay() {
    let project = Project::new("whole", "PRAGMA foreign_keys=ON");
    project.execute(&format!("{TABLES}{}", fill(100_000)));
    project.revision("a", "None", EVERY_ARGUMENT);
    project.upgrades();
    project.gives(
        "SELECT count(*), sum(twice), sum(thrice) FROM t",
        "99999|9999900000|14999850000",
    );
    project.gives("SELECT (SELECT count(t_id) FROM child), (SELECT count(t_id) FROM nulled), (SELECT count(t_id) FROM kept)", "99999|99999|99999");
    project.gives("SELECT count(*) FROM log", "0");
    project.gives("SELECT seq FROM sqlite_sequence WHERE name = 't'", "100000");
    project.gives(
        "SELECT group_concat(name) FROM pragma_table_xinfo('t')",
        "id,twice,thrice,o_id,up,first,n,title,after",
    );
    project.gives("SELECT count(*) FROM v", "99999");
    project.gives("SELECT strict FROM pragma_table_list WHERE name = 't'", "1");
    project.gives("SELECT wr FROM pragma_table_list WHERE name = 'w'", "1");
    project.gives("SELECT count(*) FROM sqlite_master WHERE name LIKE '%alembic_tmp%' OR sql LIKE '%alembic_tmp%'", "0");
    project.gives("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 't' AND sql IS NOT NULL ORDER BY 1)", "ix_desc,ix_expr,ix_new");
    project.gives(
        "SELECT sql FROM sqlite_master WHERE name = 'ix_desc'",
        "CREATE INDEX ix_desc ON t (title DESC)",
    );
    project.gives(
        "SELECT sql FROM sqlite_master WHERE name = 'ix_expr'",
        "CREATE INDEX ix_expr ON t (lower(title))",
    );
    project.gives("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1)", "child_ai,t_ai");
    project.gives("SELECT group_concat(\"from\" || ' ' || \"table\" || ' ' || on_delete) FROM (SELECT * FROM pragma_foreign_key_list('t') ORDER BY 1)", "up t CASCADE,o_id o SET NULL");
    project.gives(
        "SELECT count(*) FROM t WHERE title = 'N5' AND first = 7 AND after = 'ab'",
        "1",
    );
    // Each of these breaks one constraint that must have stayed, or come.
    for (statement, words) in [
        ("INSERT INTO t (n) VALUES (-1)", "ck_n"),
        ("INSERT INTO t (n) VALUES (2000000)", "ck_top"),
        (
            "INSERT INTO t (n, first, after) VALUES (1, 1, '1')",
            "ck_new",
        ),
        (
            "INSERT INTO t (n, title) VALUES (1, 'xxxxxxxxxxxxxxxxxxxxxxxxx')",
            "length(title)",
        ),
        ("INSERT INTO t (n) VALUES (NULL)", "NOT NULL"),
        ("INSERT INTO t (n, o_id) VALUES (5, 1)", "UNIQUE"),
        ("INSERT INTO t (n) VALUES ('word')", "cannot store TEXT"),
    ] {
        project.breaks(statement, words);
    }
    project.execute("INSERT INTO t (n) VALUES (5)");
    project.gives("SELECT max(id), title FROM t", "100001|x, y");
    project.gives("SELECT count(*) FROM log", "1");
    project.execute("INSERT INTO child VALUES (200000, 5)");
}

const REBUILD: &str = "    print('before')
    with op.batch_alter_table('t') as batch_op:
        batch_op.alter_column('n', nullable=False)
    print('after')
";

#[test]
fn keys_are_enforced_again_afterwards() {
    let project = Project::new("again", "PRAGMA foreign_keys=ON");
    project.execute(&format!("{TABLES}{}", fill(10)));
    project.revision("a", "None", REBUILD);
    project.revision(
        "b",
        "'a'",
        "    op.execute('DELETE FROM kept')\n    op.execute('DELETE FROM t WHERE id = 9')\n",
    );
    let text = project.upgrades();
    assert_eq!(text.matches("before").count(), 1, "{text}");
    assert_eq!(text.matches("after").count(), 1, "{text}");
    // The second revision's DELETE has reached the children.
    project.gives("SELECT count(*) FROM child", "8");
    project.gives("SELECT count(t_id) FROM nulled", "8");
}

#[test]
fn a_script_that_reads_the_database_rebuilds_too() {
    let project = Project::new("live", "PRAGMA foreign_keys=ON");
    project.execute(&format!("{TABLES}{}", fill(10)));
    let count = "    n = op.get_bind().execute(sa.text('SELECT count(*) FROM child')).scalar()\n    print(n, 'children')\n";
    project.revision("a", "None", &format!("{count}{REBUILD}{count}"));
    let text = project.upgrades();
    assert_eq!(text.matches("9 children").count(), 2, "{text}");
    assert_eq!(text.matches("before").count(), 1, "{text}");
}

#[test]
fn keys_that_a_revision_breaks_are_found_before_the_commit() {
    let project = Project::new("broken", "PRAGMA foreign_keys=ON");
    project.execute(&format!("{TABLES}{}", fill(10)));
    project.revision(
        "a",
        "None",
        &format!("{REBUILD}    op.execute('DELETE FROM t WHERE id = 9')\n"),
    );
    project.refuses(&[
        "FOREIGN KEY constraint failed: 1 rows of child would point to no row of t",
        "a.py:9:10",
        "let the revision delete or change these rows of child itself",
    ]);
    project.gives("SELECT count(*) FROM t", "9");
    project.gives(
        "SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'n'",
        "0",
    );
}

/// A row that dangled before is not this revision's fault.
#[test]
fn keys_that_were_broken_before_are_let_be() {
    let project = Project::new("dangling", "PRAGMA foreign_keys=ON");
    project.execute(&format!(
        "{TABLES}{}INSERT INTO child VALUES (77, 77);",
        fill(10)
    ));
    project.revision("a", "None", REBUILD);
    project.upgrades();
    project.gives("SELECT count(*) FROM child", "10");
}

/// What a script has committed cannot be run again: it says so instead.
#[test]
fn a_script_that_commits_is_not_run_twice() {
    let project = Project::new("commits", "PRAGMA foreign_keys=ON");
    project.execute(&format!("{TABLES}{}", fill(10)));
    let first = "    with op.get_context().autocommit_block():\n        op.execute('CREATE TABLE once (id INTEGER)')\n";
    project.revision("a", "None", &format!("{first}{REBUILD}"));
    project.refuses(&["cannot be rebuilt while foreign keys are enforced"]);
    project.gives("SELECT count(*) FROM child", "9");
}

const COPY: &str = "    t = sa.Table(
        't', sa.MetaData(),
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('n', sa.Text()),
        sa.Index('ix_n', 'n'),
    )
    with op.batch_alter_table('t', copy_from=t) as batch_op:
        batch_op.alter_column('n', nullable=False)
        batch_op.drop_index('ix_desc')
";

/// What the script describes is what comes; what it cannot describe, or leaves out of the options, stays.
#[test]
fn copy_from_describes_the_columns_and_constraints() {
    let project = Project::new("copy", "PRAGMA foreign_keys=ON");
    project.execute(&format!("{TABLES}{}", fill(10)));
    project.revision("a", "None", COPY);
    project.upgrades();
    project.gives(
        "SELECT group_concat(name || ' ' || type) FROM pragma_table_xinfo('t')",
        "id INTEGER,name TEXT,n TEXT",
    );
    project.gives("SELECT count(*), typeof(n) FROM t", "9|text");
    project.gives("SELECT count(*) FROM child", "9");
    project.gives("SELECT count(*) FROM t WHERE name = 'N5'", "1");
    project.gives("SELECT strict FROM pragma_table_list WHERE name = 't'", "1");
    project.gives("SELECT seq FROM sqlite_sequence WHERE name = 't'", "10");
    project.gives("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE tbl_name = 't' AND type <> 'table' ORDER BY 1)", "ix_expr,ix_n,ix_partial,t_ai");
    project.execute("INSERT INTO t (name, n) VALUES ('z', -1)");
    project.gives("SELECT max(id) FROM t", "11");
}

#[test]
fn table_kwargs_are_the_options_of_the_new_table() {
    let project = Project::new("kwargs", "PRAGMA foreign_keys=OFF");
    project.execute("CREATE TABLE t (id INTEGER NOT NULL, n INT, PRIMARY KEY (id)); INSERT INTO t VALUES (7, 1), (9, 2);");
    let batch = |kwargs: &str| {
        format!("    with op.batch_alter_table('t', table_kwargs={{{kwargs}}}) as batch_op:\n        batch_op.add_column(sa.Column('x{kwargs_len}', sa.Integer()))\n", kwargs_len = kwargs.len())
            .replace("batch_alter_table('t',", "batch_alter_table('t', recreate='always',")
    };
    project.revision(
        "a",
        "None",
        &batch("'sqlite_strict': True, 'sqlite_autoincrement': True"),
    );
    project.upgrades();
    project.gives("SELECT strict FROM pragma_table_list WHERE name = 't'", "1");
    project.execute("DELETE FROM t WHERE id = 9; INSERT INTO t (n) VALUES (3)");
    project.gives("SELECT max(id) FROM t", "10");
    project.revision(
        "b",
        "'a'",
        &batch("'sqlite_strict': False, 'sqlite_autoincrement': False"),
    );
    project.upgrades();
    project.gives("SELECT strict FROM pragma_table_list WHERE name = 't'", "0");
    project.gives("SELECT count(*), sum(n) FROM t", "2|4");
    project.gives(
        "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'",
        "0",
    );
    project.revision("c", "'b'", &batch("'sqlite_with_rowid': False"));
    project.upgrades();
    project.gives("SELECT wr FROM pragma_table_list WHERE name = 't'", "1");
    project.gives("SELECT count(*), sum(n) FROM t", "2|4");
}

/// `transactional_ddl=True`: the whole run is one transaction, on SQLite too.
#[test]
fn a_run_may_be_one_transaction() {
    let project = Project::new("one", "PRAGMA foreign_keys=OFF");
    let env = std::fs::read_to_string(project.folder.join("m/env.py")).unwrap();
    let env = env.replace(
        "target_metadata=None",
        "target_metadata=None, transactional_ddl=True",
    );
    std::fs::write(project.folder.join("m/env.py"), env).unwrap();
    project.execute(&format!("{TABLES}{}", fill(10)));
    project.revision("a", "None", REBUILD);
    project.revision("b", "'a'", "    op.execute('INSERT INTO o VALUES (2)')\n");
    project.revision(
        "c",
        "'b'",
        "    op.execute('INSERT INTO nonesuch VALUES (2)')\n",
    );
    project.refuses(&["no such table: nonesuch"]);
    project.gives("SELECT count(*) FROM o", "1");
    project.gives(
        "SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'n'",
        "0",
    );
    project.revision("c", "'b'", "    op.execute('INSERT INTO o VALUES (3)')\n");
    project.upgrades();
    project.gives("SELECT count(*) FROM o", "3");
    project.gives("SELECT version_num FROM alembic_version", "c");
}

#[test]
fn an_index_of_a_dropped_column_may_go_later_in_the_batch() {
    let project = Project::new("late", "PRAGMA foreign_keys=OFF");
    project.execute(
        "CREATE TABLE o (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, o_id INTEGER, \
         FOREIGN KEY(o_id) REFERENCES o (id), FOREIGN KEY(o_id) REFERENCES o (id), UNIQUE (o_id), \
         CONSTRAINT uq UNIQUE (o_id)); CREATE INDEX ix_v ON t (v);",
    );
    project.revision(
        "a",
        "None",
        "    with op.batch_alter_table('t', recreate='always') as batch:\n        batch.drop_column('v')\n        \
         batch.drop_index('ix_v')",
    );
    project.upgrades();
    project.gives("SELECT count(*) FROM pragma_table_info('t')", "2");
    // Reflection finds one of two equal constraints.
    project.gives(
        "SELECT sql LIKE '%uq%', (length(sql) - length(replace(sql, 'UNIQUE', ''))) / 6 FROM sqlite_master WHERE name = 't'",
        "1|1",
    );
    project.gives("SELECT count(*) FROM pragma_foreign_key_list('t')", "1");
}

#[test]
fn a_missing_constraint_can_be_caught() {
    let project = Project::new("missing", "PRAGMA foreign_keys=OFF");
    project.execute("CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE caught (id INTEGER);");
    project.revision(
        "a",
        "None",
        "    try:\n        with op.batch_alter_table('t') as batch:\n            \
         batch.drop_constraint('nothing', type_='foreignkey')\n    except ValueError:\n        \
         op.execute('INSERT INTO caught VALUES (1)')",
    );
    project.upgrades();
    project.gives("SELECT count(*) FROM caught", "1");
}
