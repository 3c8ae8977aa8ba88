//! Shell completions and manual pages.

use std::path::Path;

use crate::fixture::{Fixture, PROGRAM};

#[test]
fn bash_accepts_the_completions_and_completes_subcommands() {
    let fixture = Fixture::new();
    let completions = fixture.succeed(&["completions", "bash"]).stdout;
    fixture.dir.write("completions", &completions);
    let script = "source ./completions; COMP_WORDS=(scwkms self); COMP_CWORD=1; _scwkms scwkms self scwkms; \
                  echo \"${COMPREPLY[@]}\"";
    let output = fixture.command("bash").args(["-c", script]).output();
    let output = output.expect("bash");
    assert_eq!(
        String::from_utf8(output.stdout).expect("text"),
        "self-signed\n"
    );
    for shell in ["zsh", "fish"] {
        let completions = fixture.succeed(&["completions", shell]).text();
        assert!(completions.contains("self-signed"), "{shell}");
    }
}

/// The blocks of the document that follow a comment.
fn blocks(comment: &str) -> Vec<&'static str> {
    let document = include_str!("../../docs/command.md");
    let parts = document.split(comment).skip(1);
    parts
        .filter_map(|part| part.split_once('\n')?.1.split("```").next())
        .collect()
}

/// Executes commands of the document, which must all succeed. Both streams are in the output.
fn execute(fixture: &Fixture, script: &str) -> String {
    let folder = Path::new(PROGRAM).parent().expect("a folder").display();
    let path = format!("{folder}:{}", std::env::var("PATH").expect("PATH"));
    let script = format!("exec 2>&1\n{script}");
    let mut shell = fixture.command("sh");
    let output = shell.args(["-ec", &script]).env("PATH", path).output();
    let output = output.expect("a shell");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_commands_of_the_document_work() {
    let fixture = Fixture::new();
    let outputs: Vec<String> = blocks("<!-- run -->\n```sh")
        .into_iter()
        .map(|script| execute(&fixture, script))
        .collect();
    fixture.dir.openssl("verify -CAfile root.pem root.pem");
    assert_eq!(outputs.len(), 3);
    let documented = blocks("<!-- output -->\n```");
    assert_eq!(documented, [outputs[2].as_str()]);
}

#[test]
fn each_subcommand_has_a_manual_page() {
    let fixture = Fixture::new();
    fixture.succeed(&["man", "pages"]);
    let page = String::from_utf8(fixture.read("pages/scwkms.1")).expect("text");
    assert!(page.contains("Exit statuses"), "{page}");
    for name in ["keys", "sign", "doctor", "self-signed", "encrypt-file"] {
        assert!(fixture.exists(&format!("pages/scwkms-{name}.1")), "{name}");
    }
    assert!(!fixture.exists("pages/scwkms-completions.1"));
}
