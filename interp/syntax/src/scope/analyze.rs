//! The second walk: what each name of each block is bound to.
//!
//! A block is analyzed with the names bound in the functions around it, and passes the names free in it outwards.
//! A comprehension that is no generator runs in the block around it (PEP 709), so its names join that block.

use super::{Binding, Comprehension, NameMap, NameSet, Scope, ScopeKind, Symbol, error_at, flag};
use crate::ast::{Name, NodeId};
use crate::error::{ErrorKind, SyntaxError};
use crate::stack;

type Result<T = ()> = std::result::Result<T, Box<SyntaxError>>;
type Table = [Option<Box<Scope>>];

pub(super) fn analyze(table: &mut Table) -> Result {
    block(table, NodeId::MODULE.index(), None, NameSet::default(), NameSet::default(), None)?;
    Ok(())
}

/// What a block hands to the names in it.
struct Around<'a> {
    bound: Option<&'a mut NameSet>,
    globals: &'a mut NameSet,
    type_params: &'a mut NameSet,
}

/// Analyzes one block and those in it; answers the names free in it.
///
/// `class` is the class whose names the block sees (PEP 695).
fn block(
    table: &mut Table,
    index: usize,
    bound: Option<&NameSet>,
    mut globals: NameSet,
    mut type_params: NameSet,
    class: Option<usize>,
) -> Result<NameSet> {
    // The scope is out of the table while its own names are looked at.
    let Some(mut scope) = table[index].take() else { return Ok(NameSet::default()) };
    let mut bound = bound.cloned();
    let mut local = NameSet::default();
    let mut bindings: NameMap<Binding> = NameMap::default();
    let mut free = NameSet::default();
    let mut inner_globals = NameSet::default();
    let mut inner_bound = NameSet::default();
    let mut inner_free = NameSet::default();
    let mut inlined_cells = NameSet::default();
    let is_class = scope.kind == ScopeKind::Class;

    if is_class {
        // The names of a class are not visible in functions inside, so they see what is around the class.
        inner_globals.extend(globals.iter().cloned());
        inner_bound.extend(bound.iter().flatten().cloned());
    }
    let class_scope = class.and_then(|c| table[c].as_deref());
    let mut around = Around { bound: bound.as_mut(), globals: &mut globals, type_params: &mut type_params };
    let mut is_free = scope.free;
    for (name, symbol) in &scope.symbols {
        let binding = bind(&scope, name, *symbol, &mut around, &mut local, class_scope)?;
        match binding {
            Binding::Free => {
                is_free = true;
                free.insert(name.clone());
            }
            // A name that nothing around binds may still be found in the namespace of an `exec`.
            Binding::GlobalImplicit
                if scope.nested
                    && class_decides(class_scope, name).is_none()
                    && !around.globals.contains(name) =>
            {
                is_free = true;
            }
            _ => {}
        }
        bindings.insert(name.clone(), binding);
    }
    scope.free = is_free;
    if is_class {
        inner_bound.insert(Name::new("__class__"));
        inner_bound.insert(Name::new("__classdict__"));
    } else {
        if scope.is_function_like() {
            inner_bound.extend(local.iter().cloned());
        }
        inner_bound.extend(bound.iter().flatten().cloned());
        inner_globals.extend(globals.iter().cloned());
    }

    // Children may look at this scope: one that sees a class looks up names in it.
    table[index] = Some(scope);
    let children = std::mem::take(&mut table[index].as_mut().expect("just put back").children);
    for &child_id in &children {
        let Some(child) = table[child_id.index()].as_deref() else { continue };
        let child_class = if !child.can_see_class_scope {
            None
        } else if is_class {
            Some(index)
        } else {
            class
        };
        let inline = !matches!(child.comprehension, Comprehension::None | Comprehension::Generator);
        // Lambdas nest as deeply as expressions do.
        let mut child_free = stack::with(128 * 1024, 2 * 1024 * 1024, stack::no_memory, || {
            let (globals, type_params) = (inner_globals.clone(), type_params.clone());
            block(table, child_id.index(), Some(&inner_bound), globals, type_params, child_class)
        })?;
        if inline {
            inline_comprehension(table, index, child_id, &mut bindings, &mut child_free, &mut inlined_cells);
        }
        inner_free.extend(child_free);
        let child = table[child_id.index()].as_deref().expect("analyzed just now");
        let child_has_free = child.free || child.child_free;
        if child_has_free {
            table[index].as_mut().expect("in the table").child_free = true;
        }
    }
    let mut spliced = Vec::with_capacity(children.len());
    for child in children {
        match table[child.index()].as_deref() {
            Some(scope) if scope.comp_inlined => spliced.extend_from_slice(&scope.children),
            _ => spliced.push(child),
        }
    }
    let scope = table[index].as_mut().expect("in the table");
    scope.children = spliced;

    if scope.is_function_like() {
        for (name, binding) in &mut bindings {
            if *binding == Binding::Local && (inner_free.contains(name) || inlined_cells.contains(name)) {
                *binding = Binding::Cell;
                inner_free.swap_remove(name);
            }
        }
    } else if is_class {
        scope.needs_class_closure = inner_free.swap_remove("__class__");
        scope.needs_classdict = inner_free.swap_remove("__classdict__");
    }
    for (name, symbol) in &mut scope.symbols {
        if inlined_cells.contains(name) {
            symbol.flags |= flag::COMP_CELL;
        }
        let binding = bindings.get(name).copied().unwrap_or(Binding::Unknown);
        symbol.flags |= (binding as u32) << flag::BINDING_SHIFT;
    }
    for name in &inner_free {
        match scope.symbols.get_mut(name) {
            // A free variable of a method with the name of something in the class.
            Some(symbol) if is_class || scope.can_see_class_scope => symbol.flags |= flag::FREE_CLASS,
            Some(_) => {}
            None if bound.as_ref().is_some_and(|b| !b.contains(name)) => {}
            None => {
                let flags = (Binding::Free as u32) << flag::BINDING_SHIFT;
                scope.symbols.insert(name.clone(), Symbol { flags });
            }
        }
    }
    free.extend(inner_free);
    Ok(free)
}

fn class_decides(class: Option<&Scope>, name: &Name) -> Option<Binding> {
    let flags = class?.get(name)?.flags;
    if flags & flag::GLOBAL != 0 {
        Some(Binding::GlobalExplicit)
    } else if flags & flag::BOUND != 0 && flags & flag::NONLOCAL == 0 {
        Some(Binding::GlobalImplicit)
    } else {
        None
    }
}

fn bind(
    scope: &Scope,
    name: &Name,
    symbol: Symbol,
    around: &mut Around<'_>,
    local: &mut NameSet,
    class: Option<&Scope>,
) -> Result<Binding> {
    let fail = |msg: String| {
        let span = scope.directives.iter().find(|(n, _)| n == name).map_or(scope.span, |(_, span)| *span);
        Err(Box::new(SyntaxError { place_not_in_args: true, ..error_at(ErrorKind::Syntax, msg, span) }))
    };
    if symbol.has(flag::GLOBAL) {
        if symbol.has(flag::NONLOCAL) {
            return fail(format!("name '{name}' is nonlocal and global"));
        }
        around.globals.insert(name.clone());
        if let Some(bound) = &mut around.bound {
            bound.swap_remove(name);
        }
        return Ok(Binding::GlobalExplicit);
    }
    if symbol.has(flag::NONLOCAL) {
        let Some(bound) = &around.bound else {
            return fail("nonlocal declaration not allowed at module level".into());
        };
        if !bound.contains(name) {
            return fail(format!("no binding for nonlocal '{name}' found"));
        }
        if around.type_params.contains(name) {
            return fail(format!("nonlocal binding not allowed for type parameter '{name}'"));
        }
        return Ok(Binding::Free);
    }
    if symbol.has(flag::BOUND) {
        local.insert(name.clone());
        around.globals.swap_remove(name);
        if symbol.has(flag::TYPE_PARAM) {
            around.type_params.insert(name.clone());
        } else {
            around.type_params.swap_remove(name);
        }
        return Ok(Binding::Local);
    }
    // A name that both the class and a function around it bind is looked up in the class and then globally.
    if let Some(binding) = class_decides(class, name) {
        return Ok(binding);
    }
    if around.bound.as_ref().is_some_and(|bound| bound.contains(name)) {
        return Ok(Binding::Free);
    }
    Ok(Binding::GlobalImplicit)
}

fn is_free_in_child(table: &Table, scope: &Scope, name: &Name) -> bool {
    scope
        .children
        .iter()
        .filter_map(|id| table[id.index()].as_deref())
        .any(|child| child.binding(name) == Binding::Free)
}

/// The names of an inlined comprehension join the scope that it runs in.
fn inline_comprehension(
    table: &mut Table,
    outer: usize,
    id: NodeId,
    bindings: &mut NameMap<Binding>,
    comp_free: &mut NameSet,
    inlined_cells: &mut NameSet,
) {
    let Some(mut comp) = table[id.index()].take() else { return };
    let Some(mut scope) = table[outer].take() else { return };
    for (name, symbol) in &comp.symbols {
        if symbol.has(flag::PARAM) {
            continue;
        }
        let mut binding = symbol.binding();
        let flags = symbol.flags & ((1 << flag::BINDING_SHIFT) - 1);
        if binding == Binding::Cell || flags & flag::COMP_CELL != 0 {
            inlined_cells.insert(name.clone());
        }
        match scope.get(name) {
            None => {
                // A class body has no `__class__` of its own to close over.
                if binding == Binding::Free && scope.kind == ScopeKind::Class && name == "__class__" {
                    binding = Binding::GlobalImplicit;
                    comp_free.swap_remove(name);
                }
                scope.symbols.insert(name.clone(), Symbol { flags });
                bindings.insert(name.clone(), binding);
            }
            // What is free in the comprehension and local outside is now simply a local, unless a function in
            // the comprehension needs it, or the outside is a class.
            Some(existing) => {
                if existing.has(flag::BOUND)
                    && scope.kind != ScopeKind::Class
                    && !is_free_in_child(table, &comp, name)
                {
                    comp_free.swap_remove(name);
                }
            }
        }
    }
    comp.comp_inlined = true;
    table[id.index()] = Some(comp);
    table[outer] = Some(scope);
}
