//! SQLModel's `Field(…)`: pydantic's, with what it says about the column.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::pydantic::field_info::{FieldInfo, given_default};
use crate::pydantic::metadata;
use crate::value::{NativeObject, Value};

/// What `Field()` was told about the column; each is none where it was not given.
#[derive(Default)]
pub(crate) struct ColumnArguments {
    pub(crate) primary_key: Option<Value>,
    pub(crate) nullable: Option<Value>,
    pub(crate) foreign_key: Option<Value>,
    pub(crate) ondelete: Option<Value>,
    pub(crate) unique: Option<Value>,
    pub(crate) index: Option<Value>,
    pub(crate) sa_type: Option<Value>,
    pub(crate) sa_column: Option<Value>,
    pub(crate) sa_column_args: Option<Value>,
    pub(crate) sa_column_kwargs: Option<Value>,
}

impl NativeObject for ColumnArguments {
    fn type_name(&self) -> String {
        "FieldInfoMetadata".to_owned()
    }
}

const SIGNATURE: &str = "default=, *, default_factory=, alias=, validation_alias=, serialization_alias=, title=, \
    description=, exclude=, include=, const=, gt=, ge=, lt=, le=, multiple_of=, max_digits=, decimal_places=, \
    min_items=, max_items=, unique_items=, min_length=, max_length=, allow_mutation=, regex=, discriminator=, repr=, \
    primary_key=, foreign_key=, ondelete=, unique=, nullable=, index=, sa_type=, sa_column=, sa_column_args=, \
    sa_column_kwargs=, schema_extra=";

/// Arguments that exclude `sa_column`, in the order in which SQLModel checks them.
const EXCLUDED: [&str; 9] = [
    "sa_column_args",
    "sa_column_kwargs",
    "primary_key",
    "nullable",
    "foreign_key",
    "ondelete",
    "unique",
    "index",
    "sa_type",
];

/// `Field(default, …)`
pub(super) fn field(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "Field", SIGNATURE)?;
    let extra = args.take_or_none("schema_extra");
    let extra = match &extra {
        Value::None => Vec::new(),
        Value::Unknown(_) => {
            // It may hold a length.
            return Ok(extra);
        }
        extra => crate::alchemy::convert::pairs(ev, extra, "`schema_extra`")?,
    };
    let sa_column = args.take("sa_column");
    if sa_column.is_some()
        && let Some(name) = EXCLUDED.iter().find(|name| args.get(name).is_some())
    {
        let text = format!("Passing {name} is not supported when also passing a sa_column");
        return Err(ev.raise("RuntimeError", text));
    }
    if args.get("ondelete").is_some() && args.get("foreign_key").is_none() {
        return Err(ev.raise("RuntimeError", "ondelete can only be used with foreign_key"));
    }
    if let Some(kwargs @ Value::Dict(_)) = args.get("sa_column_kwargs").cloned()
        && super::version::at_least(ev, 0, 43)
        && crate::alchemy::convert::pairs(ev, &kwargs, "`sa_column_kwargs`")?
            .iter()
            .any(|(key, _)| key.as_str().as_deref() == Some("type_"))
    {
        return Err(ev.raise(
            "RuntimeError",
            "Passing type_ is not supported in sa_column_kwargs, use sa_type instead",
        ));
    }
    let max_items = args.take("max_items").filter(|it| !it.is_none());
    let metadata = metadata::of_field(ev, |name| {
        let written = extra
            .iter()
            .find(|(key, _)| key.as_str().as_deref() == Some(name))
            .map(|(_, value)| value.clone());
        let given = match name {
            // `regex` is not pydantic 2's `pattern`, and ignored.
            "max_length" => args
                .take(name)
                .filter(|it| !it.is_none())
                .or(max_items.clone()),
            "max_digits" | "decimal_places" => args.take(name),
            _ => None,
        };
        written.or(given)
    });
    let mut metadata = metadata?;
    metadata.push(Value::object(ColumnArguments {
        primary_key: args.take("primary_key"),
        nullable: args.take("nullable"),
        foreign_key: args.take("foreign_key"),
        ondelete: args.take("ondelete"),
        unique: args.take("unique"),
        index: args.take("index"),
        sa_type: args.take("sa_type"),
        sa_column,
        sa_column_args: args.take("sa_column_args"),
        sa_column_kwargs: args.take("sa_column_kwargs"),
    }));
    let default = given_default(&mut args);
    let default_factory = args.take_or_none("default_factory");
    if default.is_some() && !default_factory.is_none() {
        return Err(ev.raise(
            "TypeError",
            "cannot specify both default and default_factory",
        ));
    }
    let names = args
        .take("validation_alias")
        .filter(|it| !it.is_none())
        .or(args.take("alias"))
        .filter(|it| !it.is_none());
    Ok(Value::object(FieldInfo {
        annotation: None,
        default,
        default_factory: Some(default_factory),
        names,
        metadata,
        location: ev.location(),
        is_merged: false,
    }))
}

/// What the field's `Field()` said about the column: the first that counts.
pub(super) fn column_arguments(info: &FieldInfo) -> Option<Rc<ColumnArguments>> {
    info.metadata
        .iter()
        .find_map(Value::downcast::<ColumnArguments>)
}
