//! `Field(…)`: what is said about a field, and how `Annotated[…]` and an assignment are merged.

use std::rc::Rc;

use limbeck_diag::Location;

use super::metadata;
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::typing::GenericAlias;
use crate::value::{BinOp, NativeObject, Value};

/// `FieldInfo`: what `Field(…)` gives, and what a model keeps for each of its fields.
///
/// An attribute is none where it was not given; `None` that was given is [`Value::None`].
#[derive(Clone, Default)]
pub(crate) struct FieldInfo {
    /// The type, without `Annotated` around it; none for the result of `Field()`.
    pub(crate) annotation: Option<Value>,
    /// The default; `...` is none.
    pub(crate) default: Option<Value>,
    /// `default_factory`
    pub(crate) default_factory: Option<Value>,
    /// `alias`, `validation_alias`, or version 1's `env`: names that replace the field's own.
    pub(crate) names: Option<Value>,
    /// Constraints and everything else of `Annotated`, in order.
    pub(crate) metadata: Vec<Value>,
    /// Where `Field()` was called.
    pub(crate) location: Option<Location>,
    /// True when it was merged from more than an assigned `Field()`.
    pub(crate) is_merged: bool,
}

impl NativeObject for FieldInfo {
    fn type_name(&self) -> String {
        "FieldInfo".to_owned()
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        _op: BinOp,
        _other: &Value,
        _reflected: bool,
    ) -> R<Option<Value>> {
        // What a class gives for a field or a private attribute may be its value.
        Err(ev.unreadable("a field of a model is calculated with"))
    }
}

impl FieldInfo {
    /// Takes over what another one was given, and its metadata.
    fn merge(&mut self, other: &FieldInfo, metadata: &[Value]) {
        let FieldInfo {
            annotation: _,
            default,
            default_factory,
            names,
            metadata: _,
            location,
            is_merged: _,
        } = other.clone();
        self.default = default.or(self.default.take());
        self.default_factory = default_factory.or(self.default_factory.take());
        self.names = names.or(self.names.take());
        self.location = location.or(self.location.take());
        self.metadata.extend_from_slice(metadata);
    }

    /// The field of an annotation without assigned value.
    pub(crate) fn from_annotation(annotation: &Value) -> FieldInfo {
        let (type_, metadata) = strip_annotated(annotation);
        FieldInfo::construct(type_, &[], metadata)
    }

    /// The field of an annotation with an assigned value: a default, or the result of `Field()`.
    pub(crate) fn from_assignment(annotation: &Value, assigned: &Value) -> FieldInfo {
        let (type_, mut metadata) = strip_annotated(annotation);
        match assigned.downcast::<FieldInfo>() {
            Some(info) => {
                // Its constraints stand before those of `Annotated`, although the rest of it counts last.
                let first = info.metadata.clone();
                let mut rest = (*info).clone();
                rest.metadata = Vec::new();
                metadata.push(Value::object(rest));
                FieldInfo::construct(type_, &first, metadata)
            }
            None => {
                let mut info = FieldInfo::construct(type_, &[], metadata);
                info.default = Some(assigned.clone());
                info
            }
        }
    }

    fn construct(annotation: Value, first: &[Value], metadata: Vec<Value>) -> FieldInfo {
        let mut merged = FieldInfo {
            annotation: Some(annotation),
            metadata: first.to_vec(),
            ..FieldInfo::default()
        };
        merged.is_merged = metadata.len() > usize::from(!first.is_empty());
        for item in metadata {
            match item.downcast::<FieldInfo>() {
                Some(info) => merged.merge(&info, &info.metadata),
                None => merged.metadata.push(item),
            }
        }
        merged
    }

    /// The default value; none where the field is required.
    pub(super) fn default_value(&self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        match (&self.default, &self.default_factory) {
            (Some(default), _) => Ok(Some(default.clone())),
            (None, Some(factory)) if !factory.is_none() => ev.call(factory, Args::none()).map(Some),
            (None, _) => Ok(None),
        }
    }
}

/// An annotation without `Annotated`, and the metadata of it, outer after inner.
fn strip_annotated(annotation: &Value) -> (Value, Vec<Value>) {
    if let Some(alias) = annotation.downcast_ref::<GenericAlias>()
        && let [inner, metadata @ ..] = alias.args.as_slice()
    {
        match alias.name.as_str() {
            "Annotated" => {
                let (type_, mut all) = strip_annotated(inner);
                all.extend_from_slice(metadata);
                return (type_, all);
            }
            "Final" | "Required" | "NotRequired" | "ReadOnly" => return strip_annotated(inner),
            _ => {}
        }
    }
    (annotation.clone(), Vec::new())
}

/// `default` as an attribute: `...` and pydantic's `Undefined` give none.
pub(crate) fn given_default(args: &mut Bindings) -> Option<Value> {
    args.take("default")
        .filter(|value| !matches!(value, Value::Ellipsis))
}

/// pydantic's `Field(default, …)`
pub(super) fn field(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "Field",
        "default=, *, default_factory=, alias=, validation_alias=, env=, strict=, max_length=, allow_inf_nan=,\
         max_digits=, decimal_places=, pattern=, union_mode=, coerce_numbers_to_str=, **kw",
    )?;
    let metadata = metadata::of_field(ev, |name| args.take(name))?;
    let alias = args.take("alias");
    let names = args
        .take("validation_alias")
        .or(args.take("env"))
        .or(alias)
        .filter(|it| !it.is_none());
    Ok(Value::object(FieldInfo {
        default: given_default(&mut args),
        default_factory: args.take("default_factory"),
        names,
        metadata,
        location: ev.location(),
        annotation: None,
        is_merged: false,
    }))
}
