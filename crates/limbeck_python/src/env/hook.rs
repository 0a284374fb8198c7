//! The functions that env.py hands to `context.configure()`, called with stand-ins for what Alembic would hand them.
//!
//! A stand-in has what such functions look at. What it lacks is unknown, and deciding on something unknown is an
//! error at its place: no answer is guessed.

mod directives;
mod subject;
mod version;

use std::rc::Rc;

use limbeck_diag::Error;
use limbeck_schema::{Column, Constraint, Index, Table};

pub use directives::{Directive, Picked, PickedRun, RevisionScript};
pub use version::{VersionStep, call_on_version_apply};

use crate::alchemy::migration_context;
use crate::args::Args;
use crate::eval::{Interp, World};
use crate::flow::R;
use crate::host::Host;
use crate::value::{Dict, Value};

/// A table or a part of one, as `include_object` is handed it.
#[derive(Debug, Clone, Copy)]
pub struct HookObject<'a> {
    /// The table that it is or belongs to.
    pub table: &'a Table,
    /// Which part.
    pub part: HookPart<'a>,
    /// `target_metadata`, if it is of the models; none for what comes from the database, which has no `info`.
    pub models: Option<&'a Value>,
}

/// A part of a table.
#[derive(Debug, Clone, Copy)]
pub enum HookPart<'a> {
    /// The table itself.
    Table,
    /// One of its columns.
    Column(&'a Column),
    /// One of its indexes.
    Index(&'a Index),
    /// One of its constraints.
    Constraint(&'a Constraint),
}

/// The question that `include_object` answers.
#[derive(Debug, Clone, Copy)]
pub struct ObjectQuestion<'a> {
    /// What it is about.
    pub object: HookObject<'a>,
    /// Its name.
    pub name: Option<&'a str>,
    /// `table`, `column`, ….
    pub kind: &'a str,
    /// It comes from the database, and the models do not have it.
    pub reflected: bool,
    /// What the other side has of that name.
    pub compare_to: Option<HookObject<'a>>,
}

/// Calls `function(…)` in the world that env.py was evaluated in.
fn call<T>(
    world: &Rc<World>,
    host: &mut dyn Host,
    work: impl FnOnce(&mut Interp<'_>) -> R<T>,
) -> Result<T, Error> {
    let mut ev = Interp::new(world, host);
    match work(&mut ev) {
        Ok(value) => Ok(value),
        Err(flow) => Err(ev.flow_to_error(flow)),
    }
}

fn text_or_none(text: Option<&str>) -> Value {
    text.map_or(Value::None, Value::from)
}

/// `include_object(object, name, type_, reflected, compare_to)`
///
/// # Errors
/// The function raises an exception, or decides on something that is not known.
pub fn call_include_object(
    world: &Rc<World>,
    host: &mut dyn Host,
    function: &Value,
    question: &ObjectQuestion<'_>,
) -> Result<bool, Error> {
    call(world, host, |ev| {
        let object = subject::value(ev, &question.object)?;
        let compare_to = match &question.compare_to {
            Some(object) => subject::value(ev, object)?,
            None => Value::None,
        };
        let arguments = vec![
            object,
            text_or_none(question.name),
            Value::from(question.kind),
            Value::Bool(question.reflected),
            compare_to,
        ];
        let answer = ev.call(function, Args::positional(arguments))?;
        ev.truth(&answer, "what `include_object` returns")
    })
}

/// `include_name(name, type_, parent_names)`; `table` is the namespace and the name of the table that it is or
/// belongs to.
///
/// # Errors
/// As [`call_include_object`].
pub fn call_include_name(
    world: &Rc<World>,
    host: &mut dyn Host,
    function: &Value,
    name: Option<&str>,
    kind: &str,
    table: Option<(Option<&str>, &str)>,
) -> Result<bool, Error> {
    call(world, host, |ev| {
        let mut parents: Vec<(Rc<str>, Value)> = Vec::new();
        if let Some((schema, table)) = table {
            parents.push((Rc::from("schema_name"), text_or_none(schema)));
            if kind != "table" {
                parents.push((Rc::from("table_name"), Value::from(table)));
            }
            let qualified = schema.map_or_else(|| table.to_owned(), |it| format!("{it}.{table}"));
            parents.push((
                Rc::from("schema_qualified_table_name"),
                Value::from(qualified),
            ));
        }
        let arguments = vec![
            text_or_none(name),
            Value::from(kind),
            Value::dict(Dict::from_pairs(parents)),
        ];
        let answer = ev.call(function, Args::positional(arguments))?;
        ev.truth(&answer, "what `include_name` returns")
    })
}

/// A column on both sides, with the texts of its defaults.
#[derive(Debug, Clone, Copy)]
pub struct ColumnQuestion<'a> {
    /// As the database has it.
    pub database: &'a Column,
    /// As the models have it.
    pub metadata: &'a Column,
    /// The models' table.
    pub table: &'a Table,
    /// `target_metadata`
    pub models: &'a Value,
    /// The default of the database.
    pub database_default: Option<&'a str>,
    /// The default of the models.
    pub metadata_default: Option<&'a str>,
}

/// `compare_type(context, inspected_column, metadata_column, inspected_type, metadata_type)`, or with `is_default`
/// `compare_server_default(context, inspected_column, metadata_column, inspected_default, metadata_default,
/// rendered_metadata_default)`. `None` leaves it to Alembic.
///
/// # Errors
/// As [`call_include_object`].
pub fn call_compare(
    world: &Rc<World>,
    host: &mut dyn Host,
    function: &Value,
    question: &ColumnQuestion<'_>,
    is_default: bool,
) -> Result<Option<bool>, Error> {
    call(world, host, |ev| {
        let context = migration_context();
        let column = |ev: &mut Interp<'_>, column, models| {
            let object = HookObject {
                table: question.table,
                part: HookPart::Column(column),
                models,
            };
            subject::value(ev, &object)
        };
        let inspected = column(ev, question.database, None)?;
        let wanted = column(ev, question.metadata, Some(question.models))?;
        let mut arguments = vec![context, inspected.clone(), wanted.clone()];
        if is_default {
            let given = match question.metadata.server_default {
                Some(_) => ev.unknown("the object of a server default is not modelled"),
                None => Value::None,
            };
            arguments.push(text_or_none(question.database_default));
            arguments.push(given);
            arguments.push(text_or_none(question.metadata_default));
        } else {
            arguments.push(ev.get_attr(&inspected, "type")?);
            arguments.push(ev.get_attr(&wanted, "type")?);
        }
        let answer = ev.call(function, Args::positional(arguments))?;
        if answer.is_none() {
            return Ok(None);
        }
        ev.truth(&answer, "what the comparison returns").map(Some)
    })
}
