//! The arguments of `context.configure()`.

use super::recorder::{Context, Recorder};
use super::{Callable, EnvTarget, Flag, engine};
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

const SIGNATURE: &str = "connection=, url=, dialect_name=, dialect_opts=, transactional_ddl=, \
    transaction_per_migration=, output_buffer=, starting_rev=, tag=, template_args=, render_as_batch=, \
    target_metadata=, include_name=, include_object=, include_schemas=, process_revision_directives=, \
    compare_type=, compare_server_default=, render_item=, literal_binds=, upgrade_token=, downgrade_token=, \
    alembic_module_prefix=, sqlalchemy_module_prefix=, user_module_prefix=, on_version_apply=, \
    autogenerate_plugins=, version_table=, version_table_schema=, version_table_pk=, output_encoding=, \
    mssql_batch_separator=, oracle_batch_separator=, **kw";

/// Arguments that are functions; `compare_…` may be one.
pub(super) const HOOKS: [&str; 5] = [
    "include_name",
    "include_object",
    "process_revision_directives",
    "render_item",
    "on_version_apply",
];

/// `context.configure(…)`
pub(super) fn configure(ev: &mut Interp<'_>, recorder: &Recorder, args: Args) -> R {
    ev.effects += 1;
    let names = args.keywords.iter().map(|(name, _)| name.to_string());
    let given: Vec<_> = names.map(|name| (name, ev.location())).collect();
    recorder.options.borrow_mut().given.extend(given);
    let mut args = args.bind(ev, "configure", SIGNATURE)?;
    let on_connect = args
        .get("connection")
        .map(engine::on_connect)
        .unwrap_or_default();
    let target = target(ev, recorder, &mut args)?;
    read_options(ev, recorder, &mut args)?;
    let template_args = match args.take_or_none("template_args") {
        Value::None => Vec::new(),
        given => dictionary(ev, &given, "`template_args`")?,
    };
    let output_file = match args.take_or_none("output_buffer") {
        Value::None => None,
        given => super::context::output_path(ev, &given)?,
    };
    *recorder.context.borrow_mut() = Some(Context {
        target,
        metadata: args.take_or_none("target_metadata"),
        template_args,
        output_file,
        on_connect,
        location: ev.location(),
    });
    Ok(Value::None)
}

/// The database, in Alembic's order: connection, URL, dialect.
fn target(ev: &mut Interp<'_>, recorder: &Recorder, args: &mut Bindings) -> R<EnvTarget> {
    let connection = args.take_or_none("connection");
    if !connection.is_none() {
        if connection.downcast::<engine::Engine>().is_some() {
            return Err(ev.raise(
                "Exception",
                "'connection' argument to configure() is expected to be a sqlalchemy.engine.Connection instance",
            ));
        }
        engine::check_commits(ev, &connection)?;
        return engine::target_of(ev, recorder, &connection);
    }
    let url = args.take_or_none("url");
    if !url.is_none() {
        return Ok(match &url {
            Value::Unknown(unknown) => recorder.target_of_unknown(unknown),
            other => match other.downcast::<super::url::Url>() {
                Some(url) => recorder.target_of_url(Some(recorder.config.render_url(&url.parts))),
                None => recorder.target_of_url(Some(ev.to_str(other)?)),
            },
        });
    }
    if let Some(url) = &recorder.request.url {
        return Ok(EnvTarget::Url(url.clone()));
    }
    match args.take_or_none("dialect_name") {
        Value::None => Ok(EnvTarget::Unknown {
            reason: "`context.configure()` was given no connection, no URL and no dialect"
                .to_owned(),
            location: ev.location(),
        }),
        Value::Unknown(unknown) => Ok(recorder.target_of_unknown(&unknown)),
        name => Ok(EnvTarget::Dialect(ev.to_str(&name)?)),
    }
}

fn read_options(ev: &mut Interp<'_>, recorder: &Recorder, args: &mut Bindings) -> R<()> {
    // Taken out while Python code may run, put back at the end.
    let mut options = recorder.options.borrow().clone();
    if let Some(value) = given(args, "transactional_ddl") {
        options.transactional_ddl = Some(flag(ev, &value, "transactional_ddl")?);
    }
    if let Some(value) = args.take("transaction_per_migration") {
        options.transaction_per_migration = flag(ev, &value, "transaction_per_migration")?;
    }
    if let Some(value) = given(args, "starting_rev") {
        options.starting_rev = Some(text(ev, &value, "starting_rev")?);
    }
    if let Some(value) = given(args, "tag") {
        options.tag = Some(text(ev, &value, "tag")?);
    }
    if let Some(value) = args.take("literal_binds") {
        options.literal_binds = flag(ev, &value, "literal_binds")?;
    }
    if let Some(value) = given(args, "dialect_opts") {
        for (name, value) in dictionary(ev, &value, "`dialect_opts`")? {
            match name.as_str() {
                "paramstyle" => options.paramstyle = Some(text(ev, &value, "paramstyle")?),
                _ => options.other.push(format!("dialect_opts[{name:?}]")),
            }
        }
    }
    if let Some(value) = given(args, "version_table") {
        options.version_table = text(ev, &value, "version_table")?;
    }
    if let Some(value) = args.take("version_table_schema") {
        options.version_table_schema = opt_text(ev, &value, "version_table_schema")?;
    }
    if let Some(value) = args.take("version_table_pk") {
        options.version_table_pk = flag(ev, &value, "version_table_pk")?;
    }
    if let Some(value) = args.take("render_as_batch") {
        options.render_as_batch = flag(ev, &value, "render_as_batch")?;
    }
    if let Some(value) = args.take("include_schemas") {
        options.include_schemas = flag(ev, &value, "include_schemas")?;
    }
    for (name, slot) in [
        ("compare_type", &mut options.compare_type),
        (
            "compare_server_default",
            &mut options.compare_server_default,
        ),
    ] {
        let Some(value) = args.take(name) else {
            continue;
        };
        if is_function(&value) {
            *slot = Flag::Callable;
            let location = ev.location();
            options.callables.retain(|it| it.argument != name);
            options.callables.push(Callable {
                argument: name.to_owned(),
                function: value,
                location,
            });
        } else {
            *slot = Flag::Given(flag(ev, &value, name)?);
        }
    }
    for (name, slot) in [
        ("alembic_module_prefix", &mut options.alembic_module_prefix),
        (
            "sqlalchemy_module_prefix",
            &mut options.sqlalchemy_module_prefix,
        ),
        ("upgrade_token", &mut options.upgrade_token),
        ("downgrade_token", &mut options.downgrade_token),
    ] {
        if let Some(value) = args.take(name) {
            *slot = opt_text(ev, &value, name)?.unwrap_or_default();
        }
    }
    for (name, slot) in [
        ("user_module_prefix", &mut options.user_module_prefix),
        ("output_encoding", &mut options.output_encoding),
        ("mssql_batch_separator", &mut options.mssql_batch_separator),
        (
            "oracle_batch_separator",
            &mut options.oracle_batch_separator,
        ),
    ] {
        if let Some(value) = args.take(name) {
            *slot = opt_text(ev, &value, name)?;
        }
    }
    for name in HOOKS {
        let Some(value) = given(args, name) else {
            continue;
        };
        let location = ev.location();
        options.callables.retain(|it| it.argument != name);
        options.callables.push(Callable {
            argument: name.to_owned(),
            function: value,
            location,
        });
    }
    if args.take("autogenerate_plugins").is_some() {
        options.other.push("autogenerate_plugins".to_owned());
    }
    options
        .other
        .extend(args.extra.iter().map(|(name, _)| name.to_string()));
    *recorder.options.borrow_mut() = options;
    Ok(())
}

/// An argument that was given and is not `None`.
fn given(args: &mut Bindings, name: &str) -> Option<Value> {
    args.take(name).filter(|value| !value.is_none())
}

fn is_function(value: &Value) -> bool {
    matches!(
        value,
        Value::Function(_) | Value::Native(_) | Value::Bound(_)
    )
}

fn flag(ev: &mut Interp<'_>, value: &Value, name: &str) -> R<bool> {
    ev.truth(value, &format!("`{name}`"))
}

fn opt_text(ev: &mut Interp<'_>, value: &Value, name: &str) -> R<Option<String>> {
    if value.is_none() {
        Ok(None)
    } else {
        text(ev, value, name).map(Some)
    }
}

fn text(ev: &mut Interp<'_>, value: &Value, name: &str) -> R<String> {
    ev.need_known(value, &format!("`{name}`"))?;
    match value.as_str() {
        Some(text) => Ok(text.to_string()),
        None => Err(ev.unreadable(format!("`{name}` is not a string"))),
    }
}

/// The items of a dictionary with string keys.
pub(super) fn dictionary(
    ev: &mut Interp<'_>,
    value: &Value,
    what: &str,
) -> R<Vec<(String, Value)>> {
    ev.need_known(value, what)?;
    let items = ev.call_method(value, "items", Args::none())?;
    let mut out = Vec::new();
    for item in ev.iterate(&items)? {
        let pair = ev.iterate(&item)?;
        if let (Some(key), Some(value)) = (pair.first(), pair.get(1)) {
            out.push((ev.to_str(key)?, value.clone()));
        }
    }
    Ok(out)
}

/// The positional arguments of a call that takes none but keywords, as pairs.
pub(super) fn keywords(args: Args) -> Vec<(String, Value)> {
    args.keywords
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .collect()
}
