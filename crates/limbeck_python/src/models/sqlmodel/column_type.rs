//! From a field's annotation to its column's type.

use std::rc::Rc;

use limbeck_schema::{ColumnType, TypeClass};

use super::version;
use crate::alchemy::registry::alchemy;
use crate::alchemy::types::object::TypeObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::typing::{GenericAlias, SpecialForm};
use crate::pydantic::field_info::FieldInfo;
use crate::pydantic::metadata::Metadata;
use crate::pydantic::model_fields::ForwardRef;
use crate::value::{Class, ClassKind, Value};

/// The type of a column, as the value to give to `Column()`: what SQLModel's `get_sqlalchemy_type` finds without `sa_type`.
pub(super) fn column_type(ev: &mut Interp<'_>, info: &FieldInfo) -> R {
    let annotation = info.annotation.clone().unwrap_or(Value::None);
    let mut python_type = python_type(ev, &annotation)?;
    for item in &info.metadata {
        python_type = with_timezone(python_type, item);
    }
    let class = match python_type {
        Value::Class(class) => class,
        other => return Err(no_class(ev, &other)),
    };
    if let Some(unknown) = class.find_unknown_base() {
        let unknown = Value::Unknown(unknown);
        ev.need_known(&unknown, &format!("the type `{}`", class.name))?;
    }
    match kind(&class) {
        Some(kind) => of_kind(ev, kind, &class, info),
        None => {
            let class = ev.to_repr(&Value::Class(class))?;
            let text = format!("{class} has no matching SQLAlchemy type");
            Err(ev.raise("ValueError", text))
        }
    }
}

/// The type without `Optional` and the arguments of generics.
fn python_type(ev: &mut Interp<'_>, annotation: &Value) -> R {
    if annotation.is_none() {
        return Err(ev.raise("ValueError", "Missing field type"));
    }
    let Some(alias) = annotation.downcast_ref::<GenericAlias>() else {
        return Ok(annotation.clone());
    };
    match (alias.name.as_str(), alias.args.as_slice()) {
        ("Annotated", [inner, metadata @ ..]) => {
            let mut found = python_type(ev, inner)?;
            for item in metadata {
                found = with_timezone(found, item);
            }
            Ok(found)
        }
        ("Union", [first, second]) if first.is_none() || second.is_none() => {
            python_type(ev, if first.is_none() { second } else { first })
        }
        ("Union", _) => Err(ev.raise(
            "ValueError",
            "Cannot have a (non-optional) union as a SQLAlchemy field",
        )),
        (name, _) => Ok(match &alias.origin {
            Some(class) => Value::Class(Rc::clone(class)),
            None => Value::object(SpecialForm(name.to_owned())),
        }),
    }
}

/// `AwareDatetime` or `NaiveDatetime` among the metadata decides.
fn with_timezone(found: Value, item: &Value) -> Value {
    match item {
        Value::Class(class)
            if matches!(kind(class), Some(Kind::AwareDateTime | Kind::NaiveDateTime)) =>
        {
            item.clone()
        }
        _ => found,
    }
}

/// True when an annotation admits `None`.
pub(super) fn admits_none(ev: &mut Interp<'_>, info: &FieldInfo) -> R<bool> {
    let Some(annotation) = &info.annotation else {
        return Ok(false);
    };
    ev.need_known(annotation, "the annotation of a column")?;
    if let Some(alias) = annotation.downcast_ref::<GenericAlias>() {
        return Ok(alias.name == "Union" && alias.args.iter().any(Value::is_none));
    }
    // A default is read as none only for the type `None` itself.
    Ok(annotation.is_none() && info.default.is_some())
}

fn no_class(ev: &mut Interp<'_>, value: &Value) -> crate::flow::Flow {
    if let Err(flow) = ev.need_known(value, "the annotation of a column") {
        return flow;
    }
    if let Some(reference) = value.downcast_ref::<ForwardRef>() {
        return ev.unreadable(format!(
            "the annotation `{}` names what does not exist where the class is made: {}",
            reference.text, reference.why
        ));
    }
    match value.downcast_ref::<SpecialForm>() {
        Some(form) if form.0 == "Any" => {
            ev.raise("ValueError", "typing.Any has no matching SQLAlchemy type")
        }
        Some(form) if form.0 == "Literal" => {
            ev.raise("TypeError", "issubclass() arg 1 must be a class")
        }
        Some(form) => ev.unreadable(format!("`{}` is no type of a column", form.0)),
        None => {
            let kind = ev.type_name(value);
            ev.unreadable(format!("a value of type `{kind}` is no type of a column"))
        }
    }
}

/// The kinds of Python types, in the order in which SQLModel asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Enum,
    Text,
    /// What is stored as text besides `str`.
    TextLike,
    Float,
    Bool,
    Int,
    DateTime,
    AwareDateTime,
    NaiveDateTime,
    Date,
    TimeDelta,
    Time,
    Bytes,
    Decimal,
    Uuid,
}

/// Which kind a class is, by the classes it derives from.
fn kind(class: &Rc<Class>) -> Option<Kind> {
    if class.is_enum() {
        return Some(Kind::Enum);
    }
    let is = |test: &dyn Fn(&Class) -> bool| class.mro().any(|it| test(it));
    let builtin = |name: &'static str| {
        is(&move |it| matches!(it.kind, ClassKind::Builtin(found) if found == name))
    };
    // A modelled class has no place in a source file.
    let native = |module: &'static str, name: &'static str| {
        is(&move |it| it.location.is_none() && &*it.module == module && &*it.name == name)
    };
    let is_text_like = [
        ("ipaddress", "IPv4Address"),
        ("ipaddress", "IPv4Network"),
        ("ipaddress", "IPv6Address"),
        ("ipaddress", "IPv6Network"),
        ("pathlib", "Path"),
        ("pydantic.networks", "EmailStr"),
    ]
    .into_iter()
    .any(|(module, name)| native(module, name));
    let found = [
        (builtin("str"), Kind::Text),
        (is_text_like, Kind::TextLike),
        (builtin("float"), Kind::Float),
        (builtin("bool"), Kind::Bool),
        (builtin("int"), Kind::Int),
        (
            native("pydantic.types", "NaiveDatetime"),
            Kind::NaiveDateTime,
        ),
        (
            native("pydantic.types", "AwareDatetime"),
            Kind::AwareDateTime,
        ),
        (native("datetime", "datetime"), Kind::DateTime),
        (native("datetime", "date"), Kind::Date),
        (native("datetime", "timedelta"), Kind::TimeDelta),
        (native("datetime", "time"), Kind::Time),
        (builtin("bytes"), Kind::Bytes),
        (native("decimal", "Decimal"), Kind::Decimal),
        (native("uuid", "UUID"), Kind::Uuid),
    ];
    found.into_iter().find(|(is, _)| *is).map(|(_, kind)| kind)
}

fn of_kind(ev: &mut Interp<'_>, kind: Kind, class: &Rc<Class>, info: &FieldInfo) -> R {
    let type_class = match kind {
        Kind::Enum => {
            let enumeration = Value::Class(alchemy(ev).type_class(TypeClass::Enum));
            let member = Value::Class(Rc::clone(class));
            return ev.call(&enumeration, Args::positional(vec![member]));
        }
        Kind::Text | Kind::TextLike => return text(ev, kind, info),
        Kind::DateTime | Kind::AwareDateTime | Kind::NaiveDateTime => {
            return date_time(ev, kind, class);
        }
        Kind::Decimal => return numeric(ev, info),
        Kind::Uuid => {
            if !version::at_least(ev, 0, 20) {
                return Err(
                    ev.unreadable("the type of a UUID before SQLModel 0.0.20 is not modelled")
                );
            }
            TypeClass::Uuid
        }
        Kind::Float => TypeClass::Float,
        Kind::Bool => TypeClass::Boolean,
        Kind::Int => TypeClass::Integer,
        Kind::Date => TypeClass::Date,
        Kind::TimeDelta => TypeClass::Interval,
        Kind::Time => TypeClass::Time,
        Kind::Bytes => TypeClass::LargeBinary,
    };
    Ok(Value::Class(alchemy(ev).type_class(type_class)))
}

/// The first metadata that says something about length or digits, or could say it.
fn constraint<'a>(ev: &mut Interp<'_>, info: &'a FieldInfo) -> R<Option<&'a Metadata>> {
    for item in &info.metadata {
        ev.need_known(item, "a part of `Annotated` or `Field()`")?;
        match item.downcast_ref::<Metadata>() {
            Some(Metadata::Other(_)) | None => {}
            Some(found) => return Ok(Some(found)),
        }
    }
    Ok(None)
}

fn text(ev: &mut Interp<'_>, kind: Kind, info: &FieldInfo) -> R {
    let length = match constraint(ev, info)? {
        Some(Metadata::MaxLength(length)) => {
            ev.need_known(length, "`max_length`")?;
            length.clone()
        }
        _ => Value::None,
    };
    if kind == Kind::TextLike && !version::at_least(ev, 0, 20) && !length.is_none() {
        return Err(
            ev.unreadable("the length of such a type before SQLModel 0.0.20 is not modelled")
        );
    }
    let auto_string = Value::Class(crate::alchemy::companions::auto_string(ev));
    let args = if ev.truth(&length, "`max_length`")? {
        Args::none().with("length", length)
    } else {
        Args::none()
    };
    ev.call(&auto_string, args)
}

fn numeric(ev: &mut Interp<'_>, info: &FieldInfo) -> R {
    let (precision, scale) = match constraint(ev, info)? {
        Some(Metadata::Pydantic {
            max_digits,
            decimal_places,
        }) => (max_digits.clone(), decimal_places.clone()),
        _ => (Value::None, Value::None),
    };
    ev.need_known(&precision, "`max_digits`")?;
    ev.need_known(&scale, "`decimal_places`")?;
    let class = Value::Class(alchemy(ev).type_class(TypeClass::Numeric));
    let args = Args::none()
        .with("precision", precision)
        .with("scale", scale);
    ev.call(&class, args)
}

fn date_time(ev: &mut Interp<'_>, kind: Kind, class: &Rc<Class>) -> R {
    let plain = ColumnType::new(TypeClass::DateTime);
    match (kind, version::compare(ev, 0, 45)) {
        (Kind::DateTime, None) => Err(ev.unreadable(
            "a `datetime` is a column with time zone since SQLModel 0.0.45 and one without before, and the installed \
             version of SQLModel is not known",
        )),
        (Kind::DateTime, Some(false)) => Ok(TypeObj::value(ev, plain)),
        (_, Some(false)) => {
            let class = ev.to_repr(&Value::Class(Rc::clone(class)))?;
            let text = format!("{class} has no matching SQLAlchemy type");
            Err(ev.raise("ValueError", text))
        }
        (Kind::NaiveDateTime, _) => Ok(TypeObj::value(ev, plain)),
        _ => {
            let class = Value::Class(super::utc_date_time::class(ev));
            ev.call(&class, Args::none())
        }
    }
}
