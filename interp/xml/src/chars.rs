//! Classes of characters.

/// May the character stand in a document?
pub fn is_char(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    }
}

pub fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

pub fn is_name_start(c: char) -> bool {
    matches!(c,
        ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}')
}

pub fn is_name(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// The length in bytes of the name that the text starts with; 0 for none.
pub fn name_len(s: &str) -> usize {
    match s.chars().next() {
        Some(c) if is_name_start(c) => s.find(|c| !is_name(c)).unwrap_or(s.len()),
        _ => 0,
    }
}

/// The length of the white space that the text starts with.
pub fn space_len(s: &str) -> usize {
    s.find(|c| !is_space(c)).unwrap_or(s.len())
}

/// The first character that may not stand in a document.
pub fn bad_char(s: &str) -> Option<usize> {
    if s.bytes().all(|b| (0x20..0x80).contains(&b) || b == b'\n') {
        return None;
    }
    s.find(|c| !is_char(c))
}
