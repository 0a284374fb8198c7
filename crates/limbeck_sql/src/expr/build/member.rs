//! The right side of `IN`.

use limbeck_schema::{Bind, Expr, InItems, Literal, TypeClass};

use super::{bind_stem, build_plain, of, operand, owned, plain_value};
use crate::expr::affinity::type_of_compared;
use crate::expr::element::{BindKey, El, ExpandingEl, Kind, construct, ty};
use crate::expr::op::Op;

pub(super) fn build_in<'a>(expr: &'a Expr, items: &'a InItems, negated: bool) -> El<'a> {
    let tested = build_plain(expr);
    let op = if negated { Op::NotIn } else { Op::In };
    let negate = op.negated();
    let boolean = ty(TypeClass::Boolean);
    let members = match items {
        InItems::Select(select) => El::new(Kind::Select(select), None),
        InItems::Bind(bind) => expanding(bind, &bind_stem(&tested), Some(&tested), negated),
        InItems::List(items) => {
            let values: Option<Vec<Literal>> = items.iter().map(in_value).collect();
            match values {
                Some(values) => {
                    let first = values.first().cloned();
                    let declared = items
                        .first()
                        .and_then(plain_value)
                        .and_then(|(bind, _)| bind.type_.as_deref());
                    let tuple = match &tested.kind {
                        Kind::Tuple(parts) => {
                            Some(parts.iter().map(|part| part.ty.clone()).collect())
                        }
                        _ => None,
                    };
                    let member_type = match &first {
                        Some(_) if declared.is_some() => of(declared),
                        Some(value) => owned(type_of_compared(tested.ty.as_deref(), value)),
                        None => tested.ty.clone(),
                    };
                    El::new(
                        Kind::Expanding(ExpandingEl {
                            key: BindKey::Anonymous(bind_stem(&tested)),
                            values: Some(values),
                            tuple,
                            negated,
                            literal_execute: false,
                        }),
                        member_type,
                    )
                }
                None => {
                    let items = items.iter().map(|item| operand(item, &tested)).collect();
                    let list = El::new(
                        Kind::List {
                            op: Op::Comma,
                            items,
                            group: false,
                        },
                        None,
                    );
                    El::new(Kind::Grouping(Box::new(list)), None)
                }
            }
        }
    };
    construct(tested, members, op, boolean, negate, None)
}

/// A member of IN that is only a value; a tuple of values is one, too.
fn in_value(item: &Expr) -> Option<Literal> {
    match item {
        Expr::Tuple(parts) => parts
            .iter()
            .map(in_value)
            .collect::<Option<Vec<_>>>()
            .map(Literal::Array),
        _ => plain_value(item)
            .filter(|(bind, _)| !bind.literal_execute)
            .map(|(_, value)| value.clone()),
    }
}

pub(super) fn expanding<'a>(
    bind: &Bind,
    stem: &str,
    beside: Option<&El<'_>>,
    negated: bool,
) -> El<'a> {
    let values = bind.value.as_ref().map(|value| match value {
        Literal::Array(items) => items.clone(),
        other => vec![other.clone()],
    });
    let tuple = beside.and_then(|beside| match &beside.kind {
        Kind::Tuple(parts) => Some(parts.iter().map(|part| part.ty.clone()).collect()),
        _ => None,
    });
    let ty = match (
        &bind.type_,
        values.as_ref().and_then(|values| values.first()),
    ) {
        (Some(type_), _) => of(Some(type_)),
        (None, Some(value)) => owned(type_of_compared(
            beside.and_then(|el| el.ty.as_deref()),
            value,
        )),
        (None, None) => beside.and_then(|el| el.ty.clone()),
    };
    let key = match &bind.name {
        Some(name) => BindKey::Fixed(name.clone()),
        None => BindKey::Anonymous(stem.to_owned()),
    };
    El::new(
        Kind::Expanding(ExpandingEl {
            key,
            values,
            tuple,
            negated,
            literal_execute: bind.literal_execute,
        }),
        ty,
    )
}
