//! The options: the command line, and the variables that the emulator prints.

use std::time::Duration;

use lexopt::prelude::*;

use crate::Result;

/// Latencies are stored in memory that is allocated beforehand, so their number is limited.
const SIGNATURES_MAX: usize = 1_000_000;

pub struct Options {
    pub key: String,
    pub concurrency: usize,
    pub signatures: usize,
    pub duration: Option<Duration>,
    pub warm_up: usize,
    pub http1: bool,
    /// The address, without a scheme.
    pub authority: String,
    pub region: String,
    pub token: String,
    pub ca_file: String,
}

pub fn parse() -> Result<Options> {
    let mut options = Options {
        key: String::new(),
        concurrency: 1,
        signatures: SIGNATURES_MAX,
        duration: None,
        warm_up: 100,
        http1: false,
        authority: variable("SCW_API_URL")?
            .strip_prefix("https://")
            .ok_or("SCW_API_URL: https is needed")?
            .to_owned(),
        region: variable("SCW_DEFAULT_REGION")?,
        token: variable("SCW_SECRET_KEY")?,
        ca_file: variable("SCWKMS_CA_FILE")?,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("key") => options.key = parser.value()?.string()?,
            Long("concurrency") => options.concurrency = parser.value()?.parse()?,
            Long("signatures") => options.signatures = parser.value()?.parse()?,
            Long("seconds") => {
                options.duration = Some(Duration::from_secs_f64(parser.value()?.parse()?));
            }
            Long("warm-up") => options.warm_up = parser.value()?.parse()?,
            Long("http1") => options.http1 = true,
            _ => return Err(argument.unexpected().into()),
        }
    }
    if options.key.is_empty() || options.concurrency == 0 || options.signatures == 0 {
        return Err("--key ID is needed, and counts of one or more".into());
    }
    if options.http1 && options.concurrency > 1 {
        return Err("one HTTP/1.1 connection carries one request at a time".into());
    }
    options.signatures = options.signatures.min(SIGNATURES_MAX);
    Ok(options)
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}
