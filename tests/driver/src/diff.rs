//! The difference between two texts, line by line, short enough to read.

/// Lines compared on each side; more would take time and tell no more.
const LINES: usize = 600;
/// Lines of the difference that are shown.
const SHOWN: usize = 40;

/// Lines only in `want` with a minus, lines only in `got` with a plus, and a line of context around them.
pub fn lines(want: &[u8], got: &[u8]) -> String {
    let want_text = String::from_utf8_lossy(want);
    let got_text = String::from_utf8_lossy(got);
    let mut a = split(&want_text);
    let mut b = split(&got_text);
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let skip = same.saturating_sub(1);
    a.drain(..skip);
    b.drain(..skip);
    a.truncate(LINES);
    b.truncate(LINES);
    let edits = edits(&a, &b);
    let mut text = String::new();
    let mut shown = 0;
    for (index, (mark, line)) in edits.iter().enumerate() {
        let near = |at: Option<usize>| at.and_then(|i| edits.get(i)).is_some_and(|(m, _)| *m != ' ');
        if *mark == ' ' && !near(index.checked_sub(1)) && !near(Some(index + 1)) {
            continue;
        }
        if shown == SHOWN {
            text.push_str("      ...\n");
            break;
        }
        text.push_str(&format!("    {mark} {line}\n"));
        shown += 1;
    }
    text
}

/// The lines of a text; a last line that is not ended says so.
fn split(text: &str) -> Vec<String> {
    let mut lines = text.split('\n').map(str::to_owned).collect::<Vec<_>>();
    match lines.pop() {
        Some(last) if !last.is_empty() => lines.push(format!("{last} (no newline at the end)")),
        _ => {}
    }
    lines
}

/// A longest common subsequence, written as edits.
fn edits<'a>(a: &'a [String], b: &'a [String]) -> Vec<(char, &'a str)> {
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut edits = Vec::new();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            edits.push((' ', a[i].as_str()));
            i += 1;
            j += 1;
        } else if i < a.len() && (j == b.len() || longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            edits.push(('-', a[i].as_str()));
            i += 1;
        } else {
            edits.push(('+', b[j].as_str()));
            j += 1;
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_what_differs_and_its_neighbours() {
        let got = super::lines(b"a\nb\nc\nd\ne\n", b"a\nb\nX\nd\ne\n");
        assert_eq!(got, "      b\n    - c\n    + X\n      d\n");
    }

    #[test]
    fn a_missing_newline_shows() {
        assert!(super::lines(b"a\n", b"a").contains("no newline"));
    }

    #[test]
    fn long_differences_are_cut() {
        let text = "line\n".repeat(500);
        assert!(super::lines(b"", text.as_bytes()).lines().count() < 50);
    }
}
