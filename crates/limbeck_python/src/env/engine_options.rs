//! What `create_engine()` is told besides the URL: followed as far as it changes the connection, or kept as a fault.
//!
//! Faults are told where the engine is connected to, or migrations run on it: an engine that is only made harms nobody.

use std::rc::Rc;

use super::EnvTarget;
use super::configure::dictionary;
use super::recorder::Recorder;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// Options that change nothing of what the database is told: pools, logs, and how values travel.
const HARMLESS: &[&str] = &[
    "_coerce_config",
    "arraysize",
    "case_sensitive",
    "client_encoding",
    "convert_unicode",
    "echo",
    "echo_pool",
    "enable_from_linting",
    "encoding",
    "executemany_batch_page_size",
    "executemany_mode",
    "executemany_values_page_size",
    "fast_executemany",
    "future",
    "hide_parameters",
    "implicit_returning",
    "insertmanyvalues_page_size",
    "logging_name",
    "max_overflow",
    "native_inet_types",
    "pool",
    "pool_logging_name",
    "pool_pre_ping",
    "pool_recycle",
    "pool_reset_on_return",
    "pool_size",
    "pool_timeout",
    "pool_use_lifo",
    "poolclass",
    "query_cache_size",
    "server_side_cursors",
    "skip_autocommit_rollback",
    "url",
    "use_insertmanyvalues",
    "use_native_hstore",
    "use_native_unicode",
];

/// Arguments of drivers of the same kind.
const HARMLESS_ARGUMENTS: &[&str] = &[
    "application_name",
    "cached_statements",
    "check_same_thread",
    "command_timeout",
    "connection_class",
    "cursor_factory",
    "cursorclass",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "local_infile",
    "max_cacheable_statement_size",
    "max_cached_statement_lifetime",
    "prepare_threshold",
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
    "program_name",
    "read_timeout",
    "statement_cache_size",
    "target_session_attrs",
    "tcp_user_timeout",
    "use_unicode",
    "write_timeout",
];

/// Options that a configuration may give with its prefix, and that are not harmless.
const CONFIGURED: &[&str] = &[
    "connect_args",
    "creator",
    "execution_options",
    "isolation_level",
    "json_deserializer",
    "json_serializer",
    "max_identifier_length",
    "module",
];

/// What was read.
#[derive(Default, Clone)]
pub(super) struct EngineOptions {
    /// Why nothing can connect as the engine would.
    pub(super) connecting: Option<Value>,
    /// Why migrations on its connections would not be committed as they are here.
    pub(super) committing: Option<Value>,
    /// What drivers take from the URL's query as well.
    query: Vec<(String, String)>,
}

impl EngineOptions {
    /// Those of an engine whose connection is there.
    pub(super) fn committing(fault: Option<Value>) -> EngineOptions {
        EngineOptions {
            committing: fault,
            ..EngineOptions::default()
        }
    }

    fn refuse(&mut self, ev: &Interp<'_>, why: String) {
        self.connecting.get_or_insert_with(|| ev.unknown(why));
    }

    /// The database with what belongs into its URL.
    pub(super) fn target(
        &self,
        ev: &Interp<'_>,
        recorder: &Recorder,
        target: EnvTarget,
    ) -> EnvTarget {
        let EnvTarget::Url(text) = &target else {
            return target;
        };
        if self.query.is_empty() {
            return target;
        }
        match recorder.config.parse_url(text) {
            Ok(mut parts) => {
                for (key, value) in &self.query {
                    parts.query.retain(|(known, _)| known != key);
                    parts.query.push((key.clone(), vec![value.clone()]));
                }
                EnvTarget::Url(recorder.config.render_url(&parts))
            }
            Err(reason) => EnvTarget::Unknown {
                reason,
                location: ev.location(),
            },
        }
    }
}

/// The keyword arguments of `create_engine()` and its like, for a database of this dialect.
pub(super) fn read(
    ev: &mut Interp<'_>,
    options: &[(Rc<str>, Value)],
    dialect: &Value,
) -> R<EngineOptions> {
    let mut read = EngineOptions::default();
    for (name, value) in options {
        option(ev, &mut read, name, value, dialect)?;
    }
    Ok(read)
}

/// What a configuration says with this prefix, where no keyword argument says it.
pub(super) fn read_configured(
    ev: &mut Interp<'_>,
    read: &mut EngineOptions,
    configuration: &Value,
    prefix: &str,
    given: &[(Rc<str>, Value)],
    dialect: &Value,
) -> R<()> {
    for name in CONFIGURED {
        if given.iter().any(|(known, _)| &**known == *name) {
            continue;
        }
        let key = Value::from(format!("{prefix}{name}"));
        let args = crate::args::Args::positional(vec![key]);
        let found = ev.call_method(configuration, "get", args)?;
        option(ev, read, name, &found, dialect)?;
    }
    Ok(())
}

fn option(
    ev: &mut Interp<'_>,
    read: &mut EngineOptions,
    name: &str,
    value: &Value,
    dialect: &Value,
) -> R<()> {
    match name {
        _ if HARMLESS.contains(&name) || value.is_none() => {}
        "connect_args" => connect_args(ev, read, value, dialect)?,
        "isolation_level" => {
            if let Some(fault) = level_fault(ev, value) {
                read.committing = Some(fault);
            }
        }
        "execution_options" => {
            if let Some(fault) = execution_options(ev, value)? {
                read.committing = Some(fault);
            }
        }
        _ => read.refuse(ev, format!("env.py makes an engine with `{name}`")),
    }
    Ok(())
}

fn execution_options(ev: &mut Interp<'_>, options: &Value) -> R<Option<Value>> {
    if options.is_unknown() {
        return Ok(Some(options.clone()));
    }
    for (name, value) in dictionary(ev, options, "`execution_options`")? {
        if name == "isolation_level"
            && let Some(fault) = level_fault(ev, &value)
        {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// Why migrations are not run at an isolation level. The levels of the standard only matter to others who write.
pub(super) fn level_fault(ev: &Interp<'_>, level: &Value) -> Option<Value> {
    if level.is_unknown() {
        return Some(level.clone());
    }
    let name = level.as_str().unwrap_or_default().replace('_', " ");
    match name.to_ascii_uppercase().as_str() {
        "READ COMMITTED" | "READ UNCOMMITTED" | "REPEATABLE READ" | "SERIALIZABLE" | "SNAPSHOT" => None,
        _ => Some(ev.unknown(format!(
            "the isolation level `{name}` of the connection is not modelled: every statement would be committed by itself"
        ))),
    }
}

/// `connect_args`: what the driver is told.
fn connect_args(
    ev: &mut Interp<'_>,
    read: &mut EngineOptions,
    arguments: &Value,
    dialect: &Value,
) -> R<()> {
    if arguments.is_unknown() {
        read.connecting.get_or_insert_with(|| arguments.clone());
        return Ok(());
    }
    let dialect = dialect.as_str().unwrap_or_default().to_string();
    for (name, value) in dictionary(ev, arguments, "`connect_args`")? {
        if HARMLESS_ARGUMENTS.contains(&name.as_str()) {
            continue;
        }
        let passed = match (dialect.as_str(), name.as_str()) {
            // Python's driver of SQLite then begins no transaction by itself.
            ("sqlite", "isolation_level") => value
                .as_str()
                .is_some_and(|it| !it.eq_ignore_ascii_case("autocommit")),
            _ if value.is_none() => true,
            _ if value.is_unknown() => {
                read.connecting.get_or_insert_with(|| value.clone());
                return Ok(());
            }
            (_, "charset" | "client_encoding") => value.as_str().is_some_and(|it| {
                matches!(
                    it.to_ascii_lowercase().as_str(),
                    "utf8" | "utf-8" | "utf8mb4"
                )
            }),
            (_, "autocommit" | "detect_types") => {
                matches!(value, Value::Bool(false)) || value.as_i64() == Some(0)
            }
            ("postgresql", "server_settings") => settings(ev, read, &value)?,
            ("mysql" | "mariadb", "ssl") => authority(ev, read, &value)?,
            (_, "connect_timeout" | "timeout")
            | ("sqlite", "uri")
            | (
                "postgresql",
                "options" | "ssl" | "sslmode" | "sslrootcert" | "sslcert" | "sslkey" | "host"
                | "port" | "user" | "password" | "dbname" | "database",
            )
            | (
                "mysql" | "mariadb",
                "ssl_ca" | "ssl_disabled" | "ssl_check_hostname" | "unix_socket",
            ) => {
                let text = plain_text(&value);
                let is_plain = text.is_some();
                read.query.extend(text.map(|text| (name.clone(), text)));
                is_plain
            }
            _ => false,
        };
        if !passed {
            read.refuse(
                ev,
                format!("env.py connects with `{name}` in `connect_args`, which is not modelled"),
            );
        }
    }
    Ok(())
}

/// A value as a URL would have it.
fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(flag) => Some(if *flag { "true" } else { "false" }.to_owned()),
        other => match other.as_str() {
            Some(text) => Some(text.to_string()),
            None => other.as_i64().map(|number| number.to_string()),
        },
    }
}

/// asyncpg's `server_settings`, as libpq's `options` say it.
fn settings(ev: &mut Interp<'_>, read: &mut EngineOptions, settings: &Value) -> R<bool> {
    let mut words = Vec::new();
    for (name, value) in dictionary(ev, settings, "`server_settings`")? {
        let Some(text) = plain_text(&value) else {
            return Ok(false);
        };
        let escaped = text.replace('\\', "\\\\").replace(' ', "\\ ");
        words.push(format!("-c {name}={escaped}"));
    }
    if !words.is_empty() {
        read.query.push(("options".to_owned(), words.join(" ")));
    }
    Ok(true)
}

/// PyMySQL's `ssl`: a dictionary.
fn authority(ev: &mut Interp<'_>, read: &mut EngineOptions, ssl: &Value) -> R<bool> {
    if matches!(ssl, Value::Bool(false)) {
        return Ok(true);
    }
    if !matches!(ssl, Value::Dict(_)) {
        return Ok(false);
    }
    for (name, value) in dictionary(ev, ssl, "`ssl`")? {
        match (name.as_str(), value.as_str()) {
            ("ca", Some(path)) => read.query.push(("ssl_ca".to_owned(), path.to_string())),
            _ => return Ok(false),
        }
    }
    Ok(true)
}
