//! The cases in tests/sdk/settings, which Scaleway's SDK runs too.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use serde::Deserialize;

use super::super::settings::merge;
use super::super::{Environment, FileContent, ProcessEnvironment, resolve};
use crate::error::Result;
use crate::uri::Uri;

/// The settings that differ from the defaults, or the error.
type Outcome = BTreeMap<String, String>;

#[derive(Deserialize)]
struct Table {
    #[serde(default)]
    defaults: Defaults,
    cases: Vec<Case>,
}

#[derive(Deserialize, Default)]
struct Defaults {
    environment: BTreeMap<String, Option<String>>,
    expected: Outcome,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    /// The variables; null unsets one.
    #[serde(default)]
    environment: BTreeMap<String, Option<String>>,
    /// The lines of the file at the default path.
    file: Option<Vec<String>>,
    /// The lines of other files.
    #[serde(default)]
    files: BTreeMap<String, Vec<String>>,
    expected: Outcome,
}

/// The variables of a case, and the file system.
struct CaseEnvironment(BTreeMap<String, OsString>);

impl Environment for CaseEnvironment {
    fn variable(&self, name: &str) -> Option<OsString> {
        self.0.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<FileContent> {
        ProcessEnvironment.read(path)
    }
}

#[test]
fn settings_agree_with_the_sdk() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/settings");
    let mut number = 0;
    for entry in fs::read_dir(folder).expect("the tables") {
        let text = fs::read(entry.expect("a table").path()).expect("a table");
        let table: Table = serde_json::from_slice(&text).expect("a table");
        for case in &table.cases {
            number += 1;
            check(case, &table.defaults);
        }
    }
    assert!(number > 150, "{number} cases");
}

fn check(case: &Case, defaults: &Defaults) {
    let home = std::env::temp_dir().join(format!("scwkms-settings-{}", std::process::id()));
    write_files(case, &home);
    let found = outcome(&environment(case, defaults, &home));
    fs::remove_dir_all(&home).expect("the files");
    let name = &case.name;
    match (case.expected.get("error"), found.get("error")) {
        (None, None) => {
            let mut expected = defaults.expected.clone();
            expected.extend(case.expected.clone());
            assert_eq!(found, expected, "{name}");
        }
        (Some(part), Some(message)) => {
            let part = part.replace("{home}", home.to_str().expect("UTF-8"));
            assert!(message.contains(&part), "{name}: {message}");
        }
        _ => panic!("{name}: {found:?}"),
    }
}

fn environment(case: &Case, defaults: &Defaults, home: &Path) -> CaseEnvironment {
    let mut variables = BTreeMap::from([("HOME".to_owned(), Some("{home}".to_owned()))]);
    variables.extend(defaults.environment.clone());
    variables.extend(case.environment.clone());
    let set = |(name, value): (String, Option<String>)| Some((name, expand(&value?, home)));
    CaseEnvironment(variables.into_iter().filter_map(set).collect())
}

fn write_files(case: &Case, home: &Path) {
    fs::create_dir(home).expect("a folder");
    let default = case.file.iter().map(|lines| (DEFAULT_PATH, lines));
    let others = case
        .files
        .iter()
        .map(|(path, lines)| (path.as_str(), lines));
    for (path, lines) in default.chain(others) {
        let path = PathBuf::from(expand(path, home));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(path, text).expect("a file");
    }
}

const DEFAULT_PATH: &str = "{home}/.config/scw/config.yaml";

/// Replaces `{home}` by the folder of the case, and `{ff}` by a byte that UTF-8 does not contain.
fn expand(text: &str, home: &Path) -> OsString {
    let text = text.replace("{home}", home.to_str().expect("UTF-8"));
    let parts: Vec<&[u8]> = text.split("{ff}").map(str::as_bytes).collect();
    OsString::from_vec(parts.join(&0xff))
}

fn outcome(environment: &CaseEnvironment) -> Outcome {
    load(environment).unwrap_or_else(|e| Outcome::from([("error".into(), e.to_string())]))
}

fn load(environment: &CaseEnvironment) -> Result<Outcome> {
    let uri = Uri::parse("scwkms:").expect("a URI");
    let settings = resolve(&uri, environment)?;
    let merged = merge(&uri, environment, &mut Vec::new())?;
    let api_url = settings.api_url.as_str();
    let values = [
        ("access_key", merged.access_key.map(|v| v.text.to_string())),
        (
            "secret_key",
            Some(settings.secret_key.expose_secret().to_owned()),
        ),
        ("region", settings.region),
        ("project_id", settings.project_id),
        ("organization_id", settings.organization_id),
        ("user_agent", settings.user_agent),
        ("insecure", settings.insecure.then(|| "true".to_owned())),
        (
            "api_url",
            (api_url != "https://api.scaleway.com").then(|| api_url.to_owned()),
        ),
    ];
    let given = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?));
    Ok(values.into_iter().filter_map(given).collect())
}
