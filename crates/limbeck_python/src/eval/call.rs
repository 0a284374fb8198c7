//! Calling things.

use std::rc::Rc;

use limbeck_diag::{Location, SourceFile};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged as _;

use super::code::BodyText;
use super::scope::{Scope, ScopeKind};
use super::stmt::Done;
use super::{Frame, Interp, Mode};
use crate::args::{Args, missing_message};
use crate::flow::{Flow, R, Raised};
use crate::parse::span_of;
use crate::value::{BoundTarget, Class, Dict, Function, HashKey, Instance, Str, Value};

impl Interp<'_> {
    /// Calls a value.
    pub fn call(&mut self, callee: &Value, args: Args) -> R {
        self.step()?;
        match callee {
            Value::Function(function) => self.call_function(function, args),
            Value::Native(native) => {
                let function = Rc::clone(&native.function);
                let made = function(self, args)?;
                self.charge_made(&made);
                Ok(made)
            }
            Value::Bound(bound) => match &bound.target {
                BoundTarget::Callable(function) => {
                    let mut args = args;
                    args.positional.insert(0, bound.receiver.clone());
                    self.call(function, args)
                }
                BoundTarget::Method(name) => {
                    let name = Str::clone(name);
                    self.call_native_method(&bound.receiver, &name, args)
                }
            },
            Value::Class(class) => self.call_class(class, args),
            Value::Object(object) => match Rc::clone(object).call(self, args)? {
                Some(result) => Ok(result),
                None => Err(self.raise(
                    "TypeError",
                    format!("'{}' object is not callable", object.type_name()),
                )),
            },
            Value::Instance(instance) => match instance.class.lookup("__call__") {
                Some(method) => {
                    let bound = self.bind_to(&method, callee.clone())?;
                    self.call(&bound, args)
                }
                None => {
                    if let Some(payload @ Value::Object(_)) = instance.payload() {
                        return self.call(&payload, args);
                    }
                    if let Some(unknown) = instance.class.find_unknown_base() {
                        return self.call(&Value::Unknown(unknown), args);
                    }
                    Err(self.raise(
                        "TypeError",
                        format!("'{}' object is not callable", instance.class.name),
                    ))
                }
            },
            Value::Unknown(unknown) => {
                if self.mode == Mode::Run {
                    // A method of something unknown may have effects, however harmless its owner looks.
                    self.need_known(callee, "what is called")?;
                } else {
                    self.unread += 1;
                    self.note_unread_call(unknown, &args);
                    self.forget_handed(unknown, &args);
                }
                Ok(callee.clone())
            }
            Value::Opaque(opaque) => Ok(Value::opaque(format!("{}()", opaque.what))),
            _ => {
                let kind = self.type_name(callee);
                Err(self.raise("TypeError", format!("'{kind}' object is not callable")))
            }
        }
    }

    /// Calls `receiver.name(...)`.
    pub fn call_method(&mut self, receiver: &Value, name: &str, args: Args) -> R {
        let is_native_method = match receiver {
            Value::Object(object) => object.methods().contains(&name),
            Value::Instance(_) | Value::Class(_) | Value::Module(_) | Value::Function(_) => false,
            other => crate::builtins::has_method(other, name),
        };
        if is_native_method {
            return self.call_native_method(receiver, name, args);
        }
        let method = self.get_attr(receiver, name)?;
        self.call(&method, args)
    }

    /// Calls a method of a builtin or modelled type.
    pub(crate) fn call_native_method(&mut self, receiver: &Value, name: &str, args: Args) -> R {
        self.step()?;
        match receiver {
            Value::Object(object) => match Rc::clone(object).call_method(self, name, args)? {
                Some(made) => {
                    self.charge_made(&made);
                    Ok(made)
                }
                None => Err(self.no_attribute(receiver, name)),
            },
            Value::Instance(instance) => match instance.payload() {
                Some(payload) => self.call_native_method(&payload, name, args),
                None => Err(self.no_attribute(receiver, name)),
            },
            other => {
                let made = crate::builtins::call_method(self, other, name, args)?;
                self.charge_made(&made);
                Ok(made)
            }
        }
    }

    /// Evaluates a call expression.
    pub(crate) fn eval_call(&mut self, scope: &Rc<Scope>, call: &ExprCall) -> R {
        let span = span_of(call.range());
        if let Expr::Attribute(attribute) = &*call.func {
            let receiver = self.eval(scope, &attribute.value)?;
            let name = attribute.attr.as_str();
            let direct = match &receiver {
                Value::Object(object) => object.methods().contains(&name),
                Value::Instance(_)
                | Value::Class(_)
                | Value::Module(_)
                | Value::Function(_)
                | Value::Unknown(_)
                | Value::Opaque(_) => false,
                other => crate::builtins::has_method(other, name),
            };
            if direct {
                let args = self.eval_args(scope, call)?;
                self.set_at(span);
                return match args {
                    Ok(args) => self.with_functions_called(args, |ev, args| {
                        ev.call_native_method(&receiver, name, args)
                    }),
                    Err(unknown) => self.call_with_unknown_args(&receiver, unknown),
                };
            }
            self.set_at(span);
            if self.is_answer(&receiver) {
                use crate::alchemy::orm::probed::{Method, class_of, method};
                let class = class_of(&receiver);
                let does = match &class {
                    Some(class) => method(self, &receiver, class, name)?,
                    None => Method::Other,
                };
                if crate::alchemy::orm::probed::keeps_rows(&receiver, name) {
                    self.eval_args(scope, call)?.ok();
                    return Ok(self.element_of(&receiver));
                }
                match (does, class) {
                    (Method::Keeps, Some(class)) => {
                        self.eval_args(scope, call)?.ok();
                        return Ok(self.answer_of(&class));
                    }
                    (Method::Own, _) => {}
                    _ => self.note_method(name),
                }
            }
            let callee = self.get_attr(&receiver, name)?;
            return self.call_value(scope, call, &callee);
        }
        let callee = self.eval(scope, &call.func)?;
        self.call_value(scope, call, &callee)
    }

    fn call_value(&mut self, scope: &Rc<Scope>, call: &ExprCall, callee: &Value) -> R {
        let args = self.eval_args(scope, call)?;
        self.set_at(span_of(call.range()));
        match args {
            Ok(args) => self.with_functions_called(args, |ev, args| ev.call(callee, args)),
            Err(unknown) => self.call_with_unknown_args(callee, unknown),
        }
    }

    /// A call whose `*args` or `**kwargs` are unknown: what is called may have effects.
    fn call_with_unknown_args(&mut self, callee: &Value, unknown: Value) -> R {
        if self.mode == Mode::Run {
            self.need_known(&unknown, "the arguments of a call")?;
        }
        self.note_unread_arguments(callee, &unknown);
        Ok(unknown)
    }

    /// Evaluates arguments; the inner error is an unknown `*args` or `**kwargs`.
    fn eval_args(&mut self, scope: &Rc<Scope>, call: &ExprCall) -> R<Result<Args, Value>> {
        let mut args = Args::none();
        let mut unknown = None;
        for argument in &call.arguments.args {
            match argument {
                Expr::Starred(starred) => {
                    let value = self.eval(scope, &starred.value)?;
                    if value.is_unknown() {
                        unknown = Some(value);
                        continue;
                    }
                    let items = self.iterate(&value)?;
                    args.positional.extend(items);
                }
                argument => args.positional.push(self.eval(scope, argument)?),
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.eval(scope, &keyword.value)?;
            match &keyword.arg {
                Some(name) => {
                    let name = Str::from(name.as_str());
                    self.push_keyword(&mut args, name, value)?;
                }
                None => {
                    if value.is_unknown() {
                        unknown = Some(value);
                        continue;
                    }
                    for (key, value) in
                        self.mapping_items(&value, "argument after ** must be a mapping, not")?
                    {
                        match key.as_str() {
                            Some(name) => self.push_keyword(&mut args, name, value)?,
                            None => {
                                self.need_known(&key, "the name of a keyword argument")?;
                                return Err(self.raise("TypeError", "keywords must be strings"));
                            }
                        }
                    }
                }
            }
        }
        Ok(match unknown {
            Some(unknown) => Err(unknown),
            None => Ok(args),
        })
    }

    fn push_keyword(&mut self, args: &mut Args, name: Str, value: Value) -> R<()> {
        if args.keyword(&name).is_some() {
            return Err(self.raise(
                "TypeError",
                format!("got multiple values for keyword argument '{name}'"),
            ));
        }
        args.keywords.push((name, value));
        Ok(())
    }

    /// The items of a mapping, for `**` and `dict.update`.
    pub(crate) fn mapping_items(
        &mut self,
        value: &Value,
        complaint: &str,
    ) -> R<Vec<(Value, Value)>> {
        if let Value::Dict(dict) = value.unwrap_payload() {
            return Ok(dict
                .borrow()
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect());
        }
        self.need_known(value, "a mapping")?;
        match self.get_attr_opt(value, "keys")? {
            Some(keys) => {
                let keys = self.call(&keys, Args::none())?;
                let mut items = Vec::new();
                for key in self.iterate(&keys)? {
                    let item = self.get_item(value, &key)?;
                    items.push((key, item));
                }
                Ok(items)
            }
            None => {
                let kind = self.type_name(value);
                Err(self.raise("TypeError", format!("{complaint} {kind}")))
            }
        }
    }

    /// Calls a function written in Python.
    pub(crate) fn call_function(&mut self, function: &Rc<Function>, args: Args) -> R {
        let code = Rc::clone(&function.code);
        let scope = Scope::child(
            &function.closure,
            ScopeKind::Function,
            &code.names,
            &code.unit,
            Str::from(format!("{}.<locals>.", function.qualname)),
        );
        self.bind_parameters(function, args, &scope)?;
        let owner = function
            .owner
            .borrow()
            .as_ref()
            .and_then(std::rc::Weak::upgrade);
        if let Some(owner) = owner {
            let first = code
                .parameters
                .posonlyargs
                .first()
                .or_else(|| code.parameters.args.first())
                .and_then(|parameter| {
                    scope
                        .vars
                        .borrow()
                        .get(parameter.parameter.name.as_str())
                        .cloned()
                });
            *scope.method_of.borrow_mut() = Some((owner, first.unwrap_or(Value::None)));
        }
        if code.is_generator() {
            return self.make_generator(function, &code, scope);
        }
        if code.is_async {
            return Ok(crate::modules::asyncio::coroutine(function, scope));
        }
        let depth = self.frames.len();
        let result = self.run_body(&function.name, &function.code, &scope);
        match result {
            Err(Flow::Raise(raised)) if !raised.is_stated => {
                Err(self.raised_by(function, depth, raised))
            }
            result => result,
        }
    }

    /// An exception that no `raise` statement raised. From an installed package into the project it is more likely the fault
    /// of this reader than the package's.
    fn raised_by(&mut self, function: &Function, depth: usize, raised: Box<Raised>) -> Flow {
        let is_installed =
            |ev: &Self, file: &SourceFile| ev.is_installed(std::path::Path::new(file.name()));
        let caller = depth.checked_sub(1).and_then(|at| self.frames.get(at));
        let caller = caller.map(|frame| frame.file.clone());
        if !is_installed(self, &function.code.unit.file)
            || caller.is_some_and(|file| is_installed(self, &file))
        {
            return Flow::Raise(raised);
        }
        self.frames.truncate(depth);
        let text = self.exception_text(&raised.value);
        self.unreadable(format!(
            "the installed function `{}` cannot be read: {text}",
            function.qualname
        ))
    }

    /// What a function does.
    pub(crate) fn body_of<'c>(&self, code: &'c super::Code) -> R<BodyText<'c>> {
        code.body()
            .ok_or_else(|| self.unreadable("the body of the function is not found"))
    }

    /// Runs the body of a function in its scope.
    pub(crate) fn run_body(&mut self, name: &Str, code: &Rc<super::Code>, scope: &Rc<Scope>) -> R {
        self.enter()?;
        self.frames.push(Frame {
            name: Str::clone(name),
            file: code.unit.file.clone(),
            at: span_of(code.range),
            scope: Rc::clone(scope),
        });
        let result = self.body_of(code).and_then(|body| match body {
            BodyText::Expr(expr) => self.eval(scope, expr),
            BodyText::Block(block) => match self.exec_block(scope, block) {
                Ok(Done::Return(value)) => Ok(value),
                Ok(_) => Ok(Value::None),
                Err(flow) => Err(flow),
            },
        });
        self.frames.pop();
        self.leave();
        result
    }

    /// Binds arguments to the parameters of a function.
    fn bind_parameters(&mut self, function: &Rc<Function>, args: Args, scope: &Rc<Scope>) -> R<()> {
        let parameters = &function.code.parameters;
        let name = Str::clone(&function.qualname);
        let positional: Vec<&str> = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .map(|parameter| parameter.parameter.name.as_str())
            .collect();
        let positional_only = parameters.posonlyargs.len();
        let given = args.positional.len();
        let mut vars = indexmap::IndexMap::new();
        let mut rest = Vec::new();
        for (index, value) in args.positional.into_iter().enumerate() {
            match positional.get(index) {
                Some(name) => {
                    vars.insert(Str::from(*name), value);
                }
                None => rest.push(value),
            }
        }
        let keyword_only: Vec<&str> = parameters
            .kwonlyargs
            .iter()
            .map(|parameter| parameter.parameter.name.as_str())
            .collect();
        let mut extra = Dict::new();
        let mut keyword_only_given = 0;
        let mut deferred = None;
        for (key, value) in args.keywords {
            let is_positional = positional
                .iter()
                .skip(positional_only)
                .any(|name| *name == &*key);
            let is_keyword_only = keyword_only.contains(&&*key);
            if is_positional || is_keyword_only {
                keyword_only_given += usize::from(is_keyword_only);
                if vars.contains_key(&*key) {
                    return Err(self.raise(
                        "TypeError",
                        format!("{name}() got multiple values for argument '{key}'"),
                    ));
                }
                vars.insert(key, value);
            } else if parameters.kwarg.is_some() {
                extra.insert(HashKey::Str(Str::clone(&key)), Value::Str(key), value);
            } else if positional
                .iter()
                .take(positional_only)
                .any(|name| *name == &*key)
            {
                deferred.get_or_insert(format!(
                    "{name}() got some positional-only arguments passed as keyword arguments: '{key}'"
                ));
            } else {
                return Err(self.raise(
                    "TypeError",
                    format!("{name}() got an unexpected keyword argument '{key}'"),
                ));
            }
        }
        if let Some(message) = deferred {
            return Err(self.raise("TypeError", message));
        }
        if !rest.is_empty() && parameters.vararg.is_none() {
            let most = positional.len();
            let least = most - function.defaults.len().min(most);
            let takes = if least == most {
                most.to_string()
            } else {
                format!("from {least} to {most}")
            };
            let plural = if most == 1 && least == most { "" } else { "s" };
            let were = if given == 1 && keyword_only_given == 0 {
                "was"
            } else {
                "were"
            };
            let given = if keyword_only_given > 0 {
                format!(
                    "{given} positional argument{} (and {keyword_only_given} keyword-only argument{})",
                    if given == 1 { "" } else { "s" },
                    if keyword_only_given == 1 { "" } else { "s" },
                )
            } else {
                given.to_string()
            };
            return Err(self.raise(
                "TypeError",
                format!(
                    "{name}() takes {takes} positional argument{plural} but {given} {were} given"
                ),
            ));
        }
        let first_default = positional.len() - function.defaults.len().min(positional.len());
        let mut missing = Vec::new();
        for (index, parameter) in positional.iter().enumerate() {
            if vars.contains_key(*parameter) {
                continue;
            }
            match index
                .checked_sub(first_default)
                .and_then(|index| function.defaults.get(index))
            {
                Some(default) => {
                    vars.insert(Str::from(*parameter), default.clone());
                }
                None => missing.push(*parameter),
            }
        }
        if !missing.is_empty() {
            return Err(self.raise("TypeError", missing_message(&name, "positional", &missing)));
        }
        for parameter in &keyword_only {
            if vars.contains_key(*parameter) {
                continue;
            }
            match function
                .kw_defaults
                .iter()
                .find(|(name, _)| &**name == *parameter)
            {
                Some((name, default)) => {
                    vars.insert(Str::clone(name), default.clone());
                }
                None => missing.push(*parameter),
            }
        }
        if !missing.is_empty() {
            return Err(self.raise(
                "TypeError",
                missing_message(&name, "keyword-only", &missing),
            ));
        }
        if let Some(vararg) = &parameters.vararg {
            vars.insert(Str::from(vararg.name.as_str()), Value::tuple(rest));
        }
        if let Some(kwarg) = &parameters.kwarg {
            vars.insert(Str::from(kwarg.name.as_str()), Value::dict(extra));
        }
        *scope.vars.borrow_mut() = vars;
        Ok(())
    }

    /// Calls a class: makes an instance.
    pub(crate) fn call_class(&mut self, class: &Rc<Class>, args: Args) -> R {
        match self.metaclass_method(class, "__call__")? {
            Some(method) => self.call(&method, args),
            None => self.instance_of(class, args),
        }
    }

    /// `type.__call__`: what calling a class does where its metaclass says nothing else.
    pub(super) fn instance_of(&mut self, class: &Rc<Class>, args: Args) -> R {
        if class.is_enum() {
            return crate::modules::enum_::call_enum(self, class, args);
        }
        let mut args = args;
        if let Some(hooks) = class.find_hooks() {
            match hooks.construct(self, class, args)? {
                Ok(value) => return Ok(value),
                Err(back) => args = back,
            }
        }
        if let Some(unknown) = class.find_unknown_base() {
            // Its metaclass, `__new__` and `__init__` are not known.
            if self.mode == Mode::Run && unknown.foreign {
                self.need_known(
                    &Value::Unknown(Rc::clone(&unknown)),
                    "the base of the class that is called",
                )?;
            }
            return Ok(Value::Unknown(unknown));
        }
        if let crate::value::ClassKind::Builtin(name) = class.kind {
            let made = crate::builtins::construct(self, name, args)?;
            self.charge_made(&made);
            return Ok(made);
        }
        if let Some(new) = class.lookup("__new__") {
            let function = match new.downcast_ref::<crate::modules::descriptors::StaticMethod>() {
                Some(method) => method.0.clone(),
                None => new,
            };
            let mut with_class = args.clone();
            with_class
                .positional
                .insert(0, Value::Class(Rc::clone(class)));
            let made = self.call(&function, with_class)?;
            if let Value::Instance(instance) = &made
                && instance.class.is_subclass(class)
            {
                self.init_instance(instance, args)?;
            }
            return Ok(made);
        }
        let instance = self.new_instance(class, &args)?;
        self.init_instance(&instance, args)?;
        Ok(Value::Instance(instance))
    }

    /// `object.__new__`: an instance with the payload that a builtin base asks for.
    pub(crate) fn new_instance(&mut self, class: &Rc<Class>, args: &Args) -> R<Rc<Instance>> {
        if let Some(names) = crate::modules::abc::abstract_methods(class) {
            let plural = if names.len() == 1 { "" } else { "s" };
            let names: Vec<String> = names.iter().map(|name| format!("{name}")).collect();
            return Err(self.raise(
                "TypeError",
                format!(
                    "Can't instantiate abstract class {} with abstract method{plural} {}",
                    class.name,
                    names.join(", ")
                ),
            ));
        }
        self.bare_instance(class, args)
    }

    /// Like [`Interp::new_instance`], also of abstract classes.
    pub(crate) fn bare_instance(&mut self, class: &Rc<Class>, args: &Args) -> R<Rc<Instance>> {
        if let Some(special) = self.special_os_error(class, args) {
            return self.bare_instance(&special, args);
        }
        let instance = Instance::new(Rc::clone(class), None);
        if class.kind == crate::value::ClassKind::Exception {
            instance.set("args", Value::tuple(args.positional.clone()));
        } else if let Some(builtin) = class.builtin_base() {
            let own_init = class.lookup("__init__").is_some();
            let payload_args = match builtin {
                // Mutable ones are filled by `__init__`.
                "list" | "dict" | "set" | "defaultdict" | "OrderedDict" | "Counter" if own_init => {
                    Args::none()
                }
                "str" | "int" | "float" | "bytes" | "tuple" | "frozenset" if own_init => {
                    Args::positional(args.positional.clone())
                }
                _ => args.clone(),
            };
            let payload = crate::builtins::construct(self, builtin, payload_args)?;
            if payload.is_unknown() {
                return Err(self.unreadable(
                    "an instance of a builtin's subclass is made of something unknown",
                ));
            }
            instance.set_payload(payload);
        }
        Ok(instance)
    }

    /// `OSError(2, "…")` makes a `FileNotFoundError`.
    fn special_os_error(&self, class: &Rc<Class>, args: &Args) -> Option<Rc<Class>> {
        let os_error = self.types().exception("OSError");
        if !Rc::ptr_eq(class, &os_error) || args.positional.len() < 2 {
            return None;
        }
        let name = match args.get(0)?.as_i64()? {
            1 | 13 => "PermissionError",
            2 => "FileNotFoundError",
            3 => "ProcessLookupError",
            4 => "InterruptedError",
            10 => "ChildProcessError",
            11 | 114 | 115 => "BlockingIOError",
            17 => "FileExistsError",
            20 => "NotADirectoryError",
            21 => "IsADirectoryError",
            32 | 108 => "BrokenPipeError",
            103 => "ConnectionAbortedError",
            104 => "ConnectionResetError",
            110 => "TimeoutError",
            111 => "ConnectionRefusedError",
            _ => return None,
        };
        self.types().find(name)
    }

    fn init_instance(&mut self, instance: &Rc<Instance>, args: Args) -> R<()> {
        let class = Rc::clone(&instance.class);
        let this = Value::Instance(Rc::clone(instance));
        if let Some((init, _)) = class.lookup_with_owner("__init__") {
            let bound = self.bind_to(&init, this)?;
            let result = self.call(&bound, args)?;
            if !result.is_none() && !result.is_unknown() {
                let kind = self.type_name(&result);
                return Err(self.raise(
                    "TypeError",
                    format!("__init__() should return None, not '{kind}'"),
                ));
            }
            return Ok(());
        }
        let has_new = class.lookup("__new__").is_some();
        let takes_any = class.kind == crate::value::ClassKind::Exception
            || class.builtin_base().is_some()
            || has_new
            || class.find_hooks().is_some();
        let has_args = !args.positional.is_empty() || !args.keywords.is_empty();
        if !takes_any && has_args {
            return Err(self.raise("TypeError", format!("{}() takes no arguments", class.name)));
        }
        if class.kind == crate::value::ClassKind::Exception && !args.keywords.is_empty() && !has_new
        {
            return Err(self.raise(
                "TypeError",
                format!("{}() takes no keyword arguments", class.name),
            ));
        }
        Ok(())
    }

    /// Where a function was defined.
    #[must_use]
    pub fn definition(&self, function: &Function) -> Location {
        Location::new(
            function.code.unit.file.clone(),
            span_of(function.code.range),
        )
    }
}
