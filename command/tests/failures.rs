//! Errors: one line on standard error, the next step, an exit status, and no secret.

use crate::fixture::{Fixture, PROGRAM, Run};

const UNKNOWN_ID: &str = "11111111-2222-4333-8444-555555555555";

fn check(run: &Run, status: i32, parts: &[&str]) {
    assert_eq!(run.status, status, "{}", run.stderr);
    assert_eq!(run.stdout, b"");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.starts_with("scwkms: "), "{}", run.stderr);
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?}: {}", run.stderr);
    }
}

#[test]
fn each_kind_of_failure_has_an_exit_status() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "ec_p256_sha256");
    let run = |arguments: &[&str]| fixture.run(arguments);
    check(&run(&[]), 2, &["scwkms help"]);
    check(&run(&["sign"]), 2, &["<KEY>", "scwkms help"]);
    check(&run(&["sing"]), 2, &["sing", "'sign'"]);
    check(&run(&["public-key", "a key"]), 2, &["a key is named by"]);
    check(&run(&["public-key", UNKNOWN_ID]), 4, &["scwkms doctor KEY"]);
    check(
        &run(&["sign", &key, "--in", "missing"]),
        1,
        &["missing", "No such file"],
    );
    let unwritable = ["sign", &key, "--out", "no-folder/file"];
    check(&run(&unwritable), 1, &["no-folder/file"]);
    fixture.succeed(&["disable", &key]);
    check(&run(&["sign", &key]), 5, &["disabled"]);
    let nowhere = "scwkms:timeout=1s;api-url=https%3A%2F%2F255.255.255.255";
    check(&run(&["keys", "--client", nowhere]), 6, &["scwkms doctor"]);
    let flip = r#"{"operation": "Sign", "fault": {"kind": "flip"}}"#;
    fixture.succeed(&["enable", &key]);
    fixture.admin("POST", "faults", flip);
    check(&run(&["sign", &key]), 7, &["signature"]);
}

#[test]
fn wrong_credentials_are_not_shown() {
    let fixture = Fixture::new();
    let run = |name: &str, value: &str| -> Run {
        let mut command = fixture.command(PROGRAM);
        command.arg("keys").env(name, value);
        command.output().expect("the command").into()
    };
    let wrong = "99999999-8888-4777-8666-555555555555";
    check(&run("SCW_SECRET_KEY", wrong), 3, &["scwkms doctor"]);
    let malformed = "hunter2-hunter2";
    check(&run("SCW_SECRET_KEY", malformed), 3, &["SCW_SECRET_KEY"]);
    for (name, value) in [("SCW_SECRET_KEY", wrong), ("SCW_SECRET_KEY", malformed)] {
        assert!(!run(name, value).stderr.contains(value));
    }
}

#[test]
fn a_reader_may_end_before_the_output() {
    let fixture = Fixture::new();
    fixture.create_key("k", "ec_p256_sha256");
    let script = format!("{{ {PROGRAM} keys; echo $? >&2; }} | true");
    let output = fixture.command("sh").args(["-c", &script]).output();
    let stderr = String::from_utf8(output.expect("a shell").stderr).expect("text");
    assert!(["0\n", "1\n"].contains(&stderr.as_str()), "{stderr}");
}
