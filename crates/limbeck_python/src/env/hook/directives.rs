//! What `process_revision_directives` is handed: a `MigrationScript` with its operations.
//!
//! The function may take operations away, put them in another order, set the revision's identifier, message and the
//! like, or empty the list of directives: then no script is written. Operations of its own are not modelled.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_diag::Error;

use super::call;
use crate::alchemy::migration_context;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::{Interp, World};
use crate::flow::R;
use crate::host::{Host, NullHost};
use crate::value::{Class, NativeObject, Value};

/// An operation that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Name of the directive, such as `create_table`; none for the changes of a table, which are in `ops`.
    pub directive: Option<String>,
    /// Its table.
    pub table: String,
    /// The namespace of its table.
    pub schema: Option<String>,
    /// Name of its column, where it alters or drops one.
    pub column: Option<String>,
    /// Name of its index or constraint, where it has one.
    pub name: Option<String>,
    /// The changes of a table.
    pub ops: Vec<Directive>,
}

/// What is left of the operations: their places in the list that was handed over, in the new order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// The place.
    pub at: usize,
    /// For the changes of a table: which of them.
    pub ops: Vec<usize>,
}

/// What is left for one run of env.py.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickedRun {
    /// Of `upgrade_ops`.
    pub upgrade: Vec<Picked>,
    /// Of `downgrade_ops`.
    pub downgrade: Vec<Picked>,
}

/// A script that is about to be written, as functions of env.py see it.
pub struct RevisionScript {
    script: Rc<ScriptObj>,
    directives: Value,
}

impl RevisionScript {
    /// A script without operations.
    #[must_use]
    pub fn new(rev_id: &str, message: Option<&str>) -> RevisionScript {
        let script = Rc::new(ScriptObj {
            upgrades: RefCell::default(),
            downgrades: RefCell::default(),
            attrs: RefCell::new(vec![
                ("rev_id", Value::from(rev_id)),
                ("message", message.map_or(Value::None, Value::from)),
            ]),
        });
        RevisionScript {
            directives: Value::list(vec![Value::Object(
                Rc::clone(&script) as Rc<dyn NativeObject>
            )]),
            script,
        }
    }

    /// Adds what was found for one run of env.py.
    pub fn add_run(&self, upgrade: &[Directive], downgrade: &[Directive]) {
        let ops = |class, list: &[Directive]| OpsObj::new(class, list, Vec::new());
        self.script
            .upgrades
            .borrow_mut()
            .push(ops("UpgradeOps", upgrade));
        self.script
            .downgrades
            .borrow_mut()
            .push(ops("DowngradeOps", downgrade));
    }

    /// Calls the function: `process_revision_directives(context, revision, directives)`.
    ///
    /// # Errors
    /// The function raises an exception, or does something with the script that is not modelled.
    pub fn call_hook(
        &self,
        world: &Rc<World>,
        host: &mut dyn Host,
        function: &Value,
        revision: &[String],
    ) -> Result<(), Error> {
        call(world, host, |ev| {
            let revision = revision.iter().map(|it| Value::from(it.as_str())).collect();
            let arguments = vec![
                migration_context(),
                Value::tuple(revision),
                self.directives.clone(),
            ];
            ev.call(function, Args::positional(arguments))?;
            self.check(ev)
        })
    }

    /// The list of directives must be as it was, or empty.
    fn check(&self, ev: &mut Interp<'_>) -> R<()> {
        let Value::List(list) = &self.directives else {
            return Ok(());
        };
        let list = list.borrow();
        let is_known = list.len() <= 1
            && list.iter().all(|it| {
                it.downcast::<ScriptObj>()
                    .is_some_and(|it| Rc::ptr_eq(&it, &self.script))
            });
        if is_known {
            Ok(())
        } else {
            Err(ev
                .unreadable("`process_revision_directives` puts a script of its own into the list"))
        }
    }

    /// False if the function has emptied the list: no script is to be written.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        !matches!(&self.directives, Value::List(list) if list.borrow().is_empty())
    }

    /// An attribute that the function may have set, as text; `None` for Python's `None`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let attrs = self.script.attrs.borrow();
        let (_, value) = attrs.iter().find(|(attr, _)| *attr == name)?;
        value.as_str().map(|it| it.to_string())
    }

    /// What is left for each run: of its upgrade and of its downgrade.
    ///
    /// # Errors
    /// The function has put in operations of its own.
    pub fn picked(&self, world: &Rc<World>) -> Result<Vec<PickedRun>, Error> {
        call(world, &mut NullHost, |ev| {
            let upgrades = self.script.upgrades.borrow().clone();
            let downgrades = self.script.downgrades.borrow().clone();
            let pairs = upgrades.iter().zip(&downgrades);
            pairs
                .map(|(up, down)| {
                    Ok(PickedRun {
                        upgrade: up.picked(ev)?,
                        downgrade: down.picked(ev)?,
                    })
                })
                .collect()
        })
    }
}

/// `MigrationScript`
struct ScriptObj {
    upgrades: RefCell<Vec<Rc<OpsObj>>>,
    downgrades: RefCell<Vec<Rc<OpsObj>>>,
    attrs: RefCell<Vec<(&'static str, Value)>>,
}

impl ScriptObj {
    fn ops(ev: &mut Interp<'_>, list: &[Rc<OpsObj>], name: &str) -> R {
        match list {
            [] => Ok(Value::None),
            [one] => Ok(Value::Object(Rc::clone(one) as Rc<dyn NativeObject>)),
            _ => Err(ev.raise(
                "ValueError",
                format!(
                    "This MigrationScript instance has a multiple-entry list for {name}; please use the {}_list attribute.",
                    if name == "UpgradeOps" { "upgrade_ops" } else { "downgrade_ops" }
                ),
            )),
        }
    }
}

fn values(list: &[Rc<OpsObj>]) -> Value {
    let values = list
        .iter()
        .map(|it| Value::Object(Rc::clone(it) as Rc<dyn NativeObject>));
    Value::list(values.collect())
}

impl NativeObject for ScriptObj {
    fn type_name(&self) -> String {
        "MigrationScript".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class("MigrationScript"))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let upgrades = self.upgrades.borrow();
        let downgrades = self.downgrades.borrow();
        Ok(match name {
            "upgrade_ops" => Some(ScriptObj::ops(ev, &upgrades, "UpgradeOps")?),
            "downgrade_ops" => Some(ScriptObj::ops(ev, &downgrades, "DowngradeOps")?),
            "upgrade_ops_list" => Some(values(&upgrades)),
            "downgrade_ops_list" => Some(values(&downgrades)),
            _ => {
                let attrs = self.attrs.borrow();
                let found = attrs.iter().find(|(attr, _)| *attr == name);
                found.map(|(_, value)| value.clone())
            }
        })
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str, value: Value) -> R<bool> {
        let mut attrs = self.attrs.borrow_mut();
        let Some((name, slot)) = attrs.iter_mut().find(|(attr, _)| *attr == name) else {
            return Err(ev.unreadable(format!(
                "`process_revision_directives` sets `{name}` of the script, which is not modelled"
            )));
        };
        ev.need_known(&value, &format!("`{name}` of the script"))?;
        if !value.is_none() && value.as_str().is_none() {
            return Err(ev.unreadable(format!("`{name}` of the script is not a string")));
        }
        *slot = value;
        Ok(true)
    }
}

/// `UpgradeOps`, `DowngradeOps`, or an operation; the changes of a table have operations themselves.
struct OpsObj {
    class: &'static str,
    /// Where it stood.
    at: Option<usize>,
    /// The operations in it, as a list that the function may change.
    ops: Value,
    attrs: Vec<(&'static str, Value)>,
}

impl OpsObj {
    fn new(
        class: &'static str,
        list: &[Directive],
        attrs: Vec<(&'static str, Value)>,
    ) -> Rc<OpsObj> {
        let ops = list.iter().enumerate().map(|(at, it)| OpsObj::of(it, at));
        Rc::new(OpsObj {
            class,
            at: None,
            ops: Value::list(ops.collect()),
            attrs,
        })
    }

    fn of(directive: &Directive, at: usize) -> Value {
        let text = |text: &Option<String>| text.as_deref().map_or(Value::None, Value::from);
        let mut attrs = vec![
            ("table_name", Value::from(directive.table.as_str())),
            ("schema", text(&directive.schema)),
        ];
        let of = |key| matches!(&directive.directive, Some(name) if class_of(name).contains(key));
        if of("AlterColumn") || of("DropColumn") {
            attrs.push(("column_name", text(&directive.column)));
        }
        if of("Index") {
            attrs.push(("index_name", text(&directive.name)));
        }
        if of("Constraint") || of("Key") {
            attrs.push(("constraint_name", text(&directive.name)));
        }
        let class = directive
            .directive
            .as_deref()
            .map_or("ModifyTableOps", class_of);
        let ops = directive
            .ops
            .iter()
            .enumerate()
            .map(|(at, it)| OpsObj::of(it, at));
        Value::object(OpsObj {
            class,
            at: Some(at),
            ops: Value::list(ops.collect()),
            attrs,
        })
    }

    fn has_ops(&self) -> bool {
        matches!(self.class, "UpgradeOps" | "DowngradeOps" | "ModifyTableOps")
    }

    /// The operations that are in it now.
    fn children(&self, ev: &mut Interp<'_>) -> R<Vec<Rc<OpsObj>>> {
        let Value::List(list) = &self.ops else {
            return Ok(Vec::new());
        };
        let list = list.borrow().clone();
        list.iter()
            .map(|it| match it.downcast::<OpsObj>() {
                Some(op) if op.at.is_some() => Ok(op),
                _ => Err(ev.unreadable(
                    "`process_revision_directives` puts an operation of its own into the script",
                )),
            })
            .collect()
    }

    fn picked(&self, ev: &mut Interp<'_>) -> R<Vec<Picked>> {
        let children = self.children(ev)?;
        children
            .iter()
            .map(|child| {
                let ops = child.children(ev)?;
                Ok(Picked {
                    at: child.at.unwrap_or_default(),
                    ops: ops.iter().filter_map(|it| it.at).collect(),
                })
            })
            .collect()
    }

    /// True if there is no operation in it: an empty list of changes of a table counts for nothing.
    fn is_empty(&self, ev: &mut Interp<'_>) -> R<bool> {
        Ok(self.children(ev)?.is_empty())
    }
}

/// The class of `alembic.operations.ops` of a directive.
fn class_of(directive: &str) -> &'static str {
    match directive {
        "create_table" => "CreateTableOp",
        "drop_table" => "DropTableOp",
        "add_column" => "AddColumnOp",
        "alter_column" => "AlterColumnOp",
        "drop_column" => "DropColumnOp",
        "create_index" => "CreateIndexOp",
        "drop_index" => "DropIndexOp",
        "create_primary_key" => "CreatePrimaryKeyOp",
        "create_unique_constraint" => "CreateUniqueConstraintOp",
        "create_foreign_key" => "CreateForeignKeyOp",
        "create_check_constraint" => "CreateCheckConstraintOp",
        "drop_constraint" => "DropConstraintOp",
        "create_table_comment" => "CreateTableCommentOp",
        "drop_table_comment" => "DropTableCommentOp",
        "execute" => "ExecuteSQLOp",
        _ => "MigrateOperation",
    }
}

impl NativeObject for OpsObj {
    fn type_name(&self) -> String {
        self.class.to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class(self.class))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if name == "ops" && self.has_ops() {
            return Ok(Some(self.ops.clone()));
        }
        let found = self.attrs.iter().find(|(attr, _)| *attr == name);
        // Each of these belongs to some operations and not to others.
        if found.is_none()
            && matches!(
                name,
                "ops" | "column_name" | "index_name" | "constraint_name"
            )
        {
            let message = format!("'{}' object has no attribute '{name}'", self.class);
            return Err(ev.raise("AttributeError", message));
        }
        Ok(found.map(|(_, value)| value.clone()))
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str, value: Value) -> R<bool> {
        if name != "ops" || !self.has_ops() {
            return Err(ev.unreadable(format!(
                "`process_revision_directives` sets `{name}` of an operation, which is not modelled"
            )));
        }
        let items = ev.iterate(&value)?;
        if let Value::List(list) = &self.ops {
            *list.borrow_mut() = items;
        }
        Ok(true)
    }

    fn methods(&self) -> &'static [&'static str] {
        if self.has_ops() { &["is_empty"] } else { &[] }
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        _name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        self.is_empty(ev).map(|empty| Some(Value::Bool(empty)))
    }
}
