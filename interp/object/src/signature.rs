//! Signatures of native functions, parsed from their text at compile time.
//!
//! The text is Python's own notation without the receiver: `"(iterable, /, *, key=None,
//! reverse=False)"`. It is what `inspect.signature` shows and what the binder goes by, so
//! the two can not disagree. A native function gets one argument word per parameter, in
//! order (after the receiver, for methods): `MISSING` when it was not given, a tuple for
//! `*args`, a dict or `MISSING` for `**kwargs`.
//!
//! A text that starts with `!` belongs to a function whose C original parses its arguments
//! by an old-style format: it has no `__text_signature__`, and the errors read differently.
//! A `?` at the start, or after the `!`, tells that the C code does not name the function to the parser: the errors
//! speak of "function".

/// Most parameters a native function may have.
pub const MAX_PARAMS: usize = 22;

/// One parameter: where its name is in the text.
#[derive(Clone, Copy)]
pub struct Param {
    pub start: u16,
    pub len: u8,
    pub has_default: bool,
}

/// A parsed signature.
#[derive(Clone, Copy)]
pub struct Sig {
    pub params: [Param; MAX_PARAMS],
    /// Parameters in all, `*args` and `**kwargs` included.
    pub count: u8,
    /// Leading parameters that can be given by position.
    pub positional: u8,
    /// How many of those can not be given by name.
    pub posonly: u8,
    /// How many of the positional ones have no default.
    pub required: u8,
    /// Is there a parameter that must be given by name?
    pub needs_names: bool,
    /// Index of `*args`, or 255.
    pub varargs: u8,
    /// Index of `**kwargs`, or 255.
    pub varkw: u8,
}

impl Sig {
    /// Parses `(a, b=1, /, c=2, *args, d, **kw)`.
    ///
    /// # Panics
    /// At compile time, on more parameters than `MAX_PARAMS`.
    pub const fn parse(text: &str) -> Sig {
        let s = text.as_bytes();
        let mut sig = Sig {
            params: [Param { start: 0, len: 0, has_default: false }; MAX_PARAMS],
            count: 0,
            positional: 0,
            posonly: 0,
            required: 0,
            needs_names: false,
            varargs: 255,
            varkw: 255,
        };
        let mut i = 0;
        while s[i] != b'(' {
            i += 1;
        }
        i += 1;
        let mut star = false;
        while i < s.len() && s[i] != b')' {
            match s[i] {
                b' ' | b',' => {
                    i += 1;
                    continue;
                }
                b'/' => {
                    sig.posonly = sig.count;
                    i += 1;
                    continue;
                }
                _ => {}
            }
            let mut stars = 0;
            while s[i] == b'*' {
                stars += 1;
                i += 1;
            }
            let start = i;
            while i < s.len() && (s[i].is_ascii_alphanumeric() || s[i] == b'_') {
                i += 1;
            }
            let len = i - start;
            // A default runs to the next comma or parenthesis outside brackets and quotes.
            let mut has_default = false;
            if i < s.len() && s[i] == b'=' {
                has_default = true;
                let mut depth = 0;
                let mut quote = 0u8;
                while i < s.len() {
                    let c = s[i];
                    if quote != 0 {
                        if c == b'\\' {
                            i += 1;
                        } else if c == quote {
                            quote = 0;
                        }
                    } else if c == b'\'' || c == b'"' {
                        quote = c;
                    } else if c == b'(' || c == b'[' || c == b'{' {
                        depth += 1;
                    } else if (c == b')' || c == b',') && depth == 0 {
                        break;
                    } else if c == b')' || c == b']' || c == b'}' {
                        depth -= 1;
                    }
                    i += 1;
                }
            }
            if stars == 1 && len == 0 {
                star = true;
                continue;
            }
            let n = sig.count as usize;
            assert!(n < MAX_PARAMS, "too many parameters");
            sig.params[n] = Param { start: start as u16, len: len as u8, has_default };
            if stars == 1 {
                sig.varargs = n as u8;
                star = true;
            } else if stars == 2 {
                sig.varkw = n as u8;
            } else if !star {
                sig.positional += 1;
                if !has_default {
                    sig.required = sig.positional;
                }
            } else if !has_default {
                sig.needs_names = true;
            }
            sig.count += 1;
        }
        sig
    }

    /// Can a call with `n` positional arguments and no names be passed through, `n` being the number of parameters?
    #[inline(always)]
    pub const fn passes(&self, n: usize) -> bool {
        n == self.count as usize && n == self.positional as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        const S: Sig = Sig::parse("(a, b='x,)', /, c=(1, 2), *args, d, e=None, **kw)");
        assert_eq!((S.count, S.positional, S.posonly, S.required, S.varargs, S.varkw), (7, 3, 2, 1, 3, 6));
        assert!(!S.params[4].has_default && S.params[5].has_default && S.needs_names);
        const T: Sig = Sig::parse("()");
        assert_eq!((T.count, T.positional), (0, 0));
        const U: Sig = Sig::parse("(iterable, /, *, key=None, reverse=False)");
        assert_eq!((U.count, U.positional, U.posonly, U.required, U.varargs), (3, 1, 1, 1, 255));
        const { assert!(!T.needs_names && !U.needs_names) };
    }
}
