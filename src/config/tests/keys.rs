//! The access key and the secret key.

use secrecy::ExposeSecret;

use super::fake::{Fake, environment};
use super::{ACCESS, OTHER_SECRET, SECRET, refusal, settings};

fn error_of(variable: &str, value: &str) -> String {
    refusal("scwkms:", &environment().variable(variable, value))
}

#[test]
fn a_malformed_secret_key_is_described() {
    for (value, expected) in [
        ("", "it is empty"),
        (" \n", "it contains only white space"),
        (ACCESS, "it is an access key"),
        (
            &format!("{ACCESS}\n"),
            "it is an access key with a line break after it",
        ),
        (
            &format!("{SECRET}\n"),
            "it is a UUID with a line break after it",
        ),
        (
            &format!("{SECRET}\r\n"),
            "it is a UUID with a line break after it",
        ),
        (
            &format!("{SECRET}\t"),
            "it is a UUID with white space after it",
        ),
        (
            &format!(" {SECRET}"),
            "it is a UUID with white space before it",
        ),
        (
            &format!(" {SECRET}\n"),
            "it is a UUID with white space before and after it",
        ),
        (&format!("\"{SECRET}\""), "it is a UUID in quotation marks"),
        (&format!("'{SECRET}'"), "it is a UUID in quotation marks"),
        ("'", "it has 1 character"),
        (&SECRET[..35], "it has 35 characters"),
        (&format!("{SECRET}1"), "it has 37 characters"),
        (&SECRET.replace('-', "x"), "it has 36 characters"),
        (&"é".repeat(36), "it has 36 characters"),
        (
            &format!("{}\n", &SECRET[..35]),
            "it has 35 characters with a line break after it",
        ),
    ] {
        let message = error_of("SCW_SECRET_KEY", value);
        let expected = format!(
            "the secret key (environment variable SCW_SECRET_KEY) is malformed: {expected}; it must be a UUID"
        );
        assert!(message.starts_with(&expected), "{value:?}: {message}");
        assert!(
            !message.contains(&SECRET[..12]) && !message.contains(ACCESS),
            "{message}"
        );
    }
}

#[test]
fn a_malformed_access_key_is_described() {
    for (value, expected) in [
        ("", "it is empty"),
        (SECRET, "it is a UUID"),
        (
            &format!("{ACCESS}\n"),
            "it is an access key with a line break after it",
        ),
        (&ACCESS.to_lowercase(), "it has 20 characters"),
        (&ACCESS[..19], "it has 19 characters"),
        (&ACCESS.replace("SCW", "SCX"), "it has 20 characters"),
    ] {
        let message = error_of("SCW_ACCESS_KEY", value);
        let expected = format!(
            "the access key (environment variable SCW_ACCESS_KEY) is malformed: {expected}; it must be SCW"
        );
        assert!(message.starts_with(&expected), "{value:?}: {message}");
        assert!(!message.contains(&SECRET[..12]), "{message}");
    }
}

#[test]
fn a_secret_key_in_a_file() {
    let fake = Fake::default()
        .variable("SCW_ACCESS_KEY", ACCESS)
        .variable("SCWKMS_SECRET_KEY_FILE", "/run/secret")
        .file("/run/secret", &format!("{SECRET}\n"))
        .file("/run/other", OTHER_SECRET);
    let s = settings("scwkms:", &fake);
    assert_eq!(s.secret_key.expose_secret(), SECRET);
    assert_eq!(s.secret_key_file, Some("/run/secret".into()));
    // The URI comes before the environment, and the environment before the config file.
    let s = settings("scwkms:secret-key-file=/run/other", &fake);
    assert_eq!(s.secret_key.expose_secret(), OTHER_SECRET);
    let s = settings(&format!("scwkms:secret-key={OTHER_SECRET}"), &fake);
    assert_eq!(s.secret_key_file, None);
    let twice = fake.variable("SCW_SECRET_KEY", OTHER_SECRET);
    let message = refusal("scwkms:", &twice);
    for part in ["given twice", "SCW_SECRET_KEY", "SCWKMS_SECRET_KEY_FILE"] {
        assert!(message.contains(part), "{message}");
    }
    let missing = environment().variable("HOME", "/h");
    let message = refusal("scwkms:secret-key-file=/none", &missing);
    assert!(message.contains("/none (URI parameter"), "{message}");
}
