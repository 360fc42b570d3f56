//! `_warnings`: filters, and issuing warnings from Python and native code.
//!
//! The `warnings` module's own attributes win over what is kept here, once it is imported.

use crate::source_lines::Sources;
use crate::{finish, import, output};
use krait_object::class::type_name;
use krait_object::dict::{self, Dict};
use krait_object::exception;
use krait_object::frameobj::Frame;
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::tuple::{self, Tuple};
use krait_object::{
    Class, Kind, Name, Raised, Res, Thread, TypeId, Value, attr, call, int, natives, protocol,
};
use krait_text::CharsBuf;

static FILTERS: InterpSlot = InterpSlot::new();
static ONCE: InterpSlot = InterpSlot::new();
static DEFAULT_ACTION: InterpSlot = InterpSlot::new();
/// Changes with the filters: registries of older versions are emptied.
static VERSION: InterpSlot = InterpSlot::new();

/// A warning on its way.
struct Warning {
    category: Value,
    message: Value,
    filename: Value,
    line: i64,
    /// None when unknown.
    module: Option<Value>,
    registry: Option<Dict>,
    source_line: Option<Value>,
    source: Option<Value>,
}

/// Warns at the Python frame `level` levels up (1: the running one).
///
/// # Errors
/// The warning itself, when the filters make it an error, and what the program's hooks raise.
pub fn at_level(th: &Thread, category: TypeId, text: &str, level: usize) -> Res<()> {
    let message = string::try_new(th, text)?;
    let category = th.interp.class_value(category);
    warn_at(th, category, message, level as i64, None, Tuple::of(th.interp.empty_tuple.get()))
}

/// Warns about a line of a file.
///
/// # Errors
/// As [`at_level`].
pub fn explicit(th: &Thread, category: TypeId, text: &str, filename: Value, line: u32) -> Res<()> {
    let w = Warning {
        category: th.interp.class_value(category),
        message: string::try_new(th, text)?,
        filename,
        line: line as i64,
        module: None,
        registry: None,
        source_line: None,
        source: None,
    };
    issue(th, w)
}

/// An attribute of the `warnings` module, which is imported for it only if wanted.
fn of_module(th: &Thread, name: &str, load: bool) -> Res<Option<Value>> {
    let module = if load && !finish::is_finalizing(th) {
        let m = import::import_module(th, "warnings");
        th.catch(m, TypeId::ImportError)?
    } else {
        match Dict::from_value(th.interp.modules.get()) {
            Some(d) => d.get_text(th, "warnings"),
            None => None,
        }
    };
    match module {
        Some(m) => attr::get_opt(th, m, string::intern(th, Str::of(string::new(th, name)))),
        None => Ok(None),
    }
}

fn version(th: &Thread) -> Value {
    VERSION.get(th).unwrap_or(Value::ZERO)
}

/// Was a warning of the key shown? With `set` it counts as shown from now on.
fn already(th: &Thread, registry: Dict, key: Value, set: bool) -> Res<bool> {
    if registry.get_text(th, "version") != Some(version(th)) {
        registry.clear(th)?;
        registry.set_text(th, "version", version(th));
    } else if let Some(v) = registry.get(th, key)?
        && protocol::truth(th, v)?
    {
        return Ok(true);
    }
    if set {
        registry.set(th, key, Value::true_())?;
    }
    Ok(false)
}

/// Does a filter's pattern (None, a text or a compiled expression) match?
fn matches(th: &Thread, pattern: Value, text: Value) -> Res<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if pattern.has_shape(TypeId::Str as u32) {
        return protocol::equal(th, pattern, text);
    }
    let r = call::call_method_text(th, pattern, "match", &[text])?;
    protocol::truth(th, r)
}

/// The action for a warning and the filter that decided it.
fn action(th: &Thread, w: &Warning, text: Value, module: Value) -> Res<(String, Value)> {
    if let Some(f) = of_module(th, "filters", false)? {
        FILTERS.set(th, f);
    }
    let Some(filters) = FILTERS.get(th).and_then(List::from_value) else {
        return Err(th.value_error("_warnings.filters must be a list"));
    };
    let mut i = 0;
    while let Some(item) = filters.get(i) {
        let Some(t) = Tuple::from_value(item).filter(|t| t.len() == 5) else {
            return Err(th.value_error(format!("_warnings.filters item {i} isn't a 5-tuple")));
        };
        let Some(name) = Str::from_value(t.get(0)) else {
            return Err(th.type_error(format!("action must be a string, not '{}'", type_name(th, t.get(0)))));
        };
        let good_text = matches(th, t.get(1), text)?;
        let good_module = matches(th, t.get(3), module)?;
        let good_class = protocol::is_subclass(th, w.category, t.get(2))?;
        let line = protocol::index_i64(th, t.get(4))?;
        if good_text && good_class && good_module && (line == 0 || line == w.line) {
            return Ok((name.to_text(), item));
        }
        i += 1;
    }
    if let Some(d) = of_module(th, "defaultaction", false)? {
        if Str::from_value(d).is_none() {
            let found = type_name(th, d);
            return Err(th.type_error(format!("_warnings.defaultaction must be a string, not '{found}'")));
        }
        DEFAULT_ACTION.set(th, d);
    }
    let default = DEFAULT_ACTION.get(th).and_then(Str::from_value);
    Ok((default.map_or("default".to_owned(), Str::to_text), Value::none()))
}

fn once_registry(th: &Thread) -> Res<Dict> {
    if let Some(d) = of_module(th, "onceregistry", false)? {
        if Dict::from_value(d).is_none() {
            let found = type_name(th, d);
            return Err(th.type_error(format!("_warnings.onceregistry must be a dict, not '{found}'")));
        }
        ONCE.set(th, d);
    }
    Ok(Dict::of(ONCE.get_or(th, |th| Ok(dict::new(th).value()))?))
}

/// The module's name of a file.
fn module_of(th: &Thread, filename: Value) -> Res {
    let Some(s) = Str::from_value(filename) else { return Ok(string::new(th, "<unknown>")) };
    if s.is_empty() {
        return Ok(string::new(th, "<unknown>"));
    }
    let text = s.to_text();
    match text.strip_suffix(".py") {
        Some(_) => string::from_chars(th, s.chars().slice(0..s.len() - 3)),
        None => Ok(filename),
    }
}

/// Issues a warning: filters, registries, and showing it.
fn issue(th: &Thread, mut w: Warning) -> Res<()> {
    let module = match w.module {
        // Late in the shutdown a module has no name any more.
        Some(m) if m.is_none() => return Ok(()),
        Some(m) => m,
        None => module_of(th, w.filename)?,
    };
    let text;
    if protocol::is_instance(th, w.message, th.interp.class_value(TypeId::Warning))? {
        text = protocol::str_of(th, w.message)?;
        w.category = Class::of_value(th, w.message).value();
    } else {
        text = w.message;
        w.message = call::call(th, w.category, &[text])?;
    }
    let line = int::from_i64(th, w.line);
    let key = tuple::from_slice(th, &[text, w.category, line])?;
    if let Some(r) = w.registry
        && already(th, r, key, false)?
    {
        return Ok(());
    }
    let (action, item) = action(th, &w, text, module)?;
    match action.as_str() {
        "error" => return Err(raise(th, w.category, w.message)),
        "ignore" => return Ok(()),
        "always" => {}
        _ => {
            if let Some(r) = w.registry {
                r.set(th, key, Value::true_())?;
            }
            let other = tuple::from_slice(th, &[text, w.category])?;
            let shown = match action.as_str() {
                "once" => {
                    let r = match w.registry {
                        Some(r) => r,
                        None => once_registry(th)?,
                    };
                    already(th, r, other, true)?
                }
                "module" => match w.registry {
                    Some(r) => already(th, r, other, true)?,
                    None => false,
                },
                "default" => false,
                _ => {
                    let action = protocol::repr_text(th, string::new(th, &action))?;
                    let item = protocol::repr_text(th, item)?;
                    return Err(th.runtime_error(format!(
                        "Unrecognized action ({action}) in warnings.filters:\n {item}"
                    )));
                }
            };
            if shown {
                return Ok(());
            }
        }
    }
    show(th, &w, text, line)
}

/// Raises the warning as an exception.
fn raise(th: &Thread, category: Value, message: Value) -> Raised {
    if !message.is_kind(Kind::Exception) {
        let name = Class::from_value(category).map_or_else(String::new, Class::name_text);
        return th.type_error(format!("calling {name} should have returned an exception"));
    }
    exception::raise(th, message)
}

fn show(th: &Thread, w: &Warning, text: Value, line: Value) -> Res<()> {
    let Some(f) = of_module(th, "_showwarnmsg", w.source.is_some())? else {
        show_natively(th, w, text);
        return Ok(());
    };
    if !call::is_callable(th, f) {
        return Err(th.type_error("warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = of_module(th, "WarningMessage", false)? else {
        return Err(th.runtime_error("unable to get warnings.WarningMessage"));
    };
    let none = Value::none();
    let args = [w.message, w.category, w.filename, line, none, none, w.source.unwrap_or(none)];
    let message = call::call(th, class, &args)?;
    call::call(th, f, &[message])?;
    Ok(())
}

/// `file:line: Category: text` and the source line, on `sys.stderr`.
fn show_natively(th: &Thread, w: &Warning, text: Value) {
    let mut out = CharsBuf::new();
    if let Some(f) = Str::from_value(w.filename) {
        out.extend(f.chars());
    }
    let name = attr::get(th, w.category, th.name(Name::__name__)).ok().and_then(Str::from_value);
    th.clear_pending();
    out.extend_str(&format!(":{}: {}: ", w.line, name.map(Str::to_text).unwrap_or_default()));
    output::push_str(th, &mut out, text, "");
    out.extend_str("\n");
    let line = match w.source_line.and_then(Str::from_value) {
        Some(s) => Some(s.to_text()),
        None => Str::from_value(w.filename).and_then(|f| Sources::default().line(th, f, w.line)),
    };
    if let Some(l) = line {
        out.extend_str(&format!("  {}\n", l.trim_start_matches([' ', '\t', '\u{c}']).trim_end_matches('\n')));
    }
    output::write_error_chars(th, &out);
}

/// Is the frame's code importlib's?
fn is_internal(f: Frame) -> bool {
    let name = Str::of(f.code().filename.get()).to_text();
    name.contains("importlib") && name.contains("_bootstrap")
}

fn is_skipped(f: Frame, prefixes: Tuple) -> bool {
    let name = Str::of(f.code().filename.get()).to_text();
    prefixes.as_slice().iter().any(|p| Str::from_value(*p).is_some_and(|p| name.starts_with(&p.to_text())))
}

/// The frame that a warning of the level is about: (frame object or None).
fn frame_for(th: &Thread, level: i64, prefixes: Tuple) -> Res<Option<Frame>> {
    let at =
        |depth: usize| -> Res<Option<Frame>> { Ok((th.interp.hooks().frame_at)(th, depth)?.map(Frame::of)) };
    let mut depth = 0;
    let mut f = at(0)?;
    let Some(first) = f else { return Ok(None) };
    let plain = level <= 0 || is_internal(first);
    for _ in 1..level {
        loop {
            depth += 1;
            f = at(depth)?;
            match f {
                None => return Ok(None),
                Some(x) if !plain && (is_internal(x) || is_skipped(x, prefixes)) => {}
                Some(_) => break,
            }
        }
    }
    Ok(f)
}

fn warn_at(
    th: &Thread,
    category: Value,
    message: Value,
    level: i64,
    source: Option<Value>,
    prefixes: Tuple,
) -> Res<()> {
    let (globals, filename, line) = match frame_for(th, level, prefixes)? {
        Some(f) => {
            let offset = match f.registers.get() {
                r if r.is_null() => f.lasti.get().max(0) as usize / 8,
                r => (th.interp.hooks().frame_offset)(r),
            };
            let line = f.code().position(offset).map_or(f.code().first_line.get(), |p| p.line);
            (Dict::of(f.globals.get()), f.code().filename.get(), line as i64)
        }
        None => (Dict::of(th.interp.sys.get()), string::new(th, "sys"), 1),
    };
    let registry = match globals.get_text(th, "__warningregistry__") {
        Some(r) => r,
        None => {
            let d = dict::new(th).value();
            globals.set_text(th, "__warningregistry__", d);
            d
        }
    };
    if Dict::from_value(registry).is_none() && !registry.is_none() {
        return Err(th.type_error("'registry' must be a dict or None"));
    }
    let module = match globals.get_name(th, th.name(Name::__name__)) {
        Some(m) if m.is_none() || Str::from_value(m).is_some() => m,
        _ => string::new(th, "<string>"),
    };
    let w = Warning {
        category,
        message,
        filename,
        line,
        module: Some(module),
        registry: Dict::from_value(registry),
        source_line: None,
        source,
    };
    issue(th, w)
}

fn category_arg(th: &Thread, message: Value, category: Value) -> Res {
    let warning = th.interp.class_value(TypeId::Warning);
    let category = if protocol::is_instance(th, message, warning)? {
        Class::of_value(th, message).value()
    } else {
        category.given_not_none().unwrap_or(th.interp.class_value(TypeId::UserWarning))
    };
    if Class::from_value(category).is_none() || !protocol::is_subclass(th, category, warning)? {
        return Err(
            th.type_error(format!("category must be a Warning subclass, not '{}'", type_name(th, category)))
        );
    }
    Ok(category)
}

fn warn(th: &Thread, a: &[Value]) -> Res {
    let mut level = a[2].given().map_or(Ok(1), |v| protocol::index_i64(th, v))?;
    let prefixes = match a[4].given() {
        None => Tuple::of(th.interp.empty_tuple.get()),
        Some(v) => match Tuple::from_value(v) {
            Some(t) => t,
            None => {
                let found = type_name(th, v);
                return Err(
                    th.type_error(format!("warn() argument 'skip_file_prefixes' must be tuple, not {found}"))
                );
            }
        },
    };
    if !prefixes.is_empty() {
        for &p in prefixes.as_slice() {
            if Str::from_value(p).is_none() {
                return Err(
                    th.type_error(format!("Found non-str '{}' in skip_file_prefixes.", type_name(th, p)))
                );
            }
        }
        level = level.max(2);
    }
    let category = category_arg(th, a[0], a[1])?;
    warn_at(th, category, a[0], level, a[3].given_not_none(), prefixes)?;
    Ok(Value::none())
}

/// The line of source that a module's loader gives.
fn loader_line(th: &Thread, globals: Value, line: i64) -> Res<Option<Value>> {
    let Some(g) = Dict::from_value(globals) else {
        return Err(th.type_error(format!("module_globals must be a dict, not '{}'", type_name(th, globals))));
    };
    let Some(external) = import::external(th) else { return Ok(None) };
    let loader = call::call_method_text(th, external.value(), "_bless_my_loader", &[globals])?;
    let Some(name) = g.get_name(th, th.name(Name::__name__)) else { return Ok(None) };
    if loader.is_none() {
        return Ok(None);
    }
    let Some(get) = attr::get_opt(th, loader, th.interp.interned.intern_text(th, "get_source"))? else {
        return Ok(None);
    };
    let source = call::call(th, get, &[name])?;
    if source.is_none() {
        return Ok(None);
    }
    let lines = call::call_method_text(th, source, "splitlines", &[])?;
    Ok(Some(protocol::getitem(th, lines, int::from_i64(th, line - 1))?))
}

fn warn_explicit(th: &Thread, a: &[Value]) -> Res {
    let line = protocol::index_i64(th, a[3])?;
    if Str::from_value(a[2]).is_none() {
        return Err(th.type_error(format!(
            "warn_explicit() argument 'filename' must be str, not {}",
            type_name(th, a[2])
        )));
    }
    let registry = match a[5].given_not_none() {
        None => None,
        Some(v) => match Dict::from_value(v) {
            Some(d) => Some(d),
            None => return Err(th.type_error("'registry' must be a dict or None")),
        },
    };
    let source_line = match a[6].given_not_none() {
        Some(g) => loader_line(th, g, line)?,
        None => None,
    };
    let w = Warning {
        category: a[1],
        message: a[0],
        filename: a[2],
        line,
        module: a[4].given(),
        registry,
        source_line,
        source: a[7].given_not_none(),
    };
    issue(th, w)?;
    Ok(Value::none())
}

fn filters_mutated(th: &Thread, _a: &[Value]) -> Res {
    let n = version(th).small_int().unwrap_or(0);
    VERSION.set(th, Value::small(n + 1));
    Ok(Value::none())
}

natives! {
    static FUNCTIONS = {
        function "warn" "(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())" warn, "Issue a warning, or maybe ignore it or raise an exception.";
        function "warn_explicit" "(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)" warn_explicit, "Issue a warning, or maybe ignore it or raise an exception.";
        function "_filters_mutated" "()" filters_mutated, "The filters changed.";
    }
}

/// The filters that are there before the program adds its own.
fn first_filters(th: &Thread) -> Res {
    let l = list::new(th);
    let none = Value::none();
    let rules = [
        ("default", TypeId::DeprecationWarning, string::new(th, "__main__")),
        ("ignore", TypeId::DeprecationWarning, none),
        ("ignore", TypeId::PendingDeprecationWarning, none),
        ("ignore", TypeId::ImportWarning, none),
        ("ignore", TypeId::ResourceWarning, none),
    ];
    for (action, category, module) in rules {
        let action = th.interp.interned.intern_text(th, action);
        let item = [action, none, th.interp.class_value(category), module, Value::ZERO];
        let t = tuple::from_slice(th, &item)?;
        l.push(th, t)?;
    }
    Ok(l.value())
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add(th, "filters", FILTERS.get_or(th, first_filters)?);
    m.add(th, "_onceregistry", ONCE.get_or(th, |th| Ok(dict::new(th).value()))?);
    m.add(th, "_defaultaction", DEFAULT_ACTION.get_or(th, |th| Ok(string::new(th, "default")))?);
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "_warnings", doc: "Issuing and filtering warnings.", functions: FUNCTIONS, exec };
