//! The algorithms that the service offers.

use scwkms::{Algorithm, AlgorithmInfo, ErrorKind, Usage};

use super::Fixture;
use crate::call_paths::{CallPath, call};
use crate::support::check_error;

fn list(path: CallPath, fixture: &Fixture, query: &str) -> Vec<AlgorithmInfo> {
    let client = &fixture.client;
    call!(path, client, list_algorithms, start_list_algorithms(query))
        .unwrap_or_else(|e| panic!("{path:?}, {query}: {e}"))
}

#[test]
fn all_algorithms_are_listed_as_the_service_lists_them() {
    let fixture = Fixture::new();
    let response = fixture.emulator.api("GET", "algorithms", None);
    let expected = response["algorithms"].as_array().expect("a list");
    for path in CallPath::FORMS {
        let listed = list(path, &fixture, "");
        assert_eq!(listed.len(), expected.len());
        for (algorithm, expected) in listed.iter().zip(expected) {
            assert_eq!(expected["name"], algorithm.name);
            assert_eq!(expected["usage"], algorithm.usage);
            assert_eq!(expected["recommended"], algorithm.recommended);
            let known = algorithm.algorithm.expect("a known algorithm");
            assert_eq!(known.wire_name(), algorithm.name);
            assert_eq!(known.usage().wire_name(), algorithm.usage);
        }
        let known = Algorithm::all().filter(|a| listed.iter().any(|l| l.algorithm == Some(*a)));
        assert_eq!(known.count(), Algorithm::all().count());
    }
}

#[test]
fn algorithms_of_one_usage_are_listed() {
    let fixture = Fixture::new();
    for path in CallPath::FORMS {
        for usage in Usage::ALL {
            let listed = list(
                path,
                &fixture,
                &format!("scwkms:usage={usage};region=nl-ams"),
            );
            let expected = Algorithm::all().filter(|a| a.usage() == usage).count();
            assert_eq!(listed.len(), expected, "{usage}");
            assert!(listed.iter().all(|a| a.usage == usage.wire_name()));
        }
    }
}

#[test]
fn a_malformed_query_is_an_error_without_a_request() {
    let fixture = Fixture::new();
    for query in ["scwkms:usage=signing", "scwkms:name=k", "fr-par"] {
        let error = fixture.client.list_algorithms(query).expect_err(query);
        check_error(&error, ErrorKind::InvalidArgument, &["list algorithms"]);
    }
    assert_eq!(fixture.emulator.requests(), 0);
}
