//! The scalars of a YAML text. They keep the text as it is written, since the config file's settings and profile names are
//! text, even those that YAML reads as numbers or booleans.

use yaml_rust2::parser::Tag;
use yaml_rust2::scanner::TScalarStyle;

/// A value without parts.
pub(super) struct Scalar {
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Without quotation marks: text, null, a number or a boolean.
    Plain,
    /// In quotation marks, in a block, or with the tag `!!str`.
    Text,
    /// The key whose value is merged into the mapping.
    Merge,
    /// With another tag.
    Tagged,
}

impl Scalar {
    pub(super) fn new(text: String, style: TScalarStyle, tag: Option<&Tag>) -> Self {
        let kind = match tag {
            Some(tag) if is_standard(tag, "str") => Kind::Text,
            Some(tag) if is_standard(tag, "merge") && text == "<<" => Kind::Merge,
            Some(_) => Kind::Tagged,
            None if style != TScalarStyle::Plain => Kind::Text,
            None if text == "<<" => Kind::Merge,
            None => Kind::Plain,
        };
        Self { text, kind }
    }

    pub(super) fn is_null(&self) -> bool {
        self.kind == Kind::Plain && matches!(self.text.as_str(), "" | "~" | "null")
    }

    /// Whether a key of this text is a merge key.
    pub(super) fn is_merge(&self) -> bool {
        self.kind == Kind::Merge
    }

    /// The text, unless a tag gives it another type.
    pub(super) fn text(&self) -> Option<&str> {
        (self.kind != Kind::Tagged).then_some(self.text.as_str())
    }

    /// The name of a key of this text.
    pub(super) fn name(&self) -> &str {
        match self.is_null() {
            true => "",
            false => &self.text,
        }
    }

    /// The boolean of YAML 1.1, which Scaleway's tools use.
    pub(super) fn boolean(&self) -> Option<bool> {
        match self.text.as_str() {
            _ if self.kind != Kind::Plain => None,
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
                Some(true)
            }
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n"
            | "N" => Some(false),
            _ => None,
        }
    }
}

fn is_standard(tag: &Tag, name: &str) -> bool {
    tag.handle == "tag:yaml.org,2002:" && tag.suffix == name
}
