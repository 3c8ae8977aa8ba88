//! Settings from the config file, the environment and the URI, with the precedence of Scaleway's own tools. All
//! but `environment` are pure functions.
//!
//! A later source wins: the file's profile, the environment, the URI. A value that is unreadable, malformed or
//! incomplete is an error that names its source.

mod credentials;
mod environment;
mod file;
mod layer;
mod location;
mod malformed;
mod node;
#[cfg(feature = "diagnosis")]
mod origin;
mod proxy;
mod scalar;
mod secret_file;
mod section;
mod settings;
mod timeout;
mod url;
mod variables;
mod yaml;

#[cfg(any(test, fuzzing))]
pub(crate) use environment::FileContent;
pub(crate) use environment::{Environment, FileSystem, ProcessEnvironment};
#[cfg(feature = "diagnosis")]
pub use origin::Setting;
#[cfg(feature = "diagnosis")]
pub(crate) use origin::settings_with_origins;
pub(crate) use secret_file::read_again;
#[cfg(feature = "diagnosis")]
pub(crate) use settings::resolve_connection;
pub(crate) use settings::{Settings, resolve};
#[cfg(any(test, fuzzing))]
pub(crate) use url::BaseUrl;

#[cfg(test)]
mod tests;
