//! The text of an error and its causes.

use std::error::Error;

use crate::redact::Redactor;

/// An error and its causes on one line. A cause whose text was already included is left out.
pub(super) fn chain(e: &(dyn Error + 'static)) -> String {
    join(e, |text| text)
}

/// The same, for an error whose text the peer can influence.
pub(super) fn redacted_chain(e: &(dyn Error + 'static), redactor: &Redactor) -> String {
    join(e, |text| redactor.redact(&text))
}

fn join(e: &(dyn Error + 'static), clean: impl Fn(String) -> String) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut current = Some(e);
    while let Some(e) = current {
        let text = truncate(clean(text(e)));
        if !parts.iter().any(|p| p.contains(&text)) {
            parts.push(text);
        }
        current = e.source();
    }
    parts.join(": ")
}

/// The text of one error. Of an HTTP/2 error only the reason is shown, since the rest is the server's own text.
fn text(e: &(dyn Error + 'static)) -> String {
    match e.downcast_ref::<h2::Error>().and_then(h2::Error::reason) {
        Some(reason) => format!("HTTP/2 gives as the reason: {}", reason.description()),
        None => e.to_string(),
    }
}

/// Limits a text: a certificate may have a thousand names.
fn truncate(text: String) -> String {
    const MAX_CHARS: usize = 300;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
