//! pydantic and pydantic-settings, as far as settings objects and plain models use them.
//!
//! A model becomes an instance whose fields have the values that were given, or their defaults. A settings
//! object takes them from environment variables and `.env` files first. A value that pydantic would
//! convert in a way that is not modelled, or hand to a validator that cannot be read, is unknown.

mod convert;
pub(crate) mod field_info;
mod fields;
pub(crate) mod metadata;
pub(crate) mod model_fields;
mod settings;
mod validators;

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::ModuleBuilder;
use crate::value::{Class, ClassHooks, Dict, Instance, Module, Str, Value};

/// The builder of a modelled module, by dotted name.
pub(crate) fn module(name: &str) -> Option<ModuleBuilder> {
    match name {
        "pydantic" => Some(pydantic),
        "pydantic.v1" => Some(pydantic_v1),
        "pydantic.fields"
        | "pydantic.networks"
        | "pydantic.types"
        | "pydantic.functional_validators" => Some(import_main),
        "pydantic_settings" | "pydantic_settings.main" => Some(pydantic_settings),
        "annotated_types" => Some(metadata::annotated_types),
        _ => None,
    }
}

/// True for a top-level package that is modelled here.
pub(crate) fn owns(name: &str) -> bool {
    matches!(
        name,
        "pydantic" | "pydantic_settings" | "pydantic_core" | "annotated_types"
    )
}

fn import_main(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    match ev.import("pydantic")? {
        Value::Module(module) => Ok(module),
        _ => Err(ev.unreadable("pydantic is not modelled")),
    }
}

/// The classes of a world.
pub(crate) struct Pydantic {
    base_model: Rc<Class>,
    base_settings: Rc<Class>,
}

/// The models of the world that is being evaluated in.
pub(crate) fn classes(ev: &Interp<'_>) -> Rc<Pydantic> {
    ev.world().extension("pydantic", || {
        let base_model = Class::native(
            "BaseModel",
            "pydantic.main",
            Vec::new(),
            Some(Rc::new(ModelHooks)),
        );
        let base_settings = Class::native(
            "BaseSettings",
            "pydantic_settings.main",
            vec![Rc::clone(&base_model)],
            Some(Rc::new(ModelHooks)),
        );
        Pydantic {
            base_model,
            base_settings,
        }
    })
}

/// `BaseModel`
pub(crate) fn base_model(ev: &Interp<'_>) -> Rc<Class> {
    Rc::clone(&classes(ev).base_model)
}

struct ModelHooks;

impl ClassHooks for ModelHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        construct(ev, class, args)
    }

    fn class_attr(&self, ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        class_attr(ev, class, name)
    }

    fn instance_attr(
        &self,
        _ev: &mut Interp<'_>,
        instance: &Rc<Instance>,
        name: &str,
    ) -> R<Option<Value>> {
        Ok(match name {
            "model_fields_set" | "__fields_set__" => instance.get(fields::FIELDS_SET),
            _ => None,
        })
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// A field of a model has been assigned, which counts as setting it.
pub(crate) fn note_assignment(ev: &mut Interp<'_>, instance: &Instance, name: &str) -> R<()> {
    if let Some(Value::Set(set)) = instance.get(fields::FIELDS_SET) {
        let name = Value::from(name);
        let key = ev.hash_key(&name)?;
        set.borrow_mut().insert(key, name);
    }
    Ok(())
}

/// What every model class has.
pub(crate) fn class_attr(ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
    Ok(match name {
        "model_fields" | "__fields__" => {
            let fields = model_fields::collect(ev, class, &|_| false)?;
            let mut dict = Dict::new();
            for field in fields.iter() {
                dict.insert_str(Str::clone(&field.name), Value::object(field.info.clone()));
            }
            Some(Value::dict(dict))
        }
        // A model that reads no variables is made of a dictionary as it is made of keywords.
        "model_validate" | "parse_obj" if !class.is_subclass(&classes(ev).base_settings) => {
            let class = Rc::clone(class);
            Some(Value::native(name, move |ev, args| {
                let mut args = args.bind(
                    ev,
                    "model_validate",
                    "obj,*,strict=,extra=,from_attributes=,context=,by_alias=,by_name=",
                )?;
                let data = args.take_or_none("obj");
                ev.need_known(&data, "what a model is made of")?;
                let Value::Dict(dict) = &data else {
                    return Ok(
                        ev.unknown("a model made of anything but a dictionary is not modelled")
                    );
                };
                let mut fields = Args::none();
                for (name, value) in dict.borrow().iter() {
                    if let Some(name) = name.as_str() {
                        fields = fields.with(&name, value.clone());
                    }
                }
                ev.call(&Value::Class(Rc::clone(&class)), fields)
            }))
        }
        "model_rebuild" | "update_forward_refs" => {
            Some(Value::native(name, |_ev, _args| Ok(Value::None)))
        }
        _ => None,
    })
}

/// Makes an instance of a model that is no table.
pub(crate) fn construct(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    args: Args,
) -> R<Result<Value, Args>> {
    let own_init = class
        .mro()
        .take_while(|it| it.hooks.is_none())
        .any(|it| it.attrs.borrow().contains_key("__init__"));
    if own_init || class.find_unknown_base().is_some() {
        return Ok(Ok(
            ev.unknown(format!("how `{}` is made is not modelled", class.name))
        ));
    }
    if !args.positional.is_empty() {
        return Err(ev.raise(
            "TypeError",
            "BaseModel.__init__() takes 1 positional argument",
        ));
    }
    let instance = Instance::new(Rc::clone(class), None);
    let is_settings = class.is_subclass(&classes(ev).base_settings);
    fields::fill(ev, class, &instance, args, is_settings)?;
    let value = Value::Instance(instance);
    validators::run_after_model(ev, class, value).map(Ok)
}

/// What the second pydantic keeps of the first.
fn pydantic_v1(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let module = pydantic(ev)?;
    let settings = Value::Class(Rc::clone(&classes(ev).base_settings));
    module.set("BaseSettings", settings);
    Ok(module)
}

/// `pydantic.BaseSettings`, which is a package of its own since pydantic 2.
fn moved_attr(ev: &mut Interp<'_>, _module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    if name != "BaseSettings" {
        return Ok(None);
    }
    let packages = &ev.world().inputs().packages;
    let own = packages.get("pydantic").map(|it| it.starts_with("1."));
    // That package came with the second.
    let is_first = own.or_else(|| packages.contains_key("pydantic-settings").then_some(false));
    match is_first {
        Some(true) => Ok(Some(Value::Class(Rc::clone(&classes(ev).base_settings)))),
        Some(false) => Err(ev.raise(
            "ImportError",
            "`BaseSettings` has been moved to the `pydantic-settings` package.",
        )),
        None => Ok(Some(ev.unknown(
            "`pydantic.BaseSettings` is there up to pydantic 1, and which version is installed is not known",
        ))),
    }
}

fn pydantic(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let classes = classes(ev);
    let module = Module::native_with(
        "pydantic",
        [
            ("BaseModel", Value::Class(Rc::clone(&classes.base_model))),
            ("Field", Value::native("Field", field_info::field)),
            (
                "PrivateAttr",
                Value::native("PrivateAttr", field_info::field),
            ),
            ("ConfigDict", Value::Class(ev.types().get("dict"))),
            // Scripts carry adapters along; what one does to a value is asked of the unknown.
            (
                "TypeAdapter",
                Value::native("TypeAdapter", |ev, _args| {
                    Ok(ev.unknown("what a `TypeAdapter` of pydantic does is not modelled"))
                }),
            ),
            (
                "AliasChoices",
                Value::native("AliasChoices", |_ev, args| {
                    Ok(Value::tuple(args.positional))
                }),
            ),
        ],
        Some(moved_attr),
    );
    for (name, value) in validators::decorators()
        .into_iter()
        .chain(convert::types())
        .chain(metadata::classes(ev))
        .chain(metadata::names(ev)?)
    {
        module.set(name, value);
    }
    Ok(module)
}

fn pydantic_settings(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let classes = classes(ev);
    Ok(Module::native(
        "pydantic_settings",
        [
            (
                "BaseSettings",
                Value::Class(Rc::clone(&classes.base_settings)),
            ),
            ("SettingsConfigDict", Value::Class(ev.types().get("dict"))),
        ],
    ))
}
