//! `scwkms doctor`: shows the steps of an operation, and the advice for those that fail.

mod certificate;
mod clock;
mod connection;
mod key;
mod report;
mod service;
mod settings;
mod signature;
mod step;

use std::process::ExitCode;

use clap::Args;
use scwkms::Client;
use scwkms::diagnosis::Diagnosis;

use crate::failure::Failure;
use report::Report;

/// Shows the origin of each setting, the connection, the service's response and the key. The exit status is 1 if a step
/// failed.
#[derive(Args)]
pub(crate) struct Doctor {
    /// The key to check
    key: Option<String>,
    /// Make a signature with the key, and verify it
    #[arg(long, requires = "key")]
    sign: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) fn run(&self, client_uri: &str) -> Result<ExitCode, Failure> {
        let diagnosis = Diagnosis::new(client_uri)?;
        let mut report = Report::default();
        let settings_valid = settings::check(&diagnosis, &mut report);
        let connected = connection::check(&diagnosis, &mut report);
        let usable = match settings_valid && connected {
            true => service::check(&diagnosis, &mut report),
            false => service::skip(&mut report),
        };
        if let Some(key) = &self.key {
            self.check_key(client_uri, &diagnosis, key, usable, &mut report)?;
        }
        report.print(self.json)?;
        Ok(match report.has_failed() {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }

    fn check_key(
        &self,
        client_uri: &str,
        diagnosis: &Diagnosis,
        key: &str,
        usable: bool,
        report: &mut Report,
    ) -> Result<(), Failure> {
        if !usable {
            report.skip("key");
            return Ok(());
        }
        let client = Client::open(client_uri)?;
        let can_sign = key::check(diagnosis, &client, key, report);
        match (self.sign, can_sign) {
            (true, true) => signature::check(&client, key, report),
            (true, false) => report.skip("signature"),
            (false, _) => {}
        }
        Ok(())
    }
}
