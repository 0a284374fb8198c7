//! `Column(…)` and `column(…)`

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use limbeck_schema::{
    Autoincrement, Column, ColumnForeignKey, ColumnRef, ColumnType, ConstraintBody, Expr, Literal,
    Name, ServerDefault,
};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::constraint::{ConstraintObj, ItemKind};
use crate::alchemy::schema::defaults::{ColumnDefaultObj, DefaultObj, FOR_UPDATE, SequenceObj};
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::clause::{Clause, FromRef, as_clause};
use crate::alchemy::types::object::{TypeObj, is_type, opt_type, to_type};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{BinOp, Class, CmpOp, Dict, NativeObject, Value};

/// The table of a column. It keeps the table alive: a column may be all that a script holds of it.
#[derive(Default)]
pub(crate) struct Owner(Option<Rc<TableObj>>);

impl Owner {
    /// A column of that table.
    pub(crate) fn of(table: &Rc<TableObj>) -> Owner {
        Owner(Some(Rc::clone(table)))
    }

    /// The table, if it has one.
    pub(crate) fn upgrade(&self) -> Option<Rc<TableObj>> {
        self.0.clone()
    }
}

/// What `mapped_column()` says beyond a `Column`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapped {
    /// `sort_order=`
    pub(crate) sort_order: Option<i128>,
    /// `use_existing_column=True`
    pub(crate) use_existing_column: bool,
    /// `insert_default=` or `default=` was given: a default of `Annotated` is not taken over.
    pub(crate) has_default: bool,
}

/// A column.
pub(crate) struct ColumnObj {
    pub(crate) column: RefCell<Column>,
    /// Made by `column()`: it has a name and a type and nothing else.
    pub(crate) is_light: bool,
    pub(crate) table: RefCell<Owner>,
    /// The column shows an item that cannot be read; why.
    pub(crate) unreadable: RefCell<Option<Value>>,
    pub(crate) default: RefCell<Option<Expr>>,
    pub(crate) onupdate: RefCell<Option<Expr>>,
    /// The Python-side default is a function or otherwise not known.
    pub(crate) has_dynamic_default: Cell<bool>,
    /// That default, as it was given.
    pub(crate) default_given: RefCell<Option<Value>>,
    /// A Python-side `onupdate=`: a function or a value.
    pub(crate) onupdate_given: RefCell<Option<Value>>,
    /// Made by `mapped_column()`.
    pub(crate) mapped: RefCell<Option<Mapped>>,
    /// For each of the column's foreign keys the column it was given as an object.
    pub(crate) targets: RefCell<Vec<Option<Rc<ColumnObj>>>>,
    /// Constraints and indexes that were made of the column before it had a table.
    pub(crate) waiting: RefCell<Vec<Rc<Waiting>>>,
    /// `info`: a dictionary of the project's own.
    pub(crate) info: RefCell<Value>,
}

/// A constraint or an index that gets its table when its columns have theirs.
pub(crate) struct Waiting {
    /// The constraint or index.
    pub(crate) item: Value,
    /// How many of its columns have no table yet.
    pub(crate) left: Cell<usize>,
}

impl ColumnObj {
    /// A column that exists as such.
    pub(crate) fn of(column: Column) -> ColumnObj {
        ColumnObj {
            column: RefCell::new(column),
            is_light: false,
            table: RefCell::new(Owner::default()),
            unreadable: RefCell::new(None),
            default: RefCell::new(None),
            onupdate: RefCell::new(None),
            has_dynamic_default: Cell::new(false),
            default_given: RefCell::default(),
            onupdate_given: RefCell::default(),
            mapped: RefCell::default(),
            targets: RefCell::default(),
            waiting: RefCell::default(),
            info: RefCell::new(Value::dict(Dict::default())),
        }
    }

    /// `column(name, type_)`
    pub(crate) fn light(name: Name, type_: Option<ColumnType>) -> ColumnObj {
        let mut column = ColumnObj::of(Column::new(name, type_));
        column.is_light = true;
        column
    }

    /// As a Python value.
    pub(crate) fn into_value(self) -> Value {
        Value::object(self)
    }

    /// A column of its own with the same content, as `Column.copy()` gives.
    pub(crate) fn detached(&self) -> ColumnObj {
        let mut copy = ColumnObj::of(self.column.borrow().clone());
        let table = self.table.borrow().upgrade();
        let is_owned = table.is_some_and(|it| !it.is_light);
        copy.is_light = self.is_light;
        *copy.default.borrow_mut() = self.default.borrow().clone();
        *copy.onupdate.borrow_mut() = self.onupdate.borrow().clone();
        copy.has_dynamic_default.set(self.has_dynamic_default.get());
        *copy.default_given.borrow_mut() = self.default_given.borrow().clone();
        *copy.onupdate_given.borrow_mut() = self.onupdate_given.borrow().clone();
        *copy.unreadable.borrow_mut() = self.unreadable.borrow().clone();
        *copy.info.borrow_mut() = self.info.borrow().clone();
        *copy.mapped.borrow_mut() = self.mapped.borrow().clone();
        *copy.targets.borrow_mut() = self.targets.borrow().clone();
        if is_owned {
            // They have become constraints of that table.
            copy.column.borrow_mut().foreign_keys.clear();
            copy.targets.borrow_mut().clear();
        }
        copy
    }

    /// The key it is known by in its table.
    pub(crate) fn key(&self) -> String {
        let column = self.column.borrow();
        column
            .key
            .clone()
            .unwrap_or_else(|| column.name.text.clone())
    }

    /// The column as an expression.
    pub(crate) fn clause(&self) -> Clause {
        let column = self.column.borrow();
        let table = self.table.borrow().upgrade();
        let type_ = column.type_.clone();
        let expr = Expr::Column(ColumnRef {
            table: table.as_ref().map(|table| table.reference_name()),
            name: column.name.clone(),
            type_: type_.clone().map(Box::new),
        });
        let mut clause = Clause::new(expr, type_);
        if let Some(table) = table {
            clause.froms.push(FromRef::Table(table));
        }
        clause
    }

    /// The column for an operation; fails where it holds something that cannot be read.
    pub(crate) fn schema_column(&self, ev: &mut Interp<'_>) -> R<Column> {
        let unreadable = self.unreadable.borrow().clone();
        if let Some(unreadable) = unreadable {
            let name = self.column.borrow().name.text.clone();
            ev.need_known(&unreadable, &format!("an argument of the column `{name}`"))?;
        }
        let mut column = self.column.borrow().clone();
        let targets = self.targets.borrow().clone();
        for (key, target) in column.foreign_keys.iter_mut().zip(targets) {
            let (Some(target), ConstraintBody::ForeignKey(foreign)) =
                (target, &mut key.constraint.body)
            else {
                continue;
            };
            let Some(table) = target.table.borrow().upgrade() else {
                return Err(ev.unreadable(format!(
                    "the foreign key of the column `{}` refers to a column without a table",
                    column.name
                )));
            };
            foreign.referred_table = table.name.clone();
            foreign.referred_columns = vec![target.column.borrow().name.clone()];
            if column.type_.is_none() {
                column.type_.clone_from(&target.column.borrow().type_);
            }
        }
        Ok(column)
    }
}

/// Gives a column without a name that of the attribute it is assigned to.
pub(crate) fn name_by_key(value: &Value, key: &str) {
    let Some(column) = value.downcast_ref::<ColumnObj>() else {
        return;
    };
    let mut column = column.column.borrow_mut();
    if column.name.text.is_empty() {
        column.name.text = key.to_owned();
        for foreign in &mut column.foreign_keys {
            if let ConstraintBody::ForeignKey(body) = &mut foreign.constraint.body {
                body.columns = vec![Name::new(key)];
            }
        }
    }
}

/// `Column(name, type, *items, …)`
pub(crate) fn construct(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    const SIGNATURE: &str = "*args,name=,type_=,autoincrement=,default=,insert_default=,doc=,key=,index=,unique=,\
        info=,nullable=,onupdate=,primary_key=,server_default=,server_onupdate=,quote=,system=,comment=,\
        insert_sentinel=,_omit_from_statements=,_proxies=,**dialect_kwargs";
    let unknown = convert::first_unknown(&args);
    let mut args = args.bind(ev, "Column.__init__", SIGNATURE)?;
    let info = args.take("info").filter(|it| !it.is_none());
    let mut unknown_default = None;
    if let Some(unknown) = &unknown {
        // What never reaches the DDL may be unknown.
        for key in ["doc", "insert_sentinel"] {
            args.take(key);
        }
        for key in ["default", "insert_default", "onupdate"] {
            if args.get(key).is_some_and(Value::is_unknown) {
                unknown_default = args.replace(key, Value::opaque("a default"));
            }
        }
        let still = args
            .rest
            .iter()
            .chain(args.extra.iter().map(|(_, value)| value))
            .any(Value::is_unknown)
            || [
                "name",
                "type_",
                "autoincrement",
                "key",
                "index",
                "unique",
                "nullable",
                "primary_key",
                "server_default",
                "server_onupdate",
                "quote",
                "system",
                "comment",
            ]
            .iter()
            .any(|key| args.get(key).is_some_and(Value::is_unknown));
        if still {
            return Ok(unknown.clone());
        }
    }
    let mut rest: std::collections::VecDeque<Value> = std::mem::take(&mut args.rest).into();
    let mut name = args.take_or_none("name");
    match rest.front() {
        Some(first) if first.as_str().is_some() => {
            if !name.is_none() {
                return Err(crate::alchemy::types::construct::argument_error(
                    ev,
                    "May not pass name positionally and as a keyword.",
                ));
            }
            name = rest.pop_front().unwrap_or(Value::None);
        }
        Some(Value::None) => {
            rest.pop_front();
        }
        _ => {}
    }
    let mut type_ = args.take_or_none("type_");
    match rest.front().cloned() {
        Some(first) if is_type(ev, &first) => {
            if !type_.is_none() {
                return Err(crate::alchemy::types::construct::argument_error(
                    ev,
                    "May not pass type_ positionally and as a keyword.",
                ));
            }
            type_ = rest.pop_front().unwrap_or(Value::None);
        }
        Some(Value::None) => {
            rest.pop_front();
        }
        _ => {}
    }
    let quote = args.take_or_none("quote");
    let mut column = Column::new("", opt_type(ev, &type_, "the type of a column")?);
    if name.is_none() {
        if !quote.is_none() {
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                "Explicit 'name' is required when sending 'quote' argument",
            ));
        }
    } else {
        column.name = convert::name(ev, &name, "the name of a column")?;
        if let Some(quote) = convert::opt_flag(ev, &quote, "`quote`")? {
            column.name.quote = Some(quote);
        }
    }
    let key = args.take_or_none("key");
    column.key = convert::opt_text(ev, &key, "`key`")?.filter(|key| *key != column.name.text);
    let primary_key = args.take_or_none("primary_key");
    column.primary_key = convert::flag(ev, &primary_key, "`primary_key`")?;
    column.nullable = !column.primary_key;
    if let Some(nullable) = args.take("nullable") {
        column.nullable = convert::flag(ev, &nullable, "`nullable`")?;
        column.nullable_given = true;
    }
    let index = args.take_or_none("index");
    column.index = convert::opt_flag(ev, &index, "`index`")?;
    let unique = args.take_or_none("unique");
    column.unique = convert::opt_flag(ev, &unique, "`unique`")?;
    let system = args.take_or_none("system");
    column.system = convert::flag(ev, &system, "`system`")?;
    let comment = args.take_or_none("comment");
    column.comment = convert::opt_text(ev, &comment, "`comment`")?;
    if let Some(value) = args.take("autoincrement") {
        column.autoincrement = autoincrement(ev, &value)?;
    }
    let server_default = args.take_or_none("server_default");
    column.server_default =
        crate::alchemy::schema::defaults::server_default(ev, &server_default, "`server_default`")?;
    for (key, value) in [("index", &index), ("unique", &unique)] {
        if value.as_str().is_some() {
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                &format!("The '{key}' keyword argument on Column is boolean only."),
            ));
        }
    }
    let server_onupdate = args.take_or_none("server_onupdate");
    column.server_onupdate = !server_onupdate.is_none();
    // Whether there is a default decides whether an integer key counts by itself.
    let may_count = column.primary_key
        && crate::alchemy::types::affinity::affinity(column.type_.as_ref())
            == limbeck_schema::Affinity::Integer;
    if let Some(unknown) = unknown_default.filter(|_| may_count) {
        return Ok(unknown);
    }
    let object = ColumnObj::of(column);
    if let Some(info) = info {
        *object.info.borrow_mut() = info;
    }
    let is_given_twice = args.get("default").is_some() && args.get("insert_default").is_some();
    if is_given_twice && crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1) {
        return Err(crate::alchemy::types::construct::argument_error(
            ev,
            "The 'default' and 'insert_default' parameters of Column are mutually exclusive",
        ));
    }
    let mut default = args.take_or_none("default");
    let insert_default = args.take_or_none("insert_default");
    if default.is_none() {
        default = insert_default;
    }
    python_default(ev, &object, &default)?;
    let onupdate = args.take_or_none("onupdate");
    if let Some(clause) = as_clause(ev, &onupdate)? {
        *object.onupdate.borrow_mut() = Some(clause.expr);
    } else if !onupdate.is_none() {
        *object.onupdate_given.borrow_mut() = Some(onupdate);
    }
    // The keyword comes last, and takes the place of what stands among the arguments.
    let keyword = if matches!(
        object.column.borrow().server_default,
        Some(ServerDefault::Text(_) | ServerDefault::Expr(_))
    ) {
        object.column.borrow().server_default.clone()
    } else {
        None
    };
    for item in rest {
        add_item(ev, &object, &item)?;
    }
    if keyword.is_some() {
        object.column.borrow_mut().server_default = keyword;
    }
    let options = convert::options(ev, &args.extra, "Column")?;
    object.column.borrow_mut().options = options;
    Ok(object.into_value())
}

/// `autoincrement=`
pub(crate) fn autoincrement(ev: &mut Interp<'_>, value: &Value) -> R<Autoincrement> {
    match value.as_str().as_deref() {
        Some("auto") => Ok(Autoincrement::Auto),
        Some("ignore_fk") => Ok(Autoincrement::IgnoreFk),
        _ => Ok(if convert::flag(ev, value, "`autoincrement`")? {
            Autoincrement::True
        } else {
            Autoincrement::False
        }),
    }
}

fn python_default(ev: &mut Interp<'_>, object: &ColumnObj, value: &Value) -> R<()> {
    if value.is_none() {
        return Ok(());
    }
    if let Some(sequence) = value.downcast::<SequenceObj>() {
        object.column.borrow_mut().sequence = Some(sequence.sequence.clone());
        return Ok(());
    }
    crate::alchemy::schema::defaults::refuse_server_side(ev, value)?;
    if let Some(default) = value.downcast::<ColumnDefaultObj>() {
        return python_default(ev, object, &default.arg);
    }
    object.column.borrow_mut().has_python_default = true;
    if let Some(clause) = as_clause(ev, value)? {
        *object.default.borrow_mut() = Some(clause.expr);
        return Ok(());
    }
    let is_plain = !matches!(
        value,
        Value::Function(_)
            | Value::Native(_)
            | Value::Bound(_)
            | Value::Class(_)
            | Value::Unknown(_)
            | Value::Opaque(_)
    );
    let type_ = object.column.borrow().type_.clone();
    let literal: Option<Literal> = if is_plain {
        crate::alchemy::types::literal::typed_literal(ev, value, type_.as_ref(), "`default`").ok()
    } else {
        None
    };
    match literal {
        Some(literal) => {
            let bind = limbeck_schema::Bind::value(literal.clone(), type_);
            object.column.borrow_mut().python_default = Some(literal);
            *object.default.borrow_mut() = Some(Expr::Bind(bind));
        }
        None => {
            object.has_dynamic_default.set(true);
            *object.default_given.borrow_mut() = Some(value.clone());
        }
    }
    Ok(())
}

/// A column that the database computes or counts has no other default.
fn refuse_second_default(ev: &mut Interp<'_>, object: &ColumnObj, new: &ServerDefault) -> R<()> {
    let column = object.column.borrow();
    let message = match (new, &column.server_default) {
        (ServerDefault::Computed(_), None | Some(ServerDefault::Computed(_)))
            if !column.server_onupdate =>
        {
            return Ok(());
        }
        (ServerDefault::Computed(_), _) => {
            "A generated column cannot specify a server_default or a server_onupdate argument"
        }
        (ServerDefault::Identity(_), _) if column.sequence.is_some() => {
            "An column cannot specify both Identity and Sequence."
        }
        (ServerDefault::Identity(_), None | Some(ServerDefault::Identity(_)))
            if !column.server_onupdate =>
        {
            if column.autoincrement != Autoincrement::False {
                return Ok(());
            }
            "A column with an Identity object cannot specify autoincrement=False"
        }
        (ServerDefault::Identity(_), _) => {
            "A column with an Identity object cannot specify a server_default or a server_onupdate argument"
        }
        (ServerDefault::Text(_) | ServerDefault::Expr(_) | ServerDefault::Fetched, _) => {
            return Ok(());
        }
    };
    drop(column);
    Err(crate::alchemy::types::construct::argument_error(
        ev, message,
    ))
}

/// A column counts by an identity or by a sequence.
fn refuse_two_counters(ev: &mut Interp<'_>, column: &Column) -> R<()> {
    if !matches!(column.server_default, Some(ServerDefault::Identity(_))) {
        return Ok(());
    }
    let message = "An column cannot specify both Identity and Sequence.";
    Err(crate::alchemy::types::construct::argument_error(
        ev, message,
    ))
}

/// A `ForeignKey`, `Computed`, … among the arguments.
fn add_item(ev: &mut Interp<'_>, object: &ColumnObj, item: &Value) -> R<()> {
    if item.is_none() {
        return Ok(());
    }
    if let Some(default) = item.downcast::<DefaultObj>() {
        refuse_second_default(ev, object, &default.default)?;
        let mut column = object.column.borrow_mut();
        if matches!(default.default, ServerDefault::Identity(_)) && !column.nullable_given {
            column.nullable = false;
        }
        column.server_default = Some(default.default.clone());
        return Ok(());
    }
    if let Some(sequence) = item.downcast::<SequenceObj>() {
        refuse_two_counters(ev, &object.column.borrow())?;
        object.column.borrow_mut().sequence = Some(sequence.sequence.clone());
        return Ok(());
    }
    if let Some(constraint) = item.downcast::<ConstraintObj>() {
        let mut body = constraint.constraint.borrow().clone();
        match (&mut body.body, constraint.kind) {
            (ConstraintBody::ForeignKey(foreign), ItemKind::ForeignKey) => {
                foreign.columns = vec![object.column.borrow().name.clone()];
                object
                    .column
                    .borrow_mut()
                    .foreign_keys
                    .push(ColumnForeignKey { constraint: body });
                object.targets.borrow_mut().push(constraint.target.clone());
                return Ok(());
            }
            (ConstraintBody::Check(_), _) => {
                object.column.borrow_mut().checks.push(body);
                return Ok(());
            }
            _ => {}
        }
    }
    if item.downcast_ref::<ColumnDefaultObj>().is_some() {
        return python_default(ev, object, item);
    }
    if let Value::Opaque(opaque) = item {
        if opaque.what == FOR_UPDATE {
            object.column.borrow_mut().server_onupdate = true;
        }
        return Ok(());
    }
    let found = ev.type_name(item);
    Err(crate::alchemy::types::construct::argument_error(
        ev,
        &format!(
            "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got an object of type '{found}'"
        ),
    ))
}

impl NativeObject for ColumnObj {
    fn descr_get(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        match instance {
            Some(Value::Instance(instance)) => {
                crate::alchemy::orm::mapped::attribute(ev, instance, &self)
            }
            _ => Ok(None),
        }
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable("`repr()` of a column is not modelled"))
    }

    fn type_name(&self) -> String {
        if self.is_light {
            "ColumnClause"
        } else {
            "Column"
        }
        .to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class(if self.is_light {
            "ColumnClause"
        } else {
            "Column"
        }))
    }

    fn methods(&self) -> &'static [&'static str] {
        crate::alchemy::sql::operators::COLUMN_METHODS
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if matches!(name, "copy" | "_copy") {
            return Ok(Some(self.detached().into_value()));
        }
        let clause = self.clause();
        crate::alchemy::sql::operators::method(ev, &clause, name, args)
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let column = self.column.borrow().clone();
        Ok(Some(match name {
            "name" => convert::name_value(ev, &column.name),
            "key" => Value::from(self.key()),
            "type" => match column.type_ {
                Some(type_) => TypeObj::value(ev, type_),
                None => {
                    to_type(ev, &Value::None, "the type").map(|type_| TypeObj::value(ev, type_))?
                }
            },
            "table" => match self.table.borrow().upgrade() {
                Some(table) => Value::Object(table),
                None => Value::None,
            },
            "nullable" => Value::Bool(column.nullable),
            "primary_key" => Value::Bool(column.primary_key),
            "comment" => Value::from(column.comment),
            "info" => self.info.borrow().clone(),
            "index" => Value::from(column.index.map(Value::Bool)),
            "unique" => Value::from(column.unique.map(Value::Bool)),
            "server_default" if column.server_default.is_none() => Value::None,
            _ => {
                let clause = self.clause();
                return crate::alchemy::sql::clause::clause_attr(ev, &clause, name);
            }
        }))
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str, value: Value) -> R<bool> {
        ev.need_known(&value, "an attribute of a column")?;
        match name {
            "nullable" => {
                let nullable = convert::flag(ev, &value, "`nullable`")?;
                self.column.borrow_mut().nullable = nullable;
            }
            "server_default" => {
                let default = crate::alchemy::schema::defaults::server_default(
                    ev,
                    &value,
                    "`server_default`",
                )?;
                self.column.borrow_mut().server_default = default;
            }
            "name" => {
                let name = convert::name(ev, &value, "the name of a column")?;
                self.column.borrow_mut().name = name;
            }
            "comment" => {
                let comment = convert::opt_text(ev, &value, "`comment`")?;
                self.column.borrow_mut().comment = comment;
            }
            "primary_key" => {
                let flag = convert::flag(ev, &value, "`primary_key`")?;
                self.column.borrow_mut().primary_key = flag;
            }
            "type" => {
                let type_ = opt_type(ev, &value, "the type of a column")?;
                self.column.borrow_mut().type_ = type_;
            }
            "info" => *self.info.borrow_mut() = value,
            "doc" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let clause = self.clause();
        crate::alchemy::sql::items::get_item(ev, &clause, key).map(Some)
    }

    fn truth(&self, ev: &mut Interp<'_>) -> R<bool> {
        Err(ev.raise("TypeError", "Boolean value of this clause is not defined"))
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        let clause = self.clause();
        crate::alchemy::sql::operators::binary(ev, &clause, op, other, reflected).map(Some)
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let clause = self.clause();
        crate::alchemy::sql::operators::compare(ev, &clause, op, other).map(Some)
    }

    fn unary(self: Rc<Self>, ev: &mut Interp<'_>, op: char) -> R<Option<Value>> {
        let clause = self.clause();
        crate::alchemy::sql::operators::unary(ev, &clause, op).map(Some)
    }

    fn str(&self, ev: &mut Interp<'_>) -> R<String> {
        let _ = ev;
        let column = self.column.borrow();
        Ok(match self.table.borrow().upgrade() {
            Some(table) => format!("{}.{}", table.reference_name(), column.name),
            None => column.name.text.clone(),
        })
    }
}
