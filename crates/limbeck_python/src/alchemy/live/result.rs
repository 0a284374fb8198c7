//! Results of queries.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use limbeck_schema::Literal;

use crate::alchemy::convert;
use crate::alchemy::live::columns::{Columns, Source, missing_text, no_such_column};
use crate::alchemy::live::fetched::{driver_value, typed_value};
use crate::alchemy::live::memory::MemoryView;
use crate::alchemy::live::row::row_value;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::host::Rows;
use crate::value::{Class, HashKey, NativeObject, PyIter, Value};

/// What SQLAlchemy knows of the columns of a result, where the statement says it.
pub(crate) type Sources = Option<Vec<Source>>;

/// `CursorResult`, `ScalarResult` or `MappingResult`; no rows where the statement was only written down.
pub(crate) struct ResultObj {
    cursor: Option<Rc<Cursor>>,
    shape: Shape,
    /// The columns that are shown, where `columns()` chose some.
    chosen: Option<(Vec<usize>, Rc<Columns>)>,
    /// Keys of the elements that `unique()` has seen.
    seen: Option<RefCell<Vec<HashKey>>>,
}

/// What results of one statement share.
pub(crate) struct Cursor {
    columns: Rc<Columns>,
    rows: Vec<Rc<[Value]>>,
    next: Cell<usize>,
    closed: Cell<bool>,
    rowcount: Option<i64>,
    lastrowid: Option<i64>,
    returns_rows: bool,
    is_insert: bool,
    /// The primary key of the row that an INSERT added, where it is known.
    key: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Row,
    Scalar,
    Mapping,
}

impl ResultObj {
    /// The result of a statement that no database was asked.
    pub(crate) fn unread() -> Value {
        ResultObj::of(None)
    }

    fn of(cursor: Option<Rc<Cursor>>) -> Value {
        Value::object(ResultObj {
            cursor,
            shape: Shape::Row,
            chosen: None,
            seen: None,
        })
    }

    /// What the database answered. `rowcount` is what the driver says of it, where that is known.
    pub(crate) fn value(
        ev: &mut Interp<'_>,
        rows: Rows,
        sources: &Sources,
        rowcount: Option<i64>,
        is_insert: bool,
    ) -> R {
        let typed = sources
            .as_ref()
            .filter(|sources| sources.len() == rows.columns.len());
        let mut list = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            ev.step()?;
            let mut values = Vec::with_capacity(row.len());
            for (index, literal) in row.iter().enumerate() {
                if let Some(Some(name)) = rows.foreign.get(index)
                    && !matches!(literal, Literal::Null)
                {
                    let reason =
                        format!("what the driver makes of a value of type {name} is not modelled");
                    values.push(ev.unknown(reason));
                    continue;
                }
                let source = typed.and_then(|sources| sources.get(index));
                if rows.bytes_are_views
                    && let Literal::Bytes(bytes) = literal
                    && source.is_none_or(|source| source.type_.is_none())
                {
                    values.push(MemoryView::value(bytes));
                    continue;
                }
                let value = match source {
                    // What is wrong with a value shows where the value is used.
                    Some(source) => match typed_value(ev, literal, source.type_.as_ref()) {
                        Err(Flow::Raise(_)) => {
                            ev.unknown("what the column's type makes of this value is not modelled")
                        }
                        other => other?,
                    },
                    None => driver_value(ev, literal)?,
                };
                let is_elsewhere = matches!(literal, Literal::DateTime(moment) if moment.time.utc_offset.is_some_and(|it| it != 0));
                values.push(match rows.moments_in_utc && is_elsewhere {
                    true => in_utc(ev, &value)?,
                    false => value,
                });
            }
            list.push(Rc::from(values));
        }
        let columns = match sources {
            Some(sources) => Columns::of(sources, rows.columns),
            None => Columns::named(rows.columns),
        };
        Ok(ResultObj::of(Some(Rc::new(Cursor {
            columns: Rc::new(columns),
            rows: list,
            next: Cell::new(0),
            closed: Cell::new(!rows.returns_rows),
            rowcount,
            lastrowid: rows.lastrowid,
            returns_rows: rows.returns_rows,
            is_insert,
            key: None,
        }))))
    }

    /// A result with these rows.
    pub(crate) fn of_values(columns: Vec<String>, rows: Vec<Vec<Value>>) -> Value {
        ResultObj::of(Some(Rc::new(Cursor {
            columns: Rc::new(Columns::named(columns)),
            rows: rows.into_iter().map(Rc::from).collect(),
            next: Cell::new(0),
            closed: Cell::new(false),
            rowcount: None,
            lastrowid: None,
            returns_rows: true,
            is_insert: false,
            key: None,
        })))
    }

    /// The result of an INSERT of one row with this primary key. What the statement returned for the key is read
    /// already: then nothing is left of rows that were there.
    pub(crate) fn of_insert(
        names: Vec<String>,
        values: Vec<Value>,
        rowcount: Option<i64>,
        lastrowid: Option<i64>,
        returns_rows: bool,
    ) -> Value {
        ResultObj::of(Some(Rc::new(Cursor {
            columns: Rc::new(Columns::named(Vec::new())),
            rows: Vec::new(),
            next: Cell::new(0),
            closed: Cell::new(!returns_rows),
            rowcount,
            lastrowid,
            returns_rows,
            is_insert: true,
            key: Some(row_value(
                Rc::new(Columns::named(names)),
                values.into(),
                false,
            )),
        })))
    }

    /// All its rows.
    pub(crate) fn rows(&self, ev: &mut Interp<'_>) -> R<Vec<Rc<[Value]>>> {
        Ok(self.known(ev)?.rows.clone())
    }

    fn known(&self, ev: &mut Interp<'_>) -> R<Rc<Cursor>> {
        match &self.cursor {
            Some(cursor) => Ok(Rc::clone(cursor)),
            None => Err(crate::alchemy::op::emit::no_database(
                ev,
                "the result of a query is read",
            )),
        }
    }

    /// Fails where nothing can be fetched any more.
    fn open(&self, ev: &mut Interp<'_>) -> R<Rc<Cursor>> {
        let cursor = self.known(ev)?;
        if cursor.closed.get() {
            let text = if cursor.returns_rows {
                "This result object is closed."
            } else {
                "This result object does not return rows. It has been closed automatically."
            };
            let class = alchemy(ev).class("ResourceClosedError");
            return Err(ev.raise_class(&class, vec![Value::from(text)]));
        }
        Ok(cursor)
    }

    fn element(&self, cursor: &Cursor, index: usize) -> Option<Value> {
        let row = cursor.rows.get(index)?;
        let chosen = |row: &Rc<[Value]>| match &self.chosen {
            Some((chosen, _)) => chosen
                .iter()
                .filter_map(|index| row.get(*index).cloned())
                .collect(),
            None => Rc::clone(row),
        };
        Some(match self.shape {
            Shape::Scalar => chosen(row).first().cloned().unwrap_or(Value::None),
            shape => row_value(self.columns(cursor), chosen(row), shape == Shape::Mapping),
        })
    }

    fn columns(&self, cursor: &Cursor) -> Rc<Columns> {
        match &self.chosen {
            Some((_, columns)) => Rc::clone(columns),
            None => Rc::clone(&cursor.columns),
        }
    }

    /// These of the columns that it has shown so far.
    fn choose(&self, cursor: &Cursor, places: &[usize]) -> (Vec<usize>, Rc<Columns>) {
        let columns = Rc::new(self.columns(cursor).reduced(places));
        let places = match &self.chosen {
            Some((earlier, _)) => {
                let places = places.iter().filter_map(|at| earlier.get(*at).copied());
                places.collect()
            }
            None => places.to_vec(),
        };
        (places, columns)
    }

    /// The next element, if there is one; `unique()` passes over those it has seen.
    fn next_element(&self, ev: &mut Interp<'_>, cursor: &Cursor) -> R<Option<Value>> {
        loop {
            let Some(value) = self.element(cursor, cursor.next.get()) else {
                return Ok(None);
            };
            cursor.next.set(cursor.next.get() + 1);
            let Some(seen) = &self.seen else {
                return Ok(Some(value));
            };
            let key = ev.hash_key(&value)?;
            if !seen.borrow().contains(&key) {
                seen.borrow_mut().push(key);
                return Ok(Some(value));
            }
        }
    }

    fn take(&self, ev: &mut Interp<'_>, cursor: &Cursor, limit: usize) -> R<Vec<Value>> {
        let mut out = Vec::new();
        while out.len() < limit {
            match self.next_element(ev, cursor)? {
                Some(value) => out.push(value),
                None => break,
            }
        }
        Ok(out)
    }

    fn with(&self, shape: Shape, chosen: Option<(Vec<usize>, Rc<Columns>)>) -> Value {
        Value::object(ResultObj {
            cursor: self.cursor.clone(),
            shape,
            chosen: chosen.or_else(|| self.chosen.clone()),
            seen: self.seen.as_ref().map(|_| RefCell::new(Vec::new())),
        })
    }

    /// The place of a column given by index, name or column object. An index is the name of the column there to SQLAlchemy.
    fn column_index(&self, ev: &mut Interp<'_>, cursor: &Cursor, key: &Value) -> R<usize> {
        let columns = self.columns(cursor);
        let names = columns.names();
        if let Some(index) = key.as_i64() {
            let len = i64::try_from(names.len()).unwrap_or(i64::MAX);
            let at = if index < 0 { index + len } else { index };
            let name = usize::try_from(at).ok().and_then(|at| names.get(at));
            let Some(name) = name.cloned() else {
                return Err(ev.raise("IndexError", "list index out of range"));
            };
            let place = columns.named_place(ev, &name)?;
            return Ok(place.unwrap_or_default());
        }
        match columns.place(ev, key)? {
            Some(at) => Ok(at),
            None => Err(no_such_column(ev, key)),
        }
    }

    fn only(&self, ev: &mut Interp<'_>, cursor: &Cursor, or_none: bool) -> R {
        let mut found = self.take(ev, cursor, 2)?;
        cursor.closed.set(true);
        if found.len() > 1 {
            let class = alchemy(ev).class("MultipleResultsFound");
            let text = if or_none {
                "Multiple rows were found when one or none was required"
            } else {
                "Multiple rows were found when exactly one was required"
            };
            return Err(ev.raise_class(&class, vec![Value::from(text)]));
        }
        match found.pop() {
            Some(value) => Ok(value),
            None if or_none => Ok(Value::None),
            None => {
                let class = alchemy(ev).class("NoResultFound");
                let text = "No row was found when one was required";
                Err(ev.raise_class(&class, vec![Value::from(text)]))
            }
        }
    }

    fn first(&self, ev: &mut Interp<'_>, cursor: &Cursor) -> R {
        let first = self.next_element(ev, cursor)?.unwrap_or(Value::None);
        cursor.closed.set(true);
        Ok(first)
    }

    fn as_scalars(&self) -> ResultObj {
        ResultObj {
            cursor: self.cursor.clone(),
            shape: Shape::Scalar,
            chosen: self.chosen.clone(),
            seen: None,
        }
    }
}

pub(crate) const METHODS: &[&str] = &[
    "fetchall",
    "all",
    "fetchone",
    "first",
    "one",
    "one_or_none",
    "scalar",
    "scalar_one",
    "scalar_one_or_none",
    "scalars",
    "mappings",
    "fetchmany",
    "keys",
    "close",
    "unique",
    "tuples",
    "partitions",
    "columns",
    "yield_per",
    "__next__",
];

const SCALAR_METHODS: &[&str] = &[
    "fetchall",
    "all",
    "first",
    "one",
    "one_or_none",
    "fetchmany",
    "close",
    "unique",
    "partitions",
    "yield_per",
    "__next__",
];

const MAPPING_METHODS: &[&str] = &[
    "fetchall",
    "all",
    "fetchone",
    "first",
    "one",
    "one_or_none",
    "fetchmany",
    "keys",
    "close",
    "unique",
    "partitions",
    "columns",
    "yield_per",
    "__next__",
];

impl NativeObject for ResultObj {
    fn type_name(&self) -> String {
        match self.shape {
            Shape::Row => "CursorResult",
            Shape::Scalar => "ScalarResult",
            Shape::Mapping => "MappingResult",
        }
        .to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class(&self.type_name())
    }

    fn methods(&self) -> &'static [&'static str] {
        match self.shape {
            Shape::Row => METHODS,
            Shape::Scalar => SCALAR_METHODS,
            Shape::Mapping => MAPPING_METHODS,
        }
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match name {
            "close" => {
                if let Some(cursor) = &self.cursor {
                    cursor.closed.set(true);
                }
                return Ok(Some(Value::None));
            }
            // These say how rows will be fetched, and fetch none.
            "yield_per" => return Ok(Some(Value::Object(self))),
            "tuples" => return Ok(Some(Value::Object(self))),
            _ => {}
        }
        let cursor = self.open(ev)?;
        Ok(Some(match name {
            "fetchall" | "all" => Value::list(self.take(ev, &cursor, usize::MAX)?),
            "fetchmany" => {
                let mut args = args.bind(ev, name, "size=")?;
                let size = args.take_or_none("size");
                let size = convert::opt_u64(ev, &size, "`size`")?.unwrap_or(1);
                if size == 0 {
                    return Err(ev.unreadable("what a driver fetches of no rows is not modelled"));
                }
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                Value::list(self.take(ev, &cursor, size)?)
            }
            "fetchone" => self.next_element(ev, &cursor)?.unwrap_or(Value::None),
            "__next__" => match self.next_element(ev, &cursor)? {
                Some(value) => value,
                None => return Err(ev.raise_class(&ev.types().exception("StopIteration"), vec![])),
            },
            "first" => self.first(ev, &cursor)?,
            "scalar" => self.as_scalars().first(ev, &cursor)?,
            "one" => self.only(ev, &cursor, false)?,
            "one_or_none" => self.only(ev, &cursor, true)?,
            "scalar_one" => self.as_scalars().only(ev, &cursor, false)?,
            "scalar_one_or_none" => self.as_scalars().only(ev, &cursor, true)?,
            "scalars" => {
                let mut args = args.bind(ev, name, "index=")?;
                let chosen = match args.take("index") {
                    Some(index) => self.column_index(ev, &cursor, &index)?,
                    None if self.columns(&cursor).names().is_empty() => 0,
                    None => self.column_index(ev, &cursor, &Value::int(0))?,
                };
                self.with(Shape::Scalar, Some(self.choose(&cursor, &[chosen])))
            }
            "mappings" => self.with(Shape::Mapping, None),
            "columns" => {
                let mut chosen = Vec::new();
                for key in &args.positional {
                    chosen.push(self.column_index(ev, &cursor, key)?);
                }
                self.with(self.shape, Some(self.choose(&cursor, &chosen)))
            }
            "unique" => {
                let mut args = args.bind(ev, name, "strategy=")?;
                if !args.take_or_none("strategy").is_none() {
                    return Err(ev.unreadable("`unique()` with a strategy is not modelled"));
                }
                Value::object(ResultObj {
                    cursor: self.cursor.clone(),
                    shape: self.shape,
                    chosen: self.chosen.clone(),
                    seen: Some(RefCell::new(Vec::new())),
                })
            }
            "partitions" => {
                let mut args = args.bind(ev, name, "size=")?;
                let size = args.take_or_none("size");
                let size = convert::opt_u64(ev, &size, "`size`")?.unwrap_or(1);
                Value::iter(
                    "generator",
                    Partitions {
                        result: Rc::clone(&self),
                        size: usize::try_from(size.max(1)).unwrap_or(usize::MAX),
                    },
                )
            }
            "keys" => crate::alchemy::live::row::keys_value(&self.columns(&cursor)),
            _ => return Err(ev.unreadable(format!("`{name}()` of a result is not modelled"))),
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if self.shape != Shape::Row {
            return Ok(match name {
                "closed" => Some(Value::Bool(self.known(ev)?.closed.get())),
                _ => None,
            });
        }
        match name {
            "rowcount" => {
                let cursor = self.known(ev)?;
                match cursor.rowcount {
                    Some(count) => Ok(Some(Value::int(count))),
                    None => Err(ev.unreadable("the row count of this statement is not known")),
                }
            }
            "lastrowid" => Ok(self.known(ev)?.lastrowid.map(Value::int)),
            "returns_rows" => Ok(Some(Value::Bool(self.known(ev)?.returns_rows))),
            "closed" => Ok(Some(Value::Bool(self.known(ev)?.closed.get()))),
            "is_insert" => Ok(Some(Value::Bool(self.known(ev)?.is_insert))),
            "inserted_primary_key" | "inserted_primary_key_rows" => {
                let cursor = self.known(ev)?;
                let Some(row) = cursor.key.clone() else {
                    return Ok(None);
                };
                Ok(Some(match name {
                    "inserted_primary_key" => row,
                    _ => Value::list(vec![row]),
                }))
            }
            _ => Ok(None),
        }
    }

    fn iterator(self: Rc<Self>, ev: &mut Interp<'_>) -> R<Option<Value>> {
        self.open(ev)?;
        Ok(Some(Value::iter("generator", Fetching(self))))
    }
}

/// `value.astimezone(timezone.utc)`
fn in_utc(ev: &mut Interp<'_>, value: &Value) -> R {
    let module = ev.import("datetime")?;
    let zone = ev.get_attr(&module, "timezone")?;
    let utc = ev.get_attr(&zone, "utc")?;
    ev.call_method(value, "astimezone", Args::positional(vec![utc]))
}

/// Rows, one after the other.
struct Fetching(Rc<ResultObj>);

impl PyIter for Fetching {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        let cursor = self.0.known(ev)?;
        self.0.next_element(ev, &cursor)
    }
}

/// `result.partitions(size)`
struct Partitions {
    result: Rc<ResultObj>,
    size: usize,
}

impl PyIter for Partitions {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        let cursor = self.result.known(ev)?;
        let part = self.result.take(ev, &cursor, self.size)?;
        Ok((!part.is_empty()).then(|| Value::list(part)))
    }
}

/// The words of a missing attribute of a row.
pub(crate) fn missing_attribute(ev: &mut Interp<'_>, name: &str) -> Flow {
    ev.raise("AttributeError", missing_text(name))
}
