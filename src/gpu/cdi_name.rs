//! Qualified CDI device names: `vendor/class=name`.
//!
//! Grammar as the CDI library's parser has it (pkg/parser/parser.go, v1.1.0).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// `nvidia.com/gpu=0` in its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QualifiedName {
    vendor: String,
    class: String,
    name: String,
}

/// The text is no qualified name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no CDI device name (vendor/class=name)")]
pub struct NotQualified(String);

impl QualifiedName {
    /// The kind of NVIDIA's GPUs.
    pub const NVIDIA: &str = "nvidia.com/gpu";

    /// A device of NVIDIA's kind; `None` where `name` cannot be a device's name.
    pub fn nvidia(name: &str) -> Option<Self> {
        format!("{}={name}", Self::NVIDIA).parse().ok()
    }

    /// `vendor/class`.
    pub fn kind(&self) -> String {
        format!("{}/{}", self.vendor, self.class)
    }

    /// The vendor's domain.
    pub fn vendor(&self) -> &str {
        &self.vendor
    }

    /// The name behind the `=`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for QualifiedName {
    type Err = NotQualified;

    fn from_str(text: &str) -> Result<Self, NotQualified> {
        let parts = || {
            let (kind, name) = text.split_once('=')?;
            let (vendor, class) = kind.split_once('/')?;
            let is_kind = is_word(vendor, true, "_-.") && is_word(class, true, "_-.");
            let is_good = !text.starts_with('/') && is_kind && is_word(name, false, "_-.:");
            is_good.then(|| Self { vendor: vendor.into(), class: class.into(), name: name.into() })
        };
        parts().ok_or_else(|| NotQualified(text.to_owned()))
    }
}

/// ASCII letters and digits at both ends (a letter first, for a vendor or class), and `inner` between.
fn is_word(text: &str, letter_first: bool, inner: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let starts_well = first.is_ascii_alphabetic() || !letter_first && first.is_ascii_digit();
    starts_well
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && chars.all(|c| c.is_ascii_alphanumeric() || inner.contains(c))
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}={}", self.vendor, self.class, self.name)
    }
}

impl TryFrom<String> for QualifiedName {
    type Error = NotQualified;

    fn try_from(text: String) -> Result<Self, NotQualified> {
        text.parse()
    }
}

impl From<QualifiedName> for String {
    fn from(name: QualifiedName) -> Self {
        name.to_string()
    }
}
