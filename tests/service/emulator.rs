//! Runs the emulator, and sends requests to it without the client under test.

use std::time::{Duration, Instant};

use reqwest::blocking;
use serde_json::{Value, json};

use crate::emulator_process::EmulatorProcess;

/// A process of the emulator. Dropping it ends the process.
pub(crate) struct Emulator {
    process: EmulatorProcess,
    http: blocking::Client,
}

impl Emulator {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts the emulator without a rate limit, by which clients would pace themselves, unless an
    /// option sets one.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        let program = std::env::var_os("SCWKMS_EMULATOR").expect(
            "SCWKMS_EMULATOR names the emulator's binary; `make test` builds it and sets it",
        );
        Self {
            process: EmulatorProcess::start(program, &[&["--rate-limit", "0"], options].concat()),
            http: http_client(),
        }
    }

    /// A text of the JSON line that the emulator prints when it is ready.
    pub(crate) fn get(&self, field: &str) -> &str {
        self.process.get(field)
    }

    /// A client URI for this emulator, with further parameters.
    pub(crate) fn uri(&self, parameters: &str) -> String {
        let mut uri = String::from("scwkms:");
        for (name, field) in [
            ("api-url", "url"),
            ("ca-file", "ca_file"),
            ("access-key", "access_key"),
            ("secret-key", "secret_key"),
            ("project-id", "project_id"),
            ("region", "region"),
        ] {
            // Without TLS there is no certificate authority.
            if let Some(value) = self.process.ready()[field].as_str() {
                uri.push_str(&format!("{name}={};", url_encode(value)));
            }
        }
        uri + parameters
    }

    /// A client URI that reaches this emulator by another host and port.
    pub(crate) fn uri_via(&self, host: &str, port: u16, parameters: &str) -> String {
        let scheme = self.get("url").split("://").next().expect("a URL");
        let url = format!("{scheme}://{host}:{port}");
        with_parameter(&self.uri(parameters), "api-url", &url)
    }

    /// A client with a long timeout: on a slow machine the emulator needs time to generate a large
    /// RSA key.
    pub(crate) fn client(&self) -> scwkms::Client {
        scwkms::Client::open(&self.uri("timeout=2m")).expect("a client")
    }

    /// The number of requests since the last reset.
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

    /// Waits until a counter has reached a number. Reading the counter is a request, so the loop
    /// needs no pause.
    pub(crate) fn wait_until(&self, counter: &str, number: u64) {
        const LIMIT: Duration = Duration::from_secs(60);
        let start = Instant::now();
        while self.count(counter) < number {
            assert!(
                start.elapsed() < LIMIT,
                "{counter} is {}, not {number}",
                self.count(counter)
            );
        }
    }

    /// The emulator's log of the last requests, oldest first.
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
    pub(crate) fn permanent_fault(&self, operation: &str, fault: Value) {
        let body = json!({"operation": operation, "times": null, "fault": fault});
        self.admin("POST", "faults", Some(body));
    }

    /// Sets the limit of requests in a second, and how many of them others use.
    pub(crate) fn use_rate_limit(&self, limit: u32, used_by_others: u32) {
        let body = json!({"limit": limit, "enforced": true, "used_by_others": used_by_others});
        self.admin("PUT", "rate-limit", Some(body));
    }

    /// Replaces fields in all responses about a key.
    pub(crate) fn set_key_fields(&self, key: &str, fields: Value) {
        self.admin("PUT", &format!("keys/{key}/fields"), Some(fields));
    }

    pub(crate) fn clear_faults(&self) {
        self.admin("DELETE", "faults", None);
    }

    /// All counters of the emulator.
    pub(crate) fn stats(&self) -> Value {
        self.admin("GET", "stats", None)
    }

    /// Calls the service without the client under test. The path is relative to the region's.
    pub(crate) fn api(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.request_json(
            method,
            &format!("key-manager/v1alpha1/regions/fr-par/{path}"),
            body,
        )
    }

    fn admin(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.request_json(method, &format!("emulator/{path}"), body)
    }

    fn request_json(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/{path}", self.get("url"));
        let mut request = self
            .http
            .request(method.parse().expect("a method"), url)
            .header("x-auth-token", self.get("secret_key"));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().expect("a response");
        let status = response.status();
        let text = response.text().expect("text");
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

fn http_client() -> blocking::Client {
    // It fails if an earlier call of this process has installed the provider.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    blocking::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .build()
        .expect("an HTTP client")
}

/// A client URI with another value for one of its parameters.
pub(crate) fn with_parameter(uri: &str, name: &str, value: &str) -> String {
    let value = url_encode(value);
    let parameters = uri.trim_start_matches("scwkms:").split(';').map(|p| {
        match p.split_once('=').is_some_and(|(n, _)| n == name) {
            true => format!("{name}={value}"),
            false => p.to_owned(),
        }
    });
    format!("scwkms:{}", parameters.collect::<Vec<_>>().join(";"))
}

pub(crate) fn url_encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
