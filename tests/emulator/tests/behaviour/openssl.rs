//! The openssl command, which checks signatures, keys and certificates.

use std::process::{Command, Stdio};

/// A temporary directory in which openssl runs.
pub struct Openssl(tempfile::TempDir);

impl Openssl {
    pub fn new() -> Self {
        Openssl(tempfile::tempdir().expect("a directory"))
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.0.path().join(name), content).expect("a written file");
    }

    /// Runs openssl. Returns its standard output, or its standard error if it fails.
    pub fn run(&self, arguments: &str) -> Result<Vec<u8>, String> {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .expect("openssl");
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Writes a public key of the service to `key.pem`, with a label that openssl accepts.
    pub fn key(&self, pem: &str) {
        if pem.starts_with("-----BEGIN RSA PUBLIC KEY-----") {
            self.write("pkcs1.pem", pem.as_bytes());
            self.run("rsa -RSAPublicKey_in -in pkcs1.pem -pubout -out key.pem")
                .expect("an RSA key");
        } else {
            let spki = pem.replace("EC PUBLIC KEY", "PUBLIC KEY");
            self.write("key.pem", spki.as_bytes());
        }
    }
}

/// The options with which openssl verifies RSA-PSS signatures of the service.
pub const PSS: &str =
    "-pkeyopt digest:sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32";

/// Verifies a signature with openssl and a public key of the service. ECDSA needs no options.
pub fn verify(pem: &str, digest: &[u8], signature: &[u8], options: &str) -> Result<(), String> {
    let openssl = Openssl::new();
    openssl.key(pem);
    openssl.write("digest", digest);
    openssl.write("signature", signature);
    let verify = "pkeyutl -verify -pubin -inkey key.pem -in digest -sigfile signature";
    openssl.run(&format!("{verify} {options}")).map(drop)
}
