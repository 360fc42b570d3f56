//! What `stdlib.pin` says: the package, its digests, and which modules are left out.
//!
//! The file is compiled into the program, so that a copy of the program and the library that it lays
//! out always belong together. It is the only place that names a version or a digest.

use crate::digest;

const TEXT: &str = include_str!("../stdlib.pin");

/// The pinned package and what becomes of its files.
pub struct Pin {
    /// The npm package with its version, as `npm pack` takes it.
    pub package: String,
    /// SHA-256 of the archive that `npm pack` writes.
    pub package_sha256: String,
    /// Path of the zip file of modules inside the archive.
    pub zip: String,
    /// SHA-256 of that zip file.
    pub zip_sha256: String,
    /// Files and folders that are not laid out.
    pub dropped: Vec<String>,
    /// Modules that are not laid out because `Lib/` has to bring them.
    pub own: Vec<String>,
    /// Digest of the pin file itself: the layout's version.
    pub digest: String,
}

impl Pin {
    /// Reads the pin file that was compiled in.
    ///
    /// # Errors
    /// A message that names the line or the key when the file is malformed.
    pub fn load() -> Result<Pin, String> {
        Pin::parse(TEXT)
    }

    fn parse(text: &str) -> Result<Pin, String> {
        let mut pin = Pin {
            package: String::new(),
            package_sha256: String::new(),
            zip: String::new(),
            zip_sha256: String::new(),
            dropped: Vec::new(),
            own: Vec::new(),
            digest: digest::of_bytes(text.as_bytes()),
        };
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (key, value) = line
                .split_once(char::is_whitespace)
                .ok_or_else(|| format!("stdlib.pin: no value in {line:?}"))?;
            let value = value.trim().to_owned();
            match key {
                "package" => pin.package = value,
                "package-sha256" => pin.package_sha256 = value,
                "zip" => pin.zip = value,
                "zip-sha256" => pin.zip_sha256 = value,
                "drop" => pin.dropped.push(value),
                "own" => pin.own.push(value),
                _ => return Err(format!("stdlib.pin: unknown key {key:?}")),
            }
        }
        for (key, value) in [
            ("package", &pin.package),
            ("package-sha256", &pin.package_sha256),
            ("zip", &pin.zip),
            ("zip-sha256", &pin.zip_sha256),
        ] {
            if value.is_empty() {
                return Err(format!("stdlib.pin: {key} is missing"));
            }
        }
        Ok(pin)
    }

    /// Whether the zip file's entry `name` is laid out.
    pub fn keeps(&self, name: &str) -> bool {
        let name = name.trim_end_matches('/');
        !self.own.iter().any(|own| own == name)
            && !self.dropped.iter().any(|dropped| {
                name.strip_prefix(dropped.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }

    /// File name under which the package's archive is kept.
    pub fn archive_name(&self) -> String {
        format!("{}.tgz", self.package.replace(['@', '/'], "-"))
    }
}

#[cfg(test)]
mod tests {
    use super::Pin;

    #[test]
    fn the_pin_file_is_well_formed() {
        let pin = Pin::load().unwrap();
        assert_eq!(pin.package_sha256.len(), 64);
        assert_eq!(pin.zip_sha256.len(), 64);
        assert!(!pin.archive_name().contains('@'));
    }

    #[test]
    fn whole_path_components_are_dropped() {
        let pin = Pin::parse(
            "package a\npackage-sha256 b\nzip c\nzip-sha256 d\ndrop pyodide\nown ctypes/util.py\n",
        )
        .unwrap();
        assert!(!pin.keeps("pyodide/"));
        assert!(!pin.keeps("pyodide/ffi/__init__.py"));
        assert!(pin.keeps("pyodide_like.py"));
        assert!(!pin.keeps("ctypes/util.py"));
        assert!(pin.keeps("ctypes/util.pyx"));
    }

    #[test]
    fn unknown_and_missing_keys_are_errors() {
        assert!(Pin::parse("colour red\n").is_err());
        assert!(Pin::parse("package a\n").is_err());
        assert!(Pin::parse("package\n").is_err());
    }
}
