//! The modules that scripts import.

use std::rc::Rc;

use crate::alchemy::registry::alchemy;
use crate::alchemy::types::class::{dialect_type, generic_type, is_since_2_1};
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::ModuleBuilder;
use crate::value::{Module, Value};

/// The builder of a modelled module, by dotted name.
pub(crate) fn module(name: &str) -> Option<ModuleBuilder> {
    Some(match name {
        "alembic" => |_ev| Ok(Module::native_with("alembic", [], Some(version_attr))),
        "alembic.context" => |_ev| Ok(crate::alchemy::script_context::module()),
        "alembic.op" => |_ev| Ok(Module::native_with("alembic.op", [], Some(op_attr))),
        "alembic.operations" => |_ev| Ok(operations("alembic.operations")),
        "alembic.operations.base" => |_ev| Ok(operations("alembic.operations.base")),
        "alembic.operations.ops" => |_ev| Ok(operations("alembic.operations.ops")),
        "sqlalchemy" => |_ev| Ok(general("sqlalchemy")),
        "sqlalchemy.ext.compiler" => |_ev| Ok(crate::alchemy::sql::compiles::module()),
        "sqlalchemy.types" => |_ev| Ok(general("sqlalchemy.types")),
        "sqlalchemy.schema" => |_ev| Ok(general("sqlalchemy.schema")),
        "sqlalchemy.sql" => |_ev| Ok(general("sqlalchemy.sql")),
        "sqlalchemy.sql.expression" => |_ev| Ok(general("sqlalchemy.sql.expression")),
        "sqlalchemy.sql.elements" => |_ev| Ok(general("sqlalchemy.sql.elements")),
        "sqlalchemy.sql.functions" => |_ev| Ok(general("sqlalchemy.sql.functions")),
        "sqlalchemy.sql.schema" => |_ev| Ok(general("sqlalchemy.sql.schema")),
        "sqlalchemy.sql.selectable" => |_ev| Ok(general("sqlalchemy.sql.selectable")),
        "sqlalchemy.sql.sqltypes" => |_ev| Ok(general("sqlalchemy.sql.sqltypes")),
        "sqlalchemy.sql.ddl" => |_ev| Ok(general("sqlalchemy.sql.ddl")),
        "sqlalchemy.sql.type_api" => |_ev| Ok(general("sqlalchemy.sql.type_api")),
        "sqlalchemy.sql.naming" => |_ev| Ok(general("sqlalchemy.sql.naming")),
        "sqlalchemy.engine" => |_ev| Ok(general("sqlalchemy.engine")),
        "sqlalchemy.engine.reflection" => |_ev| Ok(general("sqlalchemy.engine.reflection")),
        "sqlalchemy.future" => |_ev| Ok(general("sqlalchemy.future")),
        "sqlalchemy.event" => crate::models::event::module,
        "flask_sqlalchemy" => crate::models::flask::module,
        "sqlalchemy.exc" => |_ev| Ok(general("sqlalchemy.exc")),
        "sqlalchemy.orm" => |_ev| Ok(general("sqlalchemy.orm")),
        "sqlalchemy.orm.decl_api" => |_ev| Ok(general("sqlalchemy.orm.decl_api")),
        "sqlalchemy.orm.base" => |_ev| Ok(general("sqlalchemy.orm.base")),
        "sqlalchemy.orm.relationships" => |_ev| Ok(general("sqlalchemy.orm.relationships")),
        "sqlalchemy.ext" => |_ev| Ok(general("sqlalchemy.ext")),
        "sqlalchemy.ext.asyncio" => |_ev| Ok(general("sqlalchemy.ext.asyncio")),
        "sqlalchemy.ext.associationproxy" => |_ev| Ok(general("sqlalchemy.ext.associationproxy")),
        "sqlalchemy.ext.declarative" => |_ev| Ok(general("sqlalchemy.ext.declarative")),
        "sqlalchemy.ext.hybrid" => |_ev| Ok(general("sqlalchemy.ext.hybrid")),
        "sqlalchemy.ext.mutable" => |_ev| Ok(general("sqlalchemy.ext.mutable")),
        "sqlalchemy.ext.orderinglist" => |_ev| Ok(general("sqlalchemy.ext.orderinglist")),
        "sqlalchemy.orm.session" => |_ev| Ok(general("sqlalchemy.orm.session")),
        "sqlalchemy.dialects" => |_ev| {
            Ok(Module::native_with(
                "sqlalchemy.dialects",
                [],
                Some(dialects_attr),
            ))
        },
        "sqlalchemy.dialects.postgresql" => |_ev| Ok(dialect("sqlalchemy.dialects.postgresql")),
        "sqlalchemy.dialects.postgresql.base" => {
            |_ev| Ok(dialect("sqlalchemy.dialects.postgresql.base"))
        }
        "sqlalchemy.dialects.postgresql.json" => {
            |_ev| Ok(dialect("sqlalchemy.dialects.postgresql.json"))
        }
        "sqlalchemy.dialects.postgresql.types" => {
            |_ev| Ok(dialect("sqlalchemy.dialects.postgresql.types"))
        }
        "sqlalchemy.dialects.postgresql.array" => {
            |_ev| Ok(dialect("sqlalchemy.dialects.postgresql.array"))
        }
        "sqlalchemy.dialects.postgresql.named_types" => {
            |_ev| Ok(dialect("sqlalchemy.dialects.postgresql.named_types"))
        }
        "sqlalchemy.dialects.mysql.base" => |_ev| Ok(dialect("sqlalchemy.dialects.mysql.base")),
        "sqlalchemy.dialects.sqlite.base" => |_ev| Ok(dialect("sqlalchemy.dialects.sqlite.base")),
        "sqlalchemy.dialects.mssql.base" => |_ev| Ok(dialect("sqlalchemy.dialects.mssql.base")),
        "sqlalchemy.dialects.oracle.base" => |_ev| Ok(dialect("sqlalchemy.dialects.oracle.base")),
        "sqlalchemy.dialects.mysql" => |_ev| Ok(dialect("sqlalchemy.dialects.mysql")),
        "sqlalchemy.dialects.mysql.types" => |_ev| Ok(dialect("sqlalchemy.dialects.mysql.types")),
        "sqlalchemy.dialects.sqlite" => |_ev| Ok(dialect("sqlalchemy.dialects.sqlite")),
        "sqlalchemy.dialects.mssql" => |_ev| Ok(dialect("sqlalchemy.dialects.mssql")),
        "sqlalchemy.dialects.oracle" => |_ev| Ok(dialect("sqlalchemy.dialects.oracle")),
        "sqlmodel" => |_ev| Ok(general("sqlmodel")),
        "sqlmodel.main" => |_ev| Ok(general("sqlmodel.main")),
        "sqlmodel.sql" => |_ev| Ok(general("sqlmodel.sql")),
        "sqlmodel.sql.sqltypes" => |_ev| Ok(general("sqlmodel.sql.sqltypes")),
        _ => return crate::alchemy::companions::module(name),
    })
}

/// True for a top-level package that is modelled here: a submodule that [`module`] does not know is
/// unknown rather than looked up in the project.
pub(crate) fn owns(name: &str) -> bool {
    matches!(
        name,
        "alembic" | "sqlalchemy" | "sqlmodel" | "flask_sqlalchemy"
    ) || crate::alchemy::companions::owns(name)
}

fn op_attr(ev: &mut Interp<'_>, _module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    crate::alchemy::op::module_attr(ev, name)
}

/// A dialect's module as an attribute of `sqlalchemy.dialects`.
fn dialects_attr(ev: &mut Interp<'_>, _module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    match name {
        "postgresql" | "mysql" | "sqlite" | "mssql" | "oracle" => {
            ev.import(&format!("sqlalchemy.dialects.{name}")).map(Some)
        }
        _ => Ok(None),
    }
}

fn general(name: &str) -> Rc<Module> {
    Module::native_with(name, [], Some(general_attr))
}

/// `__version__`, as the project's environment declares it.
fn version_attr(ev: &mut Interp<'_>, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    if name != "__version__" || module.name.contains('.') {
        return Ok(None);
    }
    let found = ev.world().inputs().packages.get(&*module.name).cloned();
    Ok(Some(match found {
        Some(version) => Value::from(version),
        None => ev.unknown(format!(
            "which version of {} is installed is not known",
            module.name
        )),
    }))
}

fn operations(name: &str) -> Rc<Module> {
    Module::native_with(name, [], Some(operations_attr))
}

/// A class of an operation, for `isinstance` and for operations of a project's own; what a project makes of Alembic's other names is
/// not modelled.
fn operations_attr(ev: &mut Interp<'_>, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    if matches!(name, "Operations" | "BatchOperations" | "MigrateOperation") {
        return Ok(alchemy(ev).find_class(name).map(Value::Class));
    }
    if &*module.name != "alembic.operations.ops" {
        return match name {
            "ops" | "base" => ev.import(&format!("alembic.operations.{name}")).map(Some),
            _ => Ok(None),
        };
    }
    let is_operation = name.ends_with("Op") || name.ends_with("Ops") || name == "MigrationScript";
    let found = alchemy(ev).find_class(name).filter(|_| is_operation);
    Ok(found.map(Value::Class))
}

fn dialect(name: &str) -> Rc<Module> {
    Module::native_with(name, [], Some(dialect_attr))
}

/// A name of `sqlalchemy` or one of its public submodules.
fn general_attr(ev: &mut Interp<'_>, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    if name.starts_with("__") {
        return version_attr(ev, module, name);
    }
    if module.name.starts_with("sqlmodel") {
        if let Some(found) = crate::models::sqlmodel::module_attr(ev, module, name)? {
            return Ok(Some(found));
        }
        if name == "AutoString" {
            return Ok(Some(Value::Class(crate::alchemy::companions::auto_string(
                ev,
            ))));
        }
        // `sqlmodel.select` and its models have a life of their own.
        if matches!(name, "select" | "SQLModel" | "Field" | "Relationship") {
            return Ok(None);
        }
    }
    let is_orm = module.name.starts_with("sqlalchemy.orm")
        || module.name.starts_with("sqlalchemy.ext")
        || &*module.name == "sqlmodel";
    if is_orm && let Some(found) = crate::models::orm::attr(ev, &module.name, name)? {
        return Ok(Some(found));
    }
    let is_functions = &*module.name == "sqlalchemy.sql.functions";
    if is_functions
        && matches!(
            name,
            "now" | "count" | "current_timestamp" | "coalesce" | "max" | "min" | "sum"
        )
    {
        let func = crate::alchemy::sql::functions::func();
        return ev.get_attr(&func, name).map(Some);
    }
    match name {
        "types" | "schema" | "sql" | "orm" | "exc" | "engine" | "dialects" | "event" | "ext"
            if &*module.name == "sqlalchemy" =>
        {
            return ev.import(&format!("sqlalchemy.{name}")).map(Some);
        }
        "expression" | "elements" | "functions" | "sqltypes" | "type_api" | "ddl"
        | "selectable"
            if &*module.name == "sqlalchemy.sql" =>
        {
            return ev.import(&format!("sqlalchemy.sql.{name}")).map(Some);
        }
        "sql" if &*module.name == "sqlmodel" => return ev.import("sqlmodel.sql").map(Some),
        "sqltypes" if &*module.name == "sqlmodel.sql" => {
            return ev.import("sqlmodel.sql.sqltypes").map(Some);
        }
        "types" if &*module.name == "sqlmodel.sql.sqltypes" => {
            return ev.import("sqlalchemy.types").map(Some);
        }
        "reflection" if &*module.name == "sqlalchemy.engine" => {
            return ev.import("sqlalchemy.engine.reflection").map(Some);
        }
        "func" => return Ok(Some(crate::alchemy::sql::functions::func())),
        "column" => return Ok(Some(constructor(ev, "ColumnClause"))),
        "table" => return Ok(Some(constructor(ev, "TableClause"))),
        "join" => {
            return Ok(Some(Value::native("join", |ev, mut args| {
                join(ev, &mut args, "join")
            })));
        }
        "outerjoin" => {
            return Ok(Some(Value::native("outerjoin", |ev, mut args| {
                join(ev, &mut args, "outerjoin")
            })));
        }
        "_NONE_NAME" | "NONE_NAME" => return Ok(Some(Value::opaque("_NONE_NAME"))),
        _ => {}
    }
    if let Some((_, make)) = crate::alchemy::sql::constructs::FUNCTIONS
        .iter()
        .find(|(key, _)| *key == name)
    {
        let make = *make;
        return Ok(Some(Value::native(name, make)));
    }
    // That module has tables and their parts, but no types.
    if let Some(class) = generic_type(name).filter(|_| &*module.name != "sqlalchemy.schema") {
        return Ok(Some(Value::Class(alchemy(ev).type_class(class))));
    }
    if let Some(class) = alchemy(ev).find_class(name) {
        let hidden = matches!(
            name,
            "Operations"
                | "BatchOperations"
                | "MigrationContext"
                | "MigrateOperation"
                | "CommandError"
        );
        return Ok((!hidden).then_some(Value::Class(class)));
    }
    Ok(None)
}

fn constructor(ev: &Interp<'_>, key: &str) -> Value {
    Value::Class(alchemy(ev).class(key))
}

fn join(ev: &mut Interp<'_>, args: &mut crate::args::Args, name: &str) -> R {
    if args.positional.is_empty() {
        return Err(ev.raise(
            "TypeError",
            "join() missing 2 required positional arguments: 'left' and 'right'",
        ));
    }
    let left = args.positional.remove(0);
    crate::alchemy::sql::select::join_method(ev, left, name, std::mem::take(args))
}

/// A name of a dialect's module.
fn dialect_attr(ev: &mut Interp<'_>, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    let key = module.name.split('.').nth(2).unwrap_or_default().to_owned();
    if let Some(class) = dialect_type(&key, name) {
        if is_since_2_1(class) && !crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1) {
            return Ok(None);
        }
        return Ok(Some(Value::Class(alchemy(ev).type_class(class))));
    }
    let function: Option<crate::alchemy::sql::constructs::Make> = match (key.as_str(), name) {
        ("postgresql" | "sqlite" | "mysql", "insert") => Some(crate::alchemy::sql::dml::insert),
        ("postgresql", "array") => Some(crate::alchemy::sql::constructs::array),
        _ => None,
    };
    if let Some(function) = function {
        return Ok(Some(Value::native(name, move |ev, args| {
            function(ev, args)
        })));
    }
    if module.name.ends_with(".base")
        && matches!(
            (key.as_str(), name),
            ("postgresql", "PGDialect")
                | ("mysql", "MySQLDialect")
                | ("sqlite", "SQLiteDialect")
                | ("mssql", "MSDialect")
                | ("oracle", "OracleDialect")
        )
    {
        return Ok(Some(Value::Class(alchemy(ev).class(name))));
    }
    if name == "dialect" {
        return Ok(Some(Value::native("dialect", move |ev, _| {
            Ok(crate::alchemy::live::dialect::dialect_value(ev, &key))
        })));
    }
    let class = match (key.as_str(), name) {
        ("postgresql", "ExcludeConstraint") => "ExcludeConstraint",
        ("postgresql", "CreateEnumType") => "CreateEnumType",
        ("postgresql", "DropEnumType") => "DropEnumType",
        ("oracle", name) => return Ok(crate::alchemy::types::oracle::words(name)),
        _ => return Ok(None),
    };
    Ok(Some(constructor(ev, class)))
}
