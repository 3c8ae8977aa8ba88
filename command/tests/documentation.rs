//! Shell completions and manual pages.

use crate::fixture::Fixture;

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

#[test]
fn each_subcommand_has_a_manual_page() {
    let fixture = Fixture::new();
    fixture.succeed(&["man", "pages"]);
    let page = String::from_utf8(fixture.read("pages/scwkms.1")).expect("text");
    assert!(page.contains("Exit statuses"), "{page}");
    for name in ["keys", "sign", "doctor", "self-signed"] {
        assert!(fixture.exists(&format!("pages/scwkms-{name}.1")), "{name}");
    }
    assert!(!fixture.exists("pages/scwkms-completions.1"));
}
