//! Function calls and CASE.

use std::rc::Rc;

use limbeck_schema::{ColumnType, Expr, TypeClass};

use super::{build_named, build_plain, of};
use crate::expr::affinity::affinity;
use crate::expr::element::{El, FunctionEl, Kind, Ty, spelling, ty};
use limbeck_schema::Affinity;

pub(super) fn build_function<'a>(
    path: &'a [limbeck_schema::Name],
    args: &'a [Expr],
    declared: Option<&ColumnType>,
) -> El<'a> {
    let name = path.last().map_or("", limbeck_schema::Name::as_str);
    let spelling = spelling(path);
    let mut built: Vec<El<'_>> = args
        .iter()
        .map(|arg| build_named(arg, &spelling, None))
        .collect();
    let plain = if path.len() == 1 {
        name.to_lowercase()
    } else {
        String::new()
    };
    if plain == "count" && built.is_empty() {
        built.push(El::new(Kind::Raw("*"), None));
    }
    let result = match declared {
        Some(type_) => of(Some(type_)),
        None => function_type(&plain, &built),
    };
    El::new(Kind::Function(FunctionEl { path, args: built }), result)
}

/// What SQLAlchemy knows of a function's result.
fn function_type(name: &str, args: &[El<'_>]) -> Ty {
    match name {
        "now" | "current_timestamp" | "localtime" | "localtimestamp" | "sysdate" => {
            ty(TypeClass::DateTime)
        }
        "current_date" => ty(TypeClass::Date),
        "current_time" => ty(TypeClass::Time),
        "count" | "char_length" | "rank" | "dense_rank" => ty(TypeClass::Integer),
        "percent_rank" | "cume_dist" => ty(TypeClass::Numeric),
        "concat" | "current_user" | "session_user" | "user" | "aggregate_strings" => {
            ty(TypeClass::String)
        }
        "coalesce" | "max" | "min" | "sum" | "pow" => args.iter().find_map(|arg| arg.ty.clone()),
        "array_agg" => {
            let item = args.iter().find_map(|arg| arg.ty.as_deref()).cloned();
            match item {
                Some(item) if affinity(Some(&item)) == Affinity::Array => Some(Rc::new(item)),
                item => Some(Rc::new(ColumnType {
                    item: item.map(Box::new),
                    ..ColumnType::new(TypeClass::Array)
                })),
            }
        }
        _ => None,
    }
}

pub(super) fn build_case<'a>(
    value: Option<&'a Expr>,
    whens: &'a [(Expr, Expr)],
    else_: Option<&'a Expr>,
) -> El<'a> {
    let whens: Vec<(El<'a>, El<'a>)> = whens
        .iter()
        .map(|(condition, result)| (build_plain(condition).self_group(None), build_plain(result)))
        .collect();
    let else_ = else_.map(build_plain);
    let result = whens
        .iter()
        .rev()
        .find_map(|(_, result)| result.ty.clone())
        .or_else(|| else_.as_ref().and_then(|el| el.ty.clone()));
    El::new(
        Kind::Case {
            value: value.map(|value| Box::new(build_plain(value))),
            whens,
            else_: else_.map(Box::new),
        },
        result,
    )
}
