//! The config file, with a URI and an environment over it.

use std::ffi::OsString;
use std::path::Path;

use zeroize::Zeroizing;

use super::settings::check_settings;
use super::support::{check_error, text, trip};
use crate::config::{self, Environment, FileContent};
use crate::uri::Uri;

/// The environment and the file of an input. The file is found at every path.
struct Given<'a> {
    variables: &'a str,
    file: &'a str,
}

impl Environment for Given<'_> {
    fn variable(&self, name: &str) -> Option<OsString> {
        let mut pairs = self.variables.split(' ').filter_map(|p| p.split_once('='));
        pairs
            .find(|(given, _)| *given == name)
            .map(|(_, value)| value.into())
            // Without a home directory no file would be read.
            .or_else(|| (name == "HOME").then(|| "/home".into()))
    }

    fn read(&self, _: &Path) -> std::io::Result<FileContent> {
        Ok(FileContent {
            text: Zeroizing::new(self.file.to_owned()),
            exposed: self.file.len() % 2 == 1,
        })
    }
}

/// A line with a URI's parameters, a line with variables, and the file. The result is safe settings, or an error without
/// secrets, and it is the same each time.
pub fn config_file(data: &[u8]) {
    trip(data);
    let introductions = [
        "secret-key=",
        "secret_key: ",
        "SCW_SECRET_KEY=",
        "HTTPS_PROXY=http://anna:",
    ];
    let Some(text) = text(data, &introductions) else {
        return;
    };
    let (parameters, rest) = text.split_once('\n').unwrap_or(("", &text));
    let (variables, file) = rest.split_once('\n').unwrap_or(("", rest));
    let Ok(uri) = Uri::parse(&format!("scwkms:{parameters}")) else {
        return;
    };
    let given = Given { variables, file };
    let (first, second) = (config::resolve(&uri, &given), config::resolve(&uri, &given));
    match (first, second) {
        (Ok(first), Ok(second)) => {
            check_settings(&first);
            assert_eq!(first.region, second.region);
            assert_eq!(first.project_id, second.project_id);
            assert_eq!(first.api_url, second.api_url);
            assert_eq!(first.warnings, second.warnings);
        }
        (Err(first), Err(second)) => {
            check_error(&first);
            assert_eq!(first.message(), second.message());
        }
        _ => panic!("the same settings are accepted and refused"),
    }
}
