//! Revision files, revision arguments, and revisions of the database.

use crate::project::{Project, script};

const SECOND: &str = "m/versions/bbbb2222_second.py";

/// What reads the graph refuses: nothing is run, nothing written.
#[track_caller]
fn check(project: &Project, expected: &[&str]) {
    for words in [
        &["upgrade", "head"][..],
        &["upgrade", "head", "--sql"],
        &["downgrade", "base"],
        &["stamp", "head"],
        &["history"],
        &["revision", "-m", "next"],
    ] {
        project.refuses(words, expected);
    }
}

#[test]
fn syntax_error() {
    let project = Project::new("syntax");
    let text = script("bbbb2222", "'aaaa1111'", "    op.add_column('t',\n");
    project.write(SECOND, &text);
    check(&project, &["SyntaxError", "bbbb2222_second.py:10"]);
}

#[test]
fn no_revision() {
    let project = Project::new("no-revision");
    project.write("m/versions/notes.py", "\"\"\"Only notes.\"\"\"\n");
    check(
        &project,
        &[
            "Could not determine revision id from filename notes.py.",
            "versions/notes.py:1:1",
        ],
    );
}

#[test]
fn computed_revision() {
    let project = Project::new("computed");
    let text = script("bbbb2222", "'aaaa1111'", "    pass\n")
        .replace("= 'bbbb2222'", "= __import__('socket').gethostname()");
    project.write(SECOND, &text);
    check(
        &project,
        &["`revision` is computed", "bbbb2222_second.py:5:12"],
    );
}

#[test]
fn computed_header_that_can_be_read() {
    let project = Project::new("computed-readable");
    project.write("labels.py", "BRANCH = 'billing'\n");
    let text = script("bbbb2222", "'aaaa1111'", "    pass\n").replace(
        "revision = 'bbbb2222'",
        "from labels import BRANCH\nrevision = __name__.split('_')[0]\nbranch_labels = (BRANCH,)",
    );
    project.write(SECOND, &text);
    assert_eq!(project.run(&["heads"]).trim(), "bbbb2222 (billing) (head)");
    project.run(&["upgrade", "billing@head"]);
}

#[test]
fn duplicate_revision() {
    let project = Project::new("duplicate");
    project.write(
        "m/versions/copy.py",
        &script("bbbb2222", "'aaaa1111'", "    pass\n"),
    );
    check(
        &project,
        &[
            "Revision bbbb2222 is present more than once",
            "copy.py:5:12",
            "bbbb2222_second.py:5:12",
        ],
    );
}

#[test]
fn identifier_that_is_taken() {
    let project = Project::new("taken");
    let expected = [
        "Revision aaaa1111 is present more than once",
        "aaaa1111_first.py:5:12",
        "give the new revision another identifier",
    ];
    project.refuses(&["revision", "-m", "x", "--rev-id", "aaaa1111"], &expected);
    project.refuses(&["merge", "heads", "--rev-id", "aaaa1111"], &expected);
}

#[test]
fn compiled_script_without_source() {
    let project = Project::new("sourceless");
    let ini = std::fs::read_to_string(project.folder.join("alembic.ini")).unwrap();
    project.write("alembic.ini", &(ini + "sourceless = true\n"));
    std::fs::create_dir_all(project.folder.join("m/versions/__pycache__")).unwrap();
    project.write("m/versions/__pycache__/aaaa1111_first.cpython-311.pyc", "");
    project.run(&["heads"]);
    project.write("m/versions/__pycache__/cccc3333_third.cpython-311.pyc", "");
    project.refuses(
        &["heads"],
        &["cccc3333_third.cpython-311.pyc is compiled, and its source is not there"],
    );
}

#[test]
fn missing_down_revision() {
    let project = Project::new("missing-down");
    project.write(SECOND, &script("bbbb2222", "'cccc3333'", "    pass\n"));
    check(
        &project,
        &[
            "Revision cccc3333 referenced from bbbb2222 is not present",
            "bbbb2222_second.py:6:17",
        ],
    );
}

#[test]
fn cycle() {
    let project = Project::new("cycle");
    let first = script("aaaa1111", "'bbbb2222'", "    pass\n");
    project.write("m/versions/aaaa1111_first.py", &first);
    check(
        &project,
        &[
            "Cycle is detected in revisions (aaaa1111, bbbb2222)",
            "aaaa1111_first.py:6:17",
            "bbbb2222_second.py:6:17",
        ],
    );
}

#[test]
fn unknown_revision_argument() {
    let project = Project::new("unknown");
    for words in [
        &["upgrade", "bbbb2223"][..],
        &["upgrade", "bbbb2223", "--sql"],
        &["stamp", "bbbb2223"],
        &["show", "bbbb2223"],
        &["history", "-r", "bbbb2223:"],
        &["revision", "--head", "bbbb2223"],
    ] {
        let expected = [
            "Can't locate revision identified by 'bbbb2223'",
            "did you mean `bbbb2222`?",
        ];
        project.refuses(words, &expected);
    }
    project.refuses(
        &["upgrade", "+3"],
        &["Relative revision +3 didn't produce 3 migrations"],
    );
    project.refuses(
        &["downgrade", "-1"],
        &["Relative revision -1 didn't produce 1 migrations"],
    );
    project.refuses(
        &["upgrade", "aaaa1111:head"],
        &["Range revision not allowed"],
    );
}

#[test]
fn ambiguous_revision_argument() {
    let project = Project::new("ambiguous");
    project.write(
        "m/versions/third.py",
        &script("bbbb2244", "'bbbb2222'", "    pass\n"),
    );
    for words in [
        &["upgrade", "bbbb"][..],
        &["stamp", "bbbb"],
        &["show", "bbbb"],
    ] {
        let expected = [
            "Can't locate revision identified by 'bbbb'",
            "'bbbb2222', 'bbbb2244'",
            "write more characters of the id",
        ];
        project.refuses(words, &expected);
    }
}

#[test]
fn several_heads() {
    let project = Project::new("heads");
    project.write(
        "m/versions/third.py",
        &script("cccc3333", "'aaaa1111'", "    pass\n"),
    );
    project.refuses(
        &["upgrade", "head"],
        &["Multiple head revisions are present for given argument 'head'"],
    );
    project.refuses(
        &["revision", "-m", "x"],
        &["Multiple heads are present; please specify the head revision"],
    );
}

#[test]
fn unsupported_directive() {
    let project = Project::new("directive");
    project.second("op.frobnicate('t')");
    let expected = [
        "`alembic.op.frobnicate` is not modelled",
        "bbbb2222_second.py:10:5",
        "op.frobnicate('t')",
    ];
    // Not even the first revision, which could be run, is run.
    project.refuses(&["upgrade", "head"], &expected);
    project.refuses(&["upgrade", "head", "--sql"], &expected);
    project.run(&["upgrade", "aaaa1111"]);
    project.refuses(&["upgrade", "head"], &expected);
}

#[test]
fn an_unread_script_without_python_keeps_its_place() {
    let project = Project::new("no-interpreter");
    project.second("op.frobnicate('t')");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_limbeck"));
    command
        .args(["upgrade", "head"])
        .current_dir(&project.folder)
        .env_remove("VIRTUAL_ENV")
        .env_remove("CONDA_PREFIX")
        .env("PATH", project.folder.join("m"));
    let outcome = crate::project::finish(&mut command);
    outcome.is_refusal(&[
        "bbbb2222_second.py:10:5",
        "no Python interpreter found",
        "activate the project's virtual environment",
    ]);
    assert_eq!(project.run(&["current"]), "");
}

#[test]
fn a_script_that_raises() {
    let project = Project::new("raises");
    project.run(&["upgrade", "aaaa1111"]);
    project.second("raise RuntimeError('not on a Friday')");
    project.refuses(
        &["upgrade", "head"],
        &["RuntimeError: not on a Friday", "bbbb2222_second.py:10:5"],
    );
}

#[test]
fn database_at_an_unknown_revision() {
    let project = Project::new("foreign");
    project.run(&["upgrade", "head"]);
    project.remove(SECOND);
    for words in [
        &["upgrade", "head"][..],
        &["downgrade", "base"],
        &["stamp", "head"],
        &["current"],
        &["revision", "-m", "x", "--autogenerate"],
    ] {
        project.refuses(words, &["Can't locate revision identified by 'bbbb2222'"]);
    }
    for words in [&["upgrade", "head"][..], &["current"]] {
        let help = [
            "the database says that it is at `bbbb2222`, which no script of the project has",
            "limbeck stamp --purge",
        ];
        project.refuses(words, &help);
    }
    project.run(&["stamp", "--purge", "head"]);
    assert_eq!(project.run(&["current"]).trim(), "aaaa1111 (head)");
}

/// What has been written is read again: a template of one's own may have left out what a revision needs.
#[test]
fn template_without_identifiers() {
    let project = Project::new("template");
    let path = project.folder.join("m/script.py.mako");
    let template = std::fs::read_to_string(path).unwrap();
    let without = |word: &str| -> String {
        let lines = template.lines().filter(|line| !line.starts_with(word));
        lines.flat_map(|line| [line, "\n"]).collect()
    };
    project.write("m/script.py.mako", &without("branch_labels"));
    let words = [
        "revision",
        "-m",
        "x",
        "--rev-id",
        "q1",
        "--branch-label",
        "l",
    ];
    let said = project.limbeck(&words);
    assert_ne!(said.code, Some(0));
    let expected = "Version q1 specified branch_labels l, however the migration file";
    assert!(said.text.contains(expected), "{}", said.text);
    std::fs::remove_file(project.folder.join("m/versions/q1_x.py")).unwrap();
    project.write("m/script.py.mako", &without("revision"));
    let said = project.limbeck(&["revision", "-m", "x", "--rev-id", "q2"]);
    assert_ne!(said.code, Some(0));
    let expected = "Could not determine revision id from filename q2_x.py.";
    assert!(said.text.contains(expected), "{}", said.text);
}

/// What a project makes of SQLAlchemy's own types, functions and statements with `@compiles` is never passed over.
#[test]
fn constructs_with_compilers_of_their_own() {
    for (construct, dialect) in [
        ("sa.DateTime", ""),
        ("sa.DateTime", ", 'sqlite'"),
        ("sa.sql.functions.now", ", 'sqlite'"),
        ("sa.schema.CreateTable", ""),
        ("sa.DateTime", ", 'mysql'"),
    ] {
        let project = Project::new("compiles");
        project.second(&format!(
            "from sqlalchemy.ext.compiler import compiles\n    @compiles({construct}{dialect})\n    \
             def own(element, compiler, **kw):\n        text = 'OWN'\n        return text\n    \
             op.create_table('u', sa.Column('d', sa.DateTime(), server_default=sa.func.now()))"
        ));
        let said = project.limbeck(&["upgrade", "head", "--sql"]);
        if dialect == ", 'mysql'" {
            assert_eq!(said.code, Some(0), "{}", said.text);
        } else {
            assert_ne!(said.code, Some(0), "{construct}{dialect}");
            let expected = "is compiled by a function of its own";
            assert!(said.text.contains(expected), "{}", said.text);
        }
    }
}
