//! What an inspector tells of a table: lists of dictionaries, which each dialect fills in its own way.

use limbeck_schema::{
    Autoincrement, Column, ConstraintBody, DialectOptions, Expr, Identity, Index, IndexElement,
    Literal, Name, OptionValue, ServerDefault, Table, UnaryOp,
};

use crate::alchemy::types::object::TypeObj;
use crate::eval::Interp;
use crate::value::{Dict, Value};

/// A table, and the dialect that tells of it.
pub(crate) struct Told<'t> {
    pub(crate) table: &'t Table,
    pub(crate) dialect: &'t str,
}

type Pairs = Vec<(&'static str, Value)>;

fn dict(pairs: Pairs) -> Value {
    Value::dict(Dict::from_pairs(pairs))
}

fn names(list: &[Name]) -> Value {
    let names = list.iter().map(|name| Value::from(name.text.as_str()));
    Value::list(names.collect())
}

fn text_of(ev: &Interp<'_>, expr: &Expr) -> Value {
    match expr {
        Expr::Text(text) => Value::from(text.sql.as_str()),
        _ => ev.unknown("the text of this expression is not modelled"),
    }
}

fn opt_text(text: Option<&str>) -> Value {
    Value::from(text.map(Value::from))
}

impl Told<'_> {
    fn is_postgres(&self) -> bool {
        self.dialect == "postgresql"
    }

    fn is_sqlite(&self) -> bool {
        self.dialect == "sqlite"
    }

    /// `get_columns()`
    pub(crate) fn columns(&self, ev: &mut Interp<'_>) -> Value {
        let mut list = Vec::with_capacity(self.table.columns.len());
        for column in &self.table.columns {
            list.push(self.column(ev, column));
        }
        Value::list(list)
    }

    fn column(&self, ev: &mut Interp<'_>, column: &Column) -> Value {
        let (default, computed, identity) = match &column.server_default {
            None => (Value::None, None, None),
            Some(ServerDefault::Expr(expr)) => (text_of(ev, expr), None, None),
            Some(ServerDefault::Computed(computed)) => {
                let mut pairs = vec![("sqltext", text_of(ev, &computed.sqltext))];
                if let Some(persisted) = computed.persisted {
                    pairs.push(("persisted", Value::Bool(persisted)));
                }
                (Value::None, Some(dict(pairs)), None)
            }
            Some(ServerDefault::Identity(it)) => (Value::None, None, Some(identity_dict(it))),
            Some(_) => (
                ev.unknown("this server default is not modelled"),
                None,
                None,
            ),
        };
        let type_ = match &column.type_ {
            Some(type_) => TypeObj::value(ev, type_.clone()),
            None => ev.unknown("the type of this column is not modelled"),
        };
        let comment = Value::from(column.comment.clone());
        let name = Value::from(column.name.text.as_str());
        let nullable = Value::Bool(column.nullable);
        let autoincrement = match column.autoincrement {
            Autoincrement::True => Some(Value::Bool(true)),
            Autoincrement::False => Some(Value::Bool(false)),
            Autoincrement::Auto | Autoincrement::IgnoreFk => None,
        };
        let mut pairs = vec![("name", name), ("type", type_)];
        if self.is_sqlite() {
            pairs.push(("nullable", nullable));
            pairs.push(("default", default));
            pairs.push(("primary_key", Value::int(self.key_position(column))));
        } else if self.is_postgres() {
            pairs.push(("nullable", nullable));
            pairs.push(("default", default));
            let autoincrement = autoincrement.unwrap_or(Value::Bool(identity.is_some()));
            pairs.push(("autoincrement", autoincrement));
            pairs.push(("comment", comment));
        } else {
            pairs.push(("default", default));
            pairs.push(("comment", comment));
            pairs.push(("nullable", nullable));
            if let Some(autoincrement) = autoincrement {
                pairs.push(("autoincrement", autoincrement));
            }
        }
        pairs.extend(computed.map(|computed| ("computed", computed)));
        pairs.extend(identity.map(|identity| ("identity", identity)));
        dict(pairs)
    }

    /// The place of a column in the primary key, from one; zero for one that is not in it.
    fn key_position(&self, column: &Column) -> i64 {
        let key = self.key();
        let at = key.iter().position(|name| name.text == column.name.text);
        at.and_then(|at| i64::try_from(at + 1).ok()).unwrap_or(0)
    }

    fn key(&self) -> Vec<Name> {
        let key = self.table.constraints.iter().find_map(|it| match &it.body {
            ConstraintBody::PrimaryKey(key) => Some(key.columns.clone()),
            _ => None,
        });
        key.unwrap_or_else(|| {
            let flagged = self.table.columns.iter().filter(|it| it.primary_key);
            flagged.map(|it| it.name.clone()).collect()
        })
    }

    /// `get_pk_constraint()`
    pub(crate) fn primary_key(&self, ev: &Interp<'_>) -> Value {
        let mut constraints = self.table.constraints.iter();
        let found = constraints.find(|it| matches!(it.body, ConstraintBody::PrimaryKey(_)));
        let mut pairs = vec![
            ("constrained_columns", names(&self.key())),
            (
                "name",
                opt_text(found.and_then(|constraint| constraint.name.as_str())),
            ),
        ];
        // What SQLAlchemy says of a table without a key names it first.
        if found.is_none() {
            pairs.reverse();
        }
        if let Some(constraint) = found.filter(|_| self.is_postgres()) {
            pairs.push(("comment", Value::from(constraint.comment.clone())));
            pairs.push(("dialect_options", options(ev, &constraint.options)));
        }
        dict(pairs)
    }

    /// `get_foreign_keys()`
    pub(crate) fn foreign_keys(&self) -> Value {
        let mut list = Vec::new();
        for constraint in &self.table.constraints {
            let ConstraintBody::ForeignKey(key) = &constraint.body else {
                continue;
            };
            let mut told: Pairs = Vec::new();
            let texts = [("onupdate", &key.onupdate), ("ondelete", &key.ondelete)];
            for (name, text) in texts {
                told.extend(text.as_deref().map(|text| (name, Value::from(text))));
            }
            told.extend(
                constraint
                    .initially
                    .as_deref()
                    .map(|it| ("initially", Value::from(it))),
            );
            told.extend(
                constraint
                    .deferrable
                    .map(|it| ("deferrable", Value::Bool(it))),
            );
            told.extend(key.match_.as_deref().map(|it| ("match", Value::from(it))));
            let referred = &key.referred_table;
            let schema = referred.schema.as_ref().map(|name| name.text.as_str());
            let mut pairs = vec![
                ("name", opt_text(constraint.name.as_str())),
                ("constrained_columns", names(&key.columns)),
                ("referred_schema", opt_text(schema)),
                ("referred_table", Value::from(referred.name.text.as_str())),
                ("referred_columns", names(&key.referred_columns)),
                ("options", dict(told)),
            ];
            if self.is_postgres() {
                pairs.push(("comment", Value::from(constraint.comment.clone())));
            }
            list.push(dict(pairs));
        }
        Value::list(list)
    }

    /// `get_unique_constraints()`
    pub(crate) fn unique_constraints(&self, ev: &Interp<'_>) -> Value {
        let mut list = Vec::new();
        if !self.is_sqlite() && !self.is_postgres() {
            // MySQL has unique indexes, and SQLAlchemy tells of each of them as a constraint, too.
            for index in self.table.indexes.iter().filter(|it| it.unique) {
                let name = opt_text(index.name.as_str());
                list.push(dict(vec![
                    ("name", name.clone()),
                    ("column_names", index_columns(index)),
                    ("duplicates_index", name),
                ]));
            }
            return Value::list(list);
        }
        for constraint in &self.table.constraints {
            let ConstraintBody::Unique(unique) = &constraint.body else {
                continue;
            };
            let name = ("name", opt_text(constraint.name.as_str()));
            let columns = ("column_names", names(&unique.columns));
            list.push(dict(if self.is_postgres() {
                vec![
                    columns,
                    name,
                    ("comment", Value::from(constraint.comment.clone())),
                    ("dialect_options", options(ev, &constraint.options)),
                ]
            } else {
                vec![name, columns]
            }));
        }
        Value::list(list)
    }

    /// `get_check_constraints()`
    pub(crate) fn check_constraints(&self, ev: &Interp<'_>) -> Value {
        let mut list = Vec::new();
        for constraint in &self.table.constraints {
            let ConstraintBody::Check(check) = &constraint.body else {
                continue;
            };
            let mut pairs = vec![
                ("name", opt_text(constraint.name.as_str())),
                ("sqltext", text_of(ev, &check.sqltext)),
            ];
            if self.dialect == "sqlite" {
                pairs.reverse();
            }
            if self.is_postgres() {
                pairs.push(("comment", Value::from(constraint.comment.clone())));
                if !constraint.options.is_empty() {
                    let unknown = "the options of an inspected check are not modelled";
                    pairs.push(("dialect_options", ev.unknown(unknown)));
                }
            }
            list.push(dict(pairs));
        }
        Value::list(list)
    }

    /// `get_table_options()`
    pub(crate) fn options(&self, ev: &Interp<'_>) -> Value {
        options(ev, &self.table.options)
    }

    /// `has_index()`
    pub(crate) fn has_index(&self, name: &str) -> bool {
        let is_constraint = self.is_postgres()
            && self.table.constraints.iter().any(|it| {
                matches!(it.body, ConstraintBody::Unique(_)) && it.name.as_str() == Some(name)
            });
        let mut indexes = self.table.indexes.iter();
        is_constraint || indexes.any(|it| it.name.as_str() == Some(name))
    }

    /// `get_indexes()`; PostgreSQL tells of the indexes behind constraints, too.
    pub(crate) fn indexes(&self, ev: &Interp<'_>) -> Value {
        let mut list: Vec<(String, Value)> = Vec::new();
        for index in &self.table.indexes {
            let name = index.name.as_str().unwrap_or_default().to_owned();
            list.push((name, self.index(ev, index)));
        }
        if self.is_postgres() {
            for constraint in &self.table.constraints {
                let ConstraintBody::Unique(unique) = &constraint.body else {
                    continue;
                };
                let name = opt_text(constraint.name.as_str());
                let pairs = vec![
                    ("name", name.clone()),
                    ("unique", Value::Bool(true)),
                    ("column_names", names(&unique.columns)),
                    ("duplicates_constraint", name),
                    ("dialect_options", index_options(ev, &constraint.options)),
                ];
                let name = constraint.name.as_str().unwrap_or_default().to_owned();
                list.push((name, dict(pairs)));
            }
            list.sort_by(|(left, _), (right, _)| left.cmp(right));
        }
        Value::list(list.into_iter().map(|(_, told)| told).collect())
    }

    fn index(&self, ev: &Interp<'_>, index: &Index) -> Value {
        let name = ("name", opt_text(index.name.as_str()));
        let columns = ("column_names", index_columns(index));
        if self.is_sqlite() {
            // The number that `PRAGMA index_list` gives.
            let unique = Value::int(i64::from(index.unique));
            return dict(vec![
                name,
                columns,
                ("unique", unique),
                ("dialect_options", options(ev, &index.options)),
            ]);
        }
        let unique = ("unique", Value::Bool(index.unique));
        if !self.is_postgres() {
            let mut pairs = vec![name, columns, unique];
            if let Some(OptionValue::Literal(Literal::Str(kind))) =
                prefix_option(&index.options, "_prefix")
            {
                pairs.push(("type", Value::from(kind.as_str())));
            }
            if !index.options.is_empty() {
                pairs.push(("dialect_options", options(ev, &index.options)));
            }
            return dict(pairs);
        }
        let mut pairs = vec![name, unique, columns];
        let texts = index.elements.iter().map(|element| match element {
            IndexElement::Column(name) => Value::from(name.text.as_str()),
            IndexElement::Expr(Expr::Text(text)) => Value::from(text.sql.as_str()),
            IndexElement::Expr(expr) => match sorted(expr) {
                Some((name, _)) => Value::from(name),
                None => ev.unknown("an element of this index is not modelled"),
            },
        });
        let has_text =
            |element: &IndexElement| matches!(element, IndexElement::Expr(Expr::Text(_)));
        if index.elements.iter().any(has_text) {
            pairs.push(("expressions", Value::list(texts.collect())));
        }
        let mut sorting = Vec::new();
        for element in &index.elements {
            if let IndexElement::Expr(expr @ Expr::Unary { .. }) = element
                && let Some((name, words)) = sorted(expr)
            {
                let words = words.into_iter().map(Value::from).collect();
                sorting.push((name, Value::tuple(words)));
            }
        }
        if !sorting.is_empty() {
            pairs.push(("column_sorting", Value::dict(Dict::from_pairs(sorting))));
        }
        if !index.options.is_empty() {
            pairs.push(("dialect_options", options(ev, &index.options)));
        }
        dict(pairs)
    }
}

/// Of the options of a constraint those that its index has, too.
fn index_options(ev: &Interp<'_>, all: &DialectOptions) -> Value {
    let mut of_index = all.clone();
    of_index.retain(|name, value| {
        let is_default = matches!(value, OptionValue::Literal(Literal::Bool(false)));
        !(name == "postgresql_nulls_not_distinct" && is_default)
    });
    options(ev, &of_index)
}

fn prefix_option<'o>(options: &'o DialectOptions, suffix: &str) -> Option<&'o OptionValue> {
    let mut found = options.iter();
    found
        .find(|(name, _)| name.ends_with(suffix))
        .map(|(_, value)| value)
}

/// The columns of an index; none for an expression.
fn index_columns(index: &Index) -> Value {
    let columns = index.elements.iter().map(|element| match element {
        IndexElement::Column(name) => Value::from(name.text.as_str()),
        IndexElement::Expr(Expr::Text(_)) => Value::None,
        IndexElement::Expr(expr) => sorted(expr).map_or(Value::None, |(name, _)| Value::from(name)),
    });
    Value::list(columns.collect())
}

/// A column with its direction, as `column_sorting` has it.
fn sorted(expr: &Expr) -> Option<(&str, Vec<&'static str>)> {
    match expr {
        Expr::Column(column) => Some((column.name.as_str(), Vec::new())),
        Expr::Unary { op, operand } => {
            let (name, mut words) = sorted(operand)?;
            words.push(match op {
                UnaryOp::Desc => "desc",
                UnaryOp::NullsFirst => "nulls_first",
                UnaryOp::NullsLast => "nulls_last",
                _ => return None,
            });
            Some((name, words))
        }
        _ => None,
    }
}

fn identity_dict(it: &Identity) -> Value {
    let number = |it: Option<i128>| match it.and_then(|it| i64::try_from(it).ok()) {
        Some(number) => Value::int(number),
        None => Value::None,
    };
    dict(vec![
        ("always", Value::Bool(it.always)),
        ("start", number(it.start)),
        ("increment", number(it.increment)),
        ("minvalue", number(it.minvalue)),
        ("maxvalue", number(it.maxvalue)),
        ("cache", number(it.cache)),
        ("cycle", it.cycle.map_or(Value::None, Value::Bool)),
    ])
}

fn options(ev: &Interp<'_>, options: &DialectOptions) -> Value {
    let pairs = options
        .iter()
        .map(|(name, value)| (name.as_str(), option(ev, value)));
    Value::dict(Dict::from_pairs(pairs))
}

fn option(ev: &Interp<'_>, value: &OptionValue) -> Value {
    match value {
        OptionValue::Literal(Literal::Str(text)) => Value::from(text.as_str()),
        OptionValue::Literal(Literal::Bool(flag)) => Value::Bool(*flag),
        OptionValue::Literal(Literal::Null) => Value::None,
        OptionValue::Literal(Literal::Int(number)) => match i64::try_from(number) {
            Ok(number) => Value::int(number),
            Err(_) => ev.unknown("this option is not modelled"),
        },
        OptionValue::List(items) => {
            Value::list(items.iter().map(|item| option(ev, item)).collect())
        }
        OptionValue::Map(map) => {
            let pairs = map.iter();
            Value::dict(Dict::from_pairs(
                pairs.map(|(name, value)| (name.as_str(), option(ev, value))),
            ))
        }
        OptionValue::Literal(_) | OptionValue::Expr(_) => ev.unknown("this option is not modelled"),
    }
}
