//! `from __future__ import ...`: which features a module asks for, and where such imports may stand (PEP 236).

use crate::ast::{Constant, ExprKind, Mod, ModKind, Stmt, StmtKind};
use crate::error::{ErrorKind, SyntaxError};
use crate::scope::error_at;

/// The features that change the compiler. Features that are always on by now are known and have no flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Features {
    /// PEP 563: annotations are not evaluated.
    pub annotations: bool,
    /// PEP 401.
    pub barry_as_flufl: bool,
    /// The `CO_FUTURE_*` bits of every feature named, as code objects and `compile` show them.
    pub bits: u32,
    /// Line and column of the last such import at the start of the module; zeros when there is none. A later one is
    /// an error of the compiler.
    pub last: (u32, u32),
}

/// The features by name with their `CO_FUTURE_*` bit (0: no bit).
pub const FEATURES: &[(&str, u32)] = &[
    ("nested_scopes", 0),
    ("generators", 0),
    ("division", 0x20000),
    ("absolute_import", 0x40000),
    ("with_statement", 0x80000),
    ("print_function", 0x100000),
    ("unicode_literals", 0x200000),
    ("barry_as_FLUFL", 0x400000),
    ("generator_stop", 0x800000),
    ("annotations", 0x1000000),
];

const ANNOTATIONS: u32 = 0x1000000;
const BARRY: u32 = 0x400000;

/// The features that the start of a module asks for, on top of `inherited` bits.
///
/// # Errors
/// An unknown feature.
pub fn features(module: &Mod, inherited: u32) -> Result<Features, Box<SyntaxError>> {
    let mut found = Features { bits: inherited, ..Features::default() };
    if let ModKind::Module { body, .. } | ModKind::Interactive { body } = &module.kind {
        scan(body, &mut found)?;
    }
    found.annotations = found.bits & ANNOTATIONS != 0;
    found.barry_as_flufl = found.bits & BARRY != 0;
    Ok(found)
}

fn scan(body: &[Stmt], found: &mut Features) -> Result<(), Box<SyntaxError>> {
    for (i, stmt) in body.iter().enumerate() {
        match &stmt.kind {
            StmtKind::ImportFrom { module: Some(module), names, level: 0 } if module == "__future__" => {
                for alias in names {
                    let Some((_, bit)) = FEATURES.iter().find(|(name, _)| alias.name == *name) else {
                        let msg = if alias.name == "braces" {
                            "not a chance".to_string()
                        } else {
                            format!("future feature {} is not defined", alias.name)
                        };
                        let error = error_at(ErrorKind::Syntax, msg, stmt.span);
                        return Err(Box::new(SyntaxError {
                            end_lineno: stmt.span.lineno,
                            end_offset: SyntaxError::NO_OFFSET,
                            place_not_in_args: true,
                            ..error
                        }));
                    };
                    found.bits |= bit;
                }
                found.last = (stmt.span.lineno, stmt.span.col_offset);
            }
            // The docstring may stand before them.
            StmtKind::Expr { value }
                if i == 0 && matches!(value.kind, ExprKind::Constant { value: Constant::Str(_), .. }) => {}
            _ => return Ok(()),
        }
    }
    Ok(())
}
