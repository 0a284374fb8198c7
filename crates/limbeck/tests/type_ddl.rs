//! Types and columns in SQL, against what SQLAlchemy wrote for six databases.

#![expect(clippy::expect_used, reason = "a test without its data fails")]

#[path = "vectors/recording.rs"]
mod recording;

use std::rc::Rc;

use limbeck_python::{
    Inputs, Limits, NoSources, World, evaluate_column, evaluate_type, on_deep_stack,
};
use limbeck_sql::{SqlAlchemyVersion, Target, render_column, render_type};
use recording::{error_fault, text};
use serde_json::Value;

fn world(version: &str) -> Rc<World> {
    let inputs = Inputs {
        packages: [("sqlalchemy".to_owned(), version.to_owned())].into(),
        ..Inputs::default()
    };
    World::new(Rc::new(NoSources), inputs, Limits::default())
}

#[test]
fn types_and_columns_are_written_as_by_sqlalchemy() {
    on_deep_stack(|| {
        let (older, newest) = (world("2.0.58"), world("2.1.9"));
        recording::check(
            "type_ddl.json",
            |case: &Value, dialect, version, wanted: &Value| {
                let target = Target::offline(dialect, version);
                let world = match version {
                    SqlAlchemyVersion::V2_0 => &older,
                    SqlAlchemyVersion::V2_1 => &newest,
                };
                let made = match text(case, "kind") {
                    "type" => evaluate_type(world, text(case, "type"))
                        .and_then(|type_| render_type(&type_, &target)),
                    _ => evaluate_column(world, text(case, "column"))
                        .and_then(|column| render_column(&column, &target)),
                };
                let fault = error_fault(wanted.get("error"), made.as_ref().err());
                if fault.is_some() {
                    return fault;
                }
                let found = made.unwrap_or_default();
                let wanted = wanted.as_str().unwrap_or_default();
                (wanted != found).then(|| format!("wanted {wanted}\nfound {found}"))
            },
        );
    });
}
