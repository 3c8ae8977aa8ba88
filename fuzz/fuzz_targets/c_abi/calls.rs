//! One run: calls in the order of the input.

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::number;
use super::blocking;
use super::clients::Clients;
use super::envelopes::{Envelopes, check_null_envelopes};
use super::further;
use super::keys::check_null_key;
use super::lists::check_null_lists;
use super::messages;
use super::observer;
use super::operations::Operations;
use super::outputs::check_null_error;
use super::service::SERVICE;

/// The number of algorithms. They are numbered from 1.
const ALGORITHMS: u32 = 18;

pub struct Run {
    clients: Clients,
    operations: Operations,
    envelopes: Envelopes,
}

impl Run {
    pub fn new() -> Self {
        check_null_error();
        check_null_key();
        check_null_lists();
        check_null_envelopes();
        check_version();
        Self {
            clients: Clients::new(),
            operations: Operations::new(),
            envelopes: Envelopes::default(),
        }
    }

    pub fn call(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let call = u8::arbitrary(input)? % 42;
        let client = self.clients.choose(input)?;
        match call {
            0 => self.clients.open(input)?,
            1 => self.clients.free(client),
            2 => self.clients.close(client),
            3 => assert!(scwkms_timeout_ms(client) <= 600_000),
            4 => blocking::validate_name(input)?,
            5 => blocking::public_key(client, input)?,
            6..=8 => blocking::sign(client, input)?,
            9 | 10 => blocking::decrypt_or_encrypt(client, input)?,
            11 => blocking::get_key(client, input)?,
            12 => blocking::create_key(client, input)?,
            13 => blocking::delete_key(client, input)?,
            14 => blocking::find_keys(client, input)?,
            15..=19 => self.operations.start(client, input)?,
            20 | 21 => self.operations.wait(input)?,
            22 => self.operations.cancel(input)?,
            23 => Operations::wait_for_client(self.clients.opened(u8::arbitrary(input)?)),
            24..=28 => further::call(client, input)?,
            29 => self.operations.wait_ready(input)?,
            30 => check_algorithm_name(number(input)?),
            31 => SERVICE.corrupt_next(input)?,
            32..=34 => messages::call(client, input)?,
            35 => observer::set(input)?,
            _ => self.envelopes.call(client, input)?,
        }
        Ok(())
    }

    /// Frees all clients.
    pub fn end(self) {
        SERVICE.corrupt_none();
        self.clients.free_all();
        self.envelopes.free_all();
        observer::remove();
        self.operations.check_end();
    }
}

fn check_version() {
    assert!(!scwkms_version().is_null() && scwkms_abi_version() > 0);
}

fn check_algorithm_name(number: u32) {
    let name = scwkms_algorithm_name(number);
    assert_eq!(name.is_null(), !(1..=ALGORITHMS).contains(&number));
}
