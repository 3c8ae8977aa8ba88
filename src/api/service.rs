//! Sends requests to the service, and reports error responses as errors.

use std::sync::Arc;

use super::bodies::Rotation;
use super::error_response::error_of;
use super::filter::KeyFilter;
use super::key_location::KeyLocation;
use super::listing::Listing;
use super::wire::Key;
use super::{endpoint, response};
use crate::error::Result;
use crate::observer;
use crate::transport::{Deadline, Exchange, Request, Response, Transport};

/// The service, for one client.
pub(crate) struct Api {
    transport: Arc<Transport>,
}

impl Api {
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            transport: Arc::new(transport),
        }
    }

    /// From now on, no failed attempt is followed by another.
    pub(crate) fn close(&self) {
        self.transport.close();
    }

    /// Sends a request and waits for the response on the calling thread.
    pub(crate) fn send_blocking(&self, request: Request, deadline: Deadline) -> Result<Response> {
        observer::note_request();
        self.check(self.transport.send_blocking(request, deadline)?)
    }

    /// Prepares a request, to be sent by [`Api::send_prepared`].
    pub(crate) fn prepare(&self, request: Request, deadline: Deadline) -> Result<Exchange> {
        self.transport.prepare(request, deadline)
    }

    /// Sends a prepared request.
    pub(crate) async fn send_prepared(&self, exchange: &mut Exchange) -> Result<Response> {
        observer::note_request();
        self.check(self.transport.send_with_retries(exchange).await?)
    }

    pub(crate) async fn get_key(&self, key: &KeyLocation, deadline: Deadline) -> Result<Key> {
        let response = self.send(endpoint::get_key(key), deadline).await?;
        response::read_key(key, &response)
    }

    /// The public key in PEM, with the service's own labels.
    pub(crate) async fn get_public_key(
        &self,
        key: &KeyLocation,
        deadline: Deadline,
    ) -> Result<String> {
        let response = self.send(endpoint::get_public_key(key), deadline).await?;
        response::read_public_key(&response)
    }

    /// The keys on all pages, ordered by name.
    pub(crate) async fn list_keys(
        &self,
        region: &str,
        filter: &KeyFilter,
        deadline: Deadline,
    ) -> Result<Vec<Key>> {
        let mut listing = Listing::default();
        for page in 1.. {
            let request = endpoint::list_keys(region, filter, page);
            let response = self.send(request, deadline).await?;
            if !listing.add(response::read_page(&response)?, response.body.len())? {
                break;
            }
        }
        Ok(listing.into_items())
    }

    /// The rotations of a key on all pages, the oldest first.
    pub(crate) async fn list_rotations(
        &self,
        key: &KeyLocation,
        deadline: Deadline,
    ) -> Result<Vec<Rotation>> {
        let mut listing = Listing::default();
        for page in 1.. {
            let response = self
                .send(endpoint::list_rotations(key, page), deadline)
                .await?;
            let rotations = response::read_rotation_page(key, &response)?;
            if !listing.add(rotations, response.body.len())? {
                break;
            }
        }
        Ok(listing.into_items())
    }

    async fn send(&self, request: Request, deadline: Deadline) -> Result<Response> {
        self.send_prepared(&mut self.prepare(request, deadline)?)
            .await
    }

    /// A response with status 2xx, or the error that another status means.
    pub(crate) fn check(&self, response: Response) -> Result<Response> {
        if response.status.is_success() {
            return Ok(response);
        }
        Err(error_of(&response, self.transport.redactor()))
    }
}
