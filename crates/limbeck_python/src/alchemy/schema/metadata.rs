//! `MetaData(…)`

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_diag::Error;
use limbeck_schema::{ConstraintBody, Name, NamingConvention, TableName};

use crate::alchemy::convert;
use crate::alchemy::live::failure::failed;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::Look;
use crate::value::{Class, Dict, NativeObject, Value};

/// Marks a type that was given `metadata=`.
pub(crate) const ENUM_OF_METADATA: &str = "metadata";

/// `MetaData(…)`
pub(crate) struct MetaDataObj {
    pub(crate) schema: RefCell<Option<Name>>,
    pub(crate) convention: RefCell<NamingConvention>,
    /// Why the convention is not known, where it is not.
    pub(crate) unknown_convention: RefCell<Option<Value>>,
    pub(crate) tables: RefCell<IndexMap<String, Rc<TableObj>>>,
    /// True after a reflection whose answer is not there, in a script that is probed before it runs.
    pub(crate) is_unseen: Cell<bool>,
    /// True after the reflection of a single table whose answer is not there.
    pub(crate) lacks_tables: Cell<bool>,
    /// An attribute that SQLAlchemy 2 has no meaning for: scripts of its time before still set it.
    bind: RefCell<Option<Value>>,
    /// Tables and parts of them that could not be read (see `models`).
    pub(crate) faults: RefCell<Vec<Error>>,
}

impl MetaDataObj {
    /// Without tables and with SQLAlchemy's own convention.
    pub(crate) fn empty() -> MetaDataObj {
        MetaDataObj {
            schema: RefCell::new(None),
            convention: RefCell::new(NamingConvention::default()),
            unknown_convention: RefCell::new(None),
            tables: RefCell::new(IndexMap::new()),
            is_unseen: Cell::new(false),
            lacks_tables: Cell::new(false),
            bind: RefCell::new(None),
            faults: RefCell::default(),
        }
    }
}

impl MetaDataObj {
    /// Reads the tables that the database has.
    fn reflect(&self, ev: &mut Interp<'_>, args: Args) -> R<()> {
        const SIGNATURE: &str = "bind,schema=,views=,only=,extend_existing=,autoload_replace=,\
            resolve_fks=,**dialect_kwargs";
        let mut args = args.bind(ev, "MetaData.reflect", SIGNATURE)?;
        let schema = args.take_or_none("schema");
        let mut schema = convert::opt_name(ev, &schema, "`schema`")?;
        if schema.is_none() {
            schema.clone_from(&self.schema.borrow());
        }
        let views = args.take_or_none("views");
        if convert::flag(ev, &views, "`views`")? {
            return Err(ev.unreadable("the reflection of views is not modelled"));
        }
        let only = args.take_or_none("only");
        let only = match only {
            Value::None => None,
            Value::List(_) | Value::Tuple(_) => Some(convert::texts(ev, &only, "`only`")?),
            _ => return Err(ev.unreadable("`only` of `MetaData.reflect()` is no list")),
        };
        let of = schema.as_ref().map(|schema| schema.text.clone());
        let look = Look {
            schema: of.as_deref(),
            ..Look::default()
        };
        let found = match ev.host().inspect(&look) {
            Ok(found) => found,
            Err(error) => return Err(failed(ev, error)),
        };
        let Some(found) = found else {
            self.is_unseen.set(true);
            let why = "`MetaData.reflect()` reads the database";
            return Err(crate::alchemy::op::emit::no_database(ev, why));
        };
        let resolve = args.take_or_none("resolve_fks");
        let resolves = resolve.is_none() || convert::flag(ev, &resolve, "`resolve_fks`")?;
        let mut wanted: Vec<String> = match only {
            Some(only) => only,
            None => {
                let tables = found.schema.tables.iter();
                tables.map(|it| it.name.name.text.clone()).collect()
            }
        };
        let mut at = 0;
        while let Some(wanted_name) = wanted.get(at).cloned() {
            at += 1;
            let mut tables = found.schema.tables.iter();
            let Some(table) = tables.find(|it| it.name.name.text == wanted_name) else {
                let class = alchemy(ev).class("InvalidRequestError");
                let text = ev.unknown("the text of this exception is not modelled");
                return Err(ev.raise_class(&class, vec![text]));
            };
            // What foreign keys refer to is reflected, too.
            for constraint in table.constraints.iter().filter(|_| resolves) {
                if let ConstraintBody::ForeignKey(key) = &constraint.body
                    && key.referred_table.schema.is_none()
                    && !wanted.contains(&key.referred_table.name.text)
                {
                    wanted.push(key.referred_table.name.text.clone());
                }
            }
            let name = TableName::in_schema(schema.clone(), table.name.name.clone());
            let key = name.to_string();
            if !self.tables.borrow().contains_key(&key) {
                let table = crate::alchemy::schema::table::of_schema(name, table);
                self.tables.borrow_mut().insert(key, table);
            }
        }
        Ok(())
    }
}

/// The `schema` of a metadata.
pub(crate) fn schema_of(metadata: &Value) -> Option<Name> {
    metadata
        .downcast::<MetaDataObj>()
        .and_then(|metadata| metadata.schema.borrow().clone())
}

/// Reads a naming convention.
pub(crate) fn convention(ev: &mut Interp<'_>, value: &Value) -> R<NamingConvention> {
    let mut convention = NamingConvention::default();
    ev.need_known(value, "`naming_convention`")?;
    if value.is_none() {
        return Ok(convention);
    }
    let mut templates = IndexMap::new();
    let mut own = Vec::new();
    for (key, template) in convert::pairs(ev, value, "`naming_convention`")? {
        let key = match &key {
            Value::Class(class) => match &*class.name {
                "Index" => "ix".to_owned(),
                "UniqueConstraint" => "uq".to_owned(),
                "CheckConstraint" => "ck".to_owned(),
                "ForeignKeyConstraint" => "fk".to_owned(),
                "PrimaryKeyConstraint" => "pk".to_owned(),
                name => {
                    return Err(ev.unreadable(format!("`{name}` is no key of a naming convention")));
                }
            },
            _ => convert::text(ev, &key, "a key of `naming_convention`")?.to_string(),
        };
        match template.as_str() {
            Some(text) => {
                templates.insert(key, text.to_string());
            }
            None => own.push(key),
        }
    }
    for key in own {
        let token = format!("%({key})s");
        if templates
            .values()
            .any(|template: &String| template.contains(&token))
        {
            return Err(ev.unreadable(format!(
                "the naming convention makes `{key}` by a function of its own"
            )));
        }
    }
    // Giving a convention replaces SQLAlchemy's own, which names indexes.
    if !templates.is_empty() {
        convention.templates = templates;
    }
    Ok(convention)
}

/// `MetaData(schema=…, naming_convention=…)`
pub(crate) fn construct(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "MetaData.__init__",
        "schema=,quote_schema=,naming_convention=,info=",
    )?;
    let metadata = MetaDataObj::empty();
    let schema = args.take_or_none("schema");
    if schema.is_unknown() {
        return Ok(schema);
    }
    *metadata.schema.borrow_mut() = convert::opt_name(ev, &schema, "`schema` of MetaData")?;
    let value = args.take_or_none("naming_convention");
    if value.is_unknown() {
        *metadata.unknown_convention.borrow_mut() = Some(value);
    } else {
        *metadata.convention.borrow_mut() = convention(ev, &value)?;
    }
    Ok(Value::object(metadata))
}

impl NativeObject for MetaDataObj {
    fn type_name(&self) -> String {
        "MetaData".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("MetaData")
    }

    fn methods(&self) -> &'static [&'static str] {
        &["create_all", "drop_all", "reflect", "clear"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match name {
            "clear" => {
                self.tables.borrow_mut().clear();
                Ok(Some(Value::None))
            }
            "reflect" => {
                self.reflect(ev, args)?;
                Ok(Some(Value::None))
            }
            // While a module is read nothing is connected to.
            "create_all" | "drop_all" if !ev.is_running() => Ok(Some(Value::None)),
            "create_all" | "drop_all" => {
                let mut args = args.bind(ev, name, "bind,tables=,checkfirst=")?;
                let bind = args.take_or_none("bind");
                ev.need_known(&bind, "the connection")?;
                if !crate::alchemy::live::bind::is_connection(&bind) {
                    return Err(ev.unreadable(format!("`{name}()` on another connection")));
                }
                if let Some(fault) = self.faults.borrow().first() {
                    return Err(crate::flow::Flow::fatal(fault.clone()));
                }
                let looks = match args.take("checkfirst") {
                    Some(value) => convert::flag(ev, &value, "`checkfirst`")?,
                    None => true,
                };
                let tables = match args.take_or_none("tables") {
                    Value::None => self.tables.borrow().values().cloned().collect(),
                    given => {
                        let mut tables = Vec::new();
                        for item in convert::items(ev, &given, "`tables`")? {
                            match item.downcast::<TableObj>() {
                                Some(table) => tables.push(table),
                                None => {
                                    return Err(ev.unreadable("an item of `tables` is no Table"));
                                }
                            }
                        }
                        tables
                    }
                };
                let all: Vec<_> = self.tables.borrow().values().cloned().collect();
                crate::alchemy::schema::table_methods::take_over_types(&all);
                let creates = name == "create_all";
                crate::alchemy::schema::table_methods::create_or_drop_all(
                    ev, tables, creates, looks,
                )?;
                Ok(Some(Value::None))
            }
            _ => Err(ev.unreadable(format!("`MetaData.{name}()` is not modelled"))),
        }
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "bind" => self.bind.borrow().clone(),
            "tables" if self.is_unseen.get() || self.lacks_tables.get() => {
                let why = "the tables come from the database";
                return Err(crate::alchemy::op::emit::no_database(ev, why));
            }
            "tables" => {
                let mut dict = Dict::new();
                for (key, table) in self.tables.borrow().iter() {
                    dict.insert_str(
                        key.as_str(),
                        Value::Object(Rc::clone(table) as Rc<dyn NativeObject>),
                    );
                }
                Some(Value::dict(dict))
            }
            "schema" => {
                let schema = self.schema.borrow().clone();
                Some(schema.map_or(Value::None, |name| convert::name_value(ev, &name)))
            }
            _ => None,
        })
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str, value: Value) -> R<bool> {
        match name {
            "naming_convention" => {
                if value.is_unknown() {
                    *self.unknown_convention.borrow_mut() = Some(value);
                } else {
                    *self.convention.borrow_mut() = convention(ev, &value)?;
                }
                Ok(true)
            }
            "schema" => {
                *self.schema.borrow_mut() = convert::opt_name(ev, &value, "`schema` of MetaData")?;
                Ok(true)
            }
            "bind" => {
                *self.bind.borrow_mut() = Some(value);
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
