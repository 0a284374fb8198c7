//! Constraints and indexes as Python values.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use limbeck_schema::{
    CheckConstraint, Constraint, ConstraintBody, ExcludeConstraint, ExcludeElement, Expr,
    ForeignKeyConstraint, Index, Name, PrimaryKeyConstraint, TableName, UniqueConstraint,
};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::{ColumnObj, Waiting};
use crate::alchemy::schema::items::{column_name, index_element};
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::clause::as_clause;
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// Which Python class a constraint was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// `ForeignKey`: belongs to a column.
    ForeignKey,
    /// Anything else.
    Constraint,
}

/// A constraint, or a `ForeignKey`.
pub(crate) struct ConstraintObj {
    pub(crate) constraint: RefCell<Constraint>,
    pub(crate) kind: ItemKind,
    /// The table it belongs to.
    pub(crate) table: RefCell<Option<TableName>>,
    /// The table that has it.
    pub(crate) home: RefCell<Weak<TableObj>>,
    /// What a `ForeignKey` refers to, where it was given as an object.
    pub(crate) target: Option<Rc<ColumnObj>>,
}

impl ConstraintObj {
    fn value(constraint: Constraint, kind: ItemKind) -> Value {
        Value::object(ConstraintObj {
            constraint: RefCell::new(constraint),
            kind,
            table: RefCell::new(None),
            home: RefCell::default(),
            target: None,
        })
    }

    /// The `ForeignKey` of one column of a foreign key.
    pub(crate) fn foreign_key(constraint: Constraint) -> Value {
        ConstraintObj::value(constraint, ItemKind::ForeignKey)
    }

    /// An attribute that says what the constraint is made of.
    fn part(&self, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let constraint = self.constraint.borrow().clone();
        if self.kind == ItemKind::ForeignKey {
            return Ok(None);
        }
        Ok(match (name, &constraint.body) {
            ("table", _) => {
                let home = self.home.borrow().upgrade();
                home.map(|it| Value::Object(it as Rc<dyn NativeObject>))
            }
            ("deferrable", _) => Some(Value::from(constraint.deferrable.map(Value::Bool))),
            ("initially", _) => Some(Value::from(constraint.initially)),
            ("ondelete", ConstraintBody::ForeignKey(body)) => {
                Some(Value::from(body.ondelete.clone()))
            }
            ("onupdate", ConstraintBody::ForeignKey(body)) => {
                Some(Value::from(body.onupdate.clone()))
            }
            ("sqltext", ConstraintBody::Check(body)) => {
                let clause = crate::alchemy::sql::clause::Clause::new(body.sqltext.clone(), None);
                Some(clause.value())
            }
            ("columns", body) => {
                let names = match body {
                    ConstraintBody::PrimaryKey(it) => &it.columns,
                    ConstraintBody::Unique(it) => &it.columns,
                    ConstraintBody::ForeignKey(it) => &it.columns,
                    ConstraintBody::Check(_) | ConstraintBody::Exclude(_) => return Ok(None),
                };
                let home = self.home.borrow().upgrade();
                Some(crate::alchemy::schema::parts::columns(ev, home, names)?)
            }
            _ => None,
        })
    }

    fn class_key(&self) -> &'static str {
        match (&self.constraint.borrow().body, self.kind) {
            (_, ItemKind::ForeignKey) => "ForeignKey",
            (ConstraintBody::PrimaryKey(_), _) => "PrimaryKeyConstraint",
            (ConstraintBody::Unique(_), _) => "UniqueConstraint",
            (ConstraintBody::ForeignKey(_), _) => "ForeignKeyConstraint",
            (ConstraintBody::Check(_), _) => "CheckConstraint",
            (ConstraintBody::Exclude(_), _) => "ExcludeConstraint",
        }
    }
}

impl NativeObject for ConstraintObj {
    fn type_name(&self) -> String {
        self.class_key().to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class(self.class_key()))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "name" => Some(convert::constraint_name_value(
                ev,
                &self.constraint.borrow().name,
            )),
            "columns" | "table" | "sqltext" | "deferrable" | "initially" | "ondelete"
            | "onupdate" => return self.part(ev, name),
            _ => None,
        })
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str, value: Value) -> R<bool> {
        if name != "name" || self.kind != ItemKind::Constraint {
            return Ok(false);
        }
        let new = convert::constraint_name(ev, &value, "the name of a constraint")?;
        if let Some(table) = self.home.borrow().upgrade() {
            let mut held = table.constraints.borrow_mut();
            if let Some(held) = held
                .iter_mut()
                .find(|held| **held == *self.constraint.borrow())
            {
                held.name = new.clone();
            }
        }
        self.constraint.borrow_mut().name = new;
        Ok(true)
    }
}

/// An index.
pub(crate) struct IndexObj {
    pub(crate) index: Index,
    pub(crate) table: RefCell<Option<TableName>>,
    /// The table that has it.
    pub(crate) home: RefCell<Weak<TableObj>>,
}

impl NativeObject for IndexObj {
    fn type_name(&self) -> String {
        "Index".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class("Index"))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["create", "drop"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let mut args = args.bind(ev, &format!("Index.{name}"), "bind,checkfirst=")?;
        if let Some(checkfirst) = args.take("checkfirst")
            && convert::flag(ev, &checkfirst, "`checkfirst`")?
            && !ev.host().is_offline()
        {
            crate::alchemy::op::emit::needs_database(
                ev,
                &format!("`Index.{name}(checkfirst=True)` looks first"),
            )?;
            return Err(ev.unreadable("looking for an index first is not modelled"));
        }
        let Some(table) = self.table.borrow().clone() else {
            return Err(ev.unreadable("an index without a table"));
        };
        let mut index = self.index.clone();
        if let Some(home) = self.home.borrow().upgrade() {
            let named = home.naming_convention(ev)?.index_name(&table, &index);
            index.name =
                named.map_err(|error| crate::models::read::convention_error(&table, &error))?;
        }
        let op = match name {
            "create" => limbeck_schema::Op::CreateIndex(Box::new(limbeck_schema::CreateIndex {
                table,
                index,
                if_not_exists: false,
            })),
            _ => limbeck_schema::Op::DropIndex(limbeck_schema::DropIndex {
                name: index.name,
                table: Some(table.name),
                schema: table.schema,
                if_exists: false,
                options: index.options,
                dropped: None,
            }),
        };
        crate::alchemy::op::emit::emit(ev, op)?;
        Ok(Some(Value::None))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "name" => Some(convert::constraint_name_value(ev, &self.index.name)),
            "unique" => Some(Value::Bool(self.index.unique)),
            "table" => {
                let home = self.home.borrow().upgrade();
                home.map(|it| Value::Object(it as Rc<dyn NativeObject>))
            }
            "columns" => {
                let mut names = Vec::new();
                for element in &self.index.elements {
                    match element {
                        limbeck_schema::IndexElement::Column(name) => names.push(name.clone()),
                        limbeck_schema::IndexElement::Expr(_) => return Ok(None),
                    }
                }
                let home = self.home.borrow().upgrade();
                Some(crate::alchemy::schema::parts::columns(ev, home, &names)?)
            }
            _ => None,
        })
    }
}

/// What all constraints share: name, deferrable, initially, comment, dialect options.
fn common(
    ev: &mut Interp<'_>,
    args: &mut Bindings,
    body: ConstraintBody,
    construct: &str,
) -> R<Constraint> {
    let name = args.take_or_none("name");
    let mut constraint = Constraint::new(
        convert::constraint_name(ev, &name, "the name of a constraint")?,
        body,
    );
    let deferrable = args.take_or_none("deferrable");
    constraint.deferrable = convert::opt_flag(ev, &deferrable, "`deferrable`")?;
    let initially = args.take_or_none("initially");
    constraint.initially = convert::opt_text(ev, &initially, "`initially`")?;
    let comment = args.take_or_none("comment");
    constraint.comment = convert::opt_text(ev, &comment, "`comment`")?;
    constraint.options = convert::options(ev, &args.extra, construct)?;
    Ok(constraint)
}

/// `"schema.table.column"` or `"table.column"` or `"table"`, as `ForeignKey` splits it.
pub(crate) fn split_target(spec: &str) -> (TableName, Option<Name>) {
    let mut parts: Vec<&str> = spec.split('.').collect();
    if parts.len() == 1 {
        return (TableName::new(spec), None);
    }
    let column = parts.pop().unwrap_or_default();
    let table = parts.pop().unwrap_or_default();
    let schema = if parts.is_empty() {
        None
    } else {
        Some(Name::new(parts.join(".")))
    };
    (TableName::in_schema(schema, table), Some(Name::new(column)))
}

/// The table and column that a reference names.
fn target(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<(TableName, Option<Name>)> {
    ev.need_known(value, what)?;
    if let Some(column) = value.downcast::<ColumnObj>() {
        let table = column.table.borrow().upgrade();
        let Some(table) = table else {
            return Err(ev.unreadable(format!("{what} is a column without a table")));
        };
        return Ok((
            table.name.clone(),
            Some(column.column.borrow().name.clone()),
        ));
    }
    if let Value::Instance(_) | Value::Class(_) | Value::Object(_) = value
        && value.as_str().is_none()
    {
        return Err(ev.unreadable(format!("{what} is neither a string nor a column")));
    }
    let text = convert::text(ev, value, what)?;
    Ok(split_target(&text))
}

/// `ForeignKey(…)`
pub(crate) fn foreign_key(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    const SIGNATURE: &str = "column,_constraint=,use_alter=,name=,onupdate=,ondelete=,deferrable=,initially=,\
        link_to_name=,match=,info=,comment=,_unresolvable=,**dialect_kw";
    let mut args = args.bind(ev, "ForeignKey.__init__", SIGNATURE)?;
    // `ForeignKey("t.id", "CASCADE")` is a mistake that shows when the column gets its table.
    if args.get("_constraint").is_some_and(|it| !it.is_none()) {
        return Err(ev.unreadable("the second argument of ForeignKey is no word for anything"));
    }
    let column = args.take_or_none("column");
    let object = column.downcast::<ColumnObj>();
    let (table, column) = match &object {
        // It may not have a name or a table yet.
        Some(object) if object.table.borrow().upgrade().is_none() => (TableName::new(""), None),
        _ => target(ev, &column, "the target of ForeignKey")?,
    };
    let body = foreign_body(
        ev,
        &mut args,
        Vec::new(),
        table,
        column.into_iter().collect(),
    )?;
    let constraint = common(ev, &mut args, body, "ForeignKeyConstraint")?;
    Ok(Value::object(ConstraintObj {
        constraint: RefCell::new(constraint),
        kind: ItemKind::ForeignKey,
        table: RefCell::new(None),
        home: RefCell::default(),
        target: object,
    }))
}

fn foreign_body(
    ev: &mut Interp<'_>,
    args: &mut Bindings,
    columns: Vec<Name>,
    referred_table: TableName,
    referred_columns: Vec<Name>,
) -> R<ConstraintBody> {
    let onupdate = args.take_or_none("onupdate");
    let ondelete = args.take_or_none("ondelete");
    let match_ = args.take_or_none("match");
    let use_alter = args.take_or_none("use_alter");
    Ok(ConstraintBody::ForeignKey(ForeignKeyConstraint {
        columns,
        referred_table,
        referred_columns,
        onupdate: convert::opt_text(ev, &onupdate, "`onupdate`")?,
        ondelete: convert::opt_text(ev, &ondelete, "`ondelete`")?,
        match_: convert::opt_text(ev, &match_, "`match`")?,
        use_alter: convert::flag(ev, &use_alter, "`use_alter`")?,
    }))
}

/// `ForeignKeyConstraint(…)`
pub(crate) fn foreign_key_constraint(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    const SIGNATURE: &str = "columns,refcolumns,name=,onupdate=,ondelete=,deferrable=,initially=,use_alter=,\
        link_to_name=,match=,table=,info=,comment=,**dialect_kw";
    let mut args = args.bind(ev, "ForeignKeyConstraint.__init__", SIGNATURE)?;
    let columns = args.take_or_none("columns");
    // SQLAlchemy asks both for their length.
    for given in [Some(&columns), args.get("refcolumns")] {
        if let Some(given) = given.cloned() {
            ev.length(&given)?;
        }
    }
    let mut names = Vec::new();
    for column in convert::items(ev, &columns, "the columns of ForeignKeyConstraint")? {
        names.push(column_name(
            ev,
            &column,
            "a column of ForeignKeyConstraint",
        )?);
    }
    let referred = args.take_or_none("refcolumns");
    let mut table: Option<TableName> = None;
    let mut referred_names = Vec::new();
    for column in convert::items(
        ev,
        &referred,
        "the referred columns of ForeignKeyConstraint",
    )? {
        let (of, column) = target(ev, &column, "a referred column of ForeignKeyConstraint")?;
        if let Some(table) = &table
            && *table != of
        {
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                "ForeignKeyConstraint on columns refers to multiple remote tables",
            ));
        }
        table = Some(of);
        referred_names.extend(column);
    }
    if !referred_names.is_empty() && referred_names.len() != names.len() {
        return Err(crate::alchemy::types::construct::argument_error(
            ev,
            "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.",
        ));
    }
    let Some(table) = table else {
        return Err(ev.unreadable("a foreign key that refers to nothing"));
    };
    let body = foreign_body(ev, &mut args, names, table, referred_names)?;
    let constraint = common(ev, &mut args, body, "ForeignKeyConstraint")?;
    Ok(ConstraintObj::value(constraint, ItemKind::Constraint))
}

fn columns(ev: &mut Interp<'_>, args: &mut Bindings, what: &str) -> R<Vec<Name>> {
    let mut names: Vec<Name> = Vec::new();
    for column in std::mem::take(&mut args.rest) {
        let name = column_name(ev, &column, what)?;
        // The columns are a set.
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

const COLUMNS: &str = "*columns,name=,deferrable=,initially=,info=,comment=,_autoattach=,_column_flag=,\
    _gather_expressions=,_implicit_generated=,**dialect_kw";

/// `PrimaryKeyConstraint(…)`
pub(crate) fn primary_key(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "PrimaryKeyConstraint.__init__", COLUMNS)?;
    let columns = columns(ev, &mut args, "a column of PrimaryKeyConstraint")?;
    let body = ConstraintBody::PrimaryKey(PrimaryKeyConstraint { columns });
    let constraint = common(ev, &mut args, body, "PrimaryKeyConstraint")?;
    Ok(ConstraintObj::value(constraint, ItemKind::Constraint))
}

/// `UniqueConstraint(…)`
pub(crate) fn unique(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        ev.note_unread_item(&unknown, "an argument of UniqueConstraint");
        return Ok(unknown);
    }
    let objects: Vec<Value> = args.positional.clone();
    let mut args = args.bind(ev, "UniqueConstraint.__init__", COLUMNS)?;
    let columns = columns(ev, &mut args, "a column of UniqueConstraint")?;
    let body = ConstraintBody::Unique(UniqueConstraint { columns });
    let constraint = common(ev, &mut args, body, "UniqueConstraint")?;
    Ok(attached(constraint, &objects))
}

/// Constraints made of columns that are in a table belong to that table; made of columns that get one later, to it then.
fn attached(constraint: Constraint, columns: &[Value]) -> Value {
    let value = ConstraintObj::value(constraint, ItemKind::Constraint);
    attach(&value, columns);
    value
}

/// Puts a constraint or an index into the table of the columns that it was made of, or lets it wait for that table.
fn attach(item: &Value, parts: &[Value]) {
    let columns: Vec<Rc<ColumnObj>> = parts
        .iter()
        .filter_map(|part| part.downcast::<ColumnObj>())
        .filter(|column| !column.is_light)
        .collect();
    let mut homeless: Vec<&Rc<ColumnObj>> = Vec::new();
    for column in &columns {
        let is_known = homeless.iter().any(|known| Rc::ptr_eq(known, column));
        if column.table.borrow().upgrade().is_none() && !is_known {
            homeless.push(column);
        }
    }
    if !homeless.is_empty() {
        // With a column given by name it does not wait.
        if columns.len() == parts.len() {
            let waiting = Rc::new(Waiting {
                item: item.clone(),
                left: std::cell::Cell::new(homeless.len()),
            });
            for column in homeless {
                column.waiting.borrow_mut().push(Rc::clone(&waiting));
            }
        }
        return;
    }
    let table = columns
        .first()
        .and_then(|column| column.table.borrow().upgrade());
    if let Some(table) = table.filter(|table| !table.is_light) {
        table.attach(item);
    }
}

/// `CheckConstraint(…)`
pub(crate) fn check(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        ev.note_unread_item(&unknown, "an argument of CheckConstraint");
        return Ok(unknown);
    }
    const SIGNATURE: &str = "sqltext,name=,deferrable=,initially=,table=,info=,comment=,_create_rule=,_autoattach=,\
        _type_bound=,**dialect_kw";
    let mut args = args.bind(ev, "CheckConstraint.__init__", SIGNATURE)?;
    let sqltext = args.take_or_none("sqltext");
    let sqltext = crate::alchemy::schema::defaults::sql_text(
        ev,
        &sqltext,
        "the condition of CheckConstraint",
    )?;
    let body = ConstraintBody::Check(CheckConstraint {
        sqltext,
        type_bound: None,
    });
    let constraint = common(ev, &mut args, body, "CheckConstraint")?;
    Ok(ConstraintObj::value(constraint, ItemKind::Constraint))
}

/// The elements of an EXCLUDE constraint.
pub(crate) fn exclude_elements(
    ev: &mut Interp<'_>,
    values: &[Value],
    ops: &Value,
) -> R<Vec<ExcludeElement>> {
    let mut opclasses = indexmap::IndexMap::new();
    if !ops.is_none() {
        for (key, value) in convert::pairs(ev, ops, "`ops`")? {
            let key = convert::text(ev, &key, "a key of `ops`")?.to_string();
            opclasses.insert(
                key,
                convert::text(ev, &value, "a value of `ops`")?.to_string(),
            );
        }
    }
    if values.is_empty() {
        let message = "not enough values to unpack (expected 2, got 0)";
        return Err(ev.raise("ValueError", message));
    }
    let mut elements = Vec::new();
    for value in values {
        let mut pair = convert::items(ev, value, "an element of EXCLUDE")?.into_iter();
        let (Some(column), Some(operator), None) = (pair.next(), pair.next(), pair.next()) else {
            return Err(ev.unreadable("an element of EXCLUDE is no pair"));
        };
        let operator = convert::text(ev, &operator, "the operator of EXCLUDE")?.to_string();
        let expr = match as_clause(ev, &column)? {
            Some(clause) => clause.expr,
            None => Expr::column(convert::name(ev, &column, "a column of EXCLUDE")?),
        };
        let key = match &expr {
            Expr::Column(column) => Some(column.name.text.clone()),
            _ => None,
        };
        let opclass = key.and_then(|key| opclasses.get(&key).cloned());
        elements.push(ExcludeElement {
            expr,
            operator,
            opclass,
        });
    }
    Ok(elements)
}

/// `postgresql.ExcludeConstraint(…)`
pub(crate) fn exclude(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    const SIGNATURE: &str =
        "*elements,name=,deferrable=,initially=,using=,where=,ops=,info=,**dialect_kw";
    let mut args = args.bind(ev, "ExcludeConstraint.__init__", SIGNATURE)?;
    let values = std::mem::take(&mut args.rest);
    let ops = args.take_or_none("ops");
    let elements = exclude_elements(ev, &values, &ops)?;
    let using = args.take_or_none("using");
    let using = convert::opt_text(ev, &using, "`using`")?.unwrap_or_else(|| "gist".to_owned());
    // It has no options of dialects, and drops all other words.
    args.extra.clear();
    let where_ = args.take_or_none("where");
    let where_ = match where_ {
        Value::None => None,
        value => Some(crate::alchemy::schema::defaults::sql_text(
            ev,
            &value,
            "`where` of EXCLUDE",
        )?),
    };
    let body = ConstraintBody::Exclude(ExcludeConstraint {
        elements,
        using,
        where_,
    });
    let constraint = common(ev, &mut args, body, "ExcludeConstraint")?;
    Ok(ConstraintObj::value(constraint, ItemKind::Constraint))
}

/// `Index(name, *expressions, …)`
pub(crate) fn index(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        ev.note_unread_item(&unknown, "an argument of Index");
        return Ok(unknown);
    }
    const SIGNATURE: &str =
        "name,*expressions,unique=,quote=,info=,_table=,_column_flag=,**dialect_kw";
    let mut args = args.bind(ev, "Index.__init__", SIGNATURE)?;
    let name = args.take_or_none("name");
    let mut name = convert::constraint_name(ev, &name, "the name of an index")?;
    let quote = args.take_or_none("quote");
    if let Some(quote) = convert::opt_flag(ev, &quote, "`quote`")? {
        match &mut name {
            limbeck_schema::ConstraintName::Given(name)
            | limbeck_schema::ConstraintName::Final(name) => {
                name.quote = Some(quote);
            }
            limbeck_schema::ConstraintName::None => {}
        }
    }
    let unique = args.take_or_none("unique");
    let unique = convert::flag(ev, &unique, "`unique`")?;
    let mut elements = Vec::new();
    // The columns it is made of, those inside expressions included.
    let mut parts = Vec::new();
    let mut table: Option<Rc<TableObj>> = None;
    for value in std::mem::take(&mut args.rest) {
        elements.push(index_element(ev, &value, "an element of an index")?);
        if value.downcast_ref::<ColumnObj>().is_some() {
            parts.push(value);
        } else if let Some(clause) = as_clause(ev, &value)? {
            let mut tables = clause.froms.iter().filter_map(|from| match from {
                crate::alchemy::sql::clause::FromRef::Table(table) => Some(Rc::clone(table)),
                crate::alchemy::sql::clause::FromRef::Derived(_) => None,
            });
            table = table.or_else(|| tables.next());
        } else {
            parts.push(value);
        }
    }
    let options = convert::options(ev, &args.extra, "Index")?;
    let index = Index {
        name,
        elements,
        unique,
        column_flag: false,
        options,
    };
    let value = Value::object(IndexObj {
        index,
        table: RefCell::new(None),
        home: RefCell::default(),
    });
    match table.filter(|table| !table.is_light) {
        Some(table) => table.attach(&value),
        None => attach(&value, &parts),
    }
    Ok(value)
}
