//! What expressions make of the kind of value that a type holds.

use limbeck_schema::{Affinity, ColumnType, TypeClass};

/// The kind of a type; none is `NullType`. A `TypeDecorator` is of a kind of its own: it claims every value compared with it.
pub(crate) fn affinity(type_: Option<&ColumnType>) -> Affinity {
    match type_.map(|it| it.class) {
        None => Affinity::Null,
        Some(TypeClass::PickleType) => Affinity::Own(TypeClass::PickleType),
        Some(TypeClass::PgCitext) => Affinity::String,
        Some(class) => class.affinity(),
    }
}

/// Types for which `+` is `||`.
pub(crate) fn is_concatenable(kind: Affinity) -> bool {
    matches!(
        kind,
        Affinity::String | Affinity::Array | Affinity::Own(TypeClass::PgHstore)
    )
}

/// The type of a plain value that is compared with an expression of type `left`:
/// the value's own type, unless that is of the same kind or unknown.
pub(crate) fn coerce_compared(
    left: Option<&ColumnType>,
    natural: Option<ColumnType>,
) -> Option<ColumnType> {
    let Some(left) = left else {
        return natural;
    };
    let kind = affinity(Some(left));
    if matches!(
        kind,
        Affinity::Own(TypeClass::Custom | TypeClass::PickleType)
    ) {
        return Some(left.clone());
    }
    let Some(natural) = natural else {
        return Some(left.clone());
    };
    let found = affinity(Some(&natural));
    if found == Affinity::Null
        || found == kind
        || (kind == Affinity::Binary && found == Affinity::String)
    {
        return Some(left.clone());
    }
    // A type that has no group of its own is alone in it.
    Some(natural)
}
