//! SHA-256 in lower-case hexadecimal.

use sha2::{Digest, Sha256};

/// The digest of `bytes`.
pub fn of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks that `bytes` have the digest `want`; `what` names them in the error.
pub fn check(what: &str, bytes: &[u8], want: &str) -> Result<(), String> {
    let got = of_bytes(bytes);
    if got == want {
        return Ok(());
    }
    Err(format!("{what} has SHA-256 {got}, but {want} is pinned; it is not used"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn digest_of_nothing() {
        let want = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(super::of_bytes(b""), want);
        assert!(super::check("nothing", b"", want).is_ok());
        assert!(super::check("something", b"x", want).is_err());
    }
}
