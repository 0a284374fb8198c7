//! Methods of dictionaries.

use std::cell::RefCell;
use std::rc::Rc;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Dict, Str, Value};

/// `dict.update`.
pub(crate) fn update(
    ev: &mut Interp<'_>,
    dict: &Rc<RefCell<Dict>>,
    other: Option<Value>,
    keywords: Vec<(Str, Value)>,
) -> R<()> {
    let mut pairs = Vec::new();
    if let Some(other) = other {
        ev.need_known(&other, "the argument of `update`")?;
        let is_mapping = matches!(other.unwrap_payload(), Value::Dict(_))
            || ev.get_attr_opt(&other, "keys")?.is_some();
        if is_mapping {
            pairs = ev.mapping_items(&other, "not a mapping:")?;
        } else {
            for (index, item) in ev.iterate(&other)?.into_iter().enumerate() {
                ev.need_known(&item, "an item of a mapping")?;
                let Some(_) = ev.get_iter_opt(&item)? else {
                    return Err(ev.raise(
                        "TypeError",
                        format!("cannot convert dictionary update sequence element #{index} to a sequence"),
                    ));
                };
                let pair = ev.iterate(&item)?;
                match pair.as_slice() {
                    [key, value] => pairs.push((key.clone(), value.clone())),
                    other => {
                        return Err(ev.raise(
                            "ValueError",
                            format!(
                                "dictionary update sequence element #{index} has length {}; 2 is required",
                                other.len()
                            ),
                        ));
                    }
                }
            }
        }
    }
    for (key, value) in pairs {
        let hash = ev.hash_key(&key)?;
        dict.borrow_mut().insert(hash, key, value);
    }
    for (key, value) in keywords {
        dict.borrow_mut().insert_str(key, value);
    }
    Ok(())
}
