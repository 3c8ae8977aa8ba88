//! `scwkms doctor`: shows the steps of an operation, and the advice for those that fail.

mod certificate;
mod clock;
mod connection;
mod key;
mod pkcs11;
mod report;
mod service;
mod settings;
mod signature;
mod step;

use std::process::ExitCode;

use clap::{ArgGroup, Args};
use scwkms::Client;
use scwkms::diagnosis::Diagnosis;

use crate::failure::Failure;
use report::Report;

/// Shows the origin of each setting, the connection, the service's response and the key. The exit status is 1 if a step
/// failed.
#[derive(Args)]
#[command(group(ArgGroup::new("signer").args(["key", "pkcs11"])))]
pub(crate) struct Doctor {
    /// The key to check
    key: Option<String>,
    /// Make a signature with the key, and verify it. With --pkcs11, make one with each key that signs
    #[arg(long, requires = "signer")]
    sign: bool,
    /// Show what the PKCS#11 module presents, instead of the steps of an operation
    #[arg(long)]
    pkcs11: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) fn run(&self, client_uri: &str) -> Result<ExitCode, Failure> {
        let mut report = Report::default();
        match self.pkcs11 {
            true => pkcs11::check(self.sign, &mut report),
            false => self.check_operation(client_uri, &mut report)?,
        }
        report.print(self.json)?;
        Ok(match report.has_failed() {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }

    fn check_operation(&self, client_uri: &str, report: &mut Report) -> Result<(), Failure> {
        let diagnosis = Diagnosis::new(client_uri)?;
        let settings_valid = settings::check(&diagnosis, report);
        let connected = connection::check(&diagnosis, report);
        let usable = match settings_valid && connected {
            true => service::check(&diagnosis, report),
            false => service::skip(report),
        };
        if let Some(key) = &self.key {
            self.check_key(client_uri, &diagnosis, key, usable, report)?;
        }
        Ok(())
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
