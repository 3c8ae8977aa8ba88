//! docs/doctor.md: between its marks it shows the output of each case.

use std::fs;

use super::DoctorFixture;
use super::cases::{CASES, Case};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/doctor.md");

/// Writes the document instead of checking it.
const WRITE: &str = "SCWKMS_WRITE_DOCTOR";

/// Compares the document with the output of all cases.
pub(super) fn check(output_of: impl Fn(&Case) -> String) {
    let document = fs::read_to_string(DOCUMENT).expect("docs/doctor.md");
    let mut expected = document.clone();
    for case in CASES {
        expected = with_output(&expected, case.name, &output_of(case));
    }
    if std::env::var_os(WRITE).is_some() {
        fs::write(DOCUMENT, &expected).expect("docs/doctor.md");
    }
    let differing = document.lines().zip(expected.lines());
    let first = differing.into_iter().find(|(old, new)| old != new);
    let written = fs::read_to_string(DOCUMENT).expect("docs/doctor.md");
    assert!(
        written == expected,
        "docs/doctor.md differs: {first:?}; {WRITE}=1 writes it"
    );
}

/// The document with another output in the block after a case's mark.
fn with_output(document: &str, name: &str, output: &str) -> String {
    let start = format!("<!-- output: {name} -->\n```text\n");
    let (before, rest) = document
        .split_once(&start)
        .unwrap_or_else(|| panic!("docs/doctor.md has no mark for {name}"));
    let (_, after) = rest.split_once("```\n").expect("the end of the block");
    format!("{before}{start}{output}```\n{after}")
}

/// The output with fixed values in place of those that differ between runs.
pub(super) fn normalize(fixture: &DoctorFixture, case: &Case, output: &str) -> String {
    let DoctorFixture {
        fixture,
        servers,
        key,
    } = fixture;
    let emulator = &fixture.emulator;
    let url = emulator.get("url");
    let address = |url: &str| url.split("//").last().expect("an address").to_owned();
    let mut text = output.to_owned();
    for (from, to) in [
        (address(url), "127.0.0.1:8443"),
        (address(&servers.refusing_proxy), "127.0.0.1:3128"),
        (address(&servers.other_clock), "127.0.0.1:8080"),
        (fixture.dir.path("").display().to_string(), "/home/user/"),
        (emulator.get("ca_file").to_owned(), "/etc/scwkms/ca.pem"),
        (
            emulator.get("access_key").to_owned(),
            "SCWEXAMPLE0000000000",
        ),
        (
            emulator.get("project_id").to_owned(),
            "22222222-2222-4222-8222-222222222222",
        ),
        (
            emulator.get("organization_id").to_owned(),
            "33333333-3333-4333-8333-333333333333",
        ),
        (key.clone(), "8a83f62f-2b00-4e17-9bef-bc10faef3098"),
    ] {
        text = text.replace(&from, to);
    }
    for (before, after, number) in [
        (", in ", " ms", "12"),
        (" bytes in ", " ms", "24"),
        ("signature: ", " bytes", "71"),
        ("60 min ", " s", "30"),
    ] {
        text = with_number(&text, before, after, number);
    }
    let lines = text.lines().filter(|line| !is_left_out(case, line));
    lines.map(|line| fixed_line(line) + "\n").collect()
}

/// In most cases the details of the step settings are left out.
fn is_left_out(case: &Case, line: &str) -> bool {
    let shown = ["works", "no-credentials"].contains(&case.name);
    !shown && line.starts_with("          ") && line.ends_with(']')
}

/// The dates of the certificate, the requests that are left, and the request id differ.
fn fixed_line(line: &str) -> String {
    if line.starts_with("          valid ") {
        return "          valid        2026-01-01 to 2036-01-01".to_owned();
    }
    if line.starts_with("ok      rate limit: ") && line.contains(" of 50 ") {
        return with_number(line, "rate limit: ", " of 50", "45");
    }
    match line.split_once("request id ") {
        Some((before, after)) => {
            let (_, rest) = after.split_once(')').expect("a parenthesis");
            format!("{before}request id 6c2f6b0e-0d5f-4a53-9c0b-3f1d0f0a7c11){rest}")
        }
        None => line.to_owned(),
    }
}

/// The text with another number between two texts.
fn with_number(text: &str, before: &str, after: &str, number: &str) -> String {
    let mut parts = text.split(before);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = rest.len() < part.len() && rest.starts_with(after);
        result += before;
        result += &match is_number {
            true => format!("{number}{rest}"),
            false => part.to_owned(),
        };
    }
    result
}
