//! HTTP versions, TLS and addresses.

use crate::openssl::Openssl;
use crate::support::{Emulator, client};

/// The HTTP version of a request.
fn version(emulator: &Emulator) -> String {
    emulator.send("GET", "/algorithms", None).ok();
    let requests = emulator.requests();
    let last = requests.last().expect("a request");
    last["http_version"].as_str().expect("a version").to_owned()
}

#[test]
fn both_http_versions_work_with_tls_and_without() {
    let mut emulator = Emulator::start(&[]);
    assert_eq!(version(&emulator), "HTTP/2.0");
    emulator.http = client(&emulator.ready, |builder| builder.http1_only());
    assert_eq!(version(&emulator), "HTTP/1.1");

    let mut emulator = Emulator::start(&["--plain"]);
    assert_eq!(version(&emulator), "HTTP/1.1");
    emulator.http = client(&emulator.ready, |builder| builder.http2_prior_knowledge());
    assert_eq!(version(&emulator), "HTTP/2.0");
}

#[test]
fn openssl_accepts_the_certificate_for_every_loopback_name() {
    let emulator = Emulator::start(&[]);
    let address = emulator.get("url").strip_prefix("https://").expect("TLS");
    let ca = emulator.get("ca_file");
    let openssl = Openssl::new();
    for check in [
        "-verify_hostname localhost",
        "-verify_ip 127.0.0.1",
        "-verify_ip ::1",
    ] {
        for (alpn, tls) in [("h2", "-tls1_3"), ("http/1.1", "-tls1_2")] {
            let command = format!(
                "s_client -connect {address} -CAfile {ca} -verify_return_error {check} \
                 -alpn {alpn} {tls}"
            );
            let output = openssl.run(&command).expect("a handshake");
            let output = String::from_utf8_lossy(&output).into_owned();
            assert!(output.contains("Verify return code: 0 (ok)"), "{output}");
            assert!(
                output.contains(&format!("ALPN protocol: {alpn}")),
                "{output}"
            );
        }
    }
    openssl
        .run(&format!(
            "s_client -connect {address} -CAfile {ca} -verify_return_error \
             -verify_hostname example.com"
        ))
        .expect_err("another name");
    // The certificate authority is not the server's certificate.
    let text = openssl
        .run(&format!("x509 -in {ca} -noout -text"))
        .expect("a certificate");
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(text.contains("CA:TRUE"), "{text}");
    assert!(!text.contains("localhost"), "{text}");
}

#[test]
fn the_url_has_the_host_name_localhost_if_it_was_given() {
    for (arguments, scheme) in [(&[][..], "https"), (&["--plain"][..], "http")] {
        let listen = &["--listen", "localhost:0"][..];
        let emulator = Emulator::start(&[listen, arguments].concat());
        let url = emulator.get("url");
        assert!(url.starts_with(&format!("{scheme}://localhost:")), "{url}");
        assert_eq!(emulator.get("admin_url"), format!("{url}/emulator"));
        emulator.create("aes_256_gcm");
    }
}

#[test]
fn a_certificate_of_another_emulator_is_rejected() {
    let (one, two) = (Emulator::start(&[]), Emulator::start(&[]));
    let response = two.http.get(one.url("/algorithms")).send();
    assert!(response.expect_err("a handshake").is_connect());
}

/// OpenSSL trusts the certificate authority, so the flaw is the only error.
#[test]
fn a_flawed_certificate_has_only_its_flaw() {
    for (kind, message) in [
        ("expired", "certificate has expired"),
        ("another-host", "IP address mismatch"),
    ] {
        let emulator = Emulator::start(&["--certificate", kind]);
        let address = emulator.get("url").strip_prefix("https://").expect("TLS");
        let ca = emulator.get("ca_file");
        let error = Openssl::new()
            .run(&format!(
                "s_client -connect {address} -CAfile {ca} -verify_return_error -verify_ip 127.0.0.1"
            ))
            .expect_err(kind);
        let errors: Vec<_> = error
            .lines()
            .filter(|l| l.contains("verify error"))
            .collect();
        assert!(errors.len() == 1 && errors[0].contains(message), "{error}");
    }
}

#[test]
fn every_loopback_address_works() {
    for (listen, prefix) in [
        ("[::1]:0", "https://[::1]:"),
        ("127.0.0.2:0", "https://127.0.0.2:"),
    ] {
        let emulator = Emulator::start(&["--listen", listen]);
        assert!(emulator.get("url").starts_with(prefix));
    }
    let emulator = Emulator::start(&["--listen", "[::1]:0"]);
    emulator.create("aes_256_gcm");
}
