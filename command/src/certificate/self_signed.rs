//! `scwkms self-signed`

use aws_lc_rs::rand;
use clap::Args;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
    SerialNumber,
};
use scwkms::Client;
use time::{Duration, OffsetDateTime};

use super::names::Names;
use super::remote_key::RemoteKey;
use crate::failure::Failure;
use crate::output::Output;
use crate::public_key::Encoding;

/// The certificate is for servers and clients or, with --ca, for a certificate authority. The key must be an ECDSA or RSA
/// PKCS #1 key.
#[derive(Args)]
pub(crate) struct SelfSigned {
    /// The key
    key: String,
    #[command(flatten)]
    names: Names,
    /// The number of days for which the certificate is valid
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// Make a certificate of a certificate authority
    #[arg(long)]
    ca: bool,
    /// The maximum number of authorities below this one
    #[arg(long, value_name = "NUMBER", requires = "ca")]
    path_length: Option<u8>,
    /// The encoding
    #[arg(long, value_enum, default_value_t = Encoding::Pem)]
    format: Encoding,
    #[command(flatten)]
    output: Output,
}

impl SelfSigned {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let parameters = self.parameters()?;
        let key = RemoteKey::open(client, &self.key)?;
        let certificate = parameters
            .self_signed(&key)
            .map_err(|error| key.failure(&error))?;
        let der = certificate.der().to_vec();
        self.output.write(&self.format.encode("CERTIFICATE", der))
    }

    fn parameters(&self) -> Result<CertificateParams, Failure> {
        let mut parameters = self.names.parameters()?;
        parameters.not_before = OffsetDateTime::now_utc();
        parameters.not_after = parameters.not_before + Duration::days(self.days.into());
        parameters.serial_number = Some(random_serial_number()?);
        match self.ca {
            true => self.make_authority(&mut parameters),
            false => make_end_entity(&mut parameters),
        }
        Ok(parameters)
    }

    fn make_authority(&self, parameters: &mut CertificateParams) {
        parameters.is_ca = IsCa::Ca(match self.path_length {
            Some(length) => BasicConstraints::Constrained(length),
            None => BasicConstraints::Unconstrained,
        });
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    }
}

fn make_end_entity(parameters: &mut CertificateParams) {
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
}

/// A positive number of 16 bytes. rcgen would derive it from the public key, and use it for each certificate of the key.
fn random_serial_number() -> Result<SerialNumber, Failure> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| Failure::other("there are no random numbers"))?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}
