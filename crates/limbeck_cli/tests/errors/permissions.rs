//! What may not be written.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;

use limbeck_db::Server;
use limbeck_testkit::Database;

use crate::project::{Outcome, Project, finish};

/// `nobody`, as everywhere on Linux.
const NOBODY: u32 = 65534;

/// Runs as a user whom permissions bind: root may write anything.
fn as_ordinary_user(project: &Project, words: &[&str]) -> Outcome {
    let mut command = project.command();
    command.args(words);
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    finish(&mut command)
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Refused without the right to write to `paths`, and nothing changed.
#[track_caller]
fn check(project: &Project, paths: &[&str], words: &[&str], expected: &[&str]) {
    let before = project.state();
    let modes: Vec<u32> = paths
        .iter()
        .map(|path| {
            std::fs::metadata(project.folder.join(path))
                .unwrap()
                .permissions()
                .mode()
        })
        .collect();
    for (path, mode) in paths.iter().zip(&modes) {
        set_mode(&project.folder.join(path), mode & !0o222);
    }
    let outcome = as_ordinary_user(project, words);
    for (path, mode) in paths.iter().zip(&modes) {
        set_mode(&project.folder.join(path), *mode);
    }
    outcome.is_refusal(expected);
    assert_eq!(before, project.state(), "{}", outcome.text);
}

#[test]
fn database_file_that_is_read_only() {
    let project = Project::new("read-only-file");
    project.run(&["upgrade", "aaaa1111"]);
    let words = [
        "attempt to write a readonly database",
        "make the database file and its folder writable",
    ];
    let paths = ["app.db", "."];
    check(&project, &paths, &["upgrade", "head"], &words);
    check(&project, &paths, &["stamp", "head"], &words);
    check(&project, &paths, &["downgrade", "base"], &words);
}

#[test]
fn folder_of_the_database_that_is_read_only() {
    let project = Project::new("read-only-folder");
    check(
        &project,
        &["."],
        &["upgrade", "head"],
        &["cannot connect to sqlite", "app.db", "alembic.ini:5"],
    );
}

#[test]
fn what_may_only_be_read_can_be_read() {
    let project = Project::new("reading");
    project.run(&["upgrade", "head"]);
    let (file, folder) = (project.folder.join("app.db"), project.folder.to_path_buf());
    set_mode(&file, 0o444);
    set_mode(&folder, 0o555);
    let outcome = as_ordinary_user(&project, &["current"]);
    let nothing_to_do = as_ordinary_user(&project, &["history", "-i"]);
    set_mode(&folder, 0o755);
    set_mode(&file, 0o644);
    assert_eq!(outcome.text.trim(), "bbbb2222 (head)");
    assert!(
        nothing_to_do.text.contains("(head) (current)"),
        "{}",
        nothing_to_do.text
    );
}

#[test]
fn versions_folder_that_is_read_only() {
    let project = Project::new("read-only-versions");
    let words = [
        "cannot write",
        "m/versions/cccc3333_third.py: permission denied",
    ];
    let revision = ["revision", "-m", "third", "--rev-id", "cccc3333"];
    check(&project, &["m/versions"], &revision, &words);
    let merge = ["merge", "-m", "third", "--rev-id", "cccc3333", "heads"];
    check(&project, &["m/versions"], &merge, &words);
}

#[test]
fn new_project_in_a_folder_that_is_read_only() {
    let project = Project::new("read-only-init");
    check(
        &project,
        &["."],
        &["init", "other"],
        &["cannot create the directory", "other: permission denied"],
    );
}

#[test]
fn revision_file_that_may_not_be_read() {
    let project = Project::new("unreadable");
    let script = project.folder.join("m/versions/bbbb2222_second.py");
    set_mode(&script, 0);
    let outcome = as_ordinary_user(&project, &["upgrade", "head"]);
    set_mode(&script, 0o644);
    outcome.is_refusal(&["cannot read", "bbbb2222_second.py: permission denied"]);
}

#[test]
fn postgresql_role_without_rights() {
    let database = Database::create(Server::Postgres);
    let project = Project::on("role", &database);
    let role = format!("powerless_{}", database.name());
    let mut admin = database.connect();
    admin.execute(&format!("CREATE ROLE {role} LOGIN")).unwrap();
    admin
        .execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        .unwrap();
    let own = |words: &[&str]| {
        let url = database.url().replace("postgres@", &format!("{role}@"));
        project.limbeck(&[&["--url", &url], words].concat())
    };
    let first = own(&["upgrade", "head"]);
    assert_eq!(project.run(&["current"]), "");
    // The version table is there, and may be read.
    project.run(&["upgrade", "aaaa1111"]);
    let unread = own(&["current"]);
    admin
        .execute(&format!("GRANT SELECT ON alembic_version TO {role}"))
        .unwrap();
    let second = own(&["upgrade", "head"]);
    let stamp = own(&["stamp", "head"]);
    let current = own(&["current"]);
    assert_eq!(project.run(&["current"]).trim(), "aaaa1111");
    admin.execute(&format!("DROP OWNED BY {role}")).unwrap();
    admin.execute(&format!("DROP ROLE {role}")).unwrap();
    first.is_refusal(&["permission denied for schema public", "alembic_version"]);
    unread.is_refusal(&["permission denied for table alembic_version"]);
    second.is_refusal(&["must be owner of table t", "bbbb2222_second.py:10:5"]);
    stamp.is_refusal(&["permission denied for table alembic_version"]);
    assert_eq!(current.text.trim(), "aaaa1111");
}
