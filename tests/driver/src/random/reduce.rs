//! Making a failing program smaller: statements go as long as the program still fails.

use super::tree::{Cut, Stmt, count, cut, cuts, render};

/// Programs tried at most.
const TRIES: usize = 700;

/// The smallest program found that still fails.
pub fn reduce(program: Vec<Stmt>, mut fails: impl FnMut(&str) -> bool) -> String {
    let mut best = program;
    let mut tries = 0;
    loop {
        let before = count(&best);
        let mut at = 0;
        // Statements near the end first: nothing depends on them.
        while at < count(&best) {
            let place = count(&best) - 1 - at;
            let mut smaller = None;
            for how in cuts(&best, place) {
                if tries == TRIES {
                    return render(&best);
                }
                let candidate = cut(&best, place, how);
                // A hoisted block is only smaller when something is left out.
                if how != Cut::Delete && count(&candidate) >= count(&best) {
                    continue;
                }
                tries += 1;
                if fails(&render(&candidate)) {
                    smaller = Some(candidate);
                    break;
                }
            }
            match smaller {
                Some(candidate) => best = candidate,
                None => at += 1,
            }
        }
        if count(&best) == before {
            return shorten(&render(&best), &mut tries, &mut fails);
        }
    }
}

/// Puts small numbers in place of expressions in parentheses.
fn shorten(text: &str, tries: &mut usize, fails: &mut impl FnMut(&str) -> bool) -> String {
    let mut best = text.to_owned();
    let mut from = 0;
    while let Some(open) = best[from..].find('(').map(|k| k + from) {
        from = open + 1;
        let Some(close) = closing(&best, open) else { continue };
        let called =
            best[..open].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ')' || c == ']');
        if called || close - open < 3 {
            continue;
        }
        for small in ["1", "0"] {
            if *tries == TRIES {
                return best;
            }
            let candidate = format!("{}{small}{}", &best[..open], &best[close + 1..]);
            *tries += 1;
            if fails(&candidate) {
                best = candidate;
                break;
            }
        }
    }
    best
}

/// The parenthesis that closes the one at `open`, on the same line.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (k, c) in text[open..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(open + k);
                }
            }
            '\n' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_goes() {
        let program = vec![
            Stmt::line("a = 1"),
            Stmt::Compound(vec![
                ("if a:".into(), vec![Stmt::line("b = 2"), Stmt::line("bad(((1 + 2) * 3))")]),
                ("else:".into(), vec![Stmt::line("d = 4")]),
            ]),
            Stmt::line("e = 5"),
        ];
        let small = reduce(program, |text| text.contains("bad("));
        assert_eq!(small, "bad(1)\n");
    }
}
