//! What Python does not import is not taken for read.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};

/// Both refuse the env.py of that beginning, and accept the second.
#[track_caller]
fn check(name: &str, refused: &str, accepted: &str) {
    let Some(bin) = alembic_bin() else { return };
    let folder = Folder::new(&format!("import-errors-{name}"));
    folder.write("m/versions/.keep", "");
    folder.write("alembic.ini", "[alembic]\nscript_location = m\n");
    for (head, is_taken) in [(refused, false), (accepted, true)] {
        let env = format!(
            "{head}\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\
             with create_engine('sqlite:///a.db').connect() as connection:\n    \
             context.configure(connection=connection, target_metadata=metadata)\n    \
             with context.begin_transaction():\n        context.run_migrations()\n"
        );
        folder.write("m/env.py", &env);
        for program in [
            bin.join("alembic").as_path(),
            Path::new(env!("CARGO_BIN_EXE_limbeck")),
        ] {
            let mut command = Command::new(program);
            command.arg("check").current_dir(&*folder).env("PATH", &bin);
            // What is missing is said on standard output by both.
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned()
                + &String::from_utf8_lossy(&output.stdout);
            let is_read = said.contains("New upgrade operations detected");
            assert_eq!(is_read, is_taken, "{program:?}: {said}");
        }
    }
}

const BASE: &str = "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship\n\
    from sqlalchemy import ForeignKey\nclass Base(DeclarativeBase):\n    pass\n";

const ITEM: &str = "class Item(Base):\n    __tablename__ = 'item'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    \
    user_id: Mapped[int] = mapped_column(ForeignKey('user.id'))\n";

const USER: &str = "class User(Base):\n    __tablename__ = 'user'\n    id: Mapped[int] = mapped_column(primary_key=True)\n\
    metadata = Base.metadata\n";

#[test]
fn a_class_in_an_annotation_is_defined_before() {
    let refused = format!("{BASE}{ITEM}    user: Mapped[User] = relationship()\n{USER}");
    let accepted = format!("{BASE}{ITEM}    user: Mapped['User'] = relationship()\n{USER}");
    check("annotation", &refused, &accepted);
}

#[test]
fn base_settings_have_moved() {
    let settings = "class Settings(BaseSettings):\n    name: str = 'item'\n";
    let table = "from sqlalchemy import Column, Integer, MetaData, Table\nmetadata = MetaData()\n\
        Table(Settings().name, metadata, Column('id', Integer))\n";
    let refused = format!("from pydantic import BaseSettings\n{settings}{table}");
    let accepted = format!(
        "try:\n    from pydantic import BaseSettings\nexcept ImportError:\n    from pydantic import BaseModel as BaseSettings\n\
         {settings}{table}"
    );
    check("settings", &refused, &accepted);
}
