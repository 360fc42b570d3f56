//! `float(text)`.

use crate::int::is_space;

/// Reads all of `text`: white space around it, single underscores between digits, `inf`, `infinity` and `nan` in
/// any case. `None` stands for ValueError "could not convert string to float: %r". Unicode digits and spaces are
/// to be turned to ASCII before.
pub fn parse(text: &[u8]) -> Option<f64> {
    let text = trim(text);
    if !text.contains(&b'_') {
        return read(text);
    }
    let clean = without_underscores(text)?;
    read(&clean)
}

fn read(text: &[u8]) -> Option<f64> {
    // The standard library reads exactly strtod's decimal grammar, infinities and NaN included.
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `text` without white space at its ends.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&b| !is_space(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|&b| !is_space(b)).map_or(start, |i| i + 1);
    &text[start..end]
}

/// Drops underscores; each must stand between two digits (`None` if not).
pub(crate) fn without_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for (i, &b) in text.iter().enumerate() {
        if b != b'_' {
            out.push(b);
        } else if i == 0 || !text[i - 1].is_ascii_digit() || !text.get(i + 1).is_some_and(u8::is_ascii_digit)
        {
            return None;
        }
    }
    Some(out)
}

/// The longest float at the start of `text` and its length in bytes: a sign, then digits with point and
/// exponent, `inf`, `infinity` or `nan`. No white space, no underscores.
pub fn parse_prefix(text: &[u8]) -> Option<(f64, usize)> {
    let mut i = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let word = |w: &[u8]| text.get(i..i + w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w));
    let end = if word(b"infinity") {
        i + 8
    } else if word(b"inf") || word(b"nan") {
        i + 3
    } else {
        let digits = |from: usize| text[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let whole = digits(i);
        i += whole;
        let mut fraction = 0;
        if text.get(i) == Some(&b'.') {
            fraction = digits(i + 1);
            if whole + fraction == 0 {
                return None;
            }
            i += 1 + fraction;
        }
        if whole + fraction == 0 {
            return None;
        }
        if matches!(text.get(i), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(text.get(i + 1), Some(b'+' | b'-')));
            let exponent = if i + 1 + sign <= text.len() { digits(i + 1 + sign) } else { 0 };
            if exponent > 0 {
                i += 1 + sign + exponent;
            }
        }
        i
    };
    Some((read(&text[..end])?, end))
}
