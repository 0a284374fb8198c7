//! Fields of a model, and the values they get.

use std::rc::Rc;

use super::{convert, settings, validators};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Annotation, Class, Instance, NativeObject, Str, Value};

/// `Field(...)`
pub(super) struct FieldInfo {
    pub(super) default: Option<Value>,
    default_factory: Option<Value>,
    /// `alias`, `validation_alias`, or version 1's `env`: names that replace the field's own.
    pub(super) names: Option<Value>,
}

impl NativeObject for FieldInfo {
    fn type_name(&self) -> String {
        "FieldInfo".to_owned()
    }
}

/// `Field(default, …)`
pub(super) fn field(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "Field",
        "default=, *, default_factory=, alias=, validation_alias=, env=, **kw",
    )?;
    let alias = args.take("alias");
    let names = args
        .take("validation_alias")
        .or(args.take("env"))
        .or(alias)
        .filter(|it| !it.is_none());
    Ok(Value::object(FieldInfo {
        default: args
            .take("default")
            .filter(|it| !matches!(it, Value::Ellipsis)),
        default_factory: args.take("default_factory").filter(|it| !it.is_none()),
        names,
    }))
}

/// A field of a class.
pub(super) struct Field {
    pub(super) name: Str,
    pub(super) annotation: Annotation,
    /// What the class body assigns to it.
    assigned: Option<Value>,
}

impl Field {
    pub(super) fn info(&self) -> Option<Rc<FieldInfo>> {
        self.assigned.as_ref()?.downcast::<FieldInfo>()
    }

    fn default(&self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        match self.info() {
            Some(info) => match (&info.default, &info.default_factory) {
                (Some(default), _) => Ok(Some(default.clone())),
                (None, Some(factory)) => ev.call(factory, Args::none()).map(Some),
                (None, None) => Ok(None),
            },
            None => Ok(self.assigned.clone()),
        }
    }
}

/// The fields of a class, those of its bases first.
pub(super) fn fields(class: &Rc<Class>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let classes: Vec<_> = class.mro().cloned().collect();
    for owner in classes.iter().rev() {
        for annotation in owner.annotations.borrow().iter() {
            let name = &annotation.name;
            if name.starts_with('_')
                || &**name == "model_config"
                || annotation.text.contains("ClassVar")
            {
                continue;
            }
            let assigned = owner.attrs.borrow().get(name).cloned();
            let field = Field {
                name: Str::clone(name),
                annotation: annotation.clone(),
                assigned,
            };
            match fields.iter_mut().find(|it| it.name == *name) {
                Some(known) => *known = field,
                None => fields.push(field),
            }
        }
        // A subclass may change a default without repeating the annotation.
        for field in &mut fields {
            if let Some(value) = owner.attrs.borrow().get(&field.name) {
                field.assigned = Some(value.clone());
            }
        }
    }
    fields
}

/// Gives the fields of a new instance their values.
pub(super) fn fill(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    instance: &Rc<Instance>,
    mut args: Args,
    is_settings: bool,
) -> R<()> {
    let sources = if is_settings {
        Some(settings::Sources::of(ev, class, &mut args)?)
    } else {
        None
    };
    if let Some(why) = validators::unreadable(class) {
        for field in fields(class) {
            instance.set(&field.name, ev.unknown(why.clone()));
        }
        return Ok(());
    }
    for field in fields(class) {
        let by_name = args.take_keyword(&field.name);
        let by_alias = match field
            .info()
            .and_then(|info| info.names.clone())
            .and_then(|it| it.as_str())
        {
            Some(alias) => args.take_keyword(&alias),
            None => None,
        };
        let mut is_default = false;
        let found = match by_alias.or(by_name) {
            Some(given) => Some(given),
            None => match &sources {
                Some(sources) => sources.find(ev, &field)?,
                None => None,
            },
        };
        let value = match found {
            Some(found) => found,
            None => {
                is_default = true;
                match field.default(ev)? {
                    Some(default) => default,
                    None => return Err(missing(ev, class, &field.name)),
                }
            }
        };
        let value = validators::run_before(ev, class, instance, &field.name, value, is_default)?;
        let value = if is_default && !is_settings {
            value
        } else {
            convert::convert(ev, &field, value)?
        };
        let value = validators::run_after(ev, class, instance, &field.name, value, is_default)?;
        instance.set(&field.name, value);
    }
    // Extra arguments are ignored or kept, as the model's configuration says; no field shows them.
    Ok(())
}

fn missing(ev: &Interp<'_>, class: &Rc<Class>, field: &str) -> crate::flow::Flow {
    ev.raise(
        "ValueError",
        format!("1 validation error for {}\n{field}\n  Field required (nothing gives `{field}` a value)", class.name),
    )
}
