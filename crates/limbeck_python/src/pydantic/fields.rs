//! Fields of a model, and the values they get.

use std::rc::Rc;

use super::field_info::FieldInfo;
use super::{convert, settings, validators};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Annotation, Class, Instance, Str, Value};

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
            Some(info) => info.default_value(ev),
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
            let known = super::model_fields::known(owner);
            let known = known
                .as_ref()
                .and_then(|fields| fields.iter().find(|field| field.name == *name));
            let assigned = match known {
                Some(field) => Some(Value::object(field.info.clone())),
                None => owner.attrs.borrow().get(name).cloned(),
            };
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
