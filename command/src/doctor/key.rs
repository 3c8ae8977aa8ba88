//! The step "key": the key's metadata and what it can be used for.

use scwkms::diagnosis::Diagnosis;
use scwkms::{Algorithm, Client, Error, ErrorKind, KeyInfo};

use super::report::Report;
use super::step::{Status, Step};

const NAME: &str = "key";

/// Whether the key can sign.
pub(super) fn check(
    diagnosis: &Diagnosis,
    client: &Client,
    key: &str,
    report: &mut Report,
) -> bool {
    let info = match client.key_info(key) {
        Ok(info) => info,
        Err(error) => {
            report.add(failure(diagnosis, key, &error));
            return false;
        }
    };
    let step = describe(check_project(diagnosis, check_state(&info), &info), &info);
    let usable = step.status != Status::Failed;
    report.add(step);
    usable && info.algorithm.is_some_and(Algorithm::can_sign)
}

fn check_state(info: &KeyInfo) -> Step {
    let id = &info.id;
    let (problem, advice) = match info.state.as_str() {
        _ if info.locked => (
            "it is locked",
            "the key's administrator or Scaleway's support can unlock it".to_owned(),
        ),
        "enabled" => return Step::ok(NAME, format!("{} is enabled", info.uri)),
        "disabled" => ("it is disabled", format!("`scwkms enable {id}` enables it")),
        "scheduled_for_deletion" => (
            "it is scheduled for deletion",
            format!("`scwkms restore {id}` restores it"),
        ),
        "pending_key_material" => ("it has no key material", "import key material".to_owned()),
        _ => (
            "its state is unknown to this version",
            "install a newer version".to_owned(),
        ),
    };
    let summary = format!("{} cannot be used: {problem}", info.uri);
    Step::new(NAME, Status::Failed, summary).advise(advice)
}

/// Warns if lookups by name do not find the key, since they look in the project of the settings.
fn check_project(diagnosis: &Diagnosis, step: Step, info: &KeyInfo) -> Step {
    match setting(diagnosis, "project-id") {
        Some(project) if project != info.project_id => step.warn(format!(
            "the key is in the project {}, and the settings name the project {project}: the key is not found by its \
             name; set SCW_DEFAULT_PROJECT_ID={0} or project-id= in the URI",
            info.project_id
        )),
        _ => step,
    }
}

fn describe(step: Step, info: &KeyInfo) -> Step {
    let protection = if info.protected { "yes" } else { "no" };
    step.detail("name", &info.name)
        .detail("algorithm", &info.algorithm_name)
        .detail("state", &info.state)
        .detail("protected against deletion", protection)
        .detail("protection level", &info.protection_level)
        .detail("origin", &info.origin)
        .detail("project", &info.project_id)
        .detail("capabilities", capabilities(info))
}

fn capabilities(info: &KeyInfo) -> String {
    let Some(algorithm) = info.algorithm else {
        return format!("{} (unknown to this version)", info.usage);
    };
    let capabilities: &[(bool, &str)] = &[
        (algorithm.can_sign(), "sign, verify, public key"),
        (algorithm.can_decrypt(), "encrypt, decrypt"),
        (algorithm.can_wrap(), "wrap, unwrap"),
    ];
    let possible = capabilities.iter().filter(|(can, _)| *can);
    let names: Vec<&str> = possible.map(|(_, name)| *name).collect();
    match names.is_empty() {
        true => format!("none of this version ({})", info.usage),
        false => names.join(", "),
    }
}

fn failure(diagnosis: &Diagnosis, key: &str, error: &Error) -> Step {
    let step = Step::failed(NAME, error);
    match error.kind() {
        ErrorKind::NotFound => advise_location(diagnosis, step, key),
        ErrorKind::PermissionDenied => {
            step.advise("the API key's IAM policy must allow to read keys in the key's project")
        }
        ErrorKind::InvalidArgument => step.advise("`scwkms keys` lists the keys"),
        _ => step.advise("the step request shows whether the service responds; try again"),
    }
}

/// Advice for a key that was not found: where it is, if it exists elsewhere.
fn advise_location(diagnosis: &Diagnosis, step: Step, key: &str) -> Step {
    let found = diagnosis.locate(key).unwrap_or_default();
    if found.is_empty() {
        return step
            .advise("no region has this key: check its spelling; `scwkms keys` lists the keys of the project")
            .advise("a key that was deleted over 7 days ago cannot be restored");
    }
    let region = setting(diagnosis, "region");
    found
        .iter()
        .fold(step, |step, key| match region.as_deref() == Some(&key.region) {
            false => step.advise(format!(
                "a key with this name or id is in the region {0}: set SCW_DEFAULT_REGION={0}, or name the key as {1}",
                key.region, key.uri
            )),
            true => step.advise(format!(
                "a key with this name is in the project {0}: set SCW_DEFAULT_PROJECT_ID={0}, or name the key as {1}",
                key.project_id, key.uri
            )),
        })
}

fn setting(diagnosis: &Diagnosis, name: &str) -> Option<String> {
    let settings = diagnosis.settings().ok()?;
    let setting = settings.into_iter().find(|setting| setting.name == name)?;
    setting.value
}
