//! What pydantic keeps about a field besides its type: the `metadata` of `Annotated[…]` and `Field(…)`, in order.
//!
//! Only the first length and the first number of digits are ever asked for, by what makes columns of fields;
//! the rest is carried because it can stand before them.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::typing::GenericAlias;
use crate::value::{Class, NativeObject, Value};

/// One piece of metadata.
#[derive(Debug)]
pub(crate) enum Metadata {
    /// `annotated_types.MaxLen`
    MaxLength(Value),
    /// An instance of pydantic's own `PydanticMetadata`, with what it says about decimals.
    Pydantic {
        /// `max_digits`
        max_digits: Value,
        /// `decimal_places`
        decimal_places: Value,
    },
    /// Anything else that is known to say nothing about length or digits; its name.
    Other(&'static str),
}

impl Metadata {
    /// A `PydanticMetadata` that says nothing about decimals, such as `Strict()`.
    pub(crate) fn plain() -> Metadata {
        Metadata::Pydantic {
            max_digits: Value::None,
            decimal_places: Value::None,
        }
    }
}

impl NativeObject for Metadata {
    fn type_name(&self) -> String {
        match self {
            Metadata::MaxLength(_) => "MaxLen",
            Metadata::Pydantic { .. } => "PydanticMetadata",
            Metadata::Other(name) => name,
        }
        .to_owned()
    }
}

/// `Annotated[type_, *metadata]`
pub(crate) fn annotated(type_: Value, metadata: impl IntoIterator<Item = Metadata>) -> Value {
    let mut args = vec![type_];
    args.extend(metadata.into_iter().map(Value::object));
    Value::object(GenericAlias {
        name: "Annotated".to_owned(),
        origin: None,
        args,
    })
}

/// The constraints among the arguments of `Field()`, in the order that pydantic gives them.
pub(crate) fn of_field(
    ev: &mut Interp<'_>,
    mut take: impl FnMut(&str) -> Option<Value>,
) -> R<Vec<Value>> {
    let mut given = |name: &str| take(name).filter(|value| !value.is_none());
    let mut metadata = Vec::new();
    let strict = given("strict");
    let max_length = given("max_length");
    let infinite = given("allow_inf_nan");
    let digits = (given("max_digits"), given("decimal_places"));
    let decides = max_length.is_some() || digits.0.is_some() || digits.1.is_some();
    if let Some(first) = strict.as_ref().or(infinite.as_ref()) {
        metadata.push(if decides {
            // Which of them comes first, and so whether the length counts, depends on pydantic's version.
            match first {
                Value::Unknown(_) => first.clone(),
                _ => ev.unknown(
                    "`strict` or `allow_inf_nan` beside a length or digits is not modelled",
                ),
            }
        } else {
            Value::object(Metadata::plain())
        });
    }
    if let Some(length) = max_length {
        metadata.push(Value::object(Metadata::MaxLength(length)));
    }
    let general = ["pattern", "union_mode", "coerce_numbers_to_str"]
        .into_iter()
        .filter_map(&mut given)
        .count();
    if general > 0 || digits.0.is_some() || digits.1.is_some() {
        metadata.push(Value::object(Metadata::Pydantic {
            max_digits: digits.0.unwrap_or(Value::None),
            decimal_places: digits.1.unwrap_or(Value::None),
        }));
    }
    Ok(metadata)
}

/// The constrained types and the metadata classes of pydantic, by name.
pub(super) fn names(ev: &mut Interp<'_>) -> R<Vec<(&'static str, Value)>> {
    let builtin = |ev: &Interp<'_>, name: &str| Value::Class(ev.types().get(name));
    let mut names = Vec::new();
    for (base, list) in [
        (
            "int",
            [
                "PositiveInt",
                "NegativeInt",
                "NonPositiveInt",
                "NonNegativeInt",
            ],
        ),
        (
            "float",
            [
                "PositiveFloat",
                "NegativeFloat",
                "NonPositiveFloat",
                "NonNegativeFloat",
            ],
        ),
    ] {
        for name in list {
            let type_ = builtin(ev, base);
            names.push((name, annotated(type_, [Metadata::Other("Interval")])));
        }
    }
    for (name, base) in [
        ("StrictStr", "str"),
        ("StrictInt", "int"),
        ("StrictFloat", "float"),
        ("StrictBool", "bool"),
        ("StrictBytes", "bytes"),
        ("FiniteFloat", "float"),
    ] {
        names.push((name, annotated(builtin(ev, base), [Metadata::plain()])));
    }
    for (name, base) in [
        ("Base64Str", "str"),
        ("Base64UrlStr", "str"),
        ("Base64Bytes", "bytes"),
        ("Base64UrlBytes", "bytes"),
    ] {
        names.push((
            name,
            annotated(builtin(ev, base), [Metadata::Other("EncodedStr")]),
        ));
    }
    let uuid = import(ev, "uuid", "UUID")?;
    for name in [
        "UUID1", "UUID3", "UUID4", "UUID5", "UUID6", "UUID7", "UUID8",
    ] {
        names.push((
            name,
            annotated(uuid.clone(), [Metadata::Other("UuidVersion")]),
        ));
    }
    let path = import(ev, "pathlib", "Path")?;
    for name in ["FilePath", "DirectoryPath", "NewPath", "SocketPath"] {
        names.push((name, annotated(path.clone(), [Metadata::Other("PathType")])));
    }
    for name in [
        "StringConstraints",
        "UrlConstraints",
        "UuidVersion",
        "PathType",
        "EncodedStr",
        "EncodedBytes",
        "AfterValidator",
        "BeforeValidator",
        "PlainValidator",
        "WrapValidator",
        "PlainSerializer",
        "WrapSerializer",
        "WithJsonSchema",
        "GetPydanticSchema",
        "Tag",
        "Discriminator",
    ] {
        names.push((
            name,
            Value::native(name, move |_, _| Ok(Value::object(Metadata::Other(name)))),
        ));
    }
    for name in ["Strict", "AllowInfNan", "FailFast"] {
        names.push((
            name,
            Value::native(name, |_, _| Ok(Value::object(Metadata::plain()))),
        ));
    }
    names.push((
        "constr",
        Value::native("constr", |ev, _| {
            let text = Value::Class(ev.types().get("str"));
            Ok(annotated(text, [Metadata::Other("StringConstraints")]))
        }),
    ));
    for (name, base) in [
        ("conint", "int"),
        ("confloat", "float"),
        ("conbytes", "bytes"),
    ] {
        names.push((
            name,
            Value::native(name, move |ev, _| {
                // `Strict()` may be among them; nothing asks a number or bytes for a length.
                Ok(annotated(
                    Value::Class(ev.types().get(base)),
                    [Metadata::plain()],
                ))
            }),
        ));
    }
    names.push(("condecimal", Value::native("condecimal", condecimal)));
    names.push((
        "condate",
        Value::native("condate", |ev, _| {
            let date = import(ev, "datetime", "date")?;
            Ok(annotated(date, [Metadata::plain()]))
        }),
    ));
    for (name, base) in [
        ("conlist", "list"),
        ("conset", "set"),
        ("confrozenset", "frozenset"),
    ] {
        names.push((
            name,
            Value::native(name, move |ev, _| {
                Ok(annotated(
                    Value::Class(ev.types().get(base)),
                    [Metadata::Other("Len")],
                ))
            }),
        ));
    }
    Ok(names)
}

/// `condecimal(max_digits=…, decimal_places=…)`
fn condecimal(ev: &mut Interp<'_>, args: Args) -> R {
    const SIGNATURE: &str = "*, strict=, gt=, ge=, lt=, le=, multiple_of=, max_digits=, decimal_places=, allow_inf_nan=";
    let mut args = args.bind(ev, "condecimal", SIGNATURE)?;
    let decimal = import(ev, "decimal", "Decimal")?;
    let mut metadata = Vec::new();
    if !args.take_or_none("strict").is_none() {
        metadata.push(Metadata::plain());
    }
    metadata.push(Metadata::Other("Interval"));
    metadata.push(Metadata::Pydantic {
        max_digits: args.take_or_none("max_digits"),
        decimal_places: args.take_or_none("decimal_places"),
    });
    Ok(annotated(decimal, metadata))
}

/// A name of a module of the standard library.
fn import(ev: &mut Interp<'_>, module: &str, name: &str) -> R {
    let module = ev.import(module)?;
    ev.get_attr(&module, name)
}

/// Classes of pydantic that stand for a type and are no subclass of anything a column is made of, besides
/// `EmailStr` and the two kinds of `datetime`.
pub(super) fn classes(ev: &Interp<'_>) -> Vec<(&'static str, Value)> {
    let of = |name, base: &str| {
        let class = Class::native(name, "pydantic.types", vec![ev.types().get(base)], None);
        (name, Value::Class(class))
    };
    let derived = [of("ByteSize", "int"), of("PaymentCardNumber", "str")];
    [
        ("EmailStr", "pydantic.networks"),
        ("NameEmail", "pydantic.networks"),
        ("IPvAnyAddress", "pydantic.networks"),
        ("IPvAnyInterface", "pydantic.networks"),
        ("IPvAnyNetwork", "pydantic.networks"),
        ("AwareDatetime", "pydantic.types"),
        ("NaiveDatetime", "pydantic.types"),
        ("PastDatetime", "pydantic.types"),
        ("FutureDatetime", "pydantic.types"),
        ("PastDate", "pydantic.types"),
        ("FutureDate", "pydantic.types"),
        ("Json", "pydantic.types"),
        ("ImportString", "pydantic.types"),
    ]
    .into_iter()
    .map(|(name, module)| {
        let class = Class::native(name, module, Vec::new(), None);
        (name, Value::Class(class))
    })
    .chain(derived)
    .collect()
}

/// `annotated_types`
pub(super) fn annotated_types(_ev: &mut Interp<'_>) -> R<Rc<crate::value::Module>> {
    let mut names: Vec<(&str, Value)> = Vec::new();
    for name in [
        "Gt",
        "Ge",
        "Lt",
        "Le",
        "Interval",
        "MultipleOf",
        "MinLen",
        "Len",
        "Timezone",
        "Predicate",
        "doc",
        "Unit",
    ] {
        names.push((
            name,
            Value::native(name, move |_, _| Ok(Value::object(Metadata::Other(name)))),
        ));
    }
    names.push((
        "MaxLen",
        Value::native("MaxLen", |ev, args| {
            let mut args = args.bind(ev, "MaxLen.__init__", "max_length")?;
            Ok(Value::object(Metadata::MaxLength(
                args.take_or_none("max_length"),
            )))
        }),
    ));
    Ok(crate::value::Module::native("annotated_types", names))
}
