//! Modules of the standard library that are modelled in Python, in whole or for what their Rust side lacks.

use std::rc::Rc;

use crate::alchemy::Model;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, Value};

const fn model(name: &'static str, text: &'static str) -> Model {
    Model {
        name,
        text,
        parts: &[],
        yields: false,
    }
}

/// The models. A name that ends with `*` adds to a module that is modelled in Rust ([`more`]).
pub(crate) const MODELS: &[Model] = &[
    model("base64*", include_str!("python/base64.py")),
    model("binascii", include_str!("python/checksums.py")),
    model("bisect", include_str!("python/bisect.py")),
    model("calendar", include_str!("python/calendar.py")),
    model("contextlib*", include_str!("python/contextlib.py")),
    model("csv", include_str!("python/csv.py")),
    model("fnmatch", include_str!("python/fnmatch.py")),
    model("fractions", include_str!("python/fractions.py")),
    model("glob", include_str!("python/glob.py")),
    model("hmac", include_str!("python/hmac.py")),
    model("html", include_str!("python/html.py")),
    model("inspect", include_str!("python/inspect.py")),
    model("io*", include_str!("python/io.py")),
    model("itertools*", include_str!("python/itertools.py")),
    model("json*", include_str!("python/json.py")),
    model("operator*", include_str!("python/operator.py")),
    model("platform", include_str!("python/platform.py")),
    model("pprint", include_str!("python/pprint.py")),
    model("shlex", include_str!("python/shlex.py")),
    model("statistics", include_str!("python/statistics.py")),
    model("textwrap*", include_str!("python/textwrap.py")),
    model("traceback", include_str!("python/traceback.py")),
    model("types", include_str!("python/types.py")),
    model("zlib", include_str!("python/checksums.py")),
];

/// The rest of a module that is modelled in Rust.
pub(crate) fn more(ev: &mut Interp<'_>, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    if name.starts_with('_') {
        return Ok(None);
    }
    match ev.import(&format!("{}*", module.name))? {
        Value::Module(rest) => Ok(rest.get(name)),
        _ => Ok(None),
    }
}
