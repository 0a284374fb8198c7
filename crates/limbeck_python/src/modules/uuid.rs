//! `uuid`

use std::rc::Rc;

use super::os::random_bytes;
use crate::args::Args;
use crate::builtins::first_unknown;
use crate::builtins::text::need_text;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, CmpOp, HashKey, Module, NativeObject, Unhashable, Value};

/// `uuid.UUID`.
#[derive(Debug)]
pub(crate) struct Uuid {
    /// The number, big-endian.
    pub bits: u128,
}

impl Uuid {
    /// The usual text with hyphens.
    #[must_use]
    pub(crate) fn text(&self) -> String {
        let hex = format!("{:032x}", self.bits);
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
        [
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32),
        ]
        .join("-")
    }

    fn from_bytes(bytes: &[u8], version: u8) -> Uuid {
        let mut bits = bytes
            .iter()
            .take(16)
            .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        bits = (bits & !(0xf_u128 << 76)) | (u128::from(version) << 76);
        bits = (bits & !(0x3_u128 << 62)) | (0x2_u128 << 62);
        Uuid { bits }
    }
}

impl NativeObject for Uuid {
    fn type_name(&self) -> String {
        "UUID".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(uuid_class(ev))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["__int__"]
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(Value::int(self.bits)))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "hex" => Some(Value::from(format!("{:032x}", self.bits))),
            "int" => Some(Value::int(self.bits)),
            "bytes" => Some(Value::bytes(&self.bits.to_be_bytes())),
            "bytes_le" => {
                let mut bytes = self.bits.to_be_bytes();
                bytes[..4].reverse();
                bytes[4..6].reverse();
                bytes[6..8].reverse();
                Some(Value::bytes(&bytes))
            }
            "node" => Some(Value::int(self.bits & 0xffff_ffff_ffff)),
            "time_low" => Some(Value::int(self.bits >> 96)),
            "time_mid" => Some(Value::int((self.bits >> 80) & 0xffff)),
            "time_hi_version" => Some(Value::int((self.bits >> 64) & 0xffff)),
            "clock_seq_hi_variant" => Some(Value::int((self.bits >> 56) & 0xff)),
            "clock_seq_low" => Some(Value::int((self.bits >> 48) & 0xff)),
            "variant" => Some(Value::from(match (self.bits >> 61) & 0b111 {
                0b000..=0b011 => "reserved for NCS compatibility",
                0b100 | 0b101 => "specified in RFC 4122",
                0b110 => "reserved for Microsoft compatibility",
                _ => "reserved for future definition",
            })),
            "urn" => Some(Value::from(format!("urn:uuid:{}", self.text()))),
            "version" if (self.bits >> 62) & 0b11 != 0b10 => Some(Value::None),
            "version" => Some(Value::from(
                i64::try_from((self.bits >> 76) & 0xf).unwrap_or(0),
            )),
            _ => None,
        })
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(other) = other.downcast_ref::<Uuid>() else {
            return Ok(None);
        };
        let order = self.bits.cmp(&other.bits);
        Ok(Some(Value::Bool(op.holds(order))))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Native("UUID", Rc::from(self.text())))
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(format!("UUID('{}')", self.text()))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.text())
    }
}

struct UuidHooks;

impl ClassHooks for UuidHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        if let Some(unknown) = first_unknown(&args) {
            return Ok(Ok(unknown));
        }
        let mut args = args.bind(
            ev,
            "UUID",
            "hex=, bytes=, bytes_le=, fields=, int=, version=, *, is_safe=",
        )?;
        if let Some(Value::Bytes(bytes)) = args.take("bytes") {
            let bits = bytes
                .iter()
                .take(16)
                .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
            return Ok(Ok(Value::object(Uuid { bits })));
        }
        if let Some(int) = args.take("int").and_then(|int| int.as_int()) {
            return Ok(match int.to_string().parse::<u128>() {
                Ok(bits) => Ok(Value::object(Uuid { bits })),
                Err(_) => {
                    return Err(
                        ev.raise("ValueError", "int is out of range (need a 128-bit value)")
                    );
                }
            });
        }
        let value = args.take_or_none("hex");
        let Some(text) = value.as_str() else {
            if value.downcast_ref::<Uuid>().is_some() {
                return Err(ev.raise("AttributeError", "'UUID' object has no attribute 'replace'"));
            }
            return Ok(Ok(ev.unknown("this form of `UUID()` is not modelled")));
        };
        let digits = text.replace("urn:", "").replace("uuid:", "");
        let digits = digits.trim_matches(['{', '}']).replace('-', "");
        match (digits.len() == 32, u128::from_str_radix(&digits, 16)) {
            (true, Ok(bits)) => Ok(Ok(Value::object(Uuid { bits }))),
            _ => Err(ev.raise("ValueError", "badly formed hexadecimal UUID string")),
        }
    }
}

fn uuid_class(ev: &mut Interp<'_>) -> Rc<Class> {
    let class = ev.world().extension("uuid.UUID", || {
        Class::native("UUID", "uuid", Vec::new(), Some(Rc::new(UuidHooks)))
    });
    Rc::clone(&class)
}

/// `uuid`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class = uuid_class(ev);
    let namespace = |bits: u128| Value::object(Uuid { bits });
    let random = |name: &'static str, what: &'static str, version: u8| {
        (
            name,
            Value::native(name, move |ev, _| {
                Ok(match random_bytes(ev, what, 16)? {
                    Ok(bytes) => Value::object(Uuid::from_bytes(&bytes, version)),
                    Err(unknown) => unknown,
                })
            }),
        )
    };
    let named = |name: &'static str, version: u8| {
        (
            name,
            Value::native(name, move |ev, args| {
                if let Some(unknown) = first_unknown(&args) {
                    return Ok(unknown);
                }
                let space = args
                    .get(0)
                    .and_then(Value::downcast_ref::<Uuid>)
                    .map(|space| space.bits);
                let Some(space) = space else {
                    return Ok(ev.unknown("the namespace of a UUID"));
                };
                let text = need_text(ev, &args.get(1).cloned().unwrap_or(Value::None), name)?;
                let data = [&space.to_be_bytes(), text.as_bytes()].concat();
                let digest = if version == 3 {
                    super::math::md5(&data)
                } else {
                    super::math::sha1(&data)
                };
                Ok(Value::object(Uuid::from_bytes(&digest, version)))
            }),
        )
    };
    let base = 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8_u128;
    let step = 1_u128 << 96;
    Ok(Module::native(
        "uuid",
        [
            ("UUID", Value::Class(class)),
            random("uuid4", "uuid.uuid4()", 4),
            random("uuid1", "uuid.uuid1()", 1),
            random("uuid7", "uuid.uuid7()", 7),
            named("uuid3", 3),
            named("uuid5", 5),
            ("NAMESPACE_DNS", namespace(base)),
            ("NAMESPACE_URL", namespace(base + step)),
            ("NAMESPACE_OID", namespace(base + 2 * step)),
            ("NAMESPACE_X500", namespace(base + 4 * step)),
        ],
    ))
}
