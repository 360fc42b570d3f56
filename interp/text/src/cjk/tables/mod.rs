//! Tables of the CJK codecs; written by tools/gen_cjk.py, not by hand.

/// Per set, 1024 blocks: code >> 6 -> block.
pub static INDEX: &[u8; 55296] = include_bytes!("index.bin");
/// Blocks of 64: characters, 0xD800 and up for a row of `SIDE`, 0xFFFE for reserved codes.
pub static BLOCKS: &[u8; 275968] = include_bytes!("blocks.bin");
/// Rows of one or two code points.
pub static SIDE: &[u8; 16064] = include_bytes!("side.bin");
/// Per codec, 256 single bytes: character, 0xFFFE for a lead byte, 0xFFFF.
pub static SINGLES: &[u8; 8192] = include_bytes!("singles.bin");
/// Set, code point, code (0 for none) where encoding is not the inverse of decoding.
pub static EXCEPTIONS: &[u8; 28056] = include_bytes!("exceptions.bin");
/// Set, two code points, code.
pub static PAIRS: &[u8; 2464] = include_bytes!("pairs.bin");
/// Four-byte GB 18030 in the BMP: first, last, index of the first.
pub static GB18030_RANGES: &[u8; 2472] = include_bytes!("gb18030_ranges.bin");

/// Set of double-byte characters.
pub const GB2312: usize = 0;
/// Set of double-byte characters.
pub const GBK: usize = 1;
/// Set of double-byte characters.
pub const GB18030: usize = 2;
/// Set of double-byte characters.
pub const BIG5: usize = 3;
/// Set of double-byte characters.
pub const CP950: usize = 4;
/// Set of double-byte characters.
pub const BIG5HKSCS: usize = 5;
/// Set of double-byte characters.
pub const SHIFT_JIS: usize = 6;
/// Set of double-byte characters.
pub const CP932: usize = 7;
/// Set of double-byte characters.
pub const SHIFT_JIS_2004: usize = 8;
/// Set of double-byte characters.
pub const SHIFT_JISX0213: usize = 9;
/// Set of double-byte characters.
pub const EUC_KR: usize = 10;
/// Set of double-byte characters.
pub const CP949: usize = 11;
/// Set of double-byte characters.
pub const JOHAB: usize = 12;
/// Set of double-byte characters.
pub const EUC_JP: usize = 13;
/// Set of double-byte characters.
pub const EUC_JP_3: usize = 14;
/// Set of double-byte characters.
pub const EUC_JIS_2004: usize = 15;
/// Set of double-byte characters.
pub const EUC_JIS_2004_3: usize = 16;
/// Set of double-byte characters.
pub const EUC_JISX0213: usize = 17;
/// Set of double-byte characters.
pub const EUC_JISX0213_3: usize = 18;
/// Set of double-byte characters.
pub const ISO_JISX0208: usize = 19;
/// Set of double-byte characters.
pub const ISO_JISX0212: usize = 20;
/// Set of double-byte characters.
pub const ISO_KSX1001: usize = 21;
/// Set of double-byte characters.
pub const ISO_GB2312: usize = 22;
/// Set of double-byte characters.
pub const ISO_JISX0213_2004_1: usize = 23;
/// Set of double-byte characters.
pub const ISO_JISX0213_2004_2: usize = 24;
/// Set of double-byte characters.
pub const ISO_JISX0213_2000_1: usize = 25;
/// Set of double-byte characters.
pub const ISO_JISX0213_2000_2: usize = 26;
