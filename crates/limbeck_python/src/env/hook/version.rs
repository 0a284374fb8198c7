//! What `on_version_apply` is handed after every step.

use std::rc::Rc;

use limbeck_diag::Error;

use super::call;
use crate::alchemy::migration_context;
use crate::args::Args;
use crate::eval::{Interp, World};
use crate::flow::R;
use crate::host::Host;
use crate::value::{Dict, NativeObject, Set, Value};

/// A step that has been done: Alembic's `MigrationInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionStep {
    /// It goes towards the heads.
    pub is_upgrade: bool,
    /// Only the version table was changed.
    pub is_stamp: bool,
    /// The revisions of the step that are further from the base.
    pub up_revision_ids: Vec<String>,
    /// Those that are nearer to it; empty for the base.
    pub down_revision_ids: Vec<String>,
    /// The docstring of the revision, for a step that ran one.
    pub doc: Option<String>,
    /// The path of its script.
    pub path: Option<String>,
}

/// Calls `function(ctx=…, step=…, heads={…}, run_args={…})`, or each of a list of functions. What it executes on the
/// connection of `ctx` goes to the host.
///
/// # Errors
/// The function raises an exception, or what it does cannot be read.
pub fn call_on_version_apply(
    world: &Rc<World>,
    host: &mut dyn Host,
    functions: &Value,
    step: &VersionStep,
    heads: &[String],
    run_args: &[(String, Value)],
) -> Result<(), Error> {
    call(world, host, |ev| {
        let is_several = matches!(
            functions,
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::FrozenSet(_)
        );
        let each = if is_several {
            ev.iterate(functions)?
        } else {
            vec![functions.clone()]
        };
        let heads: Vec<Value> = heads.iter().map(|it| Value::from(it.as_str())).collect();
        for function in each {
            let mut set = Set::default();
            for head in &heads {
                let key = ev.hash_key(head)?;
                set.insert(key, head.clone());
            }
            let run_args = run_args
                .iter()
                .map(|(name, value)| (Rc::from(name.as_str()), value.clone()));
            let args = Args::none()
                .with("ctx", migration_context())
                .with("step", Value::object(StepObj { step: step.clone() }))
                .with("heads", Value::set(set))
                .with("run_args", Value::dict(Dict::from_pairs(run_args)));
            ev.call(&function, args)?;
        }
        Ok(())
    })
}

/// `MigrationInfo`
struct StepObj {
    step: VersionStep,
}

fn texts(list: &[String]) -> Value {
    Value::tuple(list.iter().map(|it| Value::from(it.as_str())).collect())
}

impl NativeObject for StepObj {
    fn type_name(&self) -> String {
        "MigrationInfo".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let step = &self.step;
        let (source, destination) = if step.is_upgrade {
            (&step.down_revision_ids, &step.up_revision_ids)
        } else {
            (&step.up_revision_ids, &step.down_revision_ids)
        };
        Ok(Some(match name {
            "is_upgrade" => Value::Bool(step.is_upgrade),
            "is_stamp" => Value::Bool(step.is_stamp),
            "is_migration" => Value::Bool(!step.is_stamp),
            "up_revision_id" => match step.up_revision_ids.first() {
                Some(id) => Value::from(id.as_str()),
                None => Value::None,
            },
            "up_revision_ids" => texts(&step.up_revision_ids),
            "down_revision_ids" => texts(&step.down_revision_ids),
            "source_revision_ids" => texts(source),
            "destination_revision_ids" => texts(destination),
            "up_revision" if !step.is_stamp => Value::object(RevisionObj { step: self }),
            _ => return Ok(None),
        }))
    }
}

/// `step.up_revision`: a `Script`.
struct RevisionObj {
    step: Rc<StepObj>,
}

impl NativeObject for RevisionObj {
    fn type_name(&self) -> String {
        "Script".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let step = &self.step.step;
        let doc = step.doc.as_deref().unwrap_or_default();
        Ok(Some(match name {
            "revision" => match step.up_revision_ids.first() {
                Some(id) => Value::from(id.as_str()),
                None => Value::None,
            },
            // The first paragraph of the docstring, and all of it.
            "doc" => Value::from(doc.split("\n\n").next().unwrap_or_default()),
            "longdoc" => Value::from(doc),
            "path" => match &step.path {
                Some(path) => Value::from(path.as_str()),
                None => Value::None,
            },
            _ => return Ok(None),
        }))
    }
}
