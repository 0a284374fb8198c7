//! `typing`: types as values.

use std::rc::Rc;

use crate::eval::{ClassParts, Interp};
use crate::flow::R;
use crate::value::{Class, NativeObject, Unknown, Value};

/// A subscripted type: `list[int]`, `Optional[str]`, `Annotated[int, ...]`, `Literal["a"]`, `int | None`.
#[derive(Debug, Clone)]
pub struct GenericAlias {
    /// `list`, `dict`, a class's name, `Union` (also for `Optional` and `|`), `Annotated`, `Literal`, ...
    pub name: String,
    /// The subscripted class, if it is one.
    pub origin: Option<Rc<Class>>,
    /// The arguments; `Optional[x]` is `Union[x, None]` with `NoneType` as [`Value::None`].
    pub args: Vec<Value>,
}

impl NativeObject for GenericAlias {
    fn type_name(&self) -> String {
        "GenericAlias".to_owned()
    }
}

/// What a base of a class statement that is no class means.
pub(crate) enum BaseOf {
    Class(Rc<Class>),
    Nothing,
    NamedTuple,
    TypedDict,
    Unknown(Rc<Unknown>),
}

pub(crate) fn base_of(ev: &mut Interp<'_>, value: &Value) -> BaseOf {
    if let Some(alias) = value.downcast_ref::<GenericAlias>() {
        return match &alias.origin {
            Some(class) => BaseOf::Class(Rc::clone(class)),
            None => BaseOf::Nothing,
        };
    }
    match ev.unknown(format!("the base {value:?} is not modelled")) {
        Value::Unknown(unknown) => BaseOf::Unknown(unknown),
        _ => BaseOf::Nothing,
    }
}

/// `left | right` of types.
pub(crate) fn union(_ev: &mut Interp<'_>, left: &Value, right: &Value) -> Value {
    let mut args = Vec::new();
    for side in [left, right] {
        match side.downcast_ref::<GenericAlias>() {
            Some(alias) if alias.name == "Union" => args.extend(alias.args.iter().cloned()),
            _ => args.push(side.clone()),
        }
    }
    Value::object(GenericAlias {
        name: "Union".to_owned(),
        origin: None,
        args,
    })
}

/// `class[key]`.
pub(crate) fn class_get_item(ev: &mut Interp<'_>, class: &Rc<Class>, key: &Value) -> R {
    if let Some(method) = class.lookup("__class_getitem__") {
        let bound = match method.downcast_ref::<super::descriptors::ClassMethod>() {
            Some(method) => ev.bind_to(&method.0, Value::Class(Rc::clone(class)))?,
            None => ev.bind_to(&method, Value::Class(Rc::clone(class)))?,
        };
        return ev.call(&bound, crate::Args::positional(vec![key.clone()]));
    }
    if class.is_enum() {
        return super::enum_::get_item(ev, class, key);
    }
    let args = match key {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    Ok(Value::object(GenericAlias {
        name: class.name.to_string(),
        origin: Some(Rc::clone(class)),
        args,
    }))
}

pub(crate) fn named_tuple_class(ev: &mut Interp<'_>, _parts: ClassParts) -> R {
    Ok(ev.unknown("named tuples are not modelled yet"))
}

pub(crate) fn typed_dict_class(ev: &mut Interp<'_>, _name: &str) -> Value {
    Value::Class(ev.types().get("dict"))
}
