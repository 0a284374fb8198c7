//! Which special methods Python's own types have, so that one that is not modelled can be told from one that is not there.

use super::text::builtin_type_name;
use crate::value::{NativeObject, Value};

/// The special names of every object, without underscores.
const OBJECT: &str = "class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne new \
    reduce reduce_ex repr setattr sizeof str subclasshook";

/// Those of a type besides.
const TYPES: &[(&str, &str)] = &[
    (
        "int",
        "abs add and bool ceil divmod float floor floordiv getnewargs index int invert lshift mod mul neg or \
         pos pow radd rand rdivmod rfloordiv rlshift rmod rmul ror round rpow rrshift rshift rsub rtruediv \
         rxor sub truediv trunc xor",
    ),
    (
        "float",
        "abs add bool ceil divmod float floor floordiv getformat getnewargs int mod mul neg pos pow radd \
         rdivmod rfloordiv rmod rmul round rpow rsub rtruediv sub truediv trunc",
    ),
    (
        "str",
        "add contains getitem getnewargs iter len mod mul rmod rmul",
    ),
    (
        "bytes",
        "add bytes contains getitem getnewargs iter len mod mul rmod rmul",
    ),
    (
        "list",
        "add class_getitem contains delitem getitem iadd imul iter len mul reversed rmul setitem",
    ),
    (
        "tuple",
        "add class_getitem contains getitem getnewargs iter len mul rmul",
    ),
    (
        "dict",
        "class_getitem contains delitem getitem ior iter len or reversed ror setitem",
    ),
    (
        "set",
        "and class_getitem contains iand ior isub iter ixor len or rand ror rsub rxor sub xor",
    ),
    (
        "frozenset",
        "and class_getitem contains iter len or rand ror rsub rxor sub xor",
    ),
    ("NoneType", "bool"),
    ("range", "bool contains getitem iter len reversed"),
    ("slice", ""),
];

/// True for a special method that every object has.
pub(super) fn is_of_object(name: &str) -> bool {
    let bare = name.strip_prefix("__").and_then(|it| it.strip_suffix("__"));
    bare.is_some_and(|bare| OBJECT.split_whitespace().any(|it| it == bare))
}

/// Whether a value of one of Python's own types has a special method; none for a type that is not in the table.
pub(super) fn has_special(value: &Value, name: &str) -> Option<bool> {
    let kind = match builtin_type_name(value) {
        "bool" => "int",
        kind => kind,
    };
    if let Value::Iter(_) = value {
        let is_own = match name {
            "__iter__" | "__next__" => true,
            "__name__" | "__qualname__" | "__del__" => kind == "generator",
            _ => false,
        };
        return Some(is_own || is_of_object(name));
    }
    let (_, own) = TYPES.iter().find(|(known, _)| *known == kind)?;
    let bare = name.strip_prefix("__")?.strip_suffix("__")?;
    let is_in = |names: &str| names.split_whitespace().any(|it| it == bare);
    Some(is_of_object(name) || is_in(own))
}

/// True for a special name that a modelled object may have although it is not modelled.
pub(super) fn may_be_of(object: &std::rc::Rc<dyn NativeObject>, name: &str) -> bool {
    const CONTAINER: &[&str] = &[
        "__contains__",
        "__getitem__",
        "__iter__",
        "__len__",
        "__reversed__",
    ];
    if is_of_object(name) {
        return true;
    }
    if !name.starts_with("__") || object.is_partial() {
        return false;
    }
    let kind = object.type_name();
    let is_container =
        kind.starts_with("collections.") || kind.starts_with("dict_") || kind.starts_with("re.");
    super::attr::is_special(name) || (is_container && CONTAINER.contains(&name))
}
