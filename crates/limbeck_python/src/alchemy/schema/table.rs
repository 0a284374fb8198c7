//! `Table(…)` and `table(…)`

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use indexmap::IndexMap;
use limbeck_schema::{
    Affinity, Autoincrement, Column, Constraint, ConstraintBody, DialectOptions, FromClause, Index,
    IndexElement, Name, NamingConvention, Table, TableName, TableRef,
};

use crate::alchemy::convert;
use crate::alchemy::live::failure::failed;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::constraint::{ConstraintObj, IndexObj, ItemKind};
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::alchemy::sql::clause::FromRef;
use crate::alchemy::types::affinity::affinity;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::host::Look;
use crate::value::{Class, Dict, NativeObject, Set, Value};

/// A table.
pub(crate) struct TableObj {
    pub(crate) name: TableName,
    /// Made by `table()`.
    pub(crate) is_light: bool,
    /// `AS …`, for `table.alias()`.
    pub(crate) alias: Option<Name>,
    pub(crate) columns: RefCell<Vec<Rc<ColumnObj>>>,
    pub(crate) constraints: RefCell<Vec<Constraint>>,
    pub(crate) indexes: RefCell<Vec<Index>>,
    pub(crate) comment: Option<String>,
    pub(crate) prefixes: Vec<String>,
    pub(crate) options: DialectOptions,
    /// The metadata's convention when the table was made; names are made then.
    pub(crate) convention: RefCell<Option<NamingConvention>>,
    /// The metadata it was made in.
    metadata: RefCell<Weak<MetaDataObj>>,
    /// The metadata's convention, where it cannot be read.
    pub(crate) unknown_convention: RefCell<Option<Value>>,
    /// `info`: a dictionary of the project's own.
    pub(crate) info: Value,
}

impl TableObj {
    /// A table without columns.
    pub(crate) fn empty(name: TableName, is_light: bool) -> TableObj {
        TableObj {
            name,
            is_light,
            alias: None,
            columns: RefCell::new(Vec::new()),
            constraints: RefCell::new(Vec::new()),
            indexes: RefCell::new(Vec::new()),
            comment: None,
            prefixes: Vec::new(),
            options: DialectOptions::new(),
            convention: RefCell::default(),
            metadata: RefCell::default(),
            unknown_convention: RefCell::default(),
            info: Value::dict(Dict::default()),
        }
    }

    /// Takes over how the metadata names what has no name.
    fn belongs_to(&self, metadata: &Rc<MetaDataObj>) {
        *self.metadata.borrow_mut() = Rc::downgrade(metadata);
        *self.convention.borrow_mut() = Some(metadata.convention.borrow().clone());
        let unknown = metadata.unknown_convention.borrow().clone();
        *self.unknown_convention.borrow_mut() = unknown;
    }

    /// Columns without a type get the type of what they refer to in the same metadata.
    pub(crate) fn take_over_types(&self) {
        if let Some(metadata) = self.metadata.borrow().upgrade() {
            let tables: Vec<_> = metadata.tables.borrow().values().cloned().collect();
            crate::alchemy::schema::table_methods::take_over_types(&tables);
        }
    }

    /// The naming convention of the metadata that the table was made in.
    ///
    /// # Errors
    /// The convention cannot be read.
    pub(crate) fn naming_convention(&self, ev: &mut Interp<'_>) -> R<NamingConvention> {
        let unknown = self.unknown_convention.borrow().clone();
        if let Some(unknown) = unknown {
            ev.need_known(&unknown, "the naming convention of the table's metadata")?;
        }
        Ok(self.convention.borrow().clone().unwrap_or_default())
    }

    /// The name that columns are qualified with.
    pub(crate) fn reference_name(&self) -> TableName {
        match &self.alias {
            Some(alias) => TableName::new(alias.clone()),
            None => self.name.clone(),
        }
    }

    /// Adds a column, which then belongs to the table.
    pub(crate) fn add_column(self: &Rc<Self>, column: Rc<ColumnObj>) {
        *column.table.borrow_mut() = crate::alchemy::schema::column::Owner::of(self);
        let key = column.key();
        let waiting = std::mem::take(&mut *column.waiting.borrow_mut());
        {
            let mut columns = self.columns.borrow_mut();
            match columns.iter_mut().find(|found| found.key() == key) {
                Some(slot) => *slot = column,
                None => columns.push(column),
            }
        }
        for waiting in waiting {
            let left = waiting.left.get().saturating_sub(1);
            waiting.left.set(left);
            if left == 0 && !self.is_light {
                self.attach(&waiting.item);
            }
        }
    }

    /// Puts a constraint or an index into the table, unless it is there already.
    pub(crate) fn attach(self: &Rc<Self>, item: &Value) {
        let this = Rc::downgrade(self);
        if let Some(constraint) = item.downcast::<ConstraintObj>() {
            if constraint.home.borrow().ptr_eq(&this) {
                return;
            }
            *constraint.home.borrow_mut() = this;
            *constraint.table.borrow_mut() = Some(self.name.clone());
            let value = constraint.constraint.borrow().clone();
            self.constraints.borrow_mut().push(value);
        } else if let Some(index) = item.downcast::<IndexObj>() {
            if index.home.borrow().ptr_eq(&this) {
                return;
            }
            *index.home.borrow_mut() = this;
            *index.table.borrow_mut() = Some(self.name.clone());
            self.indexes.borrow_mut().push(index.index.clone());
        }
    }

    /// A `ForeignKey` for each column that refers to another: those of the columns, then those of the constraints.
    fn foreign_keys(&self, ev: &mut Interp<'_>) -> R {
        let mut keys = Vec::new();
        for column in self.columns.borrow().iter() {
            let column = column.column.borrow();
            keys.extend(column.foreign_keys.iter().map(|key| key.constraint.clone()));
        }
        for constraint in self.constraints.borrow().iter() {
            if let ConstraintBody::ForeignKey(body) = &constraint.body {
                keys.extend(body.columns.iter().map(|_| constraint.clone()));
            }
        }
        let mut set = Set::new();
        for key in keys {
            let value = ConstraintObj::foreign_key(key);
            let hash = ev.hash_key(&value)?;
            set.insert(hash, value);
        }
        Ok(Value::set(set))
    }

    /// The column of that key.
    pub(crate) fn column(&self, key: &str) -> Option<Rc<ColumnObj>> {
        self.columns
            .borrow()
            .iter()
            .find(|column| column.key() == key)
            .cloned()
    }

    /// The table as a target or source of statements.
    pub(crate) fn table_ref(&self) -> TableRef {
        let mut reference = TableRef::new(self.name.clone());
        reference.alias.clone_from(&self.alias);
        for column in self.columns.borrow().iter() {
            let name = column.column.borrow().name.clone();
            reference
                .columns
                .push((name.clone(), column.column.borrow().type_.clone()));
            if let Some(default) = column.default.borrow().clone() {
                reference.defaults.insert(name.clone(), default);
            }
            if let Some(onupdate) = column.onupdate.borrow().clone() {
                reference.onupdates.insert(name, onupdate);
            }
        }
        if !self.is_light {
            let table = self.plain();
            reference.primary_key = primary_key(&table);
            reference.autoincrement = autoincrement_column(&table, &reference.primary_key);
        }
        reference
    }

    /// The table as a source of a query.
    pub(crate) fn as_from_clause(&self) -> FromClause {
        FromClause::Table(self.table_ref())
    }

    /// As a schema's table, unread arguments of columns left out.
    fn plain(&self) -> Table {
        let columns = self
            .columns
            .borrow()
            .iter()
            .map(|column| column.column.borrow().clone())
            .collect();
        self.with_columns(columns)
    }

    fn with_columns(&self, columns: Vec<Column>) -> Table {
        let mut table = Table::new(self.name.clone());
        table.columns = columns;
        table.constraints = self.constraints.borrow().clone();
        table.indexes = self.indexes.borrow().clone();
        table.comment.clone_from(&self.comment);
        table.prefixes.clone_from(&self.prefixes);
        table.options.clone_from(&self.options);
        resolve_keys(&mut table);
        table
    }

    /// As a schema's table.
    pub(crate) fn schema_table(&self, ev: &mut Interp<'_>) -> R<Table> {
        let mut columns = Vec::new();
        for column in self.columns.borrow().clone() {
            columns.push(column.schema_column(ev)?);
        }
        Ok(self.with_columns(columns))
    }
}

/// Constraints and indexes name columns by key; the database knows their names.
fn resolve_keys(table: &mut Table) {
    let names: IndexMap<String, Name> = table
        .columns
        .iter()
        .map(|column| {
            let key = column
                .key
                .clone()
                .unwrap_or_else(|| column.name.text.clone());
            (key, column.name.clone())
        })
        .collect();
    let resolve = |list: &mut Vec<Name>| {
        for name in list {
            if let Some(found) = names.get(&name.text) {
                *name = found.clone();
            }
        }
    };
    for constraint in &mut table.constraints {
        match &mut constraint.body {
            ConstraintBody::PrimaryKey(it) => resolve(&mut it.columns),
            ConstraintBody::Unique(it) => resolve(&mut it.columns),
            ConstraintBody::ForeignKey(it) => resolve(&mut it.columns),
            ConstraintBody::Check(_) | ConstraintBody::Exclude(_) => {}
        }
    }
    for index in &mut table.indexes {
        for element in &mut index.elements {
            if let IndexElement::Column(name) = element
                && let Some(found) = names.get(&name.text)
            {
                *name = found.clone();
            }
        }
    }
}

/// The columns of the primary key.
fn primary_key(table: &Table) -> Vec<Name> {
    let explicit = table
        .constraints
        .iter()
        .find_map(|constraint| match &constraint.body {
            ConstraintBody::PrimaryKey(key) if !key.columns.is_empty() => Some(key.columns.clone()),
            _ => None,
        });
    explicit.unwrap_or_else(|| {
        table
            .columns
            .iter()
            .filter(|column| column.primary_key)
            .map(|column| column.name.clone())
            .collect()
    })
}

/// SQLAlchemy's `_autoincrement_column`.
fn autoincrement_column(table: &Table, key: &[Name]) -> Option<Name> {
    let columns: Vec<&Column> = key
        .iter()
        .filter_map(|name| table.column(&name.text))
        .collect();
    if let Some(column) = columns
        .iter()
        .find(|column| column.autoincrement == Autoincrement::True)
    {
        return Some(column.name.clone());
    }
    let [column] = columns.as_slice() else {
        return None;
    };
    let in_constraint = table
        .constraints
        .iter()
        .any(|constraint| match &constraint.body {
            ConstraintBody::ForeignKey(foreign) => foreign
                .columns
                .iter()
                .any(|name| name.text == column.name.text),
            _ => false,
        });
    let has_foreign_key = !column.foreign_keys.is_empty() || in_constraint;
    let fits = match column.autoincrement {
        Autoincrement::Auto => !has_foreign_key,
        Autoincrement::IgnoreFk => true,
        Autoincrement::True | Autoincrement::False => false,
    };
    let is_integer = affinity(column.type_.as_ref()) == Affinity::Integer;
    let has_default = column.has_python_default
        || matches!(
            column.server_default,
            Some(
                limbeck_schema::ServerDefault::Text(_)
                    | limbeck_schema::ServerDefault::Expr(_)
                    | limbeck_schema::ServerDefault::Computed(_)
                    | limbeck_schema::ServerDefault::Fetched
            )
        );
    (fits && is_integer && !has_default).then(|| column.name.clone())
}

/// A table takes no column without a name.
pub(crate) fn blank_name(ev: &mut Interp<'_>) -> Flow {
    crate::alchemy::types::construct::argument_error(
        ev,
        "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.",
    )
}

/// A table's name from its arguments.
pub(crate) fn table_name(ev: &mut Interp<'_>, name: &Value, schema: &Value) -> R<TableName> {
    let name = convert::name(ev, name, "the name of a table")?;
    if name.text.is_empty() {
        return Err(ev.unreadable("the name of a table is empty"));
    }
    let schema = convert::opt_name(ev, schema, "`schema`")?;
    Ok(TableName::in_schema(schema, name))
}

/// Adds columns, constraints and indexes to a table.
pub(crate) fn add_items(ev: &mut Interp<'_>, table: &Rc<TableObj>, items: &[Value]) -> R<()> {
    let no_doubles =
        |ev: &mut Interp<'_>, column: &Rc<ColumnObj>| refuse_second_column(ev, table, column);
    add_checked(ev, table, items, no_doubles)
}

/// True for what a table has: a column, a constraint, an index.
pub(crate) fn is_item(item: &Value) -> bool {
    item.downcast_ref::<ColumnObj>()
        .is_some_and(|it| !it.is_light)
        || item.downcast_ref::<ConstraintObj>().is_some()
        || item.downcast_ref::<IndexObj>().is_some()
}

/// Adds items; a column takes the place of an older one of its name.
fn replace_items(ev: &mut Interp<'_>, table: &Rc<TableObj>, items: &[Value]) -> R<()> {
    add_checked(ev, table, items, |_, _| Ok(()))
}

fn add_checked(
    ev: &mut Interp<'_>,
    table: &Rc<TableObj>,
    items: &[Value],
    check: impl Fn(&mut Interp<'_>, &Rc<ColumnObj>) -> R<()>,
) -> R<()> {
    for item in items {
        if item.is_none() {
            continue;
        }
        ev.need_known(item, &format!("an argument of the table `{}`", table.name))?;
        if let Some(column) = item
            .downcast::<ColumnObj>()
            .filter(|it| !it.is_light || table.is_light)
        {
            if column.column.borrow().name.text.is_empty() {
                return Err(blank_name(ev));
            }
            check(ev, &column)?;
            let (name, type_) = {
                let column = column.column.borrow();
                (column.name.clone(), column.type_.clone())
            };
            let implied = crate::alchemy::types::processed::implied_index(
                ev,
                &table.name,
                &name,
                type_.as_ref(),
            )?;
            table.indexes.borrow_mut().extend(implied);
            let in_another = column
                .table
                .borrow()
                .upgrade()
                .is_some_and(|other| !Rc::ptr_eq(&other, table));
            if in_another {
                // `op.create_table` copies, `Table` refuses; a copy is what is meant in both.
                table.add_column(Rc::new(column.detached()));
            } else {
                table.add_column(column);
            }
        } else if let Some(constraint) = item.downcast::<ConstraintObj>() {
            if constraint.kind == ItemKind::ForeignKey {
                return Err(crate::alchemy::types::construct::argument_error(
                    ev,
                    "This ForeignKey already has a parent !",
                ));
            }
            table.attach(item);
        } else if item.downcast_ref::<IndexObj>().is_some() {
            table.attach(item);
        } else {
            let found = ev.type_name(item);
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                &format!(
                    "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got an object of type '{found}'"
                ),
            ));
        }
    }
    Ok(())
}

/// A table has no two columns of one name or key.
fn refuse_second_column(ev: &mut Interp<'_>, table: &TableObj, column: &Rc<ColumnObj>) -> R<()> {
    let (key, name) = (column.key(), column.column.borrow().name.text.clone());
    let others = table.columns.borrow().clone();
    let mut others = others.iter().filter(|other| !Rc::ptr_eq(other, column));
    let what = others.find_map(|other| {
        if other.key() == key && key != name {
            Some(("key", &key))
        } else if other.key() == key || other.column.borrow().name.text == name {
            Some(("name", &name))
        } else {
            None
        }
    });
    let Some((what, text)) = what else {
        return Ok(());
    };
    let class = alchemy(ev).class("DuplicateColumnError");
    let table = &table.name.name.text;
    let message = format!("A column with {what} '{text}' is already present in table '{table}'.");
    Err(ev.raise_class(&class, vec![Value::from(message)]))
}

/// Constraints and indexes are made of columns of their table.
pub(crate) fn check_columns(ev: &mut Interp<'_>, table: &TableObj) -> R<()> {
    let has = |name: &Name| {
        let columns = table.columns.borrow();
        columns.iter().any(|column| {
            column.key() == name.text || column.column.borrow().name.text == name.text
        })
    };
    let missing = table.constraints.borrow().iter().find_map(|constraint| {
        let (kind, columns) = match &constraint.body {
            ConstraintBody::PrimaryKey(it) => ("PrimaryKeyConstraint", &it.columns),
            ConstraintBody::Unique(it) => ("UniqueConstraint", &it.columns),
            ConstraintBody::ForeignKey(it) => ("ForeignKeyConstraint", &it.columns),
            ConstraintBody::Check(_) | ConstraintBody::Exclude(_) => return None,
        };
        let name = columns.iter().find(|name| !has(name))?;
        Some((kind, name.text.clone()))
    });
    // Whether such a column was given by its name, which SQLAlchemy looks up, or as `column()`, is not known here.
    let excluded = table.constraints.borrow().iter().find_map(|constraint| {
        let ConstraintBody::Exclude(body) = &constraint.body else {
            return None;
        };
        body.elements
            .iter()
            .find_map(|element| match &element.expr {
                limbeck_schema::Expr::Column(column) if !has(&column.name) => {
                    Some(column.name.text.clone())
                }
                _ => None,
            })
    });
    if let Some(column) = excluded {
        return Err(ev.unreadable(format!(
            "the EXCLUDE constraint of the table `{}` has the column `{column}`, which the table does not have",
            table.name
        )));
    }
    let missing = missing.or_else(|| {
        let indexes = table.indexes.borrow();
        let mut elements = indexes.iter().flat_map(|index| &index.elements);
        elements.find_map(|element| match element {
            IndexElement::Column(name) if !has(name) => Some(("Index", name.text.clone())),
            IndexElement::Column(_) | IndexElement::Expr(_) => None,
        })
    });
    let Some((kind, column)) = missing else {
        return Ok(());
    };
    let class = alchemy(ev).class("ConstraintColumnNotFoundError");
    let table = &table.name.name.text;
    let message =
        format!("Can't create {kind} on table '{table}': no column named '{column}' is present.");
    Err(ev.raise_class(&class, vec![Value::from(message)]))
}

/// The settings of a table besides its items.
pub(crate) fn configured(
    ev: &mut Interp<'_>,
    name: TableName,
    args: &mut crate::args::Bindings,
) -> R<TableObj> {
    let mut table = TableObj::empty(name, false);
    if let Some(info) = args.take("info").filter(|it| !it.is_none()) {
        table.info = info;
    }
    let comment = args.take_or_none("comment");
    table.comment = convert::opt_text(ev, &comment, "`comment` of a table")?;
    let prefixes = args.take_or_none("prefixes");
    if !prefixes.is_none() {
        table.prefixes = convert::texts(ev, &prefixes, "`prefixes`")?;
    }
    table.options = convert::options(ev, &args.extra, "Table")?;
    Ok(table)
}

/// `Table(name, metadata, *items, …)`
pub(crate) fn construct(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        let metadata = args.values().find_map(|it| it.downcast::<MetaDataObj>());
        if let (Value::Unknown(why), Some(metadata)) = (&unknown, metadata) {
            let what = match args.get(0).and_then(Value::as_str) {
                Some(name) => format!("an argument of the table `{name}`"),
                None => "an argument of a table".to_owned(),
            };
            crate::models::tables::note(&metadata, why.error(&what, ev.location()));
        }
        return Ok(unknown);
    }
    const SIGNATURE: &str = "name,metadata,*args,schema=,quote=,quote_schema=,autoload_with=,autoload_replace=,\
        keep_existing=,extend_existing=,resolve_fks=,include_columns=,implicit_returning=,comment=,info=,listeners=,\
        prefixes=,sqlite_autoincrement=,autoload=,must_exist=,_no_init=,_extend_on=,**dialect_kw";
    let mut args = args.bind(ev, "Table.__new__", SIGNATURE)?;
    let autoload = args.get("autoload_with").is_some() || args.get("autoload").is_some();
    if let Some(value) = args.take("sqlite_autoincrement") {
        args.extra.push(("sqlite_autoincrement".into(), value));
    }
    let metadata = args.take_or_none("metadata");
    let Some(metadata) = metadata.downcast::<MetaDataObj>() else {
        return Err(ev.unreadable("the second argument of Table should be a MetaData"));
    };
    let name = args.take_or_none("name");
    let schema = args.take_or_none("schema");
    let mut name = table_name(ev, &name, &schema)?;
    if name.schema.is_none() {
        name.schema.clone_from(&metadata.schema.borrow());
    }
    let quote = args.take_or_none("quote");
    if let Some(quote) = convert::opt_flag(ev, &quote, "`quote`")? {
        name.name.quote = Some(quote);
    }
    let items = std::mem::take(&mut args.rest);
    let key = name.to_string();
    let found = metadata.tables.borrow().get(&key).cloned();
    if let Some(table) = found {
        let extend = args.take_or_none("extend_existing");
        let keep = args.take_or_none("keep_existing");
        let keep = convert::flag(ev, &keep, "`keep_existing`")?;
        let extend = convert::flag(ev, &extend, "`extend_existing`")?;
        if !items.is_empty() && !extend && !keep {
            let class = alchemy(ev).class("InvalidRequestError");
            let text = format!(
                "Table '{key}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to \
                 redefine options and columns on an existing Table object."
            );
            return Err(ev.raise_class(&class, vec![Value::from(text)]));
        }
        if extend {
            replace_items(ev, &table, &items)?;
        }
        return Ok(Value::Object(table));
    }
    if metadata.is_unseen.get() {
        let why = "the table may come from `MetaData.reflect()`";
        return Err(crate::alchemy::op::emit::no_database(ev, why));
    }
    if autoload {
        if args
            .get("include_columns")
            .is_some_and(|given| !given.is_none())
        {
            return Err(ev.unreadable("`include_columns` of a reflected table is not modelled"));
        }
        let table = match reflected(ev, &name) {
            Err(flow @ Flow::Fatal(_)) => {
                metadata.lacks_tables.set(true);
                return Err(flow);
            }
            other => other?,
        };
        table.belongs_to(&metadata);
        replace_items(ev, &table, &items)?;
        metadata.tables.borrow_mut().insert(key, Rc::clone(&table));
        return Ok(Value::Object(table));
    }
    let table = Rc::new(configured(ev, name, &mut args)?);
    table.belongs_to(&metadata);
    add_items(ev, &table, &items)?;
    check_columns(ev, &table)?;
    metadata.tables.borrow_mut().insert(key, Rc::clone(&table));
    Ok(Value::Object(table))
}

/// A table as the database has it.
fn reflected(ev: &mut Interp<'_>, name: &TableName) -> R<Rc<TableObj>> {
    let schema = name.schema.as_ref().map(|schema| schema.text.clone());
    let look = Look {
        schema: schema.as_deref(),
        table: Some(&name.name.text),
        ..Look::default()
    };
    let found = match ev.host().inspect(&look) {
        Ok(found) => found,
        Err(error) => return Err(failed(ev, error)),
    };
    let Some(found) = found else {
        let why = "`Table(autoload_with=…)` reads the table from the database";
        return Err(crate::alchemy::op::emit::no_database(ev, why));
    };
    if found.views.contains(&name.name.text) || found.materialized_views.contains(&name.name.text) {
        return Err(ev.unreadable("the reflection of a view is not modelled"));
    }
    match found
        .schema
        .tables
        .iter()
        .find(|table| table.name.name.text == name.name.text)
    {
        Some(table) => Ok(of_schema(name.clone(), table)),
        None => {
            let class = alchemy(ev).class("NoSuchTableError");
            Err(ev.raise_class(&class, vec![Value::from(name.name.text.as_str())]))
        }
    }
}

/// A table from what an inspection found.
pub(crate) fn of_schema(name: TableName, found: &Table) -> Rc<TableObj> {
    let mut table = TableObj::empty(name, false);
    table.comment.clone_from(&found.comment);
    table.options.clone_from(&found.options);
    *table.constraints.borrow_mut() = found.constraints.clone();
    *table.indexes.borrow_mut() = found.indexes.clone();
    let table = Rc::new(table);
    for column in &found.columns {
        table.add_column(Rc::new(ColumnObj::of(column.clone())));
    }
    table
}

/// `table(name, *columns, schema=…)`
pub(crate) fn table_clause(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "TableClause.__init__", "name,*columns,schema=")?;
    let name = args.take_or_none("name");
    let schema = args.take_or_none("schema");
    let table = Rc::new(TableObj::empty(table_name(ev, &name, &schema)?, true));
    for column in std::mem::take(&mut args.rest) {
        match column.downcast::<ColumnObj>() {
            Some(column) => {
                let column = if column.table.borrow().upgrade().is_some() {
                    Rc::new(column.detached())
                } else {
                    column
                };
                table.add_column(column);
            }
            None => return Err(ev.unreadable("an argument of `table()` is no column")),
        }
    }
    Ok(Value::Object(table))
}

/// The columns of a table as `table.c`.
pub(crate) struct ColumnsObj {
    pub(crate) from: FromRef,
}

impl ColumnsObj {
    fn find(&self, key: &str) -> Option<Value> {
        match &self.from {
            FromRef::Table(table) => table
                .column(key)
                .map(|column| Value::Object(column as Rc<dyn NativeObject>)),
            FromRef::Derived(derived) => derived.column(&self.from, key),
        }
    }

    fn all(&self) -> Vec<Value> {
        match &self.from {
            FromRef::Table(table) => table
                .columns
                .borrow()
                .iter()
                .map(|column| Value::Object(Rc::clone(column) as Rc<dyn NativeObject>))
                .collect(),
            FromRef::Derived(derived) => derived.all_columns(&self.from),
        }
    }

    fn keys(&self) -> Vec<String> {
        match &self.from {
            FromRef::Table(table) => table
                .columns
                .borrow()
                .iter()
                .map(|column| column.key())
                .collect(),
            FromRef::Derived(derived) => derived
                .columns
                .iter()
                .map(|(name, _)| name.text.clone())
                .collect(),
        }
    }
}

impl NativeObject for ColumnsObj {
    fn type_name(&self) -> String {
        "ReadOnlyColumnCollection".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["keys", "values", "items", "get"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "keys" => Value::list(self.keys().into_iter().map(Value::from).collect()),
            "values" => Value::list(self.all()),
            "items" => {
                let keys = self.keys().into_iter().map(Value::from);
                Value::list(
                    keys.zip(self.all())
                        .map(|(key, column)| Value::tuple(vec![key, column]))
                        .collect(),
                )
            }
            _ => {
                let mut args = args.bind(ev, "get", "key,default=")?;
                let key = args.take_or_none("key");
                let key = convert::text(ev, &key, "the key of a column")?;
                self.find(&key)
                    .unwrap_or_else(|| args.take_or_none("default"))
            }
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if let Some(column) = self.find(name) {
            return Ok(Some(column));
        }
        if NativeObject::methods(&*self).contains(&name) {
            return Ok(None);
        }
        Err(ev.raise("AttributeError", name))
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        if let Some(index) = key.as_i64().filter(|_| key.as_str().is_none()) {
            let all = self.all();
            let at = if index < 0 {
                index + all.len() as i64
            } else {
                index
            };
            return match usize::try_from(at).ok().and_then(|at| all.get(at).cloned()) {
                Some(column) => Ok(Some(column)),
                None => Err(ev.raise("IndexError", "list index out of range")),
            };
        }
        let key = convert::text(ev, key, "the key of a column")?;
        match self.find(&key) {
            Some(column) => Ok(Some(column)),
            None => Err(ev.raise("KeyError", key.to_string())),
        }
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(Some(self.all()))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.all().len()))
    }

    fn contains(self: Rc<Self>, ev: &mut Interp<'_>, item: &Value) -> R<Option<bool>> {
        let key = convert::text(ev, item, "the key of a column")?;
        Ok(Some(self.find(&key).is_some()))
    }
}

impl NativeObject for TableObj {
    fn type_name(&self) -> String {
        if self.is_light {
            "TableClause"
        } else {
            "Table"
        }
        .to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class(if self.is_light {
            "TableClause"
        } else {
            "Table"
        }))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "insert",
            "update",
            "delete",
            "select",
            "alias",
            "join",
            "outerjoin",
            "create",
            "drop",
            "append_column",
            "append_constraint",
            "exists",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        crate::alchemy::schema::table_methods::call(ev, &self, name, args).map(Some)
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(Some(match name {
            "c" | "columns" => Value::object(ColumnsObj {
                from: FromRef::Table(self),
            }),
            "name" => convert::name_value(ev, &self.name.name),
            "key" | "fullname" => Value::from(self.name.to_string()),
            "schema" => match &self.name.schema {
                Some(schema) => convert::name_value(ev, schema),
                None => Value::None,
            },
            "comment" => Value::from(self.comment.clone()),
            "info" => self.info.clone(),
            "foreign_keys" => return self.foreign_keys(ev).map(Some),
            // What models do with them is asked where their statements are given up.
            "primary_key" if !self.is_light && ev.is_running() => {
                return crate::alchemy::schema::parts::primary_key(ev, &self).map(Some);
            }
            "constraints" if !self.is_light && ev.is_running() => {
                return crate::alchemy::schema::parts::constraints(ev, &self).map(Some);
            }
            "indexes" if !self.is_light && ev.is_running() => {
                return crate::alchemy::schema::parts::indexes(ev, &self).map(Some);
            }
            _ => return Ok(None),
        }))
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable("`repr()` of a table is not modelled"))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.name.to_string())
    }

    fn truth(&self, ev: &mut Interp<'_>) -> R<bool> {
        Err(ev.raise("TypeError", "Boolean value of this clause is not defined"))
    }
}
