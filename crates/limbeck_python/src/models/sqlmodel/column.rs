//! From a field to its column: SQLModel's `get_column_from_field`.

use super::column_type::{admits_none, column_type};
use super::field::{ColumnArguments, column_arguments};
use super::version;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::ColumnObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::pydantic::model_fields::ModelField;
use crate::value::{Str, Value};

/// The `Column` of a field, without its name. Errors are located at the field.
pub(super) fn column(ev: &mut Interp<'_>, class: &str, field: &ModelField) -> R {
    make(ev, class, field).map_err(|flow| located(flow, field))
}

/// Gives an error the place of the field, where it has none that is nearer.
fn located(flow: Flow, field: &ModelField) -> Flow {
    let Some(location) = field.info.location.clone().or(field.location.clone()) else {
        return flow;
    };
    match flow {
        Flow::Raise(mut raised) => {
            raised.location = Some(location);
            Flow::Raise(raised)
        }
        Flow::Fatal(error) => Flow::fatal(
            error.map_diagnostic(|diagnostic| diagnostic.at(location, "the field is here")),
        ),
    }
}

fn make(ev: &mut Interp<'_>, class: &str, field: &ModelField) -> R {
    let info = &field.info;
    let what = format!("the column `{}` of `{class}`", field.name);
    if let Some(unknown @ Value::Unknown(_)) = &info.default
        && info.location.is_none()
    {
        // The value that is assigned to the field: it could be what `Field()` gives.
        ev.need_known(unknown, &what)?;
    }
    let none = std::rc::Rc::new(ColumnArguments::default());
    let own = column_arguments(info).unwrap_or(none);
    if info.is_merged && column_arguments(info).is_some() && !version::at_least(ev, 0, 32) {
        return Err(ev.unreadable(format!(
            "{what}: whether SQLModel before 0.0.32 keeps the arguments of `Field()` in `Annotated` is not modelled"
        )));
    }
    if let Some(given) = &own.sa_column {
        ev.need_known(given, &what)?;
        if given
            .downcast::<ColumnObj>()
            .is_some_and(|column| !column.is_light)
        {
            return Ok(given.clone());
        }
    }
    let type_ = match &own.sa_type {
        Some(type_) => {
            ev.need_known(type_, &format!("`sa_type` of {what}"))?;
            type_.clone()
        }
        None => column_type(ev, info)?,
    };
    let primary_key = given_or(&own.primary_key, Value::Bool(false));
    ev.need_known(&primary_key, &format!("`primary_key` of {what}"))?;
    let nullable = match &own.nullable {
        Some(given) => given.clone(),
        None => {
            let is_key = ev.truth(&primary_key, "`primary_key`")?;
            Value::Bool(!is_key && admits_none(ev, info)?)
        }
    };
    ev.need_known(&nullable, &format!("`nullable` of {what}"))?;
    let mut args = Args::none();
    if let Some(foreign_key) = &own.foreign_key {
        ev.need_known(foreign_key, &format!("`foreign_key` of {what}"))?;
        if ev.truth(foreign_key, "`foreign_key`")? {
            args.positional
                .push(foreign_key_of(ev, &own, foreign_key, &nullable)?);
        }
    }
    if let Some(more) = &own.sa_column_args {
        ev.need_known(more, &format!("`sa_column_args` of {what}"))?;
        args.positional.extend(ev.iterate(more)?);
    }
    let mut keywords: Vec<(Str, Value)> = vec![
        (Str::from("primary_key"), primary_key),
        (Str::from("nullable"), nullable),
        (Str::from("index"), given_or(&own.index, Value::Bool(false))),
        (
            Str::from("unique"),
            given_or(&own.unique, Value::Bool(false)),
        ),
    ];
    let factory = info
        .default_factory
        .as_ref()
        .filter(|factory| !factory.is_none());
    if let Some(default) = factory.or(info.default.as_ref()) {
        keywords.push((Str::from("default"), default.clone()));
    }
    if let Some(more) = &own.sa_column_kwargs {
        ev.need_known(more, &format!("`sa_column_kwargs` of {what}"))?;
        for (key, value) in crate::alchemy::convert::pairs(ev, more, "`sa_column_kwargs`")? {
            let key = crate::alchemy::convert::text(ev, &key, "a key of `sa_column_kwargs`")?;
            match keywords.iter_mut().find(|(known, _)| *known == key) {
                Some((_, slot)) => *slot = value,
                None => keywords.push((key, value)),
            }
        }
    }
    if keywords.iter().any(|(key, _)| &**key == "type_") {
        let text =
            "sqlalchemy.sql.schema.Column() got multiple values for keyword argument 'type_'";
        return Err(ev.raise("TypeError", text));
    }
    keywords.push((Str::from("type_"), type_));
    args.keywords = keywords;
    let column = Value::Class(alchemy(ev).class("Column"));
    let made = ev.call(&column, args)?;
    ev.need_known(&made, &what)?;
    Ok(made)
}

fn given_or(given: &Option<Value>, otherwise: Value) -> Value {
    given.clone().unwrap_or(otherwise)
}

fn foreign_key_of(
    ev: &mut Interp<'_>,
    own: &ColumnArguments,
    foreign_key: &Value,
    nullable: &Value,
) -> R {
    let ondelete = own.ondelete.clone().unwrap_or(Value::None);
    ev.need_known(&ondelete, "`ondelete`")?;
    if ondelete.as_str().as_deref() == Some("SET NULL") && !ev.truth(nullable, "`nullable`")? {
        return Err(ev.raise(
            "RuntimeError",
            "ondelete=\"SET NULL\" requires nullable=True",
        ));
    }
    let is_text =
        foreign_key.as_str().is_some() && (ondelete.is_none() || ondelete.as_str().is_some());
    if !is_text {
        return Err(ev.raise("AssertionError", ""));
    }
    let class = Value::Class(alchemy(ev).class("ForeignKey"));
    let args = Args::positional(vec![foreign_key.clone()]).with("ondelete", ondelete);
    ev.call(&class, args)
}
