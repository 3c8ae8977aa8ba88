//! `scwkms doctor`: each cause is identified, and docs/doctor.md shows the output.

mod cases;
mod document;
mod pkcs11;
mod servers;

use crate::fixture::{Fixture, PROGRAM, Run};
use cases::{CASES, Case};
use servers::Servers;

/// An emulator with the service's rate limit, a key, and servers that fail.
struct DoctorFixture {
    fixture: Fixture,
    servers: Servers,
    key: String,
}

impl DoctorFixture {
    fn new() -> Self {
        let fixture = Fixture::with_options(&["--rate-limit", "50"]);
        Self {
            key: fixture.create_key("my-key", "ec_p256_sha256"),
            fixture,
            servers: Servers::start(),
        }
    }

    /// Runs doctor with the settings and the key of a case.
    fn run(&self, case: &Case, more: &[&str]) -> Run {
        if let Some((method, path, body)) = case.admin {
            self.fixture.admin(method, &self.expand(path), body);
        }
        let mut command = self.fixture.command(PROGRAM);
        for (name, value) in case.environment {
            match value {
                Some(value) => command.env(name, self.expand(value)),
                None => command.env_remove(name),
            };
        }
        self.fixture.dir.write(
            "aliases",
            format!("no-such-host {}\n", "a".repeat(64)).as_bytes(),
        );
        let arguments = case.arguments.iter().map(|a| self.expand(a));
        let output = command.arg("doctor").args(arguments).args(more).output();
        let run = output.expect("the command").into();
        if let Some((method, path, body)) = case.restore {
            self.fixture.admin(method, &self.expand(path), body);
        }
        run
    }

    fn expand(&self, text: &str) -> String {
        text.replace("@KEY@", &self.key)
            .replace("@DIR@", &self.fixture.dir.path("").display().to_string())
            .replace("@REFUSING_PROXY@", &self.servers.refusing_proxy)
            .replace("@OTHER_CLOCK@", &self.servers.other_clock)
    }
}

#[test]
fn each_cause_is_identified() {
    let fixture = DoctorFixture::new();
    for case in CASES {
        let run = fixture.run(case, &[]);
        let text = run.text();
        assert_eq!(run.stderr, "", "{}", case.name);
        assert_eq!(run.status, i32::from(case.failed_step.is_some()), "{text}");
        for part in case.parts {
            assert!(
                text.contains(&fixture.expand(part)),
                "{}: {part:?} is not in {text}",
                case.name
            );
        }
        assert_no_secret(&fixture, &text);
        check_json(&fixture, case);
    }
}

fn check_json(fixture: &DoctorFixture, case: &Case) {
    let run = fixture.run(case, &["--json"]);
    assert_no_secret(fixture, &run.text());
    let report = run.json();
    assert_eq!(report["ok"], case.failed_step.is_none(), "{}", case.name);
    let steps = report["steps"].as_array().expect("a list");
    let failed: Vec<&str> = steps
        .iter()
        .filter(|step| step["status"] == "failed")
        .filter_map(|step| step["name"].as_str())
        .collect();
    let expected: Vec<&str> = case
        .failed_step
        .iter()
        .flat_map(|names| names.iter().copied())
        .collect();
    assert_eq!(failed, expected, "{}", case.name);
}

fn assert_no_secret(fixture: &DoctorFixture, text: &str) {
    let secret_key = fixture.fixture.emulator.get("secret_key");
    assert!(!text.contains(secret_key), "{text}");
    assert!(!text.contains(cases::WRONG_SECRET), "{text}");
}

#[test]
fn the_origin_of_each_setting_is_shown() {
    let fixture = Fixture::new();
    let secret_key = fixture.emulator.get("secret_key");
    std::fs::create_dir_all(fixture.dir.path(".config/scw")).expect("a directory");
    let profile = format!(
        "access_key: {}\n    secret_key: {secret_key}",
        fixture.emulator.get("access_key")
    );
    let file = format!("default_region: pl-waw\nprofiles:\n  work:\n    {profile}\n");
    fixture
        .dir
        .write(".config/scw/config.yaml", file.as_bytes());
    let mut command = fixture.command(PROGRAM);
    for name in ["SCW_ACCESS_KEY", "SCW_SECRET_KEY", "SCW_DEFAULT_REGION"] {
        command.env_remove(name);
    }
    let client = "scwkms:profile=work;timeout=3s";
    let output = command.args(["doctor", "--client", client]).output();
    let text = Run::from(output.expect("the command")).text();
    for part in [
        "warning settings",
        "[profiles.work.secret_key in /",
        "pl-waw [default_region in /",
        "work [URI parameter profile]",
        "3s [URI parameter timeout]",
        "`chmod 600` closes it",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(!text.contains(secret_key), "{text}");
}

#[test]
fn a_secret_key_in_the_wrong_setting_is_not_shown() {
    let fixture = Fixture::new();
    let secret_key = fixture.emulator.get("secret_key");
    for name in [
        "SCW_ACCESS_KEY",
        "SCW_DEFAULT_PROJECT_ID",
        "SCW_DEFAULT_REGION",
        "SCW_API_URL",
        "SCW_USER_AGENT",
    ] {
        let command = || {
            let mut command = fixture.command(PROGRAM);
            command.arg("doctor").env(name, secret_key);
            command
        };
        for more in [&[][..], &["--json"]] {
            let output = command().args(more).output().expect("the command");
            let text = Run::from(output).text();
            assert!(text.contains("not shown)"), "{name}: {text}");
            assert!(!text.contains(secret_key), "{name}: {text}");
        }
    }
}

#[test]
fn settings_that_cannot_be_used_are_reported_once() {
    let fixture = Fixture::new();
    fixture.dir.write("config.yaml", b"profiles: [");
    fixture.dir.write("ca.pem", b"no certificate");
    for (client, failed_step) in [
        ("scwkms:config=config.yaml", "settings"),
        ("scwkms:ca-file=ca.pem", "preparation"),
    ] {
        let run = fixture.run(&["doctor", "--json", "--client", client]);
        let steps = run.json()["steps"].as_array().expect("a list").clone();
        let names_with = |status: &str| {
            let found = steps.iter().filter(|step| step["status"] == status);
            found.map(|step| step["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(names_with("failed"), [failed_step]);
        let skipped = ["name lookup", "connection", "TLS", "request"];
        assert_eq!(names_with("skipped"), skipped);
    }
}

#[test]
fn an_unknown_region_is_identified() {
    let fixture = Fixture::new();
    let run = fixture.run(&["doctor", "--client", "scwkms:region=xx-nowhere"]);
    let run = match run.status {
        1 => run.text(),
        status => panic!("{status}: {}", run.text()),
    };
    assert!(run.contains("check region and api-url"), "{run}");
}

#[test]
fn the_document_shows_the_output() {
    let fixture = DoctorFixture::new();
    document::check(|case| document::normalize(&fixture, case, &fixture.run(case, &[]).text()));
}
