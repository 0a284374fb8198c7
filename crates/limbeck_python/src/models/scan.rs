//! Collects the columns of a mapped class, as SQLAlchemy's declarative scan does, and makes its table.

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::TypeClass;

use super::annotation::{Container, MappedArgument, apply, container};
use super::declarative::{is_mapped, metadata_of};
use super::orm::{Composite, DeclaredAttr};
use super::registry::Registry;
use super::tables::{self, TableArgs, TableSpec};
use crate::alchemy::schema::column::{ColumnObj, Mapped, name_by_key};
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::alchemy::schema::table::TableObj;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Annotation, Class, Str, Value};

/// Marks a class that has been mapped.
pub(crate) const MAPPED: &str = " mapped";

/// What a name of a class is mapped from.
struct Attribute {
    value: Value,
    annotation: Option<(Annotation, MappedArgument)>,
}

/// Maps a class: puts its table, or its columns, into the `MetaData`. What cannot be read is noted there.
pub(crate) fn map_class(ev: &mut Interp<'_>, registry: &Rc<Registry>, class: &Rc<Class>) -> R<()> {
    let is_abstract = class.attrs.borrow().get("__abstract__").cloned();
    if let Some(flag) = is_abstract
        && crate::alchemy::convert::flag(ev, &flag, "`__abstract__`")?
    {
        return Ok(());
    }
    let joins = match super::flask::prepare(ev, class) {
        Ok(joins) => joins,
        Err(flow) => return tables::refuse(&registry.metadata, flow),
    };
    let metadata = match metadata_of(ev, registry, class) {
        Ok(metadata) => metadata,
        Err(flow) => return tables::refuse(&registry.metadata, flow),
    };
    let result = Scan::new(class, joins).run(ev, registry, &metadata);
    class.set(MAPPED, Value::Bool(true));
    registry.classes.borrow_mut().push(Rc::downgrade(class));
    if let Err(flow) = result {
        let unknown = ev.unknown(format!("the table of `{}` is not read", class.name));
        if class.lookup("__table__").is_none() {
            class.set("__table__", unknown);
        }
        return tables::refuse(&metadata, flow);
    }
    Ok(())
}

/// Notes a class that may have a table although none of its bases could be read.
pub(crate) fn note_unread_class(ev: &mut Interp<'_>, class: &Rc<Class>) {
    let Some(unknown) = class.find_unknown_base() else {
        return;
    };
    let says_table = class.attrs.borrow().iter().any(|(name, value)| {
        matches!(&**name, "__tablename__" | "__table__")
            || value.downcast_ref::<ColumnObj>().is_some()
    });
    let is_table = class.keywords.iter().any(|(name, _)| &**name == "table");
    if says_table || is_table {
        let what = format!("a base of `{}`", class.name);
        let error = unknown.error(&what, class.location.clone());
        ev.world().note_skipped_class(error);
    }
}

/// The scan of one class.
struct Scan<'c> {
    class: &'c Rc<Class>,
    /// Names of the class's own body.
    own: Vec<Str>,
    /// Without a primary key the class goes into its parent's table, whatever its name.
    joins_parent: bool,
    attributes: IndexMap<Str, Attribute>,
}

impl<'c> Scan<'c> {
    fn new(class: &'c Rc<Class>, joins_parent: bool) -> Scan<'c> {
        let own = class.attrs.borrow().keys().cloned().collect();
        Scan {
            class,
            own,
            joins_parent,
            attributes: IndexMap::new(),
        }
    }

    fn run(
        mut self,
        ev: &mut Interp<'_>,
        registry: &Registry,
        metadata: &Rc<MetaDataObj>,
    ) -> R<()> {
        let class = self.class;
        if let Some(unknown) = class.find_unknown_base() {
            let what = format!("a base of the mapped class `{}`", class.name);
            return Err(Flow::needs(&unknown, &what, ev.location()));
        }
        for name in [
            "__table_cls__",
            "__sa_dataclass_metadata_key__",
            "_sa_decl_prepare",
        ] {
            if class.lookup(name).is_some() {
                return Err(ev.unreadable(format!(
                    "`{name}` of the mapped class `{}` is not modelled",
                    class.name
                )));
            }
        }
        let table = self.own_table(ev)?;
        let tablename = match table {
            Some(_) => None,
            None => self.special(ev, "__tablename__")?.map(|(value, _)| value),
        };
        let tablename = tablename.filter(|name| !name.is_none());
        let args = self.special(ev, "__table_args__")?;
        let bases: Vec<Rc<Class>> = class.mro().cloned().collect();
        for base in &bases {
            if Rc::ptr_eq(base, class) {
                self.scan_own(ev, table.is_some())?;
            } else if !is_mapped(base) {
                self.scan_base(ev, base, table.is_some())?;
            }
        }
        let parent = class.mro_tail.iter().find(|base| is_mapped(base)).cloned();
        let columns = self.columns(ev, registry)?;
        if let Some(table) = table {
            if let (Some(column), Some(_)) = (columns.first(), table.downcast_ref::<TableObj>()) {
                return Err(ev.unreadable(format!(
                    "Can't add additional column '{}' when specifying __table__",
                    column.key()
                )));
            }
            return match parent {
                None => tables::need_primary_key(ev, class),
                Some(_) => Ok(()),
            };
        }
        let has_key = columns
            .iter()
            .any(|column| column.column.borrow().primary_key)
            || args.as_ref().is_some_and(|(args, _)| names_key(args));
        let tablename = tablename.filter(|_| !self.joins_parent || parent.is_none() || has_key);
        let Some(tablename) = tablename else {
            return self.single(ev, parent.as_ref(), args, columns);
        };
        let args = match args {
            Some((value, _)) => tables::split_table_args(ev, &value)?,
            None => TableArgs::default(),
        };
        let spec = TableSpec {
            name: tablename,
            metadata: Rc::clone(metadata),
            columns: columns
                .into_iter()
                .map(|column| Value::Object(column as Rc<dyn crate::value::NativeObject>))
                .collect(),
            args,
        };
        let table = tables::make_table(ev, spec)?;
        class.set("__table__", Value::Object(table));
        match parent {
            None => tables::need_primary_key(ev, class),
            Some(_) => Ok(()),
        }
    }

    /// `__table__` of the class itself, or made by a mixin's function.
    fn own_table(&self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        let class = self.class;
        let Some((found, owner)) = class.lookup_with_owner("__table__") else {
            return Ok(None);
        };
        let is_own = Rc::ptr_eq(&owner, class);
        let is_declared = found.downcast_ref::<DeclaredAttr>().is_some();
        if !is_own && !is_declared {
            return Ok(None);
        }
        let value = ev.get_attr(&Value::Class(Rc::clone(class)), "__table__")?;
        ev.need_known(&value, &format!("`__table__` of `{}`", class.name))?;
        class.set("__table__", value.clone());
        Ok(Some(value))
    }

    /// `__tablename__` or `__table_args__`, and whether the class's own body says it. What a mapped base says of itself
    /// does not count.
    fn special(&self, ev: &mut Interp<'_>, name: &str) -> R<Option<(Value, bool)>> {
        let class = self.class;
        for base in class.mro() {
            let Some(found) = base.attrs.borrow().get(name).cloned() else {
                continue;
            };
            let is_own = Rc::ptr_eq(base, class);
            let counts =
                is_own || !is_mapped(base) || found.downcast_ref::<DeclaredAttr>().is_some();
            if !counts {
                continue;
            }
            let value = ev.get_attr(&Value::Class(Rc::clone(class)), name)?;
            ev.need_known(&value, &format!("`{name}` of `{}`", class.name))?;
            if !value.is_none() {
                return Ok(Some((value, is_own)));
            }
        }
        Ok(None)
    }

    /// Names of a class in the order in which they are mapped: its attributes merged with its annotations.
    fn names(base: &Class) -> Vec<(Str, Option<Value>, Option<Annotation>)> {
        let attrs = base.attrs.borrow();
        let annotations = base.annotations.borrow();
        let vars: Vec<Str> = attrs.keys().cloned().collect();
        let annotated: Vec<Str> = annotations.iter().map(|it| Rc::clone(&it.name)).collect();
        merge_in_order(&vars, &annotated)
            .into_iter()
            .filter(|name| {
                !name.starts_with("__") && !name.starts_with("_sa_") && !name.starts_with(' ')
            })
            .map(|name| {
                let value = attrs.get(&*name).cloned();
                let annotation = annotations.iter().find(|it| it.name == name).cloned();
                (name, value, annotation)
            })
            .collect()
    }

    fn scan_own(&mut self, ev: &mut Interp<'_>, has_table: bool) -> R<()> {
        let class = Rc::clone(self.class);
        for (name, value, annotation) in Self::names(&class) {
            let value = match value {
                Some(value) if value.downcast_ref::<DeclaredAttr>().is_some() => {
                    Some(ev.get_attr(&Value::Class(Rc::clone(&class)), &name)?)
                }
                other => other,
            };
            match value {
                Some(value) => {
                    self.need_no_column(ev, &class, &name, &value, annotation.as_ref())?;
                    let annotation =
                        self.annotation_of(ev, &class, &name, &value, annotation.as_ref())?;
                    self.attributes
                        .insert(name, Attribute { value, annotation });
                }
                None if has_table => {}
                None => {
                    if let Some(annotation) = &annotation
                        && let Container::Column(argument) = container(ev, annotation)?
                    {
                        let value = blank();
                        let annotation = Some((annotation.clone(), argument));
                        self.attributes
                            .insert(name, Attribute { value, annotation });
                    }
                }
            }
        }
        Ok(())
    }

    /// A mixin, an abstract class or the base itself: its columns are copied.
    fn scan_base(&mut self, ev: &mut Interp<'_>, base: &Rc<Class>, has_table: bool) -> R<()> {
        let class = Rc::clone(self.class);
        let names = Self::names(base);
        let mut functions = Vec::new();
        for (name, value, annotation) in names {
            let found = class.lookup(&name);
            let is_overridden = match (&found, &value) {
                (Some(found), Some(value)) => !found.is_same(value),
                (Some(found), None) => !found.is_none(),
                (None, _) => false,
            };
            let Some(value) = value else {
                if !has_table
                    && !is_overridden
                    && let Some(annotation) = &annotation
                    && let Container::Column(argument) = container(ev, annotation)?
                {
                    let value = blank();
                    name_by_key(&value, &name);
                    class.set(&name, value.clone());
                    let annotation = Some((annotation.clone(), argument));
                    self.attributes
                        .insert(name, Attribute { value, annotation });
                }
                continue;
            };
            if value.downcast_ref::<DeclaredAttr>().is_some() {
                functions.push((name, value));
                continue;
            }
            if is_overridden {
                continue;
            }
            self.need_no_column(ev, base, &name, &value, annotation.as_ref())?;
            let Some(column) = value.downcast::<ColumnObj>() else {
                continue;
            };
            if column.table.borrow().upgrade().is_some() || self.own.contains(&name) {
                continue;
            }
            let annotation = self.annotation_of(ev, base, &name, &value, annotation.as_ref())?;
            let copy = copied(ev, &column);
            class.set(&name, copy.clone());
            let attribute = Attribute {
                value: copy,
                annotation,
            };
            self.attributes.insert(name, attribute);
        }
        for (name, function) in functions {
            let cascades = function
                .downcast_ref::<DeclaredAttr>()
                .is_some_and(|function| function.cascading);
            let value = match function.downcast::<DeclaredAttr>() {
                Some(function) if cascades => function.of(ev, &class)?,
                _ => ev.get_attr(&Value::Class(Rc::clone(&class)), &name)?,
            };
            self.need_no_column(ev, base, &name, &value, None)?;
            if let Some(attribute) = self.attributes.get_mut(&name) {
                attribute.value = value;
                continue;
            }
            let returns = function
                .downcast_ref::<DeclaredAttr>()
                .and_then(|function| function.annotation(ev));
            let annotation = self.annotation_of(ev, base, &name, &value, returns.as_ref())?;
            self.attributes
                .insert(name, Attribute { value, annotation });
        }
        Ok(())
    }

    /// Fails for a value that is not known and may be a column.
    fn need_no_column(
        &self,
        ev: &mut Interp<'_>,
        owner: &Rc<Class>,
        name: &str,
        value: &Value,
        annotation: Option<&Annotation>,
    ) -> R<()> {
        let Value::Unknown(unknown) = value else {
            return Ok(());
        };
        let is_class_var = annotation.is_some_and(|it| it.text.contains("ClassVar"));
        if unknown.decorates || is_class_var {
            return Ok(());
        }
        let what = format!("`{}.{name}`, which may be a column,", owner.name);
        Err(Flow::needs(unknown, &what, ev.location()))
    }

    /// The annotation of a `mapped_column()`.
    fn annotation_of(
        &self,
        ev: &mut Interp<'_>,
        owner: &Rc<Class>,
        name: &str,
        value: &Value,
        annotation: Option<&Annotation>,
    ) -> R<Option<(Annotation, MappedArgument)>> {
        let is_mapped_column = value
            .downcast_ref::<ColumnObj>()
            .is_some_and(|column| column.mapped.borrow().is_some());
        let Some(annotation) = annotation.filter(|_| is_mapped_column) else {
            return Ok(None);
        };
        let argument = match container(ev, annotation)? {
            Container::Column(argument) => argument,
            Container::ClassVar | Container::Relationship => return Ok(None),
            Container::Plain(value) => {
                let allows = match self.class.lookup("__allow_unmapped__") {
                    Some(flag) => crate::alchemy::convert::flag(ev, &flag, "`__allow_unmapped__`")?,
                    None => false,
                };
                if !allows {
                    return Err(ev.unreadable(format!(
                        "the annotation `{}` of `{}.{name}` is not `Mapped[…]`",
                        annotation.text.trim(),
                        owner.name
                    )));
                }
                MappedArgument(value)
            }
        };
        Ok(Some((annotation.clone(), argument)))
    }

    /// The columns, typed, named and in their order; the class's attributes become them.
    fn columns(&mut self, ev: &mut Interp<'_>, registry: &Registry) -> R<Vec<Rc<ColumnObj>>> {
        let mut columns: Vec<Rc<ColumnObj>> = Vec::new();
        for (name, attribute) in std::mem::take(&mut self.attributes) {
            let parts = match attribute.value.downcast::<Composite>() {
                Some(composite) => composite.columns.clone(),
                None => vec![attribute.value.clone()],
            };
            for part in &parts {
                let Some(column) = part.downcast::<ColumnObj>() else {
                    continue;
                };
                if column.table.borrow().upgrade().is_some() {
                    continue;
                }
                if parts.len() == 1 {
                    name_by_key(part, &name);
                }
                match &attribute.annotation {
                    Some((annotation, argument)) => {
                        apply(ev, registry, &column, annotation, argument)?;
                    }
                    None => self.need_type(ev, &name, &column)?,
                }
                if !columns.iter().any(|known| Rc::ptr_eq(known, &column)) {
                    columns.push(column);
                }
            }
            self.class.set(&name, attribute.value);
        }
        columns.sort_by_key(|column| {
            let mapped = column.mapped.borrow();
            mapped.as_ref().and_then(|it| it.sort_order).unwrap_or(0)
        });
        Ok(columns)
    }

    /// A `mapped_column()` without annotation needs a type or a foreign key, and every column a name.
    fn need_type(&self, ev: &mut Interp<'_>, name: &str, column: &ColumnObj) -> R<()> {
        let is_mapped = column.mapped.borrow().is_some();
        let column = column.column.borrow();
        let has_type = column
            .type_
            .as_ref()
            .is_some_and(|type_| type_.class != TypeClass::NullType);
        let untyped = is_mapped && !has_type && column.foreign_keys.is_empty();
        if untyped || column.name.text.is_empty() {
            return Err(ev.unreadable(format!(
                "the column of `{}.{name}` has neither a type nor an annotation",
                self.class.name
            )));
        }
        Ok(())
    }

    /// Single-table inheritance: the columns go into the table of the mapped base.
    fn single(
        &self,
        ev: &mut Interp<'_>,
        parent: Option<&Rc<Class>>,
        args: Option<(Value, bool)>,
        columns: Vec<Rc<ColumnObj>>,
    ) -> R<()> {
        let name = &self.class.name;
        let Some(parent) = parent else {
            return Err(ev.unreadable(format!(
                "Class '{name}' does not have a __table__ or __tablename__ specified and does not inherit from an existing \
                 table-mapped class."
            )));
        };
        if args.is_some_and(|(_, is_own)| is_own) {
            return Err(ev.unreadable(format!(
                "Can't place __table_args__ on an inherited class with no table (`{name}`)"
            )));
        }
        let table = parent.lookup("__table__").unwrap_or(Value::None);
        ev.need_known(&table, &format!("the table of `{}`", parent.name))?;
        if columns.is_empty() {
            return Ok(());
        }
        let Some(table) = table.downcast::<TableObj>() else {
            return Err(ev.unreadable(format!("the table of `{}` is no Table", parent.name)));
        };
        for column in columns {
            let key = column.key();
            let uses_existing = {
                let mapped = column.mapped.borrow();
                mapped.as_ref().is_some_and(|it| it.use_existing_column)
            };
            match table.column(&key) {
                Some(existing) if uses_existing => {
                    let existing: Rc<dyn crate::value::NativeObject> = existing;
                    self.class.set(&key, Value::Object(existing));
                }
                Some(_) => {
                    return Err(ev.unreadable(format!(
                        "Column '{key}' on class {name} conflicts with existing column '{}.{key}'",
                        table.name
                    )));
                }
                None => table.add_column(column),
            }
        }
        Ok(())
    }
}

/// True where `__table_args__` have a `PrimaryKeyConstraint`.
fn names_key(args: &Value) -> bool {
    let Value::Tuple(items) = args else {
        return false;
    };
    items.iter().any(|item| {
        let constraint = item.downcast::<crate::alchemy::schema::constraint::ConstraintObj>();
        constraint.is_some_and(|it| {
            let body = &it.constraint.borrow().body;
            matches!(body, limbeck_schema::ConstraintBody::PrimaryKey(_))
        })
    })
}

/// A `mapped_column()` without arguments.
fn blank() -> Value {
    let column = ColumnObj::of(limbeck_schema::Column::new("", None));
    *column.mapped.borrow_mut() = Some(Mapped::default());
    Value::object(column)
}

/// A column of a mixin for one of its classes.
fn copied(ev: &Interp<'_>, column: &ColumnObj) -> Value {
    let copy = column.detached();
    if crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1)
        && let Some(type_) = &mut copy.column.borrow_mut().type_
        && type_.labels.is_some()
    {
        // Copying an enum gives it the namespace that it has, even if that is none.
        type_
            .extra
            .insert(super::type_map::SCHEMA_GIVEN.to_owned(), String::new());
    }
    copy.into_value()
}

/// SQLAlchemy's `merge_lists_w_ordering`.
pub(crate) fn merge_in_order(left: &[Str], right: &[Str]) -> Vec<Str> {
    let mut overlap: Vec<&Str> = left.iter().filter(|it| right.contains(it)).collect();
    let mut result = Vec::new();
    let mut current = left.iter();
    let mut other = right.iter();
    loop {
        match current.next() {
            Some(element) => {
                if let Some(at) = overlap.iter().position(|it| *it == element) {
                    overlap.remove(at);
                    std::mem::swap(&mut current, &mut other);
                } else {
                    result.push(Rc::clone(element));
                }
            }
            None => {
                result.extend(other.cloned());
                return result;
            }
        }
    }
}
