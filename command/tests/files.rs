//! Envelope encryption of data of any size: encrypt-file and decrypt-file.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Child, Command, Stdio};

use crate::fixture::{Fixture, PROGRAM};

const CONTEXT: [&str; 2] = ["--associated-data", "context"];
const MESSAGE: &str = "message";

/// A fixture with a key and a file with a message of `plaintext`.
fn fixture_with_message(plaintext: &[u8]) -> (Fixture, String) {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "aes_256_gcm");
    fixture.dir.write("plaintext", plaintext);
    let files = ["--in", "plaintext", "--out", MESSAGE];
    fixture.succeed(&[&["encrypt-file", &key], &CONTEXT[..], &files].concat());
    (fixture, key)
}

/// Arguments that decrypt the file with the message, and more arguments.
fn decrypt<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["decrypt-file", "--in", MESSAGE], &CONTEXT[..], more].concat()
}

fn mode(fixture: &Fixture, name: &str) -> u32 {
    let metadata = fs::metadata(fixture.dir.path(name)).expect("metadata");
    metadata.permissions().mode() & 0o777
}

fn files(fixture: &Fixture) -> Vec<String> {
    let entries = fs::read_dir(fixture.dir.path("")).expect("a directory");
    let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("text");
    let mut names: Vec<String> = entries
        .map(|entry| name(entry.expect("an entry")))
        .collect();
    names.sort();
    names
}

#[test]
fn messages_are_decrypted_from_files_and_pipes() {
    for len in [0, 1, 65_536, 200_000] {
        let plaintext = vec![0xa5; len];
        let (fixture, key) = fixture_with_message(&plaintext);
        let piped = [&["encrypt-file", &key], &CONTEXT[..]].concat();
        let encrypted = fixture.run_with_input(&piped, &plaintext);
        assert_eq!((encrypted.status, encrypted.stderr.as_str()), (0, ""));
        for message in [fixture.read(MESSAGE), encrypted.stdout] {
            fixture.dir.write(MESSAGE, &message);
            fixture.succeed(&decrypt(&[&key, "--out", "decrypted"]));
            assert!(fixture.read("decrypted") == plaintext, "{len} bytes");
            assert!(fixture.succeed(&decrypt(&[])).stdout == plaintext, "{len}");
        }
    }
}

#[test]
fn another_key_or_context_is_an_error_without_output() {
    let (fixture, key) = fixture_with_message(b"a secret");
    let other = fixture.create_key("other", "aes_256_gcm");
    let decrypt_message = ["decrypt-file", "--in", MESSAGE, "--out", "decrypted"];
    for (more, part) in [
        (vec![key.as_str()], "associated data"),
        ([&[other.as_str()], &CONTEXT[..]].concat(), "not with key"),
    ] {
        let run = fixture.run(&[&decrypt_message, &more[..]].concat());
        assert_eq!(run.status, 7, "{}", run.stderr);
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    assert_eq!(files(&fixture), [MESSAGE, "plaintext"]);
    let none = fixture.run_with_input(&["decrypt-file"], b"not a message");
    assert_eq!(none.status, 2, "{}", none.stderr);
}

#[test]
fn a_failed_decryption_leaves_no_file_and_keeps_an_existing_one() {
    let (fixture, key) = fixture_with_message(&vec![0xa5; 200_000]);
    let message = fixture.read(MESSAGE);
    let mut modified = message.clone();
    *modified.last_mut().expect("a byte") ^= 1;
    for wrong in [
        &modified[..],
        &message[..message.len() - 1],
        &message[..100_000],
    ] {
        fixture.dir.write(MESSAGE, wrong);
        for existing in [false, true] {
            let _ = fs::remove_file(fixture.dir.path("decrypted"));
            if existing {
                fixture.dir.write("decrypted", b"earlier");
            }
            let before = files(&fixture);
            let run = fixture.run(&decrypt(&[&key, "--out", "decrypted"]));
            assert_eq!(run.status, 7, "{}", run.stderr);
            assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
            assert!(run.stderr.contains("truncated"), "{}", run.stderr);
            assert_eq!(files(&fixture), before);
            assert!(!existing || fixture.read("decrypted") == b"earlier");
        }
    }
}

#[test]
fn a_truncated_message_in_a_pipe_is_an_error_after_its_authentic_segments() {
    let plaintext = vec![0xa5; 200_000];
    let (fixture, _) = fixture_with_message(&plaintext);
    fixture
        .dir
        .write(MESSAGE, &fixture.read(MESSAGE)[..150_000]);
    let run = fixture.run(&decrypt(&[]));
    assert_eq!(run.status, 7, "{}", run.stderr);
    assert!(run.stderr.contains("truncated"), "{}", run.stderr);
    assert!(
        run.stdout == plaintext[..2 * 65_536],
        "{} bytes",
        run.stdout.len()
    );
}

#[test]
fn decrypted_files_are_private_and_existing_permissions_remain() {
    let (fixture, _) = fixture_with_message(b"a secret");
    fixture.succeed(&decrypt(&["--out", "decrypted"]));
    assert_eq!(mode(&fixture, "decrypted"), 0o600);
    assert_eq!(mode(&fixture, MESSAGE), mode(&fixture, "plaintext"));
    let path = fixture.dir.path("decrypted");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
    fixture.succeed(&decrypt(&["--out", "decrypted"]));
    assert_eq!(mode(&fixture, "decrypted"), 0o640);
}

#[test]
fn the_output_may_be_the_input_or_a_link() {
    let (fixture, _) = fixture_with_message(b"a secret");
    symlink("target", fixture.dir.path("link")).expect("a link");
    fixture.dir.write("target", b"earlier");
    fixture.succeed(&decrypt(&["--out", "link"]));
    assert!(fixture.dir.path("link").is_symlink());
    assert_eq!(fixture.read("target"), b"a secret");
    fixture.succeed(&decrypt(&["--out", MESSAGE]));
    assert_eq!(fixture.read(MESSAGE), b"a secret");
}

#[test]
fn an_output_that_is_a_pipe_is_written_and_not_replaced() {
    let (fixture, _) = fixture_with_message(b"a secret");
    let script = format!(
        "mkfifo pipe && {{ {PROGRAM} {} --out pipe & cat pipe; wait $!; }}",
        decrypt(&[]).join(" ")
    );
    let output = fixture.command("sh").args(["-ec", &script]).output();
    let output = output.expect("a shell");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"a secret");
    assert_eq!(files(&fixture), [MESSAGE, "pipe", "plaintext"]);
}

#[test]
fn errors_of_files_name_the_file() {
    let (fixture, key) = fixture_with_message(b"a secret");
    let encrypt = ["encrypt-file", key.as_str(), "--in"];
    for (arguments, part) in [
        (
            &decrypt(&["--out", "no-folder/file"])[..],
            "cannot write no-folder/file",
        ),
        (&decrypt(&["--out", "."]), "cannot write .: Is a directory"),
        (&["decrypt-file", "--in", "missing"], "cannot read missing"),
        (&["decrypt-file", "--in", "/"], "cannot read /"),
        (&[&encrypt[..], &["/"]].concat(), "cannot read /"),
        (
            &[&encrypt[..], &["plaintext", "--out", "no-folder/file"]].concat(),
            "cannot write",
        ),
    ] {
        let run = fixture.run(arguments);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
}

#[test]
fn terminals_receive_verified_text_only() {
    let (fixture, key) = fixture_with_message(b"a text");
    assert_eq!(fixture.run_on_terminal(&decrypt(&[])).text(), "a text");
    let refused = fixture.run_on_terminal(&["encrypt-file", &key, "--in", "plaintext"]);
    assert_eq!(refused.status, 2);
    assert!(refused.text().contains("--out FILE"), "{}", refused.text());
    for plaintext in [&b"\x1b[2J"[..], &vec![b'a'; (1 << 20) + 1]] {
        let (fixture, _) = fixture_with_message(plaintext);
        let refused = fixture.run_on_terminal(&decrypt(&[]));
        assert_eq!(refused.status, 2);
        assert!(refused.text().contains("--out FILE"), "{}", refused.text());
    }
}

/// The most memory that a running process has used so far, in bytes.
fn peak_memory(child: &Child) -> usize {
    let path = format!("/proc/{}/status", child.id());
    let status = fs::read_to_string(path).expect("a process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let field = line.and_then(|line| line.split_whitespace().nth(1));
    field.expect("a size").parse::<usize>().expect("a number") << 10
}

fn start(fixture: &Fixture, arguments: &[&str], input: Stdio) -> Child {
    let mut command: Command = fixture.command(PROGRAM);
    let command = command.args(arguments).stdin(input).stdout(Stdio::piped());
    command.spawn().expect("the command")
}

#[test]
fn streams_of_any_size_need_little_memory() {
    const SIZE: usize = 96 << 20;
    const LIMIT: usize = 48 << 20;
    let (fixture, key) = fixture_with_message(b"");
    let mut encrypting = start(&fixture, &["encrypt-file", &key], Stdio::piped());
    let message = encrypting.stdout.take().expect("a pipe");
    let mut decrypting = start(&fixture, &["decrypt-file", &key], message.into());
    let mut plaintext = decrypting.stdout.take().expect("a pipe");
    let mut input = encrypting.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || {
        let part = vec![0xa5; 1 << 20];
        (0..SIZE / part.len()).for_each(|_| input.write_all(&part).expect("a pipe"));
    });
    // Pipes and segments contain less than 1 MiB, so both processes still run.
    let mut received = vec![0; SIZE - (1 << 20)];
    plaintext.read_exact(&mut received).expect("plaintext");
    assert!(received.iter().all(|byte| *byte == 0xa5));
    for child in [&encrypting, &decrypting] {
        let used = peak_memory(child);
        assert!(used < LIMIT, "{used} bytes");
    }
    received.clear();
    plaintext.read_to_end(&mut received).expect("plaintext");
    writer.join().expect("a thread");
    assert_eq!(received.len(), 1 << 20);
    for child in [&mut encrypting, &mut decrypting] {
        assert!(child.wait().expect("a process").success());
    }
}
