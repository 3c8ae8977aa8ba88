//! Certificates: the parts that attributes contain, and the files that they are read from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use der::asn1::AnyRef;
use der::{Class, Tag, Tagged};
use once_cell::race::OnceBox;

use crate::der::{Element, Elements};

/// A certificate (RFC 5280, section 4.1).
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) spki: Vec<u8>,
    pub(crate) label: String,
    /// CKA_ID, once it is known whether the token has the certificate's key.
    pub(crate) id: OnceBox<Vec<u8>>,
}

impl Certificate {
    /// Parses a certificate. Its fields are in DER.
    pub(crate) fn parse(der: Vec<u8>, label: String) -> Option<Self> {
        let mut elements = Elements::of_sequence(&der)?;
        let mut fields = elements.next()?.elements()?;
        let mut serial = fields.next()?;
        if serial.tag().class() == Class::ContextSpecific {
            // The version comes first.
            serial = fields.next()?;
        }
        let serial = Some(serial).filter(|element| element.tag() == Tag::Integer)?;
        fields.next_with(Tag::Sequence)?;
        let issuer = encoded_sequence(&mut fields)?;
        fields.next_with(Tag::Sequence)?;
        Some(Self {
            serial: serial.encoded()?,
            issuer,
            subject: encoded_sequence(&mut fields)?,
            spki: encoded_sequence(&mut fields)?,
            label,
            id: OnceBox::new(),
            der,
        })
    }

    /// The CKA_ID of a certificate whose key the token does not have.
    pub(crate) fn own_id(&self) -> Vec<u8> {
        const LEN: usize = 20;
        digest(&SHA256, &self.spki).as_ref()[..LEN].to_vec()
    }

    pub(crate) fn unique_id(&self) -> String {
        const LEN: usize = 16;
        hex(&digest(&SHA256, &self.der).as_ref()[..LEN])
    }
}

fn encoded_sequence(fields: &mut Elements<'_>) -> Option<Vec<u8>> {
    let field: AnyRef<'_> = fields.next_with(Tag::Sequence)?;
    field.encoded()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the certificates of a file, or of all files of a folder.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Certificate>> {
    if !path.is_dir() {
        return read_file(path);
    }
    let mut files: Vec<PathBuf> = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    let mut found = Vec::new();
    for file in files {
        // A folder may contain other files, for example keys.
        found.extend(read_file(&file).unwrap_or_default());
    }
    Ok(found)
}

/// A file contains one certificate in DER, or any number in PEM.
fn read_file(path: &Path) -> io::Result<Vec<Certificate>> {
    let content = fs::read(path)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ders: Vec<Vec<u8>> = match pem::parse_many(&content) {
        Ok(blocks) if !blocks.is_empty() => blocks
            .into_iter()
            .filter(|block| block.tag() == "CERTIFICATE")
            .map(|block| block.into_contents())
            .collect(),
        _ => vec![content],
    };
    let certificates: Option<Vec<_>> = ders
        .into_iter()
        .enumerate()
        .map(|(index, der)| Certificate::parse(der, label(&stem, index)))
        .collect();
    match certificates {
        Some(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it contains no certificate, or a malformed one",
        )),
    }
}

/// The label of the certificates of a file: `name`, `name 2`, `name 3`.
fn label(stem: &str, index: usize) -> String {
    match index {
        0 => stem.to_owned(),
        _ => format!("{stem} {}", index + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::encode;

    fn certificate(version: &[u8]) -> Vec<u8> {
        let sequence = |content: &[u8]| encode(Tag::Sequence, content);
        let fields = [
            version.to_vec(),
            vec![2, 1, 9],
            sequence(&[]),
            sequence(b"\x05\x00"),
            sequence(&[]),
            sequence(b"\x0c\x01s"),
            sequence(b"\x0c\x01k"),
        ];
        let tbs = sequence(&fields.concat());
        sequence(&[tbs, sequence(&[]), vec![3, 1, 0]].concat())
    }

    #[test]
    fn fields_are_in_der() {
        for version in [&[][..], &[0xa0, 3, 2, 1, 2]] {
            let parsed = Certificate::parse(certificate(version), "x".into()).expect("parsed");
            assert_eq!(parsed.serial, [2, 1, 9]);
            assert_eq!(parsed.issuer, [0x30, 2, 5, 0]);
            assert_eq!(parsed.subject, b"\x30\x03\x0c\x01s");
            assert_eq!(parsed.spki, b"\x30\x03\x0c\x01k");
        }
        assert!(Certificate::parse(vec![0x30, 0], String::new()).is_none());
    }

    #[test]
    fn files_contain_chains_and_folders_contain_files() {
        let folder = std::env::temp_dir().join(format!("scwkms-pkcs11-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let block = pem::encode(&pem::Pem::new("CERTIFICATE", certificate(&[])));
        fs::write(folder.join("a.pem"), format!("{block}{block}")).expect("written");
        fs::write(folder.join("b.der"), certificate(&[])).expect("written");
        fs::write(folder.join("key.txt"), "no certificate").expect("written");
        let labels = |path: &Path| -> Vec<String> {
            let found = read(path).expect("certificates");
            found.into_iter().map(|found| found.label).collect()
        };
        assert_eq!(labels(&folder), ["a", "a 2", "b"]);
        assert_eq!(labels(&folder.join("b.der")), ["b"]);
        assert!(read(&folder.join("key.txt")).is_err());
        assert!(read(&folder.join("missing")).is_err());
        fs::remove_dir_all(folder).expect("removed");
    }
}
