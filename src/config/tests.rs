mod fake;
mod keys;
mod proxies;
#[cfg(unix)]
mod sdk_cases;

use std::time::Duration;

use secrecy::ExposeSecret;

use self::fake::{Fake, environment};
use super::*;
use crate::error::ErrorKind;
use crate::uri::Uri;

const ACCESS: &str = "SCWAAAAAAAAAAAAAAAAA";
const SECRET: &str = "11111111-1111-1111-1111-111111111111";
const OTHER_SECRET: &str = "22222222-2222-2222-2222-222222222222";
const PROJECT: &str = "33333333-3333-3333-3333-333333333333";

fn settings(uri: &str, fake: &Fake) -> Settings {
    resolve(&Uri::parse(uri).expect(uri), fake).unwrap_or_else(|e| panic!("{uri}: {e}"))
}

fn refusal(uri: &str, fake: &Fake) -> String {
    match resolve(&Uri::parse(uri).expect(uri), fake) {
        Ok(_) => panic!("{uri} was accepted"),
        Err(e) => {
            assert_eq!(e.kind(), ErrorKind::Configuration, "{e}");
            let message = e.to_string();
            assert!(!message.contains(SECRET), "{message}");
            message
        }
    }
}

fn file_with_profiles() -> String {
    format!(
        "access_key: {ACCESS}\nsecret_key: {SECRET}\ndefault_region: fr-par\nunknown: 1\n\
         default_project_id: {PROJECT}\n\
         profiles:\n  second:\n    secret_key: {OTHER_SECRET}\n    default_region: nl-ams\n  bare:\n"
    )
}

#[test]
fn defaults() {
    let s = settings("scwkms:", &environment());
    assert_eq!(s.secret_key.expose_secret(), SECRET);
    assert_eq!(s.api_url.as_str(), "https://api.scaleway.com");
    assert_eq!(s.timeout, Duration::from_secs(15));
    assert!(s.verify && !s.insecure && s.region.is_none() && s.warnings.is_empty());
}

#[test]
fn later_sources_win() {
    let fake = environment()
        .variable("HOME", "/h")
        .variable("SCW_DEFAULT_REGION", "pl-waw")
        .file("/h/.config/scw/config.yaml", &file_with_profiles());
    assert_eq!(settings("scwkms:", &fake).region.as_deref(), Some("pl-waw"));
    assert_eq!(
        settings("scwkms:region=nl-ams", &fake).region.as_deref(),
        Some("nl-ams")
    );
    assert_eq!(
        settings("scwkms:", &fake).project_id.as_deref(),
        Some(PROJECT)
    );
    let uri = format!("scwkms:secret-key={OTHER_SECRET}");
    assert_eq!(
        settings(&uri, &fake).secret_key.expose_secret(),
        OTHER_SECRET
    );
}

#[test]
fn errors_show_no_secret_key_that_is_another_setting() {
    for variable in ["SCW_DEFAULT_REGION", "SCW_USER_AGENT"] {
        let value = format!("{SECRET}\n");
        let message = refusal("scwkms:", &environment().variable(variable, value));
        assert!(!message.contains(SECRET), "{message}");
    }
}

#[test]
fn the_ca_file_of_the_uri_wins() {
    let fake = environment().variable("SCWKMS_CA_FILE", "/etc/environment.pem");
    let ca_file = |uri: &str, fake: &Fake| settings(uri, fake).ca_file;
    let from = |path: &str| Some(std::path::PathBuf::from(path));
    assert_eq!(ca_file("scwkms:", &fake), from("/etc/environment.pem"));
    assert_eq!(ca_file("scwkms:ca-file=/uri.pem", &fake), from("/uri.pem"));
    assert_eq!(
        ca_file("scwkms:", &fake.variable("SCWKMS_CA_FILE", "")),
        None
    );
    assert_eq!(ca_file("scwkms:", &environment()), None);
}

#[test]
fn profiles_are_laid_over_the_root() {
    let fake = Fake::default()
        .variable("HOME", "/h")
        .file("/h/.config/scw/config.yaml", &file_with_profiles());
    let root = settings("scwkms:", &fake);
    assert_eq!(root.region.as_deref(), Some("fr-par"));
    assert_eq!(root.secret_key.expose_secret(), SECRET);
    let second = settings("scwkms:profile=second", &fake);
    assert_eq!(second.region.as_deref(), Some("nl-ams"));
    assert_eq!(second.secret_key.expose_secret(), OTHER_SECRET);
    assert_eq!(second.project_id.as_deref(), Some(PROJECT));
    assert_eq!(
        settings("scwkms:profile=bare", &fake).region.as_deref(),
        Some("fr-par")
    );
    assert_eq!(
        settings("scwkms:profile=default", &fake).region.as_deref(),
        Some("fr-par")
    );

    let chosen = Fake::default()
        .variable("SCW_PROFILE", "second")
        .variable("XDG_CONFIG_HOME", "/x")
        .file("/x/scw/config.yml", &file_with_profiles());
    assert_eq!(
        settings("scwkms:", &chosen).region.as_deref(),
        Some("nl-ams")
    );
    assert_eq!(
        settings("scwkms:profile=default", &chosen)
            .region
            .as_deref(),
        Some("fr-par")
    );

    let active = format!("active_profile: second\n{}", file_with_profiles());
    let active = Fake::default()
        .variable("SCW_CONFIG_PATH", "/c")
        .file("/c", &active);
    assert_eq!(
        settings("scwkms:", &active).region.as_deref(),
        Some("nl-ams")
    );
}

#[test]
fn a_given_path_comes_before_the_usual_ones() {
    let other = format!("access_key: {ACCESS}\nsecret_key: {OTHER_SECRET}\n");
    let fake = Fake::default()
        .variable("HOME", "/h")
        .variable("SCW_CONFIG_PATH", "/c")
        .file("/h/.config/scw/config.yaml", &file_with_profiles())
        .file("/c", &file_with_profiles())
        .file("/u", &other);
    assert_eq!(
        settings("scwkms:", &fake).secret_key.expose_secret(),
        SECRET
    );
    assert_eq!(
        settings("scwkms:config=/u", &fake)
            .secret_key
            .expose_secret(),
        OTHER_SECRET
    );
}

#[test]
fn deprecated_names_are_read_and_come_last() {
    let fake = Fake::default()
        .variable("SCALEWAY_ACCESS_KEY", ACCESS)
        .variable("SCW_TOKEN", SECRET)
        .variable("SCW_REGION", "ams1")
        .variable("SCALEWAY_ORGANIZATION", PROJECT)
        .variable("SCW_TLSVERIFY", "false");
    let s = settings("scwkms:", &fake);
    assert_eq!(s.region.as_deref(), Some("nl-ams"));
    assert_eq!(s.organization_id.as_deref(), Some(PROJECT));
    assert!(s.insecure);
    let newer = fake
        .variable("SCW_SECRET_KEY", OTHER_SECRET)
        .variable("SCW_INSECURE", "0");
    let s = settings("scwkms:", &newer);
    assert_eq!(s.secret_key.expose_secret(), OTHER_SECRET);
    assert!(!s.insecure);
}

#[test]
fn insecure_is_loud() {
    for (uri, fake) in [
        ("scwkms:insecure=true", environment()),
        ("scwkms:", environment().variable("SCW_INSECURE", "1")),
        (
            "scwkms:config=/c",
            environment().file("/c", "insecure: yes"),
        ),
        (
            "scwkms:config=/c",
            environment().file("/c", "insecure: true"),
        ),
    ] {
        let s = settings(uri, &fake);
        assert!(s.insecure, "{uri}");
        assert!(
            s.warnings.iter().any(|w| w.contains("not verified")),
            "{uri}"
        );
    }
    let overruled = environment().variable("SCW_INSECURE", "1");
    assert!(!settings("scwkms:insecure=false", &overruled).insecure);
}

#[test]
fn an_exposed_file_is_warned_of() {
    let mut fake = environment().file("/c", "default_region: fr-par");
    assert!(settings("scwkms:config=/c", &fake).warnings.is_empty());
    fake.exposed = true;
    assert!(settings("scwkms:config=/c", &fake).warnings[0].contains("chmod 600"));
}

#[cfg(unix)]
#[test]
fn who_else_may_read_the_file_is_seen() {
    use std::os::unix::fs::PermissionsExt;

    let path = std::env::temp_dir().join(format!("scwkms-config-{}", std::process::id()));
    std::fs::write(&path, "default_region: fr-par").expect("a file");
    for (mode, exposed) in [
        (0o600, false),
        (0o400, false),
        (0o640, true),
        (0o604, true),
        (0o620, true),
        (0o666, true),
    ] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&path, permissions).expect("its owner's right");
        let content = ProcessEnvironment.read(&path).expect("a file");
        assert_eq!(content.exposed, exposed, "{mode:o}");
    }
    std::fs::remove_file(&path).expect("a file");
}

#[test]
fn mistakes_say_where_they_stand() {
    let with = |name: &str, value: &str| environment().variable(name, value);
    let in_file = |text: &str| {
        environment()
            .file("/c", text)
            .variable("SCW_CONFIG_PATH", "/c")
    };
    for (uri, fake, expected) in [
        (
            "scwkms:",
            Fake::default(),
            vec!["no credentials", "SCW_SECRET_KEY", "scw init"],
        ),
        (
            "scwkms:",
            Fake::default().variable("SCW_ACCESS_KEY", ACCESS),
            vec!["no secret key", "SCW_ACCESS_KEY"],
        ),
        (
            "scwkms:",
            Fake::default().variable("SCW_SECRET_KEY", SECRET),
            vec!["no access key", "SCW_SECRET_KEY"],
        ),
        (
            "scwkms:",
            with("SCW_ACCESS_KEY", SECRET),
            vec!["access key (environment variable SCW_ACCESS_KEY) is malformed"],
        ),
        (
            "scwkms:secret-key=x",
            environment(),
            vec!["secret key (URI parameter secret-key) is malformed"],
        ),
        (
            "scwkms:project-id=x",
            environment(),
            vec!["project id \"x\" (URI parameter project-id)"],
        ),
        (
            "scwkms:",
            with("SCW_DEFAULT_REGION", "Paris"),
            vec!["\"Paris\" (environment variable SCW_DEFAULT_REGION)"],
        ),
        (
            "scwkms:",
            with("SCW_INSECURE", "maybe"),
            vec!["SCW_INSECURE", "\"maybe\""],
        ),
        (
            "scwkms:insecure=2",
            environment(),
            vec!["insecure (URI) is \"2\""],
        ),
        (
            "scwkms:verify=no",
            environment(),
            vec!["verify (URI) is \"no\""],
        ),
        (
            "scwkms:timeout=15",
            environment(),
            vec!["timeout \"15\" (URI)", "15s"],
        ),
        (
            "scwkms:api-url=http%3A%2F%2Fexample.com",
            environment(),
            vec!["URI parameter api-url", "unencrypted"],
        ),
        (
            "scwkms:profile=x",
            environment(),
            vec!["profile \"x\" (URI parameter profile)", "HOME is set"],
        ),
        (
            "scwkms:profile=x",
            with("HOME", "/h"),
            vec!["there is no config file /h/.config/scw/config.yaml"],
        ),
        (
            "scwkms:config=/none",
            environment(),
            vec!["/none (URI parameter config) cannot be read"],
        ),
        (
            "scwkms:",
            with("SCW_CONFIG_PATH", "/none"),
            vec!["/none (environment variable SCW_CONFIG_PATH)"],
        ),
        (
            "scwkms:",
            in_file("unreadable"),
            vec!["/c", "cannot be read"],
        ),
        ("scwkms:", in_file("a: [1"), vec!["/c is malformed"]),
        ("scwkms:", in_file("just text"), vec!["/c is malformed"]),
        (
            "scwkms:",
            in_file("default_region: {}"),
            vec!["default_region in /c is malformed"],
        ),
        (
            "scwkms:",
            in_file("insecure: maybe"),
            vec!["insecure in /c", "true or false"],
        ),
        (
            "scwkms:",
            in_file("profiles: 7\nactive_profile: a"),
            vec!["profiles in /c is malformed"],
        ),
        (
            "scwkms:",
            in_file("active_profile: a"),
            vec!["profile \"a\" (active_profile in /c)", "no profiles"],
        ),
        (
            "scwkms:profile=z",
            in_file(&file_with_profiles()),
            vec!["profile \"z\"", "config file /c", "second, bare"],
        ),
        (
            "scwkms:profile=p",
            in_file("profiles: {p: {default_region: mars}}"),
            vec![],
        ),
    ] {
        // The last row's region is wrong in the file and right nowhere else.
        let expected = if expected.is_empty() {
            vec!["\"mars\" (profiles.p.default_region in /c)"]
        } else {
            expected
        };
        let message = refusal(uri, &fake);
        for part in expected {
            assert!(
                message.contains(part),
                "{uri}: {part:?} is not in: {message}"
            );
        }
    }
}

#[test]
fn malformed_files_do_not_show_their_secrets() {
    for text in [
        format!("secret_key: '{SECRET}"),
        format!("secret_key: [{SECRET}"),
        format!("{SECRET}: : :"),
    ] {
        let fake = environment().file("/c", &text);
        refusal("scwkms:config=/c", &fake);
    }
}
