//! Growable text that can be overwritten in place, for `StringIO`.
//!
//! Units are as wide as the widest code point seen; they never narrow, since the finished
//! string does that itself.

use krait_text::Chars;

pub enum TextBuf {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Default for TextBuf {
    fn default() -> Self {
        TextBuf::One(Vec::new())
    }
}

fn put<U: Copy + Default>(v: &mut Vec<U>, at: usize, n: usize, units: impl Iterator<Item = U>) {
    if at == v.len() {
        v.extend(units);
        return;
    }
    if v.len() < at + n {
        v.resize(at + n, U::default());
    }
    for (to, u) in v[at..at + n].iter_mut().zip(units) {
        *to = u;
    }
}

impl TextBuf {
    pub fn len(&self) -> usize {
        match self {
            TextBuf::One(v) => v.len(),
            TextBuf::Two(v) => v.len(),
            TextBuf::Four(v) => v.len(),
        }
    }

    #[inline]
    pub fn as_chars(&self) -> Chars<'_> {
        match self {
            TextBuf::One(v) => Chars::One(v),
            TextBuf::Two(v) => Chars::Two(v),
            TextBuf::Four(v) => Chars::Four(v),
        }
    }

    fn widen_to_two(&mut self) {
        if let TextBuf::One(v) = self {
            *self = TextBuf::Two(v.iter().map(|&u| u as u16).collect());
        }
    }

    fn widen_to_four(&mut self) {
        *self = TextBuf::Four(self.as_chars().iter().collect());
    }

    /// Writes at `at`, over what is there; a gap before it is filled with NULs.
    #[inline]
    pub fn write(&mut self, at: usize, text: Chars<'_>) {
        match (&mut *self, text) {
            (TextBuf::One(v), Chars::One(s)) => {
                if at == v.len() {
                    v.extend_from_slice(s);
                } else {
                    put(v, at, s.len(), s.iter().copied());
                }
            }
            (TextBuf::One(_), Chars::Two(_)) => {
                self.widen_to_two();
                self.write(at, text);
            }
            (TextBuf::Two(v), Chars::One(s)) => put(v, at, s.len(), s.iter().map(|&u| u as u16)),
            (TextBuf::Two(v), Chars::Two(s)) => put(v, at, s.len(), s.iter().copied()),
            (TextBuf::Four(v), s) => put(v, at, s.len(), s.iter()),
            (_, Chars::Four(_)) => {
                self.widen_to_four();
                self.write(at, text);
            }
        }
    }

    pub fn truncate(&mut self, len: usize) {
        match self {
            TextBuf::One(v) => v.truncate(len),
            TextBuf::Two(v) => v.truncate(len),
            TextBuf::Four(v) => v.truncate(len),
        }
    }
}
