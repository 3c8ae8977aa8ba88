//! Finds the configuration file: SCWKMS_PKCS11_CONFIG, else scwkms/pkcs11.toml in the folders of the XDG Base Directory
//! Specification.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::{Config, file};
use crate::log::{Level, Target};

/// The source of environment variables and files.
pub(crate) trait Environment {
    /// The value of a variable that is set and not empty.
    fn variable(&self, name: &str) -> Option<OsString>;
    fn read(&self, path: &Path) -> io::Result<String>;
    /// Whether the environment may determine the settings of clients.
    fn is_trusted(&self) -> bool {
        true
    }
}

/// The environment of the process.
pub(crate) struct ProcessEnvironment {
    /// Otherwise no variable is read.
    pub(crate) is_trusted: bool,
}

impl Environment for ProcessEnvironment {
    fn variable(&self, name: &str) -> Option<OsString> {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.filter(|_| self.is_trusted)
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    fn is_trusted(&self) -> bool {
        self.is_trusted
    }
}

/// The configuration. The variables SCWKMS_PKCS11_LOG and SCWKMS_PKCS11_LOG_LEVEL take precedence over the file.
pub(crate) fn load(environment: &dyn Environment) -> Result<Config, String> {
    let found = find(environment)?;
    let mut config = match found {
        Some((path, text)) => file::parse(&text, &path)?,
        None => Config::without_file(),
    };
    config.log = log_target(environment).or(config.log);
    config.level = log_level(environment)?.unwrap_or(config.level);
    for token in &mut config.tokens {
        token.uses_environment = environment.is_trusted();
    }
    Ok(config)
}

/// The target of the log in the environment. It is used for errors of the file.
pub(crate) fn log_target(environment: &dyn Environment) -> Option<Target> {
    let value = environment.variable("SCWKMS_PKCS11_LOG")?;
    Some(Target::parse(&value.to_string_lossy()))
}

fn log_level(environment: &dyn Environment) -> Result<Option<Level>, String> {
    const NAME: &str = "SCWKMS_PKCS11_LOG_LEVEL";
    let Some(value) = environment.variable(NAME) else {
        return Ok(None);
    };
    match value.to_str() {
        Some("error") => Ok(Some(Level::Error)),
        Some("warning") => Ok(Some(Level::Warning)),
        Some("info") => Ok(Some(Level::Info)),
        Some("debug") => Ok(Some(Level::Debug)),
        _ => Err(format!(
            "the environment variable {NAME} is {value:?}, not error, warning, info or debug"
        )),
    }
}

fn find(environment: &dyn Environment) -> Result<Option<(PathBuf, String)>, String> {
    const VARIABLE: &str = "SCWKMS_PKCS11_CONFIG";
    if let Some(path) = environment.variable(VARIABLE) {
        let path = PathBuf::from(path);
        let text = environment.read(&path);
        let text = text.map_err(|e| unreadable(&path, &e, VARIABLE))?;
        return Ok(Some((path, text)));
    }
    for path in default_paths(environment) {
        match environment.read(&path) {
            Ok(text) => return Ok(Some((path, text))),
            Err(e) if is_missing(&e) => {}
            Err(e) => return Err(unreadable(&path, &e, "a default path")),
        }
    }
    Ok(None)
}

fn default_paths(environment: &dyn Environment) -> Vec<PathBuf> {
    let home = || Some(PathBuf::from(environment.variable("HOME")?).join(".config"));
    let user = environment.variable("XDG_CONFIG_HOME").map(PathBuf::from);
    let system = environment.variable("XDG_CONFIG_DIRS");
    let system = system.unwrap_or_else(|| "/etc/xdg".into());
    let folders = user
        .or_else(home)
        .into_iter()
        .chain(std::env::split_paths(&system));
    folders
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("scwkms").join("pkcs11.toml"))
        .collect()
}

/// The folder of another user may be inaccessible, for example after a change of the user.
fn is_missing(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied
    )
}

fn unreadable(path: &Path, e: &io::Error, origin: &str) -> String {
    format!(
        "the configuration file {} ({origin}) cannot be read: {e}",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[derive(Default)]
    struct Fake {
        variables: HashMap<&'static str, &'static str>,
        files: HashMap<&'static str, &'static str>,
    }

    impl Environment for Fake {
        fn variable(&self, name: &str) -> Option<OsString> {
            self.variables.get(name).map(OsString::from)
        }

        fn read(&self, path: &Path) -> io::Result<String> {
            let text = path.to_str().and_then(|path| self.files.get(path));
            text.map(|text| (*text).to_owned())
                .ok_or_else(|| io::ErrorKind::NotFound.into())
        }
    }

    fn label(fake: &Fake) -> String {
        load(fake).expect("a configuration").tokens[0].label.clone()
    }

    #[test]
    fn the_first_file_is_used() {
        let mut fake = Fake::default();
        assert_eq!(label(&fake), "scwkms");
        fake.files.insert(
            "/etc/xdg/scwkms/pkcs11.toml",
            "[[token]]\nlabel = \"system\"",
        );
        assert_eq!(label(&fake), "system");
        fake.variables.insert("HOME", "/home/a");
        fake.files.insert(
            "/home/a/.config/scwkms/pkcs11.toml",
            "[[token]]\nlabel = \"user\"",
        );
        assert_eq!(label(&fake), "user");
        fake.files.insert("/given", "[[token]]\nlabel = \"given\"");
        fake.variables.insert("SCWKMS_PKCS11_CONFIG", "/given");
        assert_eq!(label(&fake), "given");
        fake.variables.insert("SCWKMS_PKCS11_CONFIG", "/missing");
        let error = load(&fake).expect_err("a missing file");
        assert!(error.contains("/missing (SCWKMS_PKCS11_CONFIG)"), "{error}");
    }

    #[test]
    fn the_environment_determines_the_log() {
        let mut fake = Fake::default();
        fake.files.insert(
            "/etc/xdg/scwkms/pkcs11.toml",
            "log = \"/file\"\nlog-level = \"info\"",
        );
        let config = load(&fake).expect("a configuration");
        assert_eq!(
            (config.log, config.level),
            (Some(Target::File("/file".into())), Level::Info)
        );
        fake.variables.insert("SCWKMS_PKCS11_LOG", "stderr");
        fake.variables.insert("SCWKMS_PKCS11_LOG_LEVEL", "debug");
        let config = load(&fake).expect("a configuration");
        assert_eq!(
            (config.log, config.level),
            (Some(Target::Stderr), Level::Debug)
        );
        fake.variables.insert("SCWKMS_PKCS11_LOG_LEVEL", "loud");
        assert!(load(&fake).expect_err("a level").contains("\"loud\""));
    }
}
