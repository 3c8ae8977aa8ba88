//! The keys that a token shows.

use scwkms::KeyInfo;

/// The keys of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All keys of the client's project.
    All,
    /// The keys that one of the selectors selects.
    Only(Vec<KeySelector>),
}

/// Selects keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeySelector {
    Name(String),
    Tag(String),
    /// A UUID in lower case.
    Id(String),
}

impl KeySelector {
    fn selects(&self, key: &KeyInfo) -> bool {
        match self {
            KeySelector::Name(name) => key.name == *name,
            KeySelector::Tag(tag) => key.tags.contains(tag),
            KeySelector::Id(id) => key.id == *id,
        }
    }
}

impl Selection {
    pub(crate) fn contains(&self, key: &KeyInfo) -> bool {
        match self {
            Selection::All => true,
            Selection::Only(selectors) => selectors.iter().any(|selector| selector.selects(key)),
        }
    }

    /// The tag that a key with this name must have to be selected. `None` if no tag is necessary, or none is sufficient.
    pub(crate) fn tag_for(&self, name: &str) -> Option<&str> {
        let Selection::Only(selectors) = self else {
            return None;
        };
        if self.selects_name(name) {
            return None;
        }
        selectors.iter().find_map(|selector| match selector {
            KeySelector::Tag(tag) => Some(tag.as_str()),
            _ => None,
        })
    }

    /// Whether a key with this name is selected, whatever its tags are.
    pub(crate) fn selects_name(&self, name: &str) -> bool {
        match self {
            Selection::All => true,
            Selection::Only(selectors) => selectors.contains(&KeySelector::Name(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_key_gets_the_tag_that_selects_it() {
        let selection = Selection::Only(vec![
            KeySelector::Name("root".into()),
            KeySelector::Tag("ca".into()),
        ]);
        assert_eq!(selection.tag_for("root"), None);
        assert_eq!(selection.tag_for("other"), Some("ca"));
        assert_eq!(Selection::All.tag_for("other"), None);
        assert!(!selection.selects_name("other"));
        assert!(Selection::All.selects_name("other"));
    }
}
