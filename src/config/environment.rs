//! Environment variables and files, and the settings in environment variables. The deprecated names that Scaleway's
//! tools still read are understood too.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::layer::{Layer, Value, flag};
use crate::error::Result;
use crate::uri::Uri;

/// The maximum size of a config file. It protects against a wrong path, for example a device.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// A config file.
pub(crate) struct FileContent {
    pub(crate) text: Zeroizing<String>,
    /// Whether users other than its owner have any permission for it.
    pub(crate) exposed: bool,
}

/// The source of environment variables and files.
pub(crate) trait Environment {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// Reads a whole file.
    fn read(&self, path: &Path) -> io::Result<FileContent>;
}

/// The environment variables of the process, and the file system.
pub(crate) struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<FileContent> {
        read_file(path)
    }
}

/// The settings in environment variables.
pub(super) fn layer(environment: &dyn Environment) -> Result<Layer> {
    let first = |names: &[&str]| {
        names.iter().find_map(|name| {
            environment
                .variable(name)
                .filter(|text| !text.is_empty())
                .map(|text| Value::new(&text, format_args!("environment variable {name}")))
        })
    };
    let boolean = |name: &str| match first(&[name]) {
        Some(v) => flag(name, &v.text, "environment").map(|b| Some((b, v.origin.clone()))),
        None => Ok(None),
    };
    Ok(Layer {
        access_key: first(&["SCW_ACCESS_KEY", "SCALEWAY_ACCESS_KEY"]),
        secret_key: first(&["SCW_SECRET_KEY", "SCW_TOKEN", "SCALEWAY_TOKEN"]),
        api_url: first(&["SCW_API_URL"]),
        insecure: match boolean("SCW_INSECURE")? {
            Some(found) => Some(found),
            // The deprecated variable has the inverse meaning.
            None => boolean("SCW_TLSVERIFY")?.map(|(verify, origin)| (!verify, origin)),
        },
        organization_id: first(&[
            "SCW_DEFAULT_ORGANIZATION_ID",
            "SCW_ORGANIZATION",
            "SCALEWAY_ORGANIZATION",
        ]),
        project_id: first(&["SCW_DEFAULT_PROJECT_ID"]),
        region: first(&["SCW_DEFAULT_REGION", "SCW_REGION", "SCALEWAY_REGION"]),
        user_agent: first(&["SCW_USER_AGENT"]),
    })
}

/// The file with CA certificates to trust in addition to the system's.
pub(super) fn ca_file(uri: &Uri, environment: &dyn Environment) -> Option<PathBuf> {
    let from_uri = uri.get("ca-file").map(str::to_owned);
    from_uri
        .or_else(|| environment.variable("SCWKMS_CA_FILE"))
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

fn read_file(path: &Path) -> io::Result<FileContent> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a directory",
        ));
    }
    let mut text = Zeroizing::new(String::new());
    if file.take(MAX_FILE_SIZE + 1).read_to_string(&mut text)? as u64 > MAX_FILE_SIZE {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is over 1 MiB",
        ));
    }
    #[cfg(unix)]
    let exposed = {
        use std::os::unix::fs::MetadataExt;
        metadata.is_file() && metadata.mode() & 0o077 != 0
    };
    #[cfg(not(unix))]
    let exposed = false;
    Ok(FileContent { text, exposed })
}
