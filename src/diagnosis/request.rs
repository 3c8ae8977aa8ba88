//! A request that needs no key.

use std::time::{Duration, Instant};

use super::Diagnosis;
use super::locate::REGIONS;
use crate::api;
use crate::error::{Error, Result};
use crate::redact::Redactor;
use crate::transport::{Probe, Trust};

/// A response of the service.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServiceResponse {
    /// The HTTP status.
    pub status: u16,
    /// The error that the response means, if its status is not 2xx.
    pub error: Option<Error>,
    /// The service's clock: the header `Date`.
    pub date: Option<String>,
    /// The rate limit that the response reports.
    pub rate_limit: Option<RateLimit>,
    /// The time from the start of the connection to the end of the response.
    pub elapsed: Duration,
}

/// A limit of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The number of requests that the service accepts in a window.
    pub limit: u32,
    /// The length of a window.
    pub window: Duration,
    /// The number of requests that are left in the current window.
    pub remaining: u32,
}

impl Diagnosis {
    /// Requests the list of algorithms in the client's region, or in another region if the settings contain none. It is sent once, also if the rate limit is exhausted.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for incomplete settings, and those of connecting. A response of any status is not an
    /// error.
    pub fn request(&self) -> Result<ServiceResponse> {
        let settings = self.resolve()?;
        let region = settings.region.as_deref().unwrap_or(REGIONS[0]);
        let probe = Probe::new(&settings, &Trust::load(&settings)?)?;
        let start = Instant::now();
        let received = probe.request(api::list_algorithms(region, None))?;
        let response = received.response;
        let redactor = Redactor::new(&settings.secret_key);
        let failed = !response.status.is_success();
        Ok(ServiceResponse {
            status: response.status.as_u16(),
            error: failed.then(|| api::error_of(&response, &redactor)),
            date: received.date,
            rate_limit: received.rate_limit.map(rate_limit),
            elapsed: start.elapsed(),
        })
    }
}

fn rate_limit((limit, window, remaining): (u32, Duration, u32)) -> RateLimit {
    RateLimit {
        limit,
        window,
        remaining,
    }
}
