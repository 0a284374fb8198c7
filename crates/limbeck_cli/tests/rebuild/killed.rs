//! A rebuild that is killed leaves the old state or the new one.

use std::time::{Duration, Instant};

use crate::project::Project;
use crate::{TABLES, fill};

const BODY: &str = "    with op.batch_alter_table('t') as batch_op:
        batch_op.alter_column('n', nullable=False)
        batch_op.add_column(sa.Column('x', sa.Integer(), nullable=False, server_default='7'))
";

/// The database before, to begin with again.
fn begin_again(project: &Project) {
    let here = |name: &str| project.folder.join(name);
    for name in ["app.db", "app.db-journal"] {
        let _none = std::fs::remove_file(here(name));
    }
    std::fs::copy(here("before.db"), here("app.db")).unwrap();
}

fn is_new(project: &Project) -> bool {
    let query = "SELECT (SELECT count(*) FROM pragma_table_info('t') WHERE name = 'x'), \
                 (SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'n')";
    let found = project.first_row(query);
    assert!(found == "0|0" || found == "1|1", "half done: {found}");
    found == "1|1"
}

#[test]
fn a_killed_rebuild_leaves_the_old_state_or_the_new_one() {
    let project = Project::new("killed", "PRAGMA foreign_keys=ON");
    project.execute(&format!("{TABLES}{}", fill(20_000)));
    project.revision("a", "None", BODY);
    std::fs::rename(
        project.folder.join("app.db"),
        project.folder.join("before.db"),
    )
    .unwrap();
    begin_again(&project);
    let start = Instant::now();
    project.upgrades();
    let whole = start.elapsed();
    assert!(is_new(&project));
    let (mut old, mut new) = (0, 0);
    for nth in 1..=16_u32 {
        begin_again(&project);
        let mut child = project
            .command()
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * nth / 16);
        child.kill().unwrap();
        child.wait().unwrap();
        if is_new(&project) {
            new += 1;
        } else {
            old += 1;
        }
        project.gives("SELECT count(*) FROM t", "19999");
        project.gives("SELECT count(*) FROM child", "19999");
        project.gives(
            "SELECT count(*) FROM sqlite_master WHERE name LIKE '%alembic_tmp%'",
            "0",
        );
        project.gives("PRAGMA integrity_check", "ok");
        // And the next run comes to the end.
        std::thread::sleep(Duration::from_millis(1));
        project.upgrades();
        assert!(is_new(&project));
        project.gives("SELECT count(*), sum(x) FROM t", "19999|139993");
    }
    assert!(old > 0, "never killed in time: {old} old, {new} new");
}
