//! From a `MetaData` to a schema: everything on the tables, every name made, every reference resolved.

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_diag::{Diagnostic, Error, ErrorKind};
use limbeck_schema::{
    Column, ColumnType, Constraint, ConstraintBody, ConventionError, EnumLabels,
    ForeignKeyConstraint, Name, NamingConvention, Schema, Table, TableName, TypeClass,
};

use crate::alchemy::schema::metadata::MetaDataObj;
use crate::alchemy::version::sqlalchemy_at_least;
use crate::eval::{Interp, World};
use crate::flow::{Flow, R};
use crate::host::{Host, LogLevel, LogSource};
use crate::value::Value;

/// A chain of foreign keys longer than this is a cycle.
const MAX_TYPE_CHAIN: usize = 64;

/// What the models of `target_metadata` say, a schema for each `MetaData` of it, in the form that real SQLAlchemy's
/// metadata has after all modules are imported: keys and indexes on the tables, names made by the naming convention,
/// types taken from what foreign keys refer to.
///
/// `target_metadata` is a value of `world` ([`crate::env::TargetMetadata::Known`]), in which the modules that env.py
/// imports have been executed (`EnvRequest::autogenerate`). `dialect` is SQLAlchemy's name of the dialect.
///
/// # Errors
/// [`ErrorKind::Unreadable`], located, where anything that reaches the schema is not understood: no table or column is
/// left out. [`ErrorKind::Python`] where the models are wrong (a foreign key to a table that is not there).
pub fn read_metadata(
    world: &Rc<World>,
    target_metadata: &Value,
    dialect: &str,
) -> Result<Vec<Schema>, Error> {
    let mut host = Reader { dialect };
    let mut ev = Interp::new(world, &mut host);
    schemas(&mut ev, target_metadata).map_err(|flow| ev.flow_to_error(flow))
}

/// What the models say whose `MetaData` is an attribute (which may be dotted) of a module.
///
/// # Errors
/// As [`read_metadata`]; and an exception that the module raises while it is imported.
pub fn read_module(
    world: &Rc<World>,
    module: &str,
    attribute: &str,
    dialect: &str,
) -> Result<Vec<Schema>, Error> {
    read_modules(world, &[module], attribute, dialect)
}

/// As [`read_module`], of the last of several modules that are imported in order.
///
/// # Errors
/// As [`read_module`].
pub fn read_modules(
    world: &Rc<World>,
    modules: &[&str],
    attribute: &str,
    dialect: &str,
) -> Result<Vec<Schema>, Error> {
    let mut host = Reader { dialect };
    let mut ev = Interp::new(world, &mut host);
    let read = |ev: &mut Interp<'_>| {
        let mut value = Value::None;
        for module in modules {
            value = ev.import(module)?;
        }
        for name in attribute.split('.') {
            value = ev.get_attr(&value, name)?;
        }
        schemas(ev, &value)
    };
    read(&mut ev).map_err(|flow| ev.flow_to_error(flow))
}

/// A host that knows its dialect and has no database.
struct Reader<'a> {
    dialect: &'a str,
}

impl Host for Reader<'_> {
    fn log(&mut self, _level: LogLevel, _source: LogSource, _text: &str) {}

    fn dialect_name(&self) -> &str {
        self.dialect
    }

    fn is_offline(&self) -> bool {
        true
    }
}

fn schemas(ev: &mut Interp<'_>, value: &Value) -> R<Vec<Schema>> {
    ev.need_known(value, "`target_metadata`")?;
    let values = match value {
        Value::None => Vec::new(),
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => ev.iterate(value)?,
        _ => vec![value.clone()],
    };
    let mut metadatas = Vec::new();
    for value in &values {
        ev.need_known(value, "an element of `target_metadata`")?;
        match value.downcast::<MetaDataObj>() {
            Some(metadata) => metadatas.push(metadata),
            None => return Err(ev.unreadable("`target_metadata` is no MetaData that can be read")),
        }
    }
    let faults: Vec<Error> = metadatas
        .iter()
        .flat_map(|metadata| metadata.faults.borrow().clone())
        .chain(ev.world().skipped())
        .collect();
    if let Some(error) = all_of(faults) {
        return Err(Flow::fatal(error));
    }
    metadatas
        .iter()
        .map(|metadata| schema(ev, metadata))
        .collect()
}

/// How many further faults are named beside the first.
const MAX_NOTES: usize = 20;

/// One error for all faults: the first, with the others as notes.
fn all_of(faults: Vec<Error>) -> Option<Error> {
    let mut faults = faults.into_iter();
    let first = faults.next()?;
    let rest: Vec<Error> = faults.collect();
    Some(first.map_diagnostic(|mut diagnostic| {
        for fault in rest.iter().take(MAX_NOTES) {
            diagnostic = diagnostic.note(in_a_line(&fault.diagnostic));
        }
        match rest.len().checked_sub(MAX_NOTES) {
            Some(more) if more > 0 => diagnostic.note(format!("and {more} more")),
            _ => diagnostic,
        }
    }))
}

fn in_a_line(diagnostic: &Diagnostic) -> String {
    match diagnostic.location() {
        Some(location) => format!("{location}: {}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

fn schema(ev: &mut Interp<'_>, metadata: &Rc<MetaDataObj>) -> R<Schema> {
    let unknown = metadata.unknown_convention.borrow().clone();
    if let Some(unknown) = unknown {
        ev.need_known(&unknown, "the naming convention")?;
    }
    let objects: Vec<_> = metadata.tables.borrow().values().cloned().collect();
    let mut tables = Vec::with_capacity(objects.len());
    let mut keys = Vec::with_capacity(objects.len());
    for object in &objects {
        let mut plain = object.schema_table(ev)?;
        if ev.truth(&object.info, "`info` of a table")? {
            plain.info = Some(ev.to_repr(&object.info)?);
        }
        keys.push(column_keys(&plain));
        // A CHECK of a column stays there, as SQLAlchemy writes it.
        let checks: Vec<Vec<Constraint>> = plain
            .columns
            .iter_mut()
            .map(|column| std::mem::take(&mut column.checks))
            .collect();
        let convention = object
            .convention
            .borrow()
            .clone()
            .unwrap_or_else(|| metadata.convention.borrow().clone());
        let mut table = plain
            .flattened_by(&convention)
            .map_err(|error| convention_error(&plain.name, &error))?;
        settle_keys(&mut table);
        table
            .indexes
            .sort_by(|left, right| left.name.as_str().cmp(&right.name.as_str()));
        for (column, checks) in table.columns.iter_mut().zip(checks) {
            column.checks = checks;
        }
        tables.push(table);
    }
    let default_schema = metadata.schema.borrow().clone();
    let targets = Targets {
        keys: objects
            .iter()
            .map(|object| object.name.to_string())
            .zip(keys)
            .enumerate()
            .map(|(at, (name, keys))| (name, (at, keys)))
            .collect(),
        schema: default_schema.clone(),
    };
    resolve_foreign_keys(&mut tables, &targets)?;
    let types: Vec<Vec<Option<ColumnType>>> = tables
        .iter()
        .map(|table| {
            let columns = table.columns.iter();
            columns
                .map(|column| referred_type(&tables, table, column, 0))
                .collect()
        })
        .collect();
    let inherits = sqlalchemy_at_least(ev, 2, 1);
    for (table, types) in tables.iter_mut().zip(types) {
        let inherited = Inherited {
            table: table.name.schema.clone(),
            metadata: default_schema.clone().filter(|_| inherits),
        };
        for (column, type_) in table.columns.iter_mut().zip(types) {
            let mut type_ = type_.unwrap_or_else(|| ColumnType::new(TypeClass::NullType));
            settle_type(&mut type_, &inherited);
            column.type_ = Some(type_);
            column.key = None;
            column.python_default = None;
            column.server_onupdate = false;
        }
    }
    Ok(Schema {
        tables,
        // Names are made already.
        naming_convention: NamingConvention {
            templates: IndexMap::new(),
        },
        ..Schema::default()
    })
}

/// The columns of a table by key, with their names.
fn column_keys(table: &Table) -> IndexMap<String, Name> {
    let columns = table.columns.iter();
    columns
        .map(|column| {
            let key = column.key.clone();
            let key = key.unwrap_or_else(|| column.name.text.clone());
            (key, column.name.clone())
        })
        .collect()
}

/// `PrimaryKeyConstraint("a")` makes its columns primary keys, which are not null.
fn settle_keys(table: &mut Table) {
    let columns: Vec<String> = table
        .primary_key_columns()
        .into_iter()
        .map(|name| name.text.clone())
        .collect();
    if columns.is_empty() {
        return;
    }
    for column in &mut table.columns {
        let is_key = columns.contains(&column.name.text);
        column.primary_key = is_key;
        if is_key && !column.nullable_given {
            column.nullable = false;
        }
    }
    // A constraint without columns is none.
    table.constraints.retain(
        |it| !matches!(&it.body, ConstraintBody::PrimaryKey(key) if key.columns.is_empty()),
    );
}

pub(crate) fn convention_error(table: &TableName, error: &ConventionError) -> Flow {
    let text = match error {
        ConventionError::NeedsName { key } => format!(
            "Naming convention including %(constraint_name)s token requires that constraint is explicitly named. \
             (\"{key}\" of table {table})"
        ),
        ConventionError::UnknownToken { token } => {
            format!("the token {token:?} of the naming convention is not modelled (table {table})")
        }
        ConventionError::NoColumn { token } => {
            format!("the token {token:?} of the naming convention has no column on table {table}")
        }
    };
    Flow::fatal(Error::message(
        ErrorKind::Unreadable,
        "naming-convention",
        text,
    ))
}

/// The tables that foreign keys may refer to, by SQLAlchemy's key.
struct Targets {
    keys: IndexMap<String, (usize, IndexMap<String, Name>)>,
    /// What an unqualified name means.
    schema: Option<Name>,
}

fn resolve_foreign_keys(tables: &mut [Table], targets: &Targets) -> R<()> {
    let names: Vec<TableName> = tables.iter().map(|table| table.name.clone()).collect();
    for table in tables.iter_mut() {
        let own = table.name.clone();
        for constraint in &mut table.constraints {
            if let ConstraintBody::ForeignKey(key) = &mut constraint.body {
                resolve_foreign_key(&own, key, targets, &names)?;
            }
        }
    }
    Ok(())
}

fn resolve_foreign_key(
    table: &TableName,
    key: &mut ForeignKeyConstraint,
    targets: &Targets,
    names: &[TableName],
) -> R<()> {
    let mut wanted = key.referred_table.clone();
    if wanted.schema.is_none() {
        wanted.schema.clone_from(&targets.schema);
    }
    let found = targets
        .keys
        .get(&wanted.to_string())
        .or_else(|| targets.keys.get(&key.referred_table.to_string()));
    let (Some((at, columns)), Some(column)) = (found, key.columns.first()) else {
        let column = key.columns.first().map_or("", |column| column.as_str());
        return Err(Flow::fatal(Error::message(
            ErrorKind::Python,
            "models",
            format!(
                "Foreign key associated with column '{table}.{column}' could not find table '{}' with which to generate \
                 a foreign key to target column '{}'",
                key.referred_table,
                key.referred_columns.first().map_or("", |it| it.as_str()),
            ),
        )));
    };
    if key.referred_columns.is_empty() {
        // Only the table was given: the column of the same name is meant.
        key.referred_columns = vec![column.clone()];
    }
    for referred in &mut key.referred_columns {
        let by_name = || columns.values().find(|name| name.text == referred.text);
        match columns.get(&referred.text).or_else(by_name) {
            Some(name) => *referred = name.clone(),
            None => {
                return Err(Flow::fatal(Error::message(
                    ErrorKind::Python,
                    "models",
                    format!(
                        "Could not initialize target column for ForeignKey '{}.{referred}' on table '{table}': table \
                         '{}' has no column named '{referred}'",
                        key.referred_table, key.referred_table
                    ),
                )));
            }
        }
    }
    if let Some(name) = names.get(*at) {
        key.referred_table = name.clone();
    }
    Ok(())
}

/// The type of a column; where it was given none, that of the column it refers to.
fn referred_type(
    tables: &[Table],
    table: &Table,
    column: &Column,
    depth: usize,
) -> Option<ColumnType> {
    let is_null = |type_: &ColumnType| type_.class == TypeClass::NullType;
    if column.type_.as_ref().is_some_and(|it| !is_null(it)) || depth > MAX_TYPE_CHAIN {
        return column.type_.clone();
    }
    table.foreign_keys().find_map(|(_, key)| {
        let is_own = |it: &Name| it.text == column.name.text;
        let at = key.columns.iter().position(is_own)?;
        let referred = key.referred_columns.get(at)?;
        let target = tables.iter().find(|it| it.name == key.referred_table)?;
        referred_type(tables, target, target.column(&referred.text)?, depth + 1)
    })
}

/// What the types of a table may take their namespace from.
struct Inherited {
    table: Option<Name>,
    /// The metadata's, since SQLAlchemy 2.1.
    metadata: Option<Name>,
}

/// What becomes of a type when its column gets a table.
fn settle_type(type_: &mut ColumnType, inherited: &Inherited) {
    let has_schema = matches!(
        type_.class,
        TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum | TypeClass::PgDomain
    );
    let is_given = type_
        .extra
        .shift_remove(super::type_map::SCHEMA_GIVEN)
        .is_some();
    if has_schema && is_given {
        // It has a namespace of its own, even if that is none.
        type_.inherit_schema = false;
    }
    if has_schema && !is_given {
        if type_.inherit_schema {
            type_.schema.clone_from(&inherited.table);
            type_.inherit_schema = false;
        } else if type_.schema.is_none() {
            type_.schema.clone_from(&inherited.metadata);
        }
    }
    if let Some(EnumLabels { enum_class, .. }) = &mut type_.labels {
        *enum_class = None;
    }
    for variant in type_.variants.values_mut() {
        settle_type(variant, inherited);
    }
    if let Some(item) = &mut type_.item {
        settle_type(item, inherited);
    }
    if let Some(custom) = &mut type_.custom {
        if let Some(impl_) = &mut custom.impl_ {
            settle_type(impl_, inherited);
        }
        for type_ in custom.by_dialect.values_mut() {
            settle_type(type_, inherited);
        }
    }
}
