//! Function calls and casts.

use limbeck_diag::Result;
use limbeck_schema::{Affinity, ColumnType, TypeClass};

use super::affinity::resolve_type;
use super::context::{Compiler, Place};
use super::element::{El, FunctionEl, Ty};
use crate::bind::Fragment;
use crate::dialect::{Dialect, Target};
use crate::types::render_type;

/// Functions that SQLAlchemy knows by class: it finds them whatever the case of their name, and spells them in its own.
const KNOWN: &[(&str, &str)] = &[
    ("aggregate_strings", "aggregate_strings"),
    ("array_agg", "array_agg"),
    ("char_length", "char_length"),
    ("coalesce", "coalesce"),
    ("concat", "concat"),
    ("count", "count"),
    ("cube", "CUBE"),
    ("cume_dist", "cume_dist"),
    ("current_date", "CURRENT_DATE"),
    ("current_time", "CURRENT_TIME"),
    ("current_timestamp", "CURRENT_TIMESTAMP"),
    ("current_user", "CURRENT_USER"),
    ("dense_rank", "dense_rank"),
    ("grouping_sets", "GROUPING SETS"),
    ("localtime", "LOCALTIME"),
    ("localtimestamp", "LOCALTIMESTAMP"),
    ("max", "max"),
    ("min", "min"),
    ("mode", "mode"),
    ("now", "now"),
    ("percent_rank", "percent_rank"),
    ("percentile_cont", "percentile_cont"),
    ("percentile_disc", "percentile_disc"),
    ("random", "random"),
    ("rank", "rank"),
    ("rollup", "ROLLUP"),
    ("session_user", "SESSION_USER"),
    ("sum", "sum"),
    ("sysdate", "sysdate"),
    ("user", "USER"),
];

/// Those of them that stand without parentheses when they have no arguments.
const ANSI: &[&str] = &[
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "sysdate",
    "user",
];

/// Whether SQLAlchemy has a class for a function.
pub(crate) fn is_known(lower: &str) -> bool {
    KNOWN.iter().any(|(known, _)| *known == lower)
}

impl<'a> Compiler<'a> {
    pub(crate) fn write_function(
        &mut self,
        function: &FunctionEl<'a>,
        ty: &Ty,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let _ = ty;
        let lower = function.name().to_lowercase();
        if self.write_special(&lower, function, place, out)? {
            return Ok(());
        }
        let plain = function.path.len() == 1;
        for name in function.path.iter().rev().skip(1).rev() {
            out.push(&quote_illegal(&name.text, self.target));
            out.push(".");
        }
        let known = KNOWN.iter().find(|(known, _)| plain && *known == lower);
        match known {
            Some((_, spelling)) => out.push(spelling),
            None => match function.path.last() {
                Some(name) if name.quote == Some(true) => out.push(&self.target.quote(name)),
                _ => out.push(&quote_illegal(function.name(), self.target)),
            },
        }
        if plain && function.args.is_empty() && ANSI.contains(&lower.as_str()) {
            return Ok(());
        }
        if function.args.is_empty()
            && self.target.dialect == Dialect::Oracle
            && is_bare_on_oracle(&lower)
        {
            return Ok(());
        }
        self.write_in_parentheses("", &function.args, place, out)
    }

    /// Functions that a dialect writes in its own way.
    fn write_special(
        &mut self,
        lower: &str,
        function: &FunctionEl<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<bool> {
        let args = function.args.as_slice();
        match (self.target.dialect, lower) {
            (Dialect::Sqlite | Dialect::MsSql | Dialect::Oracle, "now") => {
                out.push("CURRENT_TIMESTAMP");
            }
            (Dialect::Sqlite, "localtimestamp") => {
                out.push("DATETIME(CURRENT_TIMESTAMP, 'localtime')");
            }
            (Dialect::Sqlite, "char_length") => {
                self.write_in_parentheses("length", args, place, out)?;
            }
            (Dialect::MsSql, "char_length" | "length") => {
                self.write_in_parentheses("LEN", args, place, out)?;
            }
            (Dialect::Oracle, "char_length") => {
                self.write_in_parentheses("LENGTH", args, place, out)?;
            }
            (Dialect::MsSql, "current_date") => out.push("GETDATE()"),
            (Dialect::MySql | Dialect::MariaDb, "random") => {
                self.write_in_parentheses("rand", args, place, out)?;
            }
            (Dialect::MySql | Dialect::MariaDb, "rollup") => {
                self.write_list(args, ", ", place, out)?;
                out.push(" WITH ROLLUP");
            }
            (Dialect::MySql | Dialect::MariaDb, "sysdate") => out.push("SYSDATE()"),
            (Dialect::Postgres, "substring") => match args {
                [text, start, rest @ ..] => {
                    out.push("SUBSTRING(");
                    self.write(text, place, out)?;
                    out.push(" FROM ");
                    self.write(start, place, out)?;
                    if let Some(length) = rest.first() {
                        out.push(" FOR ");
                        self.write(length, place, out)?;
                    }
                    out.push(")");
                }
                _ => return Ok(false),
            },
            (dialect, "aggregate_strings") => match (dialect, args) {
                (Dialect::Postgres, _) => {
                    self.write_in_parentheses("string_agg", args, place, out)?
                }
                (Dialect::Sqlite, _) => {
                    self.write_in_parentheses("group_concat", args, place, out)?
                }
                (Dialect::Oracle, _) => self.write_in_parentheses("LISTAGG", args, place, out)?,
                (Dialect::MySql | Dialect::MariaDb, [expr, delimiter]) => {
                    out.push("group_concat(");
                    self.write(expr, place, out)?;
                    out.push(" SEPARATOR ");
                    self.write(delimiter, place, out)?;
                    out.push(")");
                }
                (Dialect::MsSql, [expr, delimiter]) => {
                    out.push("string_agg(");
                    self.write(expr, place, out)?;
                    out.push(", ");
                    let place = Place {
                        literal_execute: true,
                        ..place
                    };
                    self.write(delimiter, place, out)?;
                    out.push(")");
                }
                (Dialect::MySql | Dialect::MariaDb | Dialect::MsSql, _) => return Ok(false),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(crate) fn write_cast(
        &mut self,
        element: &El<'a>,
        to: &ColumnType,
        try_: bool,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        if try_ {
            if self.target.dialect != Dialect::MsSql {
                return Err(super::context::unsupported("try_cast"));
            }
            out.push("TRY_CAST (");
            self.write(element, place, out)?;
            out.push(&format!(" AS {})", render_type(to, self.target)?));
            return Ok(());
        }
        if self.target.dialect.is_mysql_family() {
            let Some(text) = mysql_cast_type(to, self.target)? else {
                let written = render_type(to, self.target)?;
                self.warn(format!(
                    "Datatype {written} does not support CAST on MySQL/MariaDb; the CAST will be skipped."
                ));
                return self.write(&element.clone().self_group(None), place, out);
            };
            out.push("CAST(");
            self.write(element, place, out)?;
            out.push(&format!(" AS {text})"));
            return Ok(());
        }
        let adapted = oracle_cast_type(to, self.target);
        let written = render_type(adapted.as_ref().unwrap_or(to), self.target)?;
        let (type_text, collation) = match written.find(" COLLATE ") {
            Some(at) => written.split_at(at),
            None => (written.as_str(), ""),
        };
        out.push("CAST(");
        self.write(element, place, out)?;
        out.push(&format!(" AS {type_text}){collation}"));
        Ok(())
    }
}

/// In quotes only when it holds characters that a name cannot have; case does not matter.
fn quote_illegal(name: &str, target: &Target) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    if !name.is_empty() && name.chars().all(legal) {
        name.to_owned()
    } else {
        target.quote_text(name)
    }
}

fn is_bare_on_oracle(lower: &str) -> bool {
    matches!(
        lower,
        "uid" | "current_date" | "sysdate" | "user" | "current_time" | "current_timestamp"
    )
}

/// Oracle needs a length for a text inside CAST; SQLAlchemy gives it one since 2.1.
fn oracle_cast_type(to: &ColumnType, target: &Target) -> Option<ColumnType> {
    if target.dialect != Dialect::Oracle || target.sqlalchemy < crate::SqlAlchemyVersion::V2_1 {
        return None;
    }
    let resolved = resolve_type(to, target.dialect);
    let is_long = matches!(
        resolved.class,
        TypeClass::Text
            | TypeClass::UnicodeText
            | TypeClass::SqlText
            | TypeClass::SqlClob
            | TypeClass::OraNclob
            | TypeClass::OraLong
    );
    let is_text = resolved.class.affinity() == Affinity::String && !is_long;
    is_text.then(|| ColumnType {
        length: Some(crate::types::string_length(resolved).unwrap_or(4000)),
        ..ColumnType::new(TypeClass::OraVarchar2)
    })
}

/// What MySQL calls a type inside CAST; `None` for one that it cannot cast to.
fn mysql_cast_type(to: &ColumnType, target: &Target) -> Result<Option<String>> {
    let resolved = resolve_type(to, target.dialect);
    Ok(Some(match resolved.class.affinity() {
        Affinity::Integer => {
            if resolved.unsigned {
                "UNSIGNED INTEGER".to_owned()
            } else {
                "SIGNED INTEGER".to_owned()
            }
        }
        Affinity::DateTime
            if matches!(
                resolved.class,
                TypeClass::SqlTimestamp | TypeClass::MyTimestamp | TypeClass::PgTimestamp
            ) =>
        {
            "DATETIME".to_owned()
        }
        Affinity::DateTime | Affinity::Date | Affinity::Time => render_type(resolved, target)?,
        // PostgreSQL's own has no words here.
        Affinity::Interval if resolved.class == TypeClass::PgInterval => {
            render_type(resolved, target)?
        }
        Affinity::Interval => render_type(&ColumnType::new(TypeClass::DateTime), target)?,
        Affinity::Numeric => render_type(resolved, target)?.replace("NUMERIC", "DECIMAL"),
        Affinity::String => match resolved.class {
            TypeClass::Enum if resolved.native == Some(false) => {
                let adapted = ColumnType {
                    length: crate::types::string_length(resolved),
                    ..ColumnType::new(TypeClass::MyChar)
                };
                render_type(&adapted, target)?
            }
            // A native enumerated type cannot be cast to.
            TypeClass::MyEnum | TypeClass::MySet | TypeClass::Enum | TypeClass::PgEnum => {
                return Ok(None);
            }
            TypeClass::MyChar | TypeClass::SqlChar => render_type(resolved, target)?,
            _ => {
                let text_flags = match resolved.text_flags {
                    [ascii, unicode, binary, _] => [ascii, unicode, binary, false],
                };
                let has_charset =
                    resolved.class.namespace() == limbeck_schema::TypeNamespace::Mysql;
                let adapted = ColumnType {
                    length: resolved.length,
                    charset: if has_charset {
                        resolved.charset.clone()
                    } else {
                        None
                    },
                    collation: if has_charset {
                        resolved.collation.clone()
                    } else {
                        None
                    },
                    text_flags,
                    ..ColumnType::new(TypeClass::MyChar)
                };
                render_type(&adapted, target)?
            }
        },
        Affinity::Binary => "BINARY".to_owned(),
        Affinity::Json => "JSON".to_owned(),
        Affinity::Float => {
            let can = target.version.is_some_and(|version| match target.dialect {
                Dialect::MariaDb => version >= crate::ServerVersion::new(10, 4, 5),
                _ => version >= crate::ServerVersion::new(8, 0, 17),
            });
            if !can {
                return Ok(None);
            }
            render_type(resolved, target)?
        }
        Affinity::Null
        | Affinity::Boolean
        | Affinity::Array
        | Affinity::Uuid
        | Affinity::Own(_) => {
            return Ok(None);
        }
    }))
}
