//! A type as a Python value.

use std::rc::Rc;

use limbeck_schema::{ColumnType, EnumOp, Op, TypeClass, TypeNamespace};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::types::construct::argument_error;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// An instance of a modelled type class.
pub(crate) struct TypeObj {
    pub(crate) type_: ColumnType,
    /// Its class where that is not [`ColumnType::class`]'s: a companion's.
    pub(crate) class: Option<Rc<Class>>,
    /// The arguments of `Enum(enum.Enum, …)`, which stands for enums yet to come.
    pub(crate) template: Option<Args>,
}

impl TypeObj {
    /// A type of SQLAlchemy's own.
    pub(crate) fn new(type_: ColumnType) -> TypeObj {
        TypeObj {
            type_,
            class: None,
            template: None,
        }
    }

    /// True for SQLAlchemy's `SchemaType`: what has a name of its own in a database, and `create()` and `drop()`.
    fn has_life(&self) -> bool {
        use TypeClass as T;
        matches!(
            self.type_.class,
            T::Enum
                | T::PgEnum
                | T::MyEnum
                | T::PgDomain
                | T::Boolean
                | T::SqlBoolean
                | T::MatchType
                | T::MsBit
                | T::OraBoolean
                | T::Custom
        )
    }

    /// What `create()` creates on a database: the type that it is there, if that one has a life of its own.
    fn created_type(&self, dialect: &str) -> Option<&ColumnType> {
        use TypeClass as T;
        let type_ = self.type_.variants.get(dialect).unwrap_or(&self.type_);
        match type_.class {
            T::Enum => (type_.native != Some(false)).then_some(type_),
            T::PgEnum | T::MyEnum | T::PgDomain | T::Custom => Some(type_),
            _ => None,
        }
    }

    /// A type as a Python value.
    pub(crate) fn value(_ev: &Interp<'_>, type_: ColumnType) -> Value {
        Value::object(TypeObj::new(type_))
    }
}

/// True for a type class or an instance of one.
pub(crate) fn is_type(ev: &Interp<'_>, value: &Value) -> bool {
    match value {
        Value::Object(_) => value.downcast_ref::<TypeObj>().is_some(),
        Value::Class(class) => class.is_subclass(&alchemy(ev).class("TypeEngine")),
        Value::Instance(instance) => instance.class.is_subclass(&alchemy(ev).class("TypeEngine")),
        _ => false,
    }
}

/// A type given as an instance or as a class.
pub(crate) fn to_type(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<ColumnType> {
    match opt_type(ev, value, what)? {
        Some(type_) => Ok(type_),
        None => Ok(ColumnType::new(TypeClass::NullType)),
    }
}

/// A type given as an instance or as a class; nothing for `None`.
pub(crate) fn opt_type(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Option<ColumnType>> {
    ev.need_known(value, what)?;
    match value {
        Value::None => Ok(None),
        Value::Object(_) if value.downcast_ref::<TypeObj>().is_some() => {
            let mut type_ = value
                .downcast_ref::<TypeObj>()
                .map(|object| object.type_.clone());
            if let Some(type_) = &mut type_ {
                crate::alchemy::sql::compiles::apply(ev, type_)?;
            }
            Ok(type_)
        }
        Value::Class(_) if is_type(ev, value) => {
            let instance = ev.call(value, Args::none())?;
            opt_type(ev, &instance, what)
        }
        Value::Instance(instance) if is_type(ev, value) => {
            crate::alchemy::types::custom::type_of_instance(ev, instance).map(Some)
        }
        // SQLAlchemy calls what can be called for a type.
        Value::Function(_) => {
            let made = ev.call(value, Args::none())?;
            match made {
                Value::Function(_) => Err(ev.unreadable(format!("{what} is not a type"))),
                made => opt_type(ev, &made, what),
            }
        }
        Value::Opaque(_) => Err(ev.unreadable(format!("{what} is not a type that can be read"))),
        _ => {
            let found = ev.type_name(value);
            Err(ev.unreadable(format!("{what} should be a type, not `{found}`")))
        }
    }
}

impl NativeObject for TypeObj {
    fn type_name(&self) -> String {
        match &self.class {
            Some(class) => class.name.to_string(),
            None => self.type_.class.py_name().to_owned(),
        }
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(match &self.class {
            Some(class) => Rc::clone(class),
            None => alchemy(ev).type_class(self.type_.class),
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        const METHODS: &[&str] = &[
            "with_variant",
            "copy",
            "evaluates_none",
            "load_dialect_impl",
            "dialect_impl",
            "as_generic",
            "create",
            "drop",
        ];
        if self.has_life() {
            METHODS
        } else {
            METHODS.split_at(METHODS.len() - 2).0
        }
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match name {
            "with_variant" => {
                let mut args = args.bind(ev, "TypeEngine.with_variant", "type_,*dialect_names")?;
                let variant = args.take_or_none("type_");
                let variant = to_type(ev, &variant, "the type of `with_variant`")?;
                let mut type_ = self.type_.clone();
                if args.rest.is_empty() {
                    let message = "At least one dialect name is required";
                    return Err(argument_error(ev, message));
                }
                if !variant.variants.is_empty() {
                    let message = "can't pass a type that already has variants as a dialect-level type to with_variant()";
                    return Err(argument_error(ev, message));
                }
                for dialect in std::mem::take(&mut args.rest) {
                    let dialect = convert::text(ev, &dialect, "the dialect of `with_variant`")?;
                    if self.type_.variants.contains_key(&*dialect) {
                        let message = format!(
                            "Dialect '{dialect}' is already present in the mapping for this {}",
                            self.type_
                        );
                        return Err(argument_error(ev, &message));
                    }
                    type_.variants.insert(dialect.to_string(), variant.clone());
                }
                Ok(Some(Value::object(TypeObj {
                    type_,
                    class: self.class.clone(),
                    template: self.template.clone(),
                })))
            }
            "copy" | "evaluates_none" => Ok(Some(Value::Object(self))),
            "load_dialect_impl" => {
                let impl_ = match &self.type_.custom {
                    Some(custom) => custom.impl_.as_deref().cloned(),
                    None => None,
                };
                Ok(Some(match impl_ {
                    Some(impl_) => TypeObj::value(ev, impl_),
                    None => Value::Object(self),
                }))
            }
            "create" | "drop" => {
                let mut args = args.bind(
                    ev,
                    &format!("{}.{name}", self.type_name()),
                    "bind,checkfirst=",
                )?;
                let bind = args.take_or_none("bind");
                ev.need_known(&bind, "the connection")?;
                let checkfirst = match args.take("checkfirst") {
                    Some(value) => match value {
                        // SQLAlchemy 2.1 has a flag enum for it.
                        Value::Opaque(_) => true,
                        _ => convert::flag(ev, &value, "`checkfirst`")?,
                    },
                    // PostgreSQL's own types look first, the generic ones do not.
                    None => matches!(self.type_.class, TypeClass::PgEnum | TypeClass::PgDomain),
                };
                let dialect = ev.host().dialect_name().to_owned();
                let Some(type_) = self.created_type(&dialect) else {
                    return Ok(Some(Value::None));
                };
                let type_ = Box::new(EnumOp {
                    type_: type_.clone(),
                    checkfirst,
                });
                let op = if name == "create" {
                    Op::CreateEnum(type_)
                } else {
                    Op::DropEnum(type_)
                };
                crate::alchemy::op::emit::emit(ev, op)?;
                Ok(Some(Value::None))
            }
            _ => Ok(Some(ev.unknown(format!(
                "`{}.{name}()` is not modelled",
                self.type_name()
            )))),
        }
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let type_ = &self.type_;
        let number = |number: Option<u64>| match number {
            Some(number) => Value::int(number as i64),
            None => Value::None,
        };
        let text = |text: Option<String>| Value::from(text);
        Ok(Some(match name {
            "length" => match type_.extra.get("length") {
                Some(length) => Value::from(length.trim_matches('\'')),
                // An enumeration is as long as its longest label.
                None => match &type_.labels {
                    Some(labels) if type_.length.is_none() => {
                        let lengths = labels.labels.iter().map(|label| label.chars().count());
                        number(Some(lengths.max().unwrap_or_default() as u64))
                    }
                    _ => number(type_.length),
                },
            },
            "python_type" => match crate::alchemy::types::text::python_type(type_) {
                Some(("builtins", name)) => Value::Class(ev.types().get(name)),
                Some((module, name)) => {
                    let module = ev.import(module)?;
                    ev.get_attr(&module, name)?
                }
                None => return Ok(None),
            },
            "precision" => number(type_.precision),
            "scale" => match type_.scale {
                Some(scale) => Value::int(scale),
                None => Value::None,
            },
            "timezone" => Value::Bool(type_.timezone),
            "collation" => text(type_.collation.clone()),
            "charset" => text(type_.charset.clone()),
            "unsigned" => Value::Bool(type_.unsigned),
            "display_width" => number(type_.display_width),
            "fsp" => number(type_.fsp),
            "dimensions" => number(type_.dimensions),
            "native_enum" if type_.labels.is_some() => Value::Bool(type_.native != Some(false)),
            "create_constraint" => Value::Bool(type_.create_constraint),
            "create_type" => Value::Bool(type_.create_type != Some(false)),
            "as_uuid" => Value::Bool(type_.as_uuid.unwrap_or(true)),
            "name" => match &type_.name {
                Some(name) => convert::name_value(ev, name),
                None => Value::None,
            },
            "schema" => match &type_.schema {
                Some(name) => convert::name_value(ev, name),
                None => Value::None,
            },
            "enums" | "values" => match &type_.labels {
                Some(labels) => Value::list(
                    labels
                        .labels
                        .iter()
                        .map(|l| Value::from(l.as_str()))
                        .collect(),
                ),
                None => return Ok(None),
            },
            "enum_class" => match &type_.labels {
                Some(labels) => match &labels.enum_class {
                    Some(path) => {
                        let found = alchemy(ev)
                            .enum_labels
                            .borrow()
                            .get(path)
                            .map(|it| it.class.clone());
                        found.unwrap_or_else(|| ev.unknown("the enum class is not known"))
                    }
                    None => Value::None,
                },
                None => return Ok(None),
            },
            "item_type" | "data_type" => match &type_.item {
                Some(item) => TypeObj::value(ev, (**item).clone()),
                None => return Ok(None),
            },
            "impl" | "impl_instance" => match &type_.custom {
                Some(custom) => match &custom.impl_ {
                    Some(impl_) => TypeObj::value(ev, (**impl_).clone()),
                    None => return Ok(None),
                },
                None => return Ok(None),
            },
            "__visit_name__" => match type_.class.namespace() {
                TypeNamespace::Custom => return Ok(None),
                _ => Value::from(super::class::visit_name(type_.class)),
            },
            _ => return Ok(None),
        }))
    }

    fn set_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str, _value: Value) -> R<bool> {
        // What the ORM's bookkeeping sets never reaches the DDL.
        Ok(matches!(
            name,
            "should_evaluate_none" | "cache_ok" | "hashable"
        ))
    }

    fn str(&self, ev: &mut Interp<'_>) -> R<String> {
        match crate::alchemy::types::text::type_text(&self.type_) {
            Some(text) => Ok(text),
            None => Err(ev.unreadable("the text of this type depends on the compiler")),
        }
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        if self.type_.class == TypeClass::Custom {
            return Err(ev.unreadable("the text of this type depends on its class"));
        }
        Ok(self.type_.to_string())
    }
}
