//! The clients of a run.

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{Text, arbitrary_bytes};
use super::outputs::ErrorOutput;
use super::service::{SECRET, SERVICE};

const MAX_CLIENTS: usize = 8;

/// All handles are smaller than this.
const HANDLE_END: u64 = 1 << 53;

/// A client that stays open. It keeps alive what all clients of the process share.
static KEPT: LazyLock<scwkms_client> = LazyLock::new(|| open("", &mut ErrorOutput::new(false)));

fn open(more: &str, error: &mut ErrorOutput) -> scwkms_client {
    let uri = format!(
        "scwkms:api-url={};access-key=SCWEXAMPLE0000000000;secret-key={SECRET};region=fr-par;\
         project-id=105bdce1-64c0-48ab-899d-868455867ecf;config=/dev/null;timeout=30ms;{more}",
        SERVICE.url()
    );
    let uri = Text::new(Some(uri.into_bytes()));
    // SAFETY: the URI is a string; the error is writable or NULL.
    unsafe { scwkms_open(uri.pointer(), error.pointer()) }
}

/// Handles are positive, and a double represents them exactly.
pub fn check_handle(handle: u64) {
    assert!((1..HANDLE_END).contains(&handle), "handle {handle}");
}

pub struct Clients(Vec<scwkms_client>);

impl Clients {
    pub fn new() -> Self {
        check_handle(*KEPT);
        Self(vec![open("", &mut ErrorOutput::new(false))])
    }

    /// In most cases a client of this run.
    pub fn choose(&self, input: &mut Unstructured<'_>) -> Result<scwkms_client> {
        match u8::arbitrary(input)? {
            255 => u64::arbitrary(input).map(|number| match number == *KEPT {
                true => 0,
                false => number,
            }),
            n => Ok(self.opened(n)),
        }
    }

    /// A client of this run, open or not.
    pub fn opened(&self, n: u8) -> scwkms_client {
        self.0[usize::from(n) % self.0.len()]
    }

    /// Opens a client with further parameters. The parameters of `open` cannot be given twice, so
    /// no client connects to another address.
    pub fn open(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let more = String::from_utf8(arbitrary_bytes(input)?).unwrap_or_default();
        // The target client_uri tests files. Signatures that are not verified cannot be checked.
        let excluded = ["%", "ca-file", "verify"];
        if self.0.len() >= MAX_CLIENTS || excluded.iter().any(|text| more.contains(text)) {
            return Ok(());
        }
        let mut error = ErrorOutput::new(true);
        match open(&more, &mut error) {
            0 => error.check_any(),
            client => {
                check_handle(client);
                error.check(SCWKMS_OK);
                self.0.push(client);
            }
        }
        Ok(())
    }

    /// Frees a client, but not the first, so that later calls have an open client.
    pub fn free(&self, client: scwkms_client) {
        if self.0.first() != Some(&client) {
            scwkms_free(client);
        }
    }

    /// Closes a client, but not the first.
    pub fn close(&self, client: scwkms_client) {
        if self.0.first() != Some(&client) {
            scwkms_close(client);
        }
    }

    pub fn free_all(&self) {
        for client in &self.0 {
            scwkms_free(*client);
        }
    }
}
