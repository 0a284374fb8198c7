//! Builtin types as classes.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::value::{Class, ClassKind};

/// The classes of builtin values.
pub struct Types {
    by_name: BTreeMap<&'static str, Rc<Class>>,
    /// `object`.
    pub object: Rc<Class>,
    /// `type`.
    pub type_: Rc<Class>,
}

/// Builtin types that are not exceptions, with their base.
const BUILTIN: &[(&str, &str)] = &[
    ("type", "object"),
    ("int", "object"),
    ("bool", "int"),
    ("float", "object"),
    ("complex", "object"),
    ("str", "object"),
    ("bytes", "object"),
    ("bytearray", "object"),
    ("memoryview", "object"),
    ("list", "object"),
    ("tuple", "object"),
    ("dict", "object"),
    ("defaultdict", "dict"),
    ("OrderedDict", "dict"),
    ("Counter", "dict"),
    ("set", "object"),
    ("frozenset", "object"),
    ("range", "object"),
    ("slice", "object"),
    ("NoneType", "object"),
    ("NotImplementedType", "object"),
    ("ellipsis", "object"),
    ("function", "object"),
    ("builtin_function_or_method", "object"),
    ("method", "object"),
    ("module", "object"),
    ("generator", "object"),
    ("iterator", "object"),
    ("enumerate", "object"),
    ("zip", "object"),
    ("map", "object"),
    ("filter", "object"),
    ("reversed", "object"),
    ("property", "object"),
    ("staticmethod", "object"),
    ("classmethod", "object"),
    ("super", "object"),
    ("coroutine", "object"),
];

/// Exceptions with their base; bases first.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("BaseException", "object"),
    ("Exception", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("SystemExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("FloatingPointError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
    ("ConnectionError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("InterruptedError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("SyntaxError", "Exception"),
    ("IndentationError", "SyntaxError"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
    ("Warning", "Exception"),
    ("BytesWarning", "Warning"),
    ("DeprecationWarning", "Warning"),
    ("EncodingWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
    ("UserWarning", "Warning"),
];

impl Types {
    pub(crate) fn new() -> Types {
        let object = Class::build(
            "object",
            "builtins",
            Vec::new(),
            ClassKind::Builtin("object"),
            None,
        );
        let mut by_name = BTreeMap::new();
        by_name.insert("object", Rc::clone(&object));
        for (name, base) in BUILTIN {
            let base = by_name
                .get(base)
                .cloned()
                .unwrap_or_else(|| Rc::clone(&object));
            let module = match *name {
                "defaultdict" | "OrderedDict" | "Counter" => "collections",
                _ => "builtins",
            };
            by_name.insert(
                *name,
                Class::build(name, module, vec![base], ClassKind::Builtin(name), None),
            );
        }
        for (name, base) in EXCEPTIONS {
            let base = by_name
                .get(base)
                .cloned()
                .unwrap_or_else(|| Rc::clone(&object));
            by_name.insert(
                *name,
                Class::build(name, "builtins", vec![base], ClassKind::Exception, None),
            );
        }
        let type_ = by_name
            .get("type")
            .cloned()
            .unwrap_or_else(|| Rc::clone(&object));
        Types {
            by_name,
            object,
            type_,
        }
    }

    /// A builtin type or exception by name; `object` for a name that is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Rc<Class> {
        self.by_name
            .get(name)
            .cloned()
            .unwrap_or_else(|| Rc::clone(&self.object))
    }

    /// A builtin type by name, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<Rc<Class>> {
        self.by_name.get(name).cloned()
    }

    /// A builtin exception by name; `Exception` for a name that is none.
    #[must_use]
    pub fn exception(&self, name: &str) -> Rc<Class> {
        match self.by_name.get(name) {
            Some(class) => Rc::clone(class),
            None => self.get("Exception"),
        }
    }

    /// Names that stand in `builtins`.
    pub(crate) fn public(&self) -> impl Iterator<Item = (&'static str, &Rc<Class>)> {
        self.by_name.iter().filter_map(|(name, class)| {
            let hidden = matches!(
                *name,
                "defaultdict"
                    | "OrderedDict"
                    | "Counter"
                    | "NoneType"
                    | "NotImplementedType"
                    | "ellipsis"
                    | "function"
                    | "builtin_function_or_method"
                    | "method"
                    | "module"
                    | "generator"
                    | "iterator"
                    | "coroutine"
            );
            (!hidden).then_some((*name, class))
        })
    }

    /// Makes an exception class, for a modelled package.
    #[must_use]
    pub fn new_exception(name: &str, module: &str, base: &Rc<Class>) -> Rc<Class> {
        Types::new_exception_of(name, module, vec![Rc::clone(base)])
    }

    /// Makes an exception class with several bases.
    pub(crate) fn new_exception_of(name: &str, module: &str, bases: Vec<Rc<Class>>) -> Rc<Class> {
        Class::build(name, module, bases, ClassKind::Exception, None)
    }
}
