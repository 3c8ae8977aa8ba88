//! Runs the command with an emulator and a directory of its own.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::emulator_process::EmulatorProcess;
use crate::temp_dir::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_scwkms");

/// An emulator, and a directory for files, which is also the home directory.
pub(crate) struct Fixture {
    pub(crate) emulator: EmulatorProcess,
    pub(crate) dir: TempDir,
}

/// The result of running the command.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).expect("JSON")
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("an exit status"),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with_options(&["--rate-limit", "0"])
    }

    pub(crate) fn with_options(options: &[&str]) -> Self {
        let program = std::env::var_os("SCWKMS_EMULATOR")
            .expect("SCWKMS_EMULATOR names the emulator's binary; `make test` sets it");
        Self {
            emulator: EmulatorProcess::start(program, options),
            dir: TempDir::new(),
        }
    }

    /// The environment in which the command finds the emulator.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let value = |name, field: &str| (name, self.emulator.get(field).to_owned());
        vec![
            value("SCW_API_URL", "url"),
            value("SCW_ACCESS_KEY", "access_key"),
            value("SCW_SECRET_KEY", "secret_key"),
            value("SCW_DEFAULT_PROJECT_ID", "project_id"),
            value("SCW_DEFAULT_ORGANIZATION_ID", "organization_id"),
            value("SCW_DEFAULT_REGION", "region"),
            value("SCWKMS_CA_FILE", "ca_file"),
            ("HOME", self.dir.path("").display().to_string()),
            ("PATH", std::env::var("PATH").expect("PATH")),
        ]
    }

    /// A command in the directory and with the environment.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment())
            .current_dir(self.dir.path(""))
            .stdin(Stdio::null());
        command
    }

    /// Runs the command without input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(PROGRAM).args(arguments).output();
        output.expect("the command").into()
    }

    /// Runs the command, which must succeed without a message.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
        run
    }

    /// Runs the command with standard input from a pipe.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = self
            .command(PROGRAM)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command");
        let mut stdin = child.stdin.take().expect("a pipe");
        let output = std::thread::scope(|threads| {
            // The command may write before it has read all. An error means that it has ended without reading.
            threads.spawn(move || stdin.write_all(input));
            child.wait_with_output()
        });
        output.expect("the command").into()
    }

    /// Runs the command on a terminal. The output of both streams is what the terminal received.
    pub(crate) fn run_on_terminal(&self, arguments: &[&str]) -> Run {
        let quoted = arguments.iter().map(|a| format!(" '{a}'"));
        let line = format!("{PROGRAM}{}", quoted.collect::<String>());
        let output = self
            .command("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .output();
        output.expect("the command script").into()
    }

    /// Creates a key that can be deleted, and returns its id.
    pub(crate) fn create_key(&self, name: &str, algorithm: &str) -> String {
        let options = ["create", name, "--algorithm", algorithm, "--unprotected"];
        let run = self.succeed(&[&options[..], &["--json"]].concat());
        run.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Calls the admin endpoint of the emulator.
    pub(crate) fn admin(&self, method: &str, path: &str, body: &str) {
        let url = format!("{}/{path}", self.emulator.get("admin_url"));
        let output = self
            .command("curl")
            .args(["-sS", "--fail", "--cacert", self.emulator.get("ca_file")])
            .args(["-X", method, "-d", body, &url])
            .output()
            .expect("the command curl");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{path}: {stderr}");
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.dir.path(name)).expect(name)
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        Path::new(&self.dir.path(name)).exists()
    }
}
