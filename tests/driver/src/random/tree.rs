//! Programs as trees of statements, so that a failing one can be made smaller by taking statements away.

use std::fmt::Write as _;

/// A statement.
#[derive(Clone)]
pub enum Stmt {
    /// A line that the program can do without.
    Line(String),
    /// A line that must stay as long as its block does: it makes a loop end.
    Fixed(String),
    /// Heads with the blocks under them: `if`/`else`, `try`/`except`, a loop, a function, a class.
    Compound(Vec<(String, Vec<Stmt>)>),
}

impl Stmt {
    /// A line.
    pub fn line(text: impl Into<String>) -> Stmt {
        Stmt::Line(text.into())
    }

    /// A compound statement of one part.
    pub fn block(head: impl Into<String>, body: Vec<Stmt>) -> Stmt {
        Stmt::Compound(vec![(head.into(), body)])
    }
}

/// The text of a program.
pub fn render(program: &[Stmt]) -> String {
    let mut text = String::new();
    write_block(&mut text, program, 0);
    text
}

fn write_block(text: &mut String, block: &[Stmt], depth: usize) {
    if block.is_empty() {
        let _ = writeln!(text, "{:1$}pass", "", depth * 4);
    }
    for stmt in block {
        match stmt {
            Stmt::Line(line) | Stmt::Fixed(line) => {
                let _ = writeln!(text, "{:1$}{line}", "", depth * 4);
            }
            Stmt::Compound(parts) => {
                for (head, body) in parts {
                    let _ = writeln!(text, "{:1$}{head}", "", depth * 4);
                    write_block(text, body, depth + 1);
                }
            }
        }
    }
}

/// How a program may be made smaller at one of its statements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// Without the statement.
    Delete,
    /// The block of this part in place of the whole statement.
    Hoist(usize),
    /// Without this part.
    DropPart(usize),
}

/// The number of statements, in the order in which `cut` counts them.
pub fn count(block: &[Stmt]) -> usize {
    block
        .iter()
        .map(|stmt| match stmt {
            Stmt::Line(_) | Stmt::Fixed(_) => 1,
            Stmt::Compound(parts) => 1 + parts.iter().map(|(_, body)| count(body)).sum::<usize>(),
        })
        .sum()
}

/// The cuts that statement number `at` allows.
pub fn cuts(block: &[Stmt], at: usize) -> Vec<Cut> {
    let mut left = at;
    match find(block, &mut left) {
        Some(Stmt::Line(_)) => vec![Cut::Delete],
        Some(Stmt::Compound(parts)) => {
            let mut cuts = vec![Cut::Delete];
            cuts.extend((0..parts.len()).map(Cut::Hoist));
            cuts.extend((1..parts.len()).map(Cut::DropPart));
            cuts
        }
        _ => Vec::new(),
    }
}

fn find<'a>(block: &'a [Stmt], left: &mut usize) -> Option<&'a Stmt> {
    for stmt in block {
        if *left == 0 {
            return Some(stmt);
        }
        *left -= 1;
        if let Stmt::Compound(parts) = stmt {
            for (_, body) in parts {
                if let Some(found) = find(body, left) {
                    return Some(found);
                }
            }
        }
    }
    None
}

/// The program with a cut at statement number `at`.
pub fn cut(block: &[Stmt], at: usize, how: Cut) -> Vec<Stmt> {
    let mut left = at as isize;
    cut_block(block, &mut left, how)
}

fn cut_block(block: &[Stmt], left: &mut isize, how: Cut) -> Vec<Stmt> {
    let mut kept = Vec::with_capacity(block.len());
    for stmt in block {
        let here = *left == 0;
        *left -= 1;
        match (stmt, how) {
            (_, Cut::Delete) if here => {}
            (Stmt::Compound(parts), Cut::Hoist(part)) if here => kept.extend(parts[part].1.iter().cloned()),
            (Stmt::Compound(parts), Cut::DropPart(part)) if here => {
                let mut parts = parts.clone();
                parts.remove(part);
                kept.push(Stmt::Compound(parts));
            }
            (Stmt::Compound(parts), _) if *left >= 0 => kept.push(Stmt::Compound(
                parts.iter().map(|(head, body)| (head.clone(), cut_block(body, left, how))).collect(),
            )),
            _ => kept.push(stmt.clone()),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Vec<Stmt> {
        vec![
            Stmt::line("a = 1"),
            Stmt::Compound(vec![
                ("if a:".into(), vec![Stmt::line("b = 2"), Stmt::line("c = 3")]),
                ("else:".into(), vec![Stmt::line("d = 4")]),
            ]),
            Stmt::Fixed("e = 5".into()),
        ]
    }

    #[test]
    fn rendered_and_counted() {
        assert_eq!(render(&program()), "a = 1\nif a:\n    b = 2\n    c = 3\nelse:\n    d = 4\ne = 5\n");
        assert_eq!(count(&program()), 6);
        assert_eq!(render(&[Stmt::block("while x:", vec![])]), "while x:\n    pass\n");
    }

    #[test]
    fn cut_where_it_is_said() {
        let p = program();
        assert_eq!(cuts(&p, 0), [Cut::Delete]);
        assert_eq!(cuts(&p, 1), [Cut::Delete, Cut::Hoist(0), Cut::Hoist(1), Cut::DropPart(1)]);
        assert_eq!(cuts(&p, 5), []);
        assert_eq!(render(&cut(&p, 3, Cut::Delete)), "a = 1\nif a:\n    b = 2\nelse:\n    d = 4\ne = 5\n");
        assert_eq!(render(&cut(&p, 1, Cut::Hoist(1))), "a = 1\nd = 4\ne = 5\n");
        assert_eq!(render(&cut(&p, 1, Cut::DropPart(1))), "a = 1\nif a:\n    b = 2\n    c = 3\ne = 5\n");
        assert_eq!(
            render(&cut(&p, 4, Cut::Delete)),
            "a = 1\nif a:\n    b = 2\n    c = 3\nelse:\n    pass\ne = 5\n"
        );
    }
}
