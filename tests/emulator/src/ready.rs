//! The line that the emulator prints when it accepts connections.

use std::path::Path;

use serde::Serialize;
use uuid::Uuid;

use crate::http::admin;
use crate::state::identity::Identity;

#[derive(Serialize)]
pub struct Ready<'a> {
    url: String,
    ca_file: Option<String>,
    access_key: &'a str,
    secret_key: Uuid,
    project_id: Uuid,
    organization_id: Uuid,
    region: &'static str,
    admin_url: String,
}

impl<'a> Ready<'a> {
    pub fn new(
        authority: &str,
        ca_file: Option<&Path>,
        identity: &'a Identity,
    ) -> Result<Self, String> {
        let scheme = if ca_file.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{authority}");
        let ca_file = match ca_file {
            Some(path) => {
                // The reader of the line may run in another directory.
                let path = std::path::absolute(path).map_err(|error| error.to_string())?;
                let text = path.to_str().map(str::to_owned);
                Some(text.ok_or_else(|| format!("{}: not in UTF-8", path.display()))?)
            }
            None => None,
        };
        Ok(Ready {
            admin_url: format!("{url}{}", admin::PREFIX),
            url,
            ca_file,
            access_key: &identity.access_key,
            secret_key: identity.secret_key,
            project_id: identity.project_id,
            organization_id: identity.organization_id,
            region: "fr-par",
        })
    }

    pub fn text(&self, exports: bool) -> String {
        if exports {
            return self.exports();
        }
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }

    /// Shell commands. Without TLS they unset the CA's variable, since an earlier emulator may have
    /// set it.
    fn exports(&self) -> String {
        let mut out = String::new();
        for (name, value) in [
            ("SCW_API_URL", self.url.as_str()),
            ("SCW_ACCESS_KEY", self.access_key),
            ("SCW_SECRET_KEY", &self.secret_key.to_string()),
            ("SCW_DEFAULT_PROJECT_ID", &self.project_id.to_string()),
            (
                "SCW_DEFAULT_ORGANIZATION_ID",
                &self.organization_id.to_string(),
            ),
            ("SCW_DEFAULT_REGION", self.region),
            // The emulator runs in the background. This variable allows the shell to end it.
            ("SCWKMS_EMULATOR_PID", &std::process::id().to_string()),
        ] {
            out.push_str(&format!("export {name}={}\n", quoted(value)));
        }
        match &self.ca_file {
            Some(path) => out.push_str(&format!("export SCWKMS_CA_FILE={}\n", quoted(path))),
            None => out.push_str("unset SCWKMS_CA_FILE\n"),
        }
        out
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_survive_the_shell() {
        let identity = Identity::generate().unwrap();
        let path = Path::new("/tmp/it's here/ca.pem");
        let ready = Ready::new("[::1]:7", Some(path), &identity).unwrap();
        let text = ready.text(true);
        assert!(text.starts_with("export SCW_API_URL='https://[::1]:7'\n"));
        assert!(text.ends_with("export SCWKMS_CA_FILE='/tmp/it'\\''s here/ca.pem'\n"));
        assert_eq!(text.lines().count(), 8);
    }

    #[test]
    fn plain_has_no_ca() {
        let identity = Identity::generate().unwrap();
        let ready = Ready::new("127.0.0.1:7", None, &identity).unwrap();
        let line: serde_json::Value = serde_json::from_str(&ready.text(false)).unwrap();
        assert_eq!(line["url"], "http://127.0.0.1:7");
        assert_eq!(line["admin_url"], "http://127.0.0.1:7/emulator");
        assert!(line["ca_file"].is_null());
        assert!(ready.text(true).contains("unset SCWKMS_CA_FILE"));
    }
}
