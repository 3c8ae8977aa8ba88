//! How a malformed key differs from a well-formed one. The texts never show the key.

use crate::identifier;

/// Whether the text has the form of an access key.
pub(super) fn is_access_key(text: &str) -> bool {
    let well_formed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    text.strip_prefix("SCW")
        .is_some_and(|tail| tail.len() == 17 && tail.bytes().all(well_formed))
}

/// Whether the text has the form of a secret key.
pub(super) fn is_secret_key(text: &str) -> bool {
    identifier::uuid(text, "", "").is_ok()
}

/// What a malformed key is instead.
pub(super) fn description(text: &str) -> String {
    let bare = text.trim();
    if text.is_empty() {
        "it is empty".into()
    } else if bare.is_empty() {
        "it contains only white space".into()
    } else if bare.len() < text.len() {
        format!("{} {}", kind(bare), surrounding_space(text))
    } else if is_quoted(text) {
        format!("{} in quotation marks", kind(&text[1..text.len() - 1]))
    } else {
        kind(text)
    }
}

/// What the text is, apart from what surrounds it.
fn kind(text: &str) -> String {
    if is_access_key(text) {
        "it is an access key".into()
    } else if is_secret_key(text) {
        "it is a UUID".into()
    } else {
        match text.chars().count() {
            1 => "it has 1 character".into(),
            n => format!("it has {n} characters"),
        }
    }
}

fn surrounding_space(text: &str) -> &'static str {
    let space = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let line_break = text.ends_with(['\n', '\r']);
    match (space(text.chars().next()), space(text.chars().last())) {
        (false, _) if line_break => "with a line break after it",
        (false, _) => "with white space after it",
        (true, false) => "with white space before it",
        (true, true) => "with white space before and after it",
    }
}

fn is_quoted(text: &str) -> bool {
    let enclosed = |mark| text.len() >= 2 && text.starts_with(mark) && text.ends_with(mark);
    enclosed('"') || enclosed('\'')
}
