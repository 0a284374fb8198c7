//! `server_default` and what stands for it: `Computed`, `Identity`, `FetchedValue`, `Sequence`.

use std::rc::Rc;

use limbeck_schema::{
    ColumnType, Computed, Expr, Identity, Sequence, ServerDefault, TableName, TypeClass,
};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::sql::clause::{Clause, as_clause};
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// A `FetchedValue` or one of its subclasses.
pub(crate) struct DefaultObj {
    pub(crate) default: ServerDefault,
}

impl NativeObject for DefaultObj {
    fn type_name(&self) -> String {
        match &self.default {
            ServerDefault::Text(_) | ServerDefault::Expr(_) => "DefaultClause",
            ServerDefault::Computed(_) => "Computed",
            ServerDefault::Identity(_) => "Identity",
            ServerDefault::Fetched => "FetchedValue",
        }
        .to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class(&self.type_name())
    }
}

/// `Sequence(…)`
pub(crate) struct SequenceObj {
    pub(crate) sequence: Sequence,
}

impl SequenceObj {
    /// `sequence.next_value()`
    pub(crate) fn next_value(&self) -> Clause {
        Clause::new(
            Expr::NextValue(self.sequence.name.clone()),
            Some(ColumnType::new(TypeClass::Integer)),
        )
    }
}

impl NativeObject for SequenceObj {
    fn type_name(&self) -> String {
        "Sequence".to_owned()
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Ok(format!(
            "Sequence({})",
            ev.to_repr(&Value::from(self.sequence.name.name.text.as_str()))?
        ))
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("Sequence")
    }

    fn methods(&self) -> &'static [&'static str] {
        &["next_value", "create", "drop"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if name == "next_value" {
            return Ok(Some(self.next_value().value()));
        }
        let mut args = args.bind(ev, &format!("Sequence.{name}"), "bind,checkfirst=")?;
        let if_clause = match args.take("checkfirst") {
            Some(value) => convert::flag(ev, &value, "`checkfirst`")?,
            None => true,
        };
        // MySQL and SQLite have no sequences, PostgreSQL does without those that may be left out.
        let dialect = ev.host().dialect_name().to_owned();
        let has_none = matches!(dialect.as_str(), "mysql" | "sqlite");
        if has_none || dialect == "postgresql" && self.sequence.optional {
            return Ok(Some(Value::None));
        }
        // Where SQLAlchemy looks first, the statement itself can; the connection of `--sql` never looks.
        let if_clause = if_clause && !ev.host().is_offline();
        let op = Box::new(limbeck_schema::SequenceOp {
            sequence: self.sequence.clone(),
            if_clause,
        });
        crate::alchemy::op::emit::emit(
            ev,
            match name {
                "create" => limbeck_schema::Op::CreateSequence(op),
                _ => limbeck_schema::Op::DropSequence(op),
            },
        )?;
        Ok(Some(Value::None))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "name" => Some(convert::name_value(ev, &self.sequence.name.name)),
            _ => None,
        })
    }
}

/// What `server_default=` was given; nothing for `None`.
pub(crate) fn server_default(
    ev: &mut Interp<'_>,
    value: &Value,
    what: &str,
) -> R<Option<ServerDefault>> {
    ev.need_known(value, what)?;
    if value.is_none() {
        return Ok(None);
    }
    if let Some(object) = value.downcast::<DefaultObj>() {
        return Ok(Some(object.default.clone()));
    }
    // A sequence is taken for an expression elsewhere.
    let is_sequence = value.downcast_ref::<SequenceObj>().is_some();
    if !is_sequence && let Some(clause) = as_clause(ev, value)? {
        return Ok(Some(ServerDefault::Expr(clause.expr)));
    }
    if let Some(text) = value.as_str() {
        return Ok(Some(ServerDefault::Text(text.to_string())));
    }
    if matches!(value, Value::Opaque(_)) {
        return Err(ev.unreadable(format!("{what} is not modelled")));
    }
    let found = ev.to_repr(value)?;
    Err(crate::alchemy::types::construct::argument_error(
        ev,
        &format!(
            "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class \
             'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got '{found}'"
        ),
    ))
}

/// What the database sets in an UPDATE, and is no default.
pub(crate) const FOR_UPDATE: &str = "FetchedValue(for_update=True)";

pub(crate) fn fetched(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(ev, "FetchedValue.__init__", "for_update=")?;
    let for_update = args.take_or_none("for_update");
    if convert::flag(ev, &for_update, "`for_update`")? {
        return Ok(Value::opaque(FOR_UPDATE));
    }
    Ok(Value::object(DefaultObj {
        default: ServerDefault::Fetched,
    }))
}

pub(crate) fn default_clause(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "DefaultClause.__init__", "arg,for_update=,_reflected=")?;
    let arg = args.take_or_none("arg");
    let for_update = args.take_or_none("for_update");
    if convert::flag(ev, &for_update, "`for_update`")? {
        return Ok(Value::opaque(FOR_UPDATE));
    }
    match server_default(ev, &arg, "the default")? {
        Some(default) => Ok(Value::object(DefaultObj { default })),
        None => Err(crate::alchemy::types::construct::argument_error(
            ev,
            "Argument 'arg' is expected, got 'None'",
        )),
    }
}

/// SQL given as a string or an expression.
pub(crate) fn sql_text(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Expr> {
    if let Some(clause) = as_clause(ev, value)? {
        return Ok(clause.expr);
    }
    // As everywhere in SQLAlchemy where an expression is wanted.
    match value {
        Value::None => return Ok(Expr::Null),
        Value::Bool(true) => return Ok(Expr::True),
        Value::Bool(false) => return Ok(Expr::False),
        _ => {}
    }
    Ok(Expr::text(convert::text(ev, value, what)?.to_string()))
}

pub(crate) fn computed(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "Computed.__init__", "sqltext,persisted=")?;
    let sqltext = args.take_or_none("sqltext");
    let sqltext = sql_text(ev, &sqltext, "the expression of Computed")?;
    let persisted = args.take_or_none("persisted");
    // The compilers ask whether it is `True` or `False`, and no other value is either.
    if !matches!(persisted, Value::None | Value::Bool(_)) {
        ev.need_known(&persisted, "`persisted`")?;
        return Err(ev.unreadable("`persisted` of Computed is neither True nor False"));
    }
    let persisted = convert::opt_flag(ev, &persisted, "`persisted`")?;
    let default = ServerDefault::Computed(Computed { sqltext, persisted });
    Ok(Value::object(DefaultObj { default }))
}

fn sequence_options(ev: &mut Interp<'_>, args: &mut Bindings) -> R<Identity> {
    let mut options = Identity::default();
    for (key, slot) in [
        ("start", &mut options.start),
        ("increment", &mut options.increment),
        ("minvalue", &mut options.minvalue),
        ("maxvalue", &mut options.maxvalue),
        ("cache", &mut options.cache),
    ] {
        let value = args.take_or_none(key);
        *slot = convert::opt_i128(ev, &value, &format!("`{key}`"))?;
    }
    for (key, slot) in [
        ("nominvalue", &mut options.nominvalue),
        ("nomaxvalue", &mut options.nomaxvalue),
    ] {
        let value = args.take_or_none(key);
        *slot = convert::flag(ev, &value, &format!("`{key}`"))?;
    }
    for (key, slot) in [("cycle", &mut options.cycle), ("order", &mut options.order)] {
        let value = args.take_or_none(key);
        *slot = convert::opt_flag(ev, &value, &format!("`{key}`"))?;
    }
    Ok(options)
}

/// What only Oracle knows has had names of its own since SQLAlchemy 2.1.
fn oracle_words(
    ev: &mut Interp<'_>,
    given: &[(Rc<str>, Value)],
    class: &str,
    order: Option<bool>,
    on_null: Option<bool>,
) -> R<()> {
    if !crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1)
        && let Some((key, _)) = given.first()
    {
        return Err(ev.raise(
            "TypeError",
            format!("{class}.__init__() got an unexpected keyword argument '{key}'"),
        ));
    }
    for (old, is_given) in [("order", order.is_some()), ("on_null", on_null.is_some())] {
        let new = format!("oracle_{old}");
        if is_given && given.iter().any(|(key, _)| **key == *new) {
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                &format!("Cannot specify both '{old}' and '{new}'. Please use only '{new}'."),
            ));
        }
    }
    Ok(())
}

pub(crate) fn identity(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    const SIGNATURE: &str = "always=,on_null=,start=,increment=,minvalue=,maxvalue=,nominvalue=,nomaxvalue=,cycle=,\
        cache=,order=,**dialect_kw";
    let mut args = args.bind(ev, "Identity.__init__", SIGNATURE)?;
    let always = args.take_or_none("always");
    let always = convert::flag(ev, &always, "`always`")?;
    let on_null = args.take_or_none("on_null");
    let on_null = convert::opt_flag(ev, &on_null, "`on_null`")?;
    let mut identity = sequence_options(ev, &mut args)?;
    identity.always = always;
    identity.on_null = on_null;
    oracle_words(ev, &args.extra, "Identity", identity.order, on_null)?;
    crate::alchemy::options::validate(ev, &args.extra, "Identity")?;
    for (key, value) in &args.extra {
        match &**key {
            "oracle_order" => identity.order = convert::opt_flag(ev, value, "`oracle_order`")?,
            "oracle_on_null" => {
                identity.on_null = convert::opt_flag(ev, value, "`oracle_on_null`")?
            }
            _ => {}
        }
    }
    Ok(Value::object(DefaultObj {
        default: ServerDefault::Identity(identity),
    }))
}

pub(crate) fn sequence(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    const SIGNATURE: &str = "name,start=,increment=,minvalue=,maxvalue=,nominvalue=,nomaxvalue=,cycle=,schema=,\
        cache=,order=,data_type=,optional=,quote=,metadata=,quote_schema=,for_update=,**dialect_kw";
    let mut args = args.bind(ev, "Sequence.__init__", SIGNATURE)?;
    let name = args.take_or_none("name");
    let mut name = convert::name(ev, &name, "the name of a Sequence")?;
    let quote = args.take_or_none("quote");
    if let Some(quote) = convert::opt_flag(ev, &quote, "`quote`")? {
        name.quote = Some(quote);
    }
    let mut options = sequence_options(ev, &mut args)?;
    let schema = args.take_or_none("schema");
    let metadata = args.take_or_none("metadata");
    let mut schema = convert::opt_name(ev, &schema, "`schema` of a Sequence")?;
    if schema.is_none() {
        schema = crate::alchemy::schema::metadata::schema_of(&metadata);
    }
    let data_type = args.take_or_none("data_type");
    let data_type =
        crate::alchemy::types::object::opt_type(ev, &data_type, "`data_type` of a Sequence")?;
    let optional = args.take_or_none("optional");
    let optional = convert::flag(ev, &optional, "`optional`")?;
    oracle_words(ev, &args.extra, "Sequence", options.order, None)?;
    crate::alchemy::options::validate(ev, &args.extra, "Sequence")?;
    for (key, value) in &args.extra {
        if &**key == "oracle_order" {
            options.order = convert::opt_flag(ev, value, "`oracle_order`")?;
        }
    }
    let name: TableName = TableName::in_schema(schema, name);
    Ok(Value::object(SequenceObj {
        sequence: Sequence {
            name,
            options,
            data_type,
            optional,
        },
    }))
}

/// `ColumnDefault(…)`: a default that Python gives.
pub(crate) struct ColumnDefaultObj {
    pub(crate) arg: Value,
}

impl NativeObject for ColumnDefaultObj {
    fn type_name(&self) -> String {
        "ColumnDefault".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("ColumnDefault")
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok((name == "arg").then(|| self.arg.clone()))
    }
}

/// `ColumnDefault(arg)`
pub(crate) fn column_default(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "ColumnDefault.__new__", "arg,for_update=")?;
    let for_update = args.take_or_none("for_update");
    if convert::flag(ev, &for_update, "`for_update`")? {
        return Err(ev.unreadable("`for_update` of ColumnDefault is not modelled"));
    }
    let arg = args.take_or_none("arg");
    refuse_server_side(ev, &arg)?;
    Ok(Value::object(ColumnDefaultObj { arg }))
}

/// What the database gives is no default of Python's.
pub(crate) fn refuse_server_side(ev: &mut Interp<'_>, value: &Value) -> R<()> {
    let is_server_side = value.downcast_ref::<DefaultObj>().is_some()
        || matches!(value, Value::Opaque(opaque) if opaque.what == FOR_UPDATE);
    if !is_server_side {
        return Ok(());
    }
    Err(crate::alchemy::types::construct::argument_error(
        ev,
        "ColumnDefault may not be a server-side default type.",
    ))
}
