//! Packages that are modelled in Python: short modules of our own that say what a package's names mean, evaluated like any
//! other module.

/// A module modelled in Python.
pub(crate) struct Model {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
    /// Names of modules that hold some of its names, with the package's name before each: `types.uuid`.
    pub(crate) parts: &'static [&'static str],
    /// True where the package's own source is read if it is installed: it has classes to derive models from.
    pub(crate) yields: bool,
}

const MODELS: &[Model] = &[
    Model {
        name: "click",
        text: include_str!("small/click.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "simplejson",
        text: include_str!("small/simplejson.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "methodtools",
        text: include_str!("small/methodtools.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "oslo_log.log",
        text: include_str!("small/oslo_log.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "orjson",
        text: include_str!("small/orjson.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "oslo_db",
        text: include_str!("small/oslo_db.py"),
        parts: &["sqlalchemy", "sqlalchemy.types"],
        yields: true,
    },
    Model {
        name: "oslo_utils",
        text: include_str!("small/oslo_utils.py"),
        parts: &["strutils", "timeutils", "uuidutils"],
        yields: true,
    },
    Model {
        name: "tqdm",
        text: include_str!("small/progress.py"),
        parts: &["auto", "std"],
        yields: false,
    },
    Model {
        name: "progressbar",
        text: include_str!("small/progress.py"),
        parts: &["widgets"],
        yields: false,
    },
    Model {
        name: "loguru",
        text: include_str!("small/loguru.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "structlog",
        text: include_str!("small/structlog.py"),
        parts: &["stdlib"],
        yields: false,
    },
    Model {
        name: "dateutil.parser",
        text: include_str!("small/dateutil_parser.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "pytz",
        text: include_str!("small/pytz.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "lazy_object_proxy",
        text: include_str!("small/lazy_object_proxy.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "slugify",
        text: include_str!("small/slugify.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "packaging.version",
        text: include_str!("small/packaging_version.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "importlib",
        text: include_str!("small/importlib.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "importlib.metadata",
        text: include_str!("small/importlib_metadata.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "importlib_metadata",
        text: include_str!("small/importlib_metadata.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "alembic_postgresql_enum",
        text: include_str!("alembic_postgresql_enum.py"),
        parts: &[
            "configuration",
            "get_enum_data",
            "get_enum_data.types",
            "operations",
            "operations.sync_enum_values",
            "operations.add_enum_values",
            "sql_commands",
            "sql_commands.indexes",
        ],
        yields: false,
    },
    Model {
        name: "advanced_alchemy",
        text: include_str!("advanced_alchemy.py"),
        parts: &[
            "types",
            "types.boolean",
            "types.datetime",
            "types.encrypted_string",
            "types.file_object",
            "types.guid",
            "types.identity",
            "types.json",
            "types.password_hash",
            "types.password_hash.argon2",
            "types.password_hash.base",
            "types.password_hash.one_time_code",
            "types.password_hash.passlib",
            "types.password_hash.pwdlib",
            "types.totp",
        ],
        yields: true,
    },
    Model {
        name: "alembic_utils",
        text: include_str!("alembic_utils.py"),
        parts: &[
            "exceptions",
            "experimental",
            "on_entity_mixin",
            "pg_extension",
            "pg_function",
            "pg_grant_table",
            "pg_materialized_view",
            "pg_policy",
            "pg_trigger",
            "pg_view",
            "replaceable_entity",
            "reversible_op",
            "statement",
        ],
        yields: false,
    },
    Model {
        name: "citext",
        text: include_str!("citext.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "fastapi_users_db_sqlalchemy",
        text: include_str!("fastapi_users_db_sqlalchemy.py"),
        parts: &["generics", "guid"],
        yields: true,
    },
    Model {
        name: "flask_appbuilder",
        text: include_str!("flask_appbuilder.py"),
        parts: &["models", "models.sqla", "utils", "utils.legacy"],
        yields: true,
    },
    Model {
        name: "geoalchemy2",
        text: include_str!("geoalchemy2.py"),
        parts: &["types", "alembic_helpers"],
        yields: false,
    },
    Model {
        name: "loguru",
        text: include_str!("loguru.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "pgvector.sqlalchemy",
        text: include_str!("pgvector_sqlalchemy.py"),
        parts: &["bit", "halfvec", "sparsevec", "vector"],
        yields: false,
    },
    Model {
        name: "sqlalchemy_enum34",
        text: include_str!("sqlalchemy_enum34.py"),
        parts: &[],
        yields: false,
    },
    Model {
        name: "sqlalchemy_utils",
        text: include_str!("sqlalchemy_utils.py"),
        parts: &[
            "exceptions",
            "types",
            "types.arrow",
            "types.bit",
            "types.choice",
            "types.color",
            "types.country",
            "types.currency",
            "types.email",
            "types.encrypted",
            "types.encrypted.encrypted_type",
            "types.enriched_datetime",
            "types.enriched_datetime.enriched_date_type",
            "types.enriched_datetime.enriched_datetime_type",
            "types.ip_address",
            "types.json",
            "types.locale",
            "types.ltree",
            "types.password",
            "types.phone_number",
            "types.range",
            "types.scalar_list",
            "types.timezone",
            "types.ts_vector",
            "types.url",
            "types.uuid",
            "types.weekdays",
        ],
        yields: false,
    },
];

/// The model that a dotted module name belongs to.
pub(crate) fn model_of(name: &str) -> Option<&'static Model> {
    let standard = crate::modules::python::MODELS.iter();
    MODELS.iter().chain(standard).find(|model| {
        let rest = name.strip_prefix(model.name);
        rest.is_some_and(|rest| match rest.strip_prefix('.') {
            Some(part) => model.parts.contains(&part),
            None => rest.is_empty(),
        })
    })
}

/// True for a word in the names of a model's parts: a model holds the names of all of them itself.
pub(crate) fn is_model_part(module: &str, word: &str) -> bool {
    model_of(module).is_some_and(|model| {
        let mut parts = model.parts.iter();
        parts.any(|part| part.split('.').any(|found| found == word))
    })
}

/// Directives of `op` that a model brings as functions of the same name.
const DIRECTIVES: &[(&str, &str)] = &[
    ("sync_enum_values", "alembic_postgresql_enum"),
    ("add_enum_value", "alembic_postgresql_enum"),
];

/// The model that brings a directive of `op`.
pub(crate) fn directive_of(name: &str) -> Option<&'static str> {
    let mut directives = DIRECTIVES.iter();
    directives
        .find(|(directive, _)| *directive == name)
        .map(|(_, model)| *model)
}

/// True for a top-level package that is modelled here.
pub(crate) fn owns(top: &str) -> bool {
    MODELS
        .iter()
        .filter_map(|model| model.name.strip_prefix(top))
        .any(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What stands for the file name of a model.
pub(crate) fn model_file(name: &str) -> String {
    format!("<model of {name}>")
}

/// True for such a name.
pub(crate) fn is_model_file(file: &str) -> bool {
    file.starts_with("<model of ")
}
