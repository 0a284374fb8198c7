//! Server defaults on both sides.

use limbeck_diag::Result;
use limbeck_schema::{AlterColumn, Autoincrement, Change, Expr, Identity, ServerDefault};
use limbeck_sql::types::{Affinity, type_affinity};
use limbeck_sql::{Dialect, ExprContext, Target, render_expr};

use crate::column::{Pair, autoincrement_column};
use crate::pattern::{captures, is_match, replace_all};
use crate::{AutogenerateOptions, ColumnPair, Notes};

const LOGGER: &str = "alembic.autogenerate.compare.server_defaults";

/// A type name behind `::`, as PostgreSQL writes a cast.
pub(crate) const CAST: &str = r#"(?ix)::\s*
    (?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?
    (?:\s+(?:varying|precision))?
    (?:\s*\(\s*\d+(?:\s*,\s*\d+)?\s*\))?
    (?:\s+with(?:out)?\s+time\s+zone)?
    (?:\s*\[\s*\d*\s*\])*"#;

/// Compares, and notes in `op` what is there and what must change.
pub(crate) fn compare(
    pair: &Pair<'_>,
    options: &AutogenerateOptions<'_>,
    op: &mut AlterColumn,
    notes: &mut Notes,
) -> Result<()> {
    let wanted = pair.metadata.server_default.as_ref();
    let found = pair.database.server_default.as_ref();
    if wanted.is_some() || found.is_some() {
        op.existing_server_default = found.cloned().map_or(Change::Drop, Change::Set);
        if !options.compare_server_default {
            return Ok(());
        }
        if let Some(differs) = ask_function(pair, options)? {
            if differs {
                op.server_default = wanted.cloned().map_or(Change::Drop, Change::Set);
                let message = format!(
                    "User defined function detected server default on column '{}'",
                    pair.short_name()
                );
                notes.log(LOGGER, message);
            }
            return Ok(());
        }
        if compare_computed(pair, options.target, wanted, found, notes)? {
            return Ok(());
        }
        if compare_identity(pair, options.target, wanted, found, op, notes) {
            return Ok(());
        }
    }
    let counts = autoincrement_column(pair.metadata_table, options.target.sqlalchemy)
        .is_some_and(|name| name.text == pair.metadata.name.text);
    op.autoincrement = match pair.metadata.autoincrement {
        _ if counts => Some(true),
        Autoincrement::True => Some(true),
        Autoincrement::False => Some(false),
        Autoincrement::Auto | Autoincrement::IgnoreFk => None,
    };
    let Some((wanted_text, found_text)) = plain_texts(options.target, wanted, found)? else {
        return Ok(());
    };
    if (wanted.is_some() || found.is_some())
        && differs(pair, options, counts, wanted_text, found_text)?
    {
        op.server_default = wanted.cloned().map_or(Change::Drop, Change::Set);
        let dialect_impl = match options.target.dialect {
            Dialect::Postgres => "postgresql.PostgresqlImpl",
            Dialect::MySql => "mysql.MySQLImpl",
            Dialect::MariaDb => "mysql.MariaDBImpl",
            Dialect::Sqlite => "sqlite.SQLiteImpl",
            Dialect::MsSql => "mssql.MSSQLImpl",
            Dialect::Oracle => "oracle.OracleImpl",
        };
        notes.log(
            LOGGER,
            format!(
                "Dialect impl <alembic.ddl.{dialect_impl} object> detected server default on column '{}'",
                pair.short_name()
            ),
        );
    }
    Ok(())
}

/// What `compare_server_default` says, where it is a function and knows.
fn ask_function(pair: &Pair<'_>, options: &AutogenerateOptions<'_>) -> Result<Option<bool>> {
    let Some(function) = options.functions.compare_server_default else {
        return Ok(None);
    };
    let metadata = match &pair.metadata.server_default {
        Some(ServerDefault::Text(text)) => Some(text.clone()),
        Some(ServerDefault::Expr(expr)) => Some(compiled(expr, options.target)?),
        Some(ServerDefault::Computed(_) | ServerDefault::Identity(_) | ServerDefault::Fetched)
        | None => None,
    };
    let database = match &pair.database.server_default {
        Some(ServerDefault::Expr(Expr::Text(text))) => Some(text.sql.clone()),
        Some(ServerDefault::Text(text)) => Some(text.clone()),
        Some(ServerDefault::Expr(expr)) => Some(compiled(expr, options.target)?),
        Some(ServerDefault::Computed(_) | ServerDefault::Identity(_) | ServerDefault::Fetched)
        | None => None,
    };
    function(&ColumnPair {
        database: pair.database,
        metadata: pair.metadata,
        metadata_table: pair.metadata_table,
        database_default: database.as_deref(),
        metadata_default: metadata.as_deref(),
    })
}

fn compiled(expr: &Expr, target: &Target) -> Result<String> {
    let context = ExprContext {
        literal_binds: true,
        include_table: true,
        ddl: true,
        self_group: false,
    };
    render_expr(expr, target, &context)
}

/// Both defaults as text, if both are plain ones.
fn plain_texts(
    target: &Target,
    wanted: Option<&ServerDefault>,
    found: Option<&ServerDefault>,
) -> Result<Option<(Option<String>, Option<String>)>> {
    let wanted = match wanted {
        None => None,
        Some(ServerDefault::Text(text)) => Some(text.clone()),
        Some(ServerDefault::Expr(expr)) => Some(compiled(expr, target)?),
        Some(ServerDefault::Computed(_) | ServerDefault::Identity(_) | ServerDefault::Fetched) => {
            return Ok(None);
        }
    };
    let found = match found {
        None => None,
        Some(ServerDefault::Text(text)) => Some(text.clone()),
        // What was reflected is text as the server has it.
        Some(ServerDefault::Expr(Expr::Text(text))) => Some(text.sql.clone()),
        Some(ServerDefault::Expr(expr)) => Some(compiled(expr, target)?),
        Some(ServerDefault::Computed(_) | ServerDefault::Identity(_) | ServerDefault::Fetched) => {
            return Ok(None);
        }
    };
    Ok(Some((wanted, found)))
}

/// True if nothing more is to be compared.
fn compare_computed(
    pair: &Pair<'_>,
    target: &Target,
    wanted: Option<&ServerDefault>,
    found: Option<&ServerDefault>,
    notes: &mut Notes,
) -> Result<bool> {
    let normal = |expr: &Expr| -> Result<String> {
        let mut text = compiled(expr, target)?;
        if target.dialect == Dialect::Postgres {
            text = replace_all(CAST, "", &text)?;
        }
        Ok(replace_all("[ \\(\\)'\"`\\[\\]\\t\\r\\n]", "", &text)?.to_lowercase())
    };
    let same = match (wanted, found) {
        (Some(ServerDefault::Computed(wanted)), Some(ServerDefault::Computed(found))) => {
            normal(&wanted.sqltext)? == normal(&found.sqltext)?
        }
        (Some(ServerDefault::Computed(_)), _) | (_, Some(ServerDefault::Computed(_))) => false,
        _ => return Ok(false),
    };
    if !same {
        notes.warnings.push(format!(
            "Computed default on {} cannot be modified",
            pair.short_name()
        ));
    }
    Ok(true)
}

/// True if nothing more is to be compared.
fn compare_identity(
    pair: &Pair<'_>,
    target: &Target,
    wanted: Option<&ServerDefault>,
    found: Option<&ServerDefault>,
    op: &mut AlterColumn,
    notes: &mut Notes,
) -> bool {
    let of = |default: Option<&ServerDefault>| match default {
        Some(ServerDefault::Identity(identity)) => Some(identity.clone()),
        _ => None,
    };
    let (wanted_identity, found_identity) = (of(wanted), of(found));
    if wanted_identity.is_none() && found_identity.is_none() {
        return false;
    }
    let mut differing = identity_differences(wanted_identity.as_ref(), found_identity.as_ref());
    if target.dialect == Dialect::MsSql {
        differing.retain(|it| matches!(*it, "always" | "start" | "increment"));
        let of_key = wanted_identity.is_none() && pair.database.primary_key;
        if of_key && differing.is_empty() {
            return false;
        }
    }
    if differing.is_empty() && wanted_identity.is_some() == found_identity.is_some() {
        return false;
    }
    op.server_default = wanted.cloned().map_or(Change::Drop, Change::Set);
    if differing.is_empty() {
        return false;
    }
    notes.log(
        LOGGER,
        format!(
            "Detected server default on column '{}': identity options attributes {}",
            pair.short_name(),
            limbeck_schema::py_str_list(differing)
        ),
    );
    true
}

/// Names of the options that differ, sorted. An option that the model leaves open does not.
fn identity_differences(wanted: Option<&Identity>, found: Option<&Identity>) -> Vec<&'static str> {
    let number = |of: fn(&Identity) -> Option<i128>| {
        let wanted = wanted.and_then(of);
        wanted.is_some() && wanted != found.and_then(of)
    };
    let flag = |of: fn(&Identity) -> bool| {
        let wanted = wanted.is_some_and(of);
        wanted && !found.is_some_and(of)
    };
    let cycle = wanted.and_then(|it| it.cycle);
    let mut out = Vec::new();
    if wanted.is_some_and(|it| it.always) != found.is_some_and(|it| it.always) {
        out.push("always");
    }
    if number(|it| it.cache) {
        out.push("cache");
    }
    if cycle.is_some() && cycle != found.and_then(|it| it.cycle) {
        out.push("cycle");
    }
    if number(|it| it.increment) {
        out.push("increment");
    }
    if number(|it| it.maxvalue) {
        out.push("maxvalue");
    }
    if number(|it| it.minvalue) {
        out.push("minvalue");
    }
    if flag(|it| it.nomaxvalue) {
        out.push("nomaxvalue");
    }
    if flag(|it| it.nominvalue) {
        out.push("nominvalue");
    }
    if number(|it| it.start) {
        out.push("start");
    }
    out
}

/// `compare_server_default` of the dialect.
fn differs(
    pair: &Pair<'_>,
    options: &AutogenerateOptions<'_>,
    counts: bool,
    wanted: Option<String>,
    found: Option<String>,
) -> Result<bool> {
    match options.target.dialect {
        Dialect::Postgres => postgres_differs(pair, options, counts, wanted, found),
        Dialect::MySql | Dialect::MariaDb => mysql_differs(pair, options.target, wanted, found),
        Dialect::Sqlite => {
            let bare = |text: Option<String>| -> Result<Option<String>> {
                text.map(|text| {
                    let text = replace_all(r"^\((.+)\)$", "${1}", &text)?;
                    replace_all(r#"^"?'(.+)'"?$"#, "${1}", &text)
                })
                .transpose()
            };
            Ok(bare(found)? != bare(wanted)?)
        }
        Dialect::MsSql => {
            let bare = |text: Option<String>| -> Result<Option<String>> {
                text.map(|text| replace_all(r#"[\(\) "']"#, "", &text))
                    .transpose()
            };
            Ok(bare(found)? != bare(wanted)?)
        }
        Dialect::Oracle => {
            let bare = |text: Option<String>| -> Result<Option<String>> {
                text.map(|text| {
                    let text = replace_all(r"^\((.+)\)$", "${1}", &text)?;
                    let text = replace_all(r#"^"?'(.+)'"?$"#, "${1}", &text)?;
                    Ok(text.trim().to_owned())
                })
                .transpose()
            };
            Ok(bare(found)? != bare(wanted)?)
        }
    }
}

/// One quote off each end.
fn unquoted(text: &str) -> &str {
    let text = text.strip_prefix('\'').unwrap_or(text);
    text.strip_suffix('\'').unwrap_or(text)
}

fn postgres_differs(
    pair: &Pair<'_>,
    options: &AutogenerateOptions<'_>,
    counts: bool,
    wanted: Option<String>,
    found: Option<String>,
) -> Result<bool> {
    if counts {
        return Ok(false);
    }
    let found = match found {
        Some(text) if is_match(r"^nextval\('(.+?)'::regclass\)", &text)? => {
            Some(text.replace("::regclass", ""))
        }
        found => found,
    };
    if found == wanted {
        return Ok(false);
    }
    let (Some(found), Some(wanted)) = (found, wanted) else {
        return Ok(true);
    };
    let is_number = pair.database.type_.as_ref().is_some_and(|type_| {
        matches!(
            type_affinity(type_, options.target.sqlalchemy),
            Affinity::Numeric | Affinity::Float
        )
    });
    let wanted = match &pair.metadata.server_default {
        Some(ServerDefault::Text(text)) if !is_number => format!("'{}'", unquoted(text)),
        _ => wanted,
    };
    match options.ask_server {
        Some(ask) => Ok(ask(&format!("SELECT {found} = {wanted} AS anon_1"))? != Some(true)),
        None => Ok(replace_all(CAST, "", &found)? != replace_all(CAST, "", &wanted)?),
    }
}

fn mysql_differs(
    pair: &Pair<'_>,
    target: &Target,
    wanted: Option<String>,
    found: Option<String>,
) -> Result<bool> {
    let affinity = |type_: Option<&limbeck_schema::ColumnType>| {
        type_.map_or(Affinity::NullType, |it| {
            type_affinity(it, target.sqlalchemy)
        })
    };
    let database = affinity(pair.database.type_.as_ref());
    let metadata = affinity(pair.metadata.type_.as_ref());
    let filled = |text: &Option<String>| text.as_ref().is_some_and(|it| !it.is_empty());
    if metadata == Affinity::Integer
        && pair.database.primary_key
        && pair.database.autoincrement == Autoincrement::False
        && !filled(&wanted)
        && found.as_deref() == Some("'0'")
    {
        return Ok(false);
    }
    let is_number = matches!(
        database,
        Affinity::Integer | Affinity::Numeric | Affinity::Float
    );
    if filled(&found) && is_number {
        let bare = |text: &Option<String>| -> Result<Option<String>> {
            text.as_ref()
                .map(|it| replace_all(r"^'(.*)'$|^\((.*)\)$", "${1}${2}", it))
                .transpose()
        };
        if bare(&found)? == bare(&wanted)? {
            return Ok(false);
        }
    } else if let Some(wanted) = wanted.as_ref().filter(|it| !it.is_empty())
        && metadata == Affinity::String
    {
        return Ok(found != Some(format!("'{}'", unquoted(wanted))));
    }
    let (Some(found_text), Some(wanted_text)) = (&found, &wanted) else {
        return Ok(found != wanted);
    };
    if found_text.is_empty() || wanted_text.is_empty() {
        return Ok(found != wanted);
    }
    let on_update = |text: &str| captures(r"^(.*) (on update.*?)(?:\(\))?$", &text.to_lowercase());
    let group = |groups: &[Option<String>], at: usize| groups.get(at).cloned().flatten();
    let (mut found_text, mut wanted_text) = (found_text.clone(), wanted_text.clone());
    if let Some(found) = on_update(&found_text)? {
        let Some(wanted) = on_update(&wanted_text)? else {
            return Ok(true);
        };
        if group(&found, 2) != group(&wanted, 2) {
            return Ok(true);
        }
        found_text = group(&found, 1).unwrap_or_default();
        wanted_text = group(&wanted, 1).unwrap_or_default();
    }
    let normal = |text: &str| -> Result<String> {
        let text = replace_all(r"^\((.*)\)$", "${1}", &text.to_lowercase())?;
        replace_all(r"\(\)$", "", &text)
    };
    Ok(normal(&found_text)? != normal(&wanted_text)?)
}
