//! The command line.

use std::ffi::OsString;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

use crate::crypto::MlDsaDigest;
use crate::http::tls::Flaw;
use crate::operations::NameFilter;

/// The only host name in the certificate.
const HOST_NAME: &str = "localhost";

/// Servers usually allow as many concurrent requests on a connection, or fewer.
const MAX_STREAMS: NonZero<u32> = NonZero::new(250).unwrap();

pub const HELP: &str = "\
Scaleway Key Manager on loopback, with real cryptography, for tests and trials.

Usage: scwkms-emulator [OPTIONS]

Options:
      --listen ADDRESS       loopback address and port [default: 127.0.0.1:0]. With
                             localhost:0 the URL contains this name
      --plain                HTTP instead of HTTPS
      --certificate KIND     an invalid certificate: expired, or for another-host
      --data-dir DIRECTORY   keep keys, credentials and certificates there
      --env                  print shell exports to eval instead of a line of JSON
      --exit-on-stdin-close  exit when standard input ends
      --log                  one line per request on standard error
      --latency MILLISECONDS
                             delay every response of the service
      --rate-limit NUMBER    refuse further requests of a second with 429. 0: no limit and no
                             rate-limit headers. Without the option the headers report
                             the service's limit of 50, and no request is refused
      --max-streams NUMBER   concurrent requests on one HTTP/2 connection [default: 250]
      --name-filter KIND     how ListKeys filters by name: exact, prefix or ignore-case
                             [default: exact]
      --ml-dsa-digest KIND   what the digest of a request is for an ML-DSA key: message, mu,
                             prehash, prehash-message, sha256 or sha512
                             [default: message]
      --prepared             for benchmarks: sign each digest once and repeat the response;
                             the service makes a new signature each time. Repeated
                             responses are counted, but not logged, and ignore faults
                             and the key's state
  -h, --help                 print this help
  -V, --version              print the version
";

#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    Serve(Options),
    Help,
    Version,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub listen: SocketAddr,
    /// The host name in the URL, if it is not the address.
    pub host_name: Option<&'static str>,
    pub plain: bool,
    /// The flaw of the certificate, if any.
    pub flaw: Option<Flaw>,
    pub data_dir: Option<PathBuf>,
    pub env: bool,
    pub exit_on_stdin_close: bool,
    pub log: bool,
    pub latency: Duration,
    /// The number of requests per second. None reports the service's limit without enforcing it.
    pub rate_limit: Option<u32>,
    pub max_streams: NonZero<u32>,
    pub name_filter: NameFilter,
    pub ml_dsa_digest: MlDsaDigest,
    pub prepared: bool,
}

pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    read(lexopt::Parser::from_iter(arguments)).map_err(|error| error.to_string())
}

fn read(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        host_name: None,
        plain: false,
        flaw: None,
        data_dir: None,
        env: false,
        exit_on_stdin_close: false,
        log: false,
        latency: Duration::ZERO,
        rate_limit: None,
        max_streams: MAX_STREAMS,
        name_filter: NameFilter::Exact,
        ml_dsa_digest: MlDsaDigest::Message,
        prepared: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => {
                let text = parser.value()?.string()?;
                options.listen = loopback(&text)?;
                options.host_name = host_name(&text);
            }
            Long("plain") => options.plain = true,
            Long("certificate") => options.flaw = Some(flaw(&parser.value()?.string()?)?),
            Long("data-dir") => options.data_dir = Some(parser.value()?.into()),
            Long("env") => options.env = true,
            Long("exit-on-stdin-close") => options.exit_on_stdin_close = true,
            Long("log") => options.log = true,
            Long("latency") => {
                options.latency = Duration::from_millis(parser.value()?.parse::<u32>()?.into());
            }
            Long("rate-limit") => options.rate_limit = Some(parser.value()?.parse()?),
            Long("max-streams") => options.max_streams = parser.value()?.parse()?,
            Long("name-filter") => options.name_filter = name_filter(&parser.value()?.string()?)?,
            Long("ml-dsa-digest") => {
                options.ml_dsa_digest = ml_dsa_digest(&parser.value()?.string()?)?;
            }
            Long("prepared") => options.prepared = true,
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            _ => return Err(argument.unexpected()),
        }
    }
    // A data directory must not keep an invalid certificate.
    if options.flaw.is_some() && (options.plain || options.data_dir.is_some()) {
        return Err("--certificate cannot be combined with --plain or --data-dir".into());
    }
    Ok(Command::Serve(options))
}

fn flaw(kind: &str) -> Result<Flaw, lexopt::Error> {
    match kind {
        "expired" => Ok(Flaw::Expired),
        "another-host" => Ok(Flaw::AnotherHost),
        _ => Err(format!("--certificate {kind}: expected expired or another-host").into()),
    }
}

fn name_filter(kind: &str) -> Result<NameFilter, lexopt::Error> {
    match kind {
        "exact" => Ok(NameFilter::Exact),
        "prefix" => Ok(NameFilter::Prefix),
        "ignore-case" => Ok(NameFilter::IgnoreCase),
        _ => Err(format!("--name-filter {kind}: expected exact, prefix or ignore-case").into()),
    }
}

fn ml_dsa_digest(kind: &str) -> Result<MlDsaDigest, lexopt::Error> {
    let found = MlDsaDigest::ALL.iter().find(|(name, _)| *name == kind);
    found.map(|(_, digest)| *digest).ok_or_else(|| {
        let names = MlDsaDigest::ALL.map(|(name, _)| name).join(", ");
        format!("--ml-dsa-digest {kind}: expected one of {names}").into()
    })
}

fn host_name(address: &str) -> Option<&'static str> {
    let (host, _) = address.rsplit_once(':')?;
    (host == HOST_NAME).then_some(HOST_NAME)
}

/// The keys are unprotected and the credentials are printed, so other machines must not connect.
fn loopback(text: &str) -> Result<SocketAddr, lexopt::Error> {
    let addresses: Vec<SocketAddr> = text
        .to_socket_addrs()
        .map_err(|error| format!("--listen {text}: {error}"))?
        .collect();
    match addresses.iter().find(|address| !address.ip().is_loopback()) {
        Some(address) => Err(format!(
            "--listen {text}: {} is not a loopback address",
            address.ip()
        )
        .into()),
        None => addresses
            .first()
            .copied()
            .ok_or_else(|| format!("--listen {text}: no such address").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, String> {
        let all = std::iter::once("scwkms-emulator").chain(arguments.iter().copied());
        parse(all.map(OsString::from))
    }

    #[test]
    fn reads_every_option() {
        let arguments = [
            "--listen=[::1]:8443",
            "--plain",
            "--data-dir",
            "/tmp/d",
            "--env",
            "--exit-on-stdin-close",
            "--log",
            "--latency=25",
            "--rate-limit=7",
            "--max-streams=3",
            "--name-filter=prefix",
            "--ml-dsa-digest=mu",
            "--prepared",
        ];
        assert_eq!(
            parsed(&arguments).unwrap(),
            Command::Serve(Options {
                listen: "[::1]:8443".parse().unwrap(),
                host_name: None,
                plain: true,
                flaw: None,
                data_dir: Some("/tmp/d".into()),
                env: true,
                exit_on_stdin_close: true,
                log: true,
                latency: Duration::from_millis(25),
                rate_limit: Some(7),
                max_streams: NonZero::new(3).unwrap(),
                name_filter: NameFilter::Prefix,
                ml_dsa_digest: MlDsaDigest::Mu,
                prepared: true,
            })
        );
        for (kind, expected) in [
            ("expired", Flaw::Expired),
            ("another-host", Flaw::AnotherHost),
        ] {
            let Ok(Command::Serve(options)) = parsed(&["--certificate", kind]) else {
                panic!("{kind}");
            };
            assert_eq!(options.flaw, Some(expected));
        }
        assert_eq!(host_name("localhost:0"), Some("localhost"));
        assert_eq!(host_name("127.0.0.1:0"), None);
        assert_eq!(parsed(&["-h"]), Ok(Command::Help));
        assert_eq!(parsed(&["--version"]), Ok(Command::Version));
    }

    #[test]
    fn rejects_other_addresses_and_options() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
            let error = parsed(&["--listen", address]).unwrap_err();
            assert!(error.contains("not a loopback address"), "{error}");
        }
        assert!(parsed(&["--listen", "127.0.0.1"]).is_err());
        for latency in ["--latency", "--latency=-1", "--latency=25ms"] {
            assert!(parsed(&[latency]).is_err(), "{latency}");
        }
        for invalid in [
            "--rate-limit",
            "--rate-limit=-1",
            "--rate-limit=5.5",
            "--max-streams=0",
            "--name-filter=odd",
            "--ml-dsa-digest=odd",
        ] {
            assert!(parsed(&[invalid]).is_err(), "{invalid}");
        }
        for more in [&["--plain"][..], &["--data-dir", "/tmp/d"], &[]] {
            let kind = if more.is_empty() { "odd" } else { "expired" };
            let all = [&["--certificate", kind], more].concat();
            assert!(parsed(&all).is_err(), "{all:?}");
        }
        assert!(parsed(&["--nonsense"]).is_err());
        assert!(parsed(&["stray"]).is_err());
    }
}
