//! The command line and the end of the process.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::{BINARY, Emulator, spawn};

fn run(arguments: &[&str]) -> Output {
    let output = Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    output.expect("the emulator")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn help_and_version_are_printed() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).expect("text");
    for option in [
        "--listen",
        "--plain",
        "--certificate",
        "--data-dir",
        "--env",
        "--exit-on-stdin-close",
        "--log",
        "--latency",
        "--rate-limit",
        "--max-streams",
        "--name-filter",
        "--prepared",
    ] {
        assert!(help.contains(option), "{help}");
    }
    let output = run(&["--version"]);
    let expected = format!("scwkms-emulator {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(output.stdout).expect("text"), expected);
}

#[test]
fn invalid_options_and_addresses_are_rejected() {
    for arguments in [
        &["--listen", "0.0.0.0:0"][..],
        &["--listen", "[::]:0"],
        &["--listen", "192.0.2.1:443"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2));
        let error = stderr(&output);
        assert!(error.contains("not a loopback address"), "{error}");
    }
    assert_eq!(run(&["--nonsense"]).status.code(), Some(2));
    let emulator = Emulator::start(&["--plain"]);
    let address = emulator.get("url").strip_prefix("http://").expect("plain");
    let output = run(&["--plain", "--listen", address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot listen on"));
}

#[test]
fn a_shell_evaluates_the_exports() {
    // This emulator runs in the background and does not watch its standard input. The trap ends
    // it even if the script fails.
    let script = r#"
        SCWKMS_CA_FILE=/from/before
        eval "$($EMULATOR $ARGUMENTS &)"
        trap 'kill $SCWKMS_EMULATOR_PID' EXIT
        echo "$SCW_API_URL $SCW_ACCESS_KEY $SCW_SECRET_KEY $SCW_DEFAULT_PROJECT_ID"
        echo "$SCW_DEFAULT_ORGANIZATION_ID $SCW_DEFAULT_REGION ${SCWKMS_CA_FILE-absent}"
        echo "$SCWKMS_EMULATOR_PID"
        [ -z "${SCWKMS_CA_FILE-}" ] || openssl x509 -noout -in "$SCWKMS_CA_FILE"
    "#;
    for arguments in ["--env", "--env --plain"] {
        let output = Command::new("sh")
            .args(["-e", "-c", script])
            .env("EMULATOR", BINARY)
            .env("ARGUMENTS", arguments)
            .stdin(Stdio::null())
            .output()
            .expect("sh");
        assert!(output.status.success(), "{}", stderr(&output));
        let text = String::from_utf8(output.stdout).expect("text");
        let words: Vec<_> = text.split_whitespace().collect();
        let [
            url,
            access_key,
            secret_key,
            project,
            organization,
            region,
            ca_file,
            pid,
        ] = words[..]
        else {
            panic!("{text}");
        };
        assert!(access_key.starts_with("SCW"));
        for id in [secret_key, project, organization] {
            uuid::Uuid::try_parse(id).expect("a UUID");
        }
        assert_eq!(region, "fr-par");
        assert!(pid.parse::<u32>().is_ok());
        let plain = arguments.contains("--plain");
        assert_eq!(url.starts_with("http://"), plain);
        assert_eq!(ca_file == "absent", plain);
    }
}

#[test]
fn it_ends_with_standard_input_and_removes_its_files() {
    let emulator = Emulator::start(&[]);
    let ca_file = Path::new(emulator.get("ca_file")).to_owned();
    let directory = ca_file.parent().expect("a directory").to_owned();
    assert!(ca_file.is_absolute() && directory.exists());
    assert!(emulator.stop().success());
    assert!(!directory.exists());
}

#[test]
fn it_ends_on_signals() {
    for signal in ["TERM", "INT"] {
        let mut emulator = Emulator::start(&[]);
        let ca_file = emulator.get("ca_file").to_owned();
        emulator.create("aes_256_gcm");
        let sent = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -{signal} {}", emulator.pid()))
            .status()
            .expect("sh");
        assert!(sent.success());
        assert!(emulator.wait().success(), "{signal}");
        assert!(!Path::new(&ca_file).exists());
    }
}

#[test]
fn the_log_has_a_line_for_each_request() {
    let mut child = spawn(&["--log", "--plain"]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe"))
        .read_line(&mut line)
        .expect("a line");
    let ready: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let http = crate::support::client(&ready, |builder| builder);
    let url = ready["url"].as_str().expect("a URL");
    let response = http
        .get(format!("{url}/nonsense"))
        .send()
        .expect("a response");
    let request_id = response.headers()["x-request-id"]
        .to_str()
        .expect("text")
        .to_owned();
    drop(child.stdin.take());
    let mut log = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut log)
        .expect("a log");
    assert!(
        log.starts_with(&format!("{request_id} GET /nonsense 401 ")),
        "{log}"
    );
    assert_eq!(log.lines().count(), 1);
    assert!(child.wait().expect("a status").success());
}
