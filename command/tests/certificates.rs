//! Certificate signing requests and self-signed certificates, which OpenSSL verifies.

use crate::fixture::Fixture;

const ALGORITHMS: [&str; 3] = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pkcs1_2048_sha256"];

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn requests_are_valid_for_openssl() {
    let fixture = Fixture::new();
    for algorithm in ALGORITHMS {
        let key = fixture.create_key("k", algorithm);
        let csr = [
            "csr",
            &key,
            "--subject",
            r"CN=A Server,O=A\, B Ltd",
            "--out",
            "csr.pem",
        ];
        let names = [
            "--dns",
            "a.example",
            "--dns",
            "b.example",
            "--ip",
            "::1",
            "--email",
            "a@b.example",
        ];
        fixture.succeed(&[&csr[..], &names].concat());
        let shown = text(fixture.dir.openssl("req -in csr.pem -verify -noout -text"));
        let parts = [
            "CN = A Server",
            r#"O = "A, B Ltd""#,
            "DNS:a.example, DNS:b.example",
        ];
        assert_contains(&shown, &parts);
        assert_contains(&shown, &["IP Address:0:0:0:0:0:0:0:1", "email:a@b.example"]);
        fixture.succeed(&["public-key", &key, "--out", "key.pem"]);
        let public_key = text(fixture.dir.openssl("req -in csr.pem -noout -pubkey"));
        assert_eq!(public_key, text(fixture.read("key.pem")), "{algorithm}");
    }
}

#[test]
fn authorities_are_valid_for_openssl() {
    let fixture = Fixture::new();
    for algorithm in ALGORITHMS {
        let key = fixture.create_key("k", algorithm);
        let root = [
            "self-signed",
            &key,
            "--subject",
            "CN=Root",
            "--ca",
            "--path-length",
            "1",
        ];
        fixture.succeed(&[&root[..], &["--days", "3650", "--out", "root.pem"]].concat());
        let verify = "verify -x509_strict -check_ss_sig -CAfile root.pem root.pem";
        assert_eq!(text(fixture.dir.openssl(verify)), "root.pem: OK\n");
        let shown = text(fixture.dir.openssl("x509 -in root.pem -noout -text"));
        assert_contains(
            &shown,
            &["CA:TRUE, pathlen:1", "Certificate Sign, CRL Sign"],
        );
    }
}

#[test]
fn server_certificates_are_valid_for_openssl() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "ec_p256_sha256");
    let make = [
        "self-signed",
        &key,
        "--subject",
        "CN=server",
        "--dns",
        "server.example",
    ];
    let first = fixture.succeed(&make).stdout;
    fixture.succeed(&[&make[..], &["--format", "der", "--out", "b.der"]].concat());
    fixture.dir.write("a.pem", &first);
    let verify = "verify -check_ss_sig -purpose sslserver -verify_hostname server.example -CAfile a.pem a.pem";
    assert_eq!(text(fixture.dir.openssl(verify)), "a.pem: OK\n");
    let serial = |file: &str| {
        text(
            fixture
                .dir
                .openssl(&format!("x509 -in {file} -noout -serial")),
        )
    };
    assert_ne!(serial("a.pem"), serial("b.der -inform der"));
}

#[test]
fn impossible_certificates_are_refused() {
    let fixture = Fixture::new();
    let pss = fixture.create_key("p", "rsa_pss_2048_sha256");
    let run = fixture.run(&["csr", &pss, "--subject", "CN=a"]);
    assert_eq!((run.status, run.stdout.len()), (5, 0));
    assert_contains(&run.stderr, &["rsa_pss_2048_sha256", "rsa_pkcs1"]);
    let key = fixture.create_key("k", "ec_p256_sha256");
    for subject in ["a", "X=a", "CN="] {
        let run = fixture.run(&["csr", &key, "--subject", subject]);
        assert_eq!(run.status, 2, "{}", run.stderr);
    }
    fixture.succeed(&["disable", &key]);
    let run = fixture.run(&["csr", &key, "--subject", "CN=a"]);
    assert_eq!((run.status, run.stdout.len()), (5, 0), "{}", run.stderr);
}
