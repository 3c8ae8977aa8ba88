//! Callbacks of asynchronous operations.

use crate::asynchronous::{start_sign, start_sign_and_notify};
use crate::emulator::Emulator;
use crate::support::client_and_key_of;

/// A caller's mistake must not end the thread that serves all clients.
#[test]
fn a_panic_in_a_callback_harms_no_other_operation() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    let panicking = || panic!("on purpose");
    let operation = start_sign_and_notify(&client, &key, &[1; 32], panicking);
    let operation = operation.expect("an operation");
    operation.wait().expect("a signature");
    let operation = start_sign(&client, &key, &[2; 32]).expect("an operation");
    operation.wait().expect("a signature");
    client.sign(&key, None, &[3; 32]).expect("a signature");
}
