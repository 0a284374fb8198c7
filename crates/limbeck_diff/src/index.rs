//! Indexes and unique constraints of one table on both sides. They are compared together, because some databases make
//! one of the other.

use std::collections::BTreeMap;

use limbeck_diag::Result;
use limbeck_schema::{
    AddConstraint, Constraint, ConstraintBody, ConstraintName, CreateIndex, DropConstraint,
    DropIndex, Expr, Index, IndexElement, Op, Table, UnaryOp, UniqueConstraint, py_opt_str, py_str,
    py_str_tuple, truncate_name,
};
use limbeck_sql::{Dialect, Target};

use crate::postgres_index::{self, Verdict};
use crate::{AutogenerateOptions, Candidate, Notes, Object, Part};

const LOGGER: &str = "alembic.autogenerate.compare.constraints";

/// An index or a unique constraint.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Item<'a> {
    Index(&'a Index),
    Unique(&'a Constraint, &'a UniqueConstraint),
}

/// What makes two items the same, whatever they are called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Signature {
    /// Whether it is unique, and its columns; `None` is an expression.
    Index(bool, Vec<Option<String>>),
    /// Its columns, sorted.
    Unique(Vec<String>),
}

impl<'a> Item<'a> {
    fn name(self) -> &'a ConstraintName {
        match self {
            Item::Index(index) => &index.name,
            Item::Unique(constraint, _) => &constraint.name,
        }
    }

    fn object(self, table: &'a Table) -> Object<'a> {
        Object {
            table,
            part: match self {
                Item::Index(index) => Part::Index(index),
                Item::Unique(constraint, _) => Part::Constraint(constraint),
            },
        }
    }

    fn is_index(self) -> bool {
        matches!(self, Item::Index(_))
    }

    fn signature(self) -> Signature {
        match self {
            Item::Index(index) => Signature::Index(
                index.unique,
                index
                    .elements
                    .iter()
                    .map(|element| match element {
                        IndexElement::Column(name) => Some(name.text.clone()),
                        IndexElement::Expr(Expr::Column(column)) => Some(column.name.text.clone()),
                        IndexElement::Expr(_) => None,
                    })
                    .collect(),
            ),
            Item::Unique(_, body) => {
                let mut columns: Vec<String> =
                    body.columns.iter().map(|it| it.text.clone()).collect();
                columns.sort();
                Signature::Unique(columns)
            }
        }
    }

    fn column_names(self) -> Vec<String> {
        match self {
            Item::Index(index) => column_names(index),
            Item::Unique(_, body) => body.columns.iter().map(|it| it.text.clone()).collect(),
        }
    }
}

/// The columns of an index, those inside expressions too.
fn column_names(index: &Index) -> Vec<String> {
    let mut out = Vec::new();
    for element in &index.elements {
        match element {
            IndexElement::Column(name) => out.push(name.text.clone()),
            IndexElement::Expr(expr) => columns_in(expr, &mut out),
        }
    }
    out
}

fn columns_in(expr: &Expr, out: &mut Vec<String>) {
    match expr {
        Expr::Column(column) => out.push(column.name.text.clone()),
        Expr::Unary { operand, .. } => columns_in(operand, out),
        Expr::Binary { left, right, .. } => {
            columns_in(left, out);
            columns_in(right, out);
        }
        Expr::Function { args, .. } => args.iter().for_each(|it| columns_in(it, out)),
        Expr::Cast { expr, .. }
        | Expr::TypeCoerce { expr, .. }
        | Expr::Collate { expr, .. }
        | Expr::Label { expr, .. }
        | Expr::Grouping(expr) => columns_in(expr, out),
        _ => {}
    }
}

/// `is_expression_index`
fn has_expressions(index: &Index) -> bool {
    index.elements.iter().any(|element| {
        let IndexElement::Expr(expr) = element else {
            return false;
        };
        let mut expr = expr;
        while let Expr::Unary {
            op: UnaryOp::Asc | UnaryOp::Desc | UnaryOp::NullsFirst | UnaryOp::NullsLast,
            operand,
        } = expr
        {
            expr = operand;
        }
        !matches!(expr, Expr::Column(_))
    })
}

/// The name that the database will know: a name that was made is cut to what the dialect allows.
fn sql_name(item: Item<'_>, target: &Target) -> Option<String> {
    let max = match item {
        Item::Index(_) => target.caps.max_index_name,
        Item::Unique(..) => target.caps.max_constraint_name,
    };
    match item.name() {
        ConstraintName::None => None,
        ConstraintName::Given(name) => Some(name.text.clone()),
        ConstraintName::Final(name) => Some(truncate_name(&name.text, max)),
    }
}

fn items(table: Option<&Table>) -> (Vec<Item<'_>>, Vec<Item<'_>>) {
    let Some(table) = table else {
        return (Vec::new(), Vec::new());
    };
    let uniques = table
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.body {
            ConstraintBody::Unique(body) => Some(Item::Unique(constraint, body)),
            _ => None,
        })
        .collect();
    (uniques, table.indexes.iter().map(Item::Index).collect())
}

/// The unique keys of MySQL once more as constraints, which SQLAlchemy reports beside the indexes.
fn doubled_uniques(table: &Table) -> Vec<Constraint> {
    table
        .indexes
        .iter()
        .filter(|index| index.unique && !has_expressions(index))
        .map(|index| {
            let columns = column_names(index).into_iter().map(Into::into).collect();
            Constraint::new(
                index.name.clone(),
                ConstraintBody::Unique(UniqueConstraint { columns }),
            )
        })
        .collect()
}

/// One table's comparison.
struct Comparison<'a, 'o> {
    table: &'a Table,
    is_create: bool,
    is_drop: bool,
    options: &'o AutogenerateOptions<'o>,
    ops: &'o mut Vec<Op>,
    notes: &'o mut Notes,
}

/// Compares; one of the two tables may be missing, for a table that is created or dropped.
pub(crate) fn compare(
    database: Option<&Table>,
    metadata: Option<&Table>,
    options: &AutogenerateOptions<'_>,
    ops: &mut Vec<Op>,
    notes: &mut Notes,
) -> Result<()> {
    let Some(table) = metadata.or(database) else {
        return Ok(());
    };
    let without_include = database.map(|table| {
        let mut table = table.clone();
        for constraint in &mut table.constraints {
            crate::prepare::forget_empty_include(&mut constraint.options);
        }
        table
    });
    let database = without_include.as_ref();
    let doubled = match database {
        Some(table) if options.target.dialect.is_mysql_family() => doubled_uniques(table),
        _ => Vec::new(),
    };
    let (mut wanted_uniques, mut wanted_indexes) = items(metadata);
    let (mut found_uniques, mut found_indexes) = items(database);
    for constraint in &doubled {
        if let ConstraintBody::Unique(body) = &constraint.body {
            found_uniques.push(Item::Unique(constraint, body));
        }
    }
    if metadata.is_none() {
        found_uniques.clear();
    }
    let functions = &options.functions;
    for (kind, items) in [
        ("unique_constraint", &mut found_uniques),
        ("index", &mut found_indexes),
    ] {
        functions.retain(kind, &table.name, items, |it| it.name().as_str())?;
    }
    if !found_uniques.is_empty() && options.target.dialect.is_mysql_family() {
        settle_doubled(
            &mut found_uniques,
            &mut found_indexes,
            &wanted_uniques,
            &wanted_indexes,
            options.target,
        );
    }
    match options.target.dialect {
        Dialect::MySql | Dialect::MariaDb => {
            forget_key_indexes(database, &mut found_indexes, &mut wanted_indexes);
        }
        Dialect::Sqlite => skip_expressions(&mut wanted_indexes, &found_indexes, notes),
        Dialect::Postgres | Dialect::MsSql | Dialect::Oracle => {}
    }
    wanted_uniques.retain(|it| matches!(it, Item::Unique(..)));
    let mut comparison = Comparison {
        table,
        is_create: database.is_none(),
        is_drop: metadata.is_none(),
        options,
        ops,
        notes,
    };
    comparison.run(
        &wanted_uniques,
        &wanted_indexes,
        &found_uniques,
        &found_indexes,
    )
}

/// A unique key of MySQL is both: it is kept as what the model says it is.
fn settle_doubled(
    found_uniques: &mut Vec<Item<'_>>,
    found_indexes: &mut Vec<Item<'_>>,
    wanted_uniques: &[Item<'_>],
    wanted_indexes: &[Item<'_>],
    target: &Target,
) {
    let names = |items: &[Item<'_>]| -> Vec<String> {
        items
            .iter()
            .filter_map(|it| sql_name(*it, target))
            .collect()
    };
    let unique_names = names(wanted_uniques);
    let unnamed: Vec<Signature> = wanted_uniques
        .iter()
        .filter(|it| sql_name(**it, target).is_none())
        .map(|it| it.signature())
        .collect();
    let unique_indexes: Vec<Item<'_>> = wanted_indexes
        .iter()
        .copied()
        .filter(|it| matches!(it, Item::Index(index) if index.unique))
        .collect();
    let index_names = names(&unique_indexes);
    found_uniques.retain(|unique| {
        let name = unique.name().as_str().unwrap_or_default();
        if unique_names.iter().any(|it| it == name) {
            if !index_names.iter().any(|it| it == name) {
                found_indexes.retain(|it| {
                    !(matches!(it, Item::Index(index) if index.unique)
                        && it.name().as_str() == Some(name))
                });
            }
            true
        } else {
            unnamed.contains(&unique.signature())
        }
    });
}

/// MySQL makes an index for every foreign key: such ones are not looked at on either side.
fn forget_key_indexes(
    database: Option<&Table>,
    found: &mut Vec<Item<'_>>,
    wanted: &mut Vec<Item<'_>>,
) {
    let Some(table) = database else {
        return;
    };
    let mut removed: Vec<String> = Vec::new();
    found.retain(|item| {
        let Item::Index(index) = item else {
            return true;
        };
        let (false, Some(name)) = (index.unique, index.name.as_str()) else {
            return true;
        };
        let implied = column_names(index).iter().any(|column| {
            name == column
                || table.foreign_keys().any(|(constraint, key)| {
                    constraint.name.as_str() == Some(name)
                        && key.columns.iter().any(|it| it.text == *column)
                })
        });
        if implied {
            removed.push(name.to_owned());
        }
        !implied
    });
    wanted.retain(|it| {
        it.name()
            .as_str()
            .is_none_or(|name| !removed.iter().any(|it| it == name))
    });
}

/// SQLAlchemy cannot see expression indexes on SQLite.
fn skip_expressions(wanted: &mut Vec<Item<'_>>, found: &[Item<'_>], notes: &mut Notes) {
    wanted.retain(|item| {
        let Item::Index(index) = item else {
            return true;
        };
        if found.iter().any(|it| it.name().as_str() == index.name.as_str())
            || !has_expressions(index)
        {
            return true;
        }
        notes.warnings.push(format!(
            "autogenerate skipping metadata-specified expression-based index {}; dialect 'sqlite' can't reflect these indexes so they can't be compared",
            py_opt_str(index.name.as_str())
        ));
        false
    });
}

impl<'a> Comparison<'a, '_> {
    fn run(
        &mut self,
        wanted_uniques: &[Item<'a>],
        wanted_indexes: &[Item<'a>],
        found_uniques: &[Item<'_>],
        found_indexes: &[Item<'_>],
    ) -> Result<()> {
        let target = self.options.target;
        let wanted_names: BTreeMap<String, Item<'a>> = wanted_uniques
            .iter()
            .chain(wanted_indexes)
            .filter_map(|it| sql_name(*it, target).map(|name| (name, *it)))
            .collect();
        let by_name = |items: &[Item<'_>], name: &str| {
            items.iter().any(|it| it.name().as_str() == Some(name))
        };
        let unnamed: Vec<Item<'a>> = wanted_uniques
            .iter()
            .copied()
            .filter(|it| sql_name(*it, target).is_none())
            .collect();
        let unnamed_signatures: Vec<Signature> = unnamed.iter().map(|it| it.signature()).collect();
        let mut found_names: BTreeMap<String, Item<'_>> = BTreeMap::new();
        for item in found_indexes.iter().chain(found_uniques) {
            if let Some(name) = item.name().as_str() {
                found_names.insert(name.to_owned(), *item);
            }
        }
        let index_of = |name: &str| {
            found_indexes
                .iter()
                .copied()
                .find(|it| it.name().as_str() == Some(name))
        };
        for (name, item) in &found_names {
            if wanted_names.contains_key(name) {
                continue;
            }
            let signature = item.signature();
            if !item.is_index() && unnamed_signatures.contains(&signature) {
                continue;
            }
            match index_of(name) {
                Some(index) if !item.is_index() => {
                    let known = wanted_indexes
                        .iter()
                        .any(|it| it.signature() == index.signature())
                        || wanted_uniques.iter().any(|it| it.signature() == signature);
                    if !known {
                        self.removed(*item)?;
                        self.removed(index)?;
                    }
                }
                _ => self.removed(*item)?,
            }
        }
        for (name, wanted) in &wanted_names {
            let Some(found) = found_names.get(name) else {
                continue;
            };
            // Where the database has both, the model decides which one is meant.
            let found = match index_of(name) {
                Some(index) if wanted.is_index() && by_name(found_uniques, name) => index,
                _ => *found,
            };
            self.existing(*wanted, found)?;
        }
        for (name, wanted) in &wanted_names {
            if !found_names.contains_key(name) {
                self.added(*wanted)?;
            }
        }
        let mut seen: Vec<Signature> = found_uniques.iter().map(|it| it.signature()).collect();
        for item in &unnamed {
            let signature = item.signature();
            if !seen.contains(&signature) {
                self.added(*item)?;
                seen.push(signature);
            }
        }
        Ok(())
    }

    fn includes(
        &self,
        item: Item<'_>,
        reflected: bool,
        counterpart: Option<Item<'_>>,
    ) -> Result<bool> {
        self.options.functions.includes(&Candidate {
            kind: if item.is_index() {
                "index"
            } else {
                "unique_constraint"
            },
            name: item.name().as_str(),
            object: item.object(self.table),
            reflected,
            counterpart: counterpart.map(|it| it.object(self.table)),
        })
    }

    fn added(&mut self, item: Item<'_>) -> Result<()> {
        // Those of a table that is created or dropped stand inside it.
        if !item.is_index() && (self.is_create || self.is_drop) {
            return Ok(());
        }
        if !self.includes(item, false, None)? {
            return Ok(());
        }
        self.push_create(item);
        let columns = item.column_names();
        self.notes.log(
            LOGGER,
            format!(
                "Detected added {} {} on '{}'",
                kind(item),
                py_opt_str(item.name().as_str()),
                py_str_tuple(columns.iter().map(String::as_str))
            ),
        );
        Ok(())
    }

    fn removed(&mut self, item: Item<'_>) -> Result<()> {
        if !item.is_index() && (self.is_create || self.is_drop) {
            return Ok(());
        }
        if !self.includes(item, true, None)? {
            return Ok(());
        }
        self.push_drop(item);
        self.notes.log(
            LOGGER,
            format!(
                "Detected removed {} {} on {}",
                kind(item),
                py_opt_str(item.name().as_str()),
                py_str(&self.table.name.name.text)
            ),
        );
        Ok(())
    }

    fn existing(&mut self, wanted: Item<'_>, found: Item<'_>) -> Result<()> {
        let verdict = match (wanted, found) {
            (Item::Index(wanted), Item::Index(found)) => match self.options.target.dialect {
                Dialect::Postgres => postgres_index::compare(
                    wanted,
                    found,
                    &self.table.name,
                    self.options.target,
                    &mut self.notes.warnings,
                )?,
                Dialect::MySql
                | Dialect::MariaDb
                | Dialect::Sqlite
                | Dialect::MsSql
                | Dialect::Oracle => compare_columns(wanted, found),
            },
            (Item::Unique(wanted_constraint, _), Item::Unique(found_constraint, _)) => {
                let option = |it: &Constraint| postgres_index::nulls_not_distinct(&it.options);
                if wanted.signature() != found.signature() {
                    Verdict::Different(format!(
                        "expression {} to {}",
                        tuple(&found.signature()),
                        tuple(&wanted.signature())
                    ))
                } else if self.options.target.dialect == Dialect::Postgres
                    && option(wanted_constraint) != option(found_constraint)
                {
                    let text = |set: bool| if set { "('nulls_not_distinct',)" } else { "()" };
                    Verdict::Different(format!(
                        "expression {} to {}",
                        text(option(found_constraint)),
                        text(option(wanted_constraint))
                    ))
                } else {
                    Verdict::Equal
                }
            }
            (Item::Index(_), Item::Unique(..)) | (Item::Unique(..), Item::Index(_)) => {
                self.removed(found)?;
                return self.added(wanted);
            }
        };
        let name = py_opt_str(found.name().as_str());
        match verdict {
            Verdict::Equal => {}
            Verdict::Skip(why) => self.notes.log(
                LOGGER,
                format!(
                    "Cannot compare {} {name}, assuming equal and skipping. {why}",
                    kind(found)
                ),
            ),
            Verdict::Different(why) => {
                if self.includes(wanted, false, Some(found))? {
                    self.notes.log(
                        LOGGER,
                        format!(
                            "Detected changed {} {name} on {}: {why}",
                            kind(found),
                            py_str(&self.table.name.name.text)
                        ),
                    );
                    self.push_drop(found);
                    self.push_create(wanted);
                }
            }
        }
        Ok(())
    }

    fn push_create(&mut self, item: Item<'_>) {
        let table = self.table.name.clone();
        self.ops.push(match item {
            Item::Index(index) => Op::CreateIndex(Box::new(CreateIndex {
                table,
                index: index.clone(),
                if_not_exists: false,
            })),
            Item::Unique(constraint, _) => Op::AddConstraint(Box::new(AddConstraint {
                table,
                constraint: constraint.clone(),
            })),
        });
    }

    fn push_drop(&mut self, item: Item<'_>) {
        let table = self.table.name.clone();
        self.ops.push(match item {
            Item::Index(index) => Op::DropIndex(DropIndex {
                name: index.name.clone(),
                table: Some(table.name),
                schema: table.schema,
                if_exists: false,
                options: index.options.clone(),
                dropped: Some(Box::new(index.clone())),
            }),
            Item::Unique(constraint, _) => Op::DropConstraint(DropConstraint {
                name: constraint.name.clone(),
                table,
                type_: Some("unique".to_owned()),
                if_exists: false,
                dropped: Some(Box::new(constraint.clone())),
            }),
        });
    }
}

fn kind(item: Item<'_>) -> &'static str {
    if item.is_index() {
        "index"
    } else {
        "unique constraint"
    }
}

fn tuple(signature: &Signature) -> String {
    match signature {
        Signature::Unique(columns) => py_str_tuple(columns.iter().map(String::as_str)),
        Signature::Index(_, columns) => py_str_tuple(columns.iter().flatten().map(String::as_str)),
    }
}

/// `DefaultImpl.compare_indexes`
fn compare_columns(wanted: &Index, found: &Index) -> Verdict {
    let mut why = Vec::new();
    if let Some(text) = postgres_index::unique_change(wanted, found) {
        why.push(text);
    }
    let (wanted, found) = (column_names(wanted), column_names(found));
    if wanted != found {
        why.push(format!(
            "expression {} to {}",
            py_str_tuple(found.iter().map(String::as_str)),
            py_str_tuple(wanted.iter().map(String::as_str))
        ));
    }
    if why.is_empty() {
        Verdict::Equal
    } else {
        Verdict::Different(why.join(", "))
    }
}
