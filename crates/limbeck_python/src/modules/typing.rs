//! `typing`: types as values.

use std::rc::Rc;

use crate::eval::{ClassParts, Interp};
use crate::flow::R;
use crate::value::{
    BinOp, Class, ClassKind, CmpOp, FieldRules, Module, NativeObject, Str, Unknown, Value,
};

/// A subscripted type: `list[int]`, `Optional[str]`, `Annotated[int, ...]`, `Literal["a"]`, `int | None`.
#[derive(Debug, Clone)]
pub(crate) struct GenericAlias {
    /// `list`, `dict`, a class's name, `Union` (also for `Optional` and `|`), `Annotated`, `Literal`, ...
    pub name: String,
    /// The subscripted class, if it is one.
    pub origin: Option<Rc<Class>>,
    /// The arguments; `Optional[x]` is `Union[x, None]` with `NoneType` as [`Value::None`].
    pub args: Vec<Value>,
}

impl GenericAlias {
    /// The type that `Annotated[type, …]` stands for: it is called, and asked for attributes, in its place.
    fn annotated(&self) -> Option<&Value> {
        (self.name == "Annotated").then(|| self.args.first())?
    }
}

impl NativeObject for GenericAlias {
    fn type_name(&self) -> String {
        "GenericAlias".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&forms(ev).alias))
    }

    fn is_callable(&self) -> bool {
        self.origin.is_some() || self.annotated().is_some()
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, args: crate::Args) -> R<Option<Value>> {
        match (&self.origin, self.annotated()) {
            (Some(class), _) => ev.call(&Value::Class(Rc::clone(class)), args).map(Some),
            (None, Some(type_)) => ev.call(type_, args).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// `alias[int]` gives type variables of the alias their values.
    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, _key: &Value) -> R<Option<Value>> {
        Ok(Some(ev.unknown(format!(
            "a value for the type variables of `{}[…]` is not modelled",
            self.name
        ))))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "__metadata__" if self.annotated().is_some() => {
                Some(Value::tuple(self.args.iter().skip(1).cloned().collect()))
            }
            "__origin__" => match (&self.origin, self.annotated()) {
                (Some(class), _) => Some(Value::Class(Rc::clone(class))),
                (None, Some(type_)) => Some(type_.clone()),
                (None, None) => Some(Value::object(SpecialForm(self.name.clone()))),
            },
            "__args__" => {
                let none = Value::Class(ev.types().get("NoneType"));
                let count = match self.annotated() {
                    Some(_) => 1,
                    None => self.args.len(),
                };
                let args = self.args.iter().take(count).map(|arg| {
                    if arg.is_none() {
                        none.clone()
                    } else {
                        arg.clone()
                    }
                });
                Some(Value::tuple(args.collect()))
            }
            _ => match (&self.origin, self.annotated()) {
                (Some(class), _) => ev.class_attr(class, name)?,
                // Every other name is that of the type, if it is no name of Python's own.
                (None, Some(type_)) if !name.starts_with("__") => ev.get_attr_opt(type_, name)?,
                (None, _) => None,
            },
        })
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if op != BinOp::Or {
            return Ok(None);
        }
        let this = Value::Object(self);
        Ok(Some(if reflected {
            union(ev, other, &this)
        } else {
            union(ev, &this, other)
        }))
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let (CmpOp::Eq, Some(other)) = (op, other.downcast_ref::<GenericAlias>()) else {
            return Ok(None);
        };
        let (left, right) = (
            Value::tuple(self.args.clone()),
            Value::tuple(other.args.clone()),
        );
        if self.name != other.name {
            return Ok(Some(Value::Bool(false)));
        }
        let equal = ev.compare(CmpOp::Eq, &left, &right)?;
        // The order of the parts of a union does not matter.
        if self.name == "Union" && !matches!(equal, Value::Bool(true)) {
            return Ok(Some(ev.unknown("a comparison of unions is not modelled")));
        }
        Ok(Some(equal))
    }
}

/// The classes of what annotations are made of.
struct Forms {
    special: Rc<Class>,
    alias: Rc<Class>,
}

fn forms(ev: &Interp<'_>) -> Rc<Forms> {
    ev.world().extension("typing", || Forms {
        special: Class::native("_SpecialForm", "typing", Vec::new(), None),
        alias: Class::native("_GenericAlias", "typing", Vec::new(), None),
    })
}

/// `typing.Optional` and the like before they are subscripted.
#[derive(Debug)]
pub(crate) struct SpecialForm(pub String);

impl NativeObject for SpecialForm {
    fn type_name(&self) -> String {
        "_SpecialForm".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&forms(ev).special))
    }

    fn get_item(self: Rc<Self>, _ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let mut args = match key {
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let mut name = self.0.clone();
        if name == "Optional" {
            name = "Union".to_owned();
            args.push(Value::None);
        }
        if name == "Union" {
            let mut flat = Vec::new();
            for arg in args {
                match arg.downcast_ref::<GenericAlias>() {
                    Some(alias) if alias.name == "Union" => flat.extend(alias.args.iter().cloned()),
                    _ => flat.push(arg),
                }
            }
            args = Vec::new();
            for arg in flat {
                if !args.iter().any(|known: &Value| known.is_same(&arg)) {
                    args.push(arg);
                }
            }
            if let [only] = args.as_slice() {
                return Ok(Some(only.clone()));
            }
        }
        Ok(Some(Value::object(GenericAlias {
            name,
            origin: None,
            args,
        })))
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, _args: crate::Args) -> R<Option<Value>> {
        if self.0 == "NamedTuple" {
            return Ok(Some(ev.foreign("`NamedTuple()` as a call is not modelled")));
        }
        // `TypedDict("Name", {"key": type})`
        Ok((self.0 == "TypedDict").then(|| Value::Class(ev.types().get("dict"))))
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if op != BinOp::Or {
            return Ok(None);
        }
        let this = Value::Object(self);
        Ok(Some(if reflected {
            union(ev, other, &this)
        } else {
            union(ev, &this, other)
        }))
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(format!("typing.{}", self.0))
    }

    fn hash_key(&self, _this: &Value) -> Result<crate::value::HashKey, crate::value::Unhashable> {
        Ok(crate::value::HashKey::Native(
            "typing",
            Rc::from(self.0.as_str()),
        ))
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        Ok(match (op, other.downcast_ref::<SpecialForm>()) {
            (CmpOp::Eq, Some(other)) => Some(Value::Bool(self.0 == other.0)),
            _ => None,
        })
    }
}

/// `NewType("Name", supertype)`: calling it gives back its argument.
pub(crate) struct NewType {
    pub(crate) name: Str,
    pub(crate) supertype: Value,
}

impl NativeObject for NewType {
    fn type_name(&self) -> String {
        "NewType".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _ev: &mut Interp<'_>, args: crate::Args) -> R<Option<Value>> {
        Ok(Some(args.get(0).cloned().unwrap_or(Value::None)))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "__supertype__" => Some(self.supertype.clone()),
            "__name__" => Some(Value::Str(Rc::clone(&self.name))),
            _ => None,
        })
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        Ok(union_operator(
            ev,
            &Value::Object(self),
            op,
            other,
            reflected,
        ))
    }
}

/// `type Name = …`: evaluated when it is asked for.
pub(crate) struct TypeAlias {
    pub(crate) name: Str,
    /// What it stands for.
    pub(crate) stands_for: Value,
}

impl TypeAlias {
    /// What it stands for.
    pub(crate) fn value(&self) -> Value {
        self.stands_for.clone()
    }
}

impl NativeObject for TypeAlias {
    fn type_name(&self) -> String {
        "TypeAliasType".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "__value__" => Some(self.value()),
            "__name__" => Some(Value::Str(Rc::clone(&self.name))),
            _ => None,
        })
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        Ok(union_operator(
            ev,
            &Value::Object(self),
            op,
            other,
            reflected,
        ))
    }
}

/// `this | other` of types.
fn union_operator(
    ev: &mut Interp<'_>,
    this: &Value,
    op: BinOp,
    other: &Value,
    reflected: bool,
) -> Option<Value> {
    if op != BinOp::Or {
        return None;
    }
    Some(if reflected {
        union(ev, other, this)
    } else {
        union(ev, this, other)
    })
}

/// What a base of a class statement that is no class means.
pub(crate) enum BaseOf {
    Class(Rc<Class>),
    Nothing,
    NamedTuple,
    TypedDict,
    Unknown(Rc<Unknown>),
}

pub(crate) fn base_of(ev: &mut Interp<'_>, value: &Value) -> BaseOf {
    if let Some(alias) = value.downcast_ref::<GenericAlias>() {
        return match &alias.origin {
            Some(class) => BaseOf::Class(Rc::clone(class)),
            None => BaseOf::Nothing,
        };
    }
    if let Some(form) = value.downcast_ref::<SpecialForm>() {
        return match form.0.as_str() {
            "NamedTuple" => BaseOf::NamedTuple,
            "TypedDict" => BaseOf::TypedDict,
            _ => BaseOf::Nothing,
        };
    }
    match ev.unknown(format!("the base {value:?} is not modelled")) {
        Value::Unknown(unknown) => BaseOf::Unknown(unknown),
        _ => BaseOf::Nothing,
    }
}

/// `left | right` of types.
pub(crate) fn union(ev: &mut Interp<'_>, left: &Value, right: &Value) -> Value {
    let mut args = Vec::new();
    for side in [left, right] {
        match side.downcast_ref::<GenericAlias>() {
            Some(alias) if alias.name == "Union" => args.extend(alias.args.iter().cloned()),
            _ => args.push(side.clone()),
        }
    }
    ev.charge(args.len());
    Value::object(GenericAlias {
        name: "Union".to_owned(),
        origin: None,
        args,
    })
}

/// `class[key]`.
pub(crate) fn class_get_item(ev: &mut Interp<'_>, class: &Rc<Class>, key: &Value) -> R {
    if let Some(method) = class.lookup("__class_getitem__") {
        let bound = match method.downcast_ref::<super::descriptors::ClassMethod>() {
            Some(method) => ev.bind_to(&method.0, Value::Class(Rc::clone(class)))?,
            None => ev.bind_to(&method, Value::Class(Rc::clone(class)))?,
        };
        return ev.call(&bound, crate::Args::positional(vec![key.clone()]));
    }
    if class.is_enum() {
        return super::enum_::get_item(ev, class, key);
    }
    if &*class.module == "builtins"
        && matches!(
            &*class.name,
            "int"
                | "str"
                | "bool"
                | "float"
                | "bytes"
                | "complex"
                | "object"
                | "NoneType"
                | "range"
        )
    {
        let text = format!("type '{}' is not subscriptable", class.name);
        return Err(ev.raise("TypeError", text));
    }
    let args = match key {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    Ok(Value::object(GenericAlias {
        name: class.name.to_string(),
        origin: Some(Rc::clone(class)),
        args,
    }))
}

/// A field of a named tuple.
struct TupleField(usize);

impl NativeObject for TupleField {
    fn type_name(&self) -> String {
        "_tuplegetter".to_owned()
    }

    fn descr_get(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        Ok(match instance.map(Value::unwrap_payload) {
            Some(Value::Tuple(items)) => items.get(self.0).cloned(),
            _ => None,
        })
    }

    fn descr_set(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        _instance: &Value,
        _value: &Value,
    ) -> R<bool> {
        Err(ev.raise("AttributeError", "can't set attribute"))
    }
}

/// A class of named tuples.
pub(crate) fn make_named_tuple(
    ev: &mut Interp<'_>,
    parts: ClassParts,
    fields: Vec<(Str, Option<Value>)>,
) -> R {
    let tuple = ev.types().get("tuple");
    let mut parts = parts;
    parts.bases = vec![tuple];
    let vars = Rc::clone(&parts.attrs);
    let Value::Class(class) = ev.make_class(parts)? else {
        return Ok(Value::None);
    };
    let names: Vec<Str> = fields.iter().map(|(name, _)| Rc::clone(name)).collect();
    for (index, name) in names.iter().enumerate() {
        vars.borrow_mut()
            .insert(Rc::clone(name), Value::object(TupleField(index)));
    }
    let name_tuple = Value::tuple(names.iter().cloned().map(Value::Str).collect());
    class.set("_fields", name_tuple.clone());
    class.set("__match_args__", name_tuple);
    let defaults: Vec<(Str, Value)> = fields
        .iter()
        .filter_map(|(name, value)| Some((Rc::clone(name), value.clone()?)))
        .collect();
    class.set(
        "_field_defaults",
        Value::dict(crate::value::Dict::from_pairs(defaults)),
    );
    *class.fields.borrow_mut() = Some(FieldRules {
        repr: names.clone(),
        shows: true,
        ..FieldRules::default()
    });
    let fields = Rc::new(fields);
    let title = Rc::clone(&class.name);
    class.set(
        "__new__",
        Value::native("__new__", move |ev, mut args| {
            if args.positional.is_empty() {
                return Err(ev.raise(
                    "TypeError",
                    "__new__() missing 1 required positional argument: '_cls'",
                ));
            }
            let Value::Class(class) = args.positional.remove(0) else {
                return Ok(Value::None);
            };
            let mut items = Vec::new();
            let mut missing = Vec::new();
            let given = args.positional.len();
            if given > fields.len() {
                return Err(ev.raise(
                    "TypeError",
                    format!(
                        "{title}.__new__() takes {} positional arguments but {} were given",
                        fields.len() + 1,
                        given + 1
                    ),
                ));
            }
            let mut positional = args.positional.drain(..);
            for (name, default) in fields.iter() {
                if let Some(value) = positional.next() {
                    items.push(value);
                } else if let Some(at) = args.keywords.iter().position(|(key, _)| key == name) {
                    items.push(args.keywords.remove(at).1);
                } else if let Some(default) = default {
                    items.push(default.clone());
                } else {
                    missing.push(&**name);
                }
            }
            if !missing.is_empty() {
                let message = crate::args::missing_message(
                    &format!("{title}.__new__"),
                    "positional",
                    &missing,
                );
                return Err(ev.raise("TypeError", message));
            }
            if let Some((key, _)) = args.keywords.first() {
                let message =
                    format!("{title}.__new__() got an unexpected keyword argument '{key}'");
                return Err(ev.raise("TypeError", message));
            }
            Ok(Value::Instance(crate::value::Instance::new(
                class,
                Some(Value::tuple(items)),
            )))
        }),
    );
    let own = names.clone();
    class.set(
        "_asdict",
        Value::object(super::descriptors::NativeMethod(Value::native(
            "_asdict",
            move |_, args| {
                let Some(Value::Tuple(items)) = args.get(0).map(Value::unwrap_payload) else {
                    return Ok(Value::None);
                };
                let pairs: Vec<(Str, Value)> =
                    own.iter().cloned().zip(items.iter().cloned()).collect();
                Ok(Value::dict(crate::value::Dict::from_pairs(pairs)))
            },
        ))),
    );
    class.set(
        "_replace",
        Value::object(super::descriptors::NativeMethod(Value::native(
            "_replace",
            move |ev, args| {
                let Some(Value::Instance(this)) = args.get(0).cloned() else {
                    return Ok(Value::None);
                };
                let items = ev.iterate(&Value::Instance(Rc::clone(&this)))?;
                let mut call = crate::Args::none();
                for (name, item) in names.iter().zip(items) {
                    let value = args.keyword(name).cloned().unwrap_or(item);
                    call.keywords.push((Rc::clone(name), value));
                }
                ev.call(&Value::Class(Rc::clone(&this.class)), call)
            },
        ))),
    );
    let maker = Rc::downgrade(&class);
    class.set(
        "_make",
        Value::object(super::descriptors::StaticMethod(Value::native(
            "_make",
            move |ev, args| {
                let items = ev.iterate(&args.get(0).cloned().unwrap_or(Value::None))?;
                match maker.upgrade() {
                    Some(class) => ev.call(&Value::Class(class), crate::Args::positional(items)),
                    None => Ok(Value::None),
                }
            },
        ))),
    );
    Ok(Value::Class(class))
}

pub(crate) fn named_tuple_class(ev: &mut Interp<'_>, parts: ClassParts) -> R {
    let fields = parts
        .annotations
        .iter()
        .map(|annotation| {
            let default = parts.attrs.borrow_mut().shift_remove(&*annotation.name);
            (Rc::clone(&annotation.name), default)
        })
        .collect();
    make_named_tuple(ev, parts, fields)
}

/// `collections.namedtuple(name, fields)` and `NamedTuple(name, [(name, type)])`.
pub(crate) fn named_tuple_function(ev: &mut Interp<'_>, args: crate::Args) -> R {
    if let Some(unknown) = crate::builtins::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(
        ev,
        "namedtuple",
        "typename, field_names=, *, rename=, defaults=, module=",
    )?;
    let name = args.take_or_none("typename").as_str().unwrap_or_default();
    let names = match args.take_or_none("field_names") {
        Value::Str(text) => text
            .replace(',', " ")
            .split_whitespace()
            .map(Value::from)
            .collect(),
        other => ev.iterate(&other)?,
    };
    let rename = match args.take("rename") {
        Some(value) => ev.truth(&value, "`rename` of `namedtuple`")?,
        None => false,
    };
    let mut fields: Vec<(Str, Option<Value>)> = Vec::new();
    for (at, item) in names.into_iter().enumerate() {
        let name = match &item {
            Value::Tuple(pair) => pair.first().and_then(Value::as_str),
            other => other.as_str(),
        };
        let name = name.unwrap_or_default();
        let fault = match fields.iter().any(|(known, _)| *known == name) {
            true => Some(format!("Encountered duplicate field name: '{name}'")),
            false => fault_of_field(&name),
        };
        match fault {
            None => fields.push((name, None)),
            Some(_) if rename => fields.push((Str::from(format!("_{at}")), None)),
            Some(fault) => return Err(ev.raise("ValueError", fault)),
        }
    }
    if let Some(defaults) = args.take("defaults").filter(|defaults| !defaults.is_none()) {
        let defaults = ev.iterate(&defaults)?;
        for ((_, slot), default) in fields.iter_mut().rev().zip(defaults.into_iter().rev()) {
            *slot = Some(default);
        }
    }
    let module = ev.frames.last().map_or_else(
        || Str::from("collections"),
        |frame| Rc::clone(&frame.scope.module.name),
    );
    let location = ev.location();
    let parts = ClassParts {
        qualname: Rc::clone(&name),
        name,
        module,
        bases: Vec::new(),
        unknown_base: None,
        metaclass: None,
        keywords: Vec::new(),
        attrs: crate::value::Vars::default(),
        annotations: Vec::new(),
        methods: Vec::new(),
        location,
    };
    make_named_tuple(ev, parts, fields)
}

/// Why a name can be none of a field.
fn fault_of_field(name: &str) -> Option<String> {
    const KEYWORDS: &[&str] = &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
        "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
        "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return",
        "try", "while", "with", "yield",
    ];
    let starts = name
        .chars()
        .next()
        .is_some_and(|it| it.is_alphabetic() || it == '_');
    if !starts || !name.chars().all(|it| it.is_alphanumeric() || it == '_') {
        return Some(format!(
            "Type names and field names must be valid identifiers: '{name}'"
        ));
    }
    if KEYWORDS.contains(&name) {
        return Some(format!(
            "Type names and field names cannot be a keyword: '{name}'"
        ));
    }
    let is_hidden = name.starts_with('_');
    is_hidden.then(|| format!("Field names cannot start with an underscore: '{name}'"))
}

pub(crate) fn typed_dict_class(ev: &mut Interp<'_>, _name: &str) -> Value {
    Value::Class(ev.types().get("dict"))
}

/// `typing` and `typing_extensions`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let mut attrs: Vec<(&str, Value)> = Vec::new();
    for name in [
        "Any",
        "Union",
        "Optional",
        "Literal",
        "Annotated",
        "ClassVar",
        "Final",
        "Callable",
        "Protocol",
        "TypedDict",
        "NamedTuple",
        "NoReturn",
        "Never",
        "Self",
        "TypeAlias",
        "LiteralString",
        "Concatenate",
        "TypeGuard",
        "Required",
        "NotRequired",
        "ReadOnly",
        "Unpack",
        "Awaitable",
        "Coroutine",
        "AsyncIterator",
        "AsyncGenerator",
        "AsyncIterable",
        "ContextManager",
        "AsyncContextManager",
        "AnyStr",
        "Hashable",
        "Sized",
        "SupportsInt",
        "SupportsFloat",
        "Text",
        "IO",
        "TextIO",
        "BinaryIO",
        "Pattern",
        "Match",
        "Iterable",
        "Iterator",
        "Generator",
        "Sequence",
        "MutableSequence",
        "Mapping",
        "MutableMapping",
        "Collection",
        "Container",
        "Reversible",
        "AbstractSet",
        "MutableSet",
        "KeysView",
        "ValuesView",
        "ItemsView",
        "ChainMap",
        "ByteString",
        "SupportsIndex",
        "SupportsAbs",
    ] {
        attrs.push((name, Value::object(SpecialForm(name.to_owned()))));
    }
    for (name, class) in [
        ("List", "list"),
        ("Dict", "dict"),
        ("Set", "set"),
        ("FrozenSet", "frozenset"),
        ("Tuple", "tuple"),
        ("Type", "type"),
        ("DefaultDict", "defaultdict"),
        ("OrderedDict", "OrderedDict"),
        ("Counter", "Counter"),
    ] {
        attrs.push((name, Value::Class(ev.types().get(class))));
    }
    let generic = Class::build("Generic", "typing", Vec::new(), ClassKind::Plain, None);
    attrs.push(("Generic", Value::Class(generic)));
    attrs.push(("TYPE_CHECKING", Value::Bool(false)));
    let first = |name: &'static str| {
        Value::native(name, |_, args| {
            Ok(args.get(0).cloned().unwrap_or(Value::None))
        })
    };
    for name in [
        "overload",
        "final",
        "runtime_checkable",
        "no_type_check",
        "override",
        "assert_type",
    ] {
        attrs.push((name, first(name)));
    }
    attrs.push((
        "dataclass_transform",
        Value::native("dataclass_transform", move |_, _| Ok(first("decorator"))),
    ));
    attrs.push((
        "deprecated",
        Value::native("deprecated", move |_, _| Ok(first("decorator"))),
    ));
    attrs.push((
        "cast",
        Value::native("cast", |_, args| {
            Ok(args.get(1).cloned().unwrap_or(Value::None))
        }),
    ));
    attrs.push((
        "NewType",
        Value::native("NewType", |ev, args| {
            let mut args = args.bind(ev, "NewType", "name, tp")?;
            let supertype = args.take_or_none("tp");
            if supertype.is_unknown() {
                return Ok(supertype);
            }
            let name = args.take_or_none("name").as_str().unwrap_or_default();
            Ok(Value::object(NewType { name, supertype }))
        }),
    ));
    for name in ["TypeVar", "ParamSpec", "TypeVarTuple"] {
        attrs.push((
            name,
            Value::native(name, |_, args| {
                let name = args.get(0).and_then(Value::as_str).unwrap_or_default();
                Ok(Value::object(SpecialForm(name.to_string())))
            }),
        ));
    }
    attrs.push((
        "TypeAliasType",
        Value::native("TypeAliasType", |ev, args| {
            let mut args = args.bind(ev, "TypeAliasType", "name, value, *, type_params=")?;
            let name = args.take_or_none("name").as_str().unwrap_or_default();
            let stands_for = args.take_or_none("value");
            Ok(Value::object(TypeAlias { name, stands_for }))
        }),
    ));
    attrs.push((
        "get_origin",
        Value::native("get_origin", |ev, args| {
            let value = args.get(0).cloned().unwrap_or(Value::None);
            Ok(ev
                .get_attr_opt(&value, "__origin__")?
                .filter(|_| value.downcast_ref::<GenericAlias>().is_some())
                .unwrap_or(Value::None))
        }),
    ));
    attrs.push((
        "get_args",
        Value::native("get_args", |ev, args| {
            let value = args.get(0).cloned().unwrap_or(Value::None);
            match value.downcast_ref::<GenericAlias>() {
                Some(_) => ev.get_attr(&value, "__args__"),
                None => Ok(Value::tuple(Vec::new())),
            }
        }),
    ));
    Ok(Module::native("typing", attrs))
}
