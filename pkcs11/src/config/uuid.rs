//! UUIDs: keys are named by them, and secret keys have their form.

const LEN: usize = 36;

pub(crate) fn is_uuid(text: &str) -> bool {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let is_expected = |(i, byte): (usize, u8)| match HYPHENS.contains(&i) {
        true => byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    text.len() == LEN && text.bytes().enumerate().all(is_expected)
}

/// The text without UUIDs, each of which may be a secret key.
pub(super) fn without_uuids(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.get(..LEN).is_some_and(is_uuid) {
            shown.push_str("(not shown)");
            rest = &rest[LEN..];
        } else {
            shown.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_found_in_a_text() {
        let uuid = "8A83F62F-2b00-4e17-9bef-bc10faef3098";
        assert!(is_uuid(uuid) && !is_uuid(&uuid[1..]) && !is_uuid(&uuid.replace('-', "_")));
        let text = format!("é `{uuid}`, \"{uuid}\"");
        assert_eq!(without_uuids(&text), "é `(not shown)`, \"(not shown)\"");
        assert_eq!(without_uuids(""), "");
    }
}
