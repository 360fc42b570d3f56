//! Chains of liblzma's filters: what they are, their presets, and their properties as bytes.

use lzma_rust2::{EncodeMode, FilterConfig, FilterType, LzmaOptions, MfType};

use crate::lzma::Error;

/// LZMA's own parameters; `Options::preset` gives liblzma's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub dict_size: u32,
    pub lc: u32,
    pub lp: u32,
    pub pb: u32,
    /// [`MODE_FAST`] or [`MODE_NORMAL`].
    pub mode: u32,
    pub nice_len: u32,
    /// One of the `MF_*`.
    pub mf: u32,
    pub depth: u32,
}

pub const MODE_FAST: u32 = 1;
pub const MODE_NORMAL: u32 = 2;
pub const MF_HC3: u32 = 0x03;
pub const MF_HC4: u32 = 0x04;
pub const MF_BT2: u32 = 0x12;
pub const MF_BT3: u32 = 0x13;
pub const MF_BT4: u32 = 0x14;
pub const PRESET_DEFAULT: u32 = 6;
pub const PRESET_EXTREME: u32 = 1 << 31;

/// liblzma's limits.
const DICT_SIZE: std::ops::RangeInclusive<u32> = 4096..=(1 << 30) + (1 << 29);
const NICE_LEN: std::ops::RangeInclusive<u32> = 2..=273;

impl Options {
    /// The parameters of a preset: 0 to 9, with [`PRESET_EXTREME`] or without.
    pub fn preset(preset: u32) -> Option<Options> {
        let level = preset & 31;
        if level > 9 || preset & !(31 | PRESET_EXTREME) != 0 {
            return None;
        }
        let o = LzmaOptions::with_preset(level);
        let mut options = Options {
            dict_size: o.dict_size,
            lc: o.lc,
            lp: o.lp,
            pb: o.pb,
            mode: if level <= 3 { MODE_FAST } else { MODE_NORMAL },
            nice_len: o.nice_len,
            mf: if level == 0 {
                MF_HC3
            } else if level <= 3 {
                MF_HC4
            } else {
                MF_BT4
            },
            depth: o.depth_limit as u32,
        };
        if preset & PRESET_EXTREME != 0 {
            (options.mode, options.mf) = (MODE_NORMAL, MF_BT4);
            (options.nice_len, options.depth) = if matches!(level, 3 | 5) { (192, 0) } else { (273, 512) };
        }
        Some(options)
    }

    /// The encoder's parameters.
    pub(crate) fn encoder(&self) -> Result<LzmaOptions, Error> {
        let mode = match self.mode {
            MODE_FAST => EncodeMode::Fast,
            MODE_NORMAL => EncodeMode::Normal,
            _ => return Err(Error::Options),
        };
        // The encoder has hash chains and binary trees of four bytes; the shorter ones differ in speed only.
        let mf = match self.mf {
            MF_HC3 | MF_HC4 => MfType::Hc4,
            MF_BT2 | MF_BT3 | MF_BT4 => MfType::Bt4,
            _ => return Err(Error::Options),
        };
        if !self.is_valid() || !NICE_LEN.contains(&self.nice_len) {
            return Err(Error::Options);
        }
        let nice_len = self.nice_len.max(LzmaOptions::NICE_LEN_MIN);
        let depth = i32::try_from(self.depth).unwrap_or(i32::MAX);
        Ok(LzmaOptions::new(self.dict_size, self.lc, self.lp, self.pb, mode, nice_len, mf, depth))
    }

    /// Whether a decoder can work with them.
    pub(crate) fn is_valid(&self) -> bool {
        self.lc.saturating_add(self.lp) <= 4 && self.pb <= 4 && DICT_SIZE.contains(&self.dict_size)
    }
}

/// The branch converters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    X86,
    PowerPc,
    Ia64,
    Arm,
    ArmThumb,
    Sparc,
}

impl Branch {
    const ALL: [(u64, Branch, FilterType, u32); 6] = [
        (4, Branch::X86, FilterType::BcjX86, 1),
        (5, Branch::PowerPc, FilterType::BcjPpc, 4),
        (6, Branch::Ia64, FilterType::BcjIa64, 16),
        (7, Branch::Arm, FilterType::BcjArm, 4),
        (8, Branch::ArmThumb, FilterType::BcjArmThumb, 2),
        (9, Branch::Sparc, FilterType::BcjSparc, 4),
    ];

    /// Its id, the encoder's name for it, and what offsets must be a multiple of.
    fn facts(self) -> (u64, FilterType, u32) {
        let (id, _, kind, align) = Branch::ALL[self as usize];
        (id, kind, align)
    }
}

/// A filter of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    Lzma1(Options),
    Lzma2(Options),
    /// The distance, 1 to 256.
    Delta(u32),
    /// The converter and the start offset.
    Branch(Branch, u32),
}

pub const FILTER_LZMA1: u64 = 0x4000_0000_0000_0001;
pub const FILTER_LZMA2: u64 = 0x21;
pub const FILTER_DELTA: u64 = 3;

impl Filter {
    /// The branch converter with this id.
    pub fn branch(id: u64) -> Option<Branch> {
        Branch::ALL.iter().find(|b| b.0 == id).map(|b| b.1)
    }

    /// The id by which chains name it.
    pub fn id(&self) -> u64 {
        match self {
            Filter::Lzma1(_) => FILTER_LZMA1,
            Filter::Lzma2(_) => FILTER_LZMA2,
            Filter::Delta(_) => FILTER_DELTA,
            Filter::Branch(b, _) => b.facts().0,
        }
    }

    /// A filter that may stand before LZMA.
    pub(crate) fn config(&self) -> Result<FilterConfig, Error> {
        match *self {
            Filter::Delta(distance @ 1..=256) => Ok(FilterConfig::new_delta(distance)),
            Filter::Branch(b, offset) => {
                let (_, filter_type, align) = b.facts();
                if offset % align == 0 {
                    Ok(FilterConfig { filter_type, property: offset })
                } else {
                    Err(Error::Options)
                }
            }
            _ => Err(Error::Options),
        }
    }

    /// The properties as containers store them (`_lzma._encode_filter_properties`).
    ///
    /// # Errors
    /// A parameter is out of range.
    pub fn encode_properties(&self) -> Result<Vec<u8>, Error> {
        match self {
            Filter::Lzma1(o) => {
                let byte = o.encoder()?.get_props();
                Ok([&[byte][..], &o.dict_size.to_le_bytes()].concat())
            }
            Filter::Lzma2(o) => {
                if !o.is_valid() {
                    return Err(Error::Options);
                }
                let fits = |code: &u8| dict_size_of(*code).is_some_and(|size| size >= o.dict_size);
                Ok((0..=40).find(fits).into_iter().collect())
            }
            Filter::Delta(_) => Ok(vec![(self.config()?.property - 1) as u8]),
            Filter::Branch(_, offset) => {
                self.config()?;
                Ok(if *offset == 0 { Vec::new() } else { offset.to_le_bytes().to_vec() })
            }
        }
    }

    /// The filter with these properties (`_lzma._decode_filter_properties`). Parameters that are not stored are those of
    /// the default preset.
    ///
    /// # Errors
    /// There is no such filter, or its properties are invalid.
    pub fn decode_properties(id: u64, properties: &[u8]) -> Result<Filter, Error> {
        let default = Options::preset(PRESET_DEFAULT).ok_or(Error::Internal)?;
        match (id, properties) {
            (FILTER_LZMA1, &[byte, a, b, c, d]) => {
                let (lc, lp, pb) = split_properties(byte).ok_or(Error::Options)?;
                Ok(Filter::Lzma1(Options {
                    dict_size: u32::from_le_bytes([a, b, c, d]),
                    lc,
                    lp,
                    pb,
                    ..default
                }))
            }
            (FILTER_LZMA2, &[code]) => {
                let dict_size = dict_size_of(code).ok_or(Error::Options)?;
                Ok(Filter::Lzma2(Options { dict_size, ..default }))
            }
            (FILTER_DELTA, &[distance]) => Ok(Filter::Delta(u32::from(distance) + 1)),
            _ => match (Filter::branch(id), properties) {
                (Some(b), []) => Ok(Filter::Branch(b, 0)),
                (Some(b), &[w, x, y, z]) => {
                    let filter = Filter::Branch(b, u32::from_le_bytes([w, x, y, z]));
                    filter.config().map(|_| filter)
                }
                _ => Err(Error::Options),
            },
        }
    }
}

/// `lc`, `lp` and `pb` of LZMA's properties byte.
pub(crate) fn split_properties(byte: u8) -> Option<(u32, u32, u32)> {
    let byte = u32::from(byte);
    let (lc, lp, pb) = (byte % 9, byte / 9 % 5, byte / 45);
    (pb <= 4 && lc + lp <= 4).then_some((lc, lp, pb))
}

/// The dictionary size that LZMA2's properties byte stands for.
fn dict_size_of(code: u8) -> Option<u32> {
    match code {
        0..=39 => Some((2 | u32::from(code & 1)) << (code / 2 + 11)),
        40 => Some(u32::MAX),
        _ => None,
    }
}
