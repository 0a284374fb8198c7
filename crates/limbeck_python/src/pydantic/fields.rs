//! Fields of a model, and the values they get.

use std::rc::Rc;

use super::field_info::FieldInfo;
use super::{convert, settings, validators};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Annotation, Class, Dict, Instance, Set, Str, Value};

/// Where an instance keeps the names of the fields that were given a value.
pub(crate) const FIELDS_SET: &str = "__pydantic_fields_set__";

/// A field of a class.
pub(super) struct Field {
    /// The name of the model that has it, for messages.
    pub(super) model: Str,
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
                model: Str::clone(&class.name),
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
    let mut data = match validators::has_before_model(class) {
        true => Some(given_data(ev, class, &mut args, sources.as_ref())?),
        false => None,
    };
    let mut set = Set::new();
    let mut missing: Vec<Str> = Vec::new();
    for field in fields(class) {
        let by_name = match &mut data {
            Some(data) => data.take_keyword(&field.name),
            None => args.take_keyword(&field.name),
        };
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
                Some(sources) if data.is_none() => sources.find(ev, &field)?,
                _ => None,
            },
        };
        let value = match found {
            Some(found) => {
                let name = Value::from(&*field.name);
                set.insert(ev.hash_key(&name)?, name);
                found
            }
            None => {
                is_default = true;
                match field.default(ev)? {
                    Some(default) => default,
                    None => {
                        missing.push(Str::clone(&field.name));
                        continue;
                    }
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
    if !missing.is_empty() {
        let why = |name| (name, "Field required".to_owned());
        let errors: Vec<_> = missing.iter().map(why).collect();
        return Err(invalid(ev, &class.name, &errors));
    }
    instance.set(FIELDS_SET, Value::set(set));
    // Extra arguments are ignored or kept, as the model's configuration says; no field shows them.
    Ok(())
}

/// What the sources and the call give for the fields of a model, after its own validators have looked at it.
fn given_data(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    args: &mut Args,
    sources: Option<&settings::Sources>,
) -> R<Args> {
    let mut given = Dict::new();
    for field in fields(class) {
        if field.info().is_some_and(|info| info.names.is_some()) {
            return Err(ev.unreadable(
                "a validator before the fields of a model that have other names is not modelled",
            ));
        }
        let found = match (args.take_keyword(&field.name), sources) {
            (None, Some(sources)) => sources.find(ev, &field)?,
            (given, _) => given,
        };
        if let Some(value) = found {
            let name = Value::from(&*field.name);
            let key = ev.hash_key(&name)?;
            given.insert(key, name, value);
        }
    }
    for (name, value) in std::mem::take(&mut args.keywords) {
        let name = Value::from(&*name);
        let key = ev.hash_key(&name)?;
        given.insert(key, name, value);
    }
    let data = validators::run_before_model(ev, class, Value::dict(given))?;
    ev.need_known(&data, "what a validator of the whole model gives")?;
    let Value::Dict(dict) = &data else {
        return Err(ev.unreadable("a validator of the whole model gives no dictionary"));
    };
    let mut args = Args::none();
    for (name, value) in dict.borrow().iter() {
        if let Some(name) = name.as_str() {
            args = args.with(&name, value.clone());
        }
    }
    Ok(args)
}

/// What pydantic says of values that do not fit, each with the name of its field.
pub(super) fn invalid(
    ev: &Interp<'_>,
    model: &str,
    errors: &[(&Str, String)],
) -> crate::flow::Flow {
    let plural = if errors.len() == 1 { "" } else { "s" };
    let mut message = format!("{} validation error{plural} for {model}", errors.len());
    for (field, why) in errors {
        message.push_str(&format!("\n{field}\n  {why}"));
    }
    ev.raise("ValueError", message)
}
