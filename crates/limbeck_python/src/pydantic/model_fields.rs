//! The fields of a model class, collected as pydantic does: those of its bases, the last base first, then its own.

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_diag::Location;

use super::field_info::FieldInfo;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::modules::typing::{GenericAlias, SpecialForm};
use crate::value::{Annotation, Class, NativeObject, Str, Value};

/// The attribute under which a model keeps its fields.
const FIELDS: &str = "__pydantic_fields__";

/// How deep annotations may be nested.
const MAX_DEPTH: usize = 32;

/// A field of a model.
#[derive(Clone)]
pub(crate) struct ModelField {
    /// Its name.
    pub(crate) name: Str,
    /// What is known of it.
    pub(crate) info: FieldInfo,
    /// Where its annotation is.
    pub(crate) location: Option<Location>,
}

/// The fields of a class, as its attribute.
struct ModelFields(Rc<Vec<ModelField>>);

impl NativeObject for ModelFields {
    fn type_name(&self) -> String {
        "dict".to_owned()
    }
}

/// A name in a quoted annotation that does not exist while the class is made.
pub(crate) struct ForwardRef {
    /// The annotation.
    pub(crate) text: Str,
    /// Python's message.
    pub(crate) why: String,
}

impl NativeObject for ForwardRef {
    fn type_name(&self) -> String {
        "ForwardRef".to_owned()
    }
}

/// The fields of a model that have been collected before; none for a class that is no model or was never asked.
pub(crate) fn known(class: &Rc<Class>) -> Option<Rc<Vec<ModelField>>> {
    let found = class.attrs.borrow().get(FIELDS).cloned()?;
    found
        .downcast_ref::<ModelFields>()
        .map(|fields| Rc::clone(&fields.0))
}

/// The fields of a model. `skips` says which own names with what value are no fields (relationships).
pub(crate) fn collect(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    skips: &dyn Fn(&Value) -> bool,
) -> R<Rc<Vec<ModelField>>> {
    if let Some(fields) = known(class) {
        return Ok(fields);
    }
    let base_model = Rc::clone(&super::classes(ev).base_model);
    let mut inherited: IndexMap<Str, ModelField> = IndexMap::new();
    for base in class.bases.iter().rev() {
        if is_model(base, &base_model) {
            for field in collect(ev, base, skips)?.iter() {
                inherited.insert(Str::clone(&field.name), field.clone());
            }
        }
    }
    check_attributes(ev, class, &inherited)?;
    let mut hints: IndexMap<Str, (Annotation, bool)> = IndexMap::new();
    let classes: Vec<_> = class.mro().cloned().collect();
    for owner in classes.iter().rev() {
        let is_own = Rc::ptr_eq(owner, class);
        for annotation in owner.annotations.borrow().iter() {
            let name = &annotation.name;
            let is_skipped = is_own && owner.attrs.borrow().get(name).is_some_and(skips);
            if !name.starts_with('_') && &**name != "model_config" && !is_skipped {
                hints.insert(Str::clone(name), (annotation.clone(), is_own));
            }
        }
    }
    let mut fields = Vec::new();
    for (name, (annotation, is_own)) in hints {
        let type_ = evaluate(ev, &annotation)?;
        if is_form(&type_, "ClassVar") || is_class_variable(&annotation.text) {
            continue;
        }
        let assigned = assigned(class, &base_model, &name);
        if assigned.is_some() && is_form(&type_, "Final") {
            continue;
        }
        let field = match (assigned, inherited.shift_remove(&name)) {
            (None, Some(parent)) if !is_own => parent,
            (assigned, _) => ModelField {
                info: match &assigned {
                    Some(assigned) => FieldInfo::from_assignment(&type_, assigned),
                    None => FieldInfo::from_annotation(&type_),
                },
                name,
                location: annotation.location.clone(),
            },
        };
        fields.push(field);
    }
    let fields = Rc::new(fields);
    class.set(FIELDS, Value::object(ModelFields(Rc::clone(&fields))));
    Ok(fields)
}

/// Attributes of the class body that pydantic refuses because they have no annotation, as far as it is certain that they
/// are data.
fn check_attributes(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    inherited: &IndexMap<Str, ModelField>,
) -> R<()> {
    let config = class.lookup("model_config");
    let is_annotated = |name: &Str| {
        class
            .mro()
            .any(|owner| owner.annotations.borrow().iter().any(|it| it.name == *name))
    };
    let own: Vec<(Str, Value)> = class
        .attrs
        .borrow()
        .iter()
        .filter(|(name, _)| !name.starts_with('_') && &***name != "model_config")
        .map(|(name, value)| (Str::clone(name), value.clone()))
        .collect();
    for (name, value) in own {
        let is_own = class.annotations.borrow().iter().any(|it| it.name == name);
        let is_data = matches!(
            value,
            Value::None
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Str(_)
                | Value::Bytes(_)
                | Value::Tuple(_)
                | Value::List(_)
                | Value::Dict(_)
        );
        let is_field = value.downcast_ref::<FieldInfo>().is_some();
        if is_own || !(is_data || is_field) {
            continue;
        }
        let (text, code) = if inherited.contains_key(&name) {
            (
                format!(
                    "Field '{name}' defined on a base class was overridden by a non-annotated attribute. All field \
                     definitions, including overrides, require a type annotation."
                ),
                "model-field-overridden",
            )
        } else if is_annotated(&name) || config.is_some() {
            // A class variable of a base, or a type that the configuration may tell to ignore.
            continue;
        } else if is_field {
            (
                format!("Field '{name}' requires a type annotation"),
                "model-field-missing-annotation",
            )
        } else {
            let repr = ev.to_repr(&value)?;
            (
                format!(
                    "A non-annotated attribute was detected: `{name} = {repr}`. All model fields require a type annotation; \
                     if `{name}` is not meant to be a field, you may be able to resolve this error by annotating it as a \
                     `ClassVar` or updating `model_config['ignored_types']`."
                ),
                "model-field-missing-annotation",
            )
        };
        let version = ev.world().inputs().packages.get("pydantic").cloned();
        let version = version.unwrap_or_else(|| "2".to_owned());
        let version: Vec<&str> = version.split('.').take(2).collect();
        let text = format!(
            "{text}\n\nFor further information visit https://errors.pydantic.dev/{}/u/{code}",
            version.join(".")
        );
        let error = user_error(ev);
        return Err(ev.raise_class(&error, vec![Value::from(text)]));
    }
    Ok(())
}

/// `PydanticUserError`
fn user_error(ev: &Interp<'_>) -> Rc<Class> {
    struct UserError(Rc<Class>);
    let base = ev.types().exception("RuntimeError");
    let found = ev.world().extension("pydantic.PydanticUserError", || {
        UserError(crate::eval::Types::new_exception(
            "PydanticUserError",
            "pydantic.errors",
            &base,
        ))
    });
    Rc::clone(&found.0)
}

fn is_model(class: &Rc<Class>, base_model: &Rc<Class>) -> bool {
    class.is_subclass(base_model) && class.location.is_some()
}

/// What `getattr(class, name)` gives while the class is made: models have taken the values of their fields away.
fn assigned(class: &Rc<Class>, base_model: &Rc<Class>, name: &str) -> Option<Value> {
    class.mro().find_map(|owner| {
        let is_taken = !Rc::ptr_eq(owner, class)
            && is_model(owner, base_model)
            && known(owner).is_some_and(|fields| fields.iter().any(|field| &*field.name == name));
        if is_taken {
            return None;
        }
        owner.attrs.borrow().get(name).cloned()
    })
}

fn is_form(value: &Value, name: &str) -> bool {
    match (
        value.downcast_ref::<GenericAlias>(),
        value.downcast_ref::<SpecialForm>(),
    ) {
        (Some(alias), _) => alias.name == name,
        (_, Some(form)) => form.0 == name,
        _ => false,
    }
}

/// True for the text of a `ClassVar[…]`, also of one that cannot be evaluated.
fn is_class_variable(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'', ' ']);
    let head = text.split('[').next().unwrap_or(text).trim_end();
    matches!(head.rsplit('.').next(), Some("ClassVar"))
}

/// The value of an annotation with the strings in it evaluated. What names something that does not exist (yet) is a
/// [`ForwardRef`].
fn evaluate(ev: &mut Interp<'_>, annotation: &Annotation) -> R {
    let value = match ev.eval_annotation(annotation) {
        Ok(value) => value,
        Err(flow) => return missing(ev, annotation, &annotation.text, flow),
    };
    resolve(ev, annotation, value, 0)
}

fn resolve(ev: &mut Interp<'_>, annotation: &Annotation, value: Value, depth: usize) -> R {
    if depth > MAX_DEPTH {
        return Ok(ev.unknown("an annotation is nested too deeply"));
    }
    if let Value::Str(text) = &value {
        return match ev.eval_annotation_text(annotation, text) {
            Ok(inner) => resolve(ev, annotation, inner, depth + 1),
            Err(flow) => missing(ev, annotation, text, flow),
        };
    }
    let Some(alias) = value.downcast_ref::<GenericAlias>() else {
        return Ok(value);
    };
    // The rest of `Annotated` and the choices of `Literal` are values, not types.
    let types = match alias.name.as_str() {
        "Literal" => 0,
        "Annotated" => 1,
        _ => alias.args.len(),
    };
    let mut args = Vec::with_capacity(alias.args.len());
    for (index, arg) in alias.args.iter().enumerate() {
        args.push(if index < types {
            resolve(ev, annotation, arg.clone(), depth + 1)?
        } else {
            arg.clone()
        });
    }
    Ok(Value::object(GenericAlias {
        name: alias.name.clone(),
        origin: alias.origin.clone(),
        args,
    }))
}

/// What stands for an annotation whose evaluation failed.
fn missing(ev: &mut Interp<'_>, annotation: &Annotation, text: &Str, flow: Flow) -> R {
    match flow {
        Flow::Raise(raised) => {
            let why = ev.exception_text(&raised.value);
            Ok(if ev.is_exception(&raised.value, "NameError") {
                Value::object(ForwardRef {
                    text: Str::clone(text),
                    why,
                })
            } else {
                Value::unknown(
                    format!("the annotation `{text}` cannot be evaluated: {why}"),
                    annotation.location.clone(),
                )
            })
        }
        Flow::Fatal(error) if error.kind == limbeck_diag::ErrorKind::Unreadable => {
            Ok(Value::unknown(
                error.diagnostic.message.clone(),
                error.diagnostic.location().cloned(),
            ))
        }
        fatal => Err(fatal),
    }
}
