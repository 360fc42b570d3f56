//! Reading a format spec: `[[fill]align][sign][z][#][0][width][,_][.precision][type]`.

use super::{CodePoints, FormatError};

/// Where padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: between sign and digits.
    AfterSign,
}

/// How digits are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Not at all.
    None,
    /// `,` every three digits.
    Comma,
    /// `_` every three digits, or four for bases 2, 8 and 16.
    Underscore,
}

/// A format spec as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The fill character.
    pub fill: u32,
    /// The alignment, given or the type's own.
    pub align: Align,
    /// The sign option (`+`, `-` or a space), if given.
    pub sign: Option<u8>,
    /// `z`: no minus before a result of zeros.
    pub no_negative_zero: bool,
    /// `#`.
    pub alternate: bool,
    /// The minimal width, if given.
    pub width: Option<usize>,
    /// The grouping option.
    pub grouping: Grouping,
    /// The precision, if given.
    pub precision: Option<usize>,
    /// The presentation type: a code point; the default type (perhaps 0) if not given.
    pub kind: u32,
}

impl Spec {
    /// What an empty spec means for a type whose presentation type is `kind` and whose alignment is `align`.
    pub fn plain(kind: u8, align: Align) -> Spec {
        Spec {
            fill: u32::from(b' '),
            align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: Grouping::None,
            precision: None,
            kind: u32::from(kind),
        }
    }

    /// Reads `text` for a `str` object.
    pub fn parse_str<T: CodePoints + ?Sized>(text: &T, type_name: &str) -> Result<Spec, FormatError> {
        Spec::parse(text, type_name, b's', Align::Left)
    }

    /// Reads `text` for an `int` object.
    pub fn parse_int<T: CodePoints + ?Sized>(text: &T, type_name: &str) -> Result<Spec, FormatError> {
        Spec::parse(text, type_name, b'd', Align::Right)
    }

    /// Reads `text` for a `float` or `complex` object.
    pub fn parse_float<T: CodePoints + ?Sized>(text: &T, type_name: &str) -> Result<Spec, FormatError> {
        Spec::parse(text, type_name, 0, Align::Right)
    }

    /// Reads all of `text`; `type_name` is the object's type, for the error text.
    pub fn parse<T: CodePoints + ?Sized>(
        text: &T,
        type_name: &str,
        kind: u8,
        align: Align,
    ) -> Result<Spec, FormatError> {
        let mut spec = Spec::plain(kind, align);
        let end = text.len();
        let at = |i: usize| if i < end { text.at(i) } else { u32::MAX };
        let is = |i: usize, c: u8| at(i) == u32::from(c);
        let mut i = 0;
        let mut fill_given = false;
        let mut align_given = false;
        if let Some(a) = align_of(at(1)) {
            (spec.fill, spec.align) = (at(0), a);
            (fill_given, align_given) = (true, true);
            i = 2;
        } else if let Some(a) = align_of(at(0)) {
            spec.align = a;
            align_given = true;
            i = 1;
        }
        if is(i, b' ') || is(i, b'+') || is(i, b'-') {
            spec.sign = Some(at(i) as u8);
            i += 1;
        }
        if is(i, b'z') {
            spec.no_negative_zero = true;
            i += 1;
        }
        if is(i, b'#') {
            spec.alternate = true;
            i += 1;
        }
        if !fill_given && is(i, b'0') {
            spec.fill = u32::from(b'0');
            if !align_given && align == Align::Right {
                spec.align = Align::AfterSign;
            }
            i += 1;
        }
        spec.width = number(text, &mut i)?;
        if is(i, b',') {
            spec.grouping = Grouping::Comma;
            i += 1;
        }
        let both = || FormatError::value("Cannot specify both ',' and '_'.");
        if is(i, b'_') {
            if spec.grouping != Grouping::None {
                return Err(both());
            }
            spec.grouping = Grouping::Underscore;
            i += 1;
        }
        if is(i, b',') && spec.grouping == Grouping::Underscore {
            return Err(both());
        }
        if is(i, b'.') {
            i += 1;
            spec.precision = number(text, &mut i)?;
            if spec.precision.is_none() {
                return Err(FormatError::value("Format specifier missing precision"));
            }
        }
        if end - i > 1 {
            let shown: String =
                (0..end).map(|i| char::from_u32(text.at(i)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            return Err(FormatError::value(format!(
                "Invalid format specifier '{shown}' for object of type '{type_name:.200}'"
            )));
        }
        if end > i {
            spec.kind = at(i);
        }
        if spec.grouping != Grouping::None {
            let allowed = match u8::try_from(spec.kind) {
                Ok(b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0) => true,
                Ok(b'b' | b'o' | b'x' | b'X') => spec.grouping == Grouping::Underscore,
                _ => false,
            };
            if !allowed {
                let sign = if spec.grouping == Grouping::Comma { ',' } else { '_' };
                return Err(FormatError::value(format!(
                    "Cannot specify '{sign}' with '{}'.",
                    shown_kind(spec.kind)
                )));
            }
        }
        Ok(spec)
    }

    /// The error for a presentation type that the object's type does not have.
    pub fn unknown_kind(&self, type_name: &str) -> FormatError {
        FormatError::value(format!(
            "Unknown format code '{}' for object of type '{type_name:.200}'",
            shown_kind(self.kind)
        ))
    }
}

/// A presentation type in an error text.
fn shown_kind(kind: u32) -> String {
    match kind {
        33..=127 => char::from(kind as u8).to_string(),
        _ => format!("\\x{kind:x}"),
    }
}

fn align_of(code: u32) -> Option<Align> {
    match u8::try_from(code) {
        Ok(b'<') => Some(Align::Left),
        Ok(b'>') => Some(Align::Right),
        Ok(b'^') => Some(Align::Center),
        Ok(b'=') => Some(Align::AfterSign),
        _ => None,
    }
}

/// The number at `i`, if there is one.
fn number<T: CodePoints + ?Sized>(text: &T, i: &mut usize) -> Result<Option<usize>, FormatError> {
    let start = *i;
    let mut value = 0usize;
    while *i < text.len() {
        let Some(digit) = decimal_digit(text.at(*i)) else { break };
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit as usize))
            .filter(|&v| v <= isize::MAX as usize)
            .ok_or_else(|| FormatError::value("Too many decimal digits in format string"))?;
        *i += 1;
    }
    Ok((*i > start).then_some(value))
}

/// The zeros of the scripts' decimal digits outside ASCII (general category Nd, Unicode 15).
const ZEROS: [u32; 67] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50,
    0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
    0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0,
];

/// The value of a decimal digit of any script.
fn decimal_digit(code: u32) -> Option<u32> {
    if code < 128 {
        return char::from(code as u8).to_digit(10);
    }
    let after = ZEROS.partition_point(|&z| z <= code);
    let digit = code - ZEROS.get(after.checked_sub(1)?)?;
    (digit < 10).then_some(digit)
}
