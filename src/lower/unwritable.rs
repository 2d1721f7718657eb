//! Why requests stay as they are written, in the words of a finding's help.

use super::Unlowerable;
use crate::yaml::Via;

/// Why a service's requests stay as they are written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// No form can be written.
    #[error("{reason}{against}", reason = .0, against = rejected(.0))]
    Unlowerable(#[from] Unlowerable),
    /// A change of the anchor's text changes other places.
    #[error("it comes through an alias or stands at an anchor, so that other places would change too")]
    Alias,
    /// A change of the merged mapping changes other places.
    #[error("it comes through a merge key, so that other services would change too")]
    MergeKey,
    /// It is another service's text.
    #[error("it is shared through `extends`, so that another service would change too")]
    Extends,
    /// It is another project's text.
    #[error("it comes through `include`, from another project's text")]
    Include,
    /// One file cannot be changed alone.
    #[error("another file of the project holds a part of it")]
    OtherFile,
    /// What is meant depends on a variable.
    #[error("`{0}` holds a variable, so that the devices may be others elsewhere")]
    Variable(String),
    /// The text is written in a way that has no place for the edit.
    #[error("it is written in a way that cannot be changed line by line")]
    Layout,
}

fn rejected(reason: &Unlowerable) -> String {
    let Unlowerable::NoWorkingForm(rejected) = reason else { return String::new() };
    rejected.iter().map(|(form, reason)| format!("; {form}: {reason}")).collect()
}

/// Whether a text may be changed that came in this way.
pub(super) fn via(via: Via) -> Result<(), Unwritable> {
    match via {
        Via::Text => Ok(()),
        Via::Alias(_) => Err(Unwritable::Alias),
        Via::MergeKey(_) => Err(Unwritable::MergeKey),
        Via::Extends(_) => Err(Unwritable::Extends),
        Via::Include(_) => Err(Unwritable::Include),
    }
}
