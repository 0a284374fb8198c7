//! Modelled modules of the standard library, and python-dotenv.

pub(crate) mod abc;
pub(crate) mod asyncio;
pub(crate) mod collections;
pub(crate) mod contextlib;
mod copies;
pub(crate) mod dataclasses;
pub(crate) mod datetime;
pub(crate) mod decimal;
pub(crate) mod descriptors;
pub(crate) mod dotenv;
pub(crate) mod enum_;
pub(crate) mod files;
mod frame;
pub(crate) mod functools;
pub(crate) mod importlib;
pub(crate) mod ipaddress;
pub(crate) mod json;
pub(crate) mod math;
pub(crate) mod os;
pub(crate) mod pathlib;
mod pkgutil;
pub(crate) mod python;
pub(crate) mod re;
pub(crate) mod sqlite3;
pub(crate) mod sys;
pub(crate) mod typing;
pub(crate) mod unicodedata;
pub(crate) mod urllib;
pub(crate) mod uuid;

use std::rc::Rc;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::Module;

/// Makes a modelled module at its first import.
pub type ModuleBuilder = fn(&mut Interp<'_>) -> R<Rc<Module>>;

/// The builder of a modelled module, by dotted name.
pub(crate) fn builder(name: &str) -> Option<ModuleBuilder> {
    stdlib(name)
        .or_else(|| crate::alchemy::module(name))
        .or_else(|| crate::pydantic::module(name))
}

/// The builder of a modelled module of the standard library.
fn stdlib(name: &str) -> Option<ModuleBuilder> {
    Some(match name {
        "abc" => abc::module,
        "asyncio" => asyncio::module,
        "collections" => collections::module,
        "collections.abc" => abc::collections_abc,
        "contextlib" => |ev| contextlib::module(ev).map(with_more),
        "copy" => collections::copy,
        "dataclasses" => dataclasses::module,
        "base64" => |ev| math::base64(ev).map(with_more),
        "datetime" => datetime::module,
        "zoneinfo" => datetime::zoneinfo,
        "decimal" => decimal::module,
        "dotenv" => dotenv::module,
        "enum" => enum_::module,
        "hashlib" => math::hashlib,
        "json" => |ev| json::module(ev).map(with_more),
        "math" => math::module,
        "logging" => os::logging,
        "os" => os::module,
        "os.path" | "posixpath" => os::path,
        "random" => os::random,
        "re" => re::module,
        "secrets" => os::secrets,
        "time" => os::time,
        "uuid" => uuid::module,
        "warnings" => os::warnings,
        "string" => math::string,
        "textwrap" => |ev| math::textwrap(ev).map(with_more),
        "functools" => functools::module,
        "importlib" => importlib::module,
        "ipaddress" => ipaddress::module,
        "itertools" => |ev| collections::itertools(ev).map(with_more),
        "pkgutil" => pkgutil::module,
        "numbers" => abc::numbers,
        "operator" => |ev| functools::operator(ev).map(with_more),
        "typing" | "typing_extensions" => typing::module,
        "io" => |ev| files::io(ev).map(with_more),
        "unicodedata" => unicodedata::module,
        "pathlib" => pathlib::module,
        "sqlite3" | "sqlite3.dbapi2" => sqlite3::module,
        "sys" => sys::module,
        "urllib" => urllib::package,
        "urllib.parse" => urllib::parse,
        _ => return None,
    })
}

/// The module, with what is modelled in Python besides.
fn with_more(module: Rc<Module>) -> Rc<Module> {
    let whole = Module::native_with(&module.name, [], Some(python::more));
    *whole.vars.borrow_mut() = std::mem::take(&mut *module.vars.borrow_mut());
    whole
}

/// True for a top-level package whose modules are modelled or unknown, never looked up in the project.
pub(crate) fn owns(top: &str) -> bool {
    crate::alchemy::owns(top)
        || crate::pydantic::owns(top)
        || STDLIB.binary_search(&top).is_ok()
        || top == "dotenv"
}

/// True for a top-level module of Python's own.
pub(crate) fn is_stdlib(top: &str) -> bool {
    STDLIB.binary_search(&top).is_ok() && top != "typing_extensions"
}

/// Top-level modules of the standard library, sorted.
const STDLIB: &[&str] = &[
    "__future__",
    "_thread",
    "abc",
    "argparse",
    "array",
    "ast",
    "asyncio",
    "atexit",
    "base64",
    "bdb",
    "binascii",
    "bisect",
    "builtins",
    "bz2",
    "calendar",
    "cmath",
    "cmd",
    "code",
    "codecs",
    "collections",
    "colorsys",
    "concurrent",
    "configparser",
    "contextlib",
    "contextvars",
    "copy",
    "copyreg",
    "csv",
    "ctypes",
    "curses",
    "dataclasses",
    "datetime",
    "dbm",
    "decimal",
    "difflib",
    "dis",
    "doctest",
    "email",
    "encodings",
    "enum",
    "errno",
    "faulthandler",
    "fcntl",
    "filecmp",
    "fileinput",
    "fnmatch",
    "fractions",
    "ftplib",
    "functools",
    "gc",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "graphlib",
    "grp",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "imaplib",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "keyword",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "mailbox",
    "marshal",
    "math",
    "mimetypes",
    "mmap",
    "multiprocessing",
    "netrc",
    "numbers",
    "opcode",
    "operator",
    "optparse",
    "os",
    "pathlib",
    "pdb",
    "pickle",
    "pickletools",
    "pkgutil",
    "platform",
    "plistlib",
    "poplib",
    "posix",
    "posixpath",
    "pprint",
    "profile",
    "pstats",
    "pty",
    "pwd",
    "py_compile",
    "pydoc",
    "queue",
    "quopri",
    "random",
    "re",
    "readline",
    "reprlib",
    "resource",
    "runpy",
    "sched",
    "secrets",
    "select",
    "selectors",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "stat",
    "statistics",
    "string",
    "stringprep",
    "struct",
    "subprocess",
    "symtable",
    "sys",
    "sysconfig",
    "syslog",
    "tarfile",
    "tempfile",
    "termios",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "token",
    "tokenize",
    "tomllib",
    "trace",
    "traceback",
    "tracemalloc",
    "tty",
    "types",
    "typing",
    "typing_extensions",
    "unicodedata",
    "unittest",
    "urllib",
    "uuid",
    "venv",
    "warnings",
    "wave",
    "weakref",
    "webbrowser",
    "wsgiref",
    "xml",
    "xmlrpc",
    "zipapp",
    "zipfile",
    "zipimport",
    "zlib",
    "zoneinfo",
];

/// The line and the column, in characters and from one, of what follows a text: how Python's errors name a place in a string.
fn line_column(before: &str) -> (usize, usize) {
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}
