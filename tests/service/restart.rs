//! The service restarts with the same keys, with the same certificate or another one.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use scwkms::{Client, ErrorKind};

use crate::call_paths::CallPath;
use crate::emulator::{Emulator, with_parameter};
use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::client_and_key;
use crate::temp_dir::TempDir;

const DIGEST: [u8; 32] = [7; 32];

/// The files of the emulator's certificate. If they are missing, the emulator issues another one.
const CERTIFICATE: [&str; 3] = ["ca.pem", "server.pem", "server-key.pem"];

fn start(data: &Path) -> Emulator {
    Emulator::start_with(&["--data-dir", data.to_str().expect("UTF-8")])
}

/// The same service with a certificate of another authority.
fn start_with_another_certificate(data: &Path, copied: &Path) -> Emulator {
    copy_dir(data, copied);
    for file in CERTIFICATE {
        std::fs::remove_file(copied.join(file)).expect(file);
    }
    start(copied)
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
    let private = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(to, private).expect("permissions");
}

#[test]
fn calls_succeed_after_the_service_restarted() {
    let dir = TempDir::new();
    let data = dir.path("data");
    let mut emulator = start(&data);
    let proxy = FaultProxy::to(emulator.get("url"));
    let (client, key) = client_and_key(&emulator.uri_via("127.0.0.1", proxy.port(), ""));
    for path in CallPath::ALL {
        path.warm_up(&emulator, &client, &key);
        drop(emulator);
        emulator = start(&data);
        proxy.forward_to(emulator.get("url"));
        path.must_sign(&client, &key, &DIGEST);
        assert_eq!(emulator.requests(), 1, "{path:?}");
    }
}

/// Three emulators with the same keys and different certificates. The client trusts two of them.
struct Servers {
    first: Emulator,
    trusted: Emulator,
    untrusted: Emulator,
    proxy: FaultProxy,
    client: Client,
    key: String,
    _dir: TempDir,
}

impl Servers {
    fn start() -> Self {
        let dir = TempDir::new();
        let data = dir.path("data");
        let first = start(&data);
        let proxy = FaultProxy::to(first.get("url"));
        let uri = first.uri_via("127.0.0.1", proxy.port(), "");
        // The key is created before the data is copied.
        let key = client_and_key(&uri).1;
        let trusted = start_with_another_certificate(&data, &dir.path("trusted"));
        let untrusted = start_with_another_certificate(&data, &dir.path("untrusted"));

        let authorities = [&first, &trusted].map(|e| std::fs::read(e.get("ca_file")).expect("PEM"));
        dir.write("authorities.pem", &authorities.concat());
        let ca_file = dir.path("authorities.pem");
        let uri = with_parameter(&uri, "ca-file", ca_file.to_str().expect("UTF-8"));
        let client = Client::open(&uri).expect("a client");
        client.public_key(&key).expect("a public key");
        Self {
            first,
            trusted,
            untrusted,
            proxy,
            client,
            key,
            _dir: dir,
        }
    }

    /// Ends all connections. New connections go to this server.
    fn switch_to(&self, server: &Emulator) {
        server.reset_requests();
        self.proxy.forward_to(server.get("url"));
        self.proxy.fail_open_connections(Fault::Fin);
    }

    fn check_trusted(&self, path: CallPath) {
        self.switch_to(&self.trusted);
        path.must_sign(&self.client, &self.key, &DIGEST);
        assert_eq!(self.trusted.requests(), 1, "{path:?}");
    }

    fn check_untrusted(&self, path: CallPath) {
        self.switch_to(&self.untrusted);
        let before = self.proxy.accepted();
        let result = path.sign(&self.client, &self.key, &DIGEST);
        let error = result.expect_err("an untrusted certificate");
        assert_eq!(error.kind(), ErrorKind::Network, "{path:?}: {error}");
        assert!(error.to_string().contains("certificate"), "{error}");
        // There is one attempt. After many blocking calls the client may also open a direct
        // connection.
        let most = if path == CallPath::Direct { 2 } else { 1 };
        let opened = self.proxy.accepted() - before;
        assert!(
            (1..=most).contains(&opened),
            "{path:?}, {opened} connections: {error}"
        );
        assert_eq!(self.untrusted.requests(), 0, "{path:?}");
    }
}

#[test]
fn only_a_new_certificate_of_a_trusted_authority_is_accepted() {
    let servers = Servers::start();
    for path in CallPath::ALL {
        servers.switch_to(&servers.first);
        path.warm_up(&servers.first, &servers.client, &servers.key);
        servers.check_trusted(path);
        servers.check_untrusted(path);
    }
}
