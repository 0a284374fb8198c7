//! `collections`, `itertools` and `copy`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::args::Args;
use crate::builtins::iter::Filter;
use crate::builtins::to_index;
use crate::eval::{Interp, ListIter};
use crate::flow::{Flow, R};
use crate::value::{
    BinOp, Class, ClassHooks, CmpOp, HashKey, Module, NativeObject, PyIter, Unhashable, Value,
};

/// `deque`.
struct Deque {
    items: RefCell<VecDeque<Value>>,
    limit: Option<usize>,
}

impl Deque {
    fn as_list(&self) -> Value {
        Value::list(self.items.borrow().iter().cloned().collect())
    }

    fn take_from(&self, list: &Value) {
        if let Value::List(items) = list {
            *self.items.borrow_mut() = items.take().into();
        }
    }

    fn trim(&self, from_left: bool) {
        if let Some(limit) = self.limit {
            let mut items = self.items.borrow_mut();
            while items.len() > limit {
                if from_left {
                    items.pop_front()
                } else {
                    items.pop_back()
                };
            }
        }
    }
}

impl NativeObject for Deque {
    fn type_name(&self) -> String {
        "collections.deque".to_owned()
    }

    fn is_partial(&self) -> bool {
        false
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "append",
            "appendleft",
            "pop",
            "popleft",
            "extend",
            "extendleft",
            "clear",
            "rotate",
            "copy",
            "count",
            "index",
            "insert",
            "remove",
            "reverse",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let first = args.get(0).cloned().unwrap_or(Value::None);
        match name {
            "append" => {
                self.items.borrow_mut().push_back(first);
                self.trim(true);
            }
            "appendleft" => {
                self.items.borrow_mut().push_front(first);
                self.trim(false);
            }
            "pop" | "popleft" => {
                let item = if name == "pop" {
                    self.items.borrow_mut().pop_back()
                } else {
                    self.items.borrow_mut().pop_front()
                };
                return match item {
                    Some(item) => Ok(Some(item)),
                    None => Err(ev.raise("IndexError", "pop from an empty deque")),
                };
            }
            "extend" => {
                let more = ev.iterate(&first)?;
                self.items.borrow_mut().extend(more);
                self.trim(true);
            }
            "extendleft" => {
                for item in ev.iterate(&first)? {
                    self.items.borrow_mut().push_front(item);
                }
                self.trim(false);
            }
            "clear" => self.items.borrow_mut().clear(),
            "insert"
                if self
                    .limit
                    .is_some_and(|most| self.items.borrow().len() >= most) =>
            {
                return Err(ev.raise("IndexError", "deque already at its maximum size"));
            }
            "reverse" => self.items.borrow_mut().make_contiguous().reverse(),
            "rotate" => {
                let count = args.get(0).map_or(Ok(1), |count| to_index(ev, count))?;
                let mut items = self.items.borrow_mut();
                if let Ok(length) = i64::try_from(items.len())
                    && length > 0
                {
                    items.rotate_right(usize::try_from(count.rem_euclid(length)).unwrap_or(0));
                }
            }
            "copy" => {
                let items = RefCell::new(self.items.borrow().clone());
                return Ok(Some(Value::object(Deque {
                    items,
                    limit: self.limit,
                })));
            }
            _ => {
                let list = Value::list(self.items.borrow().iter().cloned().collect());
                let result = ev.call_method(&list, name, args)?;
                if let Value::List(items) = list {
                    *self.items.borrow_mut() = items.take().into();
                }
                return Ok(Some(result));
            }
        }
        Ok(Some(Value::None))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok((name == "maxlen").then(|| self.limit.map_or(Value::None, Value::from)))
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(Some(self.items.borrow().iter().cloned().collect()))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.items.borrow().len()))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.items.borrow().is_empty())
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        if key.is_unknown() {
            return Ok(Some(key.clone()));
        }
        let Some(index) = ev.index_opt(key)? else {
            let kind = ev.type_name(key);
            return Err(ev.raise(
                "TypeError",
                format!("sequence index must be integer, not '{kind}'"),
            ));
        };
        match ev.get_item(&self.as_list(), &Value::Int(index)) {
            Err(Flow::Raise(_)) => Err(ev.raise("IndexError", "deque index out of range")),
            other => other.map(Some),
        }
    }

    fn set_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value, value: Value) -> R<bool> {
        let list = self.as_list();
        ev.set_item(&list, key, value)?;
        self.take_from(&list);
        Ok(true)
    }

    fn del_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<bool> {
        let list = self.as_list();
        ev.del_item(&list, key)?;
        self.take_from(&list);
        Ok(true)
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        let result = match op {
            BinOp::Add => match other.downcast_ref::<Deque>() {
                Some(other) if !reflected => ev.binary(op, &self.as_list(), &other.as_list())?,
                _ if reflected => return Ok(None),
                _ => {
                    let kind = ev.type_name(other);
                    return Err(ev.raise(
                        "TypeError",
                        format!("can only concatenate deque (not \"{kind}\") to deque"),
                    ));
                }
            },
            BinOp::Mul => ev.binary(op, &self.as_list(), other)?,
            _ => return Ok(None),
        };
        Ok(match result {
            Value::List(items) => {
                let deque = Deque {
                    items: RefCell::new(items.take().into()),
                    limit: self.limit,
                };
                deque.trim(true);
                Some(Value::object(deque))
            }
            other => Some(other),
        })
    }

    fn binary_in_place(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
    ) -> R<Option<Value>> {
        match op {
            BinOp::Add => {
                let more = ev.iterate(other)?;
                self.items.borrow_mut().extend(more);
            }
            BinOp::Mul => {
                let repeated = ev.binary(op, &self.as_list(), other)?;
                self.take_from(&repeated);
            }
            _ => return Ok(None),
        }
        self.trim(true);
        Ok(Some(Value::Object(self)))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Err(Unhashable::Type("collections.deque".to_owned()))
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(other) = other.downcast_ref::<Deque>() else {
            return Ok(None);
        };
        ev.compare(op, &self.as_list(), &other.as_list()).map(Some)
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        let items = ev.to_repr(&Value::list(self.items.borrow().iter().cloned().collect()))?;
        Ok(match self.limit {
            Some(limit) => format!("deque({items}, maxlen={limit})"),
            None => format!("deque({items})"),
        })
    }
}

fn deque(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "deque", "iterable=, maxlen=")?;
    let items = match args.take("iterable") {
        Some(items) if items.is_unknown() => return Ok(items),
        Some(items) => ev.iterate(&items)?,
        None => Vec::new(),
    };
    let limit = args
        .take("maxlen")
        .and_then(|limit| limit.as_i64())
        .and_then(|limit| usize::try_from(limit).ok());
    let deque = Deque {
        items: RefCell::new(items.into()),
        limit,
    };
    deque.trim(true);
    Ok(Value::object(deque))
}

struct DequeHooks;

impl ClassHooks for DequeHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        deque(ev, args).map(Ok)
    }
}

/// `collections`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class = |name: &'static str| (name, Value::Class(ev.types().get(name)));
    let deque = Class::native(
        "deque",
        "collections",
        Vec::new(),
        Some(Rc::new(DequeHooks)),
    );
    Ok(Module::native(
        "collections",
        [
            class("OrderedDict"),
            class("defaultdict"),
            class("Counter"),
            ("deque", Value::Class(deque)),
            (
                "namedtuple",
                Value::native("namedtuple", super::typing::named_tuple_function),
            ),
        ],
    ))
}

/// A lazy iterator made of a function.
struct Lazy<F>(F);

impl<F: FnMut(&mut Interp<'_>) -> R<Option<Value>>> PyIter for Lazy<F> {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        (self.0)(ev)
    }
}

fn lazy(
    kind: &'static str,
    next: impl FnMut(&mut Interp<'_>) -> R<Option<Value>> + 'static,
) -> Value {
    Value::iter(kind, Lazy(next))
}

fn ready(kind: &'static str, items: Vec<Value>) -> Value {
    Value::iter(kind, ListIter::new(items))
}

fn iters(ev: &mut Interp<'_>, values: &[Value]) -> R<Vec<Value>> {
    let mut out = Vec::new();
    for value in values {
        out.push(ev.get_iter(value)?);
    }
    Ok(out)
}

fn chain_of(ev: &mut Interp<'_>, sources: Value) -> R {
    let mut sources = ev.get_iter(&sources)?;
    let mut current: Option<Value> = None;
    Ok(lazy("itertools.chain", move |ev| {
        loop {
            if let Some(iter) = &mut current {
                if let Some(item) = ev.next(iter)? {
                    return Ok(Some(item));
                }
                current = None;
            }
            match ev.next(&mut sources)? {
                Some(source) => current = Some(ev.get_iter(&source)?),
                None => return Ok(None),
            }
        }
    }))
}

struct ChainHooks;

impl ClassHooks for ChainHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        chain_of(ev, Value::list(args.positional)).map(Ok)
    }

    fn class_attr(&self, _ev: &mut Interp<'_>, _class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        Ok((name == "from_iterable").then(|| {
            Value::native("from_iterable", |ev, args| {
                chain_of(ev, args.get(0).cloned().unwrap_or(Value::None))
            })
        }))
    }
}

/// Index tuples of `permutations` and `combinations`.
fn choose(
    count: usize,
    size: usize,
    ordered: bool,
    repeat: bool,
    out: &mut Vec<Vec<usize>>,
    current: &mut Vec<usize>,
) -> bool {
    if out.len() > 1_000_000 {
        return false;
    }
    if current.len() == size {
        out.push(current.clone());
        return true;
    }
    let from = match current.last() {
        Some(last) if !ordered => last + usize::from(!repeat),
        _ => 0,
    };
    for index in from..count {
        if ordered && !repeat && current.contains(&index) {
            continue;
        }
        current.push(index);
        let ok = choose(count, size, ordered, repeat, out, current);
        current.pop();
        if !ok {
            return false;
        }
    }
    true
}

fn selections(
    ev: &mut Interp<'_>,
    args: &Args,
    kind: &'static str,
    ordered: bool,
    repeat: bool,
) -> R {
    let pool = ev.iterate(&args.get(0).cloned().unwrap_or(Value::None))?;
    let size = match args.get(1).or(args.keyword("r")) {
        Some(Value::None) | None => pool.len(),
        Some(size) => usize::try_from(to_index(ev, &size.clone())?).unwrap_or(0),
    };
    let mut picks = Vec::new();
    if size > 64
        || !choose(
            pool.len(),
            size,
            ordered,
            repeat,
            &mut picks,
            &mut Vec::new(),
        )
    {
        return Err(ev.unreadable("too many combinations"));
    }
    let items = picks
        .into_iter()
        .map(|pick| {
            Value::tuple(
                pick.iter()
                    .filter_map(|index| pool.get(*index).cloned())
                    .collect(),
            )
        })
        .collect();
    Ok(ready(kind, items))
}

fn product(ev: &mut Interp<'_>, args: Args) -> R {
    let repeat = args
        .keyword("repeat")
        .and_then(Value::as_i64)
        .and_then(|repeat| usize::try_from(repeat).ok())
        .unwrap_or(1);
    let mut pools = Vec::new();
    for value in &args.positional {
        pools.push(ev.iterate(value)?);
    }
    let mut result: Vec<Vec<Value>> = vec![Vec::new()];
    for _ in 0..repeat {
        ev.step()?;
        for pool in &pools {
            let length = result.first().map_or(0, Vec::len);
            ev.charge(result.len().saturating_mul(1 + length / 8));
            ev.step()?;
            ev.check_size(result.len().saturating_mul(pool.len()).saturating_mul(16))?;
            result = result
                .iter()
                .flat_map(|head| {
                    pool.iter().map(move |item| {
                        let mut next = head.clone();
                        next.push(item.clone());
                        next
                    })
                })
                .collect();
        }
    }
    Ok(ready(
        "itertools.product",
        result.into_iter().map(Value::tuple).collect(),
    ))
}

fn islice(ev: &mut Interp<'_>, args: Args) -> R {
    let mut iter = ev.get_iter(&args.get(0).cloned().unwrap_or(Value::None))?;
    let mut number = |index: usize| -> R<Option<usize>> {
        match args.get(index) {
            None | Some(Value::None) => Ok(None),
            Some(value) => Ok(usize::try_from(to_index(ev, value)?).ok()),
        }
    };
    let (start, stop, step) = match args.positional.len() {
        2 => (0, number(1)?, 1),
        _ => (
            number(1)?.unwrap_or(0),
            number(2)?,
            number(3)?.unwrap_or(1).max(1),
        ),
    };
    let (mut at, mut next) = (0_usize, start);
    Ok(lazy("itertools.islice", move |ev| {
        loop {
            if stop.is_some_and(|stop| next >= stop) {
                return Ok(None);
            }
            let Some(item) = ev.next(&mut iter)? else {
                return Ok(None);
            };
            at += 1;
            if at > next {
                next += step;
                return Ok(Some(item));
            }
        }
    }))
}

/// `itertools`.
pub(crate) fn itertools(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let chain = Class::native("chain", "itertools", Vec::new(), Some(Rc::new(ChainHooks)));
    let mut attrs: Vec<(&str, Value)> = vec![
        ("chain", Value::Class(chain)),
        ("product", Value::native("product", product)),
        ("islice", Value::native("islice", islice)),
        (
            "permutations",
            Value::native("permutations", |ev, args| {
                selections(ev, &args, "itertools.permutations", true, false)
            }),
        ),
        (
            "combinations",
            Value::native("combinations", |ev, args| {
                selections(ev, &args, "itertools.combinations", false, false)
            }),
        ),
        (
            "combinations_with_replacement",
            Value::native("combinations_with_replacement", |ev, args| {
                selections(
                    ev,
                    &args,
                    "itertools.combinations_with_replacement",
                    false,
                    true,
                )
            }),
        ),
    ];
    attrs.push((
        "count",
        Value::native("count", |_, args| {
            let mut next = args
                .get(0)
                .or(args.keyword("start"))
                .cloned()
                .unwrap_or_else(|| Value::int(0_i64));
            let step = args
                .get(1)
                .or(args.keyword("step"))
                .cloned()
                .unwrap_or_else(|| Value::int(1_i64));
            Ok(lazy("itertools.count", move |ev| {
                let current = next.clone();
                next = ev.binary(BinOp::Add, &current, &step)?;
                Ok(Some(current))
            }))
        }),
    ));
    attrs.push((
        "repeat",
        Value::native("repeat", |_, args| {
            let value = args.get(0).cloned().unwrap_or(Value::None);
            let mut left = args
                .get(1)
                .or(args.keyword("times"))
                .and_then(Value::as_i64);
            Ok(lazy("itertools.repeat", move |_| match &mut left {
                Some(left) if *left <= 0 => Ok(None),
                Some(left) => {
                    *left -= 1;
                    Ok(Some(value.clone()))
                }
                None => Ok(Some(value.clone())),
            }))
        }),
    ));
    attrs.push((
        "zip_longest",
        Value::native("zip_longest", |ev, args| {
            let fill = args.keyword("fillvalue").cloned().unwrap_or(Value::None);
            let mut sources = iters(ev, &args.positional)?;
            Ok(lazy("itertools.zip_longest", move |ev| {
                let mut items = Vec::new();
                let mut any = false;
                for iter in &mut sources {
                    let item = ev.next(iter)?;
                    any |= item.is_some();
                    items.push(item.unwrap_or_else(|| fill.clone()));
                }
                Ok(any.then(|| Value::tuple(items)))
            }))
        }),
    ));
    attrs.push((
        "starmap",
        Value::native("starmap", |ev, args| {
            let function = args.get(0).cloned().unwrap_or(Value::None);
            let mut iter = ev.get_iter(&args.get(1).cloned().unwrap_or(Value::None))?;
            Ok(lazy("itertools.starmap", move |ev| {
                let Some(item) = ev.next(&mut iter)? else {
                    return Ok(None);
                };
                let items = ev.iterate(&item)?;
                ev.call(&function, Args::positional(items)).map(Some)
            }))
        }),
    ));
    attrs.push((
        "accumulate",
        Value::native("accumulate", |ev, args| {
            let mut args = args.bind(ev, "accumulate", "iterable, func=, *, initial=")?;
            let mut iter = ev.get_iter(&args.take_or_none("iterable"))?;
            let function = args.take_or_none("func");
            let mut initial = args.take("initial").filter(|initial| !initial.is_none());
            let mut total: Option<Value> = None;
            Ok(lazy("itertools.accumulate", move |ev| {
                if let Some(first) = initial.take() {
                    total = Some(first.clone());
                    return Ok(Some(first));
                }
                let Some(item) = ev.next(&mut iter)? else {
                    return Ok(None);
                };
                let next = match &total {
                    None => item,
                    Some(total) if function.is_none() => ev.binary(BinOp::Add, total, &item)?,
                    Some(total) => {
                        ev.call(&function, Args::positional(vec![total.clone(), item]))?
                    }
                };
                total = Some(next.clone());
                Ok(Some(next))
            }))
        }),
    ));
    attrs.push((
        "filterfalse",
        Value::native("filterfalse", |ev, args| {
            let function = args.get(0).cloned().unwrap_or(Value::None);
            let iter = ev.get_iter(&args.get(1).cloned().unwrap_or(Value::None))?;
            Ok(Value::iter(
                "itertools.filterfalse",
                Filter {
                    function,
                    iter,
                    keep: false,
                },
            ))
        }),
    ));
    for (name, take) in [("takewhile", true), ("dropwhile", false)] {
        attrs.push((
            name,
            Value::native(name, move |ev, args| {
                let function = args.get(0).cloned().unwrap_or(Value::None);
                let mut iter = ev.get_iter(&args.get(1).cloned().unwrap_or(Value::None))?;
                let mut switched = false;
                Ok(lazy("itertools.while", move |ev| {
                    loop {
                        if take && switched {
                            return Ok(None);
                        }
                        let Some(item) = ev.next(&mut iter)? else {
                            return Ok(None);
                        };
                        if switched {
                            return Ok(Some(item));
                        }
                        let verdict = ev.call(&function, Args::positional(vec![item.clone()]))?;
                        let verdict = ev.truth(&verdict, "a condition")?;
                        if !verdict {
                            switched = true;
                        }
                        if verdict == take {
                            return Ok(Some(item));
                        }
                    }
                }))
            }),
        ));
    }
    attrs.push((
        "batched",
        Value::native("batched", |ev, args| {
            let items = ev.iterate(&args.get(0).cloned().unwrap_or(Value::None))?;
            let size = usize::try_from(to_index(ev, &args.get(1).cloned().unwrap_or(Value::None))?)
                .unwrap_or(1)
                .max(1);
            Ok(ready(
                "itertools.batched",
                items
                    .chunks(size)
                    .map(|chunk| Value::tuple(chunk.to_vec()))
                    .collect(),
            ))
        }),
    ));
    Ok(Module::native("itertools", attrs))
}

/// `copy`.
pub(crate) fn copy(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let function = |name: &'static str, deep: bool| {
        (
            name,
            Value::native(name, move |ev, args| {
                let value = args.get(0).cloned().unwrap_or(Value::None);
                super::copies::copied(ev, &value, deep)
            }),
        )
    };
    Ok(Module::native(
        "copy",
        [function("copy", false), function("deepcopy", true)],
    ))
}
