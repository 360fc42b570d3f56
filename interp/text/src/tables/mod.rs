//! Unicode 15.0.0 (and 3.2.0) tables; written by tools/gen_tables.py, not by hand.
//!
//! Arrays are little-endian bytes, read in place: nothing is unpacked at start-up and only
//! the pages that are asked for become resident.

/// Flag of a type record.
pub const ALPHA: u16 = 1 << 0;
/// Flag of a type record.
pub const DECIMAL: u16 = 1 << 1;
/// Flag of a type record.
pub const DIGIT: u16 = 1 << 2;
/// Flag of a type record.
pub const NUMERIC: u16 = 1 << 3;
/// Flag of a type record.
pub const SPACE: u16 = 1 << 4;
/// Flag of a type record.
pub const PRINTABLE: u16 = 1 << 5;
/// Flag of a type record.
pub const LINEBREAK: u16 = 1 << 6;
/// Flag of a type record.
pub const UPPER: u16 = 1 << 7;
/// Flag of a type record.
pub const LOWER: u16 = 1 << 8;
/// Flag of a type record.
pub const TITLE: u16 = 1 << 9;
/// Flag of a type record.
pub const XID_START: u16 = 1 << 10;
/// Flag of a type record.
pub const XID_CONTINUE: u16 = 1 << 11;
/// Flag of a type record.
pub const CASED: u16 = 1 << 12;
/// Flag of a type record.
pub const CASE_IGNORABLE: u16 = 1 << 13;
/// Flag of a type record.
pub const SPECIAL_CASE: u16 = 1 << 14;
/// Low bits of a code point inside a block of `type`.
pub const TYPE_SHIFT: u32 = 7;
/// Low bits of a code point inside a block of `data`.
pub const DATA_SHIFT: u32 = 7;
/// Low bits of a code point inside a block of `decomp`.
pub const DECOMP_SHIFT: u32 = 8;
/// First byte of a word code of two bytes.
pub const NAME_ONE_BYTE: u8 = 200;
/// Aliases; codes 0x110000 and up, sequences follow them.
pub const NAME_ALIASES: u32 = 473;
/// Length of the longest name.
pub const NAME_MAX: usize = 88;

/// Type records: code point >> shift -> block.
pub static TYPE_INDEX: &[u8; 17408] = include_bytes!("type_index.bin");
/// Type records: blocks.
pub static TYPE_BLOCKS: &[u8; 73472] = include_bytes!("type_blocks.bin");
/// Type records: flags, special-case row, offsets to lower, upper and title case, decimal, digit, number row.
pub static TYPE_RECORDS: &[u8; 14540] = include_bytes!("type_records.bin");
/// Rows of lower, upper, title, casefold; three code points each, zero-filled.
pub static SPECIAL_CASES: &[u8; 8880] = include_bytes!("special_cases.bin");
/// Numeric values.
pub static NUMBERS: &[u8; 1144] = include_bytes!("numbers.bin");
/// Database records (15.0.0, and 3.2.0 as index1): code point >> shift -> block.
pub static DATA_INDEX: &[u8; 17408] = include_bytes!("data_index.bin");
/// Database records (15.0.0, and 3.2.0 as index1): code point >> shift -> block.
pub static DATA_INDEX1: &[u8; 17408] = include_bytes!("data_index1.bin");
/// Database records (15.0.0, and 3.2.0 as index1): blocks.
pub static DATA_BLOCKS: &[u8; 110592] = include_bytes!("data_blocks.bin");
/// Category, bidirectional class, combining class, width | mirrored << 7, decimal, digit, number row, quick check.
pub static DATA_RECORDS: &[u8; 7936] = include_bytes!("data_records.bin");
/// Decompositions: offset into the pool: code point >> shift -> block.
pub static DECOMP_INDEX: &[u8; 8704] = include_bytes!("decomp_index.bin");
/// Decompositions: offset into the pool: blocks.
pub static DECOMP_BLOCKS: &[u8; 32768] = include_bytes!("decomp_blocks.bin");
/// Decompositions: prefix << 8 | length, then UTF-16 units.
pub static DECOMP_POOL: &[u8; 24756] = include_bytes!("decomp_pool.bin");
/// Compositions: first, second, result; sorted.
pub static COMPOSE: &[u8; 11292] = include_bytes!("compose.bin");
/// Names: the words, one after the other.
pub static NAME_WORDS: &[u8; 73247] = include_bytes!("name_words.bin");
/// Names: where words start, 3 bytes each.
pub static NAME_WORD_STARTS: &[u8; 42939] = include_bytes!("name_word_starts.bin");
/// Names: word codes of one or two bytes.
pub static NAME_STREAM: &[u8; 201009] = include_bytes!("name_stream.bin");
/// Names: where names start, 3 bytes each, by row.
pub static NAME_STARTS: &[u8; 107274] = include_bytes!("name_starts.bin");
/// Names: code of each row, rising, 3 bytes each.
pub static NAME_CODES: &[u8; 107271] = include_bytes!("name_codes.bin");
/// Names: rows in the order of the names.
pub static NAME_ORDER: &[u8; 71514] = include_bytes!("name_order.bin");
/// Aliases, then sequences: up to four code points each.
pub static NAME_TARGETS: &[u8; 14944] = include_bytes!("name_targets.bin");

/// General categories.
pub static CATEGORIES: [&str; 30] = [
    "Cc", "Zs", "Po", "Sc", "Ps", "Pe", "Sm", "Pd", "Nd", "Lu", "Sk", "Pc", "Ll", "So", "Lo", "Pi", "Cf",
    "No", "Pf", "Lt", "Lm", "Mn", "Cn", "Me", "Mc", "Nl", "Zl", "Zp", "Cs", "Co",
];
/// Bidirectional classes.
pub static BIDI_CLASSES: [&str; 24] = [
    "BN", "S", "B", "WS", "ON", "ET", "ES", "CS", "EN", "L", "NSM", "", "R", "AN", "AL", "LRE", "RLE", "PDF",
    "LRO", "RLO", "LRI", "RLI", "FSI", "PDI",
];
/// East Asian widths.
pub static WIDTHS: [&str; 6] = ["N", "Na", "A", "W", "H", "F"];
/// Tags of compatibility decompositions.
pub static DECOMP_PREFIXES: [&str; 17] = [
    "",
    "<noBreak>",
    "<compat>",
    "<super>",
    "<fraction>",
    "<sub>",
    "<font>",
    "<circle>",
    "<wide>",
    "<vertical>",
    "<square>",
    "<isolated>",
    "<final>",
    "<initial>",
    "<medial>",
    "<small>",
    "<narrow>",
];
/// Code points named CJK UNIFIED IDEOGRAPH, inclusive.
pub static CJK_RANGES: [(u32, u32); 9] = [
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B739),
    (0x2B740, 0x2B81D),
    (0x2B820, 0x2CEA1),
    (0x2CEB0, 0x2EBE0),
    (0x30000, 0x3134A),
    (0x31350, 0x323AF),
];
/// What 3.2.0 decomposed to another character.
pub static FIXES_3_2_0: [(u32, u32); 5] =
    [(0x2F868, 0x2136A), (0x2F874, 0x5F33), (0x2F91F, 0x43AB), (0x2F95F, 0x7AAE), (0x2F9BF, 0x4D57)];
