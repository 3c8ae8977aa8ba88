//! A service that comes back with the same keys: restarted, or with another certificate.

use std::path::Path;

use scwkms::{Client, ErrorKind};

use crate::relay::{End, Relay};
use crate::support::{Emulator, Folder, client_and_key, with_parameter};
use crate::ways::{Way, onto_a_lane};

const DIGEST: [u8; 32] = [7; 32];

/// What the emulator keeps of its certificate; without them it issues another.
const CERTIFICATE: [&str; 3] = ["ca.pem", "server.pem", "server-key.pem"];

fn start(data: &Path) -> Emulator {
    Emulator::start_with(&["--data-dir", data.to_str().expect("UTF-8")])
}

/// The same service with a certificate of another authority.
fn with_another_certificate(data: &Path, elsewhere: &Path) -> Emulator {
    copy(data, elsewhere);
    for file in CERTIFICATE {
        std::fs::remove_file(elsewhere.join(file)).expect(file);
    }
    start(elsewhere)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o700)).expect("private");
}

#[test]
fn a_service_that_was_restarted_goes_on() {
    let folder = Folder::new();
    let data = folder.path("data");
    let mut emulator = start(&data);
    let relay = Relay::to(emulator.get("url"));
    let (client, key) = client_and_key(&emulator.uri_by("127.0.0.1", relay.port(), ""));
    for way in Way::ALL {
        match way {
            Way::Lane => onto_a_lane(&emulator, &client, &key),
            _ => drop(way.sign(&client, &key, &DIGEST).expect("a signature")),
        }
        drop(emulator);
        emulator = start(&data);
        relay.lead_to(emulator.get("url"));
        way.sign(&client, &key, &DIGEST)
            .unwrap_or_else(|e| panic!("{way:?}: {e}"));
        assert_eq!(emulator.requests(), 1, "{way:?}");
    }
}

#[test]
fn a_new_certificate_of_a_trusted_authority_is_accepted_and_no_other() {
    let folder = Folder::new();
    let data = folder.path("data");
    let first = start(&data);
    let relay = Relay::to(first.get("url"));
    // So that the other's keys are the first one's.
    let key = client_and_key(&first.uri_by("127.0.0.1", relay.port(), "")).1;
    let trusted = with_another_certificate(&data, &folder.path("trusted"));
    let unknown = with_another_certificate(&data, &folder.path("unknown"));

    let authorities = [&first, &trusted].map(|e| std::fs::read(e.get("ca_file")).expect("PEM"));
    folder.write("authorities.pem", &authorities.concat());
    let ca_file = folder.path("authorities.pem");
    let own = first.uri_by("127.0.0.1", relay.port(), "");
    let uri = with_parameter(&own, "ca-file", ca_file.to_str().expect("UTF-8"));
    let client = Client::open(&uri).expect("a client");
    client.public_key(&key).expect("a public key");

    for way in Way::ALL {
        relay.lead_to(first.get("url"));
        relay.end_all(End::Fin);
        match way {
            Way::Lane => onto_a_lane(&first, &client, &key),
            _ => drop(way.sign(&client, &key, &DIGEST).expect("a signature")),
        }
        trusted.reset_requests();
        relay.lead_to(trusted.get("url"));
        relay.end_all(End::Fin);
        way.sign(&client, &key, &DIGEST)
            .unwrap_or_else(|e| panic!("{way:?}: {e}"));
        assert_eq!(trusted.requests(), 1, "{way:?}");

        unknown.reset_requests();
        relay.lead_to(unknown.get("url"));
        relay.end_all(End::Fin);
        let met = relay.accepted();
        let error = way.sign(&client, &key, &DIGEST).expect_err("an impostor");
        assert_eq!(error.kind(), ErrorKind::Network, "{way:?}: {error}");
        assert!(error.to_string().contains("certificate"), "{error}");
        // It is not tried again. So many calls that wait may have had a lane opened, too.
        let most = if way == Way::Lane { 2 } else { 1 };
        let met = relay.accepted() - met;
        assert!(
            (1..=most).contains(&met),
            "{way:?}, {met} connections: {error}"
        );
        assert_eq!(unknown.requests(), 0, "{way:?}");
    }
}
