//! One digest being computed, whatever the algorithm.

use digest::{ExtendableOutput, FixedOutput, Update, XofReader};

use crate::algorithm::Algorithm;
use crate::blake2::{Blake2b, Blake2s, Parameter, Parameters};

/// A finished digest.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    bytes: [u8; 64],
    len: usize,
}

impl std::ops::Deref for Output {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// What the engines have in common, for code that should be compiled for each of them.
pub(crate) trait Engine: Clone {
    fn add(&mut self, data: &[u8]);
    /// Ends the digest, which is written to the start of `out`. Gives its length.
    fn end(self, out: &mut [u8; 64]) -> usize;
}

macro_rules! engines {
    ($($variant:ident($engine:ty)),* $(,)?) => {
        $(impl Engine for $engine {
            fn add(&mut self, data: &[u8]) {
                self.update(data);
            }

            fn end(self, out: &mut [u8; 64]) -> usize {
                let digest = self.finalize_fixed();
                out[..digest.len()].copy_from_slice(&digest);
                digest.len()
            }
        })*

        #[derive(Clone, Debug)]
        enum State {
            $($variant($engine),)*
            Shake128(shake::Shake128),
            Shake256(shake::Shake256),
            Blake2b(Blake2b),
            Blake2s(Blake2s),
        }

        impl State {
            fn update(&mut self, data: &[u8]) {
                match self {
                    $(State::$variant(e) => e.add(data),)*
                    State::Shake128(e) => e.update(data),
                    State::Shake256(e) => e.update(data),
                    State::Blake2b(e) => e.update(data),
                    State::Blake2s(e) => e.update(data),
                }
            }

            fn end(self, out: &mut [u8; 64]) -> usize {
                match self {
                    $(State::$variant(e) => e.end(out),)*
                    // Of any length, so none by default.
                    State::Shake128(_) | State::Shake256(_) => 0,
                    State::Blake2b(e) => e.finish(out),
                    State::Blake2s(e) => e.finish(out),
                }
            }
        }

        impl Algorithm {
            fn start(self) -> State {
                match self {
                    $(Algorithm::$variant => State::$variant(Default::default()),)*
                    Algorithm::Shake128 => State::Shake128(Default::default()),
                    Algorithm::Shake256 => State::Shake256(Default::default()),
                    Algorithm::Blake2b => State::Blake2b(Blake2b::default()),
                    Algorithm::Blake2s => State::Blake2s(Blake2s::default()),
                }
            }

            /// Calls `f` with a fresh engine; nothing for the algorithms without a fixed length.
            pub(crate) fn with<V: Visitor>(self, f: V) -> Option<V::Result> {
                Some(match self {
                    $(Algorithm::$variant => f.visit(<$engine>::default()),)*
                    Algorithm::Blake2b => f.visit(Blake2b::default()),
                    Algorithm::Blake2s => f.visit(Blake2s::default()),
                    Algorithm::Shake128 | Algorithm::Shake256 => return None,
                })
            }
        }
    };
}

/// A function over all engines.
pub(crate) trait Visitor {
    type Result;
    fn visit<E: Engine>(self, engine: E) -> Self::Result;
}

engines! {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha512_224(sha2::Sha512_224),
    Sha512_256(sha2::Sha512_256),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
    Ripemd160(ripemd::Ripemd160),
}

macro_rules! blake_engine {
    ($engine:ty) => {
        impl Engine for $engine {
            fn add(&mut self, data: &[u8]) {
                self.update(data);
            }

            fn end(self, out: &mut [u8; 64]) -> usize {
                self.finish(out)
            }
        }
    };
}

blake_engine!(Blake2b);
blake_engine!(Blake2s);

/// A digest being computed. Cloning it is `hash.copy()`.
#[derive(Clone, Debug)]
pub struct Hasher {
    algorithm: Algorithm,
    state: State,
}

impl Hasher {
    /// Starts a digest with the algorithm's default parameters.
    pub fn new(algorithm: Algorithm) -> Hasher {
        Hasher { algorithm, state: algorithm.start() }
    }

    /// Starts a BLAKE2b digest.
    ///
    /// # Errors
    /// The first parameter out of range.
    pub fn blake2b(parameters: &Parameters<'_>) -> Result<Hasher, Parameter> {
        Ok(Hasher { algorithm: Algorithm::Blake2b, state: State::Blake2b(Blake2b::new(parameters)?) })
    }

    /// Starts a BLAKE2s digest.
    ///
    /// # Errors
    /// The first parameter out of range.
    pub fn blake2s(parameters: &Parameters<'_>) -> Result<Hasher, Parameter> {
        Ok(Hasher { algorithm: Algorithm::Blake2s, state: State::Blake2s(Blake2s::new(parameters)?) })
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Bytes of the digest; 0 where the caller chooses.
    pub fn digest_size(&self) -> usize {
        match &self.state {
            State::Blake2b(e) => e.digest_size(),
            State::Blake2s(e) => e.digest_size(),
            _ => self.algorithm.digest_size(),
        }
    }

    /// Bytes of a block.
    pub fn block_size(&self) -> usize {
        self.algorithm.block_size()
    }

    /// Adds data.
    pub fn update(&mut self, data: &[u8]) {
        self.state.update(data);
    }

    /// The digest of the data so far; more may be added afterwards. Empty for the algorithms whose length the caller
    /// chooses: see [`Hasher::digest_of`].
    pub fn digest(&self) -> Output {
        let mut bytes = [0; 64];
        let len = self.state.clone().end(&mut bytes);
        Output { bytes, len }
    }

    /// A digest of `length` bytes, for the algorithms that allow it. Nothing for the others, or if there is no memory.
    pub fn digest_of(&self, length: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        if self.algorithm.is_extendable() {
            out.try_reserve_exact(length).ok()?;
            out.resize(length, 0);
        }
        match &self.state {
            State::Shake128(e) => e.clone().finalize_xof().read(&mut out),
            State::Shake256(e) => e.clone().finalize_xof().read(&mut out),
            _ => return None,
        }
        Some(out)
    }
}
