//! Words of Oracle's dialect that are members of enumerations in Python.

use std::rc::Rc;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Value};

const ENUMERATIONS: &[(&str, &[&str])] = &[
    (
        "VectorStorageFormat",
        &["INT8", "BINARY", "FLOAT32", "FLOAT64"],
    ),
    ("VectorStorageType", &["SPARSE", "DENSE"]),
    ("VectorIndexType", &["HNSW", "IVF"]),
    (
        "VectorDistanceType",
        &["EUCLIDEAN", "DOT", "COSINE", "MANHATTAN"],
    ),
];

/// An enumeration of the module `sqlalchemy.dialects.oracle`.
pub(crate) fn words(name: &str) -> Option<Value> {
    let (class, members) = ENUMERATIONS.iter().find(|(class, _)| *class == name)?;
    Some(Value::object(Enumeration { class, members }))
}

/// A member as Python source: `VectorStorageFormat.FLOAT32`.
pub(crate) fn word(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<String> {
    ev.need_known(value, what)?;
    match value.downcast::<Word>() {
        Some(word) => Ok(format!("{}.{}", word.class, word.name)),
        None => Err(ev.unreadable(format!("{what} is no member of an enumeration of `oracle`"))),
    }
}

struct Enumeration {
    class: &'static str,
    members: &'static [&'static str],
}

impl NativeObject for Enumeration {
    fn type_name(&self) -> String {
        "EnumType".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let member = self.members.iter().find(|member| **member == name);
        Ok(member.map(|name| {
            Value::object(Word {
                class: self.class,
                name,
            })
        }))
    }
}

struct Word {
    class: &'static str,
    name: &'static str,
}

impl NativeObject for Word {
    fn type_name(&self) -> String {
        self.class.to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "name" | "value" => Some(Value::from(self.name)),
            _ => None,
        })
    }
}
