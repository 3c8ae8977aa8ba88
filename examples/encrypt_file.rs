//! Encrypts or decrypts standard input, of any length, by envelope encryption:
//!
//! ```sh
//! encrypt_file encrypt KEY CONTEXT < plaintext > message
//! encrypt_file decrypt KEY CONTEXT < message > plaintext
//! ```
//!
//! CONTEXT is the associated data. If decryption fails, its output must not be used.

use std::error::Error;
use std::io::{Write, copy, stdin, stdout};

use scwkms::Client;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [action, key, context] = arguments.as_slice() else {
        return Err("usage: encrypt_file encrypt|decrypt KEY CONTEXT < input > output".into());
    };
    let client = Client::open(&std::env::var("SCWKMS_URI").unwrap_or_default())?;
    let (mut input, mut output) = (stdin().lock(), stdout().lock());
    match action.as_str() {
        "encrypt" => {
            let mut writer = client.encrypting_writer(key, context.as_bytes(), output)?;
            copy(&mut input, &mut writer)?;
            writer.finish()?.flush()?;
        }
        "decrypt" => {
            let mut reader = client.decrypting_reader(Some(key), context.as_bytes(), input)?;
            copy(&mut reader, &mut output)?;
            output.flush()?;
        }
        _ => return Err(format!("{action} is neither encrypt nor decrypt").into()),
    }
    Ok(())
}
