//! Tests of the configuration file.

use std::path::Path;

use super::file::parse;
use super::{Config, KeySelector, PinPolicy, RsaKeys, Selection, TokenConfig};
use crate::log::{Level, Target};

fn parse_text(text: &str) -> Result<Config, String> {
    parse(text, Path::new("/etc/pkcs11.toml"))
}

#[test]
fn all_settings() {
    let config = parse_text(
        r#"
        log = "/var/log/pkcs11"
        log-level = "debug"
        [[token]]
        label = "ca"
        client = "scwkms:region=fr-par"
        keys = [{ name = "root" }, { tag = "x" }, { id = "8A83F62F-2b00-4e17-9bef-bc10faef3098" }]
        certificates = ["/ca.pem", "chain"]
        read-only = false
        pin = "secret-key"
        rsa-keys = "pss"
        protect = false
        [[token]]
        label = "other"
        "#,
    )
    .expect("a configuration");
    assert_eq!(config.log, Some(Target::File("/var/log/pkcs11".into())));
    assert_eq!(config.level, Level::Debug);
    let token = &config.tokens[0];
    assert_eq!(token.client, "scwkms:region=fr-par");
    let Selection::Only(selectors) = &token.keys else {
        panic!("all keys");
    };
    assert_eq!(
        selectors[2],
        KeySelector::Id("8a83f62f-2b00-4e17-9bef-bc10faef3098".into())
    );
    assert_eq!(token.certificates[0].0, Path::new("/ca.pem"));
    assert_eq!(token.certificates[1].0, Path::new("/etc/chain"));
    assert_eq!(token.certificates[1].1, "/etc/pkcs11.toml line 8");
    assert!(!token.read_only && !token.protect);
    assert_eq!(
        (token.pin, token.rsa_keys),
        (PinPolicy::SecretKey, RsaKeys::Pss)
    );
    assert_eq!(config.tokens[1], TokenConfig::with_label("other"));
}

#[test]
fn without_tokens_there_is_the_default_token() {
    let config = parse_text("log = \"stderr\"").expect("a configuration");
    assert_eq!(config.log, Some(Target::Stderr));
    assert_eq!(config.tokens, [TokenConfig::with_label("scwkms")]);
}

#[test]
fn errors_contain_the_line_and_the_value() {
    for (text, expected) in [
        ("[[token]]\nlabel = 5", ["line 2", "label = 5"]),
        ("[[token]]\nlabel = \"\"", ["line 2", "1 to 32 bytes"]),
        (
            "[[token]]\nlabel = \"a\"\npin = \"1234\"",
            ["line 3", "pin = \"1234\""],
        ),
        ("[[token]]\nlabel = \"a\"\nslot = 1", ["line 3", "slot = 1"]),
        (
            "[[token]]\nlabel = \"a\"\nkeys = [{ id = \"x\" }]",
            ["line 3", "UUID"],
        ),
        (
            "[[token]]\nlabel = \"a\"\nkeys = [{ tag = \"x,y\" }]",
            ["line 3", "no comma"],
        ),
        (
            "[[token]]\nlabel = \"a\"\n[[token]]\nlabel = \"a\"",
            ["line 4", "same label"],
        ),
        (
            "[[token]]\nlabel = \"a\"\nclient = \"fr-par\"",
            ["line 3", "begins with scwkms:"],
        ),
        ("log-level = \"loud\"", ["line 1", "log-level = \"loud\""]),
        ("[[token]", ["line 1", "[[token]"]),
    ] {
        let error = parse_text(text).expect_err(text);
        for part in expected {
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}

#[test]
fn errors_do_not_contain_the_secret_key() {
    const KEY: &str = "5ec2e7ca-5ec2-4e7c-85ec-2e7ca5ec2e7c";
    for setting in [
        "client = \"x:secret-key=5ec2e7ca\"".to_owned(),
        format!("client = \"x:secret-key={KEY}\""),
        format!("pin = \"{KEY}\""),
        format!("secret-key = \"{KEY}\""),
        format!("read-only = \"{KEY}\""),
    ] {
        let text = format!("[[token]]\nlabel = \"a\"\n{setting}");
        let error = parse_text(&text).expect_err(&text);
        assert!(
            error.contains("line 3") && !error.contains("5ec2e7ca"),
            "{error}"
        );
    }
}
