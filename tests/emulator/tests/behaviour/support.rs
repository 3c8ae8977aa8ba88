//! A running emulator and a client for it.

use std::process::{Child, ExitStatus, Stdio};
use std::sync::Once;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::blocking::{Client, ClientBuilder, Response as HttpResponse};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio_rustls::rustls::crypto::aws_lc_rs;

use crate::emulator_process::{self, EmulatorProcess};

pub const BINARY: &str = env!("CARGO_BIN_EXE_scwkms-emulator");

/// The id of a key that no emulator has.
pub const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";

pub struct Emulator {
    process: EmulatorProcess,
    pub ready: Value,
    pub http: Client,
}

pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

pub fn spawn(arguments: &[&str]) -> Child {
    emulator_process::spawn(BINARY, arguments, Stdio::piped())
}

/// A client that trusts only the emulator's certificate authority.
pub fn client(ready: &Value, edit: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = aws_lc_rs::default_provider().install_default();
    });
    let mut builder = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60));
    if let Some(path) = ready["ca_file"].as_str() {
        let pem = std::fs::read(path).expect("the CA's certificate");
        let ca = reqwest::Certificate::from_pem(&pem).expect("a certificate");
        builder = builder.tls_certs_only([ca]);
    }
    edit(builder).build().expect("a client")
}

impl Emulator {
    pub fn start(arguments: &[&str]) -> Self {
        let process = EmulatorProcess::start(BINARY, arguments);
        let ready = process.ready().clone();
        let http = client(&ready, |builder| builder);
        Emulator {
            process,
            ready,
            http,
        }
    }

    /// Ends the emulator by closing its standard input. Waits for its exit.
    pub fn stop(mut self) -> ExitStatus {
        self.process.stop()
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait()
    }

    pub fn get(&self, field: &str) -> &str {
        self.process.get(field)
    }

    pub fn url(&self, path: &str) -> String {
        format!(
            "{}/key-manager/v1alpha1/regions/fr-par{path}",
            self.get("url")
        )
    }

    /// Sends a request with the right token.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<HttpResponse> {
        let method = method.parse().expect("a method");
        let mut request = self
            .http
            .request(method, self.url(path))
            .header("x-auth-token", self.get("secret_key"));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        request.send()
    }

    pub fn send(&self, method: &str, path: &str, body: Option<Value>) -> Response {
        Response::of(self.try_send(method, path, body).expect("a response"))
    }

    pub fn post(&self, path: &str, body: Value) -> Response {
        self.send("POST", path, Some(body))
    }

    /// Sends a POST request that must succeed. Returns the response's JSON.
    pub fn ok(&self, path: &str, body: Value) -> Value {
        self.post(path, body).ok()
    }

    pub fn key(&self, id: &str) -> Value {
        self.send("GET", &format!("/keys/{id}"), None).ok()
    }

    /// A body for CreateKey. The fields of `more` replace those of the same name.
    pub fn new_key(&self, algorithm: &str, more: Value) -> Value {
        let usage = match algorithm.get(..6) {
            Some("aes_25") => "symmetric_encryption",
            Some("rsa_oa") => "asymmetric_encryption",
            Some("ml_kem") => "key_encapsulation",
            _ => "asymmetric_signing",
        };
        let mut body = json!({
            "project_id": self.get("project_id"), "name": algorithm.replace('_', "-"),
            "usage": {usage: algorithm}, "unprotected": true
        });
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        body
    }

    /// The id of a new, unprotected key.
    pub fn create(&self, algorithm: &str) -> String {
        let key = self.ok("/keys", self.new_key(algorithm, json!({})));
        key["id"].as_str().expect("an id").to_owned()
    }

    pub fn pem(&self, id: &str) -> String {
        let response = self.send("GET", &format!("/keys/{id}/public-key"), None);
        response.ok()["pem"].as_str().expect("a PEM").to_owned()
    }

    pub fn sign(&self, id: &str, digest: &[u8]) -> Vec<u8> {
        let body = json!({"digest": base64(digest)});
        let signed = self.ok(&format!("/keys/{id}/sign"), body);
        assert_eq!(signed["key_id"], id);
        bytes(&signed["signature"])
    }

    pub fn verify(&self, id: &str, digest: &[u8], signature: &[u8]) -> bool {
        let body = json!({"digest": base64(digest), "signature": base64(signature)});
        let verified = self.ok(&format!("/keys/{id}/verify"), body);
        verified["valid"].as_bool().expect("a boolean")
    }

    pub fn admin(&self, method: &str, path: &str, body: Option<Value>) -> Response {
        let url = format!("{}{path}", self.get("admin_url"));
        let method = method.parse().expect("a method");
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        Response::of(request.send().expect("a response"))
    }

    pub fn fault(&self, operation: &str, fault: Value) {
        let order = json!({"operation": operation, "fault": fault});
        let response = self.admin("POST", "/faults", Some(order));
        assert_eq!(response.status, 204, "{}", response.text);
    }

    pub fn force_state(&self, id: &str, state: &str) -> Response {
        let path = format!("/keys/{id}/state");
        self.admin("PUT", &path, Some(json!({"state": state})))
    }

    pub fn requests(&self) -> Vec<Value> {
        let response = self.admin("GET", "/requests", None).ok();
        response.as_array().expect("a list").clone()
    }
}

impl Response {
    pub fn of(response: HttpResponse) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().expect("a body");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Response {
            status,
            headers,
            text,
            json,
        }
    }

    /// The JSON of a response that must have status 200.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json.clone()
    }

    /// Checks that the status is 400, and the names of the invalid arguments with their reasons.
    pub fn assert_invalid(&self, expected: &[(&str, &str)]) {
        assert_eq!(self.status, 400, "{}", self.text);
        assert_eq!(self.json["type"], "invalid_arguments");
        assert_eq!(self.json["message"], "invalid argument(s)");
        let details = self.json["details"].as_array().expect("details");
        let found: Vec<_> = details
            .iter()
            .map(|detail| {
                assert!(detail["help_message"].is_string());
                let text = |name: &str| detail[name].as_str().expect("a string");
                (text("argument_name"), text("reason"))
            })
            .collect();
        assert_eq!(found, expected, "{}", self.text);
    }
}

pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("a string");
    STANDARD.decode(text).expect("base64")
}

/// The DER of a PEM text.
pub fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).expect("base64")
}
