//! A service in this process: HTTP/1.1 on a loopback port, with keys and valid signatures. Its next responses can
//! be corrupt: with a changed byte, truncated, or with another status.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex};

use aws_lc_rs::digest::{Digest, SHA256, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, ML_DSA_44,
    ML_DSA_44_SIGNING, PqdsaKeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};

use super::rsa::{OAEP_KEY, RSA_KEYS, Rsa};

/// The secret key of all clients. No error may contain it.
pub const SECRET: &str = "5ec2e7ca-5ec2-4e7c-85ec-2e7ca5ec2e7c";

/// The maximum number of responses that are waiting to be corrupted.
const MAX_CORRUPTIONS: usize = 4;

/// An EC key, an AES key, a key with an unknown algorithm, an ML-KEM key, and an ML-DSA key. There are no other keys than
/// these and the RSA keys.
pub const KEYS: [(&str, &str); 5] = [
    (
        "11111111-1111-4111-8111-111111111111",
        r#"{"asymmetric_signing":"ec_p256_sha256"}"#,
    ),
    (
        "22222222-2222-4222-8222-222222222222",
        r#"{"symmetric_encryption":"aes_256_gcm"}"#,
    ),
    (
        "33333333-3333-4333-8333-333333333333",
        r#"{"asymmetric_signing":"of_tomorrow"}"#,
    ),
    (
        "44444444-4444-4444-8444-444444444444",
        r#"{"key_encapsulation":"ml_kem_768"}"#,
    ),
    (ML_DSA_KEY, r#"{"asymmetric_signing":"ml_dsa_44"}"#),
];

const ML_DSA_KEY: &str = "55555555-5555-4555-8555-555555555555";

/// A data key and its ciphertext.
const DATA_KEY: [u8; 32] = [8; 32];
const ENCRYPTED_DATA_KEY: [u8; 60] = [7; 60];

/// A change of a response.
#[derive(Clone, Copy)]
enum Corruption {
    ChangeByte { at: u16, to: u8 },
    Truncate { at: u16 },
    Status(u8),
}

impl Corruption {
    fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match u8::arbitrary(input)? % 4 {
            0 => Corruption::Truncate {
                at: u16::arbitrary(input)?,
            },
            1 => Corruption::Status(u8::arbitrary(input)?),
            _ => Corruption::ChangeByte {
                at: u16::arbitrary(input)?,
                to: u8::arbitrary(input)?,
            },
        })
    }
}

pub struct Service {
    port: u16,
    pair: EcdsaKeyPair,
    ml_dsa: PqdsaKeyPair,
    rsa: Rsa,
    corruptions: Mutex<Vec<Corruption>>,
}

pub static SERVICE: LazyLock<&'static Service> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let service: &'static Service = Box::leak(Box::new(Service {
        port: listener.local_addr().expect("its address").port(),
        pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
        ml_dsa: PqdsaKeyPair::generate(&ML_DSA_44_SIGNING).expect("a key"),
        rsa: Rsa::load(),
        corruptions: Mutex::default(),
    }));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || service.serve(stream));
        }
    });
    service
});

impl Service {
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether the EC key made this signature of the digest.
    pub fn verifies(&self, digest: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, self.pair.public_key().as_ref());
        Digest::import_less_safe(digest, &SHA256)
            .and_then(|digest| key.verify_digest(&digest, signature))
            .is_ok()
    }

    /// Whether the EC key or the ML-DSA key made this signature of the message.
    pub fn verifies_message(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ML_DSA_44, self.ml_dsa.public_key().as_ref());
        self.verifies(digest(&SHA256, message).as_ref(), signature)
            || key.verify(message, signature).is_ok()
    }

    /// Corrupts one of the next responses.
    pub fn corrupt_next(&self, input: &mut Unstructured<'_>) -> Result<()> {
        let corruption = Corruption::read(input)?;
        let mut corruptions = self.corruptions.lock().expect("corruptions");
        if corruptions.len() < MAX_CORRUPTIONS {
            corruptions.push(corruption);
        }
        Ok(())
    }

    /// Sends all further responses unchanged.
    pub fn corrupt_none(&self) {
        self.corruptions.lock().expect("corruptions").clear();
    }

    /// Responds to a connection's requests, until it ends or a response was corrupted.
    fn serve(&self, stream: TcpStream) {
        let Ok(mut writer) = stream.try_clone() else {
            return;
        };
        let mut reader = BufReader::new(stream);
        while let Some((path, body)) = read_request(&mut reader) {
            let (status, body) = self.respond(&path, &body);
            let corruption = self.corruptions.lock().expect("corruptions").pop();
            let bytes = encode(status, &body, corruption);
            let intact = matches!(corruption, None | Some(Corruption::Status(_)));
            if writer.write_all(&bytes).is_err() || !intact {
                return;
            }
        }
    }

    fn respond(&self, path: &str, body: &str) -> (u16, String) {
        let mut keys = KEYS.iter().chain(&RSA_KEYS);
        let Some((id, usage)) = keys.find(|(id, _)| path.contains(id)) else {
            return match path.contains("/keys?") {
                true => (200, list()),
                false if path.ends_with("/keys") => (200, metadata(&KEYS[0])),
                false if path.contains("/algorithms") => (200, ALGORITHMS.to_owned()),
                false => (404, r#"{"type":"not_found","message":"x"}"#.to_owned()),
            };
        };
        let field = |name: &str, value: &[u8]| {
            (
                200,
                format!(
                    r#"{{"key_id":"{id}","{name}":"{}"}}"#,
                    STANDARD.encode(value)
                ),
            )
        };
        match path
            .split('?')
            .next()
            .and_then(|path| path.rsplit('/').next())
        {
            Some("public-key") => (200, format!(r#"{{"pem":"{}"}}"#, self.pem(id))),
            Some("sign") => field("signature", &self.sign(id, body)),
            Some("encrypt" | "wrap") => field("ciphertext", &ENCRYPTED_DATA_KEY),
            Some("decrypt") if *id == OAEP_KEY => {
                let ciphertext = first_value(body).unwrap_or_default();
                match self.rsa.decrypt(&ciphertext) {
                    Some(plaintext) => field("plaintext", &plaintext),
                    None => (400, r#"{"type":"invalid_arguments"}"#.to_owned()),
                }
            }
            Some("decrypt") if first_value(body) == Some(ENCRYPTED_DATA_KEY.to_vec()) => {
                field("plaintext", &DATA_KEY)
            }
            Some("decrypt" | "unwrap") => field("plaintext", b"a plaintext"),
            Some("verify") => (200, format!(r#"{{"key_id":"{id}","valid":true}}"#)),
            Some("generate-data-key") => (200, data_key(id, body)),
            Some("import-parameters") => (200, import_parameters(id)),
            Some("rotations") => (200, rotations(id)),
            _ => (200, metadata(&(id, usage))),
        }
    }

    fn pem(&self, id: &str) -> String {
        let der: PublicKeyX509Der<'_> = match id {
            ML_DSA_KEY => self.ml_dsa.public_key().as_der().expect("DER"),
            _ if self.rsa.has(id) => self.rsa.public_key(),
            _ => self.pair.public_key().as_der().expect("DER"),
        };
        let text = STANDARD.encode(der.as_ref());
        format!("-----BEGIN PUBLIC KEY-----\\n{text}\\n-----END PUBLIC KEY-----\\n")
    }

    /// The ML-DSA key signs the digest as a message.
    fn sign(&self, id: &str, body: &str) -> Vec<u8> {
        let signed = first_value(body);
        if id == ML_DSA_KEY {
            let mut signature = vec![0; ML_DSA_44_SIGNING.signature_len()];
            let signed = signed.unwrap_or_default();
            let len = self.ml_dsa.sign(&signed, &mut signature);
            signature.truncate(len.expect("a signature"));
            return signature;
        }
        let digest = signed.and_then(|digest| Digest::import_less_safe(&digest, &SHA256).ok());
        match digest {
            Some(digest) if self.rsa.has(id) => self.rsa.sign(id, &digest),
            Some(digest) => {
                let made = self.pair.sign_digest(&digest);
                made.expect("a signature").as_ref().to_vec()
            }
            None => Vec::new(),
        }
    }
}

const ALGORITHMS: &str = r#"{"algorithms":[{"usage":"asymmetric_signing","name":"ec_p256_sha256","recommended":true},{"usage":"new","name":"of_tomorrow","recommended":false}]}"#;

/// The first value of a request, which is in base64.
fn first_value(body: &str) -> Option<Vec<u8>> {
    STANDARD.decode(body.split('"').nth(3)?).ok()
}

fn data_key(id: &str, request: &str) -> String {
    let (ciphertext, plaintext) = (
        STANDARD.encode(ENCRYPTED_DATA_KEY),
        STANDARD.encode(DATA_KEY),
    );
    match request.contains(r#""without_plaintext":true"#) {
        true => format!(r#"{{"key_id":"{id}","ciphertext":"{ciphertext}"}}"#),
        false => {
            format!(r#"{{"key_id":"{id}","ciphertext":"{ciphertext}","plaintext":"{plaintext}"}}"#)
        }
    }
}

fn import_parameters(id: &str) -> String {
    let bytes = STANDARD.encode([9; 40]);
    format!(r#"{{"key_id":"{id}","public_key":"{bytes}","import_token":"{bytes}"}}"#)
}

fn rotations(id: &str) -> String {
    format!(
        r#"{{"rotations":[{{"key_id":"{id}","index":1,"status":"enabled","manually_rotated":true,"created_at":"2026-01-02T03:04:05Z"}}],"total_count":1}}"#
    )
}

/// A response's bytes.
fn encode(status: u16, body: &str, corruption: Option<Corruption>) -> Vec<u8> {
    let status = match corruption {
        Some(Corruption::Status(number)) => {
            [400, 401, 403, 404, 409, 412, 423, 501][usize::from(number % 8)]
        }
        _ => status,
    };
    let mut bytes = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\nx-request-id: r\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes();
    let len = bytes.len();
    match corruption {
        Some(Corruption::ChangeByte { at, to }) => bytes[usize::from(at) % len] = to,
        Some(Corruption::Truncate { at }) => bytes.truncate(usize::from(at) % len),
        _ => {}
    }
    bytes
}

/// The EC key and the RSA keys.
fn list() -> String {
    let keys: Vec<String> = KEYS[..1].iter().chain(&RSA_KEYS).map(metadata).collect();
    let (count, keys) = (keys.len(), keys.join(","));
    format!(r#"{{"keys":[{keys}],"total_count":{count}}}"#)
}

/// The RSA keys have names of their own.
fn metadata((id, usage): &(&str, &str)) -> String {
    let name = match usage.contains("rsa_") {
        true => &id[..2],
        false => "a",
    };
    format!(
        r#"{{"id":"{id}","usage":{usage},"name":"{name}","description":"d","state":"enabled","tags":["t"],"rotation_count":2,"origin":"external","created_at":"2026-01-02T03:04:05Z"}}"#
    )
}

/// Reads a request's path and body.
fn read_request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let path = first.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}
