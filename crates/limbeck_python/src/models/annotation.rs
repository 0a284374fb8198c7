//! `Mapped[…]` annotations: whether NULL is allowed, and which type a column has.

use std::rc::Rc;

use limbeck_schema::{ColumnType, ConstraintBody};

use super::orm::classes;
use super::registry::Registry;
use super::type_map;
use crate::alchemy::schema::column::ColumnObj;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::modules::typing::GenericAlias;
use crate::value::{Annotation, Value};

/// What is inside an annotation's `Mapped[…]`.
pub(crate) struct MappedArgument(pub(crate) Value);

/// What an annotation says to the mapper.
pub(crate) enum Container {
    /// `Mapped[…]`, or `Unmapped[…]`.
    Column(MappedArgument),
    /// `WriteOnlyMapped[…]`, `DynamicMapped[…]`: a relationship.
    Relationship,
    /// Anything else.
    Plain(Value),
    /// `ClassVar[…]`
    ClassVar,
}

/// Reads the container of an annotation.
pub(crate) fn container(ev: &mut Interp<'_>, annotation: &Annotation) -> R<Container> {
    let mut value = match ev.eval_annotation(annotation) {
        Err(flow @ Flow::Raise(_)) => return unresolved(ev, annotation, flow),
        other => other?,
    };
    // An annotation that is a string as a whole.
    while let Some(text) = value.as_str() {
        value = match ev.eval_annotation_text(annotation, &text) {
            Err(flow @ Flow::Raise(_)) => return unresolved(ev, annotation, flow),
            other => other?,
        };
    }
    if value.is_unknown() && !annotation.text.contains("Mapped") {
        return Ok(Container::Plain(value));
    }
    ev.need_known(
        &value,
        &format!("the annotation `{}`", annotation.text.trim()),
    )?;
    let Some(alias) = value.downcast_ref::<GenericAlias>() else {
        let is_class_var = annotation.text.contains("ClassVar");
        return Ok(if is_class_var {
            Container::ClassVar
        } else {
            Container::Plain(value)
        });
    };
    if alias.name == "ClassVar" {
        return Ok(Container::ClassVar);
    }
    let orm = classes(ev);
    let is = |class: &Rc<crate::value::Class>| {
        let origin = alias.origin.as_ref();
        origin.is_some_and(|origin| origin.is_subclass(class))
    };
    if is(&orm.relation) {
        return Ok(Container::Relationship);
    }
    if is(&orm.mapped) {
        let inner = alias.args.first().cloned().unwrap_or(Value::None);
        return Ok(Container::Column(MappedArgument(inner)));
    }
    Ok(Container::Plain(value))
}

/// An annotation whose names are not there: without `Mapped` in it, it means nothing to the mapper.
fn unresolved(ev: &mut Interp<'_>, annotation: &Annotation, flow: Flow) -> R<Container> {
    if !annotation.text.contains("Mapped") {
        return Ok(Container::Plain(Value::None));
    }
    let why = ev.flow_to_error(flow);
    Err(unreadable(ev, annotation, &why.diagnostic.message))
}

fn unreadable(ev: &mut Interp<'_>, annotation: &Annotation, why: &str) -> Flow {
    let text = format!(
        "the annotation `{}` cannot be read: {why}",
        annotation.text.trim()
    );
    Flow::fatal(limbeck_diag::Error::new(
        limbeck_diag::ErrorKind::Unreadable,
        limbeck_diag::Diagnostic::error("unreadable", text)
            .at_maybe(annotation.location.clone().or_else(|| ev.location()), ""),
    ))
}

/// A type with the strings in it evaluated. A string inside of what it stands for itself stays one, as in SQLAlchemy: a type may
/// be made of itself.
pub(crate) fn resolved(ev: &mut Interp<'_>, annotation: &Annotation, value: &Value) -> R {
    resolved_within(ev, annotation, value, &mut Vec::new())
}

fn resolved_within(
    ev: &mut Interp<'_>,
    annotation: &Annotation,
    value: &Value,
    outer: &mut Vec<Rc<str>>,
) -> R {
    if let Value::Str(text) = value {
        if outer.contains(text) {
            return Ok(value.clone());
        }
        let found = match ev.eval_annotation_text(annotation, text) {
            Err(flow @ Flow::Raise(_)) => {
                let why = ev.flow_to_error(flow);
                return Err(unreadable(ev, annotation, &why.diagnostic.message));
            }
            other => other?,
        };
        outer.push(text.clone());
        let inner = resolved_within(ev, annotation, &found, outer);
        outer.pop();
        return inner;
    }
    ev.need_known(value, &format!("the annotation `{}`", annotation.text))?;
    let Some(alias) = value.downcast_ref::<GenericAlias>() else {
        return Ok(value.clone());
    };
    let count = match alias.name.as_str() {
        "Literal" => 0,
        "Annotated" => 1,
        _ => alias.args.len(),
    };
    let mut args = alias.args.clone();
    for arg in args.iter_mut().take(count) {
        if !matches!(arg, Value::List(_)) {
            *arg = resolved_within(ev, annotation, arg, outer)?;
        }
    }
    // `Optional["int | None"]` is one union.
    if alias.name == "Union" {
        let mut union: Option<Value> = None;
        for arg in args {
            union = Some(match union {
                Some(left) => crate::modules::typing::union(ev, &left, &arg),
                None => arg,
            });
        }
        return Ok(union.unwrap_or(Value::None));
    }
    Ok(Value::object(GenericAlias {
        name: alias.name.clone(),
        origin: alias.origin.clone(),
        args,
    }))
}

/// Whether a type admits `None`.
pub(crate) fn includes_none(ev: &Interp<'_>, value: &Value) -> bool {
    match value {
        Value::None => true,
        Value::Class(class) => Rc::ptr_eq(class, &ev.types().get("NoneType")),
        _ => match value.downcast_ref::<GenericAlias>() {
            Some(alias) if alias.name == "Union" => {
                alias.args.iter().any(|arg| includes_none(ev, arg))
            }
            Some(alias) if alias.name == "Annotated" => alias
                .args
                .first()
                .is_some_and(|first| includes_none(ev, first)),
            _ => match type_map::aliased(value) {
                Some(inner) => includes_none(ev, &inner),
                None => false,
            },
        },
    }
}

/// A union that admits `None` without it.
pub(crate) fn without_none(ev: &mut Interp<'_>, value: &Value) -> Value {
    let Some(alias) = value.downcast_ref::<GenericAlias>() else {
        return value.clone();
    };
    if alias.name != "Union" || !includes_none(ev, value) {
        return value.clone();
    }
    let none = ev.types().get("NoneType");
    let is_none = |value: &Value| match value {
        Value::None => true,
        Value::Class(class) => Rc::ptr_eq(class, &none),
        _ => false,
    };
    let mut args: Vec<Value> = Vec::new();
    for arg in alias.args.iter().filter(|arg| !is_none(arg)) {
        if !args.iter().any(|known| type_map::same_type(known, arg)) {
            args.push(arg.clone());
        }
    }
    match args.as_slice() {
        [only] => only.clone(),
        _ => Value::object(GenericAlias {
            name: "Union".to_owned(),
            origin: None,
            args,
        }),
    }
}

/// Lets an annotation say what the column does not say itself.
pub(crate) fn apply(
    ev: &mut Interp<'_>,
    registry: &Registry,
    column: &ColumnObj,
    annotation: &Annotation,
    argument: &MappedArgument,
) -> R<()> {
    let argument = resolved(ev, annotation, &argument.0)?;
    let nullable = includes_none(ev, &argument);
    {
        let mut column = column.column.borrow_mut();
        if !column.nullable_given {
            column.nullable = nullable;
        }
    }
    let mut own = without_none(ev, &argument);
    let mut candidates = Vec::new();
    if let Some(inner) = type_map::aliased(&own) {
        candidates.push(own);
        let inner = resolved(ev, annotation, &inner)?;
        own = without_none(ev, &inner);
    }
    candidates.push(own.clone());
    if let Some(alias) = own.downcast_ref::<GenericAlias>()
        && alias.name == "Annotated"
    {
        let mut parts = alias.args.iter();
        let first = parts.next().cloned().unwrap_or(Value::None);
        candidates.push(if nullable {
            without_none(ev, &first)
        } else {
            first
        });
        let template = parts.find_map(|part| {
            let column = part.downcast::<ColumnObj>()?;
            let is_mapped = column.mapped.borrow().is_some();
            is_mapped.then_some(column)
        });
        if let Some(unknown) = alias.args.iter().skip(1).find(|part| part.is_unknown()) {
            let what = format!("what `{}` is annotated with", annotation.text.trim());
            ev.need_known(unknown, &what)?;
        }
        if let Some(template) = template {
            merge(&template, column);
        }
    }
    let has_type = column.column.borrow().type_.is_some();
    if has_type || !column.column.borrow().foreign_keys.is_empty() {
        return Ok(());
    }
    for candidate in &candidates {
        let found: Option<ColumnType> = type_map::find(ev, registry, candidate)?;
        if let Some(type_) = found {
            column.column.borrow_mut().type_ = Some(type_);
            return Ok(());
        }
    }
    let unknown = registry.unknown_types.borrow().clone();
    if let Some(unknown) = unknown {
        ev.need_known(&unknown, "`type_annotation_map`")?;
    }
    let name = column.column.borrow().name.text.clone();
    Err(unreadable(
        ev,
        annotation,
        &format!("no SQLAlchemy type is known for it (column `{name}`)"),
    ))
}

/// `Column._merge`: what a `mapped_column()` inside `Annotated` adds to a column.
fn merge(template: &ColumnObj, into: &ColumnObj) {
    let from = template.column.borrow().clone();
    let mut mapped = into.mapped.borrow().clone().unwrap_or_default();
    let omits_defaults = mapped.has_default;
    if let Some(other) = template.mapped.borrow().as_ref() {
        mapped.sort_order = mapped.sort_order.or(other.sort_order);
        mapped.use_existing_column |= other.use_existing_column;
    }
    *into.mapped.borrow_mut() = Some(mapped);
    let mut column = into.column.borrow_mut();
    column.primary_key |= from.primary_key;
    if column.autoincrement == limbeck_schema::Autoincrement::Auto {
        column.autoincrement = from.autoincrement;
    }
    column.system |= from.system;
    if column.type_.is_none() {
        column.type_.clone_from(&from.type_);
    }
    if from.nullable_given && !column.nullable_given {
        column.nullable = from.nullable;
        column.nullable_given = true;
    }
    let has_default = column.has_python_default || column.sequence.is_some();
    if !omits_defaults && !has_default {
        column.has_python_default = from.has_python_default;
        column.sequence.clone_from(&from.sequence);
    }
    if column.server_default.is_none() {
        column.server_default.clone_from(&from.server_default);
    }
    column.server_onupdate |= from.server_onupdate;
    column.index = column.index.or(from.index);
    column.unique = column.unique.or(from.unique);
    if column.comment.is_none() {
        column.comment.clone_from(&from.comment);
    }
    column.checks.extend(from.checks.iter().cloned());
    let name = column.name.clone();
    for mut key in from.foreign_keys {
        if let ConstraintBody::ForeignKey(body) = &mut key.constraint.body {
            body.columns = vec![name.clone()];
        }
        column.foreign_keys.push(key);
    }
    let targets = template.targets.borrow().clone();
    into.targets.borrow_mut().extend(targets);
}
