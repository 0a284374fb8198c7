//! What the columns of a result are called by: names and objects, as SQLAlchemy's `CursorResultMetaData` keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use limbeck_schema::{ColumnType, Expr};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::sql::clause::ClauseObj;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::Value;

/// What a statement says of one column of its result: the object that was selected, and its type (none is `NullType`).
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) value: Value,
    pub(crate) type_: Option<ColumnType>,
}

/// One column with everything that stands for it.
#[derive(Clone, Default)]
struct Entry {
    /// What the compiler, or the driver, calls it.
    name: String,
    names: Vec<String>,
    objects: Vec<Value>,
}

/// The columns of a result.
pub(crate) struct Columns {
    /// `result.keys()`
    names: Rc<[String]>,
    entries: Vec<Entry>,
    /// Nothing for a name that stands for several columns.
    by_name: BTreeMap<String, Option<usize>>,
    by_object: Vec<(Value, Option<usize>)>,
    /// One of them is an expression inside of which other objects may stand for it.
    is_deep: bool,
}

impl Columns {
    /// Columns of which no statement says anything: of two with a name, the name stands for the last.
    pub(crate) fn named(names: Vec<String>) -> Columns {
        let plain = |name: String| Entry {
            names: vec![name.clone()],
            name,
            objects: Vec::new(),
        };
        Columns::last_wins(names.into_iter().map(plain).collect(), false)
    }

    fn last_wins(entries: Vec<Entry>, is_deep: bool) -> Columns {
        let mut by_name = BTreeMap::new();
        let mut by_object = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            for name in entry.names.iter().chain([&entry.name]) {
                by_name.insert(name.clone(), Some(at));
            }
            for object in &entry.objects {
                by_object.push((object.clone(), Some(at)));
            }
        }
        Columns {
            names: entries.iter().map(|entry| entry.name.clone()).collect(),
            entries,
            by_name,
            by_object,
            is_deep,
        }
    }

    /// The columns that a compiled statement gives, with what the driver calls them.
    pub(crate) fn of(sources: &[Source], told: Vec<String>) -> Columns {
        let is_textual = sources.iter().any(|source| is_text(&source.value));
        let mut is_deep = false;
        let mut entries: Vec<Entry> = Vec::with_capacity(told.len());
        if told.len() == sources.len() {
            for (at, (source, told)) in sources.iter().zip(told).enumerate() {
                let earlier = sources.get(..at).unwrap_or_default();
                let is_repeated = earlier.iter().any(|it| is_same(&it.value, &source.value));
                let mut entry = entry_of(&source.value, &told, is_repeated, &mut is_deep);
                if is_textual {
                    entry.name = told;
                }
                entries.push(entry);
            }
        } else {
            // Text may stand for several columns: what the others are is told by their names.
            for told in told {
                let found = sources.iter().find_map(|source| {
                    let entry = entry_of(&source.value, &told, false, &mut is_deep);
                    (entry.name == told && !is_text(&source.value)).then_some(entry)
                });
                entries.push(found.unwrap_or_else(|| Entry {
                    name: told,
                    ..Entry::default()
                }));
            }
        }
        let distinct: BTreeSet<&str> = entries.iter().map(|it| it.name.as_str()).collect();
        let has_repeated = distinct.len() != sources.len();
        let mut columns = Columns::last_wins(entries, is_deep);
        if has_repeated {
            columns.mark_ambiguous();
        }
        // What a column is called goes before what else may stand for one.
        for (at, entry) in columns.entries.iter().enumerate() {
            if !matches!(columns.by_name.get(&entry.name), Some(None)) {
                columns.by_name.insert(entry.name.clone(), Some(at));
            }
        }
        columns
    }

    /// What stands for two columns stands for none.
    fn mark_ambiguous(&mut self) {
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        let mut ambiguous = BTreeSet::new();
        let mut seen: Vec<(&Value, usize)> = Vec::new();
        let mut objects = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            for name in entry.names.iter().chain([&entry.name]) {
                if *first.entry(name).or_insert(at) != at {
                    ambiguous.insert(name.clone());
                }
            }
            for object in &entry.objects {
                match seen.iter().find(|(it, _)| is_same(it, object)) {
                    Some((_, place)) if *place != at => objects.push(object.clone()),
                    Some(_) => {}
                    None => seen.push((object, at)),
                }
            }
        }
        for name in ambiguous {
            self.by_name.insert(name, None);
        }
        for (object, place) in &mut self.by_object {
            if objects.iter().any(|it| is_same(it, object)) {
                *place = None;
            }
        }
    }

    /// The chosen ones of these columns.
    pub(crate) fn reduced(&self, chosen: &[usize]) -> Columns {
        let entries = chosen.iter().filter_map(|at| self.entries.get(*at));
        Columns::last_wins(entries.cloned().collect(), self.is_deep)
    }

    /// `result.keys()`
    pub(crate) fn names(&self) -> &Rc<[String]> {
        &self.names
    }

    /// Where the column of a name is; nothing if there is none.
    ///
    /// # Errors
    /// The name stands for several columns.
    pub(crate) fn named_place(&self, ev: &mut Interp<'_>, name: &str) -> R<Option<usize>> {
        match self.by_name.get(name) {
            Some(Some(at)) => Ok(Some(*at)),
            Some(None) => Err(ambiguous(ev, name)),
            None => Ok(None),
        }
    }

    /// Where the column of a name or an object is; nothing if there is none.
    ///
    /// # Errors
    /// The key stands for several columns, or what it stands for is not known.
    pub(crate) fn place(&self, ev: &mut Interp<'_>, key: &Value) -> R<Option<usize>> {
        ev.need_known(key, "the key of a row")?;
        if is_object(key) {
            let mut places = self.by_object.iter().rev();
            return match places.find(|(object, _)| is_same(object, key)) {
                Some((_, Some(at))) => Ok(Some(*at)),
                Some((_, None)) => Err(ambiguous(ev, &text_of(key).unwrap_or_default())),
                None if self.is_deep => {
                    Err(ev.unreadable("which column this object stands for is not known"))
                }
                None => Ok(None),
            };
        }
        let name = convert::text(ev, key, "the key of a row")?.to_string();
        self.named_place(ev, &name)
    }

    /// True if something stands for a column, or for several.
    pub(crate) fn has(&self, ev: &mut Interp<'_>, key: &Value) -> R<bool> {
        ev.need_known(key, "the key of a row")?;
        if is_object(key) {
            let found = self
                .by_object
                .iter()
                .any(|(object, _)| is_same(object, key));
            if !found && self.is_deep {
                return Err(ev.unreadable("which column this object stands for is not known"));
            }
            return Ok(found);
        }
        Ok(match key.as_str() {
            Some(name) => self.by_name.contains_key(&*name),
            None => false,
        })
    }
}

fn ambiguous(ev: &mut Interp<'_>, name: &str) -> Flow {
    let class = alchemy(ev).class("InvalidRequestError");
    let text = format!("Ambiguous column name '{name}' in result set column descriptions");
    ev.raise_class(&class, vec![Value::from(text)])
}

/// The exception for a key that stands for no column.
pub(crate) fn no_such_column(ev: &mut Interp<'_>, key: &Value) -> Flow {
    let class = alchemy(ev).class("NoSuchColumnError");
    let text = match text_of(key) {
        Some(text) => Value::from(missing_text(&text)),
        None => ev.unknown("the text of this exception is not modelled"),
    };
    ev.raise_class(&class, vec![text])
}

/// SQLAlchemy's words for a name that stands for no column.
pub(crate) fn missing_text(name: &str) -> String {
    format!("Could not locate column in row for column '{name}'")
}

/// `str()` of a key, where that takes no compiler.
fn text_of(key: &Value) -> Option<String> {
    if let Some(text) = key.as_str() {
        return Some(text.to_string());
    }
    let column = key.downcast::<ColumnObj>()?;
    let table = column.table.borrow().upgrade()?;
    let name = column.column.borrow().name.text.clone();
    let is_plain = |text: &str| {
        text.chars()
            .all(|it| it.is_ascii_lowercase() || it == '_' || it.is_ascii_digit())
    };
    let table = table.reference_name();
    (table.schema.is_none() && is_plain(&table.name.text) && is_plain(&name))
        .then(|| format!("{}.{name}", table.name.text))
}

fn is_object(key: &Value) -> bool {
    key.downcast_ref::<ColumnObj>().is_some() || key.downcast_ref::<ClauseObj>().is_some()
}

fn is_text(value: &Value) -> bool {
    value
        .downcast_ref::<ClauseObj>()
        .is_some_and(|it| match &it.clause.expr {
            Expr::Text(_) => true,
            Expr::LiteralColumn { sql, .. } => sql == "*",
            _ => false,
        })
}

/// True for the same object; a subquery's columns are made anew whenever they are asked for.
fn is_same(left: &Value, right: &Value) -> bool {
    if let (Some(left), Some(right)) = (left.downcast::<ColumnObj>(), right.downcast::<ColumnObj>())
    {
        return Rc::ptr_eq(&left, &right);
    }
    let (Some(left), Some(right)) = (left.downcast::<ClauseObj>(), right.downcast::<ClauseObj>())
    else {
        return false;
    };
    if Rc::ptr_eq(&left, &right) {
        return true;
    }
    match (&left.clause.expr, &right.clause.expr) {
        (Expr::Column(one), Expr::Column(other)) => {
            let from = left.clause.froms.first().zip(right.clause.froms.first());
            one.name.text == other.name.text && from.is_some_and(|(one, other)| one.same(other))
        }
        _ => false,
    }
}

/// What stands for a selected object that the driver calls `told`.
fn entry_of(value: &Value, told: &str, is_repeated: bool, is_deep: &mut bool) -> Entry {
    let called = |name: &str, names: Vec<String>| Entry {
        name: name.to_owned(),
        names,
        objects: vec![value.clone()],
    };
    if is_repeated {
        return Entry {
            name: told.to_owned(),
            names: vec![told.to_owned()],
            objects: Vec::new(),
        };
    }
    if let Some(column) = value.downcast::<ColumnObj>() {
        let name = column.column.borrow().name.text.clone();
        let mut names = vec![told.to_owned()];
        if told == name {
            names.push(column.key());
        }
        names.extend(qualified(&column, &name));
        return called(told, names);
    }
    let Some(object) = value.downcast_ref::<ClauseObj>() else {
        *is_deep = true;
        return called(told, vec![told.to_owned()]);
    };
    match &object.clause.expr {
        Expr::Column(column) => {
            let table = column.table.as_ref();
            let qualified = table.map(|it| format!("{}_{}", it.name.text, column.name.text));
            let names = [Some(told.to_owned()), qualified];
            called(told, names.into_iter().flatten().collect())
        }
        Expr::Label { name, .. } => called(told, vec![told.to_owned(), name.text.clone()]),
        Expr::LiteralColumn { sql, .. } if sql != "*" => called(sql, vec![sql.clone()]),
        Expr::LiteralColumn { .. } | Expr::Text(_) => called(told, Vec::new()),
        _ => {
            *is_deep = true;
            called(told, vec![told.to_owned()])
        }
    }
}

/// `column._tq_label`: the column's name with its table's before it.
fn qualified(column: &ColumnObj, name: &str) -> Option<String> {
    let table = column.table.borrow().upgrade()?;
    let reference = table.reference_name();
    let base = match &reference.schema {
        Some(schema) => {
            let schema = schema.text.replace('.', "_");
            format!("{schema}_{}_{name}", reference.name.text)
        }
        None => format!("{}_{name}", reference.name.text),
    };
    // A column of the table may be called so.
    let mut label = base.clone();
    let mut counter = 0;
    while table.column(&label).is_some() {
        counter += 1;
        label = format!("{base}_{counter}");
    }
    Some(label)
}
