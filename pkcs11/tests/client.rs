//! An independent client, the crate cryptoki, uses the module from many threads. The sanitizers run this test too.
//!
//! The module reads environment variables, so each scenario runs in a process of its own: the test executes itself.

#[path = "../../tests/rust/emulator_process.rs"]
#[allow(dead_code)]
mod emulator_process;

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use emulator_process::EmulatorProcess;

const THREADS: usize = 8;
const SIGNATURES: usize = 20;

/// Set in the process that executes the scenario.
const CHILD: &str = "SCWKMS_PKCS11_CHILD";

const CONFIG: &str = "[[token]]\nlabel = \"scwkms\"\nread-only = false\nprotect = false\n";

/// Runs a test's scenario in a process with the settings of an emulator.
fn run(test: &str, scenario: fn()) {
    if std::env::var_os(CHILD).is_some() {
        return scenario();
    }
    let program =
        std::env::var_os("SCWKMS_EMULATOR").expect("SCWKMS_EMULATOR; `make test` sets it");
    let emulator = EmulatorProcess::start(program, &["--rate-limit", "0"]);
    let config = std::env::temp_dir().join(format!("scwkms-{test}-{}.toml", std::process::id()));
    std::fs::write(&config, CONFIG).expect("written");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .env("SCWKMS_PKCS11_CONFIG", &config)
        .env("SCW_API_URL", emulator.get("url"))
        .env("SCW_ACCESS_KEY", emulator.get("access_key"))
        .env("SCW_SECRET_KEY", emulator.get("secret_key"))
        .env("SCW_DEFAULT_PROJECT_ID", emulator.get("project_id"))
        .env("SCW_DEFAULT_REGION", emulator.get("region"))
        .env("SCWKMS_CA_FILE", emulator.get("ca_file"))
        .env("SCW_CONFIG_PATH", "/dev/null")
        .stdin(Stdio::null())
        .output()
        .expect("this program");
    std::fs::remove_file(config).expect("removed");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {text}", output.status);
}

fn initialized() -> Pkcs11 {
    let path = std::env::var_os("SCWKMS_PKCS11_MODULE")
        .expect("SCWKMS_PKCS11_MODULE; `make test` sets it");
    let module = Pkcs11::new(path).expect("the module");
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(arguments).expect("initialized");
    module
}

fn open(module: &Pkcs11) -> Session {
    let slots = module.get_slots_with_token().expect("slots");
    module.open_rw_session(slots[0]).expect("a session")
}

/// Creates a P-256 key, and returns its public and its private key.
fn create(session: &Session, name: &str) -> (ObjectHandle, ObjectHandle) {
    const P256: [u8; 10] = [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let public = [Attribute::EcParams(P256.to_vec())];
    let label = Attribute::Label(name.as_bytes().to_vec());
    let private = [Attribute::Token(true), Attribute::Sign(true), label];
    let mechanism = Mechanism::EccKeyPairGen;
    session
        .generate_key_pair(&mechanism, &public, &private)
        .expect("a key pair")
}

fn find(session: &Session, name: &str, class: ObjectClass) -> ObjectHandle {
    let template = [
        Attribute::Class(class),
        Attribute::Label(name.as_bytes().to_vec()),
    ];
    session.find_objects(&template).expect("objects")[0]
}

fn sign(session: &Session, key: ObjectHandle, data: &[u8]) -> Result<Vec<u8>, Error> {
    session.sign(&Mechanism::EcdsaSha256, key, data)
}

fn in_threads(module: &Pkcs11, work: impl Fn(&Pkcs11, usize) + Sync) {
    std::thread::scope(|scope| {
        for number in 0..THREADS {
            let work = &work;
            scope.spawn(move || work(module, number));
        }
    });
}

#[test]
fn threads_have_sessions_of_their_own() {
    run("threads_have_sessions_of_their_own", || {
        let module = initialized();
        let names = ["one", "two"];
        let session = open(&module);
        for name in names {
            create(&session, name);
        }
        in_threads(&module, |module, number| {
            let session = open(module);
            let name = names[number % names.len()];
            let private = find(&session, name, ObjectClass::PRIVATE_KEY);
            let public = find(&session, name, ObjectClass::PUBLIC_KEY);
            for i in 0..SIGNATURES {
                let data = format!("document {number} {i}");
                let signature = sign(&session, private, data.as_bytes()).expect("a signature");
                let mechanism = Mechanism::EcdsaSha256;
                session
                    .verify(&mechanism, public, data.as_bytes(), &signature)
                    .expect("valid");
                let other = session.verify(&mechanism, public, b"another", &signature);
                assert!(matches!(
                    other,
                    Err(Error::Pkcs11(RvError::SignatureInvalid, _))
                ));
            }
        });
    });
}

#[test]
fn threads_share_a_session() {
    run("threads_share_a_session", || {
        let module = initialized();
        let session = Arc::new(std::sync::Mutex::new(open(&module)));
        let (_, private) = create(&session.lock().expect("a lock"), "shared");
        in_threads(&module, |_, _| {
            for _ in 0..SIGNATURES {
                let session = session.lock().expect("a lock");
                assert_eq!(
                    sign(&session, private, b"data").expect("a signature").len(),
                    64
                );
            }
        });
    });
}

#[test]
fn the_module_is_finalized_while_threads_sign() {
    run("the_module_is_finalized_while_threads_sign", || {
        let module = initialized();
        let (_, private) = create(&open(&module), "finalized");
        let started = Barrier::new(THREADS + 1);
        let signed = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let session = open(&module);
                    started.wait();
                    while sign(&session, private, b"data").is_ok() {
                        signed.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            started.wait();
            while signed.load(Ordering::Relaxed) < THREADS {
                std::thread::yield_now();
            }
            module.clone().finalize().expect("finalized");
        });
        drop(module);
        let session_of_new_module = open(&initialized());
        let key = find(
            &session_of_new_module,
            "finalized",
            ObjectClass::PRIVATE_KEY,
        );
        sign(&session_of_new_module, key, b"data").expect("a signature");
    });
}

#[test]
fn an_independent_client_reads_attributes() {
    run("an_independent_client_reads_attributes", || {
        let module = initialized();
        let session = open(&module);
        session
            .login(UserType::User, Some(&AuthPin::new("1234".into())))
            .expect("any PIN");
        let (public, private) = create(&session, "read");
        let kinds = [
            AttributeType::KeyType,
            AttributeType::Label,
            AttributeType::Sensitive,
        ];
        let attributes = session.get_attributes(private, &kinds).expect("attributes");
        let expected = [
            Attribute::KeyType(KeyType::EC),
            Attribute::Label(b"read".to_vec()),
            Attribute::Sensitive(true),
        ];
        assert_eq!(attributes, expected);
        let point = session
            .get_attributes(public, &[AttributeType::EcPoint])
            .expect("a point");
        assert!(matches!(&point[..], [Attribute::EcPoint(point)] if point.len() == 67));
        session.destroy_object(private).expect("deleted");
        session.destroy_object(public).expect("deleted");
        assert!(
            session
                .find_objects(&[Attribute::Label(b"read".to_vec())])
                .expect("none")
                .is_empty()
        );
    });
}
