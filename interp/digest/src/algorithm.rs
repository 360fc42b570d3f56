//! The algorithms by name, with the sizes `hashlib` shows.

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Shake128,
    Shake256,
    Blake2b,
    Blake2s,
    Ripemd160,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Algorithm; 17] = [
        Algorithm::Md5,
        Algorithm::Sha1,
        Algorithm::Sha224,
        Algorithm::Sha256,
        Algorithm::Sha384,
        Algorithm::Sha512,
        Algorithm::Sha512_224,
        Algorithm::Sha512_256,
        Algorithm::Sha3_224,
        Algorithm::Sha3_256,
        Algorithm::Sha3_384,
        Algorithm::Sha3_512,
        Algorithm::Shake128,
        Algorithm::Shake256,
        Algorithm::Blake2b,
        Algorithm::Blake2s,
        Algorithm::Ripemd160,
    ];

    /// Name, bytes of a digest (0: any number), bytes of a block.
    const fn facts(self) -> (&'static str, usize, usize) {
        match self {
            Algorithm::Md5 => ("md5", 16, 64),
            Algorithm::Sha1 => ("sha1", 20, 64),
            Algorithm::Sha224 => ("sha224", 28, 64),
            Algorithm::Sha256 => ("sha256", 32, 64),
            Algorithm::Sha384 => ("sha384", 48, 128),
            Algorithm::Sha512 => ("sha512", 64, 128),
            Algorithm::Sha512_224 => ("sha512_224", 28, 128),
            Algorithm::Sha512_256 => ("sha512_256", 32, 128),
            Algorithm::Sha3_224 => ("sha3_224", 28, 144),
            Algorithm::Sha3_256 => ("sha3_256", 32, 136),
            Algorithm::Sha3_384 => ("sha3_384", 48, 104),
            Algorithm::Sha3_512 => ("sha3_512", 64, 72),
            Algorithm::Shake128 => ("shake_128", 0, 168),
            Algorithm::Shake256 => ("shake_256", 0, 136),
            Algorithm::Blake2b => ("blake2b", 64, 128),
            Algorithm::Blake2s => ("blake2s", 32, 64),
            Algorithm::Ripemd160 => ("ripemd160", 20, 64),
        }
    }

    /// The algorithm of this name, in `hashlib`'s spelling or OpenSSL's (`SHA2-256`, `SHA-256`, `sha512-224`), in any case.
    pub fn from_name(name: &str) -> Option<Algorithm> {
        let mut plain = name.to_ascii_lowercase().replace('-', "_");
        plain = match plain.as_str() {
            "sha_1" => "sha1".into(),
            "shake128" => "shake_128".into(),
            "shake256" => "shake_256".into(),
            "ripemd" | "rmd160" | "ripemd_160" => "ripemd160".into(),
            "blake2b512" | "blake2b_512" => "blake2b".into(),
            "blake2s256" | "blake2s_256" => "blake2s".into(),
            _ => match plain.strip_prefix("sha2_").or(plain.strip_prefix("sha_")) {
                Some(rest) => format!("sha{}", rest.replace('/', "_")),
                None => plain,
            },
        };
        Algorithm::ALL.into_iter().find(|a| a.name() == plain)
    }

    /// The name in `hashlib`.
    pub const fn name(self) -> &'static str {
        self.facts().0
    }

    /// Bytes of a digest; 0 where the caller chooses.
    pub const fn digest_size(self) -> usize {
        self.facts().1
    }

    /// Bytes of a block.
    pub const fn block_size(self) -> usize {
        self.facts().2
    }

    /// Whether the caller chooses the length of the digest.
    pub const fn is_extendable(self) -> bool {
        matches!(self, Algorithm::Shake128 | Algorithm::Shake256)
    }
}
