//! The step "signature": signs a random digest and verifies the signature.

use std::time::Instant;

use aws_lc_rs::rand;
use scwkms::{Client, Error, ErrorKind};

use super::report::Report;
use super::step::Step;

const NAME: &str = "signature";

pub(super) fn check(client: &Client, key: &str, report: &mut Report) {
    let start = Instant::now();
    report.add(match sign(client, key) {
        Ok(length) => {
            let milliseconds = start.elapsed().as_millis();
            let summary =
                format!("{length} bytes in {milliseconds} ms, valid for the key's public key");
            Step::ok(NAME, summary)
        }
        Err(error) => advise(Step::failed(NAME, &error), &error),
    });
}

fn sign(client: &Client, key: &str) -> Result<usize, Error> {
    let algorithm = client.public_key(key)?.algorithm;
    let mut digest = vec![0; algorithm.hash().map_or(32, scwkms::Hash::output_len)];
    rand::fill(&mut digest)
        .map_err(|_| Error::new(ErrorKind::Internal, "there are no random numbers"))?;
    let signature = client.sign(key, Some(algorithm), &digest)?;
    client.verify(key, Some(algorithm), &digest, &signature)?;
    Ok(signature.len())
}

fn advise(step: Step, error: &Error) -> Step {
    match error.kind() {
        ErrorKind::PermissionDenied => {
            step.advise("the API key's IAM policy must allow to sign in the key's project")
        }
        ErrorKind::Integrity => {
            step.advise("report this to Scaleway's support, with the request id")
        }
        _ => step.advise("try again"),
    }
}
