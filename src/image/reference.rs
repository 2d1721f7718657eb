//! References to images: registry, repository, tag, digest.

/// An image as Compose and Dockerfiles name it, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The registry where it is not Docker Hub.
    pub registry: Option<String>,
    /// The path behind the registry, without `library/`.
    pub repository: String,
    /// What follows the colon.
    pub tag: Option<String>,
    /// Whether a digest says which image it is, whatever the tag.
    pub has_digest: bool,
}

impl Reference {
    /// Takes a reference apart; `None` for what is none.
    ///
    /// Source: distribution/reference `reference.go` (grammar) and `normalize.go` (a first part with a
    /// dot, a colon, or `localhost` is a registry).
    pub fn parse(text: &str) -> Option<Self> {
        let (name, has_digest) = text.split_once('@').map_or((text, false), |(name, _)| (name, true));
        let slash = name.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match name[slash..].split_once(':') {
            Some((last, tag)) => (&name[..slash + last.len()], Some(tag)),
            None => (name, None),
        };
        let (registry, path) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
            _ => (None, name),
        };
        let registry = registry.filter(|registry| !["docker.io", "index.docker.io"].contains(registry));
        let path = if registry.is_none() { path.strip_prefix("library/").unwrap_or(path) } else { path };
        let is_path = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
        let is_tag = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let is_reference = !path.is_empty()
            && path.chars().all(is_path)
            && tag.is_none_or(|tag| !tag.is_empty() && tag.chars().all(is_tag));
        is_reference.then(|| Self {
            registry: registry.map(str::to_owned),
            repository: path.to_owned(),
            tag: tag.map(str::to_owned),
            has_digest,
        })
    }

    /// Registry and repository, as the tables of this module name images.
    pub fn name(&self) -> String {
        match &self.registry {
            Some(registry) => format!("{registry}/{}", self.repository),
            None => self.repository.clone(),
        }
    }

    /// The tag, `latest` where none is written.
    pub fn tag(&self) -> &str {
        self.tag.as_deref().unwrap_or("latest")
    }

    /// Whether this is NVIDIA's CUDA image, on either registry that has it.
    pub fn is_nvidia_cuda(&self) -> bool {
        self.repository == "nvidia/cuda" && matches!(self.registry.as_deref(), None | Some("nvcr.io"))
    }
}

/// Why the engine takes a text for no image, as the end of a sentence; `None` where it takes it.
///
/// Source: distribution/reference `regexp.go` (grammar) and `normalize.go` (a first part with a dot, a colon or a
/// capital letter is a registry), v0.6.0.
pub fn fault(text: &str) -> Option<String> {
    if text.contains(char::is_whitespace) {
        return Some("has a blank in it".to_owned());
    }
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Some("has a malformed digest".to_owned());
    }
    let slash = name.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match name[slash..].split_once(':') {
        Some((last, tag)) => (&name[..slash + last.len()], Some(tag)),
        None => (name, None),
    };
    match tag {
        Some("") => return Some("ends in a colon without a tag".to_owned()),
        Some(tag) if !is_tag(tag) => return Some(format!("has a malformed tag, `{tag}`")),
        _ => {}
    }
    let path = match name.split_once('/') {
        Some((first, _)) if first.contains(|c: char| c.is_ascii_uppercase()) && !first.contains(['.', ':']) => {
            return Some(format!(
                "begins with `{first}`, which is taken for a registry because of its capital letters"
            ));
        }
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => rest,
        _ => name,
    };
    match path {
        _ if path.contains(|c: char| c.is_ascii_uppercase()) => Some("has capital letters in its name".to_owned()),
        _ if path.split('/').all(is_component) => None,
        _ => Some("has a malformed name".to_owned()),
    }
}

fn is_digest(text: &str) -> bool {
    let hex = text.split_once(':').map_or("", |(_, hex)| hex);
    hex.len() >= 32 && hex.chars().all(|c| c.is_ascii_hexdigit())
}

fn is_tag(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128 && text.starts_with(is_word) && text.chars().all(|c| is_word(c) || c == '.' || c == '-')
}

/// Letters and digits with one dot, one or two underscores, or dashes between.
fn is_component(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = text.split(is_letter).filter(|separator| !separator.is_empty());
    let is_separator = |text: &str| [".", "_", "__"].contains(&text) || text.chars().all(|c| c == '-');
    text.starts_with(is_letter) && text.ends_with(is_letter) && separators.into_iter().all(is_separator)
}
