//! Access to parts of JSON documents.

use limbeck_diag::Result;
use limbeck_schema::{Literal, TypeClass};

use super::affinity::{Affinity, affinity};
use super::context::{Compiler, Place, unsupported};
use super::element::{BinaryEl, BindEl, BindKey, El, Kind, Ty, ty};
use super::op::Op;
use crate::bind::Fragment;
use crate::dialect::Dialect;

impl<'a> Compiler<'a> {
    /// `data["key"]` and `data["a", "b"]`.
    pub(crate) fn write_json_access(
        &mut self,
        binary: &BinaryEl<'a>,
        type_: &Ty,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let kind = affinity(type_.as_deref());
        match self.target.dialect {
            Dialect::Postgres => self.write_postgres(binary, type_, kind, place, out),
            Dialect::Sqlite => {
                let (before, after) = if kind == Affinity::Json {
                    ("JSON_QUOTE(JSON_EXTRACT(", "))")
                } else {
                    ("JSON_EXTRACT(", ")")
                };
                self.write_call(binary, before, after, place, out)
            }
            Dialect::MySql | Dialect::MariaDb => {
                if kind == Affinity::Json {
                    return self.write_call(binary, "JSON_EXTRACT(", ")", place, out);
                }
                out.push("CASE ");
                self.write_call(
                    binary,
                    "JSON_EXTRACT(",
                    ") WHEN 'null' THEN NULL",
                    place,
                    out,
                )?;
                let call = |before: &str, after: &str| {
                    (format!("{before}JSON_EXTRACT("), format!("){after}"))
                };
                let (before, after) = match kind {
                    Affinity::Integer => call(" ELSE CAST(", " AS SIGNED INTEGER)"),
                    Affinity::Numeric | Affinity::Float => {
                        match type_.as_deref().map(|type_| (type_.precision, type_.scale)) {
                            Some((Some(precision), Some(scale))) if kind == Affinity::Numeric => {
                                call(
                                    " ELSE CAST(",
                                    &format!(" AS DECIMAL({precision}, {scale}))"),
                                )
                            }
                            _ => call(" ELSE ", "+0.0000000000000000000000"),
                        }
                    }
                    Affinity::Boolean => {
                        out.push(" WHEN true THEN true ELSE false END");
                        return Ok(());
                    }
                    Affinity::String => call(" ELSE JSON_UNQUOTE(", ")"),
                    _ => call(" ELSE ", ""),
                };
                self.write_call(binary, &before, &after, place, out)?;
                out.push(" END");
                Ok(())
            }
            Dialect::MsSql => {
                if kind == Affinity::Json {
                    return self.write_call(binary, "JSON_QUERY(", ")", place, out);
                }
                out.push("CASE ");
                self.write_call(binary, "JSON_VALUE(", ") WHEN NULL THEN NULL", place, out)?;
                let (before, after) = match kind {
                    Affinity::Integer => (" ELSE CAST(JSON_VALUE(", ") AS INTEGER)".to_owned()),
                    Affinity::Float => (" ELSE CAST(JSON_VALUE(", ") AS FLOAT)".to_owned()),
                    Affinity::Numeric => {
                        let word =
                            |value: Option<String>| value.unwrap_or_else(|| "None".to_owned());
                        let precision = word(
                            type_
                                .as_deref()
                                .and_then(|it| it.precision)
                                .map(|it| it.to_string()),
                        );
                        let scale = word(
                            type_
                                .as_deref()
                                .and_then(|it| it.scale)
                                .map(|it| it.to_string()),
                        );
                        (
                            " ELSE CAST(JSON_VALUE(",
                            format!(") AS NUMERIC({precision}, {scale}))"),
                        )
                    }
                    Affinity::Boolean => {
                        out.push(" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE NULL END");
                        return Ok(());
                    }
                    Affinity::String => (" ELSE JSON_VALUE(", ")".to_owned()),
                    _ => (" ELSE JSON_QUERY(", ")".to_owned()),
                };
                self.write_call(binary, before, &after, place, out)?;
                out.push(" END");
                Ok(())
            }
            Dialect::Oracle => Err(unsupported("json_getitem_op")),
        }
    }

    fn write_call(
        &mut self,
        binary: &BinaryEl<'a>,
        before: &str,
        after: &str,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        out.push(before);
        self.write(&binary.left, place, out)?;
        out.push(", ");
        self.write(&binary.right, place, out)?;
        out.push(after);
        Ok(())
    }

    fn write_postgres(
        &mut self,
        binary: &BinaryEl<'a>,
        type_: &Ty,
        kind: Affinity,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let path = binary.op == Op::JsonPath;
        if !place.cast_applied
            && kind != Affinity::Json
            && let Some(to) = type_.as_deref()
        {
            let el = El::new(Kind::Binary(Box::new(binary.clone())), type_.clone());
            let place = Place {
                cast_applied: true,
                ..place
            };
            return self.write_cast(&el, to, false, place, out);
        }
        let applied = place.cast_applied;
        let place = Place {
            eager: true,
            cast_applied: false,
            ..place
        };
        let is_jsonb = self.class_of(&binary.left.ty) == Some(TypeClass::PgJsonb);
        if !path && !applied && is_jsonb && self.has_jsonb_subscripts() {
            let wraps = matches!(binary.left.kind, Kind::Function(_) | Kind::Cast { .. });
            if wraps {
                out.push("(");
            }
            self.write(&binary.left, place, out)?;
            out.push(if wraps { ")[" } else { "[" });
            self.write(&binary.right, place, out)?;
            out.push("]");
            return Ok(());
        }
        let text = match (path, applied) {
            (false, false) => " -> ",
            (false, true) => " ->> ",
            (true, false) => " #> ",
            (true, true) => " #>> ",
        };
        self.write_generic(binary, text, place, out)
    }

    /// The key, index or path of an access, in the dialect's notation.
    pub(crate) fn write_json_key(
        &mut self,
        stem: &str,
        value: &Literal,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let (value, ty) = match (self.target.dialect, value) {
            (Dialect::Postgres, Literal::Array(parts)) => {
                let parts: Vec<String> = parts.iter().map(plain).collect();
                (
                    Literal::Str(format!("{{{}}}", parts.join(", "))),
                    ty(TypeClass::Text),
                )
            }
            (Dialect::Postgres, Literal::Int(_)) => (value.clone(), ty(TypeClass::Integer)),
            (Dialect::Postgres, _) => (value.clone(), ty(TypeClass::Text)),
            (_, Literal::Array(parts)) => {
                let parts: String = parts.iter().map(step).collect();
                (Literal::Str(format!("${parts}")), ty(TypeClass::String))
            }
            (_, value) => (
                Literal::Str(format!("${}", step(value))),
                ty(TypeClass::String),
            ),
        };
        let bind = BindEl {
            key: BindKey::Anonymous(stem.to_owned()),
            value: Some(value),
            literal_execute: false,
        };
        self.write_bind(&bind, &ty, place, out)
    }
}

fn plain(value: &Literal) -> String {
    match value {
        Literal::Str(text) => text.clone(),
        other => crate::literal::python::repr(other),
    }
}

fn step(value: &Literal) -> String {
    match value {
        Literal::Int(index) => format!("[{index}]"),
        other => format!(".\"{}\"", plain(other)),
    }
}
