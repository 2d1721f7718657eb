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
