//! Failures of the host as exceptions of the script.

use std::rc::Rc;

use limbeck_diag::{Error, ErrorKind};

use crate::alchemy::live::fetched::driver_value;
use crate::alchemy::registry::alchemy;
use crate::eval::{Interp, Types};
use crate::flow::{Flow, R};
use crate::host::Refusal;
use crate::value::{Instance, NativeObject, Value};

/// What a script sees of a failure: an exception where SQLAlchemy or Alembic raise one, and nothing that it
/// could catch where Limbeck itself gave up.
pub(crate) fn failed(ev: &mut Interp<'_>, error: Error) -> Flow {
    let refusal = ev.host().take_refusal();
    // What SQLAlchemy gives every connection to SQLite.
    if error
        .diagnostic
        .message
        .contains("no such function: REGEXP")
    {
        return ev
            .unreadable("`REGEXP` on SQLite is a function of SQLAlchemy, which is not modelled");
    }
    let (class, text) = match (error.kind, refusal.as_ref()) {
        (ErrorKind::Database | ErrorKind::Connection, Some(refusal)) => {
            (alchemy(ev).class(refusal.class), refusal.text.clone())
        }
        _ => match raised_class(ev, &error) {
            Some(class) => {
                let message = &error.diagnostic.message;
                // SQLAlchemy's own text goes on with the statement and its parameters.
                let goes_on = matches!(
                    error.diagnostic.code,
                    "statement-error" | "missing-value" | "unadaptable-value" | "bind-value-type"
                );
                let goes_on = goes_on || message.contains("has no column '");
                let is_known = !goes_on && !message.contains("<compiler>");
                (class, is_known.then(|| message.clone()))
            }
            None => return Flow::fatal(error),
        },
    };
    let args = match refusal.as_ref().and_then(first_line) {
        Some(text) => vec![Value::from(text)],
        None => vec![ev.unknown("the arguments of this exception are not modelled")],
    };
    let instance = Instance::new(
        class,
        Some(Value::object(Failure {
            error,
            refusal,
            text,
        })),
    );
    instance.set("args", Value::tuple(args));
    ev.raise_value(Value::Instance(instance))
}

/// `(module.Class) words of the driver`
fn first_line(refusal: &Refusal) -> Option<String> {
    let (module, name) = refusal.driver_class.as_ref()?;
    let text = refusal.driver_text.as_ref()?;
    Some(format!("({module}.{name}) {text}"))
}

/// The class of what Alembic's and SQLAlchemy's own code raises.
fn raised_class(ev: &mut Interp<'_>, error: &Error) -> Option<Rc<crate::value::Class>> {
    let message = error.diagnostic.message.as_str();
    let builtin = |name: &str| Some(ev.types().exception(name));
    match (error.kind, error.diagnostic.code) {
        (ErrorKind::Command, "command-error") => Some(alchemy(ev).class("CommandError")),
        (ErrorKind::Compile, "compile-error") => {
            if message.starts_with("No support for") {
                return builtin("NotImplementedError");
            }
            Some(alchemy(ev).class("CompileError"))
        }
        (ErrorKind::Compile, "unsupported-type" | "unsupported-construct") => {
            Some(alchemy(ev).class("UnsupportedCompilationError"))
        }
        (ErrorKind::Compile, "identifier-too-long") => Some(alchemy(ev).class("IdentifierError")),
        (ErrorKind::Compile, "bad-operation") => {
            let missing = ["No such index: ", "No such constraint: "];
            if message == "Constraint must have a name"
                || missing.iter().any(|start| message.starts_with(start))
            {
                return builtin("ValueError");
            }
            if message.starts_with("No support for") || message.starts_with("No generic 'DROP") {
                return builtin("NotImplementedError");
            }
            if message.contains("has no column '") {
                return builtin("KeyError");
            }
            if message.starts_with("Naming convention including") {
                return Some(alchemy(ev).class("InvalidRequestError"));
            }
            None
        }
        (ErrorKind::Compile, "statement-error" | "missing-value") => {
            Some(alchemy(ev).class("StatementError"))
        }
        (ErrorKind::Compile, "unadaptable-value") => Some(alchemy(ev).class("ProgrammingError")),
        (ErrorKind::Database, "bind-value-type") => match message {
            _ if message.contains("int beyond 64 bits") => builtin("OverflowError"),
            _ if message.ends_with("for SQLite") || message.contains("not finite for MySQL") => {
                Some(alchemy(ev).class("ProgrammingError"))
            }
            _ => None,
        },
        (ErrorKind::State, "begun") => Some(alchemy(ev).class("InvalidRequestError")),
        (ErrorKind::Database | ErrorKind::State, "no-such-table") => {
            Some(alchemy(ev).class("NoSuchTableError"))
        }
        _ => None,
    }
}

/// The failure behind an exception, if the host made it.
pub(crate) fn cause(value: &Value) -> Option<Error> {
    let Value::Instance(instance) = value else {
        return None;
    };
    let payload = instance.payload()?;
    payload
        .downcast_ref::<Failure>()
        .map(|failure| failure.error.clone())
}

/// What is known about a failure, behind its exception.
struct Failure {
    error: Error,
    refusal: Option<Refusal>,
    text: Option<String>,
}

impl NativeObject for Failure {
    fn type_name(&self) -> String {
        "DBAPIError".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let Some(refusal) = &self.refusal else {
            return Ok(None);
        };
        Ok(match name {
            "orig" => Some(driver_exception(ev, refusal)?),
            "statement" => refusal.statement.as_deref().map(Value::from),
            "code" => Some(Value::from(refusal.code)),
            "connection_invalidated" | "hide_parameters" => Some(Value::Bool(false)),
            _ => None,
        })
    }

    fn str(&self, ev: &mut Interp<'_>) -> R<String> {
        match &self.text {
            Some(text) => Ok(text.clone()),
            None => Err(ev.unreadable("the text of this exception is not known to the letter")),
        }
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable("the text of this exception is not known to the letter"))
    }
}

/// `error.orig`
fn driver_exception(ev: &mut Interp<'_>, refusal: &Refusal) -> R {
    let Some((module, name)) = &refusal.driver_class else {
        return Ok(ev.unknown("the exception of this driver is not modelled"));
    };
    // `except` never meets it, so a class made for the occasion will do; it is not compared with the driver's own.
    let class = Types::new_exception(name, module, &ev.types().exception("Exception"));
    let attribute = refusal.sqlstate.as_ref().map(|(name, _)| *name);
    let known = DriverText(refusal.driver_text.clone(), attribute);
    let instance = Instance::new(class, Some(Value::object(known)));
    let args = match &refusal.args {
        Some(args) => {
            let mut list = Vec::with_capacity(args.len());
            for literal in args {
                list.push(driver_value(ev, literal)?);
            }
            list
        }
        None => vec![ev.unknown("the arguments of this exception are not modelled")],
    };
    instance.set("args", Value::tuple(args));
    if let Some((name, state)) = &refusal.sqlstate {
        instance.set(name, Value::from(state.as_str()));
    }
    Ok(Value::Instance(instance))
}

/// The words of the driver, behind its exception, and under which name it has the SQLSTATE.
struct DriverText(Option<String>, Option<&'static str>);

impl NativeObject for DriverText {
    fn type_name(&self) -> String {
        "Error".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let lacks = matches!(name, "pgcode" | "sqlstate") && self.1 != Some(name);
        if lacks {
            let text = ev.unknown("the text of this exception is not modelled");
            let class = ev.types().exception("AttributeError");
            return Err(ev.raise_class(&class, vec![text]));
        }
        Ok(None)
    }

    fn str(&self, ev: &mut Interp<'_>) -> R<String> {
        match &self.0 {
            Some(text) => Ok(text.clone()),
            None => Err(ev.unreadable("the text of this exception is not known to the letter")),
        }
    }
}
