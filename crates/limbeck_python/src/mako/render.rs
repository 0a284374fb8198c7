//! Runs a compiled template.

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_diag::{Error, Location, Result, SourceFile};

use super::Compiled;
use crate::args::Args;
use crate::env::EnvConfig;
use crate::eval::{Interp, World};
use crate::flow::R;
use crate::host::NullHost;
use crate::script::Script;
use crate::value::{NativeObject, Value};

/// What a new migration script says, under the names that Alembic gives to `script.py.mako`.
#[derive(Debug, Clone, Default)]
pub struct ScriptVariables {
    /// The new revision id.
    pub up_revision: String,
    /// The revisions that it follows.
    pub down_revision: Vec<String>,
    /// `branch_labels`
    pub branch_labels: Vec<String>,
    /// `depends_on`
    pub depends_on: Vec<String>,
    /// `-m`
    pub message: String,
    /// The time, as Python's `datetime.isoformat()` writes it.
    pub create_date: String,
    /// Lines of `import` that the operations need, joined.
    pub imports: String,
    /// Bodies of the functions by the template's name for them, such as `upgrades`.
    pub bodies: Vec<(String, String)>,
    /// `template_args` of `context.configure()`, valid in the world that they were evaluated in.
    pub template_args: Vec<(String, Value)>,
}

/// Renders `script.py.mako`.
///
/// # Errors
/// Where the template uses what is not read, or raises; at its line.
pub fn render_script(
    world: &Rc<World>,
    template: &SourceFile,
    config: Rc<dyn EnvConfig>,
    variables: ScriptVariables,
) -> Result<String> {
    let compiled = super::compile_template(template)?;
    let mut host = NullHost;
    let mut ev = Interp::new(world, &mut host);
    let mut named = named_variables(&mut ev, variables)?;
    named.insert("config".to_owned(), crate::env::template_config(config));
    render(&mut ev, &compiled, named).map_err(|error| at_template(error, &compiled))
}

fn named_variables(
    ev: &mut Interp<'_>,
    variables: ScriptVariables,
) -> Result<IndexMap<String, Value>> {
    let text = |text: String| Value::from(text);
    // As a script's header has them: nothing, one, or several.
    let down_revision = match variables.down_revision.as_slice() {
        [] => Value::None,
        [one] => Value::from(one.as_str()),
        many => Value::tuple(many.iter().map(|it| Value::from(it.as_str())).collect()),
    };
    let list = |items: Vec<String>| match items.as_slice() {
        [] => Value::None,
        many => Value::tuple(many.iter().map(|it| Value::from(it.as_str())).collect()),
    };
    let depends_on = match variables.depends_on.as_slice() {
        [] => Value::None,
        [one] => Value::from(one.as_str()),
        // A list, unlike the others.
        many => Value::list(many.iter().map(|it| Value::from(it.as_str())).collect()),
    };
    let create_date =
        create_date(ev, &variables.create_date).map_err(|flow| ev.flow_to_error(flow))?;
    let mut named: IndexMap<String, Value> = IndexMap::new();
    named.insert("up_revision".to_owned(), text(variables.up_revision));
    named.insert("down_revision".to_owned(), down_revision);
    named.insert("branch_labels".to_owned(), list(variables.branch_labels));
    named.insert("depends_on".to_owned(), depends_on);
    named.insert("message".to_owned(), text(variables.message));
    named.insert("create_date".to_owned(), create_date);
    named.insert("imports".to_owned(), text(variables.imports));
    named.insert("comma".to_owned(), Value::native("format_as_comma", comma));
    for (name, body) in variables.bodies {
        named.insert(name, text(body));
    }
    for (name, value) in variables.template_args {
        named.insert(name, value);
    }
    Ok(named)
}

/// `datetime.datetime.fromisoformat(text)`; the text with a blank where datetimes are not modelled.
fn create_date(ev: &mut Interp<'_>, text: &str) -> R {
    let module = ev.import("datetime")?;
    if module.is_unknown() {
        return Ok(Value::from(text.replacen('T', " ", 1)));
    }
    let class = ev.get_attr(&module, "datetime")?;
    ev.call_method(
        &class,
        "fromisoformat",
        Args::positional(vec![Value::from(text)]),
    )
}

/// `alembic.util.format_as_comma`
fn comma(ev: &mut Interp<'_>, args: Args) -> R {
    let value = args.get(0).cloned().unwrap_or(Value::None);
    if value.is_none() {
        return Ok(Value::from(""));
    }
    if value.as_str().is_some() {
        return Ok(value);
    }
    let mut parts = Vec::new();
    for item in ev.iterate(&value)? {
        parts.push(ev.to_str(&item)?);
    }
    Ok(Value::from(parts.join(", ")))
}

/// Mako's own `context` of a template: its variables by name.
struct Context {
    variables: IndexMap<String, Value>,
}

impl NativeObject for Context {
    fn type_name(&self) -> String {
        "Context".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["get"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let mut args = args.bind(ev, name, "key, default=")?;
        let key = args.take_or_none("key");
        ev.need_known(&key, "the name of a variable")?;
        let key = ev.to_str(&key)?;
        Ok(Some(
            self.variables
                .get(&key)
                .cloned()
                .unwrap_or_else(|| args.take_or_none("default")),
        ))
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let key = ev.to_str(key)?;
        match self.variables.get(&key) {
            Some(value) => Ok(Some(value.clone())),
            None => Err(ev.raise("KeyError", key)),
        }
    }

    fn contains(self: Rc<Self>, ev: &mut Interp<'_>, item: &Value) -> R<Option<bool>> {
        let key = ev.to_str(item)?;
        Ok(Some(self.variables.contains_key(&key)))
    }
}

fn render(
    ev: &mut Interp<'_>,
    compiled: &Compiled,
    variables: IndexMap<String, Value>,
) -> Result<String> {
    let out = Rc::new(RefCell::new(String::new()));
    let script = Script::parse("script.py.mako", &compiled.python)?;
    let sink = Rc::clone(&out);
    let write = Value::native("write", move |ev, args| {
        if let Some(value) = args.get(0) {
            ev.need_known(value, "what the template writes")?;
            let text = ev.to_str(value)?;
            sink.borrow_mut().push_str(&text);
        }
        Ok(Value::None)
    });
    let to_text = Value::native("str", |ev, args| {
        let value = args.get(0).cloned().unwrap_or(Value::None);
        ev.need_known(&value, "what the template writes")?;
        ev.to_str(&value).map(Value::from)
    });
    let context = Value::object(Context {
        variables: variables.clone(),
    });
    let own = [
        ("__mako_write__", write),
        ("__mako_str__", to_text),
        ("context", context),
    ];
    let globals = variables.into_iter().chain(
        own.into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    let module = script.load_with(ev, globals)?;
    Script::run_function(ev, &module, "__mako_render__", Args::none())?;
    Ok(out.take())
}

/// Moves the places of an error from the generated source to the template.
fn at_template(mut error: Error, compiled: &Compiled) -> Error {
    for label in &mut error.diagnostic.labels {
        if label.location.file.name() == "script.py.mako" {
            let location: Location = compiled.template_location(label.location.line());
            label.location = location;
        }
    }
    error
}
