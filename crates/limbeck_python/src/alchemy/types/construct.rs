//! Arguments of type constructors, by SQLAlchemy's signatures.

use limbeck_schema::{ColumnType, EnumLabels, TypeClass};

use crate::alchemy::convert;
use crate::alchemy::registry::{EnumMembers, alchemy};
use crate::alchemy::types::object::to_type;
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// Makes a type from the arguments of its constructor.
pub(crate) fn construct(ev: &mut Interp<'_>, class: TypeClass, args: Args) -> R<ColumnType> {
    use TypeClass as T;
    let mut type_ = ColumnType::new(class);
    match class {
        T::String
        | T::Text
        | T::Unicode
        | T::UnicodeText
        | T::SqlChar
        | T::SqlVarchar
        | T::SqlNchar
        | T::SqlNvarchar
        | T::SqlText
        | T::SqlClob
        | T::PgCitext
        | T::MsNtext
        | T::MsXml
        | T::OraLong
        | T::OraNclob
        | T::OraVarchar2
        | T::OraNvarchar2 => {
            let mut args = bind(ev, args, class, "length=,collation=,collation_schema=")?;
            length(ev, &mut args, &mut type_)?;
            type_.collation = opt_text(ev, &mut args, "collation")?;
            extra(ev, &mut args, &mut type_, &["collation_schema"])?;
        }
        T::Numeric | T::SqlNumeric | T::SqlDecimal => {
            let mut args = bind(
                ev,
                args,
                class,
                "precision=,scale=,decimal_return_scale=,asdecimal=",
            )?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
            type_.scale = scale(ev, &mut args)?;
            type_.asdecimal = opt_flag(ev, &mut args, "asdecimal")?;
            extra(ev, &mut args, &mut type_, &["decimal_return_scale"])?;
        }
        T::Float
        | T::Double
        | T::SqlFloat
        | T::SqlReal
        | T::SqlDouble
        | T::SqlDoublePrecision
        | T::OraBinaryDouble
        | T::OraBinaryFloat => {
            let mut args = bind(
                ev,
                args,
                class,
                "precision=,asdecimal=,decimal_return_scale=",
            )?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
            type_.asdecimal = opt_flag(ev, &mut args, "asdecimal")?;
            extra(ev, &mut args, &mut type_, &["decimal_return_scale"])?;
        }
        T::Boolean | T::MatchType | T::SqlBoolean | T::MsBit | T::OraBoolean => {
            let mut args = bind(
                ev,
                args,
                class,
                "create_constraint=,name=,_create_events=,_adapted_from=",
            )?;
            type_.create_constraint = flag(ev, &mut args, "create_constraint")?;
            let name = args.take_or_none("name");
            type_.name_is_final = convert::is_final_name(ev, &name);
            type_.name = convert::opt_name(ev, &name, "`name` of Boolean")?;
        }
        T::DateTime
        | T::Time
        | T::SqlDatetime
        | T::SqlTimestamp
        | T::SqlTime
        | T::MsSmalldatetime
        | T::OraDate => {
            let mut args = bind(ev, args, class, "timezone=")?;
            type_.timezone = flag(ev, &mut args, "timezone")?;
        }
        T::PgTime | T::PgTimestamp => {
            let mut args = bind(ev, args, class, "timezone=,precision=")?;
            type_.timezone = flag(ev, &mut args, "timezone")?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
        }
        T::MyDatetime | T::MyTime | T::MyTimestamp => {
            let mut args = bind(ev, args, class, "timezone=,fsp=")?;
            type_.timezone = flag(ev, &mut args, "timezone")?;
            type_.fsp = opt_u64(ev, &mut args, "fsp")?;
        }
        T::OraTimestamp => {
            let mut args = bind(ev, args, class, "timezone=,local_timezone=")?;
            type_.timezone = flag(ev, &mut args, "timezone")?;
            type_.local_timezone = flag(ev, &mut args, "local_timezone")?;
            if type_.timezone && type_.local_timezone {
                return Err(argument_error(
                    ev,
                    "timezone and local_timezone are mutually exclusive",
                ));
            }
        }
        T::MsDatetime2 | T::MsDatetimeoffset => {
            let mut args = bind(ev, args, class, "precision=,*,timezone=")?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
            type_.timezone = flag(ev, &mut args, "timezone")?;
        }
        T::MsTime => {
            // Every other argument is taken and dropped.
            let mut args = bind(ev, args, class, "precision=,**kw")?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
        }
        T::Interval => {
            let mut args = bind(ev, args, class, "native=,second_precision=,day_precision=")?;
            type_.native = opt_flag(ev, &mut args, "native")?;
            type_.second_precision = opt_u64(ev, &mut args, "second_precision")?;
            type_.day_precision = opt_u64(ev, &mut args, "day_precision")?;
        }
        T::PgInterval => {
            let mut args = bind(ev, args, class, "precision=,fields=")?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
            type_.fields = opt_text(ev, &mut args, "fields")?;
        }
        T::OraInterval => {
            let mut args = bind(ev, args, class, "day_precision=,second_precision=")?;
            type_.day_precision = opt_u64(ev, &mut args, "day_precision")?;
            type_.second_precision = opt_u64(ev, &mut args, "second_precision")?;
        }
        T::LargeBinary
        | T::SqlBlob
        | T::SqlBinary
        | T::SqlVarbinary
        | T::PgBytea
        | T::MyLongblob
        | T::MyMediumblob
        | T::MyTinyblob
        | T::MyBit
        | T::MsImage
        | T::OraBfile
        | T::OraRaw => {
            let mut args = bind(ev, args, class, "length=")?;
            length(ev, &mut args, &mut type_)?;
        }
        T::MsVarbinary => {
            let mut args = bind(ev, args, class, "length=,filestream=")?;
            length(ev, &mut args, &mut type_)?;
            type_.filestream = flag(ev, &mut args, "filestream")?;
            let is_max = type_
                .extra
                .get("length")
                .is_some_and(|length| length == "'max'");
            if type_.filestream && !is_max && type_.length.is_some() {
                return Err(ev.raise(
                    "ValueError",
                    "length must be None or 'max' when setting filestream",
                ));
            }
        }
        T::PgBit => {
            let mut args = bind(ev, args, class, "length=,varying=")?;
            length(ev, &mut args, &mut type_)?;
            type_.varying = flag(ev, &mut args, "varying")?;
            if !type_.varying && type_.length.unwrap_or(0) == 0 {
                // Without VARYING the length is one where none is given.
                type_.length = Some(1);
            }
        }
        T::Uuid => {
            let mut args = bind(ev, args, class, "as_uuid=,native_uuid=")?;
            type_.as_uuid = opt_flag(ev, &mut args, "as_uuid")?;
            type_.native = opt_flag(ev, &mut args, "native_uuid")?;
        }
        T::SqlUuid | T::MsUniqueidentifier => {
            let mut args = bind(ev, args, class, "as_uuid=")?;
            type_.as_uuid = opt_flag(ev, &mut args, "as_uuid")?;
        }
        T::Json | T::MyJson | T::LiteJson | T::LiteJsonb | T::MsJson => {
            let mut args = bind(ev, args, class, "none_as_null=")?;
            type_.none_as_null = flag(ev, &mut args, "none_as_null")?;
        }
        T::OraJson => {
            let mut args = bind(ev, args, class, "none_as_null=,use_blob=")?;
            type_.none_as_null = flag(ev, &mut args, "none_as_null")?;
            extra(ev, &mut args, &mut type_, &["use_blob"])?;
        }
        T::PgJson | T::PgJsonb => {
            let mut args = bind(ev, args, class, "none_as_null=,astext_type=")?;
            // SQLModel projects write JSONB(astext_type=Text()); a lone positional type is a mistake.
            type_.none_as_null = flag(ev, &mut args, "none_as_null")?;
            let astext = args.take_or_none("astext_type");
            if !astext.is_none() {
                type_.astext_type = Some(Box::new(to_type(ev, &astext, "`astext_type`")?));
            }
        }
        T::Array | T::PgArray => {
            let mut args = bind(
                ev,
                args,
                class,
                "item_type,as_tuple=,dimensions=,zero_indexes=",
            )?;
            let item = args.take_or_none("item_type");
            let item = to_type(ev, &item, "the item type of ARRAY")?;
            // That of PostgreSQL looks only for its own.
            if item.class == T::PgArray || class == T::Array && item.class == T::Array {
                return Err(ev.raise(
                    "ValueError",
                    "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype",
                ));
            }
            type_.item = Some(Box::new(item));
            type_.as_tuple = flag(ev, &mut args, "as_tuple")?;
            type_.dimensions = opt_u64(ev, &mut args, "dimensions")?;
            extra(ev, &mut args, &mut type_, &["zero_indexes"])?;
        }
        T::PgHstore => {
            let mut args = bind(ev, args, class, "text_type=")?;
            let text_type = args.take_or_none("text_type");
            if !text_type.is_none() {
                type_.item = Some(Box::new(to_type(ev, &text_type, "`text_type`")?));
            }
        }
        T::PickleType => {
            let mut args = bind(ev, args, class, "protocol=,pickler=,comparator=,impl=")?;
            let impl_ = args.take_or_none("impl");
            if !impl_.is_none() {
                type_.item = Some(Box::new(to_type(ev, &impl_, "`impl` of PickleType")?));
            }
        }
        T::TupleType => {
            bind(ev, args, class, "*types")?;
        }
        T::Enum | T::PgEnum | T::MyEnum => enumeration(ev, args, &mut type_)?,
        T::MySet => {
            let mut args = bind(ev, args, class, MYSQL_SET)?;
            let mut labels = Vec::new();
            for value in std::mem::take(&mut args.rest) {
                labels.push(convert::text(ev, &value, "a member of SET")?.to_string());
            }
            let bitwise = args.get("retrieve_as_bitwise").cloned();
            let bitwise =
                convert::flag(ev, &bitwise.unwrap_or(Value::None), "`retrieve_as_bitwise`")?;
            if !bitwise && labels.iter().any(String::is_empty) {
                return Err(argument_error(
                    ev,
                    "Can't use the blank value '' in a SET without setting retrieve_as_bitwise=True",
                ));
            }
            type_.labels = Some(EnumLabels {
                labels,
                enum_class: None,
            });
            extra(ev, &mut args, &mut type_, &["retrieve_as_bitwise"])?;
            mysql_text(ev, &mut args, &mut type_)?;
        }
        T::PgDomain => domain(ev, args, &mut type_)?,
        T::MyBigint | T::MyInteger | T::MyMediumint | T::MySmallint | T::MyTinyint => {
            let mut args = bind(ev, args, class, "display_width=,*,unsigned=,zerofill=")?;
            type_.display_width = opt_u64(ev, &mut args, "display_width")?;
            mysql_number(ev, &mut args, &mut type_)?;
        }
        T::MyYear => {
            let mut args = bind(ev, args, class, "display_width=")?;
            type_.display_width = opt_u64(ev, &mut args, "display_width")?;
        }
        T::MyDecimal | T::MyNumeric | T::MyDouble | T::MyFloat | T::MyReal => {
            let signature =
                "precision=,scale=,asdecimal=,*,unsigned=,zerofill=,decimal_return_scale=";
            let mut args = bind(ev, args, class, signature)?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
            type_.scale = scale(ev, &mut args)?;
            type_.asdecimal = opt_flag(ev, &mut args, "asdecimal")?;
            extra(ev, &mut args, &mut type_, &["decimal_return_scale"])?;
            mysql_number(ev, &mut args, &mut type_)?;
            if matches!(class, T::MyDouble | T::MyReal)
                && (type_.precision.is_none() != type_.scale.is_none())
            {
                return Err(argument_error(
                    ev,
                    "You must specify both precision and scale or omit both altogether.",
                ));
            }
        }
        T::MyChar | T::MyNchar | T::MyNvarchar | T::MyText | T::MyVarchar => {
            let mut args = bind(ev, args, class, MYSQL_STRING)?;
            length(ev, &mut args, &mut type_)?;
            mysql_text(ev, &mut args, &mut type_)?;
        }
        T::MyLongtext | T::MyMediumtext | T::MyTinytext => {
            let mut args = bind(ev, args, class, MYSQL_LONG_STRING)?;
            length(ev, &mut args, &mut type_)?;
            mysql_text(ev, &mut args, &mut type_)?;
        }
        T::LiteDate | T::LiteDatetime | T::LiteTime => {
            let signature = match class {
                T::LiteDate => "storage_format=,regexp=",
                _ => "storage_format=,regexp=,*,timezone=,truncate_microseconds=",
            };
            let mut args = bind(ev, args, class, signature)?;
            extra(ev, &mut args, &mut type_, &["storage_format", "regexp"])?;
            if class != T::LiteDate {
                type_.timezone = flag(ev, &mut args, "timezone")?;
                extra(ev, &mut args, &mut type_, &["truncate_microseconds"])?;
            }
        }
        T::MsDoublePrecision | T::MsReal => {
            let mut args = bind(
                ev,
                args,
                class,
                "*,precision=,asdecimal=,decimal_return_scale=",
            )?;
            type_.precision = Some(if class == T::MsReal { 24 } else { 53 });
            type_.asdecimal = opt_flag(ev, &mut args, "asdecimal")?;
            extra(ev, &mut args, &mut type_, &["decimal_return_scale"])?;
        }
        T::MsTimestamp | T::MsRowversion => {
            let mut args = bind(ev, args, class, "convert_int=")?;
            extra(ev, &mut args, &mut type_, &["convert_int"])?;
        }
        T::OraNumber => {
            let mut args = bind(ev, args, class, "precision=,scale=,asdecimal=")?;
            type_.precision = opt_u64(ev, &mut args, "precision")?;
            type_.scale = scale(ev, &mut args)?;
            type_.asdecimal = opt_flag(ev, &mut args, "asdecimal")?;
        }
        T::OraFloat => {
            let mut args = bind(
                ev,
                args,
                class,
                "binary_precision=,asdecimal=,decimal_return_scale=",
            )?;
            type_.binary_precision = opt_u64(ev, &mut args, "binary_precision")?;
            type_.asdecimal = opt_flag(ev, &mut args, "asdecimal")?;
            extra(ev, &mut args, &mut type_, &["decimal_return_scale"])?;
        }
        T::OraVector => {
            let mut args = bind(ev, args, class, "dim=,storage_format=,storage_type=")?;
            extra(ev, &mut args, &mut type_, &["dim"])?;
            for key in ["storage_format", "storage_type"] {
                let value = args.take_or_none(key);
                if !value.is_none() {
                    let text =
                        crate::alchemy::types::oracle::word(ev, &value, "an argument of VECTOR")?;
                    type_.extra.insert(key.to_owned(), text);
                }
            }
        }
        _ => no_arguments(ev, class, args)?,
    }
    Ok(type_)
}

const MYSQL_STRING: &str =
    "length=,*,charset=,collation=,ascii=,binary=,unicode=,national=,collate=,collation_schema=";
const MYSQL_LONG_STRING: &str =
    "*,length=,charset=,collation=,ascii=,binary=,unicode=,national=,collate=,collation_schema=";
const MYSQL_SET: &str = "*values,retrieve_as_bitwise=,length=,charset=,collation=,ascii=,binary=,unicode=,national=,quoting=";

/// Binds arguments; a class's own `__init__` is what Python's messages name.
fn bind(ev: &mut Interp<'_>, args: Args, class: TypeClass, signature: &'static str) -> R<Bindings> {
    args.bind(ev, &format!("{}.__init__", class.py_name()), signature)
}

fn no_arguments(ev: &mut Interp<'_>, class: TypeClass, args: Args) -> R<()> {
    if args.positional.is_empty() && args.keywords.is_empty() {
        return Ok(());
    }
    Err(ev.raise(
        "TypeError",
        format!("{}() takes no arguments", class.py_name()),
    ))
}

pub(crate) fn argument_error(ev: &mut Interp<'_>, message: &str) -> crate::flow::Flow {
    let class = alchemy(ev).class("ArgumentError");
    ev.raise_class(&class, vec![Value::from(message)])
}

fn flag(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<bool> {
    match args.take(key) {
        Some(value) => convert::flag(ev, &value, &format!("`{key}`")),
        None => Ok(false),
    }
}

fn opt_flag(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<Option<bool>> {
    let value = args.take_or_none(key);
    convert::opt_flag(ev, &value, &format!("`{key}`"))
}

fn opt_u64(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<Option<u64>> {
    let value = args.take_or_none(key);
    convert::opt_u64(ev, &value, &format!("`{key}`"))
}

fn opt_text(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<Option<String>> {
    let value = args.take_or_none(key);
    convert::opt_text(ev, &value, &format!("`{key}`"))
}

fn scale(ev: &mut Interp<'_>, args: &mut Bindings) -> R<Option<i64>> {
    let value = args.take_or_none("scale");
    let scale = convert::opt_i128(ev, &value, "`scale`")?;
    Ok(scale.and_then(|scale| i64::try_from(scale).ok()))
}

/// `length`: a number, or text such as `'max'`, which stands in the DDL as it is.
fn length(ev: &mut Interp<'_>, args: &mut Bindings, type_: &mut ColumnType) -> R<()> {
    let value = args.take_or_none("length");
    if let Some(text) = value.as_str() {
        type_.length = text.parse().ok();
        type_.extra.insert("length".to_owned(), format!("'{text}'"));
        return Ok(());
    }
    type_.length = convert::opt_u64(ev, &value, "`length`")?;
    Ok(())
}

/// Arguments that never reach the DDL, kept for writing the type again.
fn extra(ev: &mut Interp<'_>, args: &mut Bindings, type_: &mut ColumnType, keys: &[&str]) -> R<()> {
    for key in keys {
        let value = args.take_or_none(key);
        if !value.is_none() {
            let text = ev.to_repr(&value)?;
            type_.extra.insert((*key).to_owned(), text);
        }
    }
    Ok(())
}

fn mysql_number(ev: &mut Interp<'_>, args: &mut Bindings, type_: &mut ColumnType) -> R<()> {
    type_.unsigned = flag(ev, args, "unsigned")?;
    type_.zerofill = flag(ev, args, "zerofill")?;
    Ok(())
}

fn mysql_text(ev: &mut Interp<'_>, args: &mut Bindings, type_: &mut ColumnType) -> R<()> {
    type_.charset = opt_text(ev, args, "charset")?;
    type_.collation = opt_text(ev, args, "collation")?;
    if type_.collation.is_none() {
        type_.collation = opt_text(ev, args, "collate")?;
    }
    let mut flags = [false; 4];
    for (slot, key) in flags
        .iter_mut()
        .zip(["ascii", "unicode", "binary", "national"])
    {
        *slot = flag(ev, args, key)?;
    }
    type_.text_flags = flags;
    Ok(())
}

/// `Enum(*labels | EnumClass, name=…, …)`
fn enumeration(ev: &mut Interp<'_>, args: Args, type_: &mut ColumnType) -> R<()> {
    const GENERIC: &str = "*enums,native_enum=,create_constraint=,values_callable=,sort_key_function=,length=,\
        omit_aliases=,validate_strings=,name=,inherit_schema=,schema=,metadata=,quote=,create_type=,_create_events=,\
        _adapted_from=,**kw";
    const MYSQL: &str = "*enums,strict=,native_enum=,create_constraint=,values_callable=,sort_key_function=,length=,\
        omit_aliases=,validate_strings=,name=,inherit_schema=,schema=,metadata=,quote=,create_type=,\
        charset=,collation=,ascii=,binary=,unicode=,national=,quoting=,**kw";
    let class = type_.class;
    let is_mysql = class == TypeClass::MyEnum;
    let mut args = bind(ev, args, class, if is_mysql { MYSQL } else { GENERIC })?;
    if class == TypeClass::PgEnum {
        // PostgreSQL's ENUM ignores it with a warning.
        args.take("native_enum");
    }
    let callable = args.take_or_none("values_callable");
    let keep_aliases = match args.take("omit_aliases") {
        Some(value) => !convert::flag(ev, &value, "`omit_aliases`")?,
        None => false,
    };
    let members = std::mem::take(&mut args.rest);
    let labels = match members.as_slice() {
        [Value::Class(enum_class)] if enum_class.is_enum() => {
            let value = Value::Class(std::rc::Rc::clone(enum_class));
            labels_of_class(ev, &value, &callable, keep_aliases)?
        }
        _ => {
            let mut labels = Vec::new();
            for member in &members {
                labels.push(convert::text(ev, member, "a label of Enum")?.to_string());
            }
            EnumLabels {
                labels,
                enum_class: None,
            }
        }
    };
    let longest = labels
        .labels
        .iter()
        .map(|label| label.chars().count() as u64)
        .max()
        .unwrap_or(0);
    if let Some(length) = args.take("length") {
        let length = convert::opt_u64(ev, &length, "`length` of Enum")?;
        if let Some(length) = length
            && length < longest
        {
            return Err(ev.raise(
                "ValueError",
                format!(
                    "When provided, length must be larger or equal than the length of the longest enum value. \
                     {length} < {longest}"
                ),
            ));
        }
        type_.length = length;
    }
    let name = args.take_or_none("name");
    type_.name_is_final = convert::is_final_name(ev, &name);
    type_.name = convert::opt_name(ev, &name, "`name` of Enum")?;
    if type_.name.is_none()
        && name.is_none()
        && class != TypeClass::PgEnum
        && let [Value::Class(enum_class)] = members.as_slice()
        && !labels.labels.is_empty()
    {
        type_.name = Some(enum_class.name.to_lowercase().into());
    }
    if let Some(quote) = args.take("quote")
        && let Some(name) = &mut type_.name
    {
        name.quote = convert::opt_flag(ev, &quote, "`quote`")?;
    }
    type_.labels = Some(labels);
    type_.native = opt_flag(ev, &mut args, "native_enum")?.filter(|native| !native);
    type_.create_constraint = flag(ev, &mut args, "create_constraint")?;
    let schema = args.take("schema");
    let metadata = args.take_or_none("metadata");
    type_.inherit_schema = flag(ev, &mut args, "inherit_schema")?;
    place(ev, type_, schema.as_ref(), &metadata, "`schema` of Enum")?;
    if !metadata.is_none() {
        // Such a type belongs to the metadata: creating a table does not create it.
        type_.extra.insert(
            crate::alchemy::schema::metadata::ENUM_OF_METADATA.to_owned(),
            "metadata".to_owned(),
        );
    }
    let create_type = opt_flag(ev, &mut args, "create_type")?;
    // The generic Enum has `create_type` since SQLAlchemy 2.1; before, it is ignored.
    if class == TypeClass::PgEnum || crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1) {
        type_.create_type = create_type.filter(|create| !create);
    }
    extra(ev, &mut args, type_, &["validate_strings"])?;
    if is_mysql {
        mysql_text(ev, &mut args, type_)?;
    }
    Ok(())
}

/// The labels of a Python enum class; remembers which member is stored as which label.
fn labels_of_class(
    ev: &mut Interp<'_>,
    class: &Value,
    callable: &Value,
    keep_aliases: bool,
) -> R<EnumLabels> {
    let members = ev.get_attr(class, "__members__")?;
    let mut names = Vec::new();
    for (name, member) in convert::pairs(ev, &members, "the members of an enum")? {
        let name = convert::text(ev, &name, "the name of an enum member")?.to_string();
        let own = ev.get_attr(&member, "name")?;
        if keep_aliases || own.as_str().as_deref() == Some(name.as_str()) {
            names.push(name);
        }
    }
    let labels = if callable.is_none() {
        names.clone()
    } else {
        let values = ev.call(callable, Args::positional(vec![class.clone()]))?;
        convert::texts(ev, &values, "the result of `values_callable`")?
    };
    let path = match class {
        Value::Class(class) => format!("{}.{}", class.module, class.qualname),
        _ => String::new(),
    };
    // The same class may be stored by name in one type and by value in another.
    let path = if labels == names {
        path
    } else {
        format!("{path}#values")
    };
    let pairs = names.into_iter().zip(labels.iter().cloned()).collect();
    alchemy(ev).enum_labels.borrow_mut().insert(
        path.clone(),
        EnumMembers {
            class: class.clone(),
            labels: pairs,
        },
    );
    Ok(EnumLabels {
        labels,
        enum_class: Some(path),
    })
}

/// Where a type with a name of its own belongs: `schema=`, `inherit_schema=` and `metadata=`.
fn place(
    ev: &mut Interp<'_>,
    type_: &mut ColumnType,
    schema: Option<&Value>,
    metadata: &Value,
    what: &str,
) -> R<()> {
    if let Some(schema) = schema {
        type_.schema = convert::opt_name(ev, schema, what)?;
    }
    if !crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1) {
        if type_.schema.is_none() && !type_.inherit_schema {
            type_.schema = crate::alchemy::schema::metadata::schema_of(metadata);
        }
        return Ok(());
    }
    if type_.inherit_schema {
        if schema.is_some() {
            let class = crate::alchemy::registry::alchemy(ev).class("ArgumentError");
            let message =
                "Ambiguously setting inherit_schema=True while also passing a schema argument";
            return Err(ev.raise_class(&class, vec![Value::from(message)]));
        }
        return Ok(());
    }
    if schema.is_none() {
        type_.schema = crate::alchemy::schema::metadata::schema_of(metadata);
    }
    if schema.is_some() || !metadata.is_none() {
        // Even if it is none, it is not that of the table's metadata.
        let given = crate::models::type_map::SCHEMA_GIVEN;
        type_.extra.insert(given.to_owned(), String::new());
    }
    Ok(())
}

/// `DOMAIN(name, data_type, …)`
fn domain(ev: &mut Interp<'_>, args: Args, type_: &mut ColumnType) -> R<()> {
    const SIGNATURE: &str = "name,data_type,*,collation=,collation_schema=,default=,constraint_name=,not_null=,\
        check=,create_type=,schema=,metadata=,inherit_schema=,quote=";
    let mut args = bind(ev, args, type_.class, SIGNATURE)?;
    let name = args.take_or_none("name");
    type_.name = convert::opt_name(ev, &name, "`name` of DOMAIN")?;
    let data_type = args.take_or_none("data_type");
    type_.item = Some(Box::new(to_type(
        ev,
        &data_type,
        "the data type of DOMAIN",
    )?));
    type_.collation = opt_text(ev, &mut args, "collation")?;
    for (key, slot) in [
        ("default", &mut type_.domain_default),
        ("check", &mut type_.domain_check),
    ] {
        let value = args.take_or_none(key);
        if let Some(text) = value.as_str() {
            // A condition is SQL; a default is a value.
            let expr = if key == "check" {
                limbeck_schema::Expr::text(text.to_string())
            } else {
                let literal = limbeck_schema::Literal::Str(text.to_string());
                limbeck_schema::Expr::Bind(limbeck_schema::Bind::value(literal, None))
            };
            *slot = Some(Box::new(expr));
        } else if !value.is_none() {
            let clause = crate::alchemy::sql::clause::expect_clause(
                ev,
                &value,
                &format!("`{key}` of DOMAIN"),
            )?;
            *slot = Some(Box::new(clause.expr));
        }
    }
    type_.domain_constraint_name = opt_text(ev, &mut args, "constraint_name")?;
    type_.domain_not_null = opt_flag(ev, &mut args, "not_null")?;
    type_.create_type = opt_flag(ev, &mut args, "create_type")?.filter(|create| !create);
    let schema = args.take("schema");
    let metadata = args.take_or_none("metadata");
    type_.inherit_schema = flag(ev, &mut args, "inherit_schema")?;
    place(ev, type_, schema.as_ref(), &metadata, "`schema` of DOMAIN")
}
