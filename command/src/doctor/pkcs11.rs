//! The steps of `--pkcs11`: the tokens, keys and certificates that the PKCS#11 module presents.

use scwkms_pkcs11::{ObjectReport, TokenReport};

use super::report::Report;
use super::step::{Status, Step};

const CONFIGURATION: &str = "configuration";
const TOKEN: &str = "token";

/// With `sign`, each key that signs makes a signature.
pub(super) fn check(sign: bool, report: &mut Report) {
    match scwkms_pkcs11::report(sign) {
        Ok(found) => {
            let tokens = found.tokens.len();
            let summary = format!("{}, {tokens} tokens", found.configuration);
            let step = Step::ok(CONFIGURATION, summary);
            report.add(match found.log_error {
                Some(error) => step.warn(error),
                None => step,
            });
            found
                .tokens
                .iter()
                .for_each(|token| report.add(describe(token)));
        }
        Err(cause) => {
            let step = Step::new(CONFIGURATION, Status::Failed, cause);
            report.add(step.advise("docs/pkcs11.md describes the settings"));
        }
    }
}

fn describe(token: &TokenReport) -> Step {
    let name = format!("{:?}", token.label);
    let access = match token.read_only {
        true => "read-only",
        false => "keys can be created and deleted",
    };
    if token.login_required {
        let summary = format!("{name} shows its keys after a login with the secret key as the PIN");
        return Step::ok(TOKEN, format!("{summary}; {access}"));
    }
    match &token.objects {
        Ok(objects) => describe_objects(&name, access, objects),
        Err(cause) => Step::new(TOKEN, Status::Failed, format!("{name}: {cause}"))
            .advise("`scwkms --client URI doctor` with the URI of the token shows its settings and the connection"),
    }
}

fn describe_objects(name: &str, access: &str, objects: &[ObjectReport]) -> Step {
    let keys = objects
        .iter()
        .filter(|object| object.algorithm.is_some())
        .count();
    let certificates = objects.len() - keys;
    let failed = objects
        .iter()
        .any(|object| matches!(object.signature, Some(Err(_))));
    let status = match keys == 0 || failed {
        true => Status::Failed,
        false => Status::Ok,
    };
    let summary = format!("{name}: {keys} keys, {certificates} certificates; {access}");
    let step = Step::new(TOKEN, status, summary);
    let step = objects.iter().fold(step, add_object);
    match keys {
        0 => step
            .advise("check the region and the project of the token's client, and keys= of its configuration")
            .advise("`scwkms keys` lists the keys; only enabled keys for signing and RSA-OAEP are shown"),
        _ => step,
    }
}

fn add_object(step: Step, object: &ObjectReport) -> Step {
    let kind = object.algorithm.as_deref().unwrap_or("certificate");
    let signature = match &object.signature {
        None => String::new(),
        Some(Ok(())) => ", signature valid".to_owned(),
        Some(Err(cause)) => format!(", no signature: {cause}"),
    };
    step.detail(
        &object.label,
        format!("{kind}, id {}{signature}", object.id),
    )
}
