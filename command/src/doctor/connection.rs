//! The steps "name lookup", "connection" and "TLS".

use std::time::Instant;

use scwkms::diagnosis::{Connection, Diagnosis};

use super::certificate;
use super::report::Report;
use super::step::{Status, Step};

const LOOKUP: &str = "name lookup";
const CONNECTION: &str = "connection";
const TLS: &str = "TLS";

/// Whether requests can be sent over a connection to the service.
pub(super) fn check(diagnosis: &Diagnosis, report: &mut Report) -> bool {
    let checks = [
        (LOOKUP, check_lookup as fn(&Connection) -> Step),
        (CONNECTION, check_connection),
        (TLS, check_tls),
    ];
    let connection = match diagnosis.connection() {
        Ok(connection) => connection,
        Err(error) => {
            // The step settings has shown an unreadable source of settings.
            if diagnosis.settings().is_ok() {
                report.add(Step::failed("preparation", &error));
            }
            checks.iter().for_each(|(name, _)| report.skip(name));
            return false;
        }
    };
    let mut works = true;
    for (name, check) in checks {
        if !works {
            report.skip(name);
            continue;
        }
        let step = check(&connection);
        works = step.status != Status::Failed;
        report.add(step);
    }
    works
}

fn check_lookup(connection: &Connection) -> Step {
    let host = connection.host();
    let peer = match connection.proxy() {
        Some(_) => "the proxy",
        None => "the service",
    };
    match connection.look_up() {
        Ok(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            let summary = format!("{host}, the host of {peer}, is {}", addresses.join(", "));
            Step::ok(LOOKUP, summary)
        }
        Err(error) => Step::failed(LOOKUP, &error)
            .advise(format!("check the spelling of the host of {peer}"))
            .advise(format!(
                "check the DNS servers, for example with `getent hosts {host}`"
            )),
    }
}

fn check_connection(connection: &Connection) -> Step {
    let start = Instant::now();
    match connection.connect() {
        Ok(address) => {
            let address = address.map_or_else(String::new, |a| a.to_string());
            let milliseconds = start.elapsed().as_millis();
            let summary = match connection.proxy() {
                Some(proxy) => {
                    format!("through the proxy {proxy} at {address}, in {milliseconds} ms")
                }
                None => format!("to {address}, without a proxy, in {milliseconds} ms"),
            };
            Step::ok(CONNECTION, summary)
        }
        Err(error) => connection_advice(Step::failed(CONNECTION, &error), connection),
    }
}

fn connection_advice(step: Step, connection: &Connection) -> Step {
    match connection.proxy() {
        Some(_) => step
            .advise("check the proxy's URL in HTTPS_PROXY and whether the proxy allows connections to the service")
            .advise("NO_PROXY with the service's host makes connections without the proxy"),
        None => step
            .advise("check the network's route to the service, and firewalls")
            .advise("if the network has a proxy, set HTTPS_PROXY to its URL"),
    }
}

fn check_tls(connection: &Connection) -> Step {
    if connection.is_unencrypted() {
        return Step::ok(TLS, "not used, since the API URL is http on loopback");
    }
    let step = match connection.handshake() {
        Ok(session) => Step::ok(
            TLS,
            format!("{}, {}", session.version, session.cipher_suite),
        ),
        Err(error) => Step::failed(TLS, &error),
    };
    let untrusted = step.status == Status::Failed;
    let step = match connection.certificates() {
        Ok(certificates) => certificate::describe(step, &certificates),
        Err(_) => step,
    };
    match untrusted {
        true => step
            .advise(
                "if the issuer is a CA of your network, which inspects TLS, give a file with its certificate in ca-file= \
                 or SCWKMS_CA_FILE",
            )
            .advise("else check api-url and the local clock, and install the package ca-certificates"),
        false => step,
    }
}
