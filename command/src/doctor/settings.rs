//! The step "settings": each setting and its origin.

use scwkms::diagnosis::{Diagnosis, Setting};

use super::report::Report;
use super::step::{Detail, Status, Step};

const NAME: &str = "settings";

/// Whether requests are possible with the settings.
pub(super) fn check(diagnosis: &Diagnosis, report: &mut Report) -> bool {
    let settings = match diagnosis.settings() {
        Ok(settings) => settings,
        Err(error) => {
            report.add(Step::failed(NAME, &error));
            return false;
        }
    };
    let mut step = match diagnosis.check_settings() {
        Ok(warnings) => warnings.into_iter().fold(complete(), Step::warn),
        Err(error) => Step::failed(NAME, &error),
    };
    step = warn_of_missing(step, &settings);
    step.details = settings.into_iter().map(detail).collect();
    let valid = step.status != Status::Failed;
    report.add(step);
    valid
}

fn complete() -> Step {
    Step::ok(NAME, "complete and well-formed")
}

fn detail(setting: Setting) -> Detail {
    Detail {
        name: setting.name.to_owned(),
        value: setting.value.unwrap_or_else(|| "-".to_owned()),
        origin: Some(setting.origin),
    }
}

fn warn_of_missing(step: Step, settings: &[Setting]) -> Step {
    let missing = |name: &str| {
        let mut found = settings.iter().filter(|setting| setting.name == name);
        found.any(|setting| setting.value.is_none())
    };
    let step = match missing("region") {
        true => step.warn(
            "there is no region, so each key must be named with its region: set SCW_DEFAULT_REGION or region= in the URI",
        ),
        false => step,
    };
    match missing("project-id") && missing("organization-id") {
        true => step.warn(
            "there is no project, so keys can be named by their id only, and none can be created: set \
             SCW_DEFAULT_PROJECT_ID or project-id= in the URI",
        ),
        false => step,
    }
}
