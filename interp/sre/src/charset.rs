//! Sets of characters: what stands between IN and its FAILURE, and every single-character test that is not trivial.
//!
//! A set answers from a 256-entry table for Latin-1 and evaluates its items for anything above. A set that asks the
//! C locale has no table, because the locale may change after the pattern was compiled: its holder must call
//! [`Set::slow`] for every character.

use crate::tables::{self, CharTables};

/// A character category, as CATEGORY's operand numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Category(u8);

impl Category {
    /// The category numbered `word`, if there is one.
    pub(crate) fn new(word: u32) -> Option<Category> {
        (word < 18).then_some(Category(word as u8))
    }

    /// Whether the answer depends on the C locale.
    pub(crate) fn is_locale(self) -> bool {
        matches!(self.0, 8 | 9)
    }

    /// Whether the character belongs to it.
    pub(crate) fn contains(self, ch: u32, t: &dyn CharTables) -> bool {
        // Odd numbers are the complements of the even ones before them.
        let yes = match self.0 & !1 {
            0 => (0x30..0x3a).contains(&ch),
            2 => tables::ascii_is_space(ch),
            4 => tables::ascii_is_word(ch),
            6 => ch == 10,
            8 => tables::locale_is_word(t, ch),
            10 if ch < 256 => (0x30..0x3a).contains(&ch),
            10 => t.is_decimal(ch),
            12 if ch < 256 => tables::latin1_is_space(ch),
            12 => t.is_space(ch),
            14 => tables::unicode_is_word(t, ch),
            _ if ch < 256 => tables::latin1_is_linebreak(ch),
            _ => t.is_linebreak(ch),
        };
        yes != (self.0 & 1 == 1)
    }

    /// The classes of characters of 256 and up it holds, and whether it holds all of each.
    fn high(self) -> High {
        let (mask, exact) = match self.0 & !1 {
            0..=8 => (0, true),
            10 => (High::DECIMAL, true),
            12 => (High::SPACE, true),
            14 => (High::DECIMAL | High::LETTER, true),
            _ => (High::ALL, false),
        };
        let high = High { mask, exact };
        if self.0 & 1 == 1 { high.complement() } else { high }
    }
}

/// A rough view of a set above Latin-1: which of four disjoint classes it may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct High {
    /// Classes with a member in the set.
    pub(crate) mask: u8,
    /// Whether the set is exactly the union of its classes.
    pub(crate) exact: bool,
}

impl High {
    const DECIMAL: u8 = 1;
    const LETTER: u8 = 2;
    const SPACE: u8 = 4;
    /// Every class.
    pub(crate) const ALL: u8 = 15;

    fn complement(self) -> High {
        if self.exact { High { mask: High::ALL & !self.mask, exact: true } } else { self }
    }
}

/// One element of a set, in the order of the code list.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Negate,
    Literal(u32),
    Range(u32, u32),
    /// A range that the character's upper case may hit as well.
    RangeUpper(u32, u32),
    Category(Category),
    /// 256 bits, for Latin-1.
    Bitmap([u32; 8]),
    /// 65536 bits: the number of a block for every high byte, and the blocks.
    Big(Box<[u8; 256]>, Box<[[u32; 8]]>),
}

impl Item {
    fn hits(&self, ch: u32, t: &dyn CharTables) -> bool {
        let bit = |map: &[u32; 8]| map[(ch as usize >> 5) & 7] >> (ch & 31) & 1 == 1;
        match self {
            Item::Negate => false,
            Item::Literal(c) => ch == *c,
            Item::Range(lo, hi) => *lo <= ch && ch <= *hi,
            Item::RangeUpper(lo, hi) => {
                let inside = |c: u32| *lo <= c && c <= *hi;
                inside(ch) || inside(tables::unicode_upper(t, ch))
            }
            Item::Category(c) => c.contains(ch, t),
            Item::Bitmap(map) => ch < 256 && bit(map),
            Item::Big(index, blocks) => ch < 65536 && bit(&blocks[index[ch as usize >> 8] as usize]),
        }
    }

    fn high(&self) -> High {
        let none = High { mask: 0, exact: true };
        match self {
            Item::Negate | Item::Bitmap(_) => none,
            Item::Literal(c) if *c < 256 => none,
            Item::Range(_, hi) if *hi < 256 => none,
            Item::Category(c) => c.high(),
            _ => High { mask: High::ALL, exact: false },
        }
    }
}

/// How a character is changed before it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    None,
    Ascii,
    Unicode,
    /// Either case of the locale may be in the set.
    Locale,
    /// As `Locale`, and the character itself counts too: the rule for single literals.
    LocaleLiteral,
}

/// A set of characters.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    /// The answers for Latin-1; all false when `locale`.
    pub(crate) low: [bool; 256],
    /// Whether the C locale decides, so that `low` says nothing.
    pub(crate) locale: bool,
    /// What it holds above Latin-1.
    pub(crate) high: High,
    fold: Fold,
    items: Box<[Item]>,
}

/// Answers nothing: what stands in where only Latin-1 is asked.
struct NoTables;

impl CharTables for NoTables {
    fn lower(&self, ch: u32) -> u32 {
        ch
    }
    fn upper(&self, ch: u32) -> u32 {
        ch
    }
    fn is_decimal(&self, _: u32) -> bool {
        false
    }
    fn is_space(&self, _: u32) -> bool {
        false
    }
    fn is_alnum(&self, _: u32) -> bool {
        false
    }
    fn is_linebreak(&self, _: u32) -> bool {
        false
    }
}

impl Set {
    /// Makes the set of `items` (first hit decides, `Negate` turns the answer) over characters folded by `fold`.
    pub(crate) fn new(items: Vec<Item>, fold: Fold) -> Set {
        let locale = matches!(fold, Fold::Locale | Fold::LocaleLiteral)
            || items.iter().any(|i| matches!(i, Item::Category(c) if c.is_locale()));
        let mut set = Set {
            low: [false; 256],
            locale,
            high: High { mask: High::ALL, exact: false },
            fold,
            items: items.into(),
        };
        if !locale {
            for ch in 0..256 {
                set.low[ch as usize] = set.slow(ch, &NoTables);
            }
        }
        if !locale && fold != Fold::Unicode {
            set.high = set.high_of_items();
            if set.high.exact && (set.high.mask == 0 || set.high.mask == High::ALL) {
                // Nothing above Latin-1 depends on the items any more, and the table serves the rest.
                let all = set.high.mask != 0;
                set.items = if all { vec![Item::Negate].into() } else { Box::default() };
            } else {
                // The table serves Latin-1; drop what can hit nothing else.
                let keep = |i: &&Item| matches!(i, Item::Negate) || i.high().mask != 0;
                set.items = set.items.iter().filter(keep).cloned().collect();
            }
        }
        set
    }

    fn high_of_items(&self) -> High {
        // Negation first, as the compiler writes it, is the only form worth knowing.
        let (negated, rest) = match &self.items[..] {
            [Item::Negate, rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        if rest.iter().any(|i| matches!(i, Item::Negate)) {
            return High { mask: High::ALL, exact: false };
        }
        let mut all = High { mask: 0, exact: true };
        for item in rest {
            let h = item.high();
            all.mask |= h.mask;
            all.exact &= h.exact;
        }
        match (negated, all.exact) {
            (false, _) => all,
            (true, true) => all.complement(),
            (true, false) => High { mask: High::ALL, exact: false },
        }
    }

    /// The lower-case letter that makes the whole set, with any character that has it for its lower case.
    pub(crate) fn only_letter(&self) -> Option<u32> {
        match (self.fold, &self.items[..]) {
            (Fold::Unicode, [Item::Literal(c)]) => Some(*c),
            _ => None,
        }
    }

    /// Whether `ch` is in the set, by the items: for characters of 256 and up, and for every one of a locale set.
    pub(crate) fn slow(&self, ch: u32, t: &dyn CharTables) -> bool {
        match self.fold {
            Fold::None => self.raw(ch, t),
            Fold::Ascii => self.raw(tables::ascii_lower(ch), t),
            Fold::Unicode => self.raw(tables::unicode_lower(t, ch), t),
            Fold::Locale => {
                let (lo, up) = (tables::locale_lower(t, ch), tables::locale_upper(t, ch));
                self.raw(lo, t) || (up != lo && self.raw(up, t))
            }
            Fold::LocaleLiteral => {
                let hit = |c| self.items.iter().any(|i| i.hits(c, t));
                let negated = matches!(self.items.first(), Some(Item::Negate));
                let any = hit(ch) || hit(tables::locale_lower(t, ch)) || hit(tables::locale_upper(t, ch));
                any != negated
            }
        }
    }

    fn raw(&self, ch: u32, t: &dyn CharTables) -> bool {
        let mut answer = true;
        for item in &self.items {
            if matches!(item, Item::Negate) {
                answer = !answer;
            } else if item.hits(ch, t) {
                return answer;
            }
        }
        !answer
    }
}
