//! Items of expressions: `x[key]` of JSON, HSTORE and arrays, and the types that JSON's items are taken for.

use limbeck_schema::{Affinity, BinaryOp, Bind, ColumnType, Expr, Literal, TypeClass};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::sql::clause::{Clause, expr_or_bind};
use crate::alchemy::sql::operators::other_side;
use crate::alchemy::types::affinity::affinity;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// `x[key]`: JSON and arrays.
pub(crate) fn get_item(ev: &mut Interp<'_>, clause: &Clause, key: &Value) -> R {
    ev.need_known(key, "the key of a JSON column")?;
    let kind = affinity(clause.type_.as_ref());
    match kind {
        Affinity::Json | Affinity::Own(TypeClass::PgHstore) => {
            let (op, right) = if let Value::Tuple(_) | Value::List(_) = key {
                let mut path = Vec::new();
                for part in convert::items(ev, key, "the path of a JSON column")? {
                    path.push(crate::alchemy::types::literal::literal(
                        ev,
                        &part,
                        "the path of a JSON column",
                    )?);
                }
                (
                    BinaryOp::JsonPath,
                    Clause::new(Expr::Bind(Bind::value(Literal::Array(path), None)), None),
                )
            } else {
                let natural = crate::alchemy::types::literal::natural_type(ev, key);
                (
                    BinaryOp::JsonGet,
                    expr_or_bind(ev, key, natural.as_ref(), "the key of a JSON column")?,
                )
            };
            let type_ = if kind == Affinity::Json {
                clause.type_.clone()
            } else {
                Some(ColumnType::new(TypeClass::Text))
            };
            let expr = Expr::Binary {
                left: Box::new(clause.expr.clone()),
                op,
                right: Box::new(right.expr.clone()),
            };
            Ok(Clause::of(expr, type_, &[clause, &right]).value())
        }
        Affinity::Array => {
            if matches!(key, Value::Slice(_)) {
                return Ok(ev.unknown("a slice of an array column is not modelled"));
            }
            let right = other_side(ev, clause, key)?;
            let type_ = clause
                .type_
                .as_ref()
                .and_then(|type_| type_.item.as_deref().cloned());
            let expr = Expr::Binary {
                left: Box::new(clause.expr.clone()),
                op: BinaryOp::ArrayGet,
                right: Box::new(right.expr.clone()),
            };
            Ok(Clause::of(expr, type_, &[clause, &right]).value())
        }
        Affinity::Own(TypeClass::Custom | TypeClass::PickleType) => {
            Ok(ev.unknown("an item of a column of a custom type is not modelled"))
        }
        _ => Err(ev.raise(
            "NotImplementedError",
            "Operator 'getitem' is not supported on this expression",
        )),
    }
}

/// `x["key"].astext`
pub(crate) fn astext(ev: &mut Interp<'_>, clause: &Clause) -> R {
    if let Expr::Binary { left, op, right } = &clause.expr {
        let op = match op {
            BinaryOp::JsonGet => Some(BinaryOp::JsonGetText),
            BinaryOp::JsonPath => Some(BinaryOp::JsonPathText),
            _ => None,
        };
        if let Some(op) = op {
            let type_ = clause
                .type_
                .as_ref()
                .and_then(|type_| type_.astext_type.as_deref().cloned())
                .unwrap_or_else(|| ColumnType::new(TypeClass::Text));
            let expr = Expr::Binary {
                left: left.clone(),
                op,
                right: right.clone(),
            };
            return Ok(clause.map(expr, Some(type_)).value());
        }
    }
    Err(ev.raise(
        "AttributeError",
        "Neither 'Column' object nor 'Comparator' object has an attribute 'astext'",
    ))
}

/// `x["key"].as_string()` and the like, of JSON.
pub(crate) fn typed(ev: &mut Interp<'_>, clause: &Clause, name: &str, args: Args) -> R {
    let parameters = match name {
        "as_numeric" => "precision,scale,asdecimal=",
        _ => "",
    };
    let mut args = args.bind(ev, name, parameters)?;
    let type_ = match name {
        "as_json" => return Ok(clause.clone().value()),
        "as_string" => ColumnType::new(TypeClass::Unicode),
        "as_integer" => ColumnType::new(TypeClass::Integer),
        "as_float" => ColumnType::new(TypeClass::Float),
        "as_boolean" => ColumnType::new(TypeClass::Boolean),
        _ => {
            let mut number = ColumnType::new(TypeClass::Numeric);
            number.precision =
                convert::opt_u64(ev, &args.take_or_none("precision"), "`precision`")?;
            let scale = convert::opt_i128(ev, &args.take_or_none("scale"), "`scale`")?;
            number.scale = scale.and_then(|scale| i64::try_from(scale).ok());
            number.asdecimal =
                convert::opt_flag(ev, &args.take_or_none("asdecimal"), "`asdecimal`")?;
            number
        }
    };
    if !clause.expr.is_json_item() {
        let message = format!(
            "The JSON cast operator JSON.{name}() only works with a JSON index expression e.g. col['q'].{name}()"
        );
        let class = alchemy(ev).class("InvalidRequestError");
        return Err(ev.raise_class(&class, vec![Value::from(message)]));
    }
    let expr = Expr::TypeCoerce {
        expr: Box::new(clause.expr.clone()),
        type_: Box::new(type_.clone()),
    };
    Ok(clause.map(expr, Some(type_)).value())
}
