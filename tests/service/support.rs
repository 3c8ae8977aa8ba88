//! A running emulator, and what tests ask of it.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use reqwest::blocking;
use serde_json::{Value, json};

pub(crate) struct Emulator {
    process: Child,
    // The emulator ends when this is closed, by a test that ends or dies.
    stdin: Option<ChildStdin>,
    ready: Value,
    admin: blocking::Client,
}

impl Emulator {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(options: &[&str]) -> Self {
        let program = std::env::var_os("SCWKMS_EMULATOR").expect(
            "SCWKMS_EMULATOR names the emulator's binary; `make test` builds it and sets it",
        );
        let mut process = Command::new(program)
            .arg("--exit-on-stdin-close")
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator");
        let stdin = process.stdin.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe"))
            .read_line(&mut line)
            .expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("JSON");
        // The second call of a process finds the provider there already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let admin = blocking::Client::builder()
            .tls_danger_accept_invalid_certs(true)
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Self {
            process,
            stdin: Some(stdin),
            ready,
            admin,
        }
    }

    pub(crate) fn get(&self, field: &str) -> &str {
        self.ready[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field}"))
    }

    /// A client URI for this emulator, with further parameters.
    pub(crate) fn uri(&self, more: &str) -> String {
        let mut uri = String::from("scwkms:");
        for (name, field) in [
            ("api-url", "url"),
            ("ca-file", "ca_file"),
            ("access-key", "access_key"),
            ("secret-key", "secret_key"),
            ("project-id", "project_id"),
            ("region", "region"),
        ] {
            // Without TLS there is no authority.
            if let Some(value) = self.ready[field].as_str() {
                let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
                uri.push_str(&format!("{name}={value};"));
            }
        }
        uri + more
    }

    /// The same by another host and port, which lead here.
    pub(crate) fn uri_by(&self, host: &str, port: u16, more: &str) -> String {
        let scheme = self.get("url").split("://").next().expect("a URL");
        with_parameter(
            &self.uri(more),
            "api-url",
            &format!("{scheme}://{host}:{port}"),
        )
    }

    /// A client that is patient: on a slow machine the emulator takes its time for a large RSA key.
    pub(crate) fn client(&self) -> scwkms::Client {
        scwkms::Client::open(&self.uri("timeout=2m")).expect("a client")
    }

    /// Requests that were counted since the last reset.
    pub(crate) fn requests(&self) -> u64 {
        self.count("requests")
    }

    pub(crate) fn reset_requests(&self) {
        self.admin("DELETE", "stats", None);
    }

    /// One of the emulator's counters.
    pub(crate) fn count(&self, counter: &str) -> u64 {
        self.stats()[counter].as_u64().expect("a number")
    }

    /// Waits until a counter has reached a number. Each look at it is a request, so it does not
    /// spin.
    pub(crate) fn wait_until(&self, counter: &str, number: u64) {
        const PATIENCE: Duration = Duration::from_secs(60);
        let begun = Instant::now();
        while self.count(counter) < number {
            assert!(
                begun.elapsed() < PATIENCE,
                "{counter} is {} and never {number}",
                self.count(counter)
            );
        }
    }

    /// The last requests, as the emulator remembers them.
    pub(crate) fn log(&self) -> Vec<Value> {
        match self.admin("GET", "requests", None) {
            Value::Array(list) => list,
            other => other["requests"].as_array().cloned().expect("a list"),
        }
    }

    /// Queues a fault for the next requests of an operation.
    pub(crate) fn fault(&self, operation: &str, times: u32, fault: Value) {
        let body = json!({"operation": operation, "times": times, "fault": fault});
        self.admin("POST", "faults", Some(body));
    }

    /// Queues a fault for all further requests of an operation.
    pub(crate) fn lasting_fault(&self, operation: &str, fault: Value) {
        let body = json!({"operation": operation, "times": null, "fault": fault});
        self.admin("POST", "faults", Some(body));
    }

    pub(crate) fn clear_faults(&self) {
        self.admin("DELETE", "faults", None);
    }

    /// All counters.
    pub(crate) fn stats(&self) -> Value {
        self.admin("GET", "stats", None)
    }

    /// Asks the service itself, without the client under test. The path is below the region's.
    pub(crate) fn api(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.exchange(
            method,
            &format!("key-manager/v1alpha1/regions/fr-par/{path}"),
            body,
        )
    }

    fn admin(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.exchange(method, &format!("emulator/{path}"), body)
    }

    fn exchange(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/{path}", self.get("url"));
        let mut request = self
            .admin
            .request(method.parse().expect("a method"), url)
            .header("x-auth-token", self.get("secret_key"));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().expect("an answer");
        let status = response.status();
        let text = response.text().expect("text");
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.process.wait();
    }
}

/// A client's URI with another value for one of its parameters.
pub(crate) fn with_parameter(uri: &str, name: &str, value: &str) -> String {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let parameters = uri.trim_start_matches("scwkms:").split(';').map(|p| {
        match p.split_once('=').is_some_and(|(n, _)| n == name) {
            true => format!("{name}={value}"),
            false => p.to_owned(),
        }
    });
    format!("scwkms:{}", parameters.collect::<Vec<_>>().join(";"))
}

/// A folder that is removed with the test, and OpenSSL in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "scwkms-test-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::File::create(self.0.join(name))
            .and_then(|mut file| file.write_all(bytes))
            .expect(name);
    }

    /// Runs openssl in the folder; its output where it succeeds.
    pub(crate) fn openssl(&self, arguments: &str) -> Result<Vec<u8>, String> {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()
            .expect("the openssl command");
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A client, and a P-256 key that it has opened.
pub(crate) fn client_and_key(uri: &str) -> (scwkms::Client, String) {
    let client = scwkms::Client::open(uri).expect("a client");
    let key = client
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key")
        .uri;
    client.public_key(&key).expect("a public key");
    (client, key)
}

/// Whether an error is of a kind, and says what it should.
pub(crate) fn check(error: &scwkms::Error, kind: scwkms::ErrorKind, parts: &[&str]) {
    assert_eq!(error.kind(), kind, "{error}");
    for part in parts {
        assert!(
            error.to_string().contains(part),
            "{part:?} is not in: {error}"
        );
    }
}
