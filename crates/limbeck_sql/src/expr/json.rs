//! Access to parts of JSON documents.

use limbeck_diag::Result;
use limbeck_schema::{Affinity, Literal, TypeClass};

use super::affinity::affinity;
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
        let (precision, scale) = type_
            .as_deref()
            .map_or((None, None), |type_| (type_.precision, type_.scale));
        // An item that is taken for something else than JSON is cast.
        let casts = match self.target.dialect {
            Dialect::Postgres => true,
            Dialect::Sqlite => self.target.sqlalchemy >= crate::SqlAlchemyVersion::V2_1,
            Dialect::MySql | Dialect::MariaDb | Dialect::MsSql | Dialect::Oracle => false,
        };
        if casts
            && !place.cast_applied
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
        let is_cast = place.cast_applied;
        let place = Place {
            cast_applied: false,
            ..place
        };
        match self.target.dialect {
            Dialect::Postgres => self.write_postgres(binary, is_cast, place, out),
            Dialect::Sqlite if kind == Affinity::Json => {
                self.write_call(binary, place, &[("JSON_QUOTE(JSON_EXTRACT(", "))")], out)
            }
            Dialect::Sqlite => self.write_call(binary, place, &[("JSON_EXTRACT(", ")")], out),
            Dialect::MySql | Dialect::MariaDb => {
                if kind == Affinity::Json {
                    return self.write_call(binary, place, &[("JSON_EXTRACT(", ")")], out);
                }
                let test = ("CASE JSON_EXTRACT(", ") WHEN 'null' THEN NULL");
                let decimal;
                let then = match (kind, precision, scale) {
                    (Affinity::Boolean, ..) => {
                        self.write_call(binary, place, &[test], out)?;
                        out.push(" WHEN true THEN true ELSE false END");
                        return Ok(());
                    }
                    (Affinity::Integer, ..) => {
                        (" ELSE CAST(JSON_EXTRACT(", ") AS SIGNED INTEGER) END")
                    }
                    (Affinity::Numeric, Some(precision), Some(scale)) => {
                        decimal = format!(") AS DECIMAL({precision}, {scale})) END");
                        (" ELSE CAST(JSON_EXTRACT(", decimal.as_str())
                    }
                    (Affinity::Numeric | Affinity::Float, ..) => {
                        (" ELSE JSON_EXTRACT(", ")+0.0000000000000000000000 END")
                    }
                    (Affinity::String, ..) => (" ELSE JSON_UNQUOTE(JSON_EXTRACT(", ")) END"),
                    _ => (" ELSE JSON_EXTRACT(", ") END"),
                };
                self.write_call(binary, place, &[test, then], out)
            }
            Dialect::MsSql => {
                if kind == Affinity::Json {
                    return self.write_call(binary, place, &[("JSON_QUERY(", ")")], out);
                }
                let test = ("CASE JSON_VALUE(", ") WHEN NULL THEN NULL");
                let numeric;
                let then = match kind {
                    Affinity::Boolean => {
                        self.write_call(binary, place, &[test], out)?;
                        out.push(" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE NULL END");
                        return Ok(());
                    }
                    Affinity::Integer => (" ELSE CAST(JSON_VALUE(", ") AS INTEGER) END"),
                    Affinity::Float => (" ELSE CAST(JSON_VALUE(", ") AS FLOAT) END"),
                    Affinity::Numeric => {
                        let precision =
                            precision.map_or("None".to_owned(), |value| value.to_string());
                        let scale = scale.map_or("None".to_owned(), |value| value.to_string());
                        numeric = format!(") AS NUMERIC({precision}, {scale})) END");
                        (" ELSE CAST(JSON_VALUE(", numeric.as_str())
                    }
                    Affinity::String => (" ELSE JSON_VALUE(", ") END"),
                    _ => (" ELSE JSON_QUERY(", ") END"),
                };
                self.write_call(binary, place, &[test, then], out)
            }
            Dialect::Oracle => self.write_oracle_json(binary, kind, place, out),
        }
    }

    /// A call whose arguments are written once, however often the call stands there: their parameters are the same ones.
    fn write_call(
        &mut self,
        binary: &BinaryEl<'a>,
        place: Place,
        calls: &[(&str, &str)],
        out: &mut Fragment,
    ) -> Result<()> {
        let (mut left, mut right) = (Fragment::new(), Fragment::new());
        self.write(&binary.left, place, &mut left)?;
        self.write(&binary.right, place, &mut right)?;
        for (before, after) in calls {
            out.push(before);
            out.append(&left);
            out.push(", ");
            out.append(&right);
            out.push(after);
        }
        Ok(())
    }

    fn write_oracle_json(
        &mut self,
        binary: &BinaryEl<'a>,
        kind: Affinity,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        if self.target.sqlalchemy < crate::SqlAlchemyVersion::V2_1 {
            return Err(unsupported("<function json_getitem_op at 0x>"));
        }
        let call = match kind {
            Affinity::Json => ("JSON_QUERY(", ")"),
            Affinity::Integer => ("JSON_VALUE(", " RETURNING INTEGER ERROR ON ERROR)"),
            Affinity::Float => ("JSON_VALUE(", " RETURNING FLOAT ERROR ON ERROR)"),
            Affinity::String => ("JSON_VALUE(", " RETURNING VARCHAR2(4000) ERROR ON ERROR)"),
            Affinity::Numeric | Affinity::Boolean => return Err(unsupported("json_getitem_op")),
            _ => ("JSON_QUERY(", ")"),
        };
        // Oracle takes only a literal for the path.
        let (mut left, mut right) = (Fragment::new(), Fragment::new());
        self.write(&binary.left, place, &mut left)?;
        match &binary.right.kind {
            Kind::JsonKey { value, .. } => {
                let path = path_text(value);
                right.push(&self.string(&path));
            }
            _ => self.write(&binary.right, place, &mut right)?,
        }
        out.push(call.0);
        out.append(&left);
        out.push(", ");
        out.append(&right);
        out.push(call.1);
        Ok(())
    }

    fn write_postgres(
        &mut self,
        binary: &BinaryEl<'a>,
        is_cast: bool,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let path = binary.op == Op::JsonPath;
        let place = Place {
            eager: true,
            ..place
        };
        let is_jsonb = self.class_of(&binary.left.ty) == Some(TypeClass::PgJsonb);
        if !path && !is_cast && is_jsonb && self.has_jsonb_subscripts() {
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
        let text = match (path, is_cast) {
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
        let own_cast = match value {
            Literal::Array(_) => None,
            Literal::Int(_) => Some("INT"),
            _ => Some("TEXT"),
        };
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
            // Oracle had no JSON in SQLAlchemy before 2.1.
            (Dialect::Oracle, value) if self.target.sqlalchemy < crate::SqlAlchemyVersion::V2_1 => {
                (value.clone(), None)
            }
            (_, value) => (Literal::Str(path_text(value)), ty(TypeClass::String)),
        };
        let bind = BindEl {
            key: BindKey::Anonymous(stem.to_owned()),
            value: Some(value),
            literal_execute: false,
        };
        let known = self.params.len();
        self.write_bind(&bind, &ty, place, out)?;
        // These have types of their own in SQLAlchemy, with casts of their own.
        if self.params.len() > known
            && let Some(param) = self.params.last_mut()
            && param.cast.is_some()
        {
            param.cast = own_cast.map(str::to_owned);
        }
        Ok(())
    }
}

/// `$."a"[1]`
fn path_text(value: &Literal) -> String {
    match value {
        Literal::Array(parts) => format!("${}", parts.iter().map(step).collect::<String>()),
        value => format!("${}", step(value)),
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
